"""Meetings as lists and pages show them: with how many were required and how many came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from bontot.db.models.meeting import LATE, PRESENT
from bontot.db.rolls import ATTENDANCE_ROLL

LIMIT = 100


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """A meeting in a list."""

    public_id: UUID
    kind: str
    held_on: date
    thematic_topic: str | None
    resolution_number: str | None
    present: int
    required: int
    called: bool
    """Whether anybody was marked at all."""


@dataclass(frozen=True, slots=True)
class Habit:
    """When and where a cell last met."""

    starts_at: time | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """That a recorded meeting was changed: when, by whom, why."""

    at: datetime
    who: str
    reason: str
    account_id: int | None
    part: str = ""
    before: Mapping[str, Any] = field(default_factory=dict)
    """What the part said before, where a part was corrected."""


_OF_YEAR = text(f"""
SELECT m.public_id, m.kind, m.held_on, m.thematic_topic,
       (SELECT min(r.number) FROM resolution r WHERE r.meeting_id = m.id),
       count(a.member_id) FILTER (WHERE a.mark IN ({PRESENT}, {LATE})), count(roll.member_id),
       count(a.member_id) > 0
FROM meeting m
LEFT JOIN ({ATTENDANCE_ROLL}) AS roll ON roll.meeting_id = m.id
LEFT JOIN attendance a ON a.year = m.year AND a.meeting_id = m.id AND a.member_id = roll.member_id
WHERE m.organisation_id = :organisation AND m.held_on >= make_date(:year, 1, 1) AND m.held_on < make_date(:year + 1, 1, 1)
GROUP BY m.tenant_id, m.id ORDER BY m.held_on DESC, m.id DESC LIMIT :limit
""")


def of_year(session: Session, organisation_id: int, year: int) -> list[MeetingLine]:
    """The meetings of a cell in a year, the latest first; at most a hundred."""
    binds = {"organisation": organisation_id, "year": year, "limit": LIMIT}
    return [MeetingLine(*row) for row in session.execute(_OF_YEAR, binds)]


_HABIT = text("""
SELECT starts_at, place FROM meeting WHERE organisation_id = :organisation AND kind = 'regular'
ORDER BY held_on DESC, id DESC LIMIT 1
""")


def habit(session: Session, organisation_id: int) -> Habit:
    """When and where the cell held its latest regular meeting, to be offered for the next."""
    row = session.execute(_HABIT, {"organisation": organisation_id}).first()
    return Habit(*row) if row else Habit()


CORRECTIONS = text("""
SELECT e.at, coalesce(a.display_name, ''), coalesce(e.detail ->> 'reason', ''), e.account_id,
       CASE WHEN e.action = 'amend_meeting' THEN e.detail ->> 'part' ELSE '' END,
       CASE WHEN e.action = 'amend_meeting' THEN coalesce(nullif(e.detail -> 'before', 'null'), '{}') ELSE '{}' END
FROM audit_event e LEFT JOIN account a ON a.id = e.account_id
WHERE e.subject = 'meeting' AND e.subject_id = :meeting
  AND (e.action = 'change_meeting' OR (e.action = 'amend_meeting' AND e.detail ? 'reason'))
ORDER BY e.id DESC LIMIT :limit
""")


def corrections(session: Session, meeting_id: int) -> list[Correction]:
    """The changes made to a meeting since it was recorded, the latest first."""
    rows = session.execute(CORRECTIONS, {"meeting": meeting_id, "limit": LIMIT})
    return [Correction(*row) for row in rows]
