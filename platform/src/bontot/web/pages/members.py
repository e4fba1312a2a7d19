"""Lists of members, and one member's record."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Role, Scope
from bontot.errors import InvalidInput, NotFound
from bontot.evaluation.standing import member_standing
from bontot.imports.kinds.people import MEMBERS
from bontot.imports.lists import MEMBER_COLUMNS
from bontot.jobs import sheets
from bontot.services import members, organisations, tasks
from bontot.services.audit import note_view
from bontot.services.fees.bases import bases_of
from bontot.services.paging import Page
from bontot.services.people import history
from bontot.services.people.due import party_age
from bontot.web import trail, words
from bontot.web.database import session
from bontot.web.fee_form import basis_words
from bontot.web.fields import named
from bontot.web.judgment_links import judging_address
from bontot.web.query import Looked, asked_lines, asked_look, asked_sheet, asked_words, asked_year
from bontot.web.request import Person, Place, actor, narrowed, reach, registry, this_day
from bontot.web.routing import page
from bontot.web.sheets import sheet
from bontot.web.standing import shown

member = Blueprint("member", __name__)


@page(member, "/dang-vien", permission=Permission.VIEW_ORGANISATION, scope=Scope.TENANT)
def index() -> tuple[str, int] | Response:
    """Everyone within reach."""
    return _list(
        narrowed(),
        asked_look(),
        "Đảng viên",
        [],
        lambda **query: url_for("member.index", **query),
        one_cell=len(reach()) == 1,
    )


@page(
    member,
    "/to-chuc/<uuid:organisation>/dang-vien",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.ORGANISATION,
)
def of_organisation(organisation: Place) -> tuple[str, int] | Response:
    """Those of one organisation and all below it."""
    look = asked_look(organisation.id)
    within = organisations.subtree(session(), organisation.id, reach(), look.day).ids
    return _list(
        within,
        look,
        f"Đảng viên {organisation.name}",
        trail.above(organisation, look.day, itself=True),
        lambda **query: url_for("member.of_organisation", organisation=organisation.public_id, **query),
        one_cell=len(within) == 1,
        cell=organisation.id if organisation.is_cell else None,
        place=organisation.public_id,
    )


def _list(
    within: Collection[int] | None,
    look: Looked,
    title: str,
    steps: list[trail.Step],
    address: Callable[..., str],
    *,
    one_cell: bool,
    cell: int | None = None,
    place: UUID | None = None,
) -> tuple[str, int] | Response:
    number, errors = asked_lines(), dict[str, str]()
    kept = look.day.isoformat() if look.past else None
    found: Page[members.MemberLine] = Page((), 1, 0)
    try:
        wanted = asked_words()
        found = members.on_rolls(session(), within, look.day, wanted, number)
        note_view(session(), "view_members", "organisation", cell, actor().account_id, page=number)
    except InvalidInput as refusal:
        wanted = request.args["tim"]
        errors["tim"] = named("Tìm theo tên", str(refusal))
    if asked_sheet() and not errors:
        if found.total > sheets.BOUND and actor().may(Permission.VIEW_JOB):
            return redirect(url_for("job.export", name="dang-vien", noi=place, ngay=kept, tim=wanted or None))
        return sheet(
            "dang-vien",
            title,
            MEMBER_COLUMNS,
            found.lines,
            subject="organisation",
            subject_id=cell,
            kind=None if look.past else MEMBERS,
        )
    text = render_template(
        "member/index.html",
        found=found,
        wanted=wanted,
        title=title,
        trail=steps,
        one_cell=one_cell,
        address=lambda turned: address(trang=turned, tim=wanted or None, ngay=kept),
        clear=address(ngay=kept),
        look=look,
        today=this_day(),
        here=address(),
        states=words.MEMBER_STATES,
        employment=words.EMPLOYMENT,
        may_record=not look.past and actor().may(Permission.RECORD_MEMBER),
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
    look, db_session = asked_look(), session()
    day, year = look.day, look.day.year if look.past else asked_year()
    note_view(db_session, "view_member", "member", member.id, actor().account_id)
    cells = members.cells_of(db_session, member.id, day)
    fees = members.fees_of(db_session, member.id, year)
    profile = members.profile(db_session, member.id)
    spans = [members.posts_of(db_session, member.id, day), members.states_of(db_session, member.id)]
    attendance = members.attendance_of(db_session, member.id, year)
    events = history.events_of(db_session, member.id)
    if look.past:
        cells, *spans = (members.begun(some, day) for some in (cells, *spans))
        profile, fees = members.as_of(profile, day), members.paid_by(fees, day)
        attendance = [one for one in attendance if one.held_on <= day]
        events = [one for one in events if one.day <= day]
    posts, states = spans
    return render_template(
        "member/show.html",
        person=member,
        profile=profile,
        cells=cells,
        standing=shown(lambda: member_standing(db_session, registry(), member.id, year, day, past=look.past)),
        judging="" if look.past else judging_address(member, year),
        oneself=member.id == actor().member_id,
        posts=posts,
        states=states,
        attendance=attendance,
        fees=fees,
        owed=members.arrears(fees, day),
        tasks=tasks.of_member(db_session, member.id, year, day),
        age=_party_age(profile, day),
        events=events,
        may_record=not look.past and actor().may(Permission.RECORD_MEMBER) and member.cell_id in reach(),
        trail=_trail(cells, look),
        fee_basis="" if look.past else _fee_basis(member),
        may_take_fees=not look.past and actor().may(Permission.RECORD_FEE) and member.cell_id in reach(),
        year=year,
        look=look,
        day=day,
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


def _party_age(profile: members.Profile, day: date) -> int | None:
    """Whole years of Party age on a day of who is a member still; None where the admission is not known, or came later."""
    if profile.end_kind or profile.admission_date is None or profile.admission_date > day:
        return None
    return party_age(profile.admission_date, day)


def _trail(cells: list[members.Span], look: Looked) -> list[trail.Step]:
    """The cells within reach where the member is at home on the day looked at."""
    return [
        (cell.place_name or "", trail.place_address(cell.place, is_cell=True) + look.query)
        for cell in cells
        if cell.kind == "home" and cell.place_id in reach() and cell.holds_on(look.day)
    ]
