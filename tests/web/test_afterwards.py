"""What reaches outside happens once the request is committed, and never otherwise."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from bontot.access import Permission, Role, Scope
from bontot.db.models import AuditEvent
from bontot.db.tenancy import scope
from bontot.errors import InvalidInput
from bontot.services.audit import note
from bontot.settings import Settings
from bontot.web import create_app
from bontot.web.database import db, session
from bontot.web.request import afterwards
from bontot.web.routing import declare
from tests.factories import Committee


@pytest.fixture
def told(settings: Settings, committee: Committee) -> Iterator[tuple[Flask, list[list[str]]]]:
    """A site with two pages that write and then reach outside: one that stands, one that is refused. What was committed by
    the time of each reaching is put in the list."""
    app, heard = create_app(settings), list[list[str]]()

    def reach_outside() -> None:
        with scope(committee.engine, committee.tenant_id) as other:
            heard.append(list(other.scalars(select(AuditEvent.action).where(AuditEvent.action == "stood"))))

    def write() -> None:
        note(session(), "stood", "tenant", None, None)
        afterwards(reach_outside)

    def stand() -> str:
        write()
        assert heard == []
        return "xong"

    def fall() -> str:
        write()
        raise InvalidInput

    for name, view in (("stand", stand), ("fall", fall)):
        declare(view, Permission.VIEW_HOME, Scope.TENANT)
        app.add_url_rule(f"/{name}", name, view)
    yield app, heard
    with app.app_context():
        db.engine.dispose()


def test_it_happens_after_the_commit(told: tuple[Flask, list[list[str]]], committee: Committee) -> None:
    app, heard = told
    assert committee.client(app, Role.MEMBER).get("/stand").status_code == 200
    assert heard == [["stood"]]


def test_it_does_not_happen_when_the_request_is_refused(
    told: tuple[Flask, list[list[str]]], committee: Committee
) -> None:
    app, heard = told
    assert committee.client(app, Role.MEMBER).get("/fall").status_code == 422
    assert heard == []
