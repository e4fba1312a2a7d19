"""A committee's own days off: those of a year, one entered by document, one taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.errors import InvalidFields, InvalidInput, PluginUnavailable, noting
from bontot.imports.kinds.organisations import OWN_DAYS_OFF
from bontot.imports.lists import OWN_DAY_COLUMNS
from bontot.services import own_days_off
from bontot.services.month_turns import Consequences
from bontot.services.own_days_off import OwnDay
from bontot.web import words
from bontot.web.database import session
from bontot.web.fields import a_day, box_names, day_boxes, typed_boxes
from bontot.web.forms import new_key, once, sent_again
from bontot.web.places import chosen, offered
from bontot.web.query import asked_sheet, asked_year
from bontot.web.request import actor, registry, this_day
from bontot.web.routing import page
from bontot.web.sheets import sheet

day_off = Blueprint("day_off", __name__)
FIELDS = ("organisation", "kind", "name", "source")


@page(day_off, "/ngay-nghi", permission=Permission.SET_DAYS_OFF, scope=Scope.TENANT)
def index() -> str | Response:
    """The own days off of a year."""
    year = asked_year()
    lines = own_days_off.days_of(session(), year)
    if asked_sheet():
        title = f"Ngày nghỉ riêng năm {year}"
        return sheet(
            "ngay-nghi-rieng", title, OWN_DAY_COLUMNS, lines, most=own_days_off.LIMIT, kind=OWN_DAYS_OFF
        )
    return render_template(
        "day_off/index.html",
        lines=lines,
        year=year,
        this_year=this_day().year,
        this_month=this_day().replace(day=1),
        kinds=words.OWN_DAY_KINDS,
    )


@page(
    day_off,
    "/ngay-nghi/them",
    permission=Permission.SET_DAYS_OFF,
    scope=Scope.TENANT,
    methods=("GET", "POST"),
    fields=(*FIELDS, *box_names("day"), "action"),
)
def add() -> tuple[str, int] | Response:
    """The form of a day; before it is written, the cells whose schedule it moves are shown."""
    values: dict[str, Any] = {name: request.form.get(name, "") for name in FIELDS}
    values["day"] = typed_boxes(request.form, "day") if request.form else day_boxes(None)
    if request.method == "GET" or request.form.get("action") == "edit":
        return _form(values)
    try:
        wanted = _read(values)
        if request.form.get("action") != "record":
            return _confirm(wanted, values)
        return redirect(once(session(), lambda: _enter(wanted)))
    except InvalidInput as refusal:
        session().rollback()
        return _form(values, refusal.errors, refusal.status)


@page(
    day_off,
    "/ngay-nghi/<uuid:own>/bo",
    permission=Permission.SET_DAYS_OFF,
    scope=Scope.TENANT,
    methods=("GET", "POST"),
    fields=("reason",),
)
def take_back(own: UUID) -> tuple[str, int] | Response:
    """Takes a day back, with a reason; shows first which cells go back to the common calendar."""
    if request.method == "GET":
        return _taking_back(own)
    found = own_days_off.day_of(session(), own)

    def act() -> str:
        own_days_off.take_back(session(), actor(), own, request.form.get("reason", ""))
        flash(f"Đã bỏ ngày {found.own.day:%d/%m/%Y} khỏi ngày nghỉ riêng.", "good")
        return url_for("day_off.index", nam=found.own.day.year)

    try:
        return redirect(once(session(), act))
    except InvalidInput as refusal:
        session().rollback()
        return _taking_back(own, refusal.errors, refusal.status)


def _read(values: dict[str, Any]) -> OwnDay:
    """What the form means. Raises InvalidFields with everything there is to mend."""
    errors: dict[str, str] = {}
    day, organisation_id = this_day(), None
    with noting(errors, "organisation"):
        organisation_id = chosen(values["organisation"])
    with noting(errors, "day"):
        day = a_day(values["day"])
    wanted = OwnDay(
        day=day,
        kind=values["kind"],
        name=values["name"],
        source=values["source"],
        organisation_id=organisation_id,
    )
    if errors:
        with noting(errors):
            own_days_off.check(session(), actor(), wanted)
        raise InvalidFields(
            {name: errors[name] for name in ("organisation", "day", *FIELDS) if name in errors}
        )
    return wanted


def _enter(wanted: OwnDay) -> str:
    own_days_off.enter(session(), actor(), wanted)
    flash(f"Đã ghi ngày {wanted.day:%d/%m/%Y} vào ngày nghỉ riêng.", "good")
    return url_for("day_off.index", nam=wanted.day.year)


def _form(values: dict[str, Any], errors: dict[str, str] | None = None, status: int = 200) -> tuple[str, int]:
    told = render_template(
        "day_off/form.html",
        values=values,
        errors=errors or {},
        places=[(node.public_id, "– " * depth + node.name) for depth, node in offered()],
        kinds=words.OWN_DAY_KINDS,
        form_key=new_key(),
        trail=_trail(),
    )
    return told, status


def _confirm(wanted: OwnDay, values: dict[str, Any]) -> tuple[str, int]:
    found: Consequences | None = None
    problem = ""
    try:
        found = own_days_off.consider(session(), registry(), actor(), wanted)
    except PluginUnavailable as refusal:
        problem = str(refusal)
    told = render_template(
        "day_off/confirm.html",
        wanted=wanted,
        whose=_whose(values["organisation"]),
        kind=words.OWN_DAY_KINDS[wanted.kind],
        found=found,
        problem=problem,
        sent=sent_again(),
        form_key=new_key(),
        trail=_trail(),
    )
    return told, 200


def _whose(public_id: str) -> str:
    names = (node.name for _, node in offered() if str(node.public_id) == public_id)
    return next(names, "Cả đảng bộ")


def _taking_back(own: UUID, errors: dict[str, str] | None = None, status: int = 200) -> tuple[str, int]:
    told = render_template(
        "day_off/take_back.html",
        line=own_days_off.day_of(session(), own),
        kinds=words.OWN_DAY_KINDS,
        found=own_days_off.consider_taking_back(session(), registry(), actor(), own),
        reason=request.form.get("reason", ""),
        errors=errors or {},
        form_key=new_key(),
        back=url_for("day_off.index"),
        trail=_trail(),
    )
    return told, status


def _trail() -> list[tuple[str, str | None]]:
    return [("Ngày nghỉ riêng", url_for("day_off.index"))]
