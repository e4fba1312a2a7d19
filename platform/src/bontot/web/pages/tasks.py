"""The tasks of a cell: what is open, overdue and done; one task with its checks, done and opened again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.errors import InvalidInput, NotFound, Stale
from bontot.services import tasks
from bontot.services.paging import MOST
from bontot.services.tasks import TaskView
from bontot.web import trail, words
from bontot.web.database import session
from bontot.web.fields import a_day, box_names, day_boxes, typed_boxes, version_seen
from bontot.web.forms import new_key, once
from bontot.web.query import asked_sheet
from bontot.web.request import Place, actor, this_day
from bontot.web.routing import page
from bontot.web.sheets import Column, sheet

task = Blueprint("task", __name__)
COLUMNS = (
    Column[tasks.TaskLine]("Nhiệm vụ", lambda line: line.title),
    Column[tasks.TaskLine]("Người làm", lambda line: tuple(line.carriers)),
    Column[tasks.TaskLine]("Nguồn", lambda line: words.TASK_ORIGINS[line.origin]),
    Column[tasks.TaskLine]("Nhiệm vụ khó", lambda line: line.hard),
    Column[tasks.TaskLine]("Hạn", lambda line: line.due_on),
    Column[tasks.TaskLine]("Xong ngày", lambda line: line.done_on),
    Column[tasks.TaskLine]("Báo cáo cho", lambda line: line.report_to),
)
WHICH = {"dang-lam": tasks.OPEN, "qua-han": tasks.OVERDUE, "da-xong": tasks.DONE}


@dataclass(frozen=True, slots=True)
class Form:
    """What can be recorded of a task, done (`of_done`) or not; `day` is the label of its day, if it has one."""

    action: str
    slug: str
    title: str
    of_done: bool
    day: str
    words: str
    hint: str


FORMS = (
    Form("finish", "xong", "Ghi đã xong", False, "Ngày làm xong", "Kết quả", "Để trống nếu không có gì thêm"),
    Form(
        "check",
        "don-doc",
        "Ghi một lần đôn đốc",
        False,
        "Ngày kiểm tra",
        "Nội dung",
        "Ví dụ: mới được một nửa",
    ),
    Form("reopen", "mo-lai", "Mở lại việc này", True, "", "Lý do", "Ví dụ: ghi nhầm; bản trước được giữ lại"),
)


@page(
    task,
    "/chi-bo/<uuid:organisation>/nhiem-vu",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.ORGANISATION,
)
def of_cell(organisation: Place) -> str | Response:
    """The cell's tasks of one kind; those overdue first asked for where there are any."""
    day = this_day()
    counts = tasks.counts_of(session(), organisation.id, day)
    asked = request.args.get("loai") or ("qua-han" if counts[tasks.OVERDUE] else "dang-lam")
    if asked not in WHICH:
        raise NotFound
    if asked_sheet():
        title = f"Nhiệm vụ {words.TASK_LISTS[WHICH[asked]].lower()}, {organisation.name}"
        lines = tasks.listed(session(), organisation.id, WHICH[asked], day, most=MOST)
        return sheet("nhiem-vu", title, COLUMNS, lines, subject="organisation", subject_id=organisation.id)
    return render_template(
        "task/index.html",
        place=organisation,
        asked=asked,
        lines=tasks.listed(session(), organisation.id, WHICH[asked], day),
        links=[
            (f"{words.TASK_LISTS[which]} ({counts[which]})", f"?loai={slug}", slug == asked)
            for slug, which in WHICH.items()
        ],
        most=tasks.LIMIT,
        trail=trail.above(organisation, day, itself=True),
        today=day,
        words=words,
    )


@page(
    task,
    "/chi-bo/<uuid:organisation>/nhiem-vu/<uuid:task>",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.ORGANISATION,
)
def show(organisation: Place, task: UUID) -> tuple[str, int]:
    """One task, and what can be recorded of it."""
    asked = request.args.get("viec", "")
    if asked not in {"", *(form.slug for form in FORMS)}:
        raise NotFound
    chosen = next((form for form in FORMS if form.slug == asked), None)
    return _page(organisation, tasks.task_of(session(), organisation.id, task), chosen)


@page(
    task,
    "/chi-bo/<uuid:organisation>/nhiem-vu/<uuid:task>/ghi",
    permission=Permission.RECORD_MEETING,
    scope=Scope.ORGANISATION,
    methods=("POST",),
    fields=("version", "action", *box_names("day"), "words"),
)
def record(organisation: Place, task: UUID) -> tuple[str, int] | Response:
    """Records that the task is done, is open again, or was checked."""
    found = tasks.task_of(session(), organisation.id, task)
    sent = request.form
    chosen = next((form for form in FORMS if form.action == sent.get("action")), None)
    typed = {
        "day": typed_boxes(sent, "day"),
        "words": sent.get("words", ""),
    }
    try:
        return redirect(once(session(), lambda: _act(organisation, found, typed)))
    except InvalidInput as refusal:
        session().rollback()
        return _page(organisation, found, chosen, typed, refusal.errors, refusal.status)
    except Stale as stale:
        session().rollback()
        now = tasks.task_of(session(), organisation.id, task)
        said = "Việc này vừa được người khác ghi. Bản đã ghi ở trên; nội dung đồng chí nhập vẫn còn bên dưới."
        return _page(organisation, now, chosen, typed, {"": said}, stale.status)


def _act(organisation: Place, found: TaskView, typed: dict[str, Any]) -> str:
    version, action = version_seen(request.form.get("version", "")), request.form.get("action")
    if action == "reopen":
        tasks.reopen(session(), actor(), found, version=version, reason=typed["words"])
        flash("Đã mở lại nhiệm vụ.", "good")
    elif action in ("finish", "check"):
        try:
            day = a_day(typed["day"])
        except InvalidInput as refusal:
            raise InvalidInput(str(refusal), "day") from None
        if action == "finish":
            tasks.finish(session(), actor(), found, version=version, done_on=day, result=typed["words"])
            flash("Đã ghi nhiệm vụ xong.", "good")
        else:
            tasks.follow_up(session(), actor(), found, checked_on=day, remark=typed["words"])
            flash("Đã ghi một lần đôn đốc.", "good")
    else:
        raise InvalidInput("Xin chọn việc cần ghi.")
    return url_for("task.show", organisation=organisation.public_id, task=found.public_id)


def _page(
    organisation: Place,
    found: TaskView,
    chosen: Form | None,
    typed: dict[str, Any] | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> tuple[str, int]:
    may_record = actor().may(Permission.RECORD_MEETING)
    forms = [form for form in FORMS if form.of_done == bool(found.done_on)] if may_record else []
    text = render_template(
        "task/show.html",
        place=organisation,
        found=found,
        checks=tasks.checks_of(session(), found.id),
        forms=forms,
        form=chosen if chosen in forms else None,
        typed=typed or {"day": day_boxes(this_day()), "words": ""},
        errors=errors or {},
        form_key=new_key(),
        trail=[
            *trail.above(organisation, this_day(), itself=True),
            ("Nhiệm vụ", url_for("task.of_cell", organisation=organisation.public_id)),
        ],
        today=this_day(),
        words=words,
    )
    return text, status
