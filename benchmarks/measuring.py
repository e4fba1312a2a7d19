"""What recipes share: interleaved rounds, medians, and how a result is said and kept."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from bontot.embedded import programs

RESULTS = Path(__file__).parent / "results"
ROUNDS = 7
A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class Measured:
    """One comparison: the product and its floor or peer in `unit`, what is held to the goal, in `scale`, and whether the
    goal is a least or a most. Without a goal a figure only informs."""

    what: str
    product: float
    floor: float
    ratio: float
    goal: float | None
    note: str = ""
    unit: str = "ms"
    scale: str = "×"
    at_least: bool = False

    @property
    def reached(self) -> bool:
        """Whether the ratio keeps the goal."""
        if self.goal is None:
            return True
        return self.ratio >= self.goal if self.at_least else self.ratio <= self.goal


@dataclass(frozen=True, slots=True)
class Recipe:
    """A benchmark: its name, what it shows, and `run(quick)`."""

    name: str
    shows: str
    run: Callable[[bool], Iterable[Measured]]


def compare(
    what: str,
    product: Callable[[], object],
    floor: Callable[[], object],
    goal: float | None,
    *,
    repeats: int = 20,
    rounds: int = ROUNDS,
    note: str = "",
    vary: Callable[[int], object] = lambda _: None,
    clock: Callable[[], float] = time.perf_counter,
) -> Measured:
    """Runs both in turn, `rounds` of `repeats`, after one warm-up of each; before each round `vary` changes the data. By the
    `clock` on the wall, or that of this process alone (`time.process_time`)."""
    product(), floor()
    times = []
    for number in range(rounds):
        vary(number)
        times.append((_time(product, repeats, clock), _time(floor, repeats, clock)))
    return Measured(
        what=what,
        product=middle(first for first, _ in times),
        floor=middle(second for _, second in times),
        ratio=round(statistics.median(first / second for first, second in times), 2),
        goal=goal,
        note=note,
    )


def repeats_of(work: Callable[[], object]) -> int:
    """How often something is done in a round: twenty times where it takes less than a millisecond, and less often the
    longer it takes."""
    work()
    return max(1, min(20, int(20 / timed(work)[0])))


def middle(values: Iterable[float]) -> float:
    """The median, in three decimals."""
    return round(statistics.median(values), 3)


class Watch:
    """Adds up the milliseconds spent inside `running`."""

    def __init__(self) -> None:
        self.ms = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Counts the time of the block."""
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.ms += (time.perf_counter() - begin) * 1000


def timed(work: Callable[[], A]) -> tuple[float, A]:
    """The milliseconds one call took, and its answer."""
    watch = Watch()
    with watch.running():
        answer = work()
    return watch.ms, answer


def keep(recipe: Recipe, results: Iterable[Measured], *, quick: bool) -> Path:
    """Writes the results with the machine they were measured on."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{recipe.name}{'-quick' if quick else ''}.json"
    content = {"shows": recipe.shows, "machine": machine(), "results": [asdict(result) for result in results]}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def machine() -> str:
    """The machine in words, and what the recipes run on."""
    cores = f"{os.cpu_count()} nhân {_processor()}".rstrip()
    return (
        f"{cores}, {platform.machine()}, Python {platform.python_version()}, PostgreSQL {_server_version()}"
    )


def _processor() -> str:
    """The processor's model, as far as the system tells it."""
    described = Path("/proc/cpuinfo")
    lines = described.read_text(encoding="utf-8").splitlines() if described.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor())


def _server_version() -> str:
    """`postgres (PostgreSQL) 18.1`, without the words."""
    found = programs.find()
    said = subprocess.run(
        [found.postgres, "--version"], capture_output=True, text=True, check=True, **found.identity
    )
    return said.stdout.split()[2]


def _time(work: Callable[[], object], repeats: int, clock: Callable[[], float]) -> float:
    begin = clock()
    for _ in range(repeats):
        work()
    return (clock() - begin) * 1000 / repeats
