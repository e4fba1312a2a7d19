"""What is left of the year: how much may still be missed, what is still needed and by when, what is already lost.

Exact integers: what the year's last day will bear out, if the rest of the year holds what the plan still asks for, with the
people and days known today, and what is past stays as it is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby
from math import ceil, floor
from typing import NamedTuple

from bontot.evaluation.metrics.attendance import EACH_MEETING, LATE_ABSENT, MEAN, OFFICIAL_ONLY, REMOVED
from bontot.evaluation.outlook import Ahead, Outlook
from bontot.evaluation.rules import Line
from bontot.evaluation.words import QUARTERS
from bontot.policy.counts import Course
from bontot.policy.terms import At, Kind, Operator, Outcome, Unit
from bontot.policy.words import figure as number


@dataclass(frozen=True, slots=True, kw_only=True)
class Slack:
    """What is left on one criterion: `left` more may be missed, `needed` more must be done by the day `by`; `lost` when no
    rest of the year can bring it back."""

    criterion: str
    sentence: str
    left: int | None = None
    needed: int | None = None
    by: date | None = None
    lost: bool = False


class Counted(NamedTuple):
    """A criterion as it stands, by the values of the year's last day: its line, its outcome and its two integers; a part of
    no data is None. `end` is the same count on that day if nothing more were recorded. Of a line judged month by month
    `running` is how the month that is not over, by its number, stands by itself. Of a share of those below `reach` is how
    many may be counted on that day at best, or `no_more` than may; None where nothing is known of it."""

    line: Line
    outcome: Outcome
    part: int | None
    whole: int
    end: tuple[int | None, int] | None = None
    running: tuple[Outcome, int] | None = None
    reach: int | None = None
    no_more: bool = False

    @property
    def total(self) -> int:
        """The whole on the year's last day, as far as it is known."""
        return self.end[1] if self.end else self.whole


CourseOf = Callable[[Line], Course | None]


def what_is_left(
    counted: Iterable[Counted],
    course: CourseOf,
    today: date,
    seen: Outlook | None = None,
) -> dict[str, Slack]:
    """What is left on each criterion that is counted, by its key. `course` says how a line's count can still move; without
    `seen`, an outlook on a cell's year, nothing is said of what its meetings decide."""
    asked = [one for one in counted if _is_asked(one)]
    thematic = max(
        (_per_quarter(one.line) for one in asked if course(one.line) is Course.QUARTERS), default=0
    )
    year = None if seen is None else _Year(seen, thematic)
    found = {one.line.key: _left(one, course(one.line), today, year) for one in asked}
    return {key: slack for key, slack in found.items() if slack}


class _Year(NamedTuple):
    """An outlook, and how many thematic meetings a quarter the plan asks for."""

    seen: Outlook
    per_quarter: int


def _is_asked(one: Counted) -> bool:
    line, figure = one.line, one.line.figure
    stated = line.operator is not None and figure is not None and figure.value is not None
    return stated and line.evidence_of is None and one.outcome is not Outcome.ERROR


def _left(one: Counted, course: Course | None, today: date, year: _Year | None) -> Slack | None:
    """Of a rule that looks at a part of the year only what cannot be undone is said, and once it has ended nothing."""
    if one.line.until and one.line.until <= today:
        return None
    partly = one.line.since is not None or one.line.until is not None
    if partly and (course is not Course.GROWS or one.line.at is not At.END):
        return None
    if one.line.at is not At.END:
        return _stretches(one, course, year)
    if one.line.kind is Kind.DERIVED and one.line.roll_how == "share":
        course = Course.PEOPLE
    if course in _AT_ONCE and (one.part is not None or course is Course.YEARLY):
        known = one.end[1] if one.end else one.outcome is not Outcome.NOT_APPLICABLE
        return _AT_ONCE[course](one, today) if known else None
    if year is not None and course in _BY_MEETINGS:
        return _BY_MEETINGS[course](one, year)
    return None


def _bounds(line: Line, total: int) -> tuple[int | None, int | None]:
    """The least and the most of the count that pass once the whole is `total`."""
    figure = line.figure
    value = Fraction((figure.value if figure else None) or 0)
    if figure and figure.unit is Unit.PERCENT:
        value = value * total / 100
    match line.operator:
        case Operator.AT_LEAST:
            return ceil(value), None
        case Operator.MORE_THAN:
            return floor(value) + 1, None
        case Operator.AT_MOST:
            return None, floor(value)
        case Operator.LESS_THAN:
            return None, ceil(value) - 1
    return ceil(value), floor(value)


def _least(line: Line, total: int) -> int | None:
    """The least of the count that passes, where more of it is never too much; "all of them" is such a demand too."""
    least, most = _bounds(line, total)
    return least if most is None or least == most == total else None


def _growing(one: Counted, today: date) -> Slack:
    """What was counted stays counted, and more may come."""
    line, part = one.line, one.part or 0
    least, most = _bounds(line, one.whole)
    if most is not None and part > most:
        said = f"Đã có {number(part)} {line.part_words}; năm nay không còn đạt được."
        return Slack(criterion=line.key, sentence=said, left=0, lost=True)
    if least is not None and part < least:
        return _more(line, least - part, today)
    if most is None:
        return Slack(criterion=line.key, sentence=f"Đã đủ: {number(part)} {line.part_words}.", needed=0)
    spare = f", còn được {number(most - part)}" if most > part else ""
    said = f"Đang giữ được: {number(part)} {line.part_words}{spare}."
    return Slack(criterion=line.key, sentence=said, left=most - part)


def _mending(one: Counted, today: date) -> Slack:
    """What is too much can be put right before the year ends."""
    line, part = one.line, one.part or 0
    _, most = _bounds(line, one.total)
    if most is None or part <= most:
        return _growing(one._replace(whole=one.total), today)
    by = _year_end(today)
    said = f"Còn {number(part - most)} {line.part_words} cần giải quyết, chậm nhất ngày {by:%d/%m/%Y}."
    return Slack(criterion=line.key, sentence=said, needed=part - most, by=by)


def _people(one: Counted, today: date) -> Slack:
    """Each of the whole may still be counted: those on the year's last day, as far as they are known."""
    line, total = one.line, one.total
    part = (one.end[0] if one.end else one.part) or 0
    least, _ = _bounds(line, total)
    if least is None:
        return _mending(one, today)
    if least > (total if one.reach is None else one.reach):
        said = f"Cần {number(least)} {line.part_words} mà {_at_best(one)}; năm nay không còn đạt được."
        return Slack(criterion=line.key, sentence=said, needed=least - part, left=0, lost=True)
    if part < least:
        has = "đang có" if part == one.part else "đến cuối năm mới chắc"
        standing = f", {has} {number(part)} trong {number(total)}{_may_still(one, part)}"
        return _more(line, least - part, today, standing)
    spare = f", còn được thiếu {number(part - least)}" if part > least else ""
    said = f"Đang đủ: {number(part)} {line.part_words} trong {number(total)}{spare}."
    return Slack(criterion=line.key, sentence=said, left=part - least, needed=0)


def _at_best(one: Counted) -> str:
    if one.reach is None or one.reach == one.total:
        return f"chỉ có {number(one.total)}"
    return f"chỉ {number(one.reach)} trong {number(one.total)} còn có thể đạt"


def _may_still(one: Counted, sure: int) -> str:
    """How many of those not counted yet still may be, where that is known."""
    if one.reach is None:
        return ""
    most = "nhiều nhất " if one.no_more else ""
    return f", còn {most}{number(one.reach - sure)} {_who(one.line)} có thể đạt"


def _who(line: Line) -> str:
    return line.whole_words.removesuffix(" được tính")


def _more(line: Line, needed: int, today: date, standing: str = "") -> Slack:
    by = _year_end(today)
    said = f"Cần thêm {number(needed)} {line.part_words}{standing}, chậm nhất ngày {by:%d/%m/%Y}."
    return Slack(criterion=line.key, sentence=said, needed=needed, by=by)


def _daily(one: Counted, today: date) -> Slack | None:
    ahead = one.end[1] - one.whole if one.end else (_year_end(today) - today).days
    return _ahead(one.line, one.part or 0, one.whole, ahead, "ngày")


def _yearly(one: Counted, _today: date) -> Slack | None:
    if one.part is not None:
        return None
    return Slack(criterion=one.line.key, sentence="Chờ kết quả cuối năm.")


def _settled(one: Counted, _today: date) -> Slack:
    """The whole year is counted already."""
    said = f"Tính đến hết năm: {number(one.part or 0)} {one.line.part_words}"
    if one.outcome is Outcome.NOT_MET:
        sentence = f"{said}; năm nay không còn đạt được."
        return Slack(criterion=one.line.key, sentence=sentence, left=0, lost=True)
    return Slack(criterion=one.line.key, sentence=f"{said}, đã đủ.", needed=0)


def _stretches(one: Counted, course: Course | None, year: _Year | None) -> Slack | None:
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


def _is_spoilt(one: Counted, course: Course | None, year: _Year | None) -> bool:
    """Whether the month that is running fails already: its meeting was held, or what is too much only grows."""
    outcome, month = one.running or (None, 0)
    if outcome is not Outcome.NOT_MET or year is None:
        return False
    if month not in [counts.month for counts in year.seen.months]:
        return False
    if course is Course.GROWS:
        return _bounds(one.line, 1)[1] is not None
    return course is Course.PRESENCE and month not in [one.month.month for one in year.seen.ahead]


def _ahead(line: Line, part: int, whole: int, ahead: int, unit: str) -> Slack | None:
    """So many more are to come, each of which may be counted or not."""
    if not whole + ahead:
        return None
    least, most = _bounds(line, whole + ahead)
    if least is None:
        over = part - (most or 0)
        said = f"Còn {ahead} {unit} trong năm: còn được {number(max(-over, 0))} {line.part_words}."
        return Slack(criterion=line.key, sentence=said, left=max(-over, 0), lost=over > 0)
    needed = max(least - part, 0)
    if needed > ahead:
        said = f"Còn {ahead} {unit} trong năm mà cần thêm {needed} {line.part_words}; năm nay không còn đạt được."
        return Slack(criterion=line.key, sentence=said, left=0, lost=True)
    if not needed:
        return Slack(criterion=line.key, sentence=f"Đã đủ: {part} {line.part_words}.", left=ahead, needed=0)
    left = ahead - needed
    spare = f"còn được thiếu {left} {unit}" if left else f"không được thiếu {unit} nào"
    said = f"Còn {ahead} {unit} trong năm, cần thêm {needed} {line.part_words}; {spare}."
    return Slack(criterion=line.key, sentence=said, left=left, needed=needed)


def _year_end(today: date) -> date:
    return date(today.year, 12, 31)


def _attendance(one: Counted, year: _Year) -> Slack | None:
    line, figure = one.line, one.line.figure
    if figure is None or figure.unit is not Unit.PERCENT or _least(line, 100) is None:
        return None
    chosen = {item.name: item.choice for item in line.parameters}
    official = chosen.get("required") == OFFICIAL_ONLY
    rolls = [(one.officials if official else one.roll, one) for one in year.seen.ahead]
    meetings = [(roll, meeting) for roll, meeting in rolls if roll]
    aggregation = chosen.get("aggregation")
    if aggregation == EACH_MEETING:
        return _each_meeting(one, meetings)
    size = [roll for roll, _ in meetings]
    if aggregation == MEAN:
        left, whole = _mean_left(line, year.seen.sheets(line), size), one.whole
    else:
        whole = one.whole + sum(size)
        left = (one.part or 0) + sum(size) - (_least(line, whole) or 0)
    if not one.whole and not size:
        return None
    if left >= 0 and not size:
        return Slack(criterion=line.key, sentence="Không còn buổi nào trong năm.", left=0)
    each = f"mỗi buổi {size[0]} người" if len(set(size)) == 1 else f"tổng cộng {number(sum(size))} lượt"
    ahead = f"Còn {len(size)} buổi trong năm, {each} phải dự" if size else "Không còn buổi nào trong năm"
    if left < 0:
        said = f"{ahead}: dù có mặt đủ cũng không còn đạt được." if size else f"{ahead}; không còn đạt được."
        return Slack(criterion=line.key, sentence=said, left=0, lost=True)
    where = ", dù vắng ở buổi nào" if aggregation == MEAN and len(set(size)) > 1 else ""
    left = min(left, sum(size))
    said = f"{ahead}: cả chi bộ còn được {_absent(chosen)} {number(left)} lượt{where}."
    return Slack(criterion=line.key, sentence=said, left=left)


def _absent(chosen: dict[str, str | None]) -> str:
    """How an absence reads that takes something away."""
    absent = "vắng không lý do" if chosen.get("excused") == REMOVED else "vắng"
    return f"{absent} hoặc đến muộn" if chosen.get("late") == LATE_ABSENT else absent


def _mean_left(line: Line, held: Sequence[Fraction], rolls: Sequence[int]) -> int:
    """How many absences the mean of the meetings' shares still bears wherever they fall, at the smallest meetings first;
    below 0 when it bears none even without any."""
    strictly = line.operator is Operator.MORE_THAN
    value = (line.figure.value if line.figure else None) or 0
    spare = sum(held, Fraction()) + len(rolls) - Fraction(value) * (len(held) + len(rolls)) / 100
    if spare < 0 or (strictly and not spare):
        return -1
    left = 0
    for roll in sorted(rolls):
        borne = ceil(spare * roll) - 1 if strictly else floor(spare * roll)
        left += min(borne, roll)
        if borne < roll:
            break
        spare -= 1
    return left


def _each_meeting(one: Counted, meetings: Sequence[tuple[int, Ahead]]) -> Slack | None:
    """Every meeting by itself; `left` is of the next one."""
    line = one.line
    left = [roll - (_least(line, roll) or 0) for roll, _ in meetings]
    worst = (one.part or 0) - (_least(line, one.whole) or 0) if one.whole else 0
    if worst < 0 or min(left, default=0) < 0:
        said = "Đã có buổi không đạt; năm nay không còn đạt được."
        return Slack(criterion=line.key, sentence=said, left=0, lost=True)
    if not meetings:
        said = "Không còn buổi nào trong năm."
        return Slack(criterion=line.key, sentence=said, left=0) if one.whole else None
    runs = groupby(zip(meetings, left, strict=True), key=lambda row: (row[0][0], row[1]))
    said = "; ".join(
        f"{_months_of([meeting for (_, meeting), _ in run])}được vắng nhiều nhất {may} trong {roll} người"
        for (roll, may), run in runs
    )
    if len({roll for roll, _ in meetings}) == 1:
        said = f"mỗi buổi được vắng nhiều nhất {left[0]} trong {meetings[0][0]} người"
    return Slack(criterion=line.key, sentence=f"Còn {len(meetings)} buổi trong năm: {said}.", left=left[0])


def _months_of(meetings: Sequence[Ahead]) -> str:
    first, last = meetings[0].month.month, meetings[-1].month.month
    return f"buổi tháng {first} " if first == last else f"các buổi từ tháng {first} đến tháng {last} "


def _on_time(one: Counted, year: _Year) -> Slack | None:
    seen, line = year.seen, one.line
    ahead = [meeting for meeting in seen.ahead if meeting.deadline >= seen.today]
    found = _months(line, seen.on_time, seen, [meeting.deadline for meeting in ahead])
    unrecorded = len(seen.unrecorded)
    if found is None or not found.lost or not unrecorded:
        return found
    if (_least(line, len(seen.months)) or 0) > seen.on_time + len(ahead) + unrecorded:
        return found
    months = ", ".join(f"{month.month}" for month in seen.unrecorded)
    said = (
        f"Tháng {months} đã quá hạn mà chưa ghi nhận buổi nào. Nếu chi bộ đã họp đúng hạn, hãy ghi nhận ngay; nếu không, "
        "năm nay không còn đạt được."
    )
    return Slack(criterion=line.key, sentence=said, left=0)


def _months(line: Line, sure: int, seen: Outlook, until: Sequence[date], more: int = 0) -> Slack | None:
    """Of the year's months `sure` are counted already; those of the meetings ahead may be, each until its day, and `more`
    that were held."""
    total = len(seen.months)
    least = _least(line, total)
    if least is None or not total:
        return None
    left = sure + len(until) + more - least
    if left < 0:
        missed = total - sure - len(until) - more
        said = f"Đã lỡ {missed} tháng; năm nay không còn đạt được."
        return Slack(criterion=line.key, sentence=said, left=0, lost=True)
    if not until and not more:
        return Slack(criterion=line.key, sentence="Không còn tháng nào phải sinh hoạt trong năm.", left=left)
    spare = f"còn được lỡ {left} tháng" if left else "không được lỡ tháng nào"
    held = f"{more} tháng đã họp mà chưa được tính" if more else ""
    if not until:
        return Slack(criterion=line.key, sentence=f"Còn {held}, {spare}.", left=left, needed=more)
    held = f" và {held}" if held else ""
    said = (
        f"Còn {len(until)} tháng phải sinh hoạt{held}, {spare}; buổi tới chậm nhất ngày {until[0]:%d/%m/%Y}."
    )
    return Slack(criterion=line.key, sentence=said, left=left, needed=len(until) + more, by=until[0])


def _by_month(one: Counted, year: _Year) -> Slack | None:
    """Months still to be held, and those held that may still be scored, can be counted."""
    line, seen = one.line, year.seen
    if not seen.months:
        return None
    sure = (one.end[0] if one.end else one.part) or 0
    more = max(min(seen.held - sure, seen.unscored), 0)
    if line.figure and line.figure.unit is Unit.PERCENT:
        return _months(line, sure, seen, [meeting.last for meeting in seen.ahead], more)
    return _months_wanted(line, sure, len(seen.ahead), more)


def _months_wanted(line: Line, sure: int, to_hold: int, more: int) -> Slack | None:
    """So many months are asked for."""
    least, most = _bounds(line, 0)
    if least is None or most is not None:
        return None
    needed = max(least - sure, 0)
    if not needed:
        return Slack(criterion=line.key, sentence=f"Đã đủ: {sure} {line.part_words}.", needed=0)
    held = f" và {more} tháng đã họp mà chưa được tính" if more else ""
    said = f"Cần thêm {needed} {line.part_words}: còn {to_hold} tháng chưa họp{held}"
    if needed > to_hold + more:
        sentence = f"{said}; năm nay không còn đạt được."
        return Slack(criterion=line.key, sentence=sentence, left=0, lost=True)
    return Slack(criterion=line.key, sentence=f"{said}.", needed=needed)


def _per_quarter(line: Line) -> int:
    return next((ceil(item.number) for item in line.parameters if item.number is not None), 1)


def _quarters(one: Counted, year: _Year) -> Slack | None:
    line, seen, per_quarter = one.line, year.seen, _per_quarter(one.line)
    least = _least(line, len(seen.quarters))
    if least is None or not seen.quarters:
        return None
    short = [quarter for quarter in seen.quarters if quarter.held < per_quarter]
    missed = [quarter for quarter in short if quarter.closes <= seen.today]
    left = len(seen.quarters) - len(missed) - least
    if left < 0:
        names = ", ".join(f"quý {_name(quarter.opens)}" for quarter in missed)
        said = f"Đã lỡ {names}; năm nay không còn đạt được." if missed else "Năm nay không còn đạt được."
        return Slack(criterion=line.key, sentence=said, left=0, lost=True)
    ahead = [quarter for quarter in short if quarter.closes > seen.today]
    if not ahead:
        return Slack(criterion=line.key, sentence="Đã đủ sinh hoạt chuyên đề của năm.", left=left, needed=0)
    coming, needed = ahead[0], per_quarter - ahead[0].held
    by = coming.closes - timedelta(days=1)
    said = (
        f"Quý {_name(coming.opens)} còn cần {needed} buổi sinh hoạt chuyên đề, chậm nhất ngày {by:%d/%m/%Y}."
    )
    return Slack(criterion=line.key, sentence=said, left=left, needed=needed, by=by)


def _by_meeting(one: Counted, year: _Year) -> Slack | None:
    return _ahead(one.line, one.part or 0, one.whole, len(year.seen.ahead), "buổi")


def _by_any_meeting(one: Counted, year: _Year) -> Slack | None:
    ahead = len(year.seen.ahead) + year.seen.thematic_ahead(year.per_quarter)
    return _ahead(one.line, one.part or 0, one.whole, ahead, "buổi")


def _happening(one: Counted, today: date) -> Slack | None:
    """What happened stays, and more may. Of a share nothing is said: what it is a share of grows too."""
    figure = one.line.figure
    return None if figure and figure.unit is Unit.PERCENT else _growing(one, today)


_AT_ONCE: dict[Course | None, Callable[[Counted, date], Slack | None]] = {
    Course.GROWS: _happening,
    Course.MENDS: _mending,
    Course.PEOPLE: _people,
    Course.DAYS: _daily,
    Course.YEARLY: _yearly,
    Course.SETTLED: _settled,
}
_BY_MEETINGS: dict[Course | None, Callable[[Counted, _Year], Slack | None]] = {
    Course.PRESENCE: _attendance,
    Course.REGULAR: _by_meeting,
    Course.MEETINGS: _by_any_meeting,
    Course.MONTHS: _by_month,
    Course.MONTHS_ON_TIME: _on_time,
    Course.QUARTERS: _quarters,
}
AT_THE_END = frozenset({Course.MENDS, Course.PEOPLE, Course.DAYS, Course.MONTHS})
"""The courses of which the count on the year's last day is needed."""


def _name(opens: date) -> str:
    return QUARTERS[opens.month // 3]
