"""A cell is taken as its reader sees it: a day not shown, a share, a formula whose result is not in the file."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
import xlsxwriter

from bontot.errors import WorkbookRefused
from bontot.imports.columns import Known, Misread, known_day, month, points
from bontot.imports.reading import Cell, read
from tests.hostile import rebuilt, with_sheet
from tests.integration.test_imports import ORGANISATIONS, Office, office
from tests.integration.test_messy_workbooks import HEAD

__all__ = ["office"]

UNCOUNTED = "#CHUA-TINH"
NOT_COUNTED = (
    "Công thức trong ô chưa được tính; hãy mở tệp bằng Excel hoặc LibreOffice, lưu lại rồi tải lên lần nữa."
)


def shown(number: float, code: str) -> Cell:
    """A number in a cell of some format, as read."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        book.add_worksheet("A").write_number(1, 2, number, book.add_format({"num_format": code}))
    return read(file.getvalue())[0].rows[1][2]


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        ("mmm-yy", "02/1956"),
        ("mm/yyyy", "02/1956"),
        ('"tháng" m "năm" yyyy', "02/1956"),
        ("[$-42A]mmmm\\ yyyy;@", "02/1956"),
        ("yyyy", "1956"),
        ("dd/mm/yyyy", date(1956, 2, 3)),
        ("[$-42A]dd mmmm yyyy", date(1956, 2, 3)),
        ("d/m", date(1956, 2, 3)),
        ('#,##0 "ngày"', 20488.0),
        ("General", 20488.0),
    ],
)
def test_a_day_that_is_not_shown_is_not_known(code: str, seen: Cell) -> None:
    assert shown(20488, code) == seen


def test_a_month_that_excel_made_a_day_of_is_a_month() -> None:
    assert known_day(shown(20486, "mmm-yy")) == Known(date(1956, 2, 1), "month")
    assert known_day(shown(20486, "yyyy")) == Known(date(1956, 1, 1), "year")
    assert month(shown(20486, "mm/yyyy")) == date(1956, 2, 1)


@pytest.mark.parametrize(
    ("number", "code", "seen"),
    [(0.85, "0%", "85%"), (1, "0%", "100%"), (0.8575, "0.00%", "85,75%"), (1, '0"%"', 1.0), (29, "0", 29.0)],
)
def test_a_share_is_no_number_of_hundredths(number: float, code: str, seen: Cell) -> None:
    assert shown(number, code) == seen


def test_points_are_plain_numbers() -> None:
    assert [points(cell) for cell in ("85", "8,5", " 8.25 ", 100.0, 8.5)] == [
        Decimal(text) for text in ("85", "8.5", "8.25", "100", "8.5")
    ]
    for cell in ("8_5", "1e1", "1.000", "+5", "٨", "85%", "1000", -1.0, 8.125, True):
        with pytest.raises(Misread):
            points(cell)


@pytest.mark.parametrize(
    "formula",
    ["<f>A1</f>", "<f>A1</f><v></v>", "<f>A1</f><v/>", '<f t="shared" si="0"/>', "<f>A1</f>\n<v> </v>\n"],
)
def test_a_formula_nobody_has_counted_is_no_blank(formula: str) -> None:
    row = f'<row r="1"><c r="A1"><v>1</v></c><c r="B1">{formula}</c><c r="C1" s="1"/></row>'
    assert read(with_sheet(row))[0].rows[0][:2] == [1.0, UNCOUNTED]


def test_a_formula_that_says_nothing_is_blank_and_a_counted_one_its_result() -> None:
    row = '<c r="A1" t="str"><f>""</f><v></v></c><c r="B1"><f>1+1</f><v>2</v></c>'
    assert read(with_sheet(f'<row r="1">{row}</row>'))[0].rows == [[None, 2.0]]


@pytest.mark.parametrize("terms", [150, 2_000])
def test_a_long_formula_that_failed_is_read_as_its_failure(terms: int) -> None:
    failed = f'<c r="A1" t="e"><f>{"A1+" * terms}1</f><v>#N/A</v></c><c r="B1"><v>2</v></c>'
    assert read(with_sheet(f'<row r="1">{failed}</row>'))[0].rows == [["#N/A", 2.0]]


COUNTED = '<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="B1"><f>A1</f></c><c r="C1"><v>2</v></c>'


def strict(content: bytes) -> bytes:
    """The workbook in the stricter edition of the format, as Excel also saves it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for kind in (b"spreadsheetml", b"officeDocument"):
        old = b"http://schemas.openxmlformats.org/" + kind + b"/2006/"
        parts = {
            name: part.replace(old, b"http://purl.oclc.org/ooxml/" + kind + b"/")
            for name, part in parts.items()
        }
    return rebuilt(content, **parts)


@pytest.mark.parametrize(
    "content",
    [
        with_sheet(f'<row r="1">{COUNTED}</row>'),
        with_sheet(f"<row r='1'>{COUNTED}</row>".replace('"', "'")),
        strict(with_sheet(f'<row r="1">{COUNTED}</row>')),
    ],
)
def test_formulas_are_seen_however_the_file_is_written(content: bytes) -> None:
    assert read(content)[0].rows == [["#DIV/0!", UNCOUNTED, 2.0]]


@pytest.mark.parametrize("cell", ['<c t="e"><f>1/0</f><v>#DIV/0!</v></c>', "<c><f>A1</f></c>"])
def test_a_formula_that_does_not_say_where_it_stands_is_not_taken_for_a_blank(cell: str) -> None:
    with pytest.raises(WorkbookRefused):
        read(with_sheet(f"<row>{cell}<c><v>2</v></c></row>"))
    assert read(with_sheet("<row><c><v>1</v></c><c><v>2</v></c></row>"))[0].rows == [[1.0, 2.0]]


def test_a_chart_has_formulas_and_no_cells() -> None:
    chart = b"<c:chart><c:strRef><c:f>A!$A$1</c:f></c:strRef><c:v/></c:chart>"
    row = '<row r="1"><c r="A1"><v>1</v></c></row>'
    assert read(rebuilt(with_sheet(row), **{"xl/charts/chart1.xml": chart}))[0].rows == [[1.0]]


def test_a_mark_above_the_pages_of_the_stricter_edition_is_seen() -> None:
    margins = '<headerFooter><oddHeader xml:space="preserve">&amp;CTỐI MẬT</oddHeader></headerFooter>'
    row = '<row r="1"><c r="A1"><v>1</v></c></row>'
    assert read(strict(with_sheet(row, after=margins)))[0].margins == ("TỐI MẬT",)


@pytest.mark.parametrize("column", [2, 4])
def test_an_uncounted_formula_is_refused_at_its_place(office: Office, column: int) -> None:
    office.apply({"Tổ chức": ORGANISATIONS})
    person: list[object] = ["1", "Trần Thị Ánh", "03/02/1956", "03/02/1980", "01.234567", "C1"]
    person[column] = UNCOUNTED
    found = [
        (p["row"], p["column"], p["message"]) for p in office.preview({"Đảng viên": [HEAD, person]}).problems
    ]
    assert (2, HEAD[column], NOT_COUNTED) in found
