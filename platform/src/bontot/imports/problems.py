"""What is wrong with a workbook, each problem at its place and with the way to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from bontot.policy.words import figure
from bontot.text import quoted

ERROR, WARNING = "error", "warning"
MOST_KEPT = 1_000
"""Problems kept in full for one workbook; the rest are counted."""

KNOWN = "{} dòng đã có trong hệ thống, như tệp ghi, nên không nhập lại: dòng {}."
SPANS_SHOWN = 6
"""Spans of rows named where one sentence holds for many."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence about one cell (`row` from 1, as the sheet counts), a whole row, or a whole sheet (row None).

    An error keeps the workbook out; a warning says how a doubtful place was understood.
    """

    sheet: str
    row: int | None
    column: str
    message: str
    severity: str = ERROR
    together: bool = field(default=False, compare=False)
    """Whether it is told once for all rows of the sheet of which it says the same: the message has room for how many these
    are and which."""

    def __post_init__(self) -> None:
        """A problem may quote a file, and a file may hold what no record can."""
        object.__setattr__(self, "column", quoted(self.column))
        object.__setattr__(self, "message", quoted(self.message))

    def as_dict(self) -> dict[str, Any]:
        """As it is stored and shown: sheet, row, column, message, severity."""
        return {name: value for name, value in asdict(self).items() if name != "together"}


@dataclass(slots=True)
class Problems:
    """The problems of one workbook: all counted, the first thousand kept."""

    kept: list[Problem] = field(default_factory=list)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    together: dict[Problem, list[int]] = field(default_factory=dict)
    """Rows of which one thing is told for all, by that."""

    def add(self, problem: Problem) -> None:
        counted = self.counts.setdefault(problem.sheet, {ERROR: 0, WARNING: 0})
        if problem.together:
            rows = self.together.setdefault(replace(problem, row=None), [])
            counted[problem.severity] += not rows
            rows.append(problem.row or 0)
            return
        counted[problem.severity] += 1
        if len(self.kept) < MOST_KEPT:
            self.kept.append(problem)

    @property
    def recorded(self) -> int:
        """How many rows the system has already."""
        return sum(len(rows) for problem, rows in self.together.items() if problem.message == KNOWN)

    def of(self, severity: str) -> int:
        """How many there are of one severity, kept or not."""
        return sum(counted[severity] for counted in self.counts.values())

    def in_order(self, sheets: list[str]) -> list[Problem]:
        """The kept problems and those told of many rows: errors first, then by sheet as the workbook orders them, row and
        column."""
        place = {name: number for number, name in enumerate(sheets)}
        many = (
            replace(problem, message=problem.message.format(figure(len(rows)), _spans(rows)), together=False)
            for problem, rows in self.together.items()
        )
        return sorted(
            [*self.kept, *many],
            key=lambda p: (p.severity != ERROR, place.get(p.sheet, -1), p.row or 0, p.column, p.message),
        )


@dataclass(frozen=True, slots=True)
class Gathered:
    """The same sentence about one column in one or more rows; `rows` as a reader says them ("2–21, 30"), "" for none."""

    sheet: str
    rows: str
    column: str
    message: str
    severity: str


def gathered(problems: Iterable[Mapping[str, Any]]) -> list[Gathered]:
    """Stored problems with those that say the same of one column told once, in the order of the first of each."""
    rows: dict[tuple[str, str, str, str], list[int]] = {}
    for problem in problems:
        said = (problem["sheet"], problem["column"], problem["message"], problem["severity"])
        rows.setdefault(said, []).extend([problem["row"]] if problem["row"] else [])
    return [Gathered(said[0], _spans(numbers), *said[1:]) for said, numbers in rows.items()]


def _spans(rows: list[int]) -> str:
    """`2–21, 30`: rows in order, neighbours together; of many spans the first, with the number of rows."""
    spans: list[list[int]] = []
    for row in sorted(set(rows)):
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    shown = ", ".join(
        f"{first}–{last}" if last > first else str(first) for first, last in spans[:SPANS_SHOWN]
    )
    return f"{shown} … ({len(set(rows))} dòng)" if len(spans) > SPANS_SHOWN else shown
