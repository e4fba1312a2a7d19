"""The committee's people at the keyboard: who may log in as what, a new one, and ending a role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import ROLE_WORDS, Permission, Role, Scope
from bontot.errors import InvalidInput, noting, refuse_noted
from bontot.services import grants
from bontot.services.accounts import SHORTEST_PASSWORD
from bontot.services.grants import GRANTABLE, Appointment, GrantLine
from bontot.services.paging import Page
from bontot.web.database import session
from bontot.web.fields import named
from bontot.web.forms import answered, new_key
from bontot.web.places import chosen, offered
from bontot.web.query import asked_lines, asked_sheet, asked_words
from bontot.web.request import actor, this_day
from bontot.web.routing import page
from bontot.web.sheets import Column, sheet

grant = Blueprint("grant", __name__)
COLUMNS = (
    Column[GrantLine]("Người dùng", lambda line: line.name),
    Column[GrantLine]("Tên đăng nhập", lambda line: line.login),
    Column[GrantLine]("Vai trò", lambda line: ROLE_WORDS[line.role]),
    Column[GrantLine]("Nơi làm việc", lambda line: line.place or "Toàn đảng bộ"),
    Column[GrantLine]("Từ ngày", lambda line: line.valid_from),
)
OF_ROLE = ("role", "organisation", "card")
FIELDS = ("", "name", "login", "password", *OF_ROLE)
"""What can be wrong with the form, in the order of the page."""


@page(
    grant,
    "/tai-khoan",
    permission=Permission.MANAGE_ACCOUNTS,
    scope=Scope.TENANT,
    methods=("GET", "POST"),
    fields=FIELDS[1:],
)
def index() -> tuple[str, int] | Response:
    """The roles in force, a page at a time or those of a name or log-in, and the form for a new account."""
    if request.method == "GET":
        return _page({})
    return answered(_appoint, _page)


@page(
    grant,
    "/tai-khoan/<int(max=9223372036854775807):number>/thoi",
    permission=Permission.MANAGE_ACCOUNTS,
    scope=Scope.TENANT,
    methods=("POST",),
)
def end(number: int) -> tuple[str, int] | Response:
    """Ends a role; its holder is out at the next click."""
    try:
        line = grants.end_grant(session(), actor(), number, this_day())
    except InvalidInput as refusal:
        return _page({"": str(refusal)}, refusal.status)
    flash(f"{line.name} không còn vai trò {ROLE_WORDS[line.role]} ở đảng bộ này.", "good")
    return redirect(url_for("grant.index"))


@page(
    grant,
    "/tai-khoan/<int(max=9223372036854775807):number>/them-vai-tro",
    permission=Permission.MANAGE_ACCOUNTS,
    scope=Scope.TENANT,
    methods=("GET", "POST"),
    fields=OF_ROLE,
)
def another(number: int) -> str | tuple[str, int] | Response:
    """A further role for somebody who has one, under the same log-in."""
    line = grants.line_of(session(), number, this_day())
    if request.method == "GET":
        return _role_page(line, {})

    def act() -> str:
        _with_appointment(lambda given: grants.give_another(session(), actor(), number, given, this_day()))
        role = ROLE_WORDS[Role(request.form["role"])]
        flash(f"{line.name} có thêm vai trò {role}, chọn khi đăng nhập hoặc ở Đổi nơi làm việc.", "good")
        return url_for("grant.index")

    return answered(act, lambda errors, status: (_role_page(line, errors), status))


def _with_appointment(act: Callable[[Appointment], object]) -> None:
    """Does `act` with the appointment that was sent. Raises InvalidFields for all that is wrong with both."""
    sent, errors = request.form, dict[str, str]()
    role, organisation_id = sent.get("role", ""), None
    with noting(errors):
        organisation_id = chosen(sent.get("organisation", ""))
    with noting(errors):
        act(
            Appointment(
                role=Role(role) if role in set(GRANTABLE) else Role.OPERATOR,
                organisation_id=organisation_id,
                card=sent.get("card", ""),
            )
        )
    refuse_noted(errors)


def _appoint() -> str:
    sent = request.form
    _with_appointment(
        lambda given: grants.appoint(
            session(),
            actor(),
            login=sent.get("login", ""),
            name=sent.get("name", ""),
            password=sent.get("password", ""),
            appointment=given,
            day=this_day(),
        )
    )
    flash(
        f"Đã tạo tài khoản {sent.get('login', '').strip().lower()}. Hãy đưa mật khẩu tận tay người dùng.",
        "good",
    )
    return url_for("grant.index")


def _page(errors: dict[str, str], status: int = 200) -> tuple[str, int] | Response:
    """The roles the address asks for, and the form. What cannot be looked for is said at its own field."""
    number, unsearched = asked_lines(), dict[str, str]()
    found: Page[GrantLine] = Page((), 1, 0)
    try:
        wanted = asked_words()
        found = grants.grant_lines(session(), this_day(), wanted, number)
    except InvalidInput as refusal:
        wanted = request.args["tim"]
        unsearched["tim"] = named("Tìm theo tên", str(refusal))
    if asked_sheet() and not (errors or unsearched):
        return sheet("tai-khoan", "Vai trò đang giữ", COLUMNS, found.lines)
    text = render_template(
        "account/grants.html",
        found=found,
        wanted=wanted,
        unsearched=unsearched,
        address=lambda turned: url_for("grant.index", trang=turned, tim=wanted or None),
        role_words=ROLE_WORDS,
        shortest=SHORTEST_PASSWORD,
        **_form(errors),
    )
    return text, InvalidInput.status if unsearched else status


def _role_page(line: GrantLine, errors: dict[str, str]) -> str:
    steps = [("Tài khoản", url_for("grant.index"))]
    return render_template("account/role.html", line=line, trail=steps, **_form(errors))


def _form(errors: dict[str, str]) -> dict[str, Any]:
    """What every form of a role needs."""
    return {
        "places": offered(),
        "roles": [(role.value, ROLE_WORDS[role]) for role in GRANTABLE],
        "typed": request.form,
        "errors": {name: errors[name] for name in FIELDS if name in errors},
        "form_key": new_key(),
    }
