"""One plugin after another loaded and asked in a process of its own, for `bontot.testing.conformance.purity`.

`python -m bontot.testing.probe DAYS NAME …` prints what each plugin says as digests by part, in JSON. `DAYS` moves the
clock forward. Nothing of the platform but what loading needs is imported, so that a plugin's own time can be measured.
"""

from __future__ import annotations

import datetime
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import redirect_stdout
from datetime import date, timedelta
from decimal import Decimal
from importlib.metadata import EntryPoint
from typing import Any, TypedDict

from bontot.policy.calendar import DayOff
from bontot.policy.counts import Metric, RequiredMonth
from bontot.policy.digest import digest
from bontot.registry import Loaded, answers, load, plugin_entry_points

YEARS = (2023, 2026, 2032)
"""Years whose days off are asked for: what depends on anything else depends on it in each."""


class Said(TypedDict):
    """What a plugin said: `seconds` it took to load, digests by the name of the part; or what it raised."""

    seconds: float
    parts: dict[str, str]
    error: str


def main(arguments: Sequence[str]) -> None:
    """Print what the plugins named say."""
    days, *names = arguments
    _move_clock(int(days))
    entry_points = {entry.name: entry for entry in plugin_entry_points()}
    with redirect_stdout(sys.stderr):  # what a plugin prints is none of its answer
        said = {name: _said(entry_points[name]) for name in names}
    sys.stdout.write(json.dumps(said))


def _said(entry_point: EntryPoint) -> Said:
    started = time.perf_counter()
    try:
        loaded = load(entry_point)
        seconds = time.perf_counter() - started
        return Said(seconds=seconds, parts=dict(_parts(loaded)), error="")
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin may raise anything
        return Said(seconds=0, parts={}, error=type(error).__name__)


def _parts(loaded: Loaded) -> Iterator[tuple[str, str]]:
    for policy in loaded.policies:
        yield f"kế hoạch “{policy.code}”", digest(policy)
    for metric in loaded.metrics:
        yield f"phép đo “{metric.key}”", digest(_text(metric))
    for form in loaded.formats:
        yield f"biểu mẫu “{form.key}”", digest(form)
    for year in YEARS:
        yield f"ngày nghỉ năm {year}", _days_off(loaded, year)


def _days_off(loaded: Loaded, year: int) -> str:
    """The days off of a year, or what was raised instead: whether they can be given at all is another check's matter."""
    try:
        return digest(answers(loaded.hooks.bontot_holidays(year=year), DayOff))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin may raise anything
        return type(error).__name__


def _text(metric: Metric) -> object:
    """What a metric states, and the statements it sends when every parameter is 1 and the records are empty."""
    stated = (metric.key, metric.subject, metric.label, metric.part_words, metric.whole_words)
    sent = [_sent(ask) for ask in (metric.count, metric.pooled, metric.records) if ask]
    return (*stated, metric.parameters, metric.empty, sent)


def _sent(ask: Callable[[Any], Iterable[object]]) -> list[str]:
    facts = _Listening()
    try:
        facts.heard += [repr(item) for item in ask(facts)]
    except (Exception, SystemExit) as error:  # noqa: BLE001 - what it raises is part of what it says
        facts.heard.append(type(error).__name__)
    return facts.heard


class _Listening:
    """Facts without a record, which keep what a metric asks."""

    period = (date(2024, 1, 1), date(2025, 1, 1))

    def __init__(self) -> None:
        self.heard: list[str] = []

    def value(self, parameter: str) -> Decimal | str:
        self.heard.append(parameter)
        return Decimal(1)

    def select(self, statement: str, /, **binds: object) -> Iterable[tuple[Any, ...]]:
        self.heard += [statement, *(f"{name}={value!r}" for name, value in sorted(binds.items()))]
        return ()

    def required_months(self) -> Sequence[RequiredMonth]:
        return ()


def _move_clock(days: int) -> None:
    """Every clock of the standard library a plugin can read, so many days on."""
    seconds, clock, nanoseconds = days * 86_400, time.time, time.time_ns

    class Later(datetime.datetime):
        """The same type with a later now."""

        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Later:
            return super().now(tz) + timedelta(days=days)

        @classmethod
        def utcnow(cls) -> Later:
            return super().utcnow() + timedelta(days=days)

    if days:
        time.time = lambda: clock() + seconds
        time.time_ns = lambda: nanoseconds() + seconds * 1_000_000_000
        datetime.datetime = Later  # type: ignore[misc]


if __name__ == "__main__":
    main(sys.argv[1:])
