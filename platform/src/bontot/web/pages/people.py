"""What happens to a member: choosing the event, its form, what it will change, and the record; correcting and taking back
the last one; admission."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.errors import InvalidInput, NotFound, noting, refuse_noted
from bontot.services import members
from bontot.services.people import admitting, history, recording
from bontot.services.people import due as due_lists
from bontot.services.people.admitting import Admission
from bontot.services.people.consequences import Consequences
from bontot.services.people.events import Entry
from bontot.web import people_form, trail, words
from bontot.web.database import session
from bontot.web.due_sheet import due_sheet
from bontot.web.fields import a_day, day_boxes, typed_boxes
from bontot.web.forms import answered, new_key, sent_again, sent_version
from bontot.web.people_form import BY_KIND, BY_SLUG, Form, Shown
from bontot.web.places import offered
from bontot.web.query import asked_sheet
from bontot.web.request import Person, Place, actor, place_by_id, reach, this_day
from bontot.web.routing import page

people = Blueprint("people", __name__)
BEFORE_YOU = (
    "Vừa có việc khác của đồng chí này được ghi. Xin xem lại rồi bấm lần nữa; nội dung đã nhập vẫn còn."
)
ADMISSION_FIELDS = ("full_name", "birth", "female", "employment", "day", "document", "document_day")


@page(people, "/dang-vien/<uuid:member>/viec-moi", permission=Permission.RECORD_MEMBER, scope=Scope.MEMBER)
def choose(member: Person) -> str:
    """What can be recorded of the member."""
    forms = people_form.open_forms(
        members.profile(session(), member.id), _states(member), history.posts_held(session(), member.id)
    )
    groups: dict[str, list[Form]] = {}
    for form in forms:
        groups.setdefault(form.group, []).append(form)
    return render_template("people/choose.html", person=member, groups=groups, trail=_trail(member))


@page(
    people,
    "/dang-vien/<uuid:member>/viec-moi/<event>",
    permission=Permission.RECORD_MEMBER,
    scope=Scope.MEMBER,
    methods=("GET", "POST"),
    fields=people_form.FIELDS,
)
def record(member: Person, event: str) -> tuple[str, int] | Response:
    """The form of one event; before it is written, what it changes is shown."""
    form = BY_SLUG.get(event)
    if form is None:
        raise NotFound
    shown = Shown(people_form.typed(request.form))
    if request.method == "GET":
        if form.kind == "recognition":
            due = history.probation_ends(session(), member.id)
            shown = Shown({**shown.values, "day": day_boxes(due)})
        return _form(member, form, shown)
    return _answer(
        Asked(
            member,
            form,
            shown,
            lambda entry: recording.consider(session(), actor(), member.id, entry),
            lambda entry: recording.record(session(), actor(), member.id, entry, sent_version()),
        )
    )


@page(
    people,
    "/dang-vien/<uuid:member>/viec-cuoi/sua",
    permission=Permission.RECORD_MEMBER,
    scope=Scope.MEMBER,
    methods=("GET", "POST"),
    fields=people_form.FIELDS,
)
def correct(member: Person) -> tuple[str, int] | Response:
    """The last event once more, to be written otherwise, with a reason."""
    last = _last(member)
    form = BY_KIND.get(last.kind)
    if form is None:
        raise NotFound
    if request.method == "GET":
        entry = last.entry
        place = place_by_id(session(), entry.organisation_id).public_id if entry.organisation_id else None
        return _form(member, form, Shown(people_form.of_entry(entry, place)), correcting=True)
    shown = Shown(people_form.typed(request.form))
    return _answer(
        Asked(
            member,
            form,
            shown,
            lambda entry: recording.consider_instead(session(), actor(), member.id, entry),
            lambda entry: recording.record_instead(
                session(), actor(), member.id, entry, sent_version(), shown.values["reason"]
            ),
            correcting=True,
        )
    )


@page(
    people,
    "/dang-vien/<uuid:member>/viec-cuoi/bo",
    permission=Permission.RECORD_MEMBER,
    scope=Scope.MEMBER,
    methods=("GET", "POST"),
    fields=("version", "reason"),
)
def take_back(member: Person) -> tuple[str, int] | Response:
    """Takes back the last event, with a reason."""
    if request.method == "GET":
        return _taking_back(member, {})

    def act() -> str:
        kind = recording.take_back_last(
            session(), actor(), member.id, sent_version(), request.form.get("reason", "")
        )
        flash(f"Đã bỏ việc “{words.EVENTS[kind]}”. Bản đã ghi được giữ trong nhật ký cùng lý do.", "good")
        return url_for("member.index") if kind == history.ADMISSION else _address(member)

    return answered(act, partial(_taking_back, member), BEFORE_YOU)


@page(
    people,
    "/chi-bo/<uuid:organisation>/ket-nap",
    permission=Permission.RECORD_MEMBER,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=(*people_form.BOXES, "full_name", "female", "employment", "document", "action"),
)
def admit(organisation: Place) -> tuple[str, int] | Response:
    """Somebody newly admitted to the cell."""
    if not organisation.is_cell:
        raise NotFound
    sent = request.form
    texts = {name: sent.get(name, "") for name in ("full_name", "female", "employment")}
    shown = Shown(people_form.typed(sent) | texts | {"birth": typed_boxes(sent, "birth")})
    if request.method == "GET":
        return _admission(organisation, shown)

    def preview() -> tuple[str, int]:
        given = _read_admission(shown.values)
        found = admitting.consider_admission(session(), actor(), organisation.id, given)
        return _admission(organisation, shown, given=given, found=found)

    def again(errors: dict[str, str], status: int) -> tuple[str, int]:
        shown.errors = errors
        return _admission(organisation, shown, status=status)

    return answered(lambda: _admit(organisation, _read_admission(shown.values)), again, preview=preview)


@page(people, "/dang-vien/den-han", permission=Permission.RECORD_MEMBER, scope=Scope.TENANT)
def due() -> str | Response:
    """Who is due for official recognition, and for a badge on the next occasion or the one asked for."""
    day, within = this_day(), reach()
    before, *coming = due_lists.occasions(day)
    asked = request.args.get("dip", coming[0].isoformat())
    place = next((place for place, one in enumerate(coming) if one.isoformat() == asked), None)
    if place is None:
        raise NotFound
    since, until = [before, *coming][place], coming[place]
    probationers = due_lists.probation_due(session(), within, day)
    badges = due_lists.badges_due(session(), within, day, since, until)
    if asked_sheet():
        return due_sheet(day, until, probationers, badges)
    return render_template(
        "people/due.html",
        probationers=probationers,
        badges=badges,
        occasion=until,
        occasions=[
            (f"{one:%d/%m/%Y}", url_for("people.due", dip=one.isoformat(), _anchor="huy-hieu"), one == until)
            for one in coming
        ],
        today=day,
        trail=[("Đảng viên", url_for("member.index"))],
    )


def _admit(organisation: Place, given: Admission) -> str:
    public_id = admitting.admit(session(), actor(), organisation.id, given)
    flash(f"Đã ghi việc kết nạp đồng chí {given.full_name.strip()} tại {organisation.name}.", "good")
    return url_for("member.show", member=public_id)


def _read_admission(values: Any) -> Admission:  # noqa: ANN401 - as typed
    errors: dict[str, str] = {}
    days: dict[str, date] = {}
    for name in ("birth", "day", "document_day"):
        with noting(errors, name):
            days[name] = a_day(values[name])
    refuse_noted(errors)
    return Admission(
        full_name=values["full_name"],
        birth_date=days["birth"],
        female={"nu": True, "nam": False}.get(values["female"]),
        employment=values["employment"],
        ceremony=days["day"],
        document=values["document"],
        document_day=days["document_day"],
    )


def _admission(
    organisation: Place,
    shown: Shown,
    *,
    given: Admission | None = None,
    found: Consequences | None = None,
    status: int = 200,
) -> tuple[str, int]:
    order = ("", *ADMISSION_FIELDS)
    told = render_template(
        "people/admit.html",
        place=organisation,
        values=shown.values,
        errors={name: shown.errors[name] for name in order if name in shown.errors},
        given=given,
        found=found,
        sent=sent_again(),
        form_key=new_key(),
        employments=list(words.EMPLOYMENT.items()),
        counts=words.COUNTS,
        trail=trail.above(organisation, this_day(), itself=True),
    )
    return told, status


@dataclass(frozen=True, slots=True)
class Asked:
    """A form that was sent: of whom, which, as typed; how to see what it changes, and how to write it."""

    member: Person
    form: Form
    shown: Shown
    consider: Callable[[Entry], Consequences]
    write: Callable[[Entry], object]
    correcting: bool = False


def _answer(asked: Asked) -> tuple[str, int] | Response:
    """The form again with what must be mended, or what it changes, or, once that was seen, the member's page."""

    def preview() -> tuple[str, int]:
        entry = _read(asked)
        return _confirm(asked, entry, asked.consider(entry))

    def again(errors: dict[str, str], status: int) -> tuple[str, int]:
        asked.shown.errors = errors
        return _form(asked.member, asked.form, asked.shown, correcting=asked.correcting, status=status)

    return answered(lambda: _write(asked, _read(asked)), again, BEFORE_YOU, preview=preview)


def _read(asked: Asked) -> Entry:
    entry = people_form.read(asked.form, asked.shown.values)
    if asked.correcting and not asked.shown.values["reason"].strip():
        raise InvalidInput("Cần ghi lý do.", "reason")
    return entry


def _write(asked: Asked, entry: Entry) -> str:
    said = _said(asked, entry)
    asked.write(entry)
    flash(f"Đã ghi: {said}", "good")
    return _address(asked.member)


def _said(asked: Asked, entry: Entry) -> str:
    place = place_by_id(session(), entry.organisation_id).name if entry.organisation_id else ""
    about = dict(_choices(asked.member, asked.form, correcting=asked.correcting)).get(
        entry.chosen, entry.chosen
    )
    if asked.form.kind == "party_badge":
        about = entry.chosen
    return people_form.said(asked.form, entry, asked.member.full_name, place, about)


def _confirm(asked: Asked, entry: Entry, found: Consequences) -> tuple[str, int]:
    told = render_template(
        "people/confirm.html",
        person=asked.member,
        form=asked.form,
        said=_said(asked, entry),
        entry=entry,
        found=found,
        reason=asked.shown.values["reason"] if asked.correcting else "",
        sent=sent_again("version"),
        version=request.form.get("version", ""),
        correcting=asked.correcting,
        form_key=new_key(),
        counts=words.COUNTS,
        trail=_trail(asked.member),
    )
    return told, 200


def _form(
    member: Person, form: Form, shown: Shown, *, correcting: bool = False, status: int = 200
) -> tuple[str, int]:
    told = render_template(
        "people/form.html",
        person=member,
        form=form,
        values=shown.values,
        errors=shown.ordered(),
        correcting=correcting,
        places=_places(form, None if correcting else member.cell_id),
        choices=_choices(member, form, correcting=correcting),
        version=history.version_of(session(), member.id),
        form_key=new_key(),
        trail=_trail(member),
        back=_address(member) if correcting else url_for("people.choose", member=member.public_id),
    )
    return told, status


def _taking_back(member: Person, errors: dict[str, str], status: int = 200) -> tuple[str, int]:
    last = _last(member)
    told = render_template(
        "people/take_back.html",
        person=member,
        last=last,
        errors=errors,
        reason=request.form.get("reason", ""),
        version=last.id,
        form_key=new_key(),
        words=words,
        trail=_trail(member),
    )
    return told, status


def _last(member: Person) -> history.EventLine:
    lines = history.events_of(session(), member.id)
    if not lines:
        raise NotFound
    return lines[0]


def _states(member: Person) -> list[members.Span]:
    """What holds of the member today or is still to end."""
    day = this_day()
    return [
        span
        for span in members.states_of(session(), member.id)
        if span.valid_to is None or day < span.valid_to
    ]


def _choices(member: Person, form: Form, *, correcting: bool = False) -> list[tuple[str, str]]:
    held = history.posts_held(session(), member.id, ended=correcting)
    posts = [(key, f"{words.POSTS[kind]}, {place}") for key, kind, place in held]
    return people_form.choices(form, members.states_of(session(), member.id), posts)


def _places(form: Form, home: int | None) -> list[tuple[int, Any]]:
    """What there is to choose from: any organisation, or any cell but the home."""
    if "organisation" in form.asks:
        return offered()
    return (
        [(0, node) for _, node in offered() if node.is_cell and node.id != home]
        if "cell" in form.asks
        else []
    )


def _address(member: Person) -> str:
    return url_for("member.show", member=member.public_id)


def _trail(member: Person) -> list[trail.Step]:
    return [("Đảng viên", url_for("member.index")), (member.full_name, _address(member))]
