"""How a member pays: the group and its figure, exemptions and reductions; and what the committee decides of its fees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Role, Scope
from bontot.errors import InvalidInput, NotFound, Stale, noting, refuse_noted
from bontot.evaluation.period import next_month
from bontot.policy.national_fees import MINIMUM_WAGE, NATIONAL
from bontot.policy.words import CERTAINTIES
from bontot.services.audit import note_view
from bontot.services.fees import settings
from bontot.services.fees.bases import (
    Relief,
    bases_of,
    end_relief,
    grant_relief,
    reliefs_of,
    set_basis,
    version_of,
)
from bontot.web import fee_form
from bontot.web.database import session
from bontot.web.decisions import DAY_FIELDS, DecisionForm
from bontot.web.fee_form import label
from bontot.web.fields import (
    a_day,
    a_month,
    a_month_or_none,
    a_sum,
    day_boxes,
    month_box_names,
    month_boxes,
    typed_boxes,
    version_seen,
)
from bontot.web.forms import new_key, once
from bontot.web.request import Person, actor, reach, this_day
from bontot.web.routing import page

fee_basis = Blueprint("fee_basis", __name__)
SINCE, UNTIL = month_box_names("since"), month_box_names("until")
REDUCED = "giam-"


@page(
    fee_basis,
    "/dang-vien/<uuid:member>/muc-dong",
    permission=Permission.RECORD_FEE,
    scope=Scope.MEMBER,
    methods=("GET", "POST"),
    fields=("group", "figure", *SINCE, "version"),
)
def basis(member: Person) -> tuple[str, int] | Response:
    """The group in which a member pays, from a month on."""
    _within(member)
    month = this_day().replace(day=1)
    current = next((one for one in bases_of(session(), member.id) if one.holds_on(month)), None)
    if request.method == "GET":
        values: dict[str, Any] = {"group": current.key if current else "", "since": month_boxes(month)}
        return _basis(member, values, {})
    values = {**request.form.to_dict(), "since": typed_boxes(request.form, "since")}

    def act() -> str:
        errors: dict[str, str] = {}
        figure, since = None, month
        with noting(errors, "figure"):
            figure = a_sum(values.get("figure", ""))
        with noting(errors, "since"):
            since = a_month(values["since"])
        refuse_noted(errors)
        group, version = values.get("group", ""), version_seen(values.get("version", ""))
        set_basis(session(), actor(), member.id, group, figure, since, version)
        flash(f"Đã ghi mức đóng của đồng chí {member.full_name} từ tháng {since:%m/%Y}.", "good")
        return url_for("fee_basis.basis", member=member.public_id)

    return _send(act, lambda *refused: _basis(member, values, *refused))


def _basis(
    member: Person, values: dict[str, Any], errors: dict[str, str], status: int = 200
) -> tuple[str, int]:
    note_view(session(), "view_fee_basis", "member", member.id, actor().account_id)
    month = this_day().replace(day=1)
    decided, bases = settings.read(session()), bases_of(session(), member.id)
    shows_figure = actor().role is Role.CELL_SECRETARY or actor().member_id == member.id
    text = render_template(
        "fee/basis.html",
        version=version_of(bases),
        differences=fee_form.basis_differences(bases, values, shows_figure)
        if status == Stale.status
        else None,
        person=member,
        values=values,
        errors=errors,
        rules=settings.current_rules(month),
        wage=decided.value(MINIMUM_WAGE, month),
        bases=bases,
        reliefs=reliefs_of(session(), member.id),
        shows_figure=shows_figure,
        label=label,
        month=month,
        form_key=new_key(),
        trail=[(member.full_name, url_for("member.show", member=member.public_id))],
    )
    return text, status


@page(
    fee_basis,
    "/dang-vien/<uuid:member>/mien-giam",
    permission=Permission.RECORD_FEE,
    scope=Scope.MEMBER,
    methods=("GET", "POST"),
    fields=("kind", "document", *SINCE, *UNTIL, "version"),
)
def relief(member: Person) -> tuple[str, int] | Response:
    """An exemption or a reduction, by document."""
    _within(member)
    if request.method == "GET":
        first = this_day().replace(day=1)
        return _relief(member, {"since": month_boxes(first), "until": month_boxes(None)}, {})
    values = {
        **request.form.to_dict(),
        "since": typed_boxes(request.form, "since"),
        "until": typed_boxes(request.form, "until"),
    }

    def act() -> str:
        granted = _granted(values)
        grant_relief(session(), actor(), member.id, granted, version_seen(request.form.get("version", "")))
        said = f"giảm {granted.percent} %" if granted.ground is None else "miễn"
        flash(
            f"Đã ghi {said} đảng phí của đồng chí {member.full_name} từ tháng {granted.since:%m/%Y}.", "good"
        )
        return url_for("fee_basis.basis", member=member.public_id)

    return _send(act, lambda *refused: _relief(member, values, *refused))


def _granted(values: dict[str, Any]) -> Relief:
    errors: dict[str, str] = {}
    since, until = this_day(), None
    with noting(errors, "since"):
        since = a_month(values["since"])
    with noting(errors, "until"):
        last = a_month_or_none(values["until"])
        until = next_month(last) if last else None
    kind = values.get("kind", "")
    percent = kind.removeprefix(REDUCED)
    if not kind or (kind.startswith(REDUCED) and not (percent.isascii() and percent.isdigit())):
        errors["kind"] = "Chọn trường hợp miễn hoặc mức giảm."
    refuse_noted(errors)
    reduced = kind.startswith(REDUCED)
    return Relief(
        ground=None if reduced else kind,
        percent=int(percent[:3]) if reduced else 100,
        since=since,
        until=until,
        document=values.get("document", ""),
    )


def _relief(
    member: Person, values: dict[str, Any], errors: dict[str, str], status: int = 200
) -> tuple[str, int]:
    reliefs = reliefs_of(session(), member.id)
    rules = settings.current_rules(this_day())
    choices = (
        [(one.key, f"Miễn: {one.label}") for one in rules.exemptions if one.party_age is None]
        if rules
        else []
    )
    choices += [
        (f"{REDUCED}{percent}", f"Giảm {percent} %") for percent in (rules.reductions if rules else ())
    ]
    text = render_template(
        "fee/relief.html",
        person=member,
        values=values,
        errors=errors,
        rules=rules,
        choices=choices,
        version=version_of(reliefs),
        differences=fee_form.relief_differences(reliefs, values, dict(choices))
        if status == Stale.status
        else None,
        form_key=new_key(),
        trail=[(member.full_name, url_for("member.show", member=member.public_id))],
    )
    return text, status


@page(
    fee_basis,
    "/dang-vien/<uuid:member>/mien-giam/<uuid:relief>/thoi",
    permission=Permission.RECORD_FEE,
    scope=Scope.MEMBER,
    methods=("GET", "POST"),
    fields=("reason", *SINCE, "version"),
)
def end(member: Person, relief: UUID) -> tuple[str, int] | Response:
    """Lets an exemption or reduction end, from a month on."""
    _within(member)
    reliefs = reliefs_of(session(), member.id)
    found = next((one for one in reliefs if one.public_id == relief), None)
    if found is None:
        raise NotFound
    values: dict[str, Any] = {"since": month_boxes(next_month(this_day().replace(day=1)))}
    if request.method == "POST":
        values = {**request.form.to_dict(), "since": typed_boxes(request.form, "since")}

    def shown(errors: dict[str, str], status: int = 200) -> tuple[str, int]:
        now = reliefs_of(session(), member.id) if status == Stale.status else reliefs
        text = render_template(
            "fee/end_relief.html",
            person=member,
            relief=found,
            version=version_of(now),
            stands=[one for one in now if one.public_id == relief] if status == Stale.status else None,
            label=label,
            values=values,
            errors=errors,
            form_key=new_key(),
            trail=[(member.full_name, url_for("member.show", member=member.public_id))],
        )
        return text, status

    if request.method == "GET":
        return shown({})

    def act() -> str:
        since = a_month(values["since"]) if request.form else this_day()
        reason, version = values.get("reason", ""), version_seen(values.get("version", ""))
        end_relief(session(), actor(), member.id, found.id, since, reason, version)
        flash(f"Đã ghi: đồng chí {member.full_name} thôi được miễn, giảm từ tháng {since:%m/%Y}.", "good")
        return url_for("fee_basis.basis", member=member.public_id)

    return _send(act, shown, "since")


def _within(member: Person) -> None:
    """Of somebody in a cell within reach, not only oneself."""
    if member.cell_id not in reach():
        raise NotFound


def _send(
    act: Callable[[], str], again: Callable[[dict[str, str], int], tuple[str, int]], field: str = ""
) -> tuple[str, int] | Response:
    """Does `act` once; what it refuses is shown `again` with its status, a refusal without a field beside `field`."""
    try:
        return redirect(once(session(), act))
    except InvalidInput as refusal:
        session().rollback()
        errors = {name or field: sentence for name, sentence in refusal.errors.items()}
        return again(errors, refusal.status)
    except Stale as stale:
        session().rollback()
        return again({}, stale.status)


@page(
    fee_basis,
    "/dang-phi/quy-dinh",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.TENANT,
)
def rules() -> str:
    """The regulations on fees with their sources, and what the committee decided besides."""
    day = this_day()
    return render_template(
        "fee/rules.html",
        regulations=reversed(NATIONAL),
        decided=settings.read(session()),
        labels=settings.LABELS,
        wage=MINIMUM_WAGE,
        certainties=CERTAINTIES,
        may_set=actor().may(Permission.SET_FEES),
        today=day,
    )


@page(
    fee_basis,
    "/dang-phi/quy-dinh/<key>",
    permission=Permission.SET_FEES,
    scope=Scope.TENANT,
    methods=("GET", "POST"),
    fields=("value", "document", *DAY_FIELDS),
)
def decide(key: str) -> tuple[str, int] | Response:
    """One figure of the committee's own, from a day on, by document."""
    if key not in settings.LABELS:
        raise NotFound
    values: dict[str, Any] = {"valid_from": day_boxes(None)}
    if request.method == "POST":
        values = {**request.form.to_dict(), "valid_from": typed_boxes(request.form, "valid_from")}

    def shown(errors: dict[str, str], status: int = 200) -> tuple[str, int]:
        text = render_template(
            "fee/decide.html",
            key=key,
            label=settings.LABELS[key],
            money=key == MINIMUM_WAGE,
            form=DecisionForm(values, errors),
            form_key=new_key(),
            trail=[("Quy định đảng phí", url_for("fee_basis.rules"))],
        )
        return text, status

    if request.method == "GET":
        return shown({})

    def act() -> str:
        errors: dict[str, str] = {}
        value, since = 0, this_day()
        with noting(errors, "value"):
            read = a_sum(values.get("value", "").removesuffix("%"))
            if read is None:
                raise InvalidInput("Nhập một số.", "value")
            value = read
        with noting(errors, "valid_from"):
            since = a_day(values["valid_from"])
        refuse_noted(errors)
        settings.decide(session(), actor(), key, value, since, values.get("document", ""))
        flash(f"Đã ghi quyết định: {settings.LABELS[key][:1].lower()}{settings.LABELS[key][1:]}.", "good")
        return url_for("fee_basis.rules")

    return _send(act, shown)
