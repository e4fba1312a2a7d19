"""What is left of the year: how much may still be missed, what is still needed and by when, what is already lost.

Exact integers from today's records, on the supposition that the rest of the year goes by the present roll and calendar.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from bontot.evaluation.metrics.attendance import EACH_MEETING, MEAN, OFFICIAL_ONLY
from bontot.evaluation.outlook import Outlook, closes
from bontot.evaluation.period import next_month
from bontot.evaluation.rules import Line
from bontot.evaluation.schedule import Planned
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
    """A criterion as it stands: its line, its outcome and its two integers; a part of no data is None."""

    line: Line
    outcome: Outcome
    part: int | None
    whole: int


def what_is_left(
    counted: Iterable[Counted],
    course: Callable[[Line], Course | None],
    today: date,
    seen: Outlook | None = None,
) -> dict[str, Slack]:
    """What is left on each criterion that is counted, by its key. `course` says how a line's count can still move; without
    `seen`, an outlook on a cell's year, nothing is said of what its meetings decide."""
    found = {one.line.key: _left(one, course(one.line), today, seen) for one in counted if _is_asked(one)}
    return {key: slack for key, slack in found.items() if slack}


def _is_asked(one: Counted) -> bool:
    line, figure = one.line, one.line.figure
    stated = line.operator is not None and figure is not None and figure.value is not None
    return stated and line.evidence_of is None and one.outcome is not Outcome.ERROR


def _left(one: Counted, course: Course | None, today: date, seen: Outlook | None) -> Slack | None:
    """Of a rule that looks at a part of the year only what cannot be undone is said, and once it has ended nothing."""
    if one.line.until and one.line.until <= today:
        return None
    partly = one.line.since is not None or one.line.until is not None
    if partly and (course is not Course.GROWS or one.line.at is not At.END):
        return None
    if one.line.at is not At.END:
        return _stretches(one)
    if one.line.kind is Kind.DERIVED and one.line.roll_how == "share":
        course = Course.PEOPLE
    if one.outcome is Outcome.NOT_APPLICABLE and course not in _BY_MEETINGS:
        return None
    if course in _AT_ONCE and (one.part is not None or course is Course.YEARLY):
        return _AT_ONCE[course](one, today)
    if seen is not None and course in _BY_MEETINGS:
        return _BY_MEETINGS[course](one.line, one.part or 0, one.whole, seen)
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
    _, most = _bounds(line, one.whole)
    if most is None or part <= most:
        return _growing(one, today)
    by = _year_end(today)
    said = f"Còn {number(part - most)} {line.part_words} cần giải quyết, chậm nhất ngày {by:%d/%m/%Y}."
    return Slack(criterion=line.key, sentence=said, needed=part - most, by=by)


def _people(one: Counted, today: date) -> Slack:
    """Each of the whole may still be counted."""
    line, part = one.line, one.part or 0
    least, _ = _bounds(line, one.whole)
    if least is None:
        return _mending(one, today)
    if part < least:
        return _more(line, least - part, today, f", đang có {number(part)} trong {number(one.whole)}")
    spare = f", còn được thiếu {number(part - least)}" if part > least else ""
    said = f"Đang đủ: {number(part)} {line.part_words} trong {number(one.whole)}{spare}."
    return Slack(criterion=line.key, sentence=said, left=part - least, needed=0)


def _more(line: Line, needed: int, today: date, standing: str = "") -> Slack:
    by = _year_end(today)
    said = f"Cần thêm {number(needed)} {line.part_words}{standing}, chậm nhất ngày {by:%d/%m/%Y}."
    return Slack(criterion=line.key, sentence=said, needed=needed, by=by)


def _daily(one: Counted, today: date) -> Slack:
    return _ahead(one.line, one.part or 0, one.whole, (_year_end(today) - today).days, "ngày")


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


def _stretches(one: Counted) -> Slack | None:
    """Months or quarters judged by themselves: none may fail."""
    line = one.line
    name, of_year = ("tháng", 12) if line.at is At.EACH_MONTH else ("quý", 4)
    if one.outcome is Outcome.NOT_MET:
        said = f"Đã có {name} không đạt; năm nay không còn đạt được."
        return Slack(criterion=line.key, sentence=said, left=0, lost=True)
    ahead = of_year - len(line.stretches)
    if not ahead:
        return None
    said = f"Còn {ahead} {name} trong năm; {name} nào cũng phải đạt mức của {name} ấy."
    return Slack(criterion=line.key, sentence=said, left=0, needed=ahead)


def _ahead(line: Line, part: int, whole: int, ahead: int, unit: str) -> Slack:
    """So many more are to come, each of which may be counted or not."""
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


def _share(line: Line) -> Fraction | None:
    """The share a criterion asks for, where it asks for one at least."""
    figure = line.figure
    if figure is None or figure.value is None or figure.unit is not Unit.PERCENT:
        return None
    if line.operator not in (Operator.AT_LEAST, Operator.MORE_THAN, Operator.EQUAL):
        return None
    return Fraction(figure.value) / 100


def _may_miss(line: Line, total: int) -> int:
    """How many of `total` may be missing for the share to pass; negative when none could pass."""
    wanted = (_share(line) or Fraction()) * total
    if line.operator is Operator.MORE_THAN:
        return total - floor(wanted) - 1
    return total - ceil(wanted)


def _attendance(line: Line, part: int, whole: int, seen: Outlook) -> Slack | None:
    if _share(line) is None:
        return None
    chosen = {item.name: item.choice for item in line.parameters}
    if chosen.get("required") == OFFICIAL_ONLY:
        seen = replace(seen, roll=seen.officials)
    aggregation = chosen.get("aggregation")
    if aggregation == EACH_MEETING:
        return _each_meeting(line, part, whole, seen)
    if aggregation == MEAN:
        return _mean(line, part, whole, seen)
    meetings, roll = len(seen.to_hold), seen.roll
    left = _may_miss(line, whole + meetings * roll) - (whole - part)
    ahead = f"Còn {meetings} buổi trong năm, mỗi buổi {roll} người phải dự"
    if left < 0:
        said = f"{ahead}: dù có mặt đủ cũng không còn đạt được."
        return Slack(criterion=line.key, sentence=said, left=0, lost=True)
    if not meetings:
        return Slack(criterion=line.key, sentence="Không còn buổi nào trong năm.", left=0)
    said = f"{ahead}: cả chi bộ còn được vắng {number(min(left, meetings * roll))} lượt."
    return Slack(criterion=line.key, sentence=said, left=min(left, meetings * roll))


def _mean(line: Line, part: int, whole: int, seen: Outlook) -> Slack:
    """The mean of the meetings' ratios: what the meetings to come may lose together, in people of today's roll."""
    meetings, roll = len(seen.to_hold), seen.roll
    reached = Fraction(part, whole) * seen.held if whole else Fraction()
    wanted = (_share(line) or Fraction()) * (seen.held + meetings) - reached
    spare = (meetings - wanted) * roll
    left = ceil(spare) - 1 if line.operator is Operator.MORE_THAN else floor(spare)
    ahead = f"Còn {meetings} buổi trong năm, mỗi buổi {roll} người phải dự"
    if left < 0:
        said = f"{ahead}: dù có mặt đủ cũng không còn đạt được."
        return Slack(criterion=line.key, sentence=said, left=0, lost=True)
    left = min(left, meetings * roll)
    said = (
        f"{ahead}: cả chi bộ còn được vắng {number(left)} lượt."
        if meetings
        else "Không còn buổi nào trong năm."
    )
    return Slack(criterion=line.key, sentence=said, left=left)


def _each_meeting(line: Line, part: int, whole: int, seen: Outlook) -> Slack:
    if whole and _may_miss(line, whole) < whole - part:
        said = "Đã có buổi không đạt; năm nay không còn đạt được."
        return Slack(criterion=line.key, sentence=said, left=0, lost=True)
    left = max(_may_miss(line, seen.roll), 0)
    said = f"Còn {len(seen.to_hold)} buổi trong năm: mỗi buổi được vắng nhiều nhất {left} trong {seen.roll} người."
    return Slack(criterion=line.key, sentence=said, left=left)


def _on_time(line: Line, _part: int, _whole: int, seen: Outlook) -> Slack:
    ahead = [month for month in seen.to_hold if month.scheduled.deadline >= seen.today]
    found = _months(line, seen, seen.late, ahead, lambda month: month.scheduled.deadline)
    without = _months(
        line, seen, seen.late - len(seen.unrecorded), ahead, lambda month: month.scheduled.deadline
    )
    if not found.lost or without.lost:
        return found
    months = ", ".join(f"{month.month.month}" for month in seen.unrecorded)
    said = (
        f"Tháng {months} đã quá hạn mà chưa ghi nhận buổi nào. Nếu chi bộ đã họp đúng hạn, hãy ghi nhận ngay; nếu không, "
        "năm nay không còn đạt được."
    )
    return Slack(criterion=line.key, sentence=said, left=0)


def _monthly(line: Line, part: int, whole: int, seen: Outlook) -> Slack:
    last = [(month, next_month(month.month) - timedelta(days=1)) for month in seen.to_hold]
    ends = {month.month: day for month, day in last}
    return _months(line, seen, whole - part, [month for month, _ in last], lambda month: ends[month.month])


def _months(
    line: Line, seen: Outlook, missed: int, ahead: list[Planned], until: Callable[[Planned], date]
) -> Slack:
    left = _may_miss(line, len(seen.months)) - missed
    if left < 0:
        said = f"Đã lỡ {missed} tháng; năm nay không còn đạt được."
        return Slack(criterion=line.key, sentence=said, left=0, lost=True)
    if not ahead:
        return Slack(criterion=line.key, sentence="Không còn tháng nào phải sinh hoạt trong năm.", left=left)
    by = until(ahead[0])
    spare = f"còn được lỡ {left} tháng" if left else "không được lỡ tháng nào"
    said = f"Còn {len(ahead)} tháng phải sinh hoạt, {spare}; buổi tới chậm nhất ngày {by:%d/%m/%Y}."
    return Slack(criterion=line.key, sentence=said, left=left, needed=len(ahead), by=by)


def _quarters(line: Line, _part: int, _whole: int, seen: Outlook) -> Slack:
    per_quarter = next((int(item.number) for item in line.parameters if item.number is not None), 1)
    missed = [
        opens for opens, held in seen.thematic.items() if held < per_quarter and closes(opens) <= seen.today
    ]
    left = _may_miss(line, len(seen.thematic)) - len(missed)
    if left < 0:
        names = ", ".join(f"quý {_name(opens)}" for opens in missed)
        said = f"Đã lỡ {names}; năm nay không còn đạt được."
        return Slack(criterion=line.key, sentence=said, left=0, lost=True)
    ahead = [
        (opens, per_quarter - held)
        for opens, held in seen.thematic.items()
        if held < per_quarter and closes(opens) > seen.today
    ]
    if not ahead:
        return Slack(criterion=line.key, sentence="Đã đủ sinh hoạt chuyên đề của năm.", left=left, needed=0)
    opens, needed = ahead[0]
    by = closes(opens) - timedelta(days=1)
    said = f"Quý {_name(opens)} còn cần {needed} buổi sinh hoạt chuyên đề, chậm nhất ngày {by:%d/%m/%Y}."
    return Slack(criterion=line.key, sentence=said, left=left, needed=needed, by=by)


def _by_meeting(line: Line, part: int, whole: int, seen: Outlook) -> Slack:
    return _ahead(line, part, whole, len(seen.to_hold), "buổi")


def _by_any_meeting(line: Line, part: int, whole: int, seen: Outlook) -> Slack:
    return _ahead(line, part, whole, len(seen.to_hold) + seen.thematic_ahead, "buổi")


def _by_month(line: Line, part: int, whole: int, seen: Outlook) -> Slack:
    if line.figure and line.figure.unit is not Unit.PERCENT:
        return _months_wanted(line, part, seen)
    return _monthly(line, part, whole, seen)


def _months_wanted(line: Line, part: int, seen: Outlook) -> Slack:
    """So many months are asked for: those still to be held, and those held that may still be recorded, can be counted."""
    least, _ = _bounds(line, len(seen.months))
    needed, to_hold = max((least or 0) - part, 0), len(seen.to_hold)
    unrecorded = max(seen.months_held - part, 0)
    if not needed:
        return Slack(criterion=line.key, sentence=f"Đã đủ: {part} {line.part_words}.", needed=0)
    held = f" và {unrecorded} tháng đã họp mà chưa được tính" if unrecorded else ""
    said = f"Cần thêm {needed} {line.part_words}: còn {to_hold} tháng chưa họp{held}"
    if needed > to_hold + unrecorded:
        sentence = f"{said}; năm nay không còn đạt được."
        return Slack(criterion=line.key, sentence=sentence, left=0, lost=True)
    return Slack(criterion=line.key, sentence=f"{said}.", needed=needed)


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
_BY_MEETINGS: dict[Course | None, Callable[[Line, int, int, Outlook], Slack | None]] = {
    Course.PRESENCE: _attendance,
    Course.REGULAR: _by_meeting,
    Course.MEETINGS: _by_any_meeting,
    Course.MONTHS: _by_month,
    Course.MONTHS_ON_TIME: _on_time,
    Course.QUARTERS: _quarters,
}


def _name(opens: date) -> str:
    return QUARTERS[opens.month // 3]
