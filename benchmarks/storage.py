"""What a row of attendance and a verdict take on disk, all indexes included, beside a row or an object a criterion."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
from sqlalchemy import create_engine

from benchmarks import committees
from benchmarks.committees import AS_OF, DISTRICT, WARD, YEAR
from benchmarks.measuring import Measured, Recipe
from bontot import embedded
from bontot.db import migrate
from bontot.db.tenancy import TenantSession, scope
from bontot.evaluation.runs import RunHeader, every_verdict
from bontot.evaluation.whole import evaluate
from bontot.registry import Registry

ATTENDANCE_GOAL, VERDICT_GOAL = 150, 32
RUNS = 2
BARE_ATTENDANCE = 4 + 2 + 2 + 8 + 8
"""The columns of a mark, by themselves: committee, year, mark, meeting, member."""

# The same verdicts as others would keep them: a row a criterion, and an object a subject.
PEERS = (
    "CREATE TABLE by_criterion (tenant_id int, run_id bigint, subject_id bigint, criterion text, outcome text,"
    " part bigint, whole bigint, threshold numeric, PRIMARY KEY (tenant_id, run_id, subject_id, criterion))",
    "CREATE TABLE by_object (tenant_id int, run_id bigint, subject_id bigint, found jsonb,"
    " PRIMARY KEY (tenant_id, run_id, subject_id))",
)
_OBJECTS = (
    "INSERT INTO by_object SELECT tenant_id, run_id, subject_id,"
    " jsonb_agg(to_jsonb(c) - ARRAY['tenant_id', 'run_id', 'subject_id'])"
    " FROM by_criterion AS c GROUP BY tenant_id, run_id, subject_id"
)


def run(quick: bool) -> Iterator[Measured]:
    """Loads a district (quick: a ward), judges it twice and looks at the sizes."""
    with tempfile.TemporaryDirectory() as folder, embedded.start(Path(folder), durable=False) as servers:
        migrate.upgrade(servers.owner_url)
        registry, engine = Registry.load(), create_engine(servers.database_url)
        with psycopg.connect(servers.superuser_url, autocommit=True) as connection:
            tenant = committees.load(connection, registry, WARD if quick else DISTRICT)
            for _ in range(RUNS):
                with scope(engine, tenant) as session:
                    (header,) = evaluate(session, registry, year=YEAR, as_of=AS_OF, by="đo")
            yield _attendance(connection)
            with scope(engine, tenant) as session:
                yield from _verdicts(connection, header, _peer_rows(session, header))
            engine.dispose()


def _attendance(connection: psycopg.Connection) -> Measured:
    rows = _number(connection, "SELECT count(*) FROM attendance")
    each = round(_size(connection, f"attendance_{YEAR}") / rows, 1)
    return Measured(
        f"một dòng điểm danh, {rows:n} dòng",
        each,
        BARE_ATTENDANCE,
        each,
        ATTENDANCE_GOAL,
        "",
        "byte",
        " byte",
    )


def _peer_rows(session: TenantSession, header: RunHeader) -> list[tuple[object, ...]]:
    """Every stored finding of a run: subject, criterion, outcome, the two integers and what was asked."""
    return [
        (row.subject_id, line.key, outcome.name, part, whole, line.figure and line.figure.value)
        for number, scheme in enumerate(header.rules.schemes)
        for row in every_verdict(session, header, number)
        for line, outcome, part, whole in zip(scheme.lines, row.outcomes, row.parts, row.wholes, strict=True)
    ]


def _verdicts(
    connection: psycopg.Connection, header: RunHeader, peers: list[tuple[object, ...]]
) -> Iterator[Measured]:
    """Bytes by criterion judged; the counts shown beside a criterion are stored too, and not counted."""
    criteria = [sum(line.evidence_of is None for line in scheme.lines) for scheme in header.rules.schemes]
    rows = dict(connection.execute("SELECT scheme, count(*) FROM verdict GROUP BY scheme").fetchall())
    verdicts = sum(number * criteria[scheme] for scheme, number in rows.items())
    bare = round(_number(connection, "SELECT sum(length(findings)) FROM verdict") / verdicts, 1)
    rules = _number(connection, "SELECT sum(pg_column_size(rules)) FROM evaluation_run")
    own = _size(connection, "verdict") + rules
    each = round(own / verdicts, 1)
    what = f"một kết quả với quy định của lần đánh giá, {verdicts:n} kết quả"
    yield Measured(what, each, bare, each, VERDICT_GOAL, "", "byte", " byte")
    for statement in PEERS:
        connection.execute(statement.encode())
    columns = "tenant_id, run_id, subject_id, criterion, outcome, part, whole, threshold"
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY by_criterion ({columns}) FROM STDIN".encode()) as copy,
    ):
        for row in peers:
            copy.write_row((1, header.id, *row))
    connection.execute(_OBJECTS)
    kept = own / (RUNS * len(peers))
    for table, words in (
        ("by_criterion", "một dòng mỗi tiêu chí"),
        ("by_object", "một đối tượng JSON mỗi người"),
    ):
        peer = _size(connection, table) / len(peers)
        yield Measured(
            f"mỗi dòng tiêu chí, so với {words}",
            round(kept, 1),
            round(peer, 1),
            round(peer / kept, 1),
            None,
            "",
            "byte",
        )


def _size(connection: psycopg.Connection, table: str) -> int:
    return _number(connection, f"SELECT pg_total_relation_size('{table}')")


def _number(connection: psycopg.Connection, query: str) -> int:
    found = connection.execute(query.encode()).fetchone()
    return int(found[0]) if found else 0


RECIPE = Recipe("storage", "Dung lượng một dòng điểm danh và một kết quả, kể cả chỉ mục", run)
