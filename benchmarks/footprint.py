"""The memory one process of the product takes for some work, said in kB: before, and at most."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from sqlalchemy import create_engine, select

from benchmarks import browsing
from benchmarks.committees import YEAR
from bontot.access import Actor, Role
from bontot.db.models import Job
from bontot.db.tenancy import scope
from bontot.jobs.evaluation import request_evaluation
from bontot.jobs.tasks import Desk
from bontot.registry import Registry

HERE = Path(__file__).resolve().parents[1]
EVALUATING, SHOWING = "evaluating", "showing"
TURNS = 5


def of(work: str, database_url: str, redis_url: str, tenant: int) -> tuple[float, float]:
    """The most memory a process of its own held while it did the work for a committee, and what it held before; in MB."""
    command = [sys.executable, "-m", "benchmarks.footprint", work, database_url, redis_url, str(tenant)]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(done.stderr)
    before, most = done.stdout.split()[-2:]
    return round(int(most) / 1024, 1), round(int(before) / 1024, 1)


def main(work: str, database_url: str, redis_url: str, tenant: int) -> None:
    """Does the work as a worker of jobs or of the site does, and says the peak."""
    registry = Registry.load()
    before = peak()
    if work == EVALUATING:
        engine = create_engine(database_url)
        with scope(engine, tenant) as session:
            asked = request_evaluation(
                session, Actor(account_id=1, name="đo", role=Role.TENANT_ADMIN, tenant_id=tenant), YEAR
            )
        Desk(engine, registry).do(asked.outbox_id)
        with scope(engine, tenant) as session:
            state = session.scalars(select(Job.state).order_by(Job.id.desc())).first()
        if state != "done":
            raise AssertionError(f"the evaluation is {state}")
    else:
        settings = browsing.settings_over(HERE, database_url, database_url, redis_url)
        with browsing.opened(settings, registry, tenant) as site:
            for turn in range(TURNS):
                for page in browsing.PAGES:
                    site.open(page, turn)
    print(before, peak())  # noqa: T201 - what the caller reads


def peak() -> int:
    """The most memory this process held, in kB, as the system counts it."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    if found is None:
        raise AssertionError("this system does not say")
    return int(found[1])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
