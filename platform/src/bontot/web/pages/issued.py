"""Issuing papers: giving the number, the register of what a body issued, and its kept files."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.db.models import IssuedPaper
from bontot.documents import issuing
from bontot.documents.kinds import Asked, Kind, kind_of, kinds_for, labels, slug_of
from bontot.documents.paper import Text
from bontot.documents.phrases import UNWRITTEN, numbered
from bontot.errors import InvalidInput, NotAllowed, NotFound, Stale, noting, refuse_noted
from bontot.services.audit import note_view
from bontot.services.paging import MOST
from bontot.services.recognition import lists
from bontot.web import trail
from bontot.web.database import session
from bontot.web.fields import a_day, box_names, day_boxes, typed_boxes
from bontot.web.filters import within
from bontot.web.forms import new_key, once, sent_version
from bontot.web.pages.papers import MEDIA, a_file, issued_address, looked_at
from bontot.web.papers import asked_paper
from bontot.web.query import asked_sheet, asked_year
from bontot.web.request import Place, actor, registry, this_day
from bontot.web.routing import page
from bontot.web.sheets import Column, sheet

issued = Blueprint("issued", __name__)
DECIDED = {"grant": "Công nhận", "refusal": "Không công nhận", "revocation": "Thu hồi"}
COLUMNS = (
    Column[IssuedPaper]("Số", lambda row: row.number),
    Column[IssuedPaper](
        "Số, ký hiệu",
        lambda row: numbered(row.number, row.symbol, row.sign) if row.number is not None else None,
    ),
    Column[IssuedPaper]("Ngày văn bản", lambda row: row.dated_on),
    Column[IssuedPaper]("Văn bản", lambda row: row.name),
    Column[IssuedPaper]("Người ký", lambda row: row.signer),
    Column[IssuedPaper]("Người ban hành", lambda row: row.issued_by),
    Column[IssuedPaper]("Ban hành lúc", lambda row: row.issued_at),
    Column[IssuedPaper]("Ngày hủy", lambda row: row.cancelled_on),
    Column[IssuedPaper]("Lý do hủy", lambda row: row.cancelled_for),
)


@page(
    issued,
    "/to-chuc/<uuid:organisation>/van-ban",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.ORGANISATION,
)
def index(organisation: Place) -> str | Response:
    """The papers a body can make of a year, and those it issued."""
    year = asked_year()
    most = MOST if asked_sheet() else issuing.LISTED
    rows, labelled = issuing.issued_by_body(session(), organisation.id, most), labels(registry())
    note_view(session(), "view_papers", "organisation", organisation.id, actor().account_id)
    if asked_sheet():
        columns = (Column[IssuedPaper]("Loại", lambda row: labelled.get(row.kind)), *COLUMNS)
        title = f"Văn bản đã ban hành của {organisation.name}"
        return sheet("van-ban", title, columns, rows, subject="organisation", subject_id=organisation.id)
    return render_template(
        "paper/index.html",
        place=organisation,
        year=year,
        this_year=this_day().year,
        offered=_offered(organisation, year),
        rows=[
            (row, issuing.called(row), labelled.get(row.kind, ""), issued_address(organisation, row))
            for row in rows
        ],
        most=issuing.LISTED,
        years={
            at: url_for(".index", organisation=organisation.public_id, nam=at) for at in (year - 1, year + 1)
        },
        trail=trail.above(organisation, this_day(), itself=True),
    )


def _offered(organisation: Place, year: int) -> list[tuple[str, list[tuple[str, str]], str]]:
    """What can be made of a year without going to a record first, or why not: `(kind, [(period, address)], reason)`."""
    day = this_day()

    def address(kind: Kind, of: str) -> str:
        return url_for("paper.show", organisation=organisation.public_id, kind=kind.slug, of=of)

    def periods(kind: Kind) -> list[tuple[str, str]]:
        months = [
            (f"Tháng {n}", f"{year}-{n:02}") for n in range(1, 13) if (year, n) <= (day.year, day.month)
        ]
        quarters = [
            (f"Quý {roman}", f"{year}-Q{n}")
            for n, roman in enumerate(("I", "II", "III", "IV"), 1)
            if (year, n * 3 - 2) <= (day.year, day.month)
        ]
        whole = [("Cả năm", str(year))] if kind.key != "fee_report" and year <= day.year else []
        return [(label, address(kind, of)) for label, of in (*months, *quarters, *whole)]

    def of_year(kind: Kind, label: str) -> tuple[str, list[tuple[str, str]], str]:
        try:
            kind.build(asked_paper(organisation, str(year)))
        except NotFound as missing:
            return kind.label, [], str(missing)
        return kind.label, [(label, address(kind, str(year)))], ""

    found = []
    for kind in kinds_for(asked_paper(organisation, "")):
        if kind.about == "period" and kind.made_by(is_cell=organisation.is_cell):
            found.append((kind.label, periods(kind), ""))
        elif kind.about == "decision" and not organisation.is_cell:
            recorded = lists.decided_under(session(), organisation.id, year)
            found.append(of_year(kind, "Dự thảo cho hồ sơ đang chờ"))
            found += [
                (
                    f"{DECIDED[what]} “{title}”",
                    [(f"Số {number}, ngày {day:%d/%m/%Y}", address(kind, str(public_id)))],
                    "",
                )
                for public_id, what, title, number, day in recorded
            ]
        elif kind.about == "year" and kind.made_by(is_cell=organisation.is_cell):
            found.append(of_year(kind, f"Năm {year}"))
    return found


@page(
    issued,
    "/to-chuc/<uuid:organisation>/van-ban/<kind>/<of>/ban-hanh",
    permission=Permission.ISSUE_PAPER,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=("number", "version", *box_names("day")),
)
def issue(organisation: Place, kind: str, of: str) -> tuple[str, int] | Response:
    """Gives a paper its number and day, and keeps its files as they go out."""
    if not issuing.may_issue(actor(), organisation.id):
        raise NotAllowed
    asked = looked_at(organisation, kind_of(kind, registry()), of)
    if request.method == "GET":
        found = issuing.prepare(asked, kind_of(kind, registry()))
        number = f"{found.number}" if found.number is not None else ""
        return _form(organisation, asked, kind_of(kind, registry()), {"number": number}, day_boxes(found.day))
    values, boxes = {"number": request.form.get("number", "").strip()}, typed_boxes(request.form, "day")
    try:
        return redirect(
            once(session(), lambda: _issue(organisation, asked, kind_of(kind, registry()), values, boxes))
        )
    except InvalidInput as refusal:
        session().rollback()
        return _form(
            organisation, asked, kind_of(kind, registry()), values, boxes, refusal.errors, refusal.status
        )
    except Stale as stale:
        session().rollback()
        errors = {
            "": "Vừa có người khác ban hành văn bản này. Xem bản đã ban hành rồi bấm lần nữa nếu vẫn cần."
        }
        return _form(organisation, asked, kind_of(kind, registry()), values, boxes, errors, stale.status)


def _issue(
    organisation: Place, asked: Asked, kind: Kind, values: dict[str, str], boxes: dict[str, str]
) -> str:
    errors: dict[str, str] = {}
    number, day = None, this_day()
    given = values["number"]
    if given:
        if given.isascii() and given.isdigit() and len(given) <= 4:
            number = int(given)
        else:
            errors["number"] = "Nhập số văn bản bằng chữ số, ví dụ 5."
    with noting(errors, "day"):
        day = a_day(boxes)
    refuse_noted(errors)
    row = issuing.issue(
        asked,
        kind,
        number=number,
        day=day,
        version=sent_version(),
    )
    flash(f"Đã ban hành {within(kind.label)} {issuing.called(row)}.", "good")
    return issued_address(organisation, row)


def _form(
    organisation: Place,
    asked: Asked,
    kind: Kind,
    values: dict[str, str],
    boxes: dict[str, str],
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> tuple[str, int]:
    found = issuing.prepare(asked, kind)
    if found.paper.lacks:
        errors = {"": found.paper.lacks}
    before = found.replaces
    text = render_template(
        "paper/issue.html",
        place=organisation,
        kind=kind,
        found=found,
        unwritten=sum(isinstance(one, Text) and UNWRITTEN in one.words for one in found.paper.body),
        before=before and (issuing.called(before), issued_address(organisation, before)),
        values=values,
        boxes=boxes,
        errors=errors or {},
        form_key=new_key(),
        back=url_for("paper.show", organisation=organisation.public_id, kind=kind.slug, of=asked.of),
        trail=trail.above(organisation, this_day(), itself=True),
    )
    return text, status


@page(
    issued,
    "/to-chuc/<uuid:organisation>/so-van-ban/<uuid:paper>",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=("reason",),
)
def show(organisation: Place, paper: UUID) -> tuple[str, int] | Response:
    """An issued paper with its files, each held against its SHA-256; and its cancelling, for those who may."""
    row = issuing.issued(session(), organisation.id, paper)
    if request.method == "GET":
        return _shown(organisation, row)

    def act() -> str:
        issuing.cancel(session(), actor(), row, request.form.get("reason", ""), this_day())
        flash(f"Đã hủy {row.name[:1].lower()}{row.name[1:]}. Số đã cấp không dùng lại.", "good")
        return issued_address(organisation, row)

    try:
        return redirect(once(session(), act))
    except (InvalidInput, Stale) as refusal:
        session().rollback()
        said = refusal.errors if isinstance(refusal, InvalidInput) else {"": "Văn bản này vừa được hủy."}
        now = issuing.issued(session(), organisation.id, paper)
        return _shown(organisation, now, said, refusal.status)


def _shown(
    organisation: Place, row: IssuedPaper, errors: dict[str, str] | None = None, status: int = 200
) -> tuple[str, int]:
    note_view(session(), "view_paper", "issued_paper", row.id, actor().account_id)
    text = render_template(
        "paper/issued.html",
        row=row,
        label=labels(registry()).get(row.kind, ""),
        called=issuing.called(row),
        files=[
            (
                one,
                url_for(".download", organisation=organisation.public_id, paper=row.public_id, form=one.form),
            )
            for one in issuing.kept(session(), row)
        ],
        earlier=[
            (issuing.called(one), issued_address(organisation, one))
            for one in issuing.beside(session(), row, before=True)
        ],
        later=[
            (issuing.called(one), issued_address(organisation, one))
            for one in issuing.beside(session(), row, before=False)
        ],
        may_cancel=row.cancelled_on is None and issuing.may_issue(actor(), organisation.id),
        reason=request.form.get("reason", ""),
        errors=errors or {},
        form_key=new_key(),
        trail=[
            *trail.above(organisation, this_day(), itself=True),
            ("Văn bản", url_for(".index", organisation=organisation.public_id)),
        ],
    )
    return text, status


@page(
    issued,
    "/to-chuc/<uuid:organisation>/so-van-ban/<uuid:paper>/<form>",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.ORGANISATION,
)
def download(organisation: Place, paper: UUID, form: str) -> Response:
    """The very bytes that went out."""
    if form not in MEDIA:
        raise NotFound
    row = issuing.issued(session(), organisation.id, paper)
    note_view(session(), "view_paper", "issued_paper", row.id, actor().account_id, form=form)
    number = f"-{row.number:02}-{row.symbol}-{row.sign}" if row.number is not None else ""
    name = f"{slug_of(row.kind, registry())}{number}-{row.dated_on.isoformat()}".replace("Đ", "D")
    return a_file(issuing.file_of(session(), row, form), form, name)
