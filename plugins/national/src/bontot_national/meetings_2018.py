"""Hướng dẫn 12-HD/BTCTW of 2018: when one regular meeting is a good one, until the guidance of 2025 took its place.

How a year is read from its meetings the guidance leaves to provinces; the reading here is one of theirs, as a default.
"""

from __future__ import annotations

from dataclasses import replace

from bontot.plugin import (
    Certainty,
    Clause,
    Dated,
    Direction,
    Evidence,
    Measure,
    Operator,
    Option,
    Origin,
    Policy,
    Scheme,
    Subject,
    Unit,
    attendance_options,
    judged,
    measured,
    none_allowed,
    zero,
)
from bontot_national.documents import MEETINGS_2018
from bontot_national.stating import fixed, group, objectives

ON = MEETINGS_2018.in_force_from
CRITERIA_OF_MEETING = Clause(
    MEETINGS_2018.key, "phần đánh giá chất lượng sinh hoạt chi bộ", certainty=Certainty.FOUND
)
AT = (CRITERIA_OF_MEETING,)
YEAR_NOTE = "Hướng dẫn không nêu cách đọc cả năm; mức này theo cách một tỉnh cụ thể hoá."

ATTENDANCE = measured(
    "hd12.attendance",
    "Buổi nào cũng có trên 85 % đảng viên dự, đã trừ người được miễn và người làm nhiệm vụ đặc biệt",
    AT,
    Measure(metric="attendance", parameters={"excused": "hd12.excused", "aggregation": "hd12.aggregation"}),
    Operator.MORE_THAN,
)
UNEXCUSED = zero(
    "hd12.unexcused", "Không có đảng viên vắng không lý do", AT, Measure(metric="unexcused_absences")
)
IN_A_ROW = zero(
    "hd12.in_a_row",
    "Không có đảng viên vắng có lý do quá 3 buổi liên tiếp trong năm",
    AT,
    Measure(metric="members_excused_in_a_row", parameters={"in_a_row": "hd12.in_a_row.most"}),
)
PREPARATION = judged(
    "hd12.preparation",
    "Chuẩn bị: bí thư hoặc phó bí thư chuẩn bị, chi ủy họp trước, nội dung đầy đủ",
    AT,
    Evidence(label="Gửi nội dung trước", measure=Measure(metric="meeting_materials_sent_before")),
)
CONDUCT = judged(
    "hd12.conduct",
    "Tiến hành sinh hoạt đúng các bước, dân chủ, sôi nổi",
    AT,
    Evidence(label="Đủ các bước", measure=Measure(metric="meeting_steps")),
    Evidence(label="Phát biểu", measure=Measure(metric="meeting_speakers")),
)
PRINCIPLES = judged(
    "hd12.principles",
    "Bảo đảm các nguyên tắc sinh hoạt đảng, tự phê bình và phê bình",
    AT,
    Evidence(label="Tự phê bình và phê bình", measure=Measure(metric="meeting_self_criticism")),
)
RESULTS = judged(
    "hd12.results",
    "Kết quả thực hiện kết luận, nghị quyết của buổi trước",
    AT,
    Evidence(label="Việc đúng tiến độ", measure=Measure(metric="resolution_items_on_schedule")),
)
FAIR = replace(
    measured(
        "hd12.year.fair",
        "Cả năm: mọi buổi thường kỳ được tự chấm từ khá trở lên",
        (),
        Measure(metric="meeting_self_score_fair"),
        Operator.EQUAL,
    ),
    note=YEAR_NOTE,
)
GOOD = replace(
    measured(
        "hd12.year.good",
        "Cả năm: số tháng được tự chấm loại tốt",
        (),
        Measure(metric="meeting_self_score_good"),
        Operator.AT_LEAST,
    ),
    note=YEAR_NOTE,
)

GROUPS = (
    group("hd12.1", "Tham dự sinh hoạt", (ATTENDANCE, UNEXCUSED, IN_A_ROW)),
    group("hd12.2", "Chuẩn bị", (PREPARATION,)),
    group("hd12.3", "Tiến hành", (CONDUCT,)),
    group("hd12.4", "Nguyên tắc", (PRINCIPLES,)),
    group("hd12.5", "Kết quả", (RESULTS,)),
    group("hd12.6", "Đọc cả năm", (FAIR, GOOD)),
)


def _only(option: Option, key: str, choice: str) -> Option:
    """The platform's reading, fixed as the guidance words it."""
    return replace(
        option,
        key=key,
        choices=tuple(each for each in option.choices if each[0] == choice),
        values=(Dated(value=choice, valid_from=ON, origin=Origin.PLAN, clause=CRITERIA_OF_MEETING),),
    )


EXCUSED, AGGREGATION = attendance_options(ON)

FRAME = Policy(
    code="national_meetings_2018",
    label="Hướng dẫn 12-HD/BTCTW (2018), chất lượng sinh hoạt chi bộ",
    issuer=MEETINGS_2018.issuer,
    version="2018-07-06",
    references=(MEETINGS_2018,),
    in_force_from=ON,
    in_force_until=MEETINGS_2018.in_force_until,
    thresholds=(
        fixed(ATTENDANCE.key, "Tỷ lệ dự một buổi", Unit.PERCENT, 85, ON, CRITERIA_OF_MEETING),
        none_allowed(UNEXCUSED.key, "Vắng không lý do", ON, CRITERIA_OF_MEETING),
        none_allowed(IN_A_ROW.key, "Đảng viên vắng quá số buổi liên tiếp", ON, CRITERIA_OF_MEETING),
        fixed(
            "hd12.in_a_row.most",
            "Số buổi vắng có lý do liên tiếp nhiều nhất",
            Unit.COUNT,
            3,
            ON,
            CRITERIA_OF_MEETING,
            Direction.LOWER,
        ),
        fixed(FAIR.key, "Buổi được chấm từ khá trở lên", Unit.PERCENT, 100, ON),
        fixed(GOOD.key, "Số tháng được chấm loại tốt", Unit.MONTHS, 7, ON),
    ),
    options=(
        _only(EXCUSED, "hd12.excused", "excused_counted"),
        _only(AGGREGATION, "hd12.aggregation", "each_meeting"),
    ),
    criteria=objectives(
        (ATTENDANCE, UNEXCUSED, IN_A_ROW, PREPARATION, CONDUCT, PRINCIPLES, RESULTS, FAIR, GOOD)
    ),
    schemes=(Scheme(key="hd12.cell", subject=Subject.CELL, groups=GROUPS, clauses=AT),),
    adoptable=True,
)
