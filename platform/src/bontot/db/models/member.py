"""Members, where they belong, and what they are excused from; every state is an interval with its document."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Index,
    PrimaryKeyConstraint,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bontot.db.base import (
    TenantRecord,
    TenantTable,
    exactly_one,
    no_overlap,
    now,
    one_of,
    period_in_order,
    public_id,
    refers,
    unique,
)

STATES = ("exempt", "suspended", "temporarily_out", "special_duty", "seconded_abroad")
POSTS = ("secretary", "deputy_secretary", "committee_member", "assigned_superior")
EVENTS = (
    "admission",
    "recognition",
    "official_transfer",
    "temporary_transfer",
    "return",
    "exempt",
    "suspended",
    "special_duty",
    "seconded_abroad",
    "resumption",
    "post",
    "end_of_post",
    "residence_link",
    "residence_remark",
    "party_badge",
    "transferred_out",
    "removed",
    "expelled",
    "resigned",
    "deceased",
)
RATINGS = ("not_completed", "completed", "good", "excellent")


class Member(TenantRecord):
    """A Party member. `full_name` as written is authoritative; the derived keys only sort and search.

    `birth_date` and the Party dates may be known to the year or month only: the `…_precision` says which
    ("day", "month", "year"), the missing parts are 1.
    """

    __tablename__ = "member"
    __table_args__ = (
        unique("public_id"),
        one_of("birth_precision", "day", "month", "year"),
        one_of("admission_precision", "day", "month", "year"),
        one_of("employment", "working", "retired", "studying", "other"),
        one_of("end_kind", "transferred_out", "removed", "expelled", "resigned", "deceased"),
        CheckConstraint("(ended_on IS NULL) = (end_kind IS NULL)", name="end_has_kind"),
        Index("ix_member_sort", "tenant_id", "sort_key"),
        Index("ix_member_search", "tenant_id", "search_key"),
        Index(
            "uq_member_card",
            "tenant_id",
            "card_number",
            unique=True,
            postgresql_where=text("card_number IS NOT NULL"),
        ),
    )

    public_id: Mapped[UUID] = public_id()
    full_name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(Text(collation="C"))
    search_key: Mapped[str] = mapped_column(Text(collation="C"))
    birth_date: Mapped[date | None]
    birth_precision: Mapped[str] = mapped_column(server_default="day")
    female: Mapped[bool | None]
    card_number: Mapped[str | None]
    admission_date: Mapped[date | None]
    admission_precision: Mapped[str] = mapped_column(server_default="day")
    official_date: Mapped[date | None]
    employment: Mapped[str] = mapped_column(server_default="other")
    phone: Mapped[str | None]
    ended_on: Mapped[date | None]
    end_kind: Mapped[str | None]


class Membership(TenantRecord):
    """The cell a member belongs to over `[valid_from, valid_to)`: at home, or as a temporary guest.

    On the day of a transfer the member already belongs to the new cell.
    """

    __tablename__ = "membership"
    __table_args__ = (
        refers("member_id", "member", cascade=True),
        refers("organisation_id", "organisation"),
        no_overlap("membership_home", "member_id", where="kind = 'home'"),
        no_overlap("membership_temporary", "member_id", "organisation_id"),
        period_in_order(),
        one_of("kind", "home", "temporary"),
        Index("ix_membership_organisation", "tenant_id", "organisation_id", "valid_from"),
        Index("ix_membership_member", "tenant_id", "member_id", "valid_from"),
    )

    member_id: Mapped[int] = mapped_column(BigInteger)
    organisation_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(server_default="home")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    document: Mapped[str | None]


class MemberState(TenantRecord):
    """An interval in which a member is exempt, suspended, away, or on special duty."""

    __tablename__ = "member_state"
    __table_args__ = (
        refers("member_id", "member", cascade=True),
        no_overlap("member_state", "member_id", "kind"),
        period_in_order(),
        one_of("kind", *STATES),
        Index("ix_member_state_member", "tenant_id", "member_id", "valid_from"),
    )

    member_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    document: Mapped[str | None]


class Post(TenantRecord):
    """Who held which post of an organisation, from a day on."""

    __tablename__ = "post"
    __table_args__ = (
        refers("organisation_id", "organisation"),
        refers("member_id", "member", cascade=True),
        no_overlap("post", "organisation_id", "member_id", "kind"),
        period_in_order(),
        one_of("kind", *POSTS),
        Index("ix_post_organisation", "tenant_id", "organisation_id", "valid_from"),
        Index("ix_post_member", "tenant_id", "member_id"),
    )

    organisation_id: Mapped[int] = mapped_column(BigInteger)
    member_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    term: Mapped[str | None]


class Training(TenantRecord):
    """A completed training of a member; `update` is "cập nhật kiến thức mới"."""

    __tablename__ = "training"
    __table_args__ = (
        refers("member_id", "member", cascade=True),
        one_of("kind", "skills", "update"),
        Index("ix_training_member", "tenant_id", "member_id", "completed_on"),
    )

    member_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str]
    completed_on: Mapped[date]
    title: Mapped[str]


class ResidenceRemark(TenantTable):
    """That the yearly remark of the residence cell was received; its words stay on paper."""

    __tablename__ = "residence_remark"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "member_id", "year"),
        refers("member_id", "member", cascade=True),
    )

    member_id: Mapped[int] = mapped_column(BigInteger)
    year: Mapped[int]
    received_on: Mapped[date]


class AnnualRating(TenantRecord):
    """The yearly quality rating of a member or an organisation: by which document, and where it was voted, with how many
    votes of how many entitled. `version` is 1, and one more with each change."""

    __tablename__ = "annual_rating"
    __table_args__ = (
        refers("member_id", "member", cascade=True),
        refers("organisation_id", "organisation"),
        exactly_one("member_id", "organisation_id"),
        one_of("level", *RATINGS),
        unique("member_id", "organisation_id", "year", postgresql_nulls_not_distinct=True),
        CheckConstraint(
            "votes <= entitled AND num_nonnulls(votes, entitled) IN (0, 2)", name="votes_of_entitled"
        ),
    )

    member_id: Mapped[int | None] = mapped_column(BigInteger)
    organisation_id: Mapped[int | None] = mapped_column(BigInteger)
    year: Mapped[int]
    level: Mapped[str]
    decided_on: Mapped[date | None]
    document: Mapped[str | None]
    entitled: Mapped[int | None]
    votes: Mapped[int | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))


class MemberEvent(TenantRecord):
    """A dated event in a member's life in the Party, with its document: what was entered (`entry`), and what it wrote into
    the other tables (`changes`), so that it can be taken back."""

    __tablename__ = "member_event"
    __table_args__ = (
        refers("member_id", "member", cascade=True),
        refers("organisation_id", "organisation"),
        one_of("kind", *EVENTS),
        Index("ix_member_event_member", "tenant_id", "member_id", "id"),
    )

    member_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str]
    day: Mapped[date]
    organisation_id: Mapped[int | None] = mapped_column(BigInteger)
    document: Mapped[str | None]
    entry: Mapped[dict[str, Any]] = mapped_column(JSONB)
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    entered_by: Mapped[str]
    entered_at: Mapped[datetime] = now()
