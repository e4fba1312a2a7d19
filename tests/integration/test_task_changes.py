"""A task is changed with a reason, reported on by who carries it, and looked at by the cell; a document is answered once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from bontot.access import Actor, Role
from bontot.clock import today
from bontot.db.models import Directive, Task
from bontot.db.tenancy import scope
from bontot.errors import InvalidInput, NotFound, Stale
from bontot.services import agenda, directives, task_changes, tasks
from bontot.services.proceedings.entries import Item
from bontot.services.proceedings.items import Reviewed, earlier_items, review, review_version
from bontot.services.proceedings.reading import ITEMS
from tests.factories import Committee, make_committee
from tests.workplace import BEFORE, HELD, Workplace

DUE = date(2026, 5, 20)


@pytest.fixture(scope="module")
def committee(engine: Engine, worker_id: str) -> Committee:
    return make_committee(engine, f"viec-{worker_id}", "nhà")


@pytest.fixture
def work(committee: Committee) -> Iterator[Workplace]:
    """A transaction that is never kept."""
    with scope(committee.engine, committee.tenant_id) as session:
        yield Workplace(committee, session)
        session.rollback()


def task_of(work: Workplace, origin: str = "initiative") -> Task:
    """A task of the cell that the second and third member carry, of no meeting."""
    row = Task(organisation_id=work.committee.cells[0].id, origin=origin, title="Trồng cây", due_on=DUE)
    work.session.add(row)
    work.session.flush()
    task_changes.give(work.session, row.id, work.ids[1:3])
    return row


def now(work: Workplace, row: Task) -> tasks.TaskView:
    work.session.flush()
    return tasks.task_of(work.session, row.organisation_id, row.public_id)


def change(
    work: Workplace, row: Task, actor: Actor | None = None, reason: str = "ghi nhầm", **new: object
) -> None:
    found = now(work, row)
    said = Item(title=found.title, due_on=found.due_on, carriers=frozenset(work.ids[1:3]))
    task_changes.change(
        work.session,
        actor or work.secretary,
        found,
        replace(said, **new),  # type: ignore[arg-type]
        version=found.version,
        reason=reason,
    )


def carrier(work: Workplace) -> Actor:
    return work.committee.actor(Role.MEMBER)


def report(work: Workplace, row: Task, words: str = "Đã trồng 12 cây") -> None:
    actor = carrier(work)
    seen = task_changes.own_version(now(work, row), actor.member_id or 0)
    task_changes.report(work.session, actor, row.public_id, version=seen, day=HELD, words=words)


def test_a_task_is_worded_anew_with_a_reason_and_the_trail_keeps_what_it_said(work: Workplace) -> None:
    row = task_of(work)
    with pytest.raises(InvalidInput) as refusal:
        change(work, row, title=" ", reason="")
    assert refusal.value.errors == {
        "title": "Cần ghi việc phải làm.",
        "reason": "Cần ghi lý do sửa; bản trước được giữ lại cùng lý do này.",
    }
    change(
        work, row, title="Trồng hoa", due_on=date(2026, 6, 1), carriers=frozenset(work.ids[2:4]), hard=True
    )
    found = now(work, row)
    assert (found.title, found.due_on, found.hard) == ("Trồng hoa", date(2026, 6, 1), True)
    assert [one.member_id for one in found.carriers] == work.ids[2:4]
    [last] = task_changes.history_of(work.session, row.id)
    assert last.detail == {
        "reason": "ghi nhầm",
        "before": {
            "title": "Trồng cây",
            "due_on": "2026-05-20",
            "carriers": work.ids[1:3],
            "report_to": "",
            "hard": False,
        },
    }


def test_what_a_superior_set_is_the_superiors_to_word_and_the_cells_to_give(work: Workplace) -> None:
    row = task_of(work, "programme")
    with pytest.raises(InvalidInput) as refusal:
        change(work, row, due_on=DUE + timedelta(days=30))
    assert refusal.value.errors == {"due_on": "Việc này cấp trên giao, nên nội dung và hạn do cấp trên sửa."}
    change(work, row, carriers=frozenset(work.ids[4:5]))
    change(work, row, work.ward, due_on=DUE + timedelta(days=30), carriers=frozenset(work.ids[4:5]))
    assert (now(work, row).due_on, now(work, row).names) == (DUE + timedelta(days=30), ["Nguyễn nhà Đạt"])


def test_a_task_given_to_strangers_or_in_a_meeting_is_not_changed_here(work: Workplace) -> None:
    row = task_of(work)
    stranger = work.committee.cells[1].members[0][0]
    with pytest.raises(InvalidInput) as refusal:
        change(work, row, carriers=frozenset({stranger}))
    assert refusal.value.errors == {"carriers": "Xin chọn người làm trong danh sách của chi bộ."}
    meeting = work.meeting()
    number = work.put(meeting, ITEMS, Item(title="Việc", due_on=DUE, carriers=frozenset(work.ids[1:3])))
    given = work.session.get_one(Task, (work.session.tenant_id, number))
    with pytest.raises(InvalidInput, match=task_changes.OF_MEETING):
        change(work, given, title="Việc khác")


def test_a_carrier_says_it_is_done_and_the_cell_finds_that_at_home_until_it_looked(work: Workplace) -> None:
    row = task_of(work)
    report(work, row)
    [said] = now(work, row).reports
    assert (said.name, said.reported_on, said.report) == ("Nguyễn nhà Bình", HELD, "Đã trồng 12 cây")
    day = today(work.session)
    waiting = agenda.Errand("reported", "Trồng cây", DUE, row.public_id)
    assert agenda.errands(work.session, row.organisation_id, day) == [waiting]
    task_changes.follow_up(work.session, work.secretary, now(work, row), checked_on=HELD, remark="Mới 5 cây")
    assert now(work, row).reports == []
    undone = agenda.Errand("task", "Trồng cây", DUE, row.public_id)
    assert agenda.errands(work.session, row.organisation_id, day) == [undone]
    acts = [(one.action, one.detail["said"]) for one in task_changes.history_of(work.session, row.id)]
    assert acts == [
        ("follow_up_task", {"day": "2026-04-03", "words": "Mới 5 cây"}),
        ("report_task", {"day": "2026-04-03", "words": "Đã trồng 12 cây"}),
    ]


def test_only_who_carries_it_reports_and_not_what_is_done(work: Workplace) -> None:
    row, actor = task_of(work), carrier(work)
    with pytest.raises(InvalidInput) as refusal:
        report(work, row, " ")
    assert refusal.value.errors == {"words": "Ghi vắn tắt kết quả: đã làm gì, đến đâu."}
    seen = task_changes.own_version(now(work, row), actor.member_id or 0)
    report(work, row)
    with pytest.raises(Stale):
        task_changes.report(work.session, actor, row.public_id, version=seen, day=HELD, words="nữa")
    task_changes.finish(
        work.session, work.secretary, now(work, row), version=now(work, row).version, done_on=HELD
    )
    with pytest.raises(InvalidInput, match=r"Chi bộ đã ghi việc này xong\."):
        report(work, row)
    task_changes.give(work.session, row.id, work.ids[4:5])
    with pytest.raises(NotFound):
        report(work, row)


def test_a_report_outlives_a_correction_of_the_item_and_is_answered_by_the_next_meeting(
    work: Workplace,
) -> None:
    given = work.meeting(BEFORE)
    entry = Item(title="Việc", due_on=HELD, carriers=frozenset(work.ids[1:3]))
    number = work.put(given, ITEMS, entry)
    row = work.session.get_one(Task, (work.session.tenant_id, number))
    report(work, row)
    work.change(given, ITEMS, number, replace(entry, carriers=frozenset(work.ids[1:5])))
    assert [one.name for one in now(work, row).reports] == ["Nguyễn nhà Bình"]
    after = work.meeting()
    version = review_version(earlier_items(work.session, after))
    review(work.session, work.secretary, after.id, {number: Reviewed(result="còn thiếu")}, version=version)
    assert now(work, row).reports == []


def test_an_answer_is_dated_in_the_past_and_counts_as_none_once_it_is_sent_back(work: Workplace) -> None:
    session, cell = work.session, work.committee.cells[0].id
    row = Directive(organisation_id=cell, number="45-CV/ĐU", subject="Phòng dịch", due_on=DUE)
    session.add(row)
    session.flush()
    said = directives.Answer(answered_on=DUE, result="Xong", document="1-BC/CB")
    late = replace(said, answered_on=today(session) + timedelta(days=1))
    with pytest.raises(InvalidInput) as refusal:
        directives.answer(session, work.secretary, row.id, 1, late)
    assert refusal.value.errors == {"answered_on": "Ngày trả lời chưa đến."}
    directives.answer(session, work.secretary, row.id, 1, said)
    with pytest.raises(Stale):
        directives.judge(session, work.ward, row.id, 1, directives.RECEIVED)
    directives.judge(session, work.ward, row.id, 2, directives.RETURNED, "Thiếu ngõ 5")
    assert (row.answered_on, row.result, row.submission) == (None, "Xong", "returned")
    [back] = agenda.errands(session, cell, DUE)
    assert back == agenda.Errand("returned", "45-CV/ĐU: Phòng dịch", DUE, row.public_id)
    directives.answer(session, work.secretary, row.id, 3, said)
    directives.judge(session, work.ward, row.id, 4, directives.RECEIVED)
    with pytest.raises(InvalidInput, match="Cấp trên đã nhận trả lời này"):
        directives.answer(session, work.secretary, row.id, 5, said)
    assert directives.counts(session, [cell]) == {"cho-xem": 0, "chua-tra-loi": 0, "da-xong": 1}
