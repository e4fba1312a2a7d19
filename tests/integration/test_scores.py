"""A meeting's sheet: suggested by its records, proposed, voted, confirmed; and what then stands as its score and band."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st
from sqlalchemy import create_engine, delete, select

from bontot.access import Actor, Role
from bontot.db.models import AuditEvent, FrameAdoption, Meeting, MeetingScore, RoleGrant, Task
from bontot.db.models.meeting import ABSENT_EXCUSED, ABSENT_UNEXCUSED, PRESENT
from bontot.db.tenancy import scope
from bontot.errors import InvalidFields, InvalidInput, NotAllowed, NotFound, Stale
from bontot.policy.scoring import items_of
from bontot.registry import Registry
from bontot.services import agenda, scores
from bontot.services.judgment_rules import Hand
from bontot.services.meetings import (
    Mark,
    MeetingEntry,
    change_meeting,
    record_meeting,
    view,
    withdraw_meeting,
)
from bontot.services.proceedings import handing_over
from bontot.settings import Settings
from tests.factories import Committee, make_committee

FRAME = "national_meetings_2025"
DAY = date(2026, 1, 5)
NUMBERS = count(1)
REGISTRY = Registry.load()
(SHEET,) = REGISTRY.policy(FRAME).sheets
PLAIN, THEMATIC = (items_of(SHEET, thematic=thematic) for thematic in (False, True))
FULL = {item.key: item.maximum for item in PLAIN}


@pytest.fixture
def own(settings: Settings, worker_id: str) -> Iterator[Committee]:
    """A committee with the frame of 2025 switched on, and twenty members in a cell."""
    engine = create_engine(settings.database_url)
    code = f"s{next(NUMBERS)}-{worker_id}"
    committee = make_committee(engine, code, "nhà", members=20)
    with scope(engine, committee.tenant_id) as session:
        session.add(
            FrameAdoption(policy_code=FRAME, valid_from=date(2025, 1, 1), document="NQ", entered_by="thử")
        )
    yield committee
    engine.dispose()


def meet(
    own: Committee, day: date = DAY, *, kind: str = "regular", topic: str = "", away: tuple[int, ...] = ()
) -> int:
    """A meeting at which `away` are the marks of the first members, and the others came."""
    members = [member for member, _ in own.cells[0].members]
    marks = {member: Mark(PRESENT) for member in members} | {
        member: Mark(mark) for member, mark in zip(members, away, strict=False)
    }
    entry = MeetingEntry(kind=kind, held_on=day, marks=marks, thematic_topic=topic)
    with scope(own.engine, own.tenant_id) as session:
        return record_meeting(session, own.actor(Role.CELL_SECRETARY), own.cells[0].id, entry).id


def record(
    own: Committee,
    meeting: int,
    stage: str,
    points: dict[str, Decimal],
    *,
    role: Role = Role.CELL_SECRETARY,
    version: int | None = None,
    reason: str = "",
) -> tuple[Decimal, str]:
    with scope(own.engine, own.tenant_id) as session:
        found = view(session, meeting)
        made = scores.record_score(
            session,
            own.actor(role),
            REGISTRY,
            found,
            version=found.version if version is None else version,
            stage=stage,
            points=points,
            reason=reason,
        )
        return made.points, made.band


def close_and_send(own: Committee, meeting: int) -> None:
    """Closes the record of a meeting and sends it to the superior."""
    secretary = own.actor(Role.CELL_SECRETARY)
    with scope(own.engine, own.tenant_id) as session:
        row = session.get_one(Meeting, (session.tenant_id, meeting))
        row.chair_id, row.minute_taker_id = (member for member, _ in own.cells[0].members[:2])
        handing_over.close(session, secretary, meeting, row.version)
        handing_over.submit(session, secretary, meeting, row.version)


def stands(own: Committee, meeting: int) -> tuple[Decimal | None, str | None]:
    with scope(own.engine, own.tenant_id) as session:
        columns = select(Meeting.self_score, Meeting.self_score_band)
        points, band = session.execute(columns.where(Meeting.id == meeting)).one()
        return points, band


def suggested(own: Committee, meeting: int) -> dict[str, tuple[Decimal, str]]:
    with scope(own.engine, own.tenant_id) as session:
        found = view(session, meeting)
        sheet = scores.sheet_of(session, REGISTRY, found)
        assert sheet is not None
        return {
            key: (one.points, one.ground) for key, one in scores.suggestions(session, found, sheet).items()
        }


@pytest.mark.parametrize(
    ("away", "points", "ground"),
    [
        ((ABSENT_EXCUSED,) * 2, 4, "18/20 có mặt"),
        ((ABSENT_EXCUSED,) * 3, 3, "17/20 có mặt"),
        ((ABSENT_EXCUSED,) * 5, 3, "15/20 có mặt"),
        ((ABSENT_EXCUSED,) * 6, 2, "14/20 có mặt"),
        ((ABSENT_EXCUSED,) * 7, 2, "13/20 có mặt"),
        ((ABSENT_EXCUSED,) * 8, 1, "12/20 có mặt"),
        ((ABSENT_UNEXCUSED,), 1, "19/20 có mặt, 1 vắng không lý do"),
    ],
)
def test_the_roll_call_suggests_the_points_for_attendance(
    own: Committee, away: tuple[int, ...], points: int, ground: str
) -> None:
    assert suggested(own, meet(own, away=away)) == {"hd42.attendance": (Decimal(points), ground)}


def test_tasks_due_since_the_meeting_before_suggest_the_points_for_results(own: Committee) -> None:
    days = [
        (date(2025, 12, 5), None),
        (date(2025, 12, 6), date(2025, 12, 6)),
        (DAY, DAY),
        (date(2026, 1, 6), None),
    ]
    late = (date(2026, 1, 2), date(2026, 1, 3))
    with scope(own.engine, own.tenant_id) as session:
        for due, done in [*days, *[days[1]] * 2, late]:
            cell = own.cells[0].id
            session.add(
                Task(organisation_id=cell, origin="resolution", title="Việc", due_on=due, done_on=done)
            )
    meet(own, date(2025, 12, 5))
    assert suggested(own, meet(own))["hd42.results"] == (Decimal(27), "4/5 nhiệm vụ từ buổi trước đúng hạn")


def test_a_proposal_is_no_score_a_vote_is_and_a_confirmation_replaces_it(own: Committee) -> None:
    meeting = meet(own)
    proposal = FULL | {"hd42.results": Decimal(20)}
    assert record(own, meeting, "proposed", proposal) == (Decimal("89.47"), "fair")
    assert stands(own, meeting) == (None, None)
    assert record(own, meeting, "voted", FULL) == (Decimal("100.00"), "good")
    assert stands(own, meeting) == (Decimal("100.00"), "good")
    confirmed = FULL | {"hd42.results": Decimal(10), "hd42.chairing": Decimal("7.5")}
    assert record(own, meeting, "confirmed", confirmed, role=Role.COMMITTEE) == (Decimal("76.32"), "fair")
    assert stands(own, meeting) == (Decimal("76.32"), "fair")
    with scope(own.engine, own.tenant_id) as session:
        found = {one.stage: dict(one.points) for one in scores.recorded(session, meeting)}
    assert found == {"proposed": proposal, "voted": FULL, "confirmed": confirmed}


def test_the_committee_of_the_cell_itself_confirms_nothing(own: Committee) -> None:
    meeting = meet(own)
    record(own, meeting, "voted", FULL)
    with scope(own.engine, own.tenant_id) as session:
        seated = replace(own.actor(Role.COMMITTEE), organisation_id=own.cells[0].id)
        found = view(session, meeting)
        with pytest.raises(NotAllowed, match="do cấp trên xác nhận, không do chi bộ tự chấm"):
            scores.record_score(
                session, seated, REGISTRY, found, version=found.version, stage="confirmed", points=FULL
            )


def hand(own: Committee, role: Role, **changes: object) -> Actor:
    """Who holds a role, by the name of the log-in."""
    return replace(own.actor(role), name=f"nhà {role}", **changes)  # type: ignore[arg-type]


def give(own: Committee, meeting: int, actor: Actor, stage: str) -> None:
    with scope(own.engine, own.tenant_id) as session:
        found = view(session, meeting)
        scores.record_score(session, actor, REGISTRY, found, version=found.version, stage=stage, points=FULL)


def test_whose_hand_voted_does_not_confirm_under_whatever_role_or_log_in(own: Committee) -> None:
    """An administrator, a secretary who also sits in the committee above, and a person with two log-ins."""
    secretary, admin = hand(own, Role.CELL_SECRETARY), hand(own, Role.TENANT_ADMIN)
    above: dict[str, object] = {"role": Role.COMMITTEE, "organisation_id": own.ward.id}
    seated = replace(secretary, **above, member_id=None)  # type: ignore[arg-type]
    person = replace(secretary, **above, account_id=admin.account_id)  # type: ignore[arg-type]
    everyone = "nhà committee (cấp ủy), nhà tenant_admin (quản trị đảng bộ)"
    days = (DAY, date(2026, 1, 6), date(2026, 1, 7))
    for day, voter, confirmer, others in zip(
        days,
        (admin, secretary, secretary),
        (admin, seated, person),
        ("nhà committee (cấp ủy)", everyone, everyone),
        strict=True,
    ):
        meeting = meet(own, day)
        give(own, meeting, voter, "voted")
        with pytest.raises(NotAllowed) as refusal:
            give(own, meeting, confirmer, "confirmed")
        assert str(refusal.value) == (
            f"{confirmer.name} đã ghi điểm buổi này ở bước “Chi bộ biểu quyết”, nên không xác nhận điểm ấy. Cần cấp ủy cấp "
            f"trên hoặc quản trị đảng bộ khác xác nhận. Xác nhận được: {others}."
        )
        assert kept(own, meeting) == {"voted": FULL}
        committee = hand(own, Role.COMMITTEE)
        give(own, meeting, committee, "confirmed")
        give(own, meeting, committee, "confirmed")
        with scope(own.engine, own.tenant_id) as session:
            hands = {one.stage: one.hand for one in scores.recorded(session, meeting)}
        assert hands == {"voted": Hand.of(voter), "confirmed": Hand.of(committee)}


def test_who_proposed_does_not_confirm_what_another_recorded_of_the_vote(own: Committee) -> None:
    meeting, admin = meet(own), hand(own, Role.TENANT_ADMIN)
    give(own, meeting, admin, "proposed")
    give(own, meeting, hand(own, Role.CELL_SECRETARY), "voted")
    with pytest.raises(NotAllowed, match="ở bước “Chi ủy đề xuất”, nên không xác nhận điểm ấy"):
        give(own, meeting, admin, "confirmed")


def test_where_nobody_else_may_confirm_it_is_said_how_that_is_mended(own: Committee) -> None:
    meeting, admin = meet(own), hand(own, Role.TENANT_ADMIN)
    with scope(own.engine, own.tenant_id) as session:
        session.execute(delete(RoleGrant).where(RoleGrant.role == Role.COMMITTEE))
    give(own, meeting, admin, "voted")
    with pytest.raises(NotAllowed, match="Chưa có ai khác được giao việc này; quản trị đảng bộ giao ở trang"):
        give(own, meeting, admin, "confirmed")


def test_a_score_that_only_rounds_up_to_a_band_stays_below_it(own: Committee) -> None:
    """85,49 of the 95 that apply are 89,989… of 100."""
    meeting = meet(own)
    lost = {"hd42.results": Decimal("20.49")}
    assert record(own, meeting, "voted", FULL | lost) == (Decimal("89.99"), "fair")
    assert record(own, meeting, "voted", FULL | {"hd42.results": Decimal("20.50")}) == (
        Decimal("90.00"),
        "good",
    )


def test_a_thematic_part_brings_its_item(own: Committee) -> None:
    meeting = meet(own, topic="Nêu gương")
    points = {item.key: item.maximum for item in THEMATIC} | {"hd42.thematic_content": Decimal(0)}
    assert record(own, meeting, "voted", points) == (Decimal("95.00"), "good")
    with pytest.raises(InvalidFields) as refusal:
        record(own, meeting, "voted", FULL)
    assert refusal.value.errors == {
        "hd42.thematic_content": "“Nội dung chuyên đề”: cần ghi điểm, từ 0 đến 5."
    }


def test_what_cannot_be_recorded_is_refused_in_words_and_changes_nothing(own: Committee) -> None:
    meeting = meet(own)
    record(own, meeting, "proposed", FULL)
    over = FULL | {"hd42.time": Decimal("5.01"), "hd42.notice": Decimal("0.005"), "hd42.strange": Decimal(1)}
    with pytest.raises(InvalidFields) as fields:
        record(own, meeting, "voted", over)
    assert fields.value.errors == {
        "hd42.time": "“Đúng ngày, đủ thời lượng”: điểm từ 0 đến 5, nhiều nhất hai chữ số thập phân.",
        "hd42.notice": "“Báo trước cho đảng viên và cấp ủy viên được phân công theo dõi”: điểm từ 0 đến 1,"
        " nhiều nhất hai chữ số thập phân.",
        "hd42.strange": "Phiếu chấm của buổi này không có mục ấy. Xin tải lại trang.",
    }
    with pytest.raises(InvalidInput, match=re.escape("Chi bộ chưa biểu quyết điểm, nên chưa xác nhận được.")):
        record(own, meeting, "confirmed", FULL, role=Role.COMMITTEE)
    with pytest.raises(NotAllowed):
        record(own, meeting, "confirmed", FULL)
    with pytest.raises(Stale):
        record(own, meeting, "voted", FULL, version=1)
    with pytest.raises(InvalidInput, match=re.escape("Xin chọn bước chấm điểm.")):
        record(own, meeting, "decided", FULL)
    assert stands(own, meeting) == (None, None)
    record(own, meeting, "voted", FULL)
    with pytest.raises(InvalidInput, match=re.escape("Đã có bước sau: không ghi lại bước trước.")):
        record(own, meeting, "proposed", FULL)


def test_only_a_regular_meeting_of_a_day_with_a_sheet_is_scored(own: Committee) -> None:
    for meeting in (meet(own, kind="thematic"), meet(own, date(2025, 10, 27))):
        with pytest.raises(NotFound):
            record(own, meeting, "voted", FULL)
    assert record(own, meet(own, date(2025, 10, 28)), "voted", FULL) == (Decimal(100), "good")


def test_a_correction_keeps_the_band_the_sheet_gave_and_a_withdrawal_takes_the_sheet_along(
    own: Committee,
) -> None:
    meeting, secretary = meet(own), own.actor(Role.CELL_SECRETARY)
    record(own, meeting, "voted", FULL)
    with scope(own.engine, own.tenant_id) as session:
        found = view(session, meeting)
        entry = replace(found.entry, self_score_band="poor", place="Nhà văn hoá")
        change_meeting(session, secretary, REGISTRY, meeting, found.version, entry, "ghi thiếu địa điểm")
    assert stands(own, meeting) == (Decimal(100), "good")
    with scope(own.engine, own.tenant_id) as session:
        withdraw_meeting(session, secretary, meeting, view(session, meeting).version, "ghi trùng")
        assert session.scalars(select(MeetingScore)).all() == []


def correct(own: Committee, meeting: int, **changes: object) -> None:
    """As the meeting's form does, which sends the band it was shown with."""
    with scope(own.engine, own.tenant_id) as session:
        found = view(session, meeting)
        entry = replace(found.entry, **changes)  # type: ignore[arg-type]
        secretary = own.actor(Role.CELL_SECRETARY)
        change_meeting(session, secretary, REGISTRY, meeting, found.version, entry, "ghi nhầm")


def kept(own: Committee, meeting: int) -> dict[str, dict[str, Decimal]]:
    with scope(own.engine, own.tenant_id) as session:
        return {one.stage: dict(one.points) for one in scores.recorded(session, meeting)}


def trail(own: Committee, action: str) -> list[dict[str, Any]]:
    with scope(own.engine, own.tenant_id) as session:
        events = select(AuditEvent.detail).where(AuditEvent.action == action).order_by(AuditEvent.id)
        return list(session.scalars(events))


@pytest.mark.parametrize(
    ("changes", "back"),
    [
        ({"thematic_topic": "Nêu gương"}, {"thematic_topic": ""}),
        ({"kind": "thematic"}, {"kind": "regular"}),
        ({"held_on": date(2025, 10, 27)}, {"held_on": date(2025, 11, 3)}),
    ],
)
def test_points_that_no_longer_fit_a_corrected_meeting_give_nothing_and_come_back_with_it(
    own: Committee, changes: dict[str, object], back: dict[str, object]
) -> None:
    """A thematic part brings an item, another kind has no sheet, and on 27/10/2025 there was none yet."""
    meeting = meet(own, date(2025, 11, 3))
    record(own, meeting, "proposed", FULL)
    record(own, meeting, "voted", FULL)
    correct(own, meeting, **changes)
    assert stands(own, meeting) == (None, None)
    assert kept(own, meeting) == {"proposed": FULL, "voted": FULL}
    [said] = trail(own, "change_meeting")
    assert (said["before"]["self_score"], said["before"]["self_score_band"]) == ("100.00", "good")
    correct(own, meeting, **back)
    assert stands(own, meeting) == (Decimal(100), "good")


def test_what_decides_nothing_about_the_sheet_leaves_the_score_alone(own: Committee) -> None:
    meeting = meet(own, topic="Nêu gương")
    points = {item.key: item.maximum for item in THEMATIC}
    record(own, meeting, "voted", points | {"hd42.results": Decimal(10)})
    correct(own, meeting, thematic_topic="Học tập Bác", place="Nhà văn hoá", held_on=date(2026, 1, 6))
    assert stands(own, meeting) == (Decimal(80), "fair")


def test_a_kind_without_a_sheet_is_rated_by_hand_and_a_proposal_alone_decides_nothing(own: Committee) -> None:
    meeting, proposed = meet(own), meet(own, date(2026, 2, 3))
    record(own, meeting, "voted", FULL)
    record(own, proposed, "proposed", FULL)
    correct(own, meeting, kind="thematic", self_score_band="good")
    assert stands(own, meeting) == (None, None)
    correct(own, meeting, self_score_band="fair")
    assert stands(own, meeting) == (None, "fair")
    correct(own, proposed, thematic_topic="Nêu gương", self_score_band="average")
    assert stands(own, proposed) == (None, "average")


def test_a_meeting_to_be_scored_again_begins_anew_and_what_made_way_is_in_the_trail(own: Committee) -> None:
    """Also after a confirmation, behind which nobody goes back while it fits."""
    meeting = meet(own)
    record(own, meeting, "voted", FULL)
    lower = FULL | {"hd42.results": Decimal(20)}
    record(own, meeting, "confirmed", lower, role=Role.COMMITTEE)
    correct(own, meeting, thematic_topic="Nêu gương")
    with scope(own.engine, own.tenant_id) as session:
        errands = agenda.errands(session, own.cells[0].id, date(2026, 1, 31))
        public_id = view(session, meeting).public_id
    assert errands == [
        agenda.Errand("score", "", DAY, public_id),
        agenda.Errand("record", "open", DAY, public_id),
    ]
    with pytest.raises(InvalidInput, match=re.escape("Chi bộ chưa biểu quyết điểm, nên chưa xác nhận được.")):
        record(own, meeting, "confirmed", FULL, role=Role.COMMITTEE)
    whole = {item.key: item.maximum for item in THEMATIC}
    assert record(own, meeting, "voted", whole) == (Decimal(100), "good")
    assert kept(own, meeting) == {"voted": whole}

    def plain(points: dict[str, Decimal]) -> dict[str, str]:
        return {key: f"{one:.2f}" for key, one in points.items()}

    assert trail(own, "score_meeting")[-1]["before"] == {"voted": plain(FULL), "confirmed": plain(lower)}
    with scope(own.engine, own.tenant_id) as session:
        assert agenda.errands(session, own.cells[0].id, date(2026, 1, 31)) == [
            agenda.Errand("record", "open", DAY, public_id)
        ]


def test_while_the_plan_cannot_be_used_a_scored_meeting_keeps_its_band(own: Committee) -> None:
    meeting = meet(own)
    record(own, meeting, "voted", FULL)
    without = Registry(policies={}, metrics={}, formats={})
    with scope(own.engine, own.tenant_id) as session:
        found, secretary = view(session, meeting), own.actor(Role.CELL_SECRETARY)
        again = replace(found.entry, place="Nhà văn hoá")
        change_meeting(session, secretary, without, meeting, found.version, again, "thêm địa điểm")
        other = replace(again, thematic_topic="Nêu gương")
        with pytest.raises(InvalidInput, match="theo một kế hoạch đang không dùng được"):
            change_meeting(session, secretary, without, meeting, found.version + 1, other, "thêm chuyên đề")
        session.rollback()
    assert stands(own, meeting) == (Decimal(100), "good")


@trials(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_the_points_what_is_recorded_adds_up_to_what_stands(
    own: Committee, data: st.DataObject
) -> None:
    points = {item.key: data.draw(st.decimals(0, item.maximum, places=2)) for item in PLAIN}
    meeting = meet(own)
    record(own, meeting, "voted", points)
    hundredths = sum(int(each * 100) for each in points.values())
    of_95 = ((90, "good"), (70, "fair"), (50, "average"))
    by_hand = next((name for limit, name in of_95 if hundredths >= limit * 95), "poor")
    with scope(own.engine, own.tenant_id) as session:
        rows = session.scalars(select(MeetingScore.points).where(MeetingScore.meeting_id == meeting)).all()
        kept = session.execute(select(Meeting.self_score_band).where(Meeting.id == meeting)).scalar_one()
        version = view(session, meeting).version
        withdraw_meeting(session, own.actor(Role.CELL_SECRETARY), meeting, version, "để chấm lần khác")
    assert (sum(rows) * 100, kept) == (hundredths, by_hand)


def test_a_score_in_a_closed_record_is_corrected_with_a_reason_and_sent_again(own: Committee) -> None:
    meeting = meet(own)
    record(own, meeting, "voted", FULL)
    close_and_send(own, meeting)
    assert record(own, meeting, "confirmed", FULL, role=Role.COMMITTEE)[1] == "good"

    def submission() -> str | None:
        with scope(own.engine, own.tenant_id) as session:
            return session.get_one(Meeting, (session.tenant_id, meeting)).submission

    assert submission() == "submitted"
    lower = FULL | {"hd42.results": Decimal(20)}
    with pytest.raises(InvalidInput) as refusal:
        record(own, meeting, "confirmed", lower, role=Role.COMMITTEE)
    assert refusal.value.errors == {"reason": "Hồ sơ buổi này đã khóa, nên cần ghi lý do chấm lại."}
    record(own, meeting, "confirmed", lower, role=Role.COMMITTEE, reason="cộng nhầm")
    assert submission() == "changed"
