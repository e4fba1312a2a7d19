"""A meeting to come is prepared, sent as an invitation, and passes into the meeting once held."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy import Engine, select

from bontot.access import Role
from bontot.clock import today
from bontot.db.models import AgendaItem, AuditEvent, Meeting, MeetingMaterial, PlannedLine, PlannedMeeting
from bontot.db.tenancy import TenantSession, scope
from bontot.errors import InvalidFields, InvalidInput, NotAllowed, NotFound, Stale
from bontot.registry import Registry
from bontot.services.meetings import MeetingEntry, change_meeting, record_meeting, withdraw_meeting
from bontot.services.meetings import view as recorded
from bontot.services.planning import (
    Document,
    Plan,
    awaited,
    change,
    month_of,
    next_planned,
    planned_of,
    prepare,
    view,
    withdraw,
)
from tests.factories import Committee, make_committee

REGISTRY = Registry.load()


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    return make_committee(engine, unique, "nhà")


def a_plan(session: TenantSession, **otherwise: object) -> Plan:
    """A regular meeting of next month with everything an invitation can say."""
    day = month_of(today(session))[1] + timedelta(days=4)
    plan = Plan(
        kind="regular",
        held_on=day,
        starts_at=time(19, 30),
        place="Nhà sinh hoạt cộng đồng",
        thematic_topic="Học tập và làm theo Bác",
        agenda=("Thời sự", "Kiểm điểm tháng trước", "Nghị quyết"),
        documents=(Document("Hướng dẫn sinh hoạt", "15-HD/BTG"), Document("Dự thảo nghị quyết")),
        guests=("Đồng chí Phạm Thị Mẫu, ủy viên Ban Thường vụ",),
        notified_on=day - timedelta(days=2),
    )
    return replace(plan, **otherwise)  # type: ignore[arg-type]


def test_an_invitation_is_read_back_whole_and_counts_for_nothing(committee: Committee) -> None:
    actor, cell = committee.actor(Role.CELL_SECRETARY), committee.cells[0].id
    with scope(committee.engine, committee.tenant_id) as session:
        plan = a_plan(session)
        made = prepare(session, actor, cell, replace(plan, place=f"  {plan.place} "))
        assert (made.plan, made.version, made.meeting, made.organisation_id) == (plan, 1, None, cell)
        assert planned_of(session, made.public_id, cell) == made
        assert next_planned(session, cell, today(session)) == made
        assert next_planned(session, committee.cells[1].id, today(session)) is None
        assert session.scalars(select(Meeting)).all() == []
        with pytest.raises(NotFound):
            planned_of(session, made.public_id, committee.cells[1].id)


def test_a_change_keeps_what_stood_before_and_a_stale_one_is_told(committee: Committee) -> None:
    actor, cell = committee.actor(Role.CELL_SECRETARY), committee.cells[0].id
    with scope(committee.engine, committee.tenant_id) as session:
        plan = a_plan(session)
        made = prepare(session, actor, cell, plan)
        better = replace(plan, agenda=("Nghị quyết", "Thời sự"), documents=(), starts_at=None)
        changed = change(session, actor, made.id, 1, better)
        assert (changed.plan, changed.version) == (better, 2)
        with pytest.raises(Stale):
            change(session, actor, made.id, 1, plan)
        with pytest.raises(Stale):
            withdraw(session, actor, made.id, 1)
        withdraw(session, actor, made.id, 2)
        with pytest.raises(NotFound):
            view(session, made.id)
        assert session.scalars(select(PlannedLine)).all() == []
    with scope(committee.engine, committee.tenant_id) as session:
        rows = session.execute(select(AuditEvent.action, AuditEvent.detail).order_by(AuditEvent.id)).all()
    told = [(action, detail.get("before", {}).get("agenda")) for action, detail in rows]
    assert told == [
        ("prepare_meeting", None),
        ("change_planned_meeting", list(plan.agenda)),
        ("withdraw_planned_meeting", ["Nghị quyết", "Thời sự"]),
    ]


def test_each_fault_of_an_invitation_is_named(committee: Committee) -> None:
    actor, cell = committee.actor(Role.CELL_SECRETARY), committee.cells[0].id
    with scope(committee.engine, committee.tenant_id) as session:
        now = today(session)
        faulty = a_plan(
            session,
            kind="tea",
            held_on=now - timedelta(days=1),
            place=" ",
            notified_on=now,
            agenda=("chữ\u202eđảo",),
            guests=("ai",) * 21,
        )
        with pytest.raises(InvalidFields) as refused:
            prepare(session, actor, cell, faulty)
        assert session.scalars(select(PlannedMeeting)).all() == []
    assert refused.value.errors == {
        "kind": "Xin chọn loại buổi họp.",
        "held_on": "Ngày họp đã qua. Buổi đã họp thì ghi nhận, không mời nữa.",
        "notified_on": "Ngày gửi giấy mời phải trước hoặc trong ngày họp.",
        "agenda": "Có ký tự không đọc được (U+202E) ở vị trí 4; hãy xóa và gõ lại chỗ đó.",
        "guests": "Ghi tối đa 20 dòng.",
        "place": "Cần ghi địa điểm họp.",
    }


def test_a_month_has_one_invitation_to_its_regular_meeting_and_any_of_other_days(
    committee: Committee,
) -> None:
    actor, cell = committee.actor(Role.CELL_SECRETARY), committee.cells[0].id
    with scope(committee.engine, committee.tenant_id) as session:
        plan = a_plan(session)
        prepare(session, actor, cell, plan)
        other = replace(plan, held_on=plan.held_on + timedelta(days=1))
        with pytest.raises(InvalidInput, match=f"Đã có giấy mời cùng loại cho ngày {plan.held_on:%d/%m/%Y}"):
            prepare(session, actor, cell, other)
        for day in (plan.held_on, other.held_on):
            prepare(session, actor, cell, replace(plan, kind="extraordinary", held_on=day))
        with pytest.raises(InvalidInput, match="Đã có giấy mời cùng loại"):
            prepare(session, actor, cell, replace(plan, kind="extraordinary"))


def test_only_who_keeps_the_cells_records_invites(committee: Committee, engine: Engine, unique: str) -> None:
    other = make_committee(engine, f"{unique}-khac", "MỒI")
    with scope(committee.engine, committee.tenant_id) as session:
        plan, secretary = a_plan(session), committee.actor(Role.CELL_SECRETARY)
        with pytest.raises(NotAllowed):
            prepare(session, committee.actor(Role.MEMBER), committee.cells[0].id, plan)
        for cell in (committee.cells[1].id, other.cells[0].id):
            with pytest.raises(NotFound):
                prepare(session, secretary, cell, plan)
        theirs = prepare(session, committee.actor(Role.COMMITTEE), committee.cells[1].id, plan)
        for act in (
            lambda: change(session, secretary, theirs.id, 1, plan),
            lambda: withdraw(session, secretary, theirs.id, 1),
        ):
            with pytest.raises(NotFound):
                act()


def prepared_last_month(session: TenantSession, committee: Committee) -> tuple[int, date]:
    """An invitation to a regular meeting whose day has come and gone."""
    cell, day = committee.cells[0].id, month_of(today(session))[0] - timedelta(days=20)
    made = prepare(session, committee.actor(Role.CELL_SECRETARY), cell, a_plan(session, notified_on=None))
    row = session.get(PlannedMeeting, (session.tenant_id, made.id))
    assert row is not None
    row.held_on = day
    session.flush()
    return made.id, day


def test_a_recorded_meeting_takes_what_was_prepared_with_it(committee: Committee) -> None:
    """Its agenda is what the form gave; documents of equal titles get the numbers of the invitation."""
    actor, cell = committee.actor(Role.CELL_SECRETARY), committee.cells[0].id
    with scope(committee.engine, committee.tenant_id) as session:
        planned, day = prepared_last_month(session, committee)
        found = awaited(session, cell, "regular", day + timedelta(days=1))
        assert (found.id if found else None) == planned
        assert awaited(session, cell, "thematic", day) is None
        entry = MeetingEntry(
            kind="regular",
            held_on=day,
            marks={},
            agenda=("Thời sự", "Nghị quyết"),
            materials=("Hướng dẫn sinh hoạt", "Tài liệu phát tại chỗ"),
        )
        meeting = record_meeting(session, actor, cell, entry)
        numbers = session.execute(
            select(MeetingMaterial.title, MeetingMaterial.document_number).order_by(MeetingMaterial.id)
        )
        assert [tuple(row) for row in numbers] == [
            ("Hướng dẫn sinh hoạt", "15-HD/BTG"),
            ("Tài liệu phát tại chỗ", None),
        ]
        agenda = session.execute(select(AgendaItem.position, AgendaItem.title).order_by(AgendaItem.position))
        assert [tuple(row) for row in agenda] == [(1, "Thời sự"), (2, "Nghị quyết")]
        assert view(session, planned).meeting == meeting.public_id
        assert awaited(session, cell, "regular", day) is None
        plan = view(session, planned).plan
        with pytest.raises(InvalidInput, match="Buổi này đã được ghi nhận"):
            change(session, actor, planned, 1, plan)
        version = meeting.version
        change_meeting(
            session, actor, REGISTRY, meeting.id, version, replace(entry, agenda=("Nghị quyết",)), "gọn lại"
        )
        assert recorded(session, meeting.id).entry.agenda == ("Nghị quyết",)
        withdraw_meeting(session, actor, meeting.id, version + 1, "ghi nhầm")
        assert view(session, planned).meeting is None
