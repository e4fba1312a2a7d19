"""The main job from an empty committee: the admin imports, a secretary records, the admin evaluates and reads why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from bontot.access import Role
from bontot.clock import today
from bontot.db.models import Account
from bontot.db.tenancy import PLATFORM, scope
from bontot.registry import Registry
from bontot.services.accounts import create_account, grant_role
from bontot.services.grants import Appointment, admit, assign_plan, organisation_by_code
from bontot.services.tenants import create_tenant
from tests.browser.conftest import Site, follow
from tests.factories import GIVEN
from tests.workbooks import workbook

PASSWORD = "một câu dài dễ nhớ"
ABSENT = ("Nguyễn Văn An 1", "Nguyễn Văn Bình 1", "Nguyễn Văn Cường 1")


def organisations() -> bytes:
    """A district, a ward, and one cell."""
    header = ["Mã", "Tên", "Loại hình", "Lĩnh vực", "Mã cấp trên", "Ngày thành lập"]
    return workbook(
        {
            "Tổ chức": [
                header,
                ["Q", "Đảng bộ quận Ví Dụ", "Quận ủy", None, None, date(1996, 1, 1)],
                ["P", "Đảng bộ phường Ví Dụ", "Đảng bộ cơ sở", None, "Q", date(1996, 1, 1)],
                ["C1", "Chi bộ Tổ dân phố số 1", "Chi bộ trực thuộc", "Khu dân cư", "P", date(1996, 1, 1)],
            ]
        }
    )


def members(broken: bool = False) -> bytes:
    """Thirty members of the cell; broken: one born on a day that does not exist."""
    header = [
        "Họ và tên",
        "Ngày sinh",
        "Ngày vào Đảng",
        "Ngày chính thức",
        "Số thẻ",
        "Chi bộ",
        "Tình trạng công tác",
    ]
    rows = [
        [
            f"Nguyễn Văn {GIVEN[place % len(GIVEN)]} {place // len(GIVEN) + 1}",
            date(1950, 1, 1) + timedelta(days=100 * place),
            date(1990, 2, 3),
            date(1991, 2, 3),
            f"01.{place:06d}",
            "C1",
            "Nghỉ hưu",
        ]
        for place in range(30)
    ]
    if broken:
        rows[4][1] = "31/02/1960"
    return workbook({"Đảng viên": [header, *rows]})


@pytest.fixture
def tenant_id(site: Site) -> int:
    """An empty committee with its first admin."""
    with scope(site.engine, PLATFORM) as session:
        made = create_tenant(session, "vi-du", "Đảng bộ quận Ví Dụ").id
        admin = create_account(session, "quan-tri", "Trần Thị Quản", PASSWORD).id
        create_account(session, "bi-thu", "Lê Văn Thư", PASSWORD)
    with scope(site.engine, made) as session:
        grant_role(session, admin, Role.TENANT_ADMIN, valid_from=date(2023, 1, 1))
    return made


def send(page: Page, folder: Path, name: str, content: bytes) -> None:
    """Sends a workbook from the import page."""
    file = folder / name
    file.write_bytes(content)
    follow(page.get_by_role("navigation", name="Các trang").get_by_role("link", name="Nhập dữ liệu"))
    page.get_by_label("Tệp Excel").set_input_files(file)
    page.get_by_label("Tệp không chứa bí mật nhà nước").check()
    follow(page.get_by_role("button", name="Kiểm tra tệp"))


def put_under_plan(site: Site, tenant_id: int) -> None:
    """What an operator does once: the plan, and the secretary's role."""
    with scope(site.engine, PLATFORM) as session:
        secretary = session.scalars(select(Account.id).where(Account.login == "bi-thu")).one()
    with scope(site.engine, tenant_id) as session:
        day = today(session)
        top = organisation_by_code(session, "Q", day)
        cell = organisation_by_code(session, "C1", day)
        assign_plan(
            session,
            Registry.load(),
            policy_code="hanoi_tayho",
            organisation_id=top,
            valid_from=date(2023, 1, 27),
        )
        admit(session, secretary, Appointment(role=Role.CELL_SECRETARY, organisation_id=cell), day)


def test_from_an_empty_committee_to_a_verdict_and_its_clause(
    site: Site, tenant_id: int, visit: Callable[..., Page], tmp_path: Path
) -> None:
    admin = visit("quan-tri", PASSWORD)
    send(admin, tmp_path, "to-chuc.xlsx", organisations())
    follow(admin.get_by_role("button", name="Nhập 3 dòng vào hồ sơ"))
    expect(admin.get_by_text("Đã nhập xong 3 dòng")).to_be_visible()

    send(admin, tmp_path, "dang-vien.xlsx", members(broken=True))
    expect(admin.get_by_text("Có 1 lỗi phải sửa")).to_be_visible()
    expect(admin.locator(".problems tbody tr").first).to_contain_text("Ngày sinh")
    send(admin, tmp_path, "dang-vien.xlsx", members())
    follow(admin.get_by_role("button", name="Nhập 30 dòng vào hồ sơ"))
    expect(admin.get_by_text("Đã nhập xong 30 dòng")).to_be_visible()
    put_under_plan(site, tenant_id)

    secretary = visit("bi-thu", PASSWORD, phone=True)
    follow(secretary.get_by_role("link", name="Ghi nhận buổi sinh hoạt").first)
    secretary.locator("input[name='held_on-day']").fill(str(this_day(site).day))
    for name in ABSENT:
        line = secretary.locator("li", has_text=name)
        line.get_by_text("Vắng hoặc muộn", exact=True).click()
        line.get_by_text("Có lý do", exact=True).click()
    follow(secretary.get_by_role("button", name="Ghi nhận"))
    expect(secretary.get_by_role("status").first).to_contain_text("27/30 có mặt.")

    follow(admin.get_by_role("link", name="Đánh giá", exact=True))
    follow(admin.get_by_role("button", name=f"Đánh giá năm {this_day(site).year}"))
    results = admin.get_by_role("link", name="Xem kết quả: Kế hoạch 118-KH/QU, Quận ủy Tây Hồ")
    expect(results).to_be_visible(timeout=60_000)
    follow(results)
    follow(admin.get_by_role("link", name="Chi bộ bốn tốt"))
    follow(admin.get_by_role("link", name="Chi bộ Tổ dân phố số 1"))
    verdict = admin.locator("article.verdict", has_text="đạt từ 85% trở lên")
    expect(verdict).to_contain_text("27 lượt có mặt trong 30 lượt phải dự")
    expect(verdict).to_contain_text("Kế hoạch số 118-KH/QU ngày 27/01/2023")
    expect(verdict).to_contain_text("Đề án 11-ĐA/TU, Thành ủy Hà Nội")


def this_day(site: Site) -> date:
    """The day it is in Viet Nam."""
    with scope(site.engine, PLATFORM) as session:
        return today(session)
