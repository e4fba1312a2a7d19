"""The year of the cells below a body: paid month by month, collected, passed on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text

from bontot.db.rolls import holds_on
from bontot.db.tenancy import TenantSession
from bontot.services.fees.below import BELOW
from bontot.services.fees.keeping import HEIR, KEEPER
from bontot.services.fees.ledger import months_of
from bontot.services.fees.settings import read
from bontot.services.fees.shares import Share, collected, share_of
from bontot.services.paging import IS_WHOLE, Page, window


@dataclass(frozen=True, slots=True)
class MonthState:
    """A cell's month: lines written, members who have not paid in full, đồng due and of them paid, and what was paid
    beyond."""

    month: date
    lines: int = 0
    unpaid: int = 0
    due: int = 0
    paid: int = 0
    excess: int = 0

    @property
    def begun(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.lines or self.unpaid)


@dataclass(frozen=True, slots=True)
class CellFees:
    """A cell's year below a body, `above` the one between them: its months, None for one that was not the body's or
    not the cell's; collected, to be passed on (None where no share is decided) and passed on. `ended_on` is the first day
    on which it was no more."""

    id: int
    public_id: UUID
    name: str
    above: str
    ended_on: date | None
    months: list[MonthState | None]
    collected: int
    upward: int | None
    remitted: int

    @property
    def owed(self) -> int | None:
        """What it still has to pass on."""
        return None if self.upward is None else self.upward - self.remitted


_THERE = """
ARRAY(SELECT month FROM unnest(CAST(:months AS date[])) AS month
      WHERE month + interval '1 month' <= coalesce(o.ended_on, 'infinity') AND EXISTS (
          SELECT FROM cells AS own WHERE own.id = c.id AND own.since <= month AND month < own.until
            AND own.valid_from <= month))
"""
"""The months on whose first day the cell was there, below the body, and that it saw to their end."""
_CELLS = text(f"""
{BELOW}
SELECT c.id, o.public_id, c.name, CASE WHEN {IS_WHOLE} OR c.above_id <> c.top_id THEN above.name ELSE '' END,
       o.ended_on, {_THERE}, count(*) OVER ()
FROM (SELECT DISTINCT ON (id) * FROM cells ORDER BY id, since DESC) AS c
JOIN organisation AS o ON o.id = c.id
LEFT JOIN LATERAL (
    SELECT p.name FROM organisation_period AS p WHERE p.organisation_id = c.above_id ORDER BY p.valid_from DESC LIMIT 1
) AS above ON true
WHERE EXISTS (SELECT FROM cells AS own WHERE own.id = c.id AND own.valid_from < :until
              AND coalesce(own.valid_to, 'infinity') > :since)
   OR EXISTS (SELECT FROM fee_remittance AS t JOIN cells AS own ON own.id = t.organisation_id
                   AND t.remitted_on >= own.since AND t.remitted_on < own.until
              WHERE t.organisation_id = c.id AND t.remitted_on >= :since AND t.remitted_on < :until)
   OR EXISTS (SELECT FROM fee_payment AS t JOIN cells AS own ON own.id = t.organisation_id
                   AND t.paid_on >= own.since AND t.paid_on < own.until
              WHERE t.organisation_id = c.id AND t.paid_on >= :since AND t.paid_on < :until)
ORDER BY c.place COLLATE "C", c.id LIMIT :size OFFSET :skip
""")
_REMITTED_BELOW = text(f"""
{BELOW}
SELECT c.id, CAST(sum(t.amount) AS bigint) FROM cells AS c
JOIN fee_remittance AS t ON t.organisation_id = c.id AND t.remitted_on >= c.since AND t.remitted_on < c.until
WHERE c.id = ANY(:ids) AND t.remitted_on >= :since AND t.remitted_on < :until GROUP BY 1
""")
_MONTHS = text(f"""
{BELOW}, kept AS MATERIALIZED (
    SELECT {KEEPER} AS cell_id, asked.month, f.month AS written, f.due, f.paid, f.exempt, heir.since
    FROM unnest(CAST(:months AS date[])) AS asked (month)
    JOIN membership AS s ON s.kind = 'home' AND {holds_on("s", "asked.month")}
    JOIN member AS m ON m.id = s.member_id
    LEFT JOIN fee AS f ON f.member_id = s.member_id AND f.month = asked.month
    {HEIR}
    WHERE (f.month IS NOT NULL OR m.ended_on IS NULL OR asked.month < m.ended_on)
      AND s.member_id IN (SELECT member_id FROM membership WHERE organisation_id = ANY(:ids) AND kind = 'home')
)
SELECT c.id, k.month, count(k.written),
       count(*) FILTER (WHERE CASE WHEN k.written IS NULL THEN k.month + interval '1 month' > k.since
                              ELSE k.paid < k.due AND NOT k.exempt END) AS unpaid,
       CAST(coalesce(sum(k.due) FILTER (WHERE NOT k.exempt), 0) AS bigint),
       CAST(coalesce(sum(least(k.paid, k.due)) FILTER (WHERE NOT k.exempt), 0) AS bigint),
       CAST(coalesce(sum(k.paid - CASE WHEN k.exempt THEN 0 ELSE least(k.paid, k.due) END), 0) AS bigint)
FROM kept AS k JOIN cells AS c ON c.id = k.cell_id AND c.since <= k.month AND k.month < c.until
WHERE c.id = ANY(:ids) GROUP BY 1, 2
""")
"""Who keeps a line is known before the cells are joined: unmaterialised, every line is tried with every cell.
A line not written is told of only where a cell that ended in the month, or before it, handed it on."""


def year_of_cells(session: TenantSession, top_id: int, year: int, number: int = 1) -> Page[CellFees]:
    """A page of the cells that stood below a body in a year, those that have ended since included, in the order of the
    tree; of each what it owes the body, and of its months those in which it stood there."""
    months = list(months_of(year))
    binds = {"tops": [top_id], "since": months[0], "until": date(year + 1, 1, 1), "months": months}
    rows = session.execute(_CELLS, binds | window(number)).all()
    binds["ids"] = [row.id for row in rows]
    settings = read(session)
    states: dict[int, dict[date, MonthState]] = defaultdict(dict)
    for cell_id, *state in session.execute(_MONTHS, binds):
        states[cell_id][state[0]] = MonthState(*state)
    sums: dict[int, Share] = defaultdict(Share)
    for one in collected(session, binds):
        sums[one.cell_id].add(share_of(settings, one.type, one.month, one.amount, of_cell=True))
    remitted: dict[int, int] = {row[0]: row[1] for row in session.execute(_REMITTED_BELOW, binds)}
    lines = [
        CellFees(
            id=cell_id,
            public_id=public_id,
            name=name,
            above=above,
            ended_on=ended,
            months=[_state(states[cell_id], month, month in there) for month in months],
            collected=sums[cell_id].collected,
            upward=None if sums[cell_id].unknown else sums[cell_id].upward,
            remitted=remitted.get(cell_id, 0),
        )
        for cell_id, public_id, name, above, ended, there, _ in rows
    ]
    return Page(lines, number, rows[0][-1] if rows else 0)


def _state(found: Mapping[date, MonthState], month: date, there: bool) -> MonthState | None:
    state = found.get(month)
    return state if state is not None and state.begun else MonthState(month) if there else None
