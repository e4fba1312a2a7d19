"""The real site and worker in their own processes, and a real Chromium looking at them."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, sync_playwright
from sqlalchemy import Engine, create_engine

from tests.conftest import Database

CHROMIUM = Path("/usr/bin/chromium")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1280, height=900)
PATIENCE = 60.0
BESIDE = re.compile(r"db=(\d+)")


@dataclass(frozen=True)
class Site:
    """A running instance of the product."""

    address: str
    engine: Engine


@pytest.fixture(scope="session")
def site(
    make_database: Callable[[], Database], redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """`bontot serve` and `bontot worker` on a database and a number in Valkey of their own, so that the worker takes nothing
    from other tests; each module makes its committee in it."""
    database, port = make_database(), _free_port()
    environment = os.environ | {
        "DATABASE_URL": database.database_url,
        "DATABASE_OWNER_URL": database.owner_url,
        "REDIS_URL": BESIDE.sub(lambda found: f"db={int(found[1]) + 8}", redis_url),
        "BONTOT_SECRET_KEY": "khoá chỉ dùng trong kiểm thử, không bí mật",
    }
    log = (tmp_path_factory.mktemp("site") / "log").open("wb")
    verbs = (["serve", "--port", str(port), "--workers", "1"], ["worker"])
    processes = [
        subprocess.Popen([sys.executable, "-m", "bontot", *verb], env=environment, stdout=log, stderr=log)
        for verb in verbs
    ]
    engine = create_engine(database.database_url)
    try:
        _wait(f"http://127.0.0.1:{port}/dang-nhap", processes[0], Path(log.name))
        yield Site(f"http://127.0.0.1:{port}", engine)
    finally:
        engine.dispose()
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(20)
        log.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    if not CHROMIUM.exists():
        pytest.skip("cần chromium của Debian (apt-get install chromium); .ci/run tự cài")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET))
        yield launched
        launched.close()


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Opens the site as a person would: `visit(login, password, phone=True)` is logged in and at home."""
    contexts: list[BrowserContext] = []

    def open_page(login: str, password: str, *, phone: bool = False, javascript: bool = True) -> Page:
        context = browser.new_context(
            viewport=PHONE if phone else DESK,
            locale="vi-VN",
            java_script_enabled=javascript,
            base_url=site.address,
        )
        contexts.append(context)
        page = context.new_page()
        log_in(page, login, password)
        return page

    yield open_page
    for context in contexts:
        context.close()


def log_in(page: Page, login: str, password: str) -> None:
    """Logs in, and comes home."""
    page.goto("/dang-nhap")
    page.get_by_label("Tên đăng nhập").fill(login)
    page.get_by_label("Mật khẩu").fill(password)
    follow(page.get_by_role("button", name="Đăng nhập"))


def follow(leads_on: Locator) -> None:
    """Presses what leads to another page, and comes back when that page is there to be read."""
    with leads_on.page.expect_navigation():
        leads_on.click()


def violations(page: Page) -> list[str]:
    """What axe finds against the guidelines up to AAA, contrast of 7:1 included."""
    levels = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21aa", "wcag22aa", "best-practice"]
    found = Axe().run(page, options={"runOnly": levels}).response
    assert len(found["passes"]) > 20
    return [f"{item['id']}: {item['nodes'][0]['html'][:120]}" for item in found["violations"]]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(address, timeout=5):  # noqa: S310 - our own loopback address
                return
        except URLError:
            time.sleep(0.1)
    pytest.fail(f"trang web không trả lời:\n{log.read_text(errors='replace')[-4000:]}")
