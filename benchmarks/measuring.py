"""What recipes share: interleaved rounds, medians, and how a result is said and kept."""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
ROUNDS = 7


@dataclass(frozen=True, slots=True)
class Measured:
    """One comparison: medians in milliseconds, their ratio round by round, and the goal it is held to."""

    what: str
    product_ms: float
    floor_ms: float
    ratio: float
    goal: float
    note: str = ""

    @property
    def reached(self) -> bool:
        """Whether the ratio keeps the goal."""
        return self.ratio <= self.goal


@dataclass(frozen=True, slots=True)
class Recipe:
    """A benchmark: its name, what it shows, and `run(quick)`."""

    name: str
    shows: str
    run: Callable[[bool], Iterable[Measured]]


def compare(
    what: str, product: Callable[[], object], floor: Callable[[], object], goal: float, *, repeats: int = 20
) -> Measured:
    """Runs both in turn, `ROUNDS` rounds of `repeats`, after one warm-up of each."""
    product(), floor()
    rounds = [(_time(product, repeats), _time(floor, repeats)) for _ in range(ROUNDS)]
    return Measured(
        what=what,
        product_ms=round(statistics.median(first for first, _ in rounds), 3),
        floor_ms=round(statistics.median(second for _, second in rounds), 3),
        ratio=round(statistics.median(first / second for first, second in rounds), 2),
        goal=goal,
    )


def keep(recipe: Recipe, results: Iterable[Measured], *, quick: bool) -> Path:
    """Writes the results with the machine they were measured on."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{recipe.name}{'-quick' if quick else ''}.json"
    content = {"shows": recipe.shows, "machine": machine(), "results": [asdict(result) for result in results]}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def machine() -> str:
    """The machine in words."""
    return f"{os.cpu_count()} nhân, {platform.machine()}, Python {platform.python_version()}"


def _time(work: Callable[[], object], repeats: int) -> float:
    begin = time.perf_counter()
    for _ in range(repeats):
        work()
    return (time.perf_counter() - begin) * 1000 / repeats
