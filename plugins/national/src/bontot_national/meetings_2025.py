"""Chỉ thị 50-CT/TW and Hướng dẫn 42-HD/BTCTW of 2025: every regular meeting is scored on a sheet of 100 points.

How a year is read from its scores is not known from any source; the reading here is a default.
"""

from __future__ import annotations

from dataclasses import replace

from bontot.plugin import (
    Certainty,
    Clause,
    Measure,
    Operator,
    Policy,
    Scheme,
    Subject,
    Unit,
    measured,
    none_allowed,
    zero,
)
from bontot_national.documents import DIRECTIVE_2025, MEETINGS_2025
from bontot_national.sheet_2025 import LIMITS, SHEET, SHEET_CLAUSE
from bontot_national.stating import fixed, group, objectives

ON = MEETINGS_2025.in_force_from
DIRECTIVE = Clause(DIRECTIVE_2025.key, "nhiệm vụ, giải pháp", certainty=Certainty.FOUND)
YEAR_NOTE = "Chưa có nguồn nào nêu cách đọc cả năm từ điểm các buổi; mức này là cách đọc của hệ thống."

SCORED = measured(
    "hd42.scored",
    "Mọi buổi sinh hoạt thường kỳ được chấm điểm và biểu quyết",
    (),
    Measure(metric="meeting_scored"),
    Operator.EQUAL,
)
FAIR = replace(
    measured(
        "hd42.year.fair",
        "Cả năm: mọi buổi thường kỳ đạt từ khá trở lên",
        (),
        Measure(metric="meeting_self_score_fair"),
        Operator.EQUAL,
    ),
    note=YEAR_NOTE,
)
GOOD = replace(
    measured(
        "hd42.year.good",
        "Cả năm: số tháng đạt loại tốt",
        (),
        Measure(metric="meeting_self_score_good"),
        Operator.AT_LEAST,
    ),
    note=YEAR_NOTE,
)
POOR = replace(
    zero("hd42.year.poor", "Cả năm: không có buổi loại kém", (), Measure(metric="meeting_self_score_poor")),
    note=YEAR_NOTE,
)

FRAME = Policy(
    code="national_meetings_2025",
    label="Chỉ thị 50-CT/TW và Hướng dẫn 42-HD/BTCTW (2025), chất lượng sinh hoạt chi bộ",
    issuer=MEETINGS_2025.issuer,
    version="2025-10-28",
    references=(MEETINGS_2025, DIRECTIVE_2025),
    in_force_from=ON,
    thresholds=(
        fixed(SCORED.key, "Buổi được chấm điểm", Unit.PERCENT, 100, ON),
        fixed(FAIR.key, "Buổi đạt từ khá trở lên", Unit.PERCENT, 100, ON),
        fixed(GOOD.key, "Số tháng đạt loại tốt", Unit.MONTHS, 7, ON),
        none_allowed(POOR.key, "Buổi loại kém", ON),
        *LIMITS,
    ),
    criteria=objectives((SCORED, FAIR, GOOD, POOR)),
    schemes=(
        Scheme(
            key="hd42.cell",
            subject=Subject.CELL,
            groups=(
                group("hd42.scoring", "Chấm điểm từng buổi", (SCORED,)),
                group("hd42.year", "Đọc cả năm", (FAIR, GOOD, POOR)),
            ),
            clauses=(DIRECTIVE, SHEET_CLAUSE),
        ),
    ),
    sheets=(SHEET,),
    adoptable=True,
)
