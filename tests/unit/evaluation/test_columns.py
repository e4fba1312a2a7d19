"""Whole columns decide as single counts do, in exact integers of any size."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bontot.errors import MetricRefused
from bontot.evaluation.columns import Column, align, all_met, compared, compared_between
from bontot.policy.compare import HOLDS, decide
from bontot.policy.counts import Count
from bontot.policy.terms import Operator, Outcome, Unit

BIG = 2**62
counts = st.lists(
    st.tuples(
        st.none() | st.integers(0, 40) | st.integers(BIG, 4 * BIG),
        st.integers(0, 40) | st.integers(BIG, 4 * BIG),
    ),
    max_size=8,
)
thresholds = st.none() | st.decimals(0, 100, places=2) | st.integers(0, 40).map(Decimal)
operators, units = st.sampled_from(Operator), st.sampled_from([Unit.PERCENT, Unit.COUNT, Unit.POINTS])


def column(pairs: list[tuple[int | None, int]]) -> Column:
    ids = np.arange(len(pairs), dtype=np.int64)
    listed: list[Count] = [(number, part, whole) for number, (part, whole) in enumerate(pairs)]
    return align(ids, listed, (None, 0))


@given(pairs=counts, operator=operators, threshold=thresholds, unit=units)
def test_a_column_decides_as_each_of_its_counts(
    pairs: list[tuple[int | None, int]], operator: Operator, threshold: Decimal | None, unit: Unit
) -> None:
    found = compared(column(pairs), operator, threshold, unit).tolist()
    assert found == [decide(operator, part, whole, threshold, unit) for part, whole in pairs]


@given(
    pairs=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 6), st.integers(0, 12)), max_size=6),
    operator=operators,
    threshold=st.integers(0, 100).map(Decimal),
    unit=units,
)
def test_what_is_still_open_decides_only_where_no_answer_could_change_it(
    pairs: list[tuple[int, int, int]], operator: Operator, threshold: Decimal, unit: Unit
) -> None:
    low = column([(part, whole) for part, _, whole in pairs])
    more = np.array([extra for _, extra, _ in pairs], np.int64)
    found = compared_between(low, low.shifted(more), operator, threshold, unit).tolist()
    target = Fraction(threshold) / 100 if unit is Unit.PERCENT else Fraction(threshold)
    for outcome, (part, extra, whole) in zip(found, pairs, strict=True):
        scaled = target * (whole if unit is Unit.PERCENT else 1)
        n, d = scaled.numerator, scaled.denominator
        possible = {HOLDS[operator]((part + some) * d, n) for some in range(extra + 1)}
        if operator is Operator.EQUAL and part < scaled < part + extra:
            possible = {True, False}
        wanted = (
            Outcome.NO_DATA if len(possible) == 2 else Outcome.MET if possible == {True} else Outcome.NOT_MET
        )
        assert outcome == (Outcome.NOT_APPLICABLE if whole == 0 else wanted)


def test_subjects_come_in_order_and_those_not_counted_get_what_the_metric_says() -> None:
    ids = np.array([3, 5, 9], np.int64)
    found = align(ids, [(9, 1, 2), (4, 7, 7), (3, None, 5)], (0, 1))
    assert (found.part.tolist(), found.whole.tolist(), found.known.tolist()) == (
        [0, 0, 1],
        [5, 1, 2],
        [False, True, True],
    )


def test_whole_decimals_of_a_sum_are_numbers_too() -> None:
    found = align(np.array([1], np.int64), [(1, Decimal("3"), Decimal("4.0"))], (None, 0))  # type: ignore[list-item]
    assert (found.part.tolist(), found.whole.tolist()) == ([3], [4])


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        ([(1, 0.5, 1)], "Phép đo phải cho số nguyên, không phải 0.5."),
        ([(1, "1", 1)], "Phép đo phải cho số nguyên, không phải '1'."),
        ([(1, True, 1)], "Phép đo phải cho số nguyên, không phải True."),
        ([(1, Decimal("0.5"), 1)], "Phép đo phải cho số nguyên, không phải Decimal('0.5')."),
        ([(1, 1, None)], "Phép đo phải cho số nguyên, không phải None."),
        ([(1, 1, 1), (1, 2, 2)], "Phép đo đếm một đối tượng hai lần."),
    ],
)
def test_a_metric_gives_whole_numbers_and_each_subject_once(listed: list[Count], words: str) -> None:
    with pytest.raises(MetricRefused) as refused:
        align(np.array([1], np.int64), listed, (None, 0))
    assert str(refused.value) == words


@given(rows=st.lists(st.lists(st.sampled_from(Outcome), min_size=3, max_size=3), max_size=6))
def test_any_and_is_the_dossiers(rows: list[list[Outcome]]) -> None:
    found = all_met([np.array(row, np.int8) for row in rows], 3).tolist()
    for at, verdict in enumerate(found):
        among = {row[at] for row in rows}
        if Outcome.NOT_MET in among:
            assert verdict == Outcome.NOT_MET
        elif among & {Outcome.NO_DATA, Outcome.ERROR}:
            assert verdict == Outcome.NO_DATA
        else:
            assert verdict == (Outcome.MET if Outcome.MET in among else Outcome.NOT_APPLICABLE)
