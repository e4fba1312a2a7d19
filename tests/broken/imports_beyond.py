"""imports_beyond.py: dùng bontot.policy.compose, ngoài bontot.plugin và thư viện chuẩn"""

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
from bontot.policy.compose import compose

API = 1
COMPOSE = compose
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
RATE = threshold("imports_beyond.on_time", "Số tháng đúng hạn", Unit.PERCENT, 90, SINCE, AT)
ON_TIME = measured(
    "imports_beyond.on_time", "Đúng hạn", (AT,), Measure(metric="regular_meeting_on_time"), Operator.AT_LEAST
)


@hookimpl
def bontot_policies() -> list[Policy]:
    group = Group(key="imports_beyond.1", label="Sinh hoạt tốt", criteria=(ON_TIME.key,), clauses=(AT,))
    scheme = Scheme(key="imports_beyond.cell", subject=Subject.CELL, title="Chi bộ tốt", groups=(group,))
    return [
        Policy(
            code="imports_beyond",
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
