"""choice_not_understood: choice_not_understood.none: “choice_not_understood.mode” phải là lựa chọn chỉ gồm any, founded_only
để làm tham số complaints_mode"""

from __future__ import annotations

from datetime import date

from bontot.plugin import (
    Clause,
    Group,
    Measure,
    Policy,
    Reference,
    Scheme,
    Subject,
    hookimpl,
    none_allowed,
    option,
    zero,
)

API = 1
SINCE = date(2024, 1, 1)
PAPER = Reference(
    key="plan",
    kind="Kế hoạch",
    number="1-KH/ĐU",
    issuer="Đảng ủy xã",
    issued_on=SINCE,
    subject="thử",
    in_force_from=SINCE,
)

AT = Clause(PAPER.key, "mục 1")
NONE = none_allowed("choice_not_understood.none", "Đơn thư", SINCE, AT)
MODE = option(
    "choice_not_understood.mode",
    "Đơn thư được tính",
    (("any", "mọi đơn"), ("found", "đơn đúng")),
    "any",
    SINCE,
)
COMPLAINTS = zero(
    "choice_not_understood.none",
    "Không có đơn thư",
    (AT,),
    Measure(metric="complaints", parameters={"complaints_mode": MODE.key}),
)


@hookimpl
def bontot_policies() -> list[Policy]:
    group = Group(
        key="choice_not_understood.1", label="Sinh hoạt tốt", criteria=(COMPLAINTS.key,), clauses=(AT,)
    )
    scheme = Scheme(
        key="choice_not_understood.cell", subject=Subject.CELL, title="Chi bộ tốt", groups=(group,)
    )
    return [
        Policy(
            code="choice_not_understood",
            label="Kế hoạch xã",
            issuer=PAPER.issuer,
            version="1",
            references=(PAPER,),
            in_force_from=SINCE,
            thresholds=(NONE,),
            options=(MODE,),
            criteria=(COMPLAINTS,),
            schemes=(scheme,),
        )
    ]
