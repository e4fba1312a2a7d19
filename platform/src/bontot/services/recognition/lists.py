"""Who was recognised: the list of a year by decision, and against the year before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text

from bontot.db.tenancy import TenantSession
from bontot.errors import NotFound
from bontot.evaluation.words import percent
from bontot.policy.recognition import Ballot

MOST = 500
"""The most lines of one list; of more the reader asks body by body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionLine:
    """A document by which a title of a year was granted, and to how many."""

    id: int
    public_id: UUID
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
SELECT d.id, d.public_id, d.number, d.decided_on, d.issuer, d.signer, count(*)
FROM recognition_case AS c JOIN recognition_decision AS d ON d.id = c.decision_id {_names(":day")}
WHERE c.year = :year AND c.title = :title AND {_IN_REACH}
GROUP BY d.id, d.public_id, d.number, d.decided_on, d.issuer, d.signer ORDER BY d.decided_on, d.id LIMIT {MOST}
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
        DecisionLine(
            id=id_,
            public_id=public_id,
            number=number,
            decided_on=on,
            issuer=issuer,
            signer=signer,
            granted=granted,
        )
        for id_, public_id, number, on, issuer, signer, granted in session.execute(_DECISIONS, binds)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A document that decided, whole: `kind` is "grant", "refusal" or "revocation"; whom it names as `(name, place, body
    above)`, and of a revocation why."""

    kind: str
    year: int
    policy: str
    scheme: str
    title: str
    number: str
    decided_on: date
    issuer: str
    signer: str
    reason: str
    named: tuple[tuple[str, str, str], ...]


_DECIDED = text(f"""
SELECT d.kind, d.year, d.policy_code, d.scheme, c.title, d.number, d.decided_on, d.issuer, d.signer,
       coalesce(c.revoked_for, ''), {_NAME}, CASE WHEN m.id IS NULL THEN '' ELSE place.name END,
       coalesce(above.name, '')
FROM recognition_decision AS d
JOIN recognition_case AS c ON c.decision_id = d.id OR c.revocation_id = d.id
     OR EXISTS (SELECT FROM recognition_step AS s WHERE s.case_id = c.id AND s.decision_id = d.id)
{_names("d.decided_on")}
WHERE d.public_id = :decision AND {_IN_REACH}
ORDER BY {_ORDER}, c.id LIMIT {MOST}
""")


def decided(session: TenantSession, decision: UUID, reach: frozenset[int] | None) -> Decided:
    """What a document decided of whom within `reach`. Raises NotFound where it names nobody there."""
    rows = session.execute(_DECIDED, {"decision": decision, "reach": _listed(reach)}).all()
    if not rows:
        raise NotFound
    kind, year, policy, scheme, title, number, on, issuer, signer, reason, *_ = rows[0]
    return Decided(
        kind=kind,
        year=year,
        policy=policy,
        scheme=scheme,
        title=title,
        number=number,
        decided_on=on,
        issuer=issuer,
        signer=signer,
        reason=reason,
        named=tuple((row[10], row[11], row[12]) for row in rows),
    )


_DECIDED_UNDER = text(f"""
SELECT DISTINCT d.public_id, d.kind, c.title, d.number, d.decided_on
FROM recognition_decision AS d
JOIN recognition_case AS c ON c.decision_id = d.id OR c.revocation_id = d.id
     OR EXISTS (SELECT FROM recognition_step AS s WHERE s.case_id = c.id AND s.decision_id = d.id)
{_names("d.decided_on")}
WHERE d.year = :year AND place.parent_id = :superior
ORDER BY d.decided_on, d.number LIMIT {MOST}
""")


def decided_under(session: TenantSession, superior: int, year: int) -> list[tuple[UUID, str, str, str, date]]:
    """The documents that decided on subjects directly below a body: `(public id, kind, title, number, day)`."""
    rows = session.execute(_DECIDED_UNDER, {"superior": superior, "year": year})
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]


CAME = {"carried": "Đủ phiếu", "lost": "Không đủ phiếu"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Voted:
    """On whom it was voted for which title, with the votes and how it came out."""

    title: str
    name: str
    of_member: bool
    votes: int
    outcome: str

    def told(self, ballot: Ballot) -> str:
        """`28/30 phiếu (93,3 %), đủ phiếu`."""
        share = percent(self.votes, ballot.entitled)
        return ", ".join(filter(None, (f"{self.votes}/{ballot.entitled} phiếu ({share})", self.came.lower())))

    @property
    def came(self) -> str:
        """`Đủ phiếu`; empty while nothing follows from the count."""
        return CAME.get(self.outcome, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A count of votes at a place: the ballot, and on whom it was."""

    held_on: date
    ballot: Ballot
    named: tuple[Voted, ...]


_COUNTED = text(f"""
SELECT b.id, b.organisation_id, b.held_on, b.method, b.entitled, b.present, b.issued, b.returned, b.valid, b.invalid,
       c.title, {_NAME}, c.member_id IS NOT NULL, s.votes, s.outcome
FROM recognition_ballot AS b JOIN recognition_step AS s ON s.ballot_id = b.id JOIN recognition_case AS c ON c.id = s.case_id
{_names("b.held_on")}
WHERE b.organisation_id = ANY(:places) AND c.year = :year AND (:with_members OR c.member_id IS NULL)
ORDER BY b.held_on, b.id, c.member_id IS NOT NULL, {_ORDER} LIMIT {MOST}
""")


def counted_at(session: TenantSession, place: int, year: int) -> list[Counted]:
    """The counts of votes at a place on the titles of a year, the earliest first."""
    return counted(session, [place], year, with_members=True).get(place, [])


def counted(
    session: TenantSession, places: Sequence[int], year: int, *, with_members: bool = False
) -> dict[int, list[Counted]]:
    """The counts of votes on the titles of a year at each of some places, the earliest first, on organisations alone or on
    members too."""
    rows: dict[tuple[int, int], list[Any]] = {}
    binds = {"places": list(places), "year": year, "with_members": with_members}
    for ballot_id, place, *row in session.execute(_COUNTED, binds):
        rows.setdefault((place, ballot_id), []).append(row)
    found: dict[int, list[Counted]] = {}
    for (place, _), among in rows.items():
        held_on, method, entitled, present, issued, returned, valid, invalid, *_ = among[0]
        ballot = Ballot(
            method=method,
            entitled=entitled,
            present=present,
            issued=issued,
            returned=returned,
            valid=valid,
            invalid=invalid,
        )
        named = tuple(
            Voted(title=title, name=name, of_member=of_member, votes=votes, outcome=outcome)
            for *_, title, name, of_member, votes, outcome in among
        )
        found.setdefault(place, []).append(Counted(held_on=held_on, ballot=ballot, named=named))
    return found
