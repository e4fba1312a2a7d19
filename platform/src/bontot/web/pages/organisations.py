"""The tree of organisations, and one organisation with what is below it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.errors import PluginUnavailable
from bontot.evaluation.standing import standing
from bontot.imports.kinds.organisations import ORGANISATIONS
from bontot.imports.lists import ORGANISATION_COLUMNS, Below
from bontot.services import agenda, members, organisations
from bontot.services.reorganising.recording import events_of
from bontot.web import trail, words
from bontot.web.database import session
from bontot.web.judgment_links import judging_address
from bontot.web.query import asked_day, asked_look, asked_sheet
from bontot.web.request import Place, actor, reach, registry, this_day
from bontot.web.routing import page
from bontot.web.sheets import sheet
from bontot.web.standing import Shown, shown

organisation = Blueprint("organisation", __name__)
BASE_TYPES = frozenset({"grassroots_committee"})
CELLS_SHOWN = 150
"""With more cells than this the tree shows only what stands above them, with their number."""


@page(organisation, "/to-chuc", permission=Permission.VIEW_ORGANISATION, scope=Scope.TENANT)
def tree() -> str | Response:
    """The organisations within reach, as of a day."""
    day = asked_day()
    roots = organisations.tree(session(), reach(), day)
    if asked_sheet():
        return sheet(
            "to-chuc",
            f"Các tổ chức đảng ngày {day:%d/%m/%Y}",
            ORGANISATION_COLUMNS,
            _walk(roots, None),
            kind=ORGANISATIONS if day == this_day() else None,
        )
    return render_template(
        "organisation/tree.html",
        roots=roots,
        whole=sum(root.cells for root in roots) <= CELLS_SHOWN,
        may_change=day == this_day() and actor().may(Permission.RECORD_ORGANISATION),
        day=day,
        today=this_day(),
        types=words.ORGANISATION_TYPES,
    )


@page(
    organisation,
    "/to-chuc/<uuid:organisation>",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.ORGANISATION,
)
def show(organisation: Place) -> str | Response:
    """One organisation that is not a cell: who leads it, what is below it, its names through time."""
    if organisation.is_cell:
        return redirect(url_for("cell.show", organisation=organisation.public_id))
    look, db_session = asked_look(organisation.id), session()
    day = look.day
    node = organisations.subtree(db_session, organisation.id, reach(), day)
    lines = [] if look.past else _month(node)
    return render_template(
        "organisation/show.html",
        node=node,
        details=organisations.details(db_session, organisation.id, day),
        officers=organisations.officers(db_session, organisation.id, day),
        standing=Shown() if look.past else _standing(organisation, node),
        judging="" if look.past else judging_address(organisation, day.year),
        months={line.cell.id: line.month for line in lines},
        tallies={child.id: agenda.tally(_of(lines, child)) for child in node.below if not child.is_cell},
        whole=agenda.tally(lines),
        past=organisations.through_time(db_session, organisation.id, day),
        events=events_of(db_session, organisation.id, day),
        may_change=not look.past and actor().may(Permission.RECORD_ORGANISATION),
        may_receive_fees=not look.past and actor().may(Permission.RECEIVE_FEE),
        headcount=members.headcount(db_session, node.ids, day),
        trail=trail.above(organisation, day),
        place=organisation,
        look=look,
        day=day,
        today=this_day(),
        reach=reach(),
        words=words,
        types=words.ORGANISATION_TYPES,
        sectors=words.SECTORS,
        posts=words.POSTS,
    )


def _walk(nodes: Iterable[organisations.Node], above: organisations.Node | None) -> Iterator[Below]:
    """The tree as lines, each with what stands directly above it."""
    for node in nodes:
        yield node, above
        yield from _walk(node.below, node)


def _standing(organisation: Place, node: organisations.Node) -> Shown:
    """How a base organisation stands; nothing for those that no plan judges."""
    if node.type not in BASE_TYPES:
        return Shown()
    day = this_day()
    return shown(lambda: standing(session(), registry(), organisation.id, day.year, day))


def _month(node: organisations.Node) -> list[agenda.CellMonth]:
    """The cells below in the month that runs; none while a plan cannot be used."""
    try:
        return agenda.board_of(session(), registry(), node.below, this_day())
    except PluginUnavailable:
        return []


def _of(lines: list[agenda.CellMonth], body: organisations.Node) -> list[agenda.CellMonth]:
    ids = body.ids
    return [line for line in lines if line.cell.id in ids]
