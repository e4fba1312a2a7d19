"""What came of the mornings, nights and months of all committees, as the operator sees it: by kind and state alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from bontot.errors import NotFound
from bontot.services.paging import Page, window

DAYS = 14
"""How many days back the operator is shown."""

_STATE = """
CASE WHEN d.outbox_id IS NULL THEN 'nothing' WHEN o.failed_at IS NOT NULL THEN 'failed'
     WHEN o.done_at IS NOT NULL THEN 'done' WHEN o.leased_until >= now() THEN 'running' ELSE 'waiting' END"""
_SUMS = text(f"""
SELECT day, work, count(*), count(*) FILTER (WHERE state = 'nothing'), count(*) FILTER (WHERE state = 'done'),
       count(*) FILTER (WHERE state IN ('waiting', 'running')), count(*) FILTER (WHERE state = 'failed')
FROM (SELECT CAST(d.at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) AS day, d.work, {_STATE} AS state
      FROM daily_round d LEFT JOIN outbox o ON o.id = d.outbox_id
      WHERE d.at > now() - make_interval(days => :days)) AS one
GROUP BY day, work ORDER BY day DESC, work
""")
_LINES = text(f"""
SELECT t.name, d.work, {_STATE}, d.at, o.done_at, count(*) OVER ()
FROM daily_round d JOIN tenant t ON t.id = d.tenant_id JOIN outbox o ON o.id = d.outbox_id
WHERE d.at >= CAST(:day AS timestamp) AT TIME ZONE 'Asia/Ho_Chi_Minh'
  AND d.at < CAST(:day AS timestamp) AT TIME ZONE 'Asia/Ho_Chi_Minh' + interval '1 day'
ORDER BY (o.failed_at IS NULL), (o.done_at IS NOT NULL), t.name, t.id, d.work LIMIT :size OFFSET :skip
""")


@dataclass(frozen=True, slots=True)
class RoundSum:
    """The committees in which work of a time was begun on a day, and how it stands."""

    day: date
    work: str
    begun: int
    nothing: int
    done: int
    open: int
    failed: int


@dataclass(frozen=True, slots=True)
class RoundLine:
    """One committee's, where there was something to do: `waiting`, `running`, `done` or `failed`."""

    committee: str
    work: str
    state: str
    at: datetime
    ended_at: datetime | None


def sums(session: Session) -> list[RoundSum]:
    """What was begun on each of the last days, the latest first."""
    return [RoundSum(*row) for row in session.execute(_SUMS, {"days": DAYS})]


def of_day(session: Session, day: date, number: int) -> Page[RoundLine]:
    """A page of what was asked for on a day, what failed first, then what is open. Raises NotFound beyond the last."""
    rows = session.execute(_LINES, {"day": day, **window(number)}).all()
    if not rows and number > 1:
        raise NotFound
    return Page([RoundLine(*row[:-1]) for row in rows], number, rows[0][-1] if rows else 0)
