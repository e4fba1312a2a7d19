"""Preparing the meeting to come: its invitation, on the screen and on paper."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.documents.kinds.planned import invitation_of
from bontot.errors import InvalidInput, NotFound, Stale
from bontot.services import meeting_lists, organisations, planning
from bontot.services.planning import REGULAR, Plan, PlanView
from bontot.web import planning_form, trail, words
from bontot.web.cell_year import year_of
from bontot.web.database import session
from bontot.web.differences import Difference
from bontot.web.forms import answered, new_key, sent_version
from bontot.web.papers import asked_paper
from bontot.web.request import Place, actor, this_day
from bontot.web.routing import page

plan_pages = Blueprint("planning", __name__)
ASSIGNED = "assigned_superior"
NOTICE = timedelta(days=1)
"""How long before the meeting the documents should be out (dossier: rules §2, step 1)."""


@page(
    plan_pages,
    "/chi-bo/<uuid:organisation>/chuan-bi",
    permission=Permission.RECORD_MEETING,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=planning_form.SENT,
)
def prepare(organisation: Place) -> tuple[str, int] | Response:
    """The form of a meeting to come, filled in as far as the plan and the cell's habits tell."""
    if not organisation.is_cell:
        raise NotFound
    if (ended := organisations.ended_on(session(), organisation.id)) is not None:
        raise InvalidInput(
            f"{organisation.name} đã kết thúc từ ngày {ended:%d/%m/%Y} nên không còn buổi nào để chuẩn bị."
        )
    if request.method == "GET":
        return _form(organisation, planning_form.of_plan(_offered(organisation)))
    values = planning_form.typed(request.form)

    def again(errors: dict[str, str], status: int) -> tuple[str, int]:
        return _form(organisation, values, errors=errors, status=status)

    return answered(lambda: _prepare(organisation, planning_form.read(values)), again)


@page(
    plan_pages,
    "/chi-bo/<uuid:organisation>/giay-moi/<uuid:planned>",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.ORGANISATION,
)
def show(organisation: Place, planned: UUID) -> str:
    """The invitation, as it is and as it is printed."""
    found = planning.planned_of(session(), planned, organisation.id)
    above = trail.above(organisation, this_day(), itself=True)
    paper = invitation_of(asked_paper(organisation, str(planned)))
    return render_template(
        "planning/show.html",
        place=organisation,
        found=found,
        plan=found.plan,
        written=planning_form.written,
        title=_title(found.plan),
        paper=paper,
        late_notice=bool(
            found.plan.documents
            and found.plan.notified_on
            and found.plan.notified_on > found.plan.held_on - NOTICE
        ),
        may_change=actor().may(Permission.RECORD_MEETING),
        today=this_day(),
        trail=above,
        words=words,
    )


@page(
    plan_pages,
    "/chi-bo/<uuid:organisation>/giay-moi/<uuid:planned>/sua",
    permission=Permission.RECORD_MEETING,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=(*planning_form.SENT, "version"),
)
def change(organisation: Place, planned: UUID) -> tuple[str, int] | Response:
    """The invitation once more, to be written otherwise."""
    found = planning.planned_of(session(), planned, organisation.id)
    if request.method == "GET":
        return _form(organisation, planning_form.of_plan(found.plan), found=found)
    values = planning_form.typed(request.form)

    def again(errors: dict[str, str], status: int) -> tuple[str, int]:
        return _form(organisation, values, found=found, errors=errors, status=status)

    def stale(before: Stale) -> tuple[str, int]:
        now = planning.planned_of(session(), planned, organisation.id)
        differences = planning_form.differences(now.plan, values)
        return _form(organisation, values, found=now, differences=differences, status=before.status)

    return answered(lambda: _change(organisation, found, planning_form.read(values)), again, stale)


@page(
    plan_pages,
    "/chi-bo/<uuid:organisation>/giay-moi/<uuid:planned>/bo",
    permission=Permission.RECORD_MEETING,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=("version",),
)
def withdraw(organisation: Place, planned: UUID) -> tuple[str, int] | Response:
    """Takes an invitation back; asks once."""
    found = planning.planned_of(session(), planned, organisation.id)
    if request.method == "GET":
        return _withdrawing(organisation, found)

    def act() -> str:
        planning.withdraw(session(), actor(), found.id, sent_version())
        flash(f"Đã bỏ giấy mời ngày {found.plan.held_on:%d/%m/%Y}.", "good")
        return url_for("cell.show", organisation=organisation.public_id)

    def again(errors: dict[str, str], status: int) -> tuple[str, int]:
        now = planning.planned_of(session(), planned, organisation.id)
        return _withdrawing(organisation, now, " ".join(errors.values()), status)

    return answered(act, again, Stale.sentence)


def _offered(organisation: Place) -> Plan:
    """A regular meeting on the next planned day that is not over, where and when the cell last met, with its assigned
    superior."""
    calendar, day = year_of(organisation, this_day().year), this_day()
    scheduled = calendar.ahead.planned.scheduled if calendar.ahead else None
    held_on = (scheduled.day or scheduled.deadline) if scheduled else day
    habit = meeting_lists.habit(session(), organisation.id)
    guests = (
        f"Đồng chí {one.full_name}, {words.POSTS[ASSIGNED].lower()}"
        for one in organisations.officers(session(), organisation.id, day)
        if one.kind == ASSIGNED
    )
    return Plan(
        kind=REGULAR,
        held_on=max(held_on, day),
        starts_at=habit.starts_at,
        place=habit.place or "",
        guests=tuple(guests),
    )


def _prepare(organisation: Place, wanted: Plan) -> str:
    made = planning.prepare(session(), actor(), organisation.id, wanted)
    flash(f"Đã ghi giấy mời ngày {wanted.held_on:%d/%m/%Y}. In hoặc gửi cho đảng viên từ trang này.", "good")
    return _address(organisation, made)


def _change(organisation: Place, found: PlanView, wanted: Plan) -> str:
    made = planning.change(session(), actor(), found.id, sent_version(), wanted)
    flash(f"Đã sửa giấy mời ngày {wanted.held_on:%d/%m/%Y}.", "good")
    return _address(organisation, made)


def _address(organisation: Place, found: PlanView) -> str:
    return url_for("planning.show", organisation=organisation.public_id, planned=found.public_id)


def _form(
    organisation: Place,
    values: dict[str, Any],
    *,
    found: PlanView | None = None,
    errors: dict[str, str] | None = None,
    differences: list[Difference] | None = None,
    status: int = 200,
) -> tuple[str, int]:
    day = planning_form.day_typed(values) or this_day()
    already = None if found else planning.next_planned(session(), organisation.id, this_day())
    told = render_template(
        "planning/form.html",
        place=organisation,
        values=values,
        errors=planning_form.in_order(errors or {}),
        found=found,
        already=already,
        version=found.version if found else 0,
        differences=differences,
        month=year_of(organisation, day.year).month(day),
        form_key=new_key(),
        back=_address(organisation, found)
        if found
        else url_for("cell.show", organisation=organisation.public_id),
        words=words,
        trail=trail.above(organisation, this_day(), itself=True),
    )
    return told, status


def _withdrawing(
    organisation: Place, found: PlanView, problem: str = "", status: int = 200
) -> tuple[str, int]:
    told = render_template(
        "planning/withdraw.html",
        place=organisation,
        found=found,
        problem=problem,
        back=_address(organisation, found),
        form_key=new_key(),
        trail=trail.above(organisation, this_day(), itself=True),
    )
    return told, status


def _title(plan: Plan) -> str:
    """`sinh hoạt chi bộ thường kỳ tháng 12 năm 2026`, as an invitation names the meeting."""
    when = f"tháng {plan.held_on:%m} năm {plan.held_on.year}"
    named = {
        "regular": f"sinh hoạt chi bộ thường kỳ {when}",
        "thematic": f"sinh hoạt chuyên đề quý {_QUARTERS[(plan.held_on.month - 1) // 3]} năm {plan.held_on.year}",
        "extraordinary": "sinh hoạt chi bộ bất thường",
        "congress": "đại hội chi bộ",
        "cell_committee_meeting": f"họp chi ủy {when}",
    }
    return named[plan.kind]


_QUARTERS = ("I", "II", "III", "IV")
