"""What both kinds of organisation share: four contents, scored by the superior, and what refuses the
title."""

from __future__ import annotations

from dataclasses import replace

from bontot.plugin import (
    Criterion,
    Evidence,
    Group,
    Kind,
    Measure,
    Operator,
    Option,
    Points,
    Stage,
    Threshold,
    Unit,
    judged,
    measured,
    option,
    threshold,
    zero,
)
from bontot_hanoi_longbien import documents as at

ON = at.SINCE
WEIGHTS = (30, 20, 20, 30)
PASSING, FLOOR = "longbien.pass_mark", "longbien.group_floor"

COMBINATION = Points(
    pass_mark=PASSING,
    group_floor=FLOOR,
    bands=((PASSING, "Đạt"), ("longbien.band.fair", "Khá"), ("longbien.band.average", "Trung bình")),
)
THRESHOLDS: tuple[Threshold, ...] = (
    *(
        threshold(
            f"longbien.{number}.points", f"Điểm tối đa: {content}", Unit.POINTS, weight, ON, highest=100
        )
        for (number, content), weight in zip(at.CONTENTS, WEIGHTS, strict=True)
    ),
    threshold(PASSING, "Tổng điểm đạt", Unit.POINTS, 90, ON, highest=100),
    threshold(FLOOR, "Điểm mỗi nội dung so với điểm tối đa", Unit.PERCENT, 60, ON),
    threshold("longbien.band.fair", "Tổng điểm mức khá", Unit.POINTS, None, ON, highest=100, suggestion=70),
    threshold(
        "longbien.band.average",
        "Tổng điểm mức trung bình",
        Unit.POINTS,
        None,
        ON,
        highest=100,
        suggestion=50,
    ),
)
OPTIONS: tuple[Option, ...] = (
    option(
        "longbien.complaints",
        "Đơn thư khiếu nại, tố cáo được tính",
        (("any", "mọi đơn thư"), ("founded_only", "chỉ đơn thư được kết luận là đúng")),
        "any",
        ON,
    ),
)


def score(kind: str, number: int, *evidence: Evidence) -> Criterion:
    """The points the superior records for one content, with what it is shown."""
    return Criterion(
        key=f"longbien.{kind}.{number}.score",
        label=dict(at.CONTENTS)[number],
        kind=Kind.JUDGED,
        clauses=(at.CORE,),
        evidence=evidence,
        points=f"longbien.{number}.points",
    )


def groups(criteria: dict[int, tuple[Criterion, ...]]) -> tuple[Group, ...]:
    """The four contents with their criteria."""
    return tuple(
        Group(
            key=f"longbien.{number}",
            label=content,
            criteria=tuple(criterion.key for criterion in criteria[number]),
            clauses=(at.CORE,),
            points=f"longbien.{number}.points",
        )
        for number, content in at.CONTENTS
    )


def refusals(kind: str, organisation: str) -> tuple[Criterion, ...]:
    """What takes an organisation out of consideration, all by default."""
    return (
        zero(
            f"longbien.{kind}.disciplined",
            f"{organisation} không bị kỷ luật trong năm",
            (),
            Measure(metric="organisation_disciplined"),
        ),
        measured(
            f"longbien.{kind}.annual_rating",
            f"{organisation} được xếp loại từ “Hoàn thành tốt nhiệm vụ” trở lên",
            (),
            Measure(metric="annual_rating"),
            Operator.AT_LEAST,
        ),
        replace(
            judged(
                f"longbien.{kind}.disunity",
                "Không bị cấp có thẩm quyền kết luận mất đoàn kết nội bộ",
                (),
                least_stage=Stage.APPRAISAL,
            ),
            met_unless_judged=True,
        ),
    )
