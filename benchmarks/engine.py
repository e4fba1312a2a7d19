"""Judging alone: integer columns against a plain loop over dictionaries and against OpenFisca-Core, on the same data.

Every jurisdiction has its own thresholds. The three answers are compared before anything is timed, and each round
judges other counts.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from sqlalchemy import Engine as Database
from sqlalchemy import create_engine

from benchmarks.measuring import Measured, Recipe, middle, timed
from bontot import embedded
from bontot.db import migrate
from bontot.db.tenancy import scope
from bontot.evaluation.columns import Column, all_met
from bontot.evaluation.engine import Engine, Findings
from bontot.evaluation.judging import Evaluated
from bontot.evaluation.judgments import Judgments
from bontot.evaluation.population import Subjects
from bontot.evaluation.rules import Figure, GroupRules, Line, RuleSet, SchemeRules
from bontot.evaluation.runs import store
from bontot.policy.terms import Kind, Operator, Origin, Outcome, Role, Subject, Unit

LOOP_GOAL, OPENFISCA_GOAL, STORED_GOAL = 20, 50, 300_000
LINES, JURISDICTIONS = 12, 10
FULL, QUICK = 150_000, 50_000
ROUNDS = 5
DAY = date(2023, 12, 31)


@dataclass(frozen=True)
class Data:
    """Counts of so many subjects: `parts[line]` and `wholes[line]`, and each one's jurisdiction; thresholds by both."""

    parts: list[np.ndarray]
    wholes: list[np.ndarray]
    jurisdictions: np.ndarray
    thresholds: list[list[int]] = field(
        default_factory=lambda: [
            [60 + (7 * place + 3 * line) % 40 for line in range(LINES)] for place in range(JURISDICTIONS)
        ]
    )


def data(size: int, seed: int) -> Data:
    """Counts as a year of meetings gives them; a few subjects were required at nothing."""
    chance = np.random.default_rng(seed)
    wholes = [chance.integers(0, 25, size) for _ in range(LINES)]
    missed = [chance.integers(0, 6, size) * (chance.random(size) < 0.1) for _ in range(LINES)]
    parts = [np.maximum(whole - miss, 0) for whole, miss in zip(wholes, missed, strict=True)]
    return Data(parts, wholes, np.arange(size) % JURISDICTIONS)


def rules(thresholds: Sequence[int]) -> RuleSet:
    """A plan of so many shares, all of which must be met."""
    lines = tuple(
        Line(
            key=f"c{number}",
            label=f"Tiêu chí {number}",
            kind=Kind.MEASURED,
            role=Role.DECIDES,
            origin=Origin.PLAN,
            metric=str(number),
            operator=Operator.AT_LEAST,
            figure=Figure(key=f"c{number}", label="", unit=Unit.PERCENT, value=Decimal(threshold)),
        )
        for number, threshold in enumerate(thresholds)
    )
    scheme = SchemeRules(
        key="m",
        policy="p",
        policy_label="",
        subject=Subject.MEMBER,
        title="Đạt",
        lines=lines,
        groups=(GroupRules(key="g", label="", clauses=(), lines=tuple(range(len(lines)))),),
        blockers=(),
        enrolment="all",
        registration_expected=False,
    )
    return RuleSet(
        policy="p",
        label="",
        version="1",
        digest="",
        plugin="",
        plugin_version="",
        year=2023,
        as_of=DAY,
        schemes=(scheme,),
    )


class Counted:
    """Counts already in columns, in place of those asked from the database; and who is judged by them."""

    def __init__(self, given: Data, place: int) -> None:
        here = np.flatnonzero(given.jurisdictions == place)
        known = np.ones(len(here), np.bool_)
        self.columns = [
            Column(part[here], whole[here], known)
            for part, whole in zip(given.parts, given.wholes, strict=True)
        ]
        self.everyone = Subjects(here.astype(np.int64), [], [], known)

    def ask(self, _lines: object) -> None:
        """Nothing is to be asked."""

    def column(self, line: Line, _subject: Subject, _ids: object) -> Column:
        """The line's counts."""
        return self.columns[int(line.metric or 0)]

    def subjects(self, _rules: SchemeRules, _policy: str) -> Subjects:
        """Everyone in the jurisdiction."""
        return self.everyone


class Product:
    """The engine, plan by plan."""

    def __init__(self, given: Data) -> None:
        self.rules = [rules(thresholds) for thresholds in given.thresholds]
        stands: list[Any] = [Counted(given, place) for place in range(JURISDICTIONS)]
        self.engines = [Engine(stand, stand, Judgments({})) for stand in stands]

    def judge(self) -> list[Findings]:
        """The findings of every jurisdiction."""
        return [engine.judge(asked)[0] for engine, asked in zip(self.engines, self.rules, strict=True)]


class Loop:
    """One subject and one criterion after another, from dictionaries, in integers."""

    def __init__(self, given: Data) -> None:
        self.counts = [
            dict(enumerate(zip(part.tolist(), whole.tolist(), strict=True)))
            for part, whole in zip(given.parts, given.wholes, strict=True)
        ]
        self.places = dict(enumerate(given.jurisdictions.tolist()))
        self.thresholds = given.thresholds

    def judge(self) -> dict[int, tuple[int, list[int]]]:
        """`{subject: (title, outcomes)}`."""
        found = {}
        for subject, place in self.places.items():
            thresholds, outcomes = self.thresholds[place], []
            for line, counts in enumerate(self.counts):
                part, whole = counts[subject]
                if whole == 0:
                    outcomes.append(3)
                elif part * 100 >= thresholds[line] * whole:
                    outcomes.append(1)
                else:
                    outcomes.append(2)
            found[subject] = (2 if 2 in outcomes else 1 if 1 in outcomes else 3, outcomes)
        return found


class OpenFisca:
    """A variable a criterion, the threshold a parameter by jurisdiction."""

    def __init__(self, given: Data) -> None:
        from openfisca_core import entities, simulations, taxbenefitsystems, variables
        from openfisca_core.parameters import ParameterNode
        from openfisca_core.periods import DateUnit

        self.given, self.build = given, simulations.SimulationBuilder
        person = entities.Entity("person", "persons", "", "")
        self.system = taxbenefitsystems.TaxBenefitSystem([person])
        self.system.parameters = ParameterNode(
            "", data={"place": {_place(place): _limits(each) for place, each in enumerate(given.thresholds)}}
        )

        def variable(name: str, kind: type, **more: Any) -> None:
            given = {"value_type": kind, "entity": person, "definition_period": DateUnit.YEAR, **more}
            self.system.add_variable(type(name, (variables.Variable,), given))

        variable("jurisdiction", str)
        for line in range(LINES):
            variable(f"part{line}", int)
            variable(f"whole{line}", int)
            variable(f"found{line}", int, formula=_formula(line))
        variable("title", int, formula=_title)

    def ready(self) -> Any:  # noqa: ANN401 - OpenFisca's simulation
        """A simulation with the counts put in, nothing calculated yet."""
        made = self.build().build_default_simulation(self.system, count=len(self.given.jurisdictions))
        names = np.array([_place(place) for place in range(JURISDICTIONS)])
        made.set_input("jurisdiction", "2023", names[self.given.jurisdictions])
        for line in range(LINES):
            made.set_input(f"part{line}", "2023", self.given.parts[line])
            made.set_input(f"whole{line}", "2023", self.given.wholes[line])
        return made

    def judge(self, simulation: Any) -> Any:  # noqa: ANN401
        """The titles; the outcomes of the lines stay in the simulation."""
        return simulation.calculate("title", "2023")


def _place(place: int) -> str:
    return f"p{place:03}"


def _limits(thresholds: Sequence[int]) -> dict[str, Any]:
    return {f"c{line}": {"values": {"2023-01-01": {"value": each}}} for line, each in enumerate(thresholds)}


def _formula(line: int) -> Any:  # noqa: ANN401 - OpenFisca's formulas are not typed
    def formula(persons: Any, period: Any, parameters: Any) -> Any:  # noqa: ANN401
        limits = parameters(period).place[persons("jurisdiction", period)]
        part, whole = persons(f"part{line}", period), persons(f"whole{line}", period)
        met = np.where(part * 100 >= limits[f"c{line}"] * whole, 1, 2)
        return np.where(whole == 0, 3, met)

    return formula


def _title(persons: Any, period: Any) -> Any:  # noqa: ANN401
    found = [persons(f"found{line}", period).astype(np.int8) for line in range(LINES)]
    return all_met(found, len(found[0]))


def run(quick: bool) -> Iterator[Measured]:
    """Times the three on other counts each round, then the engine with its verdicts written and committed."""
    size = QUICK if quick else FULL
    times: list[tuple[float, float, float]] = []
    for seed in range(ROUNDS + 1):
        given = data(size, seed)
        product, loop, peer = Product(given), Loop(given), OpenFisca(given)
        simulation = peer.ready()
        own, findings = timed(product.judge)
        looped, by_loop = timed(loop.judge)
        fisca, by_peer = timed(lambda: peer.judge(simulation))  # noqa: B023 - called at once
        _refuse_difference(findings, by_loop, by_peer)
        if seed:
            times.append((own, looped, fisca))
    what = f"{size * LINES:n} kết quả, {JURISDICTIONS} mức riêng, so với"
    for name, at, goal in (("vòng lặp trên từ điển", 1, LOOP_GOAL), ("OpenFisca-Core", 2, OPENFISCA_GOAL)):
        ratio = round(statistics.median(each[at] / each[0] for each in times), 1)
        own_ms, peer_ms = middle(each[0] for each in times), middle(each[at] for each in times)
        yield Measured(f"{what} {name}", own_ms, peer_ms, ratio, goal, at_least=True)
    yield _stored(size)


def _refuse_difference(
    findings: list[Findings], by_loop: dict[int, tuple[int, list[int]]], by_peer: np.ndarray
) -> None:
    own = {
        subject: (title, outcomes)
        for found in findings
        for subject, title, outcomes in zip(
            found.subjects.ids.tolist(),
            found.title.tolist(),
            np.stack(found.outcomes, axis=1).tolist(),
            strict=True,
        )
    }
    titles = [title for _, (title, _) in sorted(own.items())]
    if own != by_loop or titles != by_peer.tolist():
        raise AssertionError("the answers differ")
    if not {Outcome.MET, Outcome.NOT_MET} <= set(titles):
        raise AssertionError("the data decide nothing")


def _stored(size: int) -> Measured:
    """Verdicts judged, packed with their numbers, written through the product and committed, a second."""
    with tempfile.TemporaryDirectory() as folder, embedded.start(Path(folder), durable=False) as servers:
        migrate.upgrade(servers.owner_url)
        with psycopg.connect(servers.superuser_url, autocommit=True) as connection:
            connection.execute("INSERT INTO tenant (code, name) VALUES ('do', 'Đo')")
        database = create_engine(servers.database_url)
        rates, cores = [], []
        for seed in range(ROUNDS + 1):
            product = Product(data(size, seed))
            used = _cpu()
            ms, _ = timed(lambda: _judge_and_store(database, product))  # noqa: B023 - called at once
            cores.append((_cpu() - used) * 1000 / ms)
            rates.append(size * LINES * 1000 / ms)
        database.dispose()
    rate = round(statistics.median(rates[1:]))
    note = f"phần của chương trình: {statistics.median(cores[1:]):.0%} một nhân; phần còn lại của máy chủ"
    what = "kết quả được xét, giải thích được và ghi lại mỗi giây, một nhân"
    return Measured(what, rate, 0, rate, STORED_GOAL, note, "kết quả/giây", "/giây", at_least=True)


def _judge_and_store(database: Database, product: Product) -> None:
    with scope(database, 1) as session:
        for found, asked in zip(product.judge(), product.rules, strict=True):
            store(session, Evaluated(asked, [found]), "đo", None)


def _cpu() -> float:
    used = os.times()
    return used.user + used.system


RECIPE = Recipe(
    "engine", "Bộ xét so với vòng lặp thường và OpenFisca-Core, cùng dữ liệu và cùng kết quả", run
)
