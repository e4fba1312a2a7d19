"""phép đo “metric_raises.odd” (cell) không trả lời được khi hồ sơ trống: LookupError"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bontot.plugin import (
    Clause,
    Count,
    Facts,
    Group,
    Measure,
    Metric,
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


def count(facts: Facts) -> Iterable[Count]:
    raise LookupError


@hookimpl
def bontot_metrics() -> list[Metric]:
    return [
        Metric(
            key="metric_raises.odd",
            subject=Subject.CELL,
            label="Việc lạ",
            part_words="việc lạ",
            whole_words="việc",
            count=count,
        )
    ]


AT = Clause(PAPER.key, "mục 1")
RATE = threshold("metric_raises.on_time", "Số tháng đúng hạn", Unit.PERCENT, 90, SINCE, AT)
ON_TIME = measured(
    "metric_raises.on_time", "Việc lạ", (AT,), Measure(metric="metric_raises.odd"), Operator.AT_LEAST
)


@hookimpl
def bontot_policies() -> list[Policy]:
    group = Group(key="metric_raises.1", label="Sinh hoạt tốt", criteria=(ON_TIME.key,), clauses=(AT,))
    scheme = Scheme(key="metric_raises.cell", subject=Subject.CELL, title="Chi bộ tốt", groups=(group,))
    return [
        Policy(
            code="metric_raises",
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
