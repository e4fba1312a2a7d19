"""What an act writes into the tables, a statement for however many rows, kept so that the very same can be taken back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, text
from sqlalchemy.dialects import postgresql

from bontot.db.base import Base, TenantTable
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput

CHANGED_SINCE = (
    "Hồ sơ của các tổ chức này đã được ghi tiếp sau việc ấy nên không lấy lại được nữa. "
    "Hãy ghi một việc mới cho đúng."
)
Change = dict[str, Any]
"""`{table, columns, rows}`, a row as `[key, before, after]`; before is null for a new row, after for one taken away."""


class Ledger:
    """Writes rows of one committee, whole statements at a time, and remembers each change."""

    def __init__(self, session: TenantSession) -> None:
        self._session = session
        self.changes: list[Change] = []

    def add(
        self, model: type[TenantTable], columns: Sequence[str], source: str, binds: Mapping[str, Any]
    ) -> list[Any]:
        """Writes what `source` selects, in the order of `columns`; the new rows by `id`, where the table has one."""
        table = _table(model)
        statement = (
            f"INSERT INTO {table.name} AS t ({', '.join(columns)}) {source}"
            f" RETURNING {_array('t', _keys(table))}, NULL, {_array('t', columns)}"
        )
        return self._write(table, columns, statement, binds)

    def change(
        self, model: type[TenantTable], values: Mapping[str, str], which: str, binds: Mapping[str, Any]
    ) -> list[Any]:
        """Writes SQL `values` into the rows of `t` that meet `which`; their keys with what stood before."""
        table, columns = _table(model), list(values)
        written = ", ".join(f"{name} = {value}" for name, value in values.items())
        statement = (
            f"UPDATE {table.name} AS t SET {written} {which}"
            f" RETURNING {_array('t', _keys(table))}, {_array('old', columns)}, {_array('new', columns)}"
        )
        return self._write(table, columns, statement, binds)

    def remove(self, model: type[TenantTable], which: str, binds: Mapping[str, Any]) -> None:
        """Takes away the rows of `t` that meet `which`."""
        table = _table(model)
        columns = [column.name for column in table.columns if column.name not in ("tenant_id", *_keys(table))]
        statement = (
            f"DELETE FROM {table.name} AS t WHERE {which}"
            f" RETURNING {_array('t', _keys(table))}, {_array('t', columns)}, NULL"
        )
        self._write(table, columns, statement, binds)

    def _write(
        self, table: Table, columns: Sequence[str], statement: str, binds: Mapping[str, Any]
    ) -> list[Any]:
        rows = [list(row) for row in self._session.execute(text(statement), binds)]
        if rows:
            self.changes.append({"table": table.name, "columns": list(columns), "rows": rows})
        return rows


def take_back(session: TenantSession, changes: Sequence[Change]) -> None:
    """Undoes changes, the last first. Raises InvalidInput when a row is no longer as it was left, or others lean on it."""
    session.flush()
    for change in reversed(changes):
        table, columns, rows = Base.metadata.tables[change["table"]], change["columns"], change["rows"]
        binds = {"rows": json.dumps(rows)}
        if rows[0][2] is None:
            session.execute(text(_restored(table, columns)), binds)
            continue
        if rows[0][1] is None:
            _nothing_leans_on(session, table, [row[0] for row in rows])
            statement = f"DELETE FROM {table.name} AS t USING {_KEPT} WHERE {_same(table, columns)}"
        else:
            written = ", ".join(
                f"{name} = {_read(table, name, f'kept.item -> 1 ->> {place}')}"
                for place, name in enumerate(columns)
            )
            statement = f"UPDATE {table.name} AS t SET {written} FROM {_KEPT} WHERE {_same(table, columns)}"
        if session.execute(text(statement), binds).rowcount != len(rows):  # type: ignore[attr-defined]
            raise InvalidInput(CHANGED_SINCE, "reason")
    session.expire_all()


_KEPT = "jsonb_array_elements(CAST(:rows AS jsonb)) AS kept (item)"


def _table(model: type[TenantTable]) -> Table:
    table: Table = model.__table__  # type: ignore[assignment]
    return table


def _keys(table: Table) -> list[str]:
    return [column.name for column in table.primary_key if column.name != "tenant_id"]


def _array(of: str, columns: Iterable[str]) -> str:
    return f"jsonb_build_array({', '.join(f'{of}.{name}' for name in columns)})"


def _read(table: Table, name: str, value: str) -> str:
    kind = table.c[name].type.compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]
    return f"CAST({value} AS {kind})"


def _same(table: Table, columns: Sequence[str]) -> str:
    """The condition that a row of `t` is the one kept, and as it was left."""
    keys = (
        f"t.{name} = {_read(table, name, f'kept.item -> 0 ->> {place}')}"
        for place, name in enumerate(_keys(table))
    )
    return f"{' AND '.join(keys)} AND {_array('t', columns)} = kept.item -> 2"


def _restored(table: Table, columns: Sequence[str]) -> str:
    parts = [
        _read(table, name, f"kept.item -> {part} ->> {place}")
        for part, names in enumerate((_keys(table), columns))
        for place, name in enumerate(names)
    ]
    return f"INSERT INTO {table.name} ({', '.join((*_keys(table), *columns))}) SELECT {', '.join(parts)} FROM {_KEPT}"


def _nothing_leans_on(session: TenantSession, table: Table, keys: Sequence[Sequence[int]]) -> None:
    """Raises InvalidInput when rows of other tables name one of these, which would hinder or go with their deletion."""
    leaning = [
        f"EXISTS (SELECT FROM {other.name} WHERE {element.parent.name} = ANY(:ids))"
        for other in Base.metadata.sorted_tables
        for key in other.foreign_key_constraints
        if key.referred_table is table
        for element in key.elements
        if element.parent.name != "tenant_id"
    ]
    binds = {"ids": [key[0] for key in keys]}
    if leaning and session.execute(text(f"SELECT {' OR '.join(leaning)}"), binds).scalar():
        raise InvalidInput(CHANGED_SINCE, "reason")
