"""What of fees and pledges waits for the reader, for the home page: each with its day and where it is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import url_for

from bontot.db.rolls import home_on
from bontot.errors import PluginUnavailable
from bontot.policy.terms import Subject
from bontot.services import pledges, year_start
from bontot.services.fees.ledger import last_day, unwritten
from bontot.services.members import address_of
from bontot.services.month_turns import unfit_invitations
from bontot.services.year_start import Opening
from bontot.web.database import session
from bontot.web.months import misfit_words
from bontot.web.pledge_states import to_confirm
from bontot.web.request import actor, registry, this_day


@dataclass(frozen=True, slots=True)
class Todo:
    """Something that waits: what, a word on it, where it is done, and by when, where it has a day."""

    words: str
    hint: str
    address: str
    due_on: date | None = None


def of_cell(cell_id: int, public_id: UUID) -> list[Todo]:
    """What waits for a cell's secretary: invitations that no longer fit, the month's fees, the cell's own pledge, its
    members' pledges to confirm."""
    return [
        *_invitations(cell_id, public_id),
        *_fees(cell_id, public_id),
        *_pledges(cell_id, public_id),
    ]


def _invitations(cell_id: int, public_id: UUID) -> Iterator[Todo]:
    try:
        unfit = unfit_invitations(session(), registry(), [cell_id])
    except PluginUnavailable:
        return
    for one in unfit:
        why = misfit_words(one)
        address = url_for("planning.show", organisation=public_id, planned=one.invited.public_id)
        yield Todo(
            f"Sửa giấy mời ngày {one.invited.held_on:%d/%m/%Y}", f"{why[:1].upper()}{why[1:]}", address
        )


def _fees(cell_id: int, public_id: UUID) -> Iterator[Todo]:
    month = this_day().replace(day=1)
    waiting = unwritten(session(), cell_id, month)
    if waiting:
        address = url_for("fee.month", organisation=public_id)
        yield Todo(
            f"Thu đảng phí tháng {month.month}", f"Còn {waiting} người chưa ghi sổ", address, last_day(month)
        )


def _pledges(cell_id: int, public_id: UUID) -> Iterator[Todo]:
    for opened in _opened():
        line = year_start.of_cells(session(), [cell_id], opened.year, this_day())[cell_id]
        address = url_for("pledge.of_cell", organisation=public_id, nam=opened.year)
        if line.signed_on is None and _has_title(cell_id, opened.year, Subject.CELL):
            yield Todo(f"Ký bản đăng ký phấn đấu năm {opened.year}", "Của chi bộ", address, opened.due_on)
        people = year_start.of_members(session(), cell_id, opened.year, this_day())
        if waiting := to_confirm(people, actor().member_id):
            yield Todo(f"Xác nhận {waiting} bản đăng ký của đảng viên", f"Năm {opened.year}", address)


def of_committee(cells: list[int]) -> list[Todo]:
    """What waits for a body above cells: their pledges to confirm."""
    found = []
    for opened in _opened():
        lines = year_start.of_cells(session(), cells, opened.year, this_day()).values()
        waiting = sum(line.signed_on is not None and line.confirmed_on is None for line in lines)
        if waiting:
            address = url_for("first_days.index", nam=opened.year)
            found.append(Todo(f"Xác nhận bản đăng ký của {waiting} chi bộ", f"Năm {opened.year}", address))
    return found


def of_member(member_id: int) -> list[Todo]:
    """What waits for a member: the own pledge, where the plan of the cell has members pledge."""
    cell_id = home_on(session(), member_id, this_day())
    return [
        Todo(
            f"Ký bản đăng ký phấn đấu năm {opened.year}",
            "Của đồng chí",
            url_for("pledge.of_member", member=address_of(session(), member_id), nam=opened.year),
            opened.due_on,
        )
        for opened in _opened()
        if not year_start.has_signed(session(), member_id, opened.year)
        and cell_id is not None
        and _has_title(cell_id, opened.year, Subject.MEMBER)
    ]


def _has_title(cell_id: int, year: int, subject: Subject) -> bool:
    """Whether the plan of a cell has a title to pledge for."""
    try:
        return pledges.asked_pledge(session(), registry(), cell_id, year, subject) is not None
    except PluginUnavailable:
        return False


def _opened() -> list[Opening]:
    """The years opened of this one and the next."""
    year = this_day().year
    return [one for at in (year, year + 1) if (one := year_start.opening(session(), at)) is not None]
