"""A cell: its year, how it stands, its meetings, tasks and people."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.errors import NotFound
from bontot.evaluation.standing import standing
from bontot.services import meeting_lists, members, organisations, planning, roll_calls, tasks
from bontot.web import trail, words
from bontot.web.cell_year import year_of
from bontot.web.charts import HEIGHT, attendance_chart
from bontot.web.database import session
from bontot.web.judgment_links import judging_address
from bontot.web.query import asked_year
from bontot.web.request import Place, actor, place_by_id, registry, this_day
from bontot.web.routing import page
from bontot.web.standing import shown

cell = Blueprint("cell", __name__)


@page(cell, "/chi-bo", permission=Permission.VIEW_ORGANISATION, scope=Scope.TENANT)
def own() -> Response:
    """The secretary's own cell."""
    mine = actor().organisation_id
    if mine is None:
        raise NotFound
    return redirect(trail.place_address(place_by_id(session(), mine).public_id, is_cell=True))


@page(cell, "/chi-bo/<uuid:organisation>", permission=Permission.VIEW_ORGANISATION, scope=Scope.ORGANISATION)
def show(organisation: Place) -> str | Response:
    """A cell in a year."""
    if not organisation.is_cell:
        return redirect(url_for("organisation.show", organisation=organisation.public_id))
    db_session, year, day = session(), asked_year(), this_day()
    within = frozenset({organisation.id})
    meetings = meeting_lists.of_year(db_session, organisation.id, year)
    asked = roll_calls.asked_share(db_session, registry(), organisation.id, min(day, date(year, 12, 31)))
    return render_template(
        "cell/show.html",
        place=organisation,
        details=organisations.details(db_session, organisation.id, day),
        headcount=members.headcount(db_session, within, day),
        people=members.on_rolls(db_session, within, day),
        officers=organisations.officers(db_session, organisation.id, day),
        past=organisations.through_time(db_session, organisation.id),
        standing=shown(lambda: standing(db_session, registry(), organisation.id, year, day)),
        calendar=year_of(organisation, year),
        meetings=meetings,
        invitations=planning.open_invitations(db_session, [organisation.id], day - planning.LOOKED_BACK),
        chart=attendance_chart(meetings, asked),
        chart_height=HEIGHT,
        tasks=tasks.of_cell(db_session, organisation.id, year),
        trail=trail.above(organisation, day),
        judging=judging_address(organisation, year),
        may_record=actor().may(Permission.RECORD_MEETING),
        may_take_fees=actor().may(Permission.RECORD_FEE),
        may_admit=actor().may(Permission.RECORD_MEMBER),
        year=year,
        today=day,
        words=words,
    )
