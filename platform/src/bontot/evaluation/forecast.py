"""What is left of a running year for one subject: the day looked at, held against the rules and the calendar of its last.

The year is judged on its last day, by the values and the plan of that day; so those are asked, and whatever of the year
lies ahead is read as that day will count it. Nothing is said where another plan will judge the year, or nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import numpy as np
from sqlalchemy.orm import Session

from bontot.errors import NotFound
from bontot.evaluation.counting import Failed, stretched
from bontot.evaluation.engine import Findings, applies
from bontot.evaluation.judging import Evaluated, Judging, prepare
from bontot.evaluation.left import AT_THE_END, not_over, what_is_left
from bontot.evaluation.outlook import outlook
from bontot.evaluation.period import Period
from bontot.evaluation.reach import Reach, is_share, reach
from bontot.evaluation.records import LISTED
from bontot.evaluation.rules import Line, RuleSet, rule_set
from bontot.evaluation.slack import Coming, Counted, Slack
from bontot.policy.compare import decide
from bontot.policy.counts import Course
from bontot.policy.terms import At, Operator, Outcome, Subject


def forecast(
    session: Session, now: Judging, judged: Evaluated, found: Sequence[Findings], subject_id: int
) -> dict[str, Slack]:
    """What is left on each criterion that is counted, by its key. `judged` is how everyone asked about stands `now`, `found`
    its findings that judge the subject."""
    try:
        end = _ending(session, now, found[0].rules.subject, subject_id)
    except NotFound:
        return {}
    if judged.rules.policy not in end.population.plans():
        return {}
    rules = rule_set(now.registry, end.values, judged.rules.policy, end.period)
    subject, by_values = found[0].rules.subject, _by_values_of(now, judged, rules)
    below = reach(end.engine, now.registry, rules, subject, now.period.as_of)
    asked = _Forecast(now, end, by_values, rules, subject, subject_id, below)
    asked.ask()
    seen = cache(lambda since: outlook(now, end, subject_id, since))
    counted = [one for findings in found for one in asked.counted(findings)]
    of_line = (lambda line: seen(line.since)) if asked.subject is Subject.CELL else None
    return what_is_left(counted, asked.course, now.period.as_of, of_line)


def _ending(session: Session, now: Judging, subject: Subject, subject_id: int) -> Judging:
    """The subject's year made ready to be judged on its last day. Raises NotFound for a member in no cell then."""
    of_member, year = subject is Subject.MEMBER, now.period.year
    return prepare(
        session,
        now.registry,
        Period(year, date(year, 12, 31)),
        organisations=None if of_member else [subject_id],
        members=[subject_id] if of_member else None,
    )


def _by_values_of(now: Judging, judged: Evaluated, rules: RuleSet) -> Evaluated:
    """How everyone stands now by the values of the last day; months judged by themselves have their own."""
    at_end = [replace(scheme, lines=tuple(map(_whole, scheme.lines))) for scheme in rules.schemes]
    as_now = [replace(scheme, lines=tuple(map(_whole, scheme.lines))) for scheme in judged.rules.schemes]
    return judged if at_end == as_now else now.judge(replace(rules, schemes=tuple(at_end)))


def _whole(line: Line) -> Line:
    return replace(line, stretches=())


@dataclass(frozen=True, eq=False)
class _Forecast:
    """One subject, as it stands `now` by the values of the last day (`judged`, of which `rules` are all), and as it and
    those `below` it are counted at the `end`."""

    now: Judging
    end: Judging
    judged: Evaluated
    rules: RuleSet
    subject: Subject
    subject_id: int
    below: Reach | None

    def course(self, line: Line) -> Course | None:
        metric = self.now.registry.metrics.get((self.subject, line.metric or ""))
        return metric.course if metric else None

    def ask(self) -> None:
        """Asks at once for everything that is counted on the last day."""
        lines = (
            line
            for one in self.judged.findings
            if one.rules.subject is self.subject
            for line in one.rules.lines
        )
        counted = [line for line in lines if self._is_counted_at_the_end(line)]
        rests = (self._rest(line) for line in counted)
        self.end.engine.counting.ask((self.subject, one) for one in (*counted, *rests) if one)

    def counted(self, found: Findings) -> Iterator[Counted]:
        """The lines of one scheme that apply to the subject, where it is still there on the last day."""
        scheme = (found.rules.policy, found.rules.key)
        by_end = next(
            (one for one in self.judged.findings if (one.rules.policy, one.rules.key) == scheme), None
        )
        if by_end is None or self.subject_id not in by_end.subjects.ids:
            return
        for line in by_end.rules.lines:
            findings, number = (
                (found, found.line(line.key)) if line.at is not At.END else (by_end, by_end.line(line.key))
            )
            if number is not None and applies(line, findings.subjects)[self._place(findings)]:
                yield self._line(findings, number)

    def _place(self, findings: Findings) -> int:
        return int(np.searchsorted(findings.subjects.ids, self.subject_id))

    def _line(self, findings: Findings, number: int) -> Counted:
        line, at = findings.rules.lines[number], self._place(findings)
        column = findings.columns[number]
        one = Counted(
            line=line,
            outcome=Outcome(int(findings.outcomes[number][at])),
            part=int(column.part[at]) if column.known[at] else None,
            whole=int(column.whole[at]),
            end=self._at_the_end(line),
            running=self._running(line, (findings.rules.policy, findings.rules.key)),
            coming=self._coming(line),
        )
        if self.below is None or not is_share(line):
            return one
        own = findings.subjects.those(findings.subjects.ids == self.subject_id)
        sure, best, total = self.below.counted(line, findings.rules.policy, self.subject, own)
        meets = (
            self.subject is Subject.BASE_ORGANISATION
        )  # of what cells' meetings decide nothing is reckoned there
        return one._replace(end=(sure, total), reach=best, no_more=meets)

    def _at_the_end(self, line: Line) -> tuple[int | None, int] | None:
        return self._count(self.end, line) if self._is_counted_at_the_end(line) else None

    def _is_counted_at_the_end(self, line: Line) -> bool:
        asked = line.at is At.END and line.evidence_of is None
        return asked and self.course(line) in AT_THE_END

    def _coming(self, line: Line) -> Coming | None:
        """What of the count of the last day is not over today, and the first of it that is not sure."""
        rest = self._rest(line) if line.evidence_of is None else None
        counted = self._count(self.end, rest) if rest else None
        if rest is None or counted is None:
            return None
        listed = self.end.engine.counting.records([(0, rest)], self.subject, self.subject_id, LISTED)
        open_ = (one.day for one in listed.get(0, ()) if one.day and one.part < one.whole)
        return Coming(counted[0] or 0, counted[1], min(open_, default=None))

    def _rest(self, line: Line) -> Line | None:
        return not_over(line, self.course(line), self.now.period.as_of)

    def _running(self, line: Line, scheme: tuple[str, str]) -> tuple[Outcome, int] | None:
        """How the month that runs stands by itself, by its own values, and which it is."""
        if line.at is not At.EACH_MONTH or line.metric is None:
            return None
        today = self.now.period.as_of
        lines = (
            each
            for one in self.rules.schemes
            if (one.policy, one.key) == scheme
            for each in one.lines
            if each.key == line.key
        )
        month = next(
            (
                one
                for each in lines
                for one in stretched(each)
                if one.since and one.since.month == today.month
            ),
            None,
        )
        counted = self._count(self.now, month) if month else None
        if month is None or month.figure is None or counted is None:
            return None
        operator = month.operator or Operator.EQUAL
        return decide(operator, *counted, month.figure.value, month.figure.unit), today.month

    def _count(self, judging: Judging, line: Line) -> tuple[int | None, int] | None:
        column = judging.engine.counting.column(line, self.subject, np.array([self.subject_id], np.int64))
        if isinstance(column, Failed):
            return None
        return int(column.part[0]) if column.known[0] else None, int(column.whole[0])
