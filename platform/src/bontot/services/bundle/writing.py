"""A committee's records into an archive, as of one moment."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable
from typing import IO

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, Table, text

from bontot.db.tenancy import PLATFORM, TenantSession, scope
from bontot.registry import Registry
from bontot.services.audit import note
from bontot.services.bundle.contents import (
    ACCOUNTS,
    MANIFEST,
    PATIENCE,
    Manifest,
    Member,
    Plan,
    accounts_of,
    left_behind,
    member_of,
    tables,
)
from bontot.services.platform import note_act
from bontot.services.tenants import find_tenant

AT_A_TIME = 20
"""Rows fetched at once: of uploaded workbooks each may be large."""
BORN = (1980, 1, 1, 0, 0, 0)
"""The moment written on every file of the archive, so that the same records give the same bytes."""

_TENANT = text("SELECT code, name, to_jsonb(created_at) #>> '{}' FROM tenant WHERE id = app_tenant()")
_PLANS = text(
    "SELECT policy_code FROM policy_assignment UNION SELECT policy_code FROM frame_adoption ORDER BY 1"
)


def write_bundle(engine: Engine, registry: Registry, code: str, out: IO[bytes], *, by: str) -> Manifest:
    """Writes the committee of `code` to `out` and notes that it was, in its own trail and the platform's.

    Everything is read at one moment, whatever is written meanwhile. Raises TenantUnknown.
    """
    with scope(engine, PLATFORM) as session:
        tenant_id = find_tenant(session, code).id
    at_one_moment = engine.execution_options(isolation_level="REPEATABLE READ")
    with scope(at_one_moment, tenant_id) as session:
        session.execute(text(PATIENCE))
        manifest = _write(session, registry, out)
    with scope(engine, tenant_id) as session:
        note(session, "export_bundle", "tenant", None, None, by=by, rows=manifest.rows)
        note_act(session, "export_tenant", code, by, rows=manifest.rows)
    return manifest


def _write(session: TenantSession, registry: Registry, out: IO[bytes]) -> Manifest:
    code, name, created_at = session.execute(_TENANT).one()
    heads = MigrationContext.configure(session.connection()).get_current_heads()
    plans = tuple(_plan(registry, plan) for plan in session.scalars(_PLANS))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        members = [_member(archive, ACCOUNTS, _stream(session, _accounts()))]
        members += [_member(archive, member_of(table), _stream(session, _rows(table))) for table in tables()]
        manifest = Manifest(code, name, created_at, ",".join(heads), plans, tuple(members))
        written = json.dumps(manifest.as_dict(), ensure_ascii=False, indent=1) + "\n"
        archive.writestr(_entry(MANIFEST), written)
    return manifest


def _plan(registry: Registry, code: str) -> Plan:
    offer = registry.policies.get(code)
    return Plan(code, offer.plugin if offer else None, offer.plugin_version if offer else None)


def _member(archive: zipfile.ZipFile, name: str, lines: Iterable[str]) -> Member:
    rows = size = 0
    digest = hashlib.sha256()
    with archive.open(_entry(name), "w", force_zip64=True) as file:
        for line in lines:
            written = f"{line}\n".encode()
            file.write(written)
            digest.update(written)
            rows, size = rows + 1, size + len(written)
    return Member(name, rows, size, digest.hexdigest())


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, BORN)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def _stream(session: TenantSession, statement: str) -> Iterable[str]:
    streamed = text(statement).execution_options(stream_results=True, yield_per=AT_A_TIME)
    return session.execute(streamed).scalars()


def _rows(table: Table) -> str:
    """Each row as PostgreSQL's own JSON, which it reads back to the same value of every type."""
    key = ", ".join(f"t.{column.name}" for column in table.primary_key)
    staying = ", ".join(f"'{name}'" for name in left_behind(table))
    line, source = f"to_jsonb(t) - ARRAY[{staying}]", f"{table.name} t"
    for place, account in enumerate(accounts_of(table)):
        line = f"({line}) || jsonb_build_object('{account}', a{place}.public_id)"
        source += f" LEFT JOIN account a{place} ON a{place}.id = t.{account}"
    return f"SELECT ({line})::text FROM {source} ORDER BY {key}"


def _accounts() -> str:
    """The log-ins that may open the committee, and those its records name otherwise; never a password's hash."""
    named = [f"SELECT {account} FROM {table.name}" for table in tables() for account in accounts_of(table)]
    admitted = (
        "EXISTS (SELECT FROM account_tenant l WHERE l.account_id = a.id AND l.tenant_id = app_tenant())"
    )
    return f"""
SELECT jsonb_build_object('public_id', a.public_id, 'login', a.login, 'display_name', a.display_name, 'email', a.email,
                          'admitted', {admitted})::text
FROM account a WHERE {admitted} OR a.id IN ({" UNION ".join(named)})
ORDER BY a.public_id"""
