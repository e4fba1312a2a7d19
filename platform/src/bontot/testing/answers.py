"""What a plugin's own metrics answer on real records: whole numbers about subjects on record, the same for one subject
as for all, with a list that adds up to the count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from bontot.db.tenancy import TenantSession
from bontot.errors import MetricRefused
from bontot.evaluation.counting import READ_ONLY
from bontot.evaluation.facts import RecordedFacts
from bontot.evaluation.judging import Judging, prepare
from bontot.evaluation.metrics.counted import LISTED
from bontot.evaluation.period import Period
from bontot.policy.counts import Count, Metric
from bontot.policy.terms import Subject
from bontot.registry import Registry
from bontot.testing.conformance.questions import answer_problems, parameter_values
from bontot.testing.worlds import World

Values = Mapping[str, Decimal | str]


def metric_problems(
    session: TenantSession, registry: Registry, world: World, metrics: Iterable[Metric]
) -> list[str]:
    """One sentence for everything these metrics do otherwise than they may in a committee made of a case."""
    judging = prepare(session, registry, Period(world.year, date(world.year, 12, 31)))
    answering = _Answering(session.connection(), judging, world)
    return [
        f"phép đo “{metric.key}”: {sentence}"
        for metric in metrics
        for values in parameter_values(registry, metric)
        for sentence in answering.problems(metric, values)
    ]


@dataclass(frozen=True, slots=True)
class _Answering:
    """The records of one committee, for metrics to be asked."""

    connection: Connection
    judging: Judging
    world: World

    def problems(self, metric: Metric, values: Values) -> list[str]:
        """What is wrong with one metric under one set of values, asked as in production: in a transaction of its own that
        can only read and is always undone."""
        with self.connection.begin_nested() as attempt:
            try:
                self.connection.execute(READ_ONLY)
                found = list(self._problems(metric, values))
            except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin may raise anything
                said = str(error) if isinstance(error, MetricRefused) else type(error).__name__
                found = [f"không trả lời được: {said}"]
            if attempt.is_active:
                attempt.rollback()
        return found

    def _problems(self, metric: Metric, values: Values) -> Iterator[str]:
        everyone = self._asked(metric.count, values)
        wrong = list(answer_problems(everyone, self._subjects(metric.subject)))
        yield from wrong
        if wrong:
            return
        sums = self._asked(metric.pooled, values) if metric.pooled else everyone
        for counted in everyone:
            who = counted[0]
            alone = [one for one in self._asked(metric.count, values, who) if one[0] == who]
            if alone != [counted]:
                yield f"hỏi riêng {self._code(metric.subject, who)} thì đếm {alone}, hỏi cả đảng bộ thì {counted}"
        if metric.records:
            yield from self._listed(metric, values, sums)

    def _listed(self, metric: Metric, values: Values, sums: list[Count]) -> Iterator[str]:
        for who, part, whole in sums:
            records = list(metric.records(self._facts(values, who))) if metric.records else []
            listed = sum(record.part for record in records), sum(record.whole for record in records)
            adds_up = listed[0] == (part or 0) and (whole == 1 or listed[1] == whole)
            if len(records) < LISTED and not adds_up:
                code = self._code(metric.subject, who)
                yield f"liệt kê của {code} cộng lại là {listed[0]}/{listed[1]}, đếm được {part}/{whole}"

    def _asked(
        self, ask: Callable[[Any], Iterable[Count]], values: Values, who: int | None = None
    ) -> list[Count]:
        return [(subject, part, whole) for subject, part, whole in ask(self._facts(values, who))]

    def _facts(self, values: Values, who: int | None) -> RecordedFacts:
        months = self.judging.calendar.required_months
        subjects = None if who is None else [who]
        return RecordedFacts(self.connection, self.judging.period, values, months, subjects)

    def _subjects(self, subject: Subject) -> frozenset[int]:
        return frozenset(self._codes(subject).values())

    def _codes(self, subject: Subject) -> Mapping[str, int]:
        return self.world.members if subject is Subject.MEMBER else self.world.organisations

    def _code(self, subject: Subject, who: int) -> str:
        return next(code for code, id_ in self._codes(subject).items() if id_ == who)
