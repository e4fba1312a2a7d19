"""A cell's ledger of a month: everybody on its roll, what is due by the rules of that month, what was paid and is owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import text

from bontot.db.rolls import holds_on
from bontot.db.tenancy import TenantSession
from bontot.evaluation.period import next_month
from bontot.policy.fees import FeeRules, due_of, half_up
from bontot.services.fees.keeping import EVER_THERE, HEIR, KEEPER
from bontot.services.fees.settings import current_rules, read
from bontot.services.people.due import party_age


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What somebody owes for a month, and why. `amount` is None while nobody knows it; `why` says where it comes from:
    "group" (with the group's key), "before" (as the month before), "exempt" (with the ground), "typed"."""

    amount: int | None
    why: str
    key: str | None = None
    reduction: int = 0

    @property
    def exempt(self) -> bool:
        """Whether nothing is asked."""
        return self.why == "exempt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A member in the ledger of a month. `version` is 0 while the month has no line of the member's; `owed` are months
    before it that are not paid in full, the oldest first, with what is left of each.

    `other` is the cell a line was handed on by, where the month began in one that has ended since, or in the ledger of
    such a one the cell it was handed on to; `since` is the first day of that.
    """

    member_id: int
    public_id: UUID
    full_name: str
    card_number: str | None
    birth_year: int | None
    due: Due
    paid: int = 0
    paid_on: date | None = None
    version: int = 0
    owed: tuple[tuple[date, int], ...] = ()
    other: str = ""
    since: date | None = None

    @property
    def written(self) -> bool:
        """Whether the month has the member's line."""
        return self.version > 0

    @property
    def left(self) -> int:
        """What is still to be paid for the month."""
        return 0 if self.due.exempt else max((self.due.amount or 0) - self.paid, 0)

    @property
    def excess(self) -> int:
        """What was paid beyond what is due: of one's own will."""
        return max(self.paid - (self.due.amount or 0), 0) if self.written else 0

    @property
    def owed_before(self) -> int:
        """What is still owed for earlier months."""
        return sum(amount for _, amount in self.owed)

    @property
    def open(self) -> bool:
        """Whether anything can still be taken or has to be said."""
        return not self.written or self.left > 0 or self.owed_before > 0


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger of a cell and month, by given name; `version` is another whenever a line or a debt in it is. `handed_on` is
    what began in it and stands in the ledger of another since the cell has ended."""

    month: date
    lines: tuple[Line, ...]
    rules: FeeRules | None
    handed_on: tuple[Line, ...] = ()

    @property
    def version(self) -> str:
        """What the whole page stood on, the dues it showed included."""
        known = [(line.member_id, line.version, line.due, line.paid, line.owed) for line in self.lines]
        return sha256(repr(known).encode()).hexdigest()[:16]

    @property
    def written(self) -> int:
        """How many have their line."""
        return sum(line.written for line in self.lines)

    @property
    def due(self) -> int:
        """What is due for the month in all, as far as it is known."""
        return sum(line.due.amount or 0 for line in self.lines if not line.due.exempt)

    @property
    def paid(self) -> int:
        """What was paid for the month in all, `excess` included."""
        return sum(line.paid for line in self.lines)

    @property
    def excess(self) -> int:
        """What was paid beyond what is due."""
        return sum(line.excess for line in self.lines)

    @property
    def left(self) -> int:
        """What is still to be paid for the month."""
        return sum(line.left for line in self.lines)

    @property
    def owed_before(self) -> int:
        """What is still owed for earlier months."""
        return sum(line.owed_before for line in self.lines)


_LINES = text(f"""
SELECT m.id, m.public_id, m.full_name, m.card_number, CAST(extract(year FROM m.birth_date) AS integer) AS birth_year,
       m.admission_date, m.admission_precision,
       f.due, f.paid, f.paid_on, f.exempt, f.group_key, f.reduction, f.version,
       b.group_key AS basis, b.figure, r.ground, r.percent,
       before.month AS before_month, before.due AS before_due, before.reduction AS before_reduction,
       coalesce(debts.months, '{{}}') AS months, coalesce(debts.amounts, '{{}}') AS amounts,
       {KEEPER} = :cell AS kept, heir.since, coalesce(called.name, '') AS other
FROM membership AS s
JOIN member AS m ON m.id = s.member_id AND (m.ended_on IS NULL OR :month < m.ended_on)
LEFT JOIN fee AS f ON f.member_id = m.id AND f.month = :month
{HEIR}
LEFT JOIN fee_basis AS b ON b.member_id = m.id AND {holds_on("b", ":month")}
LEFT JOIN fee_relief AS r ON r.member_id = m.id AND {holds_on("r", ":month")}
LEFT JOIN LATERAL (
    SELECT month, due, reduction FROM fee AS earlier
    WHERE earlier.member_id = m.id AND earlier.month < :month AND NOT earlier.exempt ORDER BY month DESC LIMIT 1
) AS before ON true
LEFT JOIN LATERAL (
    SELECT array_agg(month ORDER BY month) AS months, array_agg(due - paid ORDER BY month) AS amounts
    FROM fee AS earlier
    WHERE earlier.member_id = m.id AND earlier.month < :month AND paid < due AND NOT exempt
) AS debts ON true
LEFT JOIN LATERAL (
    SELECT p.name FROM organisation_period AS p
    WHERE p.organisation_id = CASE {KEEPER} WHEN :cell THEN s.organisation_id ELSE heir.organisation_id END
    ORDER BY p.valid_from DESC LIMIT 1
) AS called ON heir.organisation_id IS NOT NULL
WHERE s.kind = 'home' AND {holds_on("s", ":month")} AND {EVER_THERE} AND :cell IN ({KEEPER}, s.organisation_id)
ORDER BY m.sort_key, m.birth_date, m.id
""")


def ledger(session: TenantSession, organisation_id: int, month: date) -> Ledger:
    """The ledger of a cell for a month (its first day). On its roll is who was at home there on that day: who is admitted
    or comes later pays from the next month on (our default); and whom a cell that has ended handed on before it had
    finished the month."""
    rules, wages = current_rules(month), read(session).wages(month)
    kept: list[Line] = []
    handed_on: list[Line] = []
    for row in session.execute(_LINES, {"cell": organisation_id, "month": month}):
        line = Line(
            member_id=row.id,
            public_id=row.public_id,
            full_name=row.full_name,
            card_number=row.card_number,
            birth_year=row.birth_year,
            due=_written(row) if row.version else foreseen(row, rules, month, wages.get),
            paid=row.paid or 0,
            paid_on=row.paid_on,
            version=row.version or 0,
            owed=tuple(zip(row.months, row.amounts, strict=True)),
            other=row.other,
            since=row.since,
        )
        (kept if row.kept else handed_on).append(line)
    return Ledger(month, tuple(kept), rules, tuple(handed_on))


_UNWRITTEN = text(f"""
SELECT count(*), count(heir.since) FROM membership AS s
JOIN member AS m ON m.id = s.member_id AND (m.ended_on IS NULL OR :month < m.ended_on)
LEFT JOIN fee AS f ON f.member_id = m.id AND f.month = :month
{HEIR}
WHERE s.kind = 'home' AND {holds_on("s", ":month")} AND {EVER_THERE} AND {KEEPER} = :cell AND f.member_id IS NULL
""")


def unwritten(session: TenantSession, organisation_id: int, month: date) -> tuple[int, int]:
    """How many in the ledger of a month have no line in it yet, and how many of them a cell that has ended handed on."""
    many, handed_on = session.execute(_UNWRITTEN, {"cell": organisation_id, "month": month}).one()
    return many, handed_on


def _written(row: Any) -> Due:  # noqa: ANN401 - a row of _LINES
    if row.exempt:
        return Due(amount=0, why="exempt", key=row.group_key)
    why = "group" if row.group_key else "typed"
    return Due(amount=row.due, why=why, key=row.group_key, reduction=row.reduction)


def foreseen(row: Any, rules: FeeRules | None, month: date, wage: Any) -> Due:  # noqa: ANN401 - a row of _LINES
    """What the rules make of somebody's basis and reliefs: exempt by document or by Party age; else by group; else, under
    the same regulation, as the month before."""
    if rules is None:
        return Due(amount=None, why="group")
    if row.ground is not None:
        return Due(amount=0, why="exempt", key=row.ground)
    aged = rules.exempt_by_age(age_on(row.admission_date, row.admission_precision, month))
    if aged is not None:
        return Due(amount=0, why="exempt", key=aged.key)
    reduction = row.percent or 0
    group = rules.group(row.basis)
    if group is not None:
        figure = wage(group.common) if group.common else row.figure
        amount = due_of(group, figure, month, reduction)
        return Due(amount=amount, why="group", key=group.key, reduction=reduction)
    if row.before_month is not None and rules.holds_on(row.before_month):
        return Due(amount=_as_before(row, reduction), why="before", reduction=reduction)
    return Due(amount=None, why="group", reduction=reduction)


def _as_before(row: Any, reduction: int) -> int | None:  # noqa: ANN401 - a row of _LINES
    """The due of the month before; a reduction that began since is taken off it, one that ended leaves it unknown."""
    if row.before_reduction == reduction:
        before: int = row.before_due
        return before
    if row.before_reduction:
        return None
    return half_up(Fraction(row.before_due) * (100 - reduction) / 100)


def age_on(admission: date | None, precision: str, day: date) -> int | None:
    """Whole years of Party age on a day, counted from the last day an admission known to its month or year may have
    been on; None where it is not known."""
    if admission is None:
        return None
    if precision == "year":
        admission = date(admission.year, 12, 31)
    elif precision == "month":
        admission = last_day(admission)
    return party_age(admission, day)


def last_day(month: date) -> date:
    """The last day of a month."""
    return date.fromordinal(next_month(month).toordinal() - 1)


def month_before(month: date) -> date:
    """The first day of the month before."""
    return date.fromordinal(month.toordinal() - 1).replace(day=1)


def months_of(year: int) -> Sequence[date]:
    """The first days of the twelve months."""
    return [date(year, number, 1) for number in range(1, 13)]
