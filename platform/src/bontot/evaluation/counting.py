"""Metrics asked once each, under guard: what goes wrong in one stays with the criteria that use it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache, partial
from itertools import islice
from typing import Any, TypeVar

import structlog
from rq.timeouts import BaseTimeoutException
from sqlalchemy import Connection, text

from bontot.errors import MetricRefused, PluginUnavailable
from bontot.evaluation.columns import Column, Ids, align
from bontot.evaluation.facts import RecordedFacts
from bontot.evaluation.narrowing import KEEP_PLANS
from bontot.evaluation.period import Period
from bontot.evaluation.rules import Line
from bontot.evaluation.words import OUTCOMES, requirement
from bontot.policy.compare import decide
from bontot.policy.counts import Count, Metric, Record, RequiredMonth
from bontot.policy.terms import At, Operator, Outcome, Subject
from bontot.registry import Registry

T = TypeVar("T")
Key = tuple[Subject, str, tuple[tuple[str, Decimal | str], ...], bool, date | None, date | None]
"""Subject, metric, values, whether plain sums are meant where the metric has both, and the days counted where they are not
the whole period."""

_WORDS = re.compile(r"[a-z_]+")
READ_ONLY = text("SELECT set_config('transaction_read_only', 'on', true)")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Failed:
    """A metric that did not answer. `reason` is for the operator's log, not for readers."""

    reason: str


@dataclass
class Counting:
    """The counts of one committee and period; the same metric with the same values is asked once, whatever the number of
    plans, schemes and subjects. `below` are the organisations whose plain sums a superior adds up."""

    connection: Connection
    registry: Registry
    period: Period
    months: Callable[[], Sequence[RequiredMonth]]
    organisations: Sequence[int] | None = None
    members: Sequence[int] | None = None
    below: Sequence[int] | None = None
    on_count: Callable[[str], None] = lambda _: None
    _answers: dict[Key, list[Count] | Failed] = field(default_factory=dict)
    _by_months: set[Key] = field(default_factory=set)
    """Of what was answered, that for which the months were asked."""

    def over(self, months: Callable[[], Sequence[RequiredMonth]]) -> Counting:
        """The same counts over another calendar: what asked for the months is asked again where they are others."""
        if months() == self.months():
            return replace(self, months=months)
        kept = {key: answer for key, answer in self._answers.items() if key not in self._by_months}
        return replace(self, months=months, _answers=kept, _by_months=set())

    def ask(self, lines: Iterable[tuple[Subject, Line]]) -> None:
        """Asks the metrics of many lines in one guard. Should one of them fail, none is kept and each is asked again by
        itself when its column is wanted."""
        known = (one for subject, line in lines for one in self._asked(subject, line))
        wanted = {key: (metric, line) for key, metric, line in known if key not in self._answers}
        if wanted:
            found = self._guarded(
                lambda: {key: self._count(key, metric, line) for key, (metric, line) in wanted.items()}
            )
            self._answers |= {} if isinstance(found, Exception | SystemExit) else found

    def column(self, line: Line, subject: Subject, ids: Ids, *, pooled: bool = False) -> Column | Failed:
        """The line's count for the subjects, or why there is none. `pooled`: as plain sums, to be added up."""
        known = self._known(subject, line, pooled=pooled)
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

    def required(self, since: date, until: date) -> frozenset[int]:
        """The organisations for which some month of `[since, until)` counts: there all through it, and not waived."""
        return frozenset(one.organisation_id for one in self.months() if since <= one.month < until)

    def sums_apart(self, line: Line, subject: Subject) -> bool:
        """Whether the line's metric gives other numbers to be added up than to be judged."""
        known = self._known(subject, line, pooled=True)
        return known is not None and known[0][3]

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

    def _asked(self, subject: Subject, line: Line) -> Iterator[tuple[Key, Metric, Line]]:
        """What a line asks: one count, or one for each stretch judged by itself."""
        for one in stretched(line) if line.at is not At.END else (line,):
            if known := self._known(subject, one):
                yield known

    def _known(
        self, subject: Subject, line: Line, *, pooled: bool = False
    ) -> tuple[Key, Metric, Line] | None:
        metric = self.registry.metrics.get((subject, line.metric or ""))
        if metric is None:
            return None
        values = values_of(line)
        sums = pooled and metric.pooled is not None and metric.sums_at not in values
        return (subject, metric.key, values, sums, line.since, line.until), metric, line

    def _count(self, key: Key, metric: Metric, line: Line) -> list[Count]:
        subject, sums = key[0], key[3]
        self.on_count(metric.label)
        of_organisations = self.below if sums else self.organisations
        asked = self.members if subject is Subject.MEMBER else of_organisations

        def months() -> Sequence[RequiredMonth]:
            self._by_months.add(key)
            return self.months()

        facts = self._facts(metric, line, asked, months)
        count = metric.pooled if sums and metric.pooled else metric.count
        return [(who, part, whole) for who, part, whole in count(facts)]

    def _lists(self, subject: Subject, line: Line) -> bool:
        known = self._known(subject, line)
        return known is not None and (line.at is not At.END or known[1].records is not None)

    def _list(self, subject: Subject, line: Line, subject_id: int, limit: int) -> list[Record]:
        if line.at is not At.END:
            return self._stretches(subject, line, subject_id)[:limit]
        metric = self.registry.metrics[subject, line.metric or ""]
        if metric.records is None:
            return []
        return list(islice(metric.records(self._facts(metric, line, [subject_id])), limit))

    def _stretches(self, subject: Subject, line: Line, subject_id: int) -> list[Record]:
        """Each month or quarter with its own count and figure, those not met first; those without data are left out."""
        kind = "month_alone" if line.at is At.EACH_MONTH else "quarter_alone"
        listed = list[tuple[Outcome, Record]]()
        for one in stretched(line):
            part, whole = self._alone(subject, one, subject_id)
            if part is not None and whole:
                outcome, said = _held_against(one, part, whole)
                record = Record(kind=kind, id=None, day=one.since, part=part, whole=whole, said=said)
                listed.append((outcome, record))
        return [record for _, record in sorted(listed, key=lambda one: one[0] is not Outcome.NOT_MET)]

    def _alone(self, subject: Subject, line: Line, subject_id: int) -> tuple[int | None, int]:
        metric = self.registry.metrics[subject, line.metric or ""]
        counts = metric.count(self._facts(metric, line, [subject_id]))
        return next(((part, whole) for who, part, whole in counts if who == subject_id), metric.empty)

    def _facts(
        self,
        metric: Metric,
        line: Line,
        subjects: Sequence[int] | None,
        months: Callable[[], Sequence[RequiredMonth]] | None = None,
    ) -> RecordedFacts:
        period = self.period.within(line.since, line.until) or self.period
        values = {**dict(metric.defaults), **dict(values_of(line))}
        return RecordedFacts(self.connection, period, values, months or self.months, subjects)

    def _guarded(self, act: Callable[[], T]) -> T | Exception | SystemExit:
        """The answer of plugin code, or what it raised, in a transaction of its own that can only read and is always undone.

        The job's time limit, and a plan that cannot be had for the calendar, are nobody's fault here and raised again.
        """
        answer: T | Exception | SystemExit
        with self.connection.begin_nested() as attempt:
            try:
                self.connection.execute(READ_ONLY)
                if self.organisations is not None or self.members is not None:
                    self.connection.execute(KEEP_PLANS)
                answer = act()
            except (BaseTimeoutException, PluginUnavailable):
                raise
            except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin may raise anything; the criterion says "error"
                answer = error
            if attempt.is_active:
                attempt.rollback()
        return answer


def _held_against(line: Line, part: int, whole: int) -> tuple[Outcome, str]:
    operator, figure = line.operator or Operator.EQUAL, line.figure
    if figure is None or figure.value is None:
        return Outcome.NOT_APPLICABLE, ""
    outcome = decide(operator, part, whole, figure.value, figure.unit)
    return outcome, f"{OUTCOMES[outcome].lower()}, yêu cầu {requirement(operator, figure.value, figure.unit)}"


def stretched(line: Line) -> Iterator[Line]:
    """A line judged month by month as one line a month: the same count, of those days, by the values of that month."""
    for one in line.stretches:
        yield replace(
            line, at=At.END, figure=one.figure, parameters=one.parameters, since=one.first, until=one.to
        )


def values_of(line: Line) -> tuple[tuple[str, Decimal | str], ...]:
    """The line's parameters that have a value, by name."""
    pairs = ((item.name, item.choice if item.number is None else item.number) for item in line.parameters)
    return tuple((name, value) for name, value in pairs if value is not None)


class _Listening:
    """Facts of nobody: what a metric asks is written down and answered with no rows."""

    def __init__(self, values: Mapping[str, Decimal | str]) -> None:
        self.asked: list[str] = []
        self._values = values

    @property
    def period(self) -> tuple[date, date]:
        return date(2000, 1, 1), date(2001, 1, 1)

    def value(self, parameter: str) -> Decimal | str:
        return self._values[parameter]

    def select(self, statement: str, /, **_: object) -> Iterable[tuple[Any, ...]]:
        self.asked.append(statement)
        return ()

    def required_months(self) -> Sequence[RequiredMonth]:
        return ()


def reads(registry: Registry, line: Line, subject: Subject) -> frozenset[str] | None:
    """Words among which are the tables that a line's count is made from; None where nothing is known of it."""
    metric = registry.metrics.get((subject, line.metric or ""))
    return tables_read(metric, values_of(line)) if metric else None


@cache
def tables_read(metric: Metric, values: tuple[tuple[str, Decimal | str], ...]) -> frozenset[str] | None:
    """The words of a metric's one statement, its tables among them; None of a metric that is not one statement."""
    facts = _Listening({**dict(metric.defaults), **dict(values)})
    try:
        for _ in metric.count(facts):
            pass
    except (Exception, SystemExit):  # noqa: BLE001 - a plugin may raise anything; then nothing is known of it
        return None
    return frozenset(_WORDS.findall(facts.asked[0].lower())) if len(facts.asked) == 1 else None


def _failed(metric: Metric, error: BaseException) -> Failed:
    log.warning("metric_failed", metric=metric.key, error=type(error).__name__)
    return Failed(f"{metric.key}: {type(error).__name__}")
