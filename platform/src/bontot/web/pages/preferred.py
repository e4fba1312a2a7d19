"""The day of the month a cell prefers to meet on."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.errors import InvalidInput, NotFound, Stale
from bontot.services import preferences
from bontot.web import schedule_form, trail
from bontot.web.database import session
from bontot.web.fields import month_box_names
from bontot.web.forms import new_key, once, sent_version
from bontot.web.request import Place, actor, registry, this_day
from bontot.web.routing import page

preference = Blueprint("preference", __name__)


@page(
    preference,
    "/chi-bo/<uuid:organisation>/ngay-hop",
    permission=Permission.RECORD_MEETING,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=("version", "action", "choice", "day", *month_box_names("month")),
)
def show(organisation: Place) -> tuple[str, int] | Response:
    """The day of the month the cell prefers; before it is written, the months ahead are shown."""
    if not organisation.is_cell:
        raise NotFound
    held = preferences.preferences_of(session(), organisation.id)
    if request.method == "GET":
        return _page(organisation, schedule_form.of_preferences(held, this_day()))
    values = schedule_form.typed_preference(request.form)
    if request.form.get("action") == "edit":
        return _page(organisation, values)
    try:
        day, since = schedule_form.read_preference(values)
        if request.form.get("action") != "record":
            moved = preferences.consider(session(), registry(), actor(), organisation.id, day, since)
            return _page(organisation, values, moved=moved)
        return redirect(once(session(), lambda: _prefer(organisation, day, since)))
    except InvalidInput as refusal:
        session().rollback()
        return _page(organisation, values, refusal.errors, status=refusal.status)
    except Stale as stale:
        session().rollback()
        return _page(organisation, values, status=stale.status, stale=True)


def _prefer(organisation: Place, day: int | None, since: date) -> str:
    preferences.prefer(session(), registry(), actor(), organisation.id, day, since, sent_version())
    what = f"họp vào ngày {day}" if day else "họp theo ngày của kế hoạch"
    flash(f"Đã ghi: từ tháng {since:%m/%Y} chi bộ {what}.", "good")
    return url_for("cell.show", organisation=organisation.public_id)


def _page(
    organisation: Place,
    values: dict[str, Any],
    errors: dict[str, str] | None = None,
    *,
    moved: list[preferences.Moved] | None = None,
    status: int = 200,
    stale: bool = False,
) -> tuple[str, int]:
    held = preferences.preferences_of(session(), organisation.id)
    told = render_template(
        "schedule/preferred.html",
        place=organisation,
        values=values,
        errors=errors or {},
        moved=moved,
        held=held,
        stale=stale,
        differences=schedule_form.preference_differences(held, values) if stale else [],
        version=preferences.version_of(session(), organisation.id),
        form_key=new_key(),
        trail=trail.above(organisation, this_day(), itself=True),
    )
    return told, status
