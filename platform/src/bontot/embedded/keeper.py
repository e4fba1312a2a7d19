"""The process that keeps PostgreSQL and Valkey for as long as anyone uses them: `python -m bontot.embedded.keeper DIR`.

The servers are its children and die with it. It restarts one that dies, and stops both when no process holds the
users' lock any more, however those processes ended. Only one keeper holds a folder.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from types import FrameType

from bontot.embedded import programs
from bontot.embedded.addresses import Addresses, run_dir
from bontot.embedded.engines import Engine, Postgres, Valkey
from bontot.embedded.locks import Lock, keeper_lock, ready_file, users_lock
from bontot.errors import BontotError, EmbeddedServerError

LOOK = 0.1  # seconds between two looks at the children and the users
FIRST_DELAY, LAST_DELAY = 0.1, 10.0  # seconds before a server that died is started again, doubling

log = logging.getLogger("bontot.keeper")


class Kept:
    """A server and the process it runs in, restarted when it dies."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._delay = FIRST_DELAY
        self._started = time.monotonic()
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        self.engine.prepare()
        self._started = time.monotonic()
        process = self.engine.spawn()
        while not self.engine.answers():
            if process.poll() is not None or time.monotonic() > self._started + self.engine.patience:
                self.engine.stop(process)
                raise EmbeddedServerError(f"{self.engine.name} không khởi động được.")
            time.sleep(0.02)
        log.info("%s: sẵn sàng sau %.2f giây", self.engine.name, time.monotonic() - self._started)
        return process

    def died(self) -> bool:
        return self._process.poll() is not None

    def restart(self) -> None:
        """Start a server that died, a little later each time it dies young."""
        lived = time.monotonic() - self._started
        self._delay = FIRST_DELAY if lived > LAST_DELAY else min(self._delay * 2, LAST_DELAY)
        log.warning("%s: dừng bất ngờ (mã %s), khởi động lại", self.engine.name, self._process.returncode)
        time.sleep(self._delay)
        self._process = self._start()

    def stop(self) -> None:
        self.engine.stop(self._process)
        log.info("%s: đã dừng", self.engine.name)


def keep(data_dir: Path, *, durable: bool) -> None:
    """Run the servers of `data_dir` until nobody uses them; return at once when another keeper holds the folder."""
    ready, lock, users = ready_file(data_dir), Lock(keeper_lock(data_dir)), Lock(users_lock(data_dir))
    if not lock.take(wait=False):
        return
    with ExitStack() as stack:  # the locks are held until the process is gone: then everything has stopped
        ready.unlink(missing_ok=True)
        found = programs.find()
        _make_run_dir(data_dir, found)
        stack.callback(_unlink, data_dir)
        servers: list[Kept] = []
        for engine in (Postgres, Valkey):
            servers.append(Kept(engine(data_dir, found, durable)))
            stack.callback(servers[-1].stop)
        stack.callback(ready.unlink, missing_ok=True)
        ready.touch()
        while not users.take(wait=False):
            _look_after(servers, ready)
            _link(data_dir)
            time.sleep(LOOK)


def _look_after(servers: list[Kept], ready: Path) -> None:
    for server in servers:
        if server.died():
            ready.unlink(missing_ok=True)
            server.restart()
    ready.touch()


def _make_run_dir(data_dir: Path, found: programs.Programs) -> None:
    for folder in (data_dir / "servers", run_dir(data_dir)):
        if not folder.exists():
            folder.mkdir(mode=0o700)
            found.give(folder)
    _link(data_dir)


def _link(data_dir: Path) -> None:
    """Keep the short name of a folder too deep for a socket's path; somebody else's link is never followed."""
    name, target = Addresses.of(data_dir).sockets, run_dir(data_dir)
    if name == target:
        return
    with suppress(FileExistsError):
        name.symlink_to(target)
    if name.lstat().st_uid != os.getuid() or Path(os.readlink(name)) != target:
        raise EmbeddedServerError(f"{name} không phải của chương trình này; hãy xoá nó đi.")


def _unlink(data_dir: Path) -> None:
    name = Addresses.of(data_dir).sockets
    if name != run_dir(data_dir):
        name.unlink(missing_ok=True)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def main(arguments: list[str] | None = None) -> int:
    """Entry of the keeper's process; says what went wrong on its last line."""
    parser = argparse.ArgumentParser(prog="bontot.embedded.keeper")
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--fast", action="store_true", help="không ghi xuống đĩa ngay: chỉ để kiểm thử")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    try:
        keep(options.data_dir, durable=not options.fast)
    except subprocess.CalledProcessError as error:
        log.error("%s", error.stderr)
        return 1
    except (BontotError, OSError) as error:
        log.error("%s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
