"""A calendar as RFC 5545 writes it, for the calendar programs people have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vText

PRODUCT = "-//Bon Tot//Lich sinh hoat//VI"
HERE = ZoneInfo("Asia/Ho_Chi_Minh")
LASTS = timedelta(minutes=90)
"""How long a meeting is shown to take: the shortest that the guidance of 2025 gives full points (dossier: rules §2)."""
READ_EVERY = timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of a calendar: a whole day, or from an hour of it. `uid` stays the same while the entry is about the same
    thing and `sequence` counts its changes; a `passive` one leaves the day free, a `cancelled` one is called off."""

    uid: str
    day: date
    summary: str
    starts_at: time | None = None
    place: str = ""
    description: str = ""
    passive: bool = False
    sequence: int = 0
    cancelled: bool = False


def calendar(name: str, entries: Iterable[Entry], made_at: datetime) -> bytes:
    """The calendar's file. `made_at` is the moment it was written, with its zone."""
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", vText(name))
    made.add("refresh-interval", READ_EVERY, parameters={"VALUE": "DURATION"})
    for entry in entries:
        made.add_component(_event(entry, made_at))
    content: bytes = made.to_ical()
    return content


def _event(entry: Entry, made_at: datetime) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", made_at.astimezone(UTC))
    event.add("sequence", entry.sequence)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("summary", entry.summary)
    if entry.starts_at is None:
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
    else:
        start = datetime.combine(entry.day, entry.starts_at, HERE).astimezone(UTC)
        event.add("dtstart", start)
        event.add("dtend", start + LASTS)
    if entry.place:
        event.add("location", entry.place)
    if entry.description:
        event.add("description", entry.description)
    event.add("transp", "TRANSPARENT" if entry.passive else "OPAQUE")
    event.add("class", "PRIVATE")
    return event
