"""What is left of counts that a cell's meetings decide, on an outlook on the rest of its year."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby
from math import ceil, floor
from typing import NamedTuple

from bontot.evaluation.metrics.attendance import EACH_MEETING, LATE_ABSENT, MEAN, OFFICIAL_ONLY, REMOVED
from bontot.evaluation.outlook import Ahead, Outlook
from bontot.evaluation.rules import Line
from bontot.evaluation.slack import Counted, Slack, bounds, least_of, of_months, of_those_ahead
from bontot.evaluation.words import QUARTERS
from bontot.policy.counts import Course
from bontot.policy.terms import Operator, Unit
from bontot.policy.words import figure as number


class Year(NamedTuple):
    """An outlook, and how many thematic meetings a quarter the plan asks for."""

    seen: Outlook
    per_quarter: int


def _attendance(one: Counted, year: Year) -> Slack | None:
    line, figure = one.line, one.line.figure
    if figure is None or figure.unit is not Unit.PERCENT or least_of(line, 100) is None:
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
        left = (one.part or 0) + sum(size) - (least_of(line, whole) or 0)
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
    left = [roll - (least_of(line, roll) or 0) for roll, _ in meetings]
    worst = (one.part or 0) - (least_of(line, one.whole) or 0) if one.whole else 0
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


def _on_time(one: Counted, year: Year) -> Slack | None:
    seen, line = year.seen, one.line
    ahead = [meeting for meeting in seen.months_ahead if meeting.deadline >= seen.today]
    by = ahead[0].deadline if ahead else None
    found = of_months(line, seen.on_time, len(seen.months), len(ahead), by)
    unrecorded = len(seen.unrecorded)
    if found is None or not found.lost or not unrecorded:
        return found
    if (least_of(line, len(seen.months)) or 0) > seen.on_time + len(ahead) + unrecorded:
        return found
    months = ", ".join(f"{month.month}" for month in seen.unrecorded)
    said = (
        f"Tháng {months} đã quá hạn mà chưa ghi nhận buổi nào. Nếu chi bộ đã họp đúng hạn, hãy ghi nhận ngay; nếu không, "
        "năm nay không còn đạt được."
    )
    return Slack(criterion=line.key, sentence=said, left=0)


def _by_month(one: Counted, year: Year) -> Slack | None:
    """Months still to be held, and those held that may still be scored, can be counted."""
    line, seen = one.line, year.seen
    if not seen.months:
        return None
    sure, ahead = one.sure, seen.months_ahead
    more = max(min(seen.held - sure, seen.unscored), 0)
    if line.figure and line.figure.unit is Unit.PERCENT:
        by = ahead[0].last if ahead else None
        return of_months(line, sure, len(seen.months), len(ahead), by, more)
    return _months_wanted(line, sure, len(ahead), more)


def _months_wanted(line: Line, sure: int, to_hold: int, more: int) -> Slack | None:
    """So many months are asked for."""
    least, most = bounds(line, 0)
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


def per_quarter_of(line: Line) -> int:
    return next((ceil(item.number) for item in line.parameters if item.number is not None), 1)


def _quarters(one: Counted, year: Year) -> Slack | None:
    line, seen, per_quarter = one.line, year.seen, per_quarter_of(one.line)
    least = least_of(line, len(seen.quarters))
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


def _by_meeting(one: Counted, year: Year) -> Slack | None:
    return of_those_ahead(one.line, one.part or 0, one.whole, len(year.seen.ahead), "buổi")


def _by_any_meeting(one: Counted, year: Year) -> Slack | None:
    ahead = len(year.seen.ahead) + year.seen.thematic_ahead(year.per_quarter)
    return of_those_ahead(one.line, one.part or 0, one.whole, ahead, "buổi")


def _by_score(one: Counted, year: Year) -> Slack | None:
    """Meetings still to be held, and those held that may still be scored, can be counted."""
    seen = year.seen
    return of_those_ahead(one.line, one.part or 0, one.whole, len(seen.ahead), "buổi", seen.unscored_meetings)


BY_MEETINGS: dict[Course | None, Callable[[Counted, Year], Slack | None]] = {
    Course.PRESENCE: _attendance,
    Course.REGULAR: _by_meeting,
    Course.SCORES: _by_score,
    Course.MEETINGS: _by_any_meeting,
    Course.MONTHS: _by_month,
    Course.MONTHS_ON_TIME: _on_time,
    Course.QUARTERS: _quarters,
}


def _name(opens: date) -> str:
    return QUARTERS[opens.month // 3]
