"""Score sheets printed together, from the records to the file, against setting what is read already.

The floor of the PDF is one compile of all, that of the DOCX finished WordprocessingML put into archives.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
from sqlalchemy import create_engine

from benchmarks import committees
from benchmarks.committees import AS_OF, DISTRICT, WARD, YEAR
from benchmarks.measuring import Measured, Recipe, compare
from bontot import embedded
from bontot.clock import today
from bontot.db import migrate
from bontot.db.tenancy import scope
from bontot.documents.batches import batch_of, look
from bontot.documents.docx import body_of, docx
from bontot.documents.docx_frame import frame_of
from bontot.documents.paper import Paper
from bontot.documents.pdf import as_told, bound_apart
from bontot.documents.profiles import profile_of
from bontot.evaluation.whole import evaluate
from bontot.registry import Registry

GOAL = 1.5
ROUNDS = 5


def run(quick: bool) -> Iterator[Measured]:
    """Loads a district (quick: a ward), evaluates it, and prints the sheets of its cells."""
    size = WARD if quick else DISTRICT
    with tempfile.TemporaryDirectory() as folder, embedded.start(Path(folder)) as servers:
        migrate.upgrade(servers.owner_url)
        registry, engine = Registry.load(), create_engine(servers.database_url)
        with psycopg.connect(servers.superuser_url, autocommit=True) as owner:
            tenant = committees.load(owner, registry, size)
            with scope(engine, tenant) as session:
                evaluate(session, registry, year=YEAR, as_of=AS_OF, by="đo")
            owner.execute("VACUUM ANALYZE")

        def read() -> list[Paper]:
            with scope(engine, tenant) as session:
                batch = batch_of("bang-tu-danh-gia")
                found = look(session, registry, today(session), batch, committees.ROOT, str(YEAR))
                return [paper for _, _, paper in found.whose()]

        papers = read()
        if len(papers) != size.cells:
            raise AssertionError("not every cell has a sheet")
        inputs, words = as_told(papers), [(paper, body_of(paper)) for paper in papers]

        def finished() -> list[bytes]:
            return [
                frame_of(profile_of(paper.day), landscape=paper.landscape).filled(
                    body, paper.name, paper.header.issuer
                )
                for paper, body in words
            ]

        def written() -> list[bytes]:
            return [docx(paper) for paper in papers]

        if written() != finished():
            raise AssertionError("the floor makes other files")
        pages = f"{len(papers)} bảng tự đánh giá"
        yield compare(
            f"{pages} thành một PDF, từ hồ sơ, so với một lần dàn trang dữ liệu đã đọc",
            lambda: bound_apart(as_told(read())),
            lambda: bound_apart(inputs),
            GOAL,
            repeats=1,
            rounds=ROUNDS,
        )
        yield compare(
            f"{pages} thành DOCX, so với nén XML đã viết sẵn",
            written,
            finished,
            GOAL,
            repeats=1,
            rounds=ROUNDS,
        )
        yield compare(
            f"{pages} thành DOCX, từ hồ sơ, so với nén XML đã viết sẵn",
            lambda: [docx(paper) for paper in read()],
            finished,
            None,
            repeats=1,
            rounds=ROUNDS,
        )
        engine.dispose()


RECIPE = Recipe("papers", "In hàng loạt bảng tự đánh giá", run)
