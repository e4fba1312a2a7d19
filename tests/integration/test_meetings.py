"""A secretary records a meeting; the roll of the day decides who can be marked."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy import Engine, func, select, update

from bontot.access import Role
from bontot.clock import today
from bontot.db.models import (
    Attendance,
    AuditEvent,
    Meeting,
    MeetingMaterial,
    Membership,
    MemberState,
    Post,
    Resolution,
    Task,
)
from bontot.db.models.meeting import ABSENT_EXCUSED, ABSENT_UNEXCUSED, PRESENT
from bontot.db.tenancy import TenantSession, scope
from bontot.errors import InvalidInput, NotAllowed, Stale
from bontot.registry import Registry
from bontot.services.meetings import (
    Mark,
    MeetingEntry,
    change_meeting,
    record_meeting,
    roll,
    view,
    withdraw_meeting,
)
from bontot.testing.heard import heard
from tests.factories import Committee, make_committee

HELD = date(2023, 3, 3)
REGISTRY = Registry.load()


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    return make_committee(engine, unique, "nhà")


@pytest.fixture
def decoy(engine: Engine, unique: str) -> Committee:
    return make_committee(engine, f"{unique}-moi", "MỒI")


def entry(session: TenantSession, cell_id: int, held_on: date = HELD) -> MeetingEntry:
    """Everyone present but the second, excused, and the third, who gave no reason."""
    marks = {line.member_id: Mark(PRESENT) for line in roll(session, cell_id, held_on)}
    absent = sorted(marks)[1:3]
    return MeetingEntry(
        kind="regular",
        held_on=held_on,
        marks=marks | {absent[0]: Mark(ABSENT_EXCUSED, "đi công tác"), absent[1]: Mark(ABSENT_UNEXCUSED)},
        starts_at=time(19, 30),
        place="Nhà văn hóa",
        sent_on=date(2023, 3, 1),
        self_criticism=True,
        self_score_band="fair",
        steps=frozenset({"opening", "conduct"}),
        materials=("Thông báo tình hình thời sự",),
        resolution_number="03-NQ/CB",
        resolution_subject="Lãnh đạo thực hiện nhiệm vụ tháng 3 năm 2023",
    )


def test_what_a_secretary_records_is_read_back_whole(committee: Committee, decoy: Committee) -> None:
    cell = committee.cells[0]
    with scope(committee.engine, committee.tenant_id) as session:
        said = entry(session, cell.id)
        meeting_id = record_meeting(session, committee.actor(Role.CELL_SECRETARY), cell.id, said).id
    with scope(committee.engine, committee.tenant_id) as session:
        seen = view(session, meeting_id)
    assert (seen.organisation_id, seen.version, seen.entry) == (cell.id, 1, said)
    with scope(decoy.engine, decoy.tenant_id) as session:
        assert session.scalar(select(func.count()).select_from(Meeting)) == 0


def test_the_roll_holds_those_required_on_the_day_by_given_name(committee: Committee) -> None:
    cell, other = committee.cells
    ids = [member_id for member_id, _ in cell.members]
    with scope(committee.engine, committee.tenant_id) as session:
        session.add(MemberState(member_id=ids[0], kind="exempt", valid_from=HELD))
        session.add(MemberState(member_id=ids[1], kind="exempt", valid_from=date(2022, 1, 1), valid_to=HELD))
        session.add(MemberState(member_id=ids[2], kind="temporarily_out", valid_from=date(2023, 1, 1)))
        session.add(
            Membership(
                member_id=ids[2], organisation_id=other.id, kind="temporary", valid_from=date(2023, 1, 1)
            )
        )
        session.execute(update(Membership).where(Membership.member_id == ids[3]).values(valid_to=HELD))
        session.add(Membership(member_id=ids[3], organisation_id=other.id, valid_from=HELD))
        session.flush()
        here = [line.member_id for line in roll(session, cell.id, HELD)]
        there = [(line.member_id, line.guest) for line in roll(session, other.id, HELD)]
    assert here == [ids[1], *ids[4:]]
    assert [line for line in there if line[0] in ids] == [(ids[2], True), (ids[3], False)]


def refuse(committee: Committee, said: MeetingEntry, role: Role = Role.CELL_SECRETARY) -> InvalidInput:
    with pytest.raises(InvalidInput) as refusal, scope(committee.engine, committee.tenant_id) as session:
        record_meeting(session, committee.actor(role), committee.cells[0].id, said)
    with scope(committee.engine, committee.tenant_id) as session:
        left = [
            session.scalar(select(func.count()).select_from(table))
            for table in (Meeting, Attendance, AuditEvent)
        ]
    assert left == [0, 0, 0]
    return refusal.value


def test_a_meeting_to_come_is_refused(committee: Committee) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        said = replace(entry(session, committee.cells[0].id), held_on=today(session) + timedelta(days=1))
    refusal = refuse(committee, said)
    assert (str(refusal), refusal.field) == ("Ngày họp chưa đến. Chỉ ghi nhận buổi đã họp.", "held_on")


def test_a_mark_for_someone_not_on_the_roll_is_refused_by_name(committee: Committee) -> None:
    stranger = committee.cells[1].members[0][0]
    with scope(committee.engine, committee.tenant_id) as session:
        said = entry(session, committee.cells[0].id)
    refusal = refuse(committee, replace(said, marks={**said.marks, stranger: Mark(PRESENT)}))
    assert (str(refusal), refusal.field) == (
        "Không thuộc diện phải dự họp ngày 03/03/2023: Nguyễn nhà An.",
        "marks",
    )


def test_a_mark_for_someone_of_another_committee_says_no_name(committee: Committee, decoy: Committee) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        said = entry(session, committee.cells[0].id)
    foreign = decoy.cells[0].members[0][0]
    refusal = refuse(committee, replace(said, marks={**said.marks, foreign: Mark(PRESENT)}))
    assert str(refusal) == ("Không thuộc diện phải dự họp ngày 03/03/2023: người không có trong đảng bộ.")


def test_a_member_may_not_record(committee: Committee) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        said = entry(session, committee.cells[0].id)
    with pytest.raises(NotAllowed), scope(committee.engine, committee.tenant_id) as session:
        record_meeting(session, committee.actor(Role.MEMBER), committee.cells[0].id, said)


def test_a_correction_needs_a_reason_and_keeps_what_stood_before(committee: Committee) -> None:
    actor, cell = committee.actor(Role.CELL_SECRETARY), committee.cells[0]
    with scope(committee.engine, committee.tenant_id) as session:
        said = entry(session, cell.id)
        meeting_id = record_meeting(session, actor, cell.id, said).id
    better = replace(said, marks={member: Mark(PRESENT) for member in said.marks}, place="Trường học")
    with (
        pytest.raises(InvalidInput, match="Cần ghi lý do sửa"),
        scope(committee.engine, committee.tenant_id) as session,
    ):
        change_meeting(session, actor, REGISTRY, meeting_id, 1, better, " ")
    with scope(committee.engine, committee.tenant_id) as session:
        change_meeting(session, actor, REGISTRY, meeting_id, 1, better, "điểm danh nhầm")
    with scope(committee.engine, committee.tenant_id) as session:
        assert (view(session, meeting_id).version, view(session, meeting_id).entry) == (2, better)
        kept = session.scalars(select(AuditEvent.detail).where(AuditEvent.action == "change_meeting")).one()
    absent = next(member for member, mark in said.marks.items() if mark.reason)
    assert kept == {
        "reason": "điểm danh nhầm",
        "before": {
            "kind": "regular",
            "held_on": "2023-03-03",
            "starts_at": "19:30",
            "place": "Nhà văn hóa",
            "topic": "",
            "thematic_topic": "",
            "marks": {str(member): mark.value for member, mark in said.marks.items()},
            "reasons": {str(absent): "đi công tác"},
            "steps": ["conduct", "opening"],
            "agenda": [],
            "materials": ["Thông báo tình hình thời sự"],
            "sent_on": "2023-03-01",
            "self_criticism": True,
            "self_score_band": "fair",
            "self_score": None,
            "resolution": ["03-NQ/CB", "Lãnh đạo thực hiện nhiệm vụ tháng 3 năm 2023"],
        },
    }


def test_a_correction_keeps_what_its_form_does_not_show(committee: Committee) -> None:
    """An import may say more of a meeting than the form asks."""
    actor, cell = committee.actor(Role.CELL_SECRETARY), committee.cells[0]
    with scope(committee.engine, committee.tenant_id) as session:
        said = entry(session, cell.id)
        meeting_id = record_meeting(session, actor, cell.id, said).id
        session.execute(update(Resolution).values(cites_superior=True))
        session.execute(update(MeetingMaterial).values(document_number="12-CV/ĐU"))
        session.add(Resolution(meeting_id=meeting_id, number="04-NQ/CB", subject="Chuyên đề"))
    better = replace(
        said,
        resolution_number="03b-NQ/CB",
        materials=("Dự thảo nghị quyết", *said.materials),
        place="Trường học",
    )
    with scope(committee.engine, committee.tenant_id) as session:
        change_meeting(session, actor, REGISTRY, meeting_id, 1, better, "sửa số nghị quyết")
    with scope(committee.engine, committee.tenant_id) as session:
        assert view(session, meeting_id).entry == better
        issued = session.execute(
            select(Resolution.number, Resolution.cites_superior).order_by(Resolution.id)
        ).all()
        used = session.execute(
            select(MeetingMaterial.title, MeetingMaterial.document_number).order_by(MeetingMaterial.id)
        ).all()
    assert issued == [("03b-NQ/CB", True), ("04-NQ/CB", False)]
    assert used == [("Dự thảo nghị quyết", None), ("Thông báo tình hình thời sự", "12-CV/ĐU")]


def test_a_resolution_taken_out_of_a_correction_is_gone(committee: Committee) -> None:
    actor, cell = committee.actor(Role.CELL_SECRETARY), committee.cells[0]
    with scope(committee.engine, committee.tenant_id) as session:
        said = entry(session, cell.id)
        meeting_id = record_meeting(session, actor, cell.id, said).id
    without = replace(said, resolution_number="", resolution_subject="")
    with scope(committee.engine, committee.tenant_id) as session:
        change_meeting(session, actor, REGISTRY, meeting_id, 1, without, "ghi nhầm nghị quyết")
    with scope(committee.engine, committee.tenant_id) as session:
        assert view(session, meeting_id).entry == without
        assert session.scalar(select(func.count()).select_from(Resolution)) == 0


def test_the_second_of_two_corrections_is_told(committee: Committee) -> None:
    actor, cell = committee.actor(Role.CELL_SECRETARY), committee.cells[0]
    with scope(committee.engine, committee.tenant_id) as session:
        said = entry(session, cell.id)
        meeting_id = record_meeting(session, actor, cell.id, said).id
    with scope(committee.engine, committee.tenant_id) as session:
        change_meeting(session, actor, REGISTRY, meeting_id, 1, replace(said, place="A"), "sửa địa điểm")
    with pytest.raises(Stale), scope(committee.engine, committee.tenant_id) as session:
        change_meeting(session, actor, REGISTRY, meeting_id, 1, replace(said, place="B"), "sửa địa điểm")
    with scope(committee.engine, committee.tenant_id) as session:
        assert view(session, meeting_id).entry.place == "A"


SECOND = "Chi bộ đã ghi nhận một buổi cùng loại ngày 03/03/2023. Nếu cần, hãy sửa buổi ấy."


def test_a_meeting_of_a_kind_is_recorded_once_a_day(committee: Committee) -> None:
    cell, secretary = committee.cells[0], committee.actor(Role.CELL_SECRETARY)
    with scope(committee.engine, committee.tenant_id) as session:
        first = record_meeting(session, secretary, cell.id, entry(session, cell.id))
        with pytest.raises(InvalidInput) as again:
            record_meeting(session, secretary, cell.id, entry(session, cell.id))
        thematic = replace(entry(session, cell.id), kind="thematic")
        other = record_meeting(session, secretary, cell.id, thematic)
        with pytest.raises(InvalidInput) as moved:
            change_meeting(session, secretary, REGISTRY, other.id, 1, entry(session, cell.id), "nhầm loại")
        change_meeting(session, secretary, REGISTRY, first.id, 1, entry(session, cell.id), "thêm địa điểm")
    assert (str(again.value), again.value.field, str(moved.value)) == (SECOND, "held_on", SECOND)


def test_a_sheet_of_everyone_asks_as_little_as_a_sheet_of_one(committee: Committee) -> None:
    cell, secretary = committee.cells[0], committee.actor(Role.CELL_SECRETARY)
    asked = []
    for most, held_on in ((1, HELD), (10, date(2023, 4, 3))):
        with scope(committee.engine, committee.tenant_id) as session:
            said = entry(session, cell.id, held_on)
        assert len(said.marks) == 10
        few = replace(said, marks=dict(sorted(said.marks.items())[:most]))
        with heard(committee.engine) as sent, scope(committee.engine, committee.tenant_id) as session:
            record_meeting(session, secretary, cell.id, few)
        asked.append([re.sub(r"\s+", " ", one.text.strip())[:20] for one in sent])
    assert asked[0] == asked[1]
    assert asked[1] == [
        "SELECT set_config('a",
        "SELECT founded_on, e",
        "SELECT r.meeting_id,",
        "SELECT FROM meeting ",
        "INSERT INTO meeting ",
        "INSERT INTO attendan",
        "INSERT INTO meeting_",
        "INSERT INTO meeting_",
        "INSERT INTO resoluti",
        "SELECT id FROM plann",
        "INSERT INTO audit_ev",
        "SELECT w.id, w.kinds",
    ]


def test_two_who_record_the_same_meeting_at_once_record_one(committee: Committee) -> None:
    cell, secretary = committee.cells[0], committee.actor(Role.CELL_SECRETARY)

    def send(_: int) -> str:
        try:
            with scope(committee.engine, committee.tenant_id) as session:
                record_meeting(session, secretary, cell.id, entry(session, cell.id))
        except InvalidInput as refusal:
            return str(refusal)
        return ""

    with ThreadPoolExecutor(4) as pool:
        said = sorted(pool.map(send, range(4)))
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalar(select(func.count()).select_from(Meeting)) == 1
    assert said == ["", SECOND, SECOND, SECOND]


def test_a_meeting_of_the_committee_asks_for_who_holds_a_post(committee: Committee) -> None:
    cell = committee.cells[0]
    deputy, ordinary = (member_id for member_id, _ in cell.members[1:3])
    with scope(committee.engine, committee.tenant_id) as session:
        secretary = session.scalars(
            select(Post.member_id).where(Post.organisation_id == cell.id, Post.kind == "secretary")
        ).all()
        for member_id, kind in ((deputy, "deputy_secretary"), (ordinary, "committee_member")):
            since = date(2020, 1, 1)
            session.add(Post(organisation_id=cell.id, member_id=member_id, kind=kind, valid_from=since))
        left = Post(
            organisation_id=cell.id,
            member_id=cell.members[3][0],
            kind="committee_member",
            valid_from=date(2020, 1, 1),
            valid_to=HELD,
        )
        session.add(left)
        session.flush()
        asked = roll(session, cell.id, HELD, "cell_committee_meeting")
        assert {line.member_id for line in asked} == {*secretary, deputy, ordinary}
        everyone = replace(entry(session, cell.id), kind="cell_committee_meeting")
        with pytest.raises(InvalidInput, match="Không thuộc diện phải dự họp ngày 03/03/2023"):
            record_meeting(session, committee.actor(Role.CELL_SECRETARY), cell.id, everyone)


def test_a_meeting_recorded_by_mistake_is_taken_back_and_stays_in_the_trail(committee: Committee) -> None:
    cell, secretary = committee.cells[0], committee.actor(Role.CELL_SECRETARY)
    with scope(committee.engine, committee.tenant_id) as session:
        meeting_id = record_meeting(session, secretary, cell.id, entry(session, cell.id)).id
    with scope(committee.engine, committee.tenant_id) as session:
        with pytest.raises(InvalidInput, match="Cần ghi lý do bỏ buổi này"):
            withdraw_meeting(session, secretary, meeting_id, 1, " ")
        with pytest.raises(Stale):
            withdraw_meeting(session, secretary, meeting_id, 2, "ghi trùng")
        with pytest.raises(NotAllowed):
            withdraw_meeting(session, committee.actor(Role.MEMBER), meeting_id, 1, "ghi trùng")
        withdraw_meeting(session, secretary, meeting_id, 1, "ghi trùng")
    with scope(committee.engine, committee.tenant_id) as session:
        left = [session.scalar(select(func.count()).select_from(table)) for table in (Meeting, Attendance)]
        kept = session.scalars(select(AuditEvent.detail).where(AuditEvent.action == "withdraw_meeting")).one()
    assert left == [0, 0]
    assert (kept["reason"], kept["before"]["place"]) == ("ghi trùng", "Nhà văn hóa")


def test_a_meeting_whose_tasks_are_under_way_is_corrected_not_taken_back(committee: Committee) -> None:
    cell, secretary = committee.cells[0], committee.actor(Role.CELL_SECRETARY)
    with scope(committee.engine, committee.tenant_id) as session:
        meeting_id = record_meeting(session, secretary, cell.id, entry(session, cell.id)).id
        session.add(
            Task(
                organisation_id=cell.id,
                meeting_id=meeting_id,
                origin="resolution",
                title="Vận động",
                due_on=date(2023, 3, 31),
            )
        )
        session.flush()
        with pytest.raises(InvalidInput) as refusal:
            withdraw_meeting(session, secretary, meeting_id, 1, "ghi trùng")
    assert str(refusal.value) == "Đã có nhiệm vụ giao từ buổi này, nên chỉ sửa được, không bỏ được."
