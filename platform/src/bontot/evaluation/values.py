"""A plan's values as they stand in one committee: the plan, its refinements, and what the committee decided
itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from bontot.db.models import ThresholdOverride
from bontot.errors import ValueRefused, ValueUnknown
from bontot.evaluation.frames import Adoption, beside
from bontot.evaluation.period import Period
from bontot.policy.calendar import CalendarRule
from bontot.policy.meeting import calendar_rule
from bontot.policy.model import Policy
from bontot.policy.resolve import Layer, Override, Resolved, declared, read_value, resolve, resolve_all
from bontot.registry import Registry

Trial = Mapping[str, Sequence[Override]]
"""Values on trial, by plan code."""
Said = tuple[tuple[tuple[str, tuple[Override, ...]], ...], tuple[Adoption, ...]]
"""All that a committee decided, with what is on trial, by plan code; and the frames it switched on."""


@dataclass(frozen=True)
class Values:
    """What every plan says in this committee, by plan code and day. `trial` replaces what the committee decided from its
    first day on, for a what-if; `adoptions` are the frames switched on, earliest first; `kept` are meeting rules that hold
    whatever the plans say now, for a replay."""

    registry: Registry
    own: Mapping[str, Sequence[Override]]
    trial: Trial = field(default_factory=dict)
    adoptions: tuple[Adoption, ...] = ()
    kept: dict[tuple[str, date], CalendarRule] = field(default_factory=dict, repr=False)
    """Every meeting rule asked for so far, by plan code and month."""

    @property
    def said(self) -> Said:
        """What these values are made of; equal values say the same of every plan on every day."""
        codes = sorted({*self.own, *self.trial})
        return tuple((code, self.overrides(code)) for code in codes), self.adoptions

    def overrides(self, code: str) -> tuple[Override, ...]:
        """The committee's own values over the plan `code`, with the trial in their place."""
        rows = list(self.own.get(code, ()))
        for trial in self.trial.get(code, ()):
            rows = [row for row in rows if row.key != trial.key or row.valid_from < trial.valid_from]
            rows.append(trial)
        return tuple(rows)

    def on(self, code: str, day: date) -> dict[str, Resolved]:
        """Every threshold and option of a plan on a day. Raises `PluginUnavailable`."""
        return resolve_all(self.registry.stack(code), self.overrides(code), day)

    def of_frame(self, code: str, day: date) -> dict[str, Resolved]:
        """Those of a frame evaluated beside a plan: the committee has a say only in one it switched on itself."""
        own = self.overrides(code) if self.registry.policy(code).adoptable else ()
        return resolve_all(self.registry.stack(code), own, day, base=Layer.FRAME)

    def beside(self, code: str, period: Period) -> list[tuple[Policy, Period]]:
        """The frames beside a plan, each with the days it looks at. Raises `PluginUnavailable`."""
        return beside(self.registry, self.adoptions, code, period)

    def meeting_rule(self, code: str, month: date) -> CalendarRule:
        """The meeting rule of a plan as it stood when the month began.

        A month from before the plan began is judged by the plan's first values. Raises `PluginUnavailable`.
        """
        if (code, month) not in self.kept:
            self.kept[code, month] = self._meeting_rule(code, month)
        return self.kept[code, month]

    def _meeting_rule(self, code: str, month: date) -> CalendarRule:
        policy = self.registry.policy(code)
        if policy.meeting_rule is None:
            return CalendarRule()
        stack, overrides = self.registry.stack(code), self.overrides(code)
        day = max(month, policy.in_force_from)
        return calendar_rule(policy.meeting_rule, lambda key: resolve(stack, overrides, key, day))


def read_values(
    session: Session,
    registry: Registry,
    adoptions: tuple[Adoption, ...] = (),
) -> Values:
    """The committee's values, in one statement. A row over a key its plan no longer has is passed over. `adoptions` are
    needed only by who asks for the frames beside a plan."""
    rows = session.execute(
        select(
            ThresholdOverride.policy_code,
            ThresholdOverride.key,
            ThresholdOverride.value,
            ThresholdOverride.valid_from,
            ThresholdOverride.document,
            ThresholdOverride.entered_by,
        ).order_by(ThresholdOverride.id)
    )
    own: dict[str, list[Override]] = {}
    for code, key, text, valid_from, document, who in rows:
        if code not in registry.policies:
            continue
        try:
            value = None if text is None else read_value(declared(registry.stack(code), key), text)
        except (ValueUnknown, ValueRefused):
            continue
        own.setdefault(code, []).append(
            Override(key=key, value=value, valid_from=valid_from, decision=document, who=who)
        )
    return Values(registry, own, adoptions=adoptions)
