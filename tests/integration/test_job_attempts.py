"""Work that brings its worker down each time is given up, not begun for ever."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, text

from bontot.db.models import Job
from bontot.db.tenancy import PLATFORM, TenantSession, scope
from bontot.evaluation.runs import Progress
from bontot.jobs.evaluation import KIND
from bontot.jobs.outbox import enqueue
from bontot.jobs.tasks import GAVE_UP, MOST_ATTEMPTS, Desk
from bontot.registry import Registry
from tests.factories import make_committee

LATER = text("UPDATE outbox SET leased_until = now() - interval '1 second' WHERE id = :outbox")


class Killed(BaseException):
    """Stands for the end of the process: nothing of ours runs after it."""


def test_work_whose_worker_dies_each_time_ends_as_failed(engine: Engine, unique: str) -> None:
    committee = make_committee(engine, unique, "nhà")
    begun = []

    def die(_: TenantSession, __: Registry, job: Job, ___: Progress) -> dict[str, Any]:
        begun.append(job.kind)
        raise Killed

    with scope(engine, committee.tenant_id) as session:
        asked = enqueue(session, KIND, {}, "Ai đó")
    desk = Desk(engine, Registry(policies={}, metrics={}, formats={}), {KIND: die})
    for _ in range(MOST_ATTEMPTS + 2):
        try:
            desk.do(asked.outbox_id)
        except Killed:
            with scope(engine, PLATFORM) as session:
                session.execute(LATER, {"outbox": asked.outbox_id})
    with scope(engine, committee.tenant_id) as session:
        state = session.execute(text("SELECT state, message FROM job")).one()
    assert (begun, tuple(state)) == ([KIND] * MOST_ATTEMPTS, ("failed", GAVE_UP))
