"""How many must agree, exactly: half is not more than half, two thirds are two thirds."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bontot.db.models.meeting import VOTES
from bontot.policy.majorities import MAJORITIES, majority_on

DAY = date(2026, 4, 3)


@given(st.integers(1, 500), st.data())
def test_a_majority_is_reached_exactly_where_whole_numbers_say_so(entitled: int, data: st.DataObject) -> None:
    agreed = data.draw(st.integers(0, entitled))
    more_than_half, two_thirds = MAJORITIES
    assert more_than_half.reached(agreed, entitled) == (2 * agreed > entitled)
    assert two_thirds.reached(agreed, entitled) == (3 * agreed >= 2 * entitled)


def test_every_vote_has_its_majority_since_a_day_and_none_before() -> None:
    assert {about: majority_on(about, DAY) for about in VOTES} == {
        about: MAJORITIES[1] if about in ("admission", "recognition") else MAJORITIES[0] for about in VOTES
    }
    assert majority_on("resolution", date(2021, 7, 29)) is None
