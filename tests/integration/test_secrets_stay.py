"""What opens something to whoever knows it opens one instance: it never travels with a committee."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from sqlalchemy import Engine, LargeBinary, create_engine, text

from bontot.access import Actor, Role
from bontot.clock import today
from bontot.db.base import Base, is_secret
from bontot.db.models import Account, Tenant
from bontot.db.tenancy import PLATFORM, scope
from bontot.errors import BundleRefused, NotFound, TokenRefused
from bontot.registry import Registry
from bontot.services import feeds, tokens
from bontot.services.accounts import create_account, grant_role, set_password
from bontot.services.bundle import contents, reading
from bontot.services.bundle.contents import columns_of, tables
from bontot.services.bundle.loading import load_bundle
from bontot.services.bundle.reading import Bundle
from bontot.services.bundle.writing import write_bundle
from tests.conftest import Database

REGISTRY = Registry.load()
OPENING = re.compile(r"secret|password|hash|totp|recovery|signing")
"""How columns are called that open something."""
OPENING_NOTHING = {"content", "findings", "sha256"}
"""Columns of bytes that are no secret: a workbook or paper, its digest, and figures packed together."""


class Host:
    """One instance with the engines of its roles."""

    def __init__(self, database: Database) -> None:
        self.app, self.owner = create_engine(database.database_url), create_engine(database.owner_url)

    def export(self) -> bytes:
        out = io.BytesIO()
        write_bundle(self.app, REGISTRY, "nha", out, by="thử")
        return out.getvalue()

    def take_in(self, archive: bytes) -> int:
        return load_bundle(self.app, self.owner, Bundle(io.BytesIO(archive)), by="thử")[1]


@pytest.fixture
def host(make_database: Callable[[], Database]) -> Iterator[Callable[[], Host]]:
    made: list[Host] = []

    def make() -> Host:
        made.append(Host(make_database()))
        return made[-1]

    yield make
    for one in made:
        for engine in (one.app, one.owner):
            engine.dispose()


def settle(engine: Engine) -> tuple[int, str, str]:
    """A committee with an administrator, who gives a token and a calendar address away; their secrets."""
    with scope(engine, PLATFORM) as session:
        tenant, account = (
            Tenant(code="nha", name="Đảng bộ"),
            create_account(session, "quan-tri.nha", "Trần Thị Hà", "ngựa sắt đồng xanh cửa sổ"),
        )
        session.add(tenant)
        session.flush()
        tenant_id, account_id = tenant.id, account.id
    with scope(engine, tenant_id) as session:
        session.execute(text("INSERT INTO organisation (founded_on) VALUES ('2020-01-01')"))
        place = session.scalar(text("SELECT id FROM organisation"))
        session.execute(
            text("""INSERT INTO organisation_period
                      (organisation_id, valid_from, name, code, type, sector, sort_key)
                    VALUES (:place, '2020-01-01', 'Chi bộ', '01', 'grassroots_cell', 'residential', '01')"""),
            {"place": place},
        )
        grant = grant_role(session, account_id, Role.TENANT_ADMIN, valid_from=date(2023, 1, 1))
        actor = Actor(account_id=grant.account_id, name="Hà", role=Role.TENANT_ADMIN, tenant_id=tenant_id)
        token = tokens.issue(
            session,
            actor,
            name="Kế toán",
            role=Role.TENANT_ADMIN,
            organisation_id=None,
            scopes=["members:read"],
            days=30,
        )
        address = feeds.open_feed(session, actor, place)
    return tenant_id, token, address


def opens(engine: Engine, tenant_id: int, token: str, address: str) -> tuple[bool, bool]:
    """Whether a token and a calendar address of the committee open it here."""
    with scope(engine, tenant_id) as session:
        try:
            tokens.recognise(session, token)
            by_token = True
        except TokenRefused:
            by_token = False
        try:
            feeds.read_feed(session, REGISTRY, address)
            by_address = True
        except NotFound:
            by_address = False
    return by_token, by_address


def live(engine: Engine, tenant_id: int) -> tuple[int, int]:
    """How many tokens and calendar addresses are shown as working."""
    with scope(engine, tenant_id) as session:
        day, account = today(session), session.scalar(text("SELECT account_id FROM role_grant"))
        return len(tokens.tokens_of(session, day)), len(feeds.feeds_of(session, account, day))


def test_a_token_and_a_calendar_address_open_the_instance_that_gave_them_and_no_other(
    host: Callable[[], Host],
) -> None:
    """Both instances are empty before, so the committee has the same number in both, and the secrets would fit."""
    old, new = host(), host()
    tenant_id, token, address = settle(old.app)
    archive = old.export()
    assert new.take_in(archive) == tenant_id
    assert opens(old.app, tenant_id, token, address) == (True, True)
    assert opens(new.app, tenant_id, token, address) == (False, False)
    assert (live(old.app, tenant_id), live(new.app, tenant_id)) == ((1, 1), (0, 0))
    assert new.export() == archive


def test_the_planted_fault_is_seen(host: Callable[[], Host], monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive that carries every column opens both."""
    monkeypatch.setattr(contents, "is_secret", lambda _: False)
    old, new = host(), host()
    tenant_id, token, address = settle(old.app)
    new.take_in(old.export())
    assert opens(new.app, tenant_id, token, address) == (True, True)


def test_an_archive_that_brings_a_secret_is_refused(host: Callable[[], Host]) -> None:
    """As one that somebody added his own token to."""
    old = host()
    settle(old.app)
    with zipfile.ZipFile(io.BytesIO(old.export())) as opened:
        files = {name: opened.read(name) for name in opened.namelist()}
    row = json.loads(files["tables/api_token.jsonl"]) | {"secret_hash": "\\x00"}
    files["tables/api_token.jsonl"] = json.dumps(row).encode() + b"\n"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    with pytest.raises(BundleRefused) as refused:
        reading.Bundle(packed)
    assert str(refused.value) == "tables/api_token.jsonl, dòng 1: không đúng dạng của phiên bản này."


def test_no_password_or_session_travels_and_one_set_there_does_not_work_here(
    host: Callable[[], Host],
) -> None:
    old, new = host(), host()
    settle(old.app)
    archive = old.export()
    new.take_in(archive)
    hashes = []
    for one in (old, new):
        with scope(one.app, PLATFORM) as session:
            hashes.append(session.query(Account.password_hash).scalar())
            assert session.scalar(text("SELECT count(*) FROM login_session")) == 0
    assert hashes[0] != hashes[1]
    assert hashes[0].encode() not in archive
    with scope(new.app, PLATFORM) as session:
        set_password(session, "quan-tri.nha", "bàn gỗ lim mưa phùn ấm chè")
    assert new.export() == archive


def test_every_column_that_opens_something_is_declared_and_may_stay_behind() -> None:
    """A new table's secret is found by its name, and forgotten by no one."""
    columns = {(t.name, c.name): c for t in Base.metadata.tables.values() for c in t.columns}
    secret = {at for at, column in columns.items() if is_secret(column)}
    suspect = {
        at
        for at, column in columns.items()
        if OPENING.search(at[1]) or (isinstance(column.type, LargeBinary) and at[1] not in OPENING_NOTHING)
    }
    assert suspect == secret
    assert secret >= {
        ("account", "password_hash"),
        ("api_token", "secret_hash"),
        ("calendar_feed", "token_hash"),
        ("login_session", "secret_hash"),
    }
    of_tenants = {table.name: table for table in tables()}
    for table, column in secret:
        if table in of_tenants:
            assert columns[table, column].nullable, f"{table}.{column} phải có thể trống"
            assert column not in columns_of(of_tenants[table])
