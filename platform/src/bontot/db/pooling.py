"""Connections that go through a pooler such as PgBouncer in transaction mode: each transaction may find another server
session, so nothing may be left in one for the next.

What the platform sets it sets for one transaction (`set_config(…, true)`), its locks and temporary tables end with it; only
the driver would keep something, the statements it prepares once it saw them often enough.
"""

from __future__ import annotations

from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine


def open_engine(url: str, **options: Any) -> Engine:
    """An engine as the application's processes use it: behind a pooler as well, and with errors that do not repeat what was
    sent (safety rule 32)."""
    return create_engine(url, hide_parameters=True, pool_events=POOL_EVENTS, **options)


def keep_nothing_behind_a_pooler(connection: psycopg.Connection[Any], _: object) -> None:
    """Prepares no statement on a connection that does not lead to one server session. A pooler answers with a process number
    of its own making when it is connected to; the server says the true one."""
    said = connection.execute("SELECT pg_backend_pid()").fetchone()
    connection.rollback()
    if said != (connection.info.backend_pid,):
        connection.prepare_threshold = None


POOL_EVENTS = ((keep_nothing_behind_a_pooler, "connect"),)
"""For whoever makes an engine of its own."""
