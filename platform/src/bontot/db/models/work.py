"""Work given and answered, rules in force, praise and discipline; of cases only the outcome, of complaints only a count."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bontot.db.base import (
    TenantRecord,
    TenantTable,
    exactly_one,
    one_of,
    period_in_order,
    public_id,
    refers,
    unique,
)

ANSWERS = ("submitted", "returned", "received")


class Directive(TenantRecord):
    """A superior's document that a cell must answer by a day. Of a cell that ends, what is unanswered is handed to another
    on `handed_on`, which has a row of its own since `received_on`, the same day.

    An answer written on a page says what was done (`result`) and in which document, and `submission` how it stands with the
    superior; one that was taken in by workbook has a day alone. An answer sent back is no answer: it has no day until it is
    given anew.
    """

    __tablename__ = "directive"
    __table_args__ = (
        refers("organisation_id", "organisation"),
        unique("public_id"),
        one_of("submission", *ANSWERS),
        Index("ix_directive_organisation", "tenant_id", "organisation_id", "due_on"),
    )

    public_id: Mapped[UUID] = public_id()
    organisation_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[str]
    subject: Mapped[str]
    due_on: Mapped[date]
    answered_on: Mapped[date | None]
    result: Mapped[str | None]
    document: Mapped[str | None]
    submission: Mapped[str | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    handed_on: Mapped[date | None]
    received_on: Mapped[date | None]


class Task(TenantRecord):
    """A task or target of a cell, with where it came from; one with a meeting is an item of that meeting's resolution.
    `report_to` says where its result is reported.

    Of a cell that ends, what is undone is handed to another on `handed_on`: there it is a row of its own since
    `received_on`, the same day, which continues this one.
    """

    __tablename__ = "task"
    __table_args__ = (
        refers("organisation_id", "organisation"),
        refers("meeting_id", "meeting"),
        refers("directive_id", "directive"),
        refers("continues_id", "task"),
        unique("public_id"),
        one_of("origin", "resolution", "directive", "programme", "initiative"),
        Index("ix_task_organisation", "tenant_id", "organisation_id", "due_on"),
    )

    public_id: Mapped[UUID] = public_id()
    organisation_id: Mapped[int] = mapped_column(BigInteger)
    meeting_id: Mapped[int | None] = mapped_column(BigInteger)
    directive_id: Mapped[int | None] = mapped_column(BigInteger)
    origin: Mapped[str]
    title: Mapped[str]
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    result: Mapped[str | None]
    report_to: Mapped[str | None]
    hard: Mapped[bool] = mapped_column(server_default=text("false"))
    handed_on: Mapped[date | None]
    received_on: Mapped[date | None]
    continues_id: Mapped[int | None] = mapped_column(BigInteger)


class TaskAssignment(TenantTable):
    """Who carries a task, and what he or she reported of it since it was last looked at."""

    __tablename__ = "task_assignment"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "task_id", "member_id"),
        refers("task_id", "task", cascade=True),
        refers("member_id", "member"),
        Index("ix_task_assignment_member", "tenant_id", "member_id"),
    )

    task_id: Mapped[int] = mapped_column(BigInteger)
    member_id: Mapped[int] = mapped_column(BigInteger)
    reported_on: Mapped[date | None]
    report: Mapped[str | None]


class FollowUp(TenantRecord):
    """A check on a task's progress (đôn đốc); with a meeting, the review of it there."""

    __tablename__ = "follow_up"
    __table_args__ = (
        refers("task_id", "task", cascade=True),
        refers("meeting_id", "meeting", cascade=True),
        unique("meeting_id", "task_id"),
        Index("ix_follow_up_task", "tenant_id", "task_id", "checked_on"),
    )

    task_id: Mapped[int] = mapped_column(BigInteger)
    meeting_id: Mapped[int | None] = mapped_column(BigInteger)
    checked_on: Mapped[date]
    remark: Mapped[str | None]


class Regulation(TenantRecord):
    """A document tagged as an organisation's working regulation (quy chế làm việc), whatever its type, while in force."""

    __tablename__ = "regulation"
    __table_args__ = (
        refers("organisation_id", "organisation"),
        period_in_order(),
        one_of("kind", "working_regulation"),
        Index("ix_regulation_organisation", "tenant_id", "organisation_id", "valid_from"),
    )

    organisation_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(server_default="working_regulation")
    number: Mapped[str]
    title: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Discipline(TenantRecord):
    """The outcome of a discipline case: whom, when, which form."""

    __tablename__ = "discipline"
    __table_args__ = (
        refers("organisation_id", "organisation"),
        refers("member_id", "member"),
        exactly_one("organisation_id", "member_id"),
        one_of("form", "reprimand", "warning", "dismissal", "expulsion", "dissolution"),
        CheckConstraint("found_on <= decided_on", name="found_before_decided"),
        Index("ix_discipline_decided_on", "tenant_id", "decided_on"),
    )

    organisation_id: Mapped[int | None] = mapped_column(BigInteger)
    member_id: Mapped[int | None] = mapped_column(BigInteger)
    form: Mapped[str]
    number: Mapped[str]
    found_on: Mapped[date | None]
    decided_on: Mapped[date]


class Complaint(TenantRecord):
    """That a complaint or denunciation file exists about a cell or a member: a date and whether it was found justified."""

    __tablename__ = "complaint"
    __table_args__ = (
        refers("organisation_id", "organisation"),
        refers("member_id", "member"),
        exactly_one("organisation_id", "member_id"),
        Index("ix_complaint_received_on", "tenant_id", "received_on"),
    )

    organisation_id: Mapped[int | None] = mapped_column(BigInteger)
    member_id: Mapped[int | None] = mapped_column(BigInteger)
    received_on: Mapped[date]
    founded: Mapped[bool | None]


class Commendation(TenantRecord):
    """Praise given to a member or a cell."""

    __tablename__ = "commendation"
    __table_args__ = (
        refers("organisation_id", "organisation"),
        refers("member_id", "member"),
        exactly_one("organisation_id", "member_id"),
        one_of("reason", "hcm_study", "initiative", "task", "emulation", "other"),
        Index("ix_commendation_awarded_on", "tenant_id", "awarded_on"),
    )

    organisation_id: Mapped[int | None] = mapped_column(BigInteger)
    member_id: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str]
    awarded_on: Mapped[date]


class Inspection(TenantRecord):
    """An inspection or supervision carried out by a cell or committee."""

    __tablename__ = "inspection"
    __table_args__ = (
        refers("organisation_id", "organisation"),
        one_of("kind", "inspection", "supervision"),
        Index("ix_inspection_organisation", "tenant_id", "organisation_id", "held_on"),
    )

    organisation_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str]
    held_on: Mapped[date]


class Concern(TenantRecord):
    """A concern or proposal raised by members, and when it was answered."""

    __tablename__ = "concern"
    __table_args__ = (
        refers("organisation_id", "organisation"),
        Index("ix_concern_organisation", "tenant_id", "organisation_id", "raised_on"),
    )

    organisation_id: Mapped[int] = mapped_column(BigInteger)
    subject: Mapped[str]
    raised_on: Mapped[date]
    answered_on: Mapped[date | None]
