"""What the platform's own tests share. Servers and databases come from `bontot.testing.pytest_plugin`, which authors of
plugins use too: one PostgreSQL and one Valkey a run, one database and one Valkey number a worker."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count

import hypothesis
import pytest
from flask import Flask

from bontot import embedded
from bontot.settings import PREFIX, Settings
from bontot.testing.databases import Database as Database
from bontot.testing.databases import settings_of
from bontot.web import create_app
from bontot.web.database import db
from tests.receiver import Certificate, Receiver, make_certificate, receiving

hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")
"""No test asserts on time: a busy machine is no fault of what it tests."""
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=2_000)
"""For `./bontot test … --hypothesis-profile thorough`: committees by the thousand where a run otherwise draws fifty."""

_NUMBERS = count(1)
SERVERS = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_BACKUP_URL", "REDIS_URL")


def pytest_configure() -> None:
    for name in [name for name in os.environ if name.startswith(PREFIX) or name in SERVERS]:
        del os.environ[name]  # a developer's own instance is none of the tests' business


@pytest.fixture(scope="session")
def database_url(database: Database) -> str:
    """The worker's database as the application reaches it."""
    return database.database_url


@pytest.fixture(scope="session")
def owner_url(database: Database) -> str:
    """The worker's database as migrations reach it."""
    return database.owner_url


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
    return settings_of(servers, database, redis_url)


@pytest.fixture(scope="session")
def app(settings: Settings) -> Iterator[Flask]:
    """The site on the worker's database. Forms need no guard here; one test of its own switches it on."""
    made = create_app(settings)
    made.config["WTF_CSRF_ENABLED"] = False
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate by an authority that only the tests believe."""
    return make_certificate(tmp_path_factory.mktemp("chung-thu"))


@pytest.fixture
def receiver(certificate: Certificate) -> Iterator[Receiver]:
    """A program that takes messages over TLS."""
    with receiving(certificate) as found:
        yield found
