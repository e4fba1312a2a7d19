"""Addresses of other programs that are told what happened here, and what each was told."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bontot.db.base import SECRET, GlobalTable, TenantRecord, now, one_of, public_id, refers, unique


class Webhook(TenantRecord):
    """An address that is told of some kinds of events, as far as a role in a place reaches. What it signs with is made from
    the instance's own secret, the row's public id and `salt`; `key_check` says whether that still makes the same. Without a
    salt, where the committee came from another instance or the address was ended, nothing can be signed. The
    `former_salt` signs beside it until `former_until`. After `failures` in a row nothing is sent until `retry_at`; paused,
    nothing is until an administrator says so."""

    __tablename__ = "webhook"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "account_id"], ["account_tenant.tenant_id", "account_tenant.account_id"]
        ),
        refers("organisation_id", "organisation"),
        unique("public_id"),
        one_of("role", "tenant_admin", "committee", "cell_secretary"),
    )

    public_id: Mapped[UUID] = public_id()
    account_id: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    url: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    role: Mapped[str]
    organisation_id: Mapped[int | None] = mapped_column(BigInteger)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary, info=SECRET)
    key_check: Mapped[bytes | None] = mapped_column(LargeBinary, info=SECRET)
    former_salt: Mapped[bytes | None] = mapped_column(LargeBinary, info=SECRET)
    former_until: Mapped[datetime | None]
    made_at: Mapped[datetime] = now()
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    failing_since: Mapped[datetime | None]
    retry_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    paused_for: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class WebhookDelivery(TenantRecord):
    """That one address is to be told, or was told, of one event: ids and the API's address of the record, never what the
    record says. `effect` is unique to the address, so that an event noted twice is told once; the public id is what a repeat
    carries too. `answer` is the last HTTP status."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        refers("webhook_id", "webhook", cascade=True),
        unique("public_id"),
        unique("webhook_id", "effect"),
        one_of("state", "waiting", "sent", "dead"),
        Index(
            "ix_webhook_delivery_waiting",
            "tenant_id",
            "webhook_id",
            "id",
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_webhook_delivery_history", "tenant_id", "webhook_id", "id"),
    )

    public_id: Mapped[UUID] = public_id()
    webhook_id: Mapped[int] = mapped_column(BigInteger)
    effect: Mapped[str]
    kind: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    made_at: Mapped[datetime] = now()
    state: Mapped[str] = mapped_column(server_default=text("'waiting'"))
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    first_tried_at: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]
    answer: Mapped[int | None] = mapped_column(SmallInteger)
    problem: Mapped[str | None]


class WebhookDue(GlobalTable):
    """When a committee next has something to tell to some address: found by whichever worker looks, which sees no
    committee's rows."""

    __tablename__ = "webhook_due"

    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    due_at: Mapped[datetime] = now()
