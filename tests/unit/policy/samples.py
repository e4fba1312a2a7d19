"""A small plan, its frame and a refinement of it, for tests about plans in general."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from bontot.plugin import (
    Clause,
    Dated,
    Group,
    Measure,
    Operator,
    Option,
    Origin,
    Policy,
    Reference,
    Roll,
    Scheme,
    Subject,
    Threshold,
    Unit,
    derived,
    judged,
    measured,
    option,
    threshold,
)

FIRST = date(2023, 1, 27)
SECOND = date(2024, 7, 1)
PLAN_PAPER = Reference(
    key="plan",
    kind="Kế hoạch",
    number="1-KH/QU",
    issuer="Quận ủy",
    issued_on=FIRST,
    subject="thử",
    in_force_from=FIRST,
)
WARD_PAPER = Reference(
    key="ward",
    kind="Kế hoạch",
    number="2-KH/ĐU",
    issuer="Đảng ủy phường",
    issued_on=SECOND,
    subject="thử",
    in_force_from=SECOND,
)
CLAUSE = Clause("plan", "mục 1")
WARD_CLAUSE = Clause("ward", "mục 2")

FRAME = Policy(
    code="frame",
    label="Khung",
    issuer="Thành ủy",
    version="1",
    references=(PLAN_PAPER,),
    in_force_from=FIRST,
    thresholds=(threshold("frame.attendance", "Tỷ lệ", Unit.PERCENT, 90, FIRST, CLAUSE),),
)

ATTENDANCE = measured(
    "sample.attendance", "Dự sinh hoạt", (CLAUSE,), Measure(metric="attendance"), Operator.AT_LEAST
)
UNITY = judged("sample.unity", "Đoàn kết", (CLAUSE,))
SHARE = derived("sample.share", "Tỷ lệ đạt", (CLAUSE,), Roll(scheme="sample.member"), Operator.AT_LEAST)
LINE = judged("sample.line", "Chấp hành", (CLAUSE,))
RATE = Threshold(
    key="sample.attendance",
    label="Tỷ lệ dự",
    unit=Unit.PERCENT,
    values=(
        Dated(value=Decimal(85), valid_from=FIRST, origin=Origin.PLAN, clause=CLAUSE),
        Dated(value=Decimal(88), valid_from=SECOND, origin=Origin.PLAN, clause=CLAUSE),
    ),
    lowest=Decimal(80),
    highest=Decimal(100),
    frame="frame.attendance",
)
MODE: Option = option("sample.mode", "Cách tính", (("a", "gộp"), ("b", "từng buổi")), "a", FIRST)


def groups(*numbered: tuple[int, tuple[str, ...]]) -> tuple[Group, ...]:
    return tuple(
        Group(key=f"sample.{number}", label=f"Nhóm {number}", criteria=criteria, clauses=(CLAUSE,))
        for number, criteria in numbered
    )


MEMBER = Scheme(
    key="sample.member", subject=Subject.MEMBER, title="Đảng viên tốt", groups=groups((9, (LINE.key,)))
)
CELL = Scheme(
    key="sample.cell",
    subject=Subject.CELL,
    title="Chi bộ tốt",
    groups=groups((1, (ATTENDANCE.key, UNITY.key)), (2, (SHARE.key,))),
    blockers=(UNITY.key,),
)
PLAN = Policy(
    code="sample",
    label="Kế hoạch",
    issuer="Quận ủy",
    version="1",
    references=(PLAN_PAPER,),
    in_force_from=FIRST,
    thresholds=(RATE, threshold("sample.share", "Tỷ lệ đạt", Unit.PERCENT, 50, FIRST, CLAUSE)),
    options=(MODE,),
    criteria=(LINE, ATTENDANCE, UNITY, SHARE),
    schemes=(MEMBER, CELL),
    frames=("frame",),
)

PREPARATION = judged("sample.preparation", "Chuẩn bị", (WARD_CLAUSE,))
WARD_RATE = threshold(
    "sample.attendance",
    "Tỷ lệ dự (phường)",
    Unit.PERCENT,
    87,
    SECOND,
    WARD_CLAUSE,
    lowest=85,
    frame="frame.attendance",
)
WARD = Policy(
    code="sample_ward",
    label="Kế hoạch phường",
    issuer="Đảng ủy phường",
    version="7",
    references=(WARD_PAPER,),
    in_force_from=SECOND,
    thresholds=(WARD_RATE,),
    criteria=(PREPARATION,),
    schemes=(
        Scheme(
            key="sample.cell",
            subject=Subject.CELL,
            title="Chi bộ tốt",
            groups=groups((2, (SHARE.key, PREPARATION.key))),
            blockers=(UNITY.key,),
        ),
    ),
    refines="sample",
    adds=frozenset({PREPARATION.key}),
    drop=frozenset({UNITY.key, MODE.key}),
)
