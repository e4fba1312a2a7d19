"""Filling in a meeting's score sheet: item by item, on a phone, without a script."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.db.models import Meeting
from bontot.errors import FormNotUnderstood, NotFound
from bontot.policy.scoring import most
from bontot.policy.words import figure
from bontot.services import scores
from bontot.services.meetings import MeetingView, meeting_of, view
from bontot.web import trail, words
from bontot.web.database import session
from bontot.web.forms import KEY, answered, new_key, sent_version
from bontot.web.request import Place, actor, registry, this_day
from bontot.web.routing import page
from bontot.web.score_sheet import Scored, scored_of

score = Blueprint("score", __name__)
POINTS = "points-"
KNOWN = frozenset({"csrf_token", KEY, "version", "stage", "action", "reason"})
_NUMBER = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class SoFar:
    """What a try of an unfinished sheet adds up to: the points of the items filled in, the most these could be, and how many
    items are left."""

    points: Decimal
    most: Decimal
    left: int


@dataclass(slots=True)
class SheetForm:
    """The form as shown: points as typed by item, the stage, errors by field, and what a try adds up to: the total of the
    whole sheet, or of what there is so far."""

    values: dict[str, str]
    stage: str
    errors: dict[str, str] = field(default_factory=dict)
    reached: scores.Reached | None = None
    so_far: SoFar | None = None


@page(
    score,
    "/chi-bo/<uuid:organisation>/sinh-hoat/<uuid:meeting>/cham-diem",
    permission=Permission.RECORD_MEETING,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=None,
)
def show(organisation: Place, meeting: UUID) -> tuple[str, int] | Response:
    """The sheet with what the records suggest; a try adds up and saves nothing."""
    found = view(session(), meeting_of(session(), meeting, frozenset({organisation.id})))
    scored = scored_of(found)
    if scored is None:
        raise NotFound
    if request.method == "GET":
        return _page(organisation, found, scored, _offered(found, scored), found.version)
    trying = request.form.get("action") == "try"
    form, points = _typed(scored, unfinished=trying)
    if form.errors:
        return _page(organisation, found, scored, form, sent_version(), status=422)
    if left := len(scored.items) - len(points):
        filled = most(item for item in scored.items if item.key in points)
        form.so_far = SoFar(sum(points.values(), Decimal()), filled, left)
    else:
        form.reached = scores.reached(scored.found, found, points)
    if trying:
        return _page(organisation, found, scored, form, sent_version())

    def act() -> str:
        made = scores.record_score(
            session(),
            actor(),
            registry(),
            found,
            version=sent_version(),
            stage=form.stage,
            points=points,
            reason=request.form.get("reason", ""),
        )
        band = words.MEETING_BANDS[made.band].lower()
        flash(f"Đã ghi điểm: {figure(made.points)}/{figure(scored.full)}, loại {band}.", "good")
        return url_for("meeting.show", organisation=organisation.public_id, meeting=meeting)

    def again(errors: dict[str, str], status: int) -> tuple[str, int]:
        form.errors = dict(errors)
        return _page(organisation, found, scored, form, sent_version(), status=status)

    return answered(act, again)


def _offered(found: MeetingView, scored: Scored) -> SheetForm:
    """The points recorded last; where there are none, those suggested."""
    known = scored.latest.points if scored.latest else {}
    suggested = scores.suggestions(session(), found, scored.found)
    offered = known or {key: one.points for key, one in suggested.items()}
    values = {item.key: figure(offered[item.key]) for item in scored.items if item.key in offered}
    return SheetForm(values, _next(found, scored))


def _next(found: MeetingView, scored: Scored) -> str:
    """The stage that comes after the latest one the reader may record."""
    stages = [stage for stage, _ in _stages(_barred(found, scored))]
    latest = scored.latest.stage if scored.latest and not scored.stale else None
    after = stages.index(latest) + 1 if latest in stages else 0
    return stages[min(after, len(stages) - 1)]


def _barred(found: MeetingView, scored: Scored) -> str:
    """Why the reader, whose role may confirm, may not confirm what was voted here; empty where nothing is in the way."""
    if not actor().may(Permission.CONFIRM_SCORE):
        return ""
    fitting = [one for one in scored.stages if scores.fits(scored.found, found, one)]
    voted = any(one.stage != scores.PROPOSED for one in fitting)
    return scores.confirmation_refused(session(), actor(), found, fitting) if voted else ""


def _stages(barred: str) -> list[tuple[str, str]]:
    """The stages the reader may record now, with their words."""
    may_confirm = actor().may(Permission.CONFIRM_SCORE) and not barred
    return [pair for pair in words.SCORE_STAGES.items() if pair[0] != scores.CONFIRMED or may_confirm]


def _typed(scored: Scored, *, unfinished: bool) -> tuple[SheetForm, dict[str, Decimal]]:
    """What was sent, as typed and as read; what cannot be read, or belongs to no item, leaves its sentence. Items may be
    empty in an `unfinished` sheet."""
    sent = request.form
    form = SheetForm(
        {item.key: sent.get(POINTS + item.key, "") for item in scored.items}, sent.get("stage", "")
    )
    points: dict[str, Decimal] = {}
    for item in scored.items:
        typed = form.values[item.key].strip()
        highest = figure(item.maximum)
        if unfinished and not typed:
            continue
        if not _NUMBER.fullmatch(typed):
            form.errors[item.key] = f"“{item.label}”: cần ghi điểm bằng số, từ 0 đến {highest}."
        else:
            points[item.key] = Decimal(typed.replace(",", "."))
            if points[item.key] > item.maximum:
                form.errors[item.key] = f"“{item.label}”: nhiều nhất {highest} điểm."
    if sent.keys() - KNOWN - {POINTS + item.key for item in scored.items}:
        form.errors[""] = FormNotUnderstood.sentence
    return form, points


def _page(
    organisation: Place,
    found: MeetingView,
    scored: Scored,
    form: SheetForm,
    version: int,
    *,
    status: int = 200,
) -> tuple[str, int]:
    place = url_for("meeting.show", organisation=organisation.public_id, meeting=found.public_id)
    barred = _barred(found, scored)
    above = trail.above(organisation, this_day(), itself=True)
    shown = render_template(
        "meeting/score.html",
        place=organisation,
        found=found,
        scored=scored,
        form=form,
        applying={item.key for item in scored.items},
        suggested=scores.suggestions(session(), found, scored.found),
        stages=_stages(barred),
        barred=barred,
        version=version,
        closed=session().get_one(Meeting, (session().tenant_id, found.id)).submission is not None,
        reason=request.form.get("reason", ""),
        form_key=new_key(),
        back=place,
        trail=[*above, (f"Buổi ngày {found.entry.held_on:%d/%m/%Y}", place)],
        words=words,
    )
    return shown, status
