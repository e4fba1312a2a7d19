"""Whether a plugin says the same whenever, wherever and however often it is asked, and how long it takes to load.

What runs is the plugin alone in fresh processes, one for each circumstance that must not matter.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bontot.testing.probe import Said

LOAD_SECONDS = 1
"""The longest a plugin may take to be imported and asked: every process of an instance waits for it."""
PROBE_SECONDS = 120
LATER = 400
"""Days after today: another year, another month and another day of the week."""


@dataclass(frozen=True, slots=True)
class Circumstance:
    """How a process is started, and what is said when its answers differ."""

    words: str
    hash_seed: str = "0"
    time_zone: str = "Asia/Ho_Chi_Minh"
    days_later: int = 0


FIRST = Circumstance("")
OTHERS = (
    Circumstance("nạp hai lần cho hai nội dung khác nhau"),
    Circumstance("đổi hạt băm thì khai khác đi", hash_seed="1"),
    Circumstance("đổi hạt băm thì khai khác đi", hash_seed="2"),
    Circumstance("sang ngày khác thì khai khác đi", days_later=LATER),
    Circumstance("đổi múi giờ thì khai khác đi", time_zone="America/Los_Angeles"),
)
"""Every one differs from the first in one thing; what one of them says otherwise, those after it are not blamed for. The
day comes before the time zone, because in another zone it may be another day."""


@dataclass(frozen=True, slots=True)
class Probes:
    """What several plugins said in each circumstance, the first one first."""

    said: tuple[dict[str, Said], ...]

    def problems(self, name: str, counts: Counter[str]) -> Iterator[str]:
        """One sentence for every part that depends on what must not matter."""
        first, *others = [said[name] for said in self.said]
        counts["lần nạp"] += len(self.said)
        if first["error"]:
            yield f"không nạp được trong một tiến trình riêng: {first['error']}"
        differing: set[str] = set()
        for circumstance, said in zip(OTHERS, others, strict=True):
            parts = [part for part in _differing(first, said) if part not in differing]
            differing.update(parts)
            if parts:
                yield f"{circumstance.words}: {', '.join(parts)}"

    def slowness(self, name: str) -> Iterator[str]:
        """A sentence if the plugin takes too long to load even when asked alone, with nothing beside it."""
        measured = (one[name]["seconds"] for one in self.said)
        if min(measured) > LOAD_SECONDS and _asked(FIRST, [name])[name]["seconds"] > LOAD_SECONDS:
            yield f"nạp lâu hơn {LOAD_SECONDS} giây"


def probe(names: Sequence[str]) -> Probes:
    """Ask these plugins in every circumstance at once."""
    with ThreadPoolExecutor(len(OTHERS) + 1) as pool:
        return Probes(tuple(pool.map(lambda one: _asked(one, names), (FIRST, *OTHERS))))


def _asked(circumstance: Circumstance, names: Sequence[str]) -> dict[str, Said]:
    command = [sys.executable, "-m", "bontot.testing.probe", str(circumstance.days_later), *names]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(os.path.abspath(folder) for folder in sys.path),
        "PYTHONHASHSEED": circumstance.hash_seed,
        "TZ": circumstance.time_zone,
    }
    try:
        answered = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=True, timeout=PROBE_SECONDS
        )
        said: dict[str, Said] = json.loads(answered.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        return {name: Said(seconds=0, parts={}, error=type(error).__name__) for name in names}
    return said


def _differing(first: Said, second: Said) -> list[str]:
    """The parts said otherwise. A plugin that did not answer differs as a whole."""
    if first["error"] != second["error"]:
        return [f"không trả lời được ({second['error'] or first['error']})"]
    parts = [*first["parts"], *(part for part in second["parts"] if part not in first["parts"])]
    return [part for part in parts if first["parts"].get(part) != second["parts"].get(part)]
