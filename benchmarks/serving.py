"""What the recipes of the site share: a committee served by the product, and the same rows by a bare WSGI function."""

from __future__ import annotations

import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from flask import Flask
from sqlalchemy import create_engine
from werkzeug.test import EnvironBuilder, run_wsgi_app

from benchmarks import committees
from benchmarks.committees import DISTRICT, WARD
from benchmarks.measuring import Measured, compare, middle
from bontot import embedded
from bontot.access import Role
from bontot.db import migrate
from bontot.db.tenancy import PLATFORM, scope
from bontot.registry import Registry
from bontot.services.accounts import create_account, grant_role
from bontot.settings import Settings
from bontot.web import create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SIZE, GOAL, TAIL = 50, 3, 4
WARM, REPEATS, ROUNDS = 30, 40, 9
LATENCIES, FEW = 2_000, 400


@dataclass(frozen=True, slots=True)
class Served:
    """The product over a committee, its administrator's account, and a connection for whoever does without the product."""

    app: Flask
    settings: Settings
    tenant: int
    account: int
    bare: psycopg.Connection


@contextmanager
def served(quick: bool) -> Iterator[Served]:
    """A district (quick: a ward) behind the product in this process."""
    with tempfile.TemporaryDirectory() as folder, embedded.start(Path(folder), durable=False) as servers:
        migrate.upgrade(servers.owner_url)
        engine = create_engine(servers.database_url)
        with psycopg.connect(servers.superuser_url, autocommit=True) as owner:
            tenant = committees.load(owner, Registry.load(), WARD if quick else DISTRICT)
        with scope(engine, PLATFORM) as session:
            account = create_account(session, "do", "Người đo", "mật khẩu chỉ để đo").id
        with scope(engine, tenant) as session:
            grant_role(session, account, Role.TENANT_ADMIN, valid_from=committees.AS_OF)
        engine.dispose()
        settings = Settings(
            hosted=False,
            data_dir=Path(folder),
            database_url=servers.database_url,
            owner_url=None,
            redis_url=servers.redis_url,
            secret_key=secrets.token_urlsafe(32),
        )
        with psycopg.connect(servers.database_url) as bare:
            yield Served(create_app(settings), settings, tenant, account, bare)


def asking(app: WSGIApplication, path: str, *readers: dict[str, str]) -> Callable[[], bytes]:
    """Asks for an address as a server would, as each reader in turn: the answer's content. Raises where it is no 200."""
    environs = cycle(
        [EnvironBuilder(path=path, headers=headers).get_environ() for headers in readers or ({},)]
    )

    def ask() -> bytes:
        parts, status, _ = run_wsgi_app(app, dict(next(environs)))
        content = b"".join(parts)
        if not status.startswith("200"):
            raise AssertionError(status, content[:500])
        return content

    return ask


def function_of(answer: Callable[[WSGIEnvironment], bytes], kind: str) -> WSGIApplication:
    """A bare WSGI function."""

    def serve(environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        content = answer(environ)
        start("200 OK", [("Content-Type", kind), ("Content-Length", str(len(content)))])
        return [content]

    return serve


def rows_of(connection: psycopg.Connection, statement: str, binds: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement that names its committee itself, in a transaction of its own."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.tenant_id', %(tenant)s, true)", {"tenant": str(binds["tenant"])}
        )
        return cursor.execute(statement.encode(), binds).fetchall()


def measured(
    what: str, product: Callable[[], bytes], floor: Callable[[], bytes], quick: bool
) -> Iterator[Measured]:
    """The processor's time of both in turn, and how even the product's answers are."""
    for _ in range(WARM):
        product(), floor()
    yield compare(
        what,
        product,
        floor,
        GOAL,
        repeats=REPEATS,
        rounds=ROUNDS,
        clock=time.process_time,
        note="thời gian bộ xử lý của tiến trình phục vụ",
    )
    times = sorted(_wall(product) for _ in range(FEW if quick else LATENCIES))
    middle_, last = times[len(times) // 2], times[int(len(times) * 0.99)]
    yield Measured(
        what=f"{what}: p99 so với p50",
        product=middle([last]),
        floor=middle([middle_]),
        ratio=round(last / middle_, 2),
        goal=TAIL,
        note="một tiến trình, lần lượt",
    )


def _wall(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1000
