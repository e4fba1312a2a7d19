"""A cell: its year, how it stands, its meetings, tasks and people."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Role, Scope
from bontot.errors import NotFound
from bontot.evaluation.standing import standing
from bontot.imports.roll_sheet import roll_sheet
from bontot.services import meeting_lists, members, organisations, planning, roll_calls, tasks
from bontot.services.audit import note
from bontot.services.reorganising.recording import events_of
from bontot.services.tenants import name_of as committee_name
from bontot.web import todo, trail, words
from bontot.web.cell_year import CellYear, year_of
from bontot.web.charts import HEIGHT, attendance_chart
from bontot.web.database import session
from bontot.web.judgment_links import judging_address
from bontot.web.query import asked_look, asked_sheet, asked_year
from bontot.web.request import Place, actor, place_by_id, reach, registry, this_day
from bontot.web.routing import page
from bontot.web.sheets import as_file, taken_by
from bontot.web.standing import shown
from bontot.workbook import workbook

cell = Blueprint("cell", __name__)
SHOWN = 3
"""Meetings listed one by one; more are folded under their chart."""


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
    look, db_session, within = asked_look(organisation.id), session(), frozenset({organisation.id})
    day, year = look.day, look.day.year if look.past else asked_year()
    if asked_sheet():
        return _roll_sheet(organisation, year, day)
    held = meeting_lists.of_year(db_session, organisation.id, year)
    meetings = [line for line in held if line.held_on <= day]
    calendar = year_of(organisation, year, day if look.past else None)
    may_record = not look.past and actor().may(Permission.RECORD_MEETING)
    asked = roll_calls.asked_share(db_session, registry(), organisation.id, min(day, date(year, 12, 31)))
    return render_template(
        "cell/show.html",
        place=organisation,
        details=organisations.details(db_session, organisation.id, day),
        headcount=members.headcount(db_session, within, day),
        people=members.on_rolls(db_session, within, day),
        officers=organisations.officers(db_session, organisation.id, day),
        past=organisations.through_time(db_session, organisation.id, day),
        standing=shown(lambda: standing(db_session, registry(), organisation.id, year, day, past=look.past)),
        calendar=calendar,
        next=_next(organisation, calendar) if not look.past and year == day.year else None,
        meetings=meetings,
        shown_at_once=SHOWN,
        invitations=[]
        if look.past
        else planning.open_invitations(db_session, [organisation.id], day - planning.LOOKED_BACK),
        chart=attendance_chart(meetings, asked),
        chart_height=HEIGHT,
        tasks=tasks.of_cell(db_session, organisation.id, year, day),
        trail=trail.above(organisation, day),
        events=events_of(db_session, organisation.id, day),
        judging="" if look.past else judging_address(organisation, year),
        may_record=may_record,
        may_admit=not look.past and actor().may(Permission.RECORD_MEMBER),
        may_change=not look.past and actor().may(Permission.RECORD_ORGANISATION),
        may_take_fees=not look.past and actor().may(Permission.RECORD_FEE),
        year=year,
        look=look,
        day=day,
        today=this_day(),
        reach=reach(),
        words=words,
    )


def _roll_sheet(place: Place, year: int, day: date) -> Response:
    """The attendance of the year as a table to keep, and to send back."""
    details = organisations.details(session(), place.id, day)
    above = (committee_name(session()).upper(), place.name.upper())
    table = roll_sheet(session(), place.id, year, day, above=above, code=details.code)
    note(
        session(),
        "export_list",
        "organisation",
        place.id,
        actor().account_id,
        list="diem-danh",
        rows=len(list(table.rows)),
    )
    said = taken_by()
    return as_file(workbook([table], footer=said), f"diem-danh-{year}")


def _next(place: Place, calendar: CellYear) -> todo.Todo | None:
    """What the cell's secretary has to do next, of what waits: to record a meeting before anything else."""
    if actor().role is not Role.CELL_SECRETARY:
        return None
    invited = planning.next_planned(session(), place.id, this_day())
    waiting = [item for item in todo.of_cell(place, calendar, invited) if item.address]
    record = url_for("meeting.record", organisation=place.public_id)
    return next((item for item in waiting if item.address == record), next(iter(waiting), None))
