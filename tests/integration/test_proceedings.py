"""What happens in a meeting is kept part by part: read back whole, guarded, and counted at once where a plan counts it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from bontot.access import Role
from bontot.clock import today
from bontot.db.models import AuditEvent, FollowUp, Meeting, MeetingGuest, Sitting, SittingPresence, Task
from bontot.db.models.meeting import ABSENT_UNEXCUSED, PRESENT
from bontot.db.tenancy import scope
from bontot.errors import InvalidInput, NotAllowed, NotFound, Stale
from bontot.evaluation import runs
from bontot.evaluation.incremental import rejudge
from bontot.evaluation.whole import evaluate
from bontot.services import task_changes, tasks
from bontot.services.meetings import (
    Mark,
    withdraw_meeting,
)
from bontot.services.proceedings.amending import Part, put, remove, version_of
from bontot.services.proceedings.entries import (
    Course,
    FurtherSitting,
    Guest,
    Head,
    Item,
    Opinion,
    ResolutionText,
    Vote,
)
from bontot.services.proceedings.items import Reviewed, earlier_items, review, review_version
from bontot.services.proceedings.reading import (
    COURSE,
    GUESTS,
    HEAD,
    ITEMS,
    OPINIONS,
    RESOLUTION,
    SITTINGS,
    VOTES,
    record_of,
)
from tests.factories import Committee, make_committee
from tests.workplace import BEFORE, HELD, REGISTRY, Workplace, correct


@pytest.fixture(scope="module")
def committee(engine: Engine, worker_id: str) -> Committee:
    return make_committee(engine, f"dien-bien-{worker_id}", "nhà")


@pytest.fixture(scope="module")
def decoy(engine: Engine, worker_id: str) -> Committee:
    return make_committee(engine, f"dien-bien-moi-{worker_id}", "MỒI")


@pytest.fixture
def work(committee: Committee) -> Iterator[Workplace]:
    """A transaction that is never kept."""
    with scope(committee.engine, committee.tenant_id) as session:
        yield Workplace(committee, session)
        session.rollback()


def everything(work: Workplace) -> list[tuple[Part[Any], Any]]:
    """One entry of every part that can be added to."""
    who = work.ids
    return [
        (GUESTS, Guest(name="Phạm Thị Khách", post="Phó Bí thư", assigned=True, remark="Tốt")),
        (SITTINGS, FurtherSitting(held_on=date(2026, 4, 5), place="Tổ 2", came=frozenset(who[6:8]))),
        (OPINIONS, Opinion(member_id=who[2], summary="Thêm đèn\nngõ 5", answer="Ghi nhận", position=3)),
        (VOTES, Vote(about="other", subject="Đổi giờ họp", votes_for=5, votes_against=1, votes_other=1, entitled=10)),
        (RESOLUTION, ResolutionText(number="04-NQ/CB", subject="Nhiệm vụ tháng 4", politics="Ổn", execution="Đúng hạn")),
        (ITEMS, Item(title="Tổng vệ sinh", due_on=date(2026, 4, 28), carriers=frozenset(who[2:4]), report_to="Chi ủy")),
    ]  # fmt: skip


def test_every_part_is_read_back_as_it_was_written(work: Workplace, decoy: Committee) -> None:
    meeting = work.meeting()
    work.lead(meeting)
    course = Course(fees="Đủ", conclusion="Thống nhất")
    work.change(meeting, COURSE, 0, course)
    for part, entry in everything(work):
        number = work.put(meeting, part, entry)
        assert part.read(work.session, meeting) == {number: entry}
    assert COURSE.read(work.session, meeting) == {0: course}
    assert HEAD.read(work.session, meeting)[0].chair_id == work.ids[0]
    with scope(decoy.engine, decoy.tenant_id) as session, pytest.raises(NotFound):
        record_of(session, meeting.id)


def test_every_row_can_be_taken_away_again_and_is_kept_in_the_trail(work: Workplace) -> None:
    meeting = work.meeting()
    for part, entry in everything(work):
        number = work.put(meeting, part, entry)
        work.remove(meeting, part, number)
        assert part.read(work.session, meeting) == {}
    last = work.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
    assert (last.action, last.detail) == (
        "amend_meeting",
        {
            "part": "item",
            "number": number,
            "removed": True,
            "before": {
                "title": "Tổng vệ sinh",
                "due_on": "2026-04-28",
                "carriers": sorted(work.ids[2:4]),
                "report_to": "Chi ủy",
                "hard": False,
            },
        },
    )


REFUSED: list[tuple[Part[Any], Callable[[Workplace], object], dict[str, str]]] = [
    (GUESTS, lambda _: Guest(name=" "), {"name": "Cần ghi họ tên."}),
    (
        OPINIONS,
        lambda work: Opinion(member_id=work.ids[6], summary=""),
        {
            "member_id": "Xin chọn người phát biểu trong những người có mặt.",
            "summary": "Cần ghi nội dung ý kiến.",
        },
    ),
    (
        OPINIONS,
        lambda work: Opinion(member_id=work.committee.cells[1].members[0][0], summary="a", position=201),
        {
            "member_id": "Xin chọn người phát biểu trong những người có mặt.",
            "position": "Thứ tự là số từ 1 đến 200.",
        },
    ),
    (
        VOTES,
        lambda _: Vote(about="resolution", votes_for=5, votes_against=2, votes_other=1),
        {"votes_for": "Cộng lại là 8 người, nhiều hơn 7 đảng viên được biểu quyết có mặt ở buổi này."},
    ),
    (
        VOTES,
        lambda _: Vote(about="other", votes_for=0),
        {
            "subject": "Cần ghi biểu quyết về việc gì.",
            "votes_for": "Cần ghi số người tán thành, không tán thành hoặc có ý kiến khác.",
        },
    ),
    (
        SITTINGS,
        lambda work: FurtherSitting(held_on=date(2026, 4, 2), came=frozenset(work.ids[:1])),
        {
            "held_on": "Buổi họp thêm diễn ra từ ngày 03/04/2026 đến hôm nay.",
            "came": "Xin chọn trong những người chưa dự phần trước. Hãy tải lại trang.",
        },
    ),
    (
        ITEMS,
        lambda work: Item(
            title="", due_on=date(2026, 4, 2), carriers=frozenset({work.committee.cells[1].members[0][0]})
        ),
        {
            "title": "Cần ghi việc phải làm.",
            "carriers": "Xin chọn người làm trong danh sách của chi bộ.",
            "due_on": "Hạn phải từ ngày họp 03/04/2026 trở đi.",
        },
    ),
    (
        RESOLUTION,
        lambda _: ResolutionText(subject=""),
        {"subject": "Cần ghi trích yếu: nghị quyết về việc gì."},
    ),
]


@pytest.mark.parametrize(("part", "entry", "said"), REFUSED)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_written(
    work: Workplace, part: Part[Any], entry: Callable[[Workplace], object], said: dict[str, str]
) -> None:
    meeting = work.meeting()
    events = select(func.count()).select_from(AuditEvent)
    before = work.session.scalar(events)
    with pytest.raises(InvalidInput) as refusal:
        work.put(meeting, part, entry(work))
    assert refusal.value.errors == said
    assert part.read(work.session, meeting) == {}
    assert work.session.scalar(events) == before


def test_who_led_was_present_and_two_people_and_the_end_follows_the_beginning(work: Workplace) -> None:
    meeting, stranger = work.meeting(), work.committee.cells[1].members[0][0]
    for head, said in (
        (Head(chair_id=stranger), {"chair_id": "Xin chọn trong những người có mặt ở buổi này."}),
        (
            Head(chair_id=work.ids[8], minute_taker_id=work.ids[7]),
            {"minute_taker_id": "Xin chọn trong những người có mặt ở buổi này."},
        ),
        (
            Head(chair_id=work.ids[0], minute_taker_id=work.ids[0]),
            {"minute_taker_id": "Thư ký là người khác chủ trì."},
        ),
        (
            Head(ends_at=time(19, 30)),
            {"ends_at": "Buổi họp bắt đầu lúc 19:30; giờ kết thúc phải sau đó."},
        ),
    ):
        with pytest.raises(InvalidInput) as refusal:
            work.change(meeting, HEAD, 0, head)
        assert refusal.value.errors == said


def test_a_member_cannot_write_and_another_cells_meeting_has_no_such_row(work: Workplace) -> None:
    meeting, other = work.meeting(), work.meeting(BEFORE)
    number = work.put(meeting, GUESTS, Guest(name="Khách"))
    with pytest.raises(NotAllowed):
        put(work.session, work.committee.actor(Role.MEMBER), meeting.id, GUESTS, Guest(name="Khách"))
    with pytest.raises(NotFound):
        remove(work.session, work.secretary, other.id, GUESTS, number, version="0")
    assert work.session.scalar(select(func.count()).select_from(MeetingGuest)) == 1


def test_a_row_changed_meanwhile_is_not_overwritten_while_other_rows_are_written(work: Workplace) -> None:
    meeting = work.meeting()
    number = work.put(meeting, GUESTS, Guest(name="Khách"))
    seen = version_of(Guest(name="Khách"))
    work.put(meeting, OPINIONS, Opinion(member_id=work.ids[2], summary="Nhất trí"))
    work.put(meeting, GUESTS, Guest(name="Khách một"), number=number, version=seen)
    with pytest.raises(Stale):
        work.put(meeting, GUESTS, Guest(name="Khách hai"), number=number, version=seen)
    assert GUESTS.read(work.session, meeting) == {number: Guest(name="Khách một")}


def test_who_comes_to_a_further_sitting_is_present_until_it_is_taken_back(work: Workplace) -> None:
    meeting = work.meeting()
    before, (excused, unexcused, late, unmarked) = work.marks(meeting), work.ids[6:]
    number = work.put(meeting, SITTINGS, FurtherSitting(held_on=HELD, came=frozenset({excused, unmarked})))
    assert work.marks(meeting) == before | {excused: Mark(PRESENT), unmarked: Mark(PRESENT)}
    work.change(meeting, SITTINGS, number, FurtherSitting(held_on=HELD, came=frozenset({unexcused})))
    assert work.marks(meeting) == before | {unexcused: Mark(PRESENT)}
    with pytest.raises(InvalidInput, match="chưa dự phần trước"):
        work.put(meeting, SITTINGS, FurtherSitting(held_on=HELD, came=frozenset({late})))
    work.remove(meeting, SITTINGS, number)
    assert work.marks(meeting) == before


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["add", "change", "remove"]), st.frozensets(st.integers(0, 9)), st.integers(0, 3)
        ),
        max_size=8,
    )
)
def test_however_sittings_come_and_go_the_roll_is_the_opening_and_their_union(
    work: Workplace, steps: list[tuple[str, frozenset[int], int]]
) -> None:
    with work.session.begin_nested() as savepoint:
        meeting = work.meeting()
        opening = work.marks(meeting)
        came: dict[int, frozenset[int]] = {}
        for step, places, which in steps:
            target = sorted(came)[which % len(came)] if came else None
            others = frozenset().union(*(members for number, members in came.items() if number != target))
            free = {member for place, member in enumerate(work.ids) if place not in (0, 1, 2, 3, 4, 5, 8)}
            wanted = frozenset(work.ids[place] for place in places) & free
            if step == "add":
                wanted -= frozenset().union(*came.values())
                came[work.put(meeting, SITTINGS, FurtherSitting(held_on=HELD, came=wanted))] = wanted
            elif target is not None and step == "change":
                came[target] = wanted - others
                work.change(meeting, SITTINGS, target, FurtherSitting(held_on=HELD, came=came[target]))
            elif target is not None:
                work.remove(meeting, SITTINGS, target)
                del came[target]
            union = frozenset().union(*came.values())
            assert work.marks(meeting) == opening | dict.fromkeys(union, Mark(PRESENT))
        savepoint.rollback()
    work.session.expire_all()


def test_a_corrected_roll_says_who_came_to_a_sitting(work: Workplace) -> None:
    meeting, excused = work.meeting(), work.ids[6]
    work.put(meeting, SITTINGS, FurtherSitting(held_on=HELD, came=frozenset({excused})))
    correct(work, meeting, marks=work.marks(meeting) | {excused: Mark(ABSENT_UNEXCUSED)})
    assert work.session.scalar(select(func.count()).select_from(SittingPresence)) == 0
    assert work.marks(meeting)[excused] == Mark(ABSENT_UNEXCUSED)


def test_a_meeting_does_not_open_after_its_further_sitting(work: Workplace) -> None:
    meeting = work.meeting()
    work.put(meeting, SITTINGS, FurtherSitting(held_on=HELD))
    with pytest.raises(InvalidInput) as refusal:
        correct(work, meeting, held_on=HELD + timedelta(days=1))
    assert refusal.value.errors == {
        "held_on": "Buổi này có phần họp thêm ngày 03/04/2026, nên không thể mở sau ngày ấy."
    }
    assert work.session.scalars(select(Sitting.held_on)).all() == [HELD]


def test_an_item_is_a_task_of_the_cell_and_of_who_carries_it(work: Workplace) -> None:
    meeting = work.meeting()
    item = Item(title="Tổng vệ sinh", due_on=date(2026, 4, 28), carriers=frozenset({work.ids[3]}), hard=True)
    number = work.put(meeting, ITEMS, item)
    cell = work.committee.cells[0].id
    (line,) = tasks.listed(work.session, cell, tasks.OVERDUE, date(2026, 5, 1))
    assert (line.title, line.origin, line.hard, line.due_on, line.done_on) == (
        "Tổng vệ sinh",
        "resolution",
        True,
        date(2026, 4, 28),
        None,
    )
    assert tasks.undone_of_member(work.session, work.ids[3]) == [line]
    assert tasks.undone_of_member(work.session, work.ids[4]) == []
    assert tasks.counts_of(work.session, cell, date(2026, 4, 28)) == {"open": 1, "overdue": 0, "done": 0}
    work.session.add(FollowUp(task_id=number, checked_on=HELD))
    work.session.flush()
    with pytest.raises(InvalidInput, match="chỉ sửa được, không bỏ được"):
        work.remove(meeting, ITEMS, number)


def test_last_months_items_are_looked_at_and_done_where_the_meeting_says(work: Workplace) -> None:
    first, second = work.meeting(BEFORE), work.meeting()
    done, late, undone = (
        work.put(first, ITEMS, Item(title=title, due_on=date(2026, 3, 25), carriers=frozenset(work.ids[:1])))
        for title in ("một", "hai", "ba")
    )
    earlier = earlier_items(work.session, second)
    assert [(one.id, one.title, one.reviewed) for one in earlier] == [
        (done, "một", False),
        (late, "hai", False),
        (undone, "ba", False),
    ]
    found = {
        done: Reviewed(done_on=date(2026, 3, 20), result="tốt"),
        late: Reviewed(done_on=date(2026, 3, 30)),
        undone: Reviewed(result="còn một nửa"),
    }
    review(work.session, work.secretary, second.id, found, version=review_version(earlier))
    rows = work.session.execute(select(Task.title, Task.done_on, Task.result).order_by(Task.id)).all()
    assert [tuple(row) for row in rows] == [
        ("một", date(2026, 3, 20), "tốt"),
        ("hai", date(2026, 3, 30), None),
        ("ba", None, None),
    ]
    checks = work.session.execute(
        select(FollowUp.task_id, FollowUp.meeting_id, FollowUp.checked_on, FollowUp.remark).order_by(
            FollowUp.task_id
        )
    ).all()
    assert [tuple(row) for row in checks] == [
        (done, second.id, HELD, "tốt"),
        (late, second.id, HELD, None),
        (undone, second.id, HELD, "còn một nửa"),
    ]
    with pytest.raises(Stale):
        review(work.session, work.secretary, second.id, found, version=review_version(earlier))
    third = work.meeting(date(2026, 5, 4))
    assert [one.title for one in earlier_items(work.session, third)] == ["ba"]
    with pytest.raises(NotFound):
        review(work.session, work.secretary, first.id, found, version="0")
    with pytest.raises(InvalidInput, match="Buổi này đã ghi kết quả việc tháng trước"):
        withdraw_meeting(work.session, work.secretary, second.id, second.version, "ghi trùng")


def test_a_task_is_done_checked_and_opened_again_against_what_was_seen(work: Workplace) -> None:
    meeting, cell = work.meeting(), work.committee.cells[0].id
    work.put(meeting, ITEMS, Item(title="việc", due_on=HELD, carriers=frozenset(work.ids[:1])))
    public_id = work.session.scalars(select(Task.public_id)).one()

    def now() -> tasks.TaskView:
        work.session.flush()
        return tasks.task_of(work.session, cell, public_id)

    def do(act: Callable[..., None], **given: Any) -> None:
        act(work.session, work.secretary, now(), **given)

    do(task_changes.follow_up, checked_on=HELD, remark="mới một nửa")
    seen = now().version
    do(task_changes.finish, version=seen, done_on=date(2026, 4, 10), result="xong cả")
    assert (now().done_on, now().result) == (date(2026, 4, 10), "xong cả")
    with pytest.raises(Stale):
        do(task_changes.finish, version=seen, done_on=HELD)
    with pytest.raises(InvalidInput) as refusal:
        do(task_changes.reopen, version=now().version, reason=" ")
    assert refusal.value.errors == {"words": "Cần ghi lý do mở lại việc này."}
    with pytest.raises(InvalidInput) as refusal:
        do(task_changes.finish, version=now().version, done_on=today(work.session) + timedelta(days=1))
    assert refusal.value.errors == {"day": "Ngày xong chưa đến."}
    do(task_changes.reopen, version=now().version, reason="ghi nhầm")
    assert (now().done_on, now().result) == (None, None)
    assert [(one.checked_on, one.remark, one.meeting) for one in tasks.checks_of(work.session, now().id)] == [
        (HELD, "mới một nửa", None)
    ]
    with pytest.raises(NotFound):
        tasks.task_of(work.session, work.committee.cells[1].id, public_id)


def written(work: Workplace, meeting: Meeting, first: Meeting) -> dict[str, Callable[[], object]]:
    """Everything that a plan counts, written one after the other."""
    item = Item(title="việc", due_on=date(2026, 4, 28), carriers=frozenset(work.ids[2:4]))
    cell = work.committee.cells[0].id

    def of_task(act: Callable[..., None], **given: Any) -> None:
        work.session.flush()
        public_id = work.session.scalars(select(Task.public_id).order_by(Task.id.desc()).limit(1)).one()
        found = tasks.task_of(work.session, cell, public_id)
        seen = {} if act is task_changes.follow_up else {"version": found.version}
        act(work.session, work.secretary, found, **seen, **given)

    def look_back() -> None:
        earlier = earlier_items(work.session, meeting)
        found = {one.id: Reviewed(done_on=BEFORE) for one in earlier}
        review(work.session, work.secretary, meeting.id, found, version=review_version(earlier))

    return {
        "item of the meeting before": lambda: work.put(first, ITEMS, replace(item, due_on=BEFORE)),
        "opinion": lambda: work.put(meeting, OPINIONS, Opinion(member_id=work.ids[2], summary="a")),
        "sitting": lambda: work.put(
            meeting, SITTINGS, FurtherSitting(held_on=HELD, came=frozenset(work.ids[6:8]))
        ),
        "resolution": lambda: work.put(
            meeting, RESOLUTION, ResolutionText(number="1", subject="a", cites_superior=True)
        ),
        "item": lambda: work.put(meeting, ITEMS, item),
        "review": look_back,
        "task done": lambda: of_task(task_changes.finish, done_on=HELD),
        "task open": lambda: of_task(task_changes.reopen, reason="nhầm"),
        "task checked": lambda: of_task(task_changes.follow_up, checked_on=HELD),
    }


def test_whatever_a_plan_counts_is_judged_at_once_as_if_all_were_judged(work: Workplace) -> None:
    session, day = work.session, today(work.session)
    first, meeting = work.meeting(BEFORE), work.meeting()
    (done,) = evaluate(session, REGISTRY, year=2026, as_of=day, by="thử")
    steps = written(work, meeting, first)
    for name, write in steps.items():
        write()
        rejudge(session, REGISTRY, day)
        (whole,) = runs.judge(session, REGISTRY, year=2026, as_of=day)
        cell = work.committee.cells[0]
        looked_at = {cell.id, *work.ids}
        for at, findings in enumerate(whole.findings[:3]):
            fresh = {row.subject_id: row for row in runs.verdict_rows(findings)}
            stands = {row.subject_id: row for row in runs.verdicts(session, done.now, at)}
            wanted = looked_at & fresh.keys()
            assert {one: stands[one] for one in wanted} == {one: fresh[one] for one in wanted}, (name, at)
