"""Integer columns: one exact comparison decides a criterion for all subjects at once.

64-bit integers where they suffice, Python's own where a product would not fit; never a float.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from bontot.errors import MetricRefused
from bontot.policy.compare import ratio_terms
from bontot.policy.counts import Count
from bontot.policy.terms import Operator, Outcome, Unit

Ids = npt.NDArray[np.int64]
Numbers = npt.NDArray[Any]
"""int64, or objects that are Python integers."""
Outcomes = npt.NDArray[np.int8]
Mask = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]

LIMIT = 2**63

_HOLDS: dict[Operator, Callable[[Any, Any], Any]] = {
    Operator.AT_LEAST: np.greater_equal,
    Operator.MORE_THAN: np.greater,
    Operator.EQUAL: np.equal,
    Operator.AT_MOST: np.less_equal,
    Operator.LESS_THAN: np.less,
}


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """`part` of `whole` for every subject in order; where `known` is false there is no part."""

    part: Numbers
    whole: Numbers
    known: Mask

    def shifted(self, more: Numbers) -> Column:
        """The same with `more` added to the parts."""
        return Column(self.part + more, self.whole, self.known)


def nothing(size: int) -> Column:
    """A column without data."""
    zeros = np.zeros(size, np.int64)
    return Column(zeros, zeros, np.zeros(size, np.bool_))


def align(ids: Ids, counts: Sequence[Count], empty: tuple[int | None, int]) -> Column:
    """Counts brought into the order of `ids` (ascending); subjects not counted get `empty`, others are dropped.

    Raises MetricRefused for anything but whole numbers, and for a subject counted twice.
    """
    who = _whole_numbers([count[0] for count in counts])
    parts = [count[1] for count in counts]
    known = np.fromiter((part is not None for part in parts), np.bool_, len(parts))
    part = _whole_numbers([0 if part is None else part for part in parts])
    whole = _whole_numbers([count[2] for count in counts])
    if len(np.unique(who)) != len(who):
        raise MetricRefused("Phép đo đếm một đối tượng hai lần.")
    column = Column(
        _filled(len(ids), empty[0] or 0, part.dtype),
        _filled(len(ids), empty[1], whole.dtype),
        np.full(len(ids), empty[0] is not None),
    )
    at, found = located(ids, who)
    column.part[at], column.whole[at], column.known[at] = part[found], whole[found], known[found]
    return column


def located(ids: Ids, who: Numbers) -> tuple[Places, Mask]:
    """Where in `ids` those of `who` stand that are there, and which of `who` they are."""
    if not len(ids):
        return np.zeros(0, np.intp), np.zeros(len(who), np.bool_)
    at = np.minimum(np.searchsorted(ids, who), len(ids) - 1)
    found: Mask = ids[at] == who
    return at[found], found


def _filled(size: int, value: int, dtype: npt.DTypeLike) -> Numbers:
    return np.full(size, value, dtype)


def _whole_numbers(values: list[Any]) -> Numbers:
    if not set(map(type, values)) <= {int}:
        values = [_whole_number(value) for value in values]
    try:
        return np.array(values, np.int64)
    except OverflowError:
        return np.array(values, object)


def _whole_number(value: object) -> int:
    if type(value) is int or (isinstance(value, Decimal) and value == value.to_integral_value()):
        return int(value)
    raise MetricRefused(f"Phép đo phải cho số nguyên, không phải {value!r}.")


def compared(column: Column, operator: Operator, threshold: Decimal | None, unit: Unit) -> Outcomes:
    """The outcome of every count; the same as `bontot.policy.compare.decide` of each."""
    size = len(column.known)
    if threshold is None:
        return np.full(size, Outcome.NOT_APPLICABLE, np.int8)
    left, right = _sides(column, threshold, unit)
    holds = _HOLDS[operator](left, right).astype(np.bool_, copy=False)
    found = np.where(holds, np.int8(Outcome.MET), np.int8(Outcome.NOT_MET))
    nobody = (column.whole == 0).astype(np.bool_, copy=False)
    for mask, outcome in ((nobody, Outcome.NOT_APPLICABLE), (~column.known, Outcome.NO_DATA)):
        if mask.any():
            np.copyto(found, np.int8(outcome), where=mask)
    return found


def compared_between(
    low: Column, high: Column, operator: Operator, threshold: Decimal | None, unit: Unit
) -> Outcomes:
    """The outcome when the true part lies from `low` to `high`: decided where it cannot matter, else no data."""
    least = compared(low, operator, threshold, unit)
    most = compared(high, operator, threshold, unit)
    differ: Mask = least != most
    if operator is Operator.EQUAL and threshold is not None:
        below, above = _sides(low, threshold, unit), _sides(high, threshold, unit)
        between = (below[0] < below[1]) & (above[0] > above[1])
        differ |= between.astype(np.bool_) & (least == Outcome.NOT_MET)
    return np.where(differ, np.int8(Outcome.NO_DATA), least)


def _sides(column: Column, threshold: Decimal, unit: Unit) -> tuple[Numbers, Numbers]:
    """`part · d` and `n · whole` (percent) or `n`, in integers wide enough for both."""
    numerator, denominator = ratio_terms(threshold, unit)
    base = column.whole if unit is Unit.PERCENT else np.ones(len(column.known), np.int64)
    return _product(column.part, denominator), _product(base, numerator)


def _product(values: Numbers, factor: int) -> Numbers:
    if values.dtype == object or _largest(values) * abs(factor) >= LIMIT:
        return values.astype(object) * factor
    product: Numbers = values * np.int64(factor)
    return product


def _largest(values: Ids) -> int:
    """No magnitude among the values is greater. All their bits together are enough to know, where none is negative."""
    bits = int(np.bitwise_or.reduce(values, initial=0))
    return bits if bits >= 0 else max(abs(int(values.max())), abs(int(values.min())))


def all_met(rows: Sequence[Outcomes], size: int) -> Outcomes:
    """ "Any AND" of several outcomes a subject: one not met fails it; otherwise one without data, or in error, leaves it
    open; not applicable is ignored, and stands when there is nothing else."""
    seen = np.zeros(size, np.uint8)
    for row in rows:
        seen |= np.left_shift(_ONE, row.view(np.uint8))
    return _TOGETHER[seen]


def _together(seen: int) -> Outcome:
    """The outcome of a set of outcomes, given as a bit each."""
    for outcomes, together in (
        ((Outcome.NOT_MET,), Outcome.NOT_MET),
        ((Outcome.NO_DATA, Outcome.ERROR), Outcome.NO_DATA),
        ((Outcome.MET,), Outcome.MET),
    ):
        if any(seen & 1 << outcome for outcome in outcomes):
            return together
    return Outcome.NOT_APPLICABLE


_ONE = np.uint8(1)
_TOGETHER = np.array([_together(seen) for seen in range(2 ** (len(Outcome) + 1))], np.int8)


def counted_at(places: Places, mask: Mask, size: int) -> Ids:
    """How many of the masked stand at each of `size` places."""
    return np.bincount(places[mask], minlength=size).astype(np.int64)


def summed_at(places: Places, values: Numbers, mask: Mask, size: int) -> Numbers:
    """The sum of the masked values at each of `size` places."""
    total = np.zeros(size, values.dtype)
    np.add.at(total, places[mask], values[mask])
    return total
