"""The trail: one row a change, in the transaction that made it (safety rule 31)."""

from __future__ import annotations

from typing import Any

from bontot.db.models import AuditEvent
from bontot.db.tenancy import TenantSession


def note(
    session: TenantSession,
    action: str,
    subject: str,
    subject_id: int | None,
    account_id: int | None,
    **detail: Any,
) -> None:
    """Records that `account_id` did `action` to a record; `detail` must be JSON and free of what need not be kept."""
    session.add(
        AuditEvent(
            account_id=account_id, action=action, subject=subject, subject_id=subject_id, detail=detail
        )
    )
