"""The first page of each role: one list of what waits, by day, and what it says when nothing does."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Flask

from bontot.access import Role
from bontot.db.models import Directive, Task, TaskAssignment
from bontot.db.tenancy import scope
from tests.factories import Committee
from tests.web.reading import Page


def give(committee: Committee, title: str, due_on: date) -> None:
    """A task of the first cell for its second member."""
    with scope(committee.engine, committee.tenant_id) as session:
        task = Task(organisation_id=committee.cells[0].id, origin="resolution", title=title, due_on=due_on)
        session.add(task)
        session.flush()
        session.add(TaskAssignment(task_id=task.id, member_id=committee.cells[0].members[1][0]))


def test_what_waits_stands_in_one_list_by_day_the_overdue_first(app: Flask, committee: Committee) -> None:
    day = committee.today
    for title, days in (("Sắp đến", 9), ("Đã lỡ", -4), ("Đúng hôm nay", 0)):
        give(committee, title, day + timedelta(days=days))
    page = Page(committee.client(app, Role.MEMBER).get("/"))
    said = [
        "Việc cần làm (3)",
        "Quá hạn 4 ngày Đã lỡ Nghị quyết chi bộ Xem nhiệm vụ Đã lỡ",
        "Hôm nay Đúng hôm nay Nghị quyết chi bộ Xem nhiệm vụ Đúng hôm nay",
        "Còn 9 ngày Sắp đến Nghị quyết chi bộ Xem nhiệm vụ Sắp đến",
    ]
    assert [sentence in page.words for sentence in said] == [True] * 4
    assert sorted(said[1:], key=page.words.index) == said[1:]


def test_what_cannot_be_done_here_has_no_action_and_the_first_action_is_the_filled_one(
    app: Flask, committee: Committee
) -> None:
    day = committee.today
    give(committee, "Đã lỡ", day - timedelta(days=400))
    with scope(committee.engine, committee.tenant_id) as session:
        session.add(
            Directive(
                organisation_id=committee.cells[0].id,
                number="12-CV/ĐU",
                subject="Báo cáo",
                due_on=day - timedelta(days=800),
            )
        )
    answer = committee.client(app, Role.CELL_SECRETARY).get("/")
    shown = answer.get_data(as_text=True)
    words = Page(answer).words
    assert words.index("12-CV/ĐU: Báo cáo") < words.index("Đã lỡ")
    assert shown.count('<a class="button" ') == 1
    assert '<a class="button" href="/chi-bo/' in shown


def test_who_has_nothing_to_do_is_told_so(app: Flask, committee: Committee) -> None:
    page = Page(committee.client(app, Role.MEMBER).get("/"))
    assert "Việc cần làm Không còn việc nào đang chờ đồng chí" in page.words


def test_a_member_opens_only_the_own_tasks(app: Flask, committee: Committee) -> None:
    give(committee, "Tổng vệ sinh", committee.today)
    mine = Page(committee.client(app, Role.MEMBER).get("/")).links["Xem nhiệm vụ"]
    whose = committee.cells[0].members
    client = committee.client(app, Role.MEMBER)
    assert Page(client.get(mine)).heading == "Tổng vệ sinh"
    others = mine.replace(str(whose[1][1]), str(whose[2][1]))
    assert client.get(others).status_code == 404
    assert committee.client(app, Role.CELL_SECRETARY).get(others).status_code == 404
