"""What a plugin's metrics ask: one SELECT each, the parameters they declare, and an answer when there is no record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

import numpy as np
from sqlalchemy import Connection

from bontot.errors import MetricRefused
from bontot.evaluation.columns import align
from bontot.evaluation.facts import RecordedFacts
from bontot.evaluation.period import Period
from bontot.policy.counts import Count, Metric
from bontot.policy.resolve import resolve_all
from bontot.registry import Loaded, Registry, measures

PERIOD = Period(2024, date(2024, 12, 31))
NONE_ASKED = np.zeros(0, np.int64)


def question_problems(registry: Registry, loaded: Loaded, counts: Counter[str]) -> Iterator[str]:
    """One sentence for everything a metric of the plugin does otherwise than it may."""
    for metric in loaded.metrics:
        counts["phép đo"] += 1
        place = f"phép đo “{metric.key}” ({metric.subject})"
        readings = list(parameter_values(registry, metric))
        asked, told = set[str](), dict[str, None]()
        for parameters in readings:
            for how, ask in (
                ("", metric.count),
                (" khi cộng gộp", metric.pooled),
                (" khi liệt kê", metric.records),
            ):
                if ask is not None:
                    facts = _Questioned(parameters)
                    told |= dict.fromkeys(f"{place}{how} {said}" for said in _asked(facts, ask, how, counts))
                    asked |= facts.asked
        if readings and (idle := sorted(set(metric.parameters) - asked)):
            told[f"{place} khai tham số “{', '.join(idle)}” mà không hỏi"] = None
        yield from told


def parameter_values(registry: Registry, metric: Metric) -> Iterator[dict[str, Decimal | str]]:
    """The values with which the plans of a registry use a metric; once without any where it needs none."""
    found: list[dict[str, Decimal | str]] = [] if metric.parameters else [{}]
    for offer in registry.policies.values():
        values = resolve_all(offer.stack, (), max(PERIOD.last_day, offer.policy.in_force_from))
        for subject, _, measure in measures(offer.policy):
            if (subject, measure.metric) == (metric.subject, metric.key):
                given = {name: values[key].value for name, key in measure.parameters.items()}
                stated = {name: value for name, value in given.items() if value is not None}
                found.append({**dict(metric.defaults), **stated})
    return (values for at, values in enumerate(found) if values not in found[:at])


def _asked(
    facts: _Questioned, ask: Callable[[Any], Iterable[Any]], how: str, counts: Counter[str]
) -> Iterator[str]:
    try:
        answer = list(ask(facts))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin may raise anything
        said = str(error) if isinstance(error, MetricRefused) else type(error).__name__
        yield f"không trả lời được khi hồ sơ trống: {said}"
        return
    counts["câu đo"] += facts.sent
    if facts.sent > 1:
        yield f"gửi {facts.sent} câu SELECT, chỉ được một"
    if not how:
        yield from answer_problems(answer, frozenset())


def answer_problems(answer: list[Count], subjects: frozenset[int]) -> Iterator[str]:
    """What is wrong with an answer where only `subjects` are on record."""
    try:
        align(NONE_ASKED, answer, (None, 0))
    except MetricRefused as refused:
        yield f"trả lời sai: {refused}"
        return
    except (TypeError, ValueError, IndexError) as error:
        yield f"không trả lời bằng bộ ba (đối tượng, phần, tổng): {type(error).__name__}"
        return
    if unknown := sorted({who for who, _, _ in answer} - subjects):
        yield f"đếm đối tượng không có trong hồ sơ: {', '.join(map(str, unknown[:5]))}"


class _Questioned(RecordedFacts):
    """A committee without a record, which remembers what it was asked."""

    def __init__(self, parameters: Mapping[str, Decimal | str]) -> None:
        self.asked: set[str] = set()
        self.sent = 0
        super().__init__(cast(Connection, None), PERIOD, parameters, tuple)

    def value(self, parameter: str) -> Decimal | str:
        self.asked.add(parameter)
        return super().value(parameter)

    def _rows(self, statement: str, bound: Mapping[str, object]) -> Sequence[tuple[Any, ...]]:  # noqa: ARG002 - nothing is on record
        self.sent += 1
        return ()
