"""Taking a committee away for good: every row of it in every table, and the log-ins nobody else has a use for."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Engine, Table, text

from bontot.db.base import Base
from bontot.db.tenancy import table_scope, tenant_tables
from bontot.services.bundle.contents import accounts_of

_AS_OWNER = text(
    "SELECT set_config('app.migrating', 'on', true), set_config('lock_timeout', '10s', true),"
    " set_config('statement_timeout', '10min', true)"
)
"""What the owner of the tables needs to reach a committee's rows; the application may not take its trail away."""
_HOLD = text("SELECT code FROM tenant WHERE id = :tenant FOR UPDATE")
"""Whoever would write a row of the committee meanwhile waits, and then finds it gone."""
_NOTE = text("""
INSERT INTO platform_event (action, tenant_code, by, detail)
VALUES ('delete_tenant', :code, :by, jsonb_build_object('rows', CAST(:rows AS bigint)))
""")


def remove_tenant(
    owner: Engine, tenant_id: int, *, by: str, elsewhere: Callable[[], object] = lambda: None
) -> dict[str, int]:
    """Deletes a committee in one transaction; returns the rows deleted by table, where there were any. `elsewhere` takes
    away what is held of it outside the database: when it raises, nothing is deleted, and all of it can be asked for again.

    What remains is one line of the platform's trail: the code, the moment, who, and how many rows.
    """
    with owner.begin() as connection:
        connection.execute(_AS_OWNER)
        code = connection.execute(_HOLD, {"tenant": tenant_id}).scalar_one()
        known = connection.scalars(
            text("SELECT account_id FROM account_tenant WHERE tenant_id = :tenant"), {"tenant": tenant_id}
        ).all()
        deleted = {table.name: _delete(connection, table, tenant_id) for table in _in_order()}
        deleted["account"] = _forget(connection, list(known))
        connection.execute(text("DELETE FROM tenant WHERE id = :tenant"), {"tenant": tenant_id})
        connection.execute(_NOTE, {"code": code, "by": by, "rows": sum(deleted.values())})
        elsewhere()
    return {name: rows for name, rows in deleted.items() if rows}


def _in_order() -> list[Table]:
    """Every table with a committee's rows, those that refer before those referred to; the platform's own last."""
    of_platform = [
        table
        for table in Base.metadata.sorted_tables
        if table_scope(table.name) == "global" and "tenant_id" in table.columns
    ]
    return [*reversed(_of_committee()), *reversed(of_platform)]


def _of_committee() -> list[Table]:
    return [Base.metadata.tables[name] for name in tenant_tables()]


def _delete(connection: Connection, table: Table, tenant_id: int) -> int:
    statement = text(f"DELETE FROM {table.name} WHERE tenant_id = :tenant")
    return connection.execute(statement, {"tenant": tenant_id}).rowcount


def _forget(connection: Connection, accounts: list[int]) -> int:
    """Deletes those log-ins of the committee that open no other, that no other's records name, and that operate nothing."""
    named = " ".join(
        f"AND NOT EXISTS (SELECT FROM {table.name} t WHERE t.{account} = a.id)"
        for table in _of_committee()
        for account in accounts_of(table)
    )
    statement = text(
        "DELETE FROM account a WHERE a.id = ANY(:accounts) AND NOT a.is_operator"
        f" AND NOT EXISTS (SELECT FROM account_tenant l WHERE l.account_id = a.id) {named}"
    )
    return connection.execute(statement, {"accounts": accounts}).rowcount
