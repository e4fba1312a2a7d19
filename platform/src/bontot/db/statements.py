"""Statements that the database plans for the values they are asked with.

A statement asked often is prepared by the driver, and after some turns planned once for whatever may come: then a list of
organisations is taken for ten, and members are fetched one by one where five hundred cells are asked about. Planning a list
anew costs about a millisecond; what a form writes is left as it is, for there a plan that is kept saves more.
"""

from __future__ import annotations

from typing import Any

import psycopg
from sqlalchemy import Engine, TextClause, event, text

_ANEW = "bontot_planned_anew"


def within(column: str) -> str:
    """That an organisation is among those `within`, a list of ids, or None for the whole committee; of a statement that is
    `planned_anew`, from whose plan it then falls away."""
    ids = "CAST(:within AS bigint[])"
    return f"({ids} IS NULL OR {column} = ANY({ids}))"


def planned_anew(sql: str) -> TextClause:
    """A statement whose plan depends on its values, as of whoever sees a cell or a whole district."""
    return text(sql).execution_options(**{_ANEW: True})


@event.listens_for(Engine, "do_execute")
def _ask_unprepared(cursor: psycopg.Cursor[Any], statement: Any, binds: Any, context: Any) -> bool:  # noqa: ANN401
    """Whether the statement was asked here."""
    if _ANEW not in context.execution_options:
        return False
    cursor.execute(statement, binds, prepare=False)
    return True
