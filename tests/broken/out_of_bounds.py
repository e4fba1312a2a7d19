"""out_of_bounds: out_of_bounds.on_time: giá trị 70 nằm ngoài khoảng từ 85 đến 100"""

from __future__ import annotations

from datetime import date

from bontot.plugin import (
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
RATE = threshold("out_of_bounds.on_time", "Đúng hạn", Unit.PERCENT, 70, SINCE, AT, lowest=85)
ON_TIME = measured(
    "out_of_bounds.on_time", "Đúng hạn", (AT,), Measure(metric="regular_meeting_on_time"), Operator.AT_LEAST
)


@hookimpl
def bontot_policies() -> list[Policy]:
    group = Group(key="out_of_bounds.1", label="Sinh hoạt tốt", criteria=(ON_TIME.key,), clauses=(AT,))
    scheme = Scheme(key="out_of_bounds.cell", subject=Subject.CELL, title="Chi bộ tốt", groups=(group,))
    return [
        Policy(
            code="out_of_bounds",
            label="Kế hoạch xã",
            issuer=PAPER.issuer,
            version="1",
            references=(PAPER,),
            in_force_from=SINCE,
            thresholds=(RATE,),
            criteria=(ON_TIME,),
            schemes=(scheme,),
        )
    ]
