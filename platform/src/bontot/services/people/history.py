"""What was recorded of a member: the events with what was entered, the posts held, the days that follow from them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, text

from bontot.clock import today
from bontot.db.models import Member, MemberEvent
from bontot.db.rolls import holds_on
from bontot.db.tenancy import TenantSession
from bontot.services.people.events import Entry
from bontot.services.people.rules import years_later

ADMISSION = "admission"


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event as a member's page lists it."""

    id: int
    kind: str
    day: date
    document: str | None
    place: str | None
    entry: Entry
    entered_by: str
    entered_at: datetime


_LINES = text(f"""
SELECT e.id, e.kind, e.day, e.document, p.name, e.entry, e.entered_by, e.entered_at
FROM member_event e
LEFT JOIN organisation_period p ON p.organisation_id = e.organisation_id AND {holds_on("p", "e.day")}
WHERE e.member_id = :member ORDER BY e.id DESC
""")


def events_of(session: TenantSession, member_id: int) -> list[EventLine]:
    """What was recorded of a member, the last first."""
    rows = session.execute(_LINES, {"member": member_id})
    return [
        EventLine(row[0], row[1], row[2], row[3], row[4], entry_of(row[5]), row[6], row[7]) for row in rows
    ]


_POSTS_HELD = text(f"""
SELECT t.id, t.kind, p.name FROM post t
JOIN organisation_period p ON p.organisation_id = t.organisation_id AND {holds_on("p", "t.valid_from")}
WHERE t.member_id = :member AND (:ended OR t.valid_to IS NULL OR t.valid_to > :day) ORDER BY t.valid_from, t.id
""")


def posts_held(session: TenantSession, member_id: int, *, ended: bool = False) -> list[tuple[str, str, str]]:
    """The posts of a member not ended today, or with `ended` all: `(id, kind, organisation)`."""
    rows = session.execute(_POSTS_HELD, {"member": member_id, "day": today(session), "ended": ended})
    return [(str(post), kind, name) for post, kind, name in rows]


def probation_ends(session: TenantSession, member_id: int) -> date | None:
    """The day on which somebody's twelve months are over, from which official status dates; None where not known."""
    member = session.get(Member, (session.tenant_id, member_id))
    known = member.admission_date if member and member.admission_precision == "day" else None
    begun = ceremony_of(session, member_id) or known
    return years_later(begun, 1) if begun else None


def version_of(session: TenantSession, member_id: int) -> int:
    """The last event recorded of a member, 0 for none: what a form says it has seen."""
    event = last_event(session, member_id)
    return event.id if event else 0


def entry_of(kept: dict[str, Any]) -> Entry:
    """An entry as it was kept."""
    days = {
        name: date.fromisoformat(kept[name]) for name in ("day", "until", "document_day") if kept.get(name)
    }
    return Entry(**(kept | days))


def kept(entry: Entry) -> dict[str, Any]:
    """An entry as it is kept."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in asdict(entry).items()
        if value not in (None, "")
    }


def last_event(session: TenantSession, member_id: int) -> MemberEvent | None:
    """The last event recorded of a member."""
    return session.scalar(
        select(MemberEvent).where(MemberEvent.member_id == member_id).order_by(MemberEvent.id.desc()).limit(1)
    )


def ceremony_of(session: TenantSession, member_id: int) -> date | None:
    """The day of a member's admission ceremony, where it was recorded."""
    return session.scalar(
        select(MemberEvent.day).where(MemberEvent.member_id == member_id, MemberEvent.kind == ADMISSION)
    )
