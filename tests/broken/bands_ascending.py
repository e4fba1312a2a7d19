"""bands_ascending: bands_ascending.cell: ngày 01/01/2024 các bậc điểm không giảm dần"""

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
FIGURES = {"points": 100, "good": 90, "passed": 70}
SCORE = Criterion(
    key="bands_ascending.score",
    label="Điểm",
    kind=Kind.JUDGED,
    clauses=(AT,),
    points="bands_ascending.points",
)
COMBINATION = Points(
    pass_mark="bands_ascending.passed",
    group_floor="bands_ascending.floor",
    bands=(("bands_ascending.passed", "Đạt"), ("bands_ascending.good", "Tốt")),
)


@hookimpl
def bontot_policies() -> list[Policy]:
    group = Group(
        key="bands_ascending.1", label="Tốt", criteria=(SCORE.key,), clauses=(AT,), points=SCORE.points
    )
    scheme = Scheme(
        key="bands_ascending.cell",
        subject=Subject.CELL,
        title="Chi bộ tốt",
        groups=(group,),
        combination=COMBINATION,
    )
    return [
        Policy(
            code="bands_ascending",
            label="Kế hoạch xã",
            issuer=PAPER.issuer,
            version="1",
            references=(PAPER,),
            in_force_from=SINCE,
            thresholds=(
                *(
                    threshold(f"bands_ascending.{name}", "Điểm", Unit.POINTS, value, SINCE, AT)
                    for name, value in FIGURES.items()
                ),
                threshold("bands_ascending.floor", "Mỗi nhóm, từ", Unit.PERCENT, 50, SINCE, AT),
            ),
            criteria=(SCORE,),
            schemes=(scheme,),
        )
    ]
