"""Work in the background, with progress; can be left and found again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, url_for

from bontot.access import Permission, Scope
from bontot.evaluation.runs import run
from bontot.jobs.reading import TRIAL, JobView, job_of, jobs
from bontot.web import trials
from bontot.web.database import session
from bontot.web.forms import new_key
from bontot.web.query import asked_page
from bontot.web.request import actor
from bontot.web.routing import page
from bontot.web.words import Mark

job = Blueprint("job", __name__)
STATES = {
    "waiting": Mark("none", "Đang chờ"),
    "running": Mark("now", "Đang chạy"),
    "done": Mark("good", "Đã xong"),
    "failed": Mark("bad", "Không xong"),
}


@page(job, "/viec", permission=Permission.VIEW_JOB, scope=Scope.TENANT)
def index() -> str:
    """The committee's work in the background, the latest first."""
    found = jobs(session(), actor(), asked_page())
    return render_template(
        "job/index.html",
        found=found,
        title=title,
        states=STATES,
        address=lambda number: url_for("job.index", trang=number),
    )


@page(job, "/viec/<uuid:job>", permission=Permission.VIEW_JOB, scope=Scope.TENANT)
def show(job: UUID) -> str:
    """How far one piece of work is, and what came of it; asked again by the page itself until it has ended."""
    found = job_of(session(), actor(), job)
    return render_template(
        "job/show.html",
        job=found,
        title=title(found),
        state_shown=STATES[found.state],
        results=_results(found),
        may_retry=actor().may(Permission.EVALUATE) and found.kind == "evaluation",
        asked_at=trials.address(found) if found.kind == TRIAL else "",
        form_key=new_key(),
        trail=[("Việc đang chạy", url_for("job.index"))],
    )


def title(found: JobView) -> str:
    """`Đánh giá năm 2023`."""
    if found.kind == TRIAL:
        return trials.title(found.arguments)
    titles = {
        "evaluation": f"Đánh giá năm {found.arguments.get('year', '')}",
        "import": "Nhập dữ liệu",
        "reminders": "Nhắc lịch sinh hoạt",
        "letters": "Gửi thư nhắc",
    }
    return titles[found.kind]


def _results(found: JobView) -> list[tuple[str, str]]:
    """Where to read what came of it, as `(words, address)`."""
    named: dict[str, Any] = (found.result or {}).get("runs", {})
    shown = []
    for public_id in named.values():
        header = run(session(), UUID(public_id))
        shown.append((header.rules.label, url_for("evaluation.show", run=public_id)))
    return shown
