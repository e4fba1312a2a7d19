"""The tree of organisations through time."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from bontot.db.base import (
    TenantRecord,
    no_overlap,
    now,
    one_of,
    period_in_order,
    public_id,
    refers,
    unique,
)

ORGANISATION_TYPES = (
    "provincial_committee",
    "upper_committee",
    "grassroots_committee",
    "grassroots_cell",
    "sub_committee",
    "subordinate_committee",
    "subordinate_cell",
    "party_group",
)
CELL_TYPES = ("grassroots_cell", "subordinate_cell")
SECTORS = (
    "residential",
    "school",
    "health",
    "state_agency",
    "state_enterprise",
    "private_enterprise",
    "police",
    "army",
    "other",
)


class Organisation(TenantRecord):
    """A node of the tree (tổ chức đảng): the identity that outlives its names, codes, types and parents."""

    __tablename__ = "organisation"
    __table_args__ = (unique("public_id"), CheckConstraint("ended_on > founded_on", name="life_in_order"))

    public_id: Mapped[UUID] = public_id()
    founded_on: Mapped[date]
    ended_on: Mapped[date | None]
    founding_document: Mapped[str | None]


class OrganisationPeriod(TenantRecord):
    """What an organisation was called, its type, its sector and its direct superior, from a day on."""

    __tablename__ = "organisation_period"
    __table_args__ = (
        refers("organisation_id", "organisation", cascade=True),
        refers("parent_id", "organisation"),
        no_overlap("organisation_period", "organisation_id"),
        period_in_order(),
        one_of("type", *ORGANISATION_TYPES),
        one_of("sector", *SECTORS),
        CheckConstraint("parent_id <> organisation_id", name="not_its_own_parent"),
        Index("ix_organisation_period_organisation", "tenant_id", "organisation_id", "valid_from"),
        Index("ix_organisation_period_parent", "tenant_id", "parent_id"),
    )

    organisation_id: Mapped[int] = mapped_column(BigInteger)
    parent_id: Mapped[int | None] = mapped_column(BigInteger)
    name: Mapped[str]
    code: Mapped[str]
    type: Mapped[str]
    sector: Mapped[str]
    sort_key: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    document: Mapped[str | None]


class PolicyAssignment(TenantRecord):
    """Which plan governs an organisation and all below it, from a day on; the nearest assignment upwards holds."""

    __tablename__ = "policy_assignment"
    __table_args__ = (
        refers("organisation_id", "organisation"),
        no_overlap("policy_assignment", "organisation_id"),
        period_in_order(),
    )

    organisation_id: Mapped[int] = mapped_column(BigInteger)
    policy_code: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class FrameAdoption(TenantRecord):
    """That a committee switched a frame on beside its plans, from a day and by a document; ended by another decision, never
    taken away."""

    __tablename__ = "frame_adoption"
    __table_args__ = (
        no_overlap("frame_adoption", "policy_code"),
        period_in_order(),
        CheckConstraint("(valid_to IS NULL) = (end_document IS NULL)", name="ended_by_document"),
        CheckConstraint("(valid_to IS NULL) = (ended_by IS NULL)", name="ended_by_somebody"),
    )

    policy_code: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    document: Mapped[str]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime] = now()
    end_document: Mapped[str | None]
    ended_by: Mapped[str | None]


class MonthException(TenantRecord):
    """A superior's order for one month: another day and deadline, or no meeting at all, with the document. It holds for the
    organisation and all below it; `entered_by` is nobody where a workbook brought it."""

    __tablename__ = "month_exception"
    __table_args__ = (refers("organisation_id", "organisation"), unique("organisation_id", "month"))

    organisation_id: Mapped[int] = mapped_column(BigInteger)
    month: Mapped[date]
    day: Mapped[date | None]
    deadline: Mapped[date | None]
    waived: Mapped[bool]
    document: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    entered_by: Mapped[str | None]
    entered_at: Mapped[datetime] = now()


class MeetingPreference(TenantRecord):
    """The day of the month a cell prefers, within what its plan allows."""

    __tablename__ = "meeting_preference"
    __table_args__ = (
        refers("organisation_id", "organisation"),
        no_overlap("meeting_preference", "organisation_id"),
        period_in_order(),
        CheckConstraint("day BETWEEN 1 AND 31", name="day_of_month"),
    )

    organisation_id: Mapped[int] = mapped_column(BigInteger)
    day: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class HolidayOverride(TenantRecord):
    """A day a committee treats otherwise than the platform's calendar, e.g. an enterprise's own swap."""

    __tablename__ = "holiday_override"
    __table_args__ = (
        refers("organisation_id", "organisation"),
        one_of("kind", "statutory", "compensatory", "swapped_off", "worked_saturday", "not_off"),
    )

    organisation_id: Mapped[int | None] = mapped_column(BigInteger)
    day: Mapped[date]
    kind: Mapped[str]
    name: Mapped[str]
    source: Mapped[str]
