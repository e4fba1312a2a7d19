"""What one member's own records show, in every cell he or she belonged to in the year."""

from __future__ import annotations

from bontot.db.models.meeting import ABSENT_EXCUSED, ABSENT_UNEXCUSED, LATE, PRESENT
from bontot.db.rolls import ATTENDANCE_ROLL, in_state
from bontot.evaluation.metrics.counted import OF_ONE, Deciding, Totals, counted
from bontot.evaluation.metrics.parts import in_period
from bontot.evaluation.metrics.people import rank, rated
from bontot.evaluation.metrics.work import CARRIED_TASK, DUE, ON_TIME, OPEN_OR_DUE, OVERDUE
from bontot.evaluation.narrowing import wanted, wanted_through
from bontot.policy.counts import NONE_OF_ONE, NOTHING_REQUIRED, Course
from bontot.policy.terms import At, Subject

OWN_MEETINGS = f"""
SELECT roll.member_id, roll.meeting_id, roll.held_on, a.mark
FROM ({ATTENDANCE_ROLL}) AS roll
LEFT JOIN attendance AS a ON a.year = :year AND a.meeting_id = roll.meeting_id AND a.member_id = roll.member_id
WHERE roll.kind IN ('regular', 'thematic') AND {in_period("roll.held_on")} AND {wanted("roll.member_id")}
  AND {wanted_through("roll.organisation_id", "SELECT organisation_id FROM membership WHERE member_id")}
"""
"""Regular and thematic meetings at which each member was required, with the mark, if any."""

UNEXCUSED = f"""
SELECT member_id AS subject_id, CAST(coalesce(mark = {ABSENT_UNEXCUSED}, false) AS integer) AS part, 1 AS whole,
       'meeting' AS record, meeting_id AS record_id, held_on AS day
FROM ({OWN_MEETINGS}) AS own
"""

EXCUSED_RUNS = f"""
SELECT member_id AS subject_id,
       CASE WHEN mark = {ABSENT_EXCUSED} THEN row_number() OVER (
           PARTITION BY member_id, run ORDER BY held_on, meeting_id) ELSE 0 END AS part,
       1 AS whole, 'meeting' AS record, meeting_id AS record_id, held_on AS day
FROM (SELECT own.*, count(*) FILTER (WHERE mark IS DISTINCT FROM {ABSENT_EXCUSED}) OVER (
                 PARTITION BY member_id ORDER BY held_on, meeting_id) * 2
                 + CAST(mark IS NOT DISTINCT FROM {ABSENT_EXCUSED} AS integer) AS run
      FROM ({OWN_MEETINGS}) AS own) AS marked
"""
"""For each meeting how many excused absences in a row end there; any other mark, or none, ends the run."""

_PRESENT = f"coalesce(own.mark IN ({PRESENT}, {LATE}), false)"

STATEMENTS = f"""
SELECT own.member_id AS subject_id, count(s.id) FILTER (WHERE {_PRESENT}) AS part, CAST({_PRESENT} AS integer) AS whole,
       CASE WHEN {_PRESENT} THEN 'meeting' END AS record, own.meeting_id AS record_id, own.held_on AS day
FROM ({OWN_MEETINGS}) AS own
LEFT JOIN statement AS s ON s.meeting_id = own.meeting_id AND s.member_id = own.member_id
GROUP BY own.member_id, own.meeting_id, own.held_on, own.mark
"""
"""Absences are rows that count nothing and are not listed: as a condition, presence makes the planner expect few rows."""

ARREARS = f"""
SELECT member_id AS subject_id, CAST(paid < due AND NOT exempt AS integer) AS part, 1 AS whole,
       'fee' AS record, CAST(NULL AS bigint) AS record_id, month AS day
FROM fee
WHERE month >= :period_from AND CAST(month + interval '1 month' AS date) <= :due_before AND {wanted("member_id")}
"""

DISCIPLINED = f"""
SELECT d.member_id AS subject_id, 1 AS part, 0 AS whole,
       'discipline' AS record, d.id AS record_id, d.decided_on AS day
FROM discipline AS d
WHERE d.member_id IS NOT NULL AND {in_period("d.decided_on")} AND {wanted("d.member_id")}
"""


def _tasks(part: str, which: str) -> str:
    return f"""
SELECT ta.member_id AS subject_id, {part} AS part, 1 AS whole, 'task' AS record, t.id AS record_id, t.due_on AS day
FROM task_assignment AS ta JOIN task AS t ON t.id = ta.task_id
WHERE {which} AND {CARRIED_TASK} AND {wanted("ta.member_id")}
"""


EMULATION = f"""
SELECT c.member_id AS subject_id, 1 AS part, 0 AS whole,
       'commendation' AS record, c.id AS record_id, c.awarded_on AS day
FROM commendation AS c
WHERE c.member_id IS NOT NULL AND {in_period("c.awarded_on")} AND {wanted("c.member_id")}
UNION ALL
SELECT rg.member_id, 1, 0, 'registration', rg.id, rg.signed_on
FROM registration AS rg
WHERE rg.member_id IS NOT NULL AND rg.year = :year AND rg.signed_on <= :as_of AND {wanted("rg.member_id")}
"""

REMARK = f"""
SELECT p.id AS subject_id, CAST(rr.member_id IS NOT NULL AS integer) AS part, 1 AS whole,
       CAST(NULL AS text) AS record, CAST(NULL AS bigint) AS record_id, rr.received_on AS day
FROM member AS p
LEFT JOIN residence_remark AS rr ON rr.member_id = p.id AND rr.year = :year
     AND rr.received_on <= :as_of
WHERE p.employment = 'working' AND {wanted("p.id")}
  AND NOT {in_state("p.id", ":last_day", "exempt")}
"""

RATING = f"""
SELECT member_id AS subject_id, {rank("level")} AS part, 1 AS whole,
       'rating' AS record, id AS record_id, decided_on AS day
FROM annual_rating AS ar
WHERE member_id IS NOT NULL AND {rated("ar")} AND {wanted("member_id")}
"""

METRICS = (
    counted(
        "own_unexcused_absence",
        "Vắng sinh hoạt không lý do",
        "buổi vắng không lý do",
        "buổi phải dự",
        UNEXCUSED,
        subject=Subject.MEMBER,
        empty=NOTHING_REQUIRED,
        deciding=Deciding.COUNTED,
        course=Course.GROWS,
    ),
    counted(
        "own_excused_run",
        "Vắng có lý do liên tiếp",
        "buổi vắng có lý do liên tiếp",
        "buổi phải dự",
        EXCUSED_RUNS,
        subject=Subject.MEMBER,
        empty=NOTHING_REQUIRED,
        deciding=Deciding.COUNTED,
        totals=Totals(part="max(part)"),
        course=Course.GROWS,
        shortest=At.END,
    ),
    counted(
        "own_statements",
        "Ý kiến đóng góp trong sinh hoạt",
        "ý kiến được ghi nhận",
        "buổi có mặt",
        STATEMENTS,
        subject=Subject.MEMBER,
        empty=NOTHING_REQUIRED,
        course=Course.GROWS,
    ),
    counted(
        "fee_arrears_months",
        "Đóng đảng phí",
        "tháng chưa đóng đủ",
        "tháng trong sổ đảng phí",
        ARREARS,
        subject=Subject.MEMBER,
        deciding=Deciding.COUNTED,
        course=Course.MENDS,
    ),
    counted(
        "own_discipline",
        "Kỷ luật đảng viên",
        "quyết định kỷ luật trong năm",
        "",
        DISCIPLINED,
        subject=Subject.MEMBER,
        empty=NONE_OF_ONE,
        totals=OF_ONE,
        deciding=Deciding.COUNTED,
        course=Course.GROWS,
    ),
    counted(
        "own_tasks_on_time",
        "Nhiệm vụ được giao hoàn thành đúng hạn",
        "nhiệm vụ hoàn thành đúng hạn",
        "nhiệm vụ đến hạn",
        _tasks(ON_TIME, DUE),
        subject=Subject.MEMBER,
        empty=NOTHING_REQUIRED,
        course=Course.DUE,
    ),
    counted(
        "own_tasks_overdue",
        "Nhiệm vụ được giao quá hạn chưa xong",
        "nhiệm vụ quá hạn chưa xong",
        "nhiệm vụ đến hạn",
        _tasks(OVERDUE, OPEN_OR_DUE),
        subject=Subject.MEMBER,
        empty=NOTHING_REQUIRED,
        deciding=Deciding.COUNTED,
        course=Course.MENDS,
    ),
    counted(
        "own_hard_tasks",
        "Nhiệm vụ khó, phức tạp đã nhận",
        "nhiệm vụ khó đã hoàn thành",
        "nhiệm vụ khó đã nhận",
        _tasks(
            "CAST(coalesce(t.done_on < :period_to, false) AS integer)",
            "t.hard AND t.due_on >= :period_from AND t.due_on < :year_to",
        ),
        subject=Subject.MEMBER,
        empty=NOTHING_REQUIRED,
        course=Course.GROWS,
    ),
    counted(
        "own_emulation",
        "Tham gia phong trào thi đua",
        "lượt khen thưởng, đăng ký thi đua",
        "",
        EMULATION,
        subject=Subject.MEMBER,
        empty=NONE_OF_ONE,
        totals=OF_ONE,
        deciding=Deciding.COUNTED,
        course=Course.GROWS,
    ),
    counted(
        "own_residence_remark",
        "Phiếu nhận xét nơi cư trú",
        "phiếu nhận xét đã nhận",
        "phiếu được yêu cầu",
        REMARK,
        subject=Subject.MEMBER,
        empty=NOTHING_REQUIRED,
        course=Course.PEOPLE,
        shortest=At.END,
    ),
    counted(
        "own_annual_rating",
        "Xếp loại chất lượng năm của đảng viên",
        "mức xếp loại",
        "",
        RATING,
        subject=Subject.MEMBER,
        course=Course.YEARLY,
        shortest=At.END,
    ),
)
