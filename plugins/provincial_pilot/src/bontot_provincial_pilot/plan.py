"""Kế hoạch 104-KH/ĐU whole, with the guidance beside it."""

from __future__ import annotations

from bontot.plugin import (
    AttendanceRule,
    Clause,
    Criterion,
    Enrolment,
    Group,
    Kind,
    MeetingRule,
    Option,
    Policy,
    Scheme,
    Subject,
    Threshold,
    Unit,
    attendance_options,
    meeting_options,
    none_allowed,
    open_meeting_thresholds,
    option,
    threshold,
)
from bontot_provincial_pilot import documents as at
from bontot_provincial_pilot import meeting, member, recognition, task, unity

ON = at.SINCE
CONTENTS: tuple[tuple[int, str, tuple[Criterion, ...], Clause], ...] = (
    (1, "Lãnh đạo thực hiện nhiệm vụ chính trị tốt", task.CRITERIA, at.TASK),
    (2, "Đoàn kết, kỷ luật tốt", unity.CRITERIA, at.UNITY),
    (3, "Chất lượng sinh hoạt tốt", meeting.CRITERIA, at.MEETING),
    (4, "Đảng viên tốt", member.CRITERIA, at.MEMBERS),
)
"""The four contents by the number the guidance's list gives them."""

CRITERIA: tuple[Criterion, ...] = tuple(criterion for _, _, criteria, _ in CONTENTS for criterion in criteria)

SCHEME = Scheme(
    key=recognition.SCHEME,
    subject=Subject.CELL,
    title="Chi bộ bốn tốt",
    clauses=(at.FOUR, at.SELECTION),
    groups=tuple(
        Group(
            key=f"prov.{number}",
            label=label,
            criteria=tuple(criterion.key for criterion in criteria),
            clauses=(at.FOUR, clause),
        )
        for number, label, criteria, clause in CONTENTS
    ),
    blockers=tuple(criterion.key for criterion in CRITERIA if criterion.kind is Kind.ZERO),
    enrolment=Enrolment(mode="selection"),
    same_hand="judging.same_hand",
)

THRESHOLDS: tuple[Threshold, ...] = (
    *open_meeting_thresholds(ON),
    none_allowed("prov.1.no_backlog", "Công việc quá hạn chưa xong", ON, at.TASK_3),
    threshold("prov.2.regulation", "Số ngày có quy chế làm việc", Unit.PERCENT, 100, ON),
    none_allowed("prov.2.no_complaints", "Đơn thư khiếu nại, tố cáo", ON, at.UNITY_3),
    none_allowed("prov.2.no_violations", "Quyết định kỷ luật tổ chức, cá nhân", ON, at.UNITY_3),
    threshold("prov.3.regular", "Số tháng chi bộ sinh hoạt thường kỳ", Unit.PERCENT, 100, ON),
    threshold("prov.3.committee", "Số tháng cấp ủy họp", Unit.PERCENT, 100, ON),
    threshold("prov.3.thematic", "Số quý có sinh hoạt chuyên đề", Unit.PERCENT, 100, ON),
    threshold(
        "prov.3.thematic.per_quarter", "Số buổi chuyên đề mỗi quý", Unit.COUNT, 1, ON, lowest=1, highest=3
    ),
    threshold("prov.3.attendance", "Tỷ lệ đảng viên dự sinh hoạt", Unit.PERCENT, None, ON, suggestion=85),
    none_allowed("prov.4.no_discipline", "Đảng viên bị kỷ luật", ON, at.MEMBERS_1),
    threshold("prov.4.residence", "Đảng viên có phiếu nhận xét nơi cư trú", Unit.PERCENT, 100, ON),
    *recognition.THRESHOLDS,
)
OPTIONS: tuple[Option, ...] = (
    *meeting_options(ON),
    *attendance_options(ON),
    option(
        "prov.2.no_complaints.mode",
        "Đơn thư khiếu nại, tố cáo được tính",
        (("any", "mọi đơn thư"), ("founded_only", "chỉ đơn thư được kết luận là đúng")),
        "any",
        ON,
        at.UNITY_3,
    ),
    option(
        "prov.period",
        "Thời gian được đánh giá",
        (("calendar_year", "năm dương lịch, kể cả khi chi bộ được chọn trong năm"),),
        "calendar_year",
        ON,
    ),
    *recognition.OPTIONS,
)

PILOT = Policy(
    code="provincial_pilot",
    label="Kế hoạch 104-KH/ĐU, Đảng ủy Các cơ quan tỉnh (thí điểm)",
    issuer=at.ISSUER,
    version="2023-04-07",
    references=(at.PLAN, at.MEETING_GUIDANCE, at.PROGRAMME, at.RESOLUTION),
    in_force_from=ON,
    thresholds=THRESHOLDS,
    options=OPTIONS,
    criteria=CRITERIA,
    schemes=(SCHEME,),
    meeting_rule=MeetingRule(clauses=(), day="meeting.day", deadline="meeting.deadline"),
    attendance_rule=AttendanceRule(criterion=meeting.ATTENDANCE.key),
    recognitions=recognition.RECOGNITIONS,
    report_formats=recognition.FORMATS,
)
