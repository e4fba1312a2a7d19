"""Superiors' documents to be answered, and what a superior sets its cells: targets and documents."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import fields

from bontot.access import Permission, Scope
from bontot.db.models.work import ANSWERS
from bontot.errors import InvalidFields
from bontot.services import directives as records
from bontot.services import organisations, targets
from bontot.services.directives import RECEIVED, RETURNED
from bontot.services.listing.directives import DIRECTIVES
from bontot.text import PARAGRAPH
from bontot.web.api.asking import PlacesQuery, SinceQuery, binds_of, row_of
from bontot.web.api.blueprint import api
from bontot.web.api.fields import (
    AskedFlag,
    Choice,
    Day,
    Form,
    Id,
    Several,
    Told,
    Words,
    asked,
    maybe,
    optional,
    said,
)
from bontot.web.api.resource import Answer, Resource, listed, lists, number_to_correct, once, page, resource
from bontot.web.database import session
from bontot.web.places import parents
from bontot.web.request import Place, actor, place_by_public_id, reach, this_day

NOUN = "directives"


class DirectivesQuery(PlacesQuery, SinceQuery):
    """Which documents, by the day they are due."""

    answered = AskedFlag(**asked("Đã trả lời hay chưa"))


class DirectiveSchema(Form):
    """A superior's document, and the cell's answer."""

    id = Id(**said("Mã của văn bản"))
    organisation = Id(**said("Chi bộ phải trả lời"))
    number = Told(**said("Số, ký hiệu"))
    subject = Told(**said("Trích yếu"))
    due_on = Day(**said("Hạn trả lời"))
    answered_on = Day(**maybe("Ngày trả lời"))
    result = Told(**maybe("Kết quả thực hiện"))
    document = Told(**maybe("Văn bản trả lời"))
    submission = Choice(*ANSWERS, **maybe("Đã gửi, bị trả lại, cấp trên đã nhận; null là chưa ghi trả lời"))
    handed_on = Day(**maybe("Ngày chuyển cho chi bộ kế tục"))
    version = fields.Integer(**said("Bản thứ mấy"))


class AnswerSchema(Form):
    """What the cell answers."""

    answered_on = Day(**said("Ngày trả lời"))
    result = Words(longest=PARAGRAPH, lines=True, **said("Đã làm gì, đến đâu"))
    document = Words(**optional("Số văn bản trả lời", ""))


class JudgedSchema(Form):
    """What the superior does with an answer."""

    act = Choice(RECEIVED, RETURNED, **said("Nhận hay trả lại"))
    remark = Words(longest=PARAGRAPH, lines=True, **optional("Phải làm thêm gì; cần khi trả lại", ""))


class TargetSchema(Form):
    """What is set to several cells alike: a target, which becomes a task of each, or a document to be answered."""

    kind = Choice(targets.TARGET, targets.DIRECTIVE, **said("Chỉ tiêu hay văn bản"))
    title = Words(**said("Nội dung, trích yếu"))
    number = Words(**optional("Số văn bản; cần khi giao văn bản", ""))
    due_on = Day(**said("Hạn"))
    cells = Several(Id(), targets.MOST_CELLS, **said("Các chi bộ"))


class SetSchema(Form):
    """A target or document as it was set, and to how many cells."""

    kind = Choice(targets.TARGET, targets.DIRECTIVE, **said("Chỉ tiêu hay văn bản"))
    number = Told(**said("Số văn bản"))
    title = Told(**said("Nội dung"))
    due_on = Day(**said("Hạn"))
    cells = fields.Integer(**said("Giao cho bao nhiêu chi bộ"))
    done = fields.Integer(**said("Bao nhiêu đã xong, đã trả lời"))


class SetsSchema(Form):
    """Everything set to the cells of a body with a day in a year, by day."""

    year = fields.Integer(**said("Năm"))
    items = fields.List(fields.Nested(SetSchema), **said("Từng chỉ tiêu, văn bản"))


@lists(
    "/directives",
    permission=Permission.VIEW_ORGANISATION,
    noun=NOUN,
    summary="Văn bản cấp trên giao trả lời, theo hạn",
    row=DirectiveSchema,
    query=DirectivesQuery,
)
def directives(query: dict[str, Any]) -> Answer:
    """The documents set to cells within reach."""
    return page(listed(DIRECTIVES, binds_of(query) | {"one": None}, query))


@resource(
    api,
    "/directives/<uuid:directive>",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.TENANT,
    says=Resource(
        noun=NOUN, method="GET", summary="Một văn bản cấp trên giao", answer=DirectiveSchema, versioned=True
    ),
)
def directive(directive: UUID) -> Answer:
    """One document."""
    return _answer(directive)


@resource(
    api,
    "/directives/<uuid:directive>/answer",
    permission=Permission.RECORD_MEETING,
    scope=Scope.TENANT,
    says=Resource(
        noun=NOUN,
        method="PUT",
        summary="Ghi trả lời của chi bộ và gửi cấp trên",
        answer=DirectiveSchema,
        body=AnswerSchema,
        versioned=True,
    ),
)
def put_answer(directive: UUID, body: dict[str, Any]) -> Answer:
    """Records what the cell answers, over what the program has seen."""
    records.answer(session(), actor(), _found(directive), number_to_correct(), records.Answer(**body))
    session().flush()
    return _answer(directive)


@resource(
    api,
    "/directives/<uuid:directive>/reception",
    permission=Permission.SET_TARGET,
    scope=Scope.TENANT,
    says=Resource(
        noun=NOUN,
        method="POST",
        summary="Cấp trên nhận trả lời, hoặc trả lại",
        answer=DirectiveSchema,
        body=JudgedSchema,
        versioned=True,
    ),
)
def receive_answer(directive: UUID, body: dict[str, Any]) -> Answer:
    """The superior takes an answer or sends it back; by another hand than gave it."""
    records.judge(session(), actor(), _found(directive), number_to_correct(), body["act"], body["remark"])
    session().flush()
    return _answer(directive)


@resource(
    api,
    "/organisations/<uuid:organisation>/targets",
    permission=Permission.SET_TARGET,
    scope=Scope.ORGANISATION,
    says=Resource(
        noun=NOUN,
        method="POST",
        summary="Giao chỉ tiêu hoặc văn bản cho các chi bộ trực thuộc",
        answer=SetsSchema,
        body=TargetSchema,
        status=201,
        keyed=True,
    ),
)
def set_target(organisation: Place, body: dict[str, Any]) -> Answer:
    """Sets the same to several cells below a body; answers all that is set to its cells in that year."""
    top = organisations.subtree(session(), organisation.id, reach(), this_day())
    known = {node.public_id: node.id for node, _ in parents((top,)) if node.is_cell}
    year = body["due_on"].year

    def act() -> str:
        cells = body.pop("cells")
        errors = {
            f"cells.{place}": "Không phải chi bộ trực thuộc tổ chức này."
            for place, cell in enumerate(cells)
            if cell not in known
        }
        if errors:
            raise InvalidFields(errors)
        chosen = sorted({known[cell] for cell in cells})
        targets.assign(session(), actor(), chosen, targets.TargetEntry(**body))
        return str(year)

    once(act)
    session().flush()
    names = SetSchema().fields
    found = targets.set_in(session(), list(known.values()), year)
    return Answer({"year": year, "items": [{name: getattr(one, name) for name in names} for one in found]})


def _row(public_id: UUID) -> dict[str, Any]:
    """A document to a cell within reach. Raises NotFound."""
    return row_of(DIRECTIVES, public_id, "since", "until", "answered")


def _found(public_id: UUID) -> int:
    place = place_by_public_id(session(), _row(public_id)["organisation"])
    return records.directive_of(session(), place.id, public_id).id


def _answer(public_id: UUID) -> Answer:
    row = _row(public_id)
    return Answer(row, row["version"])
