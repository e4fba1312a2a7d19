"""quarter_asked_by_month: quarter_asked_by_month.thematic: phép đo “thematic_quarters” không xét riêng từng tháng được,
ngắn nhất là từng quý"""

from __future__ import annotations

from datetime import date

from bontot.plugin import (
    At,
    Clause,
    Group,
    Measure,
    Operator,
    Policy,
    Reference,
    Scheme,
    Subject,
    Unit,
    hookimpl,
    measured,
    threshold,
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
PER_QUARTER = threshold(
    "quarter_asked_by_month.per_quarter", "Số buổi mỗi quý", Unit.COUNT, 1, SINCE, AT, lowest=1
)
RATE = threshold("quarter_asked_by_month.thematic", "Sinh hoạt chuyên đề", Unit.PERCENT, 100, SINCE, AT)
THEMATIC = measured(
    "quarter_asked_by_month.thematic",
    "Sinh hoạt chuyên đề",
    (AT,),
    Measure(metric="thematic_quarters", parameters={"per_quarter": "quarter_asked_by_month.per_quarter"}),
    Operator.AT_LEAST,
    at=At.EACH_MONTH,
)


@hookimpl
def bontot_policies() -> list[Policy]:
    group = Group(
        key="quarter_asked_by_month.1", label="Sinh hoạt tốt", criteria=(THEMATIC.key,), clauses=(AT,)
    )
    scheme = Scheme(
        key="quarter_asked_by_month.cell", subject=Subject.CELL, title="Chi bộ tốt", groups=(group,)
    )
    return [
        Policy(
            code="quarter_asked_by_month",
            label="Kế hoạch xã",
            issuer=PAPER.issuer,
            version="1",
            references=(PAPER,),
            in_force_from=SINCE,
            thresholds=(RATE, PER_QUARTER),
            criteria=(THEMATIC,),
            schemes=(scheme,),
        )
    ]
