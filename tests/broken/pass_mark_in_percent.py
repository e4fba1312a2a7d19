"""pass_mark_in_percent: pass_mark_in_percent.cell: “pass_mark_in_percent.floor” không phải là mức tính bằng điểm"""

from __future__ import annotations

from datetime import date

from bontot.plugin import (
    Clause,
    Criterion,
    Group,
    Kind,
    Points,
    Policy,
    Reference,
    Scheme,
    Subject,
    Unit,
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
FIGURES = {"points": 100}
SCORE = Criterion(
    key="pass_mark_in_percent.score",
    label="Điểm",
    kind=Kind.JUDGED,
    clauses=(AT,),
    points="pass_mark_in_percent.points",
)
COMBINATION = Points(
    pass_mark="pass_mark_in_percent.floor",
    group_floor="pass_mark_in_percent.floor",
)


@hookimpl
def bontot_policies() -> list[Policy]:
    group = Group(
        key="pass_mark_in_percent.1", label="Tốt", criteria=(SCORE.key,), clauses=(AT,), points=SCORE.points
    )
    scheme = Scheme(
        key="pass_mark_in_percent.cell",
        subject=Subject.CELL,
        title="Chi bộ tốt",
        groups=(group,),
        combination=COMBINATION,
    )
    return [
        Policy(
            code="pass_mark_in_percent",
            label="Kế hoạch xã",
            issuer=PAPER.issuer,
            version="1",
            references=(PAPER,),
            in_force_from=SINCE,
            thresholds=(
                *(
                    threshold(f"pass_mark_in_percent.{name}", "Điểm", Unit.POINTS, value, SINCE, AT)
                    for name, value in FIGURES.items()
                ),
                threshold("pass_mark_in_percent.floor", "Mỗi nhóm, từ", Unit.PERCENT, 50, SINCE, AT),
            ),
            criteria=(SCORE,),
            schemes=(scheme,),
        )
    ]
