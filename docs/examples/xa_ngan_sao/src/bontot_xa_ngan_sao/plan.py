"""The commune's plan, and what it adds to the province's pilot: two thematic meetings a quarter, no line on taxes."""

from __future__ import annotations

from datetime import date
from importlib.resources import files

from bontot.plugin import (
    Act, At, AttendanceRule, Authority, Clause, Criterion, Direction, Group, Holder, Kind, Measure, MeetingRule, Operator,
    Points, Policy, Recognition, Reference, ReportFormat, Scheme, Step, Subject, Unit, attendance_options, measured,
    meeting_options, meeting_thresholds, threshold, weekday_blocked_option,
)

SINCE = date(2026, 1, 1)
PAPER = Reference(
    key="plan", kind="Kế hoạch", number="09-KH/ĐU", issuer="Đảng ủy xã Ngàn Sao", issued_on=SINCE,
    subject="xây dựng “Chi bộ bốn tốt”", in_force_from=SINCE,
)
MEETINGS, PEOPLE, TITLE, THEMATIC = (Clause(PAPER.key, f"mục {number}") for number in (2, 3, 4, 5))
AMENDED = Reference(
    key="amended", kind="Kế hoạch", number="21-KH/ĐU", issuer=PAPER.issuer, issued_on=date(2027, 6, 15),
    subject="sửa đổi Kế hoạch số 09-KH/ĐU", in_force_from=date(2027, 7, 1),
)
RAISED = Clause(AMENDED.key, "khoản 1")

THRESHOLDS = (
    threshold("meeting.weekday", "Sinh hoạt vào", Unit.WEEKDAY, 2, SINCE, MEETINGS),
    threshold("meeting.week", "Tuần của tháng", Unit.WEEK_OF_MONTH, 1, SINCE, MEETINGS),
    *meeting_thresholds(SINCE),
    threshold("xa_ngan_sao.on_time", "Tháng sinh hoạt đúng hạn", Unit.PERCENT, 100, SINCE, MEETINGS),
    threshold("xa_ngan_sao.days", "Số ngày để trả lời", Unit.COUNT, 30, SINCE, PEOPLE, stricter=Direction.LOWER),
    threshold("xa_ngan_sao.answers", "Trả lời đúng hạn", Unit.PERCENT, 80, SINCE, PEOPLE, lowest=80),
    threshold(
        "xa_ngan_sao.attendance", "Đảng viên dự sinh hoạt", Unit.PERCENT, 85, SINCE, MEETINGS, lowest=85,
        later=((AMENDED.in_force_from, 90, RAISED),),
    ),
    threshold("xa_ngan_sao.1.points", "Điểm tối đa: sinh hoạt", Unit.POINTS, 60, SINCE, TITLE, highest=100),
    threshold("xa_ngan_sao.2.points", "Điểm tối đa: gắn bó", Unit.POINTS, 40, SINCE, TITLE, highest=100),
    threshold("xa_ngan_sao.pass_mark", "Tổng điểm, từ", Unit.POINTS, 70, SINCE, TITLE, highest=100),
    threshold("xa_ngan_sao.group_floor", "Mỗi nhóm, từ", Unit.PERCENT, 50, SINCE, TITLE),
    threshold("xa_ngan_sao.good", "Mức tốt, từ", Unit.POINTS, 90, SINCE, TITLE, highest=100),
    threshold("xa_ngan_sao.quota", "Chi bộ được công nhận nhiều nhất", Unit.PERCENT, 30, SINCE, TITLE),
)
ON_TIME = measured(
    "xa_ngan_sao.on_time", "Tháng nào cũng sinh hoạt, vào thứ Hai làm việc đầu tiên", (MEETINGS,),
    Measure(metric="regular_meeting_on_time"), Operator.AT_LEAST,
)
ATTENDANCE = measured(
    "xa_ngan_sao.attendance", "Tháng nào cũng đủ tỷ lệ đảng viên dự sinh hoạt", (MEETINGS, RAISED),
    Measure(metric="attendance", parameters={"excused": "attendance.excused", "aggregation": "attendance.aggregation"}),
    Operator.AT_LEAST, at=At.EACH_MONTH,
)
ANSWERS = measured(
    "xa_ngan_sao.answers", "Kiến nghị của đảng viên được trả lời trong 30 ngày", (PEOPLE,),
    Measure(metric="xa_ngan_sao.answered_in_time", parameters={"days": "xa_ngan_sao.days"}), Operator.AT_LEAST,
)
SCORES = tuple(
    Criterion(key=f"{points}.score", label=label, kind=Kind.JUDGED, clauses=(TITLE,), points=f"{points}.points")
    for points, label in (("xa_ngan_sao.1", "Điểm sinh hoạt"), ("xa_ngan_sao.2", "Điểm gắn bó với nhân dân"))
)
CELL = Scheme(
    key="xa_ngan_sao.cell", subject=Subject.CELL, title="Chi bộ bốn tốt",
    groups=tuple(
        Group(key=points, label=label, criteria=(f"{points}.score",), clauses=(clause,), points=f"{points}.points")
        for points, label, clause in (
            ("xa_ngan_sao.1", "Sinh hoạt tốt", MEETINGS), ("xa_ngan_sao.2", "Gắn bó với nhân dân tốt", PEOPLE),
        )
    ),
    combination=Points(
        pass_mark="xa_ngan_sao.pass_mark", group_floor="xa_ngan_sao.group_floor",
        bands=(("xa_ngan_sao.good", "Tốt"), ("xa_ngan_sao.pass_mark", "Đạt")),
    ),
    blockers=(ON_TIME.key, ATTENDANCE.key, ANSWERS.key),
)
RECOGNITION = Recognition(
    scheme=CELL.key, vote_rule="Quá nửa số đảng viên chính thức được triệu tập tán thành",
    steps=(
        Step(
            key="file", label="Chi bộ gửi hồ sơ", authorities=(Authority(body="Chi bộ", valid_from=SINCE),),
            holder=Holder.SUBJECT, acts=frozenset({Act.PROPOSAL}),
        ),
        Step(
            key="decide", label="Công nhận", authorities=(Authority(body="Đảng ủy xã", valid_from=SINCE),),
            acts=frozenset({Act.DECISION}),
        ),
    ),
    quota="xa_ngan_sao.quota", clauses=(TITLE,),
)
ANSWERED = ReportFormat(
    key="xa_ngan_sao.answers_report", title="Báo cáo kết quả trả lời kiến nghị của đảng viên", symbol="BC",
    signers=("T/M CHI BỘ – BÍ THƯ",), about="year", by="cell", clause=PEOPLE,
    layout=tuple(files(__package__).joinpath("answers_report.txt").read_text("utf-8").splitlines()),
)
PLAN = Policy(
    code="xa_ngan_sao", label="Kế hoạch của Đảng ủy xã Ngàn Sao", issuer=PAPER.issuer, version="2",
    references=(PAPER, AMENDED), in_force_from=SINCE, thresholds=THRESHOLDS,
    options=(*meeting_options(SINCE), weekday_blocked_option(SINCE), *attendance_options(SINCE)),
    criteria=(ON_TIME, ATTENDANCE, ANSWERS, *SCORES), schemes=(CELL,),
    attendance_rule=AttendanceRule(criterion=ATTENDANCE.key),
    meeting_rule=MeetingRule(
        clauses=(MEETINGS,), weekday="meeting.weekday", week="meeting.week",
        weekday_blocked="meeting.weekday_blocked",
    ),
    recognitions=(RECOGNITION,), report_formats=(ANSWERED,),
)
PER_QUARTER = threshold(
    "prov.3.thematic.per_quarter", "Số buổi chuyên đề mỗi quý", Unit.COUNT, 2, SINCE, THEMATIC, lowest=1, highest=3
)
PILOT = Policy(
    code="xa_ngan_sao_pilot", label="Thí điểm của tỉnh, theo kế hoạch của Đảng ủy xã Ngàn Sao",
    issuer=PAPER.issuer, version="1", references=(PAPER,), in_force_from=SINCE,
    refines="provincial_pilot", thresholds=(PER_QUARTER,), drop=frozenset({"prov.1.tax"}),
)
