"""What a roll call is held against: the plan's attendance threshold, counted over the year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from bontot.errors import PluginUnavailable
from bontot.evaluation.period import Period
from bontot.evaluation.tree import read_tree
from bontot.evaluation.values import read_values
from bontot.policy.compare import decide
from bontot.policy.resolve import declared, resolve
from bontot.policy.terms import Operator, Outcome, Unit
from bontot.policy.words import requirement, value_words
from bontot.registry import Registry


@dataclass(frozen=True, slots=True)
class AskedShare:
    """The threshold that stands beside a roll call; in words `85 %`, `từ 85 % trở lên`. `percent` is the value."""

    figure: str
    words: str
    percent: Decimal
    operator: Operator

    def reached(self, present: int, required: int) -> bool:
        """Whether one roll call by itself would reach it."""
        return decide(self.operator, present, required, self.percent, Unit.PERCENT) is Outcome.MET


def asked_share(session: Session, registry: Registry, organisation_id: int, day: date) -> AskedShare | None:
    """The attendance the cell's plan asks for on `day`; None without a plan, without such a criterion or value, or while
    the plan cannot be used: recording goes on all the same."""
    code = read_tree(session, Period(day.year, day), [organisation_id]).plan(organisation_id, day)
    if code is None:
        return None
    try:
        policy, stack = registry.policy(code), registry.stack(code)
    except PluginUnavailable:
        return None
    rule = policy.attendance_rule
    found = next((item for item in policy.criteria if rule and item.key == rule.criterion), None)
    if found is None or found.threshold is None or found.operator is None:
        return None
    declaration = declared(stack, found.threshold)
    own = read_values(session, registry).overrides(code)
    value = resolve(stack, own, found.threshold, day).value
    if not isinstance(value, Decimal):
        return None
    words = requirement(found.operator, declaration, value)
    return AskedShare(value_words(declaration, value), words, value, found.operator)
