"""Child processes that end with whoever started them."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1


def dying_with_parent(signal_number: int) -> Callable[[], None] | None:
    """A `preexec_fn` after which the child gets `signal_number` when the thread that started it is gone.

    Linux only; elsewhere `None`, and a killed parent leaves its children to be found at the next start.
    """
    if sys.platform != "linux":
        return None
    libc, parent = ctypes.CDLL(None, use_errno=True), os.getpid()

    def arrange() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal_number)
        if os.getppid() != parent:  # the parent died before the arrangement held
            os.kill(os.getpid(), signal_number)

    return arrange


def end(process: subprocess.Popen[bytes], *, steps: tuple[tuple[int, float], ...]) -> None:
    """End a child: send each signal of `steps` in turn and wait that many seconds, then SIGKILL."""
    for signal_number, seconds in steps:
        process.send_signal(signal_number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
            return
    process.kill()
    process.wait()


def working_in(folder: Path, program: str) -> Iterator[int]:
    """Ids of the processes running `program` with `folder` as working directory; none where there is no /proc."""
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            runs = Path(os.readlink(entry / "exe")).name.removesuffix(" (deleted)")
            if runs == program and Path(os.readlink(entry / "cwd")) == folder:
                yield int(entry.name)


def clear(folder: Path, program: str, *, signal_number: int, seconds: float) -> None:
    """End what a killed starter left running in `folder`: politely for `seconds`, then by force."""
    asked: set[int] = set()
    deadline = time.monotonic() + seconds
    while remaining := set(working_in(folder, program)):
        late = time.monotonic() > deadline
        for pid in remaining if late else remaining - asked:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL if late else signal_number)
        asked |= remaining
        time.sleep(0.02)
