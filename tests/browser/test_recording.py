"""A secretary records a meeting of thirty on a phone: with and without scripts, by finger and by keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import delete, select, update

from bontot.db.models import Meeting, PlannedMeeting
from bontot.db.models.meeting import ABSENT_EXCUSED, ABSENT_UNEXCUSED, LATE, PRESENT
from bontot.db.tenancy import scope
from bontot.services.meetings import view
from tests.browser.conftest import Site, follow
from tests.factories import Committee, make_committee

PASSWORD = "mật khẩu chỉ để kiểm thử"


@pytest.fixture(scope="module")
def committee(site: Site) -> Committee:
    """Whose first cell is invited to today, so that the form knows the day whichever day it is."""
    made = make_committee(site.engine, "dien-thoai", "nhà", members=30)
    invitation = {"held_on": made.today, "place": "Nhà văn hóa", "prepared_by": "thử"}
    with scope(site.engine, made.tenant_id) as session:
        session.add(PlannedMeeting(organisation_id=made.cells[0].id, kind="regular", **invitation))
    return made


@pytest.fixture
def form(visit: Callable[..., Page], committee: Committee) -> Callable[..., Page]:
    """Opens the form on a phone, led to from the secretary's home; nothing is recorded yet."""
    with scope(committee.engine, committee.tenant_id) as session:
        session.execute(update(PlannedMeeting).values(meeting_id=None))
        session.execute(delete(Meeting))

    def opened(*, javascript: bool = True) -> Page:
        page = visit(f"cell_secretary.{committee.code}", PASSWORD, phone=True, javascript=javascript)
        page.goto(f"/chi-bo/{committee.cells[0].public_id}")
        follow(page.get_by_role("link", name="Ghi nhận buổi sinh hoạt"))
        return page

    return opened


def row(page: Page, committee: Committee, place: int) -> str:
    return f"#roll-{committee.cells[0].members[place][1]}"


def latest_marks(committee: Committee) -> dict[int, int]:
    with scope(committee.engine, committee.tenant_id) as session:
        meeting_id = session.scalars(select(Meeting.id).order_by(Meeting.id.desc()).limit(1)).one()
        return {member: mark.value for member, mark in view(session, meeting_id).entry.marks.items()}


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
def test_thirty_are_recorded_with_seven_touches(
    form: Callable[..., Page], committee: Committee, javascript: bool
) -> None:
    page = form(javascript=javascript)
    touches = 0
    for place, reason in ((2, "Có lý do"), (5, "Không lý do"), (9, "Đến muộn")):
        line = page.locator(row(page, committee, place))
        line.get_by_text("Vắng hoặc muộn", exact=True).click()
        line.get_by_text(reason, exact=True).click()
        touches += 2
    if javascript:
        expect(page.locator(".tally output")).to_contain_text("28/30 có mặt · 93,3 %")
    follow(page.get_by_role("button", name="Ghi nhận"))
    touches += 1
    expect(page.get_by_role("status").first).to_contain_text("28/30 có mặt.")
    ids = [member_id for member_id, _ in committee.cells[0].members]
    special = {ids[2]: ABSENT_EXCUSED, ids[5]: ABSENT_UNEXCUSED, ids[9]: LATE}
    assert latest_marks(committee) == dict.fromkeys(ids, PRESENT) | special
    assert touches == 7


def tab_to(page: Page, wanted: str) -> Locator:
    """Presses Tab until what `wanted` selects has the focus, which everyone must be able to see."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() and focused.evaluate("(element, wanted) => element.matches(wanted)", wanted):
            assert focused.evaluate(OUTLINED)
            return focused
    pytest.fail(f"phím Tab không đến được {wanted}")


OUTLINED = """element => {
  const drawn = [element, element.closest('label'), element.nextElementSibling].filter(Boolean);
  return drawn.some(part => {
    const style = getComputedStyle(part);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none';
  });
}"""
"""Whether the focus is drawn, on the element or on the label that stands for it."""


@pytest.mark.usefixtures("form")
def test_a_meeting_is_recorded_by_keyboard_alone(browser: Browser, site: Site, committee: Committee) -> None:
    """From the log-in on: the second member is absent without a reason, and nobody touches mouse or screen."""
    page = browser.new_context(locale="vi-VN", base_url=site.address).new_page()
    page.goto("/dang-nhap")
    tab_to(page, "input[name='login']")
    page.keyboard.type(f"cell_secretary.{committee.code}")
    tab_to(page, "input[type='password']")
    page.keyboard.type(PASSWORD)
    enter(page)
    tab_to(page, "main a.button[href$='/ghi-nhan'], main a.button[href*='/ghi-nhan?']")
    enter(page)
    public_id = committee.cells[0].members[1][1]
    tab_to(page, f"input[name='mark-{public_id}']")
    page.keyboard.press("ArrowRight")
    tab_to(page, f"input[name='reason-{public_id}']")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".tally output")).to_contain_text("29/30")
    tab_to(page, "button[value='save']")
    enter(page)
    expect(page.get_by_role("status").first).to_contain_text("29/30 có mặt.")
    assert latest_marks(committee)[committee.cells[0].members[1][0]] == ABSENT_UNEXCUSED
    page.context.close()


def enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_forgotten_reason_is_named_and_led_to(form: Callable[..., Page], committee: Committee) -> None:
    page = form()
    line = page.locator(row(page, committee, 4))
    line.get_by_text("Vắng hoặc muộn", exact=True).click()
    follow(page.get_by_role("button", name="Ghi nhận"))
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("link", name="Nguyễn nhà Đạt vắng: chọn có lý do").click()
    expect(line).to_be_in_viewport()


def test_the_printed_sheet_has_the_roll_in_the_same_order(
    form: Callable[..., Page], committee: Committee
) -> None:
    page = form()
    page.emulate_media(media="print")
    on_paper = [name.inner_text() for name in page.locator(".sheet tbody td:nth-child(2)").all()]
    page.emulate_media(media="screen")
    names = page.locator(".roll .name").all()
    on_screen = [name.evaluate("element => element.firstChild.textContent.trim()") for name in names]
    assert on_paper == on_screen
    assert len(on_paper) == 30


def test_the_first_names_and_what_the_button_does_are_seen_without_scrolling(
    form: Callable[..., Page],
) -> None:
    page = form()
    for place in (0, 1):
        name = page.locator(".roll .name").nth(place).bounding_box()
        foot = page.locator(".tally").bounding_box()
        assert name is not None
        assert foot is not None
        assert name["y"] < foot["y"]
    said = " ".join(page.locator(".tally").inner_text().split())
    assert said == "30/30 có mặt · 100,0 % yêu cầu từ 85 % trở lên Ghi nhận buổi sinh hoạt"


def test_a_day_past_its_deadline_is_warned_of_while_it_is_typed(form: Callable[..., Page]) -> None:
    page = form()
    warning = page.locator(".caution")
    first, last = page.get_by_label("Ngày", exact=True).first, page.get_by_label("Loại buổi")
    month, year = (page.locator(f"[name=held_on-{part}]").input_value() for part in ("month", "year"))
    first.fill("28")
    expect(warning).to_have_text(
        f"Ngày này đã quá hạn 07/{int(month):02}/{year}; buổi họp sẽ được tính là quá hạn."
    )
    last.select_option("thematic")
    expect(warning).to_be_hidden()
    last.select_option("regular")
    expect(warning).to_be_visible()
    first.fill("1")
    expect(warning).to_be_hidden()


TOO_LOW = """() => [...document.querySelectorAll('.year a, .tree a, .records a, .crumbs a, .switch label, summary')]
  .map(target => [target.textContent.trim(), target.getBoundingClientRect().height])
  .filter(([_, height]) => height && height < 48)"""


@pytest.mark.parametrize("path", ["/", "/to-chuc", "{cell}", "{cell}/ghi-nhan", "/dang-vien"])
def test_whatever_is_touched_on_a_phone_is_large(
    visit: Callable[..., Page], committee: Committee, path: str
) -> None:
    page = visit(f"cell_secretary.{committee.code}", PASSWORD, phone=True)
    page.goto(path.format(cell=f"/chi-bo/{committee.cells[0].public_id}"))
    assert page.evaluate(TOO_LOW) == []


def test_the_pages_are_found_under_the_contents_of_a_phone_without_scripts(
    visit: Callable[..., Page], committee: Committee
) -> None:
    page = visit(f"cell_secretary.{committee.code}", PASSWORD, phone=True, javascript=False)
    page.get_by_text("Mục lục").click()
    follow(page.get_by_role("link", name="Đảng viên", exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text("Đảng viên")
