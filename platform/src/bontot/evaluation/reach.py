"""Whom those above may still count when the year ends: which members and cells are sure of it, which can still come to it.

Judged once for everyone below, on the last day, by its rules: sure is who would be counted if nothing more were recorded,
and out of reach who has lost a criterion that decides, by the same reckoning as on a page of his own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from bontot.evaluation.columns import Mask, Outcomes
from bontot.evaluation.counting import Failed
from bontot.evaluation.engine import LEVELS, Engine, Findings, applies, deciding
from bontot.evaluation.left import not_over, what_is_left
from bontot.evaluation.population import Subjects
from bontot.evaluation.rules import Line, RuleSet, SchemeRules
from bontot.evaluation.slack import Coming, Counted, Slack
from bontot.policy.counts import Course
from bontot.policy.terms import At, Kind, Outcome, Subject
from bontot.registry import Registry

Below = Mapping[str, Findings]
"""The findings of one policy's schemes, by key."""
TOLD_BY_THE_END = frozenset(
    {
        Course.GROWS,
        Course.MENDS,
        Course.PEOPLE,
        Course.YEARLY,
        Course.SETTLED,
        Course.DUE,
        Course.MONTH_BY_MONTH,
    }
)
"""The courses of which the counts of the last day tell what is lost: of all its days, and of those not over."""


@dataclass(frozen=True, eq=False)
class Reach:
    """Everyone below one kind of subject on the year's last day: as they are `sure` to stand, and as they stand at `best`;
    by policy."""

    engine: Engine
    sure: Mapping[str, Below]
    best: Mapping[str, Below]

    def counted(self, line: Line, policy: str, subject: Subject, subjects: Subjects) -> tuple[int, int, int]:
        """Of one subject's derived share, on the last day: how many are sure, how many at best, and of how many."""
        sure, best = (
            self.engine.rolled(line, subject, subjects, below.get(policy, {}))
            for below in (self.sure, self.best)
        )
        return int(sure.part[0]), int(best.part[0]), int(sure.whole[0])


def reach(engine: Engine, registry: Registry, rules: RuleSet, above: Subject, today: date) -> Reach | None:
    """Everyone below the kind of subject `above`, by the `rules` and the `engine` of the last day; None where nothing is
    derived from them, or where who is considered at all is still open."""
    below = [one for one in rules.schemes if LEVELS.index(one.subject) < LEVELS.index(above)]
    if not below or not any(map(is_share, _lines(rules, above))):
        return None
    if any(one.enrolment == "registration" for one in below):
        return None
    sure = engine.judge(replace(rules, schemes=tuple(below)))
    so_far = [_so_far(one, today) for one in below]
    then = sure if so_far == below else engine.judge(replace(rules, schemes=tuple(so_far)))
    found = _Best(engine, registry, today)
    for findings in sorted(then, key=lambda one: LEVELS.index(one.rules.subject)):
        found.add(findings)
    return Reach(engine, _by_policy(sure), found.best)


def is_share(line: Line) -> bool:
    """Whether a line is a share of those below."""
    return line.kind is Kind.DERIVED and line.roll_how == "share" and line.evidence_of is None


def _lines(rules: RuleSet, subject: Subject) -> Iterable[Line]:
    return (line for one in rules.schemes if one.subject is subject for line in one.lines)


def _so_far(scheme: SchemeRules, today: date) -> SchemeRules:
    """Of months judged by themselves only those that are over: the others may still be anything."""
    over = today + timedelta(days=1)
    return replace(
        scheme,
        lines=tuple(
            replace(line, stretches=tuple(one for one in line.stretches if one.to <= over))
            for line in scheme.lines
        ),
    )


def _by_policy(findings: Iterable[Findings]) -> dict[str, dict[str, Findings]]:
    found: dict[str, dict[str, Findings]] = {}
    for one in findings:
        found.setdefault(one.rules.policy, {})[one.rules.key] = one
    return found


class _Best:
    """Findings turned into the best they may come to, level after level."""

    def __init__(self, engine: Engine, registry: Registry, today: date) -> None:
        self.engine, self.registry, self.today = engine, registry, today
        self.best: dict[str, dict[str, Findings]] = {}

    def add(self, findings: Findings) -> None:
        """Everyone meets whatever is not lost."""
        rules = findings.rules
        lost = [self._lost(findings, number) for number in range(len(rules.lines))]
        outcomes = [
            _best(mask, found == Outcome.NOT_APPLICABLE)
            for mask, found in zip(lost, findings.outcomes, strict=True)
        ]
        grouped = () if rules.by_points else (at for group in rules.groups for at in deciding(rules, group))
        out = np.any([~findings.subjects.alive, *(lost[at] for at in (*grouped, *rules.blockers))], axis=0)
        title = _best(out, np.zeros(len(out), np.bool_))
        self.best.setdefault(rules.policy, {})[rules.key] = replace(findings, outcomes=outcomes, title=title)

    def _lost(self, findings: Findings, number: int) -> Mask:
        """For whom no rest of the year can bring the line back."""
        rules, line, size = findings.rules, findings.rules.lines[number], len(findings.subjects.ids)
        lost, column = np.zeros(size, np.bool_), findings.columns[number]
        at_best = self._at_best(findings, line)
        course = self._course(line, rules.subject)
        coming = self._coming(line, course(line), findings.subjects, rules.subject)
        said: dict[tuple[object, ...], bool] = {}
        for at in np.flatnonzero(applies(line, findings.subjects)).tolist():
            part = int(column.part[at]) if column.known[at] else None
            whole, outcome = int(column.whole[at]), Outcome(int(findings.outcomes[number][at]))
            may = None if at_best is None else int(at_best[at])
            key = outcome, part, whole, may, coming(at)
            if key not in said:
                end = (part, whole) if line.at is At.END else None
                one = Counted(line, outcome, part, whole, end=end, reach=may, coming=coming(at))
                said[key] = _is_lost(what_is_left([one], course, self.today).values())
            lost[at] = said[key]
        return lost

    def _coming(
        self, line: Line, course: Course | None, subjects: Subjects, subject: Subject
    ) -> Callable[[int], Coming | None]:
        """Of what each subject's line counts what is not over, by its place."""
        rest = not_over(line, course, self.today)
        column = self.engine.counting.column(rest, subject, subjects.ids) if rest else None
        if column is None or isinstance(column, Failed):
            return lambda _: None
        return lambda at: Coming(int(column.part[at]), int(column.whole[at]))

    def _at_best(self, findings: Findings, line: Line) -> np.ndarray | None:
        if not is_share(line):
            return None
        below = self.best.get(findings.rules.policy, {})
        return self.engine.rolled(line, findings.rules.subject, findings.subjects, below).part

    def _course(self, line: Line, subject: Subject) -> Callable[[Line], Course | None]:
        metric = self.registry.metrics.get((subject, line.metric or ""))
        course = metric.course if metric and metric.course in TOLD_BY_THE_END else None
        return lambda _: course


def _is_lost(said: Iterable[Slack]) -> bool:
    return any(one.lost for one in said)


def _best(lost: Mask, out: Mask) -> Outcomes:
    found = np.where(lost, np.int8(Outcome.NOT_MET), np.int8(Outcome.MET))
    found[out] = Outcome.NOT_APPLICABLE
    return found
