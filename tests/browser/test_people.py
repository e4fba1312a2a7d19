"""A ward's committee records a transfer on a phone, by finger, and every page of it is open to everyone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from bontot.access import Role
from bontot.db.models import MemberEvent, Membership
from bontot.db.tenancy import scope
from tests.browser.conftest import Site, follow, violations
from tests.factories import Committee, make_committee

PASSWORD = "mật khẩu chỉ để kiểm thử"


@pytest.fixture(scope="module")
def committee(site: Site) -> Committee:
    return make_committee(site.engine, "chuyen-sinh-hoat", "nhà", members=30)


def fill_day(page: Page, name: str, *parts: str) -> None:
    for part, value in zip(("day", "month", "year"), parts, strict=True):
        page.locator(f"input[name='{name}-{part}']").fill(value)


def no_wider_than_the_phone(page: Page) -> bool:
    fits: bool = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return fits


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
def test_a_transfer_is_recorded_on_a_phone(
    visit: Callable[..., Page], committee: Committee, javascript: bool
) -> None:
    page = visit(f"{Role.COMMITTEE}.{committee.code}", PASSWORD, phone=True, javascript=javascript)
    who, public_id = committee.cells[0].members[3 if javascript else 4]
    page.goto(f"/dang-vien/{public_id}")
    follow(page.get_by_role("link", name="Ghi việc mới"))
    seen = [no_wider_than_the_phone(page)]
    follow(page.get_by_role("link", name="Chuyển sinh hoạt chính thức"))
    seen.append(no_wider_than_the_phone(page))
    page.get_by_label("Chi bộ mới").select_option("Chi bộ nhà số 2")
    fill_day(page, "day", "1", "7", "2026")
    page.get_by_label("Số, ký hiệu văn bản").fill("12-GT/ĐU")
    follow(page.get_by_role("button", name="Xem điều sẽ thay đổi"))
    expect(page.get_by_role("alert")).to_contain_text("Cần ghi ngày của văn bản.")
    fill_day(page, "document_day", "20", "6", "2026")
    follow(page.get_by_role("button", name="Xem điều sẽ thay đổi"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Từ 01/07/2026 đồng chí")
    seen.append(no_wider_than_the_phone(page))
    follow(page.get_by_role("button", name="Ghi việc này"))
    expect(page.get_by_role("status").first).to_contain_text("sinh hoạt tại Chi bộ nhà số 2.")
    assert seen == [True, True, True]
    with scope(committee.engine, committee.tenant_id) as session:
        homes = session.scalars(
            select(Membership.organisation_id)
            .where(Membership.member_id == who)
            .order_by(Membership.valid_from)
        ).all()
        kinds = session.scalars(select(MemberEvent.kind).where(MemberEvent.member_id == who)).all()
    assert (list(homes), list(kinds)) == ([cell.id for cell in committee.cells], ["official_transfer"])


def test_no_step_of_an_event_keeps_anyone_out(visit: Callable[..., Page], committee: Committee) -> None:
    page = visit(f"{Role.COMMITTEE}.{committee.code}", PASSWORD)
    member = f"/dang-vien/{committee.cells[0].members[8][1]}"
    found = {}
    page.goto(f"{member}/viec-moi/mien-sinh-hoat")
    fill_day(page, "day", "1", "7", "2026")
    follow(page.get_by_role("button", name="Xem điều sẽ thay đổi"))
    found["refused"] = violations(page)
    page.get_by_label("Số, ký hiệu văn bản").fill("05-NQ/CB")
    fill_day(page, "document_day", "20", "6", "2026")
    follow(page.get_by_role("button", name="Xem điều sẽ thay đổi"))
    found["seen"] = violations(page)
    follow(page.get_by_role("button", name="Ghi việc này"))
    found["recorded"] = violations(page)
    for last in ("Sửa việc này", "Bỏ việc này"):
        page.goto(member)
        follow(page.get_by_role("link", name=last))
        found[last] = violations(page)
    assert [address for address, wrong in found.items() if wrong] == []
    assert len(found) == 5
