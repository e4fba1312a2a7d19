"""Fees seen from above: the cells of a body month by month, and what each passed on."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.errors import NotFound, noting, refuse_noted
from bontot.policy.words import figure
from bontot.services.audit import note_view
from bontot.services.fees import board, remitting, reports
from bontot.web import trail
from bontot.web.database import session
from bontot.web.fields import a_day, a_sum, day_boxes, typed_boxes
from bontot.web.forms import answered, new_key
from bontot.web.query import asked_lines, asked_sheet, asked_year
from bontot.web.request import Place, actor, reach, this_day
from bontot.web.routing import page
from bontot.web.sheets import Column, sheet
from bontot.workbook import Value

fee_board = Blueprint("fee_board", __name__)


def _month_column(place: int) -> Column[board.CellFees]:
    """What a cell collected for a month; nothing while its ledger is not written."""

    def paid(line: board.CellFees) -> Value:
        month = line.months[place]
        return month.paid if month is not None and month.lines else None

    return Column(f"Tháng {place + 1}", paid)


REMITTED = (
    Column[remitting.Remittance]("Ngày", lambda one: one.remitted_on),
    Column[remitting.Remittance]("Số tiền", lambda one: one.amount),
    Column[remitting.Remittance]("Chứng từ", lambda one: one.document),
    Column[remitting.Remittance]("Người ghi", lambda one: one.entered_by),
)
COLUMNS = (
    Column[board.CellFees]("Chi bộ", lambda line: line.name),
    Column[board.CellFees]("Trực thuộc", lambda line: line.above),
    *(_month_column(place) for place in range(12)),
    Column[board.CellFees]("Đã thu", lambda line: line.collected),
    Column[board.CellFees]("Đã nộp", lambda line: line.remitted),
    Column[board.CellFees]("Còn phải nộp", lambda line: line.owed),
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
    found = board.year_of_cells(session(), organisation.id, asked, number)
    if number > 1 and not found.lines:
        raise NotFound
    note_view(session(), "view_fees", "organisation", organisation.id, actor().account_id, year=asked)
    if asked_sheet():
        return sheet(
            "dang-phi-nam",
            f"Đảng phí năm {asked}, {organisation.name} (đồng)",
            COLUMNS,
            found.lines,
            subject="organisation",
            subject_id=organisation.id,
        )

    def address(at: int, page_number: int | None = None) -> str:
        return url_for("fee_board.year", organisation=organisation.public_id, nam=at, trang=page_number)

    return render_template(
        "fee/year.html",
        place=organisation,
        found=found,
        reach=reach(),
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
    if request.method == "GET" and asked_sheet():
        return sheet(
            "nop-dang-phi",
            f"Đảng phí {organisation.name} đã nộp lên cấp trên năm {asked} (đồng)",
            REMITTED,
            remitting.remittances(session(), organisation.id, asked),
            subject="organisation",
            subject_id=organisation.id,
        )
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
        remitting.remit(session(), actor(), organisation.id, amount, day, values.get("document", ""))
        flash(f"Đã ghi nhận {organisation.name} nộp {figure(amount)} đồng.", "good")
        return url_for("fee_board.remit", organisation=organisation.public_id)

    return answered(act, lambda errors, _: _remitting(organisation, asked, values, errors))


def _remitting(
    organisation: Place, asked: int, values: dict[str, Any], errors: dict[str, str]
) -> tuple[str, int]:
    found = reports.report(session(), organisation.id, is_cell=organisation.is_cell, period=_so_far(asked))
    rows = {row.code: row.figures[-1] for row in found}
    text = render_template(
        "fee/remit.html",
        place=organisation,
        collected=rows["03"],
        upward=rows["13"],
        owed=rows["14"],
        entries=remitting.remittances(session(), organisation.id, asked),
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
