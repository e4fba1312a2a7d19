"""Two integers against a threshold, exactly."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bontot.policy.compare import decide, ratio_terms
from bontot.policy.terms import Operator, Outcome, Unit

MET, NOT_MET = Outcome.MET, Outcome.NOT_MET


@pytest.mark.parametrize(
    ("operator", "part", "outcome"),
    [
        (Operator.AT_LEAST, 17, MET),
        (Operator.AT_LEAST, 16, NOT_MET),
        (Operator.MORE_THAN, 17, NOT_MET),
        (Operator.MORE_THAN, 18, MET),
        (Operator.EQUAL, 17, MET),
        (Operator.EQUAL, 18, NOT_MET),
        (Operator.AT_MOST, 17, MET),
        (Operator.AT_MOST, 18, NOT_MET),
        (Operator.LESS_THAN, 16, MET),
        (Operator.LESS_THAN, 17, NOT_MET),
    ],
)
def test_at_just_below_and_just_above_85_percent_of_20(
    operator: Operator, part: int, outcome: Outcome
) -> None:
    assert decide(operator, part, 20, Decimal(85), Unit.PERCENT) is outcome


@pytest.mark.parametrize(
    ("unit", "value", "part", "outcome"),
    [
        (Unit.COUNT, "0", 0, MET),
        (Unit.COUNT, "0", 1, NOT_MET),
        (Unit.MONTHS, "6", 6, MET),
        (Unit.MONTHS, "6", 7, NOT_MET),
        (Unit.RATING, "3", 3, MET),
        (Unit.POINTS, "27.5", 27, NOT_MET),
    ],
)
def test_other_units_compare_the_part_alone(unit: Unit, value: str, part: int, outcome: Outcome) -> None:
    assert decide(Operator.EQUAL, part, 12, Decimal(value), unit) is outcome


def test_what_cannot_be_decided_says_why() -> None:
    rate = Decimal(85)
    assert decide(Operator.AT_LEAST, 3, 4, None, Unit.PERCENT) is Outcome.NOT_APPLICABLE
    assert decide(Operator.AT_LEAST, None, 0, rate, Unit.PERCENT) is Outcome.NO_DATA
    assert decide(Operator.AT_LEAST, None, 4, rate, Unit.PERCENT) is Outcome.NO_DATA
    assert decide(Operator.AT_LEAST, 0, 0, rate, Unit.PERCENT) is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("value", "unit", "terms"),
    [
        ("85", Unit.PERCENT, (17, 20)),
        ("100", Unit.PERCENT, (1, 1)),
        ("0", Unit.PERCENT, (0, 1)),
        ("87.25", Unit.PERCENT, (349, 400)),
        ("6", Unit.MONTHS, (6, 1)),
        ("27.5", Unit.POINTS, (55, 2)),
    ],
)
def test_the_terms_of_a_threshold_are_reduced(value: str, unit: Unit, terms: tuple[int, int]) -> None:
    assert ratio_terms(Decimal(value), unit) == terms


@given(
    part=st.integers(0, 10**9),
    whole=st.integers(1, 10**9),
    hundredths=st.integers(0, 10000),
    operator=st.sampled_from(Operator),
)
def test_the_comparison_is_the_one_of_exact_fractions(
    part: int, whole: int, hundredths: int, operator: Operator
) -> None:
    left, right = Fraction(part, whole), Fraction(hundredths, 10000)
    holds = {
        ">=": left >= right,
        ">": left > right,
        "=": left == right,
        "<=": left <= right,
        "<": left < right,
    }[operator]
    outcome = decide(operator, part, whole, Decimal(hundredths) / 100, Unit.PERCENT)
    assert outcome is (MET if holds else NOT_MET)
