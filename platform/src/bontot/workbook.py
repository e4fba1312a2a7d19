"""Workbooks out: rows of typed values as .xlsx, numbers as numbers, days as days, and no text that a spreadsheet would run.

Rows are written as they come and held in a file, not in memory, so that a long list costs no more than a short one.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from itertools import chain, islice
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

Value = str | int | Decimal | Fraction | date | datetime | time | bool | tuple[str, ...] | None
"""`Fraction`: a share, shown in per cent; True: a tick; a tuple: several words in one cell."""


class Month(date):
    """The first day of a month that is meant as a whole."""

    @classmethod
    def of(cls, day: date) -> Month:
        """The month of a day."""
        return cls(day.year, day.month, 1)


MADE = datetime(2023, 1, 1)  # noqa: DTZ001 - fixed, so that equal content gives equal bytes
WIDEST = 60
"""Characters of the widest column."""
HEADER = 12
"""Characters after which a header goes on below, where long texts do."""
LINE = 15
"""Points of a line of text: a row is as high as its longest cell, which not every program finds out for itself."""
LOOKED_AT = 50
"""Rows by which the width of a column is chosen."""
GROUPED = 10_000
"""From which on figures are set in thousands: sums of money, and no year."""
HAZARDS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet may take for the beginning of a formula: such text is marked as text for good."""
_HERE = ZoneInfo("Asia/Ho_Chi_Minh")
_OPTIONS = {
    "in_memory": False,
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_HEAD = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
_FORMATS = {
    "day": {"num_format": "dd/mm/yyyy", "valign": "top"},
    "month": {"num_format": "mm/yyyy"},
    "moment": {"num_format": "dd/mm/yyyy hh:mm", "valign": "top"},
    "time": {"num_format": "hh:mm", "valign": "top"},
    "share": {"num_format": "0.0%", "valign": "top"},
    "number": {"num_format": "#,##0", "valign": "top"},
    "text": {"quote_prefix": True, "valign": "top"},
    "top": {"valign": "top"},
    "head": _HEAD,
    "needed": {**_HEAD, "bg_color": "#f1ede5"},
    "wrapped": {"text_wrap": True, "valign": "top"},
    "title": {"bold": True},
}
Formats = dict[str, object]
MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Line = TypeVar("Line")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A tab: lines above the table, its headers, its rows, lines below; `numbered` with their numbers before them, `wrapped`
    with texts longer than `widest` on several lines; headers that are `needed` stand out."""

    name: str
    above: tuple[str, ...]
    headers: Sequence[str]
    rows: Iterable[Sequence[Value]]
    numbered: bool = False
    below: tuple[str, ...] = ()
    wrapped: bool = False
    widest: int = WIDEST
    needed: frozenset[str] = frozenset()


@dataclass(frozen=True)  # without slots, so that it may be made as `Column[Line](…)`
class Column(Generic[Line]):
    """A column of a list: its header and what a line has there."""

    header: str
    of: Callable[[Line], Value]


def listed(
    title: str,
    columns: Sequence[Column[Line]],
    lines: Iterable[Line],
    said: str,
    *,
    most: int,
    tab: str = "Danh sách",
) -> Sheet:
    """A list as a sheet under its title and a line that says who took it; it says so where it ends at `most`."""
    rows = [[column.of(line) for column in columns] for line in lines]
    if len(rows) >= most:
        title += f" (chỉ gồm {most:,} dòng đầu)".replace(",", ".")
    return Sheet(tab, (title, said, ""), [column.header for column in columns], rows, numbered=True)


def workbook(sheets: Iterable[Sheet], *, footer: str = "") -> bytes:
    """The .xlsx file; `footer` stands under every page when it is printed. Equal content gives equal bytes."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, _OPTIONS) as book:
        book.set_properties({"created": MADE})
        formats = {name: book.add_format(properties) for name, properties in _FORMATS.items()}
        for sheet in sheets:
            _write(book.add_worksheet(sheet.name), sheet, formats, footer)
    return file.getvalue()


def _write(page: Worksheet, sheet: Sheet, formats: Formats, footer: str) -> None:
    rows = iter(sheet.rows)
    first = list(islice(rows, LOOKED_AT))
    indent = int(sheet.numbered)
    widths = _widths(sheet, first)
    for place, width in enumerate(widths, indent):
        page.set_column(place, place, width)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.set_footer(f"&L{footer.replace('&', '&&')}&RTrang &P/&N")
    for number, line in enumerate(sheet.above):
        page.write_string(number, 0, line, formats["title"])
    head = len(sheet.above)
    if sheet.wrapped:
        page.set_row(head, _height(sheet.headers, widths))
    for place, header in enumerate(("TT",) * indent + tuple(sheet.headers)):
        page.write_string(head, place, header, formats["needed" if header in sheet.needed else "head"])
    page.freeze_panes(head + 1, 0)
    page.repeat_rows(head)
    number = head
    for row in chain(first, rows):
        number += 1
        if sheet.wrapped:
            page.set_row(number, _height(row, widths))
        if indent:
            page.write_number(number, 0, number - head, formats["top"])
        for place, value in enumerate(row, indent):
            _write_cell(page, number, place, value, formats, wrapped=sheet.wrapped)
    for place, line in enumerate(sheet.below, number + 2):
        page.write_string(place, 0, line)


def _widths(sheet: Sheet, first: Sequence[Sequence[Value]]) -> list[int]:
    """The widths of the columns by the first rows, in characters."""
    leasts = (min(len(header), HEADER) if sheet.wrapped else len(header) for header in sheet.headers)
    return [
        min(max((least, *(len(_said(row[place])) for row in first))) + 2, sheet.widest)
        for place, least in enumerate(leasts)
    ]


def _write_cell(
    page: Worksheet, row: int, column: int, value: Value, formats: Formats, *, wrapped: bool
) -> None:
    if value is None or value is False or value == "":
        return
    if isinstance(value, datetime):
        page.write_datetime(row, column, value.astimezone(_HERE).replace(tzinfo=None), formats["moment"])
    elif isinstance(value, Month):
        page.write_datetime(row, column, value, formats["month"])
    elif isinstance(value, date):
        page.write_datetime(row, column, value, formats["day"])
    elif isinstance(value, time):
        page.write_datetime(row, column, value, formats["time"])
    elif isinstance(value, Fraction):
        page.write_number(row, column, value.numerator / value.denominator, formats["share"])
    elif value is not True and isinstance(value, int | Decimal):
        page.write_number(row, column, value, formats["number" if value >= GROUPED else "top"])
    else:
        text = _said(value)
        plain = formats["wrapped"] if wrapped else None
        page.write_string(row, column, text, formats["text"] if text.startswith(HAZARDS) else plain)


def _height(row: Sequence[Value], widths: Sequence[int]) -> int:
    """The height of a row whose texts go on below, in points."""
    cells = zip(row, widths, strict=True)
    return LINE * max(1, *(len(textwrap.wrap(_said(value), max(1, width - 2))) for value, width in cells))


def _said(value: Value) -> str:
    if value is True:
        return "x"
    if isinstance(value, tuple):
        return "; ".join(value)
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y %H:%M}"
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value or "")
