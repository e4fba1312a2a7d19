"""A record is closed, sent and answered: no other way than drawn, and nothing of it is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from bontot.access import Actor, Role
from bontot.clock import today
from bontot.db.models import AuditEvent, Meeting
from bontot.db.tenancy import scope
from bontot.errors import InvalidInput, NotAllowed, Stale
from bontot.services.meetings import (
    MeetingEntry,
    record_meeting,
    withdraw_meeting,
)
from bontot.services.proceedings import handing_over, handover_lists
from bontot.services.proceedings.entries import (
    Guest,
    Opinion,
)
from bontot.services.proceedings.items import review
from bontot.services.proceedings.reading import (
    GUESTS,
    OPINIONS,
)
from tests.factories import Committee, make_committee
from tests.workplace import BEFORE, HELD, Workplace, correct


@pytest.fixture(scope="module")
def committee(engine: Engine, worker_id: str) -> Committee:
    return make_committee(engine, f"gui-len-{worker_id}", "nhà")


@pytest.fixture
def work(committee: Committee) -> Iterator[Workplace]:
    """A transaction that is never kept."""
    with scope(committee.engine, committee.tenant_id) as session:
        yield Workplace(committee, session)
        session.rollback()


def test_a_closed_record_is_corrected_with_a_reason_and_keeps_what_it_said(work: Workplace) -> None:
    meeting = work.meeting()
    number = work.put(meeting, OPINIONS, Opinion(member_id=work.ids[2], summary="Ý cũ"))
    work.close(meeting)
    entry = Opinion(member_id=work.ids[2], summary="Ý mới", position=1)
    for act in (
        lambda: work.change(meeting, OPINIONS, number, entry),
        lambda: work.put(meeting, GUESTS, Guest(name="Khách")),
        lambda: work.remove(meeting, OPINIONS, number),
        lambda: review(work.session, work.secretary, meeting.id, {}, version=""),
    ):
        with pytest.raises(InvalidInput) as refusal:
            act()
        assert refusal.value.errors == {"reason": "Buổi này đã khóa hồ sơ, nên cần ghi lý do sửa."}
    work.change(meeting, OPINIONS, number, entry, reason="ghi thiếu")
    last = work.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
    assert last.detail == {
        "part": "opinion",
        "number": number,
        "reason": "ghi thiếu",
        "before": {"member_id": work.ids[2], "summary": "Ý cũ", "answer": "", "position": 1},
    }
    with pytest.raises(InvalidInput, match="Hồ sơ buổi này đã khóa, nên chỉ sửa được"):
        withdraw_meeting(work.session, work.secretary, meeting.id, meeting.version, "ghi trùng")


def test_a_meeting_is_closed_once_it_has_who_led_it_and_its_roll(work: Workplace) -> None:
    said = MeetingEntry(kind="regular", held_on=HELD, marks={})
    meeting = record_meeting(work.session, work.secretary, work.committee.cells[0].id, said)
    with pytest.raises(InvalidInput) as refusal:
        handing_over.close(work.session, work.secretary, meeting.id, meeting.version)
    assert str(refusal.value) == "Chưa khóa được: còn thiếu người chủ trì, thư ký, điểm danh."


ACTS = ("close", "submit", "receive", "return", "remark", "amend", "correct")
WAY: dict[tuple[str | None, str], str | None] = {
    (None, "close"): "due",
    (None, "amend"): None,
    (None, "correct"): None,
    (None, "remark"): None,
    ("due", "submit"): "submitted",
    ("submitted", "receive"): "received",
    ("submitted", "return"): "returned",
    ("returned", "submit"): "submitted",
    ("changed", "submit"): "submitted",
    **{(sent, act): "changed" for sent in ("submitted", "received") for act in ("amend", "correct")},
    **{(kept, act): kept for kept in ("due", "returned", "changed") for act in ("amend", "correct")},
    **{(way, "remark"): way for way in ("due", "submitted", "returned", "changed", "received")},
}
"""Where each act leads from each state; what is not here is refused."""


def do(work: Workplace, meeting: Meeting, act: str) -> None:
    session, version = work.session, meeting.version
    match act:
        case "close":
            handing_over.close(session, work.secretary, meeting.id, version)
        case "submit":
            handing_over.submit(session, work.secretary, meeting.id, version)
        case "amend":
            work.put(meeting, GUESTS, Guest(name="Khách"), reason="ghi thiếu")
        case "correct":
            correct(work, meeting, place="Nơi khác")
        case _:
            acts = {"receive": "received", "return": "returned", "remark": "remarked"}
            handing_over.answer(session, work.ward, meeting.id, version, acts[act], remark="Đã xem")


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(ACTS), max_size=10))
def test_a_record_goes_no_other_way_than_drawn(work: Workplace, acts: list[str]) -> None:
    with work.session.begin_nested() as savepoint:
        meeting = work.meeting()
        work.lead(meeting)
        state: str | None = None
        for act in acts:
            if (state, act) in WAY:
                do(work, meeting, act)
                state = WAY[state, act]
            else:
                with pytest.raises(InvalidInput):
                    do(work, meeting, act)
            assert meeting.submission == state
        savepoint.rollback()
    work.session.expire_all()


def test_the_superior_answers_never_the_cell_itself_nor_who_sent_it(work: Workplace) -> None:
    meeting = work.meeting()
    work.close(meeting)
    with pytest.raises(NotAllowed):
        handing_over.answer(work.session, work.secretary, meeting.id, meeting.version, "received")
    own = Actor(account_id=9, name="Chi bộ", role=Role.COMMITTEE, organisation_id=work.committee.cells[0].id)
    handing_over.submit(work.session, work.ward, meeting.id, meeting.version)
    for actor, said in ((own, handing_over.OF_CELL), (work.ward, handing_over.OWN_HAND)):
        with pytest.raises(NotAllowed) as refusal:
            handing_over.answer(work.session, actor, meeting.id, meeting.version, "received")
        assert str(refusal.value) == said
    admin = work.committee.actor(Role.TENANT_ADMIN)
    with pytest.raises(Stale):
        handing_over.answer(work.session, admin, meeting.id, meeting.version - 1, "received")
    with pytest.raises(InvalidInput) as refused:
        handing_over.answer(work.session, admin, meeting.id, meeting.version, "returned")
    assert refused.value.errors == {"remark": "Cần ghi rõ điều chi bộ phải sửa."}
    handing_over.answer(
        work.session, admin, meeting.id, meeting.version, "received", remark="Tốt", voice="assigned"
    )
    work.session.flush()
    latest = handing_over.acts_of(work.session, meeting.id)[0]
    assert (latest.act, latest.voice, latest.remark) == ("received", "assigned", "Tốt")


def test_the_lists_of_records_hold_those_within_reach_the_longest_waiting_first(work: Workplace) -> None:
    session, day = work.session, today(work.session)
    first, second, third = work.meeting(), work.meeting(BEFORE), work.meeting(date(2026, 2, 3))
    for meeting in (first, second, third):
        work.close(meeting)
    for meeting in (second, first):
        handing_over.submit(session, work.secretary, meeting.id, meeting.version)
    session.flush()
    within = frozenset({work.committee.cells[0].id})
    assert handover_lists.counts(session, within) == {"moi-gui": 2, "cho-sua": 0, "chua-gui": 1}
    sent = handover_lists.awaited(session, within, way="moi-gui", day=day)
    assert [(one.held_on, one.cell_name, one.above) for one in sent.lines] == [
        (BEFORE, "Chi bộ nhà số 1", "Phường nhà"),
        (HELD, "Chi bộ nhà số 1", "Phường nhà"),
    ]
    other = frozenset({work.committee.cells[1].id})
    assert handover_lists.counts(session, other) == {"moi-gui": 0, "cho-sua": 0, "chua-gui": 0}
    assert list(handover_lists.awaited(session, other, way="moi-gui", day=day).lines) == []
