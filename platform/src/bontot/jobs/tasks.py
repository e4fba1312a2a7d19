"""One piece of work, done once however often it is asked for.

Whoever is woken takes up the piece whose turn it is (`turns`), with a lease that is renewed while the work goes on; its
effects, the job's end and the row's end are one transaction. So a second delivery finds it taken or done, and a worker that
dies leaves nothing half-done but a lease that runs out. A worker that lost its lease (the database was out of its reach for
that long), or whose work was stopped, may not end the work: another has begun it, or nobody wants it any more.
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
from sqlalchemy import ColumnElement, Engine, func, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from bontot.db.models import Job, Outbox
from bontot.db.pooling import open_engine
from bontot.db.tenancy import PLATFORM, TenantSession, scope
from bontot.errors import BontotError
from bontot.evaluation.runs import Progress
from bontot.failpoints import reach
from bontot.jobs import evaluation, importing, letters, papers, reminders, sheets, trials, turns, webhooks
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
    importing.KIND: importing.perform,
}
Effect = Callable[["Desk", int], dict[str, Any]]
"""What reaches outside the records: it is given the committee's number and makes its own short transactions, so that none is
open while it waits for the network (safety rule 17)."""
EFFECTS: Mapping[str, Effect] = {
    letters.KIND: lambda desk, tenant_id: letters.send_waiting(desk.engine, tenant_id, desk.mail),
    webhooks.KIND: lambda desk, tenant_id: webhooks.send_waiting(desk.engine, tenant_id, desk.signing),
}

log = structlog.get_logger()

_RENEW = text("""
UPDATE outbox SET leased_until = now() + make_interval(secs => :lease)
WHERE id = :outbox AND claims = :number AND done_at IS NULL AND failed_at IS NULL
""")


class _LeaseLost(Exception):
    """Somebody else took the work up meanwhile, or stopped it; what was done here is undone."""


def work(_: int) -> None:
    """What RQ calls, with the id of what it was woken for; what is done is what has its turn."""
    _desk().do_next()


@dataclass(frozen=True)
class Desk:
    """Where work is done: the records and the plans. `doing`, `pause`, `renew` and `told_every` are there to be changed in
    tests."""

    engine: Engine
    registry: Registry
    doing: Mapping[str, Perform] = field(default_factory=lambda: DOING)
    pause: float = PAUSE
    renew: float = RENEW
    told_every: float = TOLD_EVERY
    mail: MailServer | None = None
    signing: webhooks.Signing | None = None

    def do(self, outbox_id: int) -> bool:
        """Does the work unless somebody else does or did it; whether it was ours to do."""
        return self._do(turns.claim(self.engine, outbox_id)) is not None

    def do_next(self) -> int | None:
        """Does the one piece of work whose turn it is; its id, None when nothing waits."""
        return self._do(turns.claim_next(self.engine))

    def _do(self, claim: turns.Claim | None) -> int | None:
        if claim is None:
            return None
        try:
            self._attempt(claim)
        except _LeaseLost:
            log.warning("lease_lost", **_named(claim))
        return claim.outbox_id

    def _attempt(self, claim: turns.Claim) -> None:
        if claim.attempts > MOST_ATTEMPTS:  # the earlier ones ended with their whole process
            self._fail(claim, GAVE_UP)
            return
        try:
            with self._holding(claim):
                self._perform(claim)
        except _LeaseLost:
            raise
        except BontotError as error:
            self._fail(claim, str(error))
        except (Exception, BaseTimeoutException) as error:  # noqa: BLE001 - whatever it is, the row must not be lost
            log.warning("job_failed", **_named(claim), error=type(error).__name__)
            if claim.attempts >= MOST_ATTEMPTS:
                self._fail(claim, GAVE_UP)
            else:
                self._release(claim)

    @contextmanager
    def _holding(self, claim: turns.Claim) -> Iterator[None]:
        """Renews the lease until the work is over, however it ends."""
        over = threading.Event()

        def renew() -> None:
            while not over.wait(self.renew):
                try:
                    with scope(self.engine, PLATFORM) as session:
                        session.execute(
                            _RENEW, {"outbox": claim.outbox_id, "number": claim.number, "lease": LEASE}
                        )
                except SQLAlchemyError as error:
                    log.warning("lease_not_renewed", error=type(error).__name__)

        renewing = threading.Thread(target=renew, daemon=True)
        renewing.start()
        try:
            yield
        finally:
            over.set()
            renewing.join()

    def _perform(self, claim: turns.Claim) -> None:
        begun = {"state": "running", "started_at": func.now(), "message": None}
        with scope(self.engine, claim.tenant_id) as session:
            _keep(session, claim)
            starting = update(Job).where(Job.id == claim.job_id).values(begun).returning(Job.kind)
            kind = session.execute(starting).scalar_one()
            reach("begin.before_commit")
        reach("begin.after_commit")
        effect = EFFECTS.get(kind)
        reached = effect(self, claim.tenant_id) if effect else {}
        telling = _Telling(self, claim)
        with scope(self.engine, claim.tenant_id) as session:
            job = session.scalars(select(Job).where(Job.id == claim.job_id)).one()
            result = reached if effect else self.doing[kind](session, self.registry, job, telling)
            done = {"state": "done", "result": result, "doing": None, "progress": telling.total}
            # now() is when this transaction began, before all of the work
            over = func.clock_timestamp()
            _settle(session, claim, done_at=over)
            session.execute(update(Job).where(Job.id == claim.job_id).values(finished_at=over, **done))
            reach("end.before_commit")
        reach("end.after_commit")

    def _release(self, claim: turns.Claim) -> None:
        """Back to waiting until a pause is over."""
        again = func.now() + func.make_interval(0, 0, 0, 0, 0, 0, self.pause * claim.attempts)
        with scope(self.engine, claim.tenant_id) as session:
            _settle(session, claim, leased_until=None, not_before=again)
            waiting = {"state": "waiting", "message": f"Thử lại lần {claim.attempts + 1}."}
            session.execute(update(Job).where(Job.id == claim.job_id).values(waiting))
            reach("rest.before_commit")
        reach("rest.after_commit")

    def _fail(self, claim: turns.Claim, message: str) -> None:
        with scope(self.engine, claim.tenant_id) as session:
            ended = {"state": "failed", "message": message, "doing": None}
            _settle(session, claim, failed_at=func.now())
            session.execute(
                update(Job).where(Job.id == claim.job_id).values(finished_at=func.clock_timestamp(), **ended)
            )
            reach("fail.before_commit")
        reach("fail.after_commit")


def _named(claim: turns.Claim) -> dict[str, int]:
    """What a line of the log says of it."""
    return {"tenant": claim.tenant_id, "job": claim.job_id, "attempt": claim.attempts}


def _ours(claim: turns.Claim) -> list[ColumnElement[bool]]:
    """That nobody has taken the work up since, or ended it."""
    still_open = [Outbox.done_at.is_(None), Outbox.failed_at.is_(None)]
    return [Outbox.id == claim.outbox_id, Outbox.claims == claim.number, *still_open]


def _keep(session: TenantSession, claim: turns.Claim) -> None:
    """Holds the row until the transaction ends: before the job's own row, as whoever stops work does. Raises _LeaseLost when
    another has begun the work since, or somebody stopped it."""
    held = select(Outbox.id).where(*_ours(claim)).with_for_update()
    if session.execute(held).first() is None:
        raise _LeaseLost


def _settle(session: TenantSession, claim: turns.Claim, **values: object) -> None:
    """Writes how an attempt ended, with the rest of its transaction. Raises as `_keep`."""
    settled = update(Outbox).where(*_ours(claim)).values(**values).returning(Outbox.id)
    if session.execute(settled).first() is None:
        raise _LeaseLost


class _Telling:
    """Progress written in transactions of its own, so that a page sees it while the work's own is still open; and the moment
    at which work that was stopped finds out, and is undone whole."""

    def __init__(self, desk: Desk, claim: turns.Claim) -> None:
        self._desk, self._claim = desk, claim
        self._told = 0.0
        self.total = 0

    def __call__(self, done: int, total: int, doing: str) -> None:
        self.total = total
        if time.monotonic() - self._told < self._desk.told_every:
            return
        self._told = time.monotonic()
        with scope(self._desk.engine, self._claim.tenant_id) as session:
            _keep(session, self._claim)
            session.execute(
                update(Job)
                .where(Job.id == self._claim.job_id)
                .values(progress=done, total=total, doing=doing)
            )


def prepare() -> None:
    """Loads what the first piece of work would have to wait for."""
    _desk()


@cache
def _desk() -> Desk:
    """This process's own, made at the first piece of work."""
    settings = Settings.from_environment()
    engine = open_engine(settings.database_url)
    signing = webhooks.Signing(settings.secret_key)
    return Desk(engine, Registry.load(settings.plugins_off), mail=settings.mail, signing=signing)
