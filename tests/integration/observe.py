"""What the tests of running things look at: processes, ports, answers."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def processes_of(data_dir: Path) -> dict[int, str]:
    """The living processes of a data folder: those that work in it or name it. `{pid: command line}`."""
    found: dict[int, str] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            inside = Path(os.readlink(entry / "cwd")).is_relative_to(data_dir)
            named = str(data_dir) in command or f"BONTOT_DATA_DIR={data_dir}".encode() in environment(entry)
            alive = (entry / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
            if int(entry.name) != os.getpid() and alive and (inside or named):
                found[int(entry.name)] = command
    return found


def environment(entry: Path) -> list[bytes]:
    return (entry / "environ").read_bytes().split(b"\0")


def running(data_dir: Path, words: str) -> int:
    """The id of the oldest process of the folder whose command line has `words`."""
    return min(pid for pid, command in processes_of(data_dir).items() if words in command)


def until(happened: Callable[[], object], seconds: float = 90) -> None:
    """Return when `happened` is true; fail when it does not come true in time."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
