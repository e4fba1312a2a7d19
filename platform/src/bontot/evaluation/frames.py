"""Which frames stand beside a plan in a committee, and on which days: those the plan names, and those switched on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from bontot.db.models import FrameAdoption
from bontot.evaluation.period import Period
from bontot.policy.model import Policy
from bontot.registry import Registry


@dataclass(frozen=True, slots=True)
class Adoption:
    """That the committee switched a frame on over `[valid_from, valid_to)`."""

    policy: str
    valid_from: date
    valid_to: date | None = None


def on_day(adoption: Adoption, day: date) -> bool:
    """Whether the frame was switched on on a day."""
    return adoption.valid_from <= day and (adoption.valid_to is None or day < adoption.valid_to)


def read_adoptions(session: Session) -> tuple[Adoption, ...]:
    """Every time the committee switched a frame on, by frame and day; in one statement."""
    rows = session.execute(
        select(FrameAdoption.policy_code, FrameAdoption.valid_from, FrameAdoption.valid_to).order_by(
            FrameAdoption.policy_code, FrameAdoption.valid_from
        )
    )
    return tuple(Adoption(*row) for row in rows)


def beside(
    registry: Registry, adoptions: Iterable[Adoption], code: str, period: Period
) -> list[tuple[Policy, Period]]:
    """The frames beside the plan `code`, those it names first, each with the days of the period it looks at.

    A frame looks at the days on which it was both in force and there; one that judges a whole period looks at all of it,
    if it is still there on the last day. Of a frame switched on twice in the period the later time counts.
    Raises `PluginUnavailable` for a plan this instance does not have.
    """
    always = [Adoption(frame.code, date.min) for frame in registry.frames(code)]
    switched_on = [
        one
        for one in adoptions
        if one.policy in registry.policies and period.within(one.valid_from, one.valid_to)
    ]
    by_code = {one.policy: one for one in always} | {one.policy: one for one in (*switched_on, *always)}
    found = []
    for name, there in by_code.items():
        frame = registry.policies[name].policy
        days = _days(frame, there, period)
        if days and name != code:
            found.append((frame, days))
    return found


def _days(frame: Policy, there: Adoption, period: Period) -> Period | None:
    days = period.within(there.valid_from, there.valid_to)
    days = days and days.within(frame.in_force_from, frame.in_force_until)
    if days is None or not frame.whole_period:
        return days
    return period if days.last_day == period.last_day else None


def beside_on(registry: Registry, adoptions: Iterable[Adoption], code: str, day: date) -> tuple[Policy, ...]:
    """The frames that stand beside a plan on one day. Raises as `beside`."""
    period = Period(day.year, day)
    return tuple(
        frame for frame, days in beside(registry, adoptions, code, period) if days.last_day == period.last_day
    )
