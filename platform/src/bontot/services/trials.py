"""What would be otherwise: a value tried out before it is decided, two plans held against the same records; by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from bontot.db.models import Member
from bontot.db.tenancy import TenantSession
from bontot.errors import NotFound
from bontot.evaluation.names import names
from bontot.evaluation.period import Period
from bontot.evaluation.runs import Progress
from bontot.evaluation.whatif import Change, Compared, CriterionChange, try_plan, try_value
from bontot.policy.model import Policy
from bontot.policy.resolve import Layer, Override, declared, read_value
from bontot.policy.terms import Outcome, Subject
from bontot.registry import Registry
from bontot.services.evaluations import recorded_years
from bontot.services.plans import label_of

LISTED = 100
"""The most subjects of one kind that are listed by name; how many there are in all is always said."""
JUDGED_A_SECOND = 2_500
"""Members judged in a second where others use the machine too, as measured on a province."""
PATIENCE = 2
"""Seconds a reader waits for a page; what takes as long or longer is done in the background."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueAsked:
    """A value of a plan on trial from a day on, as it is kept (None: back to the plan's); asked on `day`."""

    policy_code: str
    key: str
    value: str | None
    valid_from: date
    day: date

    @property
    def plans(self) -> tuple[str, ...]:
        """The plans it is judged by."""
        return (self.policy_code,)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAsked:
    """A plan to be held against another on the records of a year; asked on `day`."""

    policy_code: str
    other: str
    year: int
    day: date

    @property
    def plans(self) -> tuple[str, ...]:
        """The plans it is judged by."""
        return self.policy_code, self.other


Asked = ValueAsked | PlanAsked


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedChange:
    """A subject by name, a member with the home cell, as `Named`; and what comes out otherwise, as `Change`."""

    public_id: UUID
    name: str
    cell: str | None
    above: str = ""
    before: Outcome | None
    after: Outcome | None
    criteria: tuple[CriterionChange, ...]

    @property
    def flips(self) -> bool:
        """Whether the title itself comes out otherwise."""
        return self.before is not self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One kind of subject: how many there are, how many came from which outcome of the title to which (the most first),
    how many change the title and how many only a criterion, and the first of them by name, those of the title first.
    Where one side judges no such subject (not `both`) nobody can come out otherwise."""

    subject: Subject
    title: str | None
    both: bool
    judged: int
    turns: tuple[tuple[Outcome | None, Outcome | None, int], ...]
    flips: int
    touched: int
    changes: tuple[NamedChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A comparison read for a page: on the records of which year and day, with a value in force from which day. Without
    sides where the plan governs nobody, or the frame stood beside no plan then. `left_out` are how many cells are judged by
    each other plan, by its label; an empty one: by none."""

    year: int
    as_of: date
    since: date | None
    sides: tuple[Side, ...]
    left_out: tuple[tuple[str, int], ...] = ()

    @property
    def changes(self) -> bool:
        """Whether anything at all comes out otherwise."""
        return any(side.flips or side.touched for side in self.sides)


def check_asked(registry: Registry, asked: Asked) -> None:
    """Whether it can be tried at all. Raises NotFound for a plan this instance does not have, `PeriodRefused`."""
    if isinstance(asked, PlanAsked):
        if asked.other not in [policy.code for policy in comparable(registry, asked.policy_code)]:
            raise NotFound
        Period(asked.year, asked.day)


def answer(
    session: TenantSession,
    registry: Registry,
    asked: Asked,
    progress: Progress = lambda _done, _total, _doing: None,
    *,
    most: int = LISTED,
) -> Trial:
    """Who would come out otherwise, on the records as they are, `most` of each kind by name. Nothing is written.

    A value is tried on this year's records or, where there are none yet, the last year's that there are; one to begin
    after those records as if it had begun with their year. Raises as `check_asked`, and `PluginUnavailable`.
    """
    check_asked(registry, asked)
    if isinstance(asked, PlanAsked):
        period = Period(asked.year, asked.day)
        held = try_plan(session, registry, asked.policy_code, asked.other, period, progress)
        left_out = (
            (label_of(registry, plan) if plan else "", cells) for plan, cells in held.left_out.items()
        )
        return replace(_read(session, held.compared, period, None, most), left_out=tuple(left_out))
    period = _recorded(session, asked.day)
    since = asked.valid_from if asked.valid_from <= period.last_day else period.start
    found = try_value(
        session, registry, asked.policy_code, _override(registry, asked, since), period, progress
    )
    return _read(session, found.compared if found else (), period, since, most)


def expected_seconds(session: TenantSession) -> int:
    """How long a trial takes about, by the members on record: everyone is judged once."""
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


def _override(registry: Registry, asked: ValueAsked, since: date) -> Override:
    declaration = declared(registry.stack(asked.policy_code), asked.key)
    value = None if asked.value is None else read_value(declaration, asked.value)
    layer = Layer.TENANT if value is None else Layer.WHAT_IF
    return Override(key=asked.key, value=value, valid_from=since, decision="", who="", layer=layer)


def _recorded(session: TenantSession, today: date) -> Period:
    """The latest year with records, not after this one, as far as it has gone."""
    year = next((year for year in recorded_years(session) if year <= today.year), today.year)
    return Period(year, today)


def _read(
    session: TenantSession, compared: Iterable[Compared], period: Period, since: date | None, most: int
) -> Trial:
    sides = tuple(_side(session, one, period, most) for one in compared)
    return Trial(year=period.year, as_of=period.last_day, since=since, sides=sides)


def _side(session: TenantSession, compared: Compared, period: Period, most: int) -> Side:
    flips = sum(change.flips for change in compared.changes)
    first = sorted(compared.changes, key=lambda change: not change.flips)[:most]
    return Side(
        subject=compared.subject,
        title=compared.title,
        both=compared.both,
        judged=sum(compared.counts.values()),
        turns=tuple(compared.turns),
        flips=flips,
        touched=len(compared.changes) - flips,
        changes=_named(session, compared.subject, first, period.last_day),
    )


def _named(
    session: TenantSession, subject: Subject, changes: Iterable[Change], day: date
) -> tuple[NamedChange, ...]:
    """By name, those of the title first."""
    by_id = {change.subject_id: change for change in changes}
    listed = [
        NamedChange(
            public_id=named.public_id,
            name=named.name,
            cell=named.cell,
            above=named.above,
            before=by_id[id_].before,
            after=by_id[id_].after,
            criteria=by_id[id_].criteria,
        )
        for id_, named in names(session, subject, by_id, day).items()
    ]
    return tuple(sorted(listed, key=lambda one: not one.flips))
