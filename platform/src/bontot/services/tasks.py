"""Reading tasks: what a cell or a member has to do, and by when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import TextClause, text

from bontot.db.tenancy import TenantSession

LIMIT = 100


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task with who carries it, by given name."""

    public_id: UUID
    title: str
    origin: str
    hard: bool
    due_on: date
    done_on: date | None
    carriers: Sequence[str]

    def overdue(self, day: date) -> bool:
        """Whether it was done late, or is still undone after its day."""
        return (self.done_on or day) > self.due_on


_TASKS = """
SELECT t.public_id, t.title, t.origin, t.hard, t.due_on, CASE WHEN t.done_on <= :day THEN t.done_on END,
       ARRAY(SELECT m.full_name FROM task_assignment b JOIN member m ON m.id = b.member_id
             WHERE b.task_id = t.id ORDER BY m.sort_key)
FROM task t
WHERE {whose} AND t.due_on >= make_date(:year, 1, 1) AND t.due_on < make_date(:year + 1, 1, 1)
  AND (t.received_on IS NULL OR t.received_on <= :day) AND (t.handed_on IS NULL OR :day < t.handed_on)
ORDER BY t.done_on IS NOT NULL AND t.done_on <= :day, t.due_on, t.id LIMIT :limit
"""
_OF_CELL = text(_TASKS.format(whose="t.organisation_id = :id"))
_OF_MEMBER = text(
    _TASKS.format(whose="EXISTS (SELECT FROM task_assignment a WHERE a.task_id = t.id AND a.member_id = :id)")
)


def of_cell(session: TenantSession, organisation_id: int, year: int, day: date) -> list[TaskLine]:
    """The cell's tasks due in a year as they stand on a day, the undone first, by day; at most a hundred."""
    return _lines(session, _OF_CELL, organisation_id, year, day)


def of_member(session: TenantSession, member_id: int, year: int, day: date) -> list[TaskLine]:
    """The member's tasks due in a year as they stand on a day, the undone first, by day; at most a hundred."""
    return _lines(session, _OF_MEMBER, member_id, year, day)


def _lines(session: TenantSession, statement: TextClause, of: int, year: int, day: date) -> list[TaskLine]:
    rows = session.execute(statement, {"id": of, "year": year, "day": day, "limit": LIMIT})
    return [TaskLine(*row) for row in rows]
