"""group_floor_beyond_points: group_floor_beyond_points.1: ngày 01/01/2024 cần 50 % của 100 điểm,
mà các tiêu chí được chấm cộng lại nhiều nhất 40 điểm"""

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
FIGURES = {"points": 100, "score": 40, "passed": 40}
SCORE = Criterion(
    key="group_floor_beyond_points.score",
    label="Điểm",
    kind=Kind.JUDGED,
    clauses=(AT,),
    points="group_floor_beyond_points.score",
)
COMBINATION = Points(
    pass_mark="group_floor_beyond_points.passed",
    group_floor="group_floor_beyond_points.floor",
)


@hookimpl
def bontot_policies() -> list[Policy]:
    group = Group(
        key="group_floor_beyond_points.1",
        label="Tốt",
        criteria=(SCORE.key,),
        clauses=(AT,),
        points="group_floor_beyond_points.points",
    )
    scheme = Scheme(
        key="group_floor_beyond_points.cell",
        subject=Subject.CELL,
        title="Chi bộ tốt",
        groups=(group,),
        combination=COMBINATION,
    )
    return [
        Policy(
            code="group_floor_beyond_points",
            label="Kế hoạch xã",
            issuer=PAPER.issuer,
            version="1",
            references=(PAPER,),
            in_force_from=SINCE,
            thresholds=(
                *(
                    threshold(f"group_floor_beyond_points.{name}", "Điểm", Unit.POINTS, value, SINCE, AT)
                    for name, value in FIGURES.items()
                ),
                threshold("group_floor_beyond_points.floor", "Mỗi nhóm, từ", Unit.PERCENT, 50, SINCE, AT),
            ),
            criteria=(SCORE,),
            schemes=(scheme,),
        )
    ]
