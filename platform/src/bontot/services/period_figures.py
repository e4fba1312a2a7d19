"""What cells did in a month, a quarter or a year, in numbers: for the report to the body above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from bontot.db.models.meeting import LATE, PRESENT
from bontot.db.rolls import ATTENDANCE_ROLL, headcount, holds_on
from bontot.db.tenancy import TenantSession
from bontot.evaluation.schedule import board
from bontot.policy.calendar import MonthStatus
from bontot.registry import Registry
from bontot.services.fees.keeping import HEIR, KEEPER
from bontot.services.fees.reports import Period

IN_TIME = (MonthStatus.ON_SCHEDULE, MonthStatus.WITHIN_DEADLINE)
MISSED = (MonthStatus.MISSING, MonthStatus.OVERDUE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The numbers of some cells over a period: months that asked for a meeting by how they were met; meetings with who came
    of who had to, where the roll was called; resolutions; tasks due; fees in đồng; members on the last day with those who
    came and left."""

    in_time: int
    late: int
    missed: int
    regular: int
    thematic: int
    other: int
    present: int
    required: int
    resolutions: int
    tasks: int
    tasks_in_time: int
    tasks_late: int
    tasks_overdue: int
    fees_due: int
    fees_paid: int
    members: int
    probationary: int
    exempt: int
    came: int
    left: int

    @property
    def meetings(self) -> int:
        """Meetings of any kind."""
        return self.regular + self.thematic + self.other


_MEETINGS = text(f"""
WITH held AS (
    SELECT * FROM meeting WHERE organisation_id = ANY(:cells) AND held_on >= :first AND held_on < :end
), roll AS (
    SELECT roll.meeting_id, count(a.member_id) FILTER (WHERE a.mark IN ({PRESENT}, {LATE})) AS present,
           count(*) AS required
    FROM ({ATTENDANCE_ROLL}) AS roll
    JOIN held ON held.id = roll.meeting_id
    LEFT JOIN attendance AS a
         ON a.year = held.year AND a.meeting_id = held.id AND a.member_id = roll.member_id
    GROUP BY roll.meeting_id HAVING count(a.member_id) > 0
)
SELECT count(*) FILTER (WHERE kind = 'regular'), count(*) FILTER (WHERE kind = 'thematic'),
       count(*) FILTER (WHERE kind NOT IN ('regular', 'thematic')),
       CAST(coalesce(sum(roll.present), 0) AS bigint), CAST(coalesce(sum(roll.required), 0) AS bigint),
       (SELECT count(*) FROM resolution AS r JOIN held ON held.id = r.meeting_id)
FROM held LEFT JOIN roll ON roll.meeting_id = held.id
""")
_TASKS = text("""
SELECT count(*), count(*) FILTER (WHERE t.done_on <= t.due_on AND t.done_on <= :last),
       count(*) FILTER (WHERE t.done_on > t.due_on AND t.done_on <= :last),
       count(*) FILTER (WHERE t.due_on < :over AND (t.done_on IS NULL OR t.done_on > :last))
FROM task AS t
WHERE t.organisation_id = ANY(:cells) AND t.due_on >= :first AND t.due_on < :end
  AND (t.handed_on IS NULL OR t.handed_on > :last)
""")
_FEES = text(f"""
SELECT CAST(coalesce(sum(CASE WHEN f.exempt THEN 0 ELSE f.due END), 0) AS bigint),
       CAST(coalesce(sum(f.paid), 0) AS bigint)
FROM fee AS f
JOIN membership AS s ON s.member_id = f.member_id AND s.kind = 'home' AND {holds_on("s", "f.month")}
{HEIR}
WHERE f.month >= :first AND f.month < :end AND {KEEPER} = ANY(:cells)
  AND s.member_id IN (SELECT member_id FROM membership WHERE organisation_id = ANY(:cells) AND kind = 'home')
""")
_MEMBERS = text(f"""
SELECT count(*), count(*) FILTER (WHERE NOT official), count(*) FILTER (WHERE exempt)
FROM ({headcount(":last")}) AS roll WHERE organisation_id = ANY(:cells)
""")
_MOVED = text("""
SELECT count(*) FILTER (WHERE s.valid_from >= :first AND s.valid_from < :end AND before.member_id IS NULL),
       count(*) FILTER (WHERE s.valid_to >= :first AND s.valid_to < :end AND later.member_id IS NULL)
FROM membership AS s
LEFT JOIN membership AS before ON before.member_id = s.member_id AND before.kind = 'home'
     AND before.valid_to = s.valid_from AND before.organisation_id = ANY(:cells)
LEFT JOIN membership AS later ON later.member_id = s.member_id AND later.kind = 'home'
     AND later.valid_from = s.valid_to AND later.organisation_id = ANY(:cells)
WHERE s.kind = 'home' AND s.organisation_id = ANY(:cells)
""")


def figures_of(
    session: TenantSession,
    registry: Registry,
    cells: Sequence[int],
    period: Period,
    today: date,
    *,
    ended: Sequence[int] = (),
) -> Figures:
    """The numbers of some cells over a period, as they stand today, with what those that `ended` in it did until then. Who
    goes from one of them to another neither came nor left. Raises PluginUnavailable."""
    last = min(period.last, today)
    over = min(period.end, today)  # what was due before is overdue
    whose = [*cells, *ended]
    binds = {"cells": whose, "first": period.first, "end": period.end, "last": last, "over": over}
    months = [
        month.standing.status
        for views in board(session, registry, whose, period.year, today).values()
        for month in views
        if month.planned.counts and period.first <= month.month < period.end
    ]
    regular, thematic, other, present, required, resolutions = session.execute(_MEETINGS, binds).one()
    tasks, in_time, late, overdue = session.execute(_TASKS, binds).one()
    due, paid = session.execute(_FEES, binds).one()
    members, probationary, exempt = session.execute(_MEMBERS, binds).one()
    came, left = session.execute(_MOVED, binds).one()
    return Figures(
        in_time=sum(status in IN_TIME for status in months),
        late=months.count(MonthStatus.LATE),
        missed=sum(status in MISSED for status in months),
        regular=regular,
        thematic=thematic,
        other=other,
        present=present,
        required=required,
        resolutions=resolutions,
        tasks=tasks,
        tasks_in_time=in_time,
        tasks_late=late,
        tasks_overdue=overdue,
        fees_due=due,
        fees_paid=paid,
        members=members,
        probationary=probationary,
        exempt=exempt,
        came=came,
        left=left,
    )
