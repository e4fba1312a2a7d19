"""Trying a value or another plan: at once where that is quick, as a piece of background work where it is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import cast, text, update
from sqlalchemy.dialects.postgresql import JSONB

from bontot.access import Actor, Permission
from bontot.clock import today
from bontot.db.models import Job
from bontot.db.tenancy import TenantSession
from bontot.errors import NotFound
from bontot.evaluation.plain import from_plain, to_plain
from bontot.evaluation.runs import Progress
from bontot.jobs.outbox import Enqueued, enqueue
from bontot.jobs.reading import TRIAL, JobView, job_of, views
from bontot.registry import Registry
from bontot.services.audit import note
from bontot.services.trials import (
    LISTED,
    PATIENCE,
    Asked,
    PlanAsked,
    Trial,
    ValueAsked,
    answer,
    check_asked,
    expected_seconds,
)

KIND = TRIAL
_ASKED: Mapping[str, type[Asked]] = {"value": ValueAsked, "plan": PlanAsked}

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(app_tenant(), hashtext('trial'))")
_BEFORE = text("SELECT id FROM audit_event WHERE at < now() - interval '15 minutes' ORDER BY id DESC LIMIT 1")
"""The latest event of the trail that none still to be committed comes before: no transaction lasts as long."""
_CHANGES = text("""
SELECT (SELECT count(*) FROM audit_event
        WHERE id > :before
          AND split_part(action, '_', 1) NOT IN ('view', 'export', 'fetch', 'request', 'preview', 'discard'))
     + (SELECT count(*) + count(retired_at) FROM holiday)
""")
"""Changes of the committee's records and decisions after an event, and of the days off, which are everybody's."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A trial that waits or is being made: its public name, and where it was asked for just now what a worker is to be
    woken with."""

    public_id: UUID
    work: Enqueued | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A trial asked for in the background: what, in which words of the form, and once it is done what came of it.
    `earlier` says that it is of another day than today; `changed`, that records or decisions have changed since."""

    job: JobView
    asked: Asked
    typed: Mapping[str, str]
    trial: Trial | None
    earlier: bool
    changed: bool

    @property
    def holds(self) -> bool:
        """Whether the same would be found now."""
        return self.trial is not None and not (self.earlier or self.changed)


def tried(
    session: TenantSession,
    actor: Actor,
    registry: Registry,
    asked: Asked,
    typed: Mapping[str, str],
    *,
    most: int = LISTED,
) -> Trial | Pending:
    """Who would come out otherwise: found at once where the committee is judged quickly, or kept from an asking that still
    holds; otherwise the work that will find it, one for all who ask the same meanwhile.

    `typed` are the words of the form, to be shown again with the answer; `most` are listed by name of what is found at
    once, of what is kept as many as a page shows. Raises Forbidden, and as `check_asked`.
    """
    actor.require(Permission.SET_THRESHOLD)
    if expected_seconds(session) < PATIENCE:
        return answer(session, registry, asked, most=most)
    check_asked(registry, asked)
    session.execute(_ONE_AT_A_TIME)
    arguments = _arguments(registry, asked)
    same = views(actor).where(Job.kind == KIND, Job.state != "failed", Job.arguments.contains(arguments))
    latest = session.execute(same.order_by(Job.id.desc()).limit(1)).first()
    if latest is not None:
        found = _kept(session, registry, JobView(*latest))
        if found.holds and found.trial:
            return found.trial
        if not found.job.ended:
            retyped = Job.arguments.op("||")(cast({"typed": dict(typed)}, JSONB))
            session.execute(update(Job).where(Job.public_id == found.job.public_id).values(arguments=retyped))
            return Pending(found.job.public_id)
    work = enqueue(session, KIND, {**arguments, "typed": dict(typed)}, actor.name)
    note(session, "request_trial", "job", None, actor.account_id)
    return Pending(work.public_id, work)


def kept(session: TenantSession, actor: Actor, registry: Registry, public_id: UUID) -> Kept:
    """The trial of an address. Raises NotFound for other work, and for who may not decide on values."""
    found = job_of(session, actor, public_id)
    if found.kind != KIND:
        raise NotFound
    return _kept(session, registry, found)


def asked_of(arguments: Mapping[str, Any]) -> Asked:
    """What a trial's work was asked."""
    name = next(name for name in _ASKED if name in arguments)
    return from_plain(_ASKED[name], arguments[name])


def perform(session: TenantSession, registry: Registry, job: Job, progress: Progress) -> dict[str, Any]:
    """Tries what a job names on the records as they are; answers with the trial, and from where on the trail tells of
    changes since."""
    before = session.scalar(_BEFORE) or 0
    trail = {"before": before, "changes": _changes(session, before)}
    trial = answer(session, registry, asked_of(job.arguments), progress)
    return {"trial": to_plain(trial), "trail": trail}


def _arguments(registry: Registry, asked: Asked) -> dict[str, Any]:
    """What makes two trials the same: the question, its day, and the editions of the plans."""
    [name] = [name for name, kind in _ASKED.items() if isinstance(asked, kind)]
    return {name: to_plain(asked), "digests": [registry.offer(code).digest for code in asked.plans]}


def _kept(session: TenantSession, registry: Registry, job: JobView) -> Kept:
    asked, result = asked_of(job.arguments), job.result
    return Kept(
        job=job,
        asked=asked,
        typed=job.arguments["typed"],
        trial=from_plain(Trial, result["trial"]) if result else None,
        earlier=asked.day != today(session),
        changed=result is not None and _changed(session, registry, job, asked, result["trail"]),
    )


def _changed(
    session: TenantSession, registry: Registry, job: JobView, asked: Asked, trail: Mapping[str, int]
) -> bool:
    if _arguments(registry, asked)["digests"] != job.arguments["digests"]:
        return True
    return _changes(session, trail["before"]) != trail["changes"]


def _changes(session: TenantSession, before: int) -> int:
    """How many changes there have been after an event of the trail."""
    return int(session.execute(_CHANGES, {"before": before}).scalar_one())
