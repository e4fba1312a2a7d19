"""What a due comes to: the groups of each regulation, the reductions, and exact rounding."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from bontot.policy.fees import due_of, half_up, retained_of, rules_on, spread
from bontot.policy.national_fees import FEES_2010, FEES_2026, NATIONAL

FEBRUARY = date(2026, 2, 1)


def test_every_day_since_2011_has_one_regulation() -> None:
    for day in (date(2011, 1, 1), date(2026, 1, 31), FEBRUARY, date(2030, 1, 1)):
        assert sum(rules.holds_on(day) for rules in NATIONAL) == 1
    assert rules_on(date(2010, 12, 31), NATIONAL) is None
    assert [rules_on(day, NATIONAL) for day in (date(2026, 1, 31), FEBRUARY)] == [FEES_2010, FEES_2026]


def dues(month: date, figure: int) -> dict[str, int | None]:
    rules = rules_on(month, NATIONAL)
    assert rules
    return {group.key: due_of(group, figure, month) for group in rules.groups}


def test_each_group_pays_its_share_of_its_own_base() -> None:
    assert dues(date(2026, 1, 1), 6_430_150) == {"salary": 64_302, "pension": 32_151, "fixed": 6_430_150}
    assert dues(FEBRUARY, 6_430_150) == {
        "salary": 64_302,
        "benefit": 64_302,
        "pension": 32_151,
        "uninsured": 19_290,
        "uninsured_old": 12_860,
        "student": 5_000,
        "abroad": 6_430_150,
    }


def test_the_shares_of_the_uninsured_rise_in_2028() -> None:
    for key, before, after in (("uninsured", 3, 5), ("uninsured_old", 2, 3)):
        group = FEES_2026.group(key)
        assert group
        assert [group.rate(day) for day in (date(2027, 12, 31), date(2028, 1, 1))] == [
            Fraction(before, 1000),
            Fraction(after, 1000),
        ]


def test_a_reduction_is_taken_before_rounding() -> None:
    pension = FEES_2026.group("pension")
    assert pension
    assert [due_of(pension, 6_430_150, FEBRUARY, percent) for percent in (0, 30, 50, 70)] == [
        32_151,
        22_506,
        16_075,
        9_645,
    ]
    assert due_of(pension, None, FEBRUARY) is None


def test_fifty_years_of_party_age_exempt_from_february_2026_on() -> None:
    found = [rules.exempt_by_age(age) for rules in NATIONAL for age in (None, 49, 50)]
    assert [one and one.key for one in found] == [None, None, None, None, None, "party_age"]


@given(st.fractions(min_value=0, max_value=10**9))
def test_rounding_is_never_off_by_more_than_half_and_half_goes_up(exact: Fraction) -> None:
    rounded = half_up(exact)
    assert Fraction(-1, 2) < rounded - exact <= Fraction(1, 2)


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), max_size=14))
def test_a_payment_falls_on_the_oldest_first_and_nothing_is_lost(paid: int, owed: list[int]) -> None:
    parts = spread(paid, owed)
    assert sum(parts) == min(paid, sum(owed))
    assert all(0 <= part <= one for part, one in zip(parts, owed, strict=True))
    short = [place for place, (part, one) in enumerate(zip(parts, owed, strict=True)) if part < one]
    assert all(parts[place] == 0 for place in short[1:])


@given(st.integers(0, 10**12), st.integers(0, 100))
def test_what_is_kept_is_part_of_what_was_collected(collected: int, percent: int) -> None:
    assert 0 <= retained_of(collected, percent) <= collected
