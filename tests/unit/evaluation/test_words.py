"""A percentage is rounded for the eye and never against the verdict."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bontot.evaluation.words import percent, requirement
from bontot.policy.terms import Operator, Unit


@pytest.mark.parametrize(
    ("part", "whole", "threshold", "words"),
    [
        (17, 20, 85, "85,0 %"),
        (6, 7, None, "85,7 %"),
        (6, 7, 85, "85,7 %"),
        (2124, 2500, 85, "84,96 %"),  # 84,96 % misses 85 %: not shown as 85,0 %
        (21251, 25000, 85, "85,004 %"),
        (999_999, 1_000_000, 100, "99,9999 %"),
        (1, 1, 100, "100,0 %"),
        (0, 9, 50, "0,0 %"),
        (1, 3, 33, "33,3 %"),
        (3, 2, 100, "150,0 %"),
    ],
)
def test_a_ratio_is_written_as_far_as_it_must_be(
    part: int, whole: int, threshold: int | None, words: str
) -> None:
    assert percent(part, whole, None if threshold is None else Decimal(threshold)) == words


@given(
    part=st.integers(0, 10**9),
    whole=st.integers(1, 10**9),
    threshold=st.decimals(0, 100, places=2),
)
def test_what_is_shown_stands_where_the_exact_ratio_stands(part: int, whole: int, threshold: Decimal) -> None:
    shown = Fraction(percent(part, whole, threshold).removesuffix(" %").replace(".", "").replace(",", "."))
    exact, asked = Fraction(part * 100, whole), Fraction(threshold)
    assert (shown > asked, shown < asked) == (exact > asked, exact < asked)
    assert abs(shown - exact) <= Fraction(1, 20)


@pytest.mark.parametrize(
    ("operator", "value", "unit", "words"),
    [
        (Operator.AT_LEAST, 85, Unit.PERCENT, "từ 85 % trở lên"),
        (Operator.MORE_THAN, 85, Unit.PERCENT, "trên 85 %"),
        (Operator.EQUAL, 100, Unit.PERCENT, "đủ 100 %"),
        (Operator.EQUAL, 0, Unit.COUNT, "không được có trường hợp nào"),
        (Operator.AT_LEAST, 100, Unit.PERCENT, "đủ 100 %"),
        (Operator.AT_MOST, 0, Unit.COUNT, "không được có trường hợp nào"),
        (Operator.AT_MOST, 0, Unit.PERCENT, "không được có trường hợp nào"),
        (Operator.AT_MOST, 0, Unit.MONTHS, "không quá 0 tháng"),
        (Operator.AT_LEAST, 1, Unit.COUNT, "ít nhất 1"),
        (Operator.LESS_THAN, 100, Unit.PERCENT, "dưới 100 %"),
        (Operator.AT_MOST, 3, Unit.COUNT, "không quá 3"),
        (Operator.LESS_THAN, 3, Unit.MONTHS, "dưới 3 tháng"),
        (Operator.AT_LEAST, 3, Unit.RATING, "từ “Hoàn thành tốt nhiệm vụ” trở lên"),
        (Operator.AT_LEAST, 90, Unit.POINTS, "từ 90 điểm trở lên"),
    ],
)
def test_what_is_asked_is_said_as_the_clause_words_it(
    operator: Operator, value: int, unit: Unit, words: str
) -> None:
    assert requirement(operator, Decimal(value), unit) == words
