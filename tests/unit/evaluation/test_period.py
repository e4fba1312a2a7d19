"""What has passed and what may still be done on the day of an evaluation."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bontot.errors import PeriodRefused
from bontot.evaluation.period import Period, next_month


@pytest.mark.parametrize(
    ("as_of", "last_day", "due_before"),
    [
        (date(2023, 1, 1), date(2023, 1, 1), date(2023, 1, 1)),
        (date(2023, 4, 7), date(2023, 4, 7), date(2023, 4, 7)),  # today's deadline may still be kept today
        (date(2023, 12, 30), date(2023, 12, 30), date(2023, 12, 30)),
        (
            date(2023, 12, 31),
            date(2023, 12, 31),
            date(2024, 1, 1),
        ),  # on the last day the whole year is judged
        (date(2025, 6, 1), date(2023, 12, 31), date(2024, 1, 1)),
    ],
)
def test_a_year_is_judged_as_far_as_it_went(as_of: date, last_day: date, due_before: date) -> None:
    period = Period(2023, as_of)
    assert (period.last_day, period.due_before) == (last_day, due_before)
    assert len(period.months) == last_day.month


def test_a_year_not_begun_is_refused_in_words() -> None:
    with pytest.raises(PeriodRefused) as refused:
        Period(2024, date(2023, 12, 31))
    assert str(refused.value) == "Năm 2024 chưa bắt đầu vào ngày 31/12/2023."


def test_the_month_after_december_is_january() -> None:
    assert next_month(date(2023, 12, 1)) == date(2024, 1, 1)


YEAR = Period(2025, date(2025, 12, 31))
CHANGE = date(2025, 10, 28)


def test_a_rule_that_began_or_ended_in_the_year_is_judged_on_its_own_days() -> None:
    before, after = YEAR.within(None, CHANGE), YEAR.within(CHANGE, None)
    assert before is not None
    assert after is not None
    assert [(one.start, one.to, one.last_day, one.due_before, one.whole) for one in (before, after)] == [
        (date(2025, 1, 1), CHANGE, date(2025, 10, 27), CHANGE, True),
        (CHANGE, date(2026, 1, 1), date(2025, 12, 31), date(2026, 1, 1), True),
    ]


def test_while_the_year_runs_what_is_due_that_day_may_still_be_done_under_an_open_rule_only() -> None:
    running = Period(2025, date(2025, 10, 27))
    ended, still = running.within(None, CHANGE), running.within(None, date(2025, 11, 1))
    assert ended is not None
    assert still is not None
    assert (ended.due_before, still.due_before) == (CHANGE, date(2025, 10, 27))
    assert running.within(CHANGE, None) is None


def test_an_end_that_cuts_nothing_off_leaves_the_period_as_it_is() -> None:
    assert YEAR.within(date(2018, 7, 6), None) == YEAR
    assert YEAR.within(date(2025, 1, 1), date(2026, 1, 1)) == YEAR
    assert YEAR.within(None, date(2025, 1, 1)) is None
    assert YEAR.within(date(2026, 1, 1), None) is None


AROUND = st.dates(date(2024, 6, 1), date(2026, 6, 1))


@given(AROUND, AROUND, st.dates(date(2025, 1, 1), date(2026, 3, 1)))
def test_the_days_left_are_exactly_those_in_both(since: date, until: date, as_of: date) -> None:
    period = Period(2025, as_of)
    found = period.within(since, until)
    both = [
        day
        for day in (period.start + timedelta(days=each) for each in range(366))
        if day < period.to and since <= day < until
    ]
    assert (found and (found.start, found.last_day)) == ((both[0], both[-1]) if both else None)
