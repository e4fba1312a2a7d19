"""Which titles are granted in a year, and how: the plan's steps with their days, and its rules of voting and of number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import text

from bontot.db.models import EvaluationRun
from bontot.db.tenancy import TenantSession
from bontot.errors import NotFound
from bontot.evaluation.rules import Figure, SchemeRules
from bontot.evaluation.runs import HEADERS, RunHeader, current_runs, headers
from bontot.evaluation.values import Values, read_values
from bontot.policy.model import Recognition, Step
from bontot.policy.recognition import SECRET, due_day
from bontot.policy.resolve import Resolved
from bontot.policy.terms import Act, Leave, Subject
from bontot.policy.words import ORIGINS
from bontot.registry import Registry

PUTS_FORWARD = frozenset({Act.PROPOSAL, Act.BALLOT, Act.DECISION})
"""Acts that nobody takes for a subject short of the conditions without saying why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTerm:
    """A step with the day of the year by which it is due."""

    step: Step
    number: int
    due: date | None

    @property
    def key(self) -> str:
        """The step's own."""
        return self.step.key

    def does(self, act: Act) -> bool:
        """Whether the step lays that down."""
        return act in self.step.acts

    @property
    def puts_forward(self) -> bool:
        """Whether the step may only be passed by who meets the conditions, or for a stated reason."""
        return bool(self.step.acts & PUTS_FORWARD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """A title of one plan in one year: the evaluation it stands on, its steps, and the values of its recognition on the last
    day of the year or today."""

    header: RunHeader
    number: int
    recognition: Recognition
    steps: tuple[StepTerm, ...]
    values: Mapping[str, Resolved] = field(repr=False)
    beside: tuple[tuple[int, int], ...] = ()
    """Other plans' titles of the year by the same scheme, as the run and number of each: who went over to one of them has
    the dossier there."""

    @property
    def scheme(self) -> SchemeRules:
        """What the title asks for."""
        return self.header.rules.schemes[self.number]

    @property
    def name(self) -> str:
        """The title itself."""
        return self.scheme.title or ""

    @property
    def year(self) -> int:
        """The year for which it is granted."""
        return self.header.rules.year

    @property
    def policy(self) -> str:
        """The plan's code."""
        return self.header.rules.policy

    @property
    def key(self) -> str:
        """The name of the title in an address."""
        return f"{self.policy}:{self.scheme.key}"

    @property
    def of_members(self) -> bool:
        """Whether people hold it, and not organisations."""
        return self.scheme.subject is Subject.MEMBER

    @property
    def majority(self) -> Decimal:
        """The percentage of those entitled that votes must exceed; without one in force every vote carries."""
        return self._number(self.recognition.majority) or Decimal(0)

    @property
    def method(self) -> str:
        """How votes are given."""
        return self._choice(self.recognition.ballot, SECRET)

    @property
    def quota(self) -> Figure | None:
        """The most that may be recognised under one superior, where the plan says so."""
        quota = self.scheme.quota
        return quota if quota and quota.value is not None else None

    @property
    def months(self) -> int:
        """How many months a recognition holds; without a value in force twelve."""
        return int(self._number(self.recognition.validity) or 12)

    @property
    def exceptions(self) -> bool:
        """Whether a subject short of the conditions may be put forward for a reason."""
        return self._choice(self.recognition.exception, Leave.ALLOWED) == Leave.ALLOWED

    @property
    def beyond_quota(self) -> bool:
        """Whether more than the quota may be recognised."""
        return self._choice(self.recognition.over_quota, Leave.ALLOWED) == Leave.ALLOWED

    @property
    def origin(self) -> str:
        """Whether the plan lays the procedure down or it is a default, in words."""
        return ORIGINS[self.recognition.origin]

    def step(self, key: str) -> StepTerm:
        """The step of a key. Raises NotFound."""
        for term in self.steps:
            if term.key == key:
                return term
        raise NotFound

    @property
    def asks_for_sheets(self) -> bool:
        """Whether a step lays down that a subject judges itself."""
        return any(term.does(Act.SHEET) for term in self.steps)

    @property
    def deciding(self) -> StepTerm | None:
        """The step whose document grants the title."""
        return next((term for term in self.steps if term.does(Act.DECISION)), None)

    def next_step(self, taken: frozenset[str]) -> StepTerm | None:
        """The first step not taken."""
        return next((term for term in self.steps if term.key not in taken), None)

    def _number(self, key: str | None) -> Decimal | None:
        return self.values[key].number if key else None

    def _choice(self, key: str | None, otherwise: str) -> str:
        return self.values[key].choice if key and self.values[key].rung else otherwise


def titles_of(session: TenantSession, registry: Registry, year: int, today: date) -> list[Title]:
    """The titles granted in a year by the evaluations in force, as they stand since; then those of plans that judge nobody
    there any more and under which steps were taken, by their last evaluation. Raises `PluginUnavailable`."""
    values, day = read_values(session, registry), min(today, date(year, 12, 31))
    runs = [*(header.now for header in current_runs(session, year)), *_left_behind(session, year)]
    found = [title for header in runs for title in _of_run(registry, values, header, day)]
    return [replace(title, beside=tuple(_beside(title, found))) for title in found]


def _beside(title: Title, among: Sequence[Title]) -> Iterator[tuple[int, int]]:
    for one in among:
        if one is not title and one.scheme.key == title.scheme.key and not one.header.superseded:
            yield one.header.id, one.number


_LAST_BY_PLAN = """
SELECT max(r.id) FROM evaluation_run AS r
WHERE r.year = :year AND EXISTS (SELECT FROM recognition_case AS c WHERE c.year = r.year AND c.policy_code = r.policy_code)
GROUP BY r.policy_code HAVING bool_and(r.superseded_by_id IS NOT NULL)
"""


def _left_behind(session: TenantSession, year: int) -> list[RunHeader]:
    """The last runs of plans with dossiers of a year that have no run in force."""
    last = list(session.scalars(text(_LAST_BY_PLAN), {"year": year}))
    return headers(session, HEADERS.where(EvaluationRun.id.in_(last))) if last else []


def title_of(session: TenantSession, registry: Registry, year: int, key: str, today: date) -> Title:
    """The title of a key. Raises NotFound, `PluginUnavailable`."""
    for title in titles_of(session, registry, year, today):
        if title.key == key:
            return title
    raise NotFound


def _of_run(registry: Registry, values: Values, header: RunHeader, day: date) -> list[Title]:
    policy = registry.policy(header.rules.policy)
    held = values.on(policy.code, max(day, policy.in_force_from))
    granted = {one.scheme: one for one in policy.recognitions}
    return [
        Title(
            header=header,
            number=number,
            recognition=granted[scheme.key],
            steps=steps_of(granted[scheme.key], held, header.rules.year),
            values=held,
        )
        for number, scheme in enumerate(header.rules.schemes)
        if scheme.title and scheme.policy == policy.code and scheme.key in granted
    ]


def steps_of(recognition: Recognition, values: Mapping[str, Resolved], year: int) -> tuple[StepTerm, ...]:
    """The steps of a recognition with their days in a year."""

    def due(step: Step) -> date | None:
        value = values[step.due].number if step.due else None
        return None if value is None else due_day(value, year)

    return tuple(
        StepTerm(step=step, number=number, due=due(step)) for number, step in enumerate(recognition.steps, 1)
    )
