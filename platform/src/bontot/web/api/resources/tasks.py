"""Tasks of cells: what is due, and what became of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import fields

from bontot.access import Permission, Scope
from bontot.db.models import Member
from bontot.errors import InvalidFields
from bontot.services import task_changes
from bontot.services import tasks as records
from bontot.services.listing.tasks import CHECKS, TASKS
from bontot.services.proceedings.entries import Item
from bontot.text import PARAGRAPH
from bontot.web import words
from bontot.web.api.asking import public_ids, row_of, within
from bontot.web.api.blueprint import api
from bontot.web.api.fields import (
    AskedFlag,
    Choice,
    Day,
    Flag,
    Form,
    Id,
    Several,
    Told,
    Words,
    asked,
    maybe,
    optional,
    said,
)
from bontot.web.api.resource import (
    Answer,
    PageQuery,
    Resource,
    listed,
    lists,
    once,
    page,
    renamed,
    resource,
    version_to_correct,
)
from bontot.web.database import session
from bontot.web.request import actor, narrowed, place_by_public_id, this_day

MOST_CARRIERS = 500
ORIGINS = ("resolution", "directive", "programme", "initiative")


class TaskSchema(Form):
    """A task of a cell, with the members who carry it."""

    id = Id(**said("Mã của nhiệm vụ"))
    organisation = Id(**said("Chi bộ"))
    meeting = Id(**maybe("Buổi sinh hoạt đã giao việc này"))
    title = Told(**said("Nội dung"))
    origin = Choice(
        *ORIGINS, words=words.TASK_ORIGINS, **said("Từ nghị quyết, chỉ đạo, chương trình hay tự đề ra")
    )
    hard = Flag(**said("Việc khó"))
    due_on = Day(**said("Hạn"))
    done_on = Day(**maybe("Ngày làm xong"))
    result = Told(**maybe("Kết quả"))
    report_to = Told(**maybe("Nơi nhận báo cáo"))
    carriers = fields.List(Id(), **said("Những người được giao"))


class TasksQuery(PageQuery):
    """Which tasks."""

    organisation = Id(**asked("Chỉ tổ chức này và cấp dưới"))
    since = Day(**asked("Hạn từ ngày"))
    until = Day(**asked("Hạn đến hết ngày"))
    done = AskedFlag(**asked("Đã xong hay chưa"))


class ResultSchema(Form):
    """What became of a task: done on a day, or (null) open again for a reason."""

    done_on = Day(required=True, allow_none=True, metadata={"description": "Ngày làm xong; null để mở lại"})
    result = Words(longest=PARAGRAPH, lines=True, **optional("Kết quả, khi đã xong", ""))
    reason = Words(**optional("Lý do, khi mở lại", ""))


@resource(
    api,
    "/tasks",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.TENANT,
    says=Resource(
        noun="tasks",
        method="GET",
        summary="Nhiệm vụ của các chi bộ, theo hạn",
        answer=TaskSchema,
        many=True,
        query=TasksQuery,
    ),
)
def tasks(query: dict[str, Any]) -> Answer:
    """The tasks of the cells within reach."""
    binds = {name: query[name] for name in ("since", "until", "done")} | {
        "within": within(query),
        "one": None,
    }
    return page(listed(TASKS, binds, query))


@resource(
    api,
    "/tasks/<uuid:task>",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.TENANT,
    says=Resource(noun="tasks", method="GET", summary="Một nhiệm vụ", answer=TaskSchema, versioned=True),
)
def task(task: UUID) -> Answer:
    """One task."""
    return _answer(task)


@resource(
    api,
    "/tasks/<uuid:task>/result",
    permission=Permission.RECORD_MEETING,
    scope=Scope.TENANT,
    says=Resource(
        noun="tasks",
        method="PUT",
        summary="Ghi nhiệm vụ đã xong, hoặc mở lại",
        answer=TaskSchema,
        body=ResultSchema,
        versioned=True,
    ),
)
def put_result(task: UUID, body: dict[str, Any]) -> Answer:
    """Records what became of a task, upon the state that the program has seen."""
    place = place_by_public_id(session(), _row(task)["organisation"])
    found, version = records.task_of(session(), place.id, task), version_to_correct()
    if body["done_on"] is None:
        task_changes.reopen(session(), actor(), found, version=version, reason=body["reason"])
    else:
        task_changes.finish(
            session(), actor(), found, version=version, done_on=body["done_on"], result=body["result"]
        )
    session().flush()
    return _answer(task)


class TaskEntrySchema(Form):
    """A task as it should read, whole, and why. What a superior set keeps its title and day."""

    title = Words(**said("Nội dung"))
    due_on = Day(**said("Hạn"))
    carriers = Several(Id(), MOST_CARRIERS, **said("Người làm"))
    report_to = Words(**optional("Nơi nhận báo cáo", ""))
    hard = Flag(**optional("Việc khó", default=False))
    reason = Words(**said("Lý do sửa"))


class CheckSchema(Form):
    """A check on a task's progress."""

    checked_on = Day(**said("Ngày kiểm tra"))
    remark = Told(**maybe("Nội dung"))
    meeting = Id(**maybe("Buổi sinh hoạt đã kiểm điểm việc này"))


class CheckEntrySchema(Form):
    """A check to be recorded."""

    checked_on = Day(**said("Ngày kiểm tra"))
    remark = Words(longest=PARAGRAPH, lines=True, **optional("Nội dung", ""))


@resource(
    api,
    "/tasks/<uuid:task>",
    permission=Permission.RECORD_MEETING,
    scope=Scope.TENANT,
    says=Resource(
        noun="tasks",
        method="PUT",
        summary="Sửa một nhiệm vụ không giao từ buổi họp: nội dung, hạn, người làm",
        answer=TaskSchema,
        body=TaskEntrySchema,
        versioned=True,
    ),
)
def put_task(task: UUID, body: dict[str, Any]) -> Answer:
    """Words a task anew, or gives it to others; one given in a meeting is changed there."""
    place = place_by_public_id(session(), _row(task)["organisation"])
    found, reason = records.task_of(session(), place.id, task), body.pop("reason")
    could = records.can_carry(session(), place.id, this_day()) | {one.member_id for one in found.carriers}
    ids = {public_id: member for member, public_id in public_ids(Member, could).items()}
    wrong = {
        f"carriers.{place}": "Không có trong danh sách của chi bộ."
        for place, who in enumerate(body["carriers"])
        if who not in ids
    }
    if wrong:
        raise InvalidFields(wrong)
    entry = Item(**{**body, "carriers": frozenset(ids[who] for who in body["carriers"])})
    task_changes.change(session(), actor(), found, entry, version=version_to_correct(), reason=reason)
    session().flush()
    return _answer(task)


@lists(
    "/tasks/<uuid:task>/checks",
    permission=Permission.VIEW_ORGANISATION,
    noun="tasks",
    summary="Các lần đôn đốc một nhiệm vụ, theo ngày",
    row=CheckSchema,
    query=PageQuery,
)
def task_checks(task: UUID, query: dict[str, Any]) -> Answer:
    """The checks on a task's progress."""
    return page(listed(CHECKS, {"within": narrowed(), "one": _row(task)["id"]}, query))


@resource(
    api,
    "/tasks/<uuid:task>/checks",
    permission=Permission.RECORD_MEETING,
    scope=Scope.TENANT,
    says=Resource(
        noun="tasks",
        method="POST",
        summary="Ghi một lần đôn đốc",
        answer=TaskSchema,
        body=CheckEntrySchema,
        status=201,
        keyed=True,
    ),
)
def check_task(task: UUID, body: dict[str, Any]) -> Answer:
    """Records a check; what carriers reported is answered with it."""
    place = place_by_public_id(session(), _row(task)["organisation"])
    found = records.task_of(session(), place.id, task)

    def act() -> str:
        with renamed({"day": "checked_on", "words": "remark"}):
            task_changes.follow_up(session(), actor(), found, **body)
        return str(task)

    once(act)
    session().flush()
    return _answer(task)


def _row(public_id: UUID) -> dict[str, Any]:
    """A task of a cell within reach. Raises NotFound."""
    return row_of(TASKS, public_id, "since", "until", "done")


def _answer(public_id: UUID) -> Answer:
    row = _row(public_id)
    place = place_by_public_id(session(), row["organisation"])
    return Answer(row, records.task_of(session(), place.id, public_id).version)
