"""What a cell's meetings show: when they were held, what was prepared, what came out of them.

Months and quarters count once their deadline, or their end, has passed; only those through all of which the cell existed.
"Both kinds" are regular and thematic meetings; a regular meeting with a thematic part of its own topic is one of each.
"""

from __future__ import annotations

from bontot.db.models.meeting import STEPS
from bontot.evaluation.metrics.counted import Deciding, counted
from bontot.evaluation.metrics.parts import (
    FIRST_REGULAR,
    HELD,
    MONTH_OVER,
    REQUIRED_MONTHS,
    THEMATIC,
    in_period,
)
from bontot.policy.counts import NOTHING_REQUIRED, Course
from bontot.policy.terms import At

_MONTHS = (
    f"({REQUIRED_MONTHS}) AS required LEFT JOIN ({FIRST_REGULAR}) AS first USING (organisation_id, month)"
)
_BOTH_KINDS = f"(SELECT * FROM ({HELD}) AS held WHERE kind IN ('regular', 'thematic')) AS m"

ON_TIME = f"""
SELECT organisation_id AS subject_id,
       CAST(coalesce(held_on = planned OR held_on BETWEEN earliest AND deadline, false) AS integer) AS part, 1 AS whole,
       'month' AS record, id AS record_id, month AS day
FROM {_MONTHS}
WHERE greatest(planned, deadline) < :due_before
"""

MONTHLY = f"""
SELECT organisation_id AS subject_id, CAST(id IS NOT NULL AS integer) AS part, 1 AS whole,
       'month' AS record, id AS record_id, month AS day
FROM {_MONTHS} WHERE {MONTH_OVER}
"""

SCORED_GOOD = f"""
SELECT organisation_id AS subject_id, CAST(coalesce(self_score_band = 'good', false) AS integer) AS part, 1 AS whole,
       'month' AS record, id AS record_id, month AS day
FROM {_MONTHS} WHERE {MONTH_OVER}
"""

SCORED_POOR = f"""
SELECT organisation_id AS subject_id, CAST(self_score_band = 'poor' AS integer) AS part, 1 AS whole,
       'meeting' AS record, id AS record_id, held_on AS day
FROM {_MONTHS} WHERE self_score_band IS NOT NULL
"""

SCORED_FAIR = f"""
SELECT organisation_id AS subject_id, CAST(coalesce(self_score_band IN ('good', 'fair'), false) AS integer) AS part,
       1 AS whole, 'meeting' AS record, id AS record_id, held_on AS day
FROM ({HELD}) AS held WHERE kind = 'regular'
"""

SCORED = f"""
SELECT organisation_id AS subject_id, CAST(self_score_band IS NOT NULL AS integer) AS part, 1 AS whole,
       'meeting' AS record, id AS record_id, held_on AS day
FROM ({HELD}) AS held WHERE kind = 'regular'
"""

COMMITTEE_MONTHLY = f"""
SELECT required.organisation_id AS subject_id, CAST(count(m.id) > 0 AS integer) AS part, 1 AS whole,
       'month' AS record, min(m.id) AS record_id, month AS day
FROM ({REQUIRED_MONTHS}) AS required
LEFT JOIN meeting AS m ON m.organisation_id = required.organisation_id AND m.kind = 'cell_committee_meeting'
     AND {in_period("m.held_on")} AND m.held_on >= month AND m.held_on < CAST(month + interval '1 month' AS date)
WHERE {MONTH_OVER} GROUP BY required.organisation_id, month
"""

QUARTERS = f"""
SELECT organisation_id AS subject_id, CAST(held >= :per_quarter AS integer) AS part, 1 AS whole,
       'quarter' AS record, id AS record_id, opens AS day
FROM ({THEMATIC}) AS quarter WHERE closes <= :due_before
"""

WITH_RESOLUTION = f"""
SELECT m.organisation_id AS subject_id, CAST(count(r.id) > 0 AS integer) AS part, 1 AS whole,
       'meeting' AS record, m.id AS record_id, m.held_on AS day
FROM ({HELD}) AS m LEFT JOIN resolution AS r ON r.meeting_id = m.id AND r.number <> ''
WHERE m.kind = 'regular' GROUP BY m.organisation_id, m.id, m.held_on
"""

CITING_SUPERIOR = f"""
SELECT m.organisation_id AS subject_id, CAST(r.cites_superior AS integer) AS part, 1 AS whole,
       'meeting' AS record, m.id AS record_id, m.held_on AS day
FROM ({HELD}) AS m JOIN resolution AS r ON r.meeting_id = m.id AND r.number <> ''
"""

WITH_MATERIALS = f"""
SELECT m.organisation_id AS subject_id, CAST(count(mm.id) >= :per_meeting AS integer) AS part, 1 AS whole,
       'meeting' AS record, m.id AS record_id, m.held_on AS day
FROM {_BOTH_KINDS} LEFT JOIN meeting_material AS mm ON mm.meeting_id = m.id
GROUP BY m.organisation_id, m.id, m.held_on
"""

SENT_BEFORE = f"""
SELECT organisation_id AS subject_id, CAST(coalesce(sent_on < held_on, false) AS integer) AS part, 1 AS whole,
       'meeting' AS record, id AS record_id, held_on AS day
FROM {_BOTH_KINDS}
"""

WITH_STEPS = f"""
SELECT m.organisation_id AS subject_id, CAST(count(s.step) = {len(STEPS)} AS integer) AS part, 1 AS whole,
       'meeting' AS record, m.id AS record_id, m.held_on AS day
FROM {_BOTH_KINDS} LEFT JOIN meeting_step AS s ON s.meeting_id = m.id
GROUP BY m.organisation_id, m.id, m.held_on
"""

SELF_CRITICAL = f"""
SELECT organisation_id AS subject_id, CAST(self_criticism AS integer) AS part, 1 AS whole,
       'meeting' AS record, id AS record_id, held_on AS day
FROM {_BOTH_KINDS}
"""

_MONTH_WORDS = "tháng phải sinh hoạt"

METRICS = (
    counted(
        "regular_meeting_on_time",
        "Sinh hoạt thường kỳ đúng lịch hoặc trong hạn",
        "tháng sinh hoạt đúng hạn",
        _MONTH_WORDS,
        ON_TIME,
        empty=NOTHING_REQUIRED,
        months=True,
        course=Course.MONTHS_ON_TIME,
    ),
    counted(
        "regular_meeting_monthly",
        "Sinh hoạt thường kỳ hằng tháng",
        "tháng có sinh hoạt thường kỳ",
        _MONTH_WORDS,
        MONTHLY,
        empty=NOTHING_REQUIRED,
        months=True,
        course=Course.MONTHS,
    ),
    counted(
        "thematic_quarters",
        "Sinh hoạt chuyên đề theo quý",
        "quý đủ sinh hoạt chuyên đề",
        "quý phải sinh hoạt",
        QUARTERS,
        empty=NOTHING_REQUIRED,
        parameters=("per_quarter",),
        course=Course.QUARTERS,
        shortest=At.EACH_QUARTER,
    ),
    counted(
        "committee_meeting_monthly",
        "Họp cấp ủy hằng tháng",
        "tháng có họp cấp ủy",
        "tháng phải họp",
        COMMITTEE_MONTHLY,
        empty=NOTHING_REQUIRED,
        months=True,
        course=Course.MONTH_BY_MONTH,
    ),
    counted(
        "meeting_resolution",
        "Buổi sinh hoạt ban hành nghị quyết",
        "buổi có nghị quyết được cấp số",
        "buổi sinh hoạt thường kỳ",
        WITH_RESOLUTION,
        course=Course.REGULAR,
    ),
    counted(
        "resolution_cites_superior",
        "Nghị quyết dẫn văn bản cấp trên",
        "nghị quyết dẫn văn bản cấp trên",
        "nghị quyết đã ban hành",
        CITING_SUPERIOR,
        course=Course.GROWS,
    ),
    counted(
        "meeting_materials",
        "Buổi sinh hoạt đủ tài liệu",
        "buổi đủ tài liệu",
        "buổi sinh hoạt",
        WITH_MATERIALS,
        parameters=("per_meeting",),
        course=Course.MEETINGS,
    ),
    counted(
        "meeting_materials_sent_before",
        "Gửi nội dung, tài liệu trước buổi sinh hoạt",
        "buổi gửi nội dung, tài liệu trước ít nhất 1 ngày",
        "buổi sinh hoạt",
        SENT_BEFORE,
        course=Course.MEETINGS,
    ),
    counted(
        "meeting_steps",
        "Buổi sinh hoạt đủ nội dung, đúng các bước",
        "buổi đủ các bước",
        "buổi sinh hoạt",
        WITH_STEPS,
        course=Course.MEETINGS,
    ),
    counted(
        "meeting_self_criticism",
        "Buổi sinh hoạt có tự phê bình và phê bình",
        "buổi có ghi tự phê bình và phê bình",
        "buổi sinh hoạt",
        SELF_CRITICAL,
        course=Course.MEETINGS,
    ),
    counted(
        "meeting_self_score_good",
        "Buổi sinh hoạt tự chấm loại tốt",
        "tháng tự chấm loại tốt",
        _MONTH_WORDS,
        SCORED_GOOD,
        empty=NOTHING_REQUIRED,
        months=True,
        course=Course.MONTHS,
    ),
    counted(
        "meeting_self_score_fair",
        "Buổi sinh hoạt tự chấm loại khá trở lên",
        "buổi tự chấm loại khá trở lên",
        "buổi sinh hoạt thường kỳ",
        SCORED_FAIR,
        course=Course.SCORES,
    ),
    counted(
        "meeting_scored",
        "Buổi sinh hoạt đã chấm điểm",
        "buổi đã chấm điểm",
        "buổi sinh hoạt thường kỳ",
        SCORED,
        course=Course.SCORES,
    ),
    counted(
        "meeting_self_score_poor",
        "Buổi sinh hoạt tự chấm loại kém",
        "buổi tự chấm loại kém",
        "buổi đã chấm điểm",
        SCORED_POOR,
        deciding=Deciding.COUNTED,
        months=True,
        course=Course.GROWS,
    ),
)
