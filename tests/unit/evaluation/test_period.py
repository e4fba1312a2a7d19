"""What has passed and what may still be done on the day of an evaluation."""

from __future__ import annotations

from datetime import date

import pytest

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
