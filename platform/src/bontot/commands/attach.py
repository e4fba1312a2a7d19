"""What the verbs share: which instance they work on, and that its servers run while they do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool

from bontot import embedded
from bontot.db import migrate
from bontot.db.tenancy import PLATFORM, scope
from bontot.errors import SettingsError
from bontot.registry import Registry
from bontot.services import holidays
from bontot.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")


def attached(verb: Callable[Concatenate[Settings, P], R]) -> Callable[P, R]:
    """Give `verb` the instance's `Settings` first, with its servers running and its tables up to date.

    Embedded servers are shared with whoever runs them already and stop with their last user; hosted servers are taken
    as they are.
    """

    @wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        settings = Settings.from_environment()
        with running(settings):
            return verb(settings, *args, **kwargs)

    return run


@contextmanager
def running(settings: Settings) -> Iterator[None]:
    """Keep the instance's own servers running, with every migration; does nothing for hosted ones."""
    if settings.hosted or settings.owner_url is None:
        yield
        return
    with embedded.start(settings.data_dir):
        if not migrate.is_current(settings.owner_url):
            prepare(settings)
        yield


def prepare(settings: Settings) -> None:
    """Bring the tables up to this version and fill in the calendar of days off; safe to repeat.

    Raises `SettingsError` where the owner's address is not known.
    """
    if settings.owner_url is None:
        raise SettingsError(("thiếu DATABASE_OWNER_URL: việc này cần vai trò sở hữu cơ sở dữ liệu",))
    migrate.upgrade(settings.owner_url)
    engine = create_engine(settings.database_url, poolclass=NullPool)
    with scope(engine, PLATFORM) as session:
        holidays.seed(session, Registry.load(settings.plugins_off))


@contextmanager
def database(settings: Settings) -> Iterator[Engine]:
    """The instance's records, for the time of one verb."""
    engine = create_engine(settings.database_url, hide_parameters=True)  # errors carry no personal values
    try:
        yield engine
    finally:
        engine.dispose()
