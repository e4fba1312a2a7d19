"""A stored evaluation judged once more by what it kept, years later or after its plan has changed.

The rules, values and meeting rules are those of the run; the records are today's. What comes out differs only where
the records of that year were corrected since, or where a count itself was changed in code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from bontot.evaluation.judging import prepare
from bontot.evaluation.period import Period
from bontot.evaluation.runs import RunHeader, VerdictRow, every_verdict, verdict_rows
from bontot.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A subject judged otherwise than was stored; None on the side where it was not judged. `scheme` is a number."""

    scheme: int
    subject_id: int
    stored: VerdictRow | None
    now: VerdictRow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """How many verdicts were held against those stored, and each that is not the same in every outcome and integer."""

    verdicts: int
    differing: tuple[Difference, ...]


def replay(session: Session, registry: Registry, header: RunHeader) -> Replayed:
    """Judges a stored run again and compares; nothing is stored. The plan itself is not needed, only the counts it
    uses."""
    rules = header.rules
    judging = prepare(session, registry, Period(rules.year, rules.as_of), kept=rules.months)
    judged = judging.judge(rules)
    count, differing = 0, list[Difference]()
    for number, findings in enumerate(judged.findings):
        stored = {row.subject_id: row for row in every_verdict(session, header, number)}
        now = {row.subject_id: row for row in verdict_rows(findings)}
        count += len(stored)
        differing += _differences(number, stored, now)
    return Replayed(verdicts=count, differing=tuple(differing))


def _differences(
    scheme: int, stored: dict[int, VerdictRow], now: dict[int, VerdictRow]
) -> Iterator[Difference]:
    for subject_id in sorted(stored.keys() | now.keys()):
        was, found = stored.get(subject_id), now.get(subject_id)
        if was != found:
            yield Difference(scheme=scheme, subject_id=subject_id, stored=was, now=found)
