"""Work that did not end by itself: stopped by who asked for it, begun again, or left, by its committee or the operator.

The operator sees of it what the outbox holds: the committee, the kind, how often and since when; never what it was about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine, select, text, update
from sqlalchemy.orm import Session

from bontot.access import Actor, Permission
from bontot.db.models import Job, Outbox, Tenant
from bontot.db.tenancy import PLATFORM, TenantSession, scope
from bontot.errors import JobOver, NotFound
from bontot.jobs.outbox import Enqueued
from bontot.jobs.reading import STOPPED, job_of
from bontot.services.audit import note
from bontot.services.paging import Page, window
from bontot.services.platform import note_act

LATE = 600
"""Seconds after which work not done is for the operator to look at."""
LEFT = (
    "Người vận hành đã thôi việc này sau khi nó không chạy được. Hồ sơ chưa bị thay đổi; có thể yêu cầu lại."
)

_NOT_DONE = (
    "o.done_at IS NULL AND (o.failed_at IS NOT NULL OR o.created_at < now() - make_interval(secs => :late))"
)
_LIST = text(f"""
SELECT o.id, t.code, t.name, o.kind, o.attempts, o.created_at, o.failed_at,
       o.failed_at IS NULL AND o.leased_until >= now(), count(*) OVER ()
FROM outbox o JOIN tenant t ON t.id = o.tenant_id
WHERE {_NOT_DONE} ORDER BY o.id LIMIT :size OFFSET :skip
""")
_COUNT = text(f"SELECT count(*) FROM outbox o WHERE {_NOT_DONE}")


@dataclass(frozen=True, slots=True)
class WorkLine:
    """A piece of work that failed, or is late: whose, of which kind, tried how often, since when."""

    id: int
    code: str
    committee: str
    kind: str | None
    attempts: int
    created_at: datetime
    failed_at: datetime | None
    held: bool
    """Whether a worker has it in hand."""


def not_done(session: Session, number: int) -> Page[WorkLine]:
    """A page of the work of all committees that failed or is late, the oldest first. Raises NotFound beyond the last."""
    rows = session.execute(_LIST, {"late": LATE, **window(number)}).all()
    if not rows and number > 1:
        raise NotFound
    return Page([WorkLine(*row[:-1]) for row in rows], number, rows[0][-1] if rows else 0)


def how_many(session: Session) -> int:
    """How much work failed or is late."""
    count: int = session.execute(_COUNT, {"late": LATE}).scalar_one()
    return count


def again(engine: Engine, outbox_id: int, *, by: str) -> Enqueued:
    """Has work that failed, or that nobody does, begun anew. Raises NotFound for what is done or was left."""
    return _by_operator(engine, outbox_id, "retry_work", by, _begin_again)


def leave(engine: Engine, outbox_id: int, *, by: str) -> Enqueued:
    """Ends work for good, and takes it off the operator's list. Raises NotFound for what is done or was left."""

    def do(session: TenantSession, row: Outbox) -> None:
        if row.failed_at is None:
            _end(session, row, LEFT)
        _put_away(session, row)

    return _by_operator(engine, outbox_id, "leave_work", by, do)


def _by_operator(
    engine: Engine, outbox_id: int, action: str, by: str, do: Callable[[TenantSession, Outbox], None]
) -> Enqueued:
    open_row = select(Outbox).where(Outbox.id == outbox_id, Outbox.done_at.is_(None))
    with scope(engine, PLATFORM) as session:
        found = session.execute(
            select(Outbox.tenant_id, Tenant.code)
            .join(Tenant, Tenant.id == Outbox.tenant_id)
            .where(Outbox.id == outbox_id)
        ).first()
    if found is None:
        raise NotFound
    with scope(engine, found.tenant_id) as session:
        row = session.scalar(open_row.with_for_update())
        if row is None:
            raise NotFound
        do(session, row)
        note_act(session, action, found.code, by, kind=row.kind, attempts=row.attempts)
        public_id = session.scalars(select(Job.public_id).where(Job.id == row.job_id)).one()
        return Enqueued(public_id, found.tenant_id, row.id)


def stop(session: TenantSession, actor: Actor, public_id: UUID) -> None:
    """Ends work that has not ended; what a worker was doing of it is undone when it would write it down. Raises NotFound,
    JobOver."""
    row = _of_committee(session, actor, public_id)
    if row.done_at is not None or row.failed_at is not None:
        raise JobOver
    _end(session, row, f"{actor.name} {STOPPED}")
    _put_away(session, row)
    note(session, "stop_job", "job", row.job_id, actor.account_id, kind=row.kind)


def repeat(session: TenantSession, actor: Actor, public_id: UUID) -> Enqueued:
    """Has work that failed begun anew, with what it was asked. Raises NotFound; JobOver for what did not fail."""
    row = _of_committee(session, actor, public_id)
    if row.failed_at is None:
        raise JobOver("Việc này chưa dừng hoặc đã xong nên không cần làm lại.")
    _begin_again(session, row)
    note(session, "repeat_job", "job", row.job_id, actor.account_id, kind=row.kind)
    return Enqueued(public_id, session.tenant_id, row.id)


def _of_committee(session: TenantSession, actor: Actor, public_id: UUID) -> Outbox:
    actor.require(Permission.VIEW_JOB)
    job_of(session, actor, public_id)
    row = session.scalar(
        select(Outbox)
        .join(Job, Job.id == Outbox.job_id)
        .where(Outbox.tenant_id == session.tenant_id, Job.public_id == public_id)
        .with_for_update(of=Outbox)
    )
    if row is None:
        raise NotFound
    return row


def _end(session: TenantSession, row: Outbox, message: str) -> None:
    """A worker that still holds it finds the row ended, and keeps nothing of what it did."""
    session.execute(update(Outbox).where(Outbox.id == row.id).values(failed_at=text("now()")))
    ended = {"state": "failed", "message": message, "doing": None, "finished_at": text("now()")}
    session.execute(update(Job).where(Job.id == row.job_id).values(ended))


def _put_away(session: TenantSession, row: Outbox) -> None:
    """Off the operator's list: nobody need look at it."""
    session.execute(update(Outbox).where(Outbox.id == row.id).values(done_at=text("now()")))


def _begin_again(session: TenantSession, row: Outbox) -> None:
    open_again = {
        "failed_at": None,
        "done_at": None,
        "leased_until": None,
        "not_before": None,
        "attempts": 0,
        "background": False,
    }
    session.execute(update(Outbox).where(Outbox.id == row.id).values(open_again))
    waiting = {"state": "waiting", "message": None, "finished_at": None, "started_at": None, "progress": 0}
    session.execute(update(Job).where(Job.id == row.job_id).values(waiting))
