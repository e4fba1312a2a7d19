"""What cells did in a month, a quarter or a year, in numbers: for the report to the body above."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
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

_WAYS = {
    MonthStatus.ON_SCHEDULE: "in_time",
    MonthStatus.WITHIN_DEADLINE: "in_time",
    MonthStatus.LATE: "late",
    MonthStatus.MISSING: "missed",
    MonthStatus.OVERDUE: "missed",
}
"""How a month that asked for a meeting is counted, by how it stands."""


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
), issued AS (
    SELECT r.meeting_id, count(*) AS resolutions FROM resolution AS r JOIN held ON held.id = r.meeting_id GROUP BY 1
)
SELECT held.organisation_id, count(*) FILTER (WHERE kind = 'regular') AS regular,
       count(*) FILTER (WHERE kind = 'thematic') AS thematic,
       count(*) FILTER (WHERE kind NOT IN ('regular', 'thematic')) AS other,
       CAST(coalesce(sum(roll.present), 0) AS bigint) AS present,
       CAST(coalesce(sum(roll.required), 0) AS bigint) AS required,
       CAST(coalesce(sum(issued.resolutions), 0) AS bigint) AS resolutions
FROM held LEFT JOIN roll ON roll.meeting_id = held.id LEFT JOIN issued ON issued.meeting_id = held.id
GROUP BY 1
""")
_TASKS = text("""
SELECT t.organisation_id, count(*) AS tasks,
       count(*) FILTER (WHERE t.done_on <= t.due_on AND t.done_on <= :last) AS tasks_in_time,
       count(*) FILTER (WHERE t.done_on > t.due_on AND t.done_on <= :last) AS tasks_late,
       count(*) FILTER (WHERE t.due_on < :over AND (t.done_on IS NULL OR t.done_on > :last)) AS tasks_overdue
FROM task AS t
WHERE t.organisation_id = ANY(:cells) AND t.due_on >= :first AND t.due_on < :end
  AND (t.handed_on IS NULL OR t.handed_on > :last)
GROUP BY 1
""")
_FEES = text(f"""
SELECT {KEEPER}, CAST(coalesce(sum(CASE WHEN f.exempt THEN 0 ELSE f.due END), 0) AS bigint) AS fees_due,
       CAST(coalesce(sum(f.paid), 0) AS bigint) AS fees_paid
FROM fee AS f
JOIN membership AS s ON s.member_id = f.member_id AND s.kind = 'home' AND {holds_on("s", "f.month")}
{HEIR}
WHERE f.month >= :first AND f.month < :end AND {KEEPER} = ANY(:cells)
  AND s.member_id IN (SELECT member_id FROM membership WHERE organisation_id = ANY(:cells) AND kind = 'home')
GROUP BY 1
""")
_MEMBERS = text(f"""
SELECT organisation_id, count(*) AS members, count(*) FILTER (WHERE NOT official) AS probationary,
       count(*) FILTER (WHERE exempt) AS exempt
FROM ({headcount(":last")}) AS roll WHERE organisation_id = ANY(:cells) GROUP BY 1
""")
_SUMMED = (_MEETINGS, _TASKS, _FEES, _MEMBERS)
"""Each by cell, under the names of `Figures`."""
_MOVED = text("""
SELECT s.organisation_id, before.organisation_id AS other, 'came' AS way, count(*)
FROM membership AS s
LEFT JOIN membership AS before ON before.member_id = s.member_id AND before.kind = 'home'
     AND before.valid_to = s.valid_from
WHERE s.kind = 'home' AND s.organisation_id = ANY(:cells) AND s.valid_from >= :first AND s.valid_from < :end
GROUP BY 1, 2
UNION ALL
SELECT s.organisation_id, later.organisation_id, 'left', count(*)
FROM membership AS s
LEFT JOIN membership AS later ON later.member_id = s.member_id AND later.kind = 'home'
     AND later.valid_from = s.valid_to
WHERE s.kind = 'home' AND s.organisation_id = ANY(:cells) AND s.valid_to >= :first AND s.valid_to < :end
GROUP BY 1, 2
""")


def figures_of(
    session: TenantSession,
    registry: Registry,
    groups: Mapping[int, Sequence[int]],
    period: Period,
    today: date,
) -> dict[int, Figures]:
    """The numbers of groups of cells over a period, as they stand today, by what each group is called; in as many
    statements for many as for one. Who goes from one cell of a group to another neither came nor left. Raises
    PluginUnavailable."""
    cells = sorted(frozenset[int]().union(*groups.values()))
    binds = {
        "cells": cells,
        "first": period.first,
        "end": period.end,
        "last": min(period.last, today),
        "over": min(period.end, today),  # what was due before is overdue
    }
    counted: dict[int, Counter[str]] = {cell: Counter() for cell in cells}
    for cell, months in board(session, registry, cells, period.year, today).items():
        counted[cell].update(
            _WAYS[month.standing.status]
            for month in months
            if month.planned.counts
            and period.first <= month.month < period.end
            and month.standing.status in _WAYS
        )
    for statement in _SUMMED:
        rows = session.execute(statement, binds)
        _, *names = rows.keys()
        for cell, *numbers in rows:
            counted[cell].update(dict(zip(names, numbers, strict=True)))
    moved = session.execute(_MOVED, binds).all()
    found = {}
    for group, of in ((group, frozenset(of)) for group, of in groups.items()):
        whole = sum((counted[cell] for cell in of), Counter[str]())
        for cell, other, way, number in moved:
            if cell in of and other not in of:
                whole[way] += number
        found[group] = Figures(**{one.name: whole[one.name] for one in fields(Figures)})
    return found
