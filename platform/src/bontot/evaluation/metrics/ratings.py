"""The yearly ratings below a base organisation: how many are excellent of those a cap is reckoned on, and who was rated
though the rules leave him or her out.

A cap of 20 % on `base` rated subjects allows floor(0.20 × base): exactly the whole numbers that are at most 20 % of it.
"""

from __future__ import annotations

from bontot.db.rolls import headcount
from bontot.evaluation.metrics.counted import Deciding, Totals, counted
from bontot.evaluation.metrics.parts import CELLS_BELOW
from bontot.evaluation.metrics.people import rated
from bontot.policy.counts import NOTHING_REQUIRED, Course
from bontot.policy.terms import At, Subject

ONLY_GOOD, GOOD_OR_BETTER, ALL = "good", "good_or_better", "all"
"""The choices of `cap_base`: of whom the excellent may be a share."""

_IN_BASE = f"""CAST(CASE CAST(:cap_base AS text) WHEN '{ONLY_GOOD}' THEN ar.level = 'good'
                     WHEN '{GOOD_OR_BETTER}' THEN ar.level IN ('good', 'excellent') ELSE true END AS integer)"""
_EXCELLENT = "CAST(ar.level = 'excellent' AS integer)"

CELLS = f"""
SELECT below.top AS subject_id, {_EXCELLENT} AS part, {_IN_BASE} AS whole,
       'cell' AS record, below.organisation_id AS record_id, ar.decided_on AS day
FROM ({CELLS_BELOW}) AS below JOIN annual_rating AS ar ON ar.organisation_id = below.organisation_id AND {rated("ar")}
"""

_MEMBERS = f"""
FROM ({CELLS_BELOW}) AS below
JOIN ({headcount(":last_day")}) AS roll ON roll.organisation_id = below.organisation_id
JOIN annual_rating AS ar ON ar.member_id = roll.member_id AND {rated("ar")}
"""
_MEMBER = "'member' AS record, roll.member_id AS record_id, ar.decided_on AS day"

MEMBERS = f"SELECT below.top AS subject_id, {_EXCELLENT} AS part, {_IN_BASE} AS whole, {_MEMBER} {_MEMBERS}"

LEFT_OUT = """(roll.exempt OR roll.suspended
    OR roll.admission_date > CAST(:year_to - make_interval(months => :months) AS date))"""

RATED_THOUGH_LEFT_OUT = f"""
SELECT below.top AS subject_id, CAST(coalesce({LEFT_OUT}, false) AS integer) AS part, 1 AS whole, {_MEMBER} {_MEMBERS}
"""

OF_BASE = Totals(whole="greatest(sum(whole), least(sum(part), 1))")
"""Where some are excellent and nobody is in the base, the base is 1: of either, a cap below 100 % allows nobody."""

METRICS = (
    counted(
        "excellent_cells",
        "Chi bộ hoàn thành xuất sắc nhiệm vụ",
        "chi bộ hoàn thành xuất sắc",
        "chi bộ làm gốc tính tỷ lệ",
        CELLS,
        subject=Subject.BASE_ORGANISATION,
        parameters=("cap_base",),
        choices=(("cap_base", (ONLY_GOOD, GOOD_OR_BETTER, ALL)),),
        totals=OF_BASE,
        deciding=Deciding.COUNTED,
        course=Course.YEARLY,
        shortest=At.END,
    ),
    counted(
        "excellent_members",
        "Đảng viên hoàn thành xuất sắc nhiệm vụ",
        "đảng viên hoàn thành xuất sắc",
        "đảng viên làm gốc tính tỷ lệ",
        MEMBERS,
        subject=Subject.BASE_ORGANISATION,
        parameters=("cap_base",),
        choices=(("cap_base", (ONLY_GOOD, GOOD_OR_BETTER, ALL)),),
        totals=OF_BASE,
        deciding=Deciding.COUNTED,
        course=Course.YEARLY,
        shortest=At.END,
    ),
    counted(
        "rated_though_left_out",
        "Đảng viên không thuộc diện xếp loại mà có xếp loại",
        "đảng viên không thuộc diện",
        "đảng viên đã xếp loại",
        RATED_THOUGH_LEFT_OUT,
        subject=Subject.BASE_ORGANISATION,
        empty=NOTHING_REQUIRED,
        parameters=("months",),
        deciding=Deciding.COUNTED,
        course=Course.MENDS,
        shortest=At.END,
    ),
)
