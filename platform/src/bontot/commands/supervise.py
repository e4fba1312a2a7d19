"""The processes `bontot up` runs: started, started again when they die, stopped in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from bontot import processes
from bontot.embedded.engines import log_path, open_log

FIRST_DELAY, LAST_DELAY = 1.0, 30.0  # seconds before a process that died is started again, doubling
STEPS = ((signal.SIGTERM, 15.0), (signal.SIGTERM, 5.0))  # the second one tells a worker to leave its work
Say = Callable[[str], None]


class Child:
    """One verb of ours in a process of its own, its words in a log of the data folder."""

    def __init__(self, name: str, verb: str, *arguments: str, data_dir: Path) -> None:
        self.name, self._verb, self._arguments, self._data_dir = name, verb, arguments, data_dir
        self._delay = FIRST_DELAY
        self._again_at: float | None = None
        self._start()

    @property
    def log(self) -> Path:
        return log_path(self._data_dir, self._verb)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def _start(self) -> None:
        log = open_log(self._data_dir, self._verb)
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "bontot", self._verb, *self._arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches us alone, so that we can stop them in order
                preexec_fn=processes.dying_with_parent(signal.SIGTERM),
            )
        finally:
            os.close(log)
        self._started = time.monotonic()

    def look(self, say: Say) -> None:
        """Start the process again if it has died, later each time it dies young."""
        if self.alive:
            return
        now = time.monotonic()
        if self._again_at is None:
            young = now - self._started < 2 * LAST_DELAY
            self._delay = min(self._delay * 2, LAST_DELAY) if young else FIRST_DELAY
            self._again_at = now + self._delay
            code = self._process.returncode
            say(
                f"{self.name} dừng bất ngờ (mã {code}); khởi động lại sau {self._delay:.0f} giây. Nhật ký: {self.log}"
            )
        elif now >= self._again_at:
            self._again_at = None
            self._start()
            say(f"{self.name} đã khởi động lại.")

    def stop(self) -> None:
        processes.end(self._process, steps=STEPS)


class Stopped(BaseException):
    """Somebody asked this process to stop."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Turn the first signal to stop into `Stopped`; later ones are not heard while everything is being stopped."""
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # `nohup` asks us not to hear it
        numbers.append(signal.SIGHUP)

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
