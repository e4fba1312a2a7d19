"""Money passed on to the body above, as that body enters it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, text

from bontot.access import Actor, Permission
from bontot.clock import today
from bontot.db.models import FeeRemittance, Organisation
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, noting, refuse_noted
from bontot.policy.words import figure as number
from bontot.services.audit import note
from bontot.services.fees.recording import HIGHEST
from bontot.text import clean


def remit(
    session: TenantSession,
    actor: Actor,
    organisation_id: int,
    amount: int,
    remitted_on: date,
    document: str = "",
) -> None:
    """Enters money an organisation passed on to the body above; a negative amount takes back part of an earlier entry and
    needs a document or a reason. Raises InvalidFields."""
    actor.require(Permission.RECEIVE_FEE)
    errors: dict[str, str] = {}
    if not amount or abs(amount) > HIGHEST * 10:
        errors["amount"] = f"Nhập số tiền đã nộp, không quá {number(HIGHEST * 10)} đồng."
    if remitted_on > today(session):
        errors["remitted_on"] = "Ngày nộp chưa đến."
    # whoever takes a booking of the organisation back waits, and then finds what rests on it
    held = select(Organisation.founded_on).where(Organisation.id == organisation_id)
    founded = session.execute(held.with_for_update(key_share=True)).scalar_one()
    if remitted_on < founded:
        errors["remitted_on"] = f"Tổ chức thành lập ngày {founded:%d/%m/%Y}."
    with noting(errors, "document"):
        document = clean(document, field="document")
        if amount < 0 and not document:
            raise InvalidInput("Ghi giảm thì cần ghi lý do.", "document")
    refuse_noted(errors)
    session.add(
        FeeRemittance(
            organisation_id=organisation_id,
            amount=amount,
            remitted_on=remitted_on,
            document=document or None,
            entered_by=actor.name,
        )
    )
    note(
        session,
        "receive_fees",
        "organisation",
        organisation_id,
        actor.account_id,
        amount=amount,
        remitted_on=str(remitted_on),
    )


@dataclass(frozen=True, slots=True)
class Remittance:
    """One entry of money passed on."""

    remitted_on: date
    amount: int
    document: str | None
    entered_by: str


_ENTRIES = text("""
SELECT remitted_on, amount, document, entered_by FROM fee_remittance
WHERE organisation_id = :organisation AND remitted_on >= make_date(:year, 1, 1) AND remitted_on < make_date(:year + 1, 1, 1)
ORDER BY remitted_on, id LIMIT 200
""")


def remittances(session: TenantSession, organisation_id: int, year: int) -> list[Remittance]:
    """What an organisation passed on in a year, by day."""
    rows = session.execute(_ENTRIES, {"organisation": organisation_id, "year": year})
    return [Remittance(*row) for row in rows]
