"""Bring a database's tables up to this version of the program. Runs as the owner; the application's role cannot."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from bontot.errors import DatabaseUnreachable, MigrationBusy

# Two upgraders at once take turns on this; any fixed number will do, it names no tenant's lock.
UPGRADE_LOCK = 1_144_020_477
_TURN = f"SELECT set_config('lock_timeout', '60s', true), pg_advisory_xact_lock({UPGRADE_LOCK})"
_RIGHTS = "SELECT set_config('app.migrating', 'on', true), set_config('lock_timeout', '1s', true)"


def upgrade(owner_url: str, revision: str = "head", *, scripts: Path | None = None) -> None:
    """Run the migrations that `owner_url`'s database lacks, up to `revision`, in one transaction.

    Inside it the owner sees every committee's rows (`app.migrating`), and waits one second at most for a table that
    somebody else is using. `scripts` is another folder of migrations than the product's own.
    Raises `DatabaseUnreachable`; `MigrationBusy` when a lock was not to be had (nothing has been changed: try again).
    """
    engine = create_engine(owner_url, poolclass=NullPool)
    event.listen(engine, "begin", _begin)
    try:
        with engine.connect() as connection:
            config = _config(scripts or _scripts())
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
            connection.commit()
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == "55P03":
            raise MigrationBusy from error
        raise DatabaseUnreachable from error
    finally:
        engine.dispose()


def is_current(url: str) -> bool:
    """Whether the database has every migration of this version. Raises `DatabaseUnreachable`."""
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            applied = MigrationContext.configure(connection).get_current_heads()
    except OperationalError as error:
        raise DatabaseUnreachable from error
    finally:
        engine.dispose()
    return ",".join(applied) == newest()


@cache
def newest() -> str:
    """The revision of the tables this version of the program works with."""
    return ",".join(ScriptDirectory.from_config(_config(_scripts())).get_heads())


@cache
def older() -> frozenset[str]:
    """The revisions this version of the program would bring up; one it does not know is of a later version."""
    scripts = ScriptDirectory.from_config(_config(_scripts()))
    return frozenset(script.revision for script in scripts.walk_revisions()) - {newest()}


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(_TURN)
    connection.exec_driver_sql(_RIGHTS)


def _config(scripts: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    return config


def _scripts() -> Path:
    """Where the migrations are: inside the package when it was installed, beside the sources in a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "migrations"
    return installed if installed.exists() else package.parents[2] / "migrations"
