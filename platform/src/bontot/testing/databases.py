"""Real databases for tests: servers of the run's own, and as many new databases as are asked for."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from itertools import count

import psycopg
from psycopg import sql

from bontot import embedded
from bontot.commands.attach import prepare
from bontot.db import migrate, roles
from bontot.embedded.addresses import DATABASE, postgres_url
from bontot.embedded.locks import Lock
from bontot.settings import Settings


@dataclass(frozen=True)
class Database:
    """Addresses of one database, a role each."""

    database_url: str
    owner_url: str
    superuser_url: str


@dataclass(frozen=True)
class Databases:
    """New databases of one worker of the run, each as an instance finds it before its first committee: every migration
    and the days off, nothing else."""

    servers: embedded.Servers
    worker: str
    _numbers: count[int] = field(default_factory=count)

    def __call__(self) -> Database:
        """One more."""
        self._template()
        name = f"test_{self.worker}_{os.getpid()}_{next(self._numbers)}"
        with psycopg.connect(self.servers.addresses.server_url, autocommit=True) as connection:
            create = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
            connection.execute(create.format(*map(sql.Identifier, (name, roles.OWNER, DATABASE))))
            roles.open_database(connection, name)
        app, owner, superuser = (
            postgres_url(role, self.servers.addresses.sockets, name)
            for role in (roles.APP, roles.OWNER, "postgres")
        )
        return Database(app, owner, superuser)

    def _template(self) -> None:
        """Made by whoever comes first."""
        with Lock(self.servers.data_dir / "lock" / "template") as lock:
            lock.take()
            if not migrate.is_current(self.servers.owner_url):
                whole = Database(self.servers.database_url, self.servers.owner_url, "")
                prepare(settings_of(self.servers, whole, self.servers.redis_url))


def settings_of(servers: embedded.Servers, database: Database, redis_url: str) -> Settings:
    """An instance on one of the databases."""
    return Settings(
        hosted=False,
        data_dir=servers.data_dir,
        database_url=database.database_url,
        owner_url=database.owner_url,
        redis_url=redis_url,
        secret_key="khoá chỉ dùng trong kiểm thử, không bí mật",  # noqa: S106 - opens nothing
    )
