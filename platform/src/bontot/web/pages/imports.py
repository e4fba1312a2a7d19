"""Taking workbooks in: choosing a file, seeing what was understood and what is wrong, one confirmation, a receipt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bontot.access import Permission, Scope
from bontot.db.models import ImportBatch
from bontot.errors import InvalidInput
from bontot.imports import batch as batches
from bontot.imports import naming, template
from bontot.imports.kinds.roll_calls import ROLL_CALLS
from bontot.imports.marks import MEANINGS
from bontot.imports.outgoing import outgoing, weigh
from bontot.imports.problems import ERROR, gathered
from bontot.imports.sheets import BY_KEY, SHEETS, kind_of
from bontot.imports.telling import FIRST_ROWS
from bontot.jobs import importing, sheets
from bontot.jobs.outbox import Enqueued
from bontot.policy.words import figure
from bontot.services.audit import note
from bontot.services.evaluations import recorded_years
from bontot.services.paging import SIZE, Page
from bontot.services.tenants import name_of as committee_name
from bontot.web.database import session
from bontot.web.forms import answered, new_key, once
from bontot.web.import_sheet import file_sheet, files_sheet
from bontot.web.query import asked_page, asked_sheet, asked_year
from bontot.web.request import actor, afterwards, registry, this_day, wake_worker
from bontot.web.routing import page
from bontot.web.sheets import as_file, taken_by
from bontot.web.trail import Step
from bontot.web.words import MEETING_KINDS, Mark

imports = Blueprint("imports", __name__)
STATES = {
    "checking": Mark("none", "Chưa kiểm tra"),
    "previewed": Mark("now", "Chờ xác nhận"),
    "applied": Mark("good", "Đã nhập"),
    "discarded": Mark("off", "Đã bỏ"),
    "undone": Mark("off", "Đã hoàn tác"),
}
LEFT_OUT = "-"
WHENCE = {
    "legend": "theo chú thích của bảng",
    "words": "theo chữ trong ô",
    "own": "đã ghi nhớ",
    "": "chưa rõ",
}
MOST_MEETINGS = 200
"""Meetings of attendance tables told one by one."""
UNMENDED = Mark("bad", "Có lỗi, chưa nhập")


@page(
    imports,
    "/nhap-du-lieu",
    permission=Permission.IMPORT,
    scope=Scope.TENANT,
    methods=("GET", "POST"),
    fields=("no_secrets", "file"),
)
def index() -> tuple[str, int] | AnyResponse:
    """The form for a workbook, what it may hold, and the workbooks sent before."""
    if request.method == "GET" and asked_sheet():
        return files_sheet(state_of)
    if request.method == "GET":
        return _form({})
    errors = _missing()
    if errors:
        return _form(errors)
    return answered(_preview, lambda said, _: _form({"file": " ".join(said.values())}))


@page(imports, "/nhap-du-lieu/<uuid:batch>", permission=Permission.IMPORT, scope=Scope.TENANT)
def show(batch: UUID) -> str | AnyResponse:
    """What was understood of a workbook and what is wrong with it; once taken in, the receipt."""
    found = batches.find(session(), batch)
    return file_sheet(found) if asked_sheet() else _shown(found)


@page(
    imports,
    "/nhap-du-lieu/<uuid:batch>/nhap",
    permission=Permission.IMPORT,
    scope=Scope.TENANT,
    methods=("POST",),
)
def apply(batch: UUID) -> tuple[str, int] | AnyResponse:
    """Takes a workbook in, whole."""
    found = batches.find(session(), batch)

    def act() -> str:
        if importing.many(found):
            return _in_background(importing.request_apply(session(), actor(), found))
        batches.apply(
            session(), found.id, by=actor().name, registry=registry(), account_id=actor().account_id
        )
        return url_for("imports.show", batch=batch)

    return answered(act, partial(_refused, batch))


@page(
    imports,
    "/nhap-du-lieu/<uuid:batch>/bo",
    permission=Permission.IMPORT,
    scope=Scope.TENANT,
    methods=("POST",),
)
def discard(batch: UUID) -> AnyResponse:
    """Sets a workbook aside; nothing of it was written."""
    found = batches.find(session(), batch)

    def act() -> str:
        batches.discard(session(), found.id, account_id=actor().account_id)
        flash(f"Đã bỏ tệp {found.filename}; không có gì được nhập từ tệp này.", "good")
        return url_for("imports.index")

    return redirect(once(session(), act))


@page(
    imports,
    "/nhap-du-lieu/<uuid:batch>/ten-goi",
    permission=Permission.IMPORT,
    scope=Scope.TENANT,
    methods=("POST",),
    fields=("what", "means"),
)
def name(batch: UUID) -> tuple[str, int] | AnyResponse:
    """Says what sheets and columns of the workbook stand for, remembers it, and checks the workbook again."""
    found = batches.find(session(), batch)

    def act() -> str:
        asked = {what: {LEFT_OUT, *dict(choices)} for what, *_, choices in _to_name(found)}
        asked |= {mark.what: set(MEANINGS) for mark in _marks(found) if mark.asked}
        for what, means in zip(request.form.getlist("what"), request.form.getlist("means"), strict=False):
            kind, _, written = what.partition("|")
            if means:
                if means not in asked.get(what, ()):
                    raise InvalidInput(naming.UNKNOWN)
                stands_for = "" if means == LEFT_OUT else means
                by, account = actor().name, actor().account_id
                naming.remember(session(), kind, written, stands_for, by=by, account_id=account)
        if importing.many(found):
            return _in_background(importing.request_check(session(), actor(), found))
        batches.recheck(session(), found.id, registry())
        flash("Đã ghi nhớ và kiểm tra lại tệp.", "good")
        return url_for("imports.show", batch=batch)

    return answered(act, partial(_refused, batch))


@page(
    imports,
    "/nhap-du-lieu/ten-goi/bo",
    permission=Permission.IMPORT,
    scope=Scope.TENANT,
    methods=("POST",),
    fields=("what",),
)
def forget() -> tuple[str, int] | AnyResponse:
    """Takes back the meaning of a name."""
    kind, _, said = request.form.get("what", "").partition("|")
    try:
        naming.forget(session(), kind, said, account_id=actor().account_id)
    except InvalidInput as refusal:
        return _form({}, str(refusal))[0], refusal.status
    flash("Đã bỏ ghi nhớ; tệp sau có tên gọi này sẽ được hỏi lại.", "good")
    return redirect(url_for("imports.index") + "#ghi-nho")


@page(
    imports,
    "/nhap-du-lieu/<uuid:batch>/hoan-tac",
    permission=Permission.IMPORT,
    scope=Scope.TENANT,
    methods=("GET", "POST"),
    fields=("reason",),
)
def undo(batch: UUID) -> tuple[str, int] | AnyResponse:
    """Takes back the workbook that was taken in last, after saying what that means."""
    found = batches.find(session(), batch)
    if request.method == "GET":
        return _undoing(found, {})
    reason = request.form.get("reason", "")

    def act() -> str:
        undone = batches.undo(
            session(), found.id, by=actor().name, reason=reason, account_id=actor().account_id
        )
        flash(f"Đã hoàn tác tệp {found.filename}: {figure(sum(undone.values()))} bản ghi.", "good")
        return url_for("imports.show", batch=batch)

    return answered(act, lambda errors, status: _undoing(batches.find(session(), batch), errors, status))


@page(imports, "/nhap-du-lieu/tep-mau/<name>.xlsx", permission=Permission.IMPORT, scope=Scope.TENANT)
def sample(name: str) -> Response:
    """An empty workbook to begin from."""
    return as_file(template.blank(name), f"tep-mau-{name}")


@page(imports, "/nhap-du-lieu/ho-so/<name>.xlsx", permission=Permission.IMPORT, scope=Scope.TENANT)
def records(name: str) -> AnyResponse:
    """The committee's records in the same form, to be worked on and sent back."""
    year = asked_year()
    if weigh(session(), name, year) > sheets.BOUND:
        return redirect(url_for("job.export", name=f"ho-so-{name}", nam=year))
    book = outgoing(session(), name, year, committee_name(session()))
    rows = sum(map(len, book.rows.values()))
    note(session(), "export_records", "tenant", None, actor().account_id, list=name, year=year, rows=rows)
    said = taken_by()
    return as_file(book.content(footer=said), f"ho-so-{name}-{year}")


@page(
    imports,
    "/nhap-du-lieu/<uuid:batch>/kiem-tra",
    permission=Permission.IMPORT,
    scope=Scope.TENANT,
    methods=("POST",),
)
def examine(batch: UUID) -> tuple[str, int] | AnyResponse:
    """Has a workbook checked whose checking was stopped."""
    found = batches.find(session(), batch)

    def act() -> str:
        return _in_background(importing.request_check(session(), actor(), found))

    return answered(act, partial(_refused, batch))


def _refused(batch: UUID, errors: dict[str, str], status: int) -> tuple[str, int]:
    return _shown(batches.find(session(), batch), refusal=" ".join(errors.values())), status


def _missing() -> dict[str, str]:
    """What the form lacks, by field."""
    errors = {}
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        errors["file"] = "Chọn tệp Excel (.xlsx) cần nhập."
    if not request.form.get("no_secrets"):
        errors["no_secrets"] = "Xác nhận tệp không chứa bí mật nhà nước thì mới gửi được."
    return errors


def _in_background(asked: UUID | Enqueued) -> str:
    """Where work that goes on behind is followed."""
    if isinstance(asked, UUID):
        return url_for("job.show", job=asked)
    afterwards(partial(wake_worker, asked))
    return url_for("job.show", job=asked.public_id)


def _preview() -> str:
    sent = request.files["file"]
    content = sent.stream.read()
    if importing.large(content):
        kept = batches.receive(
            session(), content, sent.filename or "", by=actor().name, account_id=actor().account_id
        )
        return _in_background(importing.request_check(session(), actor(), kept))
    batch = batches.preview(
        session(),
        content,
        sent.filename or "",
        by=actor().name,
        registry=registry(),
        account_id=actor().account_id,
    )
    return url_for("imports.show", batch=batch.public_id)


def _form(errors: dict[str, str], refusal: str = "") -> tuple[str, int]:
    text = render_template(
        "imports/index.html",
        errors=errors,
        refusal=refusal,
        remembered=naming.remembered(session()),
        most_remembered=naming.MOST,
        agreed=bool(request.form.get("no_secrets")),
        earlier=[(batch, state_of(batch)) for batch in batches.recent(session())],
        guide=template.guide(),
        bundles=template.BUNDLES,
        years=_years(),
        most_shown=batches.SHOWN,
        form_key=new_key(),
    )
    return text, 422 if errors else 200


def _years() -> list[int]:
    """The years whose records are offered, the latest first: this one, the one before, and those with meetings."""
    now = this_day().year
    return sorted({now, now - 1, *recorded_years(session())}, reverse=True)


def _undoing(batch: ImportBatch, errors: dict[str, str], status: int = 200) -> tuple[str, int]:
    steps: list[Step] = [
        ("Nhập dữ liệu", url_for("imports.index")),
        (batch.filename, url_for("imports.show", batch=batch.public_id)),
    ]
    text = render_template(
        "imports/undo.html",
        batch=batch,
        refusal=batches.undoable(session(), batch) or errors.get("", ""),
        errors={name: said for name, said in errors.items() if name},
        reason=request.form.get("reason", ""),
        form_key=new_key(),
        trail=steps,
    )
    return text, status


def _to_name(batch: ImportBatch) -> list[tuple[str, str, str, str, list[tuple[str, str]]]]:
    """What the committee may give a meaning: `(what, sheet, header, taken for, choices)`; the header is "" for a whole
    sheet. A sheet that its own name makes what it is may be given another meaning where it cannot be read as that."""
    if batch.state != "previewed":
        return []
    asked = []
    for sheet in batch.counts["sheets"]:
        kind, named = BY_KEY.get(sheet["kind"]), sheet["sheet"]
        if kind is None or (sheet["errors"] and kind is not ROLL_CALLS and kind_of(named) is None):
            choices = [(of.key, of.title) for of in SHEETS if of is not kind]
            asked.append((f"|{named}", named, "", kind.title if kind else "", choices))
        if kind is not None:
            choices = naming.meanings(kind)
            asked += [(f"{kind.key}|{said}", named, said, "", choices) for said in sheet["unknown"]]
    return asked


@dataclass(frozen=True, slots=True)
class MarkLine:
    """A mark of the workbook's attendance tables: in how many cells, what it is taken for, and who said so."""

    what: str
    written: str
    cells: int
    means: str
    whence: str

    @property
    def asked(self) -> bool:
        """Whether its committee may say what it means."""
        return self.whence in ("", "own")


def _marks(batch: ImportBatch) -> list[MarkLine]:
    """Every mark once, those that nobody has explained first."""
    found: dict[str, MarkLine] = {}
    for mark in (mark for sheet in batch.counts["sheets"] for mark in sheet.get("marks", ())):
        written, known = mark["mark"], found.get(mark["mark"])
        line = MarkLine(f"{naming.MARKS}|{written}", written, mark["cells"], mark["means"], mark["whence"])
        if known is not None:
            of_both = line if not line.means else known
            line = replace(of_both, cells=line.cells + known.cells)
        found[written] = line
    return sorted(found.values(), key=lambda line: (bool(line.means), -line.cells, line.written))


def _shown(batch: ImportBatch, refusal: str = "") -> str:
    number = asked_page()
    start, problems = (number - 1) * SIZE, gathered(batch.problems)
    steps: list[Step] = [("Nhập dữ liệu", url_for("imports.index"))]
    return render_template(
        "imports/show.html",
        batch=batch,
        state=state_of(batch),
        refusal=refusal,
        problems=Page(problems[start : start + SIZE], number, len(problems)),
        address=lambda turned: url_for("imports.show", batch=batch.public_id, trang=turned) + "#van-de",
        error=ERROR,
        under_way=importing.unended(session(), batch),
        to_name=_to_name(batch),
        told=[
            sheet for sheet in batch.counts["sheets"] if sheet.get(FIRST_ROWS) and batch.state == "previewed"
        ],
        marks=_marks(batch),
        meanings=MEANINGS,
        whence=WHENCE,
        kinds=MEETING_KINDS,
        most_meetings=MOST_MEETINGS,
        meetings=[
            {**meeting, "day": date.fromisoformat(meeting["day"])}
            for meeting in batch.counts.get("meetings", ())[:MOST_MEETINGS]
        ],
        pass_over=LEFT_OUT,
        undoable=batch.state == "applied" and not batches.undoable(session(), batch),
        form_key=new_key(),
        trail=steps,
    )


def state_of(batch: ImportBatch) -> Mark:
    """How a workbook stands."""
    return UNMENDED if batch.state == "previewed" and batch.counts["errors"] else STATES[batch.state]
