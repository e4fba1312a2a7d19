"""The trail: one row a change, in the transaction that made it (safety rule 31)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from bontot.db.models import AuditEvent
from bontot.db.tenancy import TenantSession
from bontot.services.webhooks.telling import heard

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
    """Records that `account_id` did `action` to a record; `detail` must be JSON and free of what need not be kept. Other
    programs are told of what is an event (`services.webhooks.kinds`)."""
    entry = AuditEvent(
        account_id=account_id,
        token_id=session.info.get(_BY_PROGRAM),
        action=action,
        subject=subject,
        subject_id=subject_id,
        detail=detail,
    )
    session.add(entry)
    heard(session, entry)


_VIEW = text("""
INSERT INTO audit_event (account_id, token_id, action, subject, subject_id, detail)
VALUES (:account, :token, :action, :subject, :subject_id, CAST(:detail AS jsonb))
""")


def note_view(
    session: TenantSession,
    action: str,
    subject: str,
    subject_id: int | None,
    account_id: int | None,
    **detail: Any,
) -> None:
    """Records that a record was shown, as `note` does what was done to one. It stands before every list, so it is written by
    itself; nobody else is told of it."""
    entry = {"account": account_id, "token": session.info.get(_BY_PROGRAM), "detail": json.dumps(detail)}
    session.execute(_VIEW, {**entry, "action": action, "subject": subject, "subject_id": subject_id})


@dataclass(frozen=True, slots=True)
class Trace:
    """One change of a record, as the trail keeps it."""

    at: datetime
    who: str
    account_id: int | None
    action: str
    detail: Mapping[str, Any]


def last_change(session: Session, subject: str, subject_id: int, action: str) -> int:
    """What a form about a record is about where the record itself has no version: the number of the last change of that
    kind in the trail, 0 before any."""
    last = select(func.max(AuditEvent.id)).where(
        AuditEvent.subject == subject, AuditEvent.subject_id == subject_id, AuditEvent.action == action
    )
    return session.scalar(last) or 0


_TRACES = text("""
SELECT e.at, coalesce(a.display_name, ''), e.account_id, e.action, e.detail
FROM audit_event AS e LEFT JOIN account AS a ON a.id = e.account_id
WHERE e.subject = :subject AND e.subject_id = :id AND e.action = ANY(:actions) ORDER BY e.id DESC LIMIT 100
""")


def traces(session: Session, subject: str, subject_id: int, actions: Sequence[str]) -> list[Trace]:
    """What was done to a record, of some actions, the latest first; at most a hundred."""
    binds = {"subject": subject, "id": subject_id, "actions": list(actions)}
    return [Trace(*row) for row in session.execute(_TRACES, binds)]
