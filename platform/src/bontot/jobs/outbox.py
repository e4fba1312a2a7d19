"""Work asked for in the transaction that causes it, and the call that wakes a worker afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import Connection, text, update

from bontot.db.models import Job, Outbox
from bontot.db.tenancy import TenantSession
from bontot.failpoints import reach
from bontot.keys import key

QUEUE = "bontot"
WORK = "bontot.jobs.tasks.work"
JOB_LIMIT = 540
"""Seconds a piece of work may take."""
LEASE = 60
"""Seconds after which the work of a worker that no longer renews its lease is taken up by another."""
RENEW = 15.0
"""Seconds between two renewals."""
KEPT = 24 * 3600
"""Seconds RQ keeps a failure for the operator; what matters of it is in the records."""

WAITS = """done_at IS NULL AND failed_at IS NULL
  AND (leased_until IS NULL OR leased_until < now()) AND (not_before IS NULL OR not_before < now())"""
"""That a row may be taken up now, as a part of a statement."""
HELD = "done_at IS NULL AND failed_at IS NULL AND leased_until >= now()"
"""That a worker has it in hand."""
_WAITING = text(f"""
SELECT id, tenant_id FROM outbox
WHERE {WAITS}
  AND created_at < now() - make_interval(secs => :older)
ORDER BY id LIMIT :most
""")


@dataclass(frozen=True, slots=True)
class Enqueued:
    """Work written down: its public name for the page that shows it, and what a worker is woken with."""

    public_id: UUID
    tenant_id: int
    outbox_id: int


def enqueue(
    session: TenantSession,
    kind: str,
    arguments: dict[str, Any],
    by: str,
    *,
    account_id: int | None = None,
    background: bool = False,
) -> Enqueued:
    """Writes down work to do, in the caller's transaction. Call `wake` with the answer after it is committed.

    With an `account_id` who asked sees the work also without a right to see all of the committee's. What is done in the
    `background` comes after all that people wait for.
    """
    job = Job(kind=kind, arguments=arguments, requested_by=by, account_id=account_id)
    session.add(job)
    session.flush()
    row = Outbox(tenant_id=session.tenant_id, job_id=job.id, kind=kind, background=background)
    session.add(row)
    session.flush()
    return Enqueued(job.public_id, session.tenant_id, row.id)


def hasten(session: TenantSession, *job_ids: int) -> None:
    """Says that somebody waits by now for work asked for in the background."""
    rows = update(Outbox).where(Outbox.tenant_id == session.tenant_id, Outbox.job_id.in_(job_ids))
    session.execute(rows.where(Outbox.background).values(background=False))


def wake(redis: Redis, work: Enqueued) -> bool:
    """Tells a worker that there is work, though not which it will take up; False when the queue cannot be reached, and then
    the sweeper will."""
    try:
        _push(redis, work.tenant_id, work.outbox_id)
    except RedisError:
        return False
    return True


def sweep(redis: Redis, connection: Connection, *, older: float = 5.0, most: int = 100) -> int:
    """Wakes workers for rows that wait longer than `older` seconds or whose lease ran out; how many there were.

    While the queue still holds something nobody needs waking. The connection is in the platform's scope. Raises
    RedisError.
    """
    if _queue(redis).count:
        return 0
    rows = connection.execute(_WAITING, {"older": older, "most": most}).all()
    for outbox_id, tenant_id in rows:
        _push(redis, tenant_id, outbox_id)
    return len(rows)


def forget(redis: Redis, tenant_id: int) -> int:
    """Takes away all that Valkey holds of a committee: its own keys and what it had in the queue; how much there was."""
    ours = list(redis.scan_iter(match=key(tenant_id, "*")))
    if ours:
        redis.delete(*ours)
    queue, prefix = _queue(redis), _job_name(tenant_id, "")
    begun = {*queue.get_job_ids(), *queue.failed_job_registry.get_job_ids()}
    asked = [job for job in begun if job.startswith(prefix)]
    for job_id in asked:
        if job := queue.fetch_job(job_id):
            job.delete()
    return len(ours) + len(asked)


def _job_name(tenant_id: int, *parts: object) -> str:
    """A name as RQ takes it."""
    return key(tenant_id, "work", *parts).replace(":", "-")


def _push(redis: Redis, tenant_id: int, outbox_id: int) -> None:
    name = _job_name(tenant_id, outbox_id, uuid4().hex)
    reach("wake.before_push")
    _queue(redis).enqueue_call(
        WORK, args=(outbox_id,), timeout=JOB_LIMIT, result_ttl=0, failure_ttl=KEPT, job_id=name
    )
    reach("wake.after_push")


def _queue(redis: Redis) -> Queue:
    return Queue(QUEUE, connection=redis, serializer=JSONSerializer)
