"""Real servers for the tests: one PostgreSQL and one Valkey a run, one database and one Valkey number a worker.

The servers belong to no process: each worker uses them, and they stop with the last one, however it ends.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import hypothesis
import psycopg
import pytest
from flask import Flask
from psycopg import sql
from sqlalchemy import Engine, create_engine

from bontot import embedded
from bontot.commands.attach import prepare
from bontot.db import migrate, roles
from bontot.embedded.addresses import DATABASE, postgres_url
from bontot.embedded.locks import Lock
from bontot.settings import PREFIX, Settings
from bontot.web import create_app
from bontot.web.database import db

hypothesis.settings.register_profile("thorough", max_examples=2_000)
"""For `./bontot test … --hypothesis-profile thorough`: committees by the thousand where a run otherwise draws fifty."""

_NUMBERS = count(1)
SERVERS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
RUN_FOLDER = "BONTEST_FOLDER"  # inherited by the workers of one run


@dataclass(frozen=True)
class Database:
    """Addresses of one database, a role each."""

    database_url: str
    owner_url: str
    superuser_url: str


def pytest_configure(config: pytest.Config) -> None:
    for name in [name for name in os.environ if name.startswith(PREFIX) or name in SERVERS]:
        del os.environ[name]  # a developer's own instance is none of the tests' business
    if not hasattr(config, "workerinput"):
        os.environ[RUN_FOLDER] = tempfile.mkdtemp(prefix="bontest-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(RUN_FOLDER), ignore_errors=True)


@pytest.fixture(scope="session")
def servers() -> Iterator[embedded.Servers]:
    """The run's servers, fast and forgetful."""
    with embedded.start(Path(os.environ[RUN_FOLDER]), durable=False) as started:
        yield started


@pytest.fixture(scope="session")
def make_database(servers: embedded.Servers, worker_id: str) -> Callable[[], Database]:
    """Gives a new database at each call, as an instance finds it before its first committee: every migration and the days
    off, nothing else."""
    with Lock(servers.data_dir / "lock" / "template") as lock:
        lock.take()
        if not migrate.is_current(servers.owner_url):
            whole = Database(servers.database_url, servers.owner_url, "")
            prepare(_settings(servers, whole, servers.redis_url))
    made = iter(range(1_000_000))

    def make() -> Database:
        name = f"test_{worker_id}_{next(made)}"
        with psycopg.connect(servers.addresses.server_url, autocommit=True) as connection:
            create = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
            connection.execute(create.format(*map(sql.Identifier, (name, roles.OWNER, DATABASE))))
            roles.open_database(connection, name)
        app, owner, superuser = (
            postgres_url(role, servers.addresses.sockets, name)
            for role in (roles.APP, roles.OWNER, "postgres")
        )
        return Database(app, owner, superuser)

    return make


@pytest.fixture(scope="session")
def database(make_database: Callable[[], Database]) -> Database:
    """The worker's own database, shared by its tests: what a test writes, the next one finds."""
    return make_database()


@pytest.fixture
def fresh_database(make_database: Callable[[], Database]) -> Database:
    """A database of this test's own."""
    return make_database()


@pytest.fixture(scope="session")
def database_url(database: Database) -> str:
    """The worker's database as the application reaches it."""
    return database.database_url


@pytest.fixture(scope="session")
def owner_url(database: Database) -> str:
    """The worker's database as migrations reach it."""
    return database.owner_url


@pytest.fixture(scope="session")
def engine(database: Database) -> Iterator[Engine]:
    """The worker's database as the application reaches it, pooled."""
    made = create_engine(database.database_url)
    yield made
    made.dispose()


@pytest.fixture
def unique() -> str:
    """A committee code nobody else uses."""
    return f"thu-{next(_NUMBERS)}"


@pytest.fixture(scope="session")
def redis_url(servers: embedded.Servers, worker_id: str) -> str:
    """The worker's own number in Valkey."""
    number = int(worker_id.removeprefix("gw")) + 1 if worker_id.startswith("gw") else 0
    return f"{servers.redis_url}?db={number}"


@pytest.fixture(scope="session")
def settings(servers: embedded.Servers, database: Database, redis_url: str) -> Settings:
    """An instance on the worker's own database and Valkey number."""
    return _settings(servers, database, redis_url)


def _settings(servers: embedded.Servers, database: Database, redis_url: str) -> Settings:
    return Settings(
        hosted=False,
        data_dir=servers.data_dir,
        database_url=database.database_url,
        owner_url=database.owner_url,
        redis_url=redis_url,
        secret_key="khoá chỉ dùng trong kiểm thử, không bí mật",
    )


@pytest.fixture(scope="session")
def app(settings: Settings) -> Iterator[Flask]:
    """The site on the worker's database. Forms need no guard here; one test of its own switches it on."""
    made = create_app(settings)
    made.config["WTF_CSRF_ENABLED"] = False
    yield made
    with made.app_context():
        db.engine.dispose()
