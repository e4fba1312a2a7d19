"""Kế hoạch 185-KH/QU whole."""

from __future__ import annotations

from bontot.plugin import (
    AttendanceRule,
    MeetingRule,
    Policy,
    attendance_options,
    meeting_options,
    open_meeting_thresholds,
)
from bontot_hanoi_longbien import base, cell, contents, recognition
from bontot_hanoi_longbien import documents as at

ON = at.SINCE

LONGBIEN = Policy(
    code="hanoi_longbien",
    label="Kế hoạch 185-KH/QU, Quận ủy Long Biên",
    issuer=at.PLAN.issuer,
    version="2023-08-08",
    references=(at.PLAN,),
    in_force_from=ON,
    thresholds=(
        *open_meeting_thresholds(ON),
        *contents.THRESHOLDS,
        *cell.THRESHOLDS,
        *base.THRESHOLDS,
        *recognition.THRESHOLDS,
    ),
    options=(*meeting_options(ON), *attendance_options(ON), *contents.OPTIONS, *recognition.OPTIONS),
    criteria=(*cell.CRITERIA, *base.CRITERIA),
    schemes=(cell.SCHEME, base.SCHEME),
    meeting_rule=MeetingRule(clauses=(), day="meeting.day", deadline="meeting.deadline"),
    attendance_rule=AttendanceRule(criterion="longbien.cell.2.attendance"),
    recognitions=recognition.RECOGNITIONS,
    report_formats=recognition.FORMATS,
    frames=("hanoi_city",),
)
