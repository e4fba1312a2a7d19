"""dates_descending: dates_descending.on_time: các ngày hiệu lực không tăng dần"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

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
    Threshold,
    Unit,
    hookimpl,
    measured,
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
RATE = Threshold(
    key="dates_descending.on_time",
    label="Đúng hạn",
    unit=Unit.PERCENT,
    values=tuple(
        Dated(value=Decimal(90), valid_from=day, origin=Origin.PLAN, clause=AT)
        for day in (date(2025, 1, 1), SINCE)
    ),
)
ON_TIME = measured(
    "dates_descending.on_time",
    "Đúng hạn",
    (AT,),
    Measure(metric="regular_meeting_on_time"),
    Operator.AT_LEAST,
)


@hookimpl
def bontot_policies() -> list[Policy]:
    group = Group(key="dates_descending.1", label="Sinh hoạt tốt", criteria=(ON_TIME.key,), clauses=(AT,))
    scheme = Scheme(key="dates_descending.cell", subject=Subject.CELL, title="Chi bộ tốt", groups=(group,))
    return [
        Policy(
            code="dates_descending",
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
