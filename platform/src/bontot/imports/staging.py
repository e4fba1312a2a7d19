"""Many rows as one argument of a statement (safety rule 8)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ARRAY, Column, Text, bindparam, cast, func
from sqlalchemy.types import JSON

PLACE = "place_in_plan"


def staged(columns: list[Column[Any]], values: list[list[Any]]) -> Any:  # noqa: ANN401 - an alias with dynamic columns
    """A table of the given columns' names and types, with the values of each column in order; `PLACE` counts its rows."""
    arrays = [_array(column, given) for column, given in zip(columns, values, strict=True)]
    names = [column.name for column in columns]
    return (
        func.unnest(*arrays)
        .table_valued(*names, with_ordinality=PLACE, joins_implicitly=True)
        .render_derived()
    )


def _array(column: Column[Any], given: list[Any]) -> Any:  # noqa: ANN401 - an expression
    """The values as the database itself writes an array: a driver that takes them one by one needs as long as the insert."""
    if isinstance(column.type, JSON):
        return bindparam(None, given, type_=ARRAY(column.type))
    return cast(bindparam(None, _written(given), type_=Text()), ARRAY(column.type))


def _written(given: Iterable[Any]) -> str:
    items = (
        "NULL"
        if value is None
        else f'"{value.replace(_SLASH, _TWO).replace(_QUOTE, _QUOTED)}"'
        if isinstance(value, str)
        else str(value)
        for value in given
    )
    return f"{{{','.join(items)}}}"


_SLASH, _TWO, _QUOTE, _QUOTED = "\\", "\\\\", '"', '\\"'
