"""Taking fees: a whole cell's month at once, and setting one line right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, text

from bontot.access import Actor, Permission
from bontot.clock import today
from bontot.db.models import Fee, FeePayment, Organisation
from bontot.db.rolls import holds_on
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, NotFound, Stale, noting, refuse_noted
from bontot.evaluation.incremental import mark, mark_member
from bontot.policy.fees import spread
from bontot.policy.words import figure as number
from bontot.services.audit import note
from bontot.services.fees.keeping import EVER_THERE
from bontot.services.fees.ledger import Ledger, Line, ledger
from bontot.services.organisations import ended_on
from bontot.text import clean

MONTH, ALL, OTHER, NOTHING = "month", "all", "other", "nothing"
"""What somebody paid: the month in full, the month and every debt, another amount, nothing."""
HIGHEST = 100_000_000
"""A payment above this is a slip of the hand, in đồng."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What one member paid. `amount` counts with "other" alone; `due` is the month's due, where nobody knew it."""

    how: str = MONTH
    amount: int = 0
    due: int | None = None


def key_of(line: Line) -> str:
    """The field of a line in a form, and in what is refused."""
    return f"fee-{line.public_id}"


def record_month(
    session: TenantSession,
    actor: Actor,
    organisation_id: int,
    month: date,
    version: str,
    taken: Mapping[int, Taken],
    paid_on: date,
    channel: str = "cash",
) -> int:
    """Writes the month's line of everybody on the roll of a cell, and what was taken on a day; returns how much that is.

    `taken` is by member id; whoever is missing paid nothing. An amount falls on the oldest debt first. Of whom a cell that
    has ended handed on, money taken before that is that cell's. Raises Stale when the ledger is not what `version` stood
    on, InvalidFields for a month or day to come, a day on which the cell was no more, an amount beyond what is owed, or a
    due that nobody knows, InvalidInput where everybody has a line and nobody paid; nothing is written then.
    """
    actor.require(Permission.RECORD_FEE)
    session.execute(
        select(Organisation.id).where(Organisation.id == organisation_id).with_for_update(key_share=True)
    )
    session.execute(_HOLD, {"cell": organisation_id, "month": month})
    found = ledger(session, organisation_id, month)
    if found.version != version:
        raise Stale
    errors: dict[str, str] = {}
    with noting(errors, "paid_on"):
        check_day(session, month, paid_on)
        _check_there(session, organisation_id, paid_on)
    if taken.keys() - {line.member_id for line in found.lines}:
        raise InvalidInput("Danh sách chi bộ vừa thay đổi. Xin tải lại trang.")
    payments: list[tuple[int, date, int]] = []
    for line in found.lines:
        with noting(errors, key_of(line)):
            payments += _payments(line, month, taken.get(line.member_id, Taken(NOTHING)))
    refuse_noted(errors)
    if not payments and all(line.written for line in found.lines):
        raise InvalidInput("Chưa có gì để ghi: chọn người vừa nộp rồi ghi.")
    fresh = _write_lines(session, found, taken)
    earlier = [line.member_id for line in found.lines if line.since and paid_on < line.since]
    takers = _homes(session, earlier, paid_on)
    _write_payments(
        session, actor, [takers.get(one[0], organisation_id) for one in payments], payments, paid_on, channel
    )
    _mark(session, organisation_id, found, payments)
    total = sum(amount for _, _, amount in payments)
    note(
        session,
        "record_fees",
        "organisation",
        organisation_id,
        actor.account_id,
        month=str(month),
        paid_on=str(paid_on),
        members=len({member for member, _, _ in payments}),
        amount=total,
        fresh=fresh,
        lines=[[member, str(of_month)] for member, of_month, _ in payments],
    )
    return total


_HOLD = text(f"""
SELECT FROM fee AS f JOIN membership AS s ON s.member_id = f.member_id AND s.kind = 'home' AND {holds_on("s", ":month")}
WHERE {EVER_THERE} AND (f.month = :month OR (f.month < :month AND f.paid < f.due AND NOT f.exempt))
ORDER BY f.member_id, f.month FOR UPDATE OF f
""")
"""Nobody sets right, or takes elsewhere, what is about to be paid."""


def check_day(session: TenantSession, month: date, paid_on: date) -> None:
    """A month and a day of paying that have come, in that order. Raises InvalidInput."""
    now = today(session)
    if month > now:
        raise InvalidInput(f"Tháng {month:%m/%Y} chưa đến.", "paid_on")
    if paid_on > now:
        raise InvalidInput("Ngày nộp chưa đến.", "paid_on")
    if paid_on < month:
        raise InvalidInput(f"Ngày nộp phải từ {month:%d/%m/%Y} trở đi.", "paid_on")


def _check_there(session: TenantSession, organisation_id: int, paid_on: date) -> None:
    """A cell that has ended takes no more. Raises InvalidInput."""
    ended = ended_on(session, organisation_id)
    if ended is not None and paid_on >= ended:
        raise InvalidInput(
            f"Chi bộ đã kết thúc từ ngày {ended:%d/%m/%Y}: ghi ngày nộp trước ngày ấy.", "paid_on"
        )


_HOMES = text(f"""
SELECT s.member_id, s.organisation_id FROM membership AS s
WHERE s.member_id = ANY(:members) AND s.kind = 'home' AND {holds_on("s", ":day")}
""")


def _homes(session: TenantSession, members: list[int], day: date) -> dict[int, int]:
    """The cell where each of some members was at home on a day."""
    if not members:
        return {}
    rows = session.execute(_HOMES, {"members": members, "day": day})
    return {row[0]: row[1] for row in rows}


def _payments(line: Line, month: date, taken: Taken) -> list[tuple[int, date, int]]:
    """What one member's payment comes to: `(member, month, amount)` of each line it falls on."""
    if _left_out(line, taken):
        return []
    due = _due(line, taken)
    left = 0 if line.due.exempt else max(due - line.paid, 0)
    owed = [*line.owed, (month, left)]
    whole = sum(amount for _, amount in owed)
    if taken.how == OTHER and not 0 <= taken.amount <= whole:
        raise InvalidInput(_too_much(line, whole))
    if taken.how == MONTH:
        owed = [(month, left)]
    paid = {MONTH: left, ALL: whole, OTHER: taken.amount, NOTHING: 0}[taken.how]
    parts = spread(paid, [amount for _, amount in owed])
    return [(line.member_id, one, part) for (one, _), part in zip(owed, parts, strict=True) if part]


def _left_out(line: Line, taken: Taken) -> bool:
    """Whether nobody knows the due and nothing was paid or typed: such a line is not written yet."""
    paid_nothing = taken.how == NOTHING or (taken.how == OTHER and taken.amount == 0)
    return line.due.amount is None and taken.due is None and paid_nothing


def _due(line: Line, taken: Taken) -> int:
    known = line.due.amount if line.due.amount is not None else taken.due
    if known is None:
        raise InvalidInput(f"{line.full_name}: cần ghi mức đóng của tháng.")
    if not 0 <= known <= HIGHEST:
        raise InvalidInput(f"{line.full_name}: mức đóng phải từ 0 đến {number(HIGHEST)} đồng.")
    return known


def _too_much(line: Line, whole: int) -> str:
    return (
        f"{line.full_name} còn phải đóng {number(whole)} đồng. Đóng cao hơn mức thì ghi ở trang sửa của đồng chí ấy, "
        "kèm ý kiến của cấp trên."
    )


_WRITE_LINES = text("""
INSERT INTO fee (member_id, month, due, paid, exempt, group_key, reduction)
SELECT member, :month, due, 0, exempt, group_key, reduction FROM unnest(
    CAST(:members AS bigint[]), CAST(:dues AS bigint[]), CAST(:exempt AS boolean[]), CAST(:groups AS text[]),
    CAST(:reductions AS integer[])) AS line (member, due, exempt, group_key, reduction)
""")


def _write_lines(session: TenantSession, found: Ledger, taken: Mapping[int, Taken]) -> list[int]:
    """Writes the lines the month lacks; of which members."""
    nothing = Taken(NOTHING)
    fresh = [
        line
        for line in found.lines
        if not line.written and not _left_out(line, taken.get(line.member_id, nothing))
    ]
    if not fresh:
        return []
    dues = [_due(line, taken.get(line.member_id, nothing)) for line in fresh]
    session.execute(
        _WRITE_LINES,
        {
            "month": found.month,
            "members": [line.member_id for line in fresh],
            "dues": dues,
            "exempt": [line.due.exempt for line in fresh],
            "groups": [line.due.key for line in fresh],
            "reductions": [line.due.reduction for line in fresh],
        },
    )
    return [line.member_id for line in fresh]


_ADD_TO_LINES = text("""
UPDATE fee SET paid = paid + line.amount, paid_on = :paid_on, version = version + 1
FROM unnest(CAST(:members AS bigint[]), CAST(:months AS date[]), CAST(:amounts AS bigint[])) AS line (member, month, amount)
WHERE fee.member_id = line.member AND fee.month = line.month
""")
_WRITE_PAYMENTS = text("""
INSERT INTO fee_payment (member_id, month, organisation_id, amount, paid_on, channel, entered_by)
SELECT member, month, taker, amount, :paid_on, :channel, :by FROM unnest(
    CAST(:members AS bigint[]), CAST(:months AS date[]), CAST(:amounts AS bigint[]), CAST(:takers AS bigint[])
) AS line (member, month, amount, taker)
""")


def _write_payments(
    session: TenantSession,
    actor: Actor,
    takers: list[int],
    payments: list[tuple[int, date, int]],
    paid_on: date,
    channel: str,
) -> None:
    """The payments with the cell that took each."""
    if not payments:
        return
    members, months, amounts = (list(column) for column in zip(*payments, strict=True))
    binds = {"members": members, "months": months, "amounts": amounts, "paid_on": paid_on}
    session.execute(_ADD_TO_LINES, binds)
    session.execute(_WRITE_PAYMENTS, {**binds, "takers": takers, "channel": channel, "by": actor.name})


def _mark(
    session: TenantSession, organisation_id: int, found: Ledger, payments: Iterable[tuple[int, date, int]]
) -> None:
    """To be judged again: the year of each line written or paid."""
    touched: dict[int, set[int]] = {}
    for line in found.lines:
        if not line.written:
            touched.setdefault(found.month.year, set()).add(line.member_id)
    for member, month, _ in payments:
        touched.setdefault(month.year, set()).add(member)
    for year, members in touched.items():
        mark(session, organisation_id, year, Fee, members=members)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a line should say: due and paid in all, exempt or not, the day the difference is entered for, and why."""

    due: int
    paid: int
    exempt: bool
    paid_on: date
    reason: str


def correct_line(
    session: TenantSession, actor: Actor, member_id: int, month: date, version: int, correction: Correction
) -> None:
    """Sets a line right: the difference is an entry of its own, so that reports of days before stay as they were; what stood
    is kept in the trail with the reason.

    Raises NotFound where there is no line, Stale when it changed since `version` was read, InvalidFields.
    """
    actor.require(Permission.RECORD_FEE)
    line = session.get(Fee, (session.tenant_id, member_id, month), with_for_update=True)
    if line is None:
        raise NotFound
    if line.version != version:
        raise Stale
    errors: dict[str, str] = {}
    with noting(errors, "reason"):
        reason = clean(correction.reason, field="reason")
        if not reason:
            raise InvalidInput("Cần ghi lý do sửa.", "reason")
    with noting(errors, "paid_on"):
        check_day(session, month, correction.paid_on)
    for name, amount in (("due", correction.due), ("paid", correction.paid)):
        if not 0 <= amount <= HIGHEST:
            errors[name] = f"Nhập số tiền từ 0 đến {number(HIGHEST)} đồng."
    refuse_noted(errors)
    before = {"due": line.due, "paid": line.paid, "exempt": line.exempt}
    difference = correction.paid - line.paid
    if difference:
        cell = _collecting(session, member_id, correction.paid_on)
        session.add(
            FeePayment(
                member_id=member_id,
                month=month,
                organisation_id=cell,
                amount=difference,
                paid_on=correction.paid_on,
                entered_by=actor.name,
            )
        )
        line.paid_on = correction.paid_on if correction.paid else None
    line.due, line.paid, line.exempt = correction.due, correction.paid, correction.exempt
    line.version = version + 1
    note(
        session,
        "correct_fee",
        "member",
        member_id,
        actor.account_id,
        month=str(month),
        reason=reason,
        before=before,
    )
    mark_member(session, member_id, month.year, today(session), Fee)


_COLLECTING = text("""
SELECT organisation_id FROM membership WHERE member_id = :member AND kind = 'home' AND valid_from <= :day
ORDER BY valid_from DESC LIMIT 1
""")


def _collecting(session: TenantSession, member_id: int, day: date) -> int:
    """The cell that took money on a day: the member's home then, the last one of who has left."""
    found: int | None = session.execute(_COLLECTING, {"member": member_id, "day": day}).scalar()
    if found is None:
        raise InvalidInput("Ngày nộp trước khi đồng chí ấy thuộc chi bộ nào.", "paid_on")
    return found
