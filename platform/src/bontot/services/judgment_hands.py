"""Whose hand a stage of a sheet is: the log-ins that may judge it today, and the cell's officers who have none for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from bontot.access import ROLE_WORDS, Actor, Role
from bontot.db.rolls import OFFICERS, holds_on
from bontot.db.tenancy import TenantSession
from bontot.policy.terms import Stage
from bontot.services.judgment_rules import Hand, JudgedSubject, stages_open_to

MOST = 1_000
NAMED = 6
"""As many are named; of more it is said that there are."""
_RANK = f"array_position(CAST(ARRAY{list(OFFICERS)} AS text[]), ps.kind)"


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who may judge at a stage: the role, and the post held where the subject belongs, empty without one."""

    hand: Hand
    role: Role
    post: str


@dataclass(frozen=True, slots=True)
class Officer:
    """Who holds a post of a cell's committee."""

    name: str
    post: str
    member_id: int


@dataclass(frozen=True, slots=True)
class Hands:
    """Who may judge at a stage, those nearest to the cell first, and the cell's officers who cannot yet."""

    holders: tuple[Holder, ...]
    without: tuple[Officer, ...]

    def besides(self, barred: list[Hand]) -> tuple[Holder, ...]:
        """Those who are none of `barred`."""
        return tuple(one for one in self.holders if not any(one.hand.same(hand) for hand in barred))


def named(holders: Sequence[Holder], posts: Mapping[str, str]) -> str:
    """Their names, each with the post, in the words of `posts`, or the role."""
    shown = [f"{one.hand.name} ({(posts.get(one.post) or ROLE_WORDS[one.role]).lower()})" for one in holders]
    more = f" và {len(shown) - NAMED} người khác" if len(shown) > NAMED else ""
    return f"{', '.join(shown[:NAMED])}{more}"


_HOLDERS = text(f"""
WITH RECURSIVE above AS (
    SELECT CAST(:place AS bigint) AS id
    UNION
    SELECT p.parent_id FROM organisation_period AS p JOIN above ON p.organisation_id = above.id
    WHERE p.parent_id IS NOT NULL AND {holds_on("p", ":day")}
)
SELECT g.account_id, g.member_id, a.display_name, g.role, g.organisation_id, coalesce((
    SELECT ps.kind FROM post AS ps
    WHERE ps.member_id = g.member_id AND ps.organisation_id = :place AND {holds_on("ps", ":day")}
    ORDER BY {_RANK} LIMIT 1), '')
FROM role_grant AS g JOIN account AS a ON a.id = g.account_id AND a.disabled_at IS NULL
WHERE {holds_on("g", ":day")}
  AND (g.role = 'tenant_admin' OR g.member_id = :member OR g.organisation_id IN (SELECT id FROM above))
ORDER BY array_position(ARRAY['member', 'cell_secretary', 'committee', 'tenant_admin'], g.role), a.display_name, g.id
LIMIT {MOST}
""")
_OFFICERS = text(f"""
SELECT m.full_name, min({_RANK}), m.id
FROM post AS ps JOIN member AS m ON m.id = ps.member_id AND (m.ended_on IS NULL OR :day < m.ended_on)
WHERE ps.organisation_id = :place AND {_RANK} IS NOT NULL AND {holds_on("ps", ":day")}
GROUP BY m.tenant_id, m.id ORDER BY 2, m.sort_key
""")


def hands_of(session: TenantSession, subject: JudgedSubject, stage: Stage, day: date) -> Hands:
    """Who may judge a subject at a stage on `day`; officers where the stage is a cell's own."""
    binds = {"place": subject.place_id, "day": day, "member": subject.id if subject.of_member else None}
    found = []
    for account_id, member_id, name, role, place_id, post in session.execute(_HOLDERS, binds):
        actor = Actor(
            account_id=account_id,
            name=name,
            role=Role(role),
            organisation_id=place_id,
            member_id=member_id,
        )
        if stage in stages_open_to(actor, subject):
            found.append(Holder(Hand(account_id, member_id, name), Role(role), post))
    known = {one.hand.member_id for one in found}
    of_cell = stage is Stage.CELL or (stage is Stage.SELF_ASSESSMENT and subject.is_cell)
    rows = session.execute(_OFFICERS, binds).all() if of_cell else []
    officers = (Officer(name, OFFICERS[rank - 1], member_id) for name, rank, member_id in rows)
    return Hands(tuple(found), tuple(one for one in officers if one.member_id not in known))
