"""What is prepared before a meeting, and what reminds people of it."""

from __future__ import annotations

from datetime import date, datetime
from datetime import time as clock_time
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Time,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bontot.db.base import (
    SECRET,
    TenantRecord,
    TenantTable,
    exactly_one,
    now,
    one_of,
    public_id,
    refers,
    unique,
)
from bontot.db.models.meeting import KINDS

PARTS = ("item", "document", "guest")
REMINDERS = ("before", "on_day", "overdue")
LETTER_STATES = ("waiting", "sending", "sent", "failed", "unknown")


def _of_account() -> ForeignKeyConstraint:
    """An account of this committee."""
    return ForeignKeyConstraint(
        ["tenant_id", "account_id"], ["account_tenant.tenant_id", "account_tenant.account_id"]
    )


class PlannedMeeting(TenantRecord):
    """A meeting to come, as its invitation says it. It counts for nothing; once held, `meeting_id` is what was recorded."""

    __tablename__ = "planned_meeting"
    __table_args__ = (
        refers("organisation_id", "organisation"),
        refers("meeting_id", "meeting"),
        unique("public_id"),
        unique("organisation_id", "kind", "held_on"),
        one_of("kind", *KINDS),
        Index("ix_planned_meeting_held_on", "tenant_id", "held_on"),
        Index("ix_planned_meeting_meeting", "tenant_id", "meeting_id"),
    )

    public_id: Mapped[UUID] = public_id()
    organisation_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str]
    held_on: Mapped[date]
    starts_at: Mapped[clock_time | None] = mapped_column(Time)
    place: Mapped[str | None]
    thematic_topic: Mapped[str | None]
    notified_on: Mapped[date | None]
    meeting_id: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(server_default=text("1"))
    prepared_by: Mapped[str]
    prepared_at: Mapped[datetime] = now()


class PlannedLine(TenantRecord):
    """A line of an invitation, in order: an item of the agenda, a document by title and number, or a guest."""

    __tablename__ = "planned_line"
    __table_args__ = (
        refers("planned_id", "planned_meeting", cascade=True),
        unique("planned_id", "part", "position"),
        one_of("part", *PARTS),
    )

    planned_id: Mapped[int] = mapped_column(BigInteger)
    part: Mapped[str]
    position: Mapped[int] = mapped_column(SmallInteger)
    title: Mapped[str]
    document_number: Mapped[str | None]


class CalendarFeed(TenantRecord):
    """A calendar address given out: of one's own meetings, or of one cell's. The address holds the secret, the row only its
    SHA-256, and none where the committee came from another instance; what it shows is what the account may still see on
    the day it is read."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        _of_account(),
        refers("organisation_id", "organisation"),
        refers("member_id", "member"),
        exactly_one("organisation_id", "member_id"),
        unique("public_id"),
        unique("token_hash"),
        Index("ix_calendar_feed_account", "tenant_id", "account_id"),
    )

    public_id: Mapped[UUID] = public_id()
    account_id: Mapped[int] = mapped_column(BigInteger)
    organisation_id: Mapped[int | None] = mapped_column(BigInteger)
    member_id: Mapped[int | None] = mapped_column(BigInteger)
    token_hash: Mapped[bytes | None] = mapped_column(LargeBinary, info=SECRET)
    made_at: Mapped[datetime] = now()
    expires_on: Mapped[date]
    read_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class FeedEntry(TenantRecord):
    """What a calendar address showed last under a UID. `sequence` counts its changes, as RFC 5545 (3.8.7.4) asks, and
    `withdrawn` says that it is shown as cancelled."""

    __tablename__ = "calendar_feed_entry"
    __table_args__ = (
        refers("feed_id", "calendar_feed", cascade=True),
        unique("feed_id", "uid"),
    )

    feed_id: Mapped[int] = mapped_column(BigInteger)
    uid: Mapped[str]
    day: Mapped[date]
    starts_at: Mapped[clock_time | None] = mapped_column(Time)
    place: Mapped[str]
    summary: Mapped[str]
    passive: Mapped[bool]
    withdrawn: Mapped[bool] = mapped_column(server_default=text("false"))
    sequence: Mapped[int] = mapped_column(server_default=text("0"))


class ReminderSetting(TenantTable):
    """When a committee has its people reminded; without a row the defaults hold."""

    __tablename__ = "reminder_setting"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id"),
        CheckConstraint("days_before BETWEEN 1 AND 14", name="days_before_within"),
    )

    days_before: Mapped[int | None] = mapped_column(SmallInteger)
    on_day: Mapped[bool]
    overdue: Mapped[bool]
    by_mail: Mapped[bool]
    version: Mapped[int] = mapped_column(server_default=text("1"))


class Letter(TenantRecord):
    """An e-mail of one day to one account. `sending` is written before it is handed over and `sent` after, so that one whose
    fate is not known is never sent again by itself."""

    __tablename__ = "letter"
    __table_args__ = (
        _of_account(),
        unique("public_id"),
        unique("account_id", "day"),
        one_of("state", *LETTER_STATES),
        Index("ix_letter_day", "tenant_id", "day"),
    )

    public_id: Mapped[UUID] = public_id()
    account_id: Mapped[int] = mapped_column(BigInteger)
    day: Mapped[date]
    address: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="waiting")
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    problem: Mapped[str | None]
    made_at: Mapped[datetime] = now()
    ended_at: Mapped[datetime | None]


class Reminder(TenantRecord):
    """That an account was reminded of a cell's meeting of a month, once of each kind and day; `about` is the day it was to
    be, or of one overdue the last day."""

    __tablename__ = "reminder"
    __table_args__ = (
        _of_account(),
        refers("organisation_id", "organisation"),
        refers("letter_id", "letter"),
        unique("account_id", "organisation_id", "month", "kind", "about", name="uq_reminder_once"),
        one_of("kind", *REMINDERS),
        Index("ix_reminder_day", "tenant_id", "day"),
    )

    account_id: Mapped[int] = mapped_column(BigInteger)
    organisation_id: Mapped[int] = mapped_column(BigInteger)
    month: Mapped[date]
    kind: Mapped[str]
    about: Mapped[date]
    day: Mapped[date]
    letter_id: Mapped[int | None] = mapped_column(BigInteger)
