"""What an act on organisations leaves of the fee ledger: a month begun in a cell that ends is finished by whoever takes
over, every đồng and every line stands in one place, and each month is told of to whoever was above in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from sqlalchemy import Engine, select

from bontot.access import Role, organisations_below
from bontot.db.models import Fee, FeePayment, Member, Membership
from bontot.db.models.meeting import PRESENT
from bontot.db.tenancy import TenantSession, scope
from bontot.errors import InvalidInput
from bontot.registry import Registry
from bontot.services.fees import reports
from bontot.services.fees.board import CellFees, MonthState, year_of_cells
from bontot.services.fees.ledger import ledger, unwritten
from bontot.services.fees.recording import ALL, NOTHING, OTHER, Taken, record_month
from bontot.services.fees.remitting import remit
from bontot.services.meetings import Mark, MeetingEntry, record_meeting
from bontot.services.organisations import ended_below
from bontot.services.period_figures import figures_of
from bontot.services.reorganising.acts import Changed, Ended, Founded, Moved, Reform
from bontot.services.reorganising.recording import record, take_back_event, version_of
from tests.factories import Committee, make_committee
from tests.fee_keeping import set_basis

APRIL, MAY, JUNE = date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)
DAY = date(2026, 5, 15)
"""The day of the act, in the middle of a month."""
REGISTRY = Registry.load()
DUE = 30_000


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    """Two cells of four, pensioners all."""
    made = make_committee(engine, unique, "sổ", members=4)
    with scope(engine, made.tenant_id) as session:
        for cell in made.cells:
            for member, _ in cell.members:
                set_basis(
                    session, made.actor(Role.TENANT_ADMIN), member, "pension", 6_000_000, date(2026, 3, 1)
                )
    return made


def acted(session: TenantSession, committee: Committee, **what: object) -> tuple[int, list[int]]:
    """An act of the day; its id, and those it founded."""
    given = {"kind": "merge", "day": DAY, "document": "12-QĐ/QU", "document_day": MAY, "issued_by": "Quận ủy"}
    reform = Reform(**(given | what))  # type: ignore[arg-type]
    admin = committee.actor(Role.TENANT_ADMIN)
    event, written = record(session, REGISTRY, admin, reform, version_of(session))
    return event, written.founded


def merged(session: TenantSession, committee: Committee) -> tuple[int, int]:
    """Both cells into a new one; the act, and the new cell."""
    new = Founded(
        name="Chi bộ sổ mới",
        code="M1",
        type="subordinate_cell",
        sector="residential",
        parent=committee.ward.id,
    )
    ended = tuple(Ended(organisation_id=cell.id, heirs=(-1,)) for cell in committee.cells)
    event, [founded] = acted(session, committee, founded=(new,), ended=ended)
    return event, founded


def take(
    session: TenantSession,
    committee: Committee,
    cell: int,
    month: date,
    others: Mapping[int, Taken] | None = None,
    paid_on: date | None = None,
) -> int:
    """Everybody in a ledger pays the month, but the others."""
    found = ledger(session, cell, month)
    taken = {line.member_id: Taken() for line in found.lines} | dict(others or {})
    keeper = committee.actor(Role.TENANT_ADMIN)
    return record_month(session, keeper, cell, month, found.version, taken, paid_on or month.replace(day=10))


def members(committee: Committee, place: int) -> list[int]:
    return [member for member, _ in committee.cells[place].members]


def in_ledger(session: TenantSession, cell: int, month: date) -> dict[int, tuple[int, int]]:
    """Who stands in a ledger, with what was paid for the month and is left of it."""
    return {line.member_id: (line.paid, line.left) for line in ledger(session, cell, month).lines}


def collected(session: TenantSession, organisation: int, month: date, *, is_cell: bool = False) -> int | None:
    """Line 02: what was collected in a month."""
    rows = reports.report(session, organisation, is_cell=is_cell, period=reports.one_month(month))
    return rows[1].figures[-1]


def board(session: TenantSession, ward: int) -> dict[str, CellFees]:
    return {line.name: line for line in year_of_cells(session, ward, 2026).lines}


def test_a_month_begun_in_cells_that_merge_is_finished_by_the_new_one_and_nothing_is_taken_twice(
    committee: Committee,
) -> None:
    first, second = (cell.id for cell in committee.cells)
    debtor, part, *payers = members(committee, 0)
    with scope(committee.engine, committee.tenant_id) as session:
        take(session, committee, first, MAY, {debtor: Taken(NOTHING), part: Taken(OTHER, 10_000)})
        event, new = merged(session, committee)
        assert in_ledger(session, first, MAY) == dict.fromkeys(payers, (DUE, 0))
        assert {line.member_id for line in ledger(session, first, MAY).handed_on} == {debtor, part}
        assert in_ledger(session, second, MAY) == {}
        handed = {debtor: (0, DUE), part: (10_000, 20_000), **dict.fromkeys(members(committee, 1), (0, DUE))}
        assert in_ledger(session, new, MAY) == handed
        assert unwritten(session, new, MAY) == (4, 4)
        assert take(session, committee, new, MAY, paid_on=date(2026, 5, 20)) == 2 * DUE + 20_000 + 3 * DUE
        assert in_ledger(session, new, MAY) == dict.fromkeys(handed, (DUE, 0))
        assert in_ledger(session, first, MAY) == dict.fromkeys(payers, (DUE, 0))
        assert (unwritten(session, new, MAY), unwritten(session, first, MAY)) == ((0, 0), (0, 0))
        lines = session.execute(select(Fee.member_id, Fee.due, Fee.paid).where(Fee.month == MAY)).all()
        assert sorted(lines) == sorted(
            (one, DUE, DUE) for place in (0, 1) for one in members(committee, place)
        )
        sums = [collected(session, cell, MAY, is_cell=True) for cell in (first, second, new)]
        assert sums == [70_000, 0, 170_000]
        assert collected(session, committee.ward.id, MAY) == 240_000
        assert set(in_ledger(session, new, JUNE)) == {*members(committee, 0), *members(committee, 1)}
        with pytest.raises(InvalidInput, match="ghi tiếp sau việc ấy"):
            take_back_event(session, committee.actor(Role.TENANT_ADMIN), event, event, "ghi nhầm")


def test_the_report_of_a_period_tells_of_a_month_as_its_ledger_does(committee: Committee) -> None:
    first, _ = (cell.id for cell in committee.cells)
    debtor, part, *_ = members(committee, 0)
    with scope(committee.engine, committee.tenant_id) as session:
        take(session, committee, first, MAY, {debtor: Taken(NOTHING), part: Taken(OTHER, 10_000)})
        _, new = merged(session, committee)
        found = figures_of(session, REGISTRY, {first: [first], new: [new]}, reports.one_month(MAY), JUNE)
        told = [found[first], found[new]]
        assert [(one.fees_paid, one.fees_due) for one in told] == [(2 * DUE, 2 * DUE), (10_000, 2 * DUE)]


def test_the_report_of_a_ward_tells_what_its_cells_did_before_they_ended(committee: Committee) -> None:
    first, second = (cell.id for cell in committee.cells)
    admin = committee.actor(Role.TENANT_ADMIN)
    came = {member: Mark(PRESENT) for member in members(committee, 0)[1:]}
    with scope(committee.engine, committee.tenant_id) as session:
        take(session, committee, first, MAY)
        record_meeting(
            session, admin, first, MeetingEntry(kind="regular", held_on=date(2026, 5, 5), marks=came)
        )
        record_meeting(
            session, admin, second, MeetingEntry(kind="thematic", held_on=date(2026, 4, 20), marks={})
        )
        _, new = merged(session, committee)
        record_meeting(
            session, admin, new, MeetingEntry(kind="extraordinary", held_on=date(2026, 5, 20), marks={})
        )
        within = organisations_below(session, None, JUNE)
        spans = {
            (top, first_day): ended_below(session, [top], within, first_day, last)[top]
            for top in (committee.ward.id, committee.root.id, new)
            for first_day, last in ((MAY, JUNE), (DAY, JUNE), (APRIL, date(2026, 5, 14)))
        }
        assert spans == {
            (top, day): [first, second] if day == MAY and top != new else []
            for top in (committee.ward.id, committee.root.id, new)
            for day in (MAY, DAY, APRIL)
        }
        told = figures_of(session, REGISTRY, {new: [new, first, second]}, reports.one_month(MAY), JUNE)[new]
        assert (told.regular, told.thematic, told.other, told.present, told.required) == (1, 0, 1, 3, 4)
        assert (told.members, told.came, told.left) == (8, 0, 0)
        assert (told.fees_paid, told.fees_due) == (4 * DUE, 4 * DUE)


def test_money_taken_before_the_act_and_written_after_it_is_the_old_cells(committee: Committee) -> None:
    first, second = (cell.id for cell in committee.cells)
    with scope(committee.engine, committee.tenant_id) as session:
        _, new = merged(session, committee)
        take(session, committee, new, MAY, paid_on=date(2026, 5, 14))
        payments = session.execute(select(FeePayment.member_id, FeePayment.organisation_id)).all()
        assert dict(payments) == {
            **dict.fromkeys(members(committee, 0), first),
            **dict.fromkeys(members(committee, 1), second),
        }
        assert in_ledger(session, first, MAY) == dict.fromkeys(members(committee, 0), (DUE, 0))
        assert in_ledger(session, new, MAY) == {}


def test_a_cell_that_takes_another_in_finishes_its_months_beside_the_own(committee: Committee) -> None:
    gone, heir = (cell.id for cell in committee.cells)
    with scope(committee.engine, committee.tenant_id) as session:
        take(session, committee, heir, MAY)
        take(session, committee, gone, APRIL, dict.fromkeys(members(committee, 0)[1:], Taken(NOTHING)))
        acted(session, committee, ended=(Ended(organisation_id=gone, heirs=(heir,)),))
        found = ledger(session, heir, MAY)
        assert [(line.member_id, line.owed_before) for line in found.lines if line.other] == [
            (member, DUE * (member != members(committee, 0)[0])) for member in members(committee, 0)
        ]
        assert {line.other for line in found.lines} == {"", committee.cells[0].name}
        taken = dict.fromkeys(members(committee, 0), Taken(ALL)) | dict.fromkeys(
            members(committee, 1), Taken(NOTHING)
        )
        assert take(session, committee, heir, MAY, taken, DAY) == 7 * DUE
        assert [collected(session, gone, month, is_cell=True) for month in (APRIL, MAY)] == [DUE, 0]
        assert [collected(session, heir, month, is_cell=True) for month in (APRIL, MAY)] == [0, 11 * DUE]
        assert collected(session, committee.ward.id, MAY) == 11 * DUE


def test_members_told_elsewhere_are_finished_where_they_went(committee: Committee) -> None:
    gone, heir = (cell.id for cell in committee.cells)
    apart = members(committee, 0)[:1]
    new = Founded(
        name="Chi bộ riêng",
        code="R1",
        type="subordinate_cell",
        sector="residential",
        parent=committee.ward.id,
    )
    with scope(committee.engine, committee.tenant_id) as session:
        _, [founded] = acted(
            session,
            committee,
            kind="split",
            founded=(new,),
            ended=(Ended(organisation_id=gone, heirs=(heir, -1)),),
            moved=(Moved(members=tuple(apart), to=-1),),
        )
        assert set(in_ledger(session, founded, MAY)) == set(apart)
        assert set(in_ledger(session, heir, MAY)) == {*members(committee, 0)[1:], *members(committee, 1)}


def test_who_left_a_cell_that_goes_on_still_pays_the_month_there(committee: Committee) -> None:
    cell, other = (cell.id for cell in committee.cells)
    mover = members(committee, 0)[0]
    with scope(committee.engine, committee.tenant_id) as session:
        acted(session, committee, kind="split", moved=(Moved(members=(mover,), to=other),))
        assert mover in in_ledger(session, cell, MAY)
        assert mover not in in_ledger(session, other, MAY)
        assert mover in in_ledger(session, other, JUNE)


def test_an_ended_cell_takes_nothing_after_its_end_of_whom_nobody_took_over(committee: Committee) -> None:
    gone, heir = (cell.id for cell in committee.cells)
    left = members(committee, 0)[0]
    with scope(committee.engine, committee.tenant_id) as session:
        home = session.scalars(select(Membership).where(Membership.member_id == left)).one()
        home.valid_to = date(2026, 5, 10)
        person = session.get_one(Member, (committee.tenant_id, left))
        person.ended_on, person.end_kind = date(2026, 5, 10), "transferred_out"
        session.flush()
        acted(session, committee, ended=(Ended(organisation_id=gone, heirs=(heir,)),))
        assert set(in_ledger(session, gone, MAY)) == {left}
        with pytest.raises(InvalidInput) as refused:
            take(session, committee, gone, MAY, paid_on=DAY)
        assert refused.value.errors == {
            "paid_on": "Chi bộ đã kết thúc từ ngày 15/05/2026: ghi ngày nộp trước ngày ấy."
        }
        assert take(session, committee, gone, MAY, paid_on=date(2026, 5, 9)) == DUE


def test_each_month_is_told_of_to_who_was_above_in_it_and_ended_cells_keep_a_line(
    committee: Committee,
) -> None:
    moving, staying = (cell.id for cell in committee.cells)
    other = Founded(
        name="Phường sổ khác",
        code="P2",
        type="grassroots_committee",
        sector="residential",
        parent=committee.root.id,
    )
    moved = Changed(organisation_id=moving, parent=-1)
    with scope(committee.engine, committee.tenant_id) as session:
        for month in (APRIL, MAY):
            take(session, committee, moving, month)
            take(session, committee, staying, month)
        remit(session, committee.actor(Role.TENANT_ADMIN), moving, 50_000, date(2026, 5, 5))
        _, [ward] = acted(session, committee, kind="reorganise", founded=(other,), changed=(moved,))
        take(session, committee, moving, JUNE)
        remit(session, committee.actor(Role.TENANT_ADMIN), moving, 20_000, date(2026, 6, 15))
        old = committee.ward.id
        assert [collected(session, old, month) for month in (APRIL, MAY, JUNE)] == [8 * DUE, 8 * DUE, 0]
        assert [collected(session, ward, month) for month in (APRIL, MAY, JUNE)] == [0, 0, 4 * DUE]
        whole = [collected(session, committee.root.id, month) for month in (APRIL, MAY, JUNE)]
        assert whole == [8 * DUE, 8 * DUE, 4 * DUE]
        rows = reports.report(session, old, is_cell=False, period=reports.one_month(APRIL))
        assert rows[0].figures[-1] == 8
        name, paid = committee.cells[0].name, MonthState(JUNE, 4, 0, 4 * DUE, 4 * DUE)
        before, after = board(session, old)[name], board(session, ward)[name]
        assert (before.collected, before.remitted) == (8 * DUE, 50_000)
        assert (after.collected, after.remitted) == (4 * DUE, 20_000)
        assert before.months[5:] == [None] * 7
        assert after.months[:6] == [*[None] * 5, paid]
        assert list(board(session, old)) == [cell.name for cell in committee.cells]


def test_the_board_of_a_ward_shows_an_ended_cells_months_once(committee: Committee) -> None:
    first, second = committee.cells
    debtor = members(committee, 0)[0]
    with scope(committee.engine, committee.tenant_id) as session:
        take(session, committee, first.id, APRIL)
        take(session, committee, first.id, MAY, {debtor: Taken(NOTHING)})
        merged(session, committee)
        found = board(session, committee.ward.id)
    assert list(found) == ["Chi bộ sổ mới", first.name, second.name]
    assert (found[first.name].ended_on, found["Chi bộ sổ mới"].ended_on) == (DAY, None)
    assert found[first.name].months[2:] == [
        MonthState(date(2026, 3, 1)),
        MonthState(APRIL, 4, 0, 4 * DUE, 4 * DUE),
        MonthState(MAY, 3, 0, 3 * DUE, 3 * DUE),
        *[None] * 7,
    ]
    assert found["Chi bộ sổ mới"].months[3:6] == [None, MonthState(MAY, 1, 5, DUE, 0), MonthState(JUNE)]
    assert found[second.name].months[3:6] == [MonthState(APRIL), None, None]


def test_a_last_report_of_a_body_counts_its_members_on_its_own_last_day(committee: Committee) -> None:
    other = Founded(
        name="Phường sổ khác",
        code="P2",
        type="grassroots_committee",
        sector="residential",
        parent=committee.root.id,
    )
    with scope(committee.engine, committee.tenant_id) as session:
        take(session, committee, committee.cells[0].id, MAY)
        ended = Ended(organisation_id=committee.ward.id, heirs=(-1,))
        _, [ward] = acted(session, committee, founded=(other,), ended=(ended,))
        figures = {
            place: [
                row.figures[-1]
                for row in reports.report(session, place, is_cell=False, period=reports.one_month(MAY))[:2]
            ]
            for place in (committee.ward.id, ward)
        }
    assert figures == {committee.ward.id: [8, 4 * DUE], ward: [8, 0]}


def test_what_was_paid_beyond_the_due_is_told_apart(committee: Committee) -> None:
    cell = committee.cells[0].id
    with scope(committee.engine, committee.tenant_id) as session:
        take(session, committee, cell, MAY)
        line = session.get_one(Fee, (committee.tenant_id, members(committee, 0)[0], MAY))
        line.paid += 5_000
        session.flush()
        found = ledger(session, cell, MAY)
        assert (found.due, found.paid, found.excess, found.left) == (4 * DUE, 4 * DUE + 5_000, 5_000, 0)
        state = board(session, committee.ward.id)[committee.cells[0].name].months[4]
    assert state == MonthState(MAY, 4, 0, 4 * DUE, 4 * DUE, 5_000)
