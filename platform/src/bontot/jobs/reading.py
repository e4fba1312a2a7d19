"""Work in the background as its committee sees it: what, how far, what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, null, select

from bontot.access import Actor, Permission
from bontot.db.models import Job
from bontot.db.tenancy import TenantSession
from bontot.errors import NotFound
from bontot.services.paging import SIZE, Page

TRIAL = "trial"
"""The kind of work that tries a value or a plan: only who may decide on values sees it."""
MESSAGES = "webhooks"
"""The kind of work that sends messages to other programs: what came of it stands with the messages."""


@dataclass(frozen=True, slots=True)
class JobView:
    """A piece of work: `progress` of `total` criteria, `doing` what is counted now, `message` why it failed or waits;
    `result` only where one piece is read."""

    public_id: UUID
    kind: str
    arguments: dict[str, Any]
    state: str
    progress: int
    total: int
    doing: str | None
    message: str | None
    result: dict[str, Any] | None
    requested_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def ended(self) -> bool:
        """Whether nothing more will change."""
        return self.state in ("done", "failed")


def views(actor: Actor, *, results: bool = True) -> Select[Any]:
    """The columns of `JobView`, of all work the actor may see and would look for here: of who may not have the committee
    evaluated only the own."""
    columns = (
        getattr(Job, name) if results or name != "result" else null().label(name)
        for name in JobView.__dataclass_fields__
    )
    of_all = select(*columns).where(Job.kind != MESSAGES)
    if not actor.may(Permission.EVALUATE):
        return of_all.where(Job.account_id == actor.account_id)
    return of_all if actor.may(Permission.SET_THRESHOLD) else of_all.where(Job.kind != TRIAL)


def job_of(session: TenantSession, actor: Actor, public_id: UUID) -> JobView:
    """The work of an address. Raises NotFound for work there is not, and for what the actor may not see."""
    row = session.execute(views(actor).where(Job.public_id == public_id)).first()
    if row is None:
        raise NotFound
    return JobView(*row)


def jobs(session: TenantSession, actor: Actor, number: int) -> Page[JobView]:
    """A page of the committee's work as the actor may see it, the latest first."""
    seen = views(actor, results=False)
    total = session.scalar(select(func.count()).select_from(seen.subquery())) or 0
    rows = session.execute(seen.order_by(Job.id.desc()).limit(SIZE).offset((number - 1) * SIZE))
    return Page([JobView(*row) for row in rows], number, total)


def waiting(session: TenantSession, actor: Actor, kind: str, year: int) -> JobView | None:
    """Work of that kind for that year which nobody has begun, and which will therefore see today's records."""
    asked = views(actor).where(
        Job.kind == kind, Job.state == "waiting", Job.arguments["year"].as_integer() == year
    )
    row = session.execute(asked.order_by(Job.id).limit(1)).first()
    return None if row is None else JobView(*row)
