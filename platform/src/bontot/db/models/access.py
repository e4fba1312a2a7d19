"""Who may do what inside a committee, and the trail of what was done."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, LargeBinary, PrimaryKeyConstraint, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bontot.db.base import (
    SECRET,
    TenantRecord,
    TenantTable,
    now,
    one_of,
    period_in_order,
    public_id,
    refers,
    unique,
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


class ApiToken(TenantRecord):
    """The right of a program to act for the account that gave it: in one role and place, and of that only what `scopes`
    names (`members:read`). The row holds the SHA-256 of the secret; it ends with its day, with the right of its giver, or
    with a move of the committee to another instance, which leaves the hash behind."""

    __tablename__ = "api_token"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "account_id"], ["account_tenant.tenant_id", "account_tenant.account_id"]
        ),
        refers("organisation_id", "organisation"),
        unique("public_id"),
        unique("secret_hash"),
        one_of("role", "tenant_admin", "committee", "cell_secretary"),
    )

    public_id: Mapped[UUID] = public_id()
    account_id: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    role: Mapped[str]
    organisation_id: Mapped[int | None] = mapped_column(BigInteger)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    secret_hash: Mapped[bytes | None] = mapped_column(LargeBinary, info=SECRET)
    issued_at: Mapped[datetime] = now()
    expires_on: Mapped[date]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class AuditEvent(TenantRecord):
    """A state change, written in the transaction that made it; the application may only insert here. `token_id` is the
    access token by which a program acted for the account."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_subject", "tenant_id", "subject", "subject_id", "id"),)

    at: Mapped[datetime] = now()
    account_id: Mapped[int | None] = mapped_column(BigInteger)
    token_id: Mapped[int | None] = mapped_column(BigInteger)
    action: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[int | None] = mapped_column(BigInteger)
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB)


class SubmittedForm(TenantTable):
    """A form or request already acted on, so that sending it again repeats nothing (safety rule 20). `content` is the
    digest of what was asked, where another request must not pass for the same."""

    __tablename__ = "submitted_form"
    __table_args__ = (PrimaryKeyConstraint("tenant_id", "key"),)

    key: Mapped[UUID]
    account_id: Mapped[int] = mapped_column(BigInteger)
    location: Mapped[str]
    content: Mapped[str | None]
    at: Mapped[datetime] = now()
