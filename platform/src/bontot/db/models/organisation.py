"""The tree of organisations through time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
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
ORGANISATION_EVENTS = (
    "establish",
    "rename",
    "retype",
    "reparent",
    "merge",
    "split",
    "dissolve",
    "reorganise",
)
PARTS = ("founded", "changed", "ended", "received", "above")
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
    """A node of the tree (tổ chức đảng): the identity that outlives its names, codes, types and parents. `paper_place` is
    where its papers, and those of bodies below without one, are dated (địa danh)."""

    __tablename__ = "organisation"
    __table_args__ = (unique("public_id"), CheckConstraint("ended_on > founded_on", name="life_in_order"))

    public_id: Mapped[UUID] = public_id()
    founded_on: Mapped[date]
    ended_on: Mapped[date | None]
    founding_document: Mapped[str | None]
    paper_place: Mapped[str | None]


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
    organisation and all below it; `ordered_by_id` is the body that gave it, none for the committee as a whole, and
    `entered_by` nobody where a workbook brought it."""

    __tablename__ = "month_exception"
    __table_args__ = (
        refers("organisation_id", "organisation"),
        refers("ordered_by_id", "organisation"),
        unique("organisation_id", "month"),
    )

    organisation_id: Mapped[int] = mapped_column(BigInteger)
    month: Mapped[date]
    day: Mapped[date | None]
    deadline: Mapped[date | None]
    waived: Mapped[bool]
    document: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    entered_by: Mapped[str | None]
    entered_at: Mapped[datetime] = now()
    ordered_by_id: Mapped[int | None] = mapped_column(BigInteger)


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
    """A day a committee, or one organisation with all below it, treats otherwise than the platform's calendar, e.g. an
    enterprise's own swap; `entered_by` is nobody where a workbook brought it."""

    __tablename__ = "holiday_override"
    __table_args__ = (
        refers("organisation_id", "organisation"),
        unique("public_id"),
        unique("organisation_id", "day", postgresql_nulls_not_distinct=True),
        one_of("kind", "statutory", "compensatory", "swapped_off", "worked_saturday", "not_off"),
    )

    public_id: Mapped[UUID] = public_id()
    organisation_id: Mapped[int | None] = mapped_column(BigInteger)
    day: Mapped[date]
    kind: Mapped[str]
    name: Mapped[str]
    source: Mapped[str]
    entered_by: Mapped[str | None]
    entered_at: Mapped[datetime] = now()


class OrganisationEvent(TenantRecord):
    """A dated act on organisations with its document: what was entered (`entry`), and what it wrote into the other tables
    (`changes`), so that it can be taken back."""

    __tablename__ = "organisation_event"
    __table_args__ = (unique("public_id"), one_of("kind", *ORGANISATION_EVENTS))

    public_id: Mapped[UUID] = public_id()
    kind: Mapped[str]
    day: Mapped[date]
    document: Mapped[str]
    entry: Mapped[dict[str, Any]] = mapped_column(JSONB)
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    entered_by: Mapped[str]
    entered_at: Mapped[datetime] = now()


class OrganisationEventPart(TenantRecord):
    """What an act did to one organisation: founded, changed or ended it, had it receive from others, or did below it only
    (`above`). `successor_id` is who took over from it, one row each; what it produced stays its own."""

    __tablename__ = "organisation_event_part"
    __table_args__ = (
        refers("event_id", "organisation_event", cascade=True),
        refers("organisation_id", "organisation"),
        refers("successor_id", "organisation"),
        one_of("part", *PARTS),
        Index("ix_organisation_event_part_event", "tenant_id", "event_id"),
        Index("ix_organisation_event_part_organisation", "tenant_id", "organisation_id"),
        Index("ix_organisation_event_part_successor", "tenant_id", "successor_id"),
    )

    event_id: Mapped[int] = mapped_column(BigInteger)
    organisation_id: Mapped[int] = mapped_column(BigInteger)
    part: Mapped[str]
    successor_id: Mapped[int | None] = mapped_column(BigInteger)
