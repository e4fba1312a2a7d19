"""Papers: what people wrote into those to come, and of those issued the number and the very bytes that went out."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, PrimaryKeyConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bontot.db.base import TenantRecord, TenantTable, now, one_of, public_id, refers, unique

FORMATS = ("pdf", "docx")


class PaperText(TenantRecord):
    """What people wrote into a paper that is otherwise made from the records: `words` by the key of its part. `kind` and
    `about` name the paper as those of an issued one do; `version` is 1, and one more with each writing."""

    __tablename__ = "paper_text"
    __table_args__ = (
        refers("organisation_id", "organisation"),
        unique("organisation_id", "kind", "about"),
    )

    organisation_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str]
    about: Mapped[str]
    words: Mapped[dict[str, str]] = mapped_column(JSONB)
    version: Mapped[int] = mapped_column(server_default=text("1"))
    written_by: Mapped[str]
    account_id: Mapped[int] = mapped_column(BigInteger)
    written_at: Mapped[datetime] = now()


class IssuedPaper(TenantRecord):
    """A paper as it was issued. `number` runs in the series of its type (`symbol`), body and `term` of office, each given
    once and for good, also when the paper is cancelled; None where papers of the kind are not numbered. `about` is what the
    kind was asked for with; `corrects_id` the paper it stands in place of."""

    __tablename__ = "issued_paper"
    __table_args__ = (
        refers("organisation_id", "organisation"),
        refers("corrects_id", "issued_paper"),
        unique("public_id"),
        unique("organisation_id", "symbol", "term", "number"),
        CheckConstraint("number > 0", name="number_from_one"),
        CheckConstraint(
            "num_nonnulls(cancelled_on, cancelled_for, cancelled_by) IN (0, 3)", name="cancelled_for_a_reason"
        ),
        Index("ix_issued_paper_about", "tenant_id", "organisation_id", "kind", "about"),
    )

    public_id: Mapped[UUID] = public_id()
    organisation_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str]
    about: Mapped[str]
    symbol: Mapped[str]
    sign: Mapped[str]
    term: Mapped[str]
    number: Mapped[int | None]
    name: Mapped[str]
    dated_on: Mapped[date]
    signer: Mapped[str]
    corrects_id: Mapped[int | None] = mapped_column(BigInteger)
    issued_by: Mapped[str]
    account_id: Mapped[int] = mapped_column(BigInteger)
    issued_at: Mapped[datetime] = now()
    cancelled_on: Mapped[date | None]
    cancelled_for: Mapped[str | None]
    cancelled_by: Mapped[str | None]


class IssuedFile(TenantTable):
    """The bytes of an issued paper in one format, with their SHA-256. The application can write them once and never
    again."""

    __tablename__ = "issued_file"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "paper_id", "form"),
        refers("paper_id", "issued_paper"),
        one_of("form", *FORMATS),
        CheckConstraint("octet_length(sha256) = 32", name="sha256_is_whole"),
        CheckConstraint("sha256(content) = sha256", name="sha256_of_content"),
    )

    paper_id: Mapped[int] = mapped_column(BigInteger)
    form: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
