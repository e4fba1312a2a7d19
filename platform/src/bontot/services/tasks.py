"""Tasks: what a cell or a member has to do and by when, and how that stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import TextClause, text

from bontot.clock import today
from bontot.db.base import TenantTable
from bontot.db.rolls import carried, holds_on
from bontot.db.tenancy import TenantSession
from bontot.errors import NotFound
from bontot.evaluation.incremental import mark
from bontot.services.proceedings.amending import version_of

LIMIT = 100


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task with who carries it, by given name, and whether one of them reported it done and the cell has not looked.
    `held_on` is the day of the meeting that gave it; `told_apart` are the carriers with their years of birth."""

    public_id: UUID
    title: str
    origin: str
    hard: bool
    due_on: date
    done_on: date | None
    carriers: Sequence[str]
    report_to: str | None
    reported: bool
    held_on: date | None
    meeting_kind: str | None
    told_apart: Sequence[str]

    def overdue(self, day: date) -> bool:
        """Whether it was done late, or is still undone after its day."""
        return (self.done_on or day) > self.due_on


REPORTED = """EXISTS (
        SELECT FROM task_assignment AS ra
        WHERE ra.tenant_id = t.tenant_id AND ra.task_id = t.id AND ra.reported_on IS NOT NULL
    )"""
"""The condition that somebody who carries task `t` reported it done, and the cell has not looked at that."""
_TASKS = """
SELECT t.public_id, t.title, t.origin, t.hard, t.due_on, {done},
       ARRAY(SELECT m.full_name FROM task_assignment b JOIN member m ON m.id = b.member_id
             WHERE b.task_id = t.id ORDER BY m.sort_key), t.report_to,
       t.done_on IS NULL AND {reported}, g.held_on, g.kind,
       ARRAY(SELECT m.full_name || coalesce(' (' || extract(year FROM m.birth_date) || ')', '')
             FROM task_assignment b JOIN member m ON m.id = b.member_id WHERE b.task_id = t.id ORDER BY m.sort_key)
FROM task t LEFT JOIN meeting g ON g.id = t.meeting_id AND g.organisation_id = t.organisation_id
WHERE {whose} AND {which}
ORDER BY {order}, t.id LIMIT :limit
"""
_OF_CELL_ID = "t.organisation_id = :id"
_OF_MEMBER_ID = "EXISTS (SELECT FROM task_assignment a WHERE a.task_id = t.id AND a.member_id = :id)"
_CARRIED = carried("t", ":day")
_OF_YEAR = f"t.due_on >= make_date(:year, 1, 1) AND t.due_on < make_date(:year + 1, 1, 1) AND {_CARRIED}"
_UNDONE_FIRST = "t.done_on IS NOT NULL AND t.done_on <= :day, t.due_on"
_THEN = "CASE WHEN t.done_on <= :day THEN t.done_on END"
_REPORTED_THEN = REPORTED.replace("IS NOT NULL", "<= :day")


def _tasks(
    whose: str, which: str, order: str, done: str = "t.done_on", reported: str = REPORTED
) -> TextClause:
    return text(_TASKS.format(whose=whose, which=which, order=order, done=done, reported=reported))


_OF_CELL, _OF_MEMBER = (
    _tasks(whose, _OF_YEAR, _UNDONE_FIRST, _THEN, _REPORTED_THEN) for whose in (_OF_CELL_ID, _OF_MEMBER_ID)
)
_UNDONE_OF_MEMBER = _tasks(_OF_MEMBER_ID, "t.done_on IS NULL AND t.handed_on IS NULL", "t.due_on")
_OF_MEETINGS = text(f"""
SELECT given.id, one.* FROM unnest(CAST(:ids AS bigint[])) AS given (id),
LATERAL ({_tasks("t.meeting_id = given.id", "true", "t.due_on").text}) AS one
""")
OPEN, OVERDUE, DONE = "open", "overdue", "done"
_WHICH = {
    OPEN: (f"t.done_on IS NULL AND t.due_on >= :day AND {_CARRIED}", "t.due_on"),
    OVERDUE: (f"t.done_on IS NULL AND t.due_on < :day AND {_CARRIED}", "t.due_on"),
    DONE: (f"t.done_on IS NOT NULL AND {_CARRIED}", "t.done_on DESC"),
}
_LISTS = {key: _tasks(_OF_CELL_ID, which, order) for key, (which, order) in _WHICH.items()}
_COUNTS = text(
    "SELECT "
    + ", ".join(f"count(*) FILTER (WHERE {which}) AS {key}" for key, (which, _) in _WHICH.items())
    + " FROM task AS t WHERE t.organisation_id = :id"
)


def of_cell(session: TenantSession, organisation_id: int, year: int, day: date) -> list[TaskLine]:
    """The cell's tasks due in a year as they stand on a day, the undone first, by day; at most a hundred."""
    return _lines(session, _OF_CELL, id=organisation_id, year=year, day=day)


def of_member(session: TenantSession, member_id: int, year: int, day: date) -> list[TaskLine]:
    """The member's tasks due in a year as they stand on a day, the undone first, by day; at most a hundred."""
    return _lines(session, _OF_MEMBER, id=member_id, year=year, day=day)


def undone_of_member(session: TenantSession, member_id: int) -> list[TaskLine]:
    """What the member still has to do, by day; at most a hundred."""
    return _lines(session, _UNDONE_OF_MEMBER, id=member_id)


def of_meetings(session: TenantSession, meeting_ids: Sequence[int]) -> dict[int, list[TaskLine]]:
    """The items of each meeting's resolution, by day; at most a hundred each."""
    found: dict[int, list[TaskLine]] = {id_: [] for id_ in meeting_ids}
    for meeting_id, *told in session.execute(_OF_MEETINGS, {"ids": list(meeting_ids), "limit": LIMIT}):
        found[meeting_id].append(TaskLine(*told))
    return found


def counts_of(session: TenantSession, organisation_id: int, day: date) -> dict[str, int]:
    """How many tasks of the cell are open, overdue and done."""
    row = session.execute(_COUNTS, {"id": organisation_id, "day": day}).one()
    return dict(row._mapping)


def listed(
    session: TenantSession, organisation_id: int, which: str, day: date, *, most: int = LIMIT
) -> list[TaskLine]:
    """The cell's tasks that are open, overdue or done: by day, of those done the latest first; at most `most`."""
    return _lines(session, _LISTS[which], id=organisation_id, day=day, limit=most)


def _lines(session: TenantSession, statement: TextClause, **binds: int | date) -> list[TaskLine]:
    return [TaskLine(*row) for row in session.execute(statement, {"limit": LIMIT, **binds})]


@dataclass(frozen=True, slots=True)
class Checked:
    """One check on a task's progress; `meeting` is where it was reviewed, if it was in one."""

    checked_on: date
    remark: str | None
    meeting: UUID | None


@dataclass(frozen=True, slots=True)
class Carrier:
    """Who carries a task, and what he or she reported of it since the cell last looked at it."""

    member_id: int
    name: str
    reported_on: date | None
    report: str | None


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task whole."""

    id: int
    public_id: UUID
    organisation_id: int
    title: str
    origin: str
    hard: bool
    due_on: date
    done_on: date | None
    result: str | None
    report_to: str | None
    meeting: UUID | None
    given_on: date | None
    """The day of the meeting it comes from."""
    handed_on: date | None
    carriers: tuple[Carrier, ...]

    def overdue(self, day: date) -> bool:
        """Whether it was done late, or is still undone after its day."""
        return (self.done_on or day) > self.due_on

    @property
    def names(self) -> list[str]:
        """Who carries it, by given name."""
        return [one.name for one in self.carriers]

    @property
    def reports(self) -> list[Carrier]:
        """Who reported it done and was not answered yet."""
        return [one for one in self.carriers if one.reported_on]

    @property
    def reported(self) -> bool:
        """Whether a report of it waits for the cell."""
        return self.done_on is None and bool(self.reports)

    @property
    def version(self) -> str:
        """What a change of it is held against."""
        return version_of(self)


_ONE = """
SELECT t.id, t.public_id, t.organisation_id, t.title, t.origin, t.hard, t.due_on, t.done_on, t.result, t.report_to,
       g.public_id, g.held_on, t.handed_on
FROM task t LEFT JOIN meeting g ON g.id = t.meeting_id
WHERE t.public_id = :public_id AND {whose}
"""
_ONE_OF_CELL, _ONE_OF_MEMBER = (text(_ONE.format(whose=whose)) for whose in (_OF_CELL_ID, _OF_MEMBER_ID))
_CARRIED_BY = text("""
SELECT m.id, m.full_name, a.reported_on, a.report FROM task_assignment AS a JOIN member AS m ON m.id = a.member_id
WHERE a.task_id = :task ORDER BY m.sort_key, m.id
""")
_CHECKS = text("""
SELECT f.checked_on, f.remark, g.public_id FROM follow_up f LEFT JOIN meeting g ON g.id = f.meeting_id
WHERE f.task_id = :task ORDER BY f.checked_on DESC, f.id DESC LIMIT :limit
""")


def task_of(session: TenantSession, organisation_id: int, public_id: UUID) -> TaskView:
    """A task of the cell. Raises NotFound for any other."""
    return _whole(session, _ONE_OF_CELL, public_id, organisation_id)


def task_of_member(session: TenantSession, member_id: int, public_id: UUID) -> TaskView:
    """A task the member carries. Raises NotFound for any other."""
    return _whole(session, _ONE_OF_MEMBER, public_id, member_id)


def _whole(session: TenantSession, statement: TextClause, public_id: UUID, whose: int) -> TaskView:
    row = session.execute(statement, {"public_id": public_id, "id": whose}).first()
    if row is None:
        raise NotFound
    carriers = tuple(Carrier(*one) for one in session.execute(_CARRIED_BY, {"task": row[0]}))
    return TaskView(*(*row, carriers))


def checks_of(session: TenantSession, task_id: int) -> list[Checked]:
    """The checks on its progress, the latest first; at most a hundred."""
    return [Checked(*row) for row in session.execute(_CHECKS, {"task": task_id, "limit": LIMIT})]


_CARRIERS = text(f"""
SELECT ms.member_id FROM membership AS ms
JOIN member AS m ON m.id = ms.member_id AND (m.ended_on IS NULL OR :day < m.ended_on)
WHERE ms.organisation_id = :cell AND {holds_on("ms", ":day")}
""")


def can_carry(session: TenantSession, organisation_id: int, day: date) -> frozenset[int]:
    """Who can be given a task of the cell: everyone who belongs to it on the day, as guest or at home, exempt or not."""
    return frozenset(session.scalars(_CARRIERS, {"cell": organisation_id, "day": day}))


def mark_tasks(session: TenantSession, organisation_id: int, since: date, *tables: type[TenantTable]) -> None:
    """Marks a cell of which a task due from `since` on changed: an undone one weighs on every year since its day."""
    for year in range(since.year, max(since.year, today(session).year) + 1):
        mark(session, organisation_id, year, *tables)
