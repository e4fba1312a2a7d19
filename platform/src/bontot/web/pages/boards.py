"""A superior's year at a glance: the cells below by month, and by criterion."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.errors import NotFound, PluginUnavailable
from bontot.services import boards, evaluations, organisations
from bontot.services.agenda import cells_of
from bontot.services.audit import note_view
from bontot.services.boards import CellYear
from bontot.services.organisations import Node
from bontot.services.paging import Page
from bontot.web import trail
from bontot.web.database import session
from bontot.web.evaluation_choice import called
from bontot.web.months import StripMonth, mark_of, strip
from bontot.web.query import asked_lines, asked_sheet, asked_year, day_within
from bontot.web.request import Place, actor, reach, registry, this_day
from bontot.web.routing import page
from bontot.web.sheets import Column, sheet
from bontot.web.words import OUTCOMES
from bontot.workbook import Value

board = Blueprint("board", __name__)


@dataclass(frozen=True, slots=True)
class Row:
    """A cell of the board of months, with the body above it where there are several."""

    name: str
    public_id: UUID
    above: str
    months: list[StripMonth]
    in_time: int
    decided: int


def _month_column(place: int) -> Column[CellYear]:
    """The day a cell met in a month, or how that month stands."""

    def of(line: CellYear) -> Value:
        if not line.months:
            return None
        month = line.months[place]
        return month.held_on or mark_of(month).words

    return Column(f"Tháng {place + 1}", of)


MONTH_COLUMNS = (
    Column[CellYear]("Chi bộ", lambda line: line.cell.name),
    Column[CellYear]("Trực thuộc", lambda line: line.above.name if line.above else None),
    *(_month_column(place) for place in range(12)),
    Column[CellYear]("Số tháng họp trong hạn", lambda line: line.in_time),
    Column[CellYear]("Số tháng đã đến hạn", lambda line: line.decided),
)


@page(
    board,
    "/to-chuc/<uuid:organisation>/theo-thang",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.ORGANISATION,
)
def months(organisation: Place) -> str | Response:
    """The meetings of the cells below, month by month."""
    if organisation.is_cell:
        return redirect(url_for("cell.show", organisation=organisation.public_id))
    year, today = asked_year(), this_day()
    cells = _cells(organisation, year)
    problem = ""
    found: Page[CellYear] = Page([], 1, 0)
    try:
        found = boards.year_by_month(session(), registry(), cells, year, today, asked_lines())
    except PluginUnavailable as error:
        problem = str(error)
    if asked_sheet() and not problem:
        title = f"Sinh hoạt năm {year}, {organisation.name}"
        return sheet(
            "sinh-hoat-theo-thang",
            title,
            MONTH_COLUMNS,
            found.lines,
            subject="organisation",
            subject_id=organisation.id,
        )
    rows = [_row(line, organisation) for line in found.lines]
    return _board("months", organisation, year, found=found, rows=rows, problem=problem)


@page(
    board,
    "/to-chuc/<uuid:organisation>/theo-tieu-chi",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.ORGANISATION,
)
def criteria(organisation: Place) -> str | Response:
    """How the cells below stand, criterion by criterion, on the records of today."""
    if organisation.is_cell:
        return redirect(url_for("cell.show", organisation=organisation.public_id))
    year, number = asked_year(), asked_lines()
    among = sorted(cell.id for cell, _ in _cells(organisation, year))
    tables = boards.year_by_criterion(session(), year, among)
    place = _chosen(len(tables))
    if place is None:
        return _board("criteria", organisation, year, chosen=None)
    table = tables[place]
    scheme = table.header.rules.schemes[table.scheme]
    note_view(
        session(), "view_verdicts", "organisation", organisation.id, actor().account_id, scheme=scheme.key
    )
    if asked_sheet():
        return sheet(
            "tieu-chi",
            f"{called(scheme)}, tiêu chí năm {year}, {organisation.name}",
            _criteria_columns(
                tally.label for tally in evaluations.tallies(session(), table.header, table.scheme, among)
            ),
            evaluations.subjects(session(), table.header, table.scheme, number, among=among).lines,
            subject="organisation",
            subject_id=organisation.id,
        )
    return _board(
        "criteria",
        organisation,
        year,
        place,
        chosen=table,
        scheme=scheme,
        tables=[
            (
                called(each.header.rules.schemes[each.scheme]),
                _address("criteria", organisation, year, at),
                at == place,
            )
            for at, each in enumerate(tables)
        ],
        found=evaluations.subjects(session(), table.header, table.scheme, number, among=among),
        tallies=evaluations.tallies(session(), table.header, table.scheme, among),
        outcomes=OUTCOMES,
    )


def _criteria_columns(labels: Iterable[str]) -> list[Column[evaluations.SubjectLine]]:
    """The name, the outcome, and a column for each criterion in order."""

    def came(place: int, label: str) -> Column[evaluations.SubjectLine]:
        def cell(line: evaluations.SubjectLine) -> Value:
            points = line.points[place]
            return OUTCOMES[line.came[place]].words if points is None else points

        return Column(label, cell)

    return [
        Column[evaluations.SubjectLine]("Chi bộ", lambda line: line.name),
        Column[evaluations.SubjectLine]("Trực thuộc", lambda line: line.above),
        Column[evaluations.SubjectLine]("Kết quả", lambda line: OUTCOMES[line.outcome].words),
        *(came(place, label) for place, label in enumerate(labels)),
        Column[evaluations.SubjectLine]("Số tiêu chí đạt", lambda line: line.met),
        Column[evaluations.SubjectLine]("Số tiêu chí áp dụng", lambda line: line.applying),
    ]


def _board(kind: str, organisation: Place, year: int, table: int | None = None, **shown: object) -> str:
    return render_template(
        f"organisation/{kind}.html",
        place=organisation,
        year=year,
        this_year=this_day().year,
        views=[
            ("Theo tháng", _address("months", organisation, year), kind == "months"),
            ("Theo tiêu chí", _address("criteria", organisation, year), kind == "criteria"),
        ],
        years={at: _address(kind, organisation, at) for at in (year - 1, year + 1)},
        turned=lambda number: _address(kind, organisation, year, table, number),
        trail=trail.above(organisation, this_day(), itself=True),
        **shown,
    )


def _address(
    kind: str, organisation: Place, year: int, table: int | None = None, number: int | None = None
) -> str:
    asked = {"nam": year if year != this_day().year else None, "bang": table or None, "trang": number}
    given = urlencode({key: value for key, value in asked.items() if value is not None})
    address = url_for(f"board.{kind}", organisation=organisation.public_id)
    return f"{address}?{given}" if given else address


def _cells(organisation: Place, year: int) -> list[tuple[Node, Node | None]]:
    """The cells that stood below on the last day of the year, or of the organisation, each with the body above it; today
    while the year runs."""
    day = day_within(organisation.id, min(this_day(), date(year, 12, 31)))
    return list(cells_of(organisations.standing_below(session(), organisation.id, reach(), day)))


def _row(line: CellYear, organisation: Place) -> Row:
    return Row(
        name=line.cell.name,
        public_id=line.cell.public_id,
        above=line.above.name if line.above and line.above.id != organisation.id else "",
        months=strip(
            line.months, line.cell.public_id, this_day(), may_record=actor().may(Permission.RECORD_MEETING)
        ),
        in_time=line.in_time,
        decided=line.decided,
    )


def _chosen(tables: int) -> int | None:
    """The place of the table asked for, else of the first; None where there is none. Raises NotFound."""
    given = request.args.get("bang", "0")
    if not (given.isascii() and given.isdigit() and len(given) < 4) or (tables and int(given) >= tables):
        raise NotFound
    return int(given) if tables else None
