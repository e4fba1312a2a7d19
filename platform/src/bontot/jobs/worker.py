"""The process that does the work that waits."""

from __future__ import annotations

import threading

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy.exc import SQLAlchemyError
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


def _keep_sweeping(settings: Settings, ended: threading.Event) -> None:
    engine = open_engine(settings.database_url, poolclass=NullPool)
    redis = Redis.from_url(settings.redis_url, socket_timeout=SWEEP_EVERY)
    while not ended.wait(SWEEP_EVERY):
        try:
            begin_rounds(engine, by_mail=settings.mail is not None)
            for work in begin_due(engine):
                wake(redis, work)
            with scope(engine, PLATFORM) as session:
                sweep(redis, session.connection())
        except (RedisError, SQLAlchemyError) as error:
            log.warning("sweep_failed", error=type(error).__name__)
