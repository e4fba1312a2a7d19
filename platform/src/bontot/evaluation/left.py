"""What is left of the year on everything that is counted: each count by the course it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date

from bontot.evaluation.outlook import Outlook
from bontot.evaluation.rules import Line
from bontot.evaluation.slack import Counted, Slack, bounds
from bontot.evaluation.slack_counts import AT_ONCE, nothing_yet
from bontot.evaluation.slack_meetings import BY_MEETINGS, Year, per_quarter_of
from bontot.policy.counts import Course
from bontot.policy.terms import At, Kind, Outcome

CourseOf = Callable[[Line], Course | None]
OutlookOf = Callable[[Line], Outlook]
"""The rest of the days that a line looks at."""
YearOf = Callable[[Line], Year]
AT_THE_END = frozenset(
    {Course.MENDS, Course.PEOPLE, Course.DAYS, Course.MONTHS, Course.DUE, Course.MONTH_BY_MONTH}
)
"""The courses of which the count on the year's last day is needed."""


def what_is_left(
    counted: Iterable[Counted], course: CourseOf, today: date, seen: OutlookOf | None = None
) -> dict[str, Slack]:
    """What is left on each criterion that is counted, by its key. `course` says how a line's count can still move; without
    `seen`, an outlook on a cell's year, nothing is said of what its meetings decide."""
    asked = [one for one in counted if _is_asked(one)]
    thematic = max(
        (per_quarter_of(one.line) for one in asked if course(one.line) is Course.QUARTERS), default=0
    )
    year = (lambda line: Year(seen(line), thematic)) if seen else None
    found = {one.line.key: _left(one, course(one.line), today, year) for one in asked}
    return {key: slack for key, slack in found.items() if slack}


def not_over(line: Line, course: Course | None, today: date) -> Line | None:
    """The line over the days on which what it counts is not decided yet; None of a count that has no such days."""
    since = {Course.DUE: today, Course.MONTH_BY_MONTH: today.replace(day=1)}.get(course or Course.SETTLED)
    if since is None or line.at is not At.END:
        return None
    return replace(line, since=max(since, line.since or since))


def _is_asked(one: Counted) -> bool:
    line, figure = one.line, one.line.figure
    stated = line.operator is not None and figure is not None and figure.value is not None
    return stated and line.evidence_of is None and one.outcome is not Outcome.ERROR


def _left(one: Counted, course: Course | None, today: date, year: YearOf | None) -> Slack | None:
    """Of a rule that ends in the year only what cannot be undone is said, once it has ended nothing; nothing either of
    months judged by themselves where the rule began in the year."""
    line = one.line
    if line.until and (line.until <= today or course is not Course.GROWS):
        return None
    if line.at is not At.END:
        return None if line.since else _stretches(one, course, year(line) if year else None)
    if line.kind is Kind.DERIVED and line.roll_how == "share":
        course = Course.PEOPLE
    if course in AT_ONCE and _is_known(one, course):
        return AT_ONCE[course](one, today)
    if course is Course.MENDS or (course is Course.GROWS and one.part is None):
        return nothing_yet(one, today)
    return BY_MEETINGS[course](one, year(line)) if year and course in BY_MEETINGS else None


def _is_known(one: Counted, course: Course | None) -> bool:
    """Whether there is something to count, on the year's last day at least."""
    if one.end:
        return bool(one.end[1]) and one.end[0] is not None
    counts = one.part is not None or course is Course.YEARLY
    return counts and one.outcome is not Outcome.NOT_APPLICABLE


def _stretches(one: Counted, course: Course | None, year: Year | None) -> Slack | None:
    """Months or quarters judged by themselves: none may fail."""
    line = one.line
    name, length = ("tháng", 1) if line.at is At.EACH_MONTH else ("quý", 3)
    if one.outcome is Outcome.NOT_MET or _is_spoilt(one, course, year):
        said = f"Đã có {name} không đạt; năm nay không còn đạt được."
        return Slack(criterion=line.key, sentence=said, left=0, lost=True)
    over = len(line.stretches)
    months = range(1, 13) if year is None else [month.month for month in year.seen.months]
    ahead = len({(month - 1) // length for month in months if (month - 1) // length >= over})
    if not ahead:
        return None
    said = f"Còn {ahead} {name} trong năm; {name} nào cũng phải đạt mức của {name} ấy."
    return Slack(criterion=line.key, sentence=said, left=0, needed=ahead)


def _is_spoilt(one: Counted, course: Course | None, year: Year | None) -> bool:
    """Whether the month that is running fails already: its meeting was held, or what is too much only grows."""
    outcome, month = one.running or (None, 0)
    if outcome is not Outcome.NOT_MET or year is None:
        return False
    if month not in [counts.month for counts in year.seen.months]:
        return False
    if course is Course.GROWS:
        return bounds(one.line, 1)[1] is not None
    return course is Course.PRESENCE and month not in [one.month.month for one in year.seen.ahead]
