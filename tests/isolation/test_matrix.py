"""Every tenant table × every command × no committee, one's own, the other's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, Executable, Select, Table, and_, delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from bontot.db.base import Base
from bontot.db.tenancy import TenantSession, scope
from bontot.errors import ScopeNested, ScopeUnset
from tests.isolation.conftest import Pair, Planted
from tests.isolation.specimens import copy_of, tables

REFUSED_BY_POLICY = "42501"
INSERT_ONLY = {"audit_event", "frame_adoption", "issued_file", "issued_paper", "threshold_override"}
"""Whose rows nobody may rewrite or take away; of an adoption only the end may be written, once it is decided."""


def attempt(connection: Connection, statement: Executable) -> int | str:
    """Rows touched, or the SQLSTATE of the refusal; nothing is kept."""
    with connection.begin_nested() as savepoint:
        try:
            result = connection.execute(statement)
            touched = result.scalar_one() if isinstance(statement, Select) else result.rowcount
        except DBAPIError as error:
            touched = str(getattr(error.orig, "sqlstate", ""))
        savepoint.rollback()
    return touched


def commands(table: Table, row: dict[str, Any]) -> dict[str, Executable]:
    """The four commands aimed at one row by its key, and an insert of its like."""
    aimed = and_(*(column == row[column.name] for column in table.primary_key))
    return {
        "SELECT": select(func.count()).select_from(table).where(aimed),
        "UPDATE": update(table).where(aimed).values(tenant_id=row["tenant_id"]),
        "DELETE": delete(table).where(aimed),
        "INSERT": insert(table).values(copy_of(table, row)),
    }


def outcomes(pair: Pair, viewer: Planted | None, target: Planted) -> dict[tuple[str, str], int | str]:
    """What each command does to `target`'s rows from `viewer`'s scope."""
    found: dict[tuple[str, str], int | str] = {}
    with pair.engine.connect() as connection:
        connection.execute(
            text("SELECT set_config('app.tenant_id', :tenant, true)"),
            {"tenant": str(viewer.tenant_id) if viewer else ""},
        )
        connection.execute(text("SET CONSTRAINTS ALL DEFERRED"))
        for table in tables():
            for name, command in commands(table, target.rows[table.name]).items():
                found[table.name, name] = attempt(connection, command)
        connection.rollback()
    return found


def nothing_reached() -> dict[tuple[str, str], int | str]:
    """What must come of every command outside the row's own committee."""
    expected: dict[tuple[str, str], int | str] = {}
    for table in tables():
        refused = REFUSED_BY_POLICY if table.name in INSERT_ONLY else 0
        expected |= {
            (table.name, "SELECT"): 0,
            (table.name, "UPDATE"): refused,
            (table.name, "DELETE"): refused,
            (table.name, "INSERT"): REFUSED_BY_POLICY,
        }
    return expected


def test_no_command_reaches_the_other_committees_rows(plant_pair: Callable[[], Pair]) -> None:
    pair = plant_pair()
    assert outcomes(pair, pair.own, pair.decoy) == nothing_reached()
    assert outcomes(pair, pair.decoy, pair.own) == nothing_reached()


def test_without_a_committee_no_row_is_reached(plant_pair: Callable[[], Pair]) -> None:
    pair = plant_pair()
    assert outcomes(pair, None, pair.own) == nothing_reached()


def test_a_committee_reaches_its_own_rows(plant_pair: Callable[[], Pair]) -> None:
    pair = plant_pair()
    own = outcomes(pair, pair.own, pair.own)
    read = {table: touched for (table, command), touched in own.items() if command == "SELECT"}
    assert read == {table.name: 1 for table in tables()}
    written = {table: touched for (table, command), touched in own.items() if command == "UPDATE"}
    assert written == {
        table.name: REFUSED_BY_POLICY if table.name in INSERT_ONLY else 1 for table in tables()
    }
    refused = {
        table
        for (table, command), touched in own.items()
        if command == "INSERT" and touched == REFUSED_BY_POLICY
    }
    assert refused == set()


def test_every_declared_table_was_tried() -> None:
    declared = {
        mapper.class_.__tablename__ for mapper in Base.registry.mappers if mapper.class_.__scope__ == "tenant"
    }
    assert {table.name for table in tables()} == declared
    assert len(declared) >= 40


@pytest.mark.parametrize("command", ["SELECT", "UPDATE", "DELETE", "INSERT"])
def test_the_matrix_sees_a_table_left_open(plant_pair: Callable[[], Pair], command: str) -> None:
    pair = plant_pair()
    with pair.owner.begin() as connection:
        connection.execute(text("DROP POLICY tenant ON training"))
    reached = outcomes(pair, pair.own, pair.decoy)[("training", command)]
    assert reached != nothing_reached()[("training", command)]


def test_a_session_without_a_committee_refuses_to_begin(plant_pair: Callable[[], Pair]) -> None:
    with TenantSession(plant_pair().engine) as session, pytest.raises(ScopeUnset):
        session.execute(text("SELECT 1"))


def test_a_session_never_changes_committee(plant_pair: Callable[[], Pair]) -> None:
    pair = plant_pair()
    with scope(pair.engine, pair.own.tenant_id) as session, pytest.raises(ScopeNested):
        session.enter(pair.decoy.tenant_id)
