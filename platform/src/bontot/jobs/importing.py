"""Taking a large workbook in: checked and written in the background, where it may take its time and be stopped."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from bontot.access import Actor, Permission
from bontot.clock import today
from bontot.db.models import ImportBatch, Job
from bontot.db.tenancy import TenantSession
from bontot.errors import SecrecyRefused, WorkbookRefused
from bontot.evaluation.runs import Progress
from bontot.imports import batch as batches
from bontot.jobs.evaluation import follow
from bontot.jobs.outbox import Enqueued, enqueue
from bontot.registry import Registry

KIND = "import"
CHECK, APPLY = "check", "apply"
LARGE_FILE, MANY_ROWS = 200 * 1024, 3_000
"""Bytes of a file, and rows understood of it, beyond which somebody would wait longer than a second or so."""


def large(content: bytes) -> bool:
    """Whether a workbook is to be checked in the background."""
    return len(content) > LARGE_FILE


def many(batch: ImportBatch) -> bool:
    """Whether a workbook that was checked is to be written, or checked again, in the background."""
    rows: int = sum(sheet["rows"] for sheet in batch.counts["sheets"])
    return rows > MANY_ROWS


def request_check(session: TenantSession, actor: Actor, batch: ImportBatch) -> UUID | Enqueued:
    """Asks for a workbook to be checked. The answer is what a worker is to be woken with, or the work that is already asked
    for and has not ended."""
    return _request(session, actor, batch, CHECK)


def request_apply(session: TenantSession, actor: Actor, batch: ImportBatch) -> UUID | Enqueued:
    """Asks for a checked workbook to be taken in; as `request_check`. Raises ImportRefused for one that cannot be."""
    batches.refuse_unready(batch)
    return _request(session, actor, batch, APPLY)


def unended(session: TenantSession, batch: ImportBatch) -> UUID | None:
    """The work on a workbook that has not ended, by its public name."""
    of_batch = Job.arguments["batch"].as_string() == str(batch.public_id)
    asked = select(Job.public_id).where(Job.kind == KIND, of_batch, Job.state.in_(("waiting", "running")))
    return session.scalar(asked.order_by(Job.id.desc()).limit(1))


def perform(session: TenantSession, registry: Registry, job: Job, progress: Progress) -> dict[str, Any]:
    """Checks or takes in the workbook a job names; answers with its public name, or why it is `refused` where it cannot be
    read or may not be kept, and then it is not. Raises ImportRefused, having written nothing, where it can no longer be
    taken in."""
    found = batches.find(session, UUID(job.arguments["batch"]))
    if job.arguments["act"] == APPLY:
        batches.apply(
            session,
            found.id,
            by=job.requested_by,
            registry=registry,
            account_id=job.account_id,
            progress=progress,
        )
        follow(session, registry, today(session))
        return {"batch": str(found.public_id)}
    try:
        batches.recheck(session, found.id, registry, progress)
    except (WorkbookRefused, SecrecyRefused) as refusal:
        batches.drop(session, found.id, account_id=job.account_id)
        return {"refused": str(refusal)}
    return {"batch": str(found.public_id)}


def _request(session: TenantSession, actor: Actor, batch: ImportBatch, act: str) -> UUID | Enqueued:
    actor.require(Permission.IMPORT)
    session.scalars(select(ImportBatch.id).where(ImportBatch.id == batch.id).with_for_update()).one()
    under_way = unended(session, batch)
    if under_way is not None:
        return under_way
    arguments = {"batch": str(batch.public_id), "act": act, "filename": batch.filename}
    return enqueue(session, KIND, arguments, actor.name, account_id=actor.account_id)
