"""The yearly cycle: pledges, selection, and judgments with their evidence."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, Index, Numeric, PrimaryKeyConstraint, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from bontot.db.base import TenantRecord, TenantTable, exactly_one, now, one_of, refers, unique


class Registration(TenantRecord):
    """A yearly pledge (bản đăng ký phấn đấu) of a cell or member, and its confirmation by the body above: the cell for a
    member, its superior for a cell. `signed_account_id` is the log-in that signed it on a page
    for itself or for a cell: another confirms. It is empty for a member’s paper that somebody copied.
    `version` is 1, and one more with each change."""

    __tablename__ = "registration"
    __table_args__ = (
        refers("organisation_id", "organisation"),
        refers("member_id", "member"),
        refers("signed_by_id", "member"),
        exactly_one("organisation_id", "member_id"),
        unique("organisation_id", "member_id", "year", postgresql_nulls_not_distinct=True),
    )

    organisation_id: Mapped[int | None] = mapped_column(BigInteger)
    member_id: Mapped[int | None] = mapped_column(BigInteger)
    year: Mapped[int] = mapped_column(SmallInteger)
    signed_on: Mapped[date]
    signed_by_id: Mapped[int | None] = mapped_column(BigInteger)
    signed_account_id: Mapped[int | None] = mapped_column(BigInteger)
    confirmed_on: Mapped[date | None]
    confirmed_by: Mapped[str | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))


class PledgeLine(TenantRecord):
    """What a pledge says of one criterion of the plan: what is undertaken, how much of it, by when and by whom."""

    __tablename__ = "pledge_line"
    __table_args__ = (
        refers("registration_id", "registration", cascade=True),
        unique("registration_id", "criterion"),
    )

    registration_id: Mapped[int] = mapped_column(BigInteger)
    criterion: Mapped[str]
    content: Mapped[str]
    target: Mapped[str]
    due: Mapped[str]
    carrier: Mapped[str]


class YearOpening(TenantTable):
    """That a committee opened a year for pledges, by which document, and by when they are to be signed."""

    __tablename__ = "year_opening"
    __table_args__ = (PrimaryKeyConstraint("tenant_id", "year"),)

    year: Mapped[int] = mapped_column(SmallInteger)
    due_on: Mapped[date]
    document: Mapped[str]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime] = now()


class PilotSelection(TenantRecord):
    """That a committee chose a cell for a pilot, and when."""

    __tablename__ = "pilot_selection"
    __table_args__ = (
        refers("organisation_id", "organisation"),
        unique("organisation_id", "policy_code", "selected_on"),
    )

    organisation_id: Mapped[int] = mapped_column(BigInteger)
    policy_code: Mapped[str]
    selected_on: Mapped[date]
    selected_by: Mapped[str]
    document: Mapped[str | None]
    ended_on: Mapped[date | None]
    end_document: Mapped[str | None]


class Judgment(TenantRecord):
    """A person's verdict, or points, on one criterion of one subject and year, at one stage. The highest stage decides,
    a self-assessment alone nothing; points count at the appraisal only.

    `judged_by` is who judged, in words; `account_id` and `judge_id` the account and member, where the judgment was made
    on a page. `version` is 1, and one more with each change.
    """

    __tablename__ = "judgment"
    __table_args__ = (
        refers("organisation_id", "organisation"),
        refers("member_id", "member"),
        refers("judge_id", "member"),
        exactly_one("organisation_id", "member_id"),
        exactly_one("verdict", "points"),
        one_of("stage", "self_assessment", "cell", "appraisal"),
        one_of("verdict", "met", "not_met", "not_applicable"),
        unique(
            "criterion", "year", "stage", "organisation_id", "member_id", postgresql_nulls_not_distinct=True
        ),
        Index("ix_judgment_year", "tenant_id", "year", "criterion"),
        Index("ix_judgment_member", "tenant_id", "member_id", "year"),
        Index("ix_judgment_organisation", "tenant_id", "organisation_id", "year"),
    )

    organisation_id: Mapped[int | None] = mapped_column(BigInteger)
    member_id: Mapped[int | None] = mapped_column(BigInteger)
    criterion: Mapped[str]
    year: Mapped[int] = mapped_column(SmallInteger)
    stage: Mapped[str]
    verdict: Mapped[str | None]
    points: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    remark: Mapped[str | None]
    judged_on: Mapped[date]
    judged_by: Mapped[str]
    recorded_at: Mapped[datetime] = now()
    account_id: Mapped[int | None] = mapped_column(BigInteger)
    judge_id: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(server_default=text("1"))


class JudgmentEvidence(TenantRecord):
    """A record or paper a judgment rests on."""

    __tablename__ = "judgment_evidence"
    __table_args__ = (
        refers("judgment_id", "judgment", cascade=True),
        refers("meeting_id", "meeting"),
        refers("task_id", "task"),
        Index("ix_judgment_evidence_judgment", "tenant_id", "judgment_id"),
    )

    judgment_id: Mapped[int] = mapped_column(BigInteger)
    title: Mapped[str]
    meeting_id: Mapped[int | None] = mapped_column(BigInteger)
    task_id: Mapped[int | None] = mapped_column(BigInteger)
