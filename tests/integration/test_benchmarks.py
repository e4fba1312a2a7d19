"""What the recipes work with: committees made by SQL, the pages they open, the floor that writes what the product writes."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, select

from benchmarks import browsing, committees, security
from benchmarks.committees import Size
from benchmarks.sheet import Sheets
from bontot.db.models import Attendance, AuditEvent, Meeting, SubmittedForm
from bontot.db.tenancy import scope
from bontot.registry import Registry
from bontot.services.accounts import create_account
from bontot.settings import Settings
from bontot.testing.databases import Database, Databases

SMALL = Size(2, 3)
REGISTRY = Registry.load()


@pytest.fixture
def own(make_database: Databases) -> Database:
    return make_database()


@pytest.fixture
def owner(own: Database) -> Iterator[psycopg.Connection]:
    with psycopg.connect(own.superuser_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def reached(own: Database) -> Iterator[Engine]:
    made = create_engine(own.database_url)
    yield made
    made.dispose()


def test_every_page_that_is_measured_is_shown_and_asks_alike_under_the_policy_and_without(
    own: Database, owner: psycopg.Connection, settings: Settings
) -> None:
    mine = committees.load(owner, REGISTRY, SMALL, "do")
    committees.load(owner, REGISTRY, Size(3, 2), "moi", checked=False)
    of_own = browsing.settings_over(settings.data_dir, own.database_url, own.owner_url, settings.redis_url)
    with browsing.opened(of_own, REGISTRY, mine) as site:
        asked = list(security.hot(site, REGISTRY))
    security.write_in(owner, mine)
    assert [one.what for one in asked] == [security.EVALUATION, *(page.what for page in browsing.PAGES)]
    compared = 0
    with psycopg.connect(own.database_url) as product:
        product.execute("SELECT set_config('app.tenant_id', %s, false)", (str(mine),))
        owner.execute("SELECT set_config('app.tenant_id', %s, false)", (str(mine),))
        for query, _ in (query for one in asked for query in one.queries):
            try:
                same = security.same(product, owner, query)
            except psycopg.errors.GroupingError:
                continue
            assert same, query.text
            compared += 1
    assert compared > 100


def test_a_sheet_in_bare_statements_writes_what_the_service_writes(
    owner: psycopg.Connection, reached: Engine
) -> None:
    mine = committees.load(owner, REGISTRY, Size(2, 30), "do")
    owner.execute("DELETE FROM member_state")
    with scope(reached, 0) as session:
        account = create_account(session, "do", "Người đo", browsing.PASSWORD).id
    sheets = Sheets(reached, mine, account, range(3, 5))
    sheets.record(30)
    sheets.write()
    with scope(reached, mine) as session:
        marked, bare = (
            sorted(session.scalars(select(Attendance.mark).where(Attendance.meeting_id == one)).all())
            for one in session.scalars(select(Meeting.id).order_by(Meeting.id.desc()).limit(2))
        )
        assert (len(marked), len(bare)) == (30, 30)
        trail = session.execute(select(AuditEvent.action, AuditEvent.subject, AuditEvent.account_id)).all()
        assert [tuple(one) for one in trail] == [("record_meeting", "meeting", account)] * 2
        assert len(session.scalars(select(SubmittedForm.key)).all()) == 2
