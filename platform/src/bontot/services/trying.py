"""What would come of an act, found by doing it and looking: whatever is written meanwhile is undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bontot.db.tenancy import TenantSession


@contextmanager
def tried(session: TenantSession) -> Iterator[None]:
    """A stretch in which records may be changed and read, and after which they are as before; nothing read inside may be
    used after it but plain values."""
    savepoint = session.begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()
        session.expire_all()
