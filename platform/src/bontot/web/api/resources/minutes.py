"""What is done with a meeting's record once it is written, its points, its marks and its resolutions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from marshmallow import fields

from bontot.access import Permission, Scope
from bontot.db.models.meeting import ACTS, KINDS, SCORE_STAGES, VOICES
from bontot.errors import InvalidFields, NotFound
from bontot.services import meetings as records
from bontot.services import scores
from bontot.services.audit import note_view
from bontot.services.listing.meetings import ATTENDANCES, NAMED_MARKS, RESOLUTIONS
from bontot.services.proceedings import handing_over
from bontot.text import PARAGRAPH
from bontot.web import words
from bontot.web.api.asking import PeopleQuery, PlacesQuery, SinceQuery, binds_of, seen
from bontot.web.api.blueprint import api
from bontot.web.api.fields import (
    Choice,
    Day,
    Flag,
    Form,
    Id,
    Part,
    Points,
    Several,
    Told,
    Words,
    maybe,
    optional,
    said,
)
from bontot.web.api.resource import Answer, Resource, listed, lists, number_to_correct, page, resource
from bontot.web.api.resources.meetings import MARK_WORDS, MeetingSchema, answer_of
from bontot.web.database import session
from bontot.web.request import actor, reach, registry

NOUN = "meetings"
OF_CELL = ("closed", "submitted")
OF_SUPERIOR = ("received", "returned", "remarked")
MOST_ITEMS = 100


class AttendancesQuery(PeopleQuery, SinceQuery):
    """Which marks."""


class ResolutionsQuery(PlacesQuery, SinceQuery):
    """Which resolutions."""


class AttendanceSchema(Form):
    """A mark of a member at a meeting."""

    meeting = Id(**said("Buổi sinh hoạt"))
    organisation = Id(**said("Chi bộ"))
    kind = Choice(*KINDS, words=words.MEETING_KINDS, **said("Loại buổi"))
    held_on = Day(**said("Ngày họp"))
    member = Id(**said("Đảng viên"))
    mark = Choice(*NAMED_MARKS, words=MARK_WORDS, **said("Có mặt, muộn, vắng có lý do, vắng không lý do"))
    reason = Told(**maybe("Lý do vắng"))


class IssuedResolutionSchema(Form):
    """A resolution with its meeting."""

    meeting = Id(**said("Buổi sinh hoạt"))
    organisation = Id(**said("Chi bộ"))
    held_on = Day(**said("Ngày họp"))
    number = Told(**maybe("Số, ký hiệu"))
    subject = Told(**said("Trích yếu"))
    issued_on = Day(**maybe("Ngày ban hành"))
    cites_superior = Flag(**said("Có dẫn văn bản của cấp trên"))


class ActSchema(Form):
    """What was done with a record."""

    act = Choice(*ACTS, words=words.ACTS, **said("Đã khóa, gửi, nhận, trả lại, nhận xét"))
    voice = Choice(*VOICES, words=words.VOICES, **maybe("Nhận xét của ai"))
    remark = Told(**maybe("Nội dung"))
    done_by = Told(**said("Ai làm"))
    done_at = fields.DateTime(**said("Lúc"))


class ActsSchema(Form):
    """Everything done with a record, the latest first."""

    items = fields.List(fields.Nested(ActSchema), **said("Từng việc"))


class HandingOverSchema(Form):
    """What the cell does with its record."""

    act = Choice(*OF_CELL, words=words.ACTS, **said("Khóa hồ sơ, hay gửi cấp trên"))


class ReceptionSchema(Form):
    """What the superior does with a record."""

    act = Choice(*OF_SUPERIOR, words=words.ACTS, **said("Nhận, trả lại, hay nhận xét"))
    remark = Words(longest=PARAGRAPH, lines=True, **optional("Nội dung; cần khi trả lại, nhận xét", ""))
    voice = Choice(
        *VOICES, load_default=VOICES[0], metadata={"description": "Của cấp trên hay cấp ủy viên phụ trách"}
    )


class ScoredSchema(Form):
    """The points of an item, as text."""

    item = Told(**said("Mã mục chấm"))
    points = Points(**said("Điểm"))


class SheetItemSchema(Form):
    """An item of the sheet of the meeting."""

    item = Told(**said("Mã mục chấm"))
    label = Told(**said("Mục chấm"))
    maximum = Told(**said("Điểm tối đa"))


class StageScoresSchema(Form):
    """The points of a stage."""

    stage = Choice(*SCORE_STAGES, words=words.SCORE_STAGES, **said("Đề xuất, biểu quyết, xác nhận"))
    recorded_by = Told(**said("Ai ghi"))
    fits = Flag(**said("Còn khớp với bảng chấm của buổi này"))
    points = fields.List(fields.Nested(ScoredSchema), **said("Điểm từng mục"))


class ScoresSchema(Form):
    """How a meeting is scored: by which sheet, and what was recorded."""

    sheet = Told(**maybe("Mã bảng chấm; null là buổi này không chấm điểm"))
    plan = Told(**maybe("Mã kế hoạch của bảng chấm"))
    items = fields.List(fields.Nested(SheetItemSchema), **said("Các mục phải chấm"))
    stages = fields.List(fields.Nested(StageScoresSchema), **said("Điểm đã ghi ở từng bước"))


class ScoreEntrySchema(Form):
    """The points of one stage, whole."""

    points = Several(Part(ScoredSchema), MOST_ITEMS, **said("Điểm từng mục"))
    reason = Words(**optional("Lý do chấm lại; cần khi hồ sơ đã khóa", ""))


@lists(
    "/attendances",
    permission=Permission.VIEW_ORGANISATION,
    noun=NOUN,
    summary="Điểm danh, theo ngày họp",
    row=AttendanceSchema,
    query=AttendancesQuery,
)
def attendances(query: dict[str, Any]) -> Answer:
    """Every mark given at meetings within reach."""
    seen("attendances")
    return page(listed(ATTENDANCES, binds_of(query), query))


@lists(
    "/resolutions",
    permission=Permission.VIEW_ORGANISATION,
    noun=NOUN,
    summary="Nghị quyết, kết luận của các buổi sinh hoạt, theo ngày họp",
    row=IssuedResolutionSchema,
    query=ResolutionsQuery,
)
def resolutions(query: dict[str, Any]) -> Answer:
    """The resolutions of meetings within reach."""
    return page(listed(RESOLUTIONS, binds_of(query), query))


@resource(
    api,
    "/meetings/<uuid:meeting>/acts",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.TENANT,
    says=Resource(
        noun=NOUN, method="GET", summary="Hồ sơ buổi họp đã khóa, gửi, nhận khi nào", answer=ActsSchema
    ),
)
def meeting_acts(meeting: UUID) -> Answer:
    """What was done with a meeting's record."""
    found = handing_over.acts_of(session(), records.meeting_of(session(), meeting, reach()))
    names = ActSchema().fields
    return Answer({"items": [{name: getattr(one, name) for name in names} for one in found]})


@resource(
    api,
    "/meetings/<uuid:meeting>/handing-over",
    permission=Permission.RECORD_MEETING,
    scope=Scope.TENANT,
    says=Resource(
        noun=NOUN,
        method="POST",
        summary="Khóa hồ sơ buổi họp, hoặc gửi cấp trên",
        answer=MeetingSchema,
        body=HandingOverSchema,
        versioned=True,
    ),
)
def hand_over(meeting: UUID, body: dict[str, Any]) -> Answer:
    """The cell closes its record, or sends it, as the program has seen it."""
    acts: dict[str, Callable[..., None]] = {"closed": handing_over.close, "submitted": handing_over.submit}
    found = records.meeting_of(session(), meeting, reach())
    acts[body["act"]](session(), actor(), found, number_to_correct())
    return answer_of(found)


@resource(
    api,
    "/meetings/<uuid:meeting>/reception",
    permission=Permission.RECEIVE_MEETING,
    scope=Scope.TENANT,
    says=Resource(
        noun=NOUN,
        method="POST",
        summary="Cấp trên nhận, trả lại hoặc nhận xét hồ sơ buổi họp",
        answer=MeetingSchema,
        body=ReceptionSchema,
        versioned=True,
    ),
)
def receive(meeting: UUID, body: dict[str, Any]) -> Answer:
    """The superior answers a record that was sent; by another hand than sent it."""
    found = records.meeting_of(session(), meeting, reach())
    handing_over.answer(
        session(),
        actor(),
        found,
        number_to_correct(),
        body["act"],
        remark=body["remark"],
        voice=body["voice"],
    )
    return answer_of(found)


@resource(
    api,
    "/meetings/<uuid:meeting>/scores",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.TENANT,
    says=Resource(
        noun=NOUN, method="GET", summary="Điểm của buổi sinh hoạt", answer=ScoresSchema, versioned=True
    ),
)
def meeting_scores(meeting: UUID) -> Answer:
    """How a meeting is scored, and what was recorded."""
    found = records.meeting_of(session(), meeting, reach())
    note_view(session(), "view_meeting", "meeting", found, actor().account_id)
    return _scores(found)


@resource(
    api,
    "/meetings/<uuid:meeting>/scores/<stage>",
    permission=Permission.RECORD_MEETING,
    scope=Scope.TENANT,
    says=Resource(
        noun=NOUN,
        method="PUT",
        summary="Ghi điểm một bước: đề xuất, biểu quyết hoặc cấp trên xác nhận",
        answer=ScoresSchema,
        body=ScoreEntrySchema,
        versioned=True,
    ),
)
def put_scores(meeting: UUID, stage: str, body: dict[str, Any]) -> Answer:
    """Records the points of a stage; a confirmation is another hand's."""
    found = records.view(session(), records.meeting_of(session(), meeting, reach()))
    if stage not in SCORE_STAGES:
        raise NotFound
    points = {one["item"]: one["points"] for one in body["points"]}
    if len(points) != len(body["points"]):
        raise InvalidFields({"points": "Mỗi mục chỉ ghi một lần."})
    scores.record_score(
        session(),
        actor(),
        registry(),
        found,
        version=number_to_correct(),
        stage=stage,
        points=points,
        reason=body["reason"],
    )
    session().flush()
    return _scores(found.id)


def _scores(meeting_id: int) -> Answer:
    found = records.view(session(), meeting_id)
    sheet = scores.sheet_of(session(), registry(), found)
    items = scores.applying(sheet, found) if sheet else ()
    content = {
        "sheet": sheet.sheet.key if sheet else None,
        "plan": sheet.policy.code if sheet else None,
        "items": [{"item": one.key, "label": one.label, "maximum": f"{one.maximum:f}"} for one in items],
        "stages": [
            {
                "stage": one.stage,
                "recorded_by": one.hand.name,
                "fits": sheet is not None and scores.fits(sheet, found, one),
                "points": [{"item": key, "points": f"{value:f}"} for key, value in one.points.items()],
            }
            for one in scores.recorded(session(), meeting_id)
        ],
    }
    return Answer(content, found.version)
