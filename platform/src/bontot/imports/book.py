"""Workbooks out, in the form in which they come in: rows by kind of sheet, as an office could have made them."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from bontot.imports.columns import Column
from bontot.imports.intake import SheetKind
from bontot.imports.sheets import SHEETS

MADE = datetime(2023, 1, 1)  # noqa: DTZ001 - fixed, so that equal content gives equal bytes
TITLE_ROWS = 3
WIDEST = 60
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}

Row = Mapping[str, object]


class Book:
    """The rows of one workbook; values are as an office writes them, days as days, ticks as True."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.rows: dict[str, list[Row]] = defaultdict(list)

    def add(self, kind: str, /, **values: object) -> None:
        """A row of the sheet whose kind has this key, by field."""
        self.rows[kind].append(values)

    def content(self) -> bytes:
        """The .xlsx file: for each kind that has rows, a sheet with the issuer, a title, a header and the rows."""
        file = io.BytesIO()
        with xlsxwriter.Workbook(file, OPTIONS) as workbook:
            formats = _prepare(workbook)
            for kind in SHEETS:
                if kind.key in self.rows:
                    sheet = workbook.add_worksheet(kind.title)
                    self._write(sheet, kind, self.rows[kind.key], formats)
        return file.getvalue()

    def _write(
        self, sheet: Worksheet, kind: SheetKind, rows: Sequence[Row], formats: Mapping[str, object]
    ) -> None:
        used = {name for row in rows for name, value in row.items() if value not in (None, False)}
        columns = [column for column in kind.columns if column.required or column.field in used]
        sheet.write_string(0, 0, self.issuer.upper(), formats["title"])
        sheet.write_string(1, 0, kind.title.upper(), formats["title"])
        sheet.write_string(TITLE_ROWS, 0, "TT", formats["head"])
        for place, column in enumerate(columns, 1):
            sheet.write_string(TITLE_ROWS, place, column.header, formats["head"])
            sheet.set_column(place, place, _width(column, rows))
        for number, row in enumerate(rows, 1):
            sheet.write_number(TITLE_ROWS + number, 0, number)
            for place, column in enumerate(columns, 1):
                _write_cell(sheet, TITLE_ROWS + number, place, row.get(column.field), formats["day"])
        sheet.freeze_panes(TITLE_ROWS + 1, 0)


def _prepare(workbook: xlsxwriter.Workbook) -> dict[str, object]:
    workbook.set_properties({"created": MADE})
    return {
        "day": workbook.add_format({"num_format": "dd/mm/yyyy"}),
        "head": workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "title": workbook.add_format({"bold": True}),
    }


def _width(column: Column, rows: Sequence[Row]) -> int:
    longest = max((len(str(row.get(column.field) or "")) for row in rows[:50]), default=0)
    return min(max(longest, len(column.header)) + 2, WIDEST)


def _write_cell(sheet: Worksheet, row: int, column: int, value: object, day_format: object) -> None:
    if value is None or value is False:
        return
    if isinstance(value, date):
        sheet.write_datetime(row, column, value, day_format)
    elif isinstance(value, int) and value is not True:
        sheet.write_number(row, column, value)
    elif isinstance(value, tuple):
        sheet.write_string(row, column, "; ".join(value))
    else:
        sheet.write_string(row, column, "x" if value is True else str(value))
