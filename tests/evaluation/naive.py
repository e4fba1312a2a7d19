"""The small plan applied by hand: one subject after another, straight from the records of a case.

Slow and plain on purpose; shares with the engine only the calendar of one month and the comparison of two integers, which
have tests of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from bontot.policy.calendar import CalendarRule, DaysOff, scheduled_month
from bontot.policy.compare import decide
from bontot.policy.terms import Operator, Outcome, Unit
from bontot.testing import case_records as said
from bontot.testing.worlds import judged_on

Told = tuple[Outcome, int | None, int]
ABSENT = ("exempt", "suspended", "special_duty")
RULE = CalendarRule(day=3, deadline=7)


@dataclass(frozen=True)
class Readings:
    """The choices the plan leaves open."""

    excused: str = "excused_counted"
    aggregation: str = "pooled"
    counted: str = "all"
    required: str = "all"
    late: str = "late_is_present"
    each_month: bool = False
    """Whether attendance is held against each month's own figure."""
    attendance: tuple[date, int] | None = None
    """From which day the plan asks another attendance than 85 %, and which."""
    deadline: tuple[date, int] | None = None
    """From which day the meeting is due by another day than the 7th, and which."""
    moved: tuple[date, int, int] | None = None
    """From which day the committee follows another plan, which attendance that one asks, and by which day it meets."""

    def percent(self, day: date, last: date) -> int:
        """The attendance asked for on a day, by the plan followed on the day `last`."""
        if self.moved and self.moved[0] <= last:
            return self.moved[1]
        return self.attendance[1] if self.attendance and self.attendance[0] <= day else 85

    def rule(self, month: date) -> CalendarRule:
        """The meeting rule of a month, by the plan followed when it began."""
        if self.moved and self.moved[0] <= month:
            return replace(RULE, deadline=self.moved[2])
        return (
            replace(RULE, deadline=self.deadline[1]) if self.deadline and self.deadline[0] <= month else RULE
        )


@dataclass(frozen=True)
class Plain:
    """A case, looked at as of a day."""

    case: said.Case
    year: int
    as_of: date
    days_off: DaysOff
    readings: Readings

    def verdicts(self) -> dict[str, tuple[Outcome, dict[str, Told]]]:
        """`{code: (title, {criterion: (outcome, part, whole)})}` for every cell and every member on the last day's roll."""
        people = {member.code for member in self.case.members() if self.home(member, self.last) is not None}
        found = {code: self.member(code) for code in people}
        for cell in self.cells():
            found[cell.code] = self.cell(cell, {code: title for code, (title, _) in found.items()})
        return found

    @property
    def start(self) -> date:
        return date(self.year, 1, 1)

    @property
    def last(self) -> date:
        return min(self.as_of, date(self.year, 12, 31))

    def passed(self, deadline: date) -> bool:
        return deadline <= self.last if self.last == date(self.year, 12, 31) else deadline < self.last

    def cells(self) -> list[said.Organisation]:
        return [
            one
            for one in self.case.organisation
            if one.type.endswith("_cell")
            and one.founded <= self.last
            and (not one.ended or one.ended > self.start)
        ]

    def home(self, member: said.Member, day: date) -> str | None:
        if day < member.since or (member.until and day >= member.until):
            return None
        moves = [move for move in self.case.transfer if move.member == member.code and move.on <= day]
        return max(moves, key=lambda move: move.on).to if moves else member.cell

    def guest_at(self, member: said.Member, cell: str, day: date) -> bool:
        if member.end and member.until and day >= member.until:
            return False
        stays = (stay for stay in self.case.guest if stay.member == member.code and stay.cell == cell)
        return any(stay.since <= day and (not stay.until or day < stay.until) for stay in stays)

    def state(self, code: str, kind: str, day: date) -> bool:
        spans = (one for one in self.case.state if code in one.members and one.kind == kind)
        return any(one.since <= day and (not one.until or day < one.until) for one in spans)

    def required(self, member: said.Member, cell: str, day: date) -> bool:
        if any(self.state(member.code, kind, day) for kind in ABSENT):
            return False
        if self.home(member, day) == cell:
            return not self.state(member.code, "temporarily_out", day)
        return self.guest_at(member, cell, day)

    def held(self, kinds: Iterable[str]) -> Iterator[tuple[said.Meeting, date]]:
        meetings = [(one, day) for one in self.case.meeting for day in one.on if one.kind in kinds]
        return ((one, day) for one, day in meetings if self.start <= day <= self.last)

    @staticmethod
    def mark(meeting: said.Meeting, code: str) -> str | None:
        if code in meeting.unmarked:
            return None
        if code in meeting.unexcused:
            return "unexcused"
        if code in meeting.late:
            return "late"
        return "excused" if code in meeting.excused else "present"

    def judged(self, code: str, criterion: str) -> Outcome:
        if self.as_of < judged_on(self.year):
            return Outcome.NO_DATA
        verdicts = [
            one.verdict for one in self.case.judgment if code in one.subjects and criterion in one.criteria
        ]
        return Outcome[verdicts[-1].upper()] if verdicts and verdicts[-1] else Outcome.NO_DATA

    def member(self, code: str) -> tuple[Outcome, dict[str, Told]]:
        person = next(one for one in self.case.members() if one.code == code)
        marks = [
            self.mark(meeting, code)
            for meeting, day in self.held(("regular", "thematic"))
            if self.required(person, meeting.organisation, day)
        ]
        cases = sum(one.member == code and self.start <= one.on <= self.last for one in self.case.discipline)
        told = {
            "m.attendance": zero(marks.count("unexcused"), len(marks)),
            "m.discipline": zero(cases, 1),
            "m.line": (self.judged(code, "m.line"), None, 0),
        }
        both = conjunction([told["m.discipline"][0], self.judged(code, "m.discipline")])
        told["m.discipline"] = (both, cases, 1)
        return conjunction([outcome for outcome, _, _ in told.values()]), told

    def cell(self, cell: said.Organisation, titles: dict[str, Outcome]) -> tuple[Outcome, dict[str, Told]]:
        known = cell.ended if cell.ended and cell.ended <= self.last else None
        until = min(filter(None, (known, date(self.year + 1, 1, 1))))
        months = whole_months(max(cell.founded, self.start), until)
        disciplined = sum(
            one.organisation == cell.code and self.start <= one.on <= self.last
            for one in self.case.discipline
        )
        asked = {
            "c.date": share(*self.on_time(cell), 100),
            "c.thematic": share(*self.quarters(cell), 100),
            "c.attendance": self.asked_attendance(cell),
            "c.members": self.members(cell, titles),
            "c.unity": (self.judged(cell.code, "c.unity"), None, 0),
            "c.existence": (
                decide(Operator.AT_LEAST, months, 12, Decimal(6), Unit.MONTHS),
                months,
                12,
            ),
            "c.disciplined": zero(disciplined, 1),
        }
        title = conjunction([outcome for outcome, _, _ in asked.values()])
        gone = cell.ended is not None and cell.ended <= self.last
        return (Outcome.NOT_APPLICABLE if gone else title), asked

    def on_time(self, cell: said.Organisation) -> tuple[int, int]:
        part = whole = 0
        for month in range(1, 13):
            first, following = date(self.year, month, 1), first_of(self.year, month + 1)
            planned = scheduled_month(self.readings.rule(first), self.year, month, self.days_off)
            existed = cell.founded <= first and (not cell.ended or cell.ended >= following)
            if (
                not existed
                or first > self.last
                or not self.passed(max(planned.day or first, planned.deadline))
            ):
                continue
            days = [day for one, day in self.held(("regular",)) if one.organisation == cell.code]
            held = [day for day in days if first <= day < following]
            whole += 1
            part += bool(held) and planned.on_time(min(held))
        return part, whole

    def quarters(self, cell: said.Organisation) -> tuple[int, int]:
        part = whole = 0
        for quarter in range(4):
            opens, closes = date(self.year, quarter * 3 + 1, 1), first_of(self.year, quarter * 3 + 4)
            existed = cell.founded <= opens and (not cell.ended or cell.ended >= closes)
            if not existed or not self.passed(closes - timedelta(days=1)):
                continue
            whole += 1
            part += any(
                one.organisation == cell.code
                and opens <= day < closes
                and (one.kind == "thematic" or one.thematic_part)
                for one, day in self.held(("regular", "thematic"))
            )
        return part, whole

    def asked_attendance(self, cell: said.Organisation) -> Told:
        """The year against the figure of its last day; or every month over against that of its first. The plan is that of
        the cell's own last day."""
        until = min(self.last, cell.ended - timedelta(days=1)) if cell.ended else self.last
        if not self.readings.each_month:
            return share(
                *self.attendance(cell, self.start, self.last), self.readings.percent(self.last, until)
            )
        told = []
        for month in range(1, 13):
            first, following = date(self.year, month, 1), first_of(self.year, month + 1)
            last = following - timedelta(days=1)
            if last <= self.last and cell.founded <= first and (not cell.ended or cell.ended >= following):
                told.append(
                    share(*self.attendance(cell, first, last), self.readings.percent(first, until))[0]
                )
        counted = [outcome for outcome in told if outcome is not Outcome.NOT_APPLICABLE]
        if not told and self.last != date(self.year, 12, 31):
            return Outcome.NO_DATA, None, 0
        return conjunction(told), counted.count(Outcome.MET), len(counted)

    def attendance(self, cell: said.Organisation, first: date, last: date) -> tuple[int | None, int]:
        sheets = [
            self.sheet(meeting, day)
            for meeting, day in self.held(("regular",))
            if meeting.organisation == cell.code and first <= day <= last
        ]
        if not sheets:
            return None, 0
        counted = [(part, whole) for part, whole in sheets if whole]
        if self.readings.aggregation == "pooled" or not counted:
            return sum(part for part, _ in counted), sum(whole for _, whole in counted)
        ratios = [Fraction(part, whole) for part, whole in counted]
        if self.readings.aggregation == "each_meeting":
            return self.worst(counted)
        mean = sum(ratios, Fraction()) / len(ratios)
        return mean.numerator, mean.denominator

    @staticmethod
    def worst(counted: list[tuple[int, int]]) -> tuple[int, int]:
        """The lowest ratio; which of equal ones is reduced to the same terms."""
        part, whole = min(counted, key=lambda one: Fraction(*one))
        lowest = Fraction(part, whole)
        return lowest.numerator, lowest.denominator

    def sheet(self, meeting: said.Meeting, day: date) -> tuple[int, int]:
        marks = [
            self.mark(meeting, member.code)
            for member in self.case.members()
            if self.required(member, meeting.organisation, day)
            and not (self.readings.required == "official_only" and member.probationary)
        ]
        if self.readings.excused == "excused_removed":
            marks = [mark for mark in marks if mark != "excused"]
        late = marks.count("late") if self.readings.late == "late_is_present" else 0
        return marks.count("present") + late, len(marks)

    def counts(self, member: said.Member, cell: str) -> bool:
        """Whether a member is one of those of whom a share of the cell's must hold the title."""
        if self.home(member, self.last) != cell or self.state(member.code, "exempt", self.last):
            return False
        return self.readings.counted == "all" or not member.probationary

    def members(self, cell: said.Organisation, titles: dict[str, Outcome]) -> Told:
        counted = [member for member in self.case.members() if self.counts(member, cell.code)]
        met = sum(titles[member.code] is Outcome.MET for member in counted)
        unknown = sum(titles[member.code] is Outcome.NO_DATA for member in counted)
        low, high = share(met, len(counted), 50)[0], share(met + unknown, len(counted), 50)[0]
        return (low if low is high else Outcome.NO_DATA), met, len(counted)


def share(part: int | None, whole: int, percent: int) -> Told:
    return decide(Operator.AT_LEAST, part, whole, Decimal(percent), Unit.PERCENT), part, whole


def zero(part: int, whole: int) -> Told:
    return decide(Operator.EQUAL, part, whole, Decimal(0), Unit.COUNT), part, whole


def conjunction(outcomes: list[Outcome]) -> Outcome:
    """ "Any AND" in the words of the dossier."""
    if Outcome.NOT_MET in outcomes:
        return Outcome.NOT_MET
    if Outcome.NO_DATA in outcomes:
        return Outcome.NO_DATA
    return Outcome.MET if Outcome.MET in outcomes else Outcome.NOT_APPLICABLE


def first_of(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def whole_months(since: date, until: date) -> int:
    months = (until.year - since.year) * 12 + until.month - since.month
    return months - (until.day < since.day)
