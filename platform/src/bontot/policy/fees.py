"""Party fees (đảng phí) as the regulation of a day has them: groups with their rates, exemptions, reductions, and what a
due comes to. Amounts are integers in đồng."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from bontot.policy.terms import Clause, Dated, Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeGroup:
    """How the due of a kind of member is found: a share of a base (`rates`, dated), a fixed `amount`, or neither: then it is
    typed, between `lowest` and `highest` where they are given.

    `base` says in words what the share is taken of; `common` is the committee's setting that is the base of everybody in
    the group, where it is one figure for all.
    """

    key: str
    label: str
    clause: Clause
    rates: tuple[Dated[Fraction], ...] = ()
    base: str = ""
    common: str = ""
    amount: int | None = None
    lowest: int = 0
    highest: int | None = None

    def rate(self, day: date) -> Fraction | None:
        """The share asked on a day."""
        begun = [dated for dated in self.rates if dated.valid_from <= day]
        return begun[-1].value if begun else None

    @property
    def asks_base(self) -> bool:
        """Whether each member has a base of his or her own."""
        return bool(self.rates) and not self.common

    @property
    def asks_amount(self) -> bool:
        """Whether the due itself is typed."""
        return not self.rates and self.amount is None

    @property
    def asks_figure(self) -> bool:
        """Whether anything is typed of a member besides the group."""
        return self.asks_base or self.asks_amount


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeExemption:
    """A ground on which nothing is due; with `party_age` (whole years) it follows from the member's own record."""

    key: str
    label: str
    clause: Clause
    party_age: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeRules:
    """A regulation on fees over the days it is in force.

    `reductions` are the percentages a due may be reduced by, for at most `reduction_months` at a time; `retained` is what
    a type of organisation keeps of each hundred đồng collected, where the regulation says it.
    """

    reference: Reference
    groups: tuple[FeeGroup, ...]
    exemptions: tuple[FeeExemption, ...]
    reductions: tuple[int, ...]
    reduction_months: int
    reduction_clause: Clause
    retained: tuple[tuple[str, int], ...] = ()
    retained_clause: Clause | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the regulation is in force on a day."""
        until = self.reference.in_force_until
        return self.reference.in_force_from <= day and (until is None or day < until)

    def group(self, key: str | None) -> FeeGroup | None:
        """The group of a key, where the regulation knows it."""
        return next((group for group in self.groups if group.key == key), None)

    def exemption(self, key: str | None) -> FeeExemption | None:
        """The ground of a key, where the regulation knows it."""
        return next((one for one in self.exemptions if one.key == key), None)

    def exempt_by_age(self, party_age: int | None) -> FeeExemption | None:
        """The ground that so many years of Party age give."""
        return next(
            (
                one
                for one in self.exemptions
                if party_age is not None and one.party_age is not None and party_age >= one.party_age
            ),
            None,
        )


def rules_on(day: date, rules: Sequence[FeeRules]) -> FeeRules | None:
    """The regulation in force on a day."""
    return next((one for one in rules if one.holds_on(day)), None)


def half_up(exact: Fraction) -> int:
    """The nearest whole đồng; half a đồng goes up (the regulations do not say: our default)."""
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def due_of(group: FeeGroup, figure: int | None, month: date, reduction: int = 0) -> int | None:
    """What is due for a month in a group: `figure` is the base, or the amount where that is typed; rounded once, after the
    reduction. None while a figure is wanting."""
    if group.amount is not None:
        exact: Fraction | None = Fraction(group.amount)
    elif figure is None:
        return None
    elif group.rates:
        rate = group.rate(month)
        exact = None if rate is None else figure * rate
    else:
        exact = Fraction(figure)
    return None if exact is None else half_up(exact * (100 - reduction) / 100)


def retained_of(collected: int, percent: int) -> int:
    """What is kept of what was collected in a month."""
    return half_up(Fraction(collected * percent, 100))


def spread(paid: int, owed: Sequence[int]) -> list[int]:
    """How a payment falls on what is owed, the first before the next; what is left over falls on nothing.

    >>> spread(50, [30, 30, 30])
    [30, 20, 0]
    """
    parts = []
    for one in owed:
        part = min(paid, one)
        parts.append(part)
        paid -= part
    return parts
