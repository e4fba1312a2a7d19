"""A committee's admin puts two wards' reform together on a phone, and takes it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from bontot.access import Role
from bontot.db.models import OrganisationEvent, OrganisationPeriod
from bontot.db.tenancy import scope
from tests.browser.conftest import Site, follow, violations
from tests.browser.test_people import PASSWORD, fill_day, no_wider_than_the_phone
from tests.factories import Committee, make_committee


@pytest.fixture(scope="module")
def committee(site: Site) -> Committee:
    return make_committee(site.engine, "sap-xep", "nhà", members=8)


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
def test_a_reform_is_recorded_and_taken_back_on_a_phone(
    visit: Callable[..., Page], committee: Committee, javascript: bool
) -> None:
    page = visit(f"{Role.TENANT_ADMIN}.{committee.code}", PASSWORD, phone=True, javascript=javascript)
    page.goto("/to-chuc")
    follow(page.get_by_role("link", name="Sắp xếp nhiều tổ chức"))
    fits, wrong = [no_wider_than_the_phone(page)], list[str]()
    fill_day(page, "day", "1", "7", "2025")
    page.get_by_label("Số, ký hiệu văn bản").fill("1656/NQ-UBTVQH15")
    fill_day(page, "document_day", "16", "6", "2025")
    page.get_by_label("Cơ quan ban hành").fill("Ủy ban Thường vụ Quốc hội")
    for number, name in ((1, "Đảng bộ phường Tây Hồ"), (2, "Đảng bộ phường Phú Thượng")):
        page.locator(f"#name-{number}").fill(name)
        page.locator(f"#code-{number}").fill(f"TH{number}")
        page.locator(f"#plan-{number}").select_option("hanoi_tayho")
    follow(page.get_by_role("button", name="Sang bước 2: nơi nào về đâu"))
    fits.append(no_wider_than_the_phone(page))
    page.get_by_label("Quận nhà", exact=True).select_option("Kết thúc, không có nơi tiếp nhận")
    page.get_by_label("Phường nhà", exact=True).select_option("Đảng bộ phường Tây Hồ")
    page.get_by_text("Chi bộ nào về nơi khác").click()
    page.get_by_label("Chi bộ nhà số 2").select_option("Đảng bộ phường Phú Thượng")
    if javascript:
        wrong += violations(page)
    follow(page.get_by_role("button", name="Xem điều sẽ thay đổi"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Từ 01/07/2025 sắp xếp 2 tổ chức thành 2")
    fits.append(no_wider_than_the_phone(page))
    if javascript:
        wrong += violations(page)
    follow(page.get_by_role("button", name="Ghi việc này"))
    expect(page.get_by_role("status").first).to_contain_text("Đã ghi: Từ 01/07/2025")
    with scope(committee.engine, committee.tenant_id) as session:
        parents = session.scalars(
            select(OrganisationPeriod.parent_id)
            .where(
                OrganisationPeriod.organisation_id.in_([cell.id for cell in committee.cells]),
                OrganisationPeriod.valid_from == date(2025, 7, 1),
            )
            .order_by(OrganisationPeriod.organisation_id)
        ).all()
    assert len(set(parents)) == 2
    follow(page.get_by_role("link", name="Đảng bộ phường Phú Thượng"))
    follow(page.get_by_role("link", name="Bỏ việc này"))
    page.get_by_label("Lý do").fill("ghi thử")
    follow(page.get_by_role("button", name="Bỏ việc này"))
    expect(page.get_by_role("link", name="Quận nhà")).to_be_visible()
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalars(select(OrganisationEvent.id)).all() == []
    assert (fits, wrong) == ([True, True, True], [])
