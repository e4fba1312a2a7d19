"""The start of a year: opening it, and the pledges of cells and members, signed, confirmed, printed."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.documents.kinds import pledges as kinds
from bontot.documents.paper import Paper
from bontot.errors import NotFound, PluginUnavailable, Stale
from bontot.imports.kinds.year import REGISTRATIONS
from bontot.imports.lists import member_pledge_columns
from bontot.policy.terms import Subject
from bontot.policy.words import ORGANISATION_TYPES
from bontot.services import members, organisations, pledges, year_start
from bontot.services.audit import note_view
from bontot.services.judgment_rules import JudgedSubject
from bontot.services.pledges import AskedPledge, Pledge
from bontot.services.year_start import MemberPledge
from bontot.web import pledge_form, trail, words
from bontot.web.database import session
from bontot.web.differences import Difference, differing
from bontot.web.fields import day_boxes, typed_boxes
from bontot.web.forms import answered, new_key, once, sent_version
from bontot.web.judgment_links import of_place
from bontot.web.papers import asked_of, asked_paper
from bontot.web.pledge_form import PledgeForm
from bontot.web.pledge_states import STATES, state_of, to_confirm
from bontot.web.query import asked_sheet, asked_year, day_within
from bontot.web.request import Person, Place, actor, place_by_id, registry, this_day
from bontot.web.routing import page
from bontot.web.sheets import sheet

pledge = Blueprint("pledge", __name__)


@page(
    pledge,
    "/chi-bo/<uuid:organisation>/dang-ky",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=None,
)
def of_cell(organisation: Place) -> tuple[str, int] | Response:
    """A cell's pledge of a year: the form, or what was signed; and those of its members as a workbook."""
    if not organisation.is_cell:
        raise NotFound
    if request.method == "GET" and asked_sheet():
        return _of_members(organisation, asked_year())
    return _pledge(organisation, of_place(organisation))


def _of_members(cell: Place, year: int) -> Response:
    """The members of a cell with their pledges."""
    code = organisations.details(session(), cell.id, day_within(cell.id, this_day())).code
    return sheet(
        "dang-ky-dang-vien",
        f"Đảng viên đăng ký phấn đấu năm {year}, {cell.name}",
        member_pledge_columns(code, year, lambda one: STATES[state_of(one)].words),
        year_start.of_members(session(), cell.id, year, this_day()),
        subject="organisation",
        subject_id=cell.id,
        kind=REGISTRATIONS,
    )


@page(
    pledge,
    "/dang-vien/<uuid:member>/dang-ky",
    permission=Permission.PLEDGE,
    scope=Scope.MEMBER,
    methods=("GET", "POST"),
    fields=None,
)
def of_member(member: Person) -> tuple[str, int] | Response:
    """A member's pledge of a year: the form, or what was signed."""
    return _pledge(member, _as_judged(member))


def _as_judged(member: Person) -> JudgedSubject:
    return JudgedSubject(id=member.id, of_member=True, place_id=member.cell_id)


def _pledge(whom: Place | Person, subject: JudgedSubject) -> tuple[str, int] | Response:
    year = asked_year()
    found = pledges.pledge_of(session(), subject, year)
    asked, problem = _asked(subject, year)
    note_view(session(), "view_pledge", subject.table, subject.id, actor().account_id, year=year)
    may_sign = pledges.may_sign(actor(), subject) and year_start.is_open(session(), year)
    if request.method == "POST":
        if asked is None:
            raise NotFound
        return _sign(whom, subject, year, asked)
    editing = request.args.get("sua") == "1"
    if asked is not None and may_sign and (found is None or editing):
        boxes = day_boxes(this_day())
        return _form(whom, year, asked, found, pledge_form.offered(asked, found, boxes))
    return _show(whom, subject, year, asked, found, problem=problem, may_sign=may_sign)


def _asked(subject: JudgedSubject, year: int) -> tuple[AskedPledge | None, str]:
    """What the plan asks, or why it cannot be said."""
    if subject.place_id is None:
        return None, ""
    kind = Subject.MEMBER if subject.of_member else Subject.CELL
    try:
        return pledges.asked_pledge(session(), registry(), subject.place_id, year, kind), ""
    except PluginUnavailable as refusal:
        return None, str(refusal)


def _sign(
    whom: Place | Person, subject: JudgedSubject, year: int, asked: AskedPledge
) -> tuple[str, int] | Response:
    shown = pledge_form.typed(asked, request.form, typed_boxes(request.form, "signed_on"))

    def act() -> str:
        entry = pledge_form.entry_of(shown)
        pledges.sign(session(), actor(), subject, year, asked, entry, sent_version())
        flash(f"Đã ký bản đăng ký phấn đấu năm {year} của {_name(whom)}.", "good")
        return address(whom, year)

    def again(errors: dict[str, str], status: int) -> tuple[str, int]:
        shown.errors.update(errors)
        return _form(whom, year, asked, pledges.pledge_of(session(), subject, year), shown, status)

    return answered(act, again, lambda before: again({}, before.status))


def _name(whom: Place | Person) -> str:
    return whom.name if isinstance(whom, Place) else f"đồng chí {whom.full_name}"


def address(whom: Place | Person, year: int, **more: Any) -> str:
    """The pledge of a cell or member for a year."""
    if isinstance(whom, Place):
        return url_for("pledge.of_cell", organisation=whom.public_id, nam=year, **more)
    return url_for("pledge.of_member", member=whom.public_id, nam=year, **more)


def _form(
    whom: Place | Person,
    year: int,
    asked: AskedPledge,
    found: Pledge | None,
    shown: PledgeForm,
    status: int = 200,
) -> tuple[str, int]:
    text = render_template(
        "pledge/form.html",
        name=_name(whom),
        of_member=isinstance(whom, Person),
        oneself=isinstance(whom, Person) and whom.id == actor().member_id,
        year=year,
        asked=asked,
        found=found,
        form=shown,
        stale=status == Stale.status,
        differences=_differences(asked, found, shown) if status == Stale.status else [],
        labels=pledges.LABELS,
        opening=year_start.opening(session(), year),
        form_key=new_key(),
        members=_members(whom, year, asked),
        back=_back(whom),
        trail=_trail(whom),
    )
    return text, status


def _members(whom: Place | Person, year: int, asked: AskedPledge | None) -> dict[str, Any]:
    """How far the pledges of a cell's members are, and how many of them wait for the reader; nobody for a member."""
    people: list[MemberPledge] = []
    if isinstance(whom, Place) and (asked is None or asked.member_title is not None):
        people = year_start.of_members(session(), whom.id, year, this_day())
    return {
        "people": people,
        "sheet": address(whom, year, dang="xlsx")
        if people and actor().may(Permission.VIEW_ORGANISATION)
        else "",
        "waiting": to_confirm(people, actor()) if actor().may(Permission.CONFIRM_PLEDGE) else 0,
        "confirm": url_for("pledge.confirm_members", organisation=whom.public_id, nam=year),
        "state_of": lambda one: STATES[state_of(one)],
    }


def _differences(asked: AskedPledge, found: Pledge | None, shown: PledgeForm) -> list[Difference]:
    """Where the pledge on record says otherwise than what was typed."""
    theirs = found.promises if found else {}
    return differing(
        (
            f"{line.label}: {pledges.LABELS[part].lower()}",
            getattr(theirs[line.criterion], part),
            getattr(shown.promises[line.criterion], part),
        )
        for line in asked.lines
        if line.criterion in theirs
        for part in pledges.PARTS
    )


def _back(whom: Place | Person) -> str:
    if isinstance(whom, Place):
        return trail.place_address(whom.public_id, is_cell=True)
    return url_for("member.show", member=whom.public_id)


def _trail(whom: Place | Person) -> list[trail.Step]:
    if isinstance(whom, Place):
        return trail.above(whom, this_day(), itself=True)
    return [(whom.full_name, url_for("member.show", member=whom.public_id))]


def _show(
    whom: Place | Person,
    subject: JudgedSubject,
    year: int,
    asked: AskedPledge | None,
    found: Pledge | None,
    *,
    problem: str,
    may_sign: bool,
) -> tuple[str, int]:
    day, cell = this_day(), whom if isinstance(whom, Place) else None
    waiting = found is not None and found.confirmed_on is None and pledges.may_confirm(actor(), subject)
    own = found is not None and pledges.signed_by_actor(actor(), found)
    text = render_template(
        "pledge/show.html",
        whom=whom,
        name=_name(whom),
        of_member=subject.of_member,
        paper=_paper(whom, year) if found and not problem else None,
        year=year,
        asked=asked,
        found=found,
        problem=problem,
        may_sign=may_sign,
        may_confirm=waiting and not own,
        why_not=pledges.who_else_confirms(subject) if waiting and own else "",
        members=_members(whom, year, asked),
        headcount=members.headcount(session(), frozenset({whom.id}), day) if cell else None,
        officers=organisations.officers(session(), whom.id, day) if cell else (),
        rating=year_start.last_rating(session(), whom.id, year) if cell else None,
        opening=year_start.opening(session(), year),
        state=STATES[state_of(found)],
        edit=address(whom, year, sua="1"),
        confirm=_confirm_address(whom, year),
        form_key=new_key(),
        words=words,
        types=ORGANISATION_TYPES,
        years={at: address(whom, at) for at in (year - 1, year + 1)},
        this_year=day.year,
        trail=_trail(whom),
    )
    return text, 200


def _paper(whom: Place | Person, year: int) -> Paper | None:
    """The pledge as it is printed; None where there is no cell to name on it."""
    with suppress(NotFound):
        if isinstance(whom, Place):
            return kinds.of_cell(asked_paper(whom, str(year)))
        if whom.cell_id is not None:
            return kinds.of_member(asked_of(whom.cell_id, str(year)), whom.id)
    return None


def _confirm_address(whom: Place | Person, year: int) -> str:
    if isinstance(whom, Place):
        return url_for("pledge.confirm_cell", organisation=whom.public_id, nam=year)
    return url_for("pledge.confirm_member", member=whom.public_id, nam=year)


@page(
    pledge,
    "/chi-bo/<uuid:organisation>/dang-ky/xac-nhan",
    permission=Permission.CONFIRM_PLEDGE,
    scope=Scope.ORGANISATION,
    methods=("POST",),
    fields=("version",),
)
def confirm_cell(organisation: Place) -> Response:
    """The superior confirms a cell's pledge."""
    return _confirm(organisation, of_place(organisation))


@page(
    pledge,
    "/dang-vien/<uuid:member>/dang-ky/xac-nhan",
    permission=Permission.CONFIRM_PLEDGE,
    scope=Scope.MEMBER,
    methods=("POST",),
    fields=("version",),
)
def confirm_member(member: Person) -> Response:
    """The cell confirms a member's pledge."""
    return _confirm(member, _as_judged(member))


def _confirm(whom: Place | Person, subject: JudgedSubject) -> Response:
    year = asked_year()

    def act() -> str:
        pledges.confirm(session(), actor(), subject, year, sent_version(), _body(subject))
        flash(f"Đã xác nhận bản đăng ký phấn đấu năm {year} của {_name(whom)}.", "good")
        return address(whom, year)

    return redirect(once(session(), act))


def _body(subject: JudgedSubject) -> str:
    """In whose name a pledge is confirmed: of a member the cell; of a cell the body directly above it."""
    place = subject.place_id or 0
    if subject.of_member:
        return place_by_id(session(), place).name
    superiors = organisations.superiors(session(), place, this_day())
    return superiors[-1][2] if superiors else actor().name


@page(
    pledge,
    "/chi-bo/<uuid:organisation>/dang-ky/xac-nhan-dang-vien",
    permission=Permission.CONFIRM_PLEDGE,
    scope=Scope.ORGANISATION,
    methods=("POST",),
)
def confirm_members(organisation: Place) -> Response:
    """The cell confirms every pledge its members have signed."""
    year = asked_year()

    def act() -> str:
        done = pledges.confirm_members(session(), actor(), organisation.id, year, organisation.name)
        flash(f"Đã xác nhận {done} bản đăng ký của đảng viên.", "good")
        return address(organisation, year)

    return redirect(once(session(), act))
