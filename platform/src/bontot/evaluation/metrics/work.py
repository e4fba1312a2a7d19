"""Tasks, directives and the annual programme: what fell due in the period and how it ended.

A task is on time when done by its due day; it is overdue when its day has passed and it was not done by the end of the
period, whatever year it comes from. Only what was due before the day looked at is counted as due.
"""

from __future__ import annotations

from bontot.db.rolls import carried
from bontot.evaluation.metrics.counted import OF_ONE, Deciding, counted
from bontot.evaluation.metrics.parts import ON_ROLL
from bontot.evaluation.narrowing import wanted
from bontot.policy.counts import NONE_OF_ONE, NOTHING_REQUIRED, Course

DUE = "(t.due_on >= :period_from AND t.due_on < :due_before)"
OPEN_OR_DUE = "(t.due_on < :due_before AND (t.due_on >= :period_from OR t.done_on IS NULL OR t.done_on >= :period_from))"
"""Due in the period, or still open from before it."""
ON_TIME = "CAST(coalesce(t.done_on <= t.due_on, false) AS integer)"
OVERDUE = "CAST((t.done_on IS NULL OR t.done_on >= :period_to) AS integer)"
OF_YEAR = "(t.due_on >= :period_from AND t.due_on < :year_to)"

_TASK = "'task' AS record, t.id AS record_id, t.due_on AS day"
CARRIED_TASK = carried("t", ":last_day")
_OWN = f"FROM task AS t WHERE {wanted('t.organisation_id')} AND {CARRIED_TASK}"


def _tasks(part: str, which: str) -> str:
    return f"SELECT t.organisation_id AS subject_id, {part} AS part, 1 AS whole, {_TASK} {_OWN} AND {which}"


ASSIGNED = """
CAST(EXISTS (SELECT FROM task_assignment AS ta WHERE ta.task_id = t.id) AS integer)"""
FOLLOWED_UP = """
CAST(EXISTS (SELECT FROM follow_up AS f WHERE f.task_id = t.id AND f.checked_on < :period_to) AS integer)"""

WITH_TASK = f"""
SELECT roll.organisation_id AS subject_id,
       CAST(EXISTS (
           SELECT FROM task_assignment AS ta JOIN task AS t ON t.id = ta.task_id
           WHERE ta.member_id = roll.member_id AND t.organisation_id = roll.organisation_id
             AND t.origin = 'resolution' AND {OF_YEAR} AND {CARRIED_TASK}) AS integer) AS part,
       1 AS whole, 'member' AS record, roll.member_id AS record_id, CAST(NULL AS date) AS day
FROM ({ON_ROLL}) AS roll WHERE roll.employment = 'working' AND NOT roll.exempt
"""

EXEMPLARY = f"""
SELECT roll.organisation_id AS subject_id, CAST(sum({OVERDUE}) = 0 AS integer) AS part, 1 AS whole,
       'member' AS record, roll.member_id AS record_id, CAST(NULL AS date) AS day
FROM ({ON_ROLL}) AS roll
JOIN task_assignment AS ta ON ta.member_id = roll.member_id
JOIN task AS t ON t.id = ta.task_id AND t.organisation_id = roll.organisation_id AND {OPEN_OR_DUE} AND {CARRIED_TASK}
GROUP BY roll.organisation_id, roll.member_id
"""

DIRECTIVES = f"""
SELECT d.organisation_id AS subject_id,
       CAST(coalesce(d.answered_on > d.due_on, true) AS integer) AS part, 1 AS whole,
       'directive' AS record, d.id AS record_id, d.due_on AS day
FROM directive AS d
WHERE {wanted("d.organisation_id")} AND d.due_on >= :period_from AND d.due_on < :due_before AND {carried("d", ":last_day")}
"""

INITIATIVES = f"""
SELECT t.organisation_id AS subject_id, 1 AS part, 0 AS whole, {_TASK} {_OWN} AND t.origin = 'initiative' AND {OF_YEAR}
"""

METRICS = (
    counted(
        "task_on_time",
        "Nhiệm vụ, chỉ tiêu hoàn thành đúng hạn",
        "nhiệm vụ hoàn thành đúng hạn",
        "nhiệm vụ đến hạn",
        _tasks(ON_TIME, DUE),
        empty=NOTHING_REQUIRED,
        course=Course.DUE,
    ),
    counted(
        "task_overdue",
        "Nhiệm vụ tồn đọng, quá hạn",
        "nhiệm vụ quá hạn chưa xong",
        "nhiệm vụ đến hạn",
        _tasks(OVERDUE, OPEN_OR_DUE),
        empty=NOTHING_REQUIRED,
        deciding=Deciding.COUNTED,
        course=Course.MENDS,
    ),
    counted(
        "task_assigned",
        "Nhiệm vụ đã phân công",
        "nhiệm vụ có người được phân công",
        "nhiệm vụ trong năm",
        _tasks(ASSIGNED, OF_YEAR),
        empty=NOTHING_REQUIRED,
        course=Course.PEOPLE,
    ),
    counted(
        "task_followed_up",
        "Nhiệm vụ được kiểm tra, đôn đốc",
        "nhiệm vụ được kiểm tra, đôn đốc",
        "nhiệm vụ trong năm",
        _tasks(FOLLOWED_UP, OF_YEAR),
        empty=NOTHING_REQUIRED,
        course=Course.PEOPLE,
    ),
    counted(
        "resolution_items_on_schedule",
        "Nhiệm vụ theo nghị quyết chi bộ đúng tiến độ",
        "nhiệm vụ theo nghị quyết hoàn thành đúng hạn",
        "nhiệm vụ theo nghị quyết đến hạn",
        _tasks(ON_TIME, f"{DUE} AND t.origin = 'resolution'"),
        empty=NOTHING_REQUIRED,
        course=Course.DUE,
    ),
    counted(
        "programme_items_done",
        "Chương trình, kế hoạch năm",
        "nhiệm vụ theo chương trình đã hoàn thành",
        "nhiệm vụ theo chương trình đến hạn",
        _tasks(
            "CAST(coalesce(t.done_on < :period_to, false) AS integer)", f"{DUE} AND t.origin = 'programme'"
        ),
        empty=NOTHING_REQUIRED,
        course=Course.PEOPLE,
    ),
    counted(
        "task_assignment",
        "Đảng viên đang công tác được phân công nhiệm vụ cụ thể",
        "đảng viên đang công tác có nhiệm vụ theo nghị quyết",
        "đảng viên đang công tác",
        WITH_TASK,
        empty=NOTHING_REQUIRED,
        course=Course.PEOPLE,
    ),
    counted(
        "exemplary_members",
        "Đảng viên không có nhiệm vụ quá hạn",
        "đảng viên không có nhiệm vụ quá hạn",
        "đảng viên được giao nhiệm vụ",
        EXEMPLARY,
        empty=NOTHING_REQUIRED,
        course=Course.PEOPLE,
    ),
    counted(
        "directive_overdue",
        "Chỉ đạo của cấp trên chưa trả lời đúng hạn",
        "văn bản trả lời chậm hoặc chưa trả lời",
        "văn bản đến hạn trả lời",
        DIRECTIVES,
        empty=NOTHING_REQUIRED,
        deciding=Deciding.COUNTED,
        course=Course.GROWS,
    ),
    counted(
        "initiatives",
        "Sáng kiến, đổi mới",
        "sáng kiến, việc đổi mới",
        "",
        INITIATIVES,
        empty=NONE_OF_ONE,
        totals=OF_ONE,
        deciding=Deciding.COUNTED,
        course=Course.GROWS,
    ),
)
