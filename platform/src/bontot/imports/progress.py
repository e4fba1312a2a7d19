"""How far a workbook is: rows passed of all that are to be passed, in the words of what is done to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from bontot.evaluation.runs import Progress

EVERY = 500
"""Rows between two words of progress."""
T = TypeVar("T")


def quiet(_done: int, _total: int, _doing: str) -> None:
    """Tells nobody."""


class Told(list[T]):
    """Rows that tell how far whoever goes through them is; `before` were passed already, of `total`."""

    def __init__(self, rows: list[T], progress: Progress, before: int, total: int, doing: str) -> None:
        super().__init__(rows)
        self._progress, self._before, self._total, self._doing = progress, before, total, doing

    def __iter__(self) -> Iterator[T]:
        """Each row; a second time through tells nothing new and does no harm."""
        for number, row in enumerate(super().__iter__()):
            if number % EVERY == 0:
                self._progress(self._before + number, self._total, self._doing)
            yield row
