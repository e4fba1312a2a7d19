"""Work in the background: written with its cause, done once, seen while it goes on, never lost."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import func, select, text, update

from bontot.access import Actor, Role
from bontot.db.models import AuditEvent, EvaluationRun, Job, Outbox
from bontot.db.tenancy import PLATFORM, TenantSession, scope
from bontot.errors import NoPlanAssigned, NotAllowed, PeriodRefused
from bontot.evaluation.runs import Progress
from bontot.jobs import tasks
from bontot.jobs.evaluation import KIND, request_evaluation
from bontot.jobs.outbox import QUEUE, Enqueued, enqueue, sweep, wake
from bontot.jobs.tasks import GAVE_UP, Desk
from bontot.jobs.turns import claim
from bontot.registry import Registry
from bontot.settings import Settings
from bontot.testing import case_records as said
from tests.evaluation.conftest import YEAR, Committee, Make
from tests.integration.observe import until

CASE = said.Case(
    name="một chi bộ",
    why="",
    organisation=(said.Organisation(code="A", members=3),),
    meeting=(said.Meeting(organisation="A", on=(date(YEAR, 1, 3),)),),
)
ARGUMENTS = {"year": YEAR, "as_of": f"{YEAR}-12-31"}
ADMIN = Actor(account_id=1, name="Quản trị thử", role=Role.TENANT_ADMIN)


@pytest.fixture
def committee(make: Make) -> Committee:
    return make(CASE)


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url) as client:
        client.flushdb()
        yield client


def asked(committee: Committee, arguments: dict[str, Any] | None = None) -> Enqueued:
    """An evaluation written down in the committee."""
    with scope(committee.engine, committee.tenant_id) as session:
        return enqueue(session, KIND, arguments or ARGUMENTS, "thử")


def job(committee: Committee, work: Enqueued) -> Job:
    """The job as a page reads it."""
    with scope(committee.engine, committee.tenant_id) as session:
        found = session.scalars(select(Job).where(Job.public_id == work.public_id)).one()
        session.expunge(found)
        return found


def row(committee: Committee, work: Enqueued) -> Outbox:
    with scope(committee.engine, PLATFORM) as session:
        found = session.scalars(select(Outbox).where(Outbox.id == work.outbox_id)).one()
        session.expunge(found)
        return found


def runs_of(committee: Committee) -> int:
    with scope(committee.engine, committee.tenant_id) as session:
        return session.scalar(select(func.count()).select_from(EvaluationRun)) or 0


def test_work_is_done_once_however_often_it_is_asked_for(committee: Committee, registry: Registry) -> None:
    work, desk = asked(committee), Desk(committee.engine, registry)
    assert [desk.do(work.outbox_id) for _ in range(3)] == [True, False, False]
    done = job(committee, work)
    assert (done.state, done.message, done.doing, runs_of(committee)) == ("done", None, None, 1)
    assert done.progress == done.total > 0
    with scope(committee.engine, committee.tenant_id) as session:
        (run,) = session.scalars(select(EvaluationRun))
        assert done.result == {"runs": {"thu": str(run.public_id)}}
        assert (run.job_id, run.evaluated_by) == (done.id, "thử")
    assert row(committee, work).done_at is not None


def test_two_workers_do_not_do_the_same(committee: Committee, registry: Registry) -> None:
    work, desk = asked(committee), Desk(committee.engine, registry)
    with ThreadPoolExecutor(4) as workers:
        done = list(workers.map(lambda _: desk.do(work.outbox_id), range(4)))
    assert (sorted(done), runs_of(committee)) == ([False, False, False, True], 1)


def test_what_was_not_committed_is_no_work(committee: Committee) -> None:
    with TenantSession(committee.engine) as session:
        session.enter(committee.tenant_id)
        work = enqueue(session, KIND, ARGUMENTS, "thử")
        session.rollback()
    with scope(committee.engine, PLATFORM) as session:
        assert session.get(Outbox, work.outbox_id) is None


def test_a_failing_job_is_tried_three_times_and_then_says_so(
    committee: Committee, registry: Registry
) -> None:
    def failing(*_: object) -> dict[str, Any]:
        raise ZeroDivisionError

    work, desk = asked(committee), Desk(committee.engine, registry, {KIND: failing}, pause=0)
    seen = []
    for _ in range(4):
        desk.do(work.outbox_id)
        found = job(committee, work)
        seen.append((found.state, found.message))
    assert seen == [
        ("waiting", "Thử lại lần 2."),
        ("waiting", "Thử lại lần 3."),
        ("failed", GAVE_UP),
        ("failed", GAVE_UP),
    ]
    assert (row(committee, work).attempts, row(committee, work).failed_at is not None) == (3, True)


def test_what_a_person_must_mend_is_not_tried_again(make: Make, registry: Registry) -> None:
    empty = make(said.Case(name="chưa có gì", why=""))
    work = asked(empty)
    assert Desk(empty.engine, registry).do(work.outbox_id)
    failed = job(empty, work)
    assert (failed.state, failed.message) == ("failed", NoPlanAssigned.sentence)
    assert not Desk(empty.engine, registry).do(work.outbox_id)


def test_a_failure_half_way_leaves_nothing_behind(committee: Committee, registry: Registry) -> None:
    def half_way(session: TenantSession, plans: Registry, one: Job, progress: Progress) -> dict[str, Any]:
        tasks.DOING[KIND](session, plans, one, progress)
        raise ZeroDivisionError

    work = asked(committee)
    Desk(committee.engine, registry, {KIND: half_way}, pause=0).do(work.outbox_id)
    assert runs_of(committee) == 0
    Desk(committee.engine, registry, pause=0).do(work.outbox_id)
    assert (runs_of(committee), job(committee, work).state) == (1, "done")


def test_work_of_a_worker_that_died_is_taken_up_when_its_lease_ends(
    committee: Committee, registry: Registry
) -> None:
    def dying(*_: object) -> dict[str, Any]:
        raise KeyboardInterrupt

    work = asked(committee)
    with pytest.raises(KeyboardInterrupt):
        Desk(committee.engine, registry, {KIND: dying}).do(work.outbox_id)
    assert job(committee, work).state == "running"
    assert not Desk(committee.engine, registry).do(work.outbox_id)
    with scope(committee.engine, PLATFORM) as session:
        ended = update(Outbox).where(Outbox.id == work.outbox_id)
        session.execute(ended.values(leased_until=func.now() - text("interval '1 second'")))
    assert Desk(committee.engine, registry).do(work.outbox_id)
    assert (runs_of(committee), job(committee, work).state) == (1, "done")


def lease(committee: Committee, work: Enqueued) -> float:
    """Seconds the lease still holds."""
    left = text(
        "SELECT CAST(extract(epoch FROM leased_until - now()) AS float8) FROM outbox WHERE id = :outbox"
    )
    with scope(committee.engine, PLATFORM) as session:
        return float(session.execute(left, {"outbox": work.outbox_id}).scalar_one())


def shorten(committee: Committee, work: Enqueued) -> None:
    with scope(committee.engine, PLATFORM) as session:
        soon = func.now() + text("interval '1 second'")
        session.execute(update(Outbox).where(Outbox.id == work.outbox_id).values(leased_until=soon))


def test_the_lease_of_work_under_way_is_renewed_and_ends_with_it(
    committee: Committee, registry: Registry
) -> None:
    work, left = asked(committee), list[float]()

    def long(*_: object) -> dict[str, Any]:
        shorten(committee, work)
        until(lambda: lease(committee, work) > 30)
        left.append(lease(committee, work))
        return {}

    Desk(committee.engine, registry, {KIND: long}, renew=0.05).do(work.outbox_id)
    assert left[0] > 30
    assert job(committee, work).state == "done"


@pytest.mark.parametrize(
    "ends_by", [None, ZeroDivisionError(), NoPlanAssigned()], ids=["done", "tried again", "failed"]
)
def test_who_lost_the_lease_may_not_end_the_work(
    ends_by: Exception | None, committee: Committee, registry: Registry
) -> None:
    work = asked(committee)

    def overtaken(session: TenantSession, plans: Registry, one: Job, progress: Progress) -> dict[str, Any]:
        with scope(committee.engine, PLATFORM) as other:
            lost = func.now() - text("interval '1 second'")
            other.execute(update(Outbox).where(Outbox.id == work.outbox_id).values(leased_until=lost))
        assert claim(committee.engine, work.outbox_id)
        if ends_by is not None:
            raise ends_by
        return tasks.DOING[KIND](session, plans, one, progress)

    Desk(committee.engine, registry, {KIND: overtaken}).do(work.outbox_id)
    assert (runs_of(committee), job(committee, work).state) == (0, "running")


def test_work_that_ends_its_worker_each_time_is_given_up(committee: Committee, registry: Registry) -> None:
    def dying(*_: object) -> dict[str, Any]:
        raise KeyboardInterrupt

    work, desk = asked(committee), Desk(committee.engine, registry, {KIND: dying})
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            desk.do(work.outbox_id)
        with scope(committee.engine, PLATFORM) as session:
            session.execute(update(Outbox).where(Outbox.id == work.outbox_id).values(leased_until=None))
    assert desk.do(work.outbox_id)
    assert (job(committee, work).state, job(committee, work).message) == ("failed", GAVE_UP)


def test_progress_is_seen_while_the_work_goes_on(committee: Committee, registry: Registry) -> None:
    seen: list[tuple[str, int, int, str | None]] = []
    work = asked(committee)

    def watched(session: TenantSession, plans: Registry, one: Job, progress: Progress) -> dict[str, Any]:
        progress(14, 22, "Tỷ lệ đảng viên dự sinh hoạt")
        found = job(committee, work)
        seen.append((found.state, found.progress, found.total, found.doing))
        return {}

    Desk(committee.engine, registry, {KIND: watched}).do(work.outbox_id)
    assert seen == [("running", 14, 22, "Tỷ lệ đảng viên dự sinh hoạt")]
    assert (job(committee, work).progress, job(committee, work).doing) == (22, None)


def test_work_ends_when_it_was_done_not_when_it_began(committee: Committee, registry: Registry) -> None:
    midway: list[datetime] = []

    def watched(session: TenantSession, plans: Registry, one: Job, progress: Progress) -> dict[str, Any]:
        midway.append(session.execute(text("SELECT clock_timestamp()")).scalar_one())
        return {}

    work = asked(committee)
    Desk(committee.engine, registry, {KIND: watched}).do(work.outbox_id)
    finished, done = job(committee, work).finished_at, row(committee, work).done_at
    assert finished is not None
    assert done is not None
    assert midway[0] < done <= finished


def test_a_lost_waking_is_made_good_by_the_sweeper(committee: Committee, redis: Redis) -> None:
    queue = Queue(QUEUE, connection=redis, serializer=JSONSerializer)
    work = asked(committee)
    with scope(committee.engine, PLATFORM) as session:
        session.execute(update(Outbox).where(Outbox.id != work.outbox_id).values(done_at=func.now()))
        assert sweep(redis, session.connection()) == 0  # too young: its waking may be on the way
        assert sweep(redis, session.connection(), older=0) == 1
        assert sweep(redis, session.connection(), older=0) == 0  # somebody is being woken already
    (pushed,) = queue.jobs
    assert (pushed.func_name, pushed.args) == ("bontot.jobs.tasks.work", [work.outbox_id])
    assert pushed.id.startswith(f"bontot-{committee.tenant_id}-work-{work.outbox_id}-")


def test_without_a_broker_the_work_waits(committee: Committee) -> None:
    work = asked(committee)
    with Redis(unix_socket_path="/nowhere/at/all.sock") as unreachable:
        assert not wake(unreachable, work)
    assert (job(committee, work).state, row(committee, work).attempts) == ("waiting", 0)


def test_an_rq_worker_does_the_work(
    make: Make, redis: Redis, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("REDIS_URL", settings.redis_url)
    monkeypatch.setenv("BONTOT_SECRET_KEY", settings.secret_key)
    committee = make(CASE, plan="hanoi_tayho", by=Registry.load())
    work = asked(committee)
    with scope(committee.engine, PLATFORM) as session:
        session.execute(update(Outbox).where(Outbox.id != work.outbox_id).values(done_at=func.now()))
    assert wake(redis, work)
    tasks._desk.cache_clear()
    queue = Queue(QUEUE, connection=redis, serializer=JSONSerializer)
    SimpleWorker([queue], connection=redis, serializer=JSONSerializer).work(burst=True, logging_level="ERROR")
    tasks._desk().engine.dispose()
    tasks._desk.cache_clear()
    assert (job(committee, work).state, job(committee, work).message) == ("done", None)
    assert (queue.count, runs_of(committee)) == (0, 1)


def test_the_worker_process_finds_work_nobody_was_woken_for(
    make: Make, redis: Redis, settings: Settings
) -> None:
    committee = make(CASE, plan="hanoi_tayho", by=Registry.load())
    work = asked(committee)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BONTOT_")} | {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "BONTOT_SECRET_KEY": settings.secret_key,
    }
    worker = subprocess.Popen([sys.executable, "-P", "-m", "bontot", "worker"], env=environment)
    try:
        deadline = time.monotonic() + 90
        while job(committee, work).state not in ("done", "failed") and time.monotonic() < deadline:
            assert worker.poll() is None
            time.sleep(0.2)
    finally:
        worker.terminate()
        ended = worker.wait(30)
    assert (job(committee, work).state, job(committee, work).message, ended) == ("done", None, 0)


def test_asking_is_permitted_noted_and_checked(committee: Committee) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        work = request_evaluation(session, ADMIN, YEAR)
        (event,) = session.scalars(select(AuditEvent).where(AuditEvent.action == "request_evaluation"))
        assert (event.account_id, event.detail) == (1, {"year": YEAR})
    found = job(committee, work)
    assert (found.kind, found.requested_by, found.arguments["year"]) == (KIND, "Quản trị thử", YEAR)
    with scope(committee.engine, committee.tenant_id) as session:
        with pytest.raises(PeriodRefused):
            request_evaluation(session, ADMIN, 2100)
        with pytest.raises(NotAllowed):
            request_evaluation(session, replace(ADMIN, role=Role.CELL_SECRETARY), YEAR)


def test_a_job_is_seen_in_its_own_committee_only(committee: Committee, make: Make) -> None:
    work, other = asked(committee), make(CASE)
    with scope(other.engine, other.tenant_id) as session:
        assert session.scalars(select(Job).where(Job.public_id == work.public_id)).all() == []
