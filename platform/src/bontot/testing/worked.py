"""Worked cases judged for real: every expectation that does not come out, in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bontot.db.tenancy import TenantSession
from bontot.evaluation.rules import RuleSet
from bontot.evaluation.runs import VerdictRow, current_runs, verdicts
from bontot.evaluation.schedule import board
from bontot.evaluation.whole import evaluate
from bontot.policy.terms import Subject
from bontot.registry import Registry
from bontot.testing.case_records import Case, Expected, ExpectedMonth
from bontot.testing.worlds import World, load_case

MOST = 1_000
NOT_EVALUATED = "not_evaluated"
"""Expected of a subject nobody enrolled."""


def work_out(
    session: TenantSession, registry: Registry, case: Case, policy: str, year: int
) -> tuple[World, list[str]]:
    """Loads a case into the session's empty committee, evaluates its year as of 31 December, and compares
    what is stored with what the case expects. Nothing is said when every outcome and both integers agree."""
    world = load_case(session, registry, case, policy, year)
    evaluate(session, registry, year=year, as_of=date(year, 12, 31), by="Ví dụ tính tay")
    stored = _Stored(session, world)
    problems = [problem for expected in case.expect for problem in stored.compare(expected)]
    return world, [*problems, *_months(session, registry, world, case)]


class _Stored:
    """What an evaluation left behind, by policy, scheme and subject."""

    def __init__(self, session: TenantSession, world: World) -> None:
        self.world = world
        self.runs = [(header, header.rules) for header in current_runs(session, world.year)]
        self.rows = {
            (rules.policy, number): {
                row.subject_id: row for row in verdicts(session, header, number, limit=MOST)
            }
            for header, rules in self.runs
            for number in range(len(rules.schemes))
        }

    def compare(self, expected: Expected) -> Iterator[str]:
        place = f"{expected.subject}, {expected.criterion or expected.scheme}"
        found = self._find(expected)
        if found is None:
            if expected.outcome != NOT_EVALUATED:
                why = (
                    "không được đánh giá" if self._knows(expected) else "kế hoạch và khung không có khóa này"
                )
                yield f"{place}: {why} ({expected.because})"
        else:
            yield from self._compare(place, expected, *found)

    def _compare(
        self, place: str, expected: Expected, rules: RuleSet, scheme: int, row: VerdictRow
    ) -> Iterator[str]:
        outcome, part, whole = row.outcome, None, None
        if expected.criterion is not None:
            keys = [line.key for line in rules.schemes[scheme].lines]
            at = keys.index(expected.criterion)
            outcome, part, whole = row.outcomes[at], row.parts[at], row.wholes[at]
        counted = expected.part is not None or expected.whole is not None
        got = f"{outcome.name.lower()} {part}/{whole}"
        wanted = f"{expected.outcome} {expected.part}/{expected.whole}"
        differs = counted and (part != expected.part or expected.whole not in (None, whole))
        if outcome.name.lower() != expected.outcome or differs:
            yield f"{place}: được {got}, cần {wanted} ({expected.because})"

    def _knows(self, expected: Expected) -> bool:
        """Whether anything judged has the key the expectation names."""
        schemes = [scheme for _, rules in self.runs for scheme in rules.schemes]
        lines = (line.key for scheme in schemes for line in scheme.lines)
        return expected.scheme in {scheme.key for scheme in schemes} or expected.criterion in {*lines}

    def _find(self, expected: Expected) -> tuple[RuleSet, int, VerdictRow] | None:
        of_member = expected.subject in self.world.members
        subject_id = self.world.subject(expected.subject)
        for _, rules in self.runs:
            for number, scheme in enumerate(rules.schemes):
                named = expected.scheme == scheme.key or any(
                    line.key == expected.criterion for line in scheme.lines
                )
                right = (scheme.subject is Subject.MEMBER) == of_member
                frame = expected.policy in (None, scheme.policy)
                row = self.rows[rules.policy, number].get(subject_id)
                if named and right and frame and row:
                    return rules, number, row
        return None


def _months(session: TenantSession, registry: Registry, world: World, case: Case) -> Iterator[str]:
    asked = sorted({world.organisations[item.organisation] for item in case.expect_month})
    years = board(session, registry, asked, world.year, date(world.year + 1, 1, 1)) if asked else {}
    for expected in case.expect_month:
        view = years[world.organisations[expected.organisation]][expected.month - 1]
        got = (view.standing.status.value, view.planned.scheduled.day)
        if got != (expected.status, expected.day):
            yield _month_words(expected, got)


def _month_words(expected: ExpectedMonth, got: tuple[str, date | None]) -> str:
    place = f"{expected.organisation}, tháng {expected.month}"
    return f"{place}: được {got[0]} {got[1]}, cần {expected.status} {expected.day} ({expected.because})"
