"""What the frame in force asks of a year's ratings: the cap on the best, and who is too new to be rated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bontot.db.models.member import RATINGS
from bontot.db.tenancy import TenantSession
from bontot.evaluation.frames import read_adoptions
from bontot.evaluation.values import read_values
from bontot.policy.model import Policy
from bontot.policy.recognition import months_later
from bontot.policy.terms import Leave
from bontot.policy.words import figure
from bontot.registry import Registry

EXCELLENT = "excellent"
WITHIN = {"good": ("good",), "good_or_better": ("good", EXCELLENT), "all": RATINGS}
"""Levels among which the best are a share, by the choice of `RatingRule.base`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the frame in force asks of a year's ratings; `newcomers` is the first day of admission too late to be rated."""

    frame: str
    caps: Mapping[bool, Decimal]
    """The most, in percent, by whether members are meant."""
    base: str
    may_exceed: bool
    newcomers: date | None

    def most(self, rated: Sequence[str], *, of_members: bool) -> int:
        """How many of those may be excellent: the cap's share of the base, without a part of one."""
        base = sum(level in WITHIN[self.base] for level in rated)
        return int(self.caps[of_members] * base / 100)


def rules_of(session: TenantSession, registry: Registry, year: int, day: date) -> Rules | None:
    """The rules of the rating frame that stands beside the plans at the end of the year, or today; None where there is
    none."""
    last = min(day, date(year, 12, 31))
    values = read_values(session, registry, read_adoptions(session))
    for one in values.adoptions:
        offer = registry.policies.get(one.policy)
        there = one.valid_from <= last and (one.valid_to is None or last < one.valid_to)
        if offer and there and offer.policy.rating and offer.policy.in_force_from <= last:
            return _read(
                offer.policy,
                {key: found.value for key, found in values.of_frame(one.policy, last).items()},
                year,
            )
    return None


def _read(policy: Policy, values: Mapping[str, object], year: int) -> Rules | None:
    rule = policy.rating
    if rule is None:
        return None
    months = values[rule.newcomers]
    return Rules(
        frame=policy.label,
        caps={
            of_members: Decimal(str(values[key]))
            for of_members, key in ((False, rule.cap_cells), (True, rule.cap_members))
            if values[key] is not None
        },
        base=str(values[rule.base]),
        may_exceed=values[rule.over_cap] != Leave.FORBIDDEN,
        newcomers=None if months is None else months_later(date(year + 1, 1, 1), -int(str(months))),
    )


def cap_words(rules: Rules, rated: Sequence[str], *, of_members: bool) -> str:
    """That more of those are excellent than the cap allows; empty where they are not."""
    excellent, most = rated.count(EXCELLENT), rules.most(rated, of_members=of_members)
    if excellent <= most:
        return ""
    who = "đảng viên" if of_members else "chi bộ"
    return (
        f"{figure(excellent)} {who} hoàn thành xuất sắc nhiệm vụ, nhiều nhất được {figure(most)}"
        f" ({figure(rules.caps[of_members])} % của {_BASE_WORDS[rules.base]})."
    )


_BASE_WORDS = {
    "good": "số được xếp hoàn thành tốt nhiệm vụ",
    "good_or_better": "số được xếp hoàn thành tốt nhiệm vụ trở lên",
    "all": "tất cả số được xếp loại",
}
