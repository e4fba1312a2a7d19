"""Policy.thresholds[wrong_type.on_time].values[0].value: cần Decimal, nhận được 90"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bontot.plugin import (
    Clause,
    Dated,
    Group,
    Measure,
    Operator,
    Origin,
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
RATE = replace(
    threshold("wrong_type.on_time", "Đúng hạn", Unit.PERCENT, 90, SINCE),
    values=(
        Dated(
            value=90,  # type: ignore[arg-type]
            valid_from=SINCE,
            origin=Origin.DEFAULT,
        ),
    ),
)
ON_TIME = measured(
    "wrong_type.on_time", "Đúng hạn", (AT,), Measure(metric="regular_meeting_on_time"), Operator.AT_LEAST
)


@hookimpl
def bontot_policies() -> list[Policy]:
    group = Group(key="wrong_type.1", label="Sinh hoạt tốt", criteria=(ON_TIME.key,), clauses=(AT,))
    scheme = Scheme(key="wrong_type.cell", subject=Subject.CELL, title="Chi bộ tốt", groups=(group,))
    return [
        Policy(
            code="wrong_type",
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
