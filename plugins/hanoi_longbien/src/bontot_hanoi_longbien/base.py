"""“Đảng bộ cơ sở bốn tốt”: the ward committee itself, with its cells summed beside."""

from __future__ import annotations

from bontot.plugin import (
    Criterion,
    Evidence,
    Measure,
    Operator,
    Role,
    Roll,
    Scheme,
    Subject,
    Threshold,
    Unit,
    derived,
    measured,
    none_allowed,
    threshold,
    zero,
)
from bontot_hanoi_longbien import cell, contents
from bontot_hanoi_longbien import documents as at

ON = at.SINCE
INFORMS = Role.INFORMS


def _pooled(number: int, name: str, label: str) -> Criterion:
    """A cell's count summed over the cells, against the same figure."""
    of = f"longbien.cell.{number}.{name}"
    return derived(
        f"longbien.base.{number}.{name}",
        label,
        (),
        Roll(criterion=of, how="pool"),
        Operator.AT_LEAST,
        role=INFORMS,
        against=of,
    )


CONTENTS: dict[int, tuple[Criterion, ...]] = {
    1: (
        contents.score(
            "base",
            1,
            Evidence(label="Kết quả thực hiện nghị quyết, chương trình công tác năm của đảng bộ"),
            Evidence(label="Kết nạp đảng viên; kiểm tra, giám sát của đảng ủy"),
            Evidence(label="Xếp loại Mặt trận Tổ quốc và các tổ chức chính trị - xã hội"),
        ),
    ),
    2: (
        contents.score("base", 2),
        measured(
            "longbien.base.2.committee_monthly",
            "Tháng nào đảng ủy cũng họp",
            (),
            Measure(metric="committee_meeting_monthly"),
            Operator.AT_LEAST,
            role=INFORMS,
        ),
        _pooled(2, "regular_monthly", "Các chi bộ sinh hoạt thường kỳ hằng tháng"),
        _pooled(2, "thematic", "Các chi bộ sinh hoạt chuyên đề mỗi quý"),
        _pooled(2, "attendance", "Tỷ lệ đảng viên dự sinh hoạt của các chi bộ"),
    ),
    3: (
        contents.score("base", 3),
        measured(
            "longbien.base.3.regulation",
            "Ngày nào trong năm cũng có quy chế làm việc còn hiệu lực",
            (),
            Measure(metric="regulation_days"),
            Operator.AT_LEAST,
            role=INFORMS,
        ),
        zero(
            "longbien.base.3.discipline",
            "Đảng bộ, bí thư đảng ủy không bị kỷ luật",
            (),
            Measure(metric="organisation_or_secretary_disciplined"),
            role=INFORMS,
        ),
        zero(
            "longbien.base.3.complaints",
            "Không có đơn thư khiếu nại, tố cáo về đảng bộ",
            (),
            Measure(metric="complaints", parameters={"complaints_mode": "longbien.complaints"}),
            role=INFORMS,
        ),
    ),
    4: (
        contents.score("base", 4),
        _pooled(4, "members_rated_good", "Đảng viên được xếp loại từ “Hoàn thành tốt nhiệm vụ” trở lên"),
        _pooled(
            4,
            "officers_rated_good",
            "Cấp ủy viên các chi bộ được xếp loại từ “Hoàn thành tốt nhiệm vụ” trở lên",
        ),
        measured(
            "longbien.base.4.committee_rated_good",
            "Bí thư, phó bí thư, đảng ủy viên được xếp loại từ “Hoàn thành tốt nhiệm vụ” trở lên",
            (),
            Measure(metric="officers_rated_good"),
            Operator.AT_LEAST,
            role=INFORMS,
        ),
        derived(
            "longbien.base.4.cells_recognised",
            "Chi bộ trực thuộc đạt “Chi bộ bốn tốt”",
            (),
            Roll(scheme=cell.SCHEME.key),
            Operator.AT_LEAST,
            role=INFORMS,
        ),
        zero(
            "longbien.base.4.cells_not_completed",
            "Không có chi bộ “Không hoàn thành nhiệm vụ”",
            (),
            Measure(metric="cells_rated_not_completed"),
            role=INFORMS,
        ),
    ),
}
REFUSALS = contents.refusals("base", "Đảng bộ")
CRITERIA: tuple[Criterion, ...] = (*(item for items in CONTENTS.values() for item in items), *REFUSALS)

SCHEME = Scheme(
    key="longbien.base_organisation",
    subject=Subject.BASE_ORGANISATION,
    title="Đảng bộ cơ sở bốn tốt",
    clauses=(at.SUBJECTS, at.BY_TYPE),
    groups=contents.groups(CONTENTS),
    combination=contents.COMBINATION,
    blockers=tuple(criterion.key for criterion in REFUSALS),
    organisation_types=frozenset({"grassroots_committee"}),
    same_hand="judging.same_hand",
)

THRESHOLDS: tuple[Threshold, ...] = (
    threshold("longbien.base.2.committee_monthly", "Số tháng đảng ủy có họp", Unit.PERCENT, 100, ON),
    threshold("longbien.base.3.regulation", "Số ngày có quy chế làm việc", Unit.PERCENT, 100, ON),
    none_allowed("longbien.base.3.complaints", "Đơn thư khiếu nại, tố cáo", ON),
    none_allowed("longbien.base.3.discipline", "Quyết định kỷ luật đảng bộ hoặc bí thư", ON),
    threshold(
        "longbien.base.4.committee_rated_good", "Đảng ủy viên xếp loại tốt trở lên", Unit.PERCENT, 80, ON
    ),
    threshold("longbien.base.4.cells_recognised", "Chi bộ đạt danh hiệu", Unit.PERCENT, 50, ON),
    none_allowed("longbien.base.4.cells_not_completed", "Chi bộ không hoàn thành nhiệm vụ", ON),
    none_allowed("longbien.base.disciplined", "Quyết định kỷ luật đảng bộ", ON),
    threshold("longbien.base.annual_rating", "Mức xếp loại đảng bộ", Unit.RATING, 3, ON),
)
