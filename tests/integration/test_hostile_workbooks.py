"""Files that are no honest workbook are refused with the reason, in a process of their own, and leave nothing."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from bontot.db.base import Base
from bontot.db.models import Tenant
from bontot.db.tenancy import PLATFORM, scope
from bontot.errors import InvalidInput, SecrecyRefused, WorkbookRefused
from bontot.imports import batch, reader
from bontot.imports.reading import read
from bontot.registry import Registry
from tests.hostile import GOOD, HARMLESS, HOSTILE, number_at, with_sheet
from tests.workbooks import workbook

EMPTY = Registry(policies={}, metrics={}, formats={})


@pytest.fixture(scope="module")
def tenant(database_url: str) -> Iterator[tuple[Engine, int]]:
    engine = create_engine(database_url)
    with scope(engine, PLATFORM) as session:
        made = Tenant(code="tep-la", name="Đảng bộ nhận tệp lạ")
        session.add(made)
        session.flush()
        tenant_id = made.id
    yield engine, tenant_id
    engine.dispose()


def everything(engine: Engine, tenant_id: int) -> dict[str, int]:
    with scope(engine, tenant_id) as session:
        return {
            table: session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in Base.metadata.tables
        }


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_the_reason_and_leaves_nothing(
    tenant: tuple[Engine, int], name: str
) -> None:
    content, sentence = HOSTILE[name]
    before = everything(*tenant)
    started = time.monotonic()
    with pytest.raises(WorkbookRefused) as caught, scope(*tenant) as session:
        batch.preview(session, content, "tệp.xlsx", by="Ai đó", registry=EMPTY)
    assert str(caught.value) == sentence
    assert everything(*tenant) == before
    assert time.monotonic() - started < reader.SECONDS


@pytest.mark.parametrize("name", HARMLESS)
def test_a_file_of_ill_intent_says_what_any_reader_sees_in_it(name: str) -> None:
    content, rows = HARMLESS[name]
    assert [sheet.rows for sheet in read(content)] == [rows]


def test_there_are_as_many_hostile_files_as_were_promised() -> None:
    assert len(HOSTILE) + len(HARMLESS) >= 60


def test_honest_cells_at_the_edges_are_read() -> None:
    read_rows = read(with_sheet(number_at("GR1")))[0].rows
    assert (len(read_rows), len(read_rows[0]), read_rows[0][199]) == (1, 200, 1.0)
    styled = '<row r="1048576"><c r="XFD1048576" s="1"/></row>'
    assert read(with_sheet(number_at("B2") + styled))[0].rows == [[], [None, 1.0]]


def test_one_cell_far_out_does_not_make_a_million_blanks_to_be_read() -> None:
    rows = read(with_sheet(number_at("A1") + number_at("GR50000")))[0].rows
    assert (len(rows), sum(map(len, rows)), rows[-1][199]) == (50_000, 201, 1.0)


def test_a_failed_formula_is_read_as_its_failure() -> None:
    failed = '<row r="1"><c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="B1"><v>2</v></c></row>'
    assert read(with_sheet(failed))[0].rows == [["#DIV/0!", 2.0]]


def test_days_and_numbers_come_as_they_are_in_the_sheet() -> None:
    content = workbook({"A": [[date(2023, 2, 3), 1.5, True, "chữ"]], "B": [["x"]]}, hidden=frozenset({"B"}))
    assert [(sheet.name, sheet.hidden, sheet.rows) for sheet in read(content)] == [
        ("A", False, [[date(2023, 2, 3), 1.5, True, "chữ"]]),
        ("B", True, [["x"]]),
    ]


@pytest.mark.parametrize(
    "mark", ["MẬT", "Tối mật", " TUYỆT MẬT ", "Độ mật: Mật", unicodedata.normalize("NFD", "MẬT")]
)
def test_a_file_with_a_secrecy_mark_is_refused(tenant: tuple[Engine, int], mark: str) -> None:
    before = everything(*tenant)
    content = workbook({"Tổ chức": [["ĐẢNG BỘ"], [mark], ["Mã", "Tên"]]})
    with pytest.raises(SecrecyRefused) as caught, scope(*tenant) as session:
        batch.preview(session, content, "tệp.xlsx", by="Ai đó", registry=EMPTY)
    assert str(caught.value) == "Tệp mang dấu chỉ mức độ mật. Hệ thống không nhận tài liệu bí mật nhà nước."
    assert everything(*tenant) == before


@pytest.mark.parametrize(
    "margin", ["&amp;CTỐI MẬT", "&amp;L&amp;&quot;Times New Roman,Bold&quot;&amp;14MẬT&amp;RTờ &amp;P/&amp;N"]
)
@pytest.mark.parametrize("place", ["oddHeader", "firstFooter"])
def test_a_mark_printed_above_or_below_every_page_is_seen(
    tenant: tuple[Engine, int], margin: str, place: str
) -> None:
    margins = f"<headerFooter><{place}>{margin}</{place}></headerFooter>"
    content = with_sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>Mã</t></is></c></row>', after=margins)
    with pytest.raises(SecrecyRefused), scope(*tenant) as session:
        batch.preview(session, content, "tệp.xlsx", by="Ai đó", registry=EMPTY)


def test_a_sheet_named_by_a_mark_is_refused_and_words_about_secrets_are_not(
    tenant: tuple[Engine, int],
) -> None:
    with pytest.raises(SecrecyRefused), scope(*tenant) as session:
        batch.preview(session, workbook({"Tối mật": [["Mã", "Tên"]]}), "tệp.xlsx", by="Ai đó", registry=EMPTY)
    about = workbook({"Bảo mật": [["Mã", "Tên"]]})
    with scope(*tenant) as session:
        assert batch.preview(session, about, "tệp.xlsx", by="Ai đó", registry=EMPTY).state == "previewed"


def test_a_file_name_is_kept_without_folders_and_refused_with_a_secrecy_mark(
    tenant: tuple[Engine, int],
) -> None:
    assert batch.bare_name("C:\\Users\\văn thư\\danh sách.xlsx") == "danh sách.xlsx"
    assert batch.bare_name("../../etc/passwd") == "passwd"
    with pytest.raises(InvalidInput):
        batch.bare_name("a\x00b.xlsx")
    with pytest.raises(SecrecyRefused), scope(*tenant) as session:
        batch.preview(session, GOOD, "Báo cáo (MẬT).xlsx", by="Ai đó", registry=EMPTY)


def test_what_no_record_can_hold_is_quoted_so_that_a_reader_finds_it(tenant: tuple[Engine, int]) -> None:
    nul, bidi = "\0", "\u202e"
    content = workbook(
        {
            "Tổ chức": [["Mã", "Tên", f"lạ{nul}{bidi}"], [f"Q{nul}", f"Quận{bidi}", "x" * 900]],
            f"Lạ{bidi}": [["y" * 900]],
        }
    )
    with scope(*tenant) as session:
        made = batch.preview(session, content, "tệp.xlsx", by="Ai đó", registry=EMPTY)
        session.flush()
        found = [(problem["sheet"], problem["column"], problem["message"]) for problem in made.problems]
        session.rollback()
    assert not [part for problem in found for part in problem if nul in part or bidi in part]
    assert "lạ\ufffd\ufffd" in [column for _, column, _ in found]
    assert "Lạ\ufffd" in [sheet for sheet, _, _ in found]


def test_the_process_that_opens_a_file_has_bounded_itself_before_it_reads_it() -> None:
    command = [sys.executable, "-P", "-m", "bontot.imports.reader"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        limits = Path(f"/proc/{process.pid}/limits")
        until = time.monotonic() + 20
        wanted = {
            rf"Max address space +{reader.MEMORY} ",
            rf"Max cpu time +{reader.SECONDS} ",
            rf"Max open files +{reader.OPEN_FILES} ",
            "Max file size +0 ",
        }
        while not all(re.search(line, limits.read_text()) for line in wanted) and time.monotonic() < until:
            time.sleep(0.1)
        held = {line for line in wanted if re.search(line, limits.read_text())}
        process.kill()
    assert held == wanted
