"""Recording a meeting with its roll call, seeing it, and correcting it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.db.models.meeting import KINDS
from bontot.errors import InvalidInput, NotFound, Stale
from bontot.evaluation.schedule import MonthView
from bontot.policy.calendar import MonthStatus
from bontot.services import meeting_lists, planning, roll_calls, scores
from bontot.services.meetings import (
    MeetingEntry,
    MeetingView,
    RollLine,
    change_meeting,
    meeting_of,
    record_meeting,
    roll,
    view,
    withdraw_meeting,
)
from bontot.services.proceedings import handing_over
from bontot.services.proceedings.numbering import next_number
from bontot.services.proceedings.reading import Record, record_of
from bontot.text import clean
from bontot.web import filters, meeting_form, meeting_parts, part_form, trail, words
from bontot.web.cell_year import CellYear, year_of
from bontot.web.database import session
from bontot.web.fields import a_day, month_boxes, named
from bontot.web.forms import answered, new_key, sent_again, sent_version
from bontot.web.meeting_form import MeetingForm
from bontot.web.meeting_places import tell_same_number
from bontot.web.months import TO_RECORD, deadlines
from bontot.web.query import a_public_id, asked_day, asked_month
from bontot.web.request import Place, actor, place_by_id, reach, registry, this_day
from bontot.web.routing import page
from bontot.web.score_sheet import scored_of

meeting = Blueprint("meeting", __name__)
ONCE_SENT = ("submitted", "returned", "changed", "received")
"""What was sent is the cell's to correct, and the superior's to answer."""


@page(
    meeting,
    "/chi-bo/<uuid:organisation>/ghi-nhan",
    permission=Permission.RECORD_MEETING,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=None,
)
def record(organisation: Place) -> str | tuple[str, int] | Response:
    """The roll of a day in one screen, everyone present; and what it sends."""
    if not organisation.is_cell:
        raise NotFound
    if request.method == "GET":
        return _page(organisation, *_blank(organisation))
    shown = _typed(organisation)
    if request.form.get("action") == "reload":
        return _page(organisation, shown)

    def act(entry: MeetingEntry) -> str:
        made = record_meeting(session(), actor(), organisation.id, entry)
        tell_same_number(made)
        return _receipt(organisation, made.public_id, entry, "Đã ghi nhận")

    return _send(shown, act, lambda status: _page(organisation, shown, status=status), everyone=True)


@page(meeting, "/sinh-hoat/<uuid:meeting>", permission=Permission.VIEW_ORGANISATION, scope=Scope.TENANT)
def find(meeting: UUID) -> Response:
    """A meeting by itself: on to its page under its cell."""
    found = view(session(), meeting_of(session(), meeting, reach()))
    place = place_by_id(session(), found.organisation_id)
    return redirect(url_for("meeting.show", organisation=place.public_id, meeting=meeting))


@page(
    meeting,
    "/chi-bo/<uuid:organisation>/sinh-hoat/<uuid:meeting>",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.ORGANISATION,
)
def show(organisation: Place, meeting: UUID) -> str:
    """What was recorded of a meeting."""
    found = _found(organisation, meeting)
    lines, scored = _roll_of(found), scored_of(found)
    record = record_of(session(), found.id)
    above = trail.above(organisation, this_day(), itself=True)
    may_answer = actor().may(Permission.RECEIVE_MEETING) and not handing_over.answer_refused(
        session(), actor(), organisation.id, found.id
    )
    return render_template(
        "meeting/show.html",
        place=organisation,
        found=found,
        entry=found.entry,
        form=meeting_form.recorded(found.entry, lines),
        asked=_asked(organisation, found.entry.held_on, found.entry.kind),
        scored=scored,
        set_aside=scored is None
        and found.entry.kind != scores.SCORED_KIND
        and bool(scores.recorded(session(), found.id)),
        record=record,
        parts=meeting_parts.lines(record, organisation.public_id),
        gaps=meeting_parts.gaps(
            record, organisation.public_id, unscored=scored is not None and scored.reached is None
        ),
        corrections=[(one, _before(one, record)) for one in meeting_lists.corrections(session(), found.id)],
        trail=above,
        superior=_superior(above),
        may_correct=actor().may(Permission.RECORD_MEETING)
        and not (may_answer and record.submission in ONCE_SENT),
        may_answer=may_answer,
        words=words,
    )


@page(
    meeting,
    "/chi-bo/<uuid:organisation>/sinh-hoat/<uuid:meeting>/sua",
    permission=Permission.RECORD_MEETING,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=None,
)
def correct(organisation: Place, meeting: UUID) -> str | tuple[str, int] | Response:
    """The form of a recorded meeting; a correction needs a reason, and the version it corrects."""
    found = _found(organisation, meeting)
    if request.method == "GET":
        lines = _roll_of(found)
        return _page(organisation, meeting_form.recorded(found.entry, lines), found=found)
    shown = _typed(organisation)
    if request.form.get("action") in ("reload", "review"):
        return _page(organisation, shown, found=found, version=sent_version())

    def act(entry: MeetingEntry) -> str:
        reason = request.form.get("reason", "")
        made = change_meeting(session(), actor(), registry(), found.id, sent_version(), entry, reason)
        if found.entry.self_score_band and made.self_score_band is None and _voted(found):
            flash("Điểm đã chấm không còn khớp với buổi này; cần chấm lại theo phiếu.", "warn")
        tell_same_number(made)
        return _receipt(organisation, found.public_id, entry, "Đã sửa")

    def again(status: int) -> tuple[str, int]:
        return _page(organisation, shown, found=found, version=sent_version(), status=status)

    def stale(_: Stale) -> tuple[str, int]:
        return _both(organisation, shown, meeting)

    return _send(shown, act, again, stale, _reason_to_mend(), everyone=False)


@page(
    meeting,
    "/chi-bo/<uuid:organisation>/sinh-hoat/<uuid:meeting>/bo",
    permission=Permission.RECORD_MEETING,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=("version", "reason"),
)
def withdraw(organisation: Place, meeting: UUID) -> tuple[str, int] | Response:
    """Takes back a meeting recorded by mistake; asks for the reason, and once."""
    found = _found(organisation, meeting)
    if request.method == "GET":
        return _withdrawing(organisation, found, found.version)

    def act() -> str:
        withdraw_meeting(session(), actor(), found.id, sent_version(), request.form.get("reason", ""))
        kind, day = words.MEETING_KINDS[found.entry.kind].lower(), found.entry.held_on.strftime("%d/%m/%Y")
        flash(f"Đã bỏ buổi sinh hoạt {kind} ngày {day}.", "good")
        return url_for("cell.show", organisation=organisation.public_id)

    def again(errors: dict[str, str], _: int) -> tuple[str, int]:
        said = {name or "reason": sentence for name, sentence in errors.items()}
        return _withdrawing(organisation, found, sent_version(), said)

    return answered(act, again)


def _before(correction: meeting_lists.Correction, record: Record) -> list[tuple[str, str]]:
    """What a corrected part said before, in words."""
    return part_form.before_in_words(correction.part, correction.before, record.names)


def _withdrawing(
    organisation: Place, found: MeetingView, version: int, errors: dict[str, str] | None = None
) -> tuple[str, int]:
    text = render_template(
        "meeting/withdraw.html",
        place=organisation,
        found=found,
        version=version,
        reason=request.form.get("reason", ""),
        errors=errors or {},
        form_key=new_key(),
        trail=trail.above(organisation, this_day(), itself=True),
        words=words,
    )
    return text, InvalidInput.status if errors else 200


def _voted(found: MeetingView) -> bool:
    """Whether the band is the sheet's to give."""
    return scores.is_voted(session(), registry(), found)


def _found(organisation: Place, public_id: UUID) -> MeetingView:
    return view(session(), meeting_of(session(), public_id, frozenset({organisation.id})))


def _roll_of(found: MeetingView) -> list[RollLine]:
    return roll(session(), found.organisation_id, found.entry.held_on, found.entry.kind)


def _asked(organisation: Place, day: date, kind: str) -> roll_calls.AskedShare | None:
    """The share a plan asks of regular meetings; of others none."""
    if kind != "regular":
        return None
    return roll_calls.asked_share(session(), registry(), organisation.id, day)


def _blank(organisation: Place) -> tuple[MeetingForm, CellYear | None]:
    """The form for the day asked for, or else that of the invitation, or the planned day of the month asked for while it may
    still be met in time, or today; filled in from what was prepared. Of a month that is overdue nobody but the cell knows
    the day, and its box is left empty. With it the year it was looked up in, where it was."""
    prepared = _prepared(organisation)
    given = asked_day() if "ngay" in request.args else None
    if prepared is not None:
        day = given or prepared.held_on
        lines = roll(session(), organisation.id, day, prepared.kind)
        return meeting_form.prepared(prepared, lines, day), None
    habit = meeting_lists.habit(session(), organisation.id)
    usual: dict[str, Any] = {
        "starts_at": habit.starts_at.strftime("%H:%M") if habit.starts_at else "",
        "place": habit.place or "",
    }
    calendar = None if given else year_of(organisation, asked_month().year)
    month = _awaited(calendar) if calendar else None
    day = given or (_day_of(month) if month else this_day())
    if month is not None and month.standing.status in _UNKNOWN_DAY:
        usual["held_on"] = month_boxes(day)
    return meeting_form.offered(roll(session(), organisation.id, day), day, **usual), calendar


def _prepared(organisation: Place) -> planning.Plan | None:
    """The invitation asked for, or that of the regular meeting of the month; only of a day that has come."""
    given = a_public_id(request.args.get("moi", ""))
    if given is not None:
        found: planning.PlanView | None = planning.planned_of(session(), given, organisation.id)
    else:
        day = asked_month() if "thang" in request.args else asked_day()
        found = planning.awaited(session(), organisation.id, planning.REGULAR, day)
    return found.plan if found and found.plan.held_on <= this_day() else None


_UNKNOWN_DAY = frozenset({MonthStatus.OVERDUE, MonthStatus.MISSING})


def _awaited(calendar: CellYear) -> MonthView | None:
    """The month asked for, or the one that runs, while its meeting is due or overdue."""
    found = calendar.month(asked_month())
    return found if found and found.standing.status in TO_RECORD else None


def _day_of(month: MonthView) -> date:
    """The day for which the roll of a month is shown first: the planned one, where it has come."""
    scheduled = month.planned.scheduled
    return min(scheduled.day or scheduled.deadline, this_day())


def _typed(organisation: Place) -> MeetingForm:
    """What was sent, over the roll of the day typed; of the day shown before, while that is no day."""
    values = meeting_form.typed(request.form)
    day = _readable(values["held_on"]) or _shown_day()
    kind = values["kind"] if values["kind"] in KINDS else "regular"
    lines = roll(session(), organisation.id, day, kind)
    return MeetingForm(values, day, meeting_form.rows(request.form, lines))


def _readable(boxes: dict[str, str]) -> date | None:
    try:
        return a_day(boxes)
    except InvalidInput:
        return None


def _shown_day() -> date:
    parts = zip(("year", "month", "day"), request.form.get("roll_day", "").split("-"), strict=False)
    return _readable(dict(parts)) or this_day()


def _reason_to_mend() -> dict[str, str]:
    """What is wrong with the reason of a correction."""
    try:
        return {} if clean(request.form.get("reason", "")) else {"reason": "Cần ghi lý do sửa."}
    except InvalidInput as refusal:
        return {"reason": named("Lý do sửa", str(refusal))}


def _send(
    shown: MeetingForm,
    act: Callable[[MeetingEntry], str],
    again: Callable[[int], tuple[str, int]],
    stale: Callable[[Stale], tuple[str, int]] | None = None,
    also: Mapping[str, str] = MappingProxyType({}),
    *,
    everyone: bool,
) -> tuple[str, int] | Response:
    """Acts once on a form that holds together; one that does not is shown `again`, with its errors and after them `also`."""
    entry = meeting_form.entry_of(shown, this_day(), everyone=everyone)
    shown.errors.update(also)
    if meeting_form.strangers(request.form, [row.line for row in shown.rows]):
        day = shown.roll_day.strftime("%d/%m/%Y")
        shown.errors["marks"] = (
            f"Danh sách phải dự ngày {day} khác danh sách vừa hiện. Xin xem lại điểm danh bên dưới rồi ghi."
        )
    if entry is None or shown.errors:
        return again(InvalidInput.status)

    def refused(errors: dict[str, str], status: int) -> tuple[str, int]:
        shown.errors |= errors
        return again(status)

    return answered(lambda: act(entry), refused, stale)


def _receipt(organisation: Place, public_id: UUID, entry: MeetingEntry, done: str) -> str:
    present = sum(mark.value in meeting_form.COMING for mark in entry.marks.values())
    kind = words.MEETING_KINDS[entry.kind].lower()
    day = entry.held_on.strftime("%d/%m/%Y")
    flash(f"{done} buổi sinh hoạt {kind} ngày {day}: {present}/{len(entry.marks)} có mặt.", "good")
    return url_for("meeting.show", organisation=organisation.public_id, meeting=public_id)


def _page(
    organisation: Place,
    shown: MeetingForm,
    calendar: CellYear | None = None,
    *,
    found: MeetingView | None = None,
    version: int | None = None,
    status: int = 200,
) -> tuple[str, int]:
    """The form; `calendar`: a year already read; `version`: the one being corrected, perhaps no longer the one found."""
    above = trail.above(organisation, this_day(), itself=True)
    if calendar is None or calendar.year != shown.roll_day.year:
        calendar = year_of(organisation, shown.roll_day.year)
    text = render_template(
        "meeting/form.html",
        place=organisation,
        form=shown,
        found=found,
        voted=found is not None and _voted(found),
        version=version,
        reason=request.form.get("reason", ""),
        form_key=new_key(),
        asked=_asked(organisation, shown.roll_day, shown.values["kind"]),
        superior=_superior(above),
        planned=calendar.month(shown.roll_day),
        following=next_number(session(), organisation.id, shown.roll_day),
        deadlines=deadlines(calendar.views),
        trail=above,
        words=words,
    )
    return text, status


def _superior(above: list[trail.Step]) -> str:
    """The name of the body directly above, for the head of a printed sheet."""
    return above[-2][0] if len(above) > 1 else ""


def _both(organisation: Place, shown: MeetingForm, public_id: UUID) -> tuple[str, int]:
    """The page for a correction of what somebody else corrected meanwhile: both texts, and the choice."""
    now = _found(organisation, public_id)
    lines = _roll_of(now)
    latest = next(iter(meeting_lists.corrections(session(), now.id)), None)
    own = latest is not None and latest.account_id == actor().account_id
    who = "Ở cửa sổ kia, đồng chí" if own else latest.who if latest else ""
    others = "Hồ sơ này vừa được người khác sửa"
    text = render_template(
        "meeting/stale.html",
        heading="Hồ sơ này đã được chính đồng chí sửa ở cửa sổ khác" if own else others,
        lead=f"Buổi sinh hoạt ngày {now.entry.held_on:%d/%m/%Y} · {organisation.name}",
        told=f"{who} đã ghi bản sửa lúc {filters.moment(latest.at)}: “{latest.reason}”. " if latest else "",
        mine="Bản ở cửa sổ này" if own else "Bản của đồng chí",
        differences=meeting_form.differences(meeting_form.recorded(now.entry, lines), shown),
        kept=url_for("meeting.show", organisation=organisation.public_id, meeting=now.public_id),
        sent=[("version", now.version), *sent_again("version")],
        form_key=new_key(),
        trail=trail.above(organisation, this_day(), itself=True),
    )
    return text, 412
