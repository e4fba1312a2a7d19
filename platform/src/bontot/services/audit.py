"""The trail: one row a change, in the transaction that made it (safety rule 31)."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from bontot.db.models import AuditEvent
from bontot.db.tenancy import TenantSession

_BY_PROGRAM = "bontot.token"


def act_by_token(session: Session, token_id: int) -> None:
    """Names the access token under which all that the session does from now on is done."""
    session.info[_BY_PROGRAM] = token_id


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
            account_id=account_id,
            token_id=session.info.get(_BY_PROGRAM),
            action=action,
            subject=subject,
            subject_id=subject_id,
            detail=detail,
        )
    )
