"""Files that are no honest workbook, each with what comes of it."""

from __future__ import annotations

import gzip
import io
import tarfile
import warnings
import zipfile

from bontot.imports import reader
from bontot.imports.reading import LARGEST, UNREADABLE, Cell
from tests.workbooks import workbook

SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ENTRY = b"PK\x01\x02"
LINKS_TO_ITSELF = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"'
    b' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="../xl/workbook.xml"/>'
    b"</Relationships>"
)
MANY_ATTRIBUTES = " ".join(f'a{n}="1"' for n in range(300_000))
GOOD_ROWS: list[list[Cell]] = [["Mã", "Tên"], ["Q", "Quận"]]
GOOD = workbook({"Tổ chức": [["Mã", "Tên"], ["Q", "Quận"]]})


def rebuilt(content: bytes, **parts: bytes) -> bytes:
    """The archive with the bytes of some parts replaced or added; `_` in a name stands for a slash."""
    file = io.BytesIO()
    replaced = {name.replace("__", "/"): part for name, part in parts.items()}
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, replaced.pop(name) if name in replaced else old.read(name))
        for name, part in replaced.items():
            new.writestr(name, part)
    return file.getvalue()


def sheet_xml(cells: str, after: str = "") -> bytes:
    data = f"<sheetData>{cells}</sheetData>{after}"
    return f'<?xml version="1.0"?><worksheet xmlns="{SPACE}">{data}</worksheet>'.encode()


def with_sheet(cells: str, after: str = "") -> bytes:
    return rebuilt(GOOD, **{"xl/worksheets/sheet1.xml": sheet_xml(cells, after)})


def number_at(place: str) -> str:
    row = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return f'<row r="{row}"><c r="{place}"><v>1</v></c></row>'


def parts(names: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in names.items():
            archive.writestr(name, content)
    return file.getvalue()


def cell(content: str, kind: str = "", place: str = "A1") -> bytes:
    return with_sheet(f'<row r="1"><c r="{place}"{kind}>{content}</c></row>')


def whole_sheet(xml: str | bytes) -> bytes:
    return rebuilt(GOOD, **{"xl/worksheets/sheet1.xml": xml if isinstance(xml, bytes) else xml.encode()})


def with_text(start: str, text: str) -> bytes:
    """A sheet whose document begins with `start` and whose only cell holds `text`."""
    cells = f'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>{text}</t></is></c></row></sheetData>'
    return whole_sheet(f'<?xml version="1.0"?>{start}<worksheet xmlns="{SPACE}">{cells}</worksheet>')


def with_merged(merges: str) -> bytes:
    rows = "".join(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in (1, 2))
    body = f"<sheetData>{rows}</sheetData><mergeCells>{merges}</mergeCells>"
    return whole_sheet(f'<?xml version="1.0"?><worksheet xmlns="{SPACE}">{body}</worksheet>')


def entities() -> str:
    """Ten entities, each ten of the one before."""
    more = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    return f'<!DOCTYPE l [<!ENTITY a "ha">{more}]>'


def directory(content: bytes, at: int, put: bytes) -> bytes:
    """The archive with bytes of every entry of its directory replaced."""
    changed, place = bytearray(content), content.find(ENTRY)
    while place != -1:
        changed[place + at : place + at + len(put)] = put
        place = content.find(ENTRY, place + 4)
    return bytes(changed)


def packed(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return file.getvalue()


def twice(content: bytes) -> bytes:
    """The archive with its first sheet in it a second time, otherwise."""
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("xl/worksheets/sheet1.xml", sheet_xml(number_at("A1")))
    return file.getvalue()


def without(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return parts({one: archive.read(one) for one in archive.namelist() if name not in one})


def with_text_bytes(text: bytes) -> bytes:
    start = (
        f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{SPACE}"><sheetData><row r="1">'.encode()
    )
    return start + b'<c r="A1" t="inlineStr"><is><t>' + text + b"</t></is></c></row></sheetData></worksheet>"


def with_sheet_after(start: str) -> bytes:
    return whole_sheet(f'<?xml version="1.0"?>{start}<worksheet xmlns="{SPACE}"><sheetData/></worksheet>')


HOSTILE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "Tệp rỗng, không có nội dung."),
    "too heavy": (b"PK\x03\x04" + bytes(LARGEST), "Tệp nặng 20,0 MB; chỉ nhận tệp đến 20 MB."),
    "a renamed PDF": (b"%PDF-1.7\n...", reader.NOT_A_WORKBOOK),
    "plain text": ("Mã,Tên\nQ,Quận".encode(), reader.NOT_A_WORKBOOK),
    "a Word document": (parts({"word/document.xml": b"<w/>"}), reader.NOT_A_WORKBOOK),
    "a LibreOffice sheet": (
        parts({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<o/>"}),
        reader.NOT_A_WORKBOOK,
    ),
    "a workbook with a password": (
        reader.OLE + bytes(512) + "EncryptedPackage".encode("utf-16-le"),
        reader.LOCKED,
    ),
    "an old workbook": (reader.OLE + bytes(512) + "Workbook".encode("utf-16-le"), reader.OLD_FORMAT),
    "a cut file": (GOOD[: len(GOOD) // 2], reader.DAMAGED),
    "a broken sheet": (with_sheet("<row><c r="), reader.DAMAGED),
    "a bomb": (rebuilt(GOOD, **{"xl/media/bomb.bin": bytes(reader.UNPACKED + 1)}), reader.TOO_MUCH_UNPACKED),
    "many parts": (
        rebuilt(GOOD, **{f"xl/media/{number}": b"" for number in range(reader.PARTS)}),
        reader.TOO_MUCH_UNPACKED,
    ),
    "too many sheets": (workbook({f"Trang {n}": [["x"]] for n in range(21)}), reader.TOO_MANY_SHEETS),
    "a far column": (with_sheet(number_at("GS1")), reader.TOO_FAR),
    "a very far cell": (with_sheet(number_at("A1") + number_at("XFD1048576")), reader.TOO_FAR),
    "far columns without a place": (with_sheet(f"<row>{'<c><v>1</v></c>' * 201}</row>"), reader.TOO_FAR),
    "a far row": (with_sheet(number_at("A200001")), reader.TOO_FAR),
    "a far cell in disguise": (
        with_sheet(number_at("A1") + number_at("XFD1048576").replace('"', "'")),
        UNREADABLE,
    ),
    "too wide and long at once": (with_sheet(number_at("A1") + number_at("GR199999")), UNREADABLE),
    "blank sheets": (workbook({"Tổ chức": [], "Đảng viên": [["  "]]}), reader.EMPTY),
    "too many rows": (
        workbook({"A": [["x"]] * 100_001, "B": [["x"]] * 100_000}),
        reader.TOO_MANY_ROWS,
    ),
    "a list of values named otherwise": ("Mã;Tên\nQ;Quận".encode(), reader.NOT_A_WORKBOOK),
    "a web page": (b"<html><table><tr><td>Q</td></tr></table></html>", reader.NOT_A_WORKBOOK),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), reader.NOT_A_WORKBOOK),
    "a packed workbook": (gzip.compress(GOOD), reader.NOT_A_WORKBOOK),
    "an archive of another kind": (packed("tệp.xlsx", GOOD), reader.NOT_A_WORKBOOK),
    "a program": (b"MZ" + bytes(200), reader.NOT_A_WORKBOOK),
    "an archive with nothing in it": (b"PK\x05\x06" + bytes(18), reader.NOT_A_WORKBOOK),
    "a workbook in an archive": (parts({"tệp.xlsx": GOOD}), reader.NOT_A_WORKBOOK),
    "a binary workbook": (
        parts({"xl/workbook.bin": b"x", "[Content_Types].xml": b"<Types/>"}),
        reader.NOT_A_WORKBOOK,
    ),
    "something before the archive": (b"x" * 100 + GOOD, reader.NOT_A_WORKBOOK),
    "only the first bytes": (b"PK\x03\x04", reader.DAMAGED),
    "zeros after the first bytes": (b"PK\x03\x04" + bytes(5_000), reader.DAMAGED),
    "a comment longer than the file": (GOOD[:-2] + b"\xff\xff", reader.DAMAGED),
    "a workbook without links": (parts({"xl/workbook.xml": b"<workbook/>"}), reader.DAMAGED),
    "a sheet that is not there": (without(GOOD, "sheet1"), reader.DAMAGED),
    "a sheet that is the workbook": (
        rebuilt(GOOD, **{"xl/_rels/workbook.xml.rels": LINKS_TO_ITSELF}),
        reader.DAMAGED,
    ),
    "the same part twice": (twice(GOOD), reader.DAMAGED),
    "sizes that lie": (directory(GOOD, 24, (10).to_bytes(4, "little")), reader.DAMAGED),
    "sums that lie": (directory(GOOD, 16, bytes(4)), reader.DAMAGED),
    "a locked part": (directory(GOOD, 8, b"\x01"), reader.LOCKED),
    "entities within entities": (with_text(entities(), "&j;"), reader.DAMAGED),
    "entities in a name": (
        rebuilt(
            GOOD,
            **{
                "xl/workbook.xml": (
                    f'<?xml version="1.0"?>{entities()}<workbook xmlns="{SPACE}"><sheets><sheet name="&j;" sheetId="1"/>'
                    "</sheets></workbook>"
                ).encode()
            },
        ),
        reader.DAMAGED,
    ),
    "a file of the server": (
        with_text('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', "&e;"),
        reader.DAMAGED,
    ),
    "a text beyond the shared ones": (cell("<v>99999</v>", ' t="s"'), reader.DAMAGED),
    "a shared text before the first": (cell("<v>-1</v>", ' t="s"'), reader.DAMAGED),
    "row nought": (with_sheet('<row r="0"><c r="A0"><v>1</v></c></row>'), reader.DAMAGED),
    "a row below nought": (with_sheet('<row r="-5"><c r="A-5"><v>1</v></c></row>'), reader.DAMAGED),
    "a place without a row": (cell("<v>1</v>", place="AAAA"), reader.DAMAGED),
    "a column beyond all": (cell("<v>1</v>", place="ZZZZZZ1"), reader.TOO_FAR),
    "bytes that are no letters": (
        whole_sheet(with_text_bytes(b"\xff\xfe\xfa")),
        reader.DAMAGED,
    ),
    "a tag that never ends": (
        whole_sheet('<?xml version="1.0"?><worksheet ' + "a" * 3_000_000),
        reader.DAMAGED,
    ),
    "merged over each other": (with_merged('<mergeCell ref="A1:GR2"/>' * 5_000), reader.DAMAGED),
    "merged over no place": (with_merged('<mergeCell ref="khong"/>'), reader.DAMAGED),
    "a broken style": (rebuilt(GOOD, **{"xl/styles.xml": b"<styleSheet"}), reader.DAMAGED),
    "broken shared texts": (rebuilt(GOOD, **{"xl/sharedStrings.xml": b"<sst><si><t>a"}), reader.DAMAGED),
    "a number beyond numbers": (cell("<v>1e999</v>"), UNREADABLE),
    "not a number": (cell("<v>NaN</v>"), UNREADABLE),
    "less than any number": (cell("<v>-INF</v>"), UNREADABLE),
    "a text of a million letters": (
        cell(f"<is><t>{'x' * 1_000_000}</t></is>", ' t="inlineStr"'),
        reader.TOO_MUCH_TEXT,
    ),
    "fifty million letters": (
        with_sheet(
            "".join(
                f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>{"x" * 32_000}</t></is></c></row>'
                for row in range(1, 1_600)
            )
        ),
        reader.TOO_MUCH_TEXT,
    ),
    "no sheets": (
        rebuilt(GOOD, **{"xl/workbook.xml": f'<workbook xmlns="{SPACE}"><sheets/></workbook>'.encode()}),
        reader.EMPTY,
    ),
    "a link out": (with_sheet_after('<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'), reader.EMPTY),
    "deep nesting": (
        whole_sheet(
            f'<?xml version="1.0"?><worksheet xmlns="{SPACE}">{"<a>" * 200_000}{"</a>" * 200_000}</worksheet>'
        ),
        reader.EMPTY,
    ),
    "three hundred thousand attributes": (
        whole_sheet(
            f'<?xml version="1.0"?><worksheet xmlns="{SPACE}" {MANY_ATTRIBUTES}><sheetData/></worksheet>'
        ),
        reader.EMPTY,
    ),
}
"""Files by what is wrong with them, with the sentence their owner reads."""

HARMLESS: dict[str, tuple[bytes, list[list[Cell]]]] = {
    "a macro nobody runs": (rebuilt(GOOD, **{"xl/vbaProject.bin": reader.OLE + bytes(100)}), GOOD_ROWS),
    "a path out of the folder that nobody unpacks": (rebuilt(GOOD, **{"../../../tmp/x": b"x"}), GOOD_ROWS),
    "something after the archive": (GOOD + b"x" * 1_000, GOOD_ROWS),
    "a number that is none": (cell("<v>abc</v>"), [["abc"]]),
    "a day that never was": (cell("<v>2023-99-99</v>", ' t="d"'), [["2023-99-99"]]),
    "merged over everything": (with_merged('<mergeCell ref="A1:XFD1048576"/>'), [[1.0], [1.0]]),
    "merged backwards": (with_merged('<mergeCell ref="B2:A1"/>'), [[1.0], [1.0]]),
}
"""Files made with ill intent that say what any reader sees in them, and nothing more happens."""
