"""How the platform writes a metric: one SELECT of the things counted, summed for the count, listed for the records.

The same text gives both, so that what an explanation links to is what was counted. Its columns:
`subject_id, part, whole, record, record_id, day` — what one thing adds to the two integers, and how it is named. A row
without `record` is counted and not listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Any

from bontot.policy.counts import NO_DATA, Count, Course, Facts, Metric, Record
from bontot.policy.terms import At, Subject

LISTED = 60
"""At most so many records of one finding; a year of meetings and most rolls fit."""


class Deciding(StrEnum):
    """Which of the things counted decided, and are listed first."""

    MISSING = "whole - part"
    """Those that fell short: the more of the part, the better."""
    COUNTED = "part"
    """Those that were counted: the fewer, the better."""


@dataclass(frozen=True, slots=True)
class Totals:
    """How the rows of a subject become its two integers, as SQL aggregates."""

    part: str = "sum(part)"
    whole: str = "sum(whole)"


SUMS = Totals()
OF_ONE = Totals(whole="1")


def counted(
    key: str,
    label: str,
    part_words: str,
    whole_words: str,
    items: str,
    *,
    subject: Subject = Subject.CELL,
    empty: tuple[int | None, int] = NO_DATA,
    parameters: tuple[str, ...] = (),
    defaults: tuple[tuple[str, str], ...] = (),
    choices: tuple[tuple[str, tuple[str, ...]], ...] = (),
    deciding: Deciding = Deciding.MISSING,
    totals: Totals = SUMS,
    months: bool = False,
    course: Course | None = None,
    shortest: At = At.EACH_MONTH,
) -> Metric:
    """A metric from its SELECT of things counted. `months` binds the required months, see `REQUIRED_MONTHS`."""
    bind = partial(binds, parameters=parameters, months=months)
    summed = f"""
SELECT subject_id, CAST({totals.part} AS bigint), CAST({totals.whole} AS bigint)
FROM ({items}) AS item GROUP BY subject_id"""
    listed = f"""
SELECT record, record_id, day, CAST(part AS bigint), CAST(whole AS bigint) FROM ({items}) AS item
WHERE record IS NOT NULL ORDER BY {deciding} DESC, day, record_id LIMIT {LISTED}"""

    def count(facts: Facts) -> Iterable[Count]:
        counts: Iterable[Any] = facts.select(summed, **bind(facts))
        return counts

    def records(facts: Facts) -> Iterator[Record]:
        return (Record(*row) for row in facts.select(listed, **bind(facts)))

    return Metric(
        key=key,
        subject=subject,
        label=label,
        part_words=part_words,
        whole_words=whole_words,
        count=count,
        parameters=parameters,
        defaults=defaults,
        choices=choices,
        empty=empty,
        course=course,
        shortest=shortest,
        records=records,
    )


def binds(facts: Facts, *, parameters: tuple[str, ...] = (), months: bool = False) -> dict[str, object]:
    """What a statement needs beside the days: the metric's parameters by name, and the required months as arrays."""
    bound: dict[str, object] = {name: _plain(facts.value(name)) for name in parameters}
    if months:
        required = facts.required_months()
        bound["organisations"] = [month.organisation_id for month in required]
        bound["months"] = [month.month for month in required]
        bound["planned"] = [month.day for month in required]
        bound["earliest"] = [month.earliest for month in required]
        bound["deadlines"] = [month.deadline for month in required]
    return bound


def _plain(value: Decimal | str) -> int | Decimal | str:
    return int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else value
