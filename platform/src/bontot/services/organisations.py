"""Reading the tree of organisations as it stands, or stood, on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from bontot.db.models.organisation import CELL_TYPES
from bontot.db.rolls import headcount, holds_on
from bontot.db.statements import planned_anew
from bontot.errors import NotFound


@dataclass(frozen=True, slots=True)
class Node:
    """An organisation with those directly below it; `own_members` are those on its own roll."""

    id: int
    public_id: UUID
    name: str
    type: str
    sector: str
    own_members: int
    place: int
    """Its place among all read, by name."""
    code: str
    founded_on: date
    below: tuple[Node, ...] = ()

    @property
    def is_cell(self) -> bool:
        """Whether it meets as a cell."""
        return self.type in CELL_TYPES

    @property
    def members(self) -> int:
        """Members on its roll and on those below."""
        return self.own_members + sum(node.members for node in self.below)

    @property
    def ids(self) -> frozenset[int]:
        """Its own id and those below."""
        return frozenset({self.id}).union(*(node.ids for node in self.below))

    @property
    def cells(self) -> int:
        """Cells in its subtree, itself included."""
        return self.is_cell + sum(node.cells for node in self.below)


@dataclass(frozen=True, slots=True)
class Details:
    """An organisation on a day."""

    name: str
    code: str
    type: str
    sector: str
    document: str | None
    founded_on: date


@dataclass(frozen=True, slots=True)
class Past:
    """What an organisation was called and where it belonged over `[valid_from, valid_to)`."""

    name: str
    type: str
    parent_name: str | None
    valid_from: date
    valid_to: date | None
    document: str | None


@dataclass(frozen=True, slots=True)
class Officer:
    """Who holds a post."""

    kind: str
    public_id: UUID
    full_name: str
    valid_from: date
    term: str | None


_ALIVE = f"""
organisation o
JOIN organisation_period p ON p.organisation_id = o.id AND {holds_on("p", ":day")}
     AND o.founded_on <= :day AND (o.ended_on IS NULL OR :day < o.ended_on)
"""

_BELOW = f"""
WITH RECURSIVE below AS (
    SELECT unnest(CAST(:tops AS bigint[])) AS id
    UNION
    SELECT p.organisation_id FROM organisation_period p JOIN below ON p.parent_id = below.id
    WHERE {holds_on("p", ":day")}
)
"""

_NODES = f"""
SELECT o.id, o.public_id, p.name, p.type, p.sector, coalesce(c.members, 0) AS members, p.parent_id, p.code, o.founded_on
FROM {_ALIVE}
LEFT JOIN (SELECT organisation_id, count(*) AS members FROM ({headcount()}) AS h GROUP BY 1) AS c
     ON c.organisation_id = o.id
WHERE o.id = ANY(:within)
"""
_TREE = planned_anew(f'{_NODES} ORDER BY p.sort_key COLLATE "C"')
_SUBTREES = planned_anew(
    f'{_BELOW} {_NODES} AND o.id IN (SELECT id FROM below) ORDER BY p.sort_key COLLATE "C"'
)


def tree(session: Session, within: frozenset[int], day: date) -> tuple[Node, ...]:
    """The organisations among `within` that existed on `day`, as trees by name; those whose superior is not among them
    stand at the top."""
    return _grown(session.execute(_TREE, {"within": list(within), "day": day}).all())


def subtree(session: Session, top: int, within: frozenset[int], day: date) -> Node:
    """One organisation with all below it among `within` on `day`. Raises NotFound when it did not exist then."""
    for node in subtrees(session, [top], within, day).values():
        return node
    raise NotFound("Tổ chức này chưa có hoặc không còn vào ngày đã chọn.")


def subtrees(session: Session, tops: Iterable[int], within: frozenset[int], day: date) -> dict[int, Node]:
    """The same of several organisations, in one statement; without an entry for one that did not exist then."""
    wanted = frozenset(tops)
    rows = session.execute(_SUBTREES, {"tops": list(wanted), "within": list(within), "day": day}).all()
    return {node.id: node for node in walked(_grown(rows)) if node.id in wanted}


def walked(nodes: Iterable[Node]) -> Iterator[Node]:
    """Every organisation of some trees, each before those below it."""
    for node in nodes:
        yield node
        yield from walked(node.below)


def standing_below(session: Session, top: int, within: frozenset[int], day: date) -> tuple[Node, ...]:
    """One organisation with all below it among `within` on `day`; nothing where it did not exist then."""
    try:
        return (subtree(session, top, within, day),)
    except NotFound:
        return ()


def _grown(rows: Sequence[Row[Any]]) -> tuple[Node, ...]:
    """Rows of `_NODES` as trees: a row whose superior is not among them stands at the top."""
    below: dict[int | None, list[Row[Any]]] = defaultdict(list)
    places = {row.id: place for place, row in enumerate(rows)}
    for row in rows:
        below[row.parent_id if row.parent_id in places else None].append(row)

    def grow(row: Row[Any]) -> Node:
        return Node(
            id=row.id,
            public_id=row.public_id,
            name=row.name,
            type=row.type,
            sector=row.sector,
            own_members=row.members,
            place=places[row.id],
            code=row.code,
            founded_on=row.founded_on,
            below=tuple(map(grow, below[row.id])),
        )

    return tuple(map(grow, below[None]))


_DETAILS = text(f"""
SELECT p.name, p.code, p.type, p.sector, p.document, o.founded_on FROM {_ALIVE} WHERE o.id = :organisation
""")


def details(session: Session, organisation_id: int, day: date) -> Details:
    """An organisation as it was on `day`. Raises NotFound when it did not exist then."""
    row = session.execute(_DETAILS, {"organisation": organisation_id, "day": day}).first()
    if row is None:
        raise NotFound("Tổ chức này chưa có hoặc không còn vào ngày đã chọn.")
    return Details(*row)


_ENDED = text("SELECT ended_on FROM organisation WHERE id = :organisation")


def ended_on(session: Session, organisation_id: int) -> date | None:
    """The first day on which an organisation was no more; None for one that is."""
    found: date | None = session.execute(_ENDED, {"organisation": organisation_id}).scalar_one()
    return found


_ENDS = text("SELECT id, ended_on FROM organisation WHERE id = ANY(:organisations)")


def ends_of(session: Session, organisations: Iterable[int]) -> dict[int, date | None]:
    """The same of several organisations, in one statement."""
    rows = session.execute(_ENDS, {"organisations": list(organisations)})
    return {row[0]: row[1] for row in rows}


_ENDED_BELOW = text(f"""
WITH RECURSIVE up AS (
    SELECT o.id AS cell, p.parent_id AS above, o.ended_on - 1 AS day
    FROM organisation o
    JOIN organisation_period p ON p.organisation_id = o.id AND {holds_on("p", "o.ended_on - 1")}
    WHERE o.ended_on > :first AND o.ended_on <= :last AND o.id = ANY(:within) AND p.type = ANY(:cells)
    UNION
    SELECT up.cell, p.parent_id, up.day FROM up
    JOIN organisation_period p ON p.organisation_id = up.above AND {holds_on("p", "up.day")}
)
SELECT above, cell FROM up WHERE above = ANY(:tops) ORDER BY cell
""")


def ended_below(
    session: Session, tops: Iterable[int], within: frozenset[int], first: date, last: date
) -> dict[int, list[int]]:
    """By each of some organisations the ids of the cells among `within` that were there on `first` or later and no more on
    `last`, and stood below it on their last day; with an entry for each."""
    found: dict[int, list[int]] = {top: [] for top in tops}
    binds = {"tops": list(found), "within": list(within), "first": first, "last": last}
    for top, cell in session.execute(_ENDED_BELOW, binds | {"cells": list(CELL_TYPES)}):
        found[top].append(cell)
    return found


_PAST = text(f"""
SELECT p.name, p.type, q.name, p.valid_from, CASE WHEN p.valid_to <= :day THEN p.valid_to END, p.document
FROM organisation_period p
LEFT JOIN organisation_period q ON q.organisation_id = p.parent_id AND {holds_on("q", "p.valid_from")}
WHERE p.organisation_id = :organisation AND p.valid_from <= :day ORDER BY p.valid_from DESC
""")


def through_time(session: Session, organisation_id: int, day: date) -> list[Past]:
    """Its names, types and superiors up to a day, the latest first."""
    return [Past(*row) for row in session.execute(_PAST, {"organisation": organisation_id, "day": day})]


_ANCESTORS = text(f"""
WITH RECURSIVE seen AS (
    SELECT least(CAST(:day AS date), ended_on - 1) AS day FROM organisation WHERE id = :organisation
), up AS (
    SELECT p.organisation_id, p.parent_id, 0 AS height FROM organisation_period p, seen
    WHERE p.organisation_id = :organisation AND {holds_on("p", "seen.day")}
    UNION ALL
    SELECT p.organisation_id, p.parent_id, up.height + 1 FROM seen, organisation_period p
    JOIN up ON p.organisation_id = up.parent_id WHERE {holds_on("p", "seen.day")} AND up.height < 12
)
SELECT o.id, o.public_id, p.name FROM seen, up
JOIN organisation o ON o.id = up.organisation_id
JOIN organisation_period p ON p.organisation_id = o.id
WHERE {holds_on("p", "seen.day")} AND up.height > 0 ORDER BY up.height DESC
""")


def superiors(session: Session, organisation_id: int, day: date) -> list[tuple[int, UUID, str]]:
    """`(id, public_id, name)` of the organisations above, the highest first: of one that has ended, on its last day."""
    rows = session.execute(_ANCESTORS, {"organisation": organisation_id, "day": day})
    return [(row[0], row[1], row[2]) for row in rows]


OnDay = tuple[int, date]
"""An organisation's id and a day."""
_ASKED = "unnest(CAST(:ids AS bigint[]), CAST(:days AS date[])) AS asked (id, day)"
_OFFICERS = text(f"""
SELECT asked.id, asked.day, t.kind, m.public_id, m.full_name, t.valid_from, t.term
FROM {_ASKED} JOIN post t ON t.organisation_id = asked.id AND {holds_on("t", "asked.day")}
JOIN member m ON m.id = t.member_id
ORDER BY array_position(ARRAY['secretary', 'deputy_secretary', 'committee_member', 'assigned_superior'], t.kind),
         m.sort_key
""")


def officers(session: Session, organisation_id: int, day: date) -> list[Officer]:
    """Who held which post on `day`, the secretary first."""
    return officers_of(session, [(organisation_id, day)])[organisation_id, day]


def officers_of(session: Session, asked: Iterable[OnDay]) -> dict[OnDay, list[Officer]]:
    """The same of several organisations, each on a day, in one statement; with an entry for each."""
    found: dict[OnDay, list[Officer]] = {one: [] for one in asked}
    for id_, day, *told in session.execute(_OFFICERS, on_days(found)):
        found[id_, day].append(Officer(*told))
    return found


@dataclass(frozen=True, slots=True)
class Body:
    """What an organisation was called and was on a day, and its superior; empty where it had none. `paper_place` is the
    one recorded of it or of the nearest body above that has one, so many levels up, empty where none has."""

    name: str
    type: str
    superior: str
    superior_type: str
    paper_place: str = ""
    levels_up: int = 0


def _there(organisation: str, period: str) -> str:
    """That an organisation existed on the day asked about, and that the period is the one that held then."""
    return (
        f"{organisation}.founded_on <= asked.day"
        f" AND ({organisation}.ended_on IS NULL OR asked.day < {organisation}.ended_on)"
        f" AND {holds_on(period, 'asked.day')}"
    )


_BODIES = text(f"""
SELECT asked.id, asked.day, p.name, p.type, coalesce(above.name, ''), coalesce(above.type, ''),
       coalesce(dated.place, ''), coalesce(dated.height, 0)
FROM {_ASKED}
JOIN organisation o ON o.id = asked.id
JOIN organisation_period p ON p.organisation_id = o.id AND {_there("o", "p")}
LEFT JOIN LATERAL (
    SELECT q.name, q.type FROM organisation u JOIN organisation_period q ON q.organisation_id = u.id
    WHERE u.id = p.parent_id AND {_there("u", "q")}
) AS above ON true
LEFT JOIN LATERAL (
    WITH RECURSIVE up AS (
        SELECT o.paper_place AS place, p.parent_id AS above, 0 AS height
        UNION ALL
        SELECT u.paper_place, q.parent_id, up.height + 1
        FROM up JOIN organisation u ON u.id = up.above
        JOIN organisation_period q ON q.organisation_id = u.id AND {_there("u", "q")}
        WHERE up.place IS NULL AND up.height < 12
    )
    SELECT place, height FROM up WHERE place IS NOT NULL
) AS dated ON true
""")


def bodies(session: Session, asked: Iterable[OnDay]) -> dict[OnDay, Body]:
    """Several organisations, each on a day, in one statement; without an entry for one that did not exist then."""
    rows = session.execute(_BODIES, on_days(asked))
    return {(id_, day): Body(*told) for id_, day, *told in rows}


def on_days(asked: Iterable[OnDay]) -> dict[str, list[Any]]:
    """What a statement over `:ids` and `:days` binds."""
    pairs = sorted(set(asked))
    return {"ids": [id_ for id_, _ in pairs], "days": [day for _, day in pairs]}
