"""pass_mark_beyond_points: pass_mark_beyond_points.cell: ngày 01/01/2024 mức “đạt” từ 110 điểm,
mà các tiêu chí được chấm cộng lại nhiều nhất 100 điểm"""

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
FIGURES = {"points": 100, "passed": 110}
SCORE = Criterion(
    key="pass_mark_beyond_points.score",
    label="Điểm",
    kind=Kind.JUDGED,
    clauses=(AT,),
    points="pass_mark_beyond_points.points",
)
COMBINATION = Points(
    pass_mark="pass_mark_beyond_points.passed",
    group_floor="pass_mark_beyond_points.floor",
)


@hookimpl
def bontot_policies() -> list[Policy]:
    group = Group(
        key="pass_mark_beyond_points.1",
        label="Tốt",
        criteria=(SCORE.key,),
        clauses=(AT,),
        points=SCORE.points,
    )
    scheme = Scheme(
        key="pass_mark_beyond_points.cell",
        subject=Subject.CELL,
        title="Chi bộ tốt",
        groups=(group,),
        combination=COMBINATION,
    )
    return [
        Policy(
            code="pass_mark_beyond_points",
            label="Kế hoạch xã",
            issuer=PAPER.issuer,
            version="1",
            references=(PAPER,),
            in_force_from=SINCE,
            thresholds=(
                *(
                    threshold(f"pass_mark_beyond_points.{name}", "Điểm", Unit.POINTS, value, SINCE, AT)
                    for name, value in FIGURES.items()
                ),
                threshold("pass_mark_beyond_points.floor", "Mỗi nhóm, từ", Unit.PERCENT, 50, SINCE, AT),
            ),
            criteria=(SCORE,),
            schemes=(scheme,),
        )
    ]
