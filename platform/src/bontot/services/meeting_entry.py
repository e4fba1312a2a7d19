"""What a secretary records of a meeting, and how a recorded one is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class RollLine:
    """A member required at a meeting of a cell on a day."""

    member_id: int
    public_id: UUID
    full_name: str
    birth_year: int | None
    official: bool
    guest: bool
    """Here as a temporary transfer."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How one member was present or absent; `reason` is a word or two, and only of an excused absence."""

    value: int
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingEntry:
    """What a secretary records. `marks` is by member id and must hold nobody who is not on the roll of `held_on`."""

    kind: str
    held_on: date
    marks: Mapping[int, Mark]
    starts_at: time | None = None
    place: str = ""
    topic: str = ""
    thematic_topic: str = ""
    steps: frozenset[str] = frozenset()
    agenda: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    sent_on: date | None = None
    self_criticism: bool = False
    self_score_band: str | None = None
    resolution_number: str = ""
    resolution_subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingView:
    """A recorded meeting as a page shows it; marks by member id."""

    id: int
    public_id: UUID
    organisation_id: int
    version: int
    entry: MeetingEntry = field(repr=False)


def as_json(entry: MeetingEntry) -> dict[str, Any]:
    """An entry as the trail keeps it."""
    return {
        "kind": entry.kind,
        "held_on": str(entry.held_on),
        "starts_at": f"{entry.starts_at:%H:%M}" if entry.starts_at else None,
        "place": entry.place,
        "topic": entry.topic,
        "thematic_topic": entry.thematic_topic,
        "marks": {str(member_id): mark.value for member_id, mark in sorted(entry.marks.items())},
        "reasons": {
            str(member_id): mark.reason for member_id, mark in sorted(entry.marks.items()) if mark.reason
        },
        "steps": sorted(entry.steps),
        "agenda": list(entry.agenda),
        "materials": list(entry.materials),
        "sent_on": str(entry.sent_on) if entry.sent_on else None,
        "self_criticism": entry.self_criticism,
        "self_score_band": entry.self_score_band,
        "resolution": [entry.resolution_number, entry.resolution_subject],
    }
