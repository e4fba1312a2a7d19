"""How titles are granted and taken back: a dossier a subject and year, its steps, counts of votes, and the documents that
decide."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from bontot.db.base import TenantRecord, exactly_one, now, one_of, public_id, refers, unique


class RecognitionBallot(TenantRecord):
    """A count of votes at one place on one day, in numbers only: who voted how is not kept. `entitled` could vote and
    `present` were there; the rest is of a secret ballot."""

    __tablename__ = "recognition_ballot"
    __table_args__ = (
        refers("organisation_id", "organisation"),
        one_of("method", "secret_ballot", "show_of_hands"),
        CheckConstraint("present <= entitled", name="present_of_entitled"),
        CheckConstraint("issued <= present", name="issued_of_present"),
        CheckConstraint("returned <= issued", name="returned_of_issued"),
        CheckConstraint("valid + invalid = returned", name="valid_and_invalid"),
        CheckConstraint(
            "num_nonnulls(issued, returned, valid, invalid) = CASE method WHEN 'secret_ballot' THEN 4 ELSE 0 END",
            name="papers_of_secret_ballot",
        ),
    )

    organisation_id: Mapped[int] = mapped_column(BigInteger)
    held_on: Mapped[date]
    method: Mapped[str]
    entitled: Mapped[int]
    present: Mapped[int]
    issued: Mapped[int | None]
    returned: Mapped[int | None]
    valid: Mapped[int | None]
    invalid: Mapped[int | None]


class RecognitionDecision(TenantRecord):
    """A document that decides of one title and year: grants it, tells that it is not granted, or takes it back; of one
    subject or many."""

    __tablename__ = "recognition_decision"
    __table_args__ = (
        one_of("kind", "grant", "refusal", "revocation"),
        unique("public_id"),
        Index("ix_recognition_decision_year", "tenant_id", "year", "scheme"),
    )

    public_id: Mapped[UUID] = public_id()
    kind: Mapped[str]
    year: Mapped[int] = mapped_column(SmallInteger)
    policy_code: Mapped[str]
    scheme: Mapped[str]
    number: Mapped[str]
    decided_on: Mapped[date]
    issuer: Mapped[str]
    signer: Mapped[str]


class RecognitionCase(TenantRecord):
    """The dossier of one subject for one title and year. From `recognised_on` the title is held until `holds_until`, the
    first day it is not, unless it was revoked before. `version` is 1, and one more with each step."""

    __tablename__ = "recognition_case"
    __table_args__ = (
        refers("organisation_id", "organisation"),
        refers("member_id", "member"),
        refers("decision_id", "recognition_decision"),
        refers("revocation_id", "recognition_decision"),
        exactly_one("organisation_id", "member_id"),
        unique("public_id"),
        unique("year", "scheme", "organisation_id", "member_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("num_nonnulls(decision_id, recognised_on, holds_until) IN (0, 3)", name="recognised"),
        CheckConstraint("num_nonnulls(revocation_id, revoked_on) IN (0, 2)", name="revoked"),
        CheckConstraint("revoked_on IS NULL OR revoked_on >= recognised_on", name="revoked_after"),
        Index("ix_recognition_case_member", "tenant_id", "member_id", "year"),
        Index("ix_recognition_case_organisation", "tenant_id", "organisation_id", "year"),
    )

    public_id: Mapped[UUID] = public_id()
    organisation_id: Mapped[int | None] = mapped_column(BigInteger)
    member_id: Mapped[int | None] = mapped_column(BigInteger)
    year: Mapped[int] = mapped_column(SmallInteger)
    policy_code: Mapped[str]
    scheme: Mapped[str]
    title: Mapped[str]
    decision_id: Mapped[int | None] = mapped_column(BigInteger)
    recognised_on: Mapped[date | None]
    holds_until: Mapped[date | None]
    revocation_id: Mapped[int | None] = mapped_column(BigInteger)
    revoked_on: Mapped[date | None]
    revoked_for: Mapped[str | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))


class RecognitionStep(TenantRecord):
    """A step of a dossier that was taken: when, by which body in the plan's words of that day, with what outcome. `standing`
    is how the title stood then by `run_id`, and `exception` the reason for which it went on though that was not enough."""

    __tablename__ = "recognition_step"
    __table_args__ = (
        refers("case_id", "recognition_case", cascade=True),
        refers("ballot_id", "recognition_ballot"),
        refers("decision_id", "recognition_decision"),
        refers("run_id", "evaluation_run"),
        unique("case_id", "step"),
        one_of("outcome", "done", "agreed", "disagreed", "carried", "lost", "recognised", "not_recognised"),
        CheckConstraint("(ballot_id IS NULL) = (votes IS NULL)", name="votes_of_ballot"),
        Index("ix_recognition_step_ballot", "tenant_id", "ballot_id"),
        Index("ix_recognition_step_decision", "tenant_id", "decision_id"),
    )

    case_id: Mapped[int] = mapped_column(BigInteger)
    step: Mapped[str]
    label: Mapped[str]
    outcome: Mapped[str]
    done_on: Mapped[date]
    body: Mapped[str]
    document: Mapped[str | None]
    remark: Mapped[str | None]
    ballot_id: Mapped[int | None] = mapped_column(BigInteger)
    votes: Mapped[int | None]
    decision_id: Mapped[int | None] = mapped_column(BigInteger)
    standing: Mapped[int | None] = mapped_column(SmallInteger)
    run_id: Mapped[int | None] = mapped_column(BigInteger)
    exception: Mapped[str | None]
    entered_by: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(BigInteger)
    entered_at: Mapped[datetime] = now()
