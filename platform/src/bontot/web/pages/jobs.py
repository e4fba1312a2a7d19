"""Work in the background, with progress; can be left and found again."""

from __future__ import annotations

import io
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, send_file, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.documents.asking import named_period, period_of
from bontot.documents.batches import batch_of
from bontot.evaluation.runs import run
from bontot.jobs import ending
from bontot.jobs.evaluation import KIND as EVALUATION
from bontot.jobs.papers import KIND as PAPERS
from bontot.jobs.reading import TRIAL, JobView, job_of, jobs
from bontot.services import job_files
from bontot.web import trials
from bontot.web.database import session
from bontot.web.forms import new_key, once
from bontot.web.query import asked_page
from bontot.web.request import actor, afterwards, reach, wake_worker
from bontot.web.routing import page
from bontot.web.words import JOB_KINDS, Mark

job = Blueprint("job", __name__)
COUNTED = {PAPERS: ("Đã lập", "văn bản", "Đang làm")}
"""By kind of work: what was done to how many of what, and what is being done."""
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
        asks_anew=found.kind == EVALUATION,
        asked_at=trials.address(found) if found.kind == TRIAL else "",
        file=job_files.waiting(session(), actor(), reach(), job),
        counted=COUNTED.get(found.kind, ("Đã xét", "tiêu chí", "Đang tính")),
        form_key=new_key(),
        trail=[("Việc đang chạy", url_for("job.index"))],
    )


@page(job, "/viec/<uuid:job>/tep", permission=Permission.VIEW_JOB, scope=Scope.TENANT)
def file(job: UUID) -> Response:
    """The file it left, for who asked for it."""
    job_of(session(), actor(), job)
    found = job_files.fetch(session(), actor(), reach(), job)
    return send_file(
        io.BytesIO(found.content), mimetype=found.media, as_attachment=True, download_name=found.name
    )


@page(job, "/viec/<uuid:job>/dung", permission=Permission.VIEW_JOB, scope=Scope.TENANT, methods=("POST",))
def stop(job: UUID) -> Response:
    """Ends it before it has ended."""

    def act() -> str:
        ending.stop(session(), actor(), job)
        flash("Đã dừng việc này.", "good")
        return url_for("job.show", job=job)

    return redirect(once(session(), act))


@page(job, "/viec/<uuid:job>/lam-lai", permission=Permission.VIEW_JOB, scope=Scope.TENANT, methods=("POST",))
def repeat(job: UUID) -> Response:
    """Begins anew what failed."""

    def act() -> str:
        afterwards(partial(wake_worker, ending.repeat(session(), actor(), job)))
        return url_for("job.show", job=job)

    return redirect(once(session(), act))


def title(found: JobView) -> str:
    """`Đánh giá năm 2023`."""
    if found.kind == TRIAL:
        return trials.title(found.arguments)
    if found.kind == PAPERS:
        return _papers_title(found.arguments)
    year = f" năm {found.arguments['year']}" if found.kind == EVALUATION else ""
    return f"{JOB_KINDS[found.kind]}{year}"


def _papers_title(asked: dict[str, Any]) -> str:
    """`In biên bản sinh hoạt tháng 3 năm 2026, Đảng bộ phường Bưởi`."""
    label = batch_of(asked["batch"]).label
    when = f" {named_period(period_of(asked['of']))}" if asked["of"] else ""
    return f"In {label[:1].lower()}{label[1:]}{when}, {asked['place_name']}"


def _results(found: JobView) -> list[tuple[str, str]]:
    """Where to read what came of it, as `(words, address)`."""
    named: dict[str, Any] = (found.result or {}).get("runs", {})
    shown = []
    for public_id in named.values():
        header = run(session(), UUID(public_id))
        shown.append((header.rules.label, url_for("evaluation.show", run=public_id)))
    return shown
