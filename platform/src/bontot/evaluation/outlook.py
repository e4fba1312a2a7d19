"""The rest of a cell's year: the meetings its plan still asks for and whom they will require, on what is recorded today.

Read by the very pieces its counts are made of (`metrics.parts`, the attendance roll), over the calendar of the whole year,
so that what is said of the year's end is what will be counted there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from bontot.db.rolls import ROLL_OF_DAYS
from bontot.evaluation.counting import values_of
from bontot.evaluation.facts import RecordedFacts
from bontot.evaluation.judging import Judging
from bontot.evaluation.metrics import attendance
from bontot.evaluation.metrics.parts import FIRST_REGULAR, HELD, THEMATIC
from bontot.evaluation.period import next_month
from bontot.evaluation.rules import Line
from bontot.evaluation.schedule import Planned
from bontot.policy.terms import Subject

_REQUIRED = f"""
SELECT roll.held_on, count(*), count(*) FILTER (WHERE p.official_date <= roll.held_on)
FROM ({ROLL_OF_DAYS}) AS roll JOIN member AS p ON p.id = roll.member_id GROUP BY roll.held_on
"""
_UNSCORED = f"SELECT count(*) FROM ({HELD}) AS held WHERE kind = 'regular' AND self_score_band IS NULL"


@dataclass(frozen=True, slots=True)
class Ahead:
    """A regular meeting still to be held, supposed on `day`: the planned one, or today where that has passed. Whom it
    requires then, in all and official members alone, by the memberships known today."""

    month: date
    day: date
    deadline: date
    roll: int
    officials: int

    @property
    def last(self) -> date:
        """The last day of its month."""
        return next_month(self.month) - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter through all of which the cell exists, with how many thematic meetings it has held in it."""

    opens: date
    closes: date
    held: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """The rest of a cell's year, on the supposition that it holds one regular meeting for each month that asks for one, by
    the calendar and the people known today; seen by a rule of the whole year, or of its days from one on.

    `months` are all months that count; of these in `held` there was a meeting, the first of which was `on_time` or is
    `unscored` yet in so many; `unrecorded` have passed their deadline without any. Of all regular meetings held
    `unscored_meetings` are not scored. `ahead` are the meetings to come, `quarters` all quarters that count.
    """

    today: date
    months: tuple[date, ...]
    held: int
    on_time: int
    unrecorded: tuple[date, ...]
    unscored: int
    unscored_meetings: int
    ahead: tuple[Ahead, ...]
    quarters: tuple[Quarter, ...]
    sheets: Callable[[Line], list[Fraction]]
    """The share present at each regular meeting held that required somebody, as an attendance line counts it."""

    @property
    def months_ahead(self) -> list[Ahead]:
        """The meetings to come in months that count: the one in which a rule begins does not."""
        return [one for one in self.ahead if one.month in self.months]

    def thematic_ahead(self, per_quarter: int) -> int:
        """How many thematic meetings the quarters that have not ended still lack."""
        return sum(max(per_quarter - one.held, 0) for one in self.quarters if one.closes > self.today)


def outlook(now: Judging, end: Judging, organisation_id: int, since: date | None = None) -> Outlook:
    """The rest of the year of one cell, in four statements: `now` is judged on the day looked at, `end` on the last of the
    same year. `since` is the first day a rule looks at that began in the year."""
    today, year_end = now.period.as_of, end.period.last_day
    whole_year, facts = _facts(now, organisation_id), _facts(now, organisation_id, since=since)
    first = {month: (held, band) for _, month, _, held, band in whole_year.select(FIRST_REGULAR)}
    planned = [end.calendar.planned(organisation_id, date(today.year, month, 1)) for month in range(1, 13)]
    to_hold = [
        one for one in planned if one.counts and one.month not in first and next_month(one.month) > today
    ]
    months = [one for one in planned if one.counts and one.month >= (since or one.month)]
    quarters = sorted(facts.select(THEMATIC, last_day=year_end), key=lambda row: row[1])
    [(unscored_meetings,)] = facts.select(_UNSCORED)
    return Outlook(
        today=today,
        months=tuple(month.month for month in months),
        held=sum(month.month in first for month in months),
        on_time=sum(
            month.scheduled.on_time(first[month.month][0]) for month in months if month.month in first
        ),
        unrecorded=tuple(
            month.month for month in months if month.month not in first and month.scheduled.deadline < today
        ),
        unscored=sum(month.month in first and first[month.month][1] is None for month in months),
        unscored_meetings=unscored_meetings,
        ahead=_ahead(whole_year, to_hold, organisation_id, today),
        quarters=tuple(Quarter(opens, closes, held) for _, opens, closes, held, _ in quarters),
        sheets=lambda line: _sheets(now, organisation_id, line),
    )


def _ahead(facts: RecordedFacts, to_hold: list[Planned], cell: int, today: date) -> tuple[Ahead, ...]:
    days = [max(today, month.scheduled.day or month.scheduled.deadline) for month in to_hold]
    rolls: Mapping[date, tuple[int, int]] = {
        day: (roll, officials)
        for day, roll, officials in facts.select(_REQUIRED, cell=cell, days=days, kind="regular")
    }
    return tuple(
        Ahead(month.month, day, month.scheduled.deadline, *rolls.get(day, (0, 0)))
        for month, day in zip(to_hold, days, strict=True)
    )


def _sheets(judging: Judging, cell: int, line: Line) -> list[Fraction]:
    counted = attendance.sheets(_facts(judging, cell, line, line.since))
    return [Fraction(part, whole) for _, part, whole in counted if whole]


def _facts(judging: Judging, cell: int, line: Line | None = None, since: date | None = None) -> RecordedFacts:
    counting, values = judging.engine.counting, dict[str, Decimal | str]()
    if line is not None:
        metric = judging.registry.metrics[Subject.CELL, line.metric or ""]
        values = {**dict(metric.defaults), **dict(values_of(line))}
    period = judging.period.within(since, None) or judging.period
    return RecordedFacts(counting.connection, period, values, counting.months, [cell])
