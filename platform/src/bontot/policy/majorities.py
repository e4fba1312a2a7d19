"""How many of those entitled must agree, by what is voted on and since when.

From secondary sources on the guidance to the Charter (dossier rules §2): a resolution passes with more than half of the
members entitled; admission and official recognition need two thirds of the official members. What held before the guidance
of 30 July 2021 is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Majority:
    """The share of those entitled that must agree, since a day; `beyond` when the share itself is not enough."""

    about: frozenset[str]
    share: Fraction
    beyond: bool
    words: str
    since: date

    def reached(self, votes_for: int, entitled: int) -> bool:
        """Whether so many of so many are enough."""
        exact = Fraction(votes_for, entitled)
        return exact > self.share if self.beyond else exact >= self.share


MAJORITIES = (
    Majority(
        frozenset({"agenda", "resolution", "minutes", "discipline", "rating", "other"}),
        Fraction(1, 2),
        beyond=True,
        words="quá nửa số đảng viên được biểu quyết",
        since=date(2021, 7, 30),
    ),
    Majority(
        frozenset({"admission", "recognition"}),
        Fraction(2, 3),
        beyond=False,
        words="ít nhất hai phần ba số đảng viên chính thức",
        since=date(2021, 7, 30),
    ),
)


def majority_on(about: str, day: date) -> Majority | None:
    """What a vote on something needs on a day; None where nothing is known."""
    known = [one for one in MAJORITIES if about in one.about and one.since <= day]
    return max(known, key=lambda one: one.since, default=None)
