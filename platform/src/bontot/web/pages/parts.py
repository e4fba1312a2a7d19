"""The parts of a meeting's record: one page a part, one clear action each."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.db.models import Meeting, Member
from bontot.errors import NotFound
from bontot.policy.words import figure
from bontot.services import organisations
from bontot.services.fees.ledger import ledger
from bontot.services.proceedings import amending
from bontot.services.proceedings.amending import row_of, version_of
from bontot.services.proceedings.numbering import next_number
from bontot.services.proceedings.reading import COURSE, GUESTS, HEAD, ITEMS, RESOLUTION, VOTES
from bontot.web import words
from bontot.web.database import session
from bontot.web.differences import Difference, differing
from bontot.web.entry_form import Candidate, Shown
from bontot.web.fields import day_boxes, version_seen
from bontot.web.forms import answered, new_key, sent_again
from bontot.web.meeting_places import meeting_address, meeting_row, meeting_trail, tell_same_number
from bontot.web.part_form import BY_SLUG, PartForm
from bontot.web.request import Place, actor
from bontot.web.routing import page

part = Blueprint("part", __name__)
EVERY_TIME = ("agenda", "resolution", "minutes")
"""What a cell votes on in every meeting, in this order."""


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
    named = {each for entry in rows.values() for each in form.named(entry)}
    return Asked(organisation, found, form, rows, _candidates(members | named))


def _candidates(members: frozenset[int] | set[int]) -> list[Candidate]:
    known = select(Member.id, Member.public_id, Member.full_name).where(Member.id.in_(members))
    return [Candidate(*row) for row in session().execute(known.order_by(Member.sort_key, Member.id))]


def _offered(asked: Asked, entry: object | None) -> Shown:
    """A row as it stands, or a new one; with what is most likely where nothing was written yet."""
    values = asked.form.blank if entry is None else asked.form.shown(entry, asked.people)
    likely = _likely(asked) if entry is None or asked.form.part in (HEAD, COURSE) else {}
    return Shown(values | {name: value for name, value in likely.items() if not values[name]})


def _likely(asked: Asked) -> dict[str, Any]:
    """Who most likely led, or came from the superior; the number and subject of a month's resolution; what is voted on next;
    what the ledger says of fees; tasks are due by the end of the month."""
    day = asked.meeting.held_on
    if asked.form.part is RESOLUTION:
        subject = f"Lãnh đạo thực hiện nhiệm vụ tháng {day.month:02} năm {day.year}"
        return {
            "number": next_number(session(), asked.organisation.id, day),
            "subject": subject if asked.meeting.kind == "regular" else "",
        }
    if asked.form.part is ITEMS:
        return {"due_on": day_boxes(day.replace(day=monthrange(day.year, day.month)[1]))}
    if asked.form.part is VOTES:
        voted = {row.about for row in asked.rows.values()}
        return {"about": next((about for about in EVERY_TIME if about not in voted), "")}
    if asked.form.part is COURSE:
        return {"fees": _fees_so_far(asked)}
    officers = {one.kind: one for one in organisations.officers(session(), asked.organisation.id, day)}
    if asked.form.part is HEAD and "secretary" in officers:
        return {"chair_id": str(officers["secretary"].public_id)}
    noted = any(getattr(row, "assigned", False) for row in asked.rows.values())
    if asked.form.part is GUESTS and "assigned_superior" in officers and not noted:
        return {"name": officers["assigned_superior"].full_name, "assigned": "yes"}
    return {}


def _fees_so_far(asked: Asked) -> str:
    """What the ledger says of the month's fees; empty while nobody has his or her line."""
    found = ledger(session(), asked.organisation.id, asked.meeting.held_on.replace(day=1))
    if not found.written:
        return ""
    wanting = sum(line.left > 0 for line in found.lines)
    paid = f"Đã thu {figure(found.paid)} đồng của {len(found.lines) - wanting}/{len(found.lines)} đồng chí"
    return f"{paid}; {wanting} đồng chí chưa nộp đủ." if wanting else f"{paid}."


def _write(asked: Asked, number: int | None, done: str) -> tuple[str, int] | Response:
    shown = Shown(asked.form.typed(request.form))
    if request.form.get("action") == "review":
        return _page(asked, shown, number)

    def again(errors: dict[str, str], status: int) -> tuple[str, int]:
        shown.errors = asked.form.in_order(errors)
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
    entry = asked.form.read(shown.values, asked.people)
    amending.put(*at, entry, number=number, version=version, reason=reason)
    flash(f"Đã ghi {said}.", "good")
    if asked.form.part is RESOLUTION:
        tell_same_number(asked.meeting)
    return done


def _page(asked: Asked, shown: Shown, number: int | None, *, status: int = 200) -> tuple[str, int]:
    """The page; `number` is the row in the form."""
    rows = [(each, _told(asked, entry)) for each, entry in asked.rows.items()]
    text = render_template(
        "meeting/part.html",
        asked=asked,
        form=_hinted(asked),
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


def _hinted(asked: Asked) -> PartForm:
    """The form, with the next number of the cell's series where it asks for one."""
    if asked.form.part is not RESOLUTION:
        return asked.form
    following = next_number(session(), asked.organisation.id, asked.meeting.held_on)
    hint = f"Số tiếp theo của chi bộ: {following}. " if following else ""
    fields = (
        replace(one, hint=hint + one.hint) if one.name == "number" else one for one in asked.form.fields
    )
    return replace(asked.form, fields=tuple(fields))


def _told(asked: Asked, entry: object) -> list[tuple[str, str]]:
    """What a row says, in words, as a list of rows shows it."""
    values = asked.form.shown(entry, asked.people)
    said = asked.form.spoken(values, asked.people)
    return [(one.label, said[one.label]) for one in asked.form.fields if one.listed and said[one.label]]


def _both(asked: Asked, shown: Shown, number: int | None, status: int) -> tuple[str, int]:
    """Both texts, where somebody else changed the row meanwhile."""
    now = _asked(asked.organisation, asked.meeting.public_id, asked.form.slug, number)
    theirs = now.form.shown(row_of(now.rows, number or 0), now.people)
    text = render_template(
        "meeting/stale.html",
        heading="Phần này vừa được người khác sửa",
        lead=f"{now.form.title} · buổi ngày {now.meeting.held_on:%d/%m/%Y} · {now.organisation.name}",
        told="",
        mine="Bản của đồng chí",
        differences=_differences(now, theirs, shown),
        kept=now.address,
        sent=sent_again("version"),
        form_key=new_key(),
        trail=meeting_trail(now.organisation, now.meeting),
    )
    return text, status


def _differences(asked: Asked, theirs: dict[str, Any], mine: Shown) -> list[Difference]:
    before = asked.form.spoken(theirs, asked.people)
    after = asked.form.spoken(mine.values, asked.people)
    return differing((label, before[label], after[label]) for label in before)
