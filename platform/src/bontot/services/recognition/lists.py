"""Who was recognised: the list of a year by decision, and against the year before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text

from bontot.db.tenancy import TenantSession

MOST = 500
"""The most lines of one list; of more the reader asks body by body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionLine:
    """A document by which a title of a year was granted, and to how many."""

    id: int
    number: str
    decided_on: date
    issuer: str
    signer: str
    granted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognisedLine:
    """Somebody to whom a title was granted: from when until when, by which decision, whether taken back since, and whether
    for a reason though the conditions were not met."""

    public_id: UUID
    name: str
    place: str
    superior: str
    recognised_on: date
    holds_until: date
    revoked_on: date | None
    decision_id: int
    number: str
    exceptional: bool
    ended_on: date | None
    """The first day on which the organisation was no more, or the member on no roll."""


def _names(day: str) -> str:
    """Joins a case `c` with its subject's name and place on a day: `m` a member, `place` the organisation or home cell."""
    return f"""
LEFT JOIN member AS m ON m.id = c.member_id
LEFT JOIN LATERAL (
    SELECT s.organisation_id FROM membership AS s
    WHERE s.member_id = c.member_id AND s.kind = 'home' AND s.valid_from <= {day} ORDER BY s.valid_from DESC LIMIT 1
) AS home ON true
JOIN organisation AS o ON o.id = coalesce(c.organisation_id, home.organisation_id)
JOIN LATERAL (
    SELECT p.name, p.sort_key, p.parent_id FROM organisation_period AS p
    WHERE p.organisation_id = o.id AND p.valid_from <= {day} ORDER BY p.valid_from DESC LIMIT 1
) AS place ON true
LEFT JOIN LATERAL (
    SELECT p.name FROM organisation_period AS p
    WHERE p.organisation_id = place.parent_id AND p.valid_from <= {day} ORDER BY p.valid_from DESC LIMIT 1
) AS above ON true"""


_IN_REACH = "(CAST(:reach AS bigint[]) IS NULL OR o.id = ANY(CAST(:reach AS bigint[])))"
_NAME = "coalesce(m.full_name, place.name)"
_ORDER = "coalesce(above.name, ''), place.sort_key COLLATE \"C\", coalesce(m.sort_key, '') COLLATE \"C\""
_DECISIONS = text(f"""
SELECT d.id, d.number, d.decided_on, d.issuer, d.signer, count(*)
FROM recognition_case AS c JOIN recognition_decision AS d ON d.id = c.decision_id {_names(":day")}
WHERE c.year = :year AND c.title = :title AND {_IN_REACH}
GROUP BY d.id, d.number, d.decided_on, d.issuer, d.signer ORDER BY d.decided_on, d.id LIMIT {MOST}
""")
_RECOGNISED = text(f"""
SELECT coalesce(m.public_id, o.public_id), {_NAME}, CASE WHEN m.id IS NULL THEN '' ELSE place.name END,
       coalesce(above.name, ''), c.recognised_on, c.holds_until, c.revoked_on, d.id, d.number,
       EXISTS (SELECT FROM recognition_step AS s WHERE s.case_id = c.id AND s.exception IS NOT NULL),
       CASE WHEN m.id IS NULL THEN o.ended_on ELSE m.ended_on END
FROM recognition_case AS c JOIN recognition_decision AS d ON d.id = c.decision_id {_names(":day")}
WHERE c.year = :year AND c.title = :title AND {_IN_REACH}
  AND (CAST(:decision AS bigint) IS NULL OR d.id = :decision)
ORDER BY {_ORDER}, c.id LIMIT {MOST}
""")


def decisions_of(
    session: TenantSession, title: str, year: int, reach: frozenset[int] | None, day: date
) -> list[DecisionLine]:
    """The documents that granted a title within `reach` (None: all), the earliest first."""
    binds = {"title": title, "year": year, "reach": _listed(reach), "day": day}
    return [
        DecisionLine(id=id_, number=number, decided_on=on, issuer=issuer, signer=signer, granted=granted)
        for id_, number, on, issuer, signer, granted in session.execute(_DECISIONS, binds)
    ]


def recognised_of(
    session: TenantSession,
    title: str,
    year: int,
    reach: frozenset[int] | None,
    day: date,
    decision: int | None = None,
) -> list[RecognisedLine]:
    """Those to whom a title was granted for a year, by body, place and name; of one decision where given."""
    binds = {"title": title, "year": year, "reach": _listed(reach), "day": day, "decision": decision}
    names = (
        "public_id",
        "name",
        "place",
        "superior",
        "recognised_on",
        "holds_until",
        "revoked_on",
        "decision_id",
        "number",
        "exceptional",
        "ended_on",
    )
    return [
        RecognisedLine(**dict(zip(names, row, strict=True))) for row in session.execute(_RECOGNISED, binds)
    ]


def _listed(reach: frozenset[int] | None) -> list[int] | None:
    return None if reach is None else sorted(reach)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A subject in two years following each other: whether it was granted the title in each and kept it."""

    public_id: UUID
    name: str
    place: str
    before: bool
    now: bool

    @property
    def change(self) -> str:
        """ "kept", "gained" or "lost"."""
        return "kept" if self.before and self.now else "gained" if self.now else "lost"


_COMPARED = text(f"""
SELECT coalesce(m.public_id, o.public_id), {_NAME}, CASE WHEN m.id IS NULL THEN coalesce(above.name, '') ELSE place.name END,
       c.before, c.now
FROM (
    SELECT tenant_id, organisation_id, member_id, bool_or(year = :year - 1) AS before, bool_or(year = :year) AS now
    FROM recognition_case
    WHERE year IN (:year - 1, :year) AND title = :title AND recognised_on IS NOT NULL AND revoked_on IS NULL
    GROUP BY tenant_id, organisation_id, member_id
) AS c {_names(":day")}
WHERE {_IN_REACH}
ORDER BY c.now, c.before, {_ORDER} LIMIT {MOST}
""")


def compared(
    session: TenantSession, title: str, year: int, reach: frozenset[int] | None, day: date
) -> list[Compared]:
    """Who was granted a title in a year or the one before, and not taken back: first those who lost it, then those who
    gained it, then those who kept it."""
    binds = {"title": title, "year": year, "reach": _listed(reach), "day": day}
    return [
        Compared(public_id=public_id, name=name, place=place, before=before, now=now)
        for public_id, name, place, before, now in session.execute(_COMPARED, binds)
    ]


_TITLES = text(
    "SELECT DISTINCT title FROM recognition_case WHERE recognised_on IS NOT NULL AND year IN (:year - 1, :year)"
)


def titles_granted(session: TenantSession, year: int) -> list[str]:
    """The titles granted in a year or the one before, by whatever plan, by name."""
    return sorted(session.scalars(_TITLES, {"year": year}))
