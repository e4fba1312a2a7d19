"""The items of a meeting's resolution, each a task of the cell; and what was asked and done of earlier ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert

from bontot.access import Actor
from bontot.clock import today
from bontot.db.models import FollowUp, Meeting, Task, TaskAssignment
from bontot.db.rolls import carried
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidFields, InvalidInput, NotFound, Stale, noting, refuse_noted
from bontot.services.proceedings.amending import keep, opened, version_of
from bontot.services.proceedings.entries import Item
from bontot.services.proceedings.parts import ListPart, line, paragraph
from bontot.services.task_changes import answer_reports, give
from bontot.services.tasks import can_carry, mark_tasks

ORIGIN = "resolution"


class ItemPart(ListPart[Item]):
    """The tasks that came out of the meeting."""

    key = "item"
    table = Task
    order = (Task.due_on, Task.id)

    def read_all(self, session: TenantSession, meeting_ids: Sequence[int]) -> dict[int, dict[int, Item]]:
        """Each with who carries it."""
        carriers: dict[int, set[int]] = {}
        for task, member in session.execute(
            select(TaskAssignment.task_id, TaskAssignment.member_id)
            .join(Task, (Task.tenant_id == TaskAssignment.tenant_id) & (Task.id == TaskAssignment.task_id))
            .where(Task.meeting_id.in_(meeting_ids))
        ):
            carriers.setdefault(task, set()).add(member)
        return {
            meeting_id: {
                number: replace(row, carriers=frozenset(carriers.get(number, ())))
                for number, row in rows.items()
            }
            for meeting_id, rows in super().read_all(session, meeting_ids).items()
        }

    def entry(self, row: Task) -> Item:
        return Item(
            title=row.title,
            due_on=row.due_on,
            carriers=frozenset(),
            report_to=row.report_to or "",
            hard=row.hard,
        )

    def fill(self, row: Task, entry: Item) -> None:
        row.title, row.due_on, row.hard = entry.title, entry.due_on, entry.hard
        row.report_to = entry.report_to or None

    def known(self, meeting: Meeting) -> dict[str, Any]:
        """Whose task it is, and that a resolution gave it."""
        return {"organisation_id": meeting.organisation_id, "origin": ORIGIN}

    def checked(self, session: TenantSession, meeting: Meeting, entry: Item, number: int | None) -> Item:
        errors: dict[str, str] = {}
        with noting(errors):
            entry = replace(entry, title=line(entry.title, "title", "Cần ghi việc phải làm."))
        known = self.read(session, meeting).get(number or 0)
        people = can_carry(session, meeting.organisation_id, meeting.held_on)
        if not entry.carriers:
            errors["carriers"] = "Xin chọn ít nhất một người làm."
        elif not entry.carriers <= people | (known.carriers if known else frozenset()):
            errors["carriers"] = "Xin chọn người làm trong danh sách của chi bộ."
        if entry.due_on < meeting.held_on:
            errors["due_on"] = f"Hạn phải từ ngày họp {meeting.held_on:%d/%m/%Y} trở đi."
        with noting(errors):
            entry = replace(entry, report_to=line(entry.report_to, "report_to"))
        refuse_noted(errors)
        return entry

    def write(self, session: TenantSession, meeting: Meeting, entry: Item, number: int | None) -> int:
        """Writes the task and who carries it."""
        written = super().write(session, meeting, entry, number)
        give(session, written, entry.carriers)
        return written

    def remove(self, session: TenantSession, meeting: Meeting, number: int) -> None:
        """Raises InvalidInput for a task that was done or looked at since."""
        followed = select(FollowUp.id).where(FollowUp.task_id == number).limit(1)
        if session.get_one(Task, (session.tenant_id, number)).done_on or session.scalar(followed):
            raise InvalidInput("Việc này đã được kiểm tra hoặc đã xong, nên chỉ sửa được, không bỏ được.")
        super().remove(session, meeting, number)

    def stale(self, session: TenantSession, meeting: Meeting, *changed: Item) -> None:
        days = [entry.due_on for entry in changed]
        mark_tasks(session, meeting.organisation_id, min(days), Task, TaskAssignment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """What a meeting found of an earlier item: done on a day or not yet, and what was said of it."""

    done_on: date | None = None
    result: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An item of an earlier meeting as this one sees it. `reviewed`: it was looked at here already, with `remark`."""

    id: int
    public_id: UUID
    title: str
    due_on: date
    done_on: date | None
    result: str
    carriers: tuple[str, ...]
    reviewed: bool
    remark: str


_EARLIER = text(f"""
SELECT this.id, one.* FROM meeting AS this
CROSS JOIN LATERAL (
    SELECT coalesce(max(held_on), this.held_on) AS held_on FROM meeting
    WHERE organisation_id = this.organisation_id AND kind = 'regular' AND held_on < this.held_on
) AS before
CROSS JOIN LATERAL (
SELECT t.id, t.public_id, t.title, t.due_on, t.done_on, coalesce(t.result, ''),
       ARRAY(SELECT m.full_name FROM task_assignment AS ta JOIN member AS m ON m.id = ta.member_id
             WHERE ta.task_id = t.id ORDER BY m.sort_key),
       f.id IS NOT NULL, coalesce(f.remark, '')
FROM task AS t
JOIN meeting AS given ON given.id = t.meeting_id AND given.held_on < this.held_on
LEFT JOIN follow_up AS f ON f.task_id = t.id AND f.meeting_id = this.id
WHERE t.organisation_id = this.organisation_id AND {carried("t", "this.held_on")}
  AND (f.id IS NOT NULL OR t.done_on IS NULL OR t.done_on > before.held_on OR given.held_on = before.held_on)
ORDER BY t.due_on, t.id LIMIT 100
) AS one WHERE this.id = ANY(:meetings)
""")


def earlier_items(session: TenantSession, meeting: Meeting) -> list[Earlier]:
    """The items of the regular meeting before this one, and those of earlier meetings not done by then, by day; at most a
    hundred."""
    return earlier_items_of(session, [meeting.id])[meeting.id]


def earlier_items_of(session: TenantSession, meeting_ids: Sequence[int]) -> dict[int, list[Earlier]]:
    """The same of several meetings, in one statement."""
    found: dict[int, list[Earlier]] = {id_: [] for id_ in meeting_ids}
    for meeting_id, *row in session.execute(_EARLIER, {"meetings": list(meeting_ids)}):
        found[meeting_id].append(
            Earlier(
                id=row[0],
                public_id=row[1],
                title=row[2],
                due_on=row[3],
                done_on=row[4],
                result=row[5],
                carriers=tuple(row[6]),
                reviewed=row[7],
                remark=row[8],
            )
        )
    return found


def review_version(earlier: list[Earlier]) -> str:
    """The version of what is known of earlier items."""
    return version_of(tuple((one.id, one.done_on, one.reviewed, one.remark) for one in earlier))


def review(
    session: TenantSession,
    actor: Actor,
    meeting_id: int,
    found: Mapping[int, Reviewed],
    *,
    version: str,
    reason: str = "",
) -> None:
    """Records what the meeting found of earlier items: which are done, and a word on each. Each item looked at counts as
    checked on the day of the meeting.

    Raises NotFound for an item that is not among them, Stale when they changed since `version` was seen, InvalidFields by
    `done_on-<id>` and `result-<id>`.
    """
    meeting, reason = opened(session, actor, meeting_id, reason)
    earlier = {one.id: one for one in earlier_items(session, meeting)}
    if not found.keys() <= earlier.keys():
        raise NotFound
    if review_version(list(earlier.values())) != version:
        raise Stale
    checked = _checked(session, found)
    for task_id, one in checked.items():
        done = update(Task).where(Task.id == task_id).values(done_on=one.done_on)
        session.execute(done.values(result=one.result or None) if one.done_on else done)
    if checked:
        looked_at = [
            {
                "task_id": task_id,
                "meeting_id": meeting.id,
                "checked_on": meeting.held_on,
                "remark": one.result or None,
            }
            for task_id, one in checked.items()
        ]
        written = insert(FollowUp).values(looked_at)
        session.execute(
            written.on_conflict_do_update(
                index_elements=["tenant_id", "meeting_id", "task_id"],
                set_={"remark": written.excluded.remark, "checked_on": written.excluded.checked_on},
            )
        )
        answer_reports(session, list(checked))
        due = min(earlier[task_id].due_on for task_id in checked)
        mark_tasks(session, meeting.organisation_id, due, Task, FollowUp)
    before: list[Any] = [
        {"task": one.id, "done_on": one.done_on and one.done_on.isoformat(), "remark": one.remark}
        for one in earlier.values()
        if one.id in checked
    ]
    keep(session, actor, meeting, "review", reason, 0, None, items=before)


def _checked(session: TenantSession, found: Mapping[int, Reviewed]) -> dict[int, Reviewed]:
    errors: dict[str, str] = {}
    day, checked = today(session), {}
    for task_id, one in found.items():
        with noting(errors):
            checked[task_id] = replace(one, result=paragraph(one.result, f"result-{task_id}"))
        if one.done_on and one.done_on > day:
            errors[f"done_on-{task_id}"] = "Ngày xong chưa đến."
    if errors:
        raise InvalidFields(errors)
    return checked
