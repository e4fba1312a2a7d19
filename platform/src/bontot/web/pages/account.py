"""Logging in and out, choosing where to work, and one's own password."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from redis import Redis
from werkzeug.wrappers import Response

from bontot.access import ROLE_WORDS, Permission, Scope
from bontot.clock import today
from bontot.db.tenancy import PLATFORM, scope
from bontot.errors import InvalidInput, LoginRefused, NotFound, TooManyAttempts
from bontot.services import accounts, throttle
from bontot.services.audit import note
from bontot.web.database import db
from bontot.web.request import SECRET_COOKIE, forget_cookie, present, settings
from bontot.web.routing import page

account = Blueprint("account", __name__)
_PATH = re.compile(r"/(?![/\\])[^\s\x00-\x1f\x7f]*")
"""An address of this site: what a browser would read as another host (`//…`, `/\\…`, `/<tab>/…`) is none."""


@page(
    account,
    "/dang-nhap",
    permission=Permission.LOG_IN,
    scope=Scope.PUBLIC,
    methods=("GET", "POST"),
    fields=("login", "password", "den"),
)
def log_in() -> str | tuple[str, int] | Response:
    """The log-in form, and what it sends."""
    onward = _inside(request.values.get("den", ""))
    if request.method == "GET":
        return render_template("account/log_in.html", onward=onward, login="", problem="")
    login, password = request.form.get("login", ""), request.form.get("password", "")
    if not login.strip() or not password:
        problem = "Nhập cả tên đăng nhập và mật khẩu."
        return render_template("account/log_in.html", onward=onward, login=login, problem=problem), 422
    redis = Redis.from_url(settings().redis_url, socket_timeout=5)
    try:
        throttle.count_attempt(redis, login)
        entered = _enter(login, password, onward)
        throttle.forgive(redis, login)
        return entered
    except (LoginRefused, TooManyAttempts) as error:
        page_text = render_template("account/log_in.html", onward=onward, login=login, problem=str(error))
        return page_text, error.status
    finally:
        redis.close()


def _enter(login: str, password: str, onward: str) -> Response:
    with scope(db.engine, PLATFORM) as session:
        found = accounts.check_password(session, login, password)
        account_id, is_operator = found.id, found.is_operator
    choices = _choices(account_id)
    only = choices[0] if len(choices) == 1 and not is_operator else None
    target = onward if only else url_for("account.choose")
    if is_operator and not choices:
        target = url_for("operator.show")
    return _start(account_id, only, target)


@page(account, "/dang-xuat", permission=Permission.USE_ACCOUNT, scope=Scope.PUBLIC, methods=("POST",))
def log_out() -> Response:
    """Ends the session."""
    secret = request.cookies.get(SECRET_COOKIE)
    if secret:
        with scope(db.engine, PLATFORM) as session:
            accounts.close_session(session, secret)
    forget_cookie()
    response = redirect(url_for("account.log_in"))
    response.delete_cookie(SECRET_COOKIE)
    return response


@page(
    account,
    "/noi-lam-viec",
    permission=Permission.USE_ACCOUNT,
    scope=Scope.ACCOUNT,
    methods=("GET", "POST"),
    fields=("tenant", "grant"),
)
def choose() -> str | Response:
    """The committees and roles of this account; choosing one renews the session."""
    visit = present()
    choices = _choices(visit.account_id)
    if request.method == "GET":
        return render_template("account/choose.html", choices=choices, role_words=ROLE_WORDS, visit=visit)
    wanted = (request.form.get("tenant", ""), request.form.get("grant", ""))
    for choice in choices:
        if (choice.tenant_code, str(choice.grant_id)) == wanted:
            return _start(visit.account_id, choice, url_for("home.show"))
    raise NotFound


@page(
    account,
    "/mat-khau",
    permission=Permission.USE_ACCOUNT,
    scope=Scope.ACCOUNT,
    methods=("GET", "POST"),
    fields=("old", "password"),
)
def change_password() -> str | tuple[str, int] | Response:
    """One's own password: the old one and a new one. What guesses the old one is slowed down as at the log-in."""
    visit = present()
    if request.method == "GET":
        return _password_form({})
    redis = Redis.from_url(settings().redis_url, socket_timeout=5)
    try:
        throttle.count_attempt(redis, visit.login)
        with scope(db.engine, visit.tenant_id or PLATFORM) as session:
            changed = accounts.change_password(
                session,
                visit.account_id,
                request.form.get("old", ""),
                request.form.get("password", ""),
                keep=request.cookies[SECRET_COOKIE],
            )
            if changed and visit.tenant_id:
                note(session, "change_password", "account", None, visit.account_id)
        throttle.forgive(redis, visit.login)
    except InvalidInput as refused:
        if "old" not in refused.errors:
            throttle.forgive(redis, visit.login)
        return _password_form(refused.errors), refused.status
    except TooManyAttempts as refused:
        return _password_form({"": str(refused)}), refused.status
    finally:
        redis.close()
    flash("Đã đổi mật khẩu. Những nơi khác đang đăng nhập bằng tài khoản này đã bị đăng xuất.", "good")
    return redirect(url_for("home.show" if visit.tenant_id else "account.choose"))


def _password_form(errors: Mapping[str, str]) -> str:
    return render_template(
        "account/password.html",
        errors=errors,
        login=present().login,
        shortest=accounts.SHORTEST_PASSWORD,
    )


def _choices(account_id: int) -> list[accounts.Choice]:
    """Every role in force today in every committee of the account, each read in that committee's own scope."""
    with scope(db.engine, PLATFORM) as session:
        tenants = accounts.tenants_of(session, account_id)
    found: list[accounts.Choice] = []
    for tenant_id, code, name in tenants:
        with scope(db.engine, tenant_id) as session:
            for grant_id, role, _, _, place in accounts.grants_of(session, account_id, today(session)):
                found.append(accounts.Choice(tenant_id, code, name, grant_id, role, place))
    return found


def _end_present() -> None:
    secret = request.cookies.get(SECRET_COOKIE)
    if secret:
        with scope(db.engine, PLATFORM) as session:
            accounts.close_session(session, secret)


def _start(account_id: int, choice: accounts.Choice | None, target: str) -> Response:
    """Opens a session in place of the one this browser had."""
    _end_present()
    with scope(db.engine, PLATFORM) as session:
        secret = accounts.open_session(
            session,
            account_id,
            tenant_id=choice.tenant_id if choice else None,
            grant_id=choice.grant_id if choice else None,
        )
    forget_cookie()
    response = redirect(target)
    secure = request.is_secure or current_app.config["SESSION_COOKIE_SECURE"]  # a proxy may end TLS
    response.set_cookie(
        SECRET_COOKIE, secret, httponly=True, samesite="Lax", secure=secure, max_age=24 * 3600
    )
    return response


def _inside(target: str) -> str:
    """`target` if it stays on this site, else the home page."""
    safe = _PATH.fullmatch(target) is not None
    return target if safe else url_for("home.show")
