"""Presence at regular meetings, by the attendance roll of each meeting's day, and who spoke.

An excused absence stays in the denominator unless the plan removes it; an exempt member who came is on neither side; a
required member without a mark is not present.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from typing import Any

from bontot.db.models.meeting import ABSENT_EXCUSED, LATE, PRESENT
from bontot.db.rolls import ATTENDANCE_ROLL
from bontot.evaluation.metrics.counted import binds, counted
from bontot.evaluation.metrics.parts import HELD, in_period
from bontot.evaluation.narrowing import wanted
from bontot.policy.counts import Count, Course, Facts, Metric

REMOVED = "excused_removed"
"""The choice of `excused` under which an excused absence leaves the denominator."""
POOLED, EACH_MEETING, MEAN = "pooled", "each_meeting", "mean_of_meetings"
"""The choices of `aggregation`: Σ present ÷ Σ required; the worst meeting; the mean of the meetings' ratios."""

OFFICIAL_ONLY, LATE_ABSENT = "official_only", "late_is_absent"
"""The choices of `required` and `late` that are not the platform's reading: probationary members are in neither integer;
who came late was not present."""

_PARAMETERS = ("excused", "aggregation", "required", "late")
_DEFAULTS = (("required", "all"), ("late", "late_is_present"))
_CHOICES = (
    ("excused", ("excused_counted", REMOVED)),
    ("aggregation", (POOLED, EACH_MEETING, MEAN)),
    ("required", ("all", OFFICIAL_ONLY)),
    ("late", ("late_is_present", LATE_ABSENT)),
)


def _by_sheet(part: str, whole: str, kinds: str) -> str:
    """A row for each meeting of some kinds that required somebody, with its two integers, and a row of nothing for each
    that was held, so that a cell is counted whose meetings required nobody.

    The two are not joined: a plan kept for any cell would count every sheet once for every meeting.
    """
    return f"""
SELECT roll.organisation_id AS subject_id, count(*) FILTER (WHERE {part}) AS part, count(*) FILTER (WHERE {whole}) AS whole,
       'meeting' AS record, roll.meeting_id AS record_id, roll.held_on AS day
FROM ({ATTENDANCE_ROLL}) AS roll
LEFT JOIN attendance AS a ON a.year = :year AND a.meeting_id = roll.meeting_id AND a.member_id = roll.member_id
WHERE roll.kind IN ({kinds}) AND {in_period("roll.held_on")} AND {wanted("roll.organisation_id")}
GROUP BY roll.organisation_id, roll.meeting_id, roll.held_on
UNION ALL
SELECT organisation_id, 0, 0, NULL, id, held_on FROM ({HELD}) AS held WHERE kind IN ({kinds})
"""


_PRESENT = f"a.mark IN ({PRESENT}, {LATE})"
"""Told in what is counted, never in which rows: as a condition it makes the planner expect a handful of them."""
_SPOKE = """
EXISTS (SELECT FROM statement AS s WHERE s.meeting_id = roll.meeting_id AND s.member_id = roll.member_id)"""

_REQUIRED = f"""(:required <> '{OFFICIAL_ONLY}' OR EXISTS (
    SELECT FROM member AS p WHERE p.id = roll.member_id AND p.official_date <= roll.held_on))"""
_IN_TIME = f"(:late <> '{LATE_ABSENT}' OR a.mark = {PRESENT})"

SHEETS = _by_sheet(
    f"{_PRESENT} AND {_IN_TIME} AND {_REQUIRED}",
    f"(:excused <> '{REMOVED}' OR a.mark IS DISTINCT FROM {ABSENT_EXCUSED}) AND {_REQUIRED}",
    "'regular'",
)
"""Each regular meeting with its present and its required."""

SPEAKERS = _by_sheet(f"{_PRESENT} AND {_SPOKE}", _PRESENT, "'regular', 'thematic'")
"""Each regular and thematic meeting with its speakers and its present."""

_pooled = counted(
    "attendance",
    "Tỷ lệ đảng viên dự sinh hoạt",
    "lượt có mặt",
    "lượt phải dự",
    SHEETS,
    parameters=_PARAMETERS,
    defaults=_DEFAULTS,
    choices=_CHOICES,
    course=Course.PRESENCE,
)


def _count(facts: Facts) -> Iterable[Count]:
    """Pooled in the database; the other two from one row a meeting, in exact fractions."""
    how = facts.value("aggregation")
    if how == POOLED:
        return _pooled.count(facts)
    return _by_meeting(sheets(facts), mean=how == MEAN)


def sheets(facts: Facts) -> Iterable[tuple[int, int, int]]:
    """`(cell, present, required)` of every regular meeting, one cell after another; one that required nobody has a whole of
    0."""
    rows: Iterable[Any] = facts.select(
        f"SELECT subject_id, part, whole FROM ({SHEETS}) AS sheet ORDER BY subject_id",
        **binds(facts, parameters=_PARAMETERS),
    )
    return rows


def _by_meeting(rows: Iterable[tuple[int, int, int]], *, mean: bool) -> Iterator[Count]:
    """A subject all of whose meetings required nobody has nothing to aggregate, and says so with a whole of 0."""
    for subject_id, held in groupby(rows, key=itemgetter(0)):
        counts = [(part, whole) for _, part, whole in held if whole]
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
        defaults=_DEFAULTS,
        choices=_CHOICES,
        pooled=_pooled.count,
        course=_pooled.course,
        sums_at=("aggregation", POOLED),
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
