"""Whose dossiers an actor sees, and which steps an actor takes."""

from __future__ import annotations

from bontot.access import Actor, Role, organisations_in_reach
from bontot.clock import today
from bontot.db.tenancy import TenantSession
from bontot.policy.terms import Holder


def within(session: TenantSession, actor: Actor) -> frozenset[int] | None:
    """Ids of the places whose dossiers the actor sees; None for the administrator, who sees all."""
    if actor.role is Role.TENANT_ADMIN:
        return None
    return organisations_in_reach(session, actor, today(session))


def may_take(
    actor: Actor, holder: Holder, place_id: int | None, superior_id: int | None, reach: frozenset[int] | None
) -> bool:
    """Whether the actor takes a step that is `holder`'s, of a subject that belongs to `place_id` directly below
    `superior_id`.

    The administrator every step; a committee those of its subtree that are not above it; a secretary the cell's own.
    """
    if actor.role is Role.TENANT_ADMIN:
        return True
    below = reach or frozenset()
    if place_id not in below:
        return False
    here = actor.organisation_id
    if actor.role is Role.CELL_SECRETARY:
        return holder is Holder.SUBJECT
    if actor.role is not Role.COMMITTEE:
        return False
    if holder is Holder.ABOVE:
        return superior_id in below and superior_id != here
    return holder is Holder.SUBJECT or place_id != here
