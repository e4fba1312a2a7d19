"""The month's fees and the year's pledges on a phone and at a desk: by few touches, with and without scripts, readable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, select

from bontot.access import Role
from bontot.clock import today
from bontot.db.models import Fee
from bontot.db.tenancy import scope
from tests.browser.conftest import Site, follow, violations
from tests.factories import Committee, make_committee
from tests.fee_keeping import set_basis

PASSWORD = "mật khẩu chỉ để kiểm thử"


@pytest.fixture(scope="module")
def committee(site: Site) -> Committee:
    """Thirty pensioners, of whom the third owes for the month before."""
    made = make_committee(site.engine, "dang-phi", "nhà", members=30)
    with scope(made.engine, made.tenant_id) as session:
        for member, _ in made.cells[0].members:
            set_basis(
                session, made.actor(Role.CELL_SECRETARY), member, "pension", 6_000_000, date(2026, 2, 1)
            )
    return made


def month_of(committee: Committee) -> date:
    with scope(committee.engine, committee.tenant_id) as session:
        return today(session).replace(day=1)


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
def test_a_month_is_taken_with_six_touches(
    visit: Callable[..., Page], committee: Committee, javascript: bool
) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        session.execute(delete(Fee))
    page = visit(f"cell_secretary.{committee.code}", PASSWORD, phone=True, javascript=javascript)
    month = month_of(committee)
    follow(page.get_by_role("link", name=f"Thu đảng phí tháng {month.month}"))
    first, second = (page.locator(f"#fee-{committee.cells[0].members[place][1]}") for place in (2, 5))
    first.get_by_text("Khác", exact=True).click()
    second.get_by_text("Khác", exact=True).click()
    second.get_by_text("Số tiền khác").click()
    second.get_by_label("Số tiền (đồng)").fill("10.000")
    if javascript:
        expect(page.locator("[data-total]")).to_have_text("850.000")
    button = page.get_by_role("button", name="đồng")
    if javascript:
        expect(button).to_have_text("Ghi 29 người, 850.000 đồng")
    follow(button)
    expect(page.locator(".receipt")).to_contain_text("thu 850.000 đồng")
    with scope(committee.engine, committee.tenant_id) as session:
        paid = {row[0]: row[1] for row in session.execute(select(Fee.member_id, Fee.paid))}
    places = {place: paid[committee.cells[0].members[place][0]] for place in (0, 2, 5)}
    assert (len(paid), places) == (30, {0: 30_000, 2: 0, 5: 10_000})


def test_a_pledge_is_signed_by_one_press_and_printed_as_the_form_has_it(
    visit: Callable[..., Page], committee: Committee
) -> None:
    year = month_of(committee).year
    page = visit(f"cell_secretary.{committee.code}", PASSWORD, phone=True)
    page.goto(f"/chi-bo/{committee.cells[0].public_id}")
    follow(page.get_by_role("link", name="Đăng ký phấn đấu"))
    page.locator("details.pledged summary").first.click()
    page.locator("details.pledged[open]").get_by_label("Chỉ tiêu").fill("Hoàn thành 100 % chỉ tiêu")
    follow(page.get_by_role("button", name="Ký bản đăng ký"))
    expect(page.locator(".receipt")).to_contain_text(f"Đã ký bản đăng ký phấn đấu năm {year}")
    assert violations(page) == []
    page.emulate_media(media="print")
    expect(page.get_by_text("XÁC NHẬN CỦA ĐẢNG ỦY")).to_be_visible()
    expect(page.get_by_role("cell", name="Hoàn thành 100 % chỉ tiêu")).to_be_visible()
    expect(page.get_by_role("navigation", name="Năm")).to_be_hidden()
