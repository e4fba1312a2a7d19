"""Metrics asked once each, under guard: what goes wrong in one stays with the criteria that use it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import TypeVar

import structlog
from rq.timeouts import BaseTimeoutException
from sqlalchemy import Connection, text

from bontot.errors import MetricRefused, PluginUnavailable
from bontot.evaluation.columns import Column, Ids, align
from bontot.evaluation.facts import RecordedFacts
from bontot.evaluation.period import Period
from bontot.evaluation.rules import Line
from bontot.policy.model import Count, Metric, Record, RequiredMonth, Subject
from bontot.registry import Registry

T = TypeVar("T")
Key = tuple[Subject, str, tuple[tuple[str, Decimal | str], ...], bool, date | None, date | None]
"""Subject, metric, values, whether plain sums are meant where the metric has both, and the days counted where they are not
the whole period."""

READ_ONLY = text("SET TRANSACTION READ ONLY")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Failed:
    """A metric that did not answer. `reason` is for the operator's log, not for readers."""

    reason: str


@dataclass
class Counting:
    """The counts of one committee and period; the same metric with the same values is asked once, whatever the number of
    plans, schemes and subjects."""

    connection: Connection
    registry: Registry
    period: Period
    months: Callable[[], Sequence[RequiredMonth]]
    organisations: Sequence[int] | None = None
    members: Sequence[int] | None = None
    on_count: Callable[[str], None] = lambda _: None
    _answers: dict[Key, list[Count] | Failed] = field(default_factory=dict)

    def ask(self, lines: Iterable[tuple[Subject, Line]]) -> None:
        """Asks the metrics of many lines in one guard. Should one of them fail, none is kept and each is asked again by
        itself when its column is wanted."""
        wanted = {key: (metric, line) for key, metric, line in self._known(lines) if key not in self._answers}
        if wanted:
            found = self._guarded(
                lambda: {key: self._count(key, metric, line) for key, (metric, line) in wanted.items()}
            )
            self._answers |= {} if isinstance(found, Exception | SystemExit) else found

    def column(self, line: Line, subject: Subject, ids: Ids, *, pooled: bool = False) -> Column | Failed:
        """The line's count for the subjects, or why there is none. `pooled`: as plain sums, to be added up."""
        known = next(iter(self._known([(subject, line)], pooled=pooled)), None)
        if known is None:
            return Failed(f"no metric {line.metric} for {subject}")
        key, metric, _ = known
        if key not in self._answers:
            answered = self._guarded(lambda: self._count(key, metric, line))
            self._answers[key] = (
                _failed(metric, answered) if isinstance(answered, Exception | SystemExit) else answered
            )
        answer = self._answers[key]
        if isinstance(answer, Failed):
            return answer
        try:
            return align(ids, answer, metric.empty)
        except MetricRefused as error:
            return _failed(metric, error)

    def records(
        self, lines: Sequence[tuple[int, Line]], subject: Subject, subject_id: int, limit: int
    ) -> dict[int, list[Record]]:
        """The first of the things each numbered line counted for one subject; none for a metric that does not list them or
        fails."""
        listing = [(number, line) for number, line in lines if self._lists(subject, line)]

        def listed(number: int, line: Line) -> dict[int, list[Record]]:
            return {number: self._list(subject, line, subject_id, limit)}

        def all_listed() -> dict[int, list[Record]]:
            return {at: found for number, line in listing for at, found in listed(number, line).items()}

        together = self._guarded(all_listed)
        if not isinstance(together, Exception | SystemExit):
            return together
        alone = [self._guarded(partial(listed, number, line)) for number, line in listing]
        return {
            at: found
            for one in alone
            if not isinstance(one, Exception | SystemExit)
            for at, found in one.items()
        }

    def _known(
        self, lines: Iterable[tuple[Subject, Line]], *, pooled: bool = False
    ) -> Iterator[tuple[Key, Metric, Line]]:
        for subject, line in lines:
            metric = self.registry.metrics.get((subject, line.metric or ""))
            if metric is not None:
                sums = pooled and metric.pooled is not None
                yield (subject, metric.key, values_of(line), sums, line.since, line.until), metric, line

    def _count(self, key: Key, metric: Metric, line: Line) -> list[Count]:
        subject, sums = key[0], key[3]
        self.on_count(metric.label)
        facts = self._facts(line, self.members if subject is Subject.MEMBER else self.organisations)
        count = metric.pooled if sums and metric.pooled else metric.count
        return [(who, part, whole) for who, part, whole in count(facts)]

    def _lists(self, subject: Subject, line: Line) -> bool:
        return any(metric.records is not None for _, metric, _ in self._known([(subject, line)]))

    def _list(self, subject: Subject, line: Line, subject_id: int, limit: int) -> list[Record]:
        listing = self.registry.metrics[subject, line.metric or ""].records
        return list(islice(listing(self._facts(line, [subject_id])), limit)) if listing else []

    def _facts(self, line: Line, subjects: Sequence[int] | None) -> RecordedFacts:
        period = self.period.within(line.since, line.until) or self.period
        return RecordedFacts(self.connection, period, dict(values_of(line)), self.months, subjects)

    def _guarded(self, act: Callable[[], T]) -> T | Exception | SystemExit:
        """The answer of plugin code, or what it raised, in a transaction of its own that can only read and is always undone.

        The job's time limit, and a plan that cannot be had for the calendar, are nobody's fault here and raised again.
        """
        answer: T | Exception | SystemExit
        with self.connection.begin_nested() as attempt:
            try:
                self.connection.execute(READ_ONLY)
                answer = act()
            except (BaseTimeoutException, PluginUnavailable):
                raise
            except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin may raise anything; the criterion says "error"
                answer = error
            if attempt.is_active:
                attempt.rollback()
        return answer


def values_of(line: Line) -> tuple[tuple[str, Decimal | str], ...]:
    """The line's parameters that have a value, by name."""
    pairs = ((item.name, item.choice if item.number is None else item.number) for item in line.parameters)
    return tuple((name, value) for name, value in pairs if value is not None)


def _failed(metric: Metric, error: BaseException) -> Failed:
    log.warning("metric_failed", metric=metric.key, error=type(error).__name__)
    return Failed(f"{metric.key}: {type(error).__name__}")
