"""A paper set as PDF and as DOCX says exactly what it is made of, in the measures of its profile."""

from __future__ import annotations

import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import BytesIO
from itertools import pairwise
from threading import Event
from typing import Any
from unicodedata import normalize

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Pt
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bontot.documents.docx import docx
from bontot.documents.paper import Grid, Header, Text
from bontot.documents.pdf import LONGEST, MOST, allowed, as_told, bound, bound_apart, pdf
from bontot.documents.profiles import profile_of
from bontot.documents.setting import ended
from bontot.errors import FileTooLarge, JobOver, Unreachable
from tests.unit.documents.papers import a_paper, bare, said_by, text_of_docx, text_of_pdf

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
MARKUP = "&<>#$@\\*_`[]{}()\"'~=+-/;:,.!?%^|“”…"
NAMES = st.text(
    st.sampled_from(LETTERS + LETTERS.upper() + MARKUP + "0123456789" + " " * 12), max_size=200
).map(lambda words: normalize("NFC", " ".join(words.split())) or "Tên")


def pages_of(content: bytes) -> list[str]:
    """The words of each page."""
    return text_of_pdf(content).split("\f")[:-1]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(words='#set page(width: 1pt) $x$ @cite <label> \\u{41} [*] "“a”" {{ tên }} &amp; <w:p/>')
@example(words="Ng" + "ô" * 198)
@example(words="Ha\u0300 Ê\u0323 q\u0301uy")
@example(words="- = + / // /* */ `raw` ~ 1. ...")
@given(words=NAMES)
def test_whatever_people_are_called_stands_letter_by_letter_in_both_files(words: str) -> None:
    paper = a_paper(words)
    in_docx = bare(text_of_docx(docx(paper)))
    assert [said for said in said_by(paper) if bare(said) not in in_docx] == []
    pages = pages_of(pdf(paper))
    numbers = "".join(str(number) for number in range(2, len(pages) + 1))
    assert Counter(bare("".join(pages))) == Counter(in_docx + numbers)


@pytest.mark.parametrize(
    "words", ["Y Ƀlô Niê", "ƀơ̆", "Quý Ⅳ", "✓ ✔ ☑ ☒ ☐", "● ■ □ ○ ▪ ►", "⇒ ↔", "5′ 3″", "① ②"]
)
def test_letters_of_others_roman_figures_and_ticks_are_seen(words: str) -> None:
    """A letter that no font has stands in the file without being seen; the archival format allows none."""
    assert b"pdfaid" in pdf(a_paper(words))


def test_letters_the_fonts_lack_cost_the_archival_format_and_not_the_paper() -> None:
    made = pdf(a_paper("Nguyễn 王 😀"))
    assert "Nguyễn" in text_of_pdf(made)
    assert [b"pdfaid" in one for one in (made, pdf(a_paper()))] == [False, True]


def test_a_row_of_words_without_end_stays_within_its_column() -> None:
    words = "ô" * 200
    made = pdf(a_paper(body=(Grid(("TT", "Tên", "Ghi chú"), (("1", words, "hết"),)), Text("Xong."))))
    command = ["pdftotext", "-bbox", "-", "-"]
    told = subprocess.run(command, input=made, capture_output=True, check=True).stdout.decode()
    ends = [float(one.split('"')[0]) for one in told.split('xMax="')[1:]]
    assert max(ends) <= 595.3 - 15 / 25.4 * 72


@pytest.mark.parametrize("shares", [(5, 36, 14, 14, 14, 15), (5, 80, 2, 2, 2, 2)])
def test_an_amount_stands_on_one_line_however_narrow_its_column_was_meant(shares: tuple[int, ...]) -> None:
    """In bold of 12 points a figure is 120 twips wide and a full stop 60; a cell keeps 80 at both sides."""
    row = ("02", "Đảng phí thu được từ đầu năm", *["1.479.000.000"] * 4)
    columns = ("Mã", "Nội dung", "Xã, phường", "Doanh nghiệp", "Khác", "Cộng")
    grid = Grid(columns, (row,), figures=frozenset({2, 3, 4, 5}), strong=frozenset({0}), shares=shares)
    table = Document(BytesIO(docx(a_paper(body=(grid, Text("Xong.")))))).tables[1]
    widths = [column.width.twips for column in table.columns]
    assert min(widths[2:]) >= 10 * 120 + 3 * 60 + 2 * 80
    assert 9355 - 6 <= sum(widths) <= 9355


def test_the_last_lines_stand_on_the_page_of_the_signatures() -> None:
    long = "Chi bộ đề nghị các đồng chí tiếp tục phát huy kết quả đã đạt được trong tháng vừa qua. " * 3
    counts = set()
    for lines in range(9, 16):
        pages = pages_of(
            pdf(a_paper(body=(*(Text(long) for _ in range(lines)), Text("Hết lời.")), annexes=()))
        )
        counts.add(len(pages))
        assert ("Hết lời." in pages[-1], "T/M CHI BỘ" in pages[-1]) == (True, True)
    assert counts == {2, 3}


def test_a_last_line_is_not_alone_with_the_signatures() -> None:
    long = "Chi bộ đề nghị các đồng chí tiếp tục phát huy kết quả đã đạt được trong tháng vừa qua. " * 3
    counts = set()
    for lines in range(9, 16):
        body = (*(Text(long) for _ in range(lines)), Text("Đã đọc lại."), Text("Hết lời."))
        paper = a_paper(body=body, annexes=())
        pages = pages_of(pdf(paper))
        counts.add(len(pages))
        assert ("Đã đọc lại." in pages[-1], "Hết lời." in pages[-1]) == (True, True)
        told = Document(BytesIO(docx(paper))).paragraphs
        kept = {one.text: bool(one.paragraph_format.keep_with_next) for one in told}
        assert (kept[long], kept["Đã đọc lại."], kept["Hết lời."]) == (False, True, True)
    assert counts == {2, 3}


@pytest.mark.parametrize("columns", [3, 12])
def test_rows_are_as_high_in_the_office_file_as_in_the_pdf(columns: int) -> None:
    """Of one line and of two, a usual table and a broad one; the line between rows is half a point."""
    heads = tuple(f"C{place}" for place in range(columns))
    rows = tuple((f"hàng{n}", f"a{n}\nb{n}" if n > 3 else f"a{n}", *("",) * (columns - 2)) for n in range(8))
    paper = a_paper(body=(Grid(heads, rows), Text("Xong.")))
    command = ["pdftotext", "-bbox", "-", "-"]
    told = subprocess.run(command, input=pdf(paper), capture_output=True, check=True).stdout.decode()
    tops = [float(one.split('yMin="')[1].split('"')[0]) for one in told.splitlines() if ">hàng" in one]
    in_pdf = [round(after - before, 1) for before, after in pairwise(tops)]
    table = Document(BytesIO(docx(paper))).tables[1]
    [room] = table._tbl.xpath("./w:tblPr/w:tblCellMar")
    above, below = (int(room.find(qn(f"w:{side}")).get(qn("w:w"))) for side in ("top", "bottom"))
    pitch = table.rows[1].cells[0].paragraphs[0].paragraph_format.line_spacing
    assert isinstance(pitch, int)
    in_docx = [round(lines * pitch / Pt(1) + (above + below) / 20 + 0.5, 1) for lines in (1, 2)]
    assert in_pdf == [in_docx[0]] * 4 + [in_docx[1]] * 3


def test_a_row_that_names_a_group_stands_on_the_page_of_its_first_row() -> None:
    places = set()
    for before in range(24, 36):
        rows = (*((str(n), f"việc {n}") for n in range(before)), ("", "NHÓM HAI"), ("", "hàng đầu"))
        grid = Grid(("TT", "Nội dung"), rows, strong=frozenset({before}), shares=(5, 60))
        pages = pages_of(pdf(a_paper(body=(grid, Text("Xong.")), annexes=(), recipients=())))
        [place] = [at for at, page in enumerate(pages) if "NHÓM HAI" in page]
        assert "hàng đầu" in pages[place]
        places.add(place)
        table = Document(BytesIO(docx(a_paper(body=(grid,))))).tables[1]
        kept = [row.cells[1].paragraphs[0].paragraph_format.keep_with_next for row in table.rows]
        assert kept == [True, *[None] * before, True, None]
    assert places == {0, 1}


def test_a_body_without_a_superior_begins_with_its_own_name() -> None:
    paper = a_paper(header=Header(superior="", issuer="QUẬN ỦY TÂY HỒ"))
    left = Document(BytesIO(docx(paper))).tables[0].rows[0].cells[0]
    assert left.text == "QUẬN ỦY TÂY HỒ\n*"
    lines = pages_of(pdf(paper))[0].splitlines()
    assert "QUẬN ỦY TÂY HỒ" in next(line for line in lines if line.strip())


def test_a_table_of_many_columns_is_set_smaller() -> None:
    for count, size, inset in ((14, 12, "80"), (15, 10, "40")):
        columns = tuple(f"C{n}" for n in range(count))
        file = Document(BytesIO(docx(a_paper(body=(Grid(columns, (columns,)),), landscape=True))))
        run = file.tables[1].rows[1].cells[0].paragraphs[0].runs[0]
        margins = file.tables[1]._tbl.xpath("./w:tblPr/w:tblCellMar/w:left/@w:w")
        assert (run.font.size, margins) == (Pt(size), [inset])


def test_pages_are_numbered_from_the_second_and_each_bound_paper_begins_anew() -> None:
    one = pages_of(pdf(a_paper()))
    assert [page.split()[0] for page in one] == ["ĐẢNG", "2"]
    both = pages_of(bound([a_paper(), a_paper("Trần Thị Bình", landscape=True)]))
    assert [page.split()[0] for page in both] == ["ĐẢNG", "2", "ĐẢNG", "2", "3"]


def test_a_draft_says_so_and_what_is_issued_does_not() -> None:
    draft = a_paper(lacks="Khóa hồ sơ trước.")
    assert ["DỰ THẢO" in text for text in (text_of_pdf(pdf(draft)), text_of_docx(docx(draft)))] == [
        True,
        True,
    ]
    final = a_paper()
    assert ["DỰ THẢO" in text for text in (text_of_pdf(pdf(final)), text_of_docx(docx(final)))] == [
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("day", "key", "end", "line"),
    [
        (date(2017, 5, 1), "party_2018", "thông qua./.", 18),
        (date(2026, 5, 26), "party_2018", "thông qua./.", 18),
        (date(2026, 5, 27), "party_2026", "thông qua.", 19),
    ],
)
def test_the_day_of_a_paper_chooses_how_it_is_set(day: date, key: str, end: str, line: int) -> None:
    paper = a_paper(day=day)
    profile = profile_of(day)
    assert (profile.key, int(profile.line)) == (key, line)
    last = ended(paper, profile)[-1]
    assert isinstance(last, Text)
    assert last.words.endswith(end)
    assert bare(end) in bare(text_of_pdf(pdf(paper)))
    body = Document(BytesIO(docx(paper))).styles["Đoạn văn"].paragraph_format
    assert body.first_line_indent is not None
    assert (body.line_spacing, round(body.first_line_indent.mm)) == (Pt(line), 10)


def test_the_page_of_the_office_file_is_measured_to_the_twip() -> None:
    section = Document(BytesIO(docx(a_paper()))).sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.twips) for margin in margins if margin is not None] == [1134, 1134, 1701, 850]
    broad = Document(BytesIO(docx(a_paper(landscape=True)))).sections[0]
    assert [round(side.mm) for side in (broad.page_width, broad.page_height) if side] == [297, 210]


def test_every_cell_of_the_office_file_is_as_wide_as_its_column_and_headings_repeat() -> None:
    file = Document(BytesIO(docx(a_paper())))
    head, grid, signing, _ = file.tables
    for table in file.tables:
        widths = [column.width for column in table.columns]
        assert [[cell.width for cell in row.cells] for row in table.rows] == [widths] * len(table.rows)
    assert [round(column.width.twips) for column in head.columns if column.width] == [3999, 5354]
    assert [len(row._tr.xpath("./w:trPr/w:tblHeader")) for row in grid.rows] == [1, 0, 0]
    kept = [paragraph.paragraph_format.keep_with_next for paragraph in file.paragraphs][-6:-4]
    assert (kept, len(signing.columns)) == ([True, True], 2)
    assert [table.style.name for table in (head, grid) if table.style] == ["Normal Table", "Table Grid"]


def test_the_same_paper_is_the_same_file() -> None:
    assert pdf(a_paper()) == pdf(a_paper())


def test_papers_set_in_a_process_of_their_own_are_the_same_file_however_long_it_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bontot.documents.pdf.LOOKED_AT", 0.01)
    looks: list[int] = []
    inputs = as_told([a_paper(), a_paper("Trần Thị Bình")], title="Hai văn bản")
    made = bound_apart(inputs, lambda: looks.append(1))
    assert made == allowed(inputs, tagged=False)
    assert pages_of(made) == pages_of(bound([a_paper(), a_paper("Trần Thị Bình")]))
    assert looks


def test_setting_papers_ends_when_they_are_no_longer_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bontot.documents.pdf.LOOKED_AT", 0.01)
    started: list[subprocess.Popen[bytes]] = []

    def kept(*given: Any, **more: Any) -> subprocess.Popen[bytes]:
        started.append(REAL_POPEN(*given, **more))
        return started[-1]

    def unwanted() -> None:
        raise JobOver

    monkeypatch.setattr(subprocess, "Popen", kept)
    with pytest.raises(JobOver):
        bound_apart(as_told([a_paper()]), unwanted)
    monkeypatch.setattr("bontot.documents.pdf.PATIENCE", 0.0)
    with pytest.raises(FileTooLarge):
        bound_apart(as_told([a_paper()]))
    assert [one.poll() is not None for one in started] == [True, True]


def test_a_paper_too_long_to_be_set_beside_other_work_is_refused() -> None:
    long = a_paper(body=tuple(Text("ô" * 20_000) for _ in range(50)))
    assert len(as_told([long])["told"]) > LONGEST
    with pytest.raises(FileTooLarge):
        pdf(long)


def test_papers_too_long_together_are_refused_before_a_process_is_begun_for_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("subprocess.Popen", None)
    with pytest.raises(FileTooLarge):
        bound_apart({"told": "ô" * (MOST + 1)})


def test_papers_are_set_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bontot.documents.pdf.TURN", 0.05)
    beginning, ending = Event(), Event()

    def slow(_: object) -> bytes:
        beginning.set()
        ending.wait(20)
        return b"%PDF"

    monkeypatch.setattr("bontot.documents.pdf.allowed", slow)
    with ThreadPoolExecutor(1) as other:
        first = other.submit(pdf, a_paper())
        assert beginning.wait(20)
        with pytest.raises(Unreachable):
            pdf(a_paper())
        ending.set()
        assert first.result() == b"%PDF"
    assert pdf(a_paper()) == b"%PDF"


def test_what_cannot_be_set_is_no_file() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        bound_apart({"told": "{}"})


REAL_POPEN = subprocess.Popen
