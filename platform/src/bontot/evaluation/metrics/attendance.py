"""Presence at regular meetings, by the attendance roll of each meeting's day, and who spoke.

An excused absence stays in the denominator unless the plan removes it; an exempt member who came is on neither side; a
required member without a mark is not present.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import groupby
from operator import itemgetter

from bontot.db.models.meeting import ABSENT_EXCUSED, LATE, PRESENT
from bontot.db.rolls import ATTENDANCE_ROLL
from bontot.evaluation.metrics.counted import binds, counted
from bontot.evaluation.metrics.parts import HELD, in_period, wanted
from bontot.policy.model import Count, Course, Facts, Metric

REMOVED = "excused_removed"
"""The choice of `excused` under which an excused absence leaves the denominator."""
POOLED, EACH_MEETING, MEAN = "pooled", "each_meeting", "mean_of_meetings"
"""The choices of `aggregation`: Σ present ÷ Σ required; the worst meeting; the mean of the meetings' ratios."""

_PARAMETERS = ("excused", "aggregation")

SHEETS = f"""
SELECT m.organisation_id AS subject_id,
       count(a.mark) FILTER (WHERE a.mark IN ({PRESENT}, {LATE})) AS part,
       count(roll.member_id) FILTER (
           WHERE :excused <> '{REMOVED}' OR a.mark IS DISTINCT FROM {ABSENT_EXCUSED}) AS whole,
       'meeting' AS record, m.id AS record_id, m.held_on AS day
FROM ({HELD}) AS m
LEFT JOIN ({ATTENDANCE_ROLL}) AS roll
     ON roll.meeting_id = m.id AND {in_period("roll.held_on")} AND {wanted("roll.organisation_id")}
LEFT JOIN attendance AS a ON a.year = m.year AND a.meeting_id = m.id AND a.member_id = roll.member_id
WHERE m.kind = 'regular' GROUP BY m.organisation_id, m.id, m.held_on
"""
"""A row for each regular meeting, with its present and its required."""

SPEAKERS = f"""
SELECT m.organisation_id AS subject_id, count(s.member_id) AS part, count(a.member_id) AS whole,
       'meeting' AS record, m.id AS record_id, m.held_on AS day
FROM ({HELD}) AS m
LEFT JOIN ({ATTENDANCE_ROLL}) AS roll
     ON roll.meeting_id = m.id AND {in_period("roll.held_on")} AND {wanted("roll.organisation_id")}
LEFT JOIN attendance AS a ON a.year = m.year AND a.meeting_id = m.id AND a.member_id = roll.member_id
     AND a.mark IN ({PRESENT}, {LATE})
LEFT JOIN (SELECT DISTINCT meeting_id, member_id FROM statement) AS s
     ON s.meeting_id = m.id AND s.member_id = a.member_id
WHERE m.kind IN ('regular', 'thematic') GROUP BY m.organisation_id, m.id, m.held_on
"""

_pooled = counted(
    "attendance",
    "Tỷ lệ đảng viên dự sinh hoạt",
    "lượt có mặt",
    "lượt phải dự",
    SHEETS,
    parameters=_PARAMETERS,
    course=Course.PRESENCE,
)


def _count(facts: Facts) -> Iterable[Count]:
    """Pooled in the database; the other two from one row a meeting, in exact fractions."""
    how = facts.value("aggregation")
    if how == POOLED:
        return _pooled.count(facts)
    rows = facts.select(
        f"SELECT subject_id, part, whole FROM ({SHEETS}) AS sheet ORDER BY subject_id",
        **binds(facts, parameters=_PARAMETERS),
    )
    return _by_meeting(rows, mean=how == MEAN)


def _by_meeting(rows: Iterable[tuple[int, int, int]], *, mean: bool) -> Iterator[Count]:
    """A subject all of whose meetings required nobody has nothing to aggregate, and says so with a whole of 0."""
    for subject_id, sheets in groupby(rows, key=itemgetter(0)):
        counts = [(part, whole) for _, part, whole in sheets if whole]
        ratios = [Fraction(part, whole) for part, whole in counts]
        if not ratios:
            yield subject_id, 0, 0
        elif mean:
            average = sum(ratios, Fraction()) / len(ratios)
            yield subject_id, average.numerator, average.denominator
        else:
            yield subject_id, *counts[ratios.index(min(ratios))]


METRICS = (
    Metric(
        key=_pooled.key,
        subject=_pooled.subject,
        label=_pooled.label,
        part_words=_pooled.part_words,
        whole_words=_pooled.whole_words,
        count=_count,
        parameters=_PARAMETERS,
        pooled=_pooled.count,
        course=_pooled.course,
        records=_pooled.records,
    ),
    counted(
        "meeting_speakers",
        "Đảng viên phát biểu trong buổi sinh hoạt",
        "lượt phát biểu",
        "lượt có mặt",
        SPEAKERS,
    ),
)
