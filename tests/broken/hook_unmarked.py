"""bontot_policies thiếu @hookimpl"""

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
RATE = threshold("hook_unmarked.on_time", "Số tháng đúng hạn", Unit.PERCENT, 90, SINCE, AT)
ON_TIME = measured(
    "hook_unmarked.on_time", "Đúng hạn", (AT,), Measure(metric="regular_meeting_on_time"), Operator.AT_LEAST
)


def bontot_policies() -> list[Policy]:
    group = Group(key="hook_unmarked.1", label="Sinh hoạt tốt", criteria=(ON_TIME.key,), clauses=(AT,))
    scheme = Scheme(key="hook_unmarked.cell", subject=Subject.CELL, title="Chi bộ tốt", groups=(group,))
    return [
        Policy(
            code="hook_unmarked",
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
