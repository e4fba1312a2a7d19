"""What row-level security costs every hot query, against the same query with the committee written in.

The queries are those that the pages and an evaluation really ask, as they are heard on their way to the database. The floor
asks the same text with the same settings, but each table of a committee is a view of it `WHERE tenant_id = …`, which the
planner takes apart, and who asks is under no policy.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from benchmarks import browsing, committees
from benchmarks.committees import AS_OF, YEAR, Size
from benchmarks.measuring import Measured, Recipe, compare, repeats_of
from bontot import embedded
from bontot.db import migrate, roles
from bontot.db.tenancy import scope, tenant_tables
from bontot.evaluation.whole import evaluate
from bontot.registry import Registry
from bontot.testing.heard import Statement, heard
from bontot.testing.query_plans import EXPLAIN, nodes

GOAL = 1.2
FULL, QUICK = (60, Size(22, 30)), (8, Size(4, 10))
"""How many committees beside each other, and of which size."""
ROUNDS, AGAIN = 5, 9
EVALUATION = "đánh giá cả năm"
FOR_RLS = "enable_"
"""Settings that only make up for what row-level security keeps from the planner."""


@dataclass
class Asked:
    """What is asked on one occasion: its queries, each with the settings in force for it."""

    what: str
    queries: list[tuple[Statement, tuple[Statement, ...]]] = field(default_factory=list)


def run(quick: bool) -> Iterator[Measured]:
    """Loads many committees, hears what is asked in the middle one, and asks it in turn both ways."""
    number, size = QUICK if quick else FULL
    with tempfile.TemporaryDirectory() as folder, embedded.start(Path(folder), durable=False) as servers:
        migrate.upgrade(servers.owner_url)
        registry = Registry.load()
        settings = browsing.settings_over(
            Path(folder), servers.database_url, servers.owner_url, servers.redis_url
        )
        with psycopg.connect(servers.superuser_url, autocommit=True) as floor:
            tenants = [
                committees.load(floor, registry, size, f"t{place}", last=place == number, checked=place == 1)
                for place in range(1, number + 1)
            ]
            tenant = tenants[number // 2]
            with browsing.opened(settings, registry, tenant) as site:
                asked = list(hot(site, registry))
            floor.execute("VACUUM ANALYZE")
            write_in(floor, tenant)
            with psycopg.connect(servers.database_url) as product:
                yield from compared(product, floor, tenant, asked)


def hot(site: browsing.Site, registry: Registry) -> Iterator[Asked]:
    """What an evaluation and every page ask; a query is of the first that asks it."""
    known: set[str] = set()
    with heard(site.engine) as sent, scope(site.engine, site.tenant) as session:
        evaluate(session, registry, year=YEAR, as_of=AS_OF, by="đo")
    yield asked_of(EVALUATION, sent, known)
    for page in browsing.PAGES:
        site.open(page, 0)
        with heard(site.engine) as sent:
            site.open(page, 1)
        yield asked_of(page.what, sent, known)


def asked_of(what: str, sent: Sequence[Statement], known: set[str]) -> Asked:
    """The queries among what was sent that are not `known` yet, each with the settings made for it before."""
    asked, settings = Asked(what), list[Statement]()
    for one in sent:
        if "set_config" in one.text:
            settings = [] if "app.tenant_id" in one.text else [*settings, one]
        elif _reads(one.text) and one.text not in known:
            known.add(one.text)
            asked.queries.append((one, tuple(settings)))
    return asked


def _reads(statement: str) -> bool:
    """Whether it reads and nothing else."""
    locks = ("FOR UPDATE", "FOR NO KEY", "FOR SHARE", "FOR KEY", "advisory", "EXPLAIN")
    return statement.lstrip().startswith(("SELECT", "WITH")) and not any(word in statement for word in locks)


def write_in(owner: psycopg.Connection, tenant: int) -> None:
    """A view of every table with the committee written in, found before the table by this connection; which is otherwise as
    the application's are."""
    owner.execute("CREATE SCHEMA written")
    for table in tenant_tables():
        view = sql.SQL("CREATE VIEW written.{0} AS SELECT * FROM public.{0} WHERE tenant_id = {1}")
        owner.execute(view.format(sql.Identifier(table), sql.Literal(tenant)))
    owner.execute("SET search_path = written, public")
    for setting, value in (roles.SETTINGS[roles.APP] | {"timezone": roles.TIMEZONE}).items():
        owner.execute(sql.SQL("SET {} = {}").format(sql.Identifier(setting), sql.Literal(value)))


def compared(
    product: psycopg.Connection, floor: psycopg.Connection, tenant: int, asked: Sequence[Asked]
) -> Iterator[Measured]:
    """Each occasion with all its queries; and by itself every query that stays above the goal when measured again."""
    floor.autocommit = False
    slow: list[Measured] = []
    for occasion in asked:
        found, others, unasked = [], 0, 0
        for query, settings in occasion.queries:
            for connection in (product, floor):
                connection.execute("SELECT set_config('app.tenant_id', %s, true)", (str(tenant),))
            for one in settings:
                product.execute(one.text.encode(), one.binds)
                if FOR_RLS not in one.text:
                    floor.execute(one.text.encode(), one.binds)
            try:
                result = measure(product, floor, query, occasion.what)
                other = planned(product, query) != planned(floor, query)
            except psycopg.errors.GroupingError:  # a view has no key that a query could group by
                unasked += 1
                continue
            finally:
                for connection in (product, floor):
                    connection.rollback()
            found.append(result)
            others += other
            said = replace(result, note="kế hoạch thực hiện khác" if other else "cùng kế hoạch thực hiện")
            slow += [] if result.reached else [said]
        if found:
            yield summed(occasion.what, found, others, unasked)
    yield from slow


def measure(product: psycopg.Connection, floor: psycopg.Connection, query: Statement, what: str) -> Measured:
    """One query in turn both ways; with more rounds where the first say that it is too slow."""
    if not same(product, floor, query):
        raise AssertionError(f"the two answers differ: {query.text}")
    ways = partial(ask, product, query), partial(ask, floor, query)
    repeats = repeats_of(ways[1])
    words = f"{what}: {' '.join(query.text.split())[:90]}"
    first = compare(words, *ways, GOAL, repeats=repeats, rounds=ROUNDS)
    return first if first.reached else compare(words, *ways, GOAL, repeats=repeats, rounds=AGAIN)


def summed(what: str, found: Sequence[Measured], others: int, unasked: int) -> Measured:
    """All queries of an occasion together, with how many of them are gone about otherwise, and how many more there are."""
    product, floor = (
        round(sum(ms), 3) for ms in zip(*((one.product, one.floor) for one in found), strict=True)
    )
    middle = statistics.median(one.ratio for one in found)
    note = (
        f"trung vị mỗi câu {middle:n}×; {others} câu có kế hoạch thực hiện khác; {unasked} câu không đo được"
    )
    ratio = round(product / floor, 2)
    return Measured(f"{what}: {len(found)} câu hỏi", product, floor, ratio, GOAL, note)


def ask(connection: psycopg.Connection, query: Statement) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    return connection.execute(query.text.encode(), query.binds).fetchall()


def same(product: psycopg.Connection, floor: psycopg.Connection, query: Statement) -> bool:
    """Whether both give the same rows, in whatever order."""
    one, other = (sorted(map(repr, ask(connection, query))) for connection in (product, floor))
    return one == other


def planned(connection: psycopg.Connection, query: Statement) -> list[tuple[str, str, str]]:
    """The nodes of its plan."""
    answer = connection.execute((EXPLAIN + query.text).encode(), query.binds).fetchone()
    return list(nodes(answer[0])) if answer else []


RECIPE = Recipe("security", "Bảo vệ theo dòng không làm chậm các câu hỏi thường dùng", run)
