"""Concerns of members answered within the days the plan gives: the platform counts only whether they were answered."""

from collections.abc import Iterable

from bontot.plugin import NOTHING_REQUIRED, Count, Facts, Metric, Record, Subject

DUE = """
SELECT organisation_id, id, raised_on, CAST(coalesce(answered_on <= raised_on + :days, false) AS integer) AS in_time
FROM concern WHERE raised_on >= :period_from AND raised_on + :days < :due_before
  AND (CAST(:subjects AS bigint[]) IS NULL OR organisation_id = ANY(CAST(:subjects AS bigint[])))
"""
COUNTED = f"SELECT organisation_id, sum(in_time), count(*) FROM ({DUE}) AS due GROUP BY organisation_id"
LISTED = f"SELECT 'concern', id, raised_on, in_time, 1 FROM ({DUE}) AS due ORDER BY in_time, raised_on, id"


def count(facts: Facts) -> Iterable[Count]:
    """Answered in time, of those whose days have passed."""
    return ((who, part, whole) for who, part, whole in facts.select(COUNTED, days=int(facts.value("days"))))


def records(facts: Facts) -> Iterable[Record]:
    """The concerns of one cell, those not answered in time first."""
    return (Record(*row) for row in facts.select(LISTED, days=int(facts.value("days"))))


ANSWERED_IN_TIME = Metric(
    key="xa_ngan_sao.answered_in_time", subject=Subject.CELL, label="Kiến nghị của đảng viên được trả lời đúng hạn",
    part_words="kiến nghị được trả lời đúng hạn", whole_words="kiến nghị đã đến hạn trả lời",
    count=count, records=records, parameters=("days",), empty=NOTHING_REQUIRED,
)
