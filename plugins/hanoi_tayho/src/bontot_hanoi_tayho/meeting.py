"""When cells meet: day 3, at the latest day 7, and presence at the meetings."""

from __future__ import annotations

from bontot.plugin import (
    AttendanceRule,
    Direction,
    MeetingRule,
    Option,
    Threshold,
    Unit,
    attendance_options,
    meeting_options,
    meeting_thresholds,
    threshold,
)
from bontot_hanoi_tayho import documents as at

ON = at.SINCE
RULE = MeetingRule(clauses=(at.MEETING_DAY,), day="meeting.day", deadline="meeting.deadline")
ATTENDANCE = AttendanceRule(criterion="tayho.cell.2.attendance")

DAY = threshold(
    "meeting.day",
    "Ngày sinh hoạt định kỳ",
    Unit.DAY_OF_MONTH,
    3,
    ON,
    at.MEETING_DAY,
    highest=7,
    stricter=Direction.LOWER,
)
DEADLINE = threshold(
    "meeting.deadline",
    "Hạn cuối sinh hoạt định kỳ",
    Unit.DAY_OF_MONTH,
    7,
    ON,
    at.MEETING_DAY,
    highest=7,
    stricter=Direction.LOWER,
)
THRESHOLDS: tuple[Threshold, ...] = (DAY, DEADLINE, *meeting_thresholds(ON))
OPTIONS: tuple[Option, ...] = (*meeting_options(ON), *attendance_options(ON))
