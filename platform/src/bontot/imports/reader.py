"""The limited process that opens a workbook: bytes on standard input, JSON on standard output.

It bounds its own memory, time and files before it looks at anything, so that a hostile file can end only this process
(safety rule 27). Run as `python -m bontot.imports.reader`; it imports nothing of the product.
"""

from __future__ import annotations

import functools
import html
import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from xml.etree import ElementTree

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

MIB = 1024 * 1024
MEMORY, SECONDS, OPEN_FILES = 1536 * MIB, 60, 16
UNPACKED = 200 * MIB
PARTS, SHEETS, COLUMNS, ROWS = 2_000, 20, 200, 200_000
CELL_TEXT, ALL_TEXT = 32_767, 50_000_000
CHUNK, OVERLAP = MIB, 64 * 1024
"""A formula has up to 8,192 characters, each written with up to six."""

NOT_A_WORKBOOK = (
    "Đây không phải tệp Excel .xlsx (loại tệp xét theo nội dung, không theo tên). "
    "Hãy mở bằng Excel hoặc LibreOffice rồi lưu lại thành .xlsx."
)
DAMAGED = "Tệp bị hỏng nên không đọc được. Hãy mở bằng Excel, lưu lại thành .xlsx rồi thử lại."
LOCKED = "Tệp đặt mật khẩu. Hãy mở bằng Excel, bỏ mật khẩu, lưu lại rồi thử lại."
OLD_FORMAT = "Đây là tệp Excel đời cũ (.xls). Hãy mở bằng Excel rồi lưu lại thành .xlsx."
TOO_MUCH_UNPACKED = f"Tệp khi giải nén vượt quá {UNPACKED // MIB} MB nên không được nhận."
TOO_MANY_SHEETS = f"Tệp có quá nhiều trang tính; chỉ nhận tối đa {SHEETS} trang."
TOO_FAR = f"Tệp có ô nằm ngoài {COLUMNS} cột hoặc {ROWS:,} dòng đầu; hãy xóa ô thừa hoặc tách tệp.".replace(
    ",", "."
)
TOO_MANY_ROWS = f"Tệp có quá nhiều dòng; chỉ nhận tối đa {ROWS:,} dòng.".replace(",", ".")
TOO_MUCH_TEXT = "Tệp chứa quá nhiều chữ nên không được nhận; hãy tách thành nhiều tệp."
EMPTY = "Tệp không có dữ liệu: mọi trang tính đều trống."

OLE, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
WORKBOOK = "xl/workbook.xml"

# Columns beyond GR (the 200th) or rows beyond 200000, as cells name their place. What these miss in a file written
# otherwise, the limits of this process stop.
FAR = rb"(?:(?:G[S-Z]|[H-Z][A-Z]|[A-Z]{3,})\d+|[A-Z]{1,3}(?:[3-9]\d{5}|2(?!00000)\d{5}|[1-9]\d{6,}))"
FAR_PLACE = re.compile(rb' r="' + FAR)
FAR_VALUE = re.compile(rb'<(?:\w+:)?c\b[^<>]* r="' + FAR + rb'"[^<>]*(?<!/)>\s*<(?:\w+:)?(?:v|is|f)\b')
BEFORE_THE_FIRST = re.compile(rb' t="s"[^<>]*>\s*<(?:\w+:)?v>\s*-')
"""A shared text by a negative number: the reader would take the first."""
_CELL = rb"<(?:\w+:)?c(?=[\s>])"
_PLACE = rb"""[^<>]* r=["']([A-Z]{1,3})(\d{1,6})["'][^<>]*(?<!/)>\s*"""
_FORMULA = rb"<(?:\w+:)?f(?=[\s>/])[^<>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
_FAILED = rb"""[^<>]* t=["']e["']"""
FAILED_FORMULA = re.compile(
    _CELL + rb"(?=" + _FAILED + rb")" + _PLACE + rb"(?:" + _FORMULA + rb")?<(?:\w+:)?v\b[^<>]*>(#[^<]{1,20})<"
)
UNCOUNTED_FORMULA = re.compile(
    _CELL
    + rb"""(?![^<>]* t=["'](?!n["']))"""
    + _PLACE
    + _FORMULA
    + rb"(?:<(?:\w+:)?v\b[^<>]*/>\s*|<(?:\w+:)?v\b[^<>]*>\s*</(?:\w+:)?v>\s*)?</(?:\w+:)?c>"
)
"""A program that wrote the file left the counting to whoever opens it."""
UNCOUNTED = "#CHUA-TINH"
FAILURE = re.compile(rb""" t=["']e["']""")
FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
WITHOUT_PLACE = re.compile(
    _CELL
    + rb"""(?![^<>]* r=["'][A-Z])(?:"""
    + _FAILED
    + rb"[^<>]*(?<!/)>|[^<>]*(?<!/)>\s*"
    + _FORMULA
    + rb")"
)
"""A formula or its failure in a cell that does not name its place: whether it says anything cannot be known here."""
MARGIN = re.compile(rb"<(?:\w+:)?(?:odd|even|first)(?:Header|Footer)\b[^<>]*>([^<]{1,400})<")
MARGIN_CODE = re.compile(r'&(?:"[^"]*"|\d+|K[0-9A-F]{2}(?:[+-]\d{3}|[0-9A-F]{4})|[A-Za-z&])')
"""How a margin's text is set: where it stands, in which letters."""
STYLES, LARGEST_STYLES = "xl/styles.xml", 16 * MIB
IN_QUOTES = re.compile(r'"[^"]*"|\\.|_.|\[[^\]]*\]')
"""What a number format prints as it stands, and its colours and languages."""
OWN_FORMATS = {"9": "0%", "10": "0.00%", "17": "mmm-yy"}
"""Formats that every workbook has, of those that show less or other than the number."""
Sheet = dict[str, object]
Marks = dict[tuple[int, int], str]
"""Cells (row and column from 0) that say something else than their number: a formula's failure ("#N/A"), where the reader
sees a blank, or how the number is shown (MONTH, YEAR, PERCENT)."""
MONTH, YEAR, PERCENT = "month", "year", "percent"
Margins = list[str]
"""What is printed above and below every page of a sheet."""


class Refused(Exception):
    """The workbook is not one we read; the text is the sentence for its owner."""


def limit() -> None:
    """Bound this process, once and for good."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def sheets(content: bytes) -> list[Sheet]:
    """Every worksheet with its rows from row 1 on; raises Refused."""
    found = scan(content)
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    metadata = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    if len(metadata) > SHEETS:
        raise Refused(TOO_MANY_SHEETS)
    read: list[Sheet] = []
    count = Count()
    for sheet in metadata:
        opened = workbook.get_sheet_by_name(sheet.name)
        rows = [told([plain(cell) for cell in row]) for row in opened.to_python(skip_empty_area=False)]
        marks, margins = found.get(sheet.name, ({}, []))
        mark(rows, marks)
        count.add(rows)
        hidden = sheet.visible != SheetVisibleEnum.Visible
        spans = merged(opened.merged_cell_ranges or [], len(rows))
        read.append({"name": sheet.name, "hidden": hidden, "rows": rows, "merged": spans, "margins": margins})
    if not any(cell is not None for sheet in read for row in sheet["rows"] for cell in row):  # type: ignore[attr-defined]
        raise Refused(EMPTY)
    return read


def merged(ranges: list[tuple[tuple[int, int], tuple[int, int]]], rows: int) -> list[list[int]]:
    """Top, left, bottom and right of merged cells, each from 0, down to the last of `rows`.

    Raises Refused when they overlap, as only a made-up file has them.
    """
    spans = [
        [top, left, min(bottom, rows - 1), right] for (top, left), (bottom, right) in ranges if top < rows
    ]
    if sum(bottom - top + 1 for top, _, bottom, _ in spans) > rows * COLUMNS:
        raise Refused(DAMAGED)
    return spans


class Count:
    """Rows and characters so far, over all sheets."""

    def __init__(self) -> None:
        self.rows = self.characters = 0

    def add(self, rows: list[list[object]]) -> None:
        self.rows += len(rows)
        lengths = [len(cell) for row in rows for cell in row if isinstance(cell, str)]
        self.characters += sum(lengths)
        if any(cell is not None for row in rows for cell in row[COLUMNS:]):  # cells need not name their place
            raise Refused(TOO_FAR)
        if self.rows > ROWS:
            raise Refused(TOO_MANY_ROWS)
        if max(lengths, default=0) > CELL_TEXT or self.characters > ALL_TEXT:
            raise Refused(TOO_MUCH_TEXT)


def plain(cell: object) -> object:
    """A cell as JSON: dates and times in a list of their own, blanks as null."""
    if isinstance(cell, str):  # most cells are text
        return None if not cell or cell.isspace() else cell
    if isinstance(cell, datetime):
        return [cell.date().isoformat() if cell.time() == time() else cell.isoformat()]
    if isinstance(cell, date | time):
        return [cell.isoformat()]
    return cell if isinstance(cell, bool | int | float) else str(cell)


def told(row: list[object]) -> list[object]:
    """A row up to its last cell with something in it: one cell far out must not make a million blanks to be read."""
    while row and row[-1] is None:
        row.pop()
    return row


def mark(rows: list[list[object]], marks: Marks) -> None:
    """Put failed formulas back in their cells, and what is shown of a number where that is less or other than it."""
    for (row, column), said in marks.items():
        if said.startswith("#"):
            rows.extend([] for _ in range(row + 1 - len(rows)))
            rows[row].extend([None] * (column + 1 - len(rows[row])))
            rows[row][column] = said
        elif row < len(rows) and column < len(rows[row]):
            rows[row][column] = as_shown(rows[row][column], said)


def as_shown(cell: object, how: str) -> object:
    """A date whose day is not shown as its month or year: Excel makes the first of a month of "02/1956"; 0.85 as "85%"."""
    if isinstance(cell, list) and "-" in cell[0] and how in (MONTH, YEAR):
        year, month = cell[0][:7].split("-")
        return f"{month}/{year}" if how == MONTH else year
    if isinstance(cell, float) and how == PERCENT:
        return f"{cell * 100:.10g}%".replace(".", ",")
    return cell


def scan(content: bytes) -> dict[str, tuple[Marks, Margins]]:
    """Refuse what is no workbook, unpacks to too much, or has values too far out; counts what is really unpacked.

    Returns the marks of cells and the margins by name of sheet.
    """
    if content.startswith(OLE):
        raise Refused(LOCKED if ENCRYPTED in content else OLD_FORMAT)
    if not content.startswith(ZIP):
        raise Refused(NOT_A_WORKBOOK)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if WORKBOOK not in archive.namelist():
            raise Refused(NOT_A_WORKBOOK)
        if len(archive.namelist()) > PARTS:
            raise Refused(TOO_MUCH_UNPACKED)
        if len(set(archive.namelist())) < len(archive.namelist()):
            raise Refused(DAMAGED)  # readers differ in which of two parts they take
        marks, margins = scan_parts(archive)
        return {
            name: (marks.get(part, {}), margins.get(part, []))
            for name, part in sheet_parts(archive)
            if part in marks or part in margins
        }


def scan_parts(archive: zipfile.ZipFile) -> tuple[dict[str, Marks], dict[str, Margins]]:
    """Marks of cells, and margins, by part of the archive."""
    unpacked = 0
    marks: dict[str, Marks] = {}
    styles = special_styles(archive)
    margins: dict[str, Margins] = {}
    for info in archive.infolist():
        if info.flag_bits & 1:
            raise Refused(LOCKED)
        for piece, fresh in pieces(archive, info):
            unpacked += fresh
            if unpacked > UNPACKED:
                raise Refused(TOO_MUCH_UNPACKED)
            if FAR_PLACE.search(piece) and FAR_VALUE.search(piece):
                raise Refused(TOO_FAR)
            if BEFORE_THE_FIRST.search(piece):
                raise Refused(DAMAGED)
            if found := marks_in(piece, styles):
                marks.setdefault(info.filename, {}).update(found)
            for written in MARGIN.findall(piece):
                margins.setdefault(info.filename, []).extend(texts_of_margin(written))
    return marks, margins


def texts_of_margin(written: bytes) -> Margins:
    """`&C&"Arial,Bold"&14Tờ &P` -> `Tờ`: the words without how they are set."""
    texts = MARGIN_CODE.split(html.unescape(written.decode("utf-8", "replace")))
    return [text.strip() for text in texts if text.strip()]


def marks_in(piece: bytes, styles: dict[bytes, str]) -> Marks:
    found: Marks = {}
    if styles:
        for cell in _styled(tuple(styles)).finditer(piece):
            found[place(cell[2], cell[3])] = styles[cell[1]]
    failures, formulas = FAILURE.search(piece), FORMULA.search(piece)
    if failures:
        for cell in FAILED_FORMULA.finditer(piece):
            found[place(cell[1], cell[2])] = cell[3].decode("ascii", "replace")
    if formulas:
        for cell in UNCOUNTED_FORMULA.finditer(piece):
            found[place(cell[1], cell[2])] = UNCOUNTED
    if (failures or formulas) and WITHOUT_PLACE.search(piece):
        raise Refused(DAMAGED)
    return found


@functools.cache
def _styled(styles: tuple[bytes, ...]) -> re.Pattern[bytes]:
    """Cells with one of some styles."""
    return re.compile(_CELL + rb"""(?=[^<>]* s=["'](""" + b"|".join(styles) + rb""")["'])""" + _PLACE)


def special_styles(archive: zipfile.ZipFile) -> dict[bytes, str]:
    """The styles, as cells name them, that show of a number something less or other than it: MONTH, YEAR or PERCENT."""
    if STYLES not in archive.namelist():
        return {}
    if archive.getinfo(STYLES).flag_bits & 1:
        raise Refused(LOCKED)
    with archive.open(STYLES) as part:
        content = part.read(LARGEST_STYLES + 1)
    if len(content) > LARGEST_STYLES:
        raise Refused(TOO_MUCH_UNPACKED)
    root = ElementTree.fromstring(content)  # noqa: S314 - this process is bounded
    codes = OWN_FORMATS | {
        one.get("numFmtId", ""): one.get("formatCode", "") for one in root.iterfind("{*}numFmts/{*}numFmt")
    }
    shown = {number: shown_by(code) for number, code in codes.items()}
    styles = [shown.get(one.get("numFmtId", ""), "") for one in root.iterfind("{*}cellXfs/{*}xf")]
    return {str(number).encode(): how for number, how in enumerate(styles) if how}


def shown_by(code: str) -> str:
    """What a number format shows: MONTH for `mm/yyyy`, YEAR for `yyyy`, PERCENT for `0%`, "" for all else."""
    letters = set(IN_QUOTES.sub("", code.split(";")[0]).lower())
    if "%" in letters:
        return PERCENT
    if "y" not in letters or letters & set("dhs0#"):
        return ""
    return MONTH if "m" in letters else YEAR


def place(letters: bytes, row: bytes) -> tuple[int, int]:
    """The row and column of a cell, from 0."""
    return int(row) - 1, column_number(letters)


def column_number(letters: bytes) -> int:
    """A -> 0, AA -> 26."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


def sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """`(name of sheet, part of the archive)` as the workbook links them."""
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - this process is bounded
    target = {link.get("Id"): link.get("Target", "") for link in links}
    root = ElementTree.fromstring(archive.read(WORKBOOK))  # noqa: S314 - as above
    for sheet in root.iterfind(".//{*}sheets/{*}sheet"):  # of either edition of the format
        link = next((value for name, value in sheet.items() if name.endswith("}id")), "")
        part = target.get(link, "")
        yield sheet.get("name", ""), part.lstrip("/") if part.startswith("/") else f"xl/{part}"


def pieces(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[tuple[bytes, int]]:
    """`(piece, new bytes in it)` of an unpacked part; pieces overlap, so that no cell is cut in two unseen."""
    with archive.open(info) as part:
        tail = b""
        while chunk := part.read(CHUNK):
            yield tail + chunk, len(chunk)
            tail = chunk[-OVERLAP:]


def main() -> None:
    limit()
    try:
        answer: dict[str, object] = {"sheets": sheets(sys.stdin.buffer.read())}
    except Refused as refusal:
        answer = {"refused": str(refusal)}
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - the readers raise what they like; the file is at fault
        answer = {"refused": DAMAGED}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=True, allow_nan=False).encode())


if __name__ == "__main__":
    main()
