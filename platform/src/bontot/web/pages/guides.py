"""The one page a secretary keeps at hand: what a month asks for, when, and how it is recorded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.errors import NotFound, PluginUnavailable
from bontot.evaluation.explain import Finding
from bontot.evaluation.schedule import MonthView
from bontot.evaluation.standing import Standing, standing
from bontot.evaluation.words import requirement
from bontot.policy.terms import Kind
from bontot.web import trail
from bontot.web.cell_year import year_of
from bontot.web.database import session
from bontot.web.request import Place, registry, this_day
from bontot.web.routing import page

guide = Blueprint("guide", __name__)


@page(
    guide,
    "/chi-bo/<uuid:organisation>/huong-dan",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.ORGANISATION,
)
def show(organisation: Place) -> str | Response:
    """The page of a cell, made from its own plan and calendar, to be printed."""
    if not organisation.is_cell:
        return redirect(url_for("organisation.show", organisation=organisation.public_id))
    day = this_day()
    calendar, found, above = (
        year_of(organisation, day.year),
        _standing(organisation, day),
        trail.above(organisation, day),
    )
    own = next((each for each in found.explained if each.scheme.title), None) if found else None
    return render_template(
        "cell/guide.html",
        place=organisation,
        year=day.year,
        coming=calendar.ahead,
        days=list(_days(calendar.views)),
        problem=calendar.problem,
        title=own.scheme.title if own else "",
        plan=own.scheme.policy_label if own else "",
        asked=[
            (item.label, _level(item), item.clause) for item in own.findings if item.kind is not Kind.JUDGED
        ]
        if own
        else [],
        judged=sum(item.kind is Kind.JUDGED for item in own.findings) if own else 0,
        trail=[*above, (organisation.name, trail.place_address(organisation.public_id, is_cell=True))],
    )


def _standing(place: Place, day: date) -> Standing | None:
    try:
        return standing(session(), registry(), place.id, day.year, day)
    except (PluginUnavailable, NotFound):
        return None


def _level(finding: Finding) -> str:
    if finding.operator is None or finding.threshold is None or finding.unit is None:
        return ""
    return requirement(finding.operator, finding.threshold, finding.unit)


def _days(months: Sequence[MonthView]) -> Iterator[tuple[int, date | None, date]]:
    """The number of each month that counts, its day where the plan fixes one, and its last day."""
    for month in months:
        if month.planned.counts:
            scheduled = month.planned.scheduled
            yield month.month.month, scheduled.day, scheduled.deadline
