"""Judging what no count decides: the work of a year, and the sheet of one subject with the reader's own form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Role, Scope
from bontot.errors import InvalidInput, NotAllowed, NotFound, Stale
from bontot.policy.terms import Stage
from bontot.policy.words import STAGE_WORDS
from bontot.services import judgment_lists, members
from bontot.services.audit import note_view
from bontot.services.judgment_rules import JudgedSubject, stages_open_to
from bontot.services.judgments import Sheet, judge, sheet_of
from bontot.web import judgment_form, trail
from bontot.web.database import session
from bontot.web.forms import answered, new_key
from bontot.web.judgment_form import JudgmentForm, record_words
from bontot.web.judgment_hands import bar_of, reader
from bontot.web.judgment_links import (
    STAGE_NAMES,
    STAGES,
    criterion_address,
    of_person,
    of_place,
    sheet_address,
)
from bontot.web.judgment_sheet import said, viewed
from bontot.web.judgment_work import people_address, work_shown
from bontot.web.query import asked_year
from bontot.web.request import Person, Place, actor, place_by_id, reach, registry, this_day, within_reach
from bontot.web.routing import page

judgment = Blueprint("judgment", __name__)
VERDICTS = (("met", "Đạt"), ("not_met", "Chưa đạt"), ("not_applicable", "Không áp dụng"))


@dataclass(frozen=True, slots=True)
class Whom:
    """A subject with how the page calls it: the name, the own page for who may open it, and for a cell the list of its
    members."""

    subject: JudgedSubject
    public_id: UUID
    name: str
    own_page: str
    people: str = ""

    def sheet(self, year: int, stage: Stage | None = None) -> str:
        """The sheet, at a stage."""
        address = sheet_address(self.public_id, year, of_member=self.subject.of_member)
        return f"{address}&buoc={STAGE_NAMES[stage]}" if stage else address

    def criterion(self, key: str, year: int, stage: Stage | None) -> str:
        """The page of one criterion."""
        return criterion_address(self.public_id, key, year, stage, of_member=self.subject.of_member)


@page(judgment, "/xet-tieu-chi", permission=Permission.JUDGE, scope=Scope.TENANT)
def index() -> str | Response:
    """The work of a year within the reader's reach; a member's own sheet."""
    if actor().role is Role.MEMBER:
        return redirect(url_for("judgment.own", nam=request.args.get("nam")))
    top = actor().organisation_id
    place = place_by_id(session(), top) if top else None
    return work_shown(place, lambda **query: url_for("judgment.index", **query), [])


@page(
    judgment,
    "/xet-tieu-chi/trong/<uuid:organisation>",
    permission=Permission.JUDGE,
    scope=Scope.ORGANISATION,
)
def below(organisation: Place) -> str | Response:
    """The same, of one organisation and all below it."""

    def address(**query: Any) -> str:
        return url_for("judgment.below", organisation=organisation.public_id, **query)

    return work_shown(organisation, address, [*_root(), (organisation.name, None)])


@page(judgment, "/xet-tieu-chi/toi", permission=Permission.JUDGE, scope=Scope.TENANT)
def own() -> Response:
    """One's own sheet."""
    mine = actor().member_id
    if mine is None:
        raise NotFound("Tài khoản này chưa gắn với hồ sơ đảng viên nào.")
    member = members.address_of(session(), mine)
    return redirect(url_for("judgment.of_member", member=member, nam=request.args.get("nam")))


@page(
    judgment,
    "/xet-tieu-chi/to-chuc/<uuid:organisation>",
    permission=Permission.JUDGE,
    scope=Scope.JUDGED,
    methods=("GET", "POST"),
    fields=None,
)
def of_organisation(organisation: Place) -> tuple[str, int] | Response:
    """The sheet of a cell or base organisation."""
    return _sheet(_place(organisation))


@page(
    judgment,
    "/xet-tieu-chi/to-chuc/<uuid:organisation>/<key>",
    permission=Permission.JUDGE,
    scope=Scope.JUDGED,
    methods=("GET", "POST"),
    fields=None,
)
def criterion_of_organisation(organisation: Place, key: str) -> tuple[str, int] | Response:
    """One criterion of it, with its records and evidence."""
    return _sheet(_place(organisation), key)


@page(
    judgment,
    "/xet-tieu-chi/dang-vien/<uuid:member>",
    permission=Permission.JUDGE,
    scope=Scope.JUDGED,
    methods=("GET", "POST"),
    fields=None,
)
def of_member(member: Person) -> tuple[str, int] | Response:
    """The sheet of a member."""
    return _sheet(_member(member))


@page(
    judgment,
    "/xet-tieu-chi/dang-vien/<uuid:member>/<key>",
    permission=Permission.JUDGE,
    scope=Scope.JUDGED,
    methods=("GET", "POST"),
    fields=None,
)
def criterion_of_member(member: Person, key: str) -> tuple[str, int] | Response:
    """One criterion of it, with its records and evidence."""
    return _sheet(_member(member), key)


def _place(organisation: Place) -> Whom:
    own_page = people = ""
    if organisation.id in reach():
        own_page = trail.place_address(organisation.public_id, is_cell=organisation.is_cell)
        people = people_address(organisation.public_id, asked_year()) if organisation.is_cell else ""
    return Whom(of_place(organisation), organisation.public_id, organisation.name, own_page, people)


def _member(member: Person) -> Whom:
    own_page = url_for("member.show", member=member.public_id) if within_reach(member) else ""
    return Whom(of_person(member, asked_year()), member.public_id, member.full_name, own_page)


def _sheet(whom: Whom, key: str | None = None) -> tuple[str, int] | Response:
    """The sheet, or one criterion of it, with a form for the reader's own stage where there is one; and what that form
    sends. Raises NotFound for a criterion that nobody asks."""
    subject = whom.subject
    sheet = sheet_of(session(), registry(), subject, asked_year(), this_day())
    if key is not None and key not in {one.criterion for one in sheet.asked}:
        raise NotFound
    stages = stages_open_to(actor(), subject)
    if request.method == "POST":
        empty = judgment_form.offered(sheet, _sent_stage(stages), reader(), this_day(), key)
        return _send(sheet, judgment_form.typed(request.form, empty), whom, key)
    note_view(session(), "view_judgments", subject.table, subject.id, actor().account_id, year=sheet.year)
    stage = _stage(sheet, stages, key)
    form = judgment_form.offered(sheet, stage, reader(), this_day(), key) if stage else None
    return _shown(sheet, whom, form, key)


def _stage(sheet: Sheet, stages: tuple[Stage, ...], key: str | None) -> Stage | None:
    """The stage the address asks for, else the first of the reader's where something waits. Raises NotFound."""
    among = [asked for asked in sheet.asked if key in (None, asked.criterion)]
    open_ = [stage for stage in stages if any(stage in asked.stages for asked in among)]
    given = request.args.get("buoc")
    if given is not None:
        if STAGES.get(given) not in open_:
            raise NotFound
        return STAGES[given]
    waiting = (
        stage
        for stage in open_
        if any(
            stage in asked.stages and asked.awaited and stage not in sheet.stages(asked.criterion)
            for asked in among
        )
    )
    return next(waiting, open_[-1] if open_ else None)


def _sent_stage(stages: tuple[Stage, ...]) -> Stage:
    """The stage a form was shown for. Raises NotAllowed where it is not the reader's."""
    given = request.form.get("stage", "")
    if given not in stages:
        raise NotAllowed("Bước này của hồ sơ không do đồng chí xét.")
    return Stage(given)


def _send(sheet: Sheet, shown: JudgmentForm, whom: Whom, key: str | None) -> tuple[str, int] | Response:
    subject = sheet.subject
    entries = judgment_form.entries_of(shown, _records(sheet, shown))
    judged_on = judgment_form.day_of(shown)
    if shown.errors:
        return _shown(sheet, whom, shown, key, status=InvalidInput.status)

    def act() -> str:
        changed = judge(
            session(),
            actor(),
            registry(),
            subject,
            sheet.year,
            shown.stage,
            entries,
            judgment_form.versions_of(shown),
            judged_on=judged_on,
            redate=shown.redate,
            reason=shown.reason,
        )
        done = f"Đã ghi {changed} kết luận" if changed else "Không có gì thay đổi"
        flash(f"{done} ở bước {STAGE_WORDS[shown.stage]} của {whom.name}, năm {sheet.year}.", "good")
        sheet_there = whom.sheet(sheet.year, shown.stage)
        return f"{sheet_there}#{key}" if key else request.full_path.rstrip("?")

    def again(errors: dict[str, str], status: int) -> tuple[str, int]:
        shown.refuse(errors)
        return _shown(sheet, whom, shown, key, status=status)

    return answered(act, again, lambda _: _stale(shown, whom, key))


def _records(sheet: Sheet, form: JudgmentForm | None) -> list[judgment_lists.RecordChoice]:
    """What may be linked as evidence, where the form is of one criterion."""
    if form is None or not form.alone:
        return []
    return judgment_lists.records_of(session(), sheet.subject.place_id, sheet.year, this_day())


def _stale(shown: JudgmentForm, whom: Whom, key: str | None) -> tuple[str, int]:
    """What somebody else judged meanwhile, beside what was typed: sent again it takes that one's place."""
    now = sheet_of(session(), registry(), whom.subject, asked_year(), this_day())
    for criterion in judgment_form.renewed(shown, now):
        theirs = now.stages(criterion).get(shown.stage)
        stands = "vừa được bỏ"
        if theirs:
            remark = f", “{theirs.entry.remark}”" if theirs.entry.remark else ""
            stands = f"vừa được {theirs.hand.name} ghi: {said(theirs.entry).words.lower()}{remark}"
        box = shown.boxes[criterion]
        shown.errors[box.main] = (
            f"“{box.asked.label}” {stands}. Xem lại rồi ghi lần nữa để thay bằng bản ở đây."
        )
    return _shown(now, whom, shown, key, status=Stale.status)


def _shown(
    sheet: Sheet, whom: Whom, form: JudgmentForm | None, key: str | None, *, status: int = 200
) -> tuple[str, int]:
    view, stage = viewed(sheet, form, this_day()), form.stage if form else None
    steps = [] if actor().role is Role.MEMBER else _root(sheet.year)
    common = {
        "form": form,
        "stage_name": STAGE_WORDS[stage] if stage else "",
        "mending": form is not None and _mending(sheet, form),
        "recorded": form is not None and _on_record(form),
        "bar": bar_of(sheet, form, whom.name, this_day()) if form else None,
        "verdicts": VERDICTS,
        "name": whom.name,
        "form_key": new_key(),
        "year": sheet.year,
        "today": this_day(),
    }
    if key is not None:
        linked = {one.record for box in (form.boxes.values() if form else ()) for one in box.evidence}
        text = render_template(
            "judgment/criterion.html",
            item=view.item(key),
            records=[
                (str(one.public_id), record_words(one), one.kind)
                for one in _records(sheet, form)
                if one.public_id not in linked
            ],
            back=f"{whom.sheet(sheet.year, stage)}#{key}",
            trail=[*steps, (whom.name, whom.sheet(sheet.year, stage))],
            **common,
        )
        return text, status
    stages = _stage_links(sheet, form)
    text = render_template(
        "judgment/sheet.html",
        view=view,
        stages=stages,
        changes=judgment_lists.changes(session(), sheet.subject, sheet.year),
        stage_words=STAGE_WORDS,
        own=whom.own_page,
        people=whom.people,
        alone=lambda criterion: whom.criterion(criterion, sheet.year, stage if stages else None),
        trail=steps,
        **common,
    )
    return text, status


def _on_record(form: JudgmentForm) -> bool:
    """Whether something the form may change is on record at its stage, and so has a day."""
    return any(box.version and not box.closed for box in form.boxes.values())


def _mending(sheet: Sheet, form: JudgmentForm) -> bool:
    """Whether something at the form's stage can only be changed with a reason."""
    return any(form.stage in sheet.stages(key) and sheet.later(key, form.stage) for key in form.boxes)


def _stage_links(sheet: Sheet, form: JudgmentForm | None) -> list[tuple[str, str, bool]]:
    """The reader's stages, where there is a choice."""
    open_ = [
        stage
        for stage in stages_open_to(actor(), sheet.subject)
        if any(stage in asked.stages for asked in sheet.asked)
    ]
    if form is None or len(open_) < 2:
        return []
    return [
        (
            STAGE_WORDS[stage],
            f"{request.path}?nam={sheet.year}&buoc={STAGE_NAMES[stage]}",
            stage is form.stage,
        )
        for stage in open_
    ]


def _root(year: int | None = None) -> list[trail.Step]:
    return [("Xét tiêu chí", url_for("judgment.index", nam=year))]
