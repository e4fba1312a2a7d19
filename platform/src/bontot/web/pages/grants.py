"""The committee's people at the keyboard: who may log in as what, a new one, and ending a role."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import ROLE_WORDS, Permission, Role, Scope
from bontot.errors import InvalidInput, noting, refuse_noted
from bontot.services import grants, organisations
from bontot.services.accounts import SHORTEST_PASSWORD
from bontot.services.grants import GRANTABLE, Appointment
from bontot.services.organisations import Node
from bontot.web.database import session
from bontot.web.forms import new_key, once
from bontot.web.request import actor, reach, this_day
from bontot.web.routing import page

grant = Blueprint("grant", __name__)
FIELDS = ("", "name", "login", "password", "role", "organisation", "card")
"""What can be wrong with the form, in the order of the page."""


@page(
    grant,
    "/tai-khoan",
    permission=Permission.MANAGE_ACCOUNTS,
    scope=Scope.TENANT,
    methods=("GET", "POST"),
    fields=FIELDS[1:],
)
def index() -> str | tuple[str, int] | Response:
    """The roles in force, and the form for a new account."""
    if request.method == "GET":
        return _page({})
    try:
        return redirect(once(session(), _appoint))
    except InvalidInput as refusal:
        session().rollback()
        return _page(refusal.errors), refusal.status


@page(
    grant,
    "/tai-khoan/<int(max=9223372036854775807):number>/thoi",
    permission=Permission.MANAGE_ACCOUNTS,
    scope=Scope.TENANT,
    methods=("POST",),
)
def end(number: int) -> str | tuple[str, int] | Response:
    """Ends a role; its holder is out at the next click."""
    try:
        line = grants.end_grant(session(), actor(), number, this_day())
    except InvalidInput as refusal:
        return _page({"": str(refusal)}), refusal.status
    flash(f"{line.name} không còn vai trò {ROLE_WORDS[line.role]} ở đảng bộ này.", "good")
    return redirect(url_for("grant.index"))


def _appoint() -> str:
    sent, errors = request.form, dict[str, str]()
    role, organisation_id = sent.get("role", ""), None
    with noting(errors):
        organisation_id = _chosen(sent.get("organisation", ""))
    with noting(errors):
        grants.appoint(
            session(),
            actor(),
            login=sent.get("login", ""),
            name=sent.get("name", ""),
            password=sent.get("password", ""),
            appointment=Appointment(
                role=Role(role) if role in set(GRANTABLE) else Role.OPERATOR,
                organisation_id=organisation_id,
                card=sent.get("card", ""),
            ),
            day=this_day(),
        )
    refuse_noted(errors)
    flash(
        f"Đã tạo tài khoản {sent.get('login', '').strip().lower()}. Hãy đưa mật khẩu tận tay người dùng.",
        "good",
    )
    return url_for("grant.index")


def _chosen(public_id: str) -> int | None:
    """The organisation picked; None for none. Raises InvalidInput for one that is not in the list."""
    if not public_id:
        return None
    for _, node in _listed(organisations.tree(session(), reach(), this_day())):
        if str(node.public_id) == public_id:
            return node.id
    raise InvalidInput("Xin chọn tổ chức trong danh sách.", "organisation")


def _listed(nodes: tuple[Node, ...], depth: int = 0) -> Iterator[tuple[int, Node]]:
    for node in nodes:
        yield depth, node
        yield from _listed(node.below, depth + 1)


def _page(errors: dict[str, str]) -> str:
    return render_template(
        "account/grants.html",
        lines=grants.grant_lines(session(), this_day()),
        places=list(_listed(organisations.tree(session(), reach(), this_day()))),
        roles=[(role.value, ROLE_WORDS[role]) for role in GRANTABLE],
        role_words=ROLE_WORDS,
        shortest=SHORTEST_PASSWORD,
        typed=request.form,
        errors={name: errors[name] for name in FIELDS if name in errors},
        form_key=new_key(),
    )
