"""A plan into the database: one statement a table, through the application's own role (safety rule 8)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Table, insert, select, text, update

from bontot.db.base import Base, TenantTable
from bontot.db.tenancy import TenantSession
from bontot.evaluation.runs import Progress
from bontot.imports.pausing import uncollected
from bontot.imports.plan import Entity, Plan
from bontot.imports.progress import quiet
from bontot.imports.staging import PLACE, staged
from bontot.imports.undoing import Footprint, key_names

LARGE = 1_000
"""Rows of one table that may turn what the planner knows of it into its opposite."""


@uncollected()
def write(session: TenantSession, plan: Plan, progress: Progress = quiet) -> tuple[dict[str, int], Footprint]:
    """Writes everything, referred-to tables first, and returns rows written by table, and what it takes to undo it.

    New records get their ids as they are written; rows go in by `INSERT … SELECT FROM unnest(…)`.
    """
    footprint = Footprint()
    order = {table.name: place for place, table in enumerate(Base.metadata.sorted_tables)}
    for model in sorted(plan.changes, key=lambda model: order[model.__tablename__]):
        footprint.keep(session, model.__table__, plan.changes[model])  # type: ignore[arg-type]
        for changes in _alike(plan.changes[model]):
            _update(session, model, changes)  # first: an interval must end before its successor begins
    written = {}
    total, passed = sum(map(len, plan.rows.values())), 0
    for model in sorted(plan.rows, key=lambda model: order[model.__tablename__]):
        progress(2 * total + passed, 3 * total, "ghi vào hồ sơ")
        passed += len(plan.rows[model])
        keys = _insert(session, model, plan.rows[model], plan.entities[model])
        footprint.new[model.__tablename__] = keys
        written[model.__tablename__] = len(plan.rows[model])
    return written, footprint


def count_anew(session: TenantSession, written: dict[str, int]) -> None:
    """Tells the planner of many rows written, by table, before anyone reads them: PostgreSQL would notice within minutes,
    and of a partitioned table as a whole never (judging a district just taken in: 12 s without, 0.2 s with). What somebody
    else is counting now is left out, for nobody is to wait."""
    if any(rows >= LARGE for rows in written.values()):
        session.execute(text(f"ANALYZE (SKIP_LOCKED) {', '.join(sorted(written))}"))


def _insert(
    session: TenantSession,
    model: type[TenantTable],
    rows: list[dict[str, Any]],
    entities: list[Entity | None],
) -> dict[str, list[Any]]:
    """Inserts rows and returns their keys by column."""
    table: Table = model.__table__  # type: ignore[assignment]
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = [table.c[name] for name in names]
    given = staged(columns, [[_plain(row.get(name)) for row in rows] for name in names])
    statement = insert(table).from_select(
        names, select(*(given.c[name] for name in names)).order_by(given.c[PLACE])
    )
    keys = key_names(table)
    # Identities are drawn in the order of the select, so sorted they are the rows' own.
    found = sorted(map(tuple, session.execute(statement.returning(*(table.c[name] for name in keys)))))
    for entity, key in zip(entities, found, strict=True):
        if entity is not None:
            (entity.id,) = key
    return {name: [_json(key[place]) for key in found] for place, name in enumerate(keys)}


def _update(session: TenantSession, model: type[TenantTable], changes: list[dict[str, Any]]) -> None:
    table: Table = model.__table__  # type: ignore[assignment]
    names = list(changes[0])
    given = staged([table.c[name] for name in names], [[row[name] for row in changes] for name in names])
    keys = key_names(table)
    values = {name: given.c[name] for name in names if name not in keys}
    session.execute(update(table).values(values).where(*(table.c[name] == given.c[name] for name in keys)))


def _alike(changes: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Changes in groups that set the same columns."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for change in changes:
        groups.setdefault(tuple(change), []).append(change)
    return list(groups.values())


def _plain(value: object) -> object:
    return value.id if isinstance(value, Entity) else value


def _json(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
