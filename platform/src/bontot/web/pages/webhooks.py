"""Addresses of other programs that are told what happened: registering one, what it was told, and what to do about it."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import ROLE_WORDS, Permission, Role, Scope
from bontot.errors import noting, refuse_noted
from bontot.services import tokens
from bontot.services.webhooks import addresses
from bontot.services.webhooks.addresses import DeliveryLine, WebhookLine
from bontot.services.webhooks.kinds import KINDS, TEST, TRY
from bontot.web.database import session
from bontot.web.forms import Answer, answered, new_key, once
from bontot.web.places import chosen, offered
from bontot.web.query import asked_lines, asked_page, asked_sheet
from bontot.web.request import actor, settings, this_day
from bontot.web.routing import page
from bontot.web.sheets import Column, sheet
from bontot.web.words import Mark

webhook = Blueprint("webhook", __name__)
FIELDS = ("name", "url", "role", "organisation", "kinds")
ROLES = [(role.value, ROLE_WORDS[role]) for role in tokens.ROLES]
STATES = {
    "waiting": Mark("none", "Đang chờ gửi"),
    "sent": Mark("good", "Đã nhận"),
    "dead": Mark("bad", "Không nhận"),
}
WAITS_AGAIN = Mark("warn", "Chưa nhận, sẽ gửi lại")
COLUMNS = (
    Column[WebhookLine]("Phần mềm", lambda line: line.name),
    Column[WebhookLine]("Máy nhận", lambda line: urlsplit(line.url).hostname),
    Column[WebhookLine]("Vai trò", lambda line: ROLE_WORDS[line.role]),
    Column[WebhookLine]("Phạm vi", lambda line: line.place or "Toàn đảng bộ"),
    Column[WebhookLine]("Báo khi", lambda line: tuple(_words(kind) for kind in line.kinds)),
    Column[WebhookLine]("Nay", lambda line: how(line).words),
    Column[WebhookLine]("Nhận tin lần cuối", lambda line: line.sent_at),
    Column[WebhookLine]("Không nhận được từ", lambda line: line.failing_since),
    Column[WebhookLine]("Tạm dừng từ", lambda line: line.paused_at),
    Column[WebhookLine]("Tin đang chờ", lambda line: line.waiting),
    Column[WebhookLine]("Người đăng ký", lambda line: line.maker),
    Column[WebhookLine]("Đăng ký lúc", lambda line: line.made_at),
)
"""Of the address the host alone: what follows it may be a key."""
DELIVERY_COLUMNS = (
    Column[DeliveryLine]("Việc gì", lambda one: _words(one.kind)),
    Column[DeliveryLine]("Tên tin", lambda one: one.kind),
    Column[DeliveryLine]("Xảy ra lúc", lambda one: one.made_at),
    Column[DeliveryLine]("Nay", lambda one: _state(one).words),
    Column[DeliveryLine]("Vì sao", lambda one: one.problem),
    Column[DeliveryLine]("Số lần gửi", lambda one: one.attempts),
    Column[DeliveryLine]("Gửi lần cuối", lambda one: one.tried_at),
    Column[DeliveryLine]("Trả lời (mã HTTP)", lambda one: one.answer),
)


@page(
    webhook,
    "/ket-noi/dia-chi",
    permission=Permission.MANAGE_ACCOUNTS,
    scope=Scope.TENANT,
    methods=("GET", "POST"),
    fields=FIELDS,
)
def index() -> Answer:
    """The committee's addresses, and a form for another; its secret is shown once, on the answer to the form."""
    if request.method == "GET" and asked_sheet():
        lines = addresses.webhooks_of(session(), this_day())
        return sheet("dia-chi-nhan-tin", "Địa chỉ nhận tin", COLUMNS, lines)
    if request.method == "GET":
        return _list({}, 200)
    made: list[tuple[UUID, str]] = []
    answer = answered(lambda: _register(made), _list)
    return _one(*made[0]) if made else answer


@page(webhook, "/ket-noi/dia-chi/<uuid:webhook>", permission=Permission.MANAGE_ACCOUNTS, scope=Scope.TENANT)
def show(webhook: UUID) -> Answer:
    """One address: how it is, what to do about it, and every message of the last month."""
    if asked_sheet():
        line = addresses.webhook_of(session(), actor(), webhook)
        found = addresses.deliveries_of(session(), actor(), webhook, asked_lines())
        return sheet("tin-da-gui", f"Tin đã gửi: {line.name}", DELIVERY_COLUMNS, found.lines)
    return _one(webhook)


@page(
    webhook,
    "/ket-noi/dia-chi/<uuid:webhook>/gui-thu",
    permission=Permission.MANAGE_ACCOUNTS,
    scope=Scope.TENANT,
    methods=("POST",),
)
def send_test(webhook: UUID) -> Answer:
    """Has a message sent that is of nothing."""

    def act() -> str:
        addresses.send_test(session(), actor(), webhook)
        flash("Tin thử đang được gửi; vài giây nữa tải lại trang để xem máy nhận trả lời gì.", "good")
        return url_for("webhook.show", webhook=webhook)

    return answered(act, lambda errors, status: _one(webhook, errors=errors, status=status))


@page(
    webhook,
    "/ket-noi/dia-chi/<uuid:webhook>/gui-lai",
    permission=Permission.MANAGE_ACCOUNTS,
    scope=Scope.TENANT,
    methods=("POST",),
)
def resume(webhook: UUID) -> Response:
    """Begins to send again at once."""

    def act() -> str:
        name = addresses.resume(session(), actor(), webhook)
        flash(f"Đang gửi lại cho “{name}”, các tin chờ được gửi trước.", "good")
        return url_for("webhook.show", webhook=webhook)

    return redirect(once(session(), act))


@page(
    webhook,
    "/ket-noi/dia-chi/<uuid:webhook>/doi-khoa",
    permission=Permission.MANAGE_ACCOUNTS,
    scope=Scope.TENANT,
    methods=("POST",),
)
def change_key(webhook: UUID) -> Answer:
    """Gives an address another key; its secret is shown once."""
    made: list[str] = []

    def act() -> str:
        made.append(addresses.change_key(session(), actor(), settings().secret_key, webhook))
        return url_for("webhook.show", webhook=webhook)

    where = once(session(), act)
    return _one(webhook, made[0]) if made else redirect(where)


@page(
    webhook,
    "/ket-noi/dia-chi/<uuid:webhook>/thoi",
    permission=Permission.MANAGE_ACCOUNTS,
    scope=Scope.TENANT,
    methods=("POST",),
)
def end(webhook: UUID) -> Response:
    """Ends an address; nothing is sent to it any more."""
    name = addresses.end(session(), actor(), webhook)
    flash(f"Đã thôi gửi tin cho “{name}”.", "good")
    return redirect(url_for("webhook.index"))


@page(
    webhook,
    "/ket-noi/dia-chi/tin/<uuid:delivery>/gui-lai",
    permission=Permission.MANAGE_ACCOUNTS,
    scope=Scope.TENANT,
    methods=("POST",),
)
def send_again(delivery: UUID) -> Response:
    """Sends once more a message that never arrived, under the id it had."""
    found = addresses.send_again(session(), actor(), delivery)
    flash("Tin đang được gửi lại, vẫn mang mã cũ.", "good")
    return redirect(url_for("webhook.show", webhook=found))


def _register(made: list[tuple[UUID, str]]) -> str:
    sent, errors = request.form, dict[str, str]()
    place, role = None, sent.get("role", "")
    with noting(errors):
        place = chosen(sent.get("organisation", ""))
    with noting(errors):
        found = addresses.register(
            session(),
            actor(),
            settings().secret_key,
            name=sent.get("name", ""),
            url=sent.get("url", ""),
            kinds=sent.getlist("kinds"),
            role=Role(role) if role in set(tokens.ROLES) else None,
            organisation_id=place,
        )
        made.append(found)
    if errors:
        made.clear()
    refuse_noted(errors)
    return url_for("webhook.show", webhook=found[0])


def _list(errors: dict[str, str], status: int) -> tuple[str, int]:
    told = render_template(
        "webhook/index.html",
        lines=addresses.webhooks_of(session(), this_day()),
        errors={name: errors[name] for name in ("", *FIELDS) if name in errors},
        typed=request.form if errors else {},
        picked=request.form.getlist("kinds") if errors else [],
        roles=ROLES,
        role_words=ROLE_WORDS,
        places=offered(),
        kinds=[(name, kind.words) for name, kind in KINDS.items()],
        how=how,
        form_key=new_key(),
        trail=_above(),
    )
    return told, status


def _one(
    public_id: UUID, secret: str = "", *, errors: dict[str, str] | None = None, status: int = 200
) -> tuple[str, int]:
    line = addresses.webhook_of(session(), actor(), public_id)
    told = render_template(
        "webhook/show.html",
        line=line,
        how=how(line),
        found=addresses.deliveries_of(session(), actor(), public_id, asked_page()),
        secret=secret,
        no_key=addresses.NO_KEY,
        errors=errors or {},
        role_words=ROLE_WORDS,
        words=_words,
        state_of=_state,
        turned=lambda number: url_for("webhook.show", webhook=public_id, trang=number),
        form_key=new_key(),
        trail=[*_above(), ("Địa chỉ nhận tin", url_for("webhook.index"))],
    )
    return told, status


def how(line: WebhookLine) -> Mark:
    """How an address is."""
    if line.rests:
        return Mark("bad", "Tạm dừng")
    if line.failing_since is not None:
        return Mark("warn", "Chưa nhận được")
    return Mark("good", "Đang nhận") if line.sent_at else Mark("none", "Chưa có tin nào")


def _words(kind: str) -> str:
    """What a message tells of."""
    return (TRY if kind == TEST else KINDS[kind]).words


def _state(one: DeliveryLine) -> Mark:
    """How a message is."""
    return WAITS_AGAIN if one.state == "waiting" and one.attempts else STATES[one.state]


def _above() -> list[tuple[str, str]]:
    return [("Kết nối phần mềm", url_for("token.index"))]
