"""The tasks of a cell: what is open, overdue and done; one task with its checks, changed, done and opened again; and of
who carries it, reported on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.db.models import Member
from bontot.errors import InvalidInput, NotAllowed, NotFound, noting, refuse_noted
from bontot.imports.kinds.work import TASKS
from bontot.imports.lists import task_columns
from bontot.services import organisations, task_changes, tasks
from bontot.services.audit import Trace, note_view
from bontot.services.paging import MOST
from bontot.services.proceedings.entries import Item
from bontot.services.tasks import TaskView
from bontot.web import trail, words
from bontot.web.database import session
from bontot.web.entry_form import Candidate, EntryForm, Shown
from bontot.web.fields import a_day, box_names, day_boxes, typed_boxes, version_seen
from bontot.web.forms import answered, new_key
from bontot.web.part_form import BY_SLUG
from bontot.web.query import asked_sheet, day_within
from bontot.web.request import Person, Place, actor, this_day
from bontot.web.routing import page
from bontot.web.sheets import sheet
from bontot.web.standing import meeting_address

task = Blueprint("task", __name__)
WHICH = {"dang-lam": tasks.OPEN, "qua-han": tasks.OVERDUE, "da-xong": tasks.DONE}
SINCE = "Việc này vừa được người khác ghi. Bản đã ghi ở trên; nội dung đồng chí nhập vẫn còn bên dưới."
ITEM = BY_SLUG["nhiem-vu"]
"""What a task says is asked in the words in which a meeting gives one."""
REWORDED = ("title", "due_on")
"""Fields of a task that are the superior's, where a superior set it."""


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
        place = organisations.details(session(), organisation.id, day_within(organisation.id, day))
        return sheet(
            "nhiem-vu",
            title,
            task_columns(place.code),
            lines,
            subject="organisation",
            subject_id=organisation.id,
            kind=TASKS,
        )
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
    chosen = next((form for form in FORMS if form.action == request.form.get("action")), None)
    typed = _typed()
    return answered(
        lambda: _act(organisation, found, typed),
        lambda errors, status: _page(organisation, _again(found), chosen, typed, errors, status),
        SINCE,
    )


@page(
    task,
    "/chi-bo/<uuid:organisation>/nhiem-vu/<uuid:task>/sua",
    permission=Permission.RECORD_MEETING,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=None,
)
def change(organisation: Place, task: UUID) -> tuple[str, int] | Response:
    """What the task says, who carries it and by when: worded anew, with a reason."""
    found = tasks.task_of(session(), organisation.id, task)
    if found.meeting:
        given: dict[str, Any] = {"meeting": found.meeting, "name": ITEM.slug, "row": found.id}
        return redirect(url_for("part.change", organisation=organisation.public_id, **given))
    form, people = _change_form(found), _candidates(found)
    if request.method == "GET":
        return _changing(organisation, found, Shown(form.shown(_item(found), people)))
    shown = Shown(form.typed(request.form))

    def act() -> str:
        entry = replace(_item(found), **form.read(shown.values, people))
        task_changes.change(
            session(), actor(), found, entry, version=_version(), reason=request.form.get("reason", "")
        )
        flash("Đã sửa nhiệm vụ.", "good")
        return _address(organisation, found)

    def again(errors: dict[str, str], status: int) -> tuple[str, int]:
        shown.errors = form.in_order(errors)
        return _changing(organisation, _again(found), shown, status)

    return answered(act, again, SINCE)


@page(
    task,
    "/dang-vien/<uuid:member>/nhiem-vu/<uuid:task>",
    permission=Permission.VIEW_MEMBER,
    scope=Scope.MEMBER,
)
def of_member(member: Person, task: UUID) -> tuple[str, int]:
    """A task the member carries: by when, what was said of it since; and of one's own the word that it is done."""
    found = tasks.task_of_member(session(), member.id, task)
    note_view(session(), "view_task", "task", found.id, actor().account_id)
    return _carried(member, found)


@page(
    task,
    "/dang-vien/<uuid:member>/nhiem-vu/<uuid:task>/bao-xong",
    permission=Permission.REPORT_TASK,
    scope=Scope.MEMBER,
    methods=("POST",),
    fields=("version", *box_names("day"), "words"),
)
def report(member: Person, task: UUID) -> tuple[str, int] | Response:
    """The word of who carries a task that it is done."""
    if actor().member_id != member.id:
        raise NotAllowed(task_changes.NOT_OWN)
    found = tasks.task_of_member(session(), member.id, task)
    typed = _typed()

    def act() -> str:
        day = _day(typed)
        task_changes.report(session(), actor(), task, version=_version(), day=day, words=typed["words"])
        flash("Đã báo với chi bộ.", "good")
        return url_for("task.of_member", member=member.public_id, task=task)

    def again(errors: dict[str, str], status: int) -> tuple[str, int]:
        now = tasks.task_of_member(session(), member.id, found.public_id)
        return _carried(member, now, typed, errors, status)

    return answered(act, again, SINCE)


def _typed() -> dict[str, Any]:
    return {"day": typed_boxes(request.form, "day"), "words": request.form.get("words", "")}


def _version() -> str:
    return version_seen(request.form.get("version", ""))


def _day(typed: dict[str, Any]) -> date:
    errors: dict[str, str] = {}
    day = this_day()
    with noting(errors, "day"):
        day = a_day(typed["day"])
    refuse_noted(errors)
    return day


def _again(found: TaskView) -> TaskView:
    return tasks.task_of(session(), found.organisation_id, found.public_id)


def _address(organisation: Place, found: TaskView) -> str:
    return url_for("task.show", organisation=organisation.public_id, task=found.public_id)


def _act(organisation: Place, found: TaskView, typed: dict[str, Any]) -> str:
    version, action = _version(), request.form.get("action")
    if action == "reopen":
        task_changes.reopen(session(), actor(), found, version=version, reason=typed["words"])
        flash("Đã mở lại nhiệm vụ.", "good")
    elif action == "finish":
        task_changes.finish(
            session(), actor(), found, version=version, done_on=_day(typed), result=typed["words"]
        )
        flash("Đã ghi nhiệm vụ xong.", "good")
    elif action == "check":
        task_changes.follow_up(session(), actor(), found, checked_on=_day(typed), remark=typed["words"])
        flash("Đã ghi một lần đôn đốc.", "good")
    else:
        raise InvalidInput("Xin chọn việc cần ghi.")
    return _address(organisation, found)


def _page(
    organisation: Place,
    found: TaskView,
    chosen: Form | None,
    typed: dict[str, Any] | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> tuple[str, int]:
    may_record = actor().may(Permission.RECORD_MEETING) and found.handed_on is None
    forms = [form for form in FORMS if form.of_done == bool(found.done_on)] if may_record else []
    history = task_changes.history_of(session(), found.id)
    names = {one.id: one.name for one in _people(_named(history))}
    text = render_template(
        "task/show.html",
        place=organisation,
        found=found,
        checks=tasks.checks_of(session(), found.id),
        history=[(one, _told(one), _before(one, names)) for one in history],
        forms=forms,
        may_change=may_record,
        form=chosen if chosen in forms else None,
        typed=typed or _offered(found),
        errors=errors or {},
        form_key=new_key(),
        trail=_trail(organisation),
        today=this_day(),
        words=words,
    )
    return text, status


def _trail(organisation: Place) -> list[trail.Step]:
    above = trail.above(organisation, this_day(), itself=True)
    return [*above, ("Nhiệm vụ", url_for("task.of_cell", organisation=organisation.public_id))]


def _offered(found: TaskView) -> dict[str, Any]:
    """The day and words of who reported the task done, else today."""
    reports = found.reports
    said = "\n".join(
        one.report or "" if len(reports) == 1 else f"{one.name}: {one.report}" for one in reports
    )
    days = [one.reported_on for one in reports if one.reported_on]
    return {"day": day_boxes(max(days, default=this_day())), "words": said}


def _told(trace: Trace) -> str:
    """`Ghi đã xong ngày 12/11/2026: đủ 12 suất`, `Sửa nhiệm vụ: ghi nhầm hạn`."""
    said, detail = words.TASK_ACTS[trace.action], trace.detail
    told = detail.get("said") or {}
    if told.get("day"):
        said += f" ngày {date.fromisoformat(told['day']):%d/%m/%Y}"
    why = told.get("words") or detail.get("reason")
    return f"{said}: {why}" if why else said


def _before(trace: Trace, names: dict[int, str]) -> list[tuple[str, str]]:
    """What the task said before it was changed, in words."""
    return ITEM.kept(trace.detail["before"], names) if trace.action == "change_task" else []


def _named(history: list[Trace]) -> set[int]:
    return {member for one in history for member in (one.detail.get("before") or {}).get("carriers", ())}


def _people(members: set[int] | frozenset[int]) -> list[Candidate]:
    if not members:
        return []
    known = select(Member.id, Member.public_id, Member.full_name).where(Member.id.in_(members))
    return [Candidate(*row) for row in session().execute(known.order_by(Member.sort_key, Member.id))]


def _candidates(found: TaskView) -> list[Candidate]:
    """Who can carry the task: everyone of the cell today, and who does already."""
    known = {one.member_id for one in found.carriers}
    return _people(known | tasks.can_carry(session(), found.organisation_id, this_day()))


def _item(found: TaskView) -> Item:
    return Item(
        title=found.title,
        due_on=found.due_on,
        carriers=frozenset(one.member_id for one in found.carriers),
        report_to=found.report_to or "",
        hard=found.hard,
    )


def _change_form(found: TaskView) -> EntryForm:
    """The fields the reader may change."""
    free = task_changes.may_reword(actor(), found)
    fields = tuple(one for one in ITEM.fields if free or one.name not in REWORDED)
    return EntryForm(entry=dict, fields=fields)


def _changing(organisation: Place, found: TaskView, shown: Shown, status: int = 200) -> tuple[str, int]:
    text = render_template(
        "task/change.html",
        place=organisation,
        found=found,
        form=_change_form(found),
        fixed=not task_changes.may_reword(actor(), found),
        shown=shown,
        people=_candidates(found),
        reason=request.form.get("reason", ""),
        form_key=new_key(),
        trail=[*_trail(organisation), (found.title, _address(organisation, found))],
    )
    return text, status


def _carried(
    member: Person,
    found: TaskView,
    typed: dict[str, Any] | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> tuple[str, int]:
    said = task_changes.own_of(found, member.id)
    text = render_template(
        "task/carried.html",
        person=member,
        found=found,
        said=said,
        meeting=meeting_address(found.meeting),
        checks=tasks.checks_of(session(), found.id),
        may_report=actor().member_id == member.id and found.done_on is None and found.handed_on is None,
        version=task_changes.own_version(found, member.id),
        typed=typed or {"day": day_boxes(said.reported_on or this_day()), "words": said.report or ""},
        errors=errors or {},
        form_key=new_key(),
        trail=[(member.full_name, url_for("member.show", member=member.public_id))],
        today=this_day(),
        words=words,
    )
    return text, status
