"""Lists for the superior: the records of meetings on their way, what was remarked on them, and what an assigned member has
still to remark on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from bontot.db.models.meeting import VOICES
from bontot.db.rolls import holds_on
from bontot.services.paging import Page, window

REMARKS = "nhan-xet"
"""The list of remarks."""
TO_BE_REMARKED = timedelta(days=30)
"""How long after a meeting the assigned member is asked for a remark."""
LIMIT = 20


@dataclass(frozen=True, slots=True)
class Awaited:
    """A record on its way between a cell and its superior."""

    meeting: UUID
    cell: UUID
    cell_name: str
    above: str
    kind: str
    held_on: date
    submission: str
    at: datetime
    by: str


WAYS = {"moi-gui": ("submitted",), "cho-sua": ("returned", "changed"), "chua-gui": ("due",)}
"""The lists of records on their way: sent, sent back or corrected since, closed and not yet sent."""
_AWAITED = text(f"""
SELECT m.public_id, o.public_id, p.name, coalesce(u.name, ''), m.kind, m.held_on, m.submission, a.done_at, a.done_by,
       count(*) OVER ()
FROM meeting AS m
JOIN organisation AS o ON o.id = m.organisation_id
JOIN organisation_period AS p ON p.organisation_id = o.id AND {holds_on("p", ":day")}
LEFT JOIN organisation_period AS u ON u.organisation_id = p.parent_id AND {holds_on("u", ":day")}
JOIN LATERAL (
    SELECT id, done_at, done_by FROM meeting_act AS act WHERE act.tenant_id = m.tenant_id AND act.meeting_id = m.id
    ORDER BY act.id DESC LIMIT 1
) AS a ON true
WHERE m.submission = ANY(CAST(:ways AS text[])) AND m.submission <> 'received' AND m.organisation_id = ANY(:within)
ORDER BY a.id LIMIT :size OFFSET :skip
""")


def awaited(
    session: Session, within: frozenset[int], *, way: str, day: date, number: int = 1
) -> Page[Awaited]:
    """The records of the organisations on one of the `WAYS`, the longest waiting first."""
    binds = {"within": list(within), "ways": list(WAYS[way]), "day": day, **window(number)}
    rows = session.execute(_AWAITED, binds).all()
    return Page([Awaited(*row[:-1]) for row in rows], number, rows[0][-1] if rows else 0)


_COUNTS = text(
    "SELECT "
    + ", ".join(
        f"count(*) FILTER (WHERE submission IN ({', '.join(repr(way) for way in ways)}))"
        for ways in WAYS.values()
    )
    + " FROM meeting WHERE submission <> 'received' AND organisation_id = ANY(:within)"
)


def counts(session: Session, within: frozenset[int]) -> dict[str, int]:
    """How many records of the organisations are on each of the `WAYS`."""
    return dict(zip(WAYS, session.execute(_COUNTS, {"within": list(within)}).one(), strict=True))


@dataclass(frozen=True, slots=True)
class Remark:
    """What was remarked on a meeting, in whose voice, by whom and when."""

    meeting: UUID
    cell: UUID
    cell_name: str
    kind: str
    held_on: date
    remark: str
    voice: str
    at: datetime
    by: str


_REMARKS = text(f"""
SELECT m.public_id, o.public_id, p.name, m.kind, m.held_on, a.remark, a.voice, a.done_at, a.done_by, count(*) OVER ()
FROM meeting_act AS a
JOIN meeting AS m ON m.id = a.meeting_id
JOIN organisation AS o ON o.id = m.organisation_id
JOIN organisation_period AS p ON p.organisation_id = o.id AND {holds_on("p", ":day")}
WHERE a.remark IS NOT NULL AND m.organisation_id = ANY(:within)
ORDER BY a.id DESC LIMIT :size OFFSET :skip
""")


def remarks(session: Session, within: frozenset[int], *, day: date, number: int = 1) -> Page[Remark]:
    """What was remarked on meetings of the organisations, the latest first."""
    rows = session.execute(_REMARKS, {"within": list(within), "day": day, **window(number)}).all()
    return Page([Remark(*row[:-1]) for row in rows], number, rows[0][-1] if rows else 0)


@dataclass(frozen=True, slots=True)
class Attended:
    """A meeting of a cell that a superior's member is assigned to."""

    meeting: UUID
    cell: UUID
    cell_name: str
    held_on: date


_UNREMARKED = text(f"""
SELECT m.public_id, o.public_id, p.name, m.held_on
FROM post AS t
JOIN meeting AS m ON m.organisation_id = t.organisation_id AND {holds_on("t", "m.held_on")}
     AND m.kind = 'regular' AND m.held_on > :since AND m.held_on <= :day
JOIN organisation AS o ON o.id = m.organisation_id
JOIN organisation_period AS p ON p.organisation_id = o.id AND {holds_on("p", ":day")}
WHERE t.member_id = :member AND t.kind = 'assigned_superior' AND m.organisation_id = ANY(:within)
  AND NOT EXISTS (
      SELECT FROM meeting_act AS a
      WHERE a.tenant_id = m.tenant_id AND a.meeting_id = m.id AND a.voice = '{VOICES[1]}' AND a.remark IS NOT NULL
  )
ORDER BY m.held_on, p.sort_key LIMIT :limit
""")


def unremarked(session: Session, member_id: int, within: frozenset[int], day: date) -> list[Attended]:
    """The monthly meetings of the last thirty days, of cells the member is assigned to, that he or she has not remarked on;
    at most twenty."""
    binds = {
        "member": member_id,
        "within": list(within),
        "since": day - TO_BE_REMARKED,
        "day": day,
        "limit": LIMIT,
    }
    return [Attended(*row) for row in session.execute(_UNREMARKED, binds)]
