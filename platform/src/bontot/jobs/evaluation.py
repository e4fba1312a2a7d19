"""Evaluating a year as a piece of background work."""

from __future__ import annotations

from datetime import date
from typing import Any

from bontot.access import Actor, Permission
from bontot.clock import today
from bontot.db.models import Job
from bontot.db.tenancy import TenantSession
from bontot.errors import PeriodRefused
from bontot.evaluation.period import YEARS, Period
from bontot.evaluation.runs import Progress, evaluate
from bontot.jobs.outbox import Enqueued, enqueue
from bontot.registry import Registry
from bontot.services.audit import note

KIND = "evaluation"


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
