"""A committee's year judged and stored through the product, against only reading and writing the same.

The floor streams every SELECT of the evaluation to nowhere and the finished rows in, in the same database.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg
from sqlalchemy import Engine as Database
from sqlalchemy import create_engine

from benchmarks import committees
from benchmarks.committees import AS_OF, DISTRICT, PROVINCE, YEAR
from benchmarks.measuring import Measured, Recipe, Watch, middle, timed
from bontot import embedded
from bontot.db import migrate
from bontot.db.tenancy import scope
from bontot.evaluation.counting import Counting
from bontot.evaluation.engine import Engine
from bontot.evaluation.judgments import Judgments
from bontot.evaluation.narrowing import READ_EACH_ONCE
from bontot.evaluation.runs import RunHeader
from bontot.evaluation.whole import evaluate
from bontot.registry import Registry
from bontot.testing.heard import heard

FLOOR_GOAL, JUDGING_GOAL = 1.3, 3.0
ROUNDS = 5
NOT_FACTS = ("set_config", "pg_advisory", "evaluation_run")
"""What the product reads beside the facts."""

# Each round a hundredth of the marks are others.
VARY = "UPDATE attendance SET mark = 1 + (mark + %s) %% 4 WHERE (member_id + meeting_id) %% 100 = %s"
COPIED = "tenant_id, run_id, scheme, subject_id, outcome, findings"


@dataclass
class Product:
    """The evaluation through the product, with what it read and how long judging itself took: comparing and combining
    columns, without reading rows and bringing them into columns."""

    database: Database
    registry: Registry
    tenant: int
    reads: list[tuple[str, Any]] = field(default_factory=list)
    judging: Watch = field(default_factory=Watch)
    counting: Watch = field(default_factory=Watch)

    def evaluate(self) -> RunHeader:
        """One run, stored and committed."""
        self.judging, self.counting = Watch(), Watch()
        with ExitStack() as around:
            for owner, name, watch in (
                (Engine, "judge", self.judging),
                (Counting, "ask", self.counting),
                (Counting, "column", self.counting),
                (Judgments, "outcomes", self.counting),
                (Judgments, "points", self.counting),
            ):
                around.enter_context(patch.object(owner, name, _watched(getattr(owner, name), watch)))
            sent = around.enter_context(heard(self.database))
            with scope(self.database, self.tenant) as session:
                header = evaluate(session, self.registry, year=YEAR, as_of=AS_OF, by="đo")[0]
        self.reads = [(text.lstrip(), binds) for text, binds in sent if _reads_facts(text.lstrip())]
        return header


def _reads_facts(statement: str) -> bool:
    return statement.startswith(("SELECT", "WITH")) and not any(word in statement for word in NOT_FACTS)


def _watched(method: Callable[..., Any], watch: Watch) -> Callable[..., Any]:
    def timing(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever the method takes
        with watch.running():
            return method(*given, **named)

    return timing


def run(quick: bool) -> Iterator[Measured]:
    """Loads a province (quick: a district) and judges its year in turn with the floor."""
    with tempfile.TemporaryDirectory() as folder, embedded.start(Path(folder), durable=False) as servers:
        migrate.upgrade(servers.owner_url)
        registry, database = Registry.load(), create_engine(servers.database_url)
        with psycopg.connect(servers.superuser_url, autocommit=True) as owner:
            tenant = committees.load(owner, registry, DISTRICT if quick else PROVINCE)
            product, rounds = Product(database, registry, tenant), list[tuple[float, float, float]]()
            with psycopg.connect(servers.database_url) as reader:
                for number in range(ROUNDS + 1):
                    owner.execute(VARY, (number, number))
                    owner.execute("VACUUM ANALYZE")
                    own, header = timed(product.evaluate)
                    judging = product.judging.ms - product.counting.ms
                    rows = _finished(owner, header)
                    bare, _ = timed(lambda: _floor(reader, owner, tenant, product.reads, rows))  # noqa: B023
                    rounds.append((own, bare, judging))
            database.dispose()
            verdicts = _verdicts(owner, header)
    yield from _said(rounds[1:], verdicts)


def _said(rounds: list[tuple[float, float, float]], verdicts: int) -> Iterator[Measured]:
    own, bare, judging = (middle(each[at] for each in rounds) for at in range(3))
    ratio = round(statistics.median(each[0] / each[1] for each in rounds), 2)
    yield Measured(f"một năm, {verdicts:n} kết quả, so với chỉ đọc và ghi", own, bare, ratio, FLOOR_GOAL)
    share = round(statistics.median(100 * each[2] / each[0] for each in rounds), 2)
    yield Measured("phần của việc xét trong toàn bộ", judging, own, share, JUDGING_GOAL, scale=" %")


def _finished(owner: psycopg.Connection, header: RunHeader) -> bytes:
    """The rows of a run, ready to be streamed in as those of another run of the same rules."""
    fresh = owner.execute(
        "INSERT INTO evaluation_run (tenant_id, policy_code, policy_version, digest, year, as_of, rules, evaluated_by)"
        " SELECT tenant_id, policy_code, policy_version, digest, year, as_of, rules, evaluated_by FROM evaluation_run"
        " WHERE id = %s RETURNING id",
        (header.id,),
    ).fetchone()
    run_id = fresh[0] if fresh else 0
    columns = COPIED.replace("run_id", f"CAST({run_id} AS bigint)")
    query = f"COPY (SELECT {columns} FROM verdict WHERE run_id = {header.id}) TO STDOUT (FORMAT BINARY)"
    with owner.cursor().copy(query.encode()) as copy:
        return b"".join(bytes(block) for block in copy)


def _floor(
    reader: psycopg.Connection,
    owner: psycopg.Connection,
    tenant: int,
    reads: list[tuple[str, Any]],
    rows: bytes,
) -> None:
    """Every statement the product read with, its answer thrown away, and the finished rows in, committed."""
    cursor = psycopg.ClientCursor(reader)
    cursor.execute("SELECT set_config('app.tenant_id', %s, true)", (str(tenant),))
    cursor.execute(str(READ_EACH_ONCE))
    for statement, binds in reads:
        query = cursor.mogrify(statement.encode(), binds)
        with cursor.copy(f"COPY ({query}) TO STDOUT".encode()) as copy:
            for _ in copy:
                pass
    reader.commit()
    with owner.cursor().copy(f"COPY verdict ({COPIED}) FROM STDIN (FORMAT BINARY)".encode()) as copy:
        copy.write(rows)


def _verdicts(owner: psycopg.Connection, header: RunHeader) -> int:
    """How many criteria of how many subjects a run decided."""
    criteria = [sum(line.evidence_of is None for line in scheme.lines) for scheme in header.rules.schemes]
    query = "SELECT scheme, count(*) FROM verdict WHERE run_id = %s GROUP BY scheme"
    return sum(number * criteria[scheme] for scheme, number in owner.execute(query, (header.id,)))


RECIPE = Recipe("evaluation", "Đánh giá cả tỉnh qua sản phẩm so với chỉ đọc dữ liệu và ghi kết quả", run)
