"""The same records judged twice, and who comes out otherwise: under a value on trial, or under another plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, product

from sqlalchemy.orm import Session

from bontot.evaluation.engine import Findings
from bontot.evaluation.judging import Judging, prepare
from bontot.evaluation.period import Period
from bontot.evaluation.rules import Line, RuleSet, SchemeRules, rule_set
from bontot.evaluation.runs import Progress, Telling
from bontot.evaluation.words import requirement
from bontot.policy.resolve import Override
from bontot.policy.terms import Outcome, Subject
from bontot.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionChange:
    """A criterion that comes out otherwise, with what it was held against on each side, in words; '' where nothing is. None
    on the side that does not have it."""

    label: str
    before: Outcome | None
    after: Outcome | None
    asked_before: str = ""
    asked_after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A subject that comes out otherwise: of the title, and of single criteria where both sides have them. None: not
    judged there."""

    subject_id: int
    before: Outcome | None
    after: Outcome | None
    criteria: tuple[CriterionChange, ...] = ()

    @property
    def flips(self) -> bool:
        """Whether the title itself comes out otherwise."""
        return self.before is not self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One kind of subject judged on both sides: how many came from which outcome of the title to which, and everyone for
    whom something changed, by id; where one side judges no such subject (not `both`) nobody can come out otherwise.
    Without `title` only criteria can differ."""

    subject: Subject
    title: str | None
    both: bool
    counts: dict[tuple[Outcome | None, Outcome | None], int]
    changes: tuple[Change, ...]

    @property
    def turns(self) -> list[tuple[Outcome | None, Outcome | None, int]]:
        """`(before, after, how many)`, the most first."""
        rows = ((before, after, number) for (before, after), number in self.counts.items())
        return sorted(rows, key=lambda row: (-row[2], row[0] or 0, row[1] or 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two judgments of a committee's year on the same records. `left_out` are how many cells each other plan judges, by its
    code; None: those no plan does."""

    compared: tuple[Compared, ...]
    left_out: dict[str | None, int] = field(default_factory=dict)


def try_value(
    session: Session,
    registry: Registry,
    code: str,
    trial: Override,
    period: Period,
    progress: Progress = lambda _done, _total, _doing: None,
) -> Comparison | None:
    """Everyone the plan `code` governs, or the frame `code` stands beside a plan for, as things are and with a value laid
    over them; None where that is nobody.

    Nothing is stored. Raises `PluginUnavailable`, `PeriodRefused`.
    """
    told = Telling(progress)
    now = prepare(session, registry, period, on_count=told.counting, on_line=told.decided)
    before = list(_of_policy(now, code))
    if not before:
        return None
    then = now.trying({code: (trial,)})
    after = list(_of_policy(then, code))
    told.total = sum(rules.size for rules in (*before, *after))
    return Comparison(compared=_compare(_judged(now, before), _judged(then, after)))


def try_plan(
    session: Session,
    registry: Registry,
    code: str,
    other: str,
    period: Period,
    progress: Progress = lambda _done, _total, _doing: None,
) -> Comparison:
    """Everyone the plan `code` governs, by it and by another. Nothing is stored. Raises as `try_value`."""
    told = Telling(progress)
    now = prepare(session, registry, period, on_count=told.counting, on_line=told.decided)
    before, after = (_stated_by(rule_set(registry, now.values, one, period), one) for one in (code, other))
    told.total = before.size + after.size
    judged = _judged(now, [before])
    compared = _compare(judged, _judged(now.by_plan(other, code), [after]))
    cells = now.population.cells_by_plan()
    return Comparison(
        compared=compared, left_out={plan: number for plan, number in cells.items() if plan != code}
    )


def _of_policy(side: Judging, code: str) -> Iterator[RuleSet]:
    """What a policy states: as the plan that governs, or else of each plan it stands beside."""
    plans = side.population.plans()
    for plan in [code] if code in plans else plans:
        rules = _stated_by(rule_set(side.registry, side.values, plan, side.period), code)
        if rules.schemes:
            yield rules


def _stated_by(rules: RuleSet, code: str) -> RuleSet:
    """The rules without what other policies say, and without the evidence that is only shown."""
    own = (scheme for scheme in rules.schemes if scheme.policy == code)
    return replace(rules, schemes=tuple(_without_evidence(scheme) for scheme in own))


def _judged(side: Judging, rules: Iterable[RuleSet]) -> list[Findings]:
    return [findings for one in rules for findings in side.judge(one).findings]


def _without_evidence(scheme: SchemeRules) -> SchemeRules:
    numbers = [number for number, line in enumerate(scheme.lines) if line.evidence_of is None]
    place = {number: at for at, number in enumerate(numbers)}
    groups = (replace(group, lines=tuple(place[each] for each in group.lines)) for group in scheme.groups)
    return replace(
        scheme,
        lines=tuple(scheme.lines[number] for number in numbers),
        groups=tuple(groups),
        blockers=tuple(place[number] for number in scheme.blockers),
    )


def _compare(before: list[Findings], after: list[Findings]) -> tuple[Compared, ...]:
    """The findings, side by side by whom they judge, several of one kind together."""
    return tuple(
        _compared(subject, *sides)
        for subject in Subject
        if any(sides := [[one for one in side if one.rules.subject is subject] for side in (before, after)])
    )


def _compared(subject: Subject, before: list[Findings], after: list[Findings]) -> Compared:
    was, now = _titles(before), _titles(after)
    counts: dict[tuple[Outcome | None, Outcome | None], int] = {}
    for who in was.keys() | now.keys():
        pair = was.get(who), now.get(who)
        counts[pair] = counts.get(pair, 0) + 1
    criteria: dict[int, list[CriterionChange]] = {}
    for one, other in product(before, after):
        for who, changes in _criteria(one, other).items():
            criteria.setdefault(who, []).extend(changes)
    both = bool(before) and bool(after)
    turned = {who for who in was.keys() | now.keys() if both and was.get(who) != now.get(who)}
    return Compared(
        subject=subject,
        title=next((one.rules.title for one in (*after, *before) if one.rules.title), None),
        both=both,
        counts=counts,
        changes=tuple(
            Change(
                subject_id=who,
                before=was.get(who),
                after=now.get(who),
                criteria=tuple(criteria.get(who, ())),
            )
            for who in sorted(turned | criteria.keys())
        ),
    )


def _titles(findings: Iterable[Findings]) -> dict[int, Outcome]:
    pairs = (zip(found.subjects.ids.tolist(), found.title.tolist(), strict=True) for found in findings)
    return {who: Outcome(title) for who, title in chain.from_iterable(pairs)}


def _criteria(before: Findings, after: Findings) -> dict[int, list[CriterionChange]]:
    """The criteria, of those both sides have, that come out otherwise for someone both judge."""
    was, now = _lines(before.rules), _lines(after.rules)
    at = {who: place for place, who in enumerate(after.subjects.ids.tolist())}
    both = [(place, at[who], who) for place, who in enumerate(before.subjects.ids.tolist()) if who in at]
    found: dict[int, list[CriterionChange]] = {}
    for key in [key for key in was if key in now]:
        old, new = before.outcomes[was[key]], after.outcomes[now[key]]
        for place, other, who in both:
            if old[place] != new[other]:
                change = CriterionChange(
                    label=before.rules.lines[was[key]].label,
                    before=Outcome(int(old[place])),
                    after=Outcome(int(new[other])),
                    asked_before=_asked(before.rules.lines[was[key]]),
                    asked_after=_asked(after.rules.lines[now[key]]),
                )
                found.setdefault(who, []).append(change)
    return found


def _asked(line: Line) -> str:
    """The figure a line is held against; or those of its months, one after another."""
    figures = tuple(one.figure for one in line.stretches) or (line.figure,)
    said = (
        requirement(line.operator, figure.value, figure.unit)
        for figure in figures
        if line.operator and figure and figure.value is not None
    )
    return ", rồi ".join(dict.fromkeys(said))


def _lines(rules: SchemeRules) -> dict[str, int]:
    return {line.key: number for number, line in enumerate(rules.lines)}
