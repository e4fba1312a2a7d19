"""One valid row of every tenant table, made from the models alone, so that a new table is covered without being named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Column, ForeignKeyConstraint, Table, insert

from bontot.db import models  # noqa: F401 - declares the tables
from bontot.db.base import Base, is_secret
from bontot.db.tenancy import TenantSession, tenant_tables

ORDINARY: dict[type, Any] = {
    int: 2023,
    str: "",
    bool: False,
    date: date(2023, 3, 3),
    datetime: datetime(2023, 3, 3, tzinfo=UTC),
    time: time(19, 30),
    Decimal: Decimal(1),
    bytes: b"",
    object: {},
    list: [],
}
SPECIAL: dict[tuple[str, str], Any] = {
    ("fee", "month"): date(2023, 3, 1),
    ("attendance", "mark"): 1,
    ("meeting_preference", "day"): 3,
    ("judgment", "verdict"): "met",
    ("fee_relief", "percent"): 100,
    ("recognition_ballot", "method"): "show_of_hands",
    ("issued_file", "sha256"): sha256(b"").digest(),
    ("job_file", "sha256"): sha256(b"").digest(),
}


def tables() -> list[Table]:
    """Every tenant table, parents first."""
    return [Base.metadata.tables[name] for name in tenant_tables()]


def plant(session: TenantSession, marker: str) -> dict[str, dict[str, Any]]:
    """Inserts one row into every tenant table in the session's scope, its free texts beginning with `marker`; returns the
    rows by table name. `account_tenant` must already hold an account for the tenant."""
    rows: dict[str, dict[str, Any]] = {}
    for table in tables():
        values = dict(_values(table, rows, marker))
        inserted = session.execute(insert(table).values(values).returning(*table.columns)).one()
        rows[table.name] = dict(inserted._mapping)
    return rows


def copy_of(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """The row's values under a new identity, fit to be inserted again."""
    fresh = {"id": None, "public_id": uuid4()}
    return {name: fresh.get(name, value) for name, value in row.items() if name != "id"}


def _values(table: Table, rows: dict[str, dict[str, Any]], marker: str) -> Iterator[tuple[str, Any]]:
    parents = dict(_parents(table, rows))
    chosen = _exactly_one(table)
    for column in table.columns:
        key = (table.name, column.name)
        if column.name == "tenant_id" or column.identity or column.server_default is not None:
            continue
        if key in SPECIAL:
            yield column.name, SPECIAL[key]
        elif column.nullable and column.name not in chosen[:1] and not is_secret(column):
            continue
        elif column.name in parents:
            yield column.name, parents[column.name]
        else:
            yield column.name, _ordinary(table, column, marker)


def _parents(table: Table, rows: dict[str, dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    for constraint in table.constraints:
        if isinstance(constraint, ForeignKeyConstraint):
            for element in constraint.elements:
                target = element.column.table.name
                if element.parent.name != "tenant_id" and target in rows:
                    yield element.parent.name, rows[target][element.column.name]


def _exactly_one(table: Table) -> list[str]:
    """The first of the columns of which exactly one may be set stands for all."""
    for constraint in table.constraints:
        found = re.search(r"num_nonnulls\((.*?)\) = 1", str(getattr(constraint, "sqltext", "")))
        if found and "verdict" not in found.group(1):
            return found.group(1).split(", ")
    return []


def _ordinary(table: Table, column: Column[Any], marker: str) -> object:
    if column.name == "account_id":
        return table.metadata.info["account_id"]
    for constraint in table.constraints:
        found = re.match(rf"{column.name} IN \('(\w+)'", str(getattr(constraint, "sqltext", "")))
        if found:
            return found.group(1)
    if column.type.python_type is UUID:
        return uuid4()
    value, name = ORDINARY[column.type.python_type], f"{marker} {table.name}.{column.name}"
    if is_secret(column) and value == b"":
        return name.encode()
    return name if value == "" else value
