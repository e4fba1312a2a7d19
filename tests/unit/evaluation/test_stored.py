"""A ratio too fine for 64 bits is stored as the nearest one that its threshold decides alike."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bontot.evaluation.columns import LIMIT, align, compared
from bontot.evaluation.engine import Findings
from bontot.evaluation.population import Subjects
from bontot.evaluation.rules import Figure, Line, SchemeRules
from bontot.evaluation.runs import verdict_rows
from bontot.policy.compare import decide
from bontot.policy.terms import Kind, Operator, Origin, Outcome, Role, Subject, Unit

HUGE = 3 * LIMIT * LIMIT


def stored(
    part: int | None, whole: int, operator: Operator, threshold: Decimal
) -> tuple[Outcome, int | None, int]:
    """What is kept of one count."""
    figure = Figure(key="a", label="", unit=Unit.PERCENT, value=threshold)
    line = Line(
        key="a",
        label="",
        kind=Kind.MEASURED,
        role=Role.DECIDES,
        origin=Origin.PLAN,
        operator=operator,
        figure=figure,
    )
    rules = SchemeRules(
        key="c",
        policy="p",
        policy_label="",
        subject=Subject.CELL,
        title=None,
        lines=(line,),
        groups=(),
        blockers=(),
        enrolment="all",
        registration_expected=False,
    )
    ids = np.array([7], np.int64)
    column = align(ids, [(7, part, whole)], (None, 0))
    outcomes = compared(column, operator, threshold, Unit.PERCENT)
    subjects = Subjects(ids, ["subordinate_cell"], ["other"], np.array([True]))
    (row,) = verdict_rows(Findings(rules, subjects, [column], [outcomes], outcomes))
    return row.outcomes[0], row.parts[0], row.wholes[0]


@given(
    whole=st.integers(1, HUGE),
    share=st.fractions(0, 2, max_denominator=10**6) | st.just(Fraction(17, 20)),
    nudge=st.integers(-1, 1),
    operator=st.sampled_from(Operator),
    threshold=st.decimals(0, 100, places=2) | st.just(Decimal(85)),
)
def test_what_is_kept_fits_and_decides_as_what_was_counted(
    whole: int, share: Fraction, nudge: int, operator: Operator, threshold: Decimal
) -> None:
    part = max(0, whole * share.numerator // share.denominator + nudge)
    outcome, kept, kept_whole = stored(part, whole, operator, threshold)
    assert kept is not None
    assert max(kept, kept_whole) < LIMIT
    assert outcome is decide(operator, part, whole, threshold, Unit.PERCENT)
    assert outcome is decide(operator, kept, kept_whole, threshold, Unit.PERCENT)
    assert abs(Fraction(kept, kept_whole) - Fraction(part, whole)) <= Fraction(1, 10**12)


@pytest.mark.parametrize(("part", "whole"), [(17, 20), (0, 0), (None, 0), (LIMIT - 1, LIMIT - 1)])
def test_what_fits_is_kept_as_it_is(part: int | None, whole: int) -> None:
    assert stored(part, whole, Operator.AT_LEAST, Decimal(85))[1:] == (part, whole)
