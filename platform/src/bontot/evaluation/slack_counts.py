"""What is left of counts that need no look at a cell's meetings: what happens, what can be put right, who may still be
counted, what falls due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from bontot.evaluation.period import next_month
from bontot.evaluation.rules import Line
from bontot.evaluation.slack import Counted, Slack, bounds, least_of, of_months, of_those_ahead, year_end
from bontot.policy.counts import Course
from bontot.policy.terms import Outcome, Unit
from bontot.policy.words import figure as number


def _growing(one: Counted, today: date) -> Slack:
    """What was counted stays counted, and more may come."""
    line, part = one.line, one.part or 0
    least, most = bounds(line, one.whole)
    if most is not None and part > most:
        said = f"Đã có {number(part)} {line.part_words}; năm nay không còn đạt được."
        return Slack(criterion=line.key, sentence=said, left=0, lost=True)
    if least is not None and part < least:
        return _more(line, least - part, today)
    if most is None:
        return Slack(criterion=line.key, sentence=f"Đã đủ: {number(part)} {line.part_words}.", needed=0)
    spare = f", còn được {number(most - part)}" if most > part else ""
    so_far = f"{number(part)} {line.part_words}" if part else f"không có {line.part_words}"
    said = f"Đang giữ được: {so_far}{spare}."
    return Slack(criterion=line.key, sentence=said, left=most - part)


def nothing_yet(one: Counted, today: date) -> Slack | None:
    """Where there is nothing to count yet: how often it may happen, or must, in all."""
    line, figure = one.line, one.line.figure
    _, most = bounds(line, one.whole)
    if figure is None or figure.unit is Unit.PERCENT:
        return None
    if most is None:
        return _growing(one, today)
    why = "Chưa có dữ liệu" if one.part is None else "Chưa có gì để tính"
    asked = (
        f"được nhiều nhất {number(most)} {line.part_words}"
        if most
        else f"không được có {line.part_words} nào"
    )
    return Slack(criterion=line.key, sentence=f"{why}; cả năm {asked}.")


def _mending(one: Counted, today: date) -> Slack:
    """What is too much can be put right before the year ends."""
    line, part = one.line, one.part or 0
    _, most = bounds(line, one.total)
    if most is None or part <= most:
        return _growing(one._replace(whole=one.total), today)
    by = year_end(today)
    said = f"Còn {number(part - most)} {line.part_words} cần giải quyết, chậm nhất ngày {by:%d/%m/%Y}."
    return Slack(criterion=line.key, sentence=said, needed=part - most, by=by)


def _people(one: Counted, today: date) -> Slack:
    """Each of the whole may still be counted: those on the year's last day, as far as they are known."""
    line, total = one.line, one.total
    part = one.sure
    least, _ = bounds(line, total)
    if least is None:
        return _mending(one, today)
    if least > (total if one.reach is None else one.reach):
        said = f"Cần {number(least)} {line.part_words} mà {_at_best(one)}; năm nay không còn đạt được."
        return Slack(criterion=line.key, sentence=said, needed=least - part, left=0, lost=True)
    if part < least:
        has = "đang có" if part == (one.part or 0) else "tính đến cuối năm mới chắc có"
        standing = f"; {has} {number(part)} trong {number(total)}{_may_still(one, part)}"
        return _more(line, least - part, today, standing)
    spare = f", còn được thiếu {number(part - least)}" if part > least else ""
    said = f"Đang đủ: {number(part)} trong {number(total)} {line.part_words}{spare}."
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
    by = year_end(today)
    said = f"Cần thêm {number(needed)} {line.part_words}, chậm nhất ngày {by:%d/%m/%Y}{standing}."
    return Slack(criterion=line.key, sentence=said, needed=needed, by=by)


def _daily(one: Counted, today: date) -> Slack | None:
    ahead = one.end[1] - one.whole if one.end else (year_end(today) - today).days
    return of_those_ahead(one.line, one.part or 0, one.whole, ahead, "ngày")


def _yearly(one: Counted, _today: date) -> Slack:
    """Decided once; of a share of those rated so far it is said how many more it bears."""
    line, figure = one.line, one.line.figure
    if one.part is None:
        return Slack(criterion=line.key, sentence="Chờ kết quả cuối năm.")
    if figure and figure.unit is Unit.PERCENT:
        return _capped(line, one.part, one.whole)
    if one.outcome is Outcome.NOT_MET:
        said = "Đã có kết quả của năm; năm nay không còn đạt được."
        return Slack(criterion=line.key, sentence=said, left=0, lost=True)
    return Slack(criterion=line.key, sentence="Đã có kết quả của năm.", needed=0)


def _capped(line: Line, part: int, whole: int) -> Slack:
    least, most = bounds(line, whole)
    of = f"{number(whole)} {line.whole_words} hiện nay"
    if most is None:
        needed = max((least or 0) - part, 0)
        said = f"Tính trên {of}, còn cần {number(needed)} {line.part_words}."
        return Slack(criterion=line.key, sentence=said, needed=needed)
    if part > most:
        said = f"Đang vượt {number(part - most)}: {of} chỉ cho phép {number(most)} {line.part_words}."
        return Slack(criterion=line.key, sentence=said, left=0, needed=part - most)
    said = f"Tính trên {of}, còn được {number(most - part)} {line.part_words}."
    return Slack(criterion=line.key, sentence=said, left=most - part)


def _settled(one: Counted, _today: date) -> Slack:
    """The whole year is counted already."""
    said = f"Tính đến hết năm: {number(one.part or 0)} {one.line.part_words}"
    if one.outcome is Outcome.NOT_MET:
        sentence = f"{said}; năm nay không còn đạt được."
        return Slack(criterion=one.line.key, sentence=sentence, left=0, lost=True)
    return Slack(criterion=one.line.key, sentence=f"{said}, đã đủ.", needed=0)


def _happening(one: Counted, today: date) -> Slack | None:
    """What happened stays, and more may. Of a share nothing is said: what it is a share of grows too."""
    figure = one.line.figure
    return None if figure and figure.unit is Unit.PERCENT else _growing(one, today)


def _due(one: Counted, _today: date) -> Slack | None:
    """What has fallen due is decided; what is known to fall due may still be done by its day."""
    line, coming, total = one.line, one.coming, one.total
    least = least_of(line, total)
    if coming is None or least is None:
        return None
    needed = max(least - one.sure, 0)
    if needed > coming.open:
        return _overdue(line, total - one.sure - coming.open, total)
    if not needed:
        said = f"Đã đủ: {number(one.sure)} trong {number(total)} {line.part_words}."
        return Slack(criterion=line.key, sentence=said, left=coming.open or None, needed=0)
    left = coming.open - needed
    spare = f"còn được lỡ hạn {number(left)} việc" if left else "không được lỡ hạn việc nào"
    next_one = f"; việc tới đến hạn ngày {coming.first:%d/%m/%Y}" if coming.first else ""
    said = (
        f"Còn {number(coming.open)} {line.whole_words} trong năm, cần thêm {number(needed)} {line.part_words}; "
        f"{spare}{next_one}."
    )
    return Slack(criterion=line.key, sentence=said, left=left, needed=needed, by=coming.first)


def _overdue(line: Line, missed: int, total: int) -> Slack:
    """Where not all of them are asked for, more that is assigned could still make up for what was missed."""
    value = line.figure.value if line.figure else None
    known = "" if value is not None and value >= 100 else "với những việc đã giao, "
    said = f"Đã lỡ hạn {number(missed)} trong {number(total)} {line.whole_words} của năm; {known}năm nay không còn đạt được."
    return Slack(criterion=line.key, sentence=said, left=0, lost=True)


def _month_by_month(one: Counted, _today: date) -> Slack | None:
    """Each month until it is over."""
    coming = one.coming
    if coming is None:
        return None
    by = next_month(coming.first) - timedelta(days=1) if coming.first else None
    return of_months(one.line, one.sure, one.total, coming.open, by)


AT_ONCE: dict[Course | None, Callable[[Counted, date], Slack | None]] = {
    Course.GROWS: _happening,
    Course.MENDS: _mending,
    Course.PEOPLE: _people,
    Course.DAYS: _daily,
    Course.YEARLY: _yearly,
    Course.SETTLED: _settled,
    Course.DUE: _due,
    Course.MONTH_BY_MONTH: _month_by_month,
}
