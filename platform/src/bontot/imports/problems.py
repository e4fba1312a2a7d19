"""What is wrong with a workbook, each problem at its place and with the way to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
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
    recorded: bool = field(default=False, compare=False)
    """Whether it says no more than that the system has the row already; such rows of a sheet are told together."""

    def __post_init__(self) -> None:
        """A problem may quote a file, and a file may hold what no record can."""
        object.__setattr__(self, "column", quoted(self.column))
        object.__setattr__(self, "message", quoted(self.message))

    def as_dict(self) -> dict[str, Any]:
        """As it is stored and shown: sheet, row, column, message, severity."""
        return {name: value for name, value in asdict(self).items() if name != "recorded"}


@dataclass(slots=True)
class Problems:
    """The problems of one workbook: all counted, the first thousand kept."""

    kept: list[Problem] = field(default_factory=list)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    known: dict[str, list[int]] = field(default_factory=dict)
    """Rows by sheet that the system has already."""

    def add(self, problem: Problem) -> None:
        counted = self.counts.setdefault(problem.sheet, {ERROR: 0, WARNING: 0})
        if problem.recorded:
            rows = self.known.setdefault(problem.sheet, [])
            counted[WARNING] += not rows
            rows.append(problem.row or 0)
            return
        counted[problem.severity] += 1
        if len(self.kept) < MOST_KEPT:
            self.kept.append(problem)

    @property
    def recorded(self) -> int:
        """How many rows the system has already."""
        return sum(map(len, self.known.values()))

    def of(self, severity: str) -> int:
        """How many there are of one severity, kept or not."""
        return sum(counted[severity] for counted in self.counts.values())

    def in_order(self, sheets: list[str]) -> list[Problem]:
        """The kept problems and the rows that are known: errors first, then by sheet as the workbook orders them, row and
        column."""
        place = {name: number for number, name in enumerate(sheets)}
        known = (
            Problem(sheet, None, "", KNOWN.format(figure(len(rows)), _spans(rows)), WARNING)
            for sheet, rows in self.known.items()
        )
        return sorted(
            [*self.kept, *known],
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
