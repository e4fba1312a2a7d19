"""Fees: the ledger's lines, and a cell's month, read and taken."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import fields

from bontot.access import Permission, Scope
from bontot.db.models.fee import CHANNELS
from bontot.errors import InvalidFields, NotFound
from bontot.services.audit import note_view
from bontot.services.fees.ledger import Ledger, ledger
from bontot.services.fees.recording import ALL, HIGHEST, MONTH, NOTHING, OTHER, Taken, key_of, record_month
from bontot.services.listing.fees import FEES
from bontot.web import words
from bontot.web.api.asking import member_id, within
from bontot.web.api.blueprint import api
from bontot.web.api.fields import (
    Choice,
    Day,
    Flag,
    Form,
    Id,
    Number,
    Part,
    Several,
    Told,
    asked,
    maybe,
    optional,
    said,
)
from bontot.web.api.fields import Month as AskedMonth
from bontot.web.api.resource import (
    Answer,
    PageQuery,
    Resource,
    listed,
    once,
    page,
    resource,
    version_to_correct,
)
from bontot.web.database import session
from bontot.web.query import asked_month
from bontot.web.request import Place, actor

HOW = (MONTH, ALL, OTHER, NOTHING)
MOST_TAKEN = 2_000


class FeeSchema(Form):
    """One month of one member in the ledger, in đồng."""

    member = Id(**said("Đảng viên"))
    organisation = Id(**said("Chi bộ sinh hoạt chính đầu tháng ấy"))
    month = Day(**said("Ngày đầu của tháng"))
    due = fields.Integer(**said("Phải đóng, đồng"))
    paid = fields.Integer(**said("Đã đóng, đồng"))
    paid_on = Day(**maybe("Ngày đóng gần nhất"))
    exempt = Flag(**said("Được miễn"))
    group = Told(**maybe("Nhóm đối tượng của mức đóng"))
    reduction = fields.Integer(**said("Được giảm, phần trăm"))


class FeesQuery(PageQuery):
    """Which lines."""

    organisation = Id(**asked("Chỉ tổ chức này và cấp dưới"))
    member = Id(**asked("Chỉ đảng viên này"))
    since = AskedMonth(**asked("Từ tháng"))
    until = AskedMonth(**asked("Đến hết tháng"))


class LedgerLineSchema(Form):
    """A member in a cell's month, in đồng."""

    member = Id(**said("Đảng viên"))
    full_name = Told(**said("Họ và tên"))
    due = fields.Integer(**maybe("Phải đóng; null khi chưa biết mức"))
    exempt = Flag(**said("Được miễn"))
    paid = fields.Integer(**said("Đã đóng của tháng"))
    paid_on = Day(**maybe("Ngày đóng"))
    left = fields.Integer(**said("Còn phải đóng của tháng"))
    owed_before = fields.Integer(**said("Còn nợ của các tháng trước"))
    written = Flag(**said("Tháng này đã có dòng trong sổ"))


class LedgerSchema(Form):
    """A cell's month: everybody on its roll on the first day."""

    organisation = Id(**said("Chi bộ"))
    month = AskedMonth(**said("Tháng"))
    lines = fields.List(fields.Nested(LedgerLineSchema), **said("Từng người, theo tên"))


class TakenSchema(Form):
    """What one member paid: the month, all that is owed, another amount, or nothing."""

    member = Id(**said("Đảng viên"))
    how = Choice(*HOW, **said("Đủ tháng, đủ cả nợ, số khác, chưa đóng"))
    amount = Number(0, HIGHEST, **optional("Số tiền, khi đóng số khác", 0))
    due = Number(0, HIGHEST, **optional("Mức của tháng, khi hệ thống chưa biết"))


class PaymentsSchema(Form):
    """What a cell took on a day. Whoever is not in `taken` paid nothing."""

    paid_on = Day(**said("Ngày thu"))
    channel = Choice(
        *CHANNELS,
        words=words.FEE_CHANNELS,
        load_default=CHANNELS[0],
        metadata={"description": "Nộp qua đâu"},
    )
    taken = Several(Part(TakenSchema), MOST_TAKEN, **said("Từng người"))


@resource(
    api,
    "/fees",
    permission=Permission.RECORD_FEE,
    scope=Scope.TENANT,
    says=Resource(
        noun="fees",
        method="GET",
        summary="Các dòng sổ đảng phí, theo tháng",
        answer=FeeSchema,
        many=True,
        query=FeesQuery,
    ),
)
def fees(query: dict[str, Any]) -> Answer:
    """The written lines of who was at home within reach."""
    binds = {"since": query["since"], "until": query["until"]}
    binds |= {"within": within(query), "member": member_id(query)}
    note_view(session(), "view_fees", "organisation", None, actor().account_id)
    return page(listed(FEES, binds, query))


@resource(
    api,
    "/organisations/<uuid:organisation>/fees/<month>",
    permission=Permission.RECORD_FEE,
    scope=Scope.ORGANISATION,
    says=Resource(
        noun="fees",
        method="GET",
        summary="Sổ đảng phí một tháng của chi bộ",
        answer=LedgerSchema,
        versioned=True,
    ),
)
def month(organisation: Place, month: str) -> Answer:
    """A cell's month as it stands."""
    first = _month(organisation, month)
    note_view(session(), "view_fees", "organisation", organisation.id, actor().account_id, month=str(first))
    return _answer(organisation, ledger(session(), organisation.id, first))


@resource(
    api,
    "/organisations/<uuid:organisation>/fees/<month>/payments",
    permission=Permission.RECORD_FEE,
    scope=Scope.ORGANISATION,
    says=Resource(
        noun="fees",
        method="POST",
        summary="Ghi đã thu đảng phí một tháng của chi bộ",
        answer=LedgerSchema,
        body=PaymentsSchema,
        status=201,
        versioned=True,
        keyed=True,
    ),
)
def take(organisation: Place, month: str, body: dict[str, Any]) -> Answer:
    """Writes the month's lines and what was taken, upon the ledger that the program has seen."""
    first = _month(organisation, month)

    def act() -> str:
        found = ledger(session(), organisation.id, first)
        places = {line["member"]: place for place, line in enumerate(body["taken"])}
        known = {line.public_id: line.member_id for line in found.lines}
        errors = {
            f"taken.{place}.member": "Không có trong danh sách chi bộ của tháng này."
            for who, place in places.items()
            if who not in known
        }
        if len(places) != len(body["taken"]):
            errors["taken"] = "Mỗi đồng chí chỉ ghi một dòng."
        if errors:
            raise InvalidFields(errors)
        taken = {
            known[line["member"]]: Taken(line["how"], line["amount"], line["due"]) for line in body["taken"]
        }
        try:
            record_month(
                session(),
                actor(),
                organisation.id,
                first,
                version_to_correct(),
                taken,
                body["paid_on"],
                body["channel"],
            )
        except InvalidFields as refusal:
            named = {key_of(line): f"taken.{places.get(line.public_id, 0)}" for line in found.lines}
            raise InvalidFields(
                {named.get(field, field): sentence for field, sentence in refusal.errors.items()}
            ) from None
        return month

    once(act)
    session().flush()
    address = f"/api/v1/organisations/{organisation.public_id}/fees/{month}"
    return _answer(organisation, ledger(session(), organisation.id, first), address)


def _month(organisation: Place, month: str) -> date:
    """The first day of a month of a cell. Raises NotFound for no cell, no month or one to come."""
    if not organisation.is_cell or not month:
        raise NotFound
    return asked_month(month)


def _answer(organisation: Place, found: Ledger, location: str = "") -> Answer:
    lines = [
        {
            "member": line.public_id,
            "full_name": line.full_name,
            "due": line.due.amount,
            "exempt": line.due.exempt,
            "paid": line.paid,
            "paid_on": line.paid_on,
            "left": line.left,
            "owed_before": line.owed_before,
            "written": line.written,
        }
        for line in found.lines
    ]
    content = {"organisation": organisation.public_id, "month": f"{found.month:%Y-%m}", "lines": lines}
    return Answer(content, found.version, location)
