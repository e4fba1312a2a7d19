"""Rows of a workbook told back as they were understood, so that whoever sends it sees what would be kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from bontot.imports.columns import Choice, Column, Known, last_day, money, month, phone
from bontot.imports.layout import SECTION_OF
from bontot.imports.table import Row
from bontot.policy.words import figure
from bontot.text import quoted

FIRST_ROWS = "first"
"""Where a sheet's counts have them."""
FIRST = 5
"""Rows of a sheet that are told."""
LONGEST = 120
"""Characters of a value that are told."""
PRECISIONS = {"day": "{:%d/%m/%Y}", "month": "{:%m/%Y}", "year": "{:%Y}"}


def first_rows(
    rows: Sequence[Row], columns: Sequence[Column], organisation: Callable[[str], str]
) -> list[dict[str, Any]]:
    """The first rows of a sheet as `{row, values: [[header, words], …]}`, without what they leave blank. `organisation` is
    the name of the one that is meant by a name or code."""
    told = []
    for row in rows[:FIRST]:
        values = []
        for column in columns:
            words = in_words(column, row.get(column.field))
            if words:
                name = organisation(words) if column.field == SECTION_OF else words
                values.append([column.header, quoted(name, longest=LONGEST)])
        told.append({"row": row.number, "values": values})
    return told


def in_words(column: Column, value: Any) -> str:  # noqa: ANN401 - whatever the column holds
    """A value as it is read, "" for none: days as dd/MM/yyyy as far as they are known, choices in words."""
    if value is None or value == ():
        return ""
    if isinstance(column.parse, Choice):
        return column.parse.phrase(value)
    if column.told is not None:
        return column.told(value)
    return _BY_PARSER.get(column.parse, _plain)(value)


def _plain(value: Any) -> str:  # noqa: ANN401 - whatever a column holds
    if isinstance(value, Known):
        return PRECISIONS[value.precision].format(value.day)
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, tuple):
        return "; ".join(map(_plain, value))
    return figure(value) if isinstance(value, Decimal) else str(value)


_BY_PARSER: dict[Callable[[Any], Any], Callable[[Any], str]] = {
    last_day: lambda first_after: _plain(first_after - timedelta(days=1)),
    month: "{:%m/%Y}".format,
    money: lambda amount: f"{figure(amount)} đồng",
    phone: lambda number: f"0{number.removeprefix('+84')}",
}
