"""A year is judged on a phone, stage by stage: oneself, the cell, the ward; and what they decided is seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Locator, Page, expect

from bontot.access import Role
from bontot.db.models import AnnualRating, Fee
from bontot.db.tenancy import scope
from bontot.services.meetings import Mark, MeetingEntry, record_meeting
from tests.browser.conftest import Site, follow
from tests.factories import Committee, make_committee

PASSWORD = "mật khẩu chỉ để kiểm thử"
LINE = "Chấp hành tốt đường lối của Đảng, chính sách, pháp luật của Nhà nước"
REMARK = "Đã khắc phục, chi bộ xác nhận ngày 03/12."


@pytest.fixture(scope="module")
def committee(site: Site) -> Committee:
    """Three members whose counted criteria are all met in 2023: only people's judgments are missing."""
    made = make_committee(site.engine, "xet-tieu-chi", "nhà", members=3)
    cell = made.cells[0]
    with scope(made.engine, made.tenant_id) as session:
        entry = MeetingEntry(
            kind="regular",
            held_on=date(2023, 3, 3),
            marks={member_id: Mark(1) for member_id, _ in cell.members},
        )
        record_meeting(session, made.actor(Role.CELL_SECRETARY), cell.id, entry)
        for member_id, _ in cell.members:
            session.add(
                AnnualRating(member_id=member_id, year=2023, level="good", decided_on=date(2023, 12, 20))
            )
            session.add_all(
                Fee(member_id=member_id, month=date(2023, month, 1), due=1000, paid=1000)
                for month in range(1, 13)
            )
    return made


@pytest.fixture
def opened(visit: Callable[..., Page], committee: Committee) -> Callable[..., Page]:
    """Logs in as a role on a phone, and comes to the year's work by the page's own menu."""

    def open_page(role: Role, *, javascript: bool = True) -> Page:
        page = visit(f"{role}.{committee.code}", PASSWORD, phone=True, javascript=javascript)
        page.get_by_text("Mục lục").click()
        follow(page.get_by_role("link", name="Xét tiêu chí", exact=True).first)
        page.goto(f"{page.url.partition('?')[0]}?nam=2023")
        return page

    return open_page


def card(page: Page) -> Locator:
    return page.locator("article", has_text=LINE).first


def met_everywhere(page: Page) -> None:
    for pick in page.locator("article .picks").all():
        pick.get_by_text("Đạt", exact=True).click()


def save(page: Page) -> None:
    follow(page.get_by_role("button", name="Ghi kết luận"))


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
def test_three_stages_on_a_phone(opened: Callable[..., Page], committee: Committee, javascript: bool) -> None:
    """With scripts the second member is judged, without them the third, whom nobody asks for a self-assessment."""
    place = 1 if javascript else 2
    name = ("Nguyễn nhà Bình", "Nguyễn nhà Cường")[place - 1]
    if place == 1:
        oneself = opened(Role.MEMBER)
        expect(oneself.get_by_role("heading", level=1)).to_have_text(name)
        met_everywhere(oneself)
        save(oneself)
        expect(oneself.get_by_role("status").first).to_contain_text(
            f"ở bước Tự đánh giá của {name}, năm 2023."
        )

    secretary = opened(Role.CELL_SECRETARY, javascript=javascript)
    follow(secretary.get_by_role("link", name=name))
    met_everywhere(secretary)
    card(secretary).get_by_text("Chưa đạt", exact=True).last.click()
    card(secretary).get_by_text("Nhận xét", exact=True).click()
    card(secretary).get_by_label("Nhận xét").fill("Còn một lần không chấp hành phân công.")
    save(secretary)
    expect(secretary.get_by_role("status").first).to_contain_text("ở bước Chi bộ của")

    ward = opened(Role.COMMITTEE, javascript=javascript)
    follow(ward.get_by_role("link", name="Đảng viên", exact=True).last)
    row = ward.locator("tbody tr", has_text=name).filter(has_text="Chi bộ nhà số 1")
    expect(row).to_contain_text("Khác nhau ở 1 tiêu chí" if place == 1 else "Còn 11 tiêu chí")
    follow(row.get_by_role("link", name=name))
    card(ward).locator(".picks").get_by_text("Đạt", exact=True).click()
    save(ward)
    expect(ward.get_by_role("alert")).to_contain_text(
        "Kết luận này khác bước Chi bộ; hãy ghi nhận xét nêu lý do."
    )
    card(ward).get_by_label("Nhận xét").fill(REMARK)
    save(ward)
    expect(ward.get_by_role("status").first).to_contain_text("Đã ghi 1 kết luận ở bước Thẩm định")
    expect(card(ward).locator(".stages .differs").last).to_contain_text("Khác bước Chi bộ")
    expect(card(ward)).to_contain_text(REMARK)
    expect(ward.locator("main")).to_contain_text("Đủ điều kiện danh hiệu “Đảng viên bốn tốt”.")

    if place == 1:
        ward.goto("/danh-gia")
        follow(ward.get_by_role("button", name="Đánh giá năm 2023"))
        results = ward.get_by_role("link", name="Xem kết quả: Kế hoạch 118-KH/QU, Quận ủy Tây Hồ")
        expect(results).to_be_visible(timeout=60_000)
        follow(results)
        follow(ward.locator("tbody tr", has_text=name).filter(has_text="Chi bộ nhà số 1").get_by_role("link"))
        expect(ward.locator("main .due .conclusion")).to_have_text("Đạt")
        expect(ward.locator("article.verdict", has_text=LINE)).to_contain_text(REMARK)


def test_the_secretary_does_not_judge_himself_twice(opened: Callable[..., Page]) -> None:
    page = opened(Role.CELL_SECRETARY)
    follow(page.get_by_role("link", name="Nguyễn nhà An"))
    expect(page.locator(".choices a[aria-current]")).to_have_text("Tự đánh giá")
    met_everywhere(page)
    save(page)
    follow(page.get_by_role("link", name="Chi bộ", exact=True).last)
    expect(card(page).locator(".caution")).to_contain_text(
        "đã xét tiêu chí này ở bước Tự đánh giá; kế hoạch không để một người xét ở hai bước."
    )
    expect(page.get_by_role("button", name="Ghi kết luận")).to_have_count(0)
