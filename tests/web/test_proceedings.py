"""What happens in a meeting is written part by part, closed, sent, answered by the superior, and printed."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bontot.access import Role
from bontot.db.models.meeting import ABSENT_EXCUSED, PRESENT
from bontot.db.tenancy import scope
from bontot.services.meetings import Mark, MeetingEntry, record_meeting
from tests.factories import Committee
from tests.web.reading import Page

HELD, BEFORE = date(2026, 4, 3), date(2026, 3, 3)


@pytest.fixture
def secretary(app: Flask, committee: Committee) -> FlaskClient:
    return committee.client(app, Role.CELL_SECRETARY)


@pytest.fixture
def ward(app: Flask, committee: Committee) -> FlaskClient:
    return committee.client(app, Role.COMMITTEE)


def held(committee: Committee, day: date = HELD, away: int = 2) -> str:
    """The address of a meeting of the first cell with everyone present but the last few, who had a reason."""
    ids = [member_id for member_id, _ in committee.cells[0].members]
    marks = {member: Mark(PRESENT) for member in ids[:-away]} | {
        member: Mark(ABSENT_EXCUSED, "ốm") for member in ids[-away:]
    }
    with scope(committee.engine, committee.tenant_id) as session:
        said = MeetingEntry(kind="regular", held_on=day, marks=marks)
        made = record_meeting(session, committee.actor(Role.CELL_SECRETARY), committee.cells[0].id, said)
        return f"/chi-bo/{committee.cells[0].public_id}/sinh-hoat/{made.public_id}"


def person(committee: Committee, place: int) -> str:
    return str(committee.cells[0].members[place][1])


def fill(client: FlaskClient, address: str, **given: str | list[str]) -> Page:
    """Fills in the form of a page, sends it, and reads where it leads."""
    sent = Page(client.get(address)).form.sent(**({"action": "save"} | given))
    response = client.post(address, data=sent)
    return Page(client.get(response.headers["Location"])) if response.status_code == 302 else Page(response)


def boxes(name: str, day: date) -> dict[str, str]:
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


def led(client: FlaskClient, committee: Committee, address: str) -> None:
    """Names who chaired and who took the minutes."""
    fill(
        client,
        f"{address}/phan/chu-tri",
        chair_id=person(committee, 0),
        minute_taker_id=person(committee, 1),
        ends_at="20h45",
    )


def closed(client: FlaskClient, committee: Committee, address: str) -> None:
    led(client, committee, address)
    fill(client, f"{address}/khoa")


def test_every_part_is_written_on_its_own_page_and_told_on_the_meetings(
    committee: Committee, secretary: FlaskClient
) -> None:
    address = held(committee)
    parts: dict[str, dict[str, str | list[str]]] = {
        "khach-moi": {"name": "Phạm Thị Khách", "post": "Phó Bí thư Đảng ủy phường", "assigned": "yes"},
        "dien-bien": {"fees": "Đã đóng đủ", "conclusion": "Thống nhất\ncác việc đã bàn"},
        "y-kien": {"member_id": person(committee, 3), "summary": "Cần thêm đèn ngõ 5", "answer": "Ghi nhận"},
        "bieu-quyet": {"about": "resolution", "votes_for": "27", "votes_other": "1"},
        "nghi-quyet": {"number": "04-NQ/CB", "subject": "Lãnh đạo nhiệm vụ tháng 4"},
        "nhiem-vu": {
            "title": "Tổng vệ sinh",
            "carriers": [person(committee, 4), person(committee, 5)],
            **boxes("due_on", date(2026, 4, 28)),
        },
    }
    led(secretary, committee, address)
    for name, given in parts.items():
        fill(secretary, f"{address}/phan/{name}", **given)
    shown = Page(secretary.get(address)).words
    for said in (
        "Nguyễn nhà An chủ trì; Nguyễn nhà Bình thư ký",
        "Phạm Thị Khách (cấp ủy viên phụ trách)",
        "Đã ghi 2/6 mục",
        "1 ý kiến",
        "Thông qua nghị quyết: 27/30 đồng chí tán thành (90,0 %), 1 ý kiến khác",
        "04-NQ/CB · Lãnh đạo nhiệm vụ tháng 4",
        "Tổng vệ sinh (hạn 28/04/2026)",
    ):
        assert said in shown
    paper = Page(secretary.get(f"{address}/bien-ban")).words
    assert "DỰ THẢO" in paper
    assert "Cần thêm đèn ngõ 5 Chủ trì trả lời: Ghi nhận" in paper
    assert (
        "27/30 đồng chí tán thành (90,0 %), 1 ý kiến khác."
        in Page(secretary.get(f"{address}/nghi-quyet")).words
    )
