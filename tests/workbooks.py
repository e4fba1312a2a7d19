"""Workbooks as an office would make them, for the tests of imports."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

import xlsxwriter

Sheet = Sequence[Sequence[object]]


def workbook(sheets: Mapping[str, Sheet], *, hidden: frozenset[str] = frozenset()) -> bytes:
    """An .xlsx file of rows by sheet; days become date cells."""
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
    return file.getvalue()
