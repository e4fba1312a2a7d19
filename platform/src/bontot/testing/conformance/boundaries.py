"""Every boundary of every figure, decided as in production and once more by plain reasoning; and what an operator
promises: more never turns a pass into a failure, a stricter figure never lets more pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

import numpy as np

from bontot.evaluation.columns import Column, Outcomes, compared
from bontot.evaluation.period import YEARS, Period
from bontot.evaluation.rules import Figure, SchemeRules, rule_set
from bontot.evaluation.values import Values
from bontot.policy.model import Chosen, Policy, Threshold
from bontot.policy.resolve import Layer, Override
from bontot.policy.terms import Direction, Operator, Outcome, Unit
from bontot.policy.words import COMPARISONS, quantity
from bontot.registry import Offer, Registry

Case = tuple[int | None, int]
"""`(part, whole)` as a metric would count it."""
NOBODY: Case = (0, 0)
UNKNOWN: tuple[Case, ...] = ((None, 0), (None, 1))
SMALL = (1, 2, 3, 7, 10, 29)
"""Numbers of people or meetings of which a percentage falls between two."""
PASSES = {
    Operator.AT_LEAST: (False, True, True),
    Operator.MORE_THAN: (False, False, True),
    Operator.EQUAL: (False, True, False),
    Operator.AT_MOST: (True, True, False),
    Operator.LESS_THAN: (True, False, False),
}
"""Whether below, at and above the figure passes."""
RISING = (Operator.AT_LEAST, Operator.MORE_THAN)
FALLING = (Operator.AT_MOST, Operator.LESS_THAN)
DAY = timedelta(days=1)
ALTERED = {Direction.HIGHER: "cao hơn", Direction.LOWER: "thấp hơn"}


@dataclass(frozen=True, slots=True)
class _Asked:
    """A line of a plan on a day, with the figure that plain reading of the declarations gives."""

    day: date
    key: str
    operator: Operator
    found: Figure
    figure: Decimal | None


def standings(registry: Registry, offer: Offer) -> Iterator[tuple[date, SchemeRules]]:
    """Every scheme of a policy as production judges by it, on the days around every dated change, under every option that
    brings criteria in or says how they are combined."""
    policy = offer.policy
    for values in _readings(registry, policy):
        for day in _days(offer):
            rules = rule_set(registry, values, policy.code, Period(day.year, day))
            yield from ((day, scheme) for scheme in rules.schemes if scheme.policy == policy.code)


def boundary_problems(
    offer: Offer, standing: Iterable[tuple[date, SchemeRules]], counts: Counter[str]
) -> Iterator[str]:
    """Figures in force on the days around every change; every count around each of them."""
    code, told = offer.policy.code, set[tuple[str, str]]()
    for asked in _asked(offer, standing):
        counts["mức theo ngày"] += 1
        for sentence in _line_problems(asked, counts):
            if (asked.key, sentence) not in told:
                told.add((asked.key, sentence))
                yield f"{code}: {asked.key}: {sentence}"


def _line_problems(asked: _Asked, counts: Counter[str]) -> Iterator[str]:
    operator, figure = asked.operator, asked.found
    if figure.value != asked.figure:
        yield f"ngày {asked.day:%d/%m/%Y} phải là {asked.figure}, hệ thống lấy {figure.value}"
        return
    cases = [*_cases(figure.value, figure.unit), NOBODY, *UNKNOWN]
    counts["ranh giới"] += len(cases)
    decided = [Outcome(one) for one in compared(_column(cases), operator, figure.value, figure.unit)]
    for case, outcome in zip(cases, decided, strict=True):
        expected = _expected(case, operator, figure.value, figure.unit)
        if outcome is not expected:
            part, whole = case
            yield f"{part}/{whole} phải là {expected.name.lower()}, hệ thống cho {outcome.name.lower()}"
    if figure.value is not None:
        yield from _one_sided(decided, operator, figure.value, figure.unit)


def _one_sided(decided: Iterable[Outcome], operator: Operator, value: Decimal, unit: Unit) -> Iterator[str]:
    found = set(decided)
    words = COMPARISONS[operator].format(quantity(unit, value))
    if Outcome.MET not in found:
        yield f"“{words}” thì không số đếm nào đạt được"
    if Outcome.NOT_MET not in found:
        yield f"“{words}” thì số đếm nào cũng đạt"


def _asked(offer: Offer, standing: Iterable[tuple[date, SchemeRules]]) -> Iterator[_Asked]:
    """Every compared line on every day once."""
    seen = set[tuple[date, str]]()
    for day, line in ((day, line) for day, scheme in standing for line in scheme.lines):
        if line.operator and line.figure and (day, line.key) not in seen:
            seen.add((day, line.key))
            on = max(day, offer.policy.in_force_from)
            stated = _in_force(offer.stack, line.figure.key, on)
            yield _Asked(day, line.key, line.operator, line.figure, stated)


def _readings(registry: Registry, policy: Policy) -> Iterator[Values]:
    yield Values(registry, {})
    chosen = {criterion.when for criterion in policy.criteria if criterion.when}
    for combination in (scheme.combination for scheme in policy.schemes):
        if isinstance(combination, Chosen):
            chosen |= {(combination.option, choice) for choice, _ in combination.of}
    for key, value in sorted(chosen):
        trial = Override(key=key, value=value, valid_from=date.min, decision="", who="", layer=Layer.WHAT_IF)
        yield Values(registry, {}, {policy.code: (trial,)})


def _days(offer: Offer) -> list[date]:
    changes = {offer.policy.in_force_from} | {
        change
        for policy in offer.stack
        for dates in (
            (dated.valid_from for item in policy.thresholds for dated in item.values),
            (dated.valid_from for item in policy.options for dated in item.values),
        )
        for change in dates
    }
    around = {day for change in changes for day in (change - DAY, change)}
    return sorted(day for day in around if day.year in YEARS)


def _in_force(stack: Sequence[Policy], key: str, day: date) -> Decimal | None:
    """The value a reader finds: the uppermost plan that has begun to state one."""
    for policy in reversed(stack):
        begun = [
            dated
            for item in policy.thresholds
            if item.key == key
            for dated in item.values
            if dated.valid_from <= day
        ]
        if begun:
            return max(begun, key=lambda dated: dated.valid_from).value
        if key in policy.drop:
            return None
    return None


def _cases(value: Decimal | None, unit: Unit) -> list[Case]:
    """Counts that can occur: one below, at and one above the figure, and every share of a few people."""
    if unit is Unit.PERCENT:
        exact = Fraction(value or 0) / 100
        wholes = (*SMALL, exact.denominator, exact.denominator * 100)
        around = {(floor(exact * whole) + step, whole) for whole in wholes for step in (-1, 0, 1, 2)}
        return sorted((part, whole) for part, whole in around if 0 <= part <= whole)
    figure = Fraction(value or 0)
    lowest, highest = (1, 4) if unit is Unit.RATING else (0, None)
    parts = range(floor(figure) - 1, ceil(figure) + 2)
    return [(part, 1) for part in parts if part >= lowest and (highest is None or part <= highest)]


def _expected(case: Case, operator: Operator, value: Decimal | None, unit: Unit) -> Outcome:
    part, whole = case
    if value is None:
        return Outcome.NOT_APPLICABLE
    if part is None:
        return Outcome.NO_DATA
    if whole == 0:
        return Outcome.NOT_APPLICABLE
    counted = Fraction(part, whole) * 100 if unit is Unit.PERCENT else Fraction(part)
    place = (counted > Fraction(value)) - (counted < Fraction(value)) + 1
    return Outcome.MET if PASSES[operator][place] else Outcome.NOT_MET


def _column(cases: Sequence[Case]) -> Column:
    return Column(
        np.array([part or 0 for part, _ in cases], np.int64),
        np.array([whole for _, whole in cases], np.int64),
        np.array([part is not None for part, _ in cases], np.bool_),
    )


def order_problems(offer: Offer, counts: Counter[str]) -> Iterator[str]:
    """Criteria and evidence whose outcome does not follow the order of counts, or of figures."""
    thresholds = {item.key: item for item in offer.policy.thresholds}
    for key, operator, threshold in dict.fromkeys(_comparisons(offer.policy)):
        if operator is not Operator.EQUAL:
            declared = thresholds[threshold]
            for sentence in _disorder(operator, declared, counts):
                yield f"{offer.policy.code}: {key}: {sentence}"


def _comparisons(policy: Policy) -> Iterator[tuple[str, Operator, str]]:
    for criterion in policy.criteria:
        shown = ((evidence.operator, evidence.threshold) for evidence in criterion.evidence)
        for operator, threshold in ((criterion.operator, criterion.threshold), *shown):
            if operator and threshold:
                yield criterion.key, operator, threshold


def _disorder(operator: Operator, threshold: Threshold, counts: Counter[str]) -> Iterator[str]:
    figures = _figures(threshold)
    column = _ladder(figures, threshold.unit)
    passing = [_met(compared(column, operator, figure, threshold.unit)) for figure in figures]
    counts["so thứ tự"] += len(column.known) * len(figures)
    if any(met.tolist() != sorted(met.tolist(), reverse=operator in FALLING) for met in passing):
        yield "đếm được nhiều hơn lại đổi từ đạt sang chưa đạt"
    if threshold.stricter is Direction.LOWER:
        passing.reverse()
    if any((stricter & ~looser).any() for looser, stricter in pairwise(passing)):
        words = COMPARISONS[operator].format("mức")
        yield f"“{words}” mà khai {ALTERED[threshold.stricter]} là chặt hơn, nên mức chặt hơn lại cho nhiều hơn đạt"


def _figures(threshold: Threshold) -> list[Decimal]:
    """Figures that may come to hold, ascending: the plan's own, the one offered, the bounds, and one more above."""
    stated = [*(dated.value for dated in threshold.values), threshold.suggestion]
    bounds = [threshold.lowest, threshold.highest]
    figures = {figure for figure in (*stated, *bounds) if figure is not None} or {Decimal(1)}
    if threshold.highest is None:
        figures.add(max(figures) + 1)
    return sorted(figures)


def _ladder(figures: Sequence[Decimal], unit: Unit) -> Column:
    """Every count from none to beyond the largest figure."""
    whole = 1000 if unit is Unit.PERCENT else 1
    top = whole if unit is Unit.PERCENT else min(int(max(figures)) + 2, 2000)
    return _column([(part, whole) for part in range(top + 1)])


def _met(decided: Outcomes) -> np.ndarray:
    return np.asarray(decided == Outcome.MET)
