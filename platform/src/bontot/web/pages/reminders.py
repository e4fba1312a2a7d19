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
from bontot.services.letters import LetterLine
from bontot.services.reminded import Outcome, ReminderLine
from bontot.services.reminders import OVERDUE, Setting
from bontot.web.database import session
from bontot.web.filters import month
from bontot.web.forms import answered, new_key, sent_version
from bontot.web.query import asked_lines, asked_page, asked_sheet
from bontot.web.request import actor, afterwards, registry, settings, this_day, wake_worker
from bontot.web.routing import page
from bontot.web.schedule_form import BEFORE_YOU
from bontot.web.sheets import Column, sheet
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
COLUMNS = (
    Column[ReminderLine]("Ngày nhắc", lambda line: line.day),
    Column[ReminderLine]("Chi bộ", lambda line: line.cell),
    Column[ReminderLine]("Sinh hoạt tháng", lambda line: month(line.month)),
    Column[ReminderLine](
        "Nhắc về", lambda line: "Hạn cuối đã qua" if line.kind == OVERDUE else "Ngày sinh hoạt"
    ),
    Column[ReminderLine]("Ngày được nhắc đến", lambda line: line.about),
    Column[ReminderLine]("Nay", lambda line: OUTCOMES[line.outcome].words),
    Column[ReminderLine]("Ngày họp, ngày mới", lambda line: line.now),
    Column[ReminderLine]("Thư", lambda line: STATES[line.letter].words if line.letter else None),
)
LETTER_COLUMNS = (
    Column[LetterLine]("Ngày", lambda line: line.day),
    Column[LetterLine]("Người nhận", lambda line: line.name),
    Column[LetterLine]("Địa chỉ", lambda line: letters.masked(line.address)),
    Column[LetterLine]("Tình trạng", lambda line: STATES[line.state].words),
    Column[LetterLine]("Vì sao", lambda line: line.problem),
    Column[LetterLine]("Số lần thử", lambda line: line.attempts),
    Column[LetterLine]("Lúc", lambda line: line.ended_at),
)


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
    if request.method == "GET" and asked_sheet():
        mine = reminded.reminders_of(session(), registry(), actor().account_id, this_day(), asked_lines())
        return sheet("nhac-viec", f"Đã nhắc {actor().name}", COLUMNS, mine.lines)
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
    if request.method == "GET" and asked_sheet():
        found = letters.letters(session(), actor(), asked_lines())
        return sheet("thu-nhac", "Thư nhắc lịch sinh hoạt đã gửi", LETTER_COLUMNS, found.lines)
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
