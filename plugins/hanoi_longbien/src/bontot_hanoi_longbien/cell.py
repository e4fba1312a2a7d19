"""“Chi bộ bốn tốt”."""

from __future__ import annotations

from bontot.plugin import (
    Criterion,
    Evidence,
    Measure,
    Operator,
    Role,
    Scheme,
    Stage,
    Subject,
    Threshold,
    Unit,
    judged,
    measured,
    none_allowed,
    threshold,
    zero,
)
from bontot_hanoi_longbien import contents
from bontot_hanoi_longbien import documents as at

ON = at.SINCE
INFORMS = Role.INFORMS

CONTENTS: dict[int, tuple[Criterion, ...]] = {
    1: (
        contents.score(
            "cell",
            1,
            Evidence(label="Nhiệm vụ hoàn thành đúng hạn", measure=Measure(metric="task_on_time")),
            Evidence(label="Nhiệm vụ quá hạn chưa xong", measure=Measure(metric="task_overdue")),
            Evidence(
                label="Chương trình công tác năm đã hoàn thành",
                measure=Measure(metric="programme_items_done"),
            ),
            Evidence(label="Kết nạp đảng viên trong năm", measure=Measure(metric="admissions")),
            Evidence(label="Kiểm tra, giám sát trong năm", measure=Measure(metric="inspections")),
            Evidence(label="Xếp loại các tổ chức chính trị - xã hội do chi bộ lãnh đạo"),
        ),
    ),
    2: (
        contents.score("cell", 2),
        measured(
            "longbien.cell.2.regular_monthly",
            "Tháng nào cũng sinh hoạt thường kỳ",
            (),
            Measure(metric="regular_meeting_monthly"),
            Operator.AT_LEAST,
            role=INFORMS,
        ),
        measured(
            "longbien.cell.2.thematic",
            "Mỗi quý ít nhất một buổi sinh hoạt chuyên đề",
            (),
            Measure(
                metric="thematic_quarters", parameters={"per_quarter": "longbien.cell.2.thematic.per_quarter"}
            ),
            Operator.AT_LEAST,
            role=INFORMS,
        ),
        measured(
            "longbien.cell.2.attendance",
            "Tỷ lệ đảng viên dự sinh hoạt",
            (),
            Measure(
                metric="attendance",
                parameters={"excused": "attendance.excused", "aggregation": "attendance.aggregation"},
            ),
            Operator.AT_LEAST,
            role=INFORMS,
        ),
        measured(
            "longbien.cell.2.self_score_good",
            "Số tháng tự chấm buổi sinh hoạt loại tốt",
            (),
            Measure(metric="meeting_self_score_good"),
            Operator.AT_LEAST,
            role=INFORMS,
        ),
        zero(
            "longbien.cell.2.self_score_poor",
            "Không có buổi sinh hoạt tự chấm loại kém",
            (),
            Measure(metric="meeting_self_score_poor"),
            role=INFORMS,
        ),
    ),
    3: (
        contents.score("cell", 3),
        measured(
            "longbien.cell.3.regulation",
            "Ngày nào trong năm cũng có quy chế làm việc còn hiệu lực",
            (),
            Measure(metric="regulation_days"),
            Operator.AT_LEAST,
            role=INFORMS,
        ),
        zero(
            "longbien.cell.3.discipline",
            "Chi bộ, bí thư chi bộ không bị kỷ luật",
            (),
            Measure(metric="organisation_or_secretary_disciplined"),
            role=INFORMS,
        ),
        zero(
            "longbien.cell.3.complaints",
            "Không có đơn thư khiếu nại, tố cáo",
            (),
            Measure(metric="complaints", parameters={"complaints_mode": "longbien.complaints"}),
            role=INFORMS,
        ),
    ),
    4: (
        contents.score("cell", 4),
        measured(
            "longbien.cell.4.members_rated_good",
            "Đảng viên được xếp loại từ “Hoàn thành tốt nhiệm vụ” trở lên",
            (),
            Measure(metric="members_rated_good"),
            Operator.AT_LEAST,
            role=INFORMS,
        ),
        measured(
            "longbien.cell.4.officers_rated_good",
            "Bí thư, phó bí thư, chi ủy viên được xếp loại từ “Hoàn thành tốt nhiệm vụ” trở lên",
            (),
            Measure(metric="officers_rated_good"),
            Operator.AT_LEAST,
            role=INFORMS,
        ),
        zero(
            "longbien.cell.4.members_disciplined",
            "Không có đảng viên bị kỷ luật",
            (),
            Measure(metric="members_disciplined"),
            role=INFORMS,
        ),
    ),
}
EXEMPLAR = judged(
    "longbien.exemplar",
    "Thật sự là nơi triển khai, thực hiện đầy đủ, khoa học các nhiệm vụ, giải pháp về xây dựng, chỉnh đốn Đảng; là điển "
    "hình trong công tác xây dựng Đảng, xây dựng hệ thống chính trị, lãnh đạo thực hiện tốt nhiệm vụ chính trị được giao để "
    "các tổ chức đảng trong toàn Đảng bộ học tập, làm theo",
    (at.EXEMPLAR,),
    least_stage=Stage.APPRAISAL,
)
REFUSALS = (*contents.refusals("cell", "Chi bộ"), EXEMPLAR)
CRITERIA: tuple[Criterion, ...] = (*(item for items in CONTENTS.values() for item in items), *REFUSALS)

SCHEME = Scheme(
    key="longbien.cell",
    subject=Subject.CELL,
    title="Chi bộ bốn tốt",
    clauses=(at.SUBJECTS, at.BY_TYPE),
    groups=contents.groups(CONTENTS),
    combination=contents.COMBINATION,
    blockers=tuple(criterion.key for criterion in REFUSALS),
    organisation_types=frozenset({"subordinate_cell", "grassroots_cell"}),
    same_hand="judging.same_hand",
)

THRESHOLDS: tuple[Threshold, ...] = (
    threshold("longbien.cell.2.regular_monthly", "Số tháng có sinh hoạt thường kỳ", Unit.PERCENT, 100, ON),
    threshold("longbien.cell.2.thematic", "Số quý có sinh hoạt chuyên đề", Unit.PERCENT, 100, ON),
    threshold(
        "longbien.cell.2.thematic.per_quarter",
        "Số buổi chuyên đề mỗi quý",
        Unit.COUNT,
        1,
        ON,
        lowest=1,
        highest=3,
    ),
    threshold(
        "longbien.cell.2.attendance",
        "Tỷ lệ đảng viên dự sinh hoạt",
        Unit.PERCENT,
        90,
        ON,
        frame="city.attendance",
    ),
    threshold(
        "longbien.cell.2.self_score_good",
        "Số tháng tự chấm loại tốt",
        Unit.MONTHS,
        7,
        ON,
        highest=12,
    ),
    none_allowed("longbien.cell.2.self_score_poor", "Số buổi tự chấm loại kém", ON),
    threshold("longbien.cell.3.regulation", "Số ngày có quy chế làm việc", Unit.PERCENT, 100, ON),
    none_allowed("longbien.cell.3.discipline", "Quyết định kỷ luật chi bộ hoặc bí thư", ON),
    none_allowed("longbien.cell.3.complaints", "Đơn thư khiếu nại, tố cáo", ON),
    threshold("longbien.cell.4.members_rated_good", "Đảng viên xếp loại tốt trở lên", Unit.PERCENT, 80, ON),
    threshold(
        "longbien.cell.4.officers_rated_good", "Cấp ủy viên xếp loại tốt trở lên", Unit.PERCENT, 80, ON
    ),
    none_allowed("longbien.cell.4.members_disciplined", "Quyết định kỷ luật đảng viên", ON),
    none_allowed("longbien.cell.disciplined", "Quyết định kỷ luật chi bộ", ON),
    threshold("longbien.cell.annual_rating", "Mức xếp loại chi bộ", Unit.RATING, 3, ON),
)
