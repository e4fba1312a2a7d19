"""Lists come a page at a time; none is unbounded (safety rule 24)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Line = TypeVar("Line")
SIZE = 50
WHOLE = 0
"""The number of the page that is the whole list, as a workbook takes it; even that has an end."""
MOST = 20_000


@dataclass(frozen=True, slots=True)
class Page(Generic[Line]):
    """One page of a list: its lines, its number from 1, and how many lines there are in all."""

    lines: Sequence[Line]
    number: int
    total: int

    @property
    def last(self) -> int:
        """The number of the last page, at least 1."""
        return max(1, -(-self.total // SIZE))

    @property
    def first_place(self) -> int:
        """The place of the page's first line in the whole list, from 1."""
        return (self.number - 1) * SIZE + 1


IS_WHOLE = f"CAST(:size AS integer) > {SIZE}"
"""SQL, beside the binds of `window`: whether it is the whole list that is asked for."""


def window(number: int, most: int = MOST) -> dict[str, int]:
    """The binds `:size` and `:skip` of a page; of the whole list, which ends at `most`."""
    return {"size": most, "skip": 0} if number == WHOLE else {"size": SIZE, "skip": (number - 1) * SIZE}


def cut(lines: Sequence[Line], number: int) -> Sequence[Line]:
    """The lines of a page, out of all of them."""
    place = window(number)
    return lines[place["skip"] : place["skip"] + place["size"]]
