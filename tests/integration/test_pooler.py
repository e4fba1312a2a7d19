"""Everything works through PgBouncer in transaction mode, where every transaction may find another server session."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.exc import DBAPIError

from bontot.access import Role
from bontot.db.models import Job, Member
from bontot.db.pooling import open_engine
from bontot.db.tenancy import scope
from bontot.registry import Registry
from bontot.services.bundle.loading import load_bundle
from bontot.services.bundle.reading import Bundle
from bontot.services.bundle.removing import remove_tenant
from bontot.services.bundle.writing import write_bundle
from bontot.settings import Settings
from bontot.web import create_app
from bontot.web.database import db
from tests.conftest import Database
from tests.factories import Committee, make_committee
from tests.integration.observe import until
from tests.integration.pooler import PROGRAM, SESSIONS, pooled

pytestmark = pytest.mark.skipif(
    not PROGRAM, reason="cần pgbouncer (apt-get install pgbouncer); .ci/run tự cài"
)

AT_ONCE, OFTEN = 8, 20
"""More than there are server sessions, and oftener than the driver waits before it prepares a statement."""


@pytest.fixture
def pooler(database: Database) -> Iterator[str]:
    with pooled(database.database_url) as address:
        yield address


@pytest.fixture
def through(pooler: str) -> Iterator[Engine]:
    """The database through the pooler, as the platform opens it."""
    engine = open_engine(pooler)
    yield engine
    engine.dispose()


@pytest.fixture
def pair(engine: Engine, unique: str) -> tuple[Committee, Committee]:
    return make_committee(engine, unique, "nhà"), make_committee(engine, f"{unique}-khac", "LẠ")


@pytest.fixture
def site(pooler: str, settings: Settings) -> Iterator[Flask]:
    made = create_app(replace(settings, database_url=pooler))
    made.config["WTF_CSRF_ENABLED"] = False
    yield made
    with made.app_context():
        db.engine.dispose()


def names_read(engine: Engine, pair: tuple[Committee, Committee]) -> list[set[str]]:
    """What each of two committees reads of itself when many read at once, over and over."""

    def read(number: int) -> tuple[int, set[str]]:
        which = number % 2
        found: set[str] = set()
        for _ in range(OFTEN):
            with scope(engine, pair[which].tenant_id) as session:
                found |= set(session.scalars(select(Member.full_name)))
        return which, found

    with ThreadPoolExecutor(AT_ONCE) as people:
        read_by = list(people.map(read, range(AT_ONCE)))
    return [set().union(*(found for which, found in read_by if which == one)) for one in (0, 1)]


def test_many_readers_at_once_each_see_their_own_committee(
    through: Engine, engine: Engine, pair: tuple[Committee, Committee]
) -> None:
    assert names_read(through, pair) == names_read(engine, pair)
    own, other = names_read(through, pair)
    assert (len(own), len(other), own & other) == (10, 10, set())


def test_the_planted_fault_is_seen(pooler: str, pair: tuple[Committee, Committee]) -> None:
    """The driver left to itself prepares statements in one session and asks another for them."""
    careless = create_engine(pooler)
    with pytest.raises(DBAPIError, match="prepared statement"):
        names_read(careless, pair)
    careless.dispose()


def test_statements_are_still_prepared_where_no_pooler_stands_between(database: Database) -> None:
    engine = open_engine(database.database_url)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        assert driver.prepare_threshold == 5
    engine.dispose()


def test_the_pages_of_two_committees_are_read_at_once(site: Flask, pair: tuple[Committee, Committee]) -> None:
    markers = ("nhà", "LẠ")

    def look(number: int) -> list[tuple[int, bool]]:
        which = number % 2
        client = pair[which].client(site, Role.COMMITTEE)
        answers = [
            client.get(address, follow_redirects=True)
            for address in ("/", "/chi-bo", "/dang-vien")
            for _ in range(7)
        ]
        other = re.compile(rf"(Chi bộ|Phường|Nguyễn) {markers[1 - which]}")
        return [(answer.status_code, bool(other.search(answer.get_data(as_text=True)))) for answer in answers]

    with ThreadPoolExecutor(AT_ONCE) as people:
        seen = [one for answers in people.map(look, range(AT_ONCE)) for one in answers]
    assert seen == [(200, False)] * AT_ONCE * 21


def test_a_worker_evaluates_a_year(
    site: Flask, pooler: str, pair: tuple[Committee, Committee], settings: Settings, redis_url: str
) -> None:
    environment = os.environ | {
        "DATABASE_URL": pooler,
        "REDIS_URL": redis_url,
        "BONTOT_SECRET_KEY": settings.secret_key,
    }
    with Redis.from_url(redis_url) as redis:
        redis.flushdb()
    client = pair[0].client(site, Role.TENANT_ADMIN)
    asked = client.post("/danh-gia", data={"year": "2023", "form_key": str(uuid4())})
    assert (asked.status_code, asked.headers["Location"].startswith("/viec/")) == (302, True)

    def done() -> bool:
        with scope(pair[0].engine, pair[0].tenant_id) as session:
            states = set(session.scalars(select(Job.state).where(Job.kind == "evaluation")))
        assert "failed" not in states
        return states == {"done"}

    worker = subprocess.Popen([sys.executable, "-m", "bontot", "worker"], env=environment)
    try:
        until(done)
    finally:
        worker.terminate()
        worker.wait(30)
    assert client.get(f"{asked.headers['Location']}").status_code in (200, 302)


def test_a_committee_is_written_out_and_taken_in_and_leaves_nothing_in_a_session(
    through: Engine, pooler: str, database: Database, pair: tuple[Committee, Committee], unique: str
) -> None:
    """Taking in works on a temporary table and with longer limits, which end with the transaction."""
    owner, out = create_engine(database.owner_url), io.BytesIO()
    write_bundle(through, Registry.load(), unique, out, by="thử")
    code, tenant_id = load_bundle(
        through, owner, Bundle(io.BytesIO(out.getvalue())), code=f"{unique}-2", by="thử"
    )
    again = io.BytesIO()
    write_bundle(through, Registry.load(), code, again, by="thử")
    assert len(again.getvalue()) > 1_000
    with scope(through, tenant_id) as session:
        assert session.scalar(text("SELECT count(*) FROM member")) == 20
    left = """SELECT pg_backend_pid(), coalesce(current_setting('app.tenant_id', true), ''), to_regclass('bundle_line'),
                     current_setting('statement_timeout'), current_setting('TimeZone'), count(*)
              FROM pg_prepared_statements"""
    with psycopg.connect(pooler) as one, psycopg.connect(pooler) as two:  # both sessions, held at once
        found = [connection.execute(left).fetchone() for connection in (one, two)]
    assert len({row[0] for row in found if row}) == SESSIONS
    assert [row[1:] for row in found if row] == [("", None, "1min", "Asia/Ho_Chi_Minh", 0)] * SESSIONS
    remove_tenant(owner, tenant_id, by="thử")
    owner.dispose()
