"""A province's committees, a ward each, judged through the queue by one worker and by two, against a loop over the same
in one process.

Workers are real processes woken through Valkey; they have started, and judged a little, before the time is taken. It runs
from the first row of the outbox until the last is done. Every committee must have got its run, and no work failed.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from redis import Redis
from rq import Worker
from sqlalchemy import Engine, create_engine

from benchmarks import committees
from benchmarks.committees import AS_OF, WARD, YEAR
from benchmarks.evaluation import VARY
from benchmarks.measuring import Measured, Recipe, middle, timed
from bontot import embedded
from bontot.db import migrate
from bontot.db.tenancy import scope
from bontot.evaluation.whole import evaluate
from bontot.jobs.daily import ROUNDS as BY_THE_CLOCK
from bontot.jobs.evaluation import KIND
from bontot.jobs.outbox import enqueue, wake
from bontot.registry import Registry
from bontot.settings import PREFIX

ONE_GOAL, TWO_GOAL = 1.25, 1.7
WARDS, FEW = 400, 24
ROUNDS, QUICK_ROUNDS = 5, 3
WARM = 4
"""Committees that the loop and each worker judge before the time is taken."""
LOOK, PATIENCE, LONGEST = 0.02, 120.0, 1800.0
"""Seconds between two looks; after which a worker has not started; after which the work does not end."""
ASKED = {"year": YEAR, "as_of": AS_OF.isoformat()}

# What the clock would bring of itself is none of what is measured, also should midnight pass meanwhile.
NO_ROUNDS = """
INSERT INTO daily_round (tenant_id, day, work)
SELECT t.id, day, work FROM tenant t, unnest(%s::text[]) AS work,
     LATERAL (SELECT CAST(now() AS date) + n AS day FROM generate_series(-1, 2) AS n
              UNION SELECT CAST(date_trunc('month', now() + make_interval(months => n)) AS date)
              FROM generate_series(-1, 1) AS n) AS days
"""
OPEN = "SELECT count(*) FROM outbox WHERE done_at IS NULL AND failed_at IS NULL"
FAILED = "SELECT count(*) FROM outbox WHERE failed_at IS NOT NULL"
RUNS = "SELECT count(*) FROM evaluation_run"


@dataclass
class Instance:
    """An embedded instance full of committees."""

    servers: embedded.Servers
    owner: psycopg.Connection
    database: Engine
    registry: Registry
    tenants: list[int]

    def loop(self, tenants: list[int]) -> None:
        """Each committee after the other, in this process."""
        for tenant in tenants:
            with scope(self.database, tenant) as session:
                evaluate(session, self.registry, year=YEAR, as_of=AS_OF, by="đo")

    def through_the_queue(self, tenants: list[int]) -> None:
        """Asks for each as a request does, and waits until all is done."""
        before = self.count(RUNS)
        with Redis.from_url(self.servers.redis_url) as redis:
            for tenant in tenants:
                with scope(self.database, tenant) as session:
                    work = enqueue(session, KIND, ASKED, "đo")
                if not wake(redis, work):
                    raise AssertionError("the queue cannot be reached")
        until = time.monotonic() + LONGEST
        while self.count(OPEN):
            if time.monotonic() > until:
                raise AssertionError("the work does not end")
            time.sleep(LOOK)
        if self.count(FAILED) or self.count(RUNS) != before + len(tenants):
            raise AssertionError("work failed, or was done twice")

    def count(self, statement: str) -> int:
        """The one number a statement gives."""
        row = self.owner.execute(statement.encode()).fetchone()
        return int(row[0]) if row else 0

    @contextmanager
    def workers(self, number: int) -> Iterator[None]:
        """So many processes at work, warm."""
        told = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        told |= {
            "DATABASE_URL": self.servers.database_url,
            "REDIS_URL": self.servers.redis_url,
            "BONTOT_SECRET_KEY": "k" * 32,
        }
        command = [sys.executable, "-P", "-m", "bontot", "worker"]
        running = [subprocess.Popen(command, env=told) for _ in range(number)]
        try:
            with Redis.from_url(self.servers.redis_url) as redis:
                until = time.monotonic() + PATIENCE
                while len(Worker.all(connection=redis)) < number:
                    if time.monotonic() > until or any(one.poll() is not None for one in running):
                        raise AssertionError("a worker did not start")
                    time.sleep(LOOK)
            self.through_the_queue(self.tenants[: WARM * number])
            yield
        finally:
            for one in running:
                one.terminate()
            for one in running:
                one.wait(PATIENCE)


def run(quick: bool) -> Iterator[Measured]:
    """Loads the committees and judges them in turn by the loop, one worker and two."""
    rounds = list[tuple[float, float, float]]()
    with tempfile.TemporaryDirectory() as folder, embedded.start(Path(folder), durable=False) as servers:
        migrate.upgrade(servers.owner_url)
        registry, database = Registry.load(), create_engine(servers.database_url)
        with psycopg.connect(servers.superuser_url, autocommit=True) as owner:
            tenants = [
                committees.load(owner, registry, WARD, f"xa-{number}", last=False)
                for number in range(FEW if quick else WARDS)
            ]
            owner.execute(NO_ROUNDS, ([one.work for one in BY_THE_CLOCK],))
            instance = Instance(servers, owner, database, registry, tenants)
            instance.loop(tenants[:WARM])
            for number in range(QUICK_ROUNDS if quick else ROUNDS):
                owner.execute(VARY, (number, number))
                owner.execute("VACUUM ANALYZE")
                looped, _ = timed(lambda: instance.loop(tenants))
                queued = []
                for workers in (1, 2):
                    with instance.workers(workers):
                        queued.append(timed(lambda: instance.through_the_queue(tenants))[0])
                rounds.append((looped, queued[0], queued[1]))
        database.dispose()
    looped, one, two = (middle(each[at] for each in rounds) for at in range(3))
    ratio = round(statistics.median(each[1] / each[0] for each in rounds), 2)
    yield Measured(f"{len(tenants)} đảng bộ, một tiến trình, so với vòng lặp", one, looped, ratio, ONE_GOAL)
    gain = round(statistics.median(each[1] / each[2] for each in rounds), 2)
    yield Measured("hai tiến trình so với một", two, one, gain, TWO_GOAL, at_least=True)


RECIPE = Recipe(
    "queue", "Đánh giá mọi đảng bộ của một tỉnh qua hàng đợi so với lần lượt trong một tiến trình", run
)
