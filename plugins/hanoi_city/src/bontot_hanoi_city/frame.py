"""Đề án 11-ĐA/TU: nine objectives of a cell, and the same nine summed for the base organisation above.

The scheme calls itself a frame: district committees base their own plans on it and on local features. It
grants no title. Responsible are the standing board of the district-level committee, the cell's direct
superior committee, and the superior members assigned to each unit.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from importlib.resources import files

from bontot.plugin import (
    Clause,
    Criterion,
    Evidence,
    Group,
    Measure,
    Operator,
    Option,
    Policy,
    Reference,
    ReportFormat,
    Role,
    Roll,
    Scheme,
    Stage,
    Subject,
    Threshold,
    Unit,
    attendance_options,
    derived,
    judged,
    measured,
    threshold,
)

SINCE = date(2021, 12, 6)
"""The day of issue; the scheme names no other."""

SCHEME = Reference(
    key="da11",
    kind="Đề án",
    number="11-ĐA/TU",
    issuer="Ban Thường vụ Thành ủy Hà Nội",
    issued_on=SINCE,
    subject="nâng cao chất lượng sinh hoạt chi bộ thuộc Đảng bộ thành phố Hà Nội trong tình hình mới",
    in_force_from=SINCE,
)
GOALS = Clause(SCHEME.key, "mục tiêu", "003:6")
NATURE = Clause(SCHEME.key, "tổ chức thực hiện", "003:8")
DUTIES = Clause(SCHEME.key, "nhiệm vụ, giải pháp chủ yếu", "003:10; 003:12")

REGULAR = measured(
    "city.regular_monthly",
    "100% chi bộ thực hiện nghiêm túc chế độ sinh hoạt thường kỳ hằng tháng",
    (GOALS,),
    Measure(metric="regular_meeting_monthly"),
    Operator.EQUAL,
)
THEMATIC = measured(
    "city.thematic",
    "100% chi bộ sinh hoạt chuyên đề theo quy định",
    (GOALS,),
    Measure(metric="thematic_quarters", parameters={"per_quarter": "city.thematic.per_quarter"}),
    Operator.EQUAL,
)
PRINCIPLES = judged(
    "city.principles",
    "Chấp hành nghiêm túc nguyên tắc sinh hoạt Đảng",
    (GOALS,),
    Evidence(label="Nhận xét của cấp ủy viên cấp trên được phân công theo dõi chi bộ"),
    least_stage=Stage.APPRAISAL,
)
MATERIALS = measured(
    "city.materials",
    "Chi bộ có đầy đủ tài liệu phục vụ sinh hoạt chi bộ",
    (GOALS,),
    Measure(metric="meeting_materials", parameters={"per_meeting": "city.materials.per_meeting"}),
    Operator.EQUAL,
)
STEPS = measured(
    "city.full_content_steps",
    "100% chi bộ thực hiện đầy đủ nội dung, đúng quy trình các bước tổ chức sinh hoạt chi bộ",
    (GOALS,),
    Measure(metric="meeting_steps"),
    Operator.EQUAL,
)
ATTENDANCE = measured(
    "city.attendance",
    "Tỷ lệ đảng viên tham gia sinh hoạt chi bộ định kỳ hằng tháng đạt từ 90% trở lên (trừ số đảng viên được miễn sinh "
    "hoạt Đảng)",
    (GOALS,),
    Measure(
        metric="attendance",
        parameters={"excused": "attendance.excused", "aggregation": "attendance.aggregation"},
    ),
    Operator.AT_LEAST,
)
TASKS = measured(
    "city.task_assignment",
    "100% đảng viên đang công tác được chi bộ phân công nhiệm vụ cụ thể thực hiện nghị quyết, kết luận hằng tháng của chi "
    "bộ hoặc nghị quyết, kết luận chuyên đề",
    (GOALS,),
    Measure(metric="task_assignment"),
    Operator.EQUAL,
)
TRAINING = measured(
    "city.officer_training",
    "100% bí thư, phó bí thư chi bộ, chi ủy viên chi bộ được bồi dưỡng kỹ năng, nghiệp vụ công tác Đảng",
    (GOALS,),
    Measure(metric="officer_training"),
    Operator.EQUAL,
)
UPDATE = measured(
    "city.officer_update",
    "Bí thư, phó bí thư chi bộ, chi ủy viên chi bộ được cập nhật kiến thức mới",
    (GOALS,),
    Measure(metric="officer_update"),
    Operator.EQUAL,
)
OBJECTIVES = (REGULAR, THEMATIC, PRINCIPLES, MATERIALS, STEPS, ATTENDANCE, TASKS, TRAINING, UPDATE)
POOLED = frozenset(item.key for item in (ATTENDANCE, TASKS, TRAINING, UPDATE))
"""Objectives about people are summed over people; the others count the cells whose own year is met."""


def _summed(objective: Criterion) -> Criterion:
    """The objective for all cells of a base organisation, against the same figure."""
    how = "pool" if objective.key in POOLED else "share"
    return derived(
        f"{objective.key}.{how}",
        objective.label,
        objective.clauses,
        Roll(criterion=objective.key, how=how),
        objective.operator or Operator.EQUAL,
        against=objective.key,
    )


SUMS = tuple(_summed(objective) for objective in OBJECTIVES)
SUMMED = frozenset({"grassroots_committee", "upper_committee"})
"""The cells are summed for the ward and for the district."""


def _objectives(
    key: str,
    subject: Subject,
    criteria: tuple[Criterion, ...],
    organisation_types: frozenset[str] = frozenset(),
) -> Scheme:
    group = Group(
        key=f"{key}.objectives",
        label="Mục tiêu của Đề án 11-ĐA/TU",
        criteria=tuple(criterion.key for criterion in criteria),
        clauses=(GOALS,),
    )
    return Scheme(
        key=key, subject=subject, groups=(group,), clauses=(NATURE,), organisation_types=organisation_types
    )


def _all(key: str, label: str, clause: Clause | None = GOALS) -> Threshold:
    return threshold(key, label, Unit.PERCENT, 100, SINCE, clause, lowest=100)


THRESHOLDS: tuple[Threshold, ...] = (
    _all(REGULAR.key, "Sinh hoạt thường kỳ hằng tháng"),
    _all(THEMATIC.key, "Sinh hoạt chuyên đề theo quy định"),
    threshold(
        "city.thematic.per_quarter", "Số buổi chuyên đề mỗi quý", Unit.COUNT, 1, SINCE, lowest=1, highest=3
    ),
    _all(PRINCIPLES.key, "Chấp hành nguyên tắc sinh hoạt Đảng"),
    _all(MATERIALS.key, "Buổi sinh hoạt có tài liệu"),
    threshold(
        "city.materials.per_meeting", "Số tài liệu mỗi buổi", Unit.COUNT, 1, SINCE, lowest=1, highest=9
    ),
    _all(STEPS.key, "Buổi sinh hoạt đủ nội dung, đúng các bước"),
    threshold(
        ATTENDANCE.key, "Tỷ lệ đảng viên dự sinh hoạt định kỳ", Unit.PERCENT, 90, SINCE, GOALS, lowest=90
    ),
    _all(TASKS.key, "Đảng viên đang công tác được phân công nhiệm vụ"),
    _all(TRAINING.key, "Cấp ủy chi bộ được bồi dưỡng trong năm"),
    _all(UPDATE.key, "Cấp ủy chi bộ được cập nhật kiến thức mới trong năm", clause=None),
)
OPTIONS: tuple[Option, ...] = attendance_options(SINCE)

REPORT = ReportFormat(
    key="scheme_report",
    title="Báo cáo kết quả thực hiện Đề án 11-ĐA/TU",
    symbol="BC",
    signers=("T/M BAN THƯỜNG VỤ – BÍ THƯ",),
    sections=(
        ("awareness", "Nâng cao nhận thức, trách nhiệm về vị trí, vai trò của sinh hoạt chi bộ"),
        ("principles_routine", "Thực hiện đúng quy định, nguyên tắc, nền nếp sinh hoạt chi bộ"),
        ("chairing", "Nâng cao chất lượng điều hành; bảo đảm tính lãnh đạo, tính giáo dục, tính chiến đấu"),
        ("content_form", "Đổi mới nội dung, hình thức sinh hoạt chi bộ"),
        ("resolution_quality", "Nâng cao chất lượng ban hành nghị quyết (kết luận) và tổ chức thực hiện"),
        ("officers", "Xây dựng, củng cố, kiện toàn đội ngũ chi ủy viên, trước hết là bí thư chi bộ"),
        ("supervision", "Lãnh đạo, chỉ đạo, hướng dẫn, đôn đốc, kiểm tra, giám sát"),
    ),
    clause=DUTIES,
)
TABLE = ReportFormat(
    key="objectives_table",
    title="Biểu tổng hợp chín mục tiêu của Đề án 11-ĐA/TU theo chi bộ",
    layout=tuple(files(__package__).joinpath("objectives_table.txt").read_text("utf-8").splitlines()),
    about="year",
    by="committee",
    landscape=True,
    clause=GOALS,
)

FRAME = Policy(
    code="hanoi_city",
    label="Đề án 11-ĐA/TU, Thành ủy Hà Nội",
    issuer=SCHEME.issuer,
    version="2021-12-06",
    references=(SCHEME,),
    in_force_from=SINCE,
    thresholds=THRESHOLDS,
    options=OPTIONS,
    criteria=tuple(replace(criterion, role=Role.OBJECTIVE) for criterion in (*OBJECTIVES, *SUMS)),
    schemes=(
        _objectives("city.cell", Subject.CELL, OBJECTIVES),
        _objectives("city.base_organisation", Subject.BASE_ORGANISATION, SUMS, SUMMED),
    ),
    report_formats=(REPORT, TABLE),
)
