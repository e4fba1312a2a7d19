"""Many rows as one argument of a statement (safety rule 8)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ARRAY, Column, bindparam, func

PLACE = "place_in_plan"


def staged(columns: list[Column[Any]], values: list[list[Any]]) -> Any:  # noqa: ANN401 - an alias with dynamic columns
    """A table of the given columns' names and types, with the values of each column in order; `PLACE` counts its rows."""
    arrays = [
        bindparam(None, given, type_=ARRAY(column.type))
        for column, given in zip(columns, values, strict=True)
    ]
    names = [column.name for column in columns]
    return (
        func.unnest(*arrays)
        .table_valued(*names, with_ordinality=PLACE, joins_implicitly=True)
        .render_derived()
    )
