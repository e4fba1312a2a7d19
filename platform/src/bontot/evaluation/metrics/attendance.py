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
from bontot.policy.model import Count, Facts, Metric

REMOVED = "excused_removed"
"""The choice of `excused` under which an excused absence leaves the denominator."""
POOLED, EACH_MEETING, MEAN = "pooled", "each_meeting", "mean_of_meetings"
"""The choices of `aggregation`: Σ present ÷ Σ required; the worst meeting; the mean of the meetings' ratios."""

_PARAMETERS = ("excused", "aggregation")

_ROLL = f"""
({ATTENDANCE_ROLL}) AS roll
LEFT JOIN attendance AS a ON a.year = :year AND a.meeting_id = roll.meeting_id AND a.member_id = roll.member_id
"""
_PRESENT = f"a.mark IN ({PRESENT}, {LATE})"
"""Told in what is counted, never in which rows: as a condition it makes the planner expect a handful of them."""
_OF_PERIOD = f"{in_period('roll.held_on')} AND {wanted('roll.organisation_id')}"


def _by_sheet(counted: str, kinds: str) -> str:
    """A row for each meeting of some kinds with its two integers, `counted`, from the rows `meeting_id, part, whole`;
    one that required nobody counts nothing."""
    return f"""
SELECT m.organisation_id AS subject_id, coalesce(sheet.part, 0) AS part, coalesce(sheet.whole, 0) AS whole,
       'meeting' AS record, m.id AS record_id, m.held_on AS day
FROM ({HELD}) AS m LEFT JOIN ({counted}) AS sheet ON sheet.meeting_id = m.id
WHERE m.kind IN ({kinds})
"""


SHEETS = _by_sheet(
    f"""
SELECT roll.meeting_id, count(*) FILTER (WHERE {_PRESENT}) AS part,
       count(*) FILTER (WHERE :excused <> '{REMOVED}' OR a.mark IS DISTINCT FROM {ABSENT_EXCUSED}) AS whole
FROM {_ROLL} WHERE roll.kind = 'regular' AND {_OF_PERIOD} GROUP BY roll.meeting_id""",
    "'regular'",
)
"""A row for each regular meeting, with its present and its required."""

SPEAKERS = _by_sheet(
    f"""
SELECT roll.meeting_id, count(s.member_id) FILTER (WHERE {_PRESENT}) AS part, count(*) FILTER (WHERE {_PRESENT}) AS whole
FROM {_ROLL}
LEFT JOIN (SELECT DISTINCT s.meeting_id, s.member_id
           FROM ({HELD}) AS m JOIN statement AS s ON s.meeting_id = m.id) AS s
     ON s.meeting_id = roll.meeting_id AND s.member_id = roll.member_id
WHERE {_OF_PERIOD} GROUP BY roll.meeting_id""",
    "'regular', 'thematic'",
)

_pooled = counted(
    "attendance",
    "Tỷ lệ đảng viên dự sinh hoạt",
    "lượt có mặt",
    "lượt phải dự",
    SHEETS,
    parameters=_PARAMETERS,
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
