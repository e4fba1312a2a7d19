"""What a paper is made of, free of any format: HTML, PDF and DOCX are three settings of the same `Paper`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The head of a paper: who issues it and under whom, its number, and where and when; the last two are empty for
    minutes."""

    superior: str
    issuer: str
    number: str = ""
    place_and_day: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 (`I- …`) or 2 (`1. …`)."""

    words: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; `label` stands before it (`Địa điểm:`). Lines stay lines."""

    words: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Centred:
    """A line in the middle: whom a paper is addressed to, or in whose name it decides, which is `strong`."""

    words: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """A list of dashes."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with ruled cells. `figures` are the places of columns with amounts, `ticks` of those with marks, `strong` of
    rows that name or sum a group; `shares` are the widths of the columns beside each other, reckoned from the words where
    not given."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: frozenset[int] = frozenset()
    ticks: frozenset[int] = frozenset()
    strong: frozenset[int] = frozenset()
    shares: tuple[int, ...] = ()

    @property
    def broad(self) -> bool:
        """Whether so many columns stand beside each other that they are set smaller."""
        return len(self.columns) > MANY

    def size(self, usual: int) -> int:
        """The size of its type where that of tables usually is so many points."""
        return usual - 2 if self.broad else usual

    def align(self, place: int) -> str:
        """How the cells of a column stand: "left", "center" or "right"."""
        if place in self.figures:
            return "right"
        return "center" if place in self.ticks or self.columns[place] == "TT" else "left"

    def widths(self) -> tuple[int, ...]:
        """The widths of the columns beside each other."""
        if self.shares:
            first, *rest = self.shares
            short = len(self.columns[0]) < SHORT
            return self._with_room((max(first, -(-sum(rest) // NARROWEST)) if short else first, *rest))
        columns = list(zip(self.columns, *self.rows, strict=True))
        wanted = [max(_least(cells[0]), min(40, max(map(_length, cells)))) for cells in columns]
        room = [2 * (place in self.figures) for place in range(len(columns))]  # digits are wider than letters
        needed = [max(map(_longest_word, cells)) + more for cells, more in zip(columns, room, strict=True)]
        spare = max(0, LINE - sum(needed))
        shares = [need + spare * want // sum(wanted) for need, want in zip(needed, wanted, strict=True)]
        return tuple(shares)

    def _with_room(self, shares: tuple[int, ...]) -> tuple[int, ...]:
        """The shares with room for the longest amount of each column of amounts, taken from the widest of the others: an
        amount broken over two lines reads as another."""
        found, whole = list(shares), sum(shares)
        others = [place for place in range(len(shares)) if place not in self.figures]
        for place in self.figures if others else ():
            letters = max(len(row[place]) for row in self.rows) + 2 if self.rows else 0
            more = max(0, -(-letters * whole // LINE) - found[place])
            found[place] += more
            found[max(others, key=found.__getitem__)] -= more
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Annex:
    """What follows stands on a page of its own under this title."""

    title: str


Block = Heading | Text | Centred | Points | Grid | Annex


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signs: `lines` above the room for the signature, the name under it."""

    lines: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper, in the order in which it is read; `day` is the one by which its profile is chosen. `lacks` says what must be
    done before it can be issued; `annexes` come after the signatures."""

    kind: str
    day: date
    header: Header
    title: str
    subject: str
    body: tuple[Block, ...]
    signers: tuple[Signer, ...]
    recipients: tuple[str, ...] = field(default=())
    annexes: tuple[Block, ...] = field(default=())
    landscape: bool = False
    lacks: str = ""

    @property
    def draft(self) -> bool:
        """Whether it is not yet what will be signed: something is lacking, or its number."""
        return bool(self.lacks) or "…" in self.header.number

    @property
    def name(self) -> str:
        """What the paper is called in one line: `Biên bản sinh hoạt chi bộ …`."""
        return f"{self.title.capitalize()} {self.subject}"


def plain(blocks: tuple[Block, ...]) -> Iterator[dict[str, Any]]:
    """The blocks as JSON knows them, each with the name of its kind."""
    for block in blocks:
        told = asdict(block) | {"kind": type(block).__name__.lower()}
        if isinstance(block, Grid):
            told |= {
                "shares": block.widths(),
                "broad": block.broad,
                "aligns": [block.align(place) for place in range(len(block.columns))],
                "figures": None,
                "ticks": None,
                "strong": sorted(block.strong),
            }
        yield told


MANY = 14
"""Columns that stand beside each other in the usual size."""
SHORT, NARROWEST = 3, 14
"""A first column with so short a heading (`TT`) is at least this part of the others."""
LINE = 84
"""Letters of a table that stand beside each other on an upright page."""
UNBROKEN = 16
"""A longer word may be broken."""


def _longest_word(cell: str) -> int:
    """The letters that must stand on one line, with room at both sides."""
    return min(UNBROKEN, max(map(len, cell.split()), default=0)) + 2


def _least(heading: str) -> int:
    """The least width of a column: room for a short heading, or for a day."""
    return 5 if len(heading) < 4 else 10


def _length(words: str) -> int:
    """The width a cell asks for: its longest word at least, and half of what it says."""
    return max([len(words) // 2, *map(len, words.split())], default=0)
