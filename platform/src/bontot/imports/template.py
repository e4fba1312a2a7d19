"""The sheets a workbook may hold, told to those who fill them in: as a guide, and as empty workbooks to begin from.

Both are made of the sheets' own declarations, so that what is offered is what is understood.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from bontot.errors import NotFound
from bontot.imports.columns import Column, Misread
from bontot.imports.intake import SheetKind
from bontot.imports.kinds.people import STATE_HOLDERS
from bontot.imports.kinds.roll_calls import ROLL_CALLS
from bontot.imports.sheets import SHEETS

GUIDE = "Hướng dẫn"
_PEOPLE_END = SHEETS.index(STATE_HOLDERS) + 1
BUNDLES = {
    "to-chuc-dang-vien": SHEETS[:_PEOPLE_END],
    "hoat-dong-trong-nam": tuple(kind for kind in SHEETS[_PEOPLE_END:] if kind is not ROLL_CALLS),
}
"""What each workbook to begin from holds, by name: a committee's tree and people, and what comes as the year goes. One
workbook for all would have more sheets than a workbook may have. An attendance table is begun from a cell's own page."""
_NOBODY_WRITES = "?"


@dataclass(frozen=True, slots=True)
class ColumnGuide:
    """A column as it is explained: its header, whether it must be filled, how to write it ("" for plain words), and the
    other headers it is known by."""

    header: str
    required: bool
    how: str
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SheetGuide:
    """A sheet as it is explained: its name, other names it is known by, its columns."""

    title: str
    also: tuple[str, ...]
    columns: tuple[ColumnGuide, ...]
    hint: str = ""


def guide(kinds: Iterable[SheetKind] = SHEETS) -> list[SheetGuide]:
    """Every sheet of `kinds` explained, in the order they are taken in."""
    return [
        SheetGuide(kind.title, kind.also, tuple(map(_explain, kind.columns)), kind.hint) for kind in kinds
    ]


def blank(bundle: str) -> bytes:
    """An .xlsx with the bundle's sheets, headers only, and a first tab that explains them. Raises NotFound."""
    if bundle not in BUNDLES:
        raise NotFound
    sheets = guide(BUNDLES[bundle])
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        needed = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#f1ede5"}
        )
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        _write_guide(book.add_worksheet(GUIDE), sheets, head, wrapped)
        for sheet in sheets:
            _write_headers(book.add_worksheet(sheet.title), sheet, head, needed)
    return file.getvalue()


def _explain(column: Column) -> ColumnGuide:
    others = tuple(name for name in column.also if name != column.header)
    return ColumnGuide(column.header, column.required, _how(column), others)


def _how(column: Column) -> str:
    """How a cell is to be written, as its refusal says it."""
    try:
        column.parse(_NOBODY_WRITES)
    except Misread as refusal:
        how = str(refusal).partition("; ")[2].removeprefix("hãy ")
        return how[:1].upper() + how[1:]
    return ""


def _write_guide(page: Worksheet, sheets: list[SheetGuide], head: object, wrapped: object) -> None:
    page.write_row(0, 0, ("Trang", "Cột", "Bắt buộc", "Cách ghi", "Tên cột khác cũng được hiểu"), head)
    page.set_column(0, 1, 24)
    page.set_column(3, 4, 60)
    lines = (
        (sheet.title, column.header, "x" if column.required else "", column.how, "; ".join(column.also))
        for sheet in sheets
        for column in sheet.columns
    )
    for row, line in enumerate(lines, 1):
        page.write_row(row, 0, line, wrapped)
    page.freeze_panes(1, 0)


def _write_headers(page: Worksheet, sheet: SheetGuide, head: object, needed: object) -> None:
    page.set_column(0, len(sheet.columns) - 1, 20)
    page.freeze_panes(1, 0)
    for place, column in enumerate(sheet.columns):
        page.write_string(0, place, column.header, needed if column.required else head)
