"""Taking back a month's booking on the day it was made, as long as nothing rests on it (decision 0034)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bontot.access import Actor, Permission
from bontot.clock import today
from bontot.db.models import Fee, Organisation
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, Stale
from bontot.evaluation.incremental import mark
from bontot.services.audit import note

RESTS = "Sổ đã ghi thêm sau lần ấy, nên sửa ở trang của từng người."
ANOTHER_DAY = "Chỉ bỏ được trong ngày ghi; nay sửa ở trang của từng người."


@dataclass(frozen=True, slots=True)
class Booking:
    """What one press of the button wrote into a cell's ledger of a month: how many paid, how much, when."""

    id: int
    members: int
    amount: int
    paid_on: date
    at: datetime
    fresh: list[int]
    """The members whose line of the month it wrote."""
    lines: list[tuple[int, str]]
    """The lines on which money was taken: a member and a month each."""


_LAST = text("""
SELECT e.id, CAST(e.detail ->> 'members' AS integer), CAST(e.detail ->> 'amount' AS bigint),
       CAST(e.detail ->> 'paid_on' AS date), e.at, e.detail -> 'fresh', e.detail -> 'lines',
       CAST(e.at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) = :today
FROM audit_event AS e
WHERE e.subject = 'organisation' AND e.subject_id = :cell AND e.action = 'record_fees' AND e.detail ->> 'month' = :month
  AND e.detail ? 'lines'
  AND NOT EXISTS (
      SELECT FROM audit_event AS back
      WHERE back.subject = e.subject AND back.subject_id = e.subject_id AND back.action = 'take_back_fees'
        AND CAST(back.detail ->> 'booking' AS bigint) = e.id
  )
ORDER BY e.id DESC LIMIT 1
""")


def last_booking(session: TenantSession, organisation_id: int, month: date) -> Booking | None:
    """The last booking of a cell's month, while it can be taken back: made today, and nothing written on it since."""
    found, same_day = _last(session, organisation_id, month)
    return found if found and same_day and not _rests(session, organisation_id, month, found) else None


def take_back(
    session: TenantSession, actor: Actor, organisation_id: int, month: date, booking_id: int
) -> Booking:
    """Takes the last booking of a month back: its payments and the lines it wrote go, as if it had not been made; the trail
    keeps what it was.

    Raises Stale where it is not the last any more, InvalidInput after its day, or where something was written on it since:
    a payment, a correction, money passed on.
    """
    actor.require(Permission.RECORD_FEE)
    session.execute(
        select(Organisation.id).where(Organisation.id == organisation_id).with_for_update(key_share=True)
    )
    found, same_day = _last(session, organisation_id, month)
    if found is None or found.id != booking_id:
        raise Stale
    if not same_day:
        raise InvalidInput(ANOTHER_DAY)
    binds = _binds(found, month)
    session.execute(_HOLD, binds)
    if _rests(session, organisation_id, month, found):
        raise InvalidInput(RESTS)
    touched: dict[int, set[int]] = {month.year: set(found.fresh)}
    for member, of_month in session.execute(_TAKE_PAYMENTS, binds).all():
        touched.setdefault(of_month.year, set()).add(member)
    session.execute(_TAKE_LINES, binds)
    note(
        session,
        "take_back_fees",
        "organisation",
        organisation_id,
        actor.account_id,
        booking=found.id,
        month=str(month),
        amount=found.amount,
    )
    for year, members in touched.items():
        mark(session, organisation_id, year, Fee, members=members)
    return found


def _last(session: Session, organisation_id: int, month: date) -> tuple[Booking | None, bool]:
    binds = {"cell": organisation_id, "month": str(month), "today": today(session)}
    row = session.execute(_LAST, binds).first()
    return (Booking(*row[:-1]), row[-1]) if row else (None, False)


def _binds(found: Booking, month: date) -> dict[str, Any]:
    return {
        "at": found.at,
        "month": month,
        "fresh": found.fresh,
        "members": [member for member, _ in found.lines],
        "months": [of_month for _, of_month in found.lines],
    }


_PAID = "SELECT * FROM unnest(CAST(:members AS bigint[]), CAST(:months AS date[])) AS paid (member_id, month)"
_LINES = f"{_PAID} UNION SELECT member, :month FROM unnest(CAST(:fresh AS bigint[])) AS line (member)"
_HOLD = text(f"""
SELECT FROM fee AS f WHERE (f.member_id, f.month) IN ({_LINES}) ORDER BY f.member_id, f.month FOR UPDATE
""")
_RESTS = text(f"""
WITH line AS ({_LINES})
SELECT EXISTS (
    SELECT FROM fee_payment AS p JOIN line ON line.member_id = p.member_id AND line.month = p.month
    WHERE p.entered_at > :at
) OR EXISTS (
    SELECT FROM audit_event AS e JOIN line ON line.member_id = e.subject_id
    WHERE e.subject = 'member' AND e.action = 'correct_fee' AND e.id > :booking
) OR EXISTS (SELECT FROM fee_remittance AS r WHERE r.organisation_id = :cell AND r.entered_at > :at)
""")


def _rests(session: Session, organisation_id: int, month: date, found: Booking) -> bool:
    """Whether something was written on a booking since."""
    binds = {**_binds(found, month), "cell": organisation_id, "booking": found.id}
    return bool(session.execute(_RESTS, binds).scalar())


_TAKE_PAYMENTS = text(f"""
WITH gone AS (
    DELETE FROM fee_payment AS p
    WHERE p.entered_at = :at AND (p.member_id, p.month) IN ({_PAID}) RETURNING p.id, p.member_id, p.month, p.amount
)
UPDATE fee AS f SET paid = f.paid - gone.amount, version = f.version + 1,
    paid_on = (
        SELECT max(p.paid_on) FROM fee_payment AS p
        WHERE p.member_id = f.member_id AND p.month = f.month AND p.id NOT IN (SELECT id FROM gone)
    )
FROM gone WHERE f.member_id = gone.member_id AND f.month = gone.month
RETURNING f.member_id, f.month
""")
"""The payments of a booking have the one time of its transaction."""
_TAKE_LINES = text("DELETE FROM fee WHERE month = :month AND member_id = ANY(CAST(:fresh AS bigint[]))")
