"""Letters: the address each account has them sent to, and what became of those a committee sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bontot.access import Actor, Permission
from bontot.db.models import Account, Letter
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, NotFound
from bontot.services.audit import note
from bontot.services.paging import Page, window
from bontot.text import ADDRESS, clean


@dataclass(frozen=True, slots=True)
class LetterLine:
    """A letter as whoever oversees them reads it, without its text."""

    public_id: UUID
    name: str
    address: str
    day: date
    state: str
    attempts: int
    problem: str | None
    ended_at: datetime | None


def address_of(session: Session, account_id: int) -> str:
    """The address an account has its letters sent to; "" for none."""
    return session.scalar(select(Account.email).where(Account.id == account_id)) or ""


def change_address(session: TenantSession, actor: Actor, given: str) -> str:
    """Sets one's own address, or with "" takes it away. Raises InvalidInput for what is no address."""
    address = clean(given, longest=254, field="email")
    if address and not ADDRESS.fullmatch(address):
        raise InvalidInput("Địa chỉ thư viết như ten@vi-du.vn, không dấu, không có khoảng trắng.", "email")
    session.execute(update(Account).where(Account.id == actor.account_id).values(email=address or None))
    note(session, "change_address", "account", actor.account_id, actor.account_id, has_address=bool(address))
    return address


def letters(session: TenantSession, actor: Actor, number: int) -> Page[LetterLine]:
    """The committee's letters, the latest first, to whoever decides on them. Raises NotFound for a page beyond the last."""
    actor.require(Permission.MANAGE_REMINDERS)
    total = session.scalar(select(func.count(Letter.id))) or 0
    place = window(number)
    rows = session.execute(
        select(
            Letter.public_id,
            Account.display_name,
            Letter.address,
            Letter.day,
            Letter.state,
            Letter.attempts,
            Letter.problem,
            Letter.ended_at,
        )
        .join(Account, Account.id == Letter.account_id)
        .order_by(Letter.id.desc())
        .limit(place["size"])
        .offset(place["skip"])
    ).all()
    if not rows and number > 1:
        raise NotFound
    return Page([LetterLine(*row) for row in rows], number, total)


def send_again(session: TenantSession, actor: Actor, public_id: UUID) -> None:
    """Has a letter that did not go, or whose fate is unknown, sent once more. Raises NotFound for any other."""
    actor.require(Permission.MANAGE_REMINDERS)
    again = session.execute(
        update(Letter)
        .where(Letter.public_id == public_id, Letter.state.in_(("failed", "unknown")))
        .values(state="waiting", attempts=0, problem=None, ended_at=None)
        .returning(Letter.id)
    ).first()
    if again is None:
        raise NotFound
    note(session, "send_letter_again", "letter", again.id, actor.account_id)


def masked(address: str) -> str:
    """An address as others than its owner see it: `ph…@vi-du.vn`."""
    name, _, place = address.partition("@")
    return f"{name[:2]}…@{place}"
