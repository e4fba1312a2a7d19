"""What row-level security costs the hot queries, against the same queries with the committee written in."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import LiteralString

import psycopg

from benchmarks.measuring import Measured, Recipe, compare
from bontot import embedded
from bontot.db import migrate

GOAL = 1.2
CELLS, MEMBERS, MEETINGS = 22, 1_000, 12
FULL, QUICK = 150, 20

LOAD: tuple[LiteralString, ...] = (
    "INSERT INTO organisation (tenant_id, id, founded_on)"
    " SELECT %(t)s, c, '2015-01-01' FROM generate_series(1, %(cells)s) c",
    "INSERT INTO member (tenant_id, id, full_name, sort_key, search_key) SELECT %(t)s, m, 'Nguyễn Văn ' || m,"
    " lpad((m * 7919 %% 100000)::text, 6, '0'), 'nguyen van ' || m FROM generate_series(1, %(members)s) m",
    "INSERT INTO membership (tenant_id, member_id, organisation_id, valid_from)"
    " SELECT %(t)s, m, 1 + m %% %(cells)s, '2015-01-01' FROM generate_series(1, %(members)s) m",
    "INSERT INTO meeting (tenant_id, id, organisation_id, year, kind, held_on)"
    " SELECT %(t)s, c * 100 + n, c, 2023, 'regular', make_date(2023, n, 3)"
    " FROM generate_series(1, %(cells)s) c, generate_series(1, %(meetings)s) n",
    "INSERT INTO attendance (tenant_id, year, meeting_id, member_id, mark)"
    " SELECT %(t)s, 2023, t.id, s.member_id, 1 + (s.member_id + t.id) %% 7 / 6"
    " FROM meeting t JOIN membership s ON s.tenant_id = t.tenant_id AND s.organisation_id = t.organisation_id"
    " WHERE t.tenant_id = %(t)s",
)


@dataclass(frozen=True)
class Query:
    """A hot query; `{x}` stands where the floor names the committee for alias `x`."""

    what: str
    text: LiteralString
    aliases: tuple[LiteralString, ...]


QUERIES = (
    Query(
        "the first page of a committee's members by name",
        "SELECT m.id, m.full_name FROM member m WHERE true {m} ORDER BY m.sort_key LIMIT 50",
        ("m",),
    ),
    Query(
        "the roll of one cell on a day",
        "SELECT s.member_id, p.full_name FROM membership s JOIN member p ON p.tenant_id = s.tenant_id AND p.id = s.member_id"
        " WHERE s.organisation_id = 5 AND s.valid_from <= '2023-05-03'"
        " AND (s.valid_to IS NULL OR s.valid_to > '2023-05-03') {s} {p}",
        ("s", "p"),
    ),
    Query(
        "a committee's attendance of the year, by cell",
        "SELECT t.organisation_id, count(*) FILTER (WHERE a.mark = 1), count(*)"
        " FROM meeting t JOIN attendance a ON a.tenant_id = t.tenant_id AND a.year = t.year AND a.meeting_id = t.id"
        " WHERE a.year = 2023 {t} {a} GROUP BY t.organisation_id",
        ("t", "a"),
    ),
    Query(
        "one member's attendance of the year",
        "SELECT a.meeting_id, a.mark FROM attendance a WHERE a.member_id = 77 AND a.year = 2023 {a}",
        ("a",),
    ),
)


def run(quick: bool) -> Iterator[Measured]:
    """Loads many committees and times each query in the middle one."""
    tenants = QUICK if quick else FULL
    with tempfile.TemporaryDirectory() as folder, embedded.start(Path(folder), durable=False) as servers:
        migrate.upgrade(servers.owner_url)
        with psycopg.connect(servers.superuser_url, autocommit=True) as floor:
            load(floor, tenants)
            with psycopg.connect(servers.database_url, autocommit=True) as product:
                yield from compared(product, floor, tenants // 2)


def load(connection: psycopg.Connection, tenants: int) -> None:
    """Fills the tables of every committee alike."""
    for tenant in range(1, tenants + 1):
        connection.execute(
            "INSERT INTO tenant (code, name) VALUES (%s, %s)", (f"t{tenant}", f"Đảng bộ {tenant}")
        )
        for statement in LOAD:
            connection.execute(
                statement, {"t": tenant, "cells": CELLS, "members": MEMBERS, "meetings": MEETINGS}
            )
    connection.execute("VACUUM ANALYZE")


def compared(product: psycopg.Connection, floor: psycopg.Connection, tenant: int) -> Iterator[Measured]:
    """Each query in turn under the policy and with the committee written in, in one transaction of each."""
    product.autocommit = floor.autocommit = False
    product.execute("SELECT set_config('app.tenant_id', %s, true)", (str(tenant),))
    for query in QUERIES:
        guarded = query.text.format_map(dict.fromkeys(query.aliases, ""))
        written = query.text.format_map(
            {alias: f"AND {alias}.tenant_id = {tenant}" for alias in query.aliases}
        )
        if sorted(ask(product, guarded)) != sorted(ask(floor, written)):
            raise AssertionError(f"the two answers differ: {query.what}")
        yield compare(query.what, partial(ask, product, guarded), partial(ask, floor, written), GOAL)


def ask(connection: psycopg.Connection, text: str) -> list[tuple[object, ...]]:
    """The rows of a query; its values are part of the text."""
    return connection.execute(text.encode()).fetchall()


RECIPE = Recipe("security", "Bảo vệ theo dòng không làm chậm các câu hỏi thường dùng", run)
