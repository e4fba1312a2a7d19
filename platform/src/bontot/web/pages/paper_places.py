"""The place at which an organisation's papers are dated."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.documents.office import office_of
from bontot.documents.phrases import UNPLACED
from bontot.errors import InvalidInput, Stale
from bontot.services import paper_places
from bontot.web import trail
from bontot.web.database import session
from bontot.web.forms import new_key, once, sent_version
from bontot.web.request import Place, actor, this_day
from bontot.web.routing import page

paper_place = Blueprint("paper_place", __name__)


@page(
    paper_place,
    "/to-chuc/<uuid:organisation>/dia-danh",
    permission=Permission.RECORD_ORGANISATION,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=("version", "place"),
)
def show(organisation: Place) -> tuple[str, int] | Response:
    """The form of the place; it says what holds where the body records none."""
    if request.method == "GET":
        return _page(organisation, paper_places.recorded_place(session(), organisation.id))
    place = request.form.get("place", "")
    try:
        return redirect(once(session(), lambda: _set(organisation, place)))
    except InvalidInput as refusal:
        session().rollback()
        return _page(organisation, place, refusal.errors, status=refusal.status)
    except Stale as stale:
        session().rollback()
        now = paper_places.recorded_place(session(), organisation.id)
        said = f"Vừa có người khác ghi địa danh “{now}”." if now else "Vừa có người khác bỏ địa danh đã ghi."
        return _page(
            organisation,
            place,
            {"": f"{said} Bấm lần nữa nếu vẫn muốn ghi như dưới đây."},
            status=stale.status,
        )


def _set(organisation: Place, place: str) -> str:
    paper_places.set_place(session(), actor(), organisation.id, place, sent_version())
    flash("Đã ghi địa danh; văn bản ban hành từ nay theo địa danh này.", "good")
    return url_for(".show", organisation=organisation.public_id)


def _page(
    organisation: Place, place: str, errors: dict[str, str] | None = None, *, status: int = 200
) -> tuple[str, int]:
    now = office_of(session(), organisation.id, this_day()).place
    told = render_template(
        "organisation/paper_place.html",
        place=organisation,
        value=place,
        now="" if now == UNPLACED else now,
        recorded=paper_places.recorded_place(session(), organisation.id),
        errors=errors or {},
        version=paper_places.version_of(session(), organisation.id),
        form_key=new_key(),
        back=trail.place_address(organisation.public_id, is_cell=organisation.is_cell),
        trail=trail.above(organisation, this_day(), itself=True),
    )
    return told, status
