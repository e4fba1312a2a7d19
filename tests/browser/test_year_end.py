"""The end of a year in the three plans, each by its own steps: voted, decided, listed, taken back and revoked; on a phone
and at a desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Locator, Page, expect

from bontot.access import Role
from bontot.db.models import PilotSelection
from bontot.db.tenancy import scope
from bontot.evaluation.whole import evaluate
from bontot.registry import Registry
from tests.browser.conftest import Site, follow
from tests.browser.test_people import fill_day, no_wider_than_the_phone
from tests.factories import Committee, make_committee

PASSWORD = "mật khẩu chỉ để kiểm thử"
CELL = "Chi bộ nhà số 1"
PLANS = {
    "hanoi_tayho": ("tayho.cell", 4),
    "hanoi_longbien": ("longbien.cell", 6),
    "provincial_pilot": ("prov.cell", 3),
}


def year_over(site: Site, policy: str) -> Committee:
    """One cell of three, judged by a plan for the whole of 2023 without a single record: whoever goes on needs a reason."""
    made = make_committee(site.engine, f"cuoi-nam-{policy}", "nhà", cells=1, members=3, policy=policy)
    with scope(made.engine, made.tenant_id) as session:
        if policy == "provincial_pilot":
            session.add(
                PilotSelection(
                    organisation_id=made.cells[0].id,
                    policy_code=policy,
                    selected_on=date(2023, 4, 20),
                    selected_by="Đảng ủy",
                )
            )
            session.flush()
        evaluate(session, Registry.load(), year=2023, as_of=date(2023, 12, 31), by="Quản trị")
    return made


def fill(page: Page, name: str, value: str) -> None:
    """Types into a field where the step asks for it."""
    field = page.locator(f"[name='{name}']")
    if field.count():
        field.fill(value)


def awaited(page: Page) -> Locator:
    """The steps of the cells' title that wait and can be opened."""
    return page.locator("table.steps tr").filter(has_text="“Chi bộ bốn tốt”").locator("th a")


def take_next_step(page: Page, home: str, number: int) -> None:
    """Takes the step that waits, whatever it asks: all three present vote for the cell, by a paper each."""
    page.goto(home)
    follow(awaited(page).first)
    day = 31 if page.get_by_role("heading", level=1).inner_text().startswith("Xét lại") else number
    fill_day(page, "done_on", str(day), "12", "2023")
    for name in ("entitled", "present", "issued", "returned", "valid"):
        fill(page, name, "3")
    fill(page, "invalid", "0")
    votes = page.get_by_label(f"Phiếu tán thành {CELL}")
    if votes.count():
        votes.fill("3")
    for name, value in (
        ("number", "12-QĐ/ĐU"),
        ("issuer", "Ban Thường vụ Đảng ủy"),
        ("signer", "Nguyễn Văn Ký"),
    ):
        fill(page, name, value)
    fill(page, "exception", "Sổ sách của năm chưa nhập đủ")
    follow(page.get_by_role("button", name="Xem trước khi ghi"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"ngày {day:02}/12/2023")
    follow(page.get_by_role("button", name="Ghi bước này"))
    expect(page.get_by_role("status").first).to_contain_text("cho 1 chi bộ.")


@pytest.mark.parametrize("policy", PLANS)
def test_a_cell_comes_to_its_title_by_the_steps_of_its_plan(
    site: Site, visit: Callable[..., Page], policy: str
) -> None:
    """Hà Nội's on a phone, the province's at a desk."""
    committee, (scheme, steps), phone = year_over(site, policy), PLANS[policy], policy != "provincial_pilot"
    page = visit(f"{Role.TENANT_ADMIN}.{committee.code}", PASSWORD, phone=phone)
    home = f"/cong-nhan?nam=2023&danh-hieu={policy}:{scheme}"
    page.goto(home)
    assert no_wider_than_the_phone(page)
    expect(page.locator("table.sequence tbody tr")).to_have_count(steps)
    for number in range(1, steps + 1):
        take_next_step(page, home, number)
    expect(awaited(page)).to_have_count(0)
    follow(page.locator(".dossiers").get_by_role("link", name=CELL))
    expect(page.locator(".timeline > li")).to_have_count(steps)
    expect(page.locator(".timeline")).to_contain_text(
        "Quyết định 12-QĐ/ĐU, Ban Thường vụ Đảng ủy; Nguyễn Văn Ký ký."
    )
    expect(page.locator(".timeline")).to_contain_text("Sổ sách của năm chưa nhập đủ")
    assert no_wider_than_the_phone(page)
    page.goto("/cong-nhan/danh-sach?nam=2023")
    follow(page.get_by_role("link", name="12-QĐ/ĐU"))
    expect(page.locator("main tbody tr")).to_have_count(1)
    expect(page.locator("main")).to_contain_text("Kèm theo Quyết định số 12-QĐ/ĐU")
    follow(page.get_by_role("link", name=CELL))
    undo_and_take_again(page, home, steps)
    revoke(page)


def undo_and_take_again(page: Page, home: str, last: int) -> None:
    """Takes the last step back from the dossier, and takes it once more."""
    dossier = page.url
    follow(page.get_by_role("link", name="vì ghi nhầm"))
    assert no_wider_than_the_phone(page)
    fill(page, "reason", "Ghi nhầm ngày")
    follow(page.get_by_role("button", name="Bỏ việc này"))
    expect(page.get_by_role("status").first).to_contain_text("Bản đã ghi được giữ trong nhật ký")
    expect(page.locator(".timeline > li.waiting")).to_have_count(1)
    take_next_step(page, home, last)
    page.goto(dossier)
    expect(page.locator(".timeline > li.waiting")).to_have_count(0)


def revoke(page: Page) -> None:
    """Revokes the title from its dossier, after its effect was seen."""
    follow(page.get_by_role("link", name="Thu hồi danh hiệu"))
    fill_day(page, "day", "5", "5", "2024")
    for name, value in (
        ("number", "15-QĐ/ĐU"),
        ("issuer", "Ban Thường vụ Đảng ủy"),
        ("signer", "Nguyễn Văn Ký"),
        ("reason", "Tiêu chí dự sinh hoạt không còn đạt"),
    ):
        fill(page, name, value)
    follow(page.get_by_role("button", name="Xem trước khi ghi"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("thôi giữ danh hiệu")
    assert no_wider_than_the_phone(page)
    follow(page.get_by_role("button", name="Ghi việc thu hồi"))
    expect(page.locator(".timeline > li").last).to_contain_text("Quyết định 15-QĐ/ĐU")
    assert no_wider_than_the_phone(page)


def test_a_secretary_votes_and_rates_on_a_phone_without_scripts(
    site: Site, visit: Callable[..., Page]
) -> None:
    """Half of the cell is not enough, and the page says so before it is written; then the cell is rated in one press."""
    committee = make_committee(site.engine, "bi-thu-cuoi-nam", "nhà", cells=2, members=4)
    with scope(committee.engine, committee.tenant_id) as session:
        evaluate(session, Registry.load(), year=2023, as_of=date(2023, 12, 31), by="Quản trị")
    page = visit(f"{Role.CELL_SECRETARY}.{committee.code}", PASSWORD, phone=True, javascript=False)
    page.goto("/cong-nhan?nam=2023&danh-hieu=hanoi_tayho:tayho.member")
    follow(page.locator("table.steps tr").filter(has_text="“Đảng viên bốn tốt”").locator("th a"))
    boxes = page.get_by_role("checkbox")
    expect(boxes).to_have_count(4)
    for place, votes in enumerate(("2", "3")):
        boxes.nth(place).check()
        page.locator("input[id^='votes-']").nth(place).fill(votes)
    fill_day(page, "done_on", "25", "11", "2023")
    for name in ("present", "issued", "returned", "valid"):
        fill(page, name, "5")
    fill(page, "invalid", "0")
    follow(page.get_by_role("button", name="Xem trước khi ghi"))
    expect(page.get_by_role("alert")).to_contain_text("Có mặt 5 nhưng chỉ 4 người được biểu quyết.")
    for name in ("present", "issued", "returned", "valid"):
        fill(page, name, "4")
    fill(page, "exception", "Sổ sách của năm chưa nhập đủ")
    assert no_wider_than_the_phone(page)
    follow(page.get_by_role("button", name="Xem trước khi ghi"))
    expect(page.locator("main tbody tr").nth(0)).to_contain_text("Không đủ phiếu")
    expect(page.locator("main tbody tr").nth(1)).to_contain_text("Đủ phiếu tán thành")
    follow(page.get_by_role("button", name="Ghi bước này"))
    page.goto("/xep-loai?nam=2023")
    follow(page.get_by_role("button", name="Đặt những dòng chưa xếp"))
    fill_day(page, "decided_on", "20", "12", "2023")
    follow(page.get_by_role("button", name="Ghi xếp loại"))
    expect(page.get_by_role("status").first).to_contain_text("4 dòng thay đổi")
    assert no_wider_than_the_phone(page)
