"""What belongs to the platform: committees, log-ins, sessions, the queue of work, and the calendar of days off."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bontot.db.base import SECRET, GlobalTable, now, one_of, public_id


class Tenant(GlobalTable):
    """A committee with its tree (đơn vị thuê)."""

    __tablename__ = "tenant"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    created_at: Mapped[datetime] = now()


class Account(GlobalTable):
    """A person's log-in, the same in every committee. What it may do there is a `RoleGrant` of that committee."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    public_id: Mapped[UUID] = public_id()
    login: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    password_hash: Mapped[str] = mapped_column(info=SECRET)
    email: Mapped[str | None]
    is_operator: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime] = now()
    disabled_at: Mapped[datetime | None]


class AccountTenant(GlobalTable):
    """Which committees an account may open; read before any committee is in scope."""

    __tablename__ = "account_tenant"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), primary_key=True)


class LoginSession(GlobalTable):
    """A live log-in. The cookie holds the secret, the row only its SHA-256 (safety rule 13)."""

    __tablename__ = "login_session"

    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True, info=SECRET)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    tenant_id: Mapped[int | None] = mapped_column(ForeignKey("tenant.id"))
    grant_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = now()
    seen_at: Mapped[datetime] = now()


class Outbox(GlobalTable):
    """Work to do, committed with its cause. Holds ids and its kind only; the words are in the committee's own `Job`. Done
    and failed both: it failed and was left, or was stopped by who asked. `background`: nobody waits for it. `claims` counts
    how often it was taken up, `attempts` since it was last begun."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_open",
            "tenant_id",
            "id",
            postgresql_where=text("done_at IS NULL AND failed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"))
    job_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str | None]
    created_at: Mapped[datetime] = now()
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    done_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    background: Mapped[bool] = mapped_column(server_default=false())
    not_before: Mapped[datetime | None]
    claims: Mapped[int] = mapped_column(server_default=text("0"))


class WorkTurn(GlobalTable):
    """When a committee last had work taken up: whose turn was longest ago comes next."""

    __tablename__ = "work_turn"

    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    served_at: Mapped[datetime]


class DailyRound(GlobalTable):
    """That the work of a morning, a night or a month was asked for in a committee: once, whichever worker saw the day begin.
    `outbox_id` is what was asked, None where there was nothing to do; a month is kept under its first day."""

    __tablename__ = "daily_round"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "day", "work"),
        one_of("work", "morning", "night", "month"),
        Index("ix_daily_round_at", "at"),
    )

    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"))
    day: Mapped[date]
    at: Mapped[datetime] = now()
    work: Mapped[str] = mapped_column(server_default="morning")
    outbox_id: Mapped[int | None] = mapped_column(BigInteger)


class PlatformEvent(GlobalTable):
    """What an operator did to a whole committee: written out, taken in, deleted, or work of it ended. It outlives the
    committee, so it names it by code, and holds nothing of what it recorded. A list of the platform taken away as a
    workbook is of no committee: its code is empty."""

    __tablename__ = "platform_event"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = now()
    action: Mapped[str]
    tenant_code: Mapped[str]
    by: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Holiday(GlobalTable):
    """A day that blocks a meeting, or a Saturday worked instead. Versioned: a correction retires the old row. `projected`:
    computed by rule, the official notice is still to come."""

    __tablename__ = "holiday"
    __table_args__ = (
        UniqueConstraint("day", "kind", "retired_at", postgresql_nulls_not_distinct=True),
        one_of("kind", "statutory", "compensatory", "swapped_off", "worked_saturday"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    day: Mapped[date]
    kind: Mapped[str]
    name: Mapped[str]
    source: Mapped[str]
    projected: Mapped[bool] = mapped_column(default=False, server_default=false())
    entered_by: Mapped[str]
    entered_at: Mapped[datetime] = now()
    retired_at: Mapped[datetime | None]
