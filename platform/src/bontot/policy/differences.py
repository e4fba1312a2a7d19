"""Where two plans differ, row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar


class Row(Protocol):
    """A part of a plan in words. `asks` is what two plans are held against each other by, `said` the same for readers;
    `counts` names what is counted, alike in every plan that counts it."""

    @property
    def key(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def counts(self) -> str: ...
    @property
    def asks(self) -> tuple[object, ...]: ...
    @property
    def said(self) -> tuple[str, ...]: ...


R = TypeVar("R", bound=Row)


def differences(one: Iterable[R], other: Iterable[R]) -> tuple[list[tuple[R | None, R | None]], int]:
    """The rows in which two plans differ, side by side, and how many ask the same.

    Rows belong together by key; what is left, by what they count where each plan counts it once. A row without a
    counterpart stands alone.
    """
    pairs = list(_paired(list(one), list(other)))
    differing = [(a, b) for a, b in pairs if a is None or b is None or a.asks != b.asks]
    return differing, len(pairs) - len(differing)


def _paired(one: list[R], other: list[R]) -> Iterator[tuple[R | None, R | None]]:
    by_key = {row.key: row for row in other}
    counted = [Counter(row.counts for row in rows if row.counts) for rows in (one, other)]
    shared = {row.key for row in one} & by_key.keys()
    by_count = {
        row.counts: row
        for row in other
        if row.key not in shared and all(times[row.counts] == 1 for times in counted)
    }
    found = set()
    for row in one:
        partner = by_key.get(row.key) or by_count.get(row.counts)
        found.add(partner.key if partner else None)
        yield row, partner
    yield from ((None, row) for row in other if row.key not in found)
