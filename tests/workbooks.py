"""Workbooks as an office would make them, for the tests of imports."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

import xlsxwriter

Sheet = Sequence[Sequence[object]]
Span = tuple[int, int, int, int]


def workbook(
    sheets: Mapping[str, Sheet],
    *,
    hidden: frozenset[str] = frozenset(),
    merged: Mapping[str, Sequence[Span]] | None = None,
) -> bytes:
    """An .xlsx file of rows by sheet; days become date cells. `merged` has top, left, bottom and right of merged cells by
    sheet, from 0; the first keeps its value."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        day_format = book.add_format({"num_format": "dd/mm/yyyy"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if isinstance(cell, date | datetime | time):
                        sheet.write_datetime(row, column, cell, day_format)
                    elif cell is not None:
                        sheet.write(row, column, cell)
            for top, left, bottom, right in (merged or {}).get(name, ()):
                sheet.merge_range(top, left, bottom, right, "")
                sheet.write(top, left, rows[top][left])
    return file.getvalue()
