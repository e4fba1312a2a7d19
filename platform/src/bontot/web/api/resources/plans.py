"""What a committee decided of its plans: which govern where, its own values through time, frames switched on, pilots."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from bontot.access import Permission, Scope
from bontot.services import frames as records
from bontot.services.listing import plans as lists_of
from bontot.web.api.asking import HeldQuery, PlacesQuery, binds_of
from bontot.web.api.blueprint import api
from bontot.web.api.fields import Day, Flag, Form, Id, Told, Words, asked, maybe, said
from bontot.web.api.resource import Answer, PageQuery, Resource, listed, lists, once, page, renamed, resource
from bontot.web.database import session
from bontot.web.request import actor, registry, this_day

NOUN = "thresholds"


class OwnValuesQuery(PageQuery):
    """Which decisions."""

    plan = Words(**asked("Mã kế hoạch"))
    key = Words(**asked("Mã của giá trị"))


class AssignmentsQuery(PlacesQuery, HeldQuery):
    """Which assignments."""


class OwnValueSchema(Form):
    """A decision of the committee on a value."""

    plan = Told(**said("Mã kế hoạch"))
    key = Told(**said("Mã của giá trị"))
    value = Told(**maybe("Giá trị; null là trở về kế hoạch"))
    valid_from = Day(**said("Từ ngày"))
    document = Told(**said("Văn bản"))
    entered_by = Told(**said("Ai ghi"))
    entered_at = fields.DateTime(**said("Ghi lúc"))


class AssignmentSchema(Form):
    """Which plan governs an organisation and all below it, from `valid_from` until before `valid_to`."""

    organisation = Id(**said("Tổ chức"))
    plan = Told(**said("Mã kế hoạch"))
    valid_from = Day(**said("Từ ngày"))
    valid_to = Day(**maybe("Đến trước ngày"))


class AdoptionSchema(Form):
    """That a frame stands beside the plans from `valid_from` until before `valid_to`."""

    frame = Told(**said("Mã khung"))
    valid_from = Day(**said("Từ ngày"))
    valid_to = Day(**maybe("Đến trước ngày"))
    document = Told(**said("Văn bản bật"))
    entered_by = Told(**said("Ai bật"))
    end_document = Told(**maybe("Văn bản thôi"))
    ended_by = Told(**maybe("Ai thôi"))


class FrameSchema(Form):
    """A frame any committee may switch on."""

    code = Told(**said("Mã khung"))
    label = Told(**said("Tên"))
    in_force_from = Day(**said("Văn bản có hiệu lực từ"))
    in_force_until = Day(**maybe("Hết hiệu lực từ"))
    on = Flag(**said("Hôm nay đang bật"))
    since = Day(**maybe("Lần bật chưa thôi: từ ngày"))


class FramesSchema(Form):
    """Every frame there is to switch on."""

    items = fields.List(fields.Nested(FrameSchema), **said("Các khung"))


class FrameDecisionSchema(Form):
    """From which day, by which document."""

    day = Day(**said("Từ ngày"))
    document = Words(**said("Số, ngày của văn bản quyết định"))


class PilotSchema(Form):
    """That a cell was chosen for a pilot."""

    organisation = Id(**said("Chi bộ"))
    plan = Told(**said("Mã kế hoạch thí điểm"))
    selected_on = Day(**said("Ngày chọn"))
    selected_by = Told(**said("Ai chọn"))
    document = Told(**maybe("Văn bản"))
    ended_on = Day(**maybe("Ngày thôi"))
    end_document = Told(**maybe("Văn bản thôi"))


@lists(
    "/own-values",
    permission=Permission.VIEW_THRESHOLD,
    noun=NOUN,
    summary="Mọi quyết định của đảng bộ về giá trị riêng, theo ngày hiệu lực",
    row=OwnValueSchema,
    query=OwnValuesQuery,
)
def own_values(query: dict[str, Any]) -> Answer:
    """The committee's own values through time."""
    return page(listed(lists_of.OWN_VALUES, query, query))


@lists(
    "/plan-assignments",
    permission=Permission.VIEW_THRESHOLD,
    noun=NOUN,
    summary="Kế hoạch nào áp dụng ở đâu",
    row=AssignmentSchema,
    query=AssignmentsQuery,
)
def assignments(query: dict[str, Any]) -> Answer:
    """Which plan governs where, within reach."""
    return page(listed(lists_of.ASSIGNMENTS, binds_of(query), query))


@lists(
    "/frame-adoptions",
    permission=Permission.VIEW_THRESHOLD,
    noun=NOUN,
    summary="Các lần bật khung đối chiếu",
    row=AdoptionSchema,
    query=HeldQuery,
)
def adoptions(query: dict[str, Any]) -> Answer:
    """Every time a frame was switched on."""
    return page(listed(lists_of.FRAMES, binds_of(query), query))


@lists(
    "/pilot-selections",
    permission=Permission.VIEW_ORGANISATION,
    noun=NOUN,
    summary="Chi bộ được chọn thí điểm",
    row=PilotSchema,
    query=PlacesQuery,
)
def pilots(query: dict[str, Any]) -> Answer:
    """Cells within reach that were chosen for a pilot."""
    return page(listed(lists_of.PILOTS, binds_of(query), query))


@resource(
    api,
    "/frames",
    permission=Permission.VIEW_THRESHOLD,
    scope=Scope.TENANT,
    says=Resource(
        noun=NOUN, method="GET", summary="Các khung có thể bật, và đang bật hay không", answer=FramesSchema
    ),
)
def frames() -> Answer:
    """Every frame there is to switch on."""
    return Answer({"items": [_frame(one) for one in records.offered_frames(session(), registry())]})


@resource(
    api,
    "/frames/<frame>/adoption",
    permission=Permission.ADOPT_FRAME,
    scope=Scope.TENANT,
    says=Resource(
        noun=NOUN,
        method="POST",
        summary="Bật một khung từ một ngày, theo văn bản",
        answer=FrameSchema,
        body=FrameDecisionSchema,
        status=201,
        keyed=True,
    ),
)
def adopt_frame(frame: str, body: dict[str, Any]) -> Answer:
    """Switches a frame on beside the plans."""

    def act() -> str:
        day, document = body["day"], body["document"]
        with renamed({"valid_from": "day"}):
            records.adopt_frame(
                session(), registry(), code=frame, valid_from=day, document=document, by=actor()
            )
        return frame

    return _decided(once(act))


@resource(
    api,
    "/frames/<frame>/end",
    permission=Permission.ADOPT_FRAME,
    scope=Scope.TENANT,
    says=Resource(
        noun=NOUN,
        method="POST",
        summary="Thôi một khung từ một ngày, theo văn bản",
        answer=FrameSchema,
        body=FrameDecisionSchema,
        keyed=True,
    ),
)
def end_frame(frame: str, body: dict[str, Any]) -> Answer:
    """Ends a frame; what it judged before stays."""

    def act() -> str:
        day, document = body["day"], body["document"]
        with renamed({"valid_from": "day"}):
            records.end_adoption(
                session(), registry(), code=frame, valid_to=day, document=document, by=actor()
            )
        return frame

    return _decided(once(act))


def _decided(code: str) -> Answer:
    session().flush()
    return Answer(_frame(records.offered_frame(session(), registry(), code)))


def _frame(found: records.OfferedFrame) -> dict[str, Any]:
    policy, day = found.policy, this_day()
    return {
        "code": policy.code,
        "label": policy.label,
        "in_force_from": policy.in_force_from,
        "in_force_until": policy.in_force_until,
        "on": found.on(day) is not None,
        "since": found.open.valid_from if found.open else None,
    }
