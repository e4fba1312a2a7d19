"""Lists of members, and one member's record."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Role, Scope
from bontot.errors import InvalidInput, NotFound
from bontot.evaluation.standing import member_standing
from bontot.services import members, organisations, tasks
from bontot.services.audit import note
from bontot.services.fees.bases import bases_of
from bontot.services.paging import Page
from bontot.services.people import history
from bontot.services.people.due import party_age
from bontot.web import trail, words
from bontot.web.database import session
from bontot.web.fee_form import basis_words
from bontot.web.fields import named
from bontot.web.judgment_links import judging_address
from bontot.web.query import asked_page, asked_words, asked_year
from bontot.web.request import Person, Place, actor, reach, registry, this_day
from bontot.web.routing import page
from bontot.web.standing import shown

member = Blueprint("member", __name__)


@page(member, "/dang-vien", permission=Permission.VIEW_ORGANISATION, scope=Scope.TENANT)
def index() -> tuple[str, int]:
    """Everyone within reach."""
    return _list(reach(), "Đảng viên", [], lambda **query: url_for("member.index", **query))


@page(
    member,
    "/to-chuc/<uuid:organisation>/dang-vien",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.ORGANISATION,
)
def of_organisation(organisation: Place) -> tuple[str, int]:
    """Those of one organisation and all below it."""
    day = this_day()
    within = organisations.subtree(session(), organisation.id, reach(), day).ids
    return _list(
        within,
        f"Đảng viên {organisation.name}",
        trail.above(organisation, day, itself=True),
        lambda **query: url_for("member.of_organisation", organisation=organisation.public_id, **query),
        cell=organisation.id if organisation.is_cell else None,
    )


def _list(
    within: frozenset[int],
    title: str,
    steps: list[trail.Step],
    address: Callable[..., str],
    *,
    cell: int | None = None,
) -> tuple[str, int]:
    number, errors = asked_page(), dict[str, str]()
    found: Page[members.MemberLine] = Page((), 1, 0)
    try:
        wanted = asked_words()
        found = members.on_rolls(session(), within, this_day(), wanted, number)
        note(session(), "view_members", "organisation", cell, actor().account_id, page=number)
    except InvalidInput as refusal:
        wanted = request.args["tim"]
        errors["tim"] = named("Tìm theo tên", str(refusal))
    text = render_template(
        "member/index.html",
        found=found,
        wanted=wanted,
        title=title,
        trail=steps,
        one_cell=len(within) == 1,
        address=lambda turned: address(trang=turned, tim=wanted or None),
        clear=address(),
        states=words.MEMBER_STATES,
        employment=words.EMPLOYMENT,
        may_record=actor().may(Permission.RECORD_MEMBER),
        errors=errors,
    )
    return text, 422 if errors else 200


@page(member, "/dang-vien/toi", permission=Permission.VIEW_MEMBER, scope=Scope.TENANT)
def own() -> Response:
    """One's own record."""
    mine = actor().member_id
    if mine is None:
        raise NotFound("Tài khoản này chưa gắn với hồ sơ đảng viên nào.")
    return redirect(url_for("member.show", member=members.address_of(session(), mine)))


@page(member, "/dang-vien/<uuid:member>", permission=Permission.VIEW_MEMBER, scope=Scope.MEMBER)
def show(member: Person) -> str:
    """Who the member is, through time, and how the year stands."""
    db_session, year = session(), asked_year()
    note(db_session, "view_member", "member", member.id, actor().account_id)
    cells = members.cells_of(db_session, member.id)
    fees = members.fees_of(db_session, member.id, year)
    profile = members.profile(db_session, member.id)
    return render_template(
        "member/show.html",
        person=member,
        profile=profile,
        cells=cells,
        standing=shown(lambda: member_standing(db_session, registry(), member.id, year, this_day())),
        judging=judging_address(member, year),
        posts=members.posts_of(db_session, member.id),
        states=members.states_of(db_session, member.id),
        attendance=members.attendance_of(db_session, member.id, year),
        fees=fees,
        owed=members.arrears(fees, this_day()),
        fee_basis=_fee_basis(member),
        may_take_fees=actor().may(Permission.RECORD_FEE) and member.cell_id in reach(),
        tasks=tasks.of_member(db_session, member.id, year),
        age=_party_age(profile),
        events=history.events_of(db_session, member.id),
        may_record=actor().may(Permission.RECORD_MEMBER) and member.cell_id in reach(),
        trail=_trail(cells),
        year=year,
        today=this_day(),
        reach=reach(),
        words=words,
    )


def _fee_basis(member: Person) -> str:
    """In which group and from what the member pays today; for the cell's fee keeper and the member alone."""
    keeper = actor().role is Role.CELL_SECRETARY and member.cell_id in reach()
    if not keeper and actor().member_id != member.id:
        return ""
    return basis_words(bases_of(session(), member.id), this_day().replace(day=1))


def _party_age(profile: members.Profile) -> int | None:
    """Whole years of Party age today of who is a member still; None where the day is not known."""
    if profile.end_kind or profile.admission_date is None:
        return None
    return party_age(profile.admission_date, this_day())


def _trail(cells: list[members.Span]) -> list[trail.Step]:
    """The cells within reach where the member is at home today."""
    day = this_day()
    return [
        (cell.place_name or "", trail.place_address(cell.place, is_cell=True))
        for cell in cells
        if cell.kind == "home" and cell.place_id in reach() and cell.holds_on(day)
    ]
