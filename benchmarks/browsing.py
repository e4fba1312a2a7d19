"""The site over one database, opened by people who logged in as people do; and the pages they open."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from benchmarks.committees import YEAR
from bontot.access import Role
from bontot.db.tenancy import PLATFORM, scope
from bontot.registry import Registry
from bontot.services.accounts import create_account, grant_role
from bontot.settings import Settings
from bontot.web import create_app
from bontot.web.database import db

PASSWORD = "mật khẩu chỉ để đo cho biết"  # noqa: S105 - of accounts that live for one run
_GUARD = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_PLACES = text("""
SELECT o.public_id, p.type, o.id FROM organisation AS o JOIN organisation_period AS p ON p.organisation_id = o.id
ORDER BY o.id
""")
_PEOPLE = text("SELECT public_id FROM member ORDER BY id LIMIT 1000")
_MEETINGS = text("""
SELECT o.public_id, m.public_id FROM meeting AS m JOIN organisation AS o ON o.id = m.organisation_id
WHERE m.year = :year AND m.kind = 'regular' ORDER BY m.id LIMIT 1000
""")


class Page(NamedTuple):
    """A page as people know it, who opens it, and its address."""

    what: str
    role: Role
    address: str


ADMIN, SECRETARY = Role.TENANT_ADMIN, Role.CELL_SECRETARY
PAGES = (
    Page("việc hôm nay", ADMIN, "/"),
    Page("việc hôm nay của chi bộ", SECRETARY, "/"),
    Page("lịch tháng", ADMIN, f"/lich?thang={YEAR}-{{month:02}}"),
    Page("cây tổ chức", ADMIN, "/to-chuc"),
    Page("danh sách đảng viên", ADMIN, "/dang-vien"),
    Page("tìm đảng viên", ADMIN, "/dang-vien?tim=nguyen van {number}"),
    Page("bảng của đảng ủy", ADMIN, f"/to-chuc/{{ward}}?nam={YEAR}"),
    Page("bảng theo tháng", ADMIN, f"/to-chuc/{{ward}}/theo-thang?nam={YEAR}"),
    Page("bảng theo tiêu chí", ADMIN, f"/to-chuc/{{ward}}/theo-tieu-chi?nam={YEAR}"),
    Page("đảng viên của đảng ủy", ADMIN, "/to-chuc/{ward}/dang-vien"),
    Page("đảng phí cấp dưới", ADMIN, f"/to-chuc/{{ward}}/dang-phi?ky={YEAR}-{{month:02}}"),
    Page("báo cáo năm", ADMIN, f"/to-chuc/{{ward}}/van-ban/bao-cao/{YEAR}"),
    Page("kết quả đánh giá", ADMIN, f"/danh-gia?nam={YEAR}"),
    Page("xét tiêu chí", ADMIN, f"/xet-tieu-chi?nam={YEAR}"),
    Page("năm của chi bộ", ADMIN, f"/chi-bo/{{cell}}?nam={YEAR}"),
    Page("điểm danh", ADMIN, f"/chi-bo/{{cell}}/ghi-nhan?ngay={YEAR}-{{month:02}}-28"),
    Page("buổi sinh hoạt", ADMIN, "/chi-bo/{cell_of_meeting}/sinh-hoat/{meeting}"),
    Page("nhiệm vụ", ADMIN, "/chi-bo/{cell}/nhiem-vu"),
    Page("sổ đảng phí", ADMIN, f"/chi-bo/{{cell}}/dang-phi?ky={YEAR}-{{month:02}}"),
    Page("hồ sơ đảng viên", ADMIN, f"/dang-vien/{{member}}?nam={YEAR}"),
)


@dataclass
class Site:
    """One committee's site. Every turn opens a page of another ward, cell, member or meeting."""

    app: Flask
    engine: Engine
    tenant: int
    clients: dict[Role, FlaskClient]
    wards: list[str]
    cells: list[str]
    members: list[str]
    meetings: list[tuple[str, str]]

    def open(self, page: Page, turn: int) -> None:
        """Opens a page as the browser of its role. Raises AssertionError for anything but the page."""
        address = self.address(page, turn)
        answer = self.clients[page.role].get(address)
        if answer.status_code != 200:
            raise AssertionError(f"{address}: {answer.status}")

    def address(self, page: Page, turn: int) -> str:
        """Its address in a turn."""
        cell_of_meeting, meeting = self.meetings[turn * 7 % len(self.meetings)]
        return page.address.format(
            month=1 + turn % 12,
            number=1 + turn % 500,
            ward=self.wards[turn % len(self.wards)],
            cell=self.cells[turn * 3 % len(self.cells)],
            member=self.members[turn * 5 % len(self.members)],
            cell_of_meeting=cell_of_meeting,
            meeting=meeting,
        )


@contextmanager
def opened(settings: Settings, registry: Registry, tenant: int) -> Iterator[Site]:
    """The site over a database, with an admin and the secretary of the first cell of a committee."""
    app = create_app(settings, registry)
    with app.app_context():
        engine = db.engine
    with scope(engine, tenant) as session:
        places = session.execute(_PLACES).all()
        people = session.scalars(_PEOPLE).all()
        meetings = session.execute(_MEETINGS, {"year": YEAR}).all()
    wards, cells = (
        [place for place in places if place.type == kind]
        for kind in ("grassroots_committee", "subordinate_cell")
    )
    clients = {
        ADMIN: _logged_in(app, engine, tenant, ADMIN, None),
        SECRETARY: _logged_in(app, engine, tenant, SECRETARY, cells[0].id),
    }
    yield Site(
        app,
        engine,
        tenant,
        clients,
        [str(place.public_id) for place in wards],
        [str(place.public_id) for place in cells],
        [str(one) for one in people],
        [(str(cell), str(meeting)) for cell, meeting in meetings],
    )
    engine.dispose()


def _logged_in(app: Flask, engine: Engine, tenant: int, role: Role, place: int | None) -> FlaskClient:
    """A browser that has filled in the log-in form."""
    login = f"do-{tenant}-{secrets.token_hex(4)}"
    with scope(engine, PLATFORM) as session:
        account = create_account(session, login, "Người đo", PASSWORD).id
    with scope(engine, tenant) as session:
        grant_role(session, account, role, organisation_id=place, valid_from=date(YEAR, 1, 1))
    client = app.test_client()
    guard = _GUARD.search(client.get("/dang-nhap").get_data(as_text=True))
    if guard is None:
        raise AssertionError("the log-in form has no guard")
    sent = {"login": login, "password": PASSWORD, "csrf_token": guard[1]}
    answer = client.post("/dang-nhap", data=sent)
    if answer.status_code != 302:
        raise AssertionError(f"nobody was let in: {answer.status}")
    return client


def settings_over(servers_folder: Path, database_url: str, owner_url: str, redis_url: str) -> Settings:
    """An instance on a database of its own."""
    return Settings(
        hosted=False,
        data_dir=servers_folder,
        database_url=database_url,
        owner_url=owner_url,
        redis_url=redis_url,
        secret_key=secrets.token_hex(16),
    )
