"""The arithmetic of a score sheet: exact fractions from points to the band, nothing rounded before it is compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from bontot.policy.sheets import Scale, ScoreSheet, SheetItem
from bontot.policy.terms import Clause

BANDS = ("good", "fair", "average", "poor")
"""The four bands a meeting can reach: tốt, khá, trung bình, kém."""


def items_of(sheet: ScoreSheet, *, thematic: bool) -> tuple[SheetItem, ...]:
    """The items that apply to a meeting with, or without, a thematic part."""
    return tuple(item for item in sheet.items if thematic or not item.thematic_only)


def most(items: Iterable[SheetItem]) -> Decimal:
    """The most points of some items together."""
    return sum((item.maximum for item in items), Decimal())


def score(sheet: ScoreSheet, points: Mapping[str, Decimal], *, thematic: bool) -> Fraction:
    """The total brought to the total of the whole sheet: 80 of 95 that apply are 80 × 100 ÷ 95 of 100.

    `points` holds every item that applies; others count nothing. Raises KeyError for one that is missing.
    """
    items = items_of(sheet, thematic=thematic)
    total = sum((points[item.key] for item in items), Decimal())
    return Fraction(total) * Fraction(most(sheet.items)) / Fraction(most(items))


def band(sheet: ScoreSheet, limits: Mapping[str, Decimal], reached: Fraction) -> str:
    """The band of a total, by the values in force of the sheet's thresholds; a band without one is not given."""
    for key, name in sheet.bands:
        if key in limits and reached >= Fraction(limits[key]):
            return name
    return sheet.lowest


def shown(reached: Fraction) -> Decimal:
    """A total with two decimals, half up: to be read, never to be compared."""
    exact = Decimal(reached.numerator) / Decimal(reached.denominator)
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def scale_on(item: SheetItem, day: date) -> Scale | None:
    """The scale of an item in force on a day."""
    begun = [dated.value for dated in item.scales if dated.valid_from <= day]
    return begun[-1] if begun else None


def suggested(scale: Scale, part: int, whole: int, unexcused: int = 0) -> Decimal | None:
    """The points a share suggests; none where nobody or nothing was required."""
    if whole == 0:
        return None
    if scale.lowest_if_unexcused and unexcused:
        return scale.tiers[-1].points
    return next(tier.points for tier in scale.tiers if Fraction(part * 100, whole) >= Fraction(tier.least))


def sheet_clauses(sheet: ScoreSheet) -> Iterator[Clause]:
    """Every clause a sheet cites."""
    yield from sheet.clauses
    for item in sheet.items:
        yield from item.clauses
        yield from (scale.clause for scale in item.scales if scale.clause)
