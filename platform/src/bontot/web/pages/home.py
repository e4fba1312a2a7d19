"""The first page of each role: what needs the reader now, and how things stand."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Role, Scope
from bontot.errors import PluginUnavailable
from bontot.evaluation.standing import member_standing, standing
from bontot.services import agenda, members, organisations, planning
from bontot.services.proceedings import handover_lists
from bontot.web import todo
from bontot.web.cell_year import year_of
from bontot.web.database import session
from bontot.web.judgment_links import judging_address
from bontot.web.request import actor, place_by_id, reach, registry, this_day
from bontot.web.routing import page
from bontot.web.standing import shown

home = Blueprint("home", __name__)
AT_ONCE = 8
"""Cells listed whole; of more, those that are late come first and the rest is folded."""
SHOWN = 20
"""Cells named one by one; a body with more is opened from its own page."""


@page(home, "/", permission=Permission.VIEW_HOME, scope=Scope.TENANT)
def show() -> str | Response:
    """The reader's home page."""
    if actor().role is Role.MEMBER:
        return _member()
    if actor().role is Role.CELL_SECRETARY and actor().organisation_id:
        return _secretary(actor().organisation_id or 0)
    return _committee()


def _secretary(organisation_id: int) -> str:
    """What waits by day, then the year and how it stands."""
    place, day = place_by_id(session(), organisation_id), this_day()
    year = year_of(place, day.year)
    return render_template(
        "home/secretary.html",
        place=place,
        year=year,
        standing=shown(lambda: standing(session(), registry(), place.id, day.year, day)),
        judging=judging_address(place, day.year),
        todo=todo.of_cell(place, year, planning.next_planned(session(), place.id, day)),
        today=day,
    )


def _committee() -> str:
    """The cells within reach in the month that runs, body by body, and those that need attention."""
    day = this_day()
    roots = organisations.tree(session(), reach(), day)
    try:
        lines, problem = agenda.board_of(session(), registry(), roots, day), ""
    except PluginUnavailable as refusal:
        lines, problem = [], str(refusal)
    receives = actor().may(Permission.RECEIVE_MEETING)
    sent = handover_lists.counts(session(), reach())["moi-gui"] if receives else 0
    return render_template(
        "home/committee.html",
        roots=roots,
        lines=lines,
        pressing=[line for line in lines if line.month.standing.status in agenda.PRESSING][:SHOWN],
        shown_at_once=AT_ONCE,
        whole=agenda.tally(lines),
        tallies=agenda.tallies(lines),
        problem=problem,
        todo=todo.of_committee([cell.id for cell, _ in agenda.cells_of(roots)], lines, sent, reach()),
        today=day,
        place=actor().organisation_id and place_by_id(session(), actor().organisation_id or 0),
    )


def _member() -> str | Response:
    """One's own year, and when one's cell meets next."""
    mine, day = actor().member_id, this_day()
    if mine is None:
        return redirect(url_for("account.choose"))
    cells = [span for span in members.cells_of(session(), mine, day) if span.holds_on(day)]
    try:
        coming = [
            (span, agenda.coming_meeting(session(), registry(), span.place_id, day))
            for span in cells[:2]
            if span.place_id
        ]
    except PluginUnavailable:
        coming = []
    fees = members.fees_of(session(), mine, day.year)
    owed = members.arrears(fees, day)
    return render_template(
        "home/member.html",
        cells=cells,
        coming=coming,
        invited={
            span.place_id: planning.next_planned(session(), span.place_id, day)
            for span in cells[:2]
            if span.place_id
        },
        standing=shown(lambda: member_standing(session(), registry(), mine, day.year, day)),
        judging=url_for("judgment.own", nam=day.year),
        todo=todo.of_member(mine, owed),
        attendance=members.attendance_of(session(), mine, day.year),
        fees=fees,
        owed=owed,
        address=url_for("member.own"),
        today=day,
    )
