"""A secretary prints the one page that says what a month asks for."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page

from bontot.access import Role
from tests.browser.conftest import Site, follow
from tests.factories import make_committee

PASSWORD = "mật khẩu chỉ để kiểm thử"
A_SHEET = re.compile(rb"/Type\s*/Page\b")


SCHEDULED = "Tháng 1 Thứ Hai 5/1 chậm nhất 7/1"
ANY_DAY = "Tháng 1 đến 31/1"


@pytest.mark.parametrize(
    ("policy", "january", "asked"),
    [
        (
            "hanoi_tayho",
            SCHEDULED,
            "Tỷ lệ đảng viên tham gia sinh hoạt chi bộ đạt từ 85% trở lên Chi bộ bốn tốt, tiêu chí Chất lượng sinh hoạt, "
            "điểm (2), Kế hoạch số 118-KH/QU ngày 27/01/2023 từ 85 % trở lên",
        ),
        ("hanoi_longbien", ANY_DAY, "Tỷ lệ đảng viên dự sinh hoạt (mặc định) từ 90 % trở lên"),
        ("provincial_pilot", ANY_DAY, ""),
    ],
)
def test_it_fits_one_sheet_under_every_plan(
    visit: Callable[..., Page], site: Site, policy: str, january: str, asked: str
) -> None:
    """The pilot judges no cell: its page has the steps and the calendar."""
    code = f"giay-{policy.replace('_', '-')}"
    committee = make_committee(site.engine, code, "nhà", policy=policy)
    page = visit(f"{Role.CELL_SECRETARY}.{committee.code}", PASSWORD, phone=True)
    follow(page.get_by_role("link", name="Hướng dẫn một trang"))
    assert len(A_SHEET.findall(page.pdf(format="A4", prefer_css_page_size=True))) == 1
    assert words(page.locator(".month-days")).startswith(january)
    rows = [words(row) for row in page.locator(".asked tbody tr").all()]
    assert asked in rows if asked else rows == []


def words(part: Locator) -> str:
    return " ".join(part.inner_text().split())
