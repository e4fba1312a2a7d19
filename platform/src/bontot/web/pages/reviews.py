"""What a meeting finds of the items of the one before: one page for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.db.models import Meeting
from bontot.errors import InvalidFields, InvalidInput, Stale
from bontot.services.proceedings import amending, items
from bontot.services.proceedings.items import Earlier, Reviewed
from bontot.web import part_form
from bontot.web.database import session
from bontot.web.fields import a_day_or_none, box_names, day_boxes, typed_boxes, version_seen
from bontot.web.forms import answered, new_key
from bontot.web.meeting_places import meeting_address, meeting_row, meeting_trail
from bontot.web.part_form import Shown
from bontot.web.request import Place, actor, this_day
from bontot.web.routing import page

review = Blueprint("review", __name__)


@page(
    review,
    "/chi-bo/<uuid:organisation>/sinh-hoat/<uuid:meeting>/viec-thang-truoc",
    permission=Permission.RECORD_MEETING,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=None,
)
def show(organisation: Place, meeting: UUID) -> tuple[str, int] | Response:
    """The items of the meeting before, and older ones undone: which are done, and a word on each."""
    found = meeting_row(organisation, meeting)
    earlier = items.earlier_items(session(), found)
    if request.method == "GET":
        return _review_page(organisation, found, earlier, Shown(_review_of(earlier)))
    shown = Shown(_typed_review(earlier))

    def again(errors: dict[str, str], status: int) -> tuple[str, int]:
        public_ids = {str(one.id): str(one.public_id) for one in earlier}
        shown.errors = {_public(name, public_ids): said for name, said in errors.items()}
        return _review_page(organisation, found, earlier, shown, status=status)

    def stale(before: Stale) -> tuple[str, int]:
        now = meeting_row(organisation, meeting)
        return _review_page(
            organisation, now, items.earlier_items(session(), now), shown, status=before.status, stale=True
        )

    return answered(lambda: _review(organisation, found, _read_review(earlier, shown)), again, stale)


def _review(organisation: Place, meeting: Meeting, given: dict[int, Reviewed]) -> str:
    reason = request.form.get("reason", "")
    items.review(
        session(),
        actor(),
        meeting.id,
        given,
        version=version_seen(request.form.get("version", "")),
        reason=reason,
    )
    flash(f"Đã ghi kết quả {len(given)} việc của tháng trước.", "good")
    return meeting_address(organisation, meeting)


def _review_of(earlier: Sequence[Earlier]) -> dict[str, Any]:
    """What the form shows of the items: done or not as they stand."""
    return {
        str(one.public_id): {
            "state": "done" if one.done_on else "open" if one.reviewed else "",
            "done_on": day_boxes(one.done_on),
            "result": one.remark or one.result,
        }
        for one in earlier
    }


def _typed_review(earlier: Sequence[Earlier]) -> dict[str, Any]:
    known, shown = {*part_form.OURS}, {}
    for one in earlier:
        key = str(one.public_id)
        known |= {f"state-{key}", f"result-{key}", *box_names(f"done_on-{key}")}
        shown[key] = {
            "state": request.form.get(f"state-{key}", ""),
            "done_on": typed_boxes(request.form, f"done_on-{key}"),
            "result": request.form.get(f"result-{key}", ""),
        }
    if request.form.keys() - known:
        raise InvalidInput("Danh sách việc đã đổi hoặc biểu mẫu không đúng. Xin tải lại trang.")
    return shown


def _read_review(earlier: Sequence[Earlier], shown: Shown) -> dict[int, Reviewed]:
    """What was said of each item; one left without a state is not looked at."""
    found, errors = {}, dict[str, str]()
    for one in earlier:
        typed = shown.values[str(one.public_id)]
        if typed["state"] not in ("done", "open"):
            continue
        done_on: date | None = None
        if typed["state"] == "done":
            try:
                done_on = a_day_or_none(typed["done_on"])
            except InvalidInput as refusal:
                errors[f"done_on-{one.id}"] = f"{one.title}: {refusal}"
            if done_on is None and f"done_on-{one.id}" not in errors:
                errors[f"done_on-{one.id}"] = f"{one.title}: ghi ngày làm xong."
        found[one.id] = Reviewed(done_on=done_on, result=typed["result"])
    if errors:
        raise InvalidFields(errors)
    if not found:
        raise InvalidInput("Xin chọn kết quả của ít nhất một việc.")
    return found


def _public(name: str, public_ids: dict[str, str]) -> str:
    """A field of an item under the name it has on the page."""
    field, _, number = name.partition("-")
    return f"{field}-{public_ids[number]}" if number in public_ids else name


def _review_page(
    organisation: Place,
    meeting: Meeting,
    earlier: list[Earlier],
    shown: Shown,
    *,
    status: int = 200,
    stale: bool = False,
) -> tuple[str, int]:
    text = render_template(
        "meeting/review.html",
        place=organisation,
        meeting=meeting,
        earlier=earlier,
        shown=shown,
        stale=stale,
        version=items.review_version(earlier),
        closed=meeting.state == amending.CLOSED,
        reason=request.form.get("reason", ""),
        form_key=new_key(),
        back=meeting_address(organisation, meeting),
        trail=meeting_trail(organisation, meeting),
        today=this_day(),
    )
    return text, status
