"""Who a cell's people are on the last day of the period: officers trained, members rated, remarks received; and the
cell's own months, rules and ratings."""

from __future__ import annotations

from bontot.db.models.member import RATINGS
from bontot.db.rolls import OFFICERS, holds_on, in_state
from bontot.evaluation.metrics.counted import OF_ONE, Deciding, Totals, counted
from bontot.evaluation.metrics.parts import CELLS_BELOW, LIFE, ON_ROLL, home_that_day, in_period
from bontot.evaluation.narrowing import wanted
from bontot.policy.counts import NONE_OF_ONE, NOTHING_REQUIRED, Course, Metric
from bontot.policy.terms import At, Subject

_OFFICERS = ", ".join(f"'{post}'" for post in OFFICERS)
_MEMBER = "'member' AS record, {} AS record_id, CAST(NULL AS date) AS day"


def rank(level: str) -> str:
    """The rank of a rating's level: 4 excellent … 1 not completed."""
    levels = ", ".join(f"'{rating}'" for rating in RATINGS)
    return f"array_position(ARRAY[{levels}], {level})"


def rated(rating: str) -> str:
    """The condition that a rating is the year's, and decided by the day of the evaluation."""
    return f"({rating}.year = :year AND ({rating}.decided_on IS NULL OR {rating}.decided_on <= :as_of))"


_IN_POST = f"""
SELECT DISTINCT ps.organisation_id, ps.member_id
FROM post AS ps JOIN member AS p ON p.id = ps.member_id AND (p.ended_on IS NULL OR p.ended_on > :last_day)
WHERE ps.kind IN ({_OFFICERS}) AND {holds_on("ps", ":last_day")} AND {wanted("ps.organisation_id")}
"""


def _training(kind: str) -> str:
    return f"""
SELECT ps.organisation_id AS subject_id,
       CAST(EXISTS (SELECT FROM training AS tr WHERE tr.member_id = ps.member_id AND tr.kind = '{kind}'
                    AND {in_period("tr.completed_on")}) AS integer) AS part,
       1 AS whole, {_MEMBER.format("ps.member_id")}
FROM ({_IN_POST}) AS ps
"""


REMARKS = f"""
SELECT roll.organisation_id AS subject_id, CAST(rr.member_id IS NOT NULL AS integer) AS part, 1 AS whole,
       {_MEMBER.format("roll.member_id")}
FROM ({ON_ROLL}) AS roll
LEFT JOIN residence_remark AS rr ON rr.member_id = roll.member_id AND rr.year = :year
     AND rr.received_on <= :as_of
WHERE roll.employment = 'working' AND NOT roll.exempt
  AND NOT {in_state("roll.member_id", ":last_day", "special_duty", "seconded_abroad")}
"""

RATED_GOOD = f"""
SELECT roll.organisation_id AS subject_id, CAST(coalesce(ar.level IN ('good', 'excellent'), false) AS integer) AS part,
       1 AS whole, {_MEMBER.format("roll.member_id")}, ar.level IS NOT NULL AS rated
FROM ({ON_ROLL}) AS roll
LEFT JOIN annual_rating AS ar ON ar.member_id = roll.member_id AND {rated("ar")}
WHERE NOT roll.exempt AND NOT roll.suspended
  AND (roll.admission_date IS NULL OR roll.admission_date <= CAST(:year_to - interval '6 months' AS date))
"""

OFFICERS_RATED_GOOD = f"""
SELECT ps.organisation_id AS subject_id, CAST(coalesce(ar.level IN ('good', 'excellent'), false) AS integer) AS part,
       1 AS whole, {_MEMBER.format("ps.member_id")}, ar.level IS NOT NULL AS rated
FROM ({_IN_POST}) AS ps
LEFT JOIN annual_rating AS ar ON ar.member_id = ps.member_id AND {rated("ar")}
"""
ONCE_RATED = Totals(part="CASE WHEN :period_to >= :year_to OR bool_or(rated) THEN sum(part) END")
"""Before the year is over nothing is known until somebody is rated."""

ADMISSIONS = f"""
SELECT home.organisation_id AS subject_id, 1 AS part, 0 AS whole,
       'member' AS record, p.id AS record_id, p.admission_date AS day
FROM member AS p
LEFT JOIN member_event AS e ON e.member_id = p.id AND e.kind = 'admission'
{home_that_day("p.id", "greatest(p.admission_date, e.day)")}
WHERE {in_period("p.admission_date")} AND {wanted("home.organisation_id")}
"""

"""By the day of the decision, of the cell joined at the ceremony where that was recorded: it comes after the decision."""

OWN_RATING = f"""
SELECT organisation_id AS subject_id, {rank("level")} AS part, 1 AS whole,
       'rating' AS record, id AS record_id, decided_on AS day
FROM annual_rating AS ar WHERE organisation_id IS NOT NULL AND {rated("ar")} AND {wanted("organisation_id")}
"""

CELLS_RATED = f"""
SELECT below.top AS subject_id, CAST(ar.level = 'not_completed' AS integer) AS part, 1 AS whole,
       'cell' AS record, below.organisation_id AS record_id, ar.decided_on AS day
FROM ({CELLS_BELOW}) AS below
JOIN annual_rating AS ar ON ar.organisation_id = below.organisation_id AND {rated("ar")}
"""


def _months(since: str, until: str) -> str:
    between = f"age({until}, {since})"
    return f"extract(year FROM {between}) * 12 + extract(month FROM {between})"


_KNOWN_END = "CASE WHEN ended_on < :period_to THEN ended_on END"
EXISTENCE = f"""
SELECT organisation_id AS subject_id, {_months("since", f"least({_KNOWN_END}, CAST(:year_to AS date))")} AS part,
       {_months("CAST(:period_from AS date)", "CAST(:year_to AS date)")} AS whole,
       CAST(NULL AS text) AS record, CAST(NULL AS bigint) AS record_id, CAST(NULL AS date) AS day
FROM ({LIFE}) AS life
"""
"""Whole months from founding to the year's end, also while the year runs: what exists is supposed to go on, and an end that
came later is not held against a run of before."""

REGULATED = f"""
SELECT organisation_id AS subject_id, 0 AS part, until - since AS whole,
       CAST(NULL AS text) AS record, CAST(NULL AS bigint) AS record_id, CAST(NULL AS date) AS day
FROM ({LIFE}) AS life
UNION ALL
SELECT organisation_id, upper(run) - lower(run), 0, 'regulation', CAST(NULL AS bigint), lower(run)
FROM (SELECT life.organisation_id,
             unnest(range_agg(daterange(greatest(rg.valid_from, since), least(rg.valid_to, until)))) AS run
      FROM ({LIFE}) AS life
      JOIN regulation AS rg ON rg.organisation_id = life.organisation_id AND rg.kind = 'working_regulation'
           AND rg.valid_from < until AND (rg.valid_to IS NULL OR since < rg.valid_to)
      GROUP BY life.organisation_id) AS covered
"""
"""Days on which at least one regulation is in force, counted once however many overlap."""

METRICS: tuple[Metric, ...] = (
    counted(
        "officer_training",
        "Bí thư, phó bí thư, chi ủy viên được bồi dưỡng nghiệp vụ",
        "cấp ủy viên được bồi dưỡng",
        "cấp ủy viên đương nhiệm",
        _training("skills"),
        empty=NOTHING_REQUIRED,
        course=Course.PEOPLE,
    ),
    counted(
        "officer_update",
        "Bí thư, phó bí thư, chi ủy viên được cập nhật kiến thức mới",
        "cấp ủy viên được cập nhật kiến thức",
        "cấp ủy viên đương nhiệm",
        _training("update"),
        empty=NOTHING_REQUIRED,
        course=Course.PEOPLE,
    ),
    counted(
        "residence_remarks",
        "Phiếu nhận xét của chi ủy nơi cư trú",
        "đảng viên đang công tác có phiếu nhận xét",
        "đảng viên đang công tác",
        REMARKS,
        empty=NOTHING_REQUIRED,
        course=Course.PEOPLE,
        shortest=At.END,
    ),
    counted(
        "members_rated_good",
        "Đảng viên xếp loại hoàn thành tốt nhiệm vụ trở lên",
        "đảng viên hoàn thành tốt nhiệm vụ trở lên",
        "đảng viên thuộc diện xếp loại",
        RATED_GOOD,
        empty=NOTHING_REQUIRED,
        totals=ONCE_RATED,
        course=Course.PEOPLE,
    ),
    counted(
        "officers_rated_good",
        "Bí thư, phó bí thư, cấp ủy viên xếp loại hoàn thành tốt nhiệm vụ trở lên",
        "cấp ủy viên hoàn thành tốt nhiệm vụ trở lên",
        "cấp ủy viên đương nhiệm",
        OFFICERS_RATED_GOOD,
        empty=NOTHING_REQUIRED,
        totals=ONCE_RATED,
        course=Course.PEOPLE,
        shortest=At.END,
    ),
    counted(
        "admissions",
        "Kết nạp đảng viên",
        "đảng viên mới kết nạp",
        "",
        ADMISSIONS,
        empty=NONE_OF_ONE,
        totals=OF_ONE,
        deciding=Deciding.COUNTED,
        course=Course.GROWS,
    ),
    counted(
        "annual_rating",
        "Xếp loại chất lượng năm của tổ chức đảng",
        "mức xếp loại",
        "",
        OWN_RATING,
        course=Course.YEARLY,
        shortest=At.END,
    ),
    counted(
        "cells_rated_not_completed",
        "Chi bộ xếp loại không hoàn thành nhiệm vụ",
        "chi bộ không hoàn thành nhiệm vụ",
        "chi bộ đã xếp loại",
        CELLS_RATED,
        subject=Subject.BASE_ORGANISATION,
        deciding=Deciding.COUNTED,
        course=Course.GROWS,
        shortest=At.END,
    ),
    counted(
        "months_of_existence",
        "Thời gian hoạt động trong năm",
        "tháng hoạt động",
        "tháng của kỳ",
        EXISTENCE,
        empty=NOTHING_REQUIRED,
        course=Course.SETTLED,
        shortest=At.END,
    ),
    counted(
        "regulation_days",
        "Quy chế làm việc có hiệu lực",
        "ngày có quy chế làm việc",
        "ngày hoạt động trong kỳ",
        REGULATED,
        empty=NOTHING_REQUIRED,
        course=Course.DAYS,
    ),
)
