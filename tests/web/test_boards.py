"""A superior sees the year of the cells below at a glance: by month, and by criterion."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import Engine

from bontot.access import Role
from bontot.db.models.meeting import ABSENT_UNEXCUSED
from bontot.db.tenancy import scope
from bontot.evaluation.incremental import rejudge
from bontot.settings import Settings
from bontot.web import create_app
from bontot.web.database import db
from tests.factories import Committee
from tests.web.counting import statements
from tests.web.evaluated import REGISTRY, evaluated, hold, judged
from tests.web.reading import Page


@pytest.fixture(scope="module")
def app(settings: Settings) -> Iterator[Flask]:
    made = create_app(settings, REGISTRY)
    made.config["WTF_CSRF_ENABLED"] = False
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    return evaluated(engine, unique)


def board(app: Flask, committee: Committee, name: str, role: Role = Role.COMMITTEE) -> Page:
    address = f"/to-chuc/{committee.ward.public_id}/{name}?nam=2023"
    return Page(committee.client(app, role).get(address))


def test_each_cell_shows_its_months_with_the_days_it_met(app: Flask, committee: Committee) -> None:
    """Of twelve months two were met in, and ten passed without a meeting."""
    page = board(app, committee, "theo-thang")
    assert page.heading == "Sinh hoạt năm 2023"
    rows = {row[0]: row[1:] for row in page.rows if row[0].startswith("Chi bộ ")}
    assert rows.keys() == {cell.name for cell in committee.cells}
    for months in rows.values():
        assert months == ["", "3/2", "3/3", *[""] * 9, "2/12"]
    html = committee.client(app, Role.COMMITTEE).get(
        f"/to-chuc/{committee.ward.public_id}/theo-thang?nam=2023"
    )
    assert html.get_data(as_text=True).count("Tháng 1: không cố định ngày, không họp") == 2


def test_each_cell_shows_its_criteria_as_they_stand_today(app: Flask, committee: Committee) -> None:
    """Until the year is evaluated the page says so; afterwards a meeting recorded later counts too."""
    words = board(app, committee, "theo-tieu-chi").words
    assert "Năm 2023 chưa được đánh giá Bảng này hiện ra sau lần đánh giá đầu tiên của năm." in words
    judged(committee)

    def stands() -> dict[str, list[str]]:
        page = board(app, committee, "theo-tieu-chi")
        return {row[0]: row[1:] for row in page.rows if row[0].startswith("Chi bộ ")}

    one, two = (cell.name for cell in committee.cells)
    before = stands()
    assert before.keys() == {one, two}
    with scope(committee.engine, committee.tenant_id) as session:
        hold(session, committee, 0, date(2023, 4, 3), dict.fromkeys(range(9), ABSENT_UNEXCUSED))
        rejudge(session, REGISTRY, date(2023, 12, 31))
    after = stands()
    assert after[two] == before[two]
    changed = [(was, now) for was, now in zip(before[one], after[one], strict=True) if was != now]
    assert ("Đạt", "Chưa đạt") in changed


def test_a_ward_sees_its_own_cells_only_and_a_cell_is_led_to_its_page(
    app: Flask, committee: Committee, engine: Engine, unique: str
) -> None:
    other = evaluated(engine, f"{unique}-khac", marker="lạ")
    client = committee.client(app, Role.COMMITTEE)
    for name in ("theo-thang", "theo-tieu-chi"):
        assert client.get(f"/to-chuc/{other.ward.public_id}/{name}").status_code == 404
        assert client.get(f"/to-chuc/{committee.root.public_id}/{name}").status_code == 404
        cell = committee.cells[0].public_id
        found = client.get(f"/to-chuc/{cell}/{name}")
        assert (found.status_code, found.headers["Location"]) == (302, f"/chi-bo/{cell}")
    whole = committee.client(app, Role.TENANT_ADMIN)
    assert whole.get(f"/to-chuc/{committee.root.public_id}/theo-thang").status_code == 200
    judged(committee)
    for wrong in ("nam=abc", "trang=0", "nam=2023&bang=99", "bang=x"):
        address = f"/to-chuc/{committee.root.public_id}/theo-tieu-chi?{wrong}"
        assert whole.get(address).status_code == 404


def test_more_cells_cost_no_more_statements(app: Flask, committee: Committee) -> None:
    """The ward's two cells, and the committee's: the same page, whatever stands on it."""
    judged(committee)
    client = committee.client(app, Role.TENANT_ADMIN)
    for name in ("theo-thang", "theo-tieu-chi"):
        few, many = (
            statements(app, client, f"/to-chuc/{place.public_id}/{name}?nam=2023")
            for place in (committee.ward, committee.root)
        )
        assert few == many
