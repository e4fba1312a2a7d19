"""The parts of a meeting's record: one page a part, one clear action each."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.db.models import Meeting, Member
from bontot.errors import NotFound
from bontot.services import organisations
from bontot.services.proceedings import amending
from bontot.services.proceedings.amending import row_of, version_of
from bontot.services.proceedings.reading import GUESTS, HEAD, ITEMS
from bontot.web import part_form, words
from bontot.web.database import session
from bontot.web.fields import day_boxes, version_seen
from bontot.web.forms import answered, new_key, sent_again
from bontot.web.meeting_places import meeting_address, meeting_row, meeting_trail
from bontot.web.part_form import BY_SLUG, Candidate, PartForm, Shown
from bontot.web.request import Place, actor
from bontot.web.routing import page

part = Blueprint("part", __name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """A part of a meeting as the request names it."""

    organisation: Place
    meeting: Meeting
    form: PartForm
    rows: dict[int, Any]
    people: Sequence[Candidate]

    @property
    def address(self) -> str:
        """The page of the part."""
        return url_for("part.show", **self._names)

    @property
    def meeting_address(self) -> str:
        """The page of the meeting."""
        return meeting_address(self.organisation, self.meeting)

    def row_address(self, number: int) -> str:
        """The page of a row."""
        return url_for("part.change", **self._names, row=number)

    @property
    def _names(self) -> dict[str, Any]:
        return {
            "organisation": self.organisation.public_id,
            "meeting": self.meeting.public_id,
            "name": self.form.slug,
        }


@page(
    part,
    "/chi-bo/<uuid:organisation>/sinh-hoat/<uuid:meeting>/phan/<name>",
    permission=Permission.RECORD_MEETING,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=None,
)
def show(organisation: Place, meeting: UUID, name: str) -> tuple[str, int] | Response:
    """A part: its rows and the form of another, or the form of one that is written whole."""
    asked = _asked(organisation, meeting, name)
    single = None if asked.form.one else next(iter(asked.rows), None)
    if request.method == "GET":
        entry = None if single is None else asked.rows[single]
        return _page(asked, _offered(asked, entry), single)
    return _write(asked, single, asked.address if asked.form.one else asked.meeting_address)


@page(
    part,
    "/chi-bo/<uuid:organisation>/sinh-hoat/<uuid:meeting>/phan/<name>/<int:row>",
    permission=Permission.RECORD_MEETING,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=None,
)
def change(organisation: Place, meeting: UUID, name: str, row: int) -> tuple[str, int] | Response:
    """One row of a part, to be corrected or taken away."""
    asked = _asked(organisation, meeting, name, row)
    entry = row_of(asked.rows, row)
    if not asked.form.one:
        raise NotFound
    if request.method == "GET":
        return _page(asked, _offered(asked, entry), row)
    return _write(asked, row, asked.address)


def _asked(organisation: Place, public_id: UUID, name: str, number: int | None = None) -> Asked:
    form = BY_SLUG.get(name)
    if form is None:
        raise NotFound
    found = meeting_row(organisation, public_id)
    rows = form.part.read(session(), found)
    members = form.candidates(session(), found, number)
    named = {each for entry in rows.values() for each in _named(form, entry)}
    return Asked(organisation, found, form, rows, _candidates(members | named))


def _named(form: PartForm, entry: object) -> set[int]:
    """Whom a row names already, so that it can be shown."""
    found: set[int] = set()
    for one in form.fields:
        value = getattr(entry, one.name)
        if one.kind == "people":
            found |= value
        elif one.kind == "person" and value is not None:
            found.add(value)
    return found


def _candidates(members: frozenset[int] | set[int]) -> list[Candidate]:
    known = select(Member.id, Member.public_id, Member.full_name).where(Member.id.in_(members))
    return [Candidate(*row) for row in session().execute(known.order_by(Member.sort_key, Member.id))]


def _offered(asked: Asked, entry: object | None) -> Shown:
    """A row as it stands, or a new one; with what is most likely where nothing was written yet."""
    values = (
        part_form.blank(asked.form) if entry is None else part_form.shown_of(asked.form, entry, asked.people)
    )
    likely = _likely(asked) if entry is None or asked.form.part is HEAD else {}
    return Shown(values | {name: value for name, value in likely.items() if not values[name]})


def _likely(asked: Asked) -> dict[str, Any]:
    """Who most likely led, or came from the superior; tasks are due by the end of the month."""
    day = asked.meeting.held_on
    if asked.form.part is ITEMS:
        return {"due_on": day_boxes(day.replace(day=monthrange(day.year, day.month)[1]))}
    officers = {one.kind: one for one in organisations.officers(session(), asked.organisation.id, day)}
    if asked.form.part is HEAD and "secretary" in officers:
        return {"chair_id": str(officers["secretary"].public_id)}
    noted = any(getattr(row, "assigned", False) for row in asked.rows.values())
    if asked.form.part is GUESTS and "assigned_superior" in officers and not noted:
        return {"name": officers["assigned_superior"].full_name, "assigned": "yes"}
    return {}


def _write(asked: Asked, number: int | None, done: str) -> tuple[str, int] | Response:
    shown = Shown(part_form.typed(asked.form, request.form))
    if request.form.get("action") == "review":
        return _page(asked, shown, number)

    def again(errors: dict[str, str], status: int) -> tuple[str, int]:
        shown.errors = _in_order(asked.form, errors)
        return _page(asked, shown, number, status=status)

    return answered(
        lambda: _act(asked, shown, number, done),
        again,
        lambda before: _both(asked, shown, number, before.status),
    )


def _act(asked: Asked, shown: Shown, number: int | None, done: str) -> str:
    said = asked.form.one or asked.form.title.lower()
    reason, version = (
        request.form.get("reason", ""),
        "" if number is None else version_seen(request.form.get("version", "")),
    )
    at = (session(), actor(), asked.meeting.id, asked.form.part)
    if request.form.get("action") == "remove" and number is not None and asked.form.removable:
        amending.remove(*at, number, version=version, reason=reason)
        flash(f"Đã bỏ {said}.", "good")
        return done
    entry = part_form.entry_of(asked.form, shown.values, asked.people)
    amending.put(*at, entry, number=number, version=version, reason=reason)
    flash(f"Đã ghi {said}.", "good")
    return done


def _in_order(form: PartForm, errors: dict[str, str]) -> dict[str, str]:
    names = ("", *(one.name for one in form.fields), "reason")
    return {name: errors[name] for name in names if name in errors} | errors


def _page(asked: Asked, shown: Shown, number: int | None, *, status: int = 200) -> tuple[str, int]:
    """The page; `number` is the row in the form."""
    rows = [(each, _told(asked, entry)) for each, entry in asked.rows.items()]
    text = render_template(
        "meeting/part.html",
        asked=asked,
        form=asked.form,
        shown=shown,
        rows=rows,
        number=number,
        listed=bool(asked.form.one) and number is None,
        version=version_of(asked.rows[number]) if number is not None else "",
        closed=asked.meeting.state == amending.CLOSED,
        reason=request.form.get("reason", ""),
        form_key=new_key(),
        trail=meeting_trail(asked.organisation, asked.meeting),
        words=words,
    )
    return text, status


def _told(asked: Asked, entry: object) -> list[tuple[str, str]]:
    """What a row says, in words, as a list of rows shows it."""
    values = part_form.shown_of(asked.form, entry, asked.people)
    said = part_form.spoken(asked.form, values, asked.people)
    return [(one.label, said[one.label]) for one in asked.form.fields if one.listed and said[one.label]]


def _both(asked: Asked, shown: Shown, number: int | None, status: int) -> tuple[str, int]:
    """Both texts, where somebody else changed the row meanwhile."""
    now = _asked(asked.organisation, asked.meeting.public_id, asked.form.slug, number)
    theirs = part_form.shown_of(now.form, row_of(now.rows, number or 0), now.people)
    text = render_template(
        "meeting/part_stale.html",
        asked=now,
        form=now.form,
        pairs=_pairs(now, theirs, shown),
        sent=sent_again("version"),
        form_key=new_key(),
        trail=meeting_trail(now.organisation, now.meeting),
    )
    return text, status


def _pairs(asked: Asked, theirs: dict[str, Any], mine: Shown) -> list[tuple[str, str, str]]:
    before = part_form.spoken(asked.form, theirs, asked.people)
    after = part_form.spoken(asked.form, mine.values, asked.people)
    return [(label, before[label], after[label]) for label in before if before[label] != after[label]]
