"""A sheet as rows of a known kind: its header is found, its columns are matched, every cell is understood or named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bontot.imports.columns import Column, Misread
from bontot.imports.problems import ERROR, WARNING, Problem
from bontot.imports.reading import Cell, SheetRows
from bontot.text import search_key

HEADER_SEARCH = 20
"""Rows in which the header is looked for: offices put the committee's name and a title above it."""

NUMBERING = frozenset({"tt", "stt", "so tt", "so thu tu"})
NOT_KEPT = {
    "dân tộc": "dan toc",
    "tôn giáo": "ton giao",
    "quê quán": "que quan",
    "trình độ": "trinh do",
    "căn cước": "cccd",
    "thành phần gia đình": "thanh phan gia dinh",
}
"""Columns of usual lists that the product has no use for and does not hold (dossier: data-formats §2 and §4)."""

_PUNCTUATION = re.compile(r"[^\w]+")

Report = Callable[[Problem], None]


def heading(text: object) -> str:
    """A title or header without accents, case and punctuation, for comparison."""
    return " ".join(_PUNCTUATION.sub(" ", search_key(str(text))).split())


@dataclass(slots=True)
class Row:
    """One understood row: values by field, absent where blank; problems are reported under the row's own headers."""

    sheet: str
    number: int
    values: dict[str, Any]
    headers: Mapping[str, str]
    report: Report

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - as a mapping of any values
        return self.values.get(name, default)

    def error(self, name: str, message: str, *, recorded: bool = False) -> None:
        """The row cannot be taken in because of this column; `recorded` when the system has it already."""
        self.report(Problem(self.sheet, self.number, self.headers.get(name, name), message, ERROR, recorded))

    def warn(self, name: str, message: str) -> None:
        """The row is taken in as the sentence says."""
        self.report(Problem(self.sheet, self.number, self.headers.get(name, name), message, WARNING))


@dataclass(slots=True)
class _Header:
    row: int
    place: dict[int, Column]
    written: dict[str, str] = field(default_factory=dict)
    """Headers by field as the file has them."""
    titles: dict[str, str] = field(default_factory=dict)
    """The same, and those we would print where the file lacks the column."""
    seen: dict[tuple[int, str], Any] = field(default_factory=dict)

    def understood(self, place: int, column: Column, cell: str) -> Any:  # noqa: ANN401 - whatever the column holds
        """The value of a text in a column; the same few texts fill most of a sheet."""
        key = place, cell
        if key not in self.seen:
            self.seen[key] = column.parse(cell)
        return self.seen[key]


def understand(sheet: SheetRows, columns: tuple[Column, ...], report: Report) -> list[Row]:
    """The rows below the header whose cells could all be understood, in order; blank rows are passed over.

    Reports every cell that could not be, every missing and every unused column.
    """
    header = _find_header(sheet, columns, report)
    if header is None or not _complete(sheet, header, columns, report):
        return []
    header.titles = {column.field: column.header for column in columns} | header.written
    return [
        row
        for number, cells in enumerate(sheet.rows[header.row + 1 :], header.row + 2)
        if any(cell is not None for cell in cells)
        and (row := _row(sheet.name, number, cells, header, report))
    ]


def _row(sheet: str, number: int, cells: list[Cell], header: _Header, report: Report) -> Row | None:
    row = Row(sheet, number, {}, header.titles, report)
    whole = True
    for place, column in header.place.items():
        cell = cells[place] if place < len(cells) else None
        if isinstance(cell, str) and not cell.strip():
            cell = None
        try:
            if isinstance(cell, str):
                row.values[column.field] = header.understood(place, column, cell)
            elif cell is not None:
                row.values[column.field] = column.parse(cell)
            elif column.required:
                raise Misread("Ô này không được để trống.")
        except Misread as misread:
            row.error(column.field, str(misread))
            whole = False
    return row if whole and row.values else None


def _find_header(sheet: SheetRows, columns: tuple[Column, ...], report: Report) -> _Header | None:
    names = {heading(name): column for column in columns for name in (column.header, *column.also)}
    best: tuple[int, int] = (0, 0)
    for number, cells in enumerate(sheet.rows[:HEADER_SEARCH]):
        titles = [heading(cell) for cell in cells if isinstance(cell, str) and cell.strip()]
        known = sum(title in names for title in titles)
        if len(titles) >= min(2, len(columns)):  # a lone cell is a title above the list
            best = max(best, (known, -number))
    if not best[0]:
        expected = ", ".join(column.header for column in columns if column.required)
        sentence = f"Không tìm thấy dòng tiêu đề trong {HEADER_SEARCH} dòng đầu; cần có các cột: {expected}."
        report(Problem(sheet.name, None, "", sentence))
        return None
    header = _Header(-best[1], {})
    for place, cell in enumerate(sheet.rows[header.row]):
        if cell is not None:
            _match(sheet.name, header, place, str(cell).strip(), names, report)
    return header


def _match(
    sheet: str, header: _Header, place: int, written: str, names: Mapping[str, Column], report: Report
) -> None:
    title = heading(written)
    column = names.get(title)
    if column is None:
        if title not in NUMBERING:
            kept_out = next((name for name, start in NOT_KEPT.items() if title.startswith(start)), "")
            reason = f"hệ thống không lưu {kept_out}" if kept_out else "không nhận ra tiêu đề này"
            report(Problem(sheet, header.row + 1, written, f"Cột này bị bỏ qua: {reason}.", WARNING))
    elif column.field in header.written:
        first = header.written[column.field]
        report(Problem(sheet, header.row + 1, written, f"Cột này trùng với cột “{first}”; chỉ giữ một cột."))
    else:
        header.place[place] = column
        header.written[column.field] = written


def _complete(sheet: SheetRows, header: _Header, columns: tuple[Column, ...], report: Report) -> bool:
    missing = [column for column in columns if column.required and column.field not in header.written]
    for column in missing:
        sentence = f"Thiếu cột “{column.header}” (dòng {header.row + 1}); hãy thêm cột này vào dòng tiêu đề."
        report(Problem(sheet.name, header.row + 1, column.header, sentence))
    return not missing


def cells_of(sheet: SheetRows, rows: int) -> Iterator[str]:
    """The texts in the first `rows` rows."""
    for row in sheet.rows[:rows]:
        yield from (cell for cell in row if isinstance(cell, str))
