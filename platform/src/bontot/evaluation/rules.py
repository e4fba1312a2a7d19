"""What a policy asks, flattened: the form in which it is judged by, stored with a run, and explained from years later.

A scheme becomes a row of lines: its criteria in order, each followed by the evidence shown beside it. Every line carries
the words, the operator and the figure in force with where it comes from, so that nothing else is needed to explain it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, lru_cache, partial

from bontot.evaluation.period import Period
from bontot.evaluation.values import Said, Values
from bontot.policy.calendar import CalendarRule
from bontot.policy.counts import Metric
from bontot.policy.model import (
    Criterion,
    Evidence,
    Group,
    Measure,
    Option,
    Points,
    Policy,
    Roll,
    Scheme,
    Threshold,
)
from bontot.policy.resolve import Layer, Resolved, settled
from bontot.policy.terms import At, Clause, Kind, Operator, Origin, Role, Stage, Subject, Unit
from bontot.policy.words import clause as clause_words
from bontot.registry import Offer, Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameFigure:
    """What the frame asks for the same thing: shown beside, never instead. `weaker`: our figure asks for less."""

    policy: str
    value: Decimal
    operator: Operator
    clause: str
    weaker: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number of the plan as it held on the day. Without a value in force everything below it is empty."""

    key: str
    label: str
    unit: Unit
    value: Decimal | None = None
    layer: Layer | None = None
    origin: Origin | None = None
    clause: str = ""
    in_force_from: date | None = None
    decision: str = ""
    frame: FrameFigure | None = None
    beyond: bool = False
    """It asks for more months than there are in the days looked at, and so for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A value of the plan that a count depends on: a number or a choice, with its words."""

    name: str
    key: str
    label: str
    number: Decimal | None = None
    choice: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A month or quarter judged by itself: its half-open days, and what held when it began."""

    first: date
    to: date
    figure: Figure
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A criterion, or a piece of evidence beside the criterion numbered `evidence_of`.

    `missing` says that this instance has no such metric; `points` is the maximum of a criterion judged in points. With `at`
    each month or quarter, `stretches` are those that are over, and the line counts how many of them are met. Of a frame
    that did not stand beside the plan all year, and of a month by itself, only the days from `since` until `until` are
    counted.
    """

    key: str
    label: str
    kind: Kind
    role: Role
    origin: Origin
    clauses: tuple[str, ...] = ()
    evidence_of: int | None = None
    metric: str | None = None
    missing: bool = False
    part_words: str = ""
    whole_words: str = ""
    parameters: tuple[Parameter, ...] = ()
    roll_scheme: str | None = None
    roll_criterion: str | None = None
    roll_how: str = ""
    operator: Operator | None = None
    figure: Figure | None = None
    at: At = At.END
    stretches: tuple[Stretch, ...] = ()
    points: Figure | None = None
    also_judged: bool = False
    met_unless_judged: bool = False
    may_be_not_applicable: bool = False
    least_stage: Stage = Stage.CELL
    organisation_types: frozenset[str] = frozenset()
    sectors: frozenset[str] = frozenset()
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRules:
    """A heading with the numbers of its lines."""

    key: str
    label: str
    clauses: tuple[str, ...]
    lines: tuple[int, ...]
    points: Figure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeRules:
    """How one kind of subject is judged. With `pass_mark` and `group_floor` by points, otherwise every deciding line must
    be met. `blockers` are numbers of lines."""

    key: str
    policy: str
    policy_label: str
    subject: Subject
    title: str | None
    lines: tuple[Line, ...]
    groups: tuple[GroupRules, ...]
    blockers: tuple[int, ...]
    enrolment: str
    registration_expected: bool
    organisation_types: frozenset[str] = frozenset()
    pass_mark: Figure | None = None
    group_floor: Figure | None = None
    bands: tuple[tuple[Figure, str], ...] = ()
    quota: Figure | None = None
    """The most that may be recognised among those with the same direct superior."""

    @property
    def by_points(self) -> bool:
        """Whether points are added up."""
        return self.pass_mark is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthRule:
    """The meeting rule by which a plan judged a month."""

    policy: str
    month: date
    rule: CalendarRule


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """A policy with the frames beside it, as it held for one evaluation. `numbers` and `choices` are all its values,
    `months` the meeting rules that were looked at, of this plan and of those that governed earlier months."""

    policy: str
    label: str
    version: str
    digest: str
    plugin: str
    plugin_version: str
    year: int
    as_of: date
    schemes: tuple[SchemeRules, ...]
    numbers: tuple[Figure, ...] = ()
    choices: tuple[Parameter, ...] = ()
    months: tuple[MonthRule, ...] = ()

    def __hash__(self) -> int:
        """Of what it is the rules of; all that it says would be much to hash."""
        return hash((self.policy, self.digest, self.year, self.as_of))

    @property
    def size(self) -> int:
        """How many lines there are to decide."""
        return sum(len(scheme.lines) for scheme in self.schemes)


@lru_cache(maxsize=256)
def same_but_for_the_day(one: RuleSet, other: RuleSet) -> bool:
    """Whether two rule sets ask the same, whatever day and meeting rules each looked at."""
    return replace(one, as_of=other.as_of, months=()) == replace(other, months=())


def rule_set(registry: Registry, values: Values, code: str, period: Period) -> RuleSet:
    """What the plan `code` and its frames ask, with the values of the period's last day.

    Made once for the same values, and the same object then. Raises `PluginUnavailable`; a frame this instance does not
    have is left out.
    """
    return _rule_set(registry, values.said, code, period)


@lru_cache(maxsize=64)
def _rule_set(registry: Registry, said: Said, code: str, period: Period) -> RuleSet:
    own_values, adoptions = said
    values = Values(registry, dict(own_values), adoptions=adoptions)
    offer = registry.offer(code)
    own = _Flattening(registry, offer, period, partial(values.on, code), _frame_values(values, code, period))
    schemes = [own.scheme(scheme) for scheme in offer.policy.schemes]
    for frame, days in values.beside(code, period):
        in_frame = partial(values.of_frame, frame.code)
        flat = _Flattening(registry, registry.offer(frame.code), days, in_frame, {})
        schemes += [flat.scheme(scheme) for scheme in frame.schemes]
    return RuleSet(
        policy=code,
        label=offer.policy.label,
        version=offer.policy.version,
        digest=offer.digest,
        plugin=offer.plugin,
        plugin_version=offer.plugin_version,
        year=period.year,
        as_of=period.as_of,
        schemes=tuple(schemes),
        numbers=tuple(own.figure(item.key) for item in offer.policy.thresholds),
        choices=tuple(own.parameter(item.key, item.key) for item in offer.policy.options),
    )


def _day(policy: Policy, period: Period) -> date:
    """The day whose values hold: a plan judging a time before its own beginning does so by its first values."""
    return max(period.last_day, policy.in_force_from)


def _frame_values(values: Values, code: str, period: Period) -> dict[str, tuple[Policy, Resolved]]:
    return {
        key: (frame, resolved)
        for frame, days in values.beside(code, period)
        for key, resolved in values.of_frame(frame.code, _day(frame, days)).items()
    }


def _label(policy: Policy, days: Period | None) -> str:
    """The policy's name, with the days it is counted on where those are not the whole year."""
    said = []
    if days and days.since:
        said.append(f"từ {days.since:%d/%m/%Y}")
    if days and days.until:
        said.append(f"đến hết {days.until - timedelta(days=1):%d/%m/%Y}")
    return f"{policy.label}, tính {' '.join(said)}" if said else policy.label


class _Flattening:
    """One policy being turned into rules; a frame with the days on which it stands beside the plan."""

    def __init__(
        self,
        registry: Registry,
        offer: Offer,
        period: Period,
        on: Callable[[date], dict[str, Resolved]],
        frames: Mapping[str, tuple[Policy, Resolved]],
    ) -> None:
        self.label, self.since, self.until = _label(offer.policy, period), period.since, period.until
        self.policy, self.period, self.on, self.frames = offer.policy, period, cache(on), frames
        self.values = self.on(_day(offer.policy, period))
        self.metrics = registry.metrics
        self.criteria = {item.key: item for item in offer.policy.criteria}
        self.thresholds = {item.key: item for item in offer.policy.thresholds}
        self.options = {item.key: item for item in offer.policy.options}

    @property
    def partly(self) -> bool:
        """Whether only a part of the year is looked at."""
        return self.since is not None or self.until is not None

    def scheme(self, declared: Scheme) -> SchemeRules:
        scheme = settled(self.policy, declared, self.values)
        numbers: dict[str, int] = {}
        lines: list[Line] = []
        for key in scheme.criterion_keys:
            numbers[key] = len(lines)
            lines += self.lines(self.criteria[key], scheme.subject, len(lines))
        points = scheme.combination if isinstance(scheme.combination, Points) else None
        return SchemeRules(
            key=scheme.key,
            policy=self.policy.code,
            policy_label=self.label,
            subject=scheme.subject,
            title=scheme.title,
            lines=tuple(lines),
            groups=tuple(self.group(group, numbers) for group in scheme.groups),
            blockers=tuple(numbers[key] for key in scheme.blockers),
            enrolment=scheme.enrolment.mode,
            registration_expected=scheme.enrolment.registration_expected,
            organisation_types=scheme.organisation_types,
            pass_mark=self.figure(points.pass_mark) if points else None,
            group_floor=self.figure(points.group_floor) if points else None,
            bands=tuple((self.figure(key), name) for key, name in (points.bands if points else ())),
            quota=next(
                (
                    self.figure(one.quota)
                    for one in self.policy.recognitions
                    if one.scheme == scheme.key and one.quota
                ),
                None,
            ),
        )

    def group(self, group: Group, numbers: Mapping[str, int]) -> GroupRules:
        return GroupRules(
            key=group.key,
            label=group.label,
            clauses=self.clauses(group.clauses),
            lines=tuple(numbers[key] for key in group.criteria),
            points=self.figure(group.points) if group.points else None,
        )

    def lines(self, criterion: Criterion, subject: Subject, number: int) -> Iterator[Line]:
        """The criterion's own line, to stand at `number`, and one for each count shown beside it."""
        metric, roll = self.metric(criterion.measure, subject, criterion.at), criterion.roll
        part_words, whole_words = self.words(metric, roll)
        parameters = criterion.measure.parameters if criterion.measure else roll.parameters if roll else {}
        yield Line(
            key=criterion.key,
            label=criterion.label,
            kind=criterion.kind,
            role=criterion.role,
            origin=criterion.origin,
            clauses=self.clauses(criterion.clauses),
            metric=metric.key if metric else None,
            missing=criterion.measure is not None and metric is None,
            part_words=part_words,
            whole_words=whole_words,
            parameters=tuple(self.parameter(name, key) for name, key in parameters.items()),
            roll_scheme=roll.scheme if roll else None,
            roll_criterion=roll.criterion if roll else None,
            roll_how=roll.how if roll else "",
            operator=criterion.operator,
            figure=self.figure(criterion.threshold, criterion.operator) if criterion.threshold else None,
            at=criterion.at,
            stretches=tuple(self.stretches(criterion)),
            points=self.figure(criterion.points) if criterion.points else None,
            also_judged=criterion.also_judged,
            met_unless_judged=criterion.met_unless_judged,
            may_be_not_applicable=criterion.may_be_not_applicable,
            least_stage=criterion.least_stage,
            organisation_types=criterion.organisation_types,
            sectors=criterion.sectors,
            since=self.since,
            until=self.until,
        )
        for evidence in criterion.evidence:
            if evidence.measure:
                yield self.evidence(criterion, evidence, evidence.measure, subject, number)

    def stretches(self, criterion: Criterion) -> Iterator[Stretch]:
        """The months or quarters that are over, each with what held on its first day."""
        if criterion.at is At.END or criterion.measure is None or criterion.threshold is None:
            return
        for part in self.period.over(criterion.at.months):
            values = self.on(max(part.start, self.policy.in_force_from))
            yield Stretch(
                first=part.start,
                to=part.closes,
                figure=self.figure(criterion.threshold, criterion.operator, values),
                parameters=tuple(
                    self.parameter(name, key, values) for name, key in criterion.measure.parameters.items()
                ),
            )

    def evidence(
        self, criterion: Criterion, evidence: Evidence, measure: Measure, subject: Subject, number: int
    ) -> Line:
        metric = self.metric(measure, subject)
        part_words, whole_words = self.words(metric, None)
        return Line(
            key=f"{criterion.key}#{measure.metric}",
            label=evidence.label,
            kind=Kind.MEASURED,
            role=Role.INFORMS,
            origin=Origin.DEFAULT,
            evidence_of=number,
            metric=measure.metric,
            missing=metric is None,
            part_words=part_words,
            whole_words=whole_words,
            parameters=tuple(self.parameter(name, key) for name, key in measure.parameters.items()),
            operator=evidence.operator,
            figure=self.figure(evidence.threshold, evidence.operator) if evidence.threshold else None,
            organisation_types=criterion.organisation_types,
            sectors=criterion.sectors,
            since=self.since,
            until=self.until,
        )

    def metric(self, measure: Measure | None, subject: Subject, at: At = At.END) -> Metric | None:
        """What counts a measure; none where there is no such metric, or it cannot be seen in stretches that short."""
        found = self.metrics.get((subject, measure.metric)) if measure else None
        return found if found and at.months >= found.shortest.months else None

    def words(self, metric: Metric | None, roll: Roll | None) -> tuple[str, str]:
        """The names of the two integers."""
        if metric:
            return metric.part_words, metric.whole_words
        if roll and roll.scheme:
            title = next((item.title for item in self.policy.schemes if item.key == roll.scheme), None)
            below = next(item.subject for item in self.policy.schemes if item.key == roll.scheme)
            who = "đảng viên" if below is Subject.MEMBER else "chi bộ"
            return (f"{who} đạt “{title}”" if title else f"{who} đạt"), f"{who} được tính"
        if roll and roll.criterion and roll.how == "pool":
            return self._pooled_words(self.criteria[roll.criterion])
        return ("chi bộ đạt", "chi bộ được tính") if roll else ("", "")

    def _pooled_words(self, criterion: Criterion) -> tuple[str, str]:
        return self.words(self.metric(criterion.measure, Subject.CELL), criterion.roll)

    def parameter(self, name: str, key: str, values: Mapping[str, Resolved] | None = None) -> Parameter:
        declared: Threshold | Option = self.thresholds.get(key) or self.options[key]
        resolved = (values or self.values)[key]
        if isinstance(declared, Threshold):
            return Parameter(name=name, key=key, label=declared.label, number=resolved.number)
        words = dict(declared.choices).get(resolved.choice, "")
        return Parameter(name=name, key=key, label=declared.label, choice=resolved.choice, words=words)

    def figure(
        self, key: str, operator: Operator | None = None, values: Mapping[str, Resolved] | None = None
    ) -> Figure:
        declared, resolved = self.thresholds[key], (values or self.values)[key]
        rung = resolved.rung
        if rung is None or resolved.number is None:
            return Figure(key=key, label=declared.label, unit=declared.unit)
        if declared.unit is Unit.MONTHS and self.partly and resolved.number > len(self.period.full_months):
            return Figure(key=key, label=declared.label, unit=declared.unit, beyond=True)
        clause = ""
        if rung.clause and rung.reference:
            clause = clause_words(rung.clause, self.policy.references)
        return Figure(
            key=key,
            label=declared.label,
            unit=declared.unit,
            value=resolved.number,
            layer=rung.layer,
            origin=rung.origin,
            clause=clause,
            in_force_from=rung.valid_from,
            decision=rung.decision or "",
            frame=self.frame(declared, resolved.number, operator),
        )

    def frame(self, declared: Threshold, value: Decimal, operator: Operator | None) -> FrameFigure | None:
        policy, resolved = self.frames.get(declared.frame or "", (None, None))
        if policy is None or resolved is None or resolved.rung is None or resolved.number is None:
            return None
        criterion = next((item for item in policy.criteria if item.threshold == declared.frame), None)
        place = resolved.rung.clause or (criterion.clauses[0] if criterion and criterion.clauses else None)
        higher = declared.stricter == "higher"
        return FrameFigure(
            policy=policy.label,
            value=resolved.number,
            operator=(criterion.operator if criterion else None) or operator or Operator.AT_LEAST,
            clause=clause_words(place, policy.references) if place else policy.label,
            weaker=value < resolved.number if higher else value > resolved.number,
        )

    def clauses(self, clauses: tuple[Clause, ...]) -> tuple[str, ...]:
        return tuple(clause_words(item, self.policy.references) for item in clauses)
