"""The yearly rating: where it stands cell by cell with the caps, and the form of one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from bontot.access import Permission, Role, Scope
from bontot.db.models.member import RATINGS
from bontot.errors import InvalidInput, Stale, noting, refuse_noted
from bontot.imports.kinds.year import RATINGS as RATING_SHEET
from bontot.imports.lists import cell_rating_columns, rating_columns
from bontot.services.audit import note_view
from bontot.services.ratings.reading import RatedLine, caps_exceeded, lines_of, places_of
from bontot.services.ratings.recording import Entry, may_rate, rate
from bontot.services.ratings.rules import rules_of
from bontot.web import trail
from bontot.web.database import session
from bontot.web.fields import a_day, box_names, day_boxes, typed_boxes
from bontot.web.forms import answered, new_key
from bontot.web.query import asked_sheet, asked_year
from bontot.web.request import Place, actor, place_by_id, reach, registry, this_day
from bontot.web.routing import OF_EVERY_FORM, page
from bontot.web.sheets import sheet
from bontot.web.words import LEVEL_MARKS, LEVELS, SHORT_LEVELS

rating = Blueprint("rating", __name__)
LEFT_OUT = {
    "exempt": "được miễn sinh hoạt, không xếp loại",
    "suspended": "đang bị đình chỉ sinh hoạt, không xếp loại",
    "newcomer": "mới kết nạp, chưa đủ số tháng của khung, không xếp loại",
}
USUAL = "good"
FIELDS = frozenset({"entitled", "document", "action", *box_names("decided_on")} | OF_EVERY_FORM)
PER_LINE = ("level", "votes", "version")
ORDER = ("levels", "decided_on", "entitled", "document")
BEFORE_YOU = (
    "Vừa có người khác sửa một trong các dòng này. Mức đang ghi của dòng ấy hiện cạnh mức đã nhập;"
    " xin xem lại rồi ghi."
)


@page(rating, "/xep-loai", permission=Permission.RECOGNISE, scope=Scope.TENANT)
def index() -> str | Response:
    """The cells within reach with their ratings, and where the caps are exceeded; a secretary comes to the own cell."""
    year, day = asked_year(), this_day()
    if actor().role is Role.CELL_SECRETARY:
        place = place_by_id(session(), actor().organisation_id or 0)
        return redirect(url_for("rating.of_place", organisation=place.public_id, nam=year))
    rules = rules_of(session(), registry(), year, day)
    places = places_of(session(), reach(), year, day, rules)
    note_view(session(), "view_ratings", "tenant", None, actor().account_id, year=year)
    if asked_sheet():
        return sheet(
            "xep-loai",
            f"Xếp loại chất lượng năm {year}",
            cell_rating_columns(year),
            places,
            kind=RATING_SHEET,
        )
    bodies = {line.parent_id: (line.parent, line.parent_public_id) for line in places}
    return render_template(
        "rating/index.html",
        rules=rules,
        bodies=[
            (name, public_id, [line for line in places if line.parent_id == body])
            for body, (name, public_id) in bodies.items()
        ],
        reachable={body for body in bodies if body in reach()},
        exceeded=caps_exceeded(rules, places) if rules else [],
        levels=[(level, SHORT_LEVELS[level]) for level in reversed(RATINGS)],
        marks=LEVEL_MARKS,
        may_adopt=actor().may(Permission.ADOPT_FRAME),
        year=year,
        today=day,
        trail=[("Công nhận", url_for("recognition.index", nam=year))],
    )


@dataclass
class Shown:
    """What the form shows of its lines and of what they share."""

    levels: dict[str, str]
    votes: dict[str, str]
    versions: dict[str, str]
    shared: dict[str, Any]
    errors: dict[str, str] = field(default_factory=dict)

    def ordered(self) -> dict[str, str]:
        """What is wrong, lines first."""
        lines = {name: said for name, said in self.errors.items() if name not in ORDER}
        return lines | {name: self.errors[name] for name in ORDER if name in self.errors}


@page(
    rating,
    "/xep-loai/<uuid:organisation>",
    permission=Permission.RECOGNISE,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=None,
)
def of_place(organisation: Place) -> tuple[str, int] | Response:
    """The members of a cell, or the organisations directly below a body, each with a level."""
    year, day = asked_year(), this_day()
    rules = rules_of(session(), registry(), year, day)
    lines = lines_of(session(), organisation.id, year, day, rules, of_members=organisation.is_cell)
    if request.method == "GET" and asked_sheet():
        return sheet(
            "xep-loai",
            f"Xếp loại năm {year} của {organisation.name}",
            rating_columns(year, LEFT_OUT, of_members=organisation.is_cell),
            lines,
            subject="organisation",
            subject_id=organisation.id,
            kind=RATING_SHEET,
        )
    if request.method == "GET":
        return _form(organisation, year, lines, _recorded(lines, day))
    _check_fields(request.form, lines)
    shown = _typed(request.form, lines)
    if request.form.get("action") == "fill":
        return _form(organisation, year, lines, _filled(shown, lines))

    def again(errors: dict[str, str], status: int) -> tuple[str, int]:
        shown.errors = errors
        return _form(organisation, year, lines, shown, status)

    def stale(before: Stale) -> tuple[str, int]:
        now = lines_of(session(), organisation.id, year, day, rules, of_members=organisation.is_cell)
        shown.errors = {"": BEFORE_YOU}
        shown.versions = {str(line.public_id): str(line.version) for line in now}
        return _form(organisation, year, now, shown, before.status)

    return answered(lambda: _rate(organisation, year, _read(shown, lines)), again, stale)


def _rate(organisation: Place, year: int, entry: Entry) -> str:
    changed, warning = rate(
        session(), actor(), registry(), organisation.id, year, entry, of_members=organisation.is_cell
    )
    said = (
        f"Đã ghi xếp loại năm {year}: {changed} dòng thay đổi." if changed else "Không có dòng nào thay đổi."
    )
    flash(said, "good")
    if warning:
        flash(warning, "warn")
    return url_for("rating.of_place", organisation=organisation.public_id, nam=year)


def _recorded(lines: Sequence[RatedLine], day: date) -> Shown:
    entitled = next((line.entitled for line in lines if line.entitled is not None), None)
    return Shown(
        levels={str(line.public_id): line.level for line in lines},
        votes={str(line.public_id): "" if line.votes is None else str(line.votes) for line in lines},
        versions={str(line.public_id): str(line.version) for line in lines},
        shared={
            "decided_on": day_boxes(next((line.decided_on for line in lines if line.decided_on), day)),
            "document": next((line.document for line in lines if line.document), ""),
            "entitled": "" if entitled is None else str(entitled),
        },
    )


def _typed(sent: MultiDict[str, str], lines: Sequence[RatedLine]) -> Shown:
    names = [str(line.public_id) for line in lines]
    levels, votes, versions = ({name: sent.get(f"{kind}-{name}", "") for name in names} for kind in PER_LINE)
    return Shown(
        levels=levels,
        votes=votes,
        versions=versions,
        shared={
            "decided_on": typed_boxes(sent, "decided_on"),
            "document": sent.get("document", ""),
            "entitled": sent.get("entitled", ""),
        },
    )


def _filled(shown: Shown, lines: Sequence[RatedLine]) -> Shown:
    """The same with the usual level for everyone who has none and is to be rated."""
    for line in lines:
        name = str(line.public_id)
        if not line.left_out and not shown.levels[name]:
            shown.levels[name] = USUAL
    return shown


def _check_fields(sent: MultiDict[str, str], lines: Sequence[RatedLine]) -> None:
    """Every field is one of the form's, or of one of its lines. Raises InvalidInput (safety rule 12)."""
    known = {f"{kind}-{line.public_id}" for line in lines for kind in PER_LINE}
    if not set(sent) <= FIELDS | known:
        raise InvalidInput("Danh sách đã thay đổi, hoặc biểu mẫu có phần không hiểu được. Xin tải lại trang.")


def _read(shown: Shown, lines: Sequence[RatedLine]) -> Entry:
    errors: dict[str, str] = {}
    decided_on = date.min
    with noting(errors, "decided_on"):
        decided_on = a_day(shown.shared["decided_on"])
    entitled = _number(shown.shared["entitled"], "entitled", "Số người được biểu quyết", errors)
    ids = {str(line.public_id): line for line in lines}
    votes = {
        line.id: votes
        for name, line in ids.items()
        if (votes := _number(shown.votes[name], f"votes-{name}", line.name, errors)) is not None
    }
    refuse_noted(errors)
    return Entry(
        levels={line.id: shown.levels[name] or None for name, line in ids.items()},
        votes=votes,
        versions={line.id: _version(shown.versions[name]) for name, line in ids.items()},
        decided_on=decided_on,
        document=shown.shared["document"],
        entitled=entitled,
    )


def _number(value: str, name: str, label: str, errors: dict[str, str]) -> int | None:
    text = value.strip()
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 6:
        return int(text)
    errors[name] = f"{label}: ghi một số."
    return None


def _version(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else -1


def _form(
    organisation: Place, year: int, lines: Sequence[RatedLine], shown: Shown, status: int = 200
) -> tuple[str, int]:
    subject = "member" if organisation.is_cell else "organisation"
    note_view(session(), "view_ratings", subject, organisation.id, actor().account_id, year=year)
    text = render_template(
        "rating/place.html",
        place=organisation,
        lines=lines,
        shown=shown,
        errors=shown.ordered(),
        may_rate=may_rate(actor(), organisation.id, of_members=organisation.is_cell),
        of_members=organisation.is_cell,
        levels=[(level, LEVELS[level]) for level in reversed(RATINGS)],
        left_out=LEFT_OUT,
        usual=LEVELS[USUAL],
        marks=LEVEL_MARKS,
        below=_below,
        form_key=new_key(),
        year=year,
        today=this_day(),
        trail=[("Xếp loại", url_for("rating.index", nam=year))]
        if actor().role is not Role.CELL_SECRETARY
        else trail.above(organisation, this_day(), itself=True),
    )
    return text, status


def _below(public_id: UUID, year: int) -> str:
    return url_for("rating.of_place", organisation=public_id, nam=year)
