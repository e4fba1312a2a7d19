"""Work in the background, with progress; can be left and found again."""

from __future__ import annotations

import io
from collections.abc import Container
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, request, send_file, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.errors import NotFound
from bontot.jobs import ending
from bontot.jobs.reading import MESSAGES, TRIAL, JobView, job_of, jobs, runs_of
from bontot.jobs.sheets import SheetAsked, export_of, request_sheet
from bontot.services import job_files
from bontot.web.database import session
from bontot.web.forms import Answer, answered, new_key, once
from bontot.web.job_kinds import kind_of
from bontot.web.query import a_public_id, asked_lines, asked_look, asked_sheet, asked_words, asked_year
from bontot.web.request import actor, afterwards, place_by_public_id, reach, wake_worker
from bontot.web.routing import page
from bontot.web.sheets import Column, sheet
from bontot.web.words import JOB_KINDS, Mark

job = Blueprint("job", __name__)
STATES = {
    "waiting": Mark("none", "Đang chờ"),
    "running": Mark("now", "Đang chạy"),
    "done": Mark("good", "Đã xong"),
    "failed": Mark("bad", "Không xong"),
    "stopped": Mark("off", "Đã dừng"),
}
COLUMNS = (
    Column[JobView]("Việc", lambda line: title(line)),
    Column[JobView]("Loại việc", lambda line: JOB_KINDS[line.kind]),
    Column[JobView]("Tình trạng", lambda line: _shown(line).words),
    Column[JobView]("Người yêu cầu", lambda line: line.requested_by),
    Column[JobView]("Yêu cầu lúc", lambda line: line.created_at),
    Column[JobView]("Bắt đầu lúc", lambda line: line.started_at),
    Column[JobView]("Kết thúc lúc", lambda line: line.finished_at),
    Column[JobView](
        "Thời gian chạy (giây)",
        lambda line: None if line.took is None else Decimal(f"{line.took.total_seconds():.1f}"),
    ),
)


@page(job, "/viec", permission=Permission.VIEW_JOB, scope=Scope.TENANT)
def index() -> str | Response:
    """The committee's work in the background, the latest first; of one kind or in one state where asked."""
    kind, state = _asked("viec", _kinds()), _asked("tinh-trang", STATES)
    found = jobs(session(), actor(), asked_lines(), kind=kind, state=state)
    if asked_sheet():
        asked = [JOB_KINDS[kind]] if kind else []
        asked += [STATES[state].words] if state else []
        return sheet(
            "viec", ": ".join(filter(None, ("Việc đang chạy", ", ".join(asked)))), COLUMNS, found.lines
        )
    narrowed: dict[str, Any] = {"viec": kind, "tinh-trang": state}
    return render_template(
        "job/index.html",
        found=found,
        runs=runs_of(session(), found.lines),
        files=job_files.names_of(session(), actor(), reach(), [line.public_id for line in found.lines]),
        title=title,
        states=STATES,
        shown=_shown,
        kinds=_kinds(),
        kind=kind,
        state_asked=state,
        address=lambda number: url_for("job.index", trang=number, **narrowed),
    )


def _shown(found: JobView) -> Mark:
    """How far it is, in a word."""
    return STATES["stopped" if found.stopped else found.state]


def _kinds() -> dict[str, str]:
    """The kinds of work the reader may see, in words."""
    unseen = {MESSAGES} if actor().may(Permission.SET_THRESHOLD) else {MESSAGES, TRIAL}
    return {kind: words for kind, words in JOB_KINDS.items() if kind not in unseen}


def _asked(name: str, known: Container[str]) -> str | None:
    """What an address names of some; None for all of them. Raises NotFound for what is none."""
    given = request.args.get(name, "")
    if given and given not in known:
        raise NotFound
    return given or None


@page(job, "/viec/<uuid:job>", permission=Permission.VIEW_JOB, scope=Scope.TENANT)
def show(job: UUID) -> str:
    """How far one piece of work is, and what came of it; asked again by the page itself until it has ended."""
    found = job_of(session(), actor(), job)
    kind = kind_of(found)
    return render_template(
        "job/show.html",
        job=found,
        kind=kind,
        title=kind.title(found),
        state_shown=_shown(found),
        results=kind.results(found) if found.state == "done" else [],
        anew=kind.anew(found),
        file=job_files.waiting(session(), actor(), reach(), job),
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


@page(
    job,
    "/bang-tinh/<name>",
    permission=Permission.VIEW_JOB,
    scope=Scope.TENANT,
    methods=("GET", "POST"),
)
def export(name: str) -> Answer:
    """A workbook too large to wait for: how large, and the button that has it made."""
    found, asked = export_of(name), _sheet_asked(name)
    actor().require(found.permission)

    def ask() -> str:
        work = request_sheet(session(), actor(), asked, reach=reach())
        afterwards(partial(wake_worker, work))
        return url_for("job.show", job=work.public_id)

    def shown(errors: dict[str, str], status: int) -> Answer:
        text = render_template(
            "job/export.html",
            label=found.label,
            rows=found.weigh(session(), asked),
            errors=errors,
            form_key=new_key(),
            trail=[("Việc đang chạy", url_for("job.index"))],
        )
        return text, status

    return shown({}, 200) if request.method == "GET" else answered(ask, shown)


def _sheet_asked(name: str) -> SheetAsked:
    """What the address asks for: `?noi=` a body within reach, else all of the reader's; as of which day, of which year,
    whose names begin with which words."""
    place = a_public_id(request.args.get("noi", ""))
    top = place_by_public_id(session(), place).id if place else actor().organisation_id
    return SheetAsked(
        export=name, top=top, day=asked_look().day.isoformat(), year=asked_year(), words=asked_words()
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
    return kind_of(found).title(found)
