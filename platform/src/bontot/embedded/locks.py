"""Files that say who keeps and who uses the servers of a data folder.

Locks are the kernel's (`flock`): they end with the process that holds them, however it ends.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self


class Lock:
    """An advisory lock on a file, open from `__enter__` to `__exit__`; closing it gives the lock up."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def open(self) -> int:
        """The file's descriptor, made when there is none."""
        if self._descriptor is None:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        return self._descriptor

    def take(self, *, shared: bool = False, wait: bool = True) -> bool:
        """Take or change the lock; False when another holds it and `wait` is off."""
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(self.open(), kind if wait else kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()


def is_held(path: Path, *, shared: bool = False) -> bool:
    """Whether somebody holds the lock (with `shared`: holds it so that it cannot even be shared)."""
    with Lock(path) as lock:
        return not lock.take(shared=shared, wait=False)


def users_lock(data_dir: Path) -> Path:
    """Shared by every process that uses the servers; taken whole by the keeper when it stops them."""
    return data_dir / "lock" / "users"


def keeper_lock(data_dir: Path) -> Path:
    """Held by the keeper for as long as it runs."""
    return data_dir / "lock" / "keeper"


def ready_file(data_dir: Path) -> Path:
    """Exists while both servers take work."""
    return data_dir / "lock" / "ready"
