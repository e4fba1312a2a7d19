"""The process that does the work that waits."""

from __future__ import annotations

import threading
from functools import partial

import structlog
from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import Engine
from sqlalchemy.pool import NullPool

from bontot.db.pooling import open_engine
from bontot.db.tenancy import PLATFORM, scope
from bontot.jobs.daily import begin_rounds
from bontot.jobs.outbox import QUEUE, sweep, wake
from bontot.jobs.tasks import prepare
from bontot.jobs.webhooks import begin_due
from bontot.settings import Settings

SWEEP_EVERY = 5.0
"""Seconds between two looks for work that nobody was woken for."""

log = structlog.get_logger()


def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT, finishing the piece in hand.

    Work is done in this process: a fork costs about as much as judging a ward, and a piece that brings the process down
    is found again by its lease.
    """
    prepare()
    connection = Redis.from_url(settings.redis_url)  # RQ itself limits how long it waits
    ended = threading.Event()
    sweeper = threading.Thread(target=_keep_sweeping, args=(settings, ended), daemon=True)
    sweeper.start()
    try:
        queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)
        worker = SimpleWorker([queue], connection=connection, serializer=JSONSerializer)
        worker.work(logging_level="WARNING")
    finally:
        ended.set()
        sweeper.join(SWEEP_EVERY)


def look(engine: Engine, redis: Redis, *, by_mail: bool) -> None:
    """Asks once for what the clock brings and for messages that are due, and wakes workers for what waits. What fails of it
    is tried at the next look, and keeps nothing else from being done."""
    for do in (
        partial(begin_rounds, engine, by_mail=by_mail),
        partial(_tell, engine, redis),
        partial(_wake, engine, redis),
    ):
        try:
            do()
        except Exception as error:  # noqa: BLE001 - whatever it is, the clock must go on being looked at
            log.warning("sweep_failed", step=do.func.__name__, error=type(error).__name__)


def _keep_sweeping(settings: Settings, ended: threading.Event) -> None:
    engine = open_engine(settings.database_url, poolclass=NullPool)
    redis = Redis.from_url(settings.redis_url, socket_timeout=SWEEP_EVERY)
    while not ended.wait(SWEEP_EVERY):
        look(engine, redis, by_mail=settings.mail is not None)


def _tell(engine: Engine, redis: Redis) -> None:
    for work in begin_due(engine):
        wake(redis, work)


def _wake(engine: Engine, redis: Redis) -> None:
    with scope(engine, PLATFORM) as session:
        sweep(redis, session.connection())
