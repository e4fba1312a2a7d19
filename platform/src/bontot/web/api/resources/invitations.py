"""Invitations to meetings to come."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import fields

from bontot.access import Permission, Scope
from bontot.db.models.meeting import KINDS
from bontot.errors import NotFound
from bontot.services import planning
from bontot.services.listing import calendar as lists_of
from bontot.web import words
from bontot.web.api.asking import binds_of
from bontot.web.api.blueprint import api
from bontot.web.api.fields import (
    Choice,
    Clock,
    Day,
    Form,
    Id,
    Part,
    Several,
    Told,
    Words,
    maybe,
    optional,
    said,
)
from bontot.web.api.resource import Answer, Resource, listed, lists, number_to_correct, once, page, resource
from bontot.web.api.resources.calendar import NOUN, CalendarQuery
from bontot.web.database import session
from bontot.web.request import Place, actor


class PlannedSummarySchema(Form):
    """An invitation in a list."""

    id = Id(**said("Mã của giấy mời"))
    organisation = Id(**said("Chi bộ"))
    kind = Choice(*KINDS, words=words.MEETING_KINDS, **said("Loại buổi"))
    held_on = Day(**said("Ngày họp"))
    starts_at = Clock(**maybe("Giờ bắt đầu"))
    place = Told(**maybe("Địa điểm"))
    thematic_topic = Told(**maybe("Chuyên đề"))
    notified_on = Day(**maybe("Ngày gửi giấy mời"))
    meeting = Id(**maybe("Buổi đã ghi nhận; null là chưa"))
    version = fields.Integer(**said("Bản thứ mấy"))


class DocumentSchema(Form):
    """A document sent with an invitation."""

    title = Words(**said("Tài liệu gì"))
    number = Words(**optional("Số, ký hiệu", ""))


class PlanEntrySchema(Form):
    """What an invitation says."""

    kind = Choice(*KINDS, words=words.MEETING_KINDS, **said("Loại buổi"))
    held_on = Day(**said("Ngày họp"))
    starts_at = Clock(**optional("Giờ bắt đầu"))
    place = Words(**said("Địa điểm"))
    thematic_topic = Words(**optional("Chuyên đề", ""))
    agenda = Several(Words(), planning.MOST_LINES, **optional("Chương trình", default=()))
    documents = Several(Part(DocumentSchema), planning.MOST_LINES, **optional("Tài liệu", default=()))
    guests = Several(Words(), planning.MOST_LINES, **optional("Khách mời", default=()))
    notified_on = Day(**optional("Ngày gửi giấy mời"))


class PlannedSchema(PlannedSummarySchema):
    """An invitation whole."""

    agenda = fields.List(Told(), **said("Chương trình"))
    documents = fields.List(fields.Nested(DocumentSchema), **said("Tài liệu"))
    guests = fields.List(Told(), **said("Khách mời"))


@lists(
    "/planned-meetings",
    permission=Permission.VIEW_ORGANISATION,
    noun=NOUN,
    summary="Giấy mời họp, theo ngày",
    row=PlannedSummarySchema,
    query=CalendarQuery,
)
def planned_meetings(query: dict[str, Any]) -> Answer:
    """The invitations of cells within reach."""
    return page(listed(lists_of.PLANNED, binds_of(query), query))


@resource(
    api,
    "/organisations/<uuid:organisation>/planned-meetings/<uuid:planned>",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.ORGANISATION,
    says=Resource(noun=NOUN, method="GET", summary="Một giấy mời", answer=PlannedSchema, versioned=True),
)
def planned_meeting(organisation: Place, planned: UUID) -> Answer:
    """One invitation whole."""
    return _planned(organisation, planning.planned_of(session(), planned, organisation.id))


@resource(
    api,
    "/organisations/<uuid:organisation>/planned-meetings",
    permission=Permission.RECORD_MEETING,
    scope=Scope.ORGANISATION,
    says=Resource(
        noun=NOUN,
        method="POST",
        summary="Chuẩn bị một buổi họp",
        answer=PlannedSchema,
        body=PlanEntrySchema,
        status=201,
        keyed=True,
    ),
)
def plan_meeting(organisation: Place, body: dict[str, Any]) -> Answer:
    """Prepares a meeting of a cell."""
    if not organisation.is_cell:
        raise NotFound

    def act() -> str:
        return str(planning.prepare(session(), actor(), organisation.id, _plan(body)).public_id)

    made = planning.planned_of(session(), UUID(once(act)), organisation.id)
    address = f"/api/v1/organisations/{organisation.public_id}/planned-meetings/{made.public_id}"
    return _planned(organisation, made, address)


@resource(
    api,
    "/organisations/<uuid:organisation>/planned-meetings/<uuid:planned>",
    permission=Permission.RECORD_MEETING,
    scope=Scope.ORGANISATION,
    says=Resource(
        noun=NOUN,
        method="PUT",
        summary="Sửa một giấy mời chưa họp",
        answer=PlannedSchema,
        body=PlanEntrySchema,
        versioned=True,
    ),
)
def put_planned_meeting(organisation: Place, planned: UUID, body: dict[str, Any]) -> Answer:
    """Writes an invitation otherwise."""
    found = planning.planned_of(session(), planned, organisation.id)
    changed = planning.change(session(), actor(), found.id, number_to_correct(), _plan(body))
    return _planned(organisation, changed)


def _plan(body: dict[str, Any]) -> planning.Plan:
    documents = tuple(planning.Document(**one) for one in body["documents"])
    texts = {name: tuple(body[name]) for name in ("agenda", "guests")}
    return planning.Plan(**{**body, **texts, "documents": documents})


def _planned(organisation: Place, found: planning.PlanView, location: str = "") -> Answer:
    plan = found.plan
    of_plan = {name: getattr(plan, name) for name in PlanEntrySchema().fields if name != "documents"}
    content = {
        "id": found.public_id,
        "organisation": organisation.public_id,
        **of_plan,
        "meeting": found.meeting,
        "documents": [{"title": one.title, "number": one.number} for one in plan.documents],
        "version": found.version,
    }
    return Answer(content, found.version, location)
