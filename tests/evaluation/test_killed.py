"""A process that is killed before or after any commit of the work in the background loses nothing and does nothing twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import Engine, create_engine, text

from bontot.db.tenancy import PLATFORM, scope
from bontot.failpoints import POINTS, VARIABLE
from bontot.jobs.daily import ROUNDS, begin_rounds
from bontot.jobs.evaluation import KIND
from bontot.jobs.outbox import QUEUE, Enqueued, enqueue, sweep, wake
from bontot.jobs.tasks import Desk
from bontot.registry import Registry
from bontot.settings import Settings
from bontot.testing.databases import Database
from tests.evaluation.conftest import YEAR, Committee
from tests.evaluation.test_rounds import judged, made, noon

PLAN = "hanoi_tayho"
WORK = "from bontot.jobs.tasks import work; work(0)"
ROUND = """
from datetime import datetime
from sqlalchemy import create_engine
from bontot.jobs.daily import begin_rounds
begin_rounds(create_engine({database!r}), by_mail=False, at=datetime.fromisoformat({at!r}))
"""
WAKE = """
from redis import Redis
from bontot.jobs.outbox import Enqueued, wake
wake(Redis.from_url({redis!r}), Enqueued(None, {tenant}, {outbox}))
"""
FAILING = """
from bontot.errors import NoPlanAssigned
from bontot.jobs import tasks
def failing(*_):
    raise {error}
tasks.DOING = dict.fromkeys(tasks.DOING, failing)
"""
SETTLED_APART = """
from bontot.jobs import tasks
within = tasks._settle
def apart(session, claim, **values):
    with tasks.scope(session.get_bind(), claim.tenant_id) as own:
        within(own, claim, **values)
tasks._settle = apart
"""
"""A fault: that the work is done is written before what it did."""


@dataclass
class Instance:
    """A database and a queue of its own, with one committee, and one evaluation that waits in it."""

    engine: Engine
    redis: Redis
    settings: Settings
    committee: Committee
    work: Enqueued

    def killed(self, point: str, act: str) -> None:
        """A process of its own does `act` and is killed at the point."""
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("BONTOT_")
        } | {
            "DATABASE_URL": str(self.engine.url.render_as_string(hide_password=False)),
            "REDIS_URL": self.settings.redis_url,
            "BONTOT_SECRET_KEY": self.settings.secret_key,
            VARIABLE: point,
        }
        ended = subprocess.run([sys.executable, "-P", "-c", act], env=environment, check=False, timeout=120)
        assert ended.returncode == -signal.SIGKILL, "it did not come by there"

    def stands(self) -> tuple[str, int, int, bool]:
        """The job's state, the attempts at it, the runs there are, and whether the row is closed."""
        with scope(self.engine, self.committee.tenant_id) as session:
            row = session.execute(
                text("""SELECT j.state, o.attempts, (SELECT count(*) FROM evaluation_run), o.done_at IS NOT NULL
                        FROM job j JOIN outbox o ON o.job_id = j.id AND o.tenant_id = j.tenant_id
                        WHERE o.id = :id"""),
                {"id": self.work.outbox_id},
            ).one()
        return row[0], row[1], row[2], row[3]

    def recover(self) -> None:
        """The lease runs out, and what rests has rested; another worker does what waits."""
        with scope(self.engine, PLATFORM) as session:
            session.execute(text("UPDATE outbox SET leased_until = NULL, not_before = NULL"))
        desk = Desk(self.engine, Registry.load())
        while desk.do_next() is not None:
            pass


@pytest.fixture
def instance(fresh_database: Database, settings: Settings, redis_url: str) -> Iterator[Instance]:
    engine = create_engine(fresh_database.database_url)
    committee = made(engine, Registry.load(), plan=PLAN)
    with scope(engine, committee.tenant_id) as session:
        work = enqueue(session, KIND, {"year": YEAR, "as_of": f"{YEAR}-06-15"}, "thử")
    with Redis.from_url(redis_url) as redis:
        redis.flushdb()
        yield Instance(engine, redis, settings, committee, work)
    engine.dispose()


WORKING = {
    "claim.before_commit": ("waiting", 0, 0, False),
    "claim.after_commit": ("waiting", 1, 0, False),
    "begin.before_commit": ("waiting", 1, 0, False),
    "begin.after_commit": ("running", 1, 0, False),
    "end.before_commit": ("running", 1, 0, False),
    "end.after_commit": ("done", 1, 1, True),
}
FAILED = {
    "rest.before_commit": ("ZeroDivisionError", ("running", 1, 0, False), ("done", 2, 1, True)),
    "rest.after_commit": ("ZeroDivisionError", ("waiting", 1, 0, False), ("done", 2, 1, True)),
    "fail.before_commit": ("NoPlanAssigned", ("running", 1, 0, False), ("done", 2, 1, True)),
    "fail.after_commit": ("NoPlanAssigned", ("failed", 1, 0, False), ("failed", 1, 0, False)),
}
"""How the work stands after a worker was killed there: the last four by what it failed, and how it ends."""
ROUNDS_BEGUN = {"round.before_commit": 0, "round.after_commit": 1}
WOKEN = {"wake.before_push": 0, "wake.after_push": 1}


def test_every_point_is_tried() -> None:
    assert {*WORKING, *FAILED, *ROUNDS_BEGUN, *WOKEN} == set(POINTS)
    assert len(POINTS) == 14


def killed_at_work(instance: Instance, point: str, fault: str = "") -> None:
    instance.killed(point, fault + WORK)
    assert instance.stands() == WORKING[point]
    attempts = WORKING[point][1]
    instance.recover()
    again = 0 if point == "end.after_commit" else 1
    assert instance.stands() == ("done", attempts + again, 1, True)


@pytest.mark.parametrize("point", WORKING)
def test_work_whose_worker_is_killed_is_done_once(instance: Instance, point: str) -> None:
    killed_at_work(instance, point)


@pytest.mark.parametrize("point", FAILED)
def test_work_that_fails_while_its_worker_is_killed_is_tried_again_or_has_failed(
    instance: Instance, point: str
) -> None:
    error, stands, ends = FAILED[point]
    instance.killed(point, FAILING.format(error=error) + WORK)
    assert instance.stands() == stands
    instance.recover()
    assert instance.stands() == ends


def test_work_whose_end_was_written_apart_from_its_effects_is_found_out(instance: Instance) -> None:
    with pytest.raises(AssertionError, match="running"):
        killed_at_work(instance, "end.before_commit", SETTLED_APART)


@pytest.mark.parametrize("point", ROUNDS_BEGUN)
def test_a_round_whose_asker_is_killed_is_asked_for_once(instance: Instance, point: str) -> None:
    instance.recover()
    judged(instance.committee, Registry.load(), date(YEAR, 6, 16))
    at = noon(7, 1)
    database = instance.engine.url.render_as_string(hide_password=False)
    instance.killed(point, ROUND.format(database=database, at=at.isoformat()))

    def begun() -> list[int]:
        with scope(instance.engine, instance.committee.tenant_id) as session:
            counts = """SELECT (SELECT count(*) FROM daily_round), (SELECT count(*) FROM job WHERE requested_by <> 'thử'),
                               (SELECT count(outbox_id) FROM daily_round)"""
            return list(session.execute(text(counts)).one())

    assert begun() == [ROUNDS_BEGUN[point]] * 3
    begin_rounds(instance.engine, by_mail=False, at=at)
    begin_rounds(instance.engine, by_mail=False, at=at)
    assert begun() == [len(ROUNDS), 2, 2]  # the night leaves it to the month


@pytest.mark.parametrize("point", WOKEN)
def test_a_waking_that_was_cut_off_delays_and_loses_nothing(instance: Instance, point: str) -> None:
    act = WAKE.format(
        redis=instance.settings.redis_url,
        tenant=instance.committee.tenant_id,
        outbox=instance.work.outbox_id,
    )
    instance.killed(point, act)
    queue = Queue(QUEUE, connection=instance.redis, serializer=JSONSerializer)
    assert queue.count == WOKEN[point]
    with scope(instance.engine, PLATFORM) as session:
        assert sweep(instance.redis, session.connection(), older=0) == 1 - WOKEN[point]
    assert queue.count == 1
    assert wake(instance.redis, instance.work)
    instance.recover()
    assert instance.stands() == ("done", 1, 1, True)
