"""Every page of the site, in a real browser: open to everyone, whole at every width, quiet, and fit for paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from bontot.access import Role
from bontot.db.tenancy import PLATFORM, scope
from bontot.services.accounts import create_account
from bontot.settings import Settings
from bontot.web import create_app
from tests.browser.conftest import Site, violations
from tests.factories import make_committee
from tests.isolation.golden import GOLDEN, Golden, World
from tests.isolation.test_routes import world_of

PASSWORD = "mật khẩu chỉ để kiểm thử"
POLICY = "hanoi_tayho"
WIDTHS = (320, 640, 1280)
"""The narrowest phone, a desk at twice the size, and a desk."""
NOT_FOR_PEOPLE = {"static", "assets.htmx", "assets.font", "imports.sample", "feed.read"}
"""Addresses that answer with a file."""
LEFT_ON_PAPER = """() => [...document.querySelectorAll('nav, button, .button, .menu, .foot-line')]
  .filter(part => part.getClientRects().length).map(part => part.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def world(site: Site) -> World:
    with scope(site.engine, PLATFORM) as session:
        create_account(session, f"{Role.OPERATOR}.van-hanh", "Người vận hành", PASSWORD, operator=True)
    return world_of(make_committee(site.engine, "moi-trang", "nhà", policy=POLICY), POLICY)


@pytest.fixture(scope="module")
def app(settings: Settings) -> Flask:
    """Builds addresses; nothing is asked of it."""
    return create_app(settings)


def pages(world: World, role: Role | None) -> list[tuple[str, Golden]]:
    """What a person of that role may open and read."""
    asked = [(endpoint, made(world)) for (endpoint, method), made in GOLDEN.items() if method == "GET"]
    return [
        (endpoint, golden)
        for endpoint, golden in asked
        if golden.role is role and golden.status == 200 and endpoint not in NOT_FOR_PEOPLE
    ]


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
    page.emulate_media(media="screen")
    return found


@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: str(role or "nobody"))
def test_every_page_is_open_to_everyone_and_whole_at_every_width(
    visit: Callable[..., Page], site: Site, world: World, app: Flask, role: Role | None
) -> None:
    code = "van-hanh" if role is Role.OPERATOR else world.committee.code
    page = visit(f"{role}.{code}", PASSWORD) if role else visit("", "")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    wrong = {}
    for endpoint, golden in pages(world, role):
        with app.test_request_context():
            values: dict[str, Any] = {**golden.args, **golden.query}
            address = app.url_for(endpoint, **values)
        response = page.goto(address)
        assert response is not None
        assert (endpoint, response.status) == (endpoint, golden.status)
        wrong[endpoint] = wrong_with(page)
    assert {endpoint: found for endpoint, found in wrong.items() if found} == {}
    assert said == []
    assert wrong


def test_no_page_is_left_out(world: World) -> None:
    seen = {endpoint for role in (None, *Role) for endpoint, _ in pages(world, role)}
    readable = {endpoint for endpoint, method in GOLDEN if method == "GET"} - NOT_FOR_PEOPLE
    led_on = {one for one in readable if GOLDEN[one, "GET"](world).status == 302}
    assert seen == readable - led_on
