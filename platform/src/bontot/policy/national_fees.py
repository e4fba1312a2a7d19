"""The national regulations on Party fees, as far as they are known, each for the days it is in force.

QĐ 342-QĐ/TW until 31/01/2026, QĐ 01-QĐ/TW from 01/02/2026. The texts themselves were not at hand: every clause says how sure
it is, and a committee holds them against its own copy. A group that both know has the same key, so that a member's stays
what it is when the regulation changes.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from bontot.policy.fees import FeeExemption, FeeGroup, FeeRules
from bontot.policy.terms import Certainty, Clause, Dated, Origin, Reference

MINIMUM_WAGE = "minimum_wage"
"""The committee's setting that holds the minimum wage of its region."""

QD_342, QD_01 = "qd_342", "qd_01"
_SINCE_342, _SINCE_01, _RAISED = date(2011, 1, 1), date(2026, 2, 1), date(2028, 1, 1)


def _clause(reference: str, place: str, certainty: Certainty) -> Clause:
    return Clause(reference, place, certainty=certainty)


def _rates(clause: Clause, *steps: tuple[date, Fraction]) -> tuple[Dated[Fraction], ...]:
    return tuple(
        Dated(value=value, valid_from=since, origin=Origin.PLAN, clause=clause) for since, value in steps
    )


_OLD = _clause(QD_342, "mức đóng đảng phí", Certainty.UNVERIFIED)
_FOUND = _clause(QD_01, "mức đóng đảng phí", Certainty.FOUND)
_QUOTED = _clause(QD_01, "mức đóng đảng phí", Certainty.SECONDARY)
_RELIEF = _clause(QD_01, "miễn, giảm đảng phí", Certainty.FOUND)

FEES_2010 = FeeRules(
    reference=Reference(
        key=QD_342,
        kind="Quy định",
        number="342-QĐ/TW",
        issuer="Bộ Chính trị",
        issued_on=date(2010, 12, 28),
        subject="chế độ đảng phí",
        in_force_from=_SINCE_342,
        in_force_until=_SINCE_01,
    ),
    groups=(
        FeeGroup(
            key="salary",
            label="Hưởng lương",
            base="Tiền lương và các khoản phụ cấp một tháng",
            rates=_rates(_OLD, (_SINCE_342, Fraction(1, 100))),
            clause=_OLD,
        ),
        FeeGroup(
            key="pension",
            label="Hưởng lương hưu",
            base="Lương hưu một tháng",
            rates=_rates(_OLD, (_SINCE_342, Fraction(1, 200))),
            clause=_OLD,
        ),
        FeeGroup(
            key="fixed",
            label="Nông thôn, lao động tự do và nhóm khác",
            lowest=2_000,
            highest=30_000,
            clause=_OLD,
        ),
    ),
    exemptions=(
        FeeExemption(
            key="hardship",
            label="Hoàn cảnh đặc biệt khó khăn",
            clause=_clause(QD_342, "miễn, giảm đảng phí", Certainty.UNVERIFIED),
        ),
    ),
    reductions=(30, 50, 70),
    reduction_months=12,
    reduction_clause=_clause(QD_342, "miễn, giảm đảng phí", Certainty.UNVERIFIED),
    retained=(("subordinate_cell", 30),),
    retained_clause=_clause(QD_342, "trích để lại", Certainty.SECONDARY),
)

FEES_2026 = FeeRules(
    reference=Reference(
        key=QD_01,
        kind="Quy định",
        number="01-QĐ/TW",
        issuer="Ban Chấp hành Trung ương",
        issued_on=date(2026, 2, 3),
        subject="chế độ đảng phí",
        in_force_from=_SINCE_01,
    ),
    groups=(
        FeeGroup(
            key="salary",
            label="Đóng bảo hiểm xã hội bắt buộc",
            base="Tiền lương làm căn cứ đóng bảo hiểm xã hội của tháng trước",
            rates=_rates(_FOUND, (_SINCE_01, Fraction(1, 100))),
            clause=_FOUND,
        ),
        FeeGroup(
            key="benefit",
            label="Nghỉ ốm đau, thai sản hưởng bảo hiểm xã hội",
            base="Mức trợ cấp một tháng",
            rates=_rates(_FOUND, (_SINCE_01, Fraction(1, 100))),
            clause=_FOUND,
        ),
        FeeGroup(
            key="pension",
            label="Hưởng lương hưu",
            base="Lương hưu một tháng",
            rates=_rates(_FOUND, (_SINCE_01, Fraction(1, 200))),
            clause=_FOUND,
        ),
        FeeGroup(
            key="uninsured",
            label="Không đóng bảo hiểm xã hội, chưa đến tuổi nghỉ hưu",
            base="Lương tối thiểu vùng",
            common=MINIMUM_WAGE,
            rates=_rates(_QUOTED, (_SINCE_01, Fraction(3, 1000)), (_RAISED, Fraction(5, 1000))),
            clause=_QUOTED,
        ),
        FeeGroup(
            key="uninsured_old",
            label="Không đóng bảo hiểm xã hội, đã đến tuổi nghỉ hưu",
            base="Lương tối thiểu vùng",
            common=MINIMUM_WAGE,
            rates=_rates(_QUOTED, (_SINCE_01, Fraction(2, 1000)), (_RAISED, Fraction(3, 1000))),
            clause=_QUOTED,
        ),
        FeeGroup(key="student", label="Học sinh, sinh viên", amount=5_000, clause=_FOUND),
        FeeGroup(key="abroad", label="Đang ở nước ngoài, theo nhóm riêng", clause=_FOUND),
    ),
    exemptions=(
        FeeExemption(key="party_age", label="Từ 50 năm tuổi đảng", party_age=50, clause=_RELIEF),
        FeeExemption(key="social_pension", label="Hưởng trợ cấp hưu trí xã hội", clause=_RELIEF),
        FeeExemption(key="poor", label="Hộ nghèo, cận nghèo", clause=_RELIEF),
        FeeExemption(
            key="listed_case", label="Trường hợp khác được miễn theo danh mục của quy định", clause=_RELIEF
        ),
    ),
    reductions=(30, 50, 70),
    reduction_months=12,
    reduction_clause=_RELIEF,
)

NATIONAL = (FEES_2010, FEES_2026)
"""Every regulation on fees, the earlier first."""
