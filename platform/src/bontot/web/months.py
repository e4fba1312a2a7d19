"""Months in words: when a meeting is due and why that day, and the twelve of a year as a strip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import url_for

from bontot.evaluation.schedule import MonthView
from bontot.policy.calendar import How, Misfit, MonthStatus, ScheduledMonth
from bontot.services.month_turns import Unfit
from bontot.web.filters import day as in_words
from bontot.web.filters import weekday
from bontot.web.words import MISFITS, MONTHS, Mark

TO_RECORD = frozenset({MonthStatus.DUE, MonthStatus.OVERDUE, MonthStatus.MISSING})


@dataclass(frozen=True, slots=True)
class StripMonth:
    """A month of the strip: its number, the day in it, a further line, its state, and where a touch leads."""

    number: int
    day_words: str
    detail: str
    mark: Mark
    held: bool
    current: bool
    later: bool
    address: str | None
    spoken: str


def strip(months: Sequence[MonthView], cell: UUID, today: date, *, may_record: bool) -> list[StripMonth]:
    """A cell's year as its strip."""
    return [_strip_month(month, cell, today, may_record) for month in months]


def _strip_month(month: MonthView, cell: UUID, today: date, may_record: bool) -> StripMonth:
    mark = mark_of(month)
    shown = month.held_on or month.planned.scheduled.day
    return StripMonth(
        number=month.month.month,
        day_words=_short(shown) if shown else f"đến {_short(month.planned.scheduled.deadline)}",
        detail=_detail(month),
        mark=mark,
        held=month.held_on is not None,
        current=(month.month.year, month.month.month) == (today.year, today.month),
        later=month.month > today and not month.held_on,
        address=_address(month, cell, may_record),
        spoken=f"Tháng {month.month.month}: {_spoken(month)}, {mark.words.lower()}",
    )


def mark_of(month: MonthView) -> Mark:
    """A month's state."""
    mark = MONTHS[month.standing.status]
    return Mark(mark.tone, f"{mark.words}, ngoài lịch") if month.standing.off_calendar else mark


def _address(month: MonthView, cell: UUID, may_record: bool) -> str | None:
    if month.meeting:
        return url_for("meeting.show", organisation=cell, meeting=month.meeting)
    if may_record and month.standing.status in TO_RECORD:
        return url_for("meeting.record", organisation=cell, thang=f"{month.month:%Y-%m}")
    return None


def _detail(month: MonthView) -> str:
    scheduled = month.planned.scheduled
    if scheduled.day is None:
        return ""
    if month.held_on and month.held_on != scheduled.day:
        return f"lịch {_short(scheduled.day)}"
    if not month.held_on and month.planned.counts:
        return f"hạn {_short(scheduled.deadline)}"
    return ""


def _short(day: date) -> str:
    return f"{day.day}/{day.month}"


def _spoken(month: MonthView) -> str:
    if month.held_on:
        return f"họp ngày {in_words(month.held_on)}"
    scheduled = month.planned.scheduled
    return f"lịch ngày {in_words(scheduled.day)}" if scheduled.day else "không cố định ngày"


def plan_words(scheduled: ScheduledMonth) -> str:
    """When the month's meeting is due and why: `Thứ Ba 05/09/2023 vì ngày 3 là Chủ nhật; hạn cuối Thứ Năm 07/09/2023`."""
    if scheduled.how is How.WAIVED:
        return f"Cấp trên cho nghỉ theo {scheduled.document}"
    last = f"hạn cuối {weekday(scheduled.deadline)} {in_words(scheduled.deadline)}"
    if scheduled.day is None:
        choosing = "Chi bộ chọn ngày" if scheduled.how is How.MANUAL else "Không cố định ngày"
        return f"{choosing}; {last}"
    confirm = (
        "; kế hoạch không nói rõ trường hợp này, chi bộ xác nhận ngày" if scheduled.needs_confirmation else ""
    )
    return f"{weekday(scheduled.day)} {in_words(scheduled.day)}{_because(scheduled)}{confirm}; {last}"


def _because(scheduled: ScheduledMonth) -> str:
    if scheduled.how is How.EXCEPTION:
        return f" theo {scheduled.document}"
    if scheduled.blocked_by:
        return f" vì ngày đã định trùng {', '.join(block.name for block in scheduled.blocked_by)}"
    return ""


def misfit_mark(unfit: Unfit) -> Mark:
    """That an invitation does not fit its month, beside the month."""
    return Mark("warn", MISFITS[unfit.why])


def misfit_words(unfit: Unfit, *, by: bool = True) -> str:
    """Why an invitation does not fit its month: `sau hạn cuối Thứ Năm 07/09/2023`, with `by` followed by the document of a
    superior's order."""
    return _misfit(unfit) + _by(unfit.month.planned.scheduled if by else None)


def _by(scheduled: ScheduledMonth | None) -> str:
    return f" theo {scheduled.document}" if scheduled and scheduled.document else ""


def _misfit(unfit: Unfit) -> str:
    scheduled = unfit.month.planned.scheduled
    if unfit.why is Misfit.WAIVED:
        return f"tháng {unfit.month.month:%m/%Y} được nghỉ"
    if unfit.why is Misfit.OTHER_DAY and scheduled.day:
        return f"khác ngày ấn định {weekday(scheduled.day)} {in_words(scheduled.day)}"
    if unfit.why is Misfit.EARLY:
        return f"trước ngày đầu được tính {weekday(scheduled.earliest)} {in_words(scheduled.earliest)}"
    return f"sau hạn cuối {weekday(scheduled.deadline)} {in_words(scheduled.deadline)}"


def deadlines(months: Sequence[MonthView]) -> dict[str, str]:
    """The last day for the meeting of each month that counts: `{"2026-11": "2026-11-07"}`."""
    return {
        month.month.strftime("%Y-%m"): month.planned.scheduled.deadline.isoformat()
        for month in months
        if month.planned.counts
    }


def left_words(deadline: date, today: date) -> str:
    """How far a deadline is: `còn 3 ngày`, `hôm nay là hạn cuối`, `quá hạn 2 ngày`."""
    days = (deadline - today).days
    if days == 0:
        return "hôm nay là hạn cuối"
    return f"còn {days} ngày" if days > 0 else f"quá hạn {-days} ngày"
