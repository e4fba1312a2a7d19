"""Reminders: one's own, the address they go to, when the committee reminds, and what was sent."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.errors import InvalidInput
from bontot.jobs.letters import KIND
from bontot.jobs.outbox import enqueue
from bontot.services import letters, reminded, reminders
from bontot.services.reminded import Outcome
from bontot.services.reminders import Setting
from bontot.web.database import session
from bontot.web.forms import answered, new_key, sent_version
from bontot.web.query import asked_page
from bontot.web.request import actor, afterwards, registry, settings, this_day, wake_worker
from bontot.web.routing import page
from bontot.web.schedule_form import BEFORE_YOU
from bontot.web.words import Mark

reminder = Blueprint("reminder", __name__)
STATES = {
    "waiting": Mark("none", "Đang chờ gửi"),
    "sending": Mark("now", "Đang gửi"),
    "sent": Mark("good", "Đã gửi"),
    "failed": Mark("bad", "Không gửi được"),
    "unknown": Mark("warn", "Không rõ đã đi hay chưa"),
}
OUTCOMES = {
    Outcome.WAITING: Mark("now", "Chờ họp"),
    Outcome.OVERDUE: Mark("bad", "Chưa ghi nhận, quá hạn"),
    Outcome.HELD: Mark("good", "Đã họp"),
    Outcome.MOVED: Mark("none", "Đã đổi ngày"),
    Outcome.NOT_ASKED: Mark("none", "Không phải họp"),
    Outcome.UNKNOWN: Mark("none", "Chưa tính được"),
}


@page(
    reminder,
    "/nhac-viec",
    permission=Permission.VIEW_HOME,
    scope=Scope.TENANT,
    methods=("GET", "POST"),
    fields=("email",),
)
def index() -> tuple[str, int] | Response:
    """One's own reminders, and the address they go to."""
    if request.method == "GET":
        return _mine(letters.address_of(session(), actor().account_id))

    def act() -> str:
        address = letters.change_address(session(), actor(), request.form.get("email", ""))
        flash("Đã ghi địa chỉ thư." if address else "Đã bỏ địa chỉ thư; chỉ còn nhắc trên trang.", "good")
        return url_for("reminder.index")

    return answered(act, partial(_mine, request.form.get("email", "")))


@page(
    reminder,
    "/nhac-viec/thiet-dat",
    permission=Permission.MANAGE_REMINDERS,
    scope=Scope.TENANT,
    methods=("GET", "POST"),
    fields=("version", "days_before", "on_day", "overdue", "by_mail"),
)
def change() -> tuple[str, int] | Response:
    """When the committee reminds, and the letters sent."""
    if request.method == "GET":
        return _setting(_values(reminders.setting(session())))
    values = {name: request.form.get(name, "") for name in ("days_before", "on_day", "overdue", "by_mail")}

    def act() -> str:
        reminders.change_setting(session(), actor(), _read(values))
        flash("Đã ghi cách nhắc lịch sinh hoạt của đảng bộ.", "good")
        return url_for("reminder.change")

    return answered(act, partial(_setting, values), BEFORE_YOU)


@page(
    reminder,
    "/nhac-viec/thu/<uuid:letter>/gui-lai",
    permission=Permission.MANAGE_REMINDERS,
    scope=Scope.TENANT,
    methods=("POST",),
)
def again(letter: UUID) -> Response:
    """Sends once more a letter that did not go."""
    letters.send_again(session(), actor(), letter)
    work = enqueue(session(), KIND, {"day": this_day().isoformat()}, actor().name)
    afterwards(lambda: wake_worker(work))
    flash("Thư đang được gửi lại.", "good")
    return redirect(url_for("reminder.change"))


def _mine(address: str, errors: dict[str, str] | None = None, status: int = 200) -> tuple[str, int]:
    told = render_template(
        "reminder/index.html",
        address=address,
        errors=errors or {},
        found=reminded.reminders_of(session(), registry(), actor().account_id, this_day(), asked_page()),
        outcomes=OUTCOMES,
        states=STATES,
        by_mail=settings().mail is not None and reminders.setting(session()).by_mail,
        may_manage=actor().may(Permission.MANAGE_REMINDERS),
        may_open=actor().may(Permission.VIEW_ORGANISATION),
        turned=lambda number: url_for("reminder.index", trang=number),
        form_key=new_key(),
    )
    return told, status


def _setting(
    values: dict[str, str], errors: dict[str, str] | None = None, status: int = 200
) -> tuple[str, int]:
    told = render_template(
        "reminder/setting.html",
        values=values,
        errors=errors or {},
        version=reminders.setting(session()).version,
        found=letters.letters(session(), actor(), asked_page()),
        masked=letters.masked,
        states=STATES,
        has_server=settings().mail is not None,
        most=reminders.MOST_DAYS,
        turned=lambda number: url_for("reminder.change", trang=number),
        form_key=new_key(),
        trail=[("Nhắc việc", url_for("reminder.index"))],
    )
    return told, status


def _values(held: Setting) -> dict[str, str]:
    flags = {name: "co" if getattr(held, name) else "" for name in ("on_day", "overdue", "by_mail")}
    return {"days_before": str(held.days_before or ""), **flags}


def _read(values: dict[str, str]) -> Setting:
    """What the form means. Raises InvalidInput."""
    given = values["days_before"].strip()
    if given and not (given.isascii() and given.isdigit() and len(given) < 4):
        raise InvalidInput("Ghi số ngày bằng số, hoặc để trống nếu không nhắc trước.", "days_before")
    return Setting(
        int(given) if given else None,
        values["on_day"] == "co",
        values["overdue"] == "co",
        values["by_mail"] == "co",
        sent_version(),
    )
