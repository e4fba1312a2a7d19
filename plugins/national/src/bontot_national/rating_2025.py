"""Quy định 366-QĐ/TW and Hướng dẫn 43-HD/BTCTW of 2025: the yearly rating, what its levels ask, and the cap on the best.

A rating looks back on the whole year by the rule in force when it is held. The levels themselves are decided by people and
recorded; what the records can tell of their conditions stands beside.
"""

from __future__ import annotations

from bontot.plugin import (
    Certainty,
    Clause,
    Direction,
    Leave,
    Measure,
    Operator,
    Policy,
    RatingRule,
    Roll,
    Scheme,
    Subject,
    Threshold,
    Unit,
    derived,
    judged,
    measured,
    none_allowed,
    option,
    threshold,
    zero,
)
from bontot_national.documents import RATING_2025, RATING_GUIDANCE_2025
from bontot_national.stating import fixed, group, objectives

ON = RATING_2025.in_force_from
LEVELS = Clause(RATING_2025.key, "phần điều kiện của từng mức xếp loại", certainty=Certainty.FOUND)
CAP = Clause(RATING_2025.key, "phần tỷ lệ hoàn thành xuất sắc nhiệm vụ", certainty=Certainty.UNVERIFIED)
LEFT_OUT = Clause(RATING_GUIDANCE_2025.key, "phần đối tượng chưa xếp loại", certainty=Certainty.UNVERIFIED)

ON_TIME = measured(
    "qd366.cell.on_time",
    "Mức xuất sắc và tốt: 100 % nhiệm vụ hoàn thành đúng tiến độ",
    (LEVELS,),
    Measure(metric="task_on_time"),
    Operator.EQUAL,
)
ON_SCHEDULE = measured(
    "qd366.cell.on_schedule",
    "Mức hoàn thành: không quá 20 % nhiệm vụ chậm tiến độ",
    (LEVELS,),
    Measure(metric="task_on_time"),
    Operator.AT_LEAST,
)
ABOVE = judged(
    "qd366.cell.above",
    "Mức xuất sắc: ít nhất 30 % nhiệm vụ vượt yêu cầu",
    (LEVELS,),
)
MENDED = judged(
    "qd366.cell.mended",
    "Mức xuất sắc: hạn chế, khuyết điểm đã chỉ ra được khắc phục xong",
    (LEVELS,),
)
DISCIPLINE = zero(
    "qd366.cell.discipline",
    "Mức xuất sắc: tổ chức và người đứng đầu không bị kỷ luật",
    (LEVELS,),
    Measure(metric="organisation_or_secretary_disciplined"),
)
OF_CELL = (ON_TIME, ON_SCHEDULE, ABOVE, MENDED, DISCIPLINE)

OWN_DISCIPLINE = zero(
    "qd366.base.discipline",
    "Mức xuất sắc: tổ chức cơ sở đảng và người đứng đầu không bị kỷ luật",
    (LEVELS,),
    Measure(metric="organisation_or_secretary_disciplined"),
)
SUBORDINATES = derived(
    "qd366.base.subordinates",
    "Mức xuất sắc: không có chi bộ trực thuộc hoặc bí thư chi bộ bị kỷ luật",
    (LEVELS,),
    Roll(criterion=DISCIPLINE.key, how="share"),
    Operator.EQUAL,
)
CELLS = measured(
    "qd366.base.cells",
    "Tỷ lệ chi bộ hoàn thành xuất sắc nhiệm vụ không vượt mức khống chế",
    (CAP,),
    Measure(metric="excellent_cells", parameters={"cap_base": "qd366.cap_base"}),
    Operator.AT_MOST,
)
MEMBERS = measured(
    "qd366.base.members",
    "Tỷ lệ đảng viên hoàn thành xuất sắc nhiệm vụ không vượt mức khống chế",
    (CAP,),
    Measure(metric="excellent_members", parameters={"cap_base": "qd366.cap_base"}),
    Operator.AT_MOST,
)
OUTSIDE = zero(
    "qd366.base.outside",
    "Không xếp loại người được miễn, bị đình chỉ sinh hoạt, mới kết nạp chưa đủ 6 tháng",
    (LEFT_OUT,),
    Measure(metric="rated_though_left_out", parameters={"months": "qd366.months"}),
)
OF_BASE = (OWN_DISCIPLINE, SUBORDINATES, CELLS, MEMBERS, OUTSIDE)


OVER_CAP = "qd366.over_cap"


def _cap(key: str, label: str) -> Threshold:
    """The most, in percent: a committee may allow up to 25 where it is permitted to."""
    return threshold(key, label, Unit.PERCENT, 20, ON, CAP, lowest=0, highest=25, stricter=Direction.LOWER)


FRAME = Policy(
    code="national_rating_2025",
    label="Quy định 366-QĐ/TW và Hướng dẫn 43-HD/BTCTW (2025), xếp loại chất lượng hằng năm",
    issuer=RATING_2025.issuer,
    version="2025-08-30",
    references=(RATING_2025, RATING_GUIDANCE_2025),
    in_force_from=ON,
    thresholds=(
        fixed("qd366.points.excellent", "Điểm của mức xuất sắc: từ", Unit.POINTS, 90, ON, LEVELS),
        fixed("qd366.points.good", "Điểm của mức tốt: từ", Unit.POINTS, 70, ON, LEVELS),
        fixed("qd366.points.completed", "Điểm của mức hoàn thành: từ", Unit.POINTS, 50, ON, LEVELS),
        fixed(ON_TIME.key, "Nhiệm vụ đúng tiến độ, mức xuất sắc và tốt", Unit.PERCENT, 100, ON, LEVELS),
        fixed(ON_SCHEDULE.key, "Nhiệm vụ đúng tiến độ, mức hoàn thành", Unit.PERCENT, 80, ON, LEVELS),
        none_allowed(DISCIPLINE.key, "Kỷ luật ở chi bộ", ON, LEVELS),
        none_allowed(OWN_DISCIPLINE.key, "Kỷ luật ở tổ chức cơ sở đảng", ON, LEVELS),
        fixed(SUBORDINATES.key, "Chi bộ không bị kỷ luật", Unit.PERCENT, 100, ON, LEVELS),
        _cap(CELLS.key, "Tỷ lệ chi bộ hoàn thành xuất sắc nhiều nhất"),
        _cap(MEMBERS.key, "Tỷ lệ đảng viên hoàn thành xuất sắc nhiều nhất"),
        none_allowed(OUTSIDE.key, "Người không thuộc diện mà được xếp loại", ON, LEFT_OUT),
        fixed("qd366.months", "Số tháng từ khi kết nạp để được xếp loại", Unit.MONTHS, 6, ON, LEFT_OUT),
    ),
    options=(
        option(
            "qd366.cap_base",
            "Mức khống chế tính trên",
            (
                ("good", "số được xếp hoàn thành tốt nhiệm vụ"),
                ("good_or_better", "số được xếp hoàn thành tốt nhiệm vụ trở lên"),
                ("all", "tất cả số được xếp loại"),
            ),
            "good_or_better",
            ON,
        ),
        option(
            OVER_CAP,
            "Xếp loại xuất sắc nhiều hơn mức khống chế",
            ((Leave.ALLOWED, "được, có cảnh báo"), (Leave.FORBIDDEN, "không được")),
            Leave.ALLOWED,
            ON,
        ),
    ),
    rating=RatingRule(
        cap_cells=CELLS.key,
        cap_members=MEMBERS.key,
        base="qd366.cap_base",
        over_cap=OVER_CAP,
        newcomers="qd366.months",
    ),
    criteria=objectives((*OF_CELL, *OF_BASE)),
    schemes=(
        Scheme(
            key="qd366.cell",
            subject=Subject.CELL,
            groups=(group("qd366.cell.conditions", "Điều kiện của các mức xếp loại", OF_CELL),),
            clauses=(LEVELS,),
        ),
        Scheme(
            key="qd366.base",
            subject=Subject.BASE_ORGANISATION,
            groups=(
                group("qd366.base.conditions", "Điều kiện của mức xuất sắc", (OWN_DISCIPLINE, SUBORDINATES)),
                group("qd366.base.caps", "Tỷ lệ khống chế và đối tượng", (CELLS, MEMBERS, OUTSIDE)),
            ),
            clauses=(LEVELS,),
        ),
    ),
    adoptable=True,
    whole_period=True,
)
