"""A secretary writes up a meeting on a phone without scripts and sends it; the ward takes it at a desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from bontot.access import Role
from bontot.db.models.meeting import PRESENT
from bontot.db.tenancy import scope
from bontot.services.meetings import Mark, MeetingEntry, record_meeting
from tests.browser.conftest import Site, follow
from tests.factories import Committee, make_committee

PASSWORD = "mật khẩu chỉ để kiểm thử"
HELD = date(2026, 4, 3)


@pytest.fixture
def committee(site: Site, unique: str) -> Committee:
    return make_committee(site.engine, unique, "nhà", members=12)


@pytest.fixture
def address(committee: Committee) -> str:
    """A meeting whose roll was called, and nothing more."""
    cell = committee.cells[0]
    with scope(committee.engine, committee.tenant_id) as session:
        said = MeetingEntry(
            kind="regular", held_on=HELD, marks={member: Mark(PRESENT) for member, _ in cell.members}
        )
        made = record_meeting(session, committee.actor(Role.CELL_SECRETARY), cell.id, said)
        return f"/chi-bo/{cell.public_id}/sinh-hoat/{made.public_id}"


def part(page: Page, address: str, name: str) -> None:
    """Opens a part from the meeting's page."""
    page.goto(address)
    follow(page.get_by_role("listitem").filter(has_text=name).get_by_role("link").last)


def save(page: Page) -> None:
    follow(page.locator("button[value='save']"))


def test_a_meeting_is_written_up_on_a_phone_and_taken_at_a_desk(
    visit: Callable[..., Page], committee: Committee, address: str
) -> None:
    phone = visit(f"cell_secretary.{committee.code}", PASSWORD, phone=True, javascript=False)
    part(phone, address, "Chủ trì, thư ký")
    phone.get_by_label("Chủ trì").select_option("Nguyễn nhà An")
    phone.get_by_label("Thư ký").select_option("Nguyễn nhà Bình")
    save(phone)
    part(phone, address, "Nhiệm vụ giao từ buổi này")
    phone.get_by_label("Việc phải làm").fill("Tổng vệ sinh")
    for box, value in (("day", "28"), ("month", "4"), ("year", "2026")):
        phone.locator(f"[name='due_on-{box}']").fill(value)
    phone.get_by_label("Nguyễn nhà Cường").check()
    save(phone)
    expect(phone.get_by_text("Đã ghi nhiệm vụ.")).to_be_visible()
    phone.goto(address)
    follow(phone.get_by_role("link", name="Khóa hồ sơ"))
    follow(phone.get_by_role("button", name="Khóa hồ sơ"))
    follow(phone.get_by_role("link", name="Gửi Phường nhà"))
    follow(phone.get_by_role("button", name="Gửi Phường nhà"))
    desk = visit(f"committee.{committee.code}", PASSWORD)
    follow(desk.get_by_role("link", name="Xem hồ sơ mới gửi lên"))
    follow(desk.get_by_role("link", name="Chi bộ nhà số 1, thường kỳ 03/04/2026"))
    follow(desk.get_by_role("link", name="Tiếp nhận hoặc trả lại"))
    desk.get_by_label("Tiếp nhận hồ sơ").check()
    follow(desk.get_by_role("button", name="Ghi"))
    expect(desk.get_by_text("Cấp trên đã tiếp nhận", exact=True)).to_be_visible()
