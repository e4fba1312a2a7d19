"""The readings the platform offers, and those of them a plan makes itself."""

from __future__ import annotations

from datetime import date

import pytest

from bontot.policy.standard import attendance_options, meeting_options
from bontot.policy.terms import Clause, Origin

SINCE = date(2026, 1, 1)
AT = Clause("paper", "mục 2")


def test_a_reading_the_plan_states_is_the_plans_and_the_others_stay_defaults() -> None:
    stated = {
        one.key: (one.values[0].value, one.values[0].origin, one.values[0].clause)
        for one in meeting_options(SINCE, AT, fallback="previous_free")
    }
    plain = {
        one.key: (one.values[0].value, one.values[0].origin, one.values[0].clause)
        for one in meeting_options(SINCE)
    }
    assert stated.pop("meeting.fallback") == ("previous_free", Origin.PLAN, AT)
    assert plain.pop("meeting.fallback") == ("next_free_within_deadline", Origin.DEFAULT, None)
    assert stated == plain


def test_how_a_rate_is_read_may_be_stated_too() -> None:
    excused, aggregation = attendance_options(SINCE, AT, aggregation="each_meeting")
    assert (excused.values[0].origin, aggregation.values[0].value) == (Origin.DEFAULT, "each_meeting")


def test_a_reading_there_is_not_is_refused() -> None:
    with pytest.raises(TypeError, match=r"there is no meeting\.falback"):
        meeting_options(SINCE, AT, falback="previous_free")
