"""Which criteria people judge of whom: those of the plan that governs a subject in a year, and of the frames beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from bontot.errors import NotFound
from bontot.evaluation.engine import applies
from bontot.evaluation.judging import Judging, prepare
from bontot.evaluation.period import Period
from bontot.evaluation.rules import Line, RuleSet, SchemeRules
from bontot.evaluation.values import Values
from bontot.policy.model import Criterion, Policy, Scheme
from bontot.policy.resolve import Layer, Resolved, resolve
from bontot.policy.terms import Kind, SameHand, Stage, Subject
from bontot.registry import Registry

Value = Callable[[str], Resolved]
"""What a value of a plan is, by key, on the day a year is judged by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedCriterion:
    """What a plan asks of a judgment on one criterion: at which stages, in points up to `maximum` (None: none in force) or
    as a verdict, and whether one hand may judge at two of the stages (`same_hand`, the plan's option; None: it may).
    `awaited`: nothing is decided until somebody judges."""

    policy: str
    criterion: str
    label: str
    stages: tuple[Stage, ...]
    by_points: bool
    maximum: Decimal | None
    may_be_not_applicable: bool
    awaited: bool
    same_hand: Resolved | None

    @property
    def one_hand_only_once(self) -> bool:
        """Whether the plan forbids one person to judge at two stages."""
        return self.same_hand is not None and self.same_hand.value == SameHand.FORBIDDEN


def asked_criterion(policy: Policy, scheme: Scheme, criterion: Criterion, value: Value) -> AskedCriterion:
    """What `policy` asks of a judgment on a criterion of its `scheme`. The cell is asked where its word decides: not for
    points, and not where only the superior's does."""
    cell = (
        criterion.points is None
        and criterion.least_stage is not Stage.APPRAISAL
        and scheme.subject is not Subject.BASE_ORGANISATION
    )
    return AskedCriterion(
        policy=policy.code,
        criterion=criterion.key,
        label=criterion.label,
        stages=tuple(stage for stage in Stage if stage is not Stage.CELL or cell),
        by_points=criterion.points is not None,
        maximum=value(criterion.points).number if criterion.points else None,
        may_be_not_applicable=criterion.may_be_not_applicable,
        awaited=not criterion.met_unless_judged,
        same_hand=value(scheme.same_hand) if scheme.same_hand else None,
    )


def values_of(registry: Registry, values: Values, code: str, day: date, *, beside: bool = False) -> Value:
    """The values of the plan `code` on a day, or on its own first day while that is still to come; `beside`: of a frame, in
    which the committee has no say. Raises `PluginUnavailable`."""
    stack, held_on = registry.stack(code), max(day, registry.policy(code).in_force_from)
    overrides, base = ((), Layer.FRAME) if beside else (values.overrides(code), Layer.PLAN)
    return lambda key: resolve(stack, overrides, key, held_on, base=base)


Asked = tuple[AskedCriterion, ...]


def asked_of_everyone(judging: Judging) -> tuple[dict[int, Asked], dict[int, Asked]]:
    """What is asked of each organisation, and of each member, that was read. Raises `PluginUnavailable`."""
    of_organisations: dict[int, Asked] = {}
    of_members: dict[int, Asked] = {}
    joined = _Joining()
    for rules in judging.rules():
        for scheme in rules.schemes:
            found = of_members if scheme.subject is Subject.MEMBER else of_organisations
            for id_, asked in _by_subject(judging, rules, scheme):
                found[id_] = joined(found.get(id_, ()), asked)
    return of_organisations, of_members


class _Joining:
    """Joins what several schemes ask. Those asked alike share one tuple, so that it is looked at once."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, int], Asked] = {}
        self._kept: list[Asked] = []

    def __call__(self, one: Asked, other: Asked) -> Asked:
        if not one:
            return other
        key = id(one), id(other)
        if key not in self._made:
            self._made[key] = (*one, *other)
            self._kept += [one, other]  # as long as they live, their ids are theirs alone
        return self._made[key]


def asked_of(
    session: Session, registry: Registry, subject_id: int, *, of_member: bool, year: int, today: date
) -> Asked:
    """What is asked of one member or organisation in a year; nothing where no plan judges it.

    Raises `PluginUnavailable`, and `PeriodRefused` for a year not begun.
    """
    narrowed = [subject_id]
    try:
        judging = prepare(
            session,
            registry,
            Period(year, today),
            organisations=None if of_member else narrowed,
            members=narrowed if of_member else None,
        )
    except NotFound:
        return ()
    of_organisations, of_members = asked_of_everyone(judging)
    return (of_members if of_member else of_organisations).get(subject_id, ())


def is_judged(line: Line) -> bool:
    """Whether people judge a line."""
    return line.evidence_of is None and (line.kind is Kind.JUDGED or line.also_judged)


def _by_subject(judging: Judging, rules: RuleSet, scheme: SchemeRules) -> Iterator[tuple[int, Asked]]:
    lines = [line for line in scheme.lines if is_judged(line)]
    if not lines:
        return
    stated = _stated(judging, scheme, beside=scheme.policy != rules.policy)
    subjects = judging.population.subjects(scheme, rules.policy)
    fits = [applies(line, subjects).tolist() for line in lines]
    kept: dict[tuple[bool, ...], Asked] = {}
    for at, id_ in enumerate(subjects.ids.tolist()):
        mask = tuple(row[at] for row in fits)
        if mask not in kept:
            kept[mask] = tuple(stated[line.key] for line, within in zip(lines, mask, strict=True) if within)
        yield id_, kept[mask]


def _stated(judging: Judging, scheme: SchemeRules, *, beside: bool) -> Mapping[str, AskedCriterion]:
    """The scheme's criteria by key, as its plan states them."""
    policy = judging.registry.policy(scheme.policy)
    declared = next(item for item in policy.schemes if item.key == scheme.key)
    day = judging.period.last_day
    value = values_of(judging.registry, judging.values, scheme.policy, day, beside=beside)
    wanted = {line.key for line in scheme.lines if is_judged(line)}
    return {
        criterion.key: asked_criterion(policy, declared, criterion, value)
        for criterion in policy.criteria
        if criterion.key in wanted
    }
