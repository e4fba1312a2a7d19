"""Evaluating a year as a piece of background work."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Engine, func, select, update

from bontot.access import Actor, Permission
from bontot.clock import today
from bontot.db.models import EvaluationRun, Job, Outbox, Tenant
from bontot.db.tenancy import PLATFORM, TenantSession, scope
from bontot.errors import PeriodRefused
from bontot.evaluation.incremental import changed, rejudge
from bontot.evaluation.period import YEARS, Period
from bontot.evaluation.runs import Progress
from bontot.evaluation.whole import evaluate
from bontot.jobs.outbox import Enqueued, enqueue, hasten
from bontot.jobs.reading import JobView, waiting
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


def request_again(
    session: TenantSession, years: frozenset[int], day: date, *, background: bool = False
) -> list[Enqueued]:
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
    known = _waiting(session)
    if not background:
        hasten(session, *(job_id for year, job_id in known.items() if year in years))
    return [
        enqueue(session, KIND, {"year": year, "as_of": day.isoformat()}, BY, background=background)
        for year in sorted(judged)
        if year not in known
    ]


def _waiting(session: TenantSession) -> dict[int, int]:
    """The years that wait to be judged, with the job that will, held until the transaction ends: of each the outbox's row
    before the job's own, as whoever begins or stops work takes them."""
    waits = (Job.kind == KIND, Job.state == "waiting")
    ours = select(Outbox.job_id).join(Job, Job.id == Outbox.job_id).where(*waits)
    ours = ours.where(Outbox.tenant_id == session.tenant_id).order_by(Outbox.id)
    held = session.scalars(ours.with_for_update(of=Outbox)).all()
    # read again: a worker may have begun one while its row was waited for
    waiting = select(Job.arguments, Job.id).where(Job.id.in_(held), *waits).with_for_update()
    return {arguments["year"]: job_id for arguments, job_id in session.execute(waiting)}


def request_round(
    session: TenantSession, year: int, day: date, *, since: date, by: str, unless_same: bool = False
) -> Enqueued | None:
    """Asks in the background for a year to be judged anew on the records of `day`, if it was judged before and not `since`,
    and nothing waits already to judge it. `unless_same` keeps no run where everyone stands as before."""
    last = session.scalar(
        select(func.max(EvaluationRun.as_of)).where(
            EvaluationRun.superseded_by_id.is_(None), EvaluationRun.year == year
        )
    )
    if last is None or last >= since or year in _waiting(session):
        return None
    asked = {"year": year, "as_of": day.isoformat()} | ({"unless_same": True} if unless_same else {})
    return enqueue(session, KIND, asked, by, background=True)


def already_asked(session: TenantSession, actor: Actor, year: int) -> JobView | None:
    """Work that waits already to judge a year, and will keep what it finds; by now somebody waits for it."""
    actor.require(Permission.EVALUATE)
    found = waiting(session, actor, KIND, year)
    if found is not None:
        ours = Job.public_id == found.public_id
        hasten(session, session.scalars(select(Job.id).where(ours)).one())
        session.execute(update(Job).where(ours).values(arguments=Job.arguments.op("-")("unless_same")))
    return found


def request_everywhere(engine: Engine, day: date) -> list[Enqueued]:
    """Asks every committee that judged the running year to judge it anew: a day off is everybody's."""
    with scope(engine, PLATFORM) as session:
        tenants = session.scalars(select(Tenant.id).order_by(Tenant.id)).all()
    asked: list[Enqueued] = []
    for tenant_id in tenants:
        with scope(engine, tenant_id) as session:
            asked += request_again(session, frozenset({day.year}), day, background=True)
    return asked


def perform(session: TenantSession, registry: Registry, job: Job, progress: Progress) -> dict[str, Any]:
    """Judges and stores the year a job names; answers with the runs' public ids, by plan: none where nothing came out
    otherwise and the job keeps no such run."""
    runs = evaluate(
        session,
        registry,
        year=int(job.arguments["year"]),
        as_of=date.fromisoformat(job.arguments["as_of"]),
        by=job.requested_by,
        progress=progress,
        job_id=job.id,
        unless_same=bool(job.arguments.get("unless_same")),
    )
    for run in runs:
        note(session, "finish_evaluation", "evaluation_run", run.id, None, year=run.rules.year)
    return {"runs": {run.rules.policy: str(run.public_id) for run in runs}}
