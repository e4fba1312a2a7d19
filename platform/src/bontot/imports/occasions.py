"""The days that stand above the columns of an attendance table, in one row or several, as offices write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from bontot.imports.columns import FIRST_YEAR, LAST_YEAR
from bontot.imports.kinds.common import MEETING_KINDS
from bontot.imports.layout import heading
from bontot.imports.reading import Cell

T = TypeVar("T")
_KINDS = {heading(phrase): kind for phrase, kind in MEETING_KINDS.items()} | {
    "dinh ky": "regular",
    "tk": "regular",
    "cd": "thematic",
    "bt": "extraordinary",
    "dot xuat": "extraordinary",
    "dh": "congress",
    "chi uy": "cell_committee_meeting",
}
_KINDS_IN_TITLES = {
    "thuong ky": "regular",
    "dinh ky": "regular",
    "chuyen de": "thematic",
    "hop chi uy": "cell_committee_meeting",
}
_SEPARATOR = r"\s*[/.\-–]\s*"
_DAY = re.compile(
    rf"(?<!\d)(?:ngày\s*)?(\d{{1,2}})(?:{_SEPARATOR}|\s*tháng\s*)(\d{{1,2}})(?:{_SEPARATOR}|\s*năm\s*)(\d{{4}})(?!\d)"
)
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?:[t\s]+0?0:00(?::00)?)?(?!\d)")
_MONTH_OF_YEAR = re.compile(
    rf"(?<!\d)(?:tháng\s*|th?\.?\s*)?(\d{{1,2}})(?:{_SEPARATOR}|\s*năm\s*)(\d{{4}})(?!\d)"
)
_DAY_OF_MONTH = re.compile(rf"(?<!\d)(?:ngày\s*)?(\d{{1,2}})(?:{_SEPARATOR}|\s*tháng\s*)(\d{{1,2}})(?!\d)")
_MONTH = re.compile(r"(?:\btháng|\bth?\.?)\s*(\d{1,2})(?!\d)")
_YEAR = re.compile(r"(?:\bnăm\s*|^)(\d{4})(?!\d)")
_NAMED_YEAR, _BARE_YEAR = (
    re.compile(r"(?:năm\s*|/)(\d{4})(?!\d)"),
    re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)"),
)
_MONTHS_BELOW = re.compile(r"(?:cac |theo )?thang(?: sinh hoat| hop)?(?: trong nam)?")
"""The word for months over a row of their numbers."""
_NUMBER = re.compile(r"(ngày\s*)?(\d{1,2})")
_REST = re.compile(
    r"(?:(?:lan|buoi|ky|dot)(?: thu)? \d+|thu (?:\d|hai|ba|tu|nam|sau|bay)|chu nhat|cn|t[2-7]"
    r"|hop|ngay hop|ngay|sinh hoat|sh)?"
)
"""What else may stand beside a day and says nothing of it."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What stands above a column: a day, or the first of a month where only that is said; `kind` where one is said; `row`
    of the header, from 1, and its `title` as people read it."""

    day: date
    whole_month: bool
    kind: str | None
    title: str
    row: int


@dataclass(frozen=True, slots=True)
class When:
    """The year and month that a table's name and titles say for all of it."""

    year: int | None = None
    month: int | None = None
    kind: str | None = None


class NoYear(Exception):
    """A header says days without a year, and nothing else says it either."""


@dataclass(slots=True)
class _Parts:
    day: int | None = None
    month: int | None = None
    year: int | None = None
    number: int | None = None
    """A number alone, which is a day under a month, and a month under the word for months."""
    kind: str | None = None
    months: bool = False

    def put(self, name: str, value: int | str | None) -> bool:
        """Whether the part is said for the first time, or says the same again."""
        if value is None:
            return True
        before = getattr(self, name)
        setattr(self, name, value)
        return before is None or before == value


def said_for_all(texts: Iterable[str]) -> When:
    """The one year, month and kind that a tab's name and the lines above its table say; None for none, or for several."""
    named, bare, months, kinds = set(), set(), set(), set()
    for text in texts:
        rest = _DAY.sub(" ", unicodedata.normalize("NFC", text).lower())
        named |= {int(found) for found in _NAMED_YEAR.findall(rest)}
        bare |= {int(found) for found in _BARE_YEAR.findall(rest)}
        months |= {int(found) for found in _MONTH.findall(rest)}
        kinds |= {kind for phrase, kind in _KINDS_IN_TITLES.items() if phrase in heading(text)}
    month = _only(months)
    return When(_only(named or bare), month if month in range(1, 13) else None, _only(kinds))


def _only(found: set[T]) -> T | None:
    return next(iter(found)) if len(found) == 1 else None


def occasion(cells: Sequence[Cell], when: When, row: int) -> Occasion | None:
    """What the cells above a column, from the top, say of its meeting; None when they say no day or month. Raises NoYear."""
    parts = _Parts()
    for place, cell in enumerate(cells):
        if cell is not None and not _take(cell, parts, lowest=place == len(cells) - 1):
            return None
    if parts.number is not None:
        if parts.months and parts.month is None:
            parts.month = parts.number
        elif parts.day is None and (parts.month or when.month):
            parts.day = parts.number
        else:
            return None
    title = " ".join(" ".join(str(_shown(cell)).split()) for cell in cells if cell is not None)
    month = parts.month or (when.month if parts.day else None)
    if month is None:
        return None
    year = parts.year or when.year
    if year is None:
        raise NoYear
    try:
        day = date(year, month, parts.day or 1)
    except ValueError:
        return None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    return Occasion(day, parts.day is None, parts.kind or when.kind, title, row)


def _shown(cell: Cell) -> str:
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    return f"{cell:g}" if isinstance(cell, float) else str(cell)


def _take(cell: Cell, parts: _Parts, *, lowest: bool) -> bool:
    """Adds what a cell says; whether it may stand above a meeting."""
    if isinstance(cell, date):
        moment = cell.time().replace(microsecond=0) if isinstance(cell, datetime) else None
        if moment:
            return False
        return parts.put("day", cell.day) & parts.put("month", cell.month) & parts.put("year", cell.year)
    if isinstance(cell, float):
        if cell.is_integer() and 1 <= cell <= 31:
            return parts.put("number", int(cell))
        return cell.is_integer() and FIRST_YEAR <= cell <= LAST_YEAR and parts.put("year", int(cell))
    if not isinstance(cell, str):
        return False
    text = " ".join(unicodedata.normalize("NFC", cell).lower().split())
    if _MONTHS_BELOW.fullmatch(heading(text)):
        parts.months = True
        return not lowest
    found, rest = _found(text)
    kind = _KINDS.get(heading(rest))
    if not found and kind is None:
        return not lowest and len(text) > 2  # a title over several columns
    if kind is None and not _REST.fullmatch(heading(rest)):
        return False
    return all([parts.put("kind", kind), *(parts.put(name, value) for name, value in found.items())])


def _found(text: str) -> tuple[dict[str, int], str]:
    """The parts of a day in a text, and what else it says."""
    for pattern, names in (
        (_DAY, ("day", "month", "year")),
        (_ISO, ("year", "month", "day")),
        (_MONTH_OF_YEAR, ("month", "year")),
        (_DAY_OF_MONTH, ("day", "month")),
        (_MONTH, ("month",)),
        (_YEAR, ("year",)),
    ):
        if found := pattern.search(text):
            values = dict(zip(names, map(int, found.groups()), strict=True))
            return values, f"{text[: found.start()]} {text[found.end() :]}"
    if found := _NUMBER.fullmatch(text):
        return {"day" if found[1] else "number": int(found[2])}, ""
    return {}, text
