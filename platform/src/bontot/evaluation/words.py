"""Numbers, figures and comparisons as a reader writes them in Vietnamese.

A ratio is rounded only here, and never so that what is shown contradicts what was decided: 84,96 % that misses 85 % is
not shown as 85,0 %.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from bontot.policy.terms import Operator, Outcome, Unit
from bontot.policy.words import asked, figure

OUTCOMES = {
    Outcome.MET: "Đạt",
    Outcome.NOT_MET: "Chưa đạt",
    Outcome.NOT_APPLICABLE: "Không áp dụng",
    Outcome.NO_DATA: "Chưa có dữ liệu",
    Outcome.ERROR: "Lỗi khi tính",
}
QUARTERS = ("I", "II", "III", "IV")
MOST_DECIMALS = 30


def requirement(operator: Operator, value: Decimal, unit: Unit) -> str:
    """What is asked: "từ 85 % trở lên", "không quá 3", "đủ 100 %"."""
    return asked(operator, unit, value)


def percent(part: int, whole: int, threshold: Decimal | None = None) -> str:
    """`part` of `whole` with one decimal, or as many as it takes to stand on its true side of `threshold` percent."""
    exact = Fraction(part * 100, whole)
    for places in range(1, MOST_DECIMALS):
        shown = _rounded(exact, places)
        if threshold is None or _side(shown, threshold) == _side(exact, threshold):
            break
    return f"{_decimal(shown, places)} %"


def _side(ratio: Fraction, threshold: Decimal) -> int:
    difference = ratio - Fraction(threshold)
    return (difference > 0) - (difference < 0)


def _rounded(ratio: Fraction, places: int) -> Fraction:
    """Half up, in exact arithmetic."""
    scale = 10**places
    return Fraction((ratio * scale * 2 + 1) // 2, scale)


def _decimal(value: Fraction, places: int) -> str:
    whole, rest = divmod(value.numerator * 10**places // value.denominator, 10**places)
    return f"{figure(whole)},{rest:0{places}}"
