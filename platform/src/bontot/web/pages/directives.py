"""Superiors' documents to be answered: the list for the reader's cells, one document with the cell's answer, and what the
superior does with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.errors import NotAllowed, NotFound, noting, refuse_noted
from bontot.imports.kinds.work import DIRECTIVES
from bontot.imports.lists import DIRECTIVE_COLUMNS
from bontot.services import directives
from bontot.services.audit import Trace
from bontot.services.directives import DirectiveLine, DirectiveView
from bontot.web import trail, words
from bontot.web.database import session
from bontot.web.fields import a_day, box_names, day_boxes, typed_boxes
from bontot.web.forms import answered, new_key, sent_version
from bontot.web.query import asked_lines, asked_sheet
from bontot.web.request import Place, actor, reach, this_day
from bontot.web.routing import page
from bontot.web.sheets import Column, sheet

directive = Blueprint("directive", __name__)
ANSWER, JUDGE = "tra-loi", "xem"
SINCE = "Văn bản này vừa được người khác ghi. Bản đã ghi ở trên; nội dung đồng chí nhập vẫn còn bên dưới."
COLUMNS = (
    *DIRECTIVE_COLUMNS,
    Column[DirectiveLine]("Tình trạng", lambda line: words.directive_mark(line, this_day()).words),
)


@page(directive, "/van-ban-chi-dao", permission=Permission.VIEW_ORGANISATION, scope=Scope.TENANT)
def index() -> str | Response:
    """The documents set to the cells within reach: to be looked at, to be answered, done; of one number, where asked."""
    number = request.args.get("so")
    counts = directives.counts(session(), reach(), number)
    first = next((which for which, count in counts.items() if count), next(iter(counts)))
    which = request.args.get("loai", first)
    if which not in directives.WHICH:
        raise NotFound
    found = directives.listed(session(), reach(), which, this_day(), number, asked_lines())
    if asked_sheet():
        title = f"Văn bản chỉ đạo cần trả lời: {words.DIRECTIVE_LISTS[which].lower()}"
        return sheet("van-ban-chi-dao", title, COLUMNS, found.lines, kind=DIRECTIVES)
    return render_template(
        "directive/index.html",
        which=which,
        number=number,
        found=found,
        links=[
            (
                f"{words.DIRECTIVE_LISTS[key]} ({counts[key]})",
                url_for("directive.index", loai=key, so=number),
                key == which,
            )
            for key in directives.WHICH
        ],
        may_set=actor().may(Permission.SET_TARGET),
        today=this_day(),
        words=words,
    )


@page(
    directive,
    "/chi-bo/<uuid:organisation>/van-ban-chi-dao/<uuid:directive>",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.ORGANISATION,
)
def show(organisation: Place, directive: UUID) -> tuple[str, int]:
    """One document, what the cell answered, and the one thing to do with it next."""
    asked = request.args.get("viec", "")
    if asked not in ("", ANSWER, JUDGE):
        raise NotFound
    return _page(organisation, directives.directive_of(session(), organisation.id, directive), asked)


@page(
    directive,
    "/chi-bo/<uuid:organisation>/van-ban-chi-dao/<uuid:directive>/tra-loi",
    permission=Permission.RECORD_MEETING,
    scope=Scope.ORGANISATION,
    methods=("POST",),
    fields=("version", "result", "document", *box_names("answered_on")),
)
def answer(organisation: Place, directive: UUID) -> tuple[str, int] | Response:
    """Records what the cell answers and sends it to the superior."""
    found = directives.directive_of(session(), organisation.id, directive)
    typed: dict[str, Any] = {
        "result": request.form.get("result", ""),
        "document": request.form.get("document", ""),
        "answered_on": typed_boxes(request.form, "answered_on"),
    }

    def act() -> None:
        errors: dict[str, str] = {}
        day = this_day()
        with noting(errors, "answered_on"):
            day = a_day(typed["answered_on"])
        if not typed["result"].strip():
            errors.setdefault("result", directives.NOTHING_SAID)
        refuse_noted(errors)
        entry = directives.Answer(answered_on=day, result=typed["result"], document=typed["document"])
        directives.answer(session(), actor(), found.id, sent_version(), entry)
        flash("Đã ghi trả lời và gửi cấp trên.", "good")

    return _done(organisation, found, ANSWER, typed, act)


@page(
    directive,
    "/chi-bo/<uuid:organisation>/van-ban-chi-dao/<uuid:directive>/xem",
    permission=Permission.SET_TARGET,
    scope=Scope.ORGANISATION,
    methods=("POST",),
    fields=("version", "act", "remark"),
)
def judge(organisation: Place, directive: UUID) -> tuple[str, int] | Response:
    """The superior takes the answer, or sends it back."""
    found = directives.directive_of(session(), organisation.id, directive)
    if refused := directives.judging_refused(session(), actor(), organisation.id, found.id):
        raise NotAllowed(refused)
    typed = {"act": request.form.get("act", ""), "remark": request.form.get("remark", "")}

    def act() -> None:
        directives.judge(session(), actor(), found.id, sent_version(), typed["act"], typed["remark"])
        said = "Đã nhận trả lời." if typed["act"] == directives.RECEIVED else "Đã trả lại cho chi bộ."
        flash(said, "good")

    return _done(organisation, found, JUDGE, typed, act)


def _done(
    organisation: Place, found: DirectiveView, form: str, typed: dict[str, Any], act: Callable[[], None]
) -> tuple[str, int] | Response:
    """Does `act` once and goes back to the document; what it refuses is shown with the form as it was typed."""

    def acted() -> str:
        act()
        return url_for("directive.show", organisation=organisation.public_id, directive=found.public_id)

    def again(errors: dict[str, str], status: int) -> tuple[str, int]:
        now = directives.directive_of(session(), organisation.id, found.public_id)
        return _page(organisation, now, form, typed, errors, status)

    return answered(acted, again, SINCE)


def _page(
    organisation: Place,
    found: DirectiveView,
    asked: str,
    typed: dict[str, Any] | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> tuple[str, int]:
    open_forms = _open_forms(organisation, found)
    form = asked if asked in open_forms else "" if asked else _next(found, open_forms)
    history = directives.history_of(session(), found.id)
    text = render_template(
        "directive/show.html",
        place=organisation,
        found=found,
        form=form,
        open_forms=open_forms,
        typed=typed if typed and form else _offered(found),
        errors=errors or {},
        history=[(one, _told(one)) for one in history],
        remark=next((one.detail["remark"] for one in history if one.detail.get("remark")), ""),
        above=actor().may(Permission.SET_TARGET),
        form_key=new_key(),
        trail=[
            *trail.above(organisation, this_day(), itself=True),
            ("Văn bản chỉ đạo", url_for("directive.index")),
        ],
        today=this_day(),
        words=words,
    )
    return text, status


def _open_forms(organisation: Place, found: DirectiveView) -> list[str]:
    """What the reader may do with the document."""
    may, forms = actor().may, []
    if (
        found.answered_on
        and may(Permission.SET_TARGET)
        and not directives.judging_refused(session(), actor(), organisation.id, found.id)
    ):
        forms.append(JUDGE)
    if found.answerable and may(Permission.RECORD_MEETING):
        forms.append(ANSWER)
    return forms


def _next(found: DirectiveView, open_forms: list[str]) -> str:
    """The form the reader most likely came for: the superior to look at an answer, the cell to give one."""
    if JUDGE in open_forms:
        return JUDGE if found.submission == directives.SUBMITTED else ""
    waits = ANSWER in open_forms and found.answered_on is None and not actor().may(Permission.SET_TARGET)
    return ANSWER if waits else ""


def _told(trace: Trace) -> str:
    """`Chi bộ trả lời ngày 12/11/2026, văn bản 12-BC/CB: đã làm xong`; `Cấp trên trả lại: cần ghi rõ`."""
    said, detail = words.DIRECTIVE_ACTS[trace.action], trace.detail
    if answered := detail.get("said"):
        said += f" ngày {date.fromisoformat(answered['answered_on']):%d/%m/%Y}"
        if answered["document"]:
            said += f", văn bản {answered['document']}"
    told = answered["result"] if answered else detail.get("remark")
    return f"{said}: {told}" if told else said


def _offered(found: DirectiveView) -> dict[str, Any]:
    return {
        "result": found.result,
        "document": found.document,
        "answered_on": day_boxes(found.answered_on or this_day()),
        "act": "",
        "remark": "",
    }
