"""Evaluating a year as a piece of background work."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Engine, select

from bontot.access import Actor, Permission
from bontot.clock import today
from bontot.db.models import EvaluationRun, Job, Tenant
from bontot.db.tenancy import PLATFORM, TenantSession, scope
from bontot.errors import PeriodRefused
from bontot.evaluation.incremental import changed, rejudge
from bontot.evaluation.period import YEARS, Period
from bontot.evaluation.runs import Progress
from bontot.evaluation.whole import evaluate
from bontot.jobs.outbox import Enqueued, enqueue
from bontot.registry import Registry
from bontot.services.audit import note
from bontot.services.webhooks.telling import verdict_changed

KIND = "evaluation"
BY = "tự động vì hồ sơ hoặc kế hoạch đã thay đổi"


def request_evaluation(session: TenantSession, actor: Actor, year: int) -> Enqueued:
    """Asks for the committee's year to be judged on the records as they are today.

    Raises `PeriodRefused` for a year not begun or out of all reason.
    """
    actor.require(Permission.EVALUATE)
    if year not in YEARS:
        raise PeriodRefused(f"Chỉ đánh giá được các năm từ {YEARS[0]} đến {YEARS[-1]}.")
    period = Period(year, today(session))
    asked = enqueue(session, KIND, {"year": year, "as_of": period.as_of.isoformat()}, actor.name)
    note(session, "request_evaluation", "job", None, actor.account_id, year=year)
    return asked


def follow(session: TenantSession, registry: Registry, day: date) -> list[Enqueued]:
    """What a change of records brings with it, before it is committed: what was marked is judged again, and what that does
    not reach is asked for. The answer is what to wake a worker with afterwards."""
    if not changed(session):
        return []
    done = rejudge(session, registry, day)
    for one in done.turned:
        verdict_changed(session, one.run, "member" if one.of_members else "organisation", one.subject_id)
    return request_again(session, done.left | (looked_at(day) if done.whole else frozenset()), day)


def looked_at(day: date) -> frozenset[int]:
    """The years still looked at: that of a day, and the one before, whose titles are being decided."""
    return frozenset({day.year, day.year - 1})


def request_again(session: TenantSession, years: frozenset[int], day: date) -> list[Enqueued]:
    """Asks for some years to be judged anew on the records of `day`, each only if it was judged before and nothing waits
    already to judge it: after a change that judging a few again does not reach.

    What waits is held until the caller's transaction ends, so that it will see what the caller changed.
    """
    if not years:
        return []
    judged = session.scalars(
        select(EvaluationRun.year)
        .distinct()
        .where(EvaluationRun.superseded_by_id.is_(None), EvaluationRun.year.in_(years))
    )
    waiting = select(Job.arguments).where(Job.kind == KIND, Job.state == "waiting").with_for_update()
    known = {arguments["year"] for arguments in session.scalars(waiting)}
    return [
        enqueue(session, KIND, {"year": year, "as_of": day.isoformat()}, BY)
        for year in sorted(judged)
        if year not in known
    ]


def request_everywhere(engine: Engine, day: date) -> list[Enqueued]:
    """Asks every committee that judged the running year to judge it anew: a day off is everybody's."""
    with scope(engine, PLATFORM) as session:
        tenants = session.scalars(select(Tenant.id).order_by(Tenant.id)).all()
    asked: list[Enqueued] = []
    for tenant_id in tenants:
        with scope(engine, tenant_id) as session:
            asked += request_again(session, frozenset({day.year}), day)
    return asked


def perform(session: TenantSession, registry: Registry, job: Job, progress: Progress) -> dict[str, Any]:
    """Judges and stores the year a job names; answers with the runs' public ids, by plan."""
    runs = evaluate(
        session,
        registry,
        year=int(job.arguments["year"]),
        as_of=date.fromisoformat(job.arguments["as_of"]),
        by=job.requested_by,
        progress=progress,
        job_id=job.id,
    )
    for run in runs:
        note(session, "finish_evaluation", "evaluation_run", run.id, None, year=run.rules.year)
    return {"runs": {run.rules.policy: str(run.public_id) for run in runs}}
