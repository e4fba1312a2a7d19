"""Kế hoạch 118-KH/QU whole."""

from __future__ import annotations

from bontot.plugin import Policy
from bontot_hanoi_tayho import cell, meeting, member, recognition
from bontot_hanoi_tayho import documents as at

TAYHO = Policy(
    code="hanoi_tayho",
    label="Kế hoạch 118-KH/QU, Quận ủy Tây Hồ",
    issuer=at.PLAN.issuer,
    version="2023-01-27",
    references=(at.PLAN, at.CITY, at.DISTRICT),
    in_force_from=at.SINCE,
    thresholds=(*meeting.THRESHOLDS, *cell.THRESHOLDS, *member.THRESHOLDS, *recognition.THRESHOLDS),
    options=(*meeting.OPTIONS, *cell.OPTIONS, *recognition.OPTIONS),
    criteria=(*cell.CRITERIA, *member.CRITERIA),
    schemes=(member.SCHEME, cell.SCHEME),
    meeting_rule=meeting.RULE,
    attendance_rule=meeting.ATTENDANCE,
    recognitions=recognition.RECOGNITIONS,
    report_formats=recognition.FORMATS,
    frames=("hanoi_city",),
)
