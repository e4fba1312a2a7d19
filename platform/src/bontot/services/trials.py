"""What would be otherwise: a value tried out before it is decided, two plans held against the same records; by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from bontot.access import Actor, Permission
from bontot.db.models import Member
from bontot.db.tenancy import TenantSession
from bontot.errors import NotFound
from bontot.evaluation.names import Named, names
from bontot.evaluation.period import Period
from bontot.evaluation.whatif import Change, Compared, Comparison, try_plan, try_value
from bontot.policy.model import Policy
from bontot.policy.resolve import Layer, Override, Value
from bontot.policy.terms import Subject
from bontot.registry import Registry
from bontot.services.evaluations import recorded_years

LISTED = 100
"""The most subjects of one kind that are listed by name; how many there are in all is always said."""
JUDGED_A_SECOND = 2_500
"""Members judged in a second where others use the machine too, as measured on a province."""


@dataclass(frozen=True, slots=True)
class NamedChange:
    """A subject by name, and what comes out otherwise."""

    named: Named
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One kind of subject: how many there are, how many change the title and how many only a criterion, and the first of
    them by name, those of the title first."""

    compared: Compared
    judged: int
    flips: int
    touched: int
    changes: tuple[NamedChange, ...]

    @property
    def subject(self) -> Subject:
        """Whom it is about."""
        return self.compared.subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A comparison read for a page: on the records of which year and day, with a value in force from which day."""

    year: int
    as_of: date
    since: date | None
    sides: tuple[Side, ...]

    @property
    def changes(self) -> bool:
        """Whether anything at all comes out otherwise."""
        return any(side.flips or side.touched for side in self.sides)


def try_own_value(
    session: TenantSession,
    actor: Actor,
    registry: Registry,
    *,
    policy_code: str,
    key: str,
    value: Value | None,
    valid_from: date,
    today: date,
) -> Trial | None:
    """Who would come out otherwise with a value (None: back to the plan's), on this year's records or, where there are none
    yet, the last year's that there are; None where the plan governs nobody. A value to begin after those records is tried
    as if it had begun with their year.

    Nothing is written. Raises Forbidden, `PluginUnavailable`.
    """
    actor.require(Permission.SET_THRESHOLD)
    period = _recorded(session, today)
    since = valid_from if valid_from <= period.last_day else period.start
    layer = Layer.TENANT if value is None else Layer.WHAT_IF
    trial = Override(key=key, value=value, valid_from=since, decision="", who=actor.name, layer=layer)
    found = try_value(session, registry, policy_code, trial, period)
    return _read(session, found, period, since) if found else None


def expected_seconds(session: TenantSession) -> int:
    """How long a trial takes about, by the members on record: everyone is judged once, in the request."""
    members = session.execute(select(func.count()).select_from(Member)).scalar_one()
    return int(members) // JUDGED_A_SECOND


def comparable(registry: Registry, code: str) -> list[Policy]:
    """The plans of this instance that `code` can be held against: those with a title, by label."""
    found = [
        offer.policy
        for offer in registry.policies.values()
        if offer.policy.code != code and any(scheme.title for scheme in offer.policy.schemes)
    ]
    return sorted(found, key=lambda policy: policy.label)


def compare_plans(
    session: TenantSession,
    actor: Actor,
    registry: Registry,
    *,
    policy_code: str,
    other: str,
    year: int,
    today: date,
) -> Trial:
    """The whole committee's year by one plan and by another, on the same records. Nothing is written.

    Raises Forbidden, NotFound for a plan this instance does not have, `PluginUnavailable`, `PeriodRefused`.
    """
    actor.require(Permission.SET_THRESHOLD)
    if other not in [policy.code for policy in comparable(registry, policy_code)]:
        raise NotFound
    period = Period(year, today)
    return _read(session, try_plan(session, registry, policy_code, other, period), period, None)


def _recorded(session: TenantSession, today: date) -> Period:
    """The latest year with records, not after this one, as far as it has gone."""
    year = next((year for year in recorded_years(session) if year <= today.year), today.year)
    return Period(year, today)


def _read(session: TenantSession, found: Comparison, period: Period, since: date | None) -> Trial:
    sides = tuple(_side(session, one, period) for one in found.compared)
    return Trial(year=period.year, as_of=period.last_day, since=since, sides=sides)


def _side(session: TenantSession, compared: Compared, period: Period) -> Side:
    flips = sum(change.flips for change in compared.changes)
    first = sorted(compared.changes, key=lambda change: not change.flips)[:LISTED]
    return Side(
        compared=compared,
        judged=sum(compared.counts.values()),
        flips=flips,
        touched=len(compared.changes) - flips,
        changes=tuple(_named(session, compared.subject, first, period.last_day)),
    )


def _named(
    session: TenantSession, subject: Subject, changes: Iterable[Change], day: date
) -> Iterable[NamedChange]:
    """By name, those of the title first."""
    by_id = {change.subject_id: change for change in changes}
    called = names(session, subject, by_id, day)
    listed = [NamedChange(named, by_id[id_]) for id_, named in called.items()]
    return sorted(listed, key=lambda one: not one.change.flips)
