"""The file a piece of work left for who asked for it: kept for some days, then swept away."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.engine import Row

from bontot.access import Actor, Role
from bontot.clock import today
from bontot.db.models import Job, JobFile
from bontot.db.tenancy import TenantSession
from bontot.errors import FileTooLarge, NotFound
from bontot.services.audit import note

KEPT = timedelta(days=7)
"""How long a file can be fetched; it can be made again afterwards."""
LARGEST = 64 * 1024 * 1024
"""Bytes; the table refuses more."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that can be fetched: what it is called, its size in bytes, its SHA-256 in hexadecimal, and the last day."""

    name: str
    size: int
    sha256: str
    kept_until: date


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file with its bytes."""

    name: str
    media: str
    content: bytes


def keep(
    session: TenantSession, job: Job, organisation_id: int | None, name: str, media: str, content: bytes
) -> None:
    """Keeps the file of a piece of work, in the transaction that ends it. `organisation_id` is the body whose records and
    those below it holds, None for the whole committee; `name` is ours, never what somebody wrote. Raises FileTooLarge."""
    if len(content) > LARGEST:
        raise FileTooLarge
    session.add(
        JobFile(
            job_id=job.id,
            organisation_id=organisation_id,
            name=name,
            media=media,
            content=content,
            sha256=hashlib.sha256(content).digest(),
            kept_until=today(session) + KEPT,
        )
    )
    session.flush()


def waiting(session: TenantSession, actor: Actor, reach: frozenset[int], job: UUID) -> Waiting | None:
    """The file of a piece of work, where there is one that the actor may fetch: who asked for it, or an administrator of
    the committee, as long as what it is about is within `reach`."""
    row = _found(session, actor, reach, job)
    return Waiting(row.name, row.size, row.sha256, row.kept_until) if row else None


def names_of(
    session: TenantSession, actor: Actor, reach: frozenset[int], jobs: Sequence[UUID]
) -> dict[UUID, str]:
    """What the files of some pieces of work are called, of those that the actor may fetch."""
    rows = session.execute(
        select(Job.public_id, JobFile.name, Job.account_id, JobFile.organisation_id)
        .join(JobFile, Job.id == JobFile.job_id)
        .where(Job.public_id.in_(jobs), JobFile.kept_until >= today(session))
    )
    return {public_id: name for public_id, name, *whose in rows if _may_fetch(actor, reach, *whose)}


def fetch(session: TenantSession, actor: Actor, reach: frozenset[int], job: UUID) -> Fetched:
    """The same with its bytes; that it was fetched is kept in the trail. Raises NotFound."""
    row = _found(session, actor, reach, job)
    if row is None:
        raise NotFound
    file = session.get_one(JobFile, (session.tenant_id, row.job_id))
    note(session, "fetch_file", "job", row.job_id, actor.account_id, name=file.name)
    return Fetched(file.name, file.media, file.content)


def sweep(session: TenantSession) -> int:
    """Takes away the files whose day is over; how many."""
    over = delete(JobFile).where(JobFile.kept_until < today(session)).returning(JobFile.job_id)
    return len(session.execute(over).all())


def _found(
    session: TenantSession, actor: Actor, reach: frozenset[int], job: UUID
) -> Row[*tuple[object, ...]] | None:
    row = session.execute(
        select(
            JobFile.job_id,
            JobFile.organisation_id,
            JobFile.name,
            JobFile.kept_until,
            func.octet_length(JobFile.content).label("size"),
            func.encode(JobFile.sha256, "hex").label("sha256"),
            Job.account_id,
        )
        .join(Job, Job.id == JobFile.job_id)
        .where(Job.public_id == job, JobFile.kept_until >= today(session))
    ).first()
    if row is None:
        return None
    return row if _may_fetch(actor, reach, row.account_id, row.organisation_id) else None


def _may_fetch(
    actor: Actor, reach: frozenset[int], account_id: int | None, organisation_id: int | None
) -> bool:
    own = account_id == actor.account_id or actor.role is Role.TENANT_ADMIN
    return own and (sees_whole(actor) if organisation_id is None else organisation_id in reach)


def sees_whole(actor: Actor) -> bool:
    """Whether the actor sees the committee as a whole."""
    return actor.role in (Role.TENANT_ADMIN, Role.COMMITTEE) and actor.organisation_id is None
