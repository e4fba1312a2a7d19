"""One piece of work, done once however often it is asked for.

A row of the outbox is claimed with a lease that is renewed while the work goes on; its effects, the job's end and the
row's end are one transaction. So a second delivery finds it taken or done, and a worker that dies leaves nothing half-done
but a lease that runs out. A worker that lost its lease (the database was out of its reach for that long) may not end the
work: another has begun it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import structlog
from rq.timeouts import BaseTimeoutException
from sqlalchemy import Engine, create_engine, func, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from bontot.db.models import Job, Outbox
from bontot.db.tenancy import PLATFORM, TenantSession, scope
from bontot.errors import BontotError
from bontot.evaluation.runs import Progress
from bontot.jobs import evaluation, letters, papers, reminders, sheets, trials
from bontot.jobs.outbox import LEASE, RENEW
from bontot.registry import Registry
from bontot.settings import MailServer, Settings

MOST_ATTEMPTS = 3
PAUSE = 10.0
"""Seconds before a failed piece of work is tried again, times its attempts."""
TOLD_EVERY = 0.25
"""Seconds between two words of progress."""
GAVE_UP = (
    "Việc này gặp lỗi ba lần liên tiếp nên đã dừng. Hồ sơ chưa bị thay đổi; xin báo người vận hành hệ thống."
)

Perform = Callable[[TenantSession, Registry, Job, Progress], dict[str, Any]]
DOING: Mapping[str, Perform] = {
    evaluation.KIND: evaluation.perform,
    trials.KIND: trials.perform,
    reminders.KIND: reminders.perform,
    papers.KIND: papers.perform,
    sheets.KIND: sheets.perform,
}
Effect = Callable[[Engine, int, MailServer | None], dict[str, Any]]
"""What reaches outside the records: it is given the committee's number and makes its own short transactions, so that none is
open while it waits for the network (safety rule 17)."""
EFFECTS: Mapping[str, Effect] = {letters.KIND: letters.send_waiting}

log = structlog.get_logger()

_CLAIM = text("""
UPDATE outbox SET leased_until = now() + make_interval(secs => :lease), attempts = attempts + 1
WHERE id = (SELECT id FROM outbox
            WHERE id = :outbox AND done_at IS NULL AND failed_at IS NULL
              AND (leased_until IS NULL OR leased_until < now())
            FOR UPDATE SKIP LOCKED)
RETURNING tenant_id, job_id, attempts
""")


_RENEW = text("""
UPDATE outbox SET leased_until = now() + make_interval(secs => :lease)
WHERE id = :outbox AND attempts = :attempts AND done_at IS NULL AND failed_at IS NULL
""")


class _LeaseLost(Exception):
    """Somebody else took the work up meanwhile; what was done here is undone."""


def work(outbox_id: int) -> None:
    """What RQ calls, with an id and nothing else."""
    _desk().do(outbox_id)


@dataclass(frozen=True)
class Desk:
    """Where work is done: the records and the plans. `doing`, `pause` and `renew` are there to be changed in tests."""

    engine: Engine
    registry: Registry
    doing: Mapping[str, Perform] = field(default_factory=lambda: DOING)
    pause: float = PAUSE
    renew: float = RENEW
    mail: MailServer | None = None

    def do(self, outbox_id: int) -> bool:
        """Does the work unless somebody else does or did it; whether it was ours to do."""
        claim = self._claim(outbox_id)
        if claim is None:
            return False
        tenant_id, job_id, attempts = claim
        try:
            self._attempt(outbox_id, tenant_id, job_id, attempts)
        except _LeaseLost:
            log.warning("lease_lost", tenant=tenant_id, job=job_id, attempt=attempts)
        return True

    def _attempt(self, outbox_id: int, tenant_id: int, job_id: int, attempts: int) -> None:
        if attempts > MOST_ATTEMPTS:  # the earlier ones ended with their whole process
            self._fail(outbox_id, tenant_id, job_id, attempts, GAVE_UP)
            return
        try:
            with self._holding(outbox_id, attempts):
                self._perform(outbox_id, tenant_id, job_id, attempts)
        except _LeaseLost:
            raise
        except BontotError as error:
            self._fail(outbox_id, tenant_id, job_id, attempts, str(error))
        except (Exception, BaseTimeoutException) as error:  # noqa: BLE001 - whatever it is, the row must not be lost
            log.warning(
                "job_failed", tenant=tenant_id, job=job_id, attempt=attempts, error=type(error).__name__
            )
            if attempts >= MOST_ATTEMPTS:
                self._fail(outbox_id, tenant_id, job_id, attempts, GAVE_UP)
            else:
                self._release(outbox_id, tenant_id, job_id, attempts)

    def _claim(self, outbox_id: int) -> tuple[int, int, int] | None:
        with scope(self.engine, PLATFORM) as session:
            row = session.execute(_CLAIM, {"outbox": outbox_id, "lease": LEASE}).first()
        return None if row is None else (row[0], row[1], row[2])

    @contextmanager
    def _holding(self, outbox_id: int, attempts: int) -> Iterator[None]:
        """Renews the lease until the work is over, however it ends."""
        over = threading.Event()

        def renew() -> None:
            while not over.wait(self.renew):
                try:
                    with scope(self.engine, PLATFORM) as session:
                        session.execute(_RENEW, {"outbox": outbox_id, "attempts": attempts, "lease": LEASE})
                except SQLAlchemyError as error:
                    log.warning("lease_not_renewed", error=type(error).__name__)

        renewing = threading.Thread(target=renew, daemon=True)
        renewing.start()
        try:
            yield
        finally:
            over.set()
            renewing.join()

    def _perform(self, outbox_id: int, tenant_id: int, job_id: int, attempts: int) -> None:
        begun = {"state": "running", "started_at": func.now(), "message": None}
        with scope(self.engine, tenant_id) as session:
            starting = update(Job).where(Job.id == job_id).values(begun).returning(Job.kind)
            kind = session.execute(starting).scalar_one()
        effect = EFFECTS.get(kind)
        reached = effect(self.engine, tenant_id, self.mail) if effect else {}
        telling = _Telling(self.engine, tenant_id, job_id)
        with scope(self.engine, tenant_id) as session:
            job = session.scalars(select(Job).where(Job.id == job_id)).one()
            result = reached if effect else self.doing[kind](session, self.registry, job, telling)
            done = {"state": "done", "result": result, "doing": None, "progress": telling.total}
            session.execute(update(Job).where(Job.id == job_id).values(finished_at=func.now(), **done))
            _settle(session, outbox_id, attempts, done_at=func.now())

    def _release(self, outbox_id: int, tenant_id: int, job_id: int, attempts: int) -> None:
        """Back to waiting until a pause is over."""
        again = func.now() + func.make_interval(0, 0, 0, 0, 0, 0, self.pause * attempts)
        with scope(self.engine, tenant_id) as session:
            session.execute(
                update(Job)
                .where(Job.id == job_id)
                .values(state="waiting", message=f"Thử lại lần {attempts + 1}.")
            )
            _settle(session, outbox_id, attempts, leased_until=again)

    def _fail(self, outbox_id: int, tenant_id: int, job_id: int, attempts: int, message: str) -> None:
        with scope(self.engine, tenant_id) as session:
            ended = {"state": "failed", "message": message, "doing": None}
            session.execute(update(Job).where(Job.id == job_id).values(finished_at=func.now(), **ended))
            _settle(session, outbox_id, attempts, failed_at=func.now())


def _settle(session: TenantSession, outbox_id: int, attempts: int, **values: object) -> None:
    """Writes how an attempt ended, with the rest of its transaction. Raises _LeaseLost when another has begun since."""
    ours = (Outbox.id == outbox_id, Outbox.attempts == attempts)
    still_open = (Outbox.done_at.is_(None), Outbox.failed_at.is_(None))
    settled = update(Outbox).where(*ours, *still_open).values(**values).returning(Outbox.id)
    if session.execute(settled).first() is None:
        raise _LeaseLost


class _Telling:
    """Progress written in transactions of its own, so that a page sees it while the work's own is still open."""

    def __init__(self, engine: Engine, tenant_id: int, job_id: int) -> None:
        self._engine, self._tenant_id, self._job_id = engine, tenant_id, job_id
        self._told = 0.0
        self.total = 0

    def __call__(self, done: int, total: int, doing: str) -> None:
        self.total = total
        if time.monotonic() - self._told < TOLD_EVERY:
            return
        self._told = time.monotonic()
        with scope(self._engine, self._tenant_id) as session:
            session.execute(
                update(Job).where(Job.id == self._job_id).values(progress=done, total=total, doing=doing)
            )


@cache
def _desk() -> Desk:
    """This process's own, made at the first piece of work."""
    settings = Settings.from_environment()
    engine = create_engine(settings.database_url, hide_parameters=True)
    return Desk(engine, Registry.load(settings.plugins_off), mail=settings.mail)
