"""What the judged are called: names and codes on the last day of a period."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from bontot.db.rolls import holds_on
from bontot.policy.terms import Subject


def above(place: str, always: str = "false") -> str:
    """SQL: the name of the body above `place` in a list of places below several, where names may be alike, and wherever the
    condition `always` holds; else ''."""
    return f"""
CASE WHEN {always} OR min({place}.parent_id) OVER () < max({place}.parent_id) OVER () THEN coalesce((
    SELECT p.name FROM organisation_period AS p
    WHERE p.organisation_id = {place}.parent_id AND p.valid_from <= :day
    ORDER BY p.valid_from DESC LIMIT 1
), '') ELSE '' END"""


_ORGANISATIONS = text(f"""
SELECT listed.id, listed.public_id, listed.name, listed.code, listed.sort_key, NULL, {above("listed")}
FROM (
    SELECT DISTINCT ON (o.id) o.id, o.public_id, op.name, op.code, op.sort_key, op.parent_id
    FROM organisation AS o JOIN organisation_period AS op ON op.organisation_id = o.id AND op.valid_from <= :day
    WHERE o.id = ANY(:ids) ORDER BY o.id, op.valid_from DESC
) AS listed
""")
_MEMBERS = text(f"""
SELECT listed.id, listed.public_id, listed.full_name, listed.card, listed.sort_key, listed.cell, {above("listed")}
FROM (
    SELECT DISTINCT ON (p.id) p.id, p.public_id, p.full_name, coalesce(p.card_number, '') AS card, p.sort_key,
           op.name AS cell, op.parent_id
    FROM member AS p
    LEFT JOIN membership AS ms ON ms.member_id = p.id AND ms.kind = 'home' AND {holds_on("ms", ":day")}
    LEFT JOIN organisation_period AS op ON op.organisation_id = ms.organisation_id AND op.valid_from <= :day
    WHERE p.id = ANY(:ids) ORDER BY p.id, op.valid_from DESC
) AS listed
""")


@dataclass(frozen=True, slots=True)
class Named:
    """A subject as a list shows it: an organisation's name and code, or a member's name, card number and home cell; with the
    body above the organisation or cell where those listed are below several."""

    id: int
    public_id: UUID
    name: str
    code: str
    sort_key: str
    cell: str | None
    above: str


def names(session: Session, subject: Subject, ids: Iterable[int], day: date) -> dict[int, Named]:
    """Names by id, in the order lists are read: organisations by number and name, members by given name."""
    statement = _MEMBERS if subject is Subject.MEMBER else _ORGANISATIONS
    rows = [Named(*row) for row in session.execute(statement, {"ids": sorted(ids), "day": day})]
    return {named.id: named for named in sorted(rows, key=lambda named: (named.sort_key, named.id))}


def organisation_of(session: Session, code: str, day: date) -> int | None:
    """The organisation that bears a code on a day, or bore it last."""
    found: int | None = session.execute(
        text("""
SELECT organisation_id FROM organisation_period WHERE code = :code AND valid_from <= :day
ORDER BY (valid_to IS NULL OR valid_to > :day) DESC, valid_from DESC LIMIT 1"""),
        {"code": code, "day": day},
    ).scalar()
    return found
