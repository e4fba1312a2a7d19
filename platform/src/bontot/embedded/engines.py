"""The two servers: how each is made, started, asked whether it is ready, and stopped.

Both run with their own data folder as working directory and name everything relative to it, so that neither the depth
of the data folder nor the rights on the folders above it matter.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import psycopg
import redis

from bontot import processes
from bontot.db import roles
from bontot.embedded import programs
from bontot.embedded.addresses import DATABASE, VALKEY_SOCKET, Addresses
from bontot.embedded.programs import Programs

# PostgreSQL looks its data folder up by name; this name is readable by whoever works in it.
HERE = "/proc/self/cwd" if Path("/proc/self/cwd").exists() else "."
LOG_LIMIT = 10_000_000  # bytes; a longer log is set aside when its server starts

POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_directories": "../run",
    "unix_socket_permissions": "0700",
    "log_error_verbosity": "terse",  # DETAIL lines and statements carry personal values
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
    "log_timezone": "Asia/Ho_Chi_Minh",
    "log_line_prefix": "%m [%p] ",
    "max_connections": "100",
}
FAST_POSTGRES_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "64MB",
    "io_method": "sync",
}


@dataclass(frozen=True, slots=True)
class Postgres:
    """PostgreSQL under `servers/postgres`, with the database and the roles of the product."""

    name: ClassVar[str] = "postgres"
    patience: ClassVar[float] = 300  # seconds; recovery after a crash replays the log
    data_dir: Path
    programs: Programs
    durable: bool

    @property
    def folder(self) -> Path:
        return self.data_dir / "servers" / "postgres"

    def prepare(self) -> None:
        """Make the cluster if there is none and end what a killed keeper left running."""
        if not self.folder.exists():
            self._initialise()
        processes.clear(self.folder, "postgres", signal_number=signal.SIGINT, seconds=30)
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        for leftover in (self.data_dir / "servers" / "run").glob(".s.PGSQL.*"):
            leftover.unlink(missing_ok=True)

    def _initialise(self) -> None:
        """`initdb` beside the folder it becomes: a folder that exists is a whole cluster."""
        draft = self.folder.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self.programs.give(draft)
        command: list[Path | str] = [
            self.programs.initdb, "--pgdata", HERE, "--username=postgres", "--auth=trust", "--encoding=UTF8",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions",
        ]  # fmt: skip
        programs.run(command if self.durable else [*command, "--no-sync"], self.programs.identity, draft)
        draft.rename(self.folder)

    def spawn(self) -> subprocess.Popen[bytes]:
        settings = POSTGRES_SETTINGS | ({} if self.durable else FAST_POSTGRES_SETTINGS)
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return _spawn(self, [str(self.programs.postgres), "-D", HERE, *options], signal.SIGINT)

    def answers(self) -> bool:
        addresses = Addresses.of(self.data_dir)
        try:
            with psycopg.connect(addresses.server_url, autocommit=True, connect_timeout=5) as connection:
                roles.provision(connection, DATABASE)
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        processes.end(process, steps=((signal.SIGINT, 30), (signal.SIGQUIT, 10)))


@dataclass(frozen=True, slots=True)
class Valkey:
    """Valkey under `servers/valkey`."""

    name: ClassVar[str] = "valkey"
    patience: ClassVar[float] = 60
    data_dir: Path
    programs: Programs
    durable: bool

    @property
    def folder(self) -> Path:
        return self.data_dir / "servers" / "valkey"

    def prepare(self) -> None:
        """Make the data folder if there is none and end what a killed keeper left running."""
        if not self.folder.exists():
            self.folder.mkdir(mode=0o700)
            self.programs.give(self.folder)
        processes.clear(self.folder, "valkey-server", signal_number=signal.SIGTERM, seconds=5)

    def spawn(self) -> subprocess.Popen[bytes]:
        settings = {
            "port": "0",
            "unixsocket": f"../run/{VALKEY_SOCKET}",
            "unixsocketperm": "700",
            "dir": ".",
            "save": "",
            "appendonly": "yes" if self.durable else "no",
            "maxmemory-policy": "noeviction",
            "databases": "64",  # one each for the workers of a test run
        }
        options = [part for name, value in settings.items() for part in (f"--{name}", value)]
        return _spawn(self, [str(self.programs.valkey), *options], signal.SIGTERM)

    def answers(self) -> bool:
        try:
            with redis.Redis.from_url(Addresses.of(self.data_dir).redis_url, socket_timeout=5) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        processes.end(process, steps=((signal.SIGTERM, 10),))


Engine = Postgres | Valkey


def log_path(data_dir: Path, name: str) -> Path:
    """Where a server of this data folder writes what it has to say."""
    return data_dir / "log" / f"{name}.log"


def open_log(data_dir: Path, name: str) -> int:
    """A descriptor at the end of the log; one that has grown long is set aside, replacing the one before."""
    path = log_path(data_dir, name)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def _spawn(engine: Engine, command: list[str], farewell: int) -> subprocess.Popen[bytes]:
    log = open_log(engine.data_dir, engine.name)
    try:
        return subprocess.Popen(
            command,
            cwd=engine.folder,
            env=programs.ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=processes.dying_with_parent(farewell),
            **engine.programs.identity,
        )
    finally:
        os.close(log)
