"""The rest of a cell's year as its plan has it: months and quarters still to hold a meeting in, and what is lost already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from bontot.db.rolls import ROLL_OF_DAY
from bontot.evaluation.period import next_month
from bontot.evaluation.schedule import Calendar, Planned

_HELD = text("""
SELECT held_on, kind, thematic_topic IS NOT NULL FROM meeting
WHERE organisation_id = :cell AND held_on >= :since AND held_on <= :day AND kind IN ('regular', 'thematic')
ORDER BY held_on
""")
_REQUIRED = text(f"""
SELECT count(DISTINCT roll.member_id), count(DISTINCT roll.member_id) FILTER (WHERE p.official_date <= :day)
FROM ({ROLL_OF_DAY}) AS roll JOIN member AS p ON p.id = roll.member_id
""")


@dataclass(frozen=True, slots=True)
class Outlook:
    """The rest of a cell's year as it is planned: all months that count, those not yet held, how many were missed and
    which of them for want of any record, the quarters with their thematic meetings, how many regular meetings were held
    and in how many months, and how many a meeting held today would require, in all and official members alone."""

    today: date
    months: tuple[Planned, ...]
    to_hold: tuple[Planned, ...]
    late: int
    unrecorded: tuple[Planned, ...]
    thematic: dict[date, int]
    held: int
    months_held: int
    roll: int
    officials: int

    @property
    def thematic_ahead(self) -> int:
        """The quarters still running or to come without their thematic meeting."""
        return sum(not held and closes(opens) > self.today for opens, held in self.thematic.items())


def outlook(session: Session, calendar: Calendar, organisation_id: int, today: date) -> Outlook:
    """The rest of the year of one cell, in two statements."""
    binds = {"cell": organisation_id, "kind": "regular", "since": date(today.year, 1, 1), "day": today}
    held = session.execute(_HELD, binds).all()
    first = {day.replace(day=1): day for day, kind, _ in reversed(held) if kind == "regular"}
    planned = [calendar.planned(organisation_id, date(today.year, month, 1)) for month in range(1, 13)]
    months = tuple(month for month in planned if month.counts)
    to_hold = tuple(month for month in months if month.month not in first and next_month(month.month) > today)
    node = calendar.tree.nodes[organisation_id]
    quarters = [date(today.year, month, 1) for month in (1, 4, 7, 10)]
    thematic = {opens: 0 for opens in quarters if node.existed_through(opens, closes(opens))}
    for day, kind, topic in held:
        opens = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        if opens in thematic and (kind == "thematic" or topic):
            thematic[opens] += 1
    roll, officials = session.execute(_REQUIRED, binds).one()
    return Outlook(
        today=today,
        months=months,
        to_hold=to_hold,
        late=sum(missed(month, first.get(month.month), today) for month in months),
        unrecorded=tuple(
            month for month in months if month.month not in first and month.scheduled.deadline < today
        ),
        thematic=thematic,
        held=sum(kind == "regular" for _, kind, _ in held),
        months_held=sum(month.month in first for month in months),
        roll=roll,
        officials=officials,
    )


def missed(planned: Planned, held: date | None, today: date) -> bool:
    """Whether the month is lost to the calendar: held off time, or not held and its deadline past."""
    if held is not None:
        return not planned.scheduled.on_time(held)
    return planned.scheduled.deadline < today


def closes(opens: date) -> date:
    """The first day after the quarter."""
    return next_month(next_month(next_month(opens)))
