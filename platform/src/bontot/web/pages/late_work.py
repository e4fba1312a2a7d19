"""The operator's list of work that failed or is late, of every committee, by kind and age alone."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.jobs import ending, rounds
from bontot.jobs.ending import WorkLine
from bontot.jobs.rounds import RoundLine, RoundSum
from bontot.web.database import db, session
from bontot.web.query import asked_day, asked_lines, asked_sheet
from bontot.web.request import actor, afterwards, this_day, wake_worker
from bontot.web.routing import page
from bontot.web.sheets import Column, several, sheet, tab
from bontot.web.words import JOB_KINDS, Mark

late_work = Blueprint("late_work", __name__)
ROUND_WORKS = {"month": "Đánh giá đầu tháng", "night": "Đánh giá hằng đêm", "morning": "Nhắc lịch buổi sáng"}
ROUND_STATES = {
    "waiting": Mark("none", "Đang chờ"),
    "running": Mark("now", "Đang chạy"),
    "done": Mark("good", "Đã xong"),
    "failed": Mark("bad", "Không xong"),
}
OTHER = "Việc khác"
COLUMNS = (
    Column[WorkLine]("Đảng bộ", lambda line: line.committee),
    Column[WorkLine]("Mã", lambda line: line.code),
    Column[WorkLine]("Việc", lambda line: JOB_KINDS.get(line.kind or "", OTHER)),
    Column[WorkLine]("Tình trạng", lambda line: _state(line).words),
    Column[WorkLine]("Số lần thử", lambda line: line.attempts),
    Column[WorkLine]("Yêu cầu lúc", lambda line: line.created_at),
    Column[WorkLine]("Dừng lúc", lambda line: line.failed_at),
)
SUMS = (
    Column[RoundSum]("Ngày", lambda one: one.day),
    Column[RoundSum]("Việc", lambda one: ROUND_WORKS[one.work]),
    Column[RoundSum]("Đảng bộ", lambda one: one.begun),
    Column[RoundSum]("Không có gì để làm", lambda one: one.nothing),
    Column[RoundSum]("Đã xong", lambda one: one.done),
    Column[RoundSum]("Chưa xong", lambda one: one.open),
    Column[RoundSum]("Lỗi", lambda one: one.failed),
)
ROUNDS = (
    Column[RoundLine]("Đảng bộ", lambda line: line.committee),
    Column[RoundLine]("Việc", lambda line: ROUND_WORKS[line.work]),
    Column[RoundLine]("Tình trạng", lambda line: ROUND_STATES[line.state].words),
    Column[RoundLine]("Bắt đầu lúc", lambda line: line.at),
    Column[RoundLine]("Kết thúc lúc", lambda line: line.ended_at),
)


@page(late_work, "/van-hanh/viec", permission=Permission.OPERATE, scope=Scope.PLATFORM)
def index() -> str | Response:
    """What is not done."""
    found = ending.not_done(session(), asked_lines())
    if asked_sheet():
        return sheet("viec-chua-xong", "Việc chưa xong", COLUMNS, found.lines)
    return render_template(
        "operator/work.html",
        found=found,
        kinds=JOB_KINDS,
        other=OTHER,
        state_of=_state,
        minutes=ending.LATE // 60,
        address=lambda number: url_for("late_work.index", trang=number),
        trail=[("Vận hành", url_for("operator.show"))],
    )


@page(late_work, "/van-hanh/viec/theo-lich", permission=Permission.OPERATE, scope=Scope.PLATFORM)
def rounds_of() -> str | Response:
    """What the mornings, nights and months brought in all committees: how many, and on one day which."""
    summed = rounds.sums(session())
    day = asked_day() if request.args.get("ngay") else next((one.day for one in summed), this_day())
    found = rounds.of_day(session(), day, asked_lines())
    if asked_sheet():
        of_day = tab("Một ngày", f"Việc theo lịch ngày {day:%d/%m/%Y}", ROUNDS, found.lines)
        return several("viec-theo-lich", (tab("Các ngày", "Việc theo lịch", SUMS, summed), of_day))
    return render_template(
        "operator/rounds.html",
        day=day,
        sums=summed,
        found=found,
        works=ROUND_WORKS,
        states=ROUND_STATES,
        address=lambda number: url_for("late_work.rounds_of", ngay=day.isoformat(), trang=number),
        trail=[("Vận hành", url_for("operator.show")), ("Việc chưa xong", url_for("late_work.index"))],
    )


@page(
    late_work,
    "/van-hanh/viec/<int(max=9223372036854775807):number>/lam-lai",
    permission=Permission.OPERATE,
    scope=Scope.PLATFORM,
    methods=("POST",),
)
def again(number: int) -> Response:
    """Begins it anew."""
    afterwards(partial(wake_worker, ending.again(db.engine, number, by=actor().name)))
    flash("Việc đang được làm lại.", "good")
    return redirect(url_for("late_work.index"))


@page(
    late_work,
    "/van-hanh/viec/<int(max=9223372036854775807):number>/thoi",
    permission=Permission.OPERATE,
    scope=Scope.PLATFORM,
    methods=("POST",),
)
def leave(number: int) -> Response:
    """Ends it for good."""
    ending.leave(db.engine, number, by=actor().name)
    flash("Đã thôi việc này; đảng bộ thấy lý do ở trang Việc đang chạy.", "good")
    return redirect(url_for("late_work.index"))


def _state(line: WorkLine) -> Mark:
    """Why it is here."""
    if line.failed_at:
        return Mark("bad", "Dừng vì lỗi")
    return Mark("now", "Đang chạy lâu") if line.held else Mark("warn", "Chờ lâu")
