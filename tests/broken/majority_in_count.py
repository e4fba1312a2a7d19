"""majority_in_count: recognition majority_in_count.cell: “majority_in_count.majority”
không phải là mức tính bằng phần trăm"""

from __future__ import annotations

from datetime import date

from bontot.plugin import (
    Authority,
    Clause,
    Group,
    Measure,
    Operator,
    Policy,
    Recognition,
    Reference,
    Scheme,
    Step,
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
RATE = threshold("majority_in_count.on_time", "Đúng hạn", Unit.PERCENT, 100, SINCE, AT)
MAJORITY = threshold("majority_in_count.majority", "Số phiếu tán thành", Unit.COUNT, 5, SINCE, AT)
DECIDE = Step(key="decide", label="Công nhận", authorities=(Authority(body="Đảng ủy xã", valid_from=SINCE),))
GRANTED = Recognition(
    scheme="majority_in_count.cell",
    steps=(DECIDE,),
    vote_rule="Quá nửa tán thành",
    majority=MAJORITY.key,
    clauses=(AT,),
)
ON_TIME = measured(
    "majority_in_count.on_time",
    "Đúng hạn",
    (AT,),
    Measure(metric="regular_meeting_on_time"),
    Operator.AT_LEAST,
)


@hookimpl
def bontot_policies() -> list[Policy]:
    group = Group(key="majority_in_count.1", label="Sinh hoạt tốt", criteria=(ON_TIME.key,), clauses=(AT,))
    scheme = Scheme(key="majority_in_count.cell", subject=Subject.CELL, title="Chi bộ tốt", groups=(group,))
    return [
        Policy(
            code="majority_in_count",
            label="Kế hoạch xã",
            issuer=PAPER.issuer,
            version="1",
            references=(PAPER,),
            in_force_from=SINCE,
            thresholds=(RATE, MAJORITY),
            criteria=(ON_TIME,),
            schemes=(scheme,),
            recognitions=(GRANTED,),
        )
    ]
