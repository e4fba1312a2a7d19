"""Frames a committee may switch on beside its plans: what each is, how certain, since when it is on; on and off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.errors import NotFound
from bontot.services import frames
from bontot.services.thresholds import FIRST_DAY
from bontot.web.database import session
from bontot.web.decisions import DAY_FIELDS, DecisionFields, DecisionForm, typed
from bontot.web.forms import new_key
from bontot.web.plan_words import SPEECH
from bontot.web.request import actor, registry, this_day
from bontot.web.routing import page

frame = Blueprint("frame", __name__)
FIELDS = (*DAY_FIELDS, "document")


@page(frame, "/ke-hoach/khung", permission=Permission.VIEW_THRESHOLD, scope=Scope.TENANT)
def index() -> str:
    """Every frame there is, and which are on today."""
    return render_template(
        "frame/index.html",
        frames=frames.offered_frames(session(), registry()),
        may_adopt=actor().may(Permission.ADOPT_FRAME),
        today=this_day(),
        trail=[_plans()],
        **SPEECH,
    )


@page(
    frame,
    "/ke-hoach/khung/<frame>/bat",
    permission=Permission.ADOPT_FRAME,
    scope=Scope.TENANT,
    methods=("GET", "POST"),
    fields=FIELDS,
)
def adopt(frame: str) -> tuple[str, int] | Response:
    """The form for switching a frame on."""
    found = frames.offered_frame(session(), registry(), frame)

    def act(day: date, document: str) -> None:
        frames.adopt_frame(session(), registry(), code=frame, valid_from=day, document=document, by=actor())

    return _decide(found, "frame/adopt.html", "Đã bật khung", act)


@page(
    frame,
    "/ke-hoach/khung/<frame>/thoi",
    permission=Permission.ADOPT_FRAME,
    scope=Scope.TENANT,
    methods=("GET", "POST"),
    fields=FIELDS,
)
def end(frame: str) -> tuple[str, int] | Response:
    """The form for ending a frame."""
    found = frames.offered_frame(session(), registry(), frame)
    if found.open is None:
        raise NotFound

    def act(day: date, document: str) -> None:
        frames.end_adoption(session(), registry(), code=frame, valid_to=day, document=document, by=actor())

    return _decide(found, "frame/end.html", "Đã thôi khung", act)


def _decide(
    found: frames.OfferedFrame, template: str, done: str, act: Callable[[date, str], None]
) -> tuple[str, int] | Response:
    form = DecisionForm(typed())
    if request.method == "GET":
        return _page(template, found, form)
    decision = form.read(DecisionFields())
    if form.errors:
        return _page(template, found, form, 422)

    def send() -> str:
        act(decision[FIRST_DAY], decision["document"])
        flash(f"{done}: {found.policy.label}, từ ngày {decision[FIRST_DAY]:%d/%m/%Y}.", "good")
        return url_for("frame.index")

    return form.send(send, partial(_page, template, found, form))


def _plans() -> tuple[str, str]:
    return "Kế hoạch", url_for("plan.index")


def _page(
    template: str, found: frames.OfferedFrame, form: DecisionForm, status: int = 200
) -> tuple[str, int]:
    shown = render_template(
        template,
        found=found,
        policy=found.policy,
        form=form,
        form_key=new_key(),
        trail=[_plans(), ("Khung quốc gia", url_for("frame.index"))],
        **SPEECH,
    )
    return shown, status
