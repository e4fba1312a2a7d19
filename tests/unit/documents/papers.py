"""Papers to be set in tests: one of each part, and what people may write into them."""

from __future__ import annotations

import subprocess
from datetime import date
from io import BytesIO
from unicodedata import normalize

from docx import Document
from docx.document import Document as File
from docx.table import Table

from bontot.documents.paper import Annex, Centred, Grid, Header, Heading, Paper, Points, Signer, Text

DAY = date(2026, 6, 3)


def a_paper(words: str = "Nguyễn Văn An", day: date = DAY, **more: object) -> Paper:
    """A paper with `words` wherever somebody's words may stand."""
    given: dict[str, object] = {
        "kind": "cell_resolution",
        "day": day,
        "header": Header(
            superior=f"ĐẢNG BỘ {words}",
            issuer=f"CHI BỘ {words}",
            number="Số 05-NQ/CB",
            place_and_day="Bưởi, ngày 03 tháng 6 năm 2026",
        ),
        "title": "NGHỊ QUYẾT",
        "subject": f"lãnh đạo {words}",
        "body": (
            Centred(f"Kính gửi: {words}"),
            Heading(f"I- {words}"),
            Text(words, "Nhận định:"),
            Points((words, f"hai {words}")),
            Grid(("TT", "Nội dung", "Số"), (("1", words, "1.234,5"), ("2", words, "7"))),
            Text("Nghị quyết được thông qua."),
        ),
        "recipients": (f"{words},", "Lưu Chi bộ."),
        "signers": (Signer(lines=("T/M CHI BỘ", "BÍ THƯ"), name=words),),
        "annexes": (Annex(f"DANH SÁCH {words}"), Grid(("TT", "Tên"), (("1", words),))),
    }
    return Paper(**(given | more))  # type: ignore[arg-type]


def said_by(paper: Paper) -> list[str]:
    """Every stretch of words of a paper, in order."""
    found = [paper.header.superior, paper.header.issuer, paper.header.number, paper.title, paper.subject]
    for block in (*paper.body, *paper.annexes):
        match block:
            case Heading(words) | Centred(words):
                found.append(words)
            case Annex(title):
                found.append(title)
            case Text(words, label):
                found += [label, words]
            case Points(items):
                found += items
            case Grid():
                found += [*block.columns, *(cell for row in block.rows for cell in row)]
    found += paper.recipients
    for signer in paper.signers:
        found += [*signer.lines, signer.name]
    return [words for words in found if words]


def bare(words: str) -> str:
    """Words without what a line break may change: NFC, no white space."""
    return "".join(normalize("NFC", words).split())


def text_of_docx(content: bytes) -> str:
    """All words of a DOCX in the order of the file."""
    return "\n".join(_told(Document(BytesIO(content))))


def _told(file: File) -> list[str]:
    found: list[str] = []
    for part in file.iter_inner_content():
        if isinstance(part, Table):
            found += [cell.text for row in part.rows for cell in row.cells]
        else:
            found.append(part.text)
    return found


def text_of_pdf(content: bytes, how: str = "-layout") -> str:
    """All words of a PDF, read by another program."""
    command = ["pdftotext", how, "-", "-"]
    return subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode()
