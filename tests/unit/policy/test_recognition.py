"""Whose a step is on a day, when it is due, and what a count of votes says: exact, on every day and for every count."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bontot.policy.model import Authority, Step
from bontot.policy.recognition import (
    BY_HANDS,
    SECRET,
    Ballot,
    body_of,
    carried,
    due_day,
    months_later,
    votes_needed,
)

UNTIL_JUNE = date(2025, 7, 1)
STEP = Step(
    key="decide",
    label="Quyết định",
    authorities=(
        Authority(
            body="Đảng ủy phường",
            valid_from=date(2023, 1, 27),
            organisation_types=frozenset({"subordinate_cell"}),
        ),
        Authority(
            body="Quận ủy", valid_from=date(2023, 1, 27), organisation_types=frozenset({"grassroots_cell"})
        ),
        Authority(
            body="Cấp trên trực tiếp",
            valid_from=UNTIL_JUNE,
            organisation_types=frozenset({"grassroots_cell"}),
        ),
    ),
)
PERCENT = st.decimals(0, 100, places=2)
COUNTS = st.integers(0, 400)
DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("kind", "day", "body"),
    [
        ("subordinate_cell", date(2026, 1, 1), "Đảng ủy phường"),
        ("grassroots_cell", UNTIL_JUNE - timedelta(days=1), "Quận ủy"),
        ("grassroots_cell", UNTIL_JUNE, "Cấp trên trực tiếp"),
        ("grassroots_cell", date(2020, 1, 1), "Quận ủy"),
        ("party_group", UNTIL_JUNE, ""),
    ],
)
def test_a_step_is_the_body_s_of_the_day_and_the_type(kind: str, day: date, body: str) -> None:
    assert body_of(STEP, kind, day) == body


def test_a_step_is_due_on_its_day_of_the_year() -> None:
    assert due_day(Decimal(1130), 2023) == date(2023, 11, 30)
    assert [due_day(Decimal(229), year) for year in (2023, 2024)] == [date(2023, 2, 28), date(2024, 2, 29)]
    assert due_day(Decimal(931), 2023) == date(2023, 9, 30)


@given(DAYS, st.integers(0, 120))
def test_months_later_is_the_same_day_or_the_month_s_last(day: date, months: int) -> None:
    then = months_later(day, months)
    assert (then.year * 12 + then.month) - (day.year * 12 + day.month) == months
    assert then.day == day.day or (then.day < day.day and (then + timedelta(days=1)).day == 1)


@given(COUNTS, st.integers(1, 400), PERCENT)
def test_votes_carry_when_they_are_more_than_the_share_of_those_entitled(
    votes: int, entitled: int, majority: Decimal
) -> None:
    assert carried(votes, entitled, majority) == (Fraction(votes, entitled) > Fraction(majority) / 100)


@given(st.integers(1, 400), PERCENT)
def test_the_fewest_votes_that_carry_are_the_fewest(entitled: int, majority: Decimal) -> None:
    needed = votes_needed(entitled, majority)
    assert carried(needed, entitled, majority)
    assert not carried(needed - 1, entitled, majority)


@given(st.tuples(COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS))
def test_a_secret_ballot_adds_up_or_says_what_does_not(counts: tuple[int, int, int, int, int, int]) -> None:
    entitled, present, issued, returned, valid, invalid = counts
    ballot = Ballot(
        method=SECRET,
        entitled=entitled,
        present=present,
        issued=issued,
        returned=returned,
        valid=valid,
        invalid=invalid,
    )
    wrong = {name for name, _ in ballot.problems()}
    assert wrong == {
        name
        for name, right in (
            ("entitled", entitled >= 1),
            ("present", present <= entitled),
            ("issued", issued <= present),
            ("returned", returned <= issued),
            ("valid", valid + invalid == returned),
        )
        if not right
    }
    assert ballot.most == valid


@given(st.integers(1, 400), COUNTS)
def test_a_show_of_hands_has_no_papers(entitled: int, present: int) -> None:
    ballot = Ballot(method=BY_HANDS, entitled=entitled, present=present)
    assert bool(list(ballot.problems())) == (present > entitled)
    assert ballot.most == present
