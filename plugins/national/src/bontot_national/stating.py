"""Short ways to state what the three frames state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from bontot.plugin import Clause, Criterion, Direction, Group, Role, Threshold, Unit, threshold


def fixed(
    key: str,
    label: str,
    unit: Unit,
    value: int,
    on: date,
    clause: Clause | None = None,
    stricter: Direction = Direction.HIGHER,
) -> Threshold:
    """A number nobody below may change."""
    return threshold(key, label, unit, value, on, clause, lowest=value, highest=value, stricter=stricter)


def group(key: str, label: str, criteria: Iterable[Criterion]) -> Group:
    """A heading over criteria, standing on the clauses they stand on."""
    listed = tuple(criteria)
    clauses = dict.fromkeys(clause for criterion in listed for clause in criterion.clauses)
    return Group(
        key=key, label=label, criteria=tuple(criterion.key for criterion in listed), clauses=tuple(clauses)
    )


def objectives(criteria: Iterable[Criterion]) -> tuple[Criterion, ...]:
    """The criteria as a frame has them: evaluated and reported, never deciding."""
    return tuple(replace(criterion, role=Role.OBJECTIVE) for criterion in criteria)
