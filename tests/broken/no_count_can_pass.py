"""no_count_can_pass: no_count_can_pass.on_time: “trên 100 %” thì không số đếm nào đạt được"""

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
RATE = threshold("no_count_can_pass.on_time", "Đúng hạn", Unit.PERCENT, 100, SINCE, AT)
ON_TIME = measured(
    "no_count_can_pass.on_time",
    "Đúng hạn",
    (AT,),
    Measure(metric="regular_meeting_on_time"),
    Operator.MORE_THAN,
)


@hookimpl
def bontot_policies() -> list[Policy]:
    group = Group(key="no_count_can_pass.1", label="Sinh hoạt tốt", criteria=(ON_TIME.key,), clauses=(AT,))
    scheme = Scheme(key="no_count_can_pass.cell", subject=Subject.CELL, title="Chi bộ tốt", groups=(group,))
    return [
        Policy(
            code="no_count_can_pass",
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
