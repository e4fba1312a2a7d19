"""Who is rated in a year and how: subject by subject in one place, and place by place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text

from bontot.db.models.member import RATINGS
from bontot.db.rolls import headcount, holds_on
from bontot.db.tenancy import TenantSession
from bontot.services.ratings.rules import Rules, cap_words

MOST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedLine:
    """A subject of the year's rating: its level with the document, the day and the votes, and why it is not rated, if so.
    `version` is 0 where nothing is recorded; `code` is an organisation's own or that of a member's cell."""

    id: int
    public_id: UUID
    name: str
    code: str
    card_number: str | None
    birth_year: int | None
    level: str
    decided_on: date | None
    document: str
    entitled: int | None
    votes: int | None
    version: int
    left_out: str


_MEMBERS = text(f"""
SELECT m.id, m.public_id, m.full_name, cell.code, m.card_number, CAST(extract(year FROM m.birth_date) AS integer),
       coalesce(ar.level, ''), ar.decided_on, coalesce(ar.document, ''), ar.entitled,
       ar.votes, coalesce(ar.version, 0),
       CASE WHEN roll.exempt THEN 'exempt' WHEN roll.suspended THEN 'suspended'
            WHEN roll.admission_date > CAST(:newcomers AS date) THEN 'newcomer' ELSE '' END
FROM ({headcount()}) AS roll JOIN member AS m ON m.id = roll.member_id
JOIN organisation_period AS cell ON cell.organisation_id = roll.organisation_id AND {holds_on("cell", ":day")}
LEFT JOIN annual_rating AS ar ON ar.member_id = roll.member_id AND ar.year = :year
WHERE roll.organisation_id = :place ORDER BY m.sort_key COLLATE "C", m.id LIMIT {MOST}
""")
_CELLS = text(f"""
SELECT o.id, o.public_id, p.name, p.code, CAST(NULL AS text), CAST(NULL AS integer), coalesce(ar.level, ''),
       ar.decided_on, coalesce(ar.document, ''), ar.entitled, ar.votes, coalesce(ar.version, 0), ''
FROM organisation_period AS p JOIN organisation AS o ON o.id = p.organisation_id
LEFT JOIN annual_rating AS ar ON ar.organisation_id = o.id AND ar.year = :year
WHERE p.parent_id = :place AND {holds_on("p", ":day")} AND (o.ended_on IS NULL OR :day < o.ended_on)
ORDER BY p.sort_key COLLATE "C", o.id LIMIT {MOST}
""")


def lines_of(
    session: TenantSession, place: int, year: int, day: date, rules: Rules | None, *, of_members: bool
) -> list[RatedLine]:
    """The members of a cell, or the organisations directly below a body, with their ratings of a year; who belongs there on
    its last day, or today."""
    binds: dict[str, object] = {"place": place, "year": year, "day": min(day, date(year, 12, 31))}
    if of_members:
        binds["newcomers"] = rules.newcomers if rules else None
    names = (
        "id",
        "public_id",
        "name",
        "code",
        "card_number",
        "birth_year",
        "level",
        "decided_on",
        "document",
        "entitled",
        "votes",
        "version",
        "left_out",
    )
    rows = session.execute(_MEMBERS if of_members else _CELLS, binds)
    return [RatedLine(**dict(zip(names, row, strict=True))) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceLine:
    """A cell with its own rating and how many of its members are rated at each level; `rateable` belong to it."""

    id: int
    public_id: UUID
    name: str
    code: str
    parent_id: int | None
    parent: str
    parent_public_id: UUID | None
    level: str
    rateable: int
    counts: Mapping[str, int]


_PLACES = text(f"""
SELECT o.id, o.public_id, p.name, p.code, p.parent_id, coalesce(above.name, ''), body.public_id, coalesce(own.level, ''),
       count(roll.member_id), {", ".join(f"count(*) FILTER (WHERE ar.level = '{level}')" for level in RATINGS)}
FROM organisation_period AS p JOIN organisation AS o ON o.id = p.organisation_id
LEFT JOIN organisation_period AS above ON above.organisation_id = p.parent_id AND {holds_on("above", ":day")}
LEFT JOIN organisation AS body ON body.id = p.parent_id
LEFT JOIN annual_rating AS own ON own.organisation_id = o.id AND own.year = :year
LEFT JOIN ({headcount()}) AS roll ON roll.organisation_id = o.id AND NOT roll.exempt AND NOT roll.suspended
     AND (CAST(:newcomers AS date) IS NULL OR roll.admission_date IS NULL OR roll.admission_date <= :newcomers)
LEFT JOIN annual_rating AS ar ON ar.member_id = roll.member_id AND ar.year = :year
WHERE p.type IN ('grassroots_cell', 'subordinate_cell') AND {holds_on("p", ":day")}
  AND (o.ended_on IS NULL OR :day < o.ended_on) AND o.id = ANY(CAST(:reach AS bigint[]))
GROUP BY o.id, o.public_id, p.name, p.code, p.parent_id, above.name, body.public_id, own.level, p.sort_key, above.sort_key
ORDER BY above.sort_key COLLATE "C" NULLS FIRST, p.sort_key COLLATE "C" LIMIT {MOST}
""")


def places_of(
    session: TenantSession, reach: frozenset[int], year: int, day: date, rules: Rules | None
) -> list[PlaceLine]:
    """The cells within reach, body by body, at most a thousand; one statement."""
    binds = {
        "reach": sorted(reach),
        "year": year,
        "day": min(day, date(year, 12, 31)),
        "newcomers": rules.newcomers if rules else None,
    }
    return [
        PlaceLine(
            id=id_,
            public_id=public_id,
            name=name,
            code=code,
            parent_id=parent_id,
            parent=parent,
            parent_public_id=body,
            level=level,
            rateable=rateable,
            counts=dict(zip(RATINGS, counts, strict=True)),
        )
        for id_, public_id, name, code, parent_id, parent, body, level, rateable, *counts in session.execute(
            _PLACES, binds
        )
    ]


def caps_exceeded(rules: Rules, places: Sequence[PlaceLine]) -> list[tuple[str, str]]:
    """By body what to say of its cells and of their members, where more are excellent than the caps allow."""
    found = []
    for body in dict.fromkeys(line.parent_id for line in places):
        below = [line for line in places if line.parent_id == body]
        cells = [line.level for line in below if line.level]
        people = [level for line in below for level, many in line.counts.items() for _ in range(many)]
        for rated, of_members in ((cells, False), (people, True)):
            if of_members in rules.caps and (said := cap_words(rules, rated, of_members=of_members)):
                found.append((below[0].parent, said))
    return found
