"""Who may do what inside a committee, and the trail of what was done."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, PrimaryKeyConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bontot.db.base import (
    TenantRecord,
    TenantTable,
    now,
    one_of,
    period_in_order,
    refers,
)


class RoleGrant(TenantRecord):
    """A role of an account in this committee over an interval: a subtree's committee, a cell's secretary, or oneself."""

    __tablename__ = "role_grant"
    __table_args__ = (
        refers("organisation_id", "organisation"),
        refers("member_id", "member"),
        ForeignKeyConstraint(
            ["tenant_id", "account_id"], ["account_tenant.tenant_id", "account_tenant.account_id"]
        ),
        Index("ix_role_grant_account", "tenant_id", "account_id"),
        one_of("role", "tenant_admin", "committee", "cell_secretary", "member"),
        period_in_order(),
    )

    account_id: Mapped[int] = mapped_column(BigInteger)
    role: Mapped[str]
    organisation_id: Mapped[int | None] = mapped_column(BigInteger)
    member_id: Mapped[int | None] = mapped_column(BigInteger)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class AuditEvent(TenantRecord):
    """A state change, written in the transaction that made it; the application may only insert here."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_subject", "tenant_id", "subject", "subject_id", "id"),)

    at: Mapped[datetime] = now()
    account_id: Mapped[int | None] = mapped_column(BigInteger)
    action: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[int | None] = mapped_column(BigInteger)
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB)


class SubmittedForm(TenantTable):
    """A form already acted on, so that a second press of the button repeats nothing (safety rule 20)."""

    __tablename__ = "submitted_form"
    __table_args__ = (PrimaryKeyConstraint("tenant_id", "key"),)

    key: Mapped[UUID]
    account_id: Mapped[int] = mapped_column(BigInteger)
    location: Mapped[str]
    at: Mapped[datetime] = now()
