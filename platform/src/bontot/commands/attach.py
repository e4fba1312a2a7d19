"""What the verbs share: which instance they work on, and that its servers run while they do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine, select
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.pool import NullPool

from bontot import embedded, log
from bontot.clock import today
from bontot.db import migrate
from bontot.db.models import Tenant
from bontot.db.pooling import open_engine
from bontot.db.tenancy import PLATFORM, TenantSession, scope
from bontot.errors import BrokerUnreachable, DatabaseNotReady, DatabaseUnreachable, SettingsError
from bontot.jobs.evaluation import follow
from bontot.registry import Registry
from bontot.services import holidays
from bontot.settings import Settings

LACKS_TABLES = frozenset({"42P01", "42703"})
"""PostgreSQL's codes for a table or column that is not there."""
PATIENCE = 5.0  # seconds for a server to answer

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
        log.configure()
        with running(settings), in_words():
            return verb(settings, *args, **kwargs)

    return run


@contextmanager
def in_words() -> Iterator[None]:
    """Says in a sentence that the database cannot be reached, or lacks this version's tables.

    Raises `DatabaseUnreachable`, `DatabaseNotReady`.
    """
    try:
        yield
    except OperationalError as error:
        raise DatabaseUnreachable from error
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) in LACKS_TABLES:
            raise DatabaseNotReady from error
        raise


def reach(settings: Settings) -> None:
    """Makes sure that hosted servers answer and hold this version's tables. Raises as `in_words`, or `BrokerUnreachable`."""
    with in_words(), database(settings) as engine, scope(engine, PLATFORM) as session:
        session.execute(select(Tenant.id).limit(1))
    broker = Redis.from_url(settings.redis_url, socket_timeout=PATIENCE)
    try:
        broker.ping()
    except RedisError as error:
        raise BrokerUnreachable from error
    finally:
        broker.close()


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
    migrate.upgrade(owner_url(settings))
    engine = open_engine(settings.database_url, poolclass=NullPool)
    with scope(engine, PLATFORM) as session:
        holidays.seed(session, Registry.load(settings.plugins_off))


def owner_url(settings: Settings) -> str:
    """The database as the owner of its tables reaches it. Raises `SettingsError` where that address is not known."""
    if settings.owner_url is None:
        raise SettingsError(("thiếu DATABASE_OWNER_URL: việc này cần vai trò sở hữu cơ sở dữ liệu",))
    return settings.owner_url


@contextmanager
def changing(engine: Engine, tenant_id: int, registry: Registry) -> Iterator[TenantSession]:
    """One transaction in a committee's scope that may change its records, with what such a change brings with it."""
    with scope(engine, tenant_id) as session:
        yield session
        follow(session, registry, today(session))


@contextmanager
def database(settings: Settings) -> Iterator[Engine]:
    """The instance's records, for the time of one verb."""
    with _engine(settings.database_url) as engine:
        yield engine


@contextmanager
def owned(settings: Settings) -> Iterator[Engine]:
    """The same as their owner, for what the application's role may not do. Raises `SettingsError`."""
    with _engine(owner_url(settings)) as engine:
        yield engine


@contextmanager
def _engine(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()
