"""PostgreSQL 18 and Valkey from their wheels, for one-machine use, development and tests.

`start(data_dir)` returns when both answer. Any number of processes may start the same folder: they share the servers,
which stop when the last of them has stopped or died. Nothing listens on the network.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from bontot.embedded.addresses import Addresses
from bontot.embedded.engines import log_path, open_log
from bontot.embedded.locks import Lock, is_held, keeper_lock, ready_file, users_lock
from bontot.errors import EmbeddedServerError

START_PATIENCE = 330.0  # seconds; a crashed database may have much to replay
STOP_PATIENCE = 60.0
LOOK = 0.02

__all__ = ["Addresses", "Servers", "start"]


def start(data_dir: Path, *, durable: bool = True) -> Servers:
    """Use the servers under `data_dir`, starting them if they do not run.

    `durable=False` trades safety of the data for speed; it takes effect when this call is the one that starts them.
    Raises `EmbeddedServerError` with what the servers said when they cannot be started.
    """
    data_dir = data_dir.resolve()
    servers = Servers(data_dir, durable=durable)
    try:
        servers.ensure()
    except BaseException:
        servers.stop()
        raise
    return servers


class Servers:
    """A use of the servers, to be given up with `stop` (or by leaving the `with` block, or by dying)."""

    def __init__(self, data_dir: Path, *, durable: bool) -> None:
        self.data_dir = data_dir
        self.addresses = Addresses.of(data_dir)
        self._durable = durable
        self._keeper: subprocess.Popen[bytes] | None = None
        self._use = Lock(users_lock(data_dir))
        self._use.take(shared=True)

    @property
    def database_url(self) -> str:
        return self.addresses.database_url

    @property
    def owner_url(self) -> str:
        return self.addresses.owner_url

    @property
    def superuser_url(self) -> str:
        return self.addresses.superuser_url

    @property
    def redis_url(self) -> str:
        return self.addresses.redis_url

    def ensure(self) -> None:
        """Return when both servers take work, starting a keeper where there is none (call again if it was killed)."""
        deadline = time.monotonic() + START_PATIENCE
        started = False
        while not self._ready():
            if not is_held(keeper_lock(self.data_dir)) and self._keeper_gone():
                if started:
                    raise EmbeddedServerError(self._failure())
                ready_file(self.data_dir).unlink(missing_ok=True)  # what a killed keeper said is no longer so
                self._keeper = self._start_keeper()
                started = True
            if time.monotonic() > deadline:
                raise EmbeddedServerError(
                    f"PostgreSQL và Valkey không sẵn sàng sau {START_PATIENCE:.0f} giây."
                )
            time.sleep(LOOK)

    def stop(self) -> None:
        """Give the servers up; return when they have stopped, or at once when another process still uses them."""
        self._use.close()
        deadline = time.monotonic() + STOP_PATIENCE
        users = users_lock(self.data_dir)
        while is_held(keeper_lock(self.data_dir)) and not (
            is_held(users) and not is_held(users, shared=True)
        ):
            if time.monotonic() > deadline:
                raise EmbeddedServerError(
                    "PostgreSQL và Valkey không dừng; xem nhật ký trong thư mục dữ liệu."
                )
            time.sleep(LOOK)
        self._leave_keeper()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.stop()

    def _ready(self) -> bool:
        return is_held(keeper_lock(self.data_dir)) and ready_file(self.data_dir).exists()

    def _keeper_gone(self) -> bool:
        return self._keeper is None or self._keeper.poll() is not None

    def _start_keeper(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-P", "-m", "bontot.embedded.keeper", str(self.data_dir)]
        log = open_log(self.data_dir, "keeper")
        try:
            return subprocess.Popen(
                command if self._durable else [*command, "--fast"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in a terminal is for its users; it follows them
            )
        finally:
            os.close(log)

    def _leave_keeper(self) -> None:
        """Take note of the keeper's end; one that others still need goes on without us."""
        if self._keeper is not None and is_held(keeper_lock(self.data_dir)):
            self._keeper.returncode = 0
        elif self._keeper is not None:
            self._keeper.wait(STOP_PATIENCE)
        self._keeper = None

    def _failure(self) -> str:
        said = [
            line
            for name in ("postgres", "valkey", "keeper")
            if log_path(self.data_dir, name).exists()
            for line in log_path(self.data_dir, name).read_text(errors="replace").splitlines()[-5:]
        ]
        return "\n  ".join(["PostgreSQL và Valkey không khởi động được. Các dòng nhật ký cuối:", *said])
