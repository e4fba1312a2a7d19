"""The operator's list of work that failed or is late, of every committee, by kind and age alone."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.jobs import ending, rounds
from bontot.web.database import db, session
from bontot.web.query import asked_day, asked_page
from bontot.web.request import actor, afterwards, this_day, wake_worker
from bontot.web.routing import page
from bontot.web.words import JOB_KINDS, Mark

late_work = Blueprint("late_work", __name__)
ROUND_WORKS = {"month": "Đánh giá đầu tháng", "night": "Đánh giá hằng đêm", "morning": "Nhắc lịch buổi sáng"}
ROUND_STATES = {
    "waiting": Mark("none", "Đang chờ"),
    "running": Mark("now", "Đang chạy"),
    "done": Mark("good", "Đã xong"),
    "failed": Mark("bad", "Không xong"),
}


@page(late_work, "/van-hanh/viec", permission=Permission.OPERATE, scope=Scope.PLATFORM)
def index() -> str:
    """What is not done."""
    return render_template(
        "operator/work.html",
        found=ending.not_done(session(), asked_page()),
        kinds=JOB_KINDS,
        minutes=ending.LATE // 60,
        address=lambda number: url_for("late_work.index", trang=number),
        trail=[("Vận hành", url_for("operator.show"))],
    )


@page(late_work, "/van-hanh/viec/theo-lich", permission=Permission.OPERATE, scope=Scope.PLATFORM)
def rounds_of() -> str:
    """What the mornings, nights and months brought in all committees: how many, and on one day which."""
    summed = rounds.sums(session())
    day = asked_day() if request.args.get("ngay") else next((one.day for one in summed), this_day())
    return render_template(
        "operator/rounds.html",
        day=day,
        sums=summed,
        found=rounds.of_day(session(), day, asked_page()),
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
