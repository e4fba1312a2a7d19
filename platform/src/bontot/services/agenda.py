"""What needs somebody now: months to meet in, tasks and superiors' documents with their days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from bontot.evaluation.schedule import MonthView, cell_year, month_board
from bontot.policy.calendar import MonthStatus
from bontot.registry import Registry
from bontot.services.organisations import Node
from bontot.services.scores import PROPOSED, SCORED_KIND

AHEAD = timedelta(days=30)
TO_BE_CLOSED = timedelta(days=30)
"""How long a meeting whose record is open is asked for."""
LIMIT = 20
PENDING = frozenset({MonthStatus.DUE, MonthStatus.OVERDUE})
PRESSING = frozenset({MonthStatus.OVERDUE, MonthStatus.MISSING, MonthStatus.DUE})
HELD = frozenset(
    {MonthStatus.ON_SCHEDULE, MonthStatus.WITHIN_DEADLINE, MonthStatus.TOO_EARLY, MonthStatus.LATE}
)


@dataclass(frozen=True, slots=True)
class Errand:
    """Something undone with its day: `kind` is "task" or "directive"; or of a meeting "score", whose points no longer fit it
    since it was corrected, or "record", to be closed ("open"), sent ("due", "changed") or mended ("returned"), as `title`
    says. `about` is the public id of the task or meeting."""

    kind: str
    title: str
    due_on: date
    about: UUID | None = None


_ERRANDS = text(f"""
SELECT kind, title, due_on, about FROM (
    SELECT 'task' AS kind, title, due_on, public_id AS about FROM task
    WHERE organisation_id = :organisation AND done_on IS NULL AND handed_on IS NULL
    UNION ALL
    SELECT 'directive', number || ': ' || subject, due_on, NULL FROM directive
    WHERE organisation_id = :organisation AND answered_on IS NULL AND handed_on IS NULL
    UNION ALL
    SELECT 'record', coalesce(submission, 'open'), held_on, public_id FROM meeting
    WHERE organisation_id = :organisation AND (submission IN ('due', 'returned', 'changed')
          OR (submission IS NULL AND state = 'open' AND held_on >= :since))
    UNION ALL
    SELECT 'score', '', held_on, public_id FROM meeting AS m
    WHERE organisation_id = :organisation AND kind = '{SCORED_KIND}' AND self_score_band IS NULL
      AND EXISTS (SELECT FROM meeting_score AS ms WHERE ms.meeting_id = m.id AND ms.stage <> '{PROPOSED}')
) AS undone
WHERE due_on <= :until ORDER BY due_on, title LIMIT :limit
""")


def errands(session: Session, organisation_id: int, today: date) -> list[Errand]:
    """What the cell has not done and is due within thirty days or overdue, and what it has to score again, by day; at most
    twenty."""
    binds = {
        "organisation": organisation_id,
        "until": today + AHEAD,
        "since": today - TO_BE_CLOSED,
        "limit": LIMIT,
    }
    return [Errand(*row) for row in session.execute(_ERRANDS, binds)]


def this_month(months: Sequence[MonthView], today: date) -> MonthView:
    """The month that runs."""
    return months[today.month - 1]


def next_meeting(
    session: Session, registry: Registry, organisation_id: int, months: Sequence[MonthView], today: date
) -> MonthView | None:
    """The month whose meeting is the next to hold: this one, or the next when it is held or asks for none.

    Raises PluginUnavailable.
    """
    wanted = (MonthStatus.UPCOMING, *PENDING)
    for month in months[today.month - 1 :]:
        if month.standing.status in wanted:
            return month
    coming = cell_year(session, registry, organisation_id, today.year + 1, today)
    return next((month for month in coming if month.standing.status in wanted), None)


def coming_meeting(
    session: Session, registry: Registry, organisation_id: int, today: date
) -> MonthView | None:
    """The month in which the cell meets next, for someone who only attends. Raises PluginUnavailable."""
    months = cell_year(session, registry, organisation_id, today.year, today)
    return next_meeting(session, registry, organisation_id, months, today)


@dataclass(frozen=True, slots=True)
class CellMonth:
    """A cell in a month, and the body directly above it."""

    cell: Node
    above: Node | None
    month: MonthView


def board_of(
    session: Session, registry: Registry, roots: Iterable[Node], today: date, month: date | None = None
) -> list[CellMonth]:
    """Every cell of the trees in a month (the one that runs, unless another is asked for), those that failed first, then
    by deadline and name.

    Raises PluginUnavailable.
    """
    cells = list(cells_of(roots))
    months = month_board(session, registry, [cell.id for cell, _ in cells], month or today, today)
    lines = [CellMonth(cell, above, months[cell.id]) for cell, above in cells if cell.id in months]
    return sorted(lines, key=_urgency)


def _urgency(line: CellMonth) -> tuple[int, date, int]:
    status = line.month.standing.status
    rank = 1 if status is MonthStatus.DUE else 0 if status in PRESSING else 3 if status in HELD else 2
    return rank, line.month.planned.scheduled.deadline, line.cell.place


def cells_of(nodes: Iterable[Node], above: Node | None = None) -> Iterator[tuple[Node, Node | None]]:
    """Every cell of some trees, each with the body directly above it, in the order of the trees."""
    for node in nodes:
        if node.is_cell:
            yield node, above
        yield from cells_of(node.below, node)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many cells of a body stand how in the month that runs: met in time, met late, still to meet, overdue."""

    above: Node | None
    held: int
    late: int
    waiting: int
    overdue: int

    @property
    def all(self) -> int:
        """All cells that must meet."""
        return self.held + self.late + self.waiting + self.overdue


def tally(lines: Iterable[CellMonth], above: Node | None = None) -> Tally:
    """The count of some cells."""
    found = {"held": 0, "late": 0, "waiting": 0, "overdue": 0}
    for line in lines:
        place = _COLUMN.get(line.month.standing.status)
        if place:
            found[place] += 1
    return Tally(above, **found)


_COLUMN = {
    MonthStatus.ON_SCHEDULE: "held",
    MonthStatus.WITHIN_DEADLINE: "held",
    MonthStatus.TOO_EARLY: "late",
    MonthStatus.LATE: "late",
    MonthStatus.UPCOMING: "waiting",
    MonthStatus.DUE: "waiting",
    MonthStatus.OVERDUE: "overdue",
    MonthStatus.MISSING: "overdue",
}


def tallies(lines: Iterable[CellMonth]) -> list[Tally]:
    """The count body by body, by name."""
    groups: dict[int, list[CellMonth]] = {}
    for line in lines:
        groups.setdefault(line.above.id if line.above else 0, []).append(line)
    counted = [tally(group, group[0].above) for group in groups.values()]
    return sorted(counted, key=lambda line: line.above.place if line.above else -1)
