"""Findings as a stored verdict holds them: a byte and two integers for each line of the scheme, packed into one value.

`n` bytes of outcomes, then `n` parts, then `n` wholes, all integers of a row equally wide: 1, 2, 4 or 8 bytes, as its
largest asks; the length tells which. What the numbers mean is in the rules of the run. Rows from before are three arrays.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bontot.evaluation.columns import LIMIT, Column, Ids, Numbers
from bontot.evaluation.engine import Findings
from bontot.evaluation.population import Subjects
from bontot.evaluation.rules import Line, SchemeRules
from bontot.policy.compare import decide
from bontot.policy.terms import Outcome, Unit

NEAR = 10**12
"""The denominator of a ratio too fine to be stored as it is."""
CHUNK = 20_000
"""Verdicts packed together."""

_OUTCOME, _UNKNOWN = 7, 8
"""Of a line's byte: the bits of the outcome, and the one that says there is no part."""
_OUTCOMES = {int(outcome): outcome for outcome in Outcome}
_WIDTHS = {1: "b", 2: "h", 4: "i", 8: "q"}
_BOUNDS = np.array([2**7, 2**15, 2**31], np.int64)
"""Below each the magnitude fits the width of the same place."""


def outcome_of_line(verdict: str, line: str) -> str:
    """The SQL of the outcome on a line, an SQL expression of its number, in a row of `verdict`; null for no line."""
    return (
        f"coalesce(get_byte({verdict}.findings, CAST({line} AS integer)) & {_OUTCOME},"
        f" {verdict}.outcomes[CAST({line} AS integer) + 1])"
    )


ROWS = """
SELECT subject_id, outcome,
       substring(CAST(:content AS bytea) FROM CAST(at - 1 AS integer) * :length + 1 FOR :length) AS findings
FROM unnest(CAST(:subjects AS bigint[]), CAST(:titles AS smallint[])) WITH ORDINALITY AS one (subject_id, outcome, at)
"""
"""A row for each subject of a `Packed`, cut out of its one value."""


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """Some subjects' findings, each `length` bytes of `content` in the order of `subjects`, with their titles."""

    subjects: Ids
    titles: list[int]
    length: int
    content: bytes

    def rows(self) -> Iterator[tuple[int, int, bytes]]:
        """Each subject with its title and its own findings."""
        for at, (subject, title) in enumerate(zip(self.subjects.tolist(), self.titles, strict=True)):
            yield subject, title, self.content[at * self.length : (at + 1) * self.length]

    def binds(self) -> dict[str, object]:
        """What `ROWS` binds."""
        return {
            "subjects": self.subjects.tolist(),
            "titles": self.titles,
            "length": self.length,
            "content": self.content,
        }


def pack(findings: Findings) -> Iterator[Packed]:
    """All findings of a scheme, in pieces of equally wide rows."""
    lines = findings.rules.lines
    numbers = [integers(line, column) for line, column in zip(lines, findings.columns, strict=True)]
    for start in range(0, len(findings.subjects.ids), CHUNK):
        chunk = slice(start, start + CHUNK)
        ids, titles = findings.subjects.ids[chunk], findings.title[chunk]
        heads = _columns([row[chunk] for row in findings.outcomes], len(ids), np.uint8)
        known = _columns([column.known[chunk] for column in findings.columns], len(ids), np.bool_)
        heads = np.where(known, heads, heads | _UNKNOWN).astype(np.uint8)
        both = [part[chunk] for part, _ in numbers] + [whole[chunk] for _, whole in numbers]
        values = _columns(both, len(ids), np.int64)
        fits = np.searchsorted(_BOUNDS, np.maximum(values, ~values).max(axis=1, initial=0), side="right")
        for place, width in enumerate(_WIDTHS):
            rows = np.flatnonzero(fits == place)
            if len(rows):
                bodies = values[rows].astype(f"<i{width}").view(np.uint8)
                content = np.hstack([heads[rows], bodies.reshape(len(rows), -1)])
                yield Packed(ids[rows], titles[rows].tolist(), content.shape[1], content.tobytes())


def _columns(columns: list[np.ndarray], size: int, dtype: type[np.generic]) -> np.ndarray:
    """Columns side by side, a row for each of `size` subjects, also where there is no column."""
    return np.column_stack(columns).astype(dtype) if columns else np.zeros((size, 0), dtype)


def unpack(content: bytes, lines: int) -> tuple[list[Outcome], list[int | None], list[int]]:
    """The outcomes, parts and wholes of so many lines; a part of no data is None."""
    heads, body = content[:lines], content[lines:]
    width = len(body) // (2 * lines) if lines else 1
    values = struct.unpack(f"<{2 * lines}{_WIDTHS[width]}", body)
    parts = [None if head & _UNKNOWN else part for head, part in zip(heads, values[:lines], strict=True)]
    return _named(heads), parts, list(values[lines:])


def opened(rules: SchemeRules, rows: Sequence[tuple[int, int, bytes]]) -> Findings:
    """Packed rows of `(subject, title, findings)`, subjects ascending, as findings to derive from; nothing but the ids is
    known of the subjects."""
    lines, size = len(rules.lines), len(rows)
    heads, values = np.zeros((size, lines), np.uint8), np.zeros((size, 2 * lines), np.int64)
    for length in {len(content) for _, _, content in rows if content}:
        at = [place for place, (_, _, content) in enumerate(rows) if len(content) == length]
        block = np.frombuffer(b"".join(rows[place][2] for place in at), np.uint8).reshape(len(at), length)
        heads[at] = block[:, :lines]
        width = (length - lines) // (2 * lines)
        values[at] = np.ascontiguousarray(block[:, lines:]).view(f"<i{width}")
    known = (heads & _UNKNOWN) == 0
    named = (heads & _OUTCOME).astype(np.int8)
    return Findings(
        rules,
        Subjects(
            np.array([subject for subject, _, _ in rows], np.int64),
            [""] * size,
            [""] * size,
            np.ones(size, np.bool_),
        ),
        [Column(values[:, line], values[:, lines + line], known[:, line]) for line in range(lines)],
        [named[:, line] for line in range(lines)],
        np.array([title for _, title, _ in rows], np.int8),
    )


def packed_arrays(outcomes: Sequence[int], parts: Sequence[int | None], wholes: Sequence[int]) -> bytes:
    """The three arrays of a row from before, as `pack` would have packed them."""
    values = [part or 0 for part in parts] + list(wholes)
    largest = max((max(value, ~value) for value in values), default=0)
    width = next(width for width in _WIDTHS if largest < 2 ** (8 * width - 1))
    heads = (
        outcome | (_UNKNOWN if part is None else 0) for outcome, part in zip(outcomes, parts, strict=True)
    )
    return bytes(heads) + struct.pack(f"<{len(values)}{_WIDTHS[width]}", *values)


def outcomes(content: bytes | None, array: Sequence[int] | None, lines: int) -> list[Outcome]:
    """The outcomes alone, of a row of either form."""
    found: Sequence[int] = array or () if content is None else content[:lines]
    return _named(found)


def _named(heads: Sequence[int]) -> list[Outcome]:
    return [_OUTCOMES[head & _OUTCOME] for head in heads]


def integers(line: Line, column: Column) -> tuple[Numbers, Numbers]:
    """Part and whole of every subject in 64 bits, 0 for a part without data; ratios too fine by their nearest."""
    part, whole = np.where(column.known, column.part, 0), column.whole
    if part.dtype == object or whole.dtype == object:
        pairs = [_fitting(line, *pair) for pair in zip(part.tolist(), whole.tolist(), strict=True)]
        part, whole = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    return part, whole


def _fitting(line: Line, part: int, whole: int) -> tuple[int, int]:
    """The same in integers that can be stored: exact, or the nearest ratio that the threshold decides alike."""
    if max(abs(part), abs(whole)) < LIMIT:
        return part, whole
    if not whole or line.figure is None or line.figure.unit is not Unit.PERCENT:
        return max(-LIMIT + 1, min(part, LIMIT - 1)), min(whole, LIMIT - 1)
    below = part * NEAR // whole
    return next((near, NEAR) for near in (below, below + 1) if _same(line, (near, NEAR), (part, whole)))


def _same(line: Line, one: tuple[int, int], other: tuple[int, int]) -> bool:
    if line.operator is None or line.figure is None or line.figure.value is None:
        return True
    decided = {decide(line.operator, *pair, line.figure.value, line.figure.unit) for pair in (one, other)}
    return len(decided) == 1
