"""Fees of a cell: the month taken in one list, a line set right, and the report of a period."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.db.models import Fee
from bontot.documents.asking import named_period
from bontot.documents.kinds.periods import fee_report
from bontot.errors import InvalidInput, NotFound, Stale, noting, refuse_noted
from bontot.evaluation.period import next_month
from bontot.imports.kinds.work import FEES
from bontot.imports.lists import fee_columns
from bontot.policy.fees import FeeRules
from bontot.policy.national_fees import NATIONAL
from bontot.policy.words import figure
from bontot.services import organisations
from bontot.services.audit import note_view
from bontot.services.fees import reports, taking_back
from bontot.services.fees.ledger import Ledger, last_day, ledger, month_before
from bontot.services.fees.recording import Correction, correct_line, record_month
from bontot.services.members import address_of
from bontot.web import fee_form, trail, words
from bontot.web.database import session
from bontot.web.differences import Difference
from bontot.web.fee_form import FeeForm
from bontot.web.fields import a_day, a_sum, box_names, day_boxes, typed_boxes, version_seen
from bontot.web.forms import new_key, once, sent_version
from bontot.web.papers import asked_paper
from bontot.web.query import asked_month, asked_sheet, day_within
from bontot.web.request import Person, Place, actor, reach, this_day
from bontot.web.routing import page
from bontot.web.sheets import Column, sheet

fee = Blueprint("fee", __name__)
REPORT_COLUMNS = (
    Column[reports.Row]("Mã", lambda row: row.code),
    Column[reports.Row]("Nội dung", lambda row: row.label),
    Column[reports.Row]("Xã, phường", lambda row: row.figures[0]),
    Column[reports.Row]("Doanh nghiệp", lambda row: row.figures[1]),
    Column[reports.Row]("Khác", lambda row: row.figures[2]),
    Column[reports.Row]("Cộng", lambda row: row.figures[-1]),
)


@page(
    fee,
    "/chi-bo/<uuid:organisation>/dang-phi",
    permission=Permission.RECORD_FEE,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=None,
)
def month(organisation: Place) -> tuple[str, int] | Response:
    """Everybody of a cell in one list, all paying until touched; and what it sends."""
    if not organisation.is_cell:
        raise NotFound
    asked = asked_month()
    found = ledger(session(), organisation.id, asked)
    if request.method == "GET":
        note_view(
            session(), "view_fees", "organisation", organisation.id, actor().account_id, month=str(asked)
        )
        if asked_sheet():
            title = f"Đảng phí tháng {asked:%m/%Y}, {organisation.name} (đồng)"
            kept_by = organisations.details(
                session(), organisation.id, day_within(organisation.id, min(last_day(asked), this_day()))
            )
            return sheet(
                "so-dang-phi",
                title,
                fee_columns(kept_by.code, asked),
                found.lines,
                subject="organisation",
                subject_id=organisation.id,
                kind=FEES,
            )
        return _page(organisation, found, fee_form.offered(found, day_boxes(_usual_day(organisation, asked))))
    shown = fee_form.sent(request.form, found, typed_boxes(request.form, "paid_on"))
    version = version_seen(request.form.get("version", ""))

    def act() -> str:
        if version != found.version:
            raise Stale
        taken, paid_on = fee_form.taken(shown), this_day()
        with noting(shown.errors, "paid_on"):
            paid_on = a_day(shown.paid_on)
        refuse_noted(shown.errors)
        total = record_month(
            session(), actor(), organisation.id, asked, version, taken, paid_on, shown.channel
        )
        flash(f"Đã ghi sổ đảng phí tháng {asked:%m/%Y}: thu {figure(total)} đồng.", "good")
        return _address(organisation, asked)

    try:
        return redirect(once(session(), act))
    except InvalidInput as refusal:
        session().rollback()
        shown.errors.update(refusal.errors)
        return _page(organisation, ledger(session(), organisation.id, asked), shown, refusal.status)
    except Stale:
        session().rollback()
        return _stale(organisation, ledger(session(), organisation.id, asked), shown)


@page(
    fee,
    "/chi-bo/<uuid:organisation>/dang-phi/<asked>/bo",
    permission=Permission.RECORD_FEE,
    scope=Scope.ORGANISATION,
    methods=("POST",),
    fields=("version",),
)
def take_back(organisation: Place, asked: str) -> Response:
    """Takes the last booking of the month back, on its day."""
    which = asked_month(asked)

    def act() -> str:
        gone = taking_back.take_back(session(), actor(), organisation.id, which, sent_version())
        flash(f"Đã bỏ lần ghi {gone.members} người, {figure(gone.amount)} đồng.", "good")
        return _address(organisation, which)

    try:
        return redirect(once(session(), act))
    except (InvalidInput, Stale) as refusal:
        session().rollback()
        flash(taking_back.RESTS if isinstance(refusal, Stale) else str(refusal), "warn")
        return redirect(_address(organisation, which))


def _usual_day(organisation: Place, asked: date) -> date:
    """Today, or the last day of a month gone by, or of a cell."""
    return day_within(organisation.id, min(this_day(), last_day(asked)))


def _address(organisation: Place, asked: date) -> str:
    return url_for("fee.month", organisation=organisation.public_id, thang=f"{asked:%Y-%m}")


def _stale(organisation: Place, found: Ledger, shown: FeeForm) -> tuple[str, int]:
    """The month as somebody else has just written it, beside what was about to be written."""
    differences = fee_form.differences(shown.rows, found)
    shown.rows = [row for row in shown.rows if row.line.open]
    return _page(organisation, found, shown, Stale.status, differences)


def _page(
    organisation: Place,
    found: Ledger,
    shown: FeeForm,
    status: int = 200,
    differences: list[Difference] | None = None,
) -> tuple[str, int]:
    before, after = month_before(found.month), next_month(found.month)
    text = render_template(
        "fee/month.html",
        place=organisation,
        found=found,
        form=shown,
        differences=differences,
        stale=differences is not None,
        booked=taking_back.last_booking(session(), organisation.id, found.month) if status == 200 else None,
        undo=url_for("fee.take_back", organisation=organisation.public_id, asked=f"{found.month:%Y-%m}"),
        form_key=new_key(),
        due_words=lambda due: fee_form.due_words(due, found.rules),
        debt_words=fee_form.debt_words,
        turns=[
            _address(organisation, before),
            _address(organisation, after) if after <= this_day() else None,
        ],
        before=before,
        after=after,
        report=url_for("fee.report", organisation=organisation.public_id, ky=f"{found.month:%Y-%m}"),
        trail=trail.above(organisation, this_day(), itself=True),
        superior=_superior(organisation, day_within(organisation.id, min(last_day(found.month), this_day()))),
        words=words,
    )
    return text, status


@page(
    fee,
    "/dang-vien/<uuid:member>/dang-phi/<asked>",
    permission=Permission.RECORD_FEE,
    scope=Scope.MEMBER,
    methods=("GET", "POST"),
    fields=("due", "paid", "exempt", *box_names("paid_on"), "reason", "version"),
)
def correct(member: Person, asked: str) -> tuple[str, int] | Response:
    """One line of the ledger, to be set right with a reason."""
    which = asked_month(asked)
    line = session().get(Fee, (session().tenant_id, member.id, which))
    if line is None or member.cell_id not in reach():
        raise NotFound
    if request.method == "GET":
        values = {
            "due": figure(line.due),
            "paid": figure(line.paid),
            "exempt": line.exempt,
            "paid_on": day_boxes(this_day()),
        }
        return _correcting(member, line, values, {})
    values = {
        **request.form.to_dict(),
        "exempt": "exempt" in request.form,
        "paid_on": typed_boxes(request.form, "paid_on"),
    }
    errors: dict[str, str] = {}

    def act() -> str:
        correct_line(session(), actor(), member.id, which, sent_version(), _correction(values))
        flash(f"Đã sửa sổ đảng phí tháng {which:%m/%Y} của đồng chí {member.full_name}.", "good")
        return url_for("member.show", member=member.public_id, nam=which.year)

    try:
        return redirect(once(session(), act))
    except InvalidInput as refusal:
        session().rollback()
        errors = refusal.errors
        return _correcting(member, line, values, errors, refusal.status)
    except Stale:
        session().rollback()
        now = session().get_one(Fee, (session().tenant_id, member.id, which))
        return _correcting(member, now, values, {}, Stale.status)


def _correction(values: dict[str, Any]) -> Correction:
    errors: dict[str, str] = {}
    amounts = {"due": 0, "paid": 0}
    for name in amounts:
        with noting(errors, name):
            read = a_sum(values.get(name, ""))
            if read is None:
                raise InvalidInput("Nhập số tiền bằng đồng; không có thì ghi 0.", name)
            amounts[name] = read
    paid_on = this_day()
    with noting(errors, "paid_on"):
        paid_on = a_day(values["paid_on"])
    refuse_noted(errors)
    return Correction(**amounts, exempt=values["exempt"], paid_on=paid_on, reason=values.get("reason", ""))


def _correcting(
    member: Person, line: Fee, values: dict[str, Any], errors: dict[str, str], status: int = 200
) -> tuple[str, int]:
    text = render_template(
        "fee/correct.html",
        person=member,
        line=line,
        values=values,
        errors=errors,
        stale=status == Stale.status,
        form_key=new_key(),
        trail=[(member.full_name, url_for("member.show", member=address_of(session(), member.id)))],
    )
    return text, status


@page(
    fee,
    "/to-chuc/<uuid:organisation>/dang-phi/bao-cao",
    permission=Permission.RECORD_FEE,
    scope=Scope.ORGANISATION,
)
def report(organisation: Place) -> str | Response:
    """The report on fees of a month or a quarter, of a cell or of a body with its cells."""
    period, chosen = _period()
    day = day_within(organisation.id, min(period.last, this_day()))
    then = organisations.details(session(), organisation.id, day)
    rows = reports.report(session(), organisation.id, is_cell=organisation.is_cell, period=period)
    note_view(
        session(), "view_fee_report", "organisation", organisation.id, actor().account_id, period=chosen
    )
    if asked_sheet():
        title = f"Thu, nộp đảng phí {named_period(period)}, {organisation.name} (đồng; dòng 01 là người)"
        return sheet(
            "bao-cao-dang-phi",
            title,
            REPORT_COLUMNS,
            rows,
            subject="organisation",
            subject_id=organisation.id,
        )
    return render_template(
        "fee/report.html",
        place=organisation,
        name=then.name,
        rows=rows,
        period=period,
        period_key=chosen,
        last=period.last,
        undecided=any(row.figures[-1] is None for row in rows),
        choices=_choices(organisation, period, chosen),
        paper=fee_report(asked_paper(organisation, chosen), rows),
        rules=_rules_of(period),
        trail=trail.above(organisation, this_day(), itself=True),
        today=this_day(),
    )


def _superior(organisation: Place, day: date) -> str:
    """What stood directly above on a day, as it was called then; empty for the highest."""
    found = organisations.superiors(session(), organisation.id, day)
    return found[-1][2] if found else ""


def _rules_of(period: reports.Period) -> list[FeeRules]:
    """The regulations in force on days of a period."""
    return [rules for rules in NATIONAL if rules.holds_on(period.first) or rules.holds_on(period.last)]


def _period() -> tuple[reports.Period, str]:
    """`?ky=2026-Q3` or `?ky=2026-11`, or the month that runs. Raises NotFound."""
    given = request.args.get("ky") or f"{this_day():%Y-%m}"
    year, _, part = given.partition("-")
    if part[:1] == "Q":
        if part not in ("Q1", "Q2", "Q3", "Q4") or not (year.isascii() and year.isdigit() and len(year) == 4):
            raise NotFound
        asked_month(f"{year}-{int(part[1]) * 3 - 2:02}")
        return reports.quarter(int(year), int(part[1])), given
    return reports.one_month(asked_month(given)), given


def _choices(organisation: Place, period: reports.Period, chosen: str) -> list[tuple[str, str, bool]]:
    """The months and quarters of the report's year that have begun."""
    day = this_day()
    quarters = [
        (f"Quý {roman}", f"{period.year}-Q{n}", n * 3 - 2)
        for n, roman in enumerate(("I", "II", "III", "IV"), 1)
    ]
    months = [(f"Tháng {n}", f"{period.year}-{n:02}", n) for n in range(1, 13)]
    return [
        (label, url_for("fee.report", organisation=organisation.public_id, ky=key), key == chosen)
        for label, key, first in (*quarters, *months)
        if date(period.year, first, 1) <= day
    ]
