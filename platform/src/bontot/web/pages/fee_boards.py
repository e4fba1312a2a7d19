"""Fees seen from above: the cells of a body month by month, and what each passed on."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.errors import InvalidInput, noting, refuse_noted
from bontot.policy.words import figure
from bontot.services import organisations
from bontot.services.agenda import cells_of
from bontot.services.audit import note
from bontot.services.fees import reports
from bontot.services.paging import Page, cut
from bontot.web import trail
from bontot.web.database import session
from bontot.web.fields import a_day, a_sum, day_boxes, typed_boxes
from bontot.web.forms import new_key, once
from bontot.web.query import asked_lines, asked_sheet, asked_year, day_within
from bontot.web.request import Place, actor, reach, this_day
from bontot.web.routing import page
from bontot.web.sheets import Column, sheet
from bontot.workbook import Value

fee_board = Blueprint("fee_board", __name__)


def _month_column(place: int) -> Column[reports.CellFees]:
    """What a cell collected for a month; nothing while its ledger is not written."""

    def paid(line: reports.CellFees) -> Value:
        month = line.months[place]
        return month.paid if month.lines else None

    return Column(f"Tháng {place + 1}", paid)


COLUMNS = (
    Column[reports.CellFees]("Chi bộ", lambda line: line.cell.name),
    Column[reports.CellFees]("Trực thuộc", lambda line: line.above.name if line.above else None),
    *(_month_column(place) for place in range(12)),
    Column[reports.CellFees]("Đã thu", lambda line: line.collected),
    Column[reports.CellFees]("Đã nộp", lambda line: line.remitted),
    Column[reports.CellFees]("Còn phải nộp", lambda line: line.owed),
)


@page(
    fee_board,
    "/to-chuc/<uuid:organisation>/dang-phi",
    permission=Permission.RECEIVE_FEE,
    scope=Scope.ORGANISATION,
)
def year(organisation: Place) -> str | Response:
    """The cells below in a year: paid month by month, collected, passed on, still to pass on."""
    if organisation.is_cell:
        return redirect(url_for("fee.month", organisation=organisation.public_id))
    asked, number = asked_year(), asked_lines()
    top = organisations.subtree(session(), organisation.id, reach(), this_day())
    cells = list(cells_of(top.below, top))
    shown = cut(cells, number)
    rows = reports.year_of_cells(session(), shown, asked)
    note(session(), "view_fees", "organisation", organisation.id, actor().account_id, year=asked)

    if asked_sheet():
        return sheet(
            "dang-phi-nam",
            f"Đảng phí năm {asked}, {organisation.name} (đồng)",
            COLUMNS,
            rows,
            subject="organisation",
            subject_id=organisation.id,
        )

    def address(at: int, page_number: int | None = None) -> str:
        return url_for("fee_board.year", organisation=organisation.public_id, nam=at, trang=page_number)

    return render_template(
        "fee/year.html",
        place=organisation,
        found=Page(rows, number, len(cells)),
        several=any(not child.is_cell for child in top.below),
        year=asked,
        this_year=this_day().year,
        years={at: address(at) for at in (asked - 1, asked + 1)},
        turned=lambda turn: address(asked, turn),
        this_month=this_day().replace(day=1),
        trail=trail.above(organisation, this_day(), itself=True),
    )


@page(
    fee_board,
    "/to-chuc/<uuid:organisation>/dang-phi/nop",
    permission=Permission.RECEIVE_FEE,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=("amount", "document", "remitted_on-day", "remitted_on-month", "remitted_on-year"),
)
def remit(organisation: Place) -> tuple[str, int] | Response:
    """Money an organisation passed on, entered by the body that receives it."""
    asked = this_day().year
    if request.method == "GET":
        return _remitting(organisation, asked, {"remitted_on": day_boxes(this_day())}, {})
    values: dict[str, Any] = {
        **request.form.to_dict(),
        "remitted_on": typed_boxes(request.form, "remitted_on"),
    }

    def act() -> str:
        errors: dict[str, str] = {}
        amount, day = 0, this_day()
        with noting(errors, "amount"):
            amount = a_sum(values.get("amount", "")) or 0
        with noting(errors, "remitted_on"):
            day = a_day(values["remitted_on"])
        refuse_noted(errors)
        reports.remit(session(), actor(), organisation.id, amount, day, values.get("document", ""))
        flash(f"Đã ghi nhận {organisation.name} nộp {figure(amount)} đồng.", "good")
        return url_for("fee_board.remit", organisation=organisation.public_id)

    try:
        return redirect(once(session(), act))
    except InvalidInput as refusal:
        session().rollback()
        return _remitting(organisation, asked, values, refusal.errors)


def _remitting(
    organisation: Place, asked: int, values: dict[str, Any], errors: dict[str, str]
) -> tuple[str, int]:
    day = day_within(organisation.id, this_day())
    top = organisations.subtree(session(), organisation.id, reach(), day)
    cells = [cell for cell, _ in cells_of([top])]
    rows = {row.code: row.figures[-1] for row in reports.report(session(), top, cells, _so_far(asked))}
    text = render_template(
        "fee/remit.html",
        place=organisation,
        collected=rows["03"],
        upward=rows["13"],
        owed=rows["14"],
        entries=reports.remittances(session(), organisation.id, asked),
        year=asked,
        values=values,
        errors=errors,
        form_key=new_key(),
        trail=trail.above(organisation, this_day(), itself=True),
    )
    return text, 422 if errors else 200


def _so_far(asked: int) -> reports.Period:
    """The whole year: its sums so far."""
    return reports.Period(date(asked, 1, 1), date(asked + 1, 1, 1))
