"""What was concluded, by which values, and the work that concluded it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bontot.db.base import (
    TenantRecord,
    TenantTable,
    exactly_one,
    now,
    one_of,
    public_id,
    refers,
    unique,
)


class ThresholdOverride(TenantRecord):
    """A committee's own value for one of its plan's, from a day on, by a decision. Append-only: a later row replaces it, a
    row without a value returns to the plan."""

    __tablename__ = "threshold_override"
    __table_args__ = (Index("ix_threshold_override_key", "tenant_id", "policy_code", "key", "valid_from"),)

    policy_code: Mapped[str]
    key: Mapped[str]
    value: Mapped[str | None]
    valid_from: Mapped[date]
    document: Mapped[str]
    warning: Mapped[str | None]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime] = now()


class EvaluationRun(TenantRecord):
    """One evaluation of one policy over one period, never edited; a newer one supersedes it.

    `rules` keeps what the policy said (criteria, operators, thresholds with layer, origin and clause, in the order of the
    arrays in `Verdict`), so that the run can be explained when the plan has changed.
    """

    __tablename__ = "evaluation_run"
    __table_args__ = (
        refers("superseded_by_id", "evaluation_run"),
        refers("job_id", "job"),
        unique("public_id"),
        Index("ix_evaluation_run_year", "tenant_id", "year", "policy_code"),
    )

    public_id: Mapped[UUID] = public_id()
    policy_code: Mapped[str]
    policy_version: Mapped[str]
    digest: Mapped[str]
    year: Mapped[int] = mapped_column(SmallInteger)
    as_of: Mapped[date]
    rules: Mapped[dict[str, Any]] = mapped_column(JSONB)
    evaluated_at: Mapped[datetime] = now()
    evaluated_by: Mapped[str]
    superseded_by_id: Mapped[int | None] = mapped_column(BigInteger)
    job_id: Mapped[int | None] = mapped_column(BigInteger)


class Verdict(TenantTable):
    """All findings of one subject in one run, in the order of the scheme's lines in the run's `rules`, packed as
    `bontot.evaluation.stored` says; `outcome` is the title's. Rows from before have the three arrays instead."""

    __tablename__ = "verdict"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "run_id", "scheme", "subject_id"),
        refers("run_id", "evaluation_run", cascade=True),
        exactly_one("findings", "outcomes"),
    )

    run_id: Mapped[int] = mapped_column(BigInteger)
    subject_id: Mapped[int] = mapped_column(BigInteger)
    scheme: Mapped[int] = mapped_column(SmallInteger)
    outcome: Mapped[int] = mapped_column(SmallInteger)
    outcomes: Mapped[list[int] | None] = mapped_column(ARRAY(SmallInteger))
    parts: Mapped[list[int | None] | None] = mapped_column(ARRAY(BigInteger))
    wholes: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    findings: Mapped[bytes | None] = mapped_column(LargeBinary)


class LaterVerdict(TenantTable):
    """A subject judged again by a run's rules, on the records of the end of `as_of`, because some of them changed; packed
    as in `Verdict`. Laid over the run it gives the standing of today; gone when the run is superseded."""

    __tablename__ = "later_verdict"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "run_id", "scheme", "subject_id"),
        refers("run_id", "evaluation_run", cascade=True),
    )

    run_id: Mapped[int] = mapped_column(BigInteger)
    subject_id: Mapped[int] = mapped_column(BigInteger)
    as_of: Mapped[date]
    scheme: Mapped[int] = mapped_column(SmallInteger)
    outcome: Mapped[int] = mapped_column(SmallInteger)
    findings: Mapped[bytes] = mapped_column(LargeBinary)


class UnseenChange(TenantRecord):
    """What changed of a year's records while that was being evaluated, which read them as they were: of which cells, whose
    of their members (`everyone`'s where nobody was named), in which tables. Gone when it has been judged again."""

    __tablename__ = "unseen_change"
    __table_args__ = (Index("ix_unseen_change_year", "tenant_id", "year"),)

    year: Mapped[int] = mapped_column(SmallInteger)
    cells: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    everyone: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    members: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    tables: Mapped[list[str]] = mapped_column(ARRAY(Text))


class Job(TenantRecord):
    """Work in the background as its committee sees it: what, how far, what came of it."""

    __tablename__ = "job"
    __table_args__ = (
        unique("public_id"),
        one_of(
            "kind", "evaluation", "import", "trial", "reminders", "letters", "papers", "sheet", "webhooks"
        ),
        one_of("state", "waiting", "running", "done", "failed"),
    )

    public_id: Mapped[UUID] = public_id()
    kind: Mapped[str]
    arguments: Mapped[dict[str, Any]] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(server_default="waiting")
    progress: Mapped[int] = mapped_column(server_default=text("0"))
    total: Mapped[int] = mapped_column(server_default=text("0"))
    doing: Mapped[str | None]
    message: Mapped[str | None]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    requested_by: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(BigInteger)
    """Who asked, where the work is that person's own to see."""
    created_at: Mapped[datetime] = now()
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class JobFile(TenantTable):
    """The one file a piece of work left for who asked for it, to be fetched until a day. It can be made again from the
    records, so it does not travel with its committee. `organisation_id`: of which body and those below; None for the
    whole committee."""

    __tablename__ = "job_file"
    __travels__ = False
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "job_id"),
        refers("job_id", "job"),
        refers("organisation_id", "organisation"),
        CheckConstraint("sha256(content) = sha256", name="sha256_of_content"),
        CheckConstraint("octet_length(content) <= 67108864", name="not_too_large"),
    )

    job_id: Mapped[int] = mapped_column(BigInteger)
    organisation_id: Mapped[int | None] = mapped_column(BigInteger)
    name: Mapped[str]
    media: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    kept_until: Mapped[date]


class ImportBatch(TenantRecord):
    """An uploaded workbook: what was understood, what is wrong with it, and whether it was taken in."""

    __tablename__ = "import_batch"
    __table_args__ = (
        unique("public_id"),
        one_of("state", "checking", "previewed", "applied", "discarded", "undone"),
    )

    public_id: Mapped[UUID] = public_id()
    filename: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    state: Mapped[str] = mapped_column(server_default="previewed")
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    uploaded_by: Mapped[str]
    uploaded_at: Mapped[datetime] = now()
    applied_at: Mapped[datetime | None]
    footprint: Mapped[dict[str, Any] | None] = mapped_column(JSONB, deferred=True)
    """What was written, so that it can be taken back: see `bontot.imports.undoing`."""
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]


class ImportName(TenantRecord):
    """How a committee calls a column, or with `kind` "" a sheet: the field, or kind of sheet, that its heading stands for;
    "" when it is to be passed over without a word."""

    __tablename__ = "import_name"
    __table_args__ = (unique("kind", "heading"),)

    kind: Mapped[str]
    heading: Mapped[str]
    stands_for: Mapped[str]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime] = now()
