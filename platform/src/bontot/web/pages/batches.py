"""Printing many papers at once: which, of when, in which form; the file waits at the page of the work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.documents.asking import Span
from bontot.documents.batches import BATCHES, Batch, batch_of
from bontot.documents.phrases import QUARTERS
from bontot.errors import InvalidInput, NotFound
from bontot.jobs.papers import PapersAsked, request_papers
from bontot.services import organisations
from bontot.web import trail
from bontot.web.database import session
from bontot.web.forms import answered, new_key
from bontot.web.request import Place, actor, afterwards, place_by_id, reach, registry, this_day, wake_worker
from bontot.web.routing import page

batch = Blueprint("batch", __name__)
ABOUT = {
    "year": "Của cả năm",
    "period": "Của một kỳ báo cáo",
    "month": "Của các buổi họp trong một tháng",
    "coming": "Của các buổi sắp họp",
    "members": "Của từng đảng viên",
}
FORMS = (("pdf", "Một tệp PDF, để in"), ("docx", "Tệp nén ZIP gồm các tệp DOCX, để sửa"))
WHEN = {"year": "Của năm nào", "period": "Của kỳ nào", "month": "Của tháng nào", "members": "Của năm nào"}
LOOKED_BACK = {"month": 13, "quarter": 5, "year": 4}
"""How many are offered, the one that runs first; of months the one before it, which is over, is chosen."""


@page(batch, "/in-tap", permission=Permission.VIEW_JOB, scope=Scope.TENANT)
def own() -> Response:
    """The same of the reader's own body, or of the committee whole."""
    place = actor().organisation_id
    if place is None:
        place = organisations.tree(session(), reach(), this_day())[0].id
    return redirect(url_for(".index", organisation=place_by_id(session(), place).public_id))


@page(batch, "/to-chuc/<uuid:organisation>/in-tap", permission=Permission.VIEW_JOB, scope=Scope.ORGANISATION)
def index(organisation: Place) -> str:
    """What can be printed together of a body and those below it."""
    offered = [one for one in BATCHES if one.offered(is_cell=organisation.is_cell)]
    return render_template(
        "paper/batches.html",
        place=organisation,
        groups=[
            (
                words,
                [
                    (one.label, url_for(".ask", organisation=organisation.public_id, kind=one.slug))
                    for one in offered
                    if one.about == about
                ],
            )
            for about, words in ABOUT.items()
        ],
        trail=_trail(organisation),
    )


@page(
    batch,
    "/to-chuc/<uuid:organisation>/in-tap/<kind>",
    permission=Permission.VIEW_JOB,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=("of", "form", "both_sides"),
)
def ask(organisation: Place, kind: str) -> tuple[str, int] | Response:
    """Of when and in which form; what is asked for is made in the background."""
    asked = batch_of(kind)
    if not asked.offered(is_cell=organisation.is_cell):
        raise NotFound
    if request.method == "GET":
        return _form(organisation, asked, {"form": "pdf"}, {})
    values = {name: request.form.get(name, "") for name in ("of", "form", "both_sides")}
    return answered(
        lambda: _ask(organisation, asked, values),
        lambda errors, status: _form(organisation, asked, values, errors, status),
    )


def _ask(organisation: Place, asked: Batch, values: Mapping[str, str]) -> str:
    if values["form"] not in dict(FORMS):
        raise InvalidInput("Xin chọn dạng tệp.", "form")
    if values["of"] not in dict(_times(asked)):
        raise InvalidInput("Xin chọn thời gian trong danh sách.", "of")
    wanted = PapersAsked(
        batch=asked.slug,
        place=organisation.id,
        of=values["of"],
        form=values["form"],
        both_sides=bool(values["both_sides"]),
    )
    work = request_papers(session(), actor(), registry(), wanted, reach=reach())
    afterwards(partial(wake_worker, work))
    return url_for("job.show", job=work.public_id)


def _form(
    organisation: Place, asked: Batch, values: Mapping[str, str], errors: Mapping[str, str], status: int = 200
) -> tuple[str, int]:
    times = _times(asked)
    text = render_template(
        "paper/batch.html",
        place=organisation,
        batch=asked,
        times=times if asked.spans else (),
        when=WHEN.get(asked.about),
        of=values.get("of") or times[1 if "month" in asked.spans or asked.ahead else 0][0],
        values=values,
        forms=FORMS,
        errors=errors,
        form_key=new_key(),
        back=url_for(".index", organisation=organisation.public_id),
        trail=[
            *_trail(organisation),
            ("In cả tập", url_for(".index", organisation=organisation.public_id)),
        ],
    )
    return text, status


def _times(asked: Batch) -> list[tuple[str, str]]:
    """The months, quarters or years a batch may be of, the latest first; of meetings to come none is named."""
    return [one for span in asked.spans for one in _spans(span, ahead=asked.ahead)] or [("", "")]


def _spans(span: Span, *, ahead: bool) -> Iterator[tuple[str, str]]:
    day = this_day()
    for back in range(-ahead, LOOKED_BACK[span]):
        if span == "month":
            year, month = divmod(day.year * 12 + day.month - 1 - back, 12)
            yield f"{year}-{month + 1:02}", f"Tháng {month + 1}/{year}"
        elif span == "quarter":
            year, quarter = divmod(day.year * 4 + (day.month - 1) // 3 - back, 4)
            yield f"{year}-Q{quarter + 1}", f"Quý {QUARTERS[quarter]}/{year}"
        else:
            yield str(day.year - back), f"Năm {day.year - back}"


def _trail(organisation: Place) -> list[tuple[str, str | None]]:
    return [
        *trail.above(organisation, this_day(), itself=True),
        ("Văn bản", url_for("issued.index", organisation=organisation.public_id)),
    ]
