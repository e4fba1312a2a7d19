"""Taking in a committee's members from a workbook, with every check, against reading the same file and copying it in."""

from __future__ import annotations

import io
import statistics
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import psycopg
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, create_engine

from benchmarks.measuring import Measured, Recipe, middle, timed
from bontot import embedded
from bontot.db import migrate
from bontot.db.models import Tenant
from bontot.db.tenancy import PLATFORM, scope
from bontot.imports import batch
from bontot.registry import Registry
from bontot.workbook import Sheet, Value, workbook

GOAL, ROUNDS = 1.3, 5
MEMBERS, FEW = 100_000, 10_000
IN_A_CELL = 100
WRONG = 1_000
"""Every so many rows of the faulty workbook one is wrong."""
EMPTY = Registry(policies={}, metrics={}, formats={})
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ")
MIDDLE = ("Văn", "Thị", "Đức", "Thu", "Minh", "Hồng", "Quang", "Ngọc", "Thanh", "Xuân", "Hữu")
GIVEN = ("An", "Bình", "Cường", "Dung", "Đạt", "Giang", "Hà", "Khôi", "Lan", "Minh", "Nga", "Oanh", "Phúc")
HEADERS = (
    "Họ và tên",
    "Ngày sinh",
    "Giới tính",
    "Ngày vào Đảng",
    "Ngày chính thức",
    "Số thẻ",
    "Chi bộ",
    "Điện thoại",
)
ROWS = {
    "member": "tenant_id, id, public_id, full_name, sort_key, search_key, birth_date, birth_precision, female,"
    " admission_date, admission_precision, official_date, card_number, employment, phone",
    "membership": "tenant_id, member_id, organisation_id, kind, valid_from, valid_to",
}
"""What a workbook of members is written into; ids of memberships are drawn as they are copied."""


def run(quick: bool) -> Iterator[Measured]:
    """Takes a workbook of 100,000 members (quick: 10,000) in and takes it back, in turn with the floor."""
    people = FEW if quick else MEMBERS
    with tempfile.TemporaryDirectory() as folder, embedded.start(Path(folder), durable=False) as servers:
        migrate.upgrade(servers.owner_url)
        engine = create_engine(servers.database_url)
        tenant = _committee(engine, people // IN_A_CELL)
        with psycopg.connect(servers.superuser_url, autocommit=True) as connection:
            yield from _compared(engine, connection, tenant, people)
        engine.dispose()


def _compared(engine: Engine, owner: psycopg.Connection, tenant: int, people: int) -> Iterator[Measured]:
    """Each round other people, so that nothing is remembered from the one before."""
    checked, whole, bare, faulty = list[float](), list[float](), list[float](), list[float]()
    for number in range(ROUNDS + 1):
        content, wrong = _members(people, number), _members(people, number, wrong=WRONG)
        spent, batch_id = _previewed(engine, tenant, content, 0)
        checked.append(spent)
        whole.append(_applied(engine, tenant, batch_id))
        rows = {table: _copied_out(owner, table, columns) for table, columns in ROWS.items()}
        _empty(owner, people)
        bare.append(timed(lambda: _floor(owner, content, rows))[0])  # noqa: B023
        _empty(owner, people)
        faulty.append(_previewed(engine, tenant, wrong, people // WRONG)[0])
    yield _measured(f"nhập {people:n} đảng viên đã xem trước, so với đọc tệp và COPY", whole, bare, GOAL)
    yield _measured("xem trước tệp không có lỗi", checked, bare, None)
    yield _measured(f"xem trước tệp cứ {WRONG} dòng có một lỗi", faulty, bare, None)


def _measured(what: str, own: list[float], bare: list[float], goal: float | None) -> Measured:
    """The first round warms up."""
    ratios = (one / other for one, other in zip(own[1:], bare[1:], strict=True))
    return Measured(what, middle(own[1:]), middle(bare[1:]), round(statistics.median(ratios), 2), goal)


def _previewed(engine: Engine, tenant: int, content: bytes, errors: int) -> tuple[float, int]:
    """Reads and checks it all; the milliseconds, and which workbook it is now. Raises when it has other than `errors`."""
    with scope(engine, tenant) as session:
        spent, made = timed(lambda: batch.preview(session, content, "dv.xlsx", by="đo", registry=EMPTY))
        if made.counts["errors"] != errors:
            raise ValueError(made.problems[:3])
        return spent, made.id


def _applied(engine: Engine, tenant: int, batch_id: int) -> float:
    """Reads, checks and writes it all, committed; the milliseconds."""

    def act() -> None:
        with scope(engine, tenant) as session:
            batch.apply(session, batch_id, by="đo", registry=EMPTY)

    return timed(act)[0]


def _floor(owner: psycopg.Connection, content: bytes, rows: dict[str, bytes]) -> None:
    """The file read, and the very rows the product made of it copied into the same tables, committed."""
    opened = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for sheet in opened.sheet_names:
        opened.get_sheet_by_name(sheet).to_python()
    with owner.transaction():
        for table, columns in ROWS.items():
            with owner.cursor().copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)".encode()) as copy:
                copy.write(rows[table])


def _copied_out(owner: psycopg.Connection, table: str, columns: str) -> bytes:
    with owner.cursor().copy(f"COPY {table} ({columns}) TO STDOUT (FORMAT BINARY)".encode()) as copy:
        return b"".join(bytes(block) for block in copy)


def _empty(owner: psycopg.Connection, people: int) -> None:
    """Takes everybody out again. Raises when they were not so many."""
    for table in ("membership", "import_batch"):
        owner.execute(f"DELETE FROM {table}".encode())
    if owner.execute("DELETE FROM member").rowcount != people:
        raise ValueError(people)
    owner.execute("VACUUM ANALYZE")


def _committee(engine: Engine, cells: int) -> int:
    """A committee of so many cells, taken in as a workbook."""
    with scope(engine, PLATFORM) as session:
        made = Tenant(code="do", name="Đảng bộ đo")
        session.add(made)
        session.flush()
        tenant = made.id
    since = date(2000, 1, 1)
    rows: list[tuple[Value, ...]] = [
        ("Q", "Đảng bộ quận", "Đảng bộ cấp trên trực tiếp cơ sở", None, None, since),
        ("P", "Đảng bộ phường", "Đảng bộ cơ sở", None, "Q", since),
        *((f"C{n}", f"Chi bộ số {n}", "Chi bộ trực thuộc", "Tổ dân phố", "P", since) for n in range(cells)),
    ]
    headers = ("Mã", "Tên", "Loại hình", "Lĩnh vực", "Mã cấp trên", "Ngày thành lập")
    content = workbook([Sheet("Tổ chức", (), headers, rows)])
    with scope(engine, tenant) as session:
        made_batch = batch.preview(session, content, "tc.xlsx", by="đo", registry=EMPTY)
        batch.apply(session, made_batch.id, by="đo", registry=EMPTY)
    return tenant


def _members(people: int, round_: int, *, wrong: int = 0) -> bytes:
    """The workbook of a round; every `wrong`-th person was born on a day that never was."""
    rows = []
    for n in range(people):
        born = date(1940, 1, 1) + timedelta(days=(n * 37 + round_) % 14_000)
        joined = date(2001, 1, 1) + timedelta(days=(n * 53) % 7_000)
        name = f"{FAMILY[n % 10]} {MIDDLE[n % 11]} {MIDDLE[n // 11 % 11]} {GIVEN[n % 13]}"
        birth: Value = "31/02/1960" if wrong and n % wrong == 0 else born
        card = f"{n % 100:02}.{n:06}"
        official = joined + timedelta(days=365)
        rows.append(
            (
                name,
                birth,
                "Nữ" if n % 2 else "Nam",
                joined,
                official,
                card,
                f"C{n % (people // IN_A_CELL)}",
                f"09{n:08}",
            )
        )
    return workbook([Sheet("Đảng viên", ("DANH SÁCH ĐẢNG VIÊN", ""), HEADERS, rows, numbered=True)])


RECIPE = Recipe("imports", "Nhập danh sách đảng viên từ tệp Excel so với chỉ đọc tệp và COPY", run)
