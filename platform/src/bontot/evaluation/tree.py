"""The tree of organisations over an evaluated period, read once: who existed, as what, under whom, by which plan.

What a superior orders holds for the organisation named and all below it; of several the nearest upwards holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Generic, TypeVar

from sqlalchemy import text
from sqlalchemy.orm import Session

from bontot.db.models.organisation import CELL_TYPES
from bontot.evaluation.period import Period

V = TypeVar("V")

DEEPEST = 20
"""No tree is deeper; a circle of superiors, which no service lets in, ends here."""

_OVERLAPS = "op.valid_from < :to AND (op.valid_to IS NULL OR op.valid_to > :since)"
_NODES = f"""
SELECT o.id, o.founded_on, o.ended_on, op.valid_from, op.valid_to, op.parent_id, op.type, op.sector, op.name
FROM organisation AS o JOIN organisation_period AS op ON op.organisation_id = o.id
WHERE o.founded_on < :to AND (o.ended_on IS NULL OR o.ended_on > :since) AND {_OVERLAPS}"""
_ALL = text(f"{_NODES} ORDER BY o.id, op.valid_from")


def _steps(walk: str, found: str, at: str) -> str:
    """One step of a walk along the tree. Each is looked up by itself: a walk is short, and the tree may not be."""
    return f"""
    SELECT step.id FROM {walk}, LATERAL (
        SELECT op.{found} AS id FROM organisation_period AS op
        WHERE op.{at} = {walk}.id AND op.{found} IS NOT NULL AND {_OVERLAPS} OFFSET 0) AS step"""


_SOME = text(f"""
WITH RECURSIVE below AS (
    SELECT id FROM unnest(CAST(:organisations AS bigint[])) AS asked (id)
    UNION {_steps("below", "organisation_id", "parent_id")}
), line AS (
    SELECT id FROM unnest(ARRAY(SELECT id FROM below)) AS found (id)
    UNION {_steps("line", "parent_id", "organisation_id")}
), beside AS (
    SELECT id FROM unnest(ARRAY(SELECT id FROM line)) AS found (id) WHERE EXISTS (
        SELECT FROM organisation_period AS op
        WHERE op.organisation_id = found.id AND op.type = ANY(:superiors) AND {_OVERLAPS} OFFSET 0)
    UNION {_steps("beside", "organisation_id", "parent_id")}
)
{_NODES} AND o.id = ANY(ARRAY(SELECT id FROM line UNION ALL SELECT id FROM beside))
ORDER BY o.id, op.valid_from
""")
"""Those asked for, all below them and all above; with all below the superiors of some types too. Each walk begins with an
array: of what another walk found the planner expects ten times as much as of its own beginning."""

_ASSIGNMENTS = text("""
SELECT organisation_id, valid_from, valid_to, policy_code FROM policy_assignment
WHERE valid_from < :to AND (valid_to IS NULL OR valid_to > :since)
""")


@dataclass(frozen=True, slots=True)
class Span(Generic[V]):
    """A value over `[since, until)`; None is open."""

    since: date
    until: date | None
    value: V

    def holds(self, day: date) -> bool:
        """Whether the value holds on `day`."""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Standing:
    """What an organisation is: its direct superior, type, sector and name."""

    parent_id: int | None
    type: str
    sector: str
    name: str


@dataclass(frozen=True, slots=True)
class Node:
    """An organisation that existed in the period."""

    id: int
    founded_on: date
    ended_on: date | None
    standings: list[Span[Standing]]

    def existed_on(self, day: date) -> bool:
        """Whether it existed on `day`."""
        return self.founded_on <= day and (self.ended_on is None or day < self.ended_on)

    def existed_through(self, first: date, to: date) -> bool:
        """Whether it existed on every day of `[first, to)`."""
        return self.founded_on <= first and (self.ended_on is None or to <= self.ended_on)

    def last_day(self, period: Period) -> date:
        """Its last day in the period."""
        return min(self.ended_on - timedelta(days=1), period.last_day) if self.ended_on else period.last_day

    def on(self, day: date) -> Standing:
        """What it was on `day`; where the records begin late, what it first was."""
        return next(
            (span.value for span in reversed(self.standings) if span.since <= day), self.standings[0].value
        )


@dataclass(frozen=True)
class Tree:
    """The organisations of a committee, or those asked for with all above and below them."""

    period: Period
    nodes: Mapping[int, Node]
    assignments: Mapping[int, list[Span[str]]] = field(repr=False)
    asked: frozenset[int] | None = None

    def known_on(self, day: date) -> Tree:
        """The tree as far as it had come about by a day: what began later is left out, what ended later goes on."""
        nodes = {
            id_: replace(
                node,
                ended_on=node.ended_on if node.ended_on and node.ended_on <= day else None,
                standings=known_on(node.standings, day),
            )
            for id_, node in self.nodes.items()
            if node.founded_on <= day and node.standings[0].since <= day
        }
        assignments = {id_: known_on(spans, day) for id_, spans in self.assignments.items()}
        return Tree(self.period, nodes, assignments, self.asked)

    def line(self, organisation_id: int, day: date) -> tuple[int, ...]:
        """The organisation and its superiors on `day`, nearest first."""
        found: list[int] = []
        node = self.nodes.get(organisation_id)
        while node is not None and node.id not in found and len(found) < DEEPEST:
            found.append(node.id)
            node = self.nodes.get(node.on(day).parent_id or 0)
        return tuple(found)

    def plan(self, organisation_id: int, day: date) -> str | None:
        """The code of the plan that governs it on `day`, None where nobody assigned one."""
        return nearest(self.assignments, self.line(organisation_id, day), day)

    def governing(self, organisation_id: int) -> str | None:
        """The code of the plan that judges it: the one in force on its last day of the period."""
        return self.plan(organisation_id, self.nodes[organisation_id].last_day(self.period))

    def above(self, types: Iterable[str]) -> frozenset[int]:
        """Ids of the organisations of these types that stand above one asked for on the last day."""
        day, wanted = self.period.last_day, frozenset(types)
        lines = (self.line(id_, day)[1:] for id_ in self.asked or ())
        return frozenset(id_ for line in lines for id_ in line if self.nodes[id_].on(day).type in wanted)

    def of_types(self, types: Iterable[str]) -> list[int]:
        """Ids, in order, of the organisations asked for that are of these types on their last day."""
        wanted = frozenset(types)
        return [
            node.id
            for node in self.nodes.values()
            if node.on(node.last_day(self.period)).type in wanted
            and (self.asked is None or node.id in self.asked)
        ]

    def cells_below(self) -> list[tuple[int, int]]:
        """`(superior, cell)` for every cell that exists on the period's last day and each of its superiors."""
        return self._below

    @cached_property
    def _below(self) -> list[tuple[int, int]]:
        day = self.period.last_day
        cells = (
            node for node in self.nodes.values() if node.existed_on(day) and node.on(day).type in CELL_TYPES
        )
        return [(above, node.id) for node in cells for above in self.line(node.id, day)[1:]]


def read_tree(
    session: Session,
    period: Period,
    organisations: Sequence[int] | None = None,
    superiors: Sequence[str] = (),
) -> Tree:
    """The tree over the period, in two statements. With `organisations` only these, all below and all above them; with
    `superiors`, types of organisation, those of them above on the last day are asked for too, and all below them read."""
    days = {"since": period.start, "to": period.to}
    wanted = None if organisations is None else list(organisations)
    rows = (
        session.execute(_ALL, days)
        if wanted is None
        else session.execute(_SOME, {**days, "organisations": wanted, "superiors": list(superiors)})
    )
    nodes: dict[int, Node] = {}
    for id_, founded, ended, since, until, *standing in rows:
        node = nodes.setdefault(id_, Node(id_, founded, ended, []))
        node.standings.append(Span(since, until, Standing(*standing)))
    assignments: dict[int, list[Span[str]]] = {}
    for id_, since, until, code in session.execute(_ASSIGNMENTS, days):
        assignments.setdefault(id_, []).append(Span(since, until, code))
    tree = Tree(period, nodes, assignments, _asked(nodes, wanted))
    return replace(tree, asked=(tree.asked or frozenset()) | tree.above(superiors)) if superiors else tree


def known_on(spans: Iterable[Span[V]], day: date) -> list[Span[V]]:
    """Those begun by a day; an end after it is not known yet."""
    return [
        span if span.until is None or span.until <= day else replace(span, until=None)
        for span in spans
        if span.since <= day
    ]


def nearest(values: Mapping[int, list[Span[V]]], line: Iterable[int], day: date) -> V | None:
    """The value that holds on `day` for the first organisation of `line` that has one."""
    return next((span.value for id_ in line for span in values.get(id_, ()) if span.holds(day)), None)


def _asked(nodes: Mapping[int, Node], wanted: list[int] | None) -> frozenset[int] | None:
    """Those asked for and all that were ever below them in the period; superiors were read only to be looked up to."""
    if wanted is None:
        return None
    reached, frontier = set[int](), set(wanted)
    while frontier:
        reached |= frontier
        frontier = {
            node.id for node in nodes.values() for span in node.standings if span.value.parent_id in frontier
        } - reached
    return frozenset(reached)
