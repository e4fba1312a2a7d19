"""The drill: a copy taken while people write, brought back elsewhere, loses nothing acknowledged before it was begun."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import Engine, create_engine, text

from bontot import embedded
from bontot.access import Role
from bontot.cli import main
from bontot.db import migrate, roles
from bontot.db.backup import DUMP, MANIFEST, make_backup, read_backup, restore_backup
from bontot.db.catalogue import violations
from bontot.db.tenancy import scope
from bontot.embedded.addresses import postgres_url
from bontot.errors import BackupRefused, DatabaseUnreachable
from bontot.testing.databases import settings_of
from bontot.web import create_app
from bontot.web.database import db
from tests.conftest import Database
from tests.factories import Committee, make_committee


@pytest.fixture(scope="module")
def source(make_database: Callable[[], Database]) -> Database:
    return make_database()


@pytest.fixture(scope="module")
def engine(source: Database) -> Iterator[Engine]:
    made = create_engine(source.database_url)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def committee(engine: Engine) -> Committee:
    return make_committee(engine, "nha", "nhà")


@pytest.fixture
def empty(servers: embedded.Servers, unique: str) -> Database:
    """A database as `db provision` leaves it."""
    name = unique.replace("-", "_")
    with psycopg.connect(servers.addresses.server_url, autocommit=True) as connection:
        roles.provision(connection, name)
    app, owner, superuser = (
        postgres_url(role, servers.addresses.sockets, name) for role in (roles.APP, roles.OWNER, "postgres")
    )
    return Database(app, owner, superuser)


def backup_url(servers: embedded.Servers, database: Database) -> str:
    return database.database_url.replace(f"{roles.APP}@", f"{roles.BACKUP}@")


class Writer(threading.Thread):
    """Writes one numbered row after another until told to stop; `acknowledged` is the last that was committed."""

    def __init__(self, engine: Engine, tenant_id: int) -> None:
        super().__init__(daemon=True)
        self._engine, self._tenant_id = engine, tenant_id
        self.acknowledged, self._over = 0, threading.Event()
        self.begun = threading.Event()

    def run(self) -> None:
        while not self._over.is_set():
            with scope(self._engine, self._tenant_id) as session:
                session.execute(
                    text("""INSERT INTO audit_event (action, subject, subject_id, detail)
                            VALUES ('drill', 'drill', :number, '{}')"""),
                    {"number": self.acknowledged + 1},
                )
            self.acknowledged += 1
            if self.acknowledged == 20:
                self.begun.set()

    def __enter__(self) -> Writer:
        self.start()
        assert self.begun.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()


def numbers(engine: Engine, tenant_id: int) -> list[int]:
    with scope(engine, tenant_id) as session:
        written = text("SELECT subject_id FROM audit_event WHERE action = 'drill' ORDER BY subject_id")
        return list(session.scalars(written))


def test_nothing_acknowledged_before_the_copy_is_lost_and_the_site_serves_on(
    servers: embedded.Servers,
    source: Database,
    engine: Engine,
    committee: Committee,
    empty: Database,
    redis_url: str,
    tmp_path: Path,
) -> None:
    with Writer(engine, committee.tenant_id) as writer:
        acknowledged = writer.acknowledged
        made = make_backup(backup_url(servers, source), tmp_path / "ban-sao")
        while_copying = writer.acknowledged - acknowledged
    brought = restore_backup(empty.owner_url, tmp_path / "ban-sao")
    assert brought == made
    assert while_copying > 0
    assert migrate.is_current(empty.owner_url)
    there = create_engine(empty.database_url)
    kept = numbers(there, committee.tenant_id)
    assert kept == list(range(1, len(kept) + 1))
    assert acknowledged <= len(kept) <= len(numbers(engine, committee.tenant_id))
    all_seeing = create_engine(empty.superuser_url)
    with all_seeing.connect() as connection:
        assert violations(connection) == []
    all_seeing.dispose()
    answers = [shown(app_of(servers, database, redis_url), committee) for database in (source, empty)]
    assert answers[0] == answers[1]
    there.dispose()


def app_of(servers: embedded.Servers, database: Database, redis_url: str) -> Flask:
    return create_app(settings_of(servers, database, redis_url))


def shown(app: Flask, committee: Committee) -> tuple[int, str]:
    """The list of members as the site on that database shows it to the admin."""
    with app.app_context():
        there = Committee(
            db.engine,
            committee.tenant_id,
            committee.code,
            committee.root,
            committee.ward,
            committee.cells,
            committee.accounts,
        )
        answer = there.client(app, Role.TENANT_ADMIN).get("/dang-vien")
        db.engine.dispose()
    return answer.status_code, answer.text.partition("<h1>")[2]


@pytest.fixture(scope="module")
def copy(
    servers: embedded.Servers,
    source: Database,
    committee: Committee,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    folder = tmp_path_factory.mktemp("sao-luu") / "ban-sao"
    make_backup(backup_url(servers, source), folder)
    return folder


def test_a_copy_is_for_its_owner_alone(copy: Path) -> None:
    assert copy.stat().st_mode & 0o777 == 0o700
    assert sorted(path.name for path in copy.iterdir()) == [DUMP, MANIFEST]
    assert (copy / DUMP).stat().st_mode & 0o777 == 0o600


def test_a_damaged_copy_is_refused_before_anything_is_written(
    copy: Path, tmp_path: Path, empty: Database
) -> None:
    damaged = tmp_path / "hong"
    damaged.mkdir()
    (damaged / MANIFEST).write_bytes((copy / MANIFEST).read_bytes())
    (damaged / DUMP).write_bytes((copy / DUMP).read_bytes()[:-1] + b"x")
    with pytest.raises(BackupRefused) as refused:
        restore_backup(empty.owner_url, damaged)
    assert str(refused.value) == (
        f"Bản sao trong {damaged} đã hỏng hoặc bị sửa: bontot.dump không khớp manifest.json."
    )
    with pytest.raises(BackupRefused, match="không phải thư mục do “bontot backup” ghi"):
        read_backup(tmp_path)


def test_a_copy_of_a_later_version_is_not_brought_back(copy: Path, tmp_path: Path, empty: Database) -> None:
    later = tmp_path / "moi-hon"
    later.mkdir()
    (later / DUMP).write_bytes((copy / DUMP).read_bytes())
    said = (copy / MANIFEST).read_text().replace(f'"revision": "{migrate.newest()}"', '"revision": "9999"')
    (later / MANIFEST).write_text(said)
    with pytest.raises(BackupRefused, match="mới hơn chương trình này"):
        restore_backup(empty.owner_url, later)


def test_a_database_in_use_is_left_alone(copy: Path, source: Database) -> None:
    with pytest.raises(BackupRefused) as refused:
        restore_backup(source.owner_url, copy)
    assert str(refused.value) == "Cơ sở dữ liệu này đã có bảng; chỉ khôi phục vào cơ sở dữ liệu trống."


def test_a_copy_does_not_replace_another(servers: embedded.Servers, source: Database, copy: Path) -> None:
    with pytest.raises(BackupRefused) as refused:
        make_backup(backup_url(servers, source), copy)
    assert str(refused.value) == f"Thư mục {copy} đã có; chọn nơi khác."


def test_a_copy_that_failed_leaves_nothing_in_the_way_of_the_next(
    servers: embedded.Servers, source: Database, tmp_path: Path
) -> None:
    gone = backup_url(servers, source).replace("host=", "port=1&host=")
    with pytest.raises(DatabaseUnreachable):
        make_backup(gone, tmp_path / "sao")
    assert list(tmp_path.iterdir()) == []
    assert make_backup(backup_url(servers, source), tmp_path / "sao").rows


def test_the_commands_say_what_they_did(
    servers: embedded.Servers,
    source: Database,
    committee: Committee,
    empty: Database,
    redis_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def run(database: Database, *arguments: str | Path) -> Result:
        monkeypatch.setenv("DATABASE_URL", database.database_url)
        monkeypatch.setenv("DATABASE_OWNER_URL", database.owner_url)
        monkeypatch.setenv("REDIS_URL", redis_url)
        monkeypatch.setenv("BONTOT_SECRET_KEY", "khoá chỉ dùng trong kiểm thử, không bí mật")
        return CliRunner().invoke(main, [str(one) for one in arguments])

    folder = tmp_path / "sao"
    assert run(source, "backup", "--out", folder).output == (
        "Lỗi: Thiết đặt chưa đúng.\n  • thiếu DATABASE_BACKUP_URL: việc này cần vai trò sao lưu (bontot_backup)\n"
    )
    monkeypatch.setenv("DATABASE_BACKUP_URL", backup_url(servers, source))
    saved = run(source, "backup", "--out", folder)
    assert (saved.exit_code, saved.output.startswith("Đã sao lưu ")) == (0, True)
    back = run(empty, "restore", folder)
    assert (back.exit_code, back.output.splitlines()[-1]) == (
        0,
        "Bước tiếp theo: bontot db upgrade, rồi chạy trang web và xem thử.",
    )
