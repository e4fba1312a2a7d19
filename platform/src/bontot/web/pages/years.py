"""The start of a year: its pledges at a glance, and opening it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Role, Scope
from bontot.errors import NotFound, noting, refuse_noted
from bontot.imports.kinds.year import REGISTRATIONS
from bontot.imports.lists import cell_pledge_columns
from bontot.services import members, organisations, year_start
from bontot.services.agenda import cells_of
from bontot.services.paging import SIZE, Page
from bontot.web.database import session
from bontot.web.fields import a_day, day_boxes, typed_boxes
from bontot.web.forms import answered, new_key
from bontot.web.pledge_states import STATES, state_of
from bontot.web.query import asked_page, asked_sheet, asked_year
from bontot.web.request import actor, place_by_id, reach, this_day
from bontot.web.routing import page
from bontot.web.sheets import sheet

first_days = Blueprint("first_days", __name__)


@page(first_days, "/dang-ky", permission=Permission.PLEDGE, scope=Scope.TENANT)
def index() -> str | Response:
    """The year's pledges: of the cells within reach; a secretary's and a member's own."""
    year = asked_year() if "nam" in request.args else _signing()
    if actor().role is Role.MEMBER:
        mine = actor().member_id
        if mine is None:
            raise NotFound
        return redirect(url_for("pledge.of_member", member=members.address_of(session(), mine), nam=year))
    if actor().role is Role.CELL_SECRETARY and actor().organisation_id:
        place = place_by_id(session(), actor().organisation_id or 0)
        return redirect(url_for("pledge.of_cell", organisation=place.public_id, nam=year))
    roots = organisations.tree(session(), reach(), this_day())
    cells, number = list(cells_of(roots)), asked_page()
    found = year_start.of_cells(session(), [cell.id for cell, _ in cells], year, this_day())
    if asked_sheet():
        lines = [(cell, above, found[cell.id]) for cell, above in cells]
        columns = cell_pledge_columns(year, lambda line: STATES[state_of(line)].words)
        return sheet("dang-ky", f"Đăng ký phấn đấu năm {year}", columns, lines, kind=REGISTRATIONS)
    shown = cells[(number - 1) * SIZE : number * SIZE]
    rows = [(cell, above, found[cell.id]) for cell, above in shown]
    return render_template(
        "pledge/index.html",
        year=year,
        found=Page(rows, number, len(cells)),
        counts=Counter(state_of(line) for line in found.values()),
        signed=sum(line.signed for line in found.values()),
        members=sum(line.members for line in found.values()),
        opening=year_start.opening(session(), year),
        state_of=state_of,
        states=STATES,
        **_years(year),
        may_open=actor().may(Permission.OPEN_YEAR),
        turned=lambda turn: url_for("first_days.index", nam=year, trang=turn),
        this_year=this_day().year,
    )


def _signing() -> int:
    """The year whose pledges are being signed: the next one once it is opened."""
    coming = this_day().year + 1
    return coming if year_start.is_open(session(), coming) else coming - 1


def _years(year: int) -> dict[str, Any]:
    return {"years": {at: url_for("first_days.index", nam=at) for at in (year - 1, year + 1)}}


@page(
    first_days,
    "/dang-ky/mo-nam",
    permission=Permission.OPEN_YEAR,
    scope=Scope.TENANT,
    methods=("GET", "POST"),
    fields=("nam", "document", "due_on-day", "due_on-month", "due_on-year"),
)
def open_year() -> tuple[str, int] | Response:
    """Opens a year for pledges, after showing whom it asks."""
    year = asked_year()
    values: dict[str, Any] = {"due_on": day_boxes(None)}
    if request.method == "GET":
        return _opening(year, values, {})
    values = {**request.form.to_dict(), "due_on": typed_boxes(request.form, "due_on")}

    def act() -> str:
        errors: dict[str, str] = {}
        due_on = this_day()
        with noting(errors, "due_on"):
            due_on = a_day(values["due_on"])
        refuse_noted(errors)
        year_start.open_year(session(), actor(), year, due_on, values.get("document", ""))
        flash(
            f"Đã mở năm {year}: các chi bộ và đảng viên đăng ký phấn đấu đến hết ngày {due_on:%d/%m/%Y}.",
            "good",
        )
        return url_for("first_days.index", nam=year)

    return answered(act, lambda errors, _: _opening(year, values, errors))


def _opening(year: int, values: dict[str, Any], errors: dict[str, str]) -> tuple[str, int]:
    cells = list(cells_of(organisations.tree(session(), reach(), this_day())))
    found = year_start.of_cells(session(), [cell.id for cell, _ in cells], year, this_day())
    text = render_template(
        "pledge/open.html",
        year=year,
        cells=len(cells),
        members=sum(line.members for line in found.values()),
        signed=sum(line.signed_on is not None for line in found.values()),
        opening=year_start.opening(session(), year),
        values=values,
        errors=errors,
        form_key=new_key(),
        trail=[(f"Đăng ký phấn đấu năm {year}", url_for("first_days.index", nam=year))],
    )
    return text, 422 if errors else 200
