"""How many touches the commonest questions take, counted on the running product."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Locator, Page, expect

from bontot.access import Role
from bontot.clock import today
from bontot.db.models.meeting import ABSENT_UNEXCUSED, PRESENT
from bontot.db.tenancy import PLATFORM, scope
from bontot.services.meetings import Mark, MeetingEntry, record_meeting
from tests.browser.conftest import Site, follow
from tests.factories import Committee, make_committee

PASSWORD = "mật khẩu chỉ để kiểm thử"
ATTENDANCE = "Tỷ lệ đảng viên tham gia sinh hoạt chi bộ đạt từ 85% trở lên"


@pytest.fixture(scope="module")
def committee(site: Site) -> Committee:
    """Two cells of ten: in the first only half came to January's meeting."""
    made = make_committee(site.engine, "dem-cham", "nhà", members=10)
    with scope(site.engine, PLATFORM) as session:
        year = today(session).year
    members = [member_id for member_id, _ in made.cells[0].members]
    marks = dict(zip(members, [PRESENT] * 5 + [ABSENT_UNEXCUSED] * 5, strict=True))
    entry = MeetingEntry(
        kind="regular",
        held_on=date(year, 1, 1),
        marks={member_id: Mark(mark) for member_id, mark in marks.items()},
    )
    with scope(site.engine, made.tenant_id) as session:
        record_meeting(session, made.actor(Role.CELL_SECRETARY), made.cells[0].id, entry)
    return made


def criterion(page: Page) -> Locator:
    return page.locator(".standing > li", has_text=ATTENDANCE).first


@pytest.mark.parametrize(
    ("role", "clicks"), [(Role.CELL_SECRETARY, 1), (Role.COMMITTEE, 2), (Role.TENANT_ADMIN, 2)]
)
def test_why_a_cell_fails_is_found_within_three_touches_of_home(
    visit: Callable[..., Page], committee: Committee, role: Role, clicks: int
) -> None:
    page, touched = visit(f"{role}.{committee.code}", PASSWORD, phone=True), 0
    if role is not Role.CELL_SECRETARY:
        follow(page.get_by_role("link", name=committee.cells[0].name))
        touched += 1
    criterion(page).locator("summary").click()
    touched += 1
    why = criterion(page).locator("dl")
    expect(why).to_contain_text("5 lượt có mặt trong 10 lượt phải dự, bằng 50,0\u00a0%")
    expect(why).to_contain_text("điểm (2), Kế hoạch số 118-KH/QU ngày 27/01/2023")
    assert touched == clicks <= 3


def test_what_fails_is_open_and_the_rest_is_folded_until_asked_for_or_printed(
    visit: Callable[..., Page], committee: Committee
) -> None:
    page = visit(f"{Role.CELL_SECRETARY}.{committee.code}", PASSWORD, phone=True, javascript=False)
    follow(page.get_by_role("link", name="Xem cả trang chi bộ"))
    expect(page.locator(".due").first).to_contain_text("19 tiêu chí quyết định")
    expect(criterion(page)).to_be_visible()
    fold = page.locator("details.fold", has_text="tiêu chí đã đạt").first
    met = fold.locator(".standing > li").first
    expect(met).to_be_hidden()
    fold.locator("summary").first.click()
    expect(met).to_be_visible()
    fold.locator("summary").first.click()
    expect(met).to_be_hidden()
    page.emulate_media(media="print")
    expect(met).to_be_visible()


def test_where_a_threshold_comes_from_is_found_within_two_touches_of_home(
    visit: Callable[..., Page], committee: Committee
) -> None:
    page = visit(f"{Role.TENANT_ADMIN}.{committee.code}", PASSWORD)
    follow(page.get_by_role("link", name="Kế hoạch", exact=True))
    follow(page.get_by_role("link", name="Xem ngưỡng và cách tính").first)
    row = page.locator("tbody tr", has_text="Tỷ lệ đảng viên tham gia sinh hoạt")
    assert " ".join(row.inner_text().split()) == (
        "Tỷ lệ đảng viên tham gia sinh hoạt từ 85 % trở lên Theo kế hoạch Chi bộ bốn tốt, tiêu chí Chất lượng "
        "sinh hoạt, điểm (2), Kế hoạch số 118-KH/QU ngày 27/01/2023 từ ngày 27/01/2023 90 % Thấp hơn khung"
    )
