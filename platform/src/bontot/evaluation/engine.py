"""Columns → outcomes → verdicts: everyone a plan governs, judged at once.

Levels follow one another, members, cells, base organisations, because what a level is judged by may be derived from the
verdicts below it. The same code judges a whole committee, one cell, or one member.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

import numpy as np

from bontot.db.models import Judgment, JudgmentEvidence
from bontot.evaluation.columns import (
    Column,
    Mask,
    Outcomes,
    Places,
    all_met,
    compared,
    compared_between,
    counted_at,
    located,
    nothing,
    summed_at,
)
from bontot.evaluation.counting import Counting, Failed, reads, stretched
from bontot.evaluation.judgments import HUNDREDTHS, Judgments
from bontot.evaluation.population import Population, Subjects
from bontot.evaluation.rules import GroupRules, Line, RuleSet, SchemeRules
from bontot.policy.terms import At, Kind, Operator, Outcome, Role, Subject, Unit
from bontot.registry import Registry

LEVELS = (Subject.MEMBER, Subject.CELL, Subject.BASE_ORGANISATION)
JUDGED_IN = frozenset({Judgment.__tablename__, JudgmentEvidence.__tablename__})
OFFICIAL_ONLY = "official_only"
"""The choice of a roll's parameter `members` that leaves probationary members out."""


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """One scheme's outcomes for all its subjects: a column and a row of outcomes for each line, and the title's."""

    rules: SchemeRules
    subjects: Subjects
    columns: list[Column]
    outcomes: list[Outcomes]
    title: Outcomes

    def line(self, key: str) -> int | None:
        """The number of a criterion's line."""
        return next((number for number, line in enumerate(self.rules.lines) if line.key == key), None)


@dataclass(frozen=True, eq=False)
class Engine:
    """What judging needs: who, by which counts and which judgments. `on_line` is told of each line decided. `beside` are
    findings, by plan and scheme, of those who are not judged now but looked at by a level above; `kept` are earlier ones
    of those judged, found on the same day: a line that reads no table that `changed` stands as it was."""

    population: Population
    counting: Counting
    judgments: Judgments
    on_line: Callable[[], None] = lambda: None
    beside: Mapping[tuple[str, str], Findings] = field(default_factory=dict)
    kept: Mapping[tuple[str, str], Findings] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()

    def judge(self, rules: RuleSet) -> list[Findings]:
        """The findings of every scheme, in the order of the rules."""
        judged = {id(scheme): self._subjects(scheme, rules.policy) for scheme in rules.schemes}
        standing = {
            id(scheme): self._standing(scheme, judged[id(scheme)], holding)
            for scheme, holding in zip(rules.schemes, self._holding(rules), strict=True)
        }
        self.counting.ask(
            (scheme.subject, line)
            for scheme in rules.schemes
            for number, line in enumerate(scheme.lines)
            if line.metric and number not in standing[id(scheme)]
        )
        found: dict[tuple[str, str], Findings] = {}
        for scheme in sorted(rules.schemes, key=lambda scheme: LEVELS.index(scheme.subject)):
            subjects = judged[id(scheme)]
            below = {
                key: _joined(findings, self.beside.get((policy, key)))
                for (policy, key), findings in found.items()
                if policy == scheme.policy
            }
            found[scheme.policy, scheme.key] = self._scheme(scheme, subjects, below, standing[id(scheme)])
        return [found[scheme.policy, scheme.key] for scheme in rules.schemes]

    def _subjects(self, rules: SchemeRules, code: str) -> Subjects:
        subjects, beside = self.population.subjects(rules, code), self.beside.get((rules.policy, rules.key))
        return subjects.those(~np.isin(subjects.ids, beside.subjects.ids)) if beside else subjects

    def _scheme(
        self,
        rules: SchemeRules,
        subjects: Subjects,
        below: Mapping[str, Findings],
        standing: Mapping[int, tuple[Column, Outcomes]],
    ) -> Findings:
        columns, outcomes = [], []
        for number, line in enumerate(rules.lines):
            column, decided = standing.get(number) or self._line(line, rules.subject, subjects, below)
            if line.organisation_types or line.sectors:
                decided[~applies(line, subjects)] = Outcome.NOT_APPLICABLE
            columns.append(column)
            outcomes.append(decided)
            self.on_line()
        return Findings(rules, subjects, columns, outcomes, _title(rules, subjects, columns, outcomes))

    def _holding(self, rules: RuleSet) -> Sequence[frozenset[int]]:
        return (
            holding(self.counting.registry, rules, self.changed)
            if self.kept
            else [frozenset()] * len(rules.schemes)
        )

    def _standing(
        self, rules: SchemeRules, subjects: Subjects, holding: frozenset[int]
    ) -> dict[int, tuple[Column, Outcomes]]:
        """The lines whose earlier findings hold, where there are some of all these subjects and none failed."""
        kept = self.kept.get((rules.policy, rules.key))
        if kept is None:
            return {}
        at, found = located(kept.subjects.ids, subjects.ids)
        if not found.all():
            return {}
        stood = {}
        for number in holding:
            column, decided = kept.columns[number], kept.outcomes[number][at]
            if not (decided == Outcome.ERROR).any():
                stood[number] = Column(column.part[at], column.whole[at], column.known[at]), decided
        return stood

    def _line(
        self,
        line: Line,
        subject: Subject,
        subjects: Subjects,
        below: Mapping[str, Findings],
    ) -> tuple[Column, Outcomes]:
        if line.points and line.kind is Kind.JUDGED:
            return self._points(line, subject, subjects)
        if line.kind is Kind.JUDGED:
            return nothing(len(subjects.ids)), self._judged(line, subject, subjects)
        if line.kind is Kind.DERIVED:
            return self._derived(line, subject, subjects, below)
        column, decided = self._counted(line, subject, subjects)
        if line.also_judged:
            decided = all_met([decided, self._judged(line, subject, subjects)], len(subjects.ids))
        return column, decided

    def _counted(self, line: Line, subject: Subject, subjects: Subjects) -> tuple[Column, Outcomes]:
        """The count of the period and what it decides; or of each stretch judged by itself, how many are met."""
        if line.at is not At.END:
            return self._stretches(line, subject, subjects)
        return self._compared(line, subject, subjects)

    def _compared(self, line: Line, subject: Subject, subjects: Subjects) -> tuple[Column, Outcomes]:
        column = self.counting.column(line, subject, subjects.ids)
        if isinstance(column, Failed):
            return nothing(len(subjects.ids)), np.full(len(subjects.ids), Outcome.ERROR, np.int8)
        return column, compared(column, line.operator or Operator.EQUAL, _value(line), _unit(line))

    def _stretches(self, line: Line, subject: Subject, subjects: Subjects) -> tuple[Column, Outcomes]:
        """Stretches met, of those that count for the subject: it was there all through, and not all of it was waived.
        Until there is one in a running year, there is no data."""
        size = len(subjects.ids)
        outcomes, ever = [], np.zeros(size, np.bool_)
        for one in stretched(line):
            _, decided = self._compared(one, subject, subjects)
            counts = self._counts(one, subject, subjects)
            decided[~counts] = Outcome.NOT_APPLICABLE
            ever |= counts
            outcomes.append(decided)
        met, applying = np.zeros(size, np.int64), np.zeros(size, np.int64)
        failed = np.zeros(size, np.bool_)
        for decided in outcomes:
            met += decided == Outcome.MET
            applying += decided != Outcome.NOT_APPLICABLE
            failed |= decided == Outcome.ERROR
        found = all_met(outcomes, size)
        found[failed & (found == Outcome.NO_DATA)] = Outcome.ERROR
        if not self.population.tree.period.whole:
            found[~ever] = Outcome.NO_DATA
        return Column(met, applying, ever | self.population.tree.period.whole), found

    def _counts(self, line: Line, subject: Subject, subjects: Subjects) -> Mask:
        first, to = (
            line.since or self.population.tree.period.start,
            line.until or self.population.tree.period.to,
        )
        if subject is Subject.MEMBER:
            since = self.population.since()
            return np.fromiter((since[who] <= first for who in subjects.ids.tolist()), np.bool_)
        nodes, required = self.population.tree.nodes, self.counting.required(first, to)
        there = (id_ in required and nodes[id_].existed_through(first, to) for id_ in subjects.ids.tolist())
        return np.fromiter(there, np.bool_, len(subjects.ids))

    def _judged(self, line: Line, subject: Subject, subjects: Subjects) -> Outcomes:
        decided = self.judgments.outcomes(line, subject, subjects.ids)
        if line.met_unless_judged:
            decided[decided == Outcome.NO_DATA] = Outcome.MET
        return decided

    def _points(self, line: Line, subject: Subject, subjects: Subjects) -> tuple[Column, Outcomes]:
        """Points are counted and shown; alone they are neither met nor not met. More than the maximum is an error."""
        maximum = line.points.value if line.points else None
        column = self.judgments.points(line.key, subject, subjects.ids, int((maximum or 0) * HUNDREDTHS))
        decided = np.where(column.known, np.int8(Outcome.NOT_APPLICABLE), np.int8(Outcome.NO_DATA))
        if maximum is not None:
            decided[column.known & (column.part > column.whole)] = Outcome.ERROR
        return column, decided

    def rolled(
        self, line: Line, subject: Subject, subjects: Subjects, below: Mapping[str, Findings]
    ) -> Column:
        """How many below each subject a derived line counts, of how many, by their findings."""
        return self._derived(line, subject, subjects, below)[0]

    def _derived(
        self, line: Line, subject: Subject, subjects: Subjects, below: Mapping[str, Findings]
    ) -> tuple[Column, Outcomes]:
        operator, value, unit = line.operator or Operator.AT_LEAST, _value(line), _unit(line)
        if line.roll_criterion:
            column = self._rolled(line, subjects, below)
            return column, compared(column, operator, value, unit)
        low, unknown = self._recognised(line, subject, subjects, below.get(line.roll_scheme or ""))
        return low, compared_between(low, low.shifted(unknown), operator, value, unit)

    def _recognised(
        self, line: Line, subject: Subject, subjects: Subjects, below: Findings | None
    ) -> tuple[Column, np.ndarray]:
        """Those below who hold the title, of those counted; and how many of them have no verdict yet."""
        size = len(subjects.ids)
        places, who = self._members(line, subjects) if subject is Subject.CELL else self._cells(subjects)
        titles = _titles(below, who)
        everyone = np.ones(len(who), np.bool_)
        part = counted_at(places, titles == Outcome.MET, size)
        whole = counted_at(places, everyone, size)
        unknown = counted_at(places, titles == Outcome.NO_DATA, size)
        return Column(part, whole, np.ones(size, np.bool_)), unknown

    def _members(self, line: Line, subjects: Subjects) -> tuple[Places, np.ndarray]:
        """`(place of the cell, member)` for members on the roll of the last day, minus exempt, as the plan counts them."""
        roll = self.population.roll
        counted = ~roll.exempt
        if any(item.name == "members" and item.choice == OFFICIAL_ONLY for item in line.parameters):
            counted &= roll.official
        counted &= np.isin(roll.homes, subjects.ids)
        return np.searchsorted(subjects.ids, roll.homes[counted]), roll.members[counted]

    def _cells(self, subjects: Subjects) -> tuple[Places, np.ndarray]:
        """`(place of the superior, cell)` for every cell below that exists on the last day."""
        wanted = set(subjects.ids.tolist())
        pairs = [(above, cell) for above, cell in self.population.tree.cells_below() if above in wanted]
        above = np.array([pair[0] for pair in pairs], np.int64)
        return np.searchsorted(subjects.ids, above), np.array([pair[1] for pair in pairs], np.int64)

    def _rolled(self, line: Line, subjects: Subjects, below: Mapping[str, Findings]) -> Column:
        """The findings of the cells below on one criterion: people pooled, or cells counted.

        In a share a cell without data counts as not met; cells to which the criterion does not apply are left out.
        """
        size = len(subjects.ids)
        findings, number = _criterion(below, line.roll_criterion or "")
        if findings is None or number is None:
            return Column(np.zeros(size, np.int64), np.zeros(size, np.int64), np.ones(size, np.bool_))
        places, cells = self._cells(subjects)
        judged = np.isin(cells, findings.subjects.ids)
        places, at = places[judged], np.searchsorted(findings.subjects.ids, cells[judged])
        decided = findings.outcomes[number][at]
        applies = decided != Outcome.NOT_APPLICABLE
        if line.roll_how == "share":
            part, whole = (counted_at(places, mask, size) for mask in (decided == Outcome.MET, applies))
            return Column(part, whole, np.ones(size, np.bool_))
        column = self._summable(findings, number)
        known = column.known[at]
        open_cells = counted_at(places, ~known & applies, size)
        part = summed_at(places, column.part[at], known, size)
        whole = summed_at(places, column.whole[at], known, size)
        return Column(part, whole, (whole != 0).astype(np.bool_) | (open_cells == 0))

    def _summable(self, below: Findings, number: int) -> Column:
        """What a line counted, as sums that may be added up: a mean of meetings may not."""
        line = below.rules.lines[number]
        if not self.counting.sums_apart(line, below.rules.subject):
            return below.columns[number]
        column = self.counting.column(line, below.rules.subject, below.subjects.ids, pooled=True)
        return nothing(len(below.subjects.ids)) if isinstance(column, Failed) else column


@lru_cache(maxsize=256)
def holding(registry: Registry, rules: RuleSet, changed: frozenset[str]) -> tuple[frozenset[int], ...]:
    """For each scheme the numbers of the lines whose findings hold though rows of `changed` tables did: those that read none
    of them. What is derived is derived anew, and of months judged by themselves only how many were met is kept."""
    return tuple(
        frozenset(
            number
            for number, line in enumerate(scheme.lines)
            if _holds(registry, line, scheme.subject, changed)
        )
        for scheme in rules.schemes
    )


def _holds(registry: Registry, line: Line, subject: Subject, changed: frozenset[str]) -> bool:
    if line.kind is Kind.DERIVED or line.at is not At.END:
        return False
    if (line.kind is Kind.JUDGED or line.also_judged) and not changed.isdisjoint(JUDGED_IN):
        return False
    read = reads(registry, line, subject) if line.metric else frozenset()
    return read is not None and read.isdisjoint(changed)


def _joined(judged: Findings, beside: Findings | None) -> Findings:
    """Both together, ids ascending; nobody is in both."""
    if beside is None:
        return judged
    ids = np.concatenate([judged.subjects.ids, beside.subjects.ids])
    order = np.argsort(ids)

    def both(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        return np.concatenate([one, other])[order]

    types = judged.subjects.types + beside.subjects.types
    sectors = judged.subjects.sectors + beside.subjects.sectors
    subjects = Subjects(
        ids[order],
        [types[at] for at in order],
        [sectors[at] for at in order],
        both(judged.subjects.alive, beside.subjects.alive),
    )
    columns = [
        Column(both(one.part, other.part), both(one.whole, other.whole), both(one.known, other.known))
        for one, other in zip(judged.columns, beside.columns, strict=True)
    ]
    outcomes = [both(one, other) for one, other in zip(judged.outcomes, beside.outcomes, strict=True)]
    return Findings(judged.rules, subjects, columns, outcomes, both(judged.title, beside.title))


def applies(line: Line, subjects: Subjects) -> Mask:
    """Which subjects the criterion is for, by the type and sector of their organisation."""
    size = len(subjects.ids)
    fits = np.ones(size, np.bool_)
    for allowed, given in ((line.organisation_types, subjects.types), (line.sectors, subjects.sectors)):
        if allowed:
            fits &= np.fromiter((item in allowed for item in given), np.bool_, size)
    return fits


def _titles(below: Findings | None, who: np.ndarray) -> Outcomes:
    """The title of each; one whom the scheme does not judge does not hold it."""
    titles = np.full(len(who), Outcome.NOT_MET, np.int8)
    if below is not None and len(below.subjects.ids):
        at = np.minimum(np.searchsorted(below.subjects.ids, who), len(below.subjects.ids) - 1)
        judged = below.subjects.ids[at] == who
        titles[judged] = below.title[at[judged]]
    return titles


def _criterion(below: Mapping[str, Findings], key: str) -> tuple[Findings | None, int | None]:
    for findings in below.values():
        number = findings.line(key)
        if number is not None:
            return findings, number
    return None, None


def deciding(rules: SchemeRules, group: GroupRules) -> Iterator[int]:
    """The numbers of a group's lines that decide."""
    return (number for number in group.lines if rules.lines[number].role is Role.DECIDES)


def _title(
    rules: SchemeRules, subjects: Subjects, columns: list[Column], outcomes: list[Outcomes]
) -> Outcomes:
    """The title: the groups by the plan's method, and no blocker; nobody who is gone by the last day is considered."""
    size = len(subjects.ids)
    if rules.title is None:
        return np.full(size, Outcome.NOT_APPLICABLE, np.int8)
    if rules.by_points:
        groups = [_by_points(rules, columns, outcomes, size)]
    else:
        groups = [outcomes[number] for group in rules.groups for number in deciding(rules, group)]
    title = all_met([*groups, *(outcomes[number] for number in rules.blockers)], size)
    title[~subjects.alive] = Outcome.NOT_APPLICABLE
    return title


def _by_points(rules: SchemeRules, columns: list[Column], outcomes: list[Outcomes], size: int) -> Outcomes:
    """Met when the total and every group reach their marks; failed when even full points for what is not yet scored would
    not; open otherwise."""
    totals = [_group_points(rules, group, columns, outcomes, size) for group in rules.groups]
    rows = [
        _reaches(low, high, _floor(rules, group))
        for group, (low, high) in zip(rules.groups, totals, strict=True)
    ]
    low_total = sum((low for low, _ in totals), np.zeros(size, np.int64))
    high_total = sum((high for _, high in totals), np.zeros(size, np.int64))
    pass_mark = rules.pass_mark.value if rules.pass_mark else None
    return all_met([*rows, _reaches(low_total, high_total, Fraction(pass_mark or 0))], size)


def _group_points(
    rules: SchemeRules, group: GroupRules, columns: list[Column], outcomes: list[Outcomes], size: int
) -> tuple[np.ndarray, np.ndarray]:
    """The group's points in hundredths: as recorded, and with full points for what is not recorded or not possible."""
    low, high = np.zeros(size, np.int64), np.zeros(size, np.int64)
    for number in group.lines:
        if rules.lines[number].points and rules.lines[number].kind is Kind.JUDGED:
            column, stands = columns[number], outcomes[number] == Outcome.NOT_APPLICABLE
            low = low + np.where(stands, column.part, 0)
            high = high + np.where(stands, column.part, column.whole)
    return low, high


def _floor(rules: SchemeRules, group: GroupRules) -> Fraction:
    """The least points of a group: the plan's percentage of the group's maximum."""
    percent = rules.group_floor.value if rules.group_floor else None
    maximum = group.points.value if group.points else None
    return Fraction(percent or 0) * Fraction(maximum or 0) / 100


def _reaches(low: np.ndarray, high: np.ndarray, mark: Fraction) -> Outcomes:
    """Whether points in hundredths reach `mark` points: met by what is recorded, or not even by the most possible."""
    needed, unit = mark.numerator * HUNDREDTHS, mark.denominator
    reached = np.where(high * unit >= needed, np.int8(Outcome.NO_DATA), np.int8(Outcome.NOT_MET))
    reached[low * unit >= needed] = Outcome.MET
    return reached


def _value(line: Line) -> Decimal | None:
    return line.figure.value if line.figure else None


def _unit(line: Line) -> Unit:
    return line.figure.unit if line.figure else Unit.COUNT
