"""Meetings and what comes out of them."""

from __future__ import annotations

from datetime import date, datetime
from datetime import time as clock_time
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Numeric,
    PrimaryKeyConstraint,
    SmallInteger,
    Time,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bontot.db.base import (
    TenantRecord,
    TenantTable,
    now,
    one_of,
    public_id,
    refers,
    unique,
)

KINDS = ("regular", "thematic", "extraordinary", "congress", "cell_committee_meeting")
STEPS = ("preparation", "opening", "conduct", "closing", "after")
SCORE_STAGES = ("proposed", "voted", "confirmed")
SECTIONS = (
    "platform",
    "fees",
    "news",
    "ideology",
    "thematic",
    "other",
    "conclusion",
    "politics",
    "results",
    "praise",
    "shortcomings",
    "execution",
)
"""The texts of a meeting: seven of its minutes, then five of its resolution."""
VOTES = ("agenda", "resolution", "minutes", "admission", "recognition", "discipline", "rating", "other")
SUBMISSIONS = ("due", "submitted", "returned", "changed", "received")
""""changed": corrected after it was sent, and to be sent again. None of these: never closed on a page."""
ACTS = ("closed", "submitted", "returned", "received", "remarked")
VOICES = ("superior", "assigned")
PRESENT, ABSENT_EXCUSED, ABSENT_UNEXCUSED, LATE = 1, 2, 3, 4
"""Marks of attendance. A required member without a row is not present and not unexcused; late counts as present."""


class Meeting(TenantRecord):
    """A meeting of an organisation. It counts on the day it opened (`held_on`); `year` is that day's year and leads the
    keys of the attendance below it. A regular meeting with a thematic part carries `thematic_topic`."""

    __tablename__ = "meeting"
    __table_args__ = (
        refers("organisation_id", "organisation"),
        refers("chair_id", "member"),
        refers("minute_taker_id", "member"),
        unique("public_id"),
        unique("year", "id"),
        unique("organisation_id", "kind", "held_on"),
        one_of("kind", *KINDS),
        one_of("state", "open", "closed"),
        one_of("submission", *SUBMISSIONS),
        one_of("self_score_band", "good", "fair", "average", "poor"),
        CheckConstraint("year = extract(year FROM held_on)", name="year_of_day"),
        Index("ix_meeting_organisation", "tenant_id", "organisation_id", "held_on"),
        Index("ix_meeting_held_on", "tenant_id", "held_on"),
        Index(
            "ix_meeting_awaited",
            "tenant_id",
            "organisation_id",
            postgresql_where=text("submission <> 'received'"),
        ),
    )

    public_id: Mapped[UUID] = public_id()
    organisation_id: Mapped[int] = mapped_column(BigInteger)
    year: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str]
    held_on: Mapped[date]
    starts_at: Mapped[clock_time | None] = mapped_column(Time)
    place: Mapped[str | None]
    topic: Mapped[str | None]
    thematic_topic: Mapped[str | None]
    chair_id: Mapped[int | None] = mapped_column(BigInteger)
    minute_taker_id: Mapped[int | None] = mapped_column(BigInteger)
    ends_at: Mapped[clock_time | None] = mapped_column(Time)
    state: Mapped[str] = mapped_column(server_default="open")
    submission: Mapped[str | None]
    sent_on: Mapped[date | None]
    self_criticism: Mapped[bool] = mapped_column(server_default=text("false"))
    self_score: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    self_score_band: Mapped[str | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    recorded_at: Mapped[datetime] = now()


class Sitting(TenantRecord):
    """A further sitting of a meeting held in parts (by Party group, over several days); who came to it is present at the
    meeting."""

    __tablename__ = "sitting"
    __table_args__ = (
        refers("meeting_id", "meeting", cascade=True),
        Index("ix_sitting_meeting", "tenant_id", "meeting_id"),
    )

    meeting_id: Mapped[int] = mapped_column(BigInteger)
    held_on: Mapped[date]
    place: Mapped[str | None]


class SittingPresence(TenantTable):
    """That a member who had not come before came to a further sitting; `mark` and `reason` are what stood in the roll of the
    meeting until then, None where nothing did."""

    __tablename__ = "sitting_presence"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "meeting_id", "member_id"),
        refers("meeting_id", "meeting", cascade=True),
        refers("sitting_id", "sitting", cascade=True),
        refers("member_id", "member"),
        CheckConstraint("mark BETWEEN 1 AND 4", name="mark_known"),
        Index("ix_sitting_presence_sitting", "tenant_id", "sitting_id"),
    )

    meeting_id: Mapped[int] = mapped_column(BigInteger)
    member_id: Mapped[int] = mapped_column(BigInteger)
    sitting_id: Mapped[int] = mapped_column(BigInteger)
    mark: Mapped[int | None] = mapped_column(SmallInteger)
    reason: Mapped[str | None]


class Attendance(TenantTable):
    """One mark of one member at one meeting: present, excused, unexcused, late. Partitioned by year."""

    __tablename__ = "attendance"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "year", "meeting_id", "member_id"),
        ForeignKeyConstraint(
            ["tenant_id", "year", "meeting_id"],
            ["meeting.tenant_id", "meeting.year", "meeting.id"],
            ondelete="CASCADE",
            onupdate="CASCADE",
        ),
        refers("member_id", "member"),
        CheckConstraint("mark BETWEEN 1 AND 4", name="mark_known"),
        Index("ix_attendance_member", "tenant_id", "member_id"),
        {"postgresql_partition_by": "RANGE (year)"},
    )

    year: Mapped[int] = mapped_column(SmallInteger)
    mark: Mapped[int] = mapped_column(SmallInteger)
    meeting_id: Mapped[int] = mapped_column(BigInteger)
    member_id: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str | None]


class MeetingStep(TenantTable):
    """A step of the checklist that was carried out (dossier: preparation, opening, conduct, closing, after)."""

    __tablename__ = "meeting_step"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "meeting_id", "step"),
        refers("meeting_id", "meeting", cascade=True),
        one_of("step", *STEPS),
    )

    meeting_id: Mapped[int] = mapped_column(BigInteger)
    step: Mapped[str]


class MeetingScore(TenantTable):
    """The points of one item of a meeting's score sheet at one stage: proposed by the cell committee, voted by the cell,
    confirmed by the superior who attended. The sheet is kept with each row, so that it can be read when the plan is gone.

    `recorded_by` is who recorded it, in words; `account_id` and `recorder_id` the account and member, where that was done on
    a page.
    """

    __tablename__ = "meeting_score"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "meeting_id", "stage", "item"),
        refers("meeting_id", "meeting", cascade=True),
        refers("recorder_id", "member"),
        one_of("stage", *SCORE_STAGES),
        CheckConstraint("points BETWEEN 0 AND maximum", name="points_within"),
    )

    meeting_id: Mapped[int] = mapped_column(BigInteger)
    stage: Mapped[str]
    item: Mapped[str]
    policy_code: Mapped[str]
    sheet: Mapped[str]
    points: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    maximum: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    recorded_by: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(BigInteger)
    recorder_id: Mapped[int | None] = mapped_column(BigInteger)
    recorded_at: Mapped[datetime] = now()


class AgendaItem(TenantRecord):
    """One item of a meeting's agenda, in order."""

    __tablename__ = "agenda_item"
    __table_args__ = (refers("meeting_id", "meeting", cascade=True), unique("meeting_id", "position"))

    meeting_id: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int] = mapped_column(SmallInteger)
    title: Mapped[str]


class MeetingMaterial(TenantRecord):
    """A document used in a meeting, by title and number; the file itself may stay on paper."""

    __tablename__ = "meeting_material"
    __table_args__ = (
        refers("meeting_id", "meeting", cascade=True),
        Index("ix_meeting_material_meeting", "tenant_id", "meeting_id"),
    )

    meeting_id: Mapped[int] = mapped_column(BigInteger)
    title: Mapped[str]
    document_number: Mapped[str | None]


class Resolution(TenantRecord):
    """A resolution or conclusion issued from a meeting; `cites_superior` when it names a superior's document."""

    __tablename__ = "resolution"
    __table_args__ = (
        refers("meeting_id", "meeting", cascade=True),
        Index("ix_resolution_meeting", "tenant_id", "meeting_id"),
    )

    meeting_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[str | None]
    subject: Mapped[str]
    issued_on: Mapped[date | None]
    cites_superior: Mapped[bool] = mapped_column(server_default=text("false"))


class Statement(TenantRecord):
    """That a member spoke, on what, and what the chair answered; in the order of `position`, then of recording."""

    __tablename__ = "statement"
    __table_args__ = (
        refers("meeting_id", "meeting", cascade=True),
        refers("member_id", "member"),
        Index("ix_statement_meeting", "tenant_id", "meeting_id"),
    )

    meeting_id: Mapped[int] = mapped_column(BigInteger)
    member_id: Mapped[int] = mapped_column(BigInteger)
    summary: Mapped[str | None]
    answer: Mapped[str | None]
    position: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))


class MeetingGuest(TenantRecord):
    """Somebody who attended without belonging to the cell; `assigned`: the superior's member charged with it."""

    __tablename__ = "meeting_guest"
    __table_args__ = (
        refers("meeting_id", "meeting", cascade=True),
        Index("ix_meeting_guest_meeting", "tenant_id", "meeting_id"),
    )

    meeting_id: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    post: Mapped[str | None]
    assigned: Mapped[bool] = mapped_column(server_default=text("false"))
    remark: Mapped[str | None]


class MeetingVote(TenantRecord):
    """A vote taken in a meeting, in totals only; `entitled` is how many could vote when it was recorded."""

    __tablename__ = "meeting_vote"
    __table_args__ = (
        refers("meeting_id", "meeting", cascade=True),
        one_of("about", *VOTES),
        CheckConstraint(
            "votes_for >= 0 AND votes_against >= 0 AND votes_other >= 0"
            " AND votes_for + votes_against + votes_other BETWEEN 1 AND entitled",
            name="votes_within",
        ),
        Index("ix_meeting_vote_meeting", "tenant_id", "meeting_id"),
    )

    meeting_id: Mapped[int] = mapped_column(BigInteger)
    about: Mapped[str]
    subject: Mapped[str | None]
    entitled: Mapped[int] = mapped_column(SmallInteger)
    votes_for: Mapped[int] = mapped_column(SmallInteger)
    votes_against: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    votes_other: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))


class MeetingSection(TenantTable):
    """One of the texts of a meeting's minutes or resolution."""

    __tablename__ = "meeting_section"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "meeting_id", "section"),
        refers("meeting_id", "meeting", cascade=True),
        one_of("section", *SECTIONS),
    )

    meeting_id: Mapped[int] = mapped_column(BigInteger)
    section: Mapped[str]
    words: Mapped[str]


class MeetingAct(TenantRecord):
    """What was done with a meeting's record after it was written: closed, sent to the superior, taken or sent back, remarked
    on, by the superior committee or by its assigned member (`voice`)."""

    __tablename__ = "meeting_act"
    __table_args__ = (
        refers("meeting_id", "meeting", cascade=True),
        one_of("act", *ACTS),
        one_of("voice", *VOICES),
        Index("ix_meeting_act_meeting", "tenant_id", "meeting_id", "id"),
    )

    meeting_id: Mapped[int] = mapped_column(BigInteger)
    act: Mapped[str]
    voice: Mapped[str | None]
    remark: Mapped[str | None]
    account_id: Mapped[int] = mapped_column(BigInteger)
    done_by: Mapped[str]
    done_at: Mapped[datetime] = now()
