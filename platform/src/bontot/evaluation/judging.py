"""One committee and period read and made ready to judge: whole, or narrowed to organisations or to one member."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from bontot.db.models import Membership
from bontot.errors import NotFound
from bontot.evaluation.counting import Counting
from bontot.evaluation.engine import Engine, Findings
from bontot.evaluation.frames import read_adoptions
from bontot.evaluation.judgments import read_judgments
from bontot.evaluation.narrowing import READ_EACH_ONCE
from bontot.evaluation.period import Period
from bontot.evaluation.population import TYPES, Population, read_population
from bontot.evaluation.rules import MonthRule, RuleSet, rule_set
from bontot.evaluation.schedule import Calendar, read_calendar
from bontot.evaluation.tree import Tree, read_tree
from bontot.evaluation.values import Trial, Values, read_values
from bontot.policy.calendar import CalendarRule
from bontot.policy.terms import Subject
from bontot.registry import Registry


@dataclass(frozen=True, slots=True, eq=False)
class Evaluated:
    """What one plan, with its frames, says of everyone it governs."""

    rules: RuleSet
    findings: list[Findings]


@dataclass(frozen=True, eq=False)
class Judging:
    """Everything read; `judge` decides. The number of statements does not depend on how many are judged."""

    registry: Registry
    period: Period
    values: Values
    tree: Tree
    engine: Engine
    read_calendar: Callable[[], Calendar] = field(repr=False)

    @property
    def calendar(self) -> Calendar:
        """When meetings are due; read when it is first asked for."""
        return self.read_calendar()

    @property
    def population(self) -> Population:
        """Those who could be judged."""
        return self.engine.population

    def rules(self) -> list[RuleSet]:
        """What each plan that governs somebody asks. Raises `PluginUnavailable` when one of them cannot be had."""
        return [rule_set(self.registry, self.values, code, self.period) for code in self.population.plans()]

    def judge(self, rules: RuleSet) -> Evaluated:
        """Everyone governed by the plan of `rules`; they come back with the meeting rules that were looked at."""
        findings = self.engine.judge(rules)
        months = (MonthRule(policy=code, month=month, rule=rule) for (code, month), rule in self._rules())
        return Evaluated(replace(rules, months=tuple(months)), findings)

    def trying(self, trial: Trial) -> Judging:
        """The same people and records with values on trial laid over the plans: what does not depend on them is not read
        again."""
        values = replace(self.values, trial=trial, kept={})
        return self._otherwise(values, lambda: replace(self.calendar, values=values), self.population)

    def by_plan(self, code: str, instead_of: str) -> Judging:
        """The same records, and of the people those whom the plan `instead_of` governs, judged by the plan `code`."""
        values = replace(self.values, kept={})
        calendar = partial(replace, values=values, policy_code=code, instead_of=instead_of)
        population = replace(self.population, policy_code=code, instead_of=instead_of)
        return self._otherwise(values, lambda: calendar(self.calendar), population)

    def _otherwise(self, values: Values, calendar: Callable[[], Calendar], population: Population) -> Judging:
        """Of the counts made so far those that ask for the months are kept only where the months are the same."""
        read = cache(calendar)
        months = cache(lambda: read().required_months())
        counting = self.engine.counting.over(months)
        engine = replace(self.engine, population=population, counting=counting)
        return replace(self, values=values, engine=engine, read_calendar=read)

    def _rules(self) -> list[tuple[tuple[str, date], CalendarRule]]:
        return sorted(self.values.kept.items(), key=lambda item: item[0])


def prepare(
    session: Session,
    registry: Registry,
    period: Period,
    *,
    organisations: Sequence[int] | None = None,
    members: Sequence[int] | None = None,
    superiors: bool = False,
    policy_code: str | None = None,
    kept: Iterable[MonthRule] = (),
    on_count: Callable[[str], None] = lambda _: None,
    on_line: Callable[[], None] = lambda: None,
) -> Judging:
    """Reads a committee's period. `organisations` narrows to these and all below them, `members` to these people; with
    `superiors` the base organisations above are judged too, though not all below them. `policy_code` judges everyone by
    another plan, a what-if. `kept` are meeting rules that hold whatever the plans say now."""
    if organisations is None and members is None:
        session.execute(READ_EACH_ONCE)
    if members is not None:
        organisations = _homes(session, members, period.last_day)
    tree = read_tree(session, period, organisations, TYPES[Subject.BASE_ORGANISATION] if superiors else ())
    values = read_values(session, registry, read_adoptions(session))
    values.kept.update({(one.policy, one.month): one.rule for one in kept})
    calendar = cache(lambda: read_calendar(session, tree, values, policy_code))
    population = read_population(session, tree, members=members, policy_code=policy_code)
    asked = None if tree.asked is None else sorted(tree.asked)
    everyone = None if asked is None else population.roll.members.tolist()
    months = cache(lambda: calendar().required_months())
    below = sorted({*(asked or ()), *(cell for _, cell in tree.cells_below())}) if superiors else asked
    counting = Counting(session.connection(), registry, period, months, asked, everyone, below, on_count)
    judgments = read_judgments(session, period, organisations=asked, members=everyone)
    engine = Engine(population, counting, judgments, on_line)
    return Judging(registry, period, values, tree, engine, calendar)


def _homes(session: Session, members: Sequence[int], day: date) -> list[int]:
    """The home cells of these members on a day. Raises NotFound when there is none."""
    homes = session.scalars(
        select(Membership.organisation_id)
        .distinct()
        .where(
            Membership.member_id.in_(list(members)),
            Membership.kind == "home",
            Membership.valid_from <= day,
            (Membership.valid_to.is_(None)) | (Membership.valid_to > day),
        )
    ).all()
    if not homes:
        raise NotFound
    return list(homes)
