"""Work in the background as its committee sees it: what, how far, what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, null, or_, select

from bontot.access import Actor, Permission
from bontot.db.models import Job
from bontot.db.tenancy import TenantSession
from bontot.errors import NotFound
from bontot.services.job_files import sees_whole
from bontot.services.paging import Page, window

KINDS = ("evaluation", "import", "trial", "reminders", "letters", "papers", "sheet")
"""The kinds of work a committee follows."""
OF_EVERYONE = KINDS[:1]
"""What is always of the committee whole, and says nothing of one body below it."""
TRIAL = "trial"
"""The kind of work that tries a value or a plan: only who may decide on values sees it."""
STOPPED = "đã dừng việc này. Hồ sơ chưa bị thay đổi."
"""What is said of work that a person of its committee stopped, after who did."""
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

    @property
    def stopped(self) -> bool:
        """Whether somebody of the committee stopped it: nothing went wrong."""
        return self.state == "failed" and (self.message or "").endswith(STOPPED)

    @property
    def took(self) -> timedelta | None:
        """How long it took from its last beginning to its end."""
        return self.finished_at - self.started_at if self.finished_at and self.started_at else None


def kinds_seen(actor: Actor) -> tuple[str, ...]:
    """The kinds of work of which the actor sees also what others asked for. Of a body below the committee that is the
    evaluation alone: who prints or takes in what, and of whom it is just now, may be beyond the reach."""
    if not actor.may(Permission.EVALUATE):
        return ()
    if not sees_whole(actor):
        return OF_EVERYONE
    return tuple(kind for kind in KINDS if kind != TRIAL or actor.may(Permission.SET_THRESHOLD))


def views(actor: Actor, *, results: bool = True) -> Select[Any]:
    """The columns of `JobView`, of all work the actor may see and would look for here: of the kinds it sees, and its own."""
    columns = (
        getattr(Job, name) if results or name != "result" else null().label(name)
        for name in JobView.__dataclass_fields__
    )
    own = (Job.account_id == actor.account_id) & (Job.kind != MESSAGES)
    return select(*columns).where(or_(Job.kind.in_(kinds_seen(actor)), own))


def job_of(session: TenantSession, actor: Actor, public_id: UUID) -> JobView:
    """The work of an address. Raises NotFound for work there is not, and for what the actor may not see."""
    row = session.execute(views(actor).where(Job.public_id == public_id)).first()
    if row is None:
        raise NotFound
    return JobView(*row)


def jobs(
    session: TenantSession, actor: Actor, number: int, *, kind: str | None = None, state: str | None = None
) -> Page[JobView]:
    """A page of the committee's work as the actor may see it, of one kind, in one state (`stopped` by somebody is one of its
    own, and no failure), the latest first. Raises NotFound beyond the last."""
    seen = views(actor, results=False)
    if kind is not None:
        seen = seen.where(Job.kind == kind)
    if state is not None:
        stopped = func.coalesce(Job.message, "").endswith(STOPPED, autoescape=True)
        of_state = {
            "stopped": (Job.state == "failed") & stopped,
            "failed": (Job.state == "failed") & ~stopped,
        }
        seen = seen.where(of_state.get(state, Job.state == state))
    total = session.scalar(select(func.count()).select_from(seen.subquery())) or 0
    place = window(number)
    rows = session.execute(seen.order_by(Job.id.desc()).limit(place["size"]).offset(place["skip"])).all()
    if not rows and number > 1:
        raise NotFound
    return Page([JobView(*row) for row in rows], number, total)


def runs_of(session: TenantSession, lines: Sequence[JobView]) -> dict[UUID, list[str]]:
    """The public ids of the runs that evaluations of a page left, by the work's own."""
    ids = [line.public_id for line in lines if line.state == "done"]
    rows = session.execute(
        select(Job.public_id, Job.result["runs"]).where(Job.public_id.in_(ids), Job.kind == "evaluation")
    )
    return {public_id: list(runs.values()) for public_id, runs in rows if runs}


def waiting(session: TenantSession, actor: Actor, kind: str, year: int) -> JobView | None:
    """Work of that kind for that year which nobody has begun, and which will therefore see today's records."""
    asked = views(actor).where(
        Job.kind == kind, Job.state == "waiting", Job.arguments["year"].as_integer() == year
    )
    row = session.execute(asked.order_by(Job.id).limit(1)).first()
    return None if row is None else JobView(*row)
