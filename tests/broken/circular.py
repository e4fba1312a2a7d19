"""circular: circular.on_time: “circular.cell” không ở cấp dưới trực tiếp;
circular: circular.on_time: tiêu chí dẫn xuất quay vòng về chính nó"""

from __future__ import annotations

from datetime import date

from bontot.plugin import (
    Clause,
    Group,
    Operator,
    Policy,
    Reference,
    Roll,
    Scheme,
    Subject,
    Unit,
    derived,
    hookimpl,
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
RATE = threshold("circular.on_time", "Số tháng đúng hạn", Unit.PERCENT, 90, SINCE, AT)
ON_TIME = derived("circular.on_time", "Tự xét mình", (AT,), Roll(scheme="circular.cell"), Operator.AT_LEAST)


@hookimpl
def bontot_policies() -> list[Policy]:
    group = Group(key="circular.1", label="Sinh hoạt tốt", criteria=(ON_TIME.key,), clauses=(AT,))
    scheme = Scheme(key="circular.cell", subject=Subject.CELL, title="Chi bộ tốt", groups=(group,))
    return [
        Policy(
            code="circular",
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
