"""What stands in a workbook that a page answers with."""

from __future__ import annotations

from werkzeug.test import TestResponse

from bontot.imports.reading import Cell, SheetRows, read
from bontot.workbook import MEDIA

Table = tuple[list[str], list[Cell], list[list[Cell]]]
"""The lines above it, its header, its rows."""


def tables_of(response: TestResponse) -> dict[str, Table]:
    """The tabs by name."""
    assert (response.status_code, response.mimetype) == (200, MEDIA)
    return {sheet.name: _cut_up(sheet) for sheet in read(response.data)}


def table_of(response: TestResponse) -> Table:
    """The only tab."""
    [table] = tables_of(response).values()
    return table


def _cut_up(sheet: SheetRows) -> Table:
    above, head, *rows = sheet.rows[:2], *sheet.rows[3:]
    return [str(row[0]) for row in above], head, rows
