"""What a member must do to be “Đảng viên bốn tốt”: the four paragraphs of the plan."""

from __future__ import annotations

from dataclasses import replace

from bontot.plugin import (
    Clause,
    Criterion,
    Direction,
    Enrolment,
    Evidence,
    Group,
    Measure,
    Operator,
    Origin,
    Scheme,
    Subject,
    Threshold,
    Unit,
    judged,
    measured,
    none_allowed,
    threshold,
    zero,
)
from bontot_hanoi_tayho import documents as at

TITLE = "Đảng viên bốn tốt"
ON = at.SINCE

LINE = judged(
    "tayho.member.1.line",
    "Chấp hành tốt đường lối của Đảng, chính sách, pháp luật của Nhà nước",
    (at.MEMBER_1,),
)
PROHIBITIONS = zero(
    "tayho.member.1.prohibitions",
    "Chấp hành quy định của Ban Chấp hành Trung ương về những điều đảng viên không được làm",
    (at.MEMBER_1,),
    Measure(metric="own_discipline"),
    also_judged=True,
)
EXEMPLARY = judged("tayho.member.2.exemplary", "Gương mẫu trong mọi công việc", (at.MEMBER_2,))
HARD_TASKS = judged(
    "tayho.member.2.hard_tasks",
    "Sẵn sàng đảm nhận nhiệm vụ khó khăn, phức tạp",
    (at.MEMBER_2,),
    Evidence(label="Nhiệm vụ khó đã nhận và hoàn thành", measure=Measure(metric="own_hard_tasks")),
)
COMPLETION = judged(
    "tayho.member.2.completion",
    "Hoàn thành tốt nhiệm vụ được giao",
    (at.MEMBER_2,),
    Evidence(label="Nhiệm vụ được giao hoàn thành đúng hạn", measure=Measure(metric="own_tasks_on_time")),
    Evidence(
        label="Nhiệm vụ quá hạn chưa xong",
        measure=Measure(metric="own_tasks_overdue"),
        operator=Operator.AT_MOST,
        threshold="tayho.member.2.completion",
    ),
)
HCM = judged(
    "tayho.member.2.hcm",
    "Tích cực học tập và làm theo tư tưởng, đạo đức, phong cách Hồ Chí Minh",
    (at.MEMBER_2,),
    Evidence(label="Bản đăng ký, bản tự báo cáo của đảng viên"),
)
EMULATION = judged(
    "tayho.member.2.emulation",
    "Tham gia các phong trào thi đua của cơ quan, địa phương",
    (at.MEMBER_2,),
    Evidence(label="Đăng ký thi đua, khen thưởng trong năm", measure=Measure(metric="own_emulation")),
)
ATTENDANCE = measured(
    "tayho.member.3.attendance",
    "Tham gia sinh hoạt chi bộ đầy đủ, đúng quy định",
    (at.MEMBER_3,),
    Measure(metric="own_unexcused_absence"),
    Operator.EQUAL,
    Evidence(
        label="Số buổi vắng có lý do liên tiếp",
        measure=Measure(metric="own_excused_run"),
        operator=Operator.AT_MOST,
        threshold="tayho.member.3.attendance.excused_run",
    ),
)
OPINIONS = judged(
    "tayho.member.3.opinions",
    "Tích cực tham gia đóng góp ý kiến xây dựng nghị quyết của chi bộ",
    (at.MEMBER_3,),
    Evidence(label="Số lần phát biểu được ghi", measure=Measure(metric="own_statements")),
)
UNITY = judged("tayho.member.3.unity", "Có ý thức xây dựng đoàn kết nội bộ", (at.MEMBER_3,))
FEE = measured(
    "tayho.member.3.fee",
    "Đóng đảng phí đầy đủ",
    (at.MEMBER_3,),
    Measure(metric="fee_arrears_months"),
    Operator.EQUAL,
)
PROPAGATE = judged(
    "tayho.member.4.propagate",
    "Tuyên truyền, vận động gia đình và Nhân dân thực hiện đường lối, chính sách của Đảng, pháp luật của Nhà nước",
    (at.MEMBER_4,),
)
PEOPLE = judged(
    "tayho.member.4.people",
    "Liên hệ chặt chẽ với Nhân dân",
    (at.MEMBER_4,),
    Evidence(label="Phiếu nhận xét nơi cư trú", measure=Measure(metric="own_residence_remark")),
)
RATING = replace(
    measured(
        "tayho.member.annual_rating",
        "Mức xếp loại chất lượng đảng viên tối thiểu",
        (at.IMPLEMENTATION,),
        Measure(metric="own_annual_rating"),
        Operator.AT_LEAST,
    ),
    origin=Origin.DEFAULT,
    note="Kế hoạch gắn danh hiệu với xếp loại hằng năm nhưng không nêu mức; chỉ xét khi đảng bộ đặt một mức.",
)

CRITERIA: tuple[Criterion, ...] = (
    LINE,
    PROHIBITIONS,
    EXEMPLARY,
    HARD_TASKS,
    COMPLETION,
    HCM,
    EMULATION,
    ATTENDANCE,
    OPINIONS,
    UNITY,
    FEE,
    PROPAGATE,
    PEOPLE,
    RATING,
)


def group(number: int, label: str, clause: Clause, *criteria: Criterion) -> Group:
    """One of the four goods; the plans number them by order only."""
    keys = tuple(criterion.key for criterion in criteria)
    return Group(key=f"tayho.member.{number}", label=label, criteria=keys, clauses=(clause,))


SCHEME = Scheme(
    key="tayho.member",
    subject=Subject.MEMBER,
    title=TITLE,
    clauses=(at.MEMBER,),
    groups=(
        group(1, "Chấp hành đường lối, chính sách, pháp luật", at.MEMBER_1, LINE, PROHIBITIONS),
        group(
            2,
            "Gương mẫu, hoàn thành tốt nhiệm vụ",
            at.MEMBER_2,
            EXEMPLARY,
            HARD_TASKS,
            COMPLETION,
            HCM,
            EMULATION,
        ),
        group(3, "Sinh hoạt, đoàn kết, đảng phí", at.MEMBER_3, ATTENDANCE, OPINIONS, UNITY, FEE),
        group(4, "Gắn bó với Nhân dân", at.MEMBER_4, PROPAGATE, PEOPLE),
    ),
    blockers=(RATING.key,),
    enrolment=Enrolment(registration_expected=True),
    same_hand="judging.same_hand",
)

THRESHOLDS: tuple[Threshold, ...] = (
    none_allowed("tayho.member.1.prohibitions", "Quyết định kỷ luật trong năm", ON),
    none_allowed("tayho.member.2.completion", "Nhiệm vụ quá hạn chưa xong", ON),
    none_allowed("tayho.member.3.attendance", "Số buổi vắng không lý do", ON),
    threshold(
        "tayho.member.3.attendance.excused_run",
        "Số buổi vắng có lý do liên tiếp",
        Unit.COUNT,
        3,
        ON,
        highest=12,
        stricter=Direction.LOWER,
    ),
    none_allowed("tayho.member.3.fee", "Số tháng còn thiếu đảng phí", ON),
    threshold("tayho.member.annual_rating", "Mức xếp loại đảng viên", Unit.RATING, None, ON, suggestion=3),
)
