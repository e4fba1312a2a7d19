"""The plans a committee works by, arranged for those who read them: documents, values by what they are for, criteria."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import text

from bontot.db.rolls import holds_on
from bontot.db.tenancy import TenantSession
from bontot.errors import NotFound, PlanNotThen, PluginUnavailable
from bontot.evaluation.frames import Adoption, beside_on, on_day, read_adoptions
from bontot.policy.model import Criterion, Group, Policy, Scheme
from bontot.policy.purposes import OTHER, by_purpose, of_combination, of_criterion, purposes
from bontot.policy.resolve import Resolved, settled
from bontot.policy.terms import Operator, Reference
from bontot.registry import Registry
from bontot.services.thresholds import ValueLine


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanEntry:
    """A plan assigned somewhere in the committee. Without `policy` its plugin is not available, for `reason`; `missing`
    says what of an available plan cannot be counted; `governs` names where it is assigned, each with its first day, `apart`
    what lies below and follows another plan, with that plan's label."""

    code: str
    policy: Policy | None
    reason: str = ""
    missing: tuple[str, ...] = ()
    governs: tuple[tuple[str, date], ...] = ()
    apart: tuple[tuple[str, str], ...] = ()
    frames: tuple[Policy, ...] = ()
    adopted: bool = False
    """Of a frame: that the committee itself switched it on."""

    @property
    def is_frame(self) -> bool:
        """Whether it only stands beside the plans that govern."""
        return not self.governs


@dataclass(frozen=True, slots=True)
class Section:
    """Values that serve one purpose: a title's conditions, the meeting calendar, the roll call, the recognition."""

    title: str
    lines: tuple[ValueLine, ...]


@dataclass(frozen=True, slots=True)
class GroupReading:
    """A heading of a plan with its criteria as they stand on a day."""

    group: Group
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class SchemeReading:
    """How one kind of subject is judged on a day: the settled combination, groups, and what refuses the title outright."""

    scheme: Scheme
    groups: tuple[GroupReading, ...]
    blockers: tuple[Criterion, ...]


_ASSIGNED = text(f"""
SELECT a.policy_code, p.name, a.valid_from
FROM policy_assignment a
JOIN organisation_period p ON p.tenant_id = a.tenant_id AND p.organisation_id = a.organisation_id
     AND {holds_on("p", ":day")}
WHERE {holds_on("a", ":day")}
ORDER BY a.policy_code, p.sort_key
""")


_APART = text(f"""
WITH RECURSIVE up AS (
    SELECT a.policy_code, a.organisation_id, p.parent_id FROM policy_assignment a
    JOIN organisation_period p ON p.organisation_id = a.organisation_id AND {holds_on("p", ":day")}
    WHERE {holds_on("a", ":day")}
    UNION
    SELECT up.policy_code, up.organisation_id, p.parent_id FROM up
    JOIN organisation_period p ON p.organisation_id = up.parent_id AND {holds_on("p", ":day")}
)
SELECT DISTINCT above.policy_code, place.sort_key, place.name, up.policy_code FROM up
JOIN policy_assignment above ON above.organisation_id = up.parent_id AND above.policy_code <> up.policy_code
     AND {holds_on("above", ":day")}
JOIN organisation_period place ON place.organisation_id = up.organisation_id AND {holds_on("place", ":day")}
ORDER BY above.policy_code, place.sort_key
""")


def plans_in_force(session: TenantSession, registry: Registry, day: date) -> list[PlanEntry]:
    """The plans assigned in the committee on a day, by code, in three statements; a plan without its plugin is listed with
    the reason."""
    adoptions = read_adoptions(session)
    governed: dict[str, list[tuple[str, date]]] = {}
    for code, name, since in session.execute(_ASSIGNED, {"day": day}):
        governed.setdefault(code, []).append((name, since))
    apart: dict[str, list[tuple[str, str]]] = {}
    for code, _, name, by in session.execute(_APART, {"day": day}):
        apart.setdefault(code, []).append((name, label_of(registry, by)))
    return [
        replace(_entry(registry, code, tuple(places), adoptions, day), apart=tuple(apart.get(code, ())))
        for code, places in governed.items()
    ]


def label_of(registry: Registry, code: str) -> str:
    """A plan's name, or its code where its plugin is missing."""
    offer = registry.policies.get(code)
    return offer.policy.label if offer else code


def plan_of(session: TenantSession, registry: Registry, code: str, day: date) -> PlanEntry:
    """One of the committee's plans on a day, a frame of one, or a frame it may switch on. Raises PlanNotThen for one that it
    has on other days only, NotFound for any other."""
    entries = plans_in_force(session, registry, day)
    for entry in entries:
        if entry.code == code:
            return entry
    beside = {frame.code for entry in entries for frame in entry.frames}
    offered = registry.policies.get(code)
    if code not in beside and not (offered and offered.policy.adoptable):
        _refuse_day(session, registry, code, day)
        raise NotFound
    own = any(one.policy == code and on_day(one, day) for one in read_adoptions(session))
    return replace(_entry(registry, code, (), (), day), adopted=own)


_SPANS = text("""
SELECT valid_from, valid_to FROM policy_assignment WHERE policy_code = ANY(CAST(:codes AS text[])) ORDER BY valid_from
""")


def _refuse_day(session: TenantSession, registry: Registry, code: str, day: date) -> None:
    """Raises PlanNotThen for a plan, or a frame that plans name, that stands in the committee on other days than `day`."""
    policies = {name: offer.policy for name, offer in registry.policies.items()}
    codes = [code, *(name for name, policy in policies.items() if code in policy.frames)]
    own = policies.get(code)
    first, end = (own.in_force_from, own.in_force_until) if own else (date.min, None)
    days = [
        (max(since, first), min(until or date.max, end or date.max))
        for since, until in session.execute(_SPANS, {"codes": codes})
    ]
    label = label_of(registry, code)
    for since, until in days:
        if day < since < until:
            raise PlanNotThen(f"{label}: áp dụng ở đảng bộ này từ {since:%d/%m/%Y}.", since)
    last = max((until - timedelta(days=1) for since, until in days if since < until <= day), default=None)
    if last is not None:
        raise PlanNotThen(f"{label}: áp dụng ở đảng bộ này đến hết ngày {last:%d/%m/%Y}.", last)


def _entry(
    registry: Registry,
    code: str,
    governs: tuple[tuple[str, date], ...],
    adoptions: Iterable[Adoption],
    day: date,
) -> PlanEntry:
    try:
        policy, frames = registry.policy(code), beside_on(registry, adoptions, code, day)
    except PluginUnavailable as error:
        return PlanEntry(code=code, policy=None, reason=str(error), governs=governs)
    missing = [failure.reason for failure in registry.failures if failure.policy == code]
    missing += [
        f"thiếu khung “{one.policy}” mà đảng bộ đã bật"
        for one in adoptions
        if on_day(one, day) and one.policy not in registry.policies
    ]
    return PlanEntry(code=code, policy=policy, missing=tuple(missing), governs=governs, frames=frames)


def documents(policy: Policy) -> tuple[Reference, ...]:
    """The documents a plan stands on: its own first (issued by who issues the plan), then the others, latest first."""
    return tuple(
        sorted(
            policy.references,
            key=lambda item: (item.issuer != policy.issuer, -item.issued_on.toordinal()),
        )
    )


def sections(policy: Policy, lines: Iterable[ValueLine]) -> list[Section]:
    """The values of a plan by what they are for; empty purposes left out."""
    keyed = {line.declaration.key: line for line in lines}
    return [Section(title, tuple(taken)) for title, taken in by_purpose(policy, keyed)]


def readings(policy: Policy, values: dict[str, Resolved]) -> list[SchemeReading]:
    """Every scheme of a plan with its criteria in order, as the committee's choices stand in `values`."""
    criteria = {item.key: item for item in policy.criteria}
    found = []
    for scheme in policy.schemes:
        standing = settled(policy, scheme, values)
        groups = (
            GroupReading(group, tuple(criteria[key] for key in group.criteria)) for group in standing.groups
        )
        found.append(
            SchemeReading(standing, tuple(groups), tuple(criteria[key] for key in standing.blockers))
        )
    return found


def criteria_using(policy: Policy, key: str) -> list[Criterion]:
    """The criteria that depend on a value."""
    return [criterion for criterion in policy.criteria if key in of_criterion(criterion)]


def purpose_of(policy: Policy, key: str) -> str:
    """What a value is for: the title of the section it stands in."""
    return next((title for title, keys in purposes(policy) if key in keys), OTHER)


def comparisons(policy: Policy) -> dict[str, Operator]:
    """`{value's key: comparison}` for values that are always compared alike, so that a reader sees "từ 85 % trở lên"."""
    found: dict[str, set[Operator]] = {}
    for criterion in policy.criteria:
        stated = [(criterion.threshold, criterion.operator)]
        stated += [(evidence.threshold, evidence.operator) for evidence in criterion.evidence]
        for key, operator in stated:
            if key and operator:
                found.setdefault(key, set()).add(operator)
    for scheme in policy.schemes:
        for key in of_combination(scheme.combination):
            found.setdefault(key, set()).add(Operator.AT_LEAST)
    for sheet in policy.sheets:
        for key, _ in sheet.bands:
            found.setdefault(key, set()).add(Operator.AT_LEAST)
    return {key: operators.pop() for key, operators in found.items() if len(operators) == 1}
