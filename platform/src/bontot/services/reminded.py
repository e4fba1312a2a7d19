"""What an account was reminded of, and what has come of each: nothing is written when a meeting is recorded or moved, a
reminder is settled by the records of the day it is read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from bontot.db.models import Reminder
from bontot.errors import NotFound, PluginUnavailable
from bontot.evaluation.schedule import MonthView, months_board
from bontot.registry import Registry
from bontot.services.paging import Page, window
from bontot.services.planning import Invited
from bontot.services.reminders import LATE, OPEN, OVERDUE, day_about, invited_in

SHOWN = timedelta(days=14)
"""How long a reminder stays on the home page."""
AT_HOME = 5
LOOKED_AT = 50
"""Reminders looked at for those still to be shown at home."""


class Outcome(StrEnum):
    """What has come of a reminder: the meeting is awaited, or its last day has passed; it is recorded; it, or its last day,
    was moved; nobody has to meet in the month; or it cannot be told, as the plan cannot be had."""

    WAITING = "waiting"
    OVERDUE = "overdue"
    HELD = "held"
    MOVED = "moved"
    NOT_ASKED = "not_asked"
    UNKNOWN = "unknown"


OPEN_STILL = frozenset({Outcome.WAITING, Outcome.OVERDUE, Outcome.UNKNOWN})


@dataclass(frozen=True, slots=True)
class ReminderLine:
    """A reminder as its recipient reads it; `now` is the day the meeting was held on or moved to, and `meeting` what was
    recorded."""

    cell_id: UUID
    cell: str
    kind: str
    month: date
    about: date
    day: date
    letter: str | None
    outcome: Outcome = Outcome.UNKNOWN
    now: date | None = None
    meeting: UUID | None = None


_MINE = """
SELECT r.organisation_id, r.month, r.kind, r.about, o.public_id, p.name, r.day, l.state
FROM reminder r
JOIN organisation o ON o.id = r.organisation_id
JOIN LATERAL (SELECT * FROM organisation_period p WHERE p.organisation_id = o.id AND p.valid_from <= :day
              ORDER BY p.valid_from DESC LIMIT 1) p ON true
LEFT JOIN letter l ON l.id = r.letter_id
WHERE r.account_id = :account
"""
_STANDING = text(f"""
SELECT * FROM (
    SELECT DISTINCT ON (mine.public_id, mine.month) mine.* FROM ({_MINE} AND r.day >= :since
        AND (r.kind = 'overdue' OR r.about >= :day)
        AND NOT EXISTS (SELECT FROM meeting m WHERE m.organisation_id = r.organisation_id AND m.kind = 'regular'
                        AND m.held_on >= r.month AND m.held_on < r.month + interval '1 month')) AS mine
    ORDER BY mine.public_id, mine.month, mine.day DESC, mine.kind
) AS one ORDER BY about, name LIMIT :most
""")
_ALL_MINE = text(f"{_MINE} ORDER BY r.day DESC, r.id DESC LIMIT :size OFFSET :skip")


def standing(session: Session, registry: Registry, account_id: int, day: date) -> list[ReminderLine]:
    """What an account was reminded of lately and still waits for its meeting, the nearest day first; at most five."""
    binds = {"account": account_id, "day": day, "since": day - SHOWN, "most": LOOKED_AT}
    lines = _lines(session, registry, session.execute(_STANDING, binds).all(), day)
    return [line for line in lines if line.outcome in OPEN_STILL][:AT_HOME]


def reminders_of(
    session: Session, registry: Registry, account_id: int, day: date, number: int
) -> Page[ReminderLine]:
    """All an account was reminded of, the latest first. Raises NotFound for a page beyond the last."""
    total = session.scalar(select(func.count()).where(Reminder.account_id == account_id)) or 0
    rows = session.execute(_ALL_MINE, {"account": account_id, "day": day, **window(number)}).all()
    if not rows and number > 1:
        raise NotFound
    return Page(_lines(session, registry, rows, day), number, total)


def _lines(session: Session, registry: Registry, rows: Sequence[Row[Any]], day: date) -> list[ReminderLine]:
    cells, months = {row.organisation_id for row in rows}, {row.month for row in rows}
    board = _board(session, registry, cells, months, day)
    of_meetings = {row.month for row in rows if row.kind != OVERDUE}
    invited = invited_in(session, sorted(cells), of_meetings)
    return [
        ReminderLine(
            *(row.public_id, row.name, row.kind, row.month, row.about, row.day, row.state),
            *_outcome(row, board.get(where), invited.get(where)),
        )
        for row in rows
        for where in [(row.organisation_id, row.month)]
    ]


def _board(
    session: Session, registry: Registry, cells: Iterable[int], months: Collection[date], day: date
) -> dict[tuple[int, date], MonthView]:
    try:
        return months_board(session, registry, sorted(cells), months, day)
    except PluginUnavailable:
        return {}


def _outcome(
    row: Row[Any], month: MonthView | None, invited: Invited | None
) -> tuple[Outcome, date | None, UUID | None]:
    if month is None:
        return Outcome.UNKNOWN, None, None
    if month.held_on is not None:
        return Outcome.HELD, month.held_on, month.meeting
    if month.standing.status not in OPEN | LATE:
        return Outcome.NOT_ASKED, None, None
    now = day_about(row.kind, month, invited)
    if now != row.about:
        return Outcome.MOVED, now, None
    late = row.kind == OVERDUE or month.standing.status in LATE
    return (Outcome.OVERDUE if late else Outcome.WAITING), None, None
