"""Discipline, complaints, praise and care: counted in the year of their date, at the home cell of that day.

A decision that itself takes a post or membership away still finds the person where he or she was.
"""

from __future__ import annotations

from bontot.db.rolls import holds_on
from bontot.evaluation.metrics.counted import OF_ONE, Deciding, Totals, counted
from bontot.evaluation.metrics.parts import ON_ROLL, home_that_day, in_period
from bontot.evaluation.narrowing import wanted
from bontot.policy.counts import NONE_OF_ONE, NOTHING_REQUIRED, Course

_POST_ENDED_BY_IT = "(ps.valid_to = d.decided_on AND d.form IN ('dismissal', 'expulsion'))"
_MEMBERSHIP_ENDED_BY_IT = """(
    home.valid_to = d.decided_on AND d.form = 'expulsion'
    AND EXISTS (SELECT FROM member AS p WHERE p.id = d.member_id AND p.ended_on = d.decided_on))"""

_DISCIPLINE = "'discipline' AS record, d.id AS record_id, d.decided_on AS day"

ORGANISATION_DISCIPLINED = f"""
SELECT d.organisation_id AS subject_id, 1 AS part, 0 AS whole, {_DISCIPLINE}
FROM discipline AS d
WHERE d.organisation_id IS NOT NULL AND {in_period("d.decided_on")} AND {wanted("d.organisation_id")}
"""

HEAD_DISCIPLINED = f"""
{ORGANISATION_DISCIPLINED}
UNION ALL
SELECT ps.organisation_id, 1, 0, {_DISCIPLINE}
FROM discipline AS d
JOIN post AS ps ON ps.member_id = d.member_id AND ps.kind = 'secretary'
     AND ({holds_on("ps", "d.decided_on")} OR {_POST_ENDED_BY_IT})
WHERE {in_period("d.decided_on")} AND {wanted("ps.organisation_id")}
"""

MEMBER_DECISIONS = f"""
SELECT home.organisation_id AS subject_id, 1 AS part, 0 AS whole, {_DISCIPLINE}
FROM discipline AS d
JOIN membership AS home ON home.member_id = d.member_id AND home.kind = 'home'
     AND ({holds_on("home", "d.decided_on")} OR {_MEMBERSHIP_ENDED_BY_IT})
WHERE {in_period("d.decided_on")} AND {wanted("home.organisation_id")}
"""

MEMBERS_DISCIPLINED = f"""
{MEMBER_DECISIONS}
UNION ALL
SELECT roll.organisation_id, 0, 1, NULL, NULL, NULL FROM ({ON_ROLL}) AS roll
"""

COMPLAINTS = f"""
SELECT c.organisation_id AS subject_id, 1 AS part, 0 AS whole,
       'complaint' AS record, c.id AS record_id, c.received_on AS day
FROM complaint AS c
WHERE c.organisation_id IS NOT NULL AND {in_period("c.received_on")} AND {wanted("c.organisation_id")}
  AND (:complaints_mode <> 'founded_only' OR c.founded)
UNION ALL
SELECT home.organisation_id, 1, 0, 'complaint', c.id, c.received_on
FROM complaint AS c {home_that_day("c.member_id", "c.received_on")}
WHERE {in_period("c.received_on")} AND {wanted("home.organisation_id")}
  AND (:complaints_mode <> 'founded_only' OR c.founded)
"""

COMMENDATIONS = f"""
SELECT c.organisation_id AS subject_id, 1 AS part, 0 AS whole,
       'commendation' AS record, c.id AS record_id, c.awarded_on AS day
FROM commendation AS c
WHERE c.organisation_id IS NOT NULL AND {in_period("c.awarded_on")} AND {wanted("c.organisation_id")}
UNION ALL
SELECT home.organisation_id, 1, 0, 'commendation', c.id, c.awarded_on
FROM commendation AS c {home_that_day("c.member_id", "c.awarded_on")}
WHERE {in_period("c.awarded_on")} AND {wanted("home.organisation_id")}
"""

INSPECTIONS = f"""
SELECT organisation_id AS subject_id, 1 AS part, 0 AS whole,
       'inspection' AS record, id AS record_id, held_on AS day
FROM inspection WHERE {in_period("held_on")} AND {wanted("organisation_id")}
"""

CONCERNS = f"""
SELECT organisation_id AS subject_id, CAST(coalesce(answered_on < :period_to, false) AS integer) AS part, 1 AS whole,
       'concern' AS record, id AS record_id, raised_on AS day
FROM concern WHERE {in_period("raised_on")} AND {wanted("organisation_id")}
"""

_FOUND = "coalesce(d.found_on, d.decided_on)"

VIOLATIONS = f"""
SELECT d.organisation_id AS subject_id, CAST(d.decided_on < :period_to AS integer) AS part, 1 AS whole,
       {_DISCIPLINE}
FROM discipline AS d
WHERE d.organisation_id IS NOT NULL AND {in_period(_FOUND)} AND {wanted("d.organisation_id")}
UNION ALL
SELECT home.organisation_id, CAST(d.decided_on < :period_to AS integer), 1, {_DISCIPLINE}
FROM discipline AS d {home_that_day("d.member_id", _FOUND)}
WHERE {in_period(_FOUND)} AND {wanted("home.organisation_id")}
"""

METRICS = (
    counted(
        "organisation_disciplined",
        "Tổ chức đảng bị kỷ luật trong năm",
        "quyết định kỷ luật tổ chức đảng",
        "",
        ORGANISATION_DISCIPLINED,
        empty=NONE_OF_ONE,
        totals=OF_ONE,
        deciding=Deciding.COUNTED,
        course=Course.GROWS,
    ),
    counted(
        "organisation_or_members_disciplined",
        "Tổ chức đảng hoặc đảng viên bị kỷ luật trong năm",
        "quyết định kỷ luật tổ chức hoặc đảng viên",
        "",
        f"{ORGANISATION_DISCIPLINED} UNION ALL {MEMBER_DECISIONS}",
        empty=NONE_OF_ONE,
        totals=OF_ONE,
        deciding=Deciding.COUNTED,
        course=Course.GROWS,
    ),
    counted(
        "organisation_or_secretary_disciplined",
        "Tổ chức đảng hoặc bí thư bị kỷ luật trong năm",
        "quyết định kỷ luật tổ chức hoặc bí thư",
        "",
        HEAD_DISCIPLINED,
        empty=NONE_OF_ONE,
        totals=OF_ONE,
        deciding=Deciding.COUNTED,
        course=Course.GROWS,
    ),
    counted(
        "members_disciplined",
        "Đảng viên bị kỷ luật trong năm",
        "quyết định kỷ luật đảng viên",
        "đảng viên",
        MEMBERS_DISCIPLINED,
        empty=NONE_OF_ONE,
        totals=Totals(whole="greatest(1, sum(whole))"),
        deciding=Deciding.COUNTED,
        course=Course.GROWS,
    ),
    counted(
        "complaints",
        "Đơn thư khiếu nại, tố cáo",
        "đơn thư khiếu nại, tố cáo",
        "",
        COMPLAINTS,
        empty=NONE_OF_ONE,
        parameters=("complaints_mode",),
        choices=(("complaints_mode", ("any", "founded_only")),),
        totals=OF_ONE,
        deciding=Deciding.COUNTED,
        course=Course.GROWS,
    ),
    counted(
        "commendations",
        "Biểu dương, khen thưởng",
        "lượt biểu dương, khen thưởng",
        "",
        COMMENDATIONS,
        empty=NONE_OF_ONE,
        totals=OF_ONE,
        deciding=Deciding.COUNTED,
        course=Course.GROWS,
    ),
    counted(
        "inspections",
        "Kiểm tra, giám sát",
        "cuộc kiểm tra, giám sát",
        "",
        INSPECTIONS,
        empty=NONE_OF_ONE,
        totals=OF_ONE,
        deciding=Deciding.COUNTED,
        course=Course.GROWS,
    ),
    counted(
        "concerns_answered",
        "Tâm tư, nguyện vọng được trả lời",
        "ý kiến đã trả lời",
        "ý kiến nêu trong năm",
        CONCERNS,
        empty=NOTHING_REQUIRED,
        course=Course.PEOPLE,
    ),
    counted(
        "violations_handled",
        "Vi phạm đã xử lý",
        "vi phạm đã có quyết định",
        "vi phạm phát hiện trong năm",
        VIOLATIONS,
        empty=NOTHING_REQUIRED,
        course=Course.PEOPLE,
    ),
)
