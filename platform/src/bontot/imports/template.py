"""The sheets a workbook may hold, told to those who fill them in: as a guide, and as empty workbooks to begin from.

Both are made of the sheets' own declarations, so that what is offered is what is understood.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bontot.errors import NotFound
from bontot.imports.columns import Column, Misread
from bontot.imports.intake import SheetKind
from bontot.imports.kinds.people import STATE_HOLDERS
from bontot.imports.kinds.roll_calls import ROLL_CALLS
from bontot.imports.sheets import SHEETS
from bontot.workbook import Sheet, workbook

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
    return workbook([_explained(sheets), *map(_empty, sheets)])


def _explain(column: Column) -> ColumnGuide:
    others = [name for name in column.also if name != column.header]
    if column.parts:
        others.append(f"các cột {' | '.join(part.label for part in column.parts)} dưới tiêu đề này")
    return ColumnGuide(column.header, column.required, _how(column), tuple(others))


def _how(column: Column) -> str:
    """How a cell is to be written, as its refusal says it."""
    try:
        column.parse(_NOBODY_WRITES)
    except Misread as refusal:
        how = str(refusal).partition("; ")[2].removeprefix("hãy ")
        return how[:1].upper() + how[1:]
    return ""


def _explained(sheets: list[SheetGuide]) -> Sheet:
    """The tab that says how each column is filled."""
    lines = [
        (sheet.title, column.header, column.required, column.how, column.also)
        for sheet in sheets
        for column in sheet.columns
    ]
    headers = ("Trang", "Cột", "Bắt buộc", "Cách ghi", "Tên cột khác cũng được hiểu")
    return Sheet(GUIDE, (), headers, lines, wrapped=True)


def _empty(sheet: SheetGuide) -> Sheet:
    headers = [column.header for column in sheet.columns]
    needed = frozenset(column.header for column in sheet.columns if column.required)
    return Sheet(sheet.title, (), headers, [], needed=needed)
