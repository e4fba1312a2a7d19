"""Evaluating a year as a piece of background work."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from bontot.access import Actor, Permission
from bontot.clock import today
from bontot.db.models import EvaluationRun, Job
from bontot.db.tenancy import TenantSession
from bontot.errors import PeriodRefused
from bontot.evaluation.incremental import changed, rejudge
from bontot.evaluation.period import YEARS, Period
from bontot.evaluation.runs import Progress
from bontot.evaluation.whole import evaluate
from bontot.jobs.outbox import Enqueued, enqueue
from bontot.registry import Registry
from bontot.services.audit import note

KIND = "evaluation"
BY = "Hệ thống, sau khi hồ sơ hoặc kế hoạch thay đổi"


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
    return request_again(session, day) if rejudge(session, registry, day).left else []


def request_again(session: TenantSession, day: date) -> list[Enqueued]:
    """Asks for the year of `day` and the one before to be judged anew, each only if it was judged before and nothing waits
    already to judge it: after a change that judging a few again does not reach.

    What waits is held until the caller's transaction ends, so that it will see what the caller changed.
    """
    judged = session.scalars(
        select(EvaluationRun.year)
        .distinct()
        .where(EvaluationRun.superseded_by_id.is_(None), EvaluationRun.year.in_((day.year, day.year - 1)))
    )
    waiting = select(Job.arguments).where(Job.kind == KIND, Job.state == "waiting").with_for_update()
    known = {arguments["year"] for arguments in session.scalars(waiting)}
    return [
        enqueue(session, KIND, {"year": year, "as_of": day.isoformat()}, BY)
        for year in sorted(judged)
        if year not in known
    ]


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
    return {"runs": {run.rules.policy: str(run.public_id) for run in runs}}
