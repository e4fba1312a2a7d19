"""One subject's dossiers of a year: every step with who, when and by what; taking the last back, and revoking a title."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.errors import (
    NotFound,
    PluginUnavailable,
    noting,
    refuse_noted,
)
from bontot.policy.terms import Act, Holder
from bontot.services.audit import note_view
from bontot.services.recognition.decisions import Document
from bontot.services.recognition.dossiers import Dossier, dossier_of
from bontot.services.recognition.titles import StepTerm, Title, title_of, titles_of
from bontot.services.recognition.undoing import Revoking, consider_revocation, held, revoke, take_back
from bontot.web import recognition_words, trail
from bontot.web.database import session
from bontot.web.fields import a_day, day_boxes, typed_boxes
from bontot.web.forms import answered, new_key, sent_again, sent_version
from bontot.web.judgment_links import judging_address
from bontot.web.query import asked_year
from bontot.web.recognition_links import dossier_address, step_address, trail_of
from bontot.web.request import Person, Place, actor, registry, this_day
from bontot.web.routing import page
from bontot.web.words import LEVEL_MARKS

dossier = Blueprint("dossier", __name__)
BEFORE_YOU = "Vừa có người khác ghi hồ sơ này. Xin xem lại rồi bấm lần nữa; nội dung đã nhập vẫn còn."
DOCUMENT = ("number", "issuer", "signer")
DAY = ("day-day", "day-month", "day-year")


@page(
    dossier,
    "/cong-nhan/to-chuc/<uuid:organisation>",
    permission=Permission.VIEW_EVALUATION,
    scope=Scope.ORGANISATION,
)
def of_organisation(organisation: Place) -> str:
    """The dossiers of a cell or base organisation."""
    own = trail.place_address(organisation.public_id, is_cell=organisation.is_cell)
    judging = judging_address(organisation, asked_year())
    return _dossiers(organisation.id, organisation.name, own, judging, of_member=False)


@page(
    dossier,
    "/cong-nhan/dang-vien/<uuid:member>",
    permission=Permission.VIEW_EVALUATION,
    scope=Scope.JUDGED,
)
def of_member(member: Person) -> str:
    """The dossiers of a member."""
    own = url_for("member.show", member=member.public_id)
    return _dossiers(member.id, member.full_name, own, judging_address(member, asked_year()), of_member=True)


def _dossiers(subject: int, name: str, own: str, judging: str, *, of_member: bool) -> str:
    year, problem, found = asked_year(), "", list[Dossier]()
    try:
        titles = [
            one for one in titles_of(session(), registry(), year, this_day()) if one.of_members == of_member
        ]
    except PluginUnavailable as refusal:
        titles, problem = [], str(refusal)
    for title in titles:
        one = dossier_of(session(), actor(), title, subject, this_day())
        if one:
            found.append(one)
    note_view(
        session(),
        "view_dossier",
        "member" if of_member else "organisation",
        subject,
        actor().account_id,
        year=year,
    )
    return render_template(
        "recognition/dossier.html",
        name=name,
        own=own,
        judging=judging,
        dossiers=found,
        problem=problem,
        words=recognition_words,
        levels=LEVEL_MARKS,
        verdict=_verdict_address,
        step_address=_own_step,
        may_open=actor().may(Permission.RECOGNISE),
        year=year,
        today=this_day(),
        trail=[("Công nhận", url_for("recognition.index", nam=year))]
        if actor().may(Permission.RECOGNISE)
        else [],
    )


def _own_step(found: Dossier, term: StepTerm) -> str:
    """Where the step is taken; of what the subject's own place votes, there."""
    voted_here = term.does(Act.BALLOT) and term.step.holder is Holder.SUBJECT
    return step_address(found.title, term, found.line.place if voted_here else None)


def _verdict_address(found: Dossier, run: UUID | None) -> str:
    """The verdict a step rested on; where none is given the one that stands today."""
    of_member, public_id = found.title.of_members, found.line.public_id
    now: dict[str, Any] = {} if run else {"den-nay": 1}
    run = run or found.title.header.public_id
    if of_member:
        return url_for("evaluation.of_member", run=run, member=public_id, **now)
    return url_for("evaluation.of_organisation", run=run, organisation=public_id, **now)


@page(
    dossier,
    "/cong-nhan/<title>/ho-so/<uuid:case>/bo",
    permission=Permission.RECOGNISE,
    scope=Scope.TENANT,
    methods=("GET", "POST"),
    fields=("version", "reason"),
)
def undo(title: str, case: UUID) -> tuple[str, int] | Response:
    """Takes back the last thing written in a dossier, with a reason."""
    asked = title_of(session(), registry(), asked_year(), title, this_day())
    if request.method == "GET":
        return _undoing(asked, case, {})

    def act() -> str:
        line = held(session(), actor(), asked, case).line
        label = take_back(session(), actor(), asked, case, sent_version(), request.form.get("reason", ""))
        flash(f"Đã bỏ “{label}”. Bản đã ghi được giữ trong nhật ký cùng lý do.", "good")
        return dossier_address(asked, line)

    return answered(act, partial(_undoing, asked, case), BEFORE_YOU)


def _undoing(title: Title, case: UUID, errors: dict[str, str], status: int = 200) -> tuple[str, int]:
    found = held(session(), actor(), title, case)
    if found.last_said is None:
        raise NotFound
    label, day = found.last_said
    text = render_template(
        "recognition/undo.html",
        title=title,
        line=found.line,
        label=label,
        day=day,
        version=found.case.version,
        errors=errors,
        reason=request.form.get("reason", ""),
        form_key=new_key(),
        back=dossier_address(title, found.line),
        trail=[*trail_of(title), (found.line.name, dossier_address(title, found.line))],
    )
    return text, status


@page(
    dossier,
    "/cong-nhan/<title>/ho-so/<uuid:case>/thu-hoi",
    permission=Permission.RECOGNISE,
    scope=Scope.TENANT,
    methods=("GET", "POST"),
    fields=("version", "reason", "action", *DOCUMENT, *DAY),
)
def withdraw(title: str, case: UUID) -> tuple[str, int] | Response:
    """Takes a title back by a decision; its effect is named before it is written."""
    asked = title_of(session(), registry(), asked_year(), title, this_day())
    sent = request.form
    if request.method == "GET":
        return _withdrawing(asked, case, {})

    def entry() -> Revoking:
        errors: dict[str, str] = {}
        day = date.min
        with noting(errors, "day"):
            day = a_day(typed_boxes(sent, "day"))
        refuse_noted(errors)
        document = Document(**{name: sent.get(name, "") for name in DOCUMENT})
        return Revoking(day=day, document=document, reason=sent.get("reason", ""))

    def preview() -> tuple[str, int]:
        consider_revocation(session(), actor(), asked, case, sent_version(), entry())
        return _withdrawing(asked, case, {}, confirming=True)

    def act() -> str:
        line = held(session(), actor(), asked, case).line
        revoke(session(), actor(), asked, case, sent_version(), entry())
        flash(f"Đã ghi việc thu hồi danh hiệu của {line.name}.", "good")
        return dossier_address(asked, line)

    return answered(act, partial(_withdrawing, asked, case), BEFORE_YOU, preview=preview)


def _withdrawing(
    title: Title, case: UUID, errors: dict[str, str], status: int = 200, *, confirming: bool = False
) -> tuple[str, int]:
    found = held(session(), actor(), title, case)
    if not found.line.holds:
        raise NotFound
    sent = request.form
    values: dict[str, object] = {name: sent.get(name, "") for name in (*DOCUMENT, "reason")}
    values["day"] = typed_boxes(sent, "day") if request.method == "POST" else day_boxes(this_day())
    order = ("", "number", "day", "issuer", "signer", "reason")
    text = render_template(
        "recognition/revoke.html",
        title=title,
        line=found.line,
        values=values,
        version=sent.get("version", found.case.version) if confirming else found.case.version,
        errors={name: errors[name] for name in order if name in errors},
        confirming=confirming,
        sent=sent_again(),
        form_key=new_key(),
        back=dossier_address(title, found.line),
        trail=[*trail_of(title), (found.line.name, dossier_address(title, found.line))],
    )
    return text, status
