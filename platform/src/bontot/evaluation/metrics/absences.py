"""Who stayed away from a cell's regular meetings: without reason, or with one too many times in a row.

By the attendance roll of each meeting's day: whom a meeting did not require is neither present nor absent, and that meeting
neither adds to a run of absences nor ends it.
"""

from __future__ import annotations

from bontot.db.models.meeting import ABSENT_EXCUSED, ABSENT_UNEXCUSED
from bontot.db.rolls import ATTENDANCE_ROLL
from bontot.evaluation.metrics.counted import Deciding, counted
from bontot.evaluation.metrics.parts import in_period
from bontot.evaluation.narrowing import wanted
from bontot.policy.counts import Course
from bontot.policy.terms import At

_MARKS = f"""
SELECT roll.organisation_id, roll.member_id, roll.meeting_id, roll.held_on, a.mark
FROM ({ATTENDANCE_ROLL}) AS roll
LEFT JOIN attendance AS a ON a.year = roll.year AND a.meeting_id = roll.meeting_id AND a.member_id = roll.member_id
WHERE roll.kind = 'regular' AND {in_period("roll.held_on")} AND {wanted("roll.organisation_id")}
"""

UNEXCUSED = f"""
SELECT organisation_id AS subject_id, count(*) FILTER (WHERE mark = {ABSENT_UNEXCUSED}) AS part, count(*) AS whole,
       'meeting' AS record, meeting_id AS record_id, held_on AS day
FROM ({_MARKS}) AS marks GROUP BY organisation_id, meeting_id, held_on
"""

_RUNS = f"""
SELECT marks.*, count(*) FILTER (WHERE mark IS DISTINCT FROM {ABSENT_EXCUSED}) OVER (
           PARTITION BY organisation_id, member_id ORDER BY held_on, meeting_id) AS run
FROM ({_MARKS}) AS marks
"""
"""Excused absences in a row of one member carry the same number."""

TOO_MANY = f"""
SELECT organisation_id AS subject_id, CAST(max(absent) > :in_a_row AS integer) AS part, 1 AS whole,
       'member' AS record, member_id AS record_id, CAST(NULL AS date) AS day
FROM (SELECT organisation_id, member_id, run, count(*) FILTER (WHERE mark = {ABSENT_EXCUSED}) AS absent
      FROM ({_RUNS}) AS runs GROUP BY organisation_id, member_id, run) AS lengths
GROUP BY organisation_id, member_id
"""

METRICS = (
    counted(
        "unexcused_absences",
        "Vắng sinh hoạt thường kỳ không lý do",
        "lượt vắng không lý do",
        "lượt phải dự",
        UNEXCUSED,
        deciding=Deciding.COUNTED,
        course=Course.GROWS,
    ),
    counted(
        "members_excused_in_a_row",
        "Đảng viên vắng có lý do nhiều buổi liên tiếp",
        "đảng viên vắng có lý do quá số buổi liên tiếp",
        "đảng viên phải dự",
        TOO_MANY,
        parameters=("in_a_row",),
        deciding=Deciding.COUNTED,
        course=Course.GROWS,
        shortest=At.END,
    ),
)
