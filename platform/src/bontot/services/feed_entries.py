"""What a calendar address showed last, so that a program that reads it again sees what moved and what was called off.

A day of a cell's month comes from its plan, orders, days off and invitations together, none of which counts changes for all;
so the entries themselves are compared with those shown before, and each counts its own (RFC 5545, 3.8.7.4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from sqlalchemy import text

from bontot.db.tenancy import TenantSession

KEPT = timedelta(days=62)
"""How long an entry is remembered after its day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An entry of a calendar: a whole day, or from an hour of it. `uid` stays the same while the entry is about the same
    thing; a `passive` one leaves the day free, and goes without a word when there is no more to say."""

    uid: str
    day: date
    summary: str
    starts_at: time | None = None
    place: str = ""
    passive: bool = False


@dataclass(frozen=True, slots=True)
class Followed:
    """What a calendar shows with how often each entry changed (`sequences`, by UID), and the entries of days to come that it
    showed before and are called off."""

    sequences: dict[str, int]
    withdrawn: Sequence[Shown]


_WRITE = text("""
INSERT INTO calendar_feed_entry AS e (feed_id, uid, day, starts_at, place, summary, passive)
SELECT :feed, now_shown.* FROM unnest(
    CAST(:uids AS text[]), CAST(:days AS date[]), CAST(:starts AS time[]), CAST(:places AS text[]),
    CAST(:summaries AS text[]), CAST(:passives AS boolean[])
) AS now_shown (uid, day, starts_at, place, summary, passive)
ORDER BY now_shown.uid
ON CONFLICT (tenant_id, feed_id, uid) DO UPDATE
SET day = excluded.day, starts_at = excluded.starts_at, place = excluded.place, summary = excluded.summary,
    passive = excluded.passive, withdrawn = false, sequence = e.sequence + 1
WHERE (e.day, e.starts_at, e.place, e.summary, e.passive, e.withdrawn)
      IS DISTINCT FROM (excluded.day, excluded.starts_at, excluded.place, excluded.summary, excluded.passive, false)
""")
_WITHDRAW = text("""
UPDATE calendar_feed_entry SET withdrawn = true, sequence = sequence + 1
WHERE feed_id = :feed AND NOT withdrawn AND NOT passive AND day >= :today AND uid <> ALL(CAST(:uids AS text[]))
""")
_FORGET = text("""
DELETE FROM calendar_feed_entry
WHERE feed_id = :feed AND uid <> ALL(CAST(:uids AS text[])) AND (passive OR day < :kept OR (NOT withdrawn AND day < :today))
""")
_READ = text("""
SELECT uid, day, starts_at, place, summary, passive, withdrawn, sequence FROM calendar_feed_entry
WHERE feed_id = :feed ORDER BY day, uid
""")


def follow(session: TenantSession, feed_id: int, shown: Sequence[Shown], today: date) -> Followed:
    """Compares what a calendar shows with what it showed before, and remembers it. Two readers at once count a change once:
    the second waits for the first and then finds nothing changed."""
    binds = {
        "feed": feed_id,
        "uids": [one.uid for one in shown],
        "days": [one.day for one in shown],
        "starts": [one.starts_at for one in shown],
        "places": [one.place for one in shown],
        "summaries": [one.summary for one in shown],
        "passives": [one.passive for one in shown],
        "today": today,
        "kept": today - KEPT,
    }
    for statement in (_WRITE, _WITHDRAW, _FORGET):
        session.execute(statement, binds)
    rows = session.execute(_READ, binds).all()
    return Followed(
        {row.uid: row.sequence for row in rows},
        [
            Shown(
                uid=row.uid,
                day=row.day,
                summary=row.summary,
                starts_at=row.starts_at,
                place=row.place,
                passive=row.passive,
            )
            for row in rows
            if row.withdrawn
        ],
    )
