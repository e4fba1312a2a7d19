"""Figures of the running site: how long its pages take, and how much work waits. Counted by endpoint, never by address or
person (safety rule 32)."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request
from sqlalchemy import Engine, text

from bontot.db.tenancy import PLATFORM, scope

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Where the processes of one site put their figures together, in the name the library reads."""
BOUNDS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_KEY, _ENDPOINT = "bontot.measures", "bontot.endpoint"
_METHODS = frozenset({"GET", "HEAD", "POST"})

_WORK = text("""
SELECT count(*) FILTER (WHERE failed_at IS NULL AND (leased_until IS NULL OR leased_until < now())),
       count(*) FILTER (WHERE failed_at IS NULL AND leased_until >= now()),
       count(*) FILTER (WHERE failed_at IS NOT NULL),
       coalesce(extract(epoch FROM now() - min(created_at) FILTER (WHERE failed_at IS NULL)), 0)
FROM outbox WHERE done_at IS NULL
""")


def share(folder: Path) -> None:
    """Names the folder in which this site's processes put their figures together, emptied of an earlier run's. To be called
    before any of them is started."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    os.environ[FOLDER] = str(folder)


def forget_process(number: int) -> None:
    """Closes what a process that ended had counted as going on."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(number)  # type: ignore[no-untyped-call]


def install(app: Flask) -> None:
    """Times every request from its first byte to the answer."""
    from prometheus_client import CollectorRegistry, Histogram  # here: it reads FOLDER when it is imported

    own = CollectorRegistry()
    seconds = Histogram(
        "bontot_request_seconds",
        "Seconds a request took, by endpoint, method and status.",
        ("endpoint", "method", "status"),
        buckets=BOUNDS,
        registry=own,
    )
    app.extensions[_KEY] = own
    inner = app.wsgi_app

    def timed(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        began, said = time.perf_counter(), ["500"]

        def start(status: str, *rest: Any) -> Any:  # noqa: ANN401 - as WSGI has it
            said[0] = status[:3]
            return start_response(status, *rest)

        try:
            return inner(environ, start)
        finally:
            method = environ["REQUEST_METHOD"]
            labels = environ.get(_ENDPOINT, ""), method if method in _METHODS else "other", said[0]
            seconds.labels(*labels).observe(time.perf_counter() - began)

    app.wsgi_app = timed  # type: ignore[method-assign]

    @app.after_request
    def name(response: Response) -> Response:
        request.environ[_ENDPOINT] = request.endpoint or ""
        return response


def exposition(app: Flask, engine: Engine) -> tuple[bytes, str]:
    """The figures as Prometheus reads them, and their content type."""
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    gathered: CollectorRegistry = app.extensions[_KEY]
    if FOLDER in os.environ:
        gathered = CollectorRegistry()
        MultiProcessCollector(gathered)  # type: ignore[no-untyped-call]
    work = CollectorRegistry()
    work.register(_Work(engine))
    return generate_latest(gathered) + generate_latest(work), CONTENT_TYPE_LATEST


class _Work:
    """What waits, read when it is asked."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.core import GaugeMetricFamily

        with scope(self._engine, PLATFORM) as session:
            waiting, running, failed, oldest = session.execute(_WORK).one()
        work = GaugeMetricFamily("bontot_work", "Pieces of work not done, by state.", labels=["state"])
        for state, count in (("waiting", waiting), ("running", running), ("failed", failed)):
            work.add_metric([state], count)
        yield work
        yield GaugeMetricFamily(
            "bontot_work_oldest_seconds", "Age of the oldest piece of work not done.", value=float(oldest)
        )
