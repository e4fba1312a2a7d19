"""What becomes of a task: it is looked at, done, opened again, changed, and reported on by who carries it. What stood before
is kept in the trail."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from bontot.access import Actor, Permission
from bontot.clock import today
from bontot.db.models import FollowUp, Task, TaskAssignment
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, NotFound, Stale, noting, refuse_noted
from bontot.services.audit import Trace, note, traces
from bontot.services.proceedings.amending import version_of
from bontot.services.proceedings.entries import Item
from bontot.services.tasks import Carrier, TaskView, can_carry, mark_tasks, task_of, task_of_member
from bontot.text import PARAGRAPH, clean

SUBJECT = "task"
ACTS = ("finish_task", "reopen_task", "follow_up_task", "change_task", "report_task")
SET_ABOVE = frozenset({"programme", "directive"})
"""Origins of tasks whose wording and day are the superior's: the cell chooses who carries them."""
OF_MEETING = "Việc này giao trong một buổi họp, nên sửa ở hồ sơ buổi họp ấy."
NOT_OWN = "Người được giao việc tự báo; chi bộ ghi ở trang nhiệm vụ của chi bộ."
GOES_ON = "Việc này đã chuyển cho chi bộ kế tục."


def history_of(session: TenantSession, task_id: int) -> list[Trace]:
    """What was done with a task, the latest first; at most a hundred."""
    return traces(session, SUBJECT, task_id, ACTS)


def finish(
    session: TenantSession, actor: Actor, task: TaskView, *, version: str, done_on: date, result: str = ""
) -> None:
    """Records that a task is done, or on which day it was; what was reported of it is answered with that. Raises Stale when
    it changed since `version` was seen, InvalidInput for a day to come."""
    row = _changing(session, actor, task, version)
    errors: dict[str, str] = {}
    if done_on > today(session):
        errors["day"] = "Ngày xong chưa đến."
    with noting(errors):
        result = clean(result, longest=PARAGRAPH, lines=True, field="words")
    refuse_noted(errors)
    before = _state(row)
    row.done_on, row.result = done_on, result or None
    answer_reports(session, [row.id])
    _note(
        session, "finish_task", row, actor, before=before, said={"day": done_on.isoformat(), "words": result}
    )
    mark_tasks(session, row.organisation_id, row.due_on, Task)


def reopen(session: TenantSession, actor: Actor, task: TaskView, *, version: str, reason: str) -> None:
    """Takes back that a task is done; the day and result stay in the trail. Raises Stale, InvalidInput without a reason."""
    row = _changing(session, actor, task, version)
    reason = clean(reason, field="words")
    if not reason:
        raise InvalidInput("Cần ghi lý do mở lại việc này.", "words")
    before = _state(row)
    row.done_on, row.result = None, None
    _note(session, "reopen_task", row, actor, before=before, reason=reason)
    mark_tasks(session, row.organisation_id, row.due_on, Task)


def follow_up(
    session: TenantSession, actor: Actor, task: TaskView, *, checked_on: date, remark: str = ""
) -> None:
    """Records a check on a task's progress; what was reported of it is answered with that. Raises InvalidInput for a day
    to come."""
    row = _changing(session, actor, task)
    errors: dict[str, str] = {}
    if checked_on > today(session):
        errors["day"] = "Ngày kiểm tra chưa đến."
    with noting(errors):
        remark = clean(remark, longest=PARAGRAPH, lines=True, field="words")
    refuse_noted(errors)
    session.add(FollowUp(task_id=row.id, checked_on=checked_on, remark=remark or None))
    answer_reports(session, [row.id])
    said = {"day": checked_on.isoformat(), "words": remark}
    _note(session, "follow_up_task", row, actor, checked_on=str(checked_on), said=said)
    mark_tasks(session, row.organisation_id, row.due_on, FollowUp)


def change(
    session: TenantSession, actor: Actor, task: TaskView, entry: Item, *, version: str, reason: str
) -> None:
    """Words a task that comes from no meeting anew, or gives it to others, or another day.

    Raises Stale, InvalidFields by field, without a reason, and for the wording or day of what a superior set, which are the
    superior's to change.
    """
    row = _changing(session, actor, task, version)
    if row.meeting_id is not None:
        raise InvalidInput(OF_MEETING)
    errors: dict[str, str] = {}
    title = report_to = ""
    with noting(errors, "title"):
        title = clean(entry.title, field="title")
        if not title:
            raise InvalidInput("Cần ghi việc phải làm.", "title")
    with noting(errors, "report_to"):
        report_to = clean(entry.report_to, field="report_to")
    with noting(errors, "reason"):
        reason = clean(reason, field="reason")
        if not reason:
            raise InvalidInput("Cần ghi lý do sửa; bản trước được giữ lại cùng lý do này.", "reason")
    known = frozenset(one.member_id for one in task.carriers)
    if not entry.carriers <= known | can_carry(session, row.organisation_id, today(session)):
        errors["carriers"] = "Xin chọn người làm trong danh sách của chi bộ."
    if not may_reword(actor, task) and (title, entry.due_on) != (row.title, row.due_on):
        errors["due_on"] = "Việc này cấp trên giao, nên nội dung và hạn do cấp trên sửa."
    refuse_noted(errors)
    before = _content(row, known)
    since = min(row.due_on, entry.due_on)
    row.title, row.due_on, row.report_to, row.hard = title, entry.due_on, report_to or None, entry.hard
    give(session, row.id, entry.carriers)
    if _content(row, entry.carriers) == before:
        return
    _note(session, "change_task", row, actor, before=before, reason=reason)
    mark_tasks(session, row.organisation_id, since, Task, TaskAssignment)


def may_reword(actor: Actor, task: TaskView) -> bool:
    """Whether the actor may change what the task says and its day: of what a superior set, a superior."""
    return task.origin not in SET_ABOVE or actor.may(Permission.SET_TARGET)


def give(session: TenantSession, task_id: int, carriers: Collection[int]) -> None:
    """Gives a task to some members; what those who keep it reported stays."""
    session.execute(
        delete(TaskAssignment).where(
            TaskAssignment.task_id == task_id, TaskAssignment.member_id.not_in(carriers)
        )
    )
    if carriers:
        rows = [{"task_id": task_id, "member_id": member} for member in sorted(carriers)]
        session.execute(insert(TaskAssignment).values(rows).on_conflict_do_nothing())


def answer_reports(session: TenantSession, task_ids: Collection[int]) -> None:
    """What was reported of some tasks has been looked at; the trail keeps it."""
    reported = TaskAssignment.task_id.in_(task_ids) & TaskAssignment.reported_on.is_not(None)
    session.execute(update(TaskAssignment).where(reported).values(reported_on=None, report=None))


def report(
    session: TenantSession, actor: Actor, public_id: UUID, *, version: str, day: date, words: str
) -> None:
    """A member says that a task he or she carries is done; whether it is, the cell says (`finish`).

    Raises NotFound for a task of others, Stale, InvalidFields for a day to come or without a word of what came of it,
    InvalidInput for one that is done already.
    """
    actor.require(Permission.REPORT_TASK)
    mine = actor.member_id or 0
    found = task_of_member(session, mine, public_id)
    session.execute(select(Task.id).where(Task.id == found.id).with_for_update())
    found = task_of_member(session, mine, public_id)
    if own_version(found, mine) != version:
        raise Stale
    if found.done_on is not None:
        raise InvalidInput("Chi bộ đã ghi việc này xong.")
    if found.handed_on is not None:
        raise InvalidInput(GOES_ON)
    errors: dict[str, str] = {}
    if day > today(session):
        errors["day"] = "Ngày làm xong chưa đến."
    with noting(errors, "words"):
        words = clean(words, longest=PARAGRAPH, lines=True, field="words")
        if not words:
            raise InvalidInput("Ghi vắn tắt kết quả: đã làm gì, đến đâu.", "words")
    refuse_noted(errors)
    own = (TaskAssignment.task_id == found.id) & (TaskAssignment.member_id == mine)
    session.execute(update(TaskAssignment).where(own).values(reported_on=day, report=words))
    said = {"day": day.isoformat(), "words": words}
    note(session, "report_task", SUBJECT, found.id, actor.account_id, said=said)


def own_of(task: TaskView, member_id: int) -> Carrier:
    """What a member who carries the task said of it. Raises NotFound for another."""
    for one in task.carriers:
        if one.member_id == member_id:
            return one
    raise NotFound


def own_version(task: TaskView, member_id: int) -> str:
    """What a member's report is held against: the task, and what he or she said of it before."""
    return version_of((task.title, task.due_on, task.done_on, task.handed_on, own_of(task, member_id)))


def _changing(session: TenantSession, actor: Actor, task: TaskView, version: str | None = None) -> Task:
    """The row of a task, held; as it was seen, where a version says so."""
    actor.require(Permission.RECORD_MEETING)
    row = session.scalar(select(Task).where(Task.id == task.id).with_for_update())
    if row is None:
        raise NotFound
    if row.handed_on is not None:
        raise InvalidInput(GOES_ON)
    if version is not None and task_of(session, row.organisation_id, row.public_id).version != version:
        raise Stale
    return row


def _state(row: Task) -> dict[str, Any]:
    return {"done_on": row.done_on.isoformat() if row.done_on else None, "result": row.result}


def _content(row: Task, carriers: Collection[int]) -> dict[str, Any]:
    return {
        "title": row.title,
        "due_on": row.due_on.isoformat(),
        "carriers": sorted(carriers),
        "report_to": row.report_to or "",
        "hard": row.hard,
    }


def _note(session: TenantSession, action: str, row: Task, actor: Actor, **detail: Any) -> None:
    note(session, action, SUBJECT, row.id, actor.account_id, **detail)
