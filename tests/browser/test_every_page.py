"""Every page of the site, in a real browser: open to everyone, whole at every width, quiet, and fit for paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from bontot.access import Role
from bontot.db.tenancy import PLATFORM, scope
from bontot.services.accounts import create_account
from bontot.settings import Settings
from bontot.web import create_app
from tests.browser.conftest import Site, log_in, violations
from tests.factories import make_committee
from tests.isolation.golden import GOLDEN
from tests.isolation.golden.asking import World
from tests.isolation.world import world_of

PASSWORD = "mật khẩu chỉ để kiểm thử"
POLICY = "hanoi_tayho"
WIDTHS = (320, 640, 1280)
"""The narrowest phone, a desk at twice the size, and a desk."""
NOT_FOR_PEOPLE = {
    "static",
    "assets.htmx",
    "assets.font",
    "imports.sample",
    "feed.read",
    "paper.download",
    "paper.of_member_file",
    "issued.download",
    "job.file",
    "imports.records",
    "health.live",
    "health.ready",
    "health.metrics",
}
"""Addresses that answer with a file, or to a machine."""
LEFT_ON_PAPER = """() => [...document.querySelectorAll('nav, button, .button, .menu, .foot-line')]
  .filter(part => part.getClientRects().length).map(part => part.outerHTML.slice(0, 80))"""

OUT_OF_ROW = """() => [...document.querySelectorAll('table td, table th')]
  .filter(cell => cell.getClientRects().length && getComputedStyle(cell).position === 'static')
  .filter(cell => getComputedStyle(cell.closest('table')).display === 'table')
  .filter(cell => getComputedStyle(cell).display !== 'table-cell').map(cell => cell.outerHTML.slice(0, 80))"""
"""Cells that a rule meant for something else takes out of their table."""


@pytest.fixture(scope="module")
def world(site: Site) -> World:
    with scope(site.engine, PLATFORM) as session:
        create_account(session, f"{Role.OPERATOR}.van-hanh", "Người vận hành", PASSWORD, operator=True)
    return world_of(make_committee(site.engine, "moi-trang", "nhà", policy=POLICY), POLICY)


@pytest.fixture(scope="module")
def app(settings: Settings) -> Flask:
    """Builds addresses; nothing is asked of it."""
    return create_app(settings)


def wrong_with(page: Page) -> list[str]:
    """What of a page does not fit, is closed to somebody, or should not be printed."""
    found = []
    page.evaluate("document.querySelectorAll('main details').forEach(part => part.open = true)")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"wider than {width}")
    found += violations(page)
    if page.locator("h1:visible").count() != 1:
        found.append("not one heading")
    page.emulate_media(media="print")
    found += [f"on paper: {part}" for part in page.evaluate(LEFT_ON_PAPER)]
    found += [f"out of its row: {part}" for part in page.evaluate(OUT_OF_ROW)]
    page.emulate_media(media="screen")
    return found


@pytest.fixture(scope="module")
def logged_in(browser: Browser, site: Site, world: World) -> Iterator[Callable[[Role | None], Page]]:
    """The page of a role, who has logged in once."""
    pages: dict[Role | None, Page] = {}

    def page_of(role: Role | None) -> Page:
        if role not in pages:
            code = "van-hanh" if role is Role.OPERATOR else world.committee.code
            pages[role] = open_page(browser, site, f"{role}.{code}" if role else "")
        return pages[role]

    yield page_of
    for page in pages.values():
        page.context.close()


def open_page(browser: Browser, site: Site, login: str) -> Page:
    page = browser.new_context(locale="vi-VN", base_url=site.address).new_page()
    if login:
        log_in(page, login, PASSWORD)
    return page


@pytest.mark.parametrize(
    "endpoint",
    [
        endpoint
        for endpoint, method in GOLDEN
        if method == "GET" and endpoint not in NOT_FOR_PEOPLE and not endpoint.startswith("api.")
    ],
)
def test_every_page_is_open_to_everyone_and_whole_at_every_width(
    logged_in: Callable[[Role | None], Page], world: World, app: Flask, endpoint: str
) -> None:
    golden = GOLDEN[endpoint, "GET"](world)
    values: dict[str, Any] = {**golden.args, **golden.query}
    with app.test_request_context():
        address = app.url_for(endpoint, **values)
    page = logged_in(golden.role)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    response = page.goto(address)
    assert response is not None
    assert response.status == 200
    assert wrong_with(page) == []
    assert said == []
