"""What a fault leaves in the log: ids and places, never what people entered."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
from flask import Flask

from bontot.access import Permission, Role, Scope
from bontot.log import formatter
from bontot.settings import Settings
from bontot.web import create_app
from bontot.web.database import db
from bontot.web.routing import declare
from tests.factories import make_committee

SECRET = "Nguyễn Thị Bí Mật"
KEY = "bt1-dia-chi-la-chia-khoa"
"""What stands in an address."""


@pytest.fixture
def faulty(settings: Settings) -> Iterator[Flask]:
    """The site with a page that fails over a personal value, and says so in its error."""
    app = create_app(settings)

    def fail(what: str) -> str:
        return str(int(SECRET + what))

    declare(fail, Permission.VIEW_HOME, Scope.TENANT)
    app.add_url_rule("/hong/<what>", "hong", fail)
    yield app
    with app.app_context():
        db.engine.dispose()


def test_a_fault_is_logged_with_ids_and_shown_by_its_code_only(faulty: Flask, unique: str) -> None:
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(formatter())
    faulty.logger.addHandler(handler)
    with faulty.app_context():
        committee = make_committee(db.engine, unique, "nhà")
    response = committee.client(faulty, Role.MEMBER).get(f"/hong/{KEY}?tim={KEY}")
    faulty.logger.removeHandler(handler)
    events = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert response.status_code == 500
    assert {(event["tenant"], event["account"], event["route"]) for event in events} == {
        (committee.tenant_id, committee.accounts[Role.MEMBER], "hong")
    }
    assert events[0]["request"] in response.get_data(as_text=True)
    assert "ValueError" in lines.getvalue()
    assert "ValueError" not in response.get_data(as_text=True)
    assert SECRET not in response.get_data(as_text=True) + lines.getvalue()
    assert KEY not in lines.getvalue()
