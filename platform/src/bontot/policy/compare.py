"""The one exact comparison between two counted integers and a threshold."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from operator import eq, ge, gt, le, lt

from bontot.policy.terms import Operator, Outcome, Unit

HOLDS: dict[Operator, Callable[[int, int], bool]] = {
    Operator.AT_LEAST: ge,
    Operator.MORE_THAN: gt,
    Operator.EQUAL: eq,
    Operator.AT_MOST: le,
    Operator.LESS_THAN: lt,
}


def ratio_terms(threshold: Decimal, unit: Unit) -> tuple[int, int]:
    """`(n, d)` such that `part · d` against `n · whole` (percent) or against `n` (every other unit) is the
    comparison.

    The terms are reduced: 85 % is (17, 20), 6 months (6, 1), 0,5 points (1, 2).
    """
    ratio = Fraction(threshold) / 100 if unit is Unit.PERCENT else Fraction(threshold)
    return ratio.numerator, ratio.denominator


def decide(
    operator: Operator, part: int | None, whole: int, threshold: Decimal | None, unit: Unit
) -> Outcome:
    """The outcome of a count. A threshold not in force, or nobody and nothing required, is not applicable;
    records that hold nothing to count are no data."""
    if threshold is None:
        return Outcome.NOT_APPLICABLE
    if part is None:
        return Outcome.NO_DATA
    if whole == 0:
        return Outcome.NOT_APPLICABLE
    n, d = ratio_terms(threshold, unit)
    base = whole if unit is Unit.PERCENT else 1
    return Outcome.MET if HOLDS[operator](part * d, n * base) else Outcome.NOT_MET
