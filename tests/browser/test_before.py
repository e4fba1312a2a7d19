"""Before a meeting, on a phone and without scripts: the ward moves a month, the secretary invites, the member sees it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from bontot.access import Role
from bontot.clock import today
from bontot.db.tenancy import scope
from bontot.services.planning import month_of
from tests.browser.conftest import Site, follow
from tests.factories import Committee, make_committee

PASSWORD = "mật khẩu chỉ để kiểm thử"


@pytest.fixture(scope="module")
def committee(site: Site) -> Committee:
    return make_committee(site.engine, "truoc-buoi-hop", "nhà")


def test_a_month_is_moved_and_a_meeting_invited_to(
    visit: Callable[..., Page], site: Site, committee: Committee
) -> None:
    with scope(site.engine, committee.tenant_id) as session:
        coming = month_of(today(session))[1] + timedelta(days=1)
    moved, last = coming + timedelta(days=9), coming + timedelta(days=14)

    def fill_day(page: Page, name: str, day: object) -> None:
        for part in ("day", "month", "year"):
            page.locator(f"input[name='{name}-{part}']").fill(str(getattr(day, part)))

    page = visit(f"{Role.COMMITTEE}.{committee.code}", PASSWORD, phone=True, javascript=False)
    page.goto("/lich")
    follow(page.get_by_role("link", name=f"Tháng {coming:%m/%Y}"))
    follow(page.get_by_role("link", name=f"Điều chỉnh lịch tháng {coming:%m/%Y}"))
    page.get_by_text("Chuyển ngày họp").click()
    fill_day(page, "day", moved)
    fill_day(page, "deadline", last)
    page.get_by_label("Văn bản").fill("15-CV/ĐU ngày 20/11/2026")
    follow(page.get_by_role("button", name="Xem chi bộ nào đổi lịch"))
    expect(page.get_by_text("2 chi bộ đổi lịch.")).to_be_visible()
    follow(page.get_by_role("button", name="Ghi điều chỉnh"))
    expect(page.get_by_role("status")).to_contain_text(f"Đã ghi điều chỉnh tháng {coming:%m/%Y}")

    page = visit(f"{Role.CELL_SECRETARY}.{committee.code}", PASSWORD, phone=True, javascript=False)
    page.goto(f"/chi-bo/{committee.cells[0].public_id}")
    follow(page.get_by_role("link", name="Chuẩn bị buổi tới"))
    fill_day(page, "held_on", moved)
    page.get_by_label("Giờ bắt đầu").fill("19h30")
    page.get_by_label("Địa điểm").fill("Nhà văn hóa")
    page.get_by_label("Chương trình").fill("Thời sự\nNghị quyết")
    follow(page.get_by_role("button", name="Ghi giấy mời"))
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Giấy mời ngày {moved:%d/%m/%Y}")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1, name="GIẤY MỜI", exact=True)).to_be_visible()

    page = visit(f"{Role.MEMBER}.{committee.code}", PASSWORD, phone=True, javascript=False)
    expect(page.get_by_text("Nhà văn hóa.")).to_be_visible()
    expect(page.get_by_text("Nghị quyết", exact=True)).to_be_visible()
