"""The place at which a body's papers are dated (địa danh), where the names of the bodies do not say it, or say another."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from bontot.access import Actor, Permission, organisations_in_reach
from bontot.clock import today
from bontot.db.models import Organisation
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, NotFound, Stale
from bontot.services.audit import last_change, note
from bontot.text import clean

ACT = "set_paper_place"
"""What the trail calls it."""
LONGEST = 60


def recorded_place(session: Session, organisation_id: int) -> str:
    """The place recorded of the body itself; empty where there is none."""
    found = select(Organisation.paper_place).where(Organisation.id == organisation_id)
    return session.scalar(found) or ""


def version_of(session: Session, organisation_id: int) -> int:
    """What a form about a body's place is about: the number of the last change in the trail, 0 before any."""
    return last_change(session, "organisation", organisation_id, ACT)


def set_place(session: TenantSession, actor: Actor, organisation_id: int, place: str, version: int) -> None:
    """Papers of the body, and of those below that have none of their own, are dated at a place from now on; an empty one
    goes back to what holds above. Papers issued before stay as they are.

    Raises NotFound out of reach, InvalidInput, Stale when another was written meanwhile.
    """
    actor.require(Permission.RECORD_ORGANISATION)
    if organisation_id not in organisations_in_reach(session, actor, today(session)):
        raise NotFound
    place = clean(place, longest=LONGEST, field="place")
    if place and not any(sign.isalpha() for sign in place):
        raise InvalidInput("Ghi tên nơi lập văn bản, ví dụ: Bưởi.", "place")
    body = session.get_one(Organisation, (session.tenant_id, organisation_id), with_for_update=True)
    if version_of(session, organisation_id) != version:
        raise Stale
    before, body.paper_place = body.paper_place, place or None
    note(session, ACT, "organisation", organisation_id, actor.account_id, place=place, before=before or "")
    session.flush()
