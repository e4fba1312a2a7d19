"""The guards that keep one committee's rows from another's.

Row-level security is the floor (`catalogue` writes it, a test reads it back); above it a session belongs to exactly one
scope, named before its first statement (safety rules 3 to 6).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction

from bontot.db import roles
from bontot.db.base import Base, TenantTable
from bontot.errors import ScopeNested, ScopeUnset

APP_ROLE = roles.APP
OWNER_ROLE = roles.OWNER
BACKUP_ROLE = roles.BACKUP

_SCOPE = "bontot.scope"
PLATFORM = 0
"""The scope in which only global tables have rows: logging in, the operator's pages, the outbox."""

TENANT_FUNCTION = """
CREATE OR REPLACE FUNCTION app_tenant() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('app.tenant_id', true), '')::integer
"""


def protect(table: str) -> list[str]:
    """The statements that put a tenant table under row-level security.

    The restrictive policy is what holds even if a later permissive one is careless; the owner sees rows only inside a
    migration that says so, otherwise a data migration would silently touch none or all.
    """
    same = "tenant_id = (SELECT app_tenant())"
    migrating = "(SELECT current_setting('app.migrating', true)) = 'on'"
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY reach ON {table} TO {roles.APP} USING (true) WITH CHECK (true)",
        f"CREATE POLICY tenant ON {table} AS RESTRICTIVE TO {roles.APP} USING ({same}) WITH CHECK ({same})",
        f"CREATE POLICY migration ON {table} TO {roles.OWNER} USING ({migrating}) WITH CHECK ({migrating})",
    ]


class TenantSession(Session):
    """A session of one scope. Without a scope it refuses to begin; a scope once set is never changed."""

    def enter(self, tenant_id: int) -> None:
        """Binds the session to a committee, or to `PLATFORM`.

        Raises ScopeNested when it already belongs to another.
        """
        held = self.info.get(_SCOPE)
        if held is not None and held != tenant_id:
            raise ScopeNested
        self.info[_SCOPE] = tenant_id

    @property
    def tenant_id(self) -> int:
        """The committee this session belongs to; raises ScopeUnset outside one or in the platform's scope."""
        tenant_id: int | None = self.info.get(_SCOPE)
        if not tenant_id:
            raise ScopeUnset
        return tenant_id


_NAME_TENANT = "SELECT set_config('app.tenant_id', %(tenant)s, true)"


@event.listens_for(TenantSession, "after_begin")
def _name_tenant(session: TenantSession, _: SessionTransaction, connection: Connection) -> None:
    scope = session.info.get(_SCOPE)
    if scope is None:
        raise ScopeUnset
    connection.exec_driver_sql(_NAME_TENANT, {"tenant": str(scope) if scope else ""})


@event.listens_for(TenantSession, "do_orm_execute")
def _read_held_rows_anew(state: ORMExecuteState) -> None:
    """A row held FOR UPDATE is as it is now, also where the session saw it before: others may have written it since."""
    if state.is_select and getattr(state.statement, "_for_update_arg", None) is not None:
        state.update_execution_options(populate_existing=True)


@event.listens_for(TenantSession, "before_flush")
def _own_new_rows(session: TenantSession, *_: object) -> None:
    for row in session.new:
        if isinstance(row, TenantTable):
            row.tenant_id = session.tenant_id


@contextmanager
def scope(engine: Engine, tenant_id: int) -> Iterator[TenantSession]:
    """One transaction in one committee's scope (or `PLATFORM`): committed on leaving, rolled back on an exception."""
    with TenantSession(engine) as session:
        session.enter(tenant_id)
        with session.begin():
            yield session


def tenant_tables() -> list[str]:
    """Names of all tenant tables, parents before children."""
    return [table.name for table in Base.metadata.sorted_tables if table_scope(table.name) == "tenant"]


def table_scope(name: str) -> str:
    """ "tenant" or "global"; raises LookupError for a table that declares neither."""
    return str(_model_of(name).__scope__)


def travels(name: str) -> bool:
    """Whether the rows of a tenant table go along with their committee."""
    return bool(_model_of(name).__travels__)


def _model_of(name: str) -> Any:  # noqa: ANN401 - what it declares is read by name
    for mapper in Base.registry.mappers:
        if mapper.local_table is not None and getattr(mapper.local_table, "name", None) == name:
            return mapper.class_
    raise LookupError(name)
