"""Days a committee treats otherwise than the platform's calendar: shown before, entered by document, taken back."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, select

from bontot.access import Role
from bontot.clock import today
from bontot.db.models import AuditEvent, HolidayOverride
from bontot.db.tenancy import TenantSession, scope
from bontot.errors import InvalidFields, InvalidInput, NotAllowed, NotFound
from bontot.evaluation.schedule import month_board
from bontot.registry import Registry
from bontot.services.own_days_off import (
    OwnDay,
    consider,
    consider_taking_back,
    day_of,
    days_of,
    enter,
    take_back,
)
from bontot.services.planning import month_of
from tests.factories import Committee, make_committee

REGISTRY = Registry.load()
NOTICE = "Thông báo 12-TB/CT ngày 20/11/2026"


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    return make_committee(engine, unique, "nhà")


def coming(session: TenantSession) -> date:
    """The first day of next month."""
    return month_of(today(session))[1] + timedelta(days=1)


def planned(session: TenantSession, committee: Committee) -> list[date | None]:
    """The planned day of next month, cell by cell."""
    month = coming(session)
    found = month_board(session, REGISTRY, [cell.id for cell in committee.cells], month, today(session))
    return [found[cell.id].planned.scheduled.day for cell in committee.cells]


def off(day: date, organisation_id: int | None = None, kind: str = "swapped_off") -> OwnDay:
    return OwnDay(day=day, kind=kind, name="Nghỉ riêng", source=NOTICE, organisation_id=organisation_id)


def entered(session: TenantSession, day: date) -> UUID:
    return days_of(session, day.year)[0].public_id


@pytest.mark.parametrize("whole", [True, False], ids=["the committee", "one cell"])
def test_what_is_shown_is_what_becomes_of_those_it_is_for_and_goes_when_it_is_taken_back(
    committee: Committee, whole: bool
) -> None:
    admin, cell = committee.actor(Role.TENANT_ADMIN), committee.cells[0]
    with scope(committee.engine, committee.tenant_id) as session:
        before = planned(session, committee)
        assert before[0] is not None
        wanted = off(before[0], None if whole else cell.id)
        seen = consider(session, REGISTRY, admin, wanted)
        assert planned(session, committee) == before
        assert session.scalars(select(HolidayOverride)).all() == []
        turned = {one.id for turn in seen.turns for one, _ in turn.cells}
        assert turned == ({each.id for each in committee.cells} if whole else {cell.id})
        enter(session, admin, wanted)
        after = planned(session, committee)
        moved = seen.turns[0].after.planned.scheduled.day
        assert after == ([moved, moved] if whole else [moved, before[1]])
        assert moved != before[0]
        [line] = days_of(session, before[0].year)
        assert (line.own, line.organisation) == (wanted, None if whole else cell.name)
        back = consider_taking_back(session, REGISTRY, admin, line.public_id)
        assert [turn.after.planned.scheduled.day for turn in back.turns] == [before[0]]
        take_back(session, admin, line.public_id, "thu hồi thông báo")
        assert planned(session, committee) == before
        with pytest.raises(NotFound):
            day_of(session, line.public_id)
        told = session.scalars(
            select(AuditEvent.action).where(AuditEvent.subject == "holiday_override").order_by(AuditEvent.id)
        ).all()
        assert told == ["enter_own_day_off", "take_back_own_day_off"]


def test_a_day_that_cannot_be_names_each_fault(committee: Committee) -> None:
    admin = committee.actor(Role.TENANT_ADMIN)
    with scope(committee.engine, committee.tenant_id) as session:
        month = coming(session)
        past = today(session).replace(day=1) - timedelta(days=1)
        enter(session, admin, off(month))
        for wanted, errors in (
            (
                OwnDay(day=past, kind="khac", name=" ", source=""),
                {
                    "day": "Tháng này đã qua: lịch sinh hoạt của tháng ấy đã chốt.",
                    "kind": "Xin chọn loại ngày.",
                    "name": "Cần ghi tên ngày.",
                    "source": "Cần ghi văn bản quyết định ngày này.",
                },
            ),
            (
                off(month),
                {
                    "day": f"Ngày {month:%d/%m/%Y} đã có trong danh sách của nơi này; "
                    "muốn ghi khác thì bỏ ngày ấy trước."
                },
            ),
            (off(date(today(session).year + 2, 1, 1)), {"day": "Chỉ ghi được đến hết năm sau."}),
            (
                off(month + timedelta(days=20), kind="not_off"),
                {
                    "day": f"Ngày {month + timedelta(days=20):%d/%m/%Y} không phải ngày nghỉ trong lịch chung "
                    "nên không cần ghi."
                },
            ),
        ):
            with pytest.raises(InvalidFields) as refused:
                enter(session, admin, wanted)
            assert refused.value.errors == errors
        assert len(session.scalars(select(HolidayOverride)).all()) == 1
        enter(session, admin, off(month, committee.cells[0].id))  # the same day, of one cell
        with pytest.raises(InvalidInput, match="Cần ghi lý do bỏ ngày này"):
            take_back(session, admin, entered(session, month), " ")


def test_a_month_that_is_over_keeps_its_days(committee: Committee) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        session.add(HolidayOverride(day=date(2024, 3, 4), kind="swapped_off", name="Nghỉ", source=NOTICE))
        session.flush()
        [line] = days_of(session, 2024)
        assert line.entered_by is None
        admin = committee.actor(Role.TENANT_ADMIN)
        with pytest.raises(InvalidInput, match="Tháng này đã qua"):
            take_back(session, admin, line.public_id, "nhầm")


def test_only_the_admin_enters_and_only_of_ones_own(
    committee: Committee, engine: Engine, unique: str
) -> None:
    other = make_committee(engine, f"{unique}-khac", "MỒI")
    with scope(other.engine, other.tenant_id) as session:
        enter(session, other.actor(Role.TENANT_ADMIN), off(coming(session)))
        theirs = entered(session, coming(session))
    with scope(committee.engine, committee.tenant_id) as session:
        month = coming(session)
        for role in (Role.COMMITTEE, Role.CELL_SECRETARY, Role.MEMBER):
            with pytest.raises(NotAllowed):
                enter(session, committee.actor(role), off(month))
        admin = committee.actor(Role.TENANT_ADMIN)
        with pytest.raises(NotFound):
            enter(session, admin, off(month, other.cells[0].id))
        with pytest.raises(NotFound):
            take_back(session, admin, theirs, "nhầm")
        assert days_of(session, month.year) == []
