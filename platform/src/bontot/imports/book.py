"""Workbooks out, in the form in which they come in: rows by kind of sheet, as an office could have made them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from bontot.imports.intake import SheetKind
from bontot.imports.sheets import SHEETS
from bontot.workbook import Sheet, Value, workbook

Row = Mapping[str, Value]


class Book:
    """The rows of one workbook; values are as an office writes them, days as days, ticks as True."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.rows: dict[str, list[Row]] = defaultdict(list)

    def add(self, kind: str, /, **values: Any) -> None:
        """A row of the sheet whose kind has this key, by field."""
        self.rows[kind].append(values)

    def content(self, footer: str = "") -> bytes:
        """The .xlsx file: for each kind that has rows, a sheet with the issuer, a title, a header and the rows."""
        sheets = [self._sheet(kind, self.rows[kind.key]) for kind in SHEETS if kind.key in self.rows]
        return workbook(sheets, footer=footer)

    def _sheet(self, kind: SheetKind, rows: Sequence[Row]) -> Sheet:
        used = {name for row in rows for name, value in row.items() if value not in (None, False)}
        columns = [column for column in kind.columns if column.required or column.field in used]
        return Sheet(
            kind.title,
            (self.issuer.upper(), kind.title.upper(), ""),
            [column.header for column in columns],
            [[row.get(column.field) for column in columns] for row in rows],
            numbered=True,
        )
