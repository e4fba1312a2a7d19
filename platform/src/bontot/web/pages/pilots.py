"""Cells chosen for a pilot: the list, choosing one, ending one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.errors import InvalidInput, NotFound, noting, refuse_noted
from bontot.imports.kinds.year import SELECTIONS
from bontot.imports.lists import pilot_columns
from bontot.policy.model import Policy
from bontot.services import pilots, plans
from bontot.web import words
from bontot.web.database import session
from bontot.web.fields import a_day, day_boxes, typed_boxes
from bontot.web.forms import answered, new_key
from bontot.web.places import chosen, offered
from bontot.web.query import asked_sheet
from bontot.web.request import Place, actor, reach, registry, this_day
from bontot.web.routing import page
from bontot.web.sheets import sheet

pilot = Blueprint("pilot", __name__)


def _policy(code: str) -> Policy:
    """A plan of the committee that considers those chosen. Raises NotFound."""
    entry = plans.plan_of(session(), registry(), code, this_day())
    if entry.policy is None or not pilots.by_selection(entry.policy):
        raise NotFound
    return entry.policy


@page(pilot, "/ke-hoach/<code>/thi-diem", permission=Permission.VIEW_ORGANISATION, scope=Scope.TENANT)
def index(code: str) -> str | Response:
    """The cells chosen for a plan."""
    policy = _policy(code)
    found = pilots.selected(session(), code, reach(), this_day())
    if asked_sheet():
        title = f"Chi bộ được chọn làm điểm, {policy.label}"
        return sheet("thi-diem", title, pilot_columns(code), found, most=pilots.SHOWN, kind=SELECTIONS)
    return render_template(
        "pilot/index.html",
        policy=policy,
        found=found,
        running=[one for one in found if one.ended_on is None],
        may_select=actor().may(Permission.SELECT_PILOT),
        words=words,
        trail=_trail(policy),
    )


def _trail(policy: Policy, *, itself: bool = False) -> list[tuple[str, str]]:
    steps = [(policy.label, url_for("plan.show", code=policy.code))]
    return [*steps, ("Chi bộ thí điểm", url_for("pilot.index", code=policy.code))] if itself else steps


@page(
    pilot,
    "/ke-hoach/<code>/thi-diem/chon",
    permission=Permission.SELECT_PILOT,
    scope=Scope.TENANT,
    methods=("GET", "POST"),
    fields=(
        "organisation",
        "selected_by",
        "document",
        "selected_on-day",
        "selected_on-month",
        "selected_on-year",
    ),
)
def choose(code: str) -> tuple[str, int] | Response:
    """Chooses a cell, by document."""
    policy = _policy(code)
    values: dict[str, Any] = {"selected_on": day_boxes(this_day())}
    if request.method == "POST":
        values = {**request.form.to_dict(), "selected_on": typed_boxes(request.form, "selected_on")}

    def shown(errors: dict[str, str], status: int = 200) -> tuple[str, int]:
        text = render_template(
            "pilot/choose.html",
            policy=policy,
            cells=_cells(),
            values=values,
            errors=errors,
            form_key=new_key(),
            trail=_trail(policy, itself=True),
        )
        return text, status

    if request.method == "GET":
        return shown({})

    def act() -> str:
        errors: dict[str, str] = {}
        cell, day = None, this_day()
        with noting(errors, "organisation"):
            cell = chosen(values.get("organisation", ""))
            if cell is None:
                raise InvalidInput("Chọn chi bộ trong danh sách.", "organisation")
        with noting(errors, "selected_on"):
            day = a_day(values["selected_on"])
        refuse_noted(errors)
        pilots.choose(
            session(),
            actor(),
            code,
            cell or 0,
            day,
            values.get("selected_by", ""),
            values.get("document", ""),
        )
        flash("Đã ghi chi bộ được chọn làm điểm. Kết quả đánh giá năm nay được tính lại.", "good")
        return url_for("pilot.index", code=code)

    return answered(act, shown)


@page(
    pilot,
    "/ke-hoach/<code>/thi-diem/<uuid:organisation>/thoi",
    permission=Permission.SELECT_PILOT,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=("document", "ended_on-day", "ended_on-month", "ended_on-year"),
)
def end(code: str, organisation: Place) -> tuple[str, int] | Response:
    """Ends a cell's pilot, by document."""
    policy = _policy(code)
    found = [
        one
        for one in pilots.selected(session(), code, frozenset({organisation.id}), this_day())
        if one.ended_on is None
    ]
    if not found:
        raise NotFound
    values: dict[str, Any] = {"ended_on": day_boxes(this_day())}
    if request.method == "POST":
        values = {**request.form.to_dict(), "ended_on": typed_boxes(request.form, "ended_on")}

    def shown(errors: dict[str, str], status: int = 200) -> tuple[str, int]:
        text = render_template(
            "pilot/end.html",
            place=organisation,
            one=found[0],
            values=values,
            errors=errors,
            back=url_for("pilot.index", code=code),
            form_key=new_key(),
            trail=_trail(policy, itself=True),
        )
        return text, status

    if request.method == "GET":
        return shown({})

    def act() -> str:
        try:
            day = a_day(values["ended_on"])
        except InvalidInput as refusal:
            raise InvalidInput(str(refusal), "ended_on") from None
        pilots.end(session(), actor(), code, organisation.id, day, values.get("document", ""))
        flash(f"Đã ghi {organisation.name} thôi làm điểm.", "good")
        return url_for("pilot.index", code=code)

    return answered(act, shown)


def _cells() -> list[tuple[str, str]]:
    """The cells there are to choose from, each with how it was rated in the two years before."""
    cells = [node for _, node in offered() if node.is_cell]
    rated = pilots.ratings(session(), [cell.id for cell in cells], this_day().year)
    return [
        (
            str(cell.public_id),
            " · ".join([cell.name, *(words.LEVELS[level] for level in rated.get(cell.id, ()))]),
        )
        for cell in cells
    ]
