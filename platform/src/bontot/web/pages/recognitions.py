"""The end of the year: what is due of each title, step by step, and a step taken for many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import UUID

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.documents.office import Office, office_of
from bontot.errors import InvalidInput, NotFound, PluginUnavailable, Stale
from bontot.policy.recognition import SECRET
from bontot.policy.recognition_table import recognition_terms, step_rows
from bontot.policy.terms import Act, Holder
from bontot.services.audit import note_view
from bontot.services.paging import Page
from bontot.services.recognition.acts import take
from bontot.services.recognition.figures import Side, figures_of, funnel, has_anyone
from bontot.services.recognition.lines import Line, VotingPlace, lines_of, places_awaiting
from bontot.services.recognition.reach import may_take
from bontot.services.recognition.sheets import SelfSheet, sheets_of
from bontot.services.recognition.taking import Consequences, Taking, consider, entitled_at
from bontot.services.recognition.titles import StepTerm, Title, title_of, titles_of
from bontot.web import recognition_form, recognition_words
from bontot.web.database import session
from bontot.web.forms import answered, new_key, sent_again
from bontot.web.query import asked_lines, asked_page, asked_sheet, asked_year
from bontot.web.recognition_form import Shown
from bontot.web.recognition_links import dossier_address, home_address, step_address, trail_of, within
from bontot.web.request import actor, place_by_public_id, registry, this_day
from bontot.web.routing import page
from bontot.web.sheets import Column, sheet
from bontot.web.words import SHORT_LEVELS
from bontot.web.year_end import steps_waiting

recognition = Blueprint("recognition", __name__)
STANDING_BOARD = "Ban Thường vụ"


@page(recognition, "/cong-nhan", permission=Permission.RECOGNISE, scope=Scope.TENANT)
def index() -> str | Response:
    """The steps of a year that are waited for, on each side of the reader; then of one title who stands how, and the way
    from all to those who hold it."""
    year, titles, problem = asked_year(), list[Title](), ""
    try:
        granted = titles_of(session(), registry(), year, this_day())
        titles = [one for one in granted if has_anyone(session(), one, within())]
    except PluginUnavailable as refusal:
        problem = str(refusal)
    chosen = _chosen(titles)
    if chosen is None:
        return render_template(
            "recognition/index.html",
            title=None,
            problem=problem,
            may_evaluate=actor().may(Permission.EVALUATE),
            year=year,
            today=this_day(),
            trail=[],
        )
    note_view(
        session(),
        "view_recognition",
        "evaluation_run",
        chosen.header.id,
        actor().account_id,
        title=chosen.key,
    )
    found = lines_of(session(), chosen, within(), asked_lines())
    if asked_sheet():
        title = f"{chosen.name}, công nhận năm {year}: hồ sơ từng nơi"
        if chosen.of_members:
            title = f"{chosen.name}, công nhận năm {year}: hồ sơ từng đảng viên"
        return sheet("ho-so-cong-nhan", title, _columns(chosen), found.lines)
    counted = {one.key: figures_of(session(), actor(), one, within()) for one in titles}
    figures = counted[chosen.key]
    waiting = steps_waiting((one, counted[one.key]) for one in titles)
    return render_template(
        "recognition/index.html",
        title=chosen,
        titles=[
            (recognition_words.called(one, titles), home_address(one), one.key == chosen.key)
            for one in titles
        ],
        figures=figures,
        funnel=funnel(chosen, figures),
        found=found,
        turned=lambda number: f"{home_address(chosen)}&trang={number}",
        sides=[(side.value, [line for line in waiting if line.side is side]) for side in Side],
        dossier=lambda line: dossier_address(chosen, line),
        progress=recognition_words.progress,
        words=recognition_words,
        levels=SHORT_LEVELS,
        terms=recognition_terms(registry().policy(chosen.policy), chosen.recognition, chosen.values),
        bodies=_bodies(chosen),
        problem="",
        year=year,
        today=this_day(),
        trail=[],
    )


def _columns(title: Title) -> list[Column[Line]]:
    """The dossiers of a title as the board lists them."""
    day = this_day()
    return [
        Column("Họ và tên" if title.of_members else "Tổ chức", lambda line: line.name),
        Column(
            "Chi bộ" if title.of_members else "Trực thuộc",
            lambda line: line.place_name if title.of_members else line.superior,
        ),
        Column("Theo đánh giá đến nay", lambda line: recognition_words.CONDITIONS[line.outcome].words),
        Column("Xếp loại năm", lambda line: SHORT_LEVELS.get(line.rating)),
        Column("Hồ sơ", lambda line: recognition_words.progress(title, line, day).words),
        Column("Đề nghị khi chưa đủ điều kiện", lambda line: line.exceptional),
        Column("Bước gần nhất ngày", lambda line: line.last_on),
        Column("Công nhận từ ngày", lambda line: line.recognised_on),
        Column(
            "Giữ đến hết ngày",
            lambda line: line.holds_until - timedelta(days=1) if line.holds_until else None,
        ),
        Column("Thu hồi ngày", lambda line: line.revoked_on),
        Column("Ghi chú", lambda line: recognition_words.happened(title, line, day)),
    ]


def _chosen(titles: Sequence[Title]) -> Title | None:
    """The title the address asks for, else the first; None where there is none. Raises NotFound."""
    asked = request.args.get("danh-hieu")
    if asked is None:
        return next(iter(titles), None)
    for title in titles:
        if title.key == asked:
            return title
    raise NotFound


def _bodies(title: Title) -> dict[str, str]:
    """Whose each step is today, in the plan's words."""
    policy = registry().policy(title.policy)
    rows = step_rows(policy, title.recognition, title.values, this_day())
    return {term.key: "; ".join(row.bodies) for term, row in zip(title.steps, rows, strict=True)}


@page(
    recognition,
    "/cong-nhan/<title>/buoc/<step>",
    permission=Permission.RECOGNISE,
    scope=Scope.TENANT,
    methods=("GET", "POST"),
    fields=None,
)
def step(title: str, step: str) -> tuple[str, int] | Response:
    """Who waits for a step, and the form that takes it for those chosen; what it comes to is shown before it is written."""
    asked = title_of(session(), registry(), asked_year(), title, this_day())
    term = asked.step(step)
    if request.method == "POST":
        recognition_form.check_fields(request.form)
        return _answer(asked, term, recognition_form.typed(request.form))
    work = _work(asked, term)
    if work is None:
        return _choose_place(asked, term)
    lines, day = work.found.lines, this_day()
    shown = recognition_form.fresh(
        asked, term, lines, _sheets(work), _entitled(work), _issuer(work), _signer(work), day
    )
    return _step(work, shown)


def _answer(title: Title, term: StepTerm, shown: Shown) -> tuple[str, int] | Response:
    """The form again with what must be mended, or what it comes to, or, once that was seen, the title's page."""

    def preview() -> tuple[str, int]:
        work, entry = _read(title, term, shown)
        return _confirm(work, consider(session(), actor(), title, entry))

    def stale(before: Stale) -> tuple[str, int]:
        return _again(title, term, shown, {"": str(before)}, before.status)

    again = partial(_again, title, term, shown)
    return answered(lambda: _take(*_read(title, term, shown)), again, stale, preview=preview)


def _read(title: Title, term: StepTerm, shown: Shown) -> tuple[Work, Taking]:
    work = _work(title, term)
    if work is None:
        raise InvalidInput("Chọn nơi biểu quyết trước.", "subjects")
    return work, recognition_form.read(title, term, work.found.lines, shown)


def _again(
    title: Title, term: StepTerm, shown: Shown, errors: dict[str, str], status: int
) -> tuple[str, int]:
    """The form as it was sent."""
    work = _work(title, term)
    if work is None:
        return _choose_place(title, term)
    shown.errors = errors
    return _step(work, shown, status)


@dataclass(frozen=True, slots=True)
class Work:
    """Who waits for a step of a title, as far as the reader takes it; `place` is where it is voted."""

    title: Title
    term: StepTerm
    place: VotingPlace | None
    found: Page[Line]


def _work(title: Title, term: StepTerm) -> Work | None:
    """None where a place must be chosen first."""
    place = None
    if term.does(Act.BALLOT):
        place = _asked_place()
        places = _places(title, term) if place is None else []
        if len(places) > 1:
            return None
        if places:
            place = places[0]
    found = lines_of(
        session(), title, within(), asked_page(), awaited=term.key, place=place.id if place else None
    )
    mine = [
        line
        for line in found.lines
        if may_take(actor(), term.step.holder, line.place_id, line.superior_id, within())
    ]
    return Work(title, term, place, Page(mine, found.number, found.total))


def _asked_place() -> VotingPlace | None:
    """The place the address names. Raises NotFound for one unknown, foreign or out of reach, alike."""
    asked = request.args.get("noi")
    if asked is None:
        return None
    try:
        found = place_by_public_id(session(), UUID(asked))
    except ValueError:
        raise NotFound from None
    return VotingPlace(found.id, found.public_id, found.name, 0)


def _places(title: Title, term: StepTerm) -> list[VotingPlace]:
    own = term.step.holder is Holder.SUBJECT
    return places_awaiting(session(), title, within(), term.key, own=own)


def _choose_place(title: Title, term: StepTerm) -> tuple[str, int]:
    text = render_template(
        "recognition/places.html",
        title=title,
        term=term,
        places=[(place, step_address(title, term, place.public_id)) for place in _places(title, term)],
        words=recognition_words,
        trail=trail_of(title),
    )
    return text, 200


def _entitled(work: Work) -> int:
    return entitled_at(session(), work.place.id, this_day(), work.term)[0] if work.place else 0


def _office(work: Work) -> Office | None:
    """The body directly above all who are considered, where the step is its."""
    above = {line.superior_id for line in work.found.lines}
    [superior] = above if len(above) == 1 else [None]
    if superior is None or work.term.step.holder is not Holder.SUPERIOR:
        return None
    return office_of(session(), superior, this_day())


def _signer(work: Work) -> str:
    """Who signs for the body as it is led today, where the step decides."""
    office = _office(work) if work.term.does(Act.DECISION) else None
    return office.signer().name if office else ""


def _issuer(work: Work) -> str:
    """Whose document the decision will be, by its own name where the plan only says whose it is of every ward."""
    body, office = recognition_form.planned_body(work.term, work.found.lines, this_day()), _office(work)
    if not body or office is None or office.author == office.name:
        return body
    return f"{STANDING_BOARD} {office.author}" if body.startswith(STANDING_BOARD) else office.author


def _sheets(work: Work) -> dict[int, SelfSheet]:
    """How far those who wait judged themselves, where the step lays that down."""
    return sheets_of(session(), work.title, work.found.lines) if work.term.does(Act.SHEET) else {}


def _for_others(work: Work) -> bool:
    """Whether the reader records what bodies below do themselves."""
    here = actor().organisation_id
    own = work.term.step.holder is Holder.SUBJECT
    return own and any(line.place_id != here for line in work.found.lines)


def _step(work: Work, shown: Shown, status: int = 200) -> tuple[str, int]:
    text = render_template(
        "recognition/step.html",
        title=work.title,
        term=work.term,
        does={act.value: work.term.does(act) for act in Act},
        secret=work.title.method == SECRET,
        planned=recognition_form.planned_body(work.term, work.found.lines, this_day()),
        place=work.place,
        found=work.found,
        sheets=_sheets(work),
        for_others=_for_others(work),
        shown=shown,
        values=shown.values,
        errors=shown.ordered(),
        form_key=new_key(),
        words=recognition_words,
        labels=recognition_form.LABELS,
        papers=recognition_form.PAPERS,
        dossier=lambda line: dossier_address(work.title, line),
        turned=lambda number: f"{step_address(work.title, work.term)}&trang={number}",
        back=home_address(work.title),
        today=this_day(),
        trail=trail_of(work.title),
    )
    return text, status


def _confirm(work: Work, found: Consequences) -> tuple[str, int]:
    text = render_template(
        "recognition/confirm.html",
        title=work.title,
        term=work.term,
        found=found,
        entry=found.taking,
        sent=sent_again(),
        words=recognition_words,
        form_key=new_key(),
        trail=trail_of(work.title),
    )
    return text, 200


def _take(work: Work, entry: Taking) -> str:
    found = take(session(), actor(), work.title, entry)
    counted = f"{len(found.outcomes)} {recognition_words.SUBJECTS[work.title.scheme.subject]}"
    flash(f"Đã ghi bước “{work.term.step.label}” cho {counted}.", "good")
    return home_address(work.title)
