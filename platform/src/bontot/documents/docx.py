"""A paper as DOCX, for the office's own word processor: the same parts, measures and keeping together as in the PDF."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO

from docx import Document
from docx.document import Document as File
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Length, Mm, Pt, Twips
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from bontot.documents.paper import Annex, Block, Centred, Grid, Heading, Paper, Points, Text
from bontot.documents.profiles import Profile, profile_of
from bontot.documents.setting import ended

FONT = "Times New Roman"
HEAD = (4000, 5355)
"""The two columns of the head beside each other."""
PARTY_WIDTH, CELL_MARGINS = 4250, 216
"""Of the name of the Party in bold of 15 points in the widest of the faces it is set in, and on both sides of a cell, in
twips."""
PITCH = 1.25
"""How far lines outside of the body are apart, in sizes of their type."""
INSETS = {False: (70, 80), True: (50, 40)}
"""Above and beside what stands in a ruled cell, of a table of usual and of many columns, in twips."""
LEFT, CENTRE, RIGHT, BOTH = (
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)
ALIGNS = {"left": LEFT, "center": CENTRE, "right": RIGHT}


def docx(paper: Paper) -> bytes:
    """The file."""
    made = _Setting(paper)
    made.write()
    out = BytesIO()
    made.file.save(out)
    return out.getvalue()


class _Setting:
    """One paper being set."""

    def __init__(self, paper: Paper) -> None:
        self.paper, self.profile = paper, profile_of(paper.day)
        self.file: File = Document()
        self.width = _page(self.file, self.profile, landscape=paper.landscape)
        _styles(self.file, self.profile)
        _numbered_pages(self.file, self.profile)
        _described(self.file, paper)

    def write(self) -> None:
        paper = self.paper
        self._head()
        self._title()
        body = ended(paper, self.profile)
        for block in body:
            self._block(block)
        if body and not isinstance(body[-1], Grid):
            _kept(self.file.paragraphs[-1])
        self._signing()
        for block in paper.annexes:
            self._block(block)

    def _head(self) -> None:
        header, size = self.paper.header, self.profile.body
        left, right = self._borderless(HEAD)
        own = _Lines(left, CENTRE, size)
        if header.superior:
            own.add(header.superior)
        own.add(header.issuer, bold=True)
        own.add("*")
        if header.number:
            own.add(header.number)
        if self.paper.draft:
            own.add("DỰ THẢO", bold=True)
        party = _Lines(right, CENTRE, self.profile.party)
        column = self.width.twips * HEAD[1] // sum(HEAD)
        _underlined(party.add("ĐẢNG CỘNG SẢN VIỆT NAM", bold=True), column)
        if header.place_and_day:
            party.add(header.place_and_day, italic=True, size=size).paragraph_format.space_before = Pt(12)

    def _title(self) -> None:
        paper, profile = self.paper, self.profile
        title = self._line(paper.title, CENTRE, bold=True, size=profile.title)
        title.paragraph_format.space_before = Pt(18)
        if paper.subject:
            self._line(paper.subject, CENTRE, bold=True)
        self._line("-----", CENTRE).paragraph_format.keep_with_next = True

    def _block(self, block: Block) -> None:
        match block:
            case Heading(words):
                made = self._body(words, bold=True)
                made.paragraph_format.keep_with_next = True
            case Text(words, label):
                made = self._body("")
                if label:
                    _write(made, f"{label} ", bold=True)
                _write(made, words)
            case Centred(words, strong):
                made = self._line(words, CENTRE, bold=strong)
                made.paragraph_format.space_before = Pt(self.profile.gap)
            case Points(items):
                for item in items:
                    self._body(f"- {item}")
            case Grid():
                self._grid(block)
            case Annex(title):
                made = self._line(title, CENTRE, bold=True)
                made.paragraph_format.page_break_before = True

    def _body(self, words: str, *, bold: bool = False) -> Paragraph:
        made = self.file.add_paragraph(style="Đoạn văn")
        _write(made, words, bold=bold)
        return made

    def _line(self, words: str, align: WD_ALIGN_PARAGRAPH, *, bold: bool = False, size: int = 0) -> Paragraph:
        made = self.file.add_paragraph()
        made.alignment = align
        _pitched(made, size or self.profile.body)
        _write(made, words, bold=bold, size=size)
        return made

    def _grid(self, grid: Grid) -> None:
        shares, size = grid.widths(), grid.size(self.profile.table)
        self._gap(keep=True)
        widths = [Twips(self.width.twips * share // sum(shares)) for share in shares]
        table = self._table(widths, style="Table Grid")
        _inset(table, *INSETS[grid.broad])
        first = table.rows[0]
        for flag in ("w:cantSplit", "w:tblHeader"):
            _flag(first._tr.get_or_add_trPr(), flag)
        for cell, column in zip(first.cells, grid.columns, strict=True):
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
            _kept(_Lines(cell, CENTRE, size).add(column, bold=True))
        for place, row in enumerate(grid.rows):
            added = table.add_row()  # type: ignore[no-untyped-call]
            _flag(added._tr.get_or_add_trPr(), "w:cantSplit")
            for at, (cell, words) in enumerate(zip(added.cells, row, strict=True)):
                made = _Lines(cell, ALIGNS[grid.align(at)], size).add(words, bold=place in grid.strong)
                if place in grid.strong:
                    _kept(made)
        self._gap()

    def _gap(self, *, keep: bool = False) -> None:
        """Room before and after a table, which has none of its own."""
        made = self._line("", LEFT)
        made.paragraph_format.line_spacing = Pt(float(self.profile.gap))
        made.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        made.paragraph_format.keep_with_next = keep

    def _signing(self) -> None:
        paper, profile = self.paper, self.profile
        before = self._line("", LEFT)
        before.paragraph_format.keep_with_next = True
        columns = max(2, len(paper.signers) + bool(paper.recipients))
        cells = list(self._borderless((1,) * columns, keep=True))
        signed = cells[-len(paper.signers) :]
        if paper.recipients:
            receivers = _Lines(cells[0], LEFT, profile.recipients)
            receivers.add("Nơi nhận:", underline=True, size=profile.body)
            for one in paper.recipients:
                receivers.add(f"- {one}")
        for cell, signer in zip(signed, paper.signers, strict=True):
            lines = _Lines(cell, CENTRE, profile.body)
            for place, words in enumerate(signer.lines):
                lines.add(words, bold=place == 0).paragraph_format.keep_with_next = True
            name = lines.add(signer.name, bold=True)
            name.paragraph_format.space_before = Mm(24)

    def _borderless(self, shares: tuple[int, ...], *, keep: bool = False) -> Iterator[_Cell]:
        widths = [Twips(self.width.twips * share // sum(shares)) for share in shares]
        table = self._table(widths)
        if keep:
            _flag(table.rows[0]._tr.get_or_add_trPr(), "w:cantSplit")
        return iter(table.rows[0].cells)

    def _table(self, widths: list[Twips], style: str | None = None) -> Table:
        """A table of one row with its columns set to the twip, as word processors that read only `w:tblGrid` want it."""
        table: Table = self.file.add_table(rows=1, cols=len(widths))
        if style:
            table.style = self.file.styles[style]
        table.autofit = False
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        for column, cell, width in zip(table.columns, table.rows[0].cells, widths, strict=True):
            column.width = cell.width = width
        return table


class _Lines:
    """A cell filled line by line."""

    def __init__(self, cell: _Cell, align: WD_ALIGN_PARAGRAPH, size: int) -> None:
        self._cell, self._align, self._size = cell, align, size
        self._empty = True

    def add(self, words: str, *, size: int = 0, **how: bool) -> Paragraph:
        made: Paragraph = self._cell.paragraphs[0] if self._empty else self._cell.add_paragraph()
        self._empty = False
        made.alignment = self._align
        _pitched(made, size or self._size)
        _write(made, words, size=size or self._size, **how)
        return made


def _write(paragraph: Paragraph, words: str, *, size: int = 0, **how: bool) -> None:
    run = paragraph.add_run(words)
    for name, value in how.items():
        if value:
            setattr(run, name, True)
    if size:
        run.font.size = Pt(size)


def _page(file: File, profile: Profile, *, landscape: bool) -> Length:
    """Sets the page; returns the width of its text."""
    section = file.sections[0]
    width, height = (297, 210) if landscape else (210, 297)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.top_margin, section.bottom_margin = Mm(profile.top), Mm(profile.bottom)
    section.left_margin, section.right_margin = Mm(profile.left), Mm(profile.right)
    section.header_distance = Mm(10)
    return Mm(width - profile.left - profile.right)


def _styles(file: File, profile: Profile) -> None:
    normal = file.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(profile.body)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(script), FONT)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "vi-VN")
    normal.element.get_or_add_rPr().append(language)
    normal.paragraph_format.space_after = normal.paragraph_format.space_before = Pt(0)
    normal.paragraph_format.widow_control = True
    body = file.styles.add_style("Đoạn văn", WD_STYLE_TYPE.PARAGRAPH)
    body.base_style = normal
    body.paragraph_format.alignment = BOTH
    body.paragraph_format.first_line_indent = Mm(profile.indent)
    body.paragraph_format.space_before = Pt(profile.gap)
    body.paragraph_format.line_spacing = Pt(float(profile.line))
    body.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY


def _numbered_pages(file: File, profile: Profile) -> None:
    """The number of the page in the middle of the top margin, from the second page."""
    section = file.sections[0]
    section.different_first_page_header_footer = True
    line = section.header.paragraphs[0]
    line.alignment = CENTRE
    run = line.add_run()
    run.font.size = Pt(profile.body)
    for kind, words in (("begin", ""), ("", "PAGE"), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        element.text = words or None
        run._r.append(element)


def _described(file: File, paper: Paper) -> None:
    of = file.core_properties
    of.title, of.author, of.language, of.comments = paper.name[:255], paper.header.issuer[:255], "vi-VN", ""


def _pitched(paragraph: Paragraph, size: int) -> None:
    """Lines as far apart as in the PDF, whatever face they are set in."""
    paragraph.paragraph_format.line_spacing = Pt(size * PITCH)
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY


def _kept(paragraph: Paragraph) -> None:
    """Keeps the last lines of the text on the page of the signatures."""
    paragraph.paragraph_format.keep_with_next = True


def _underlined(paragraph: Paragraph, column: int) -> None:
    """A solid line below, as long as the words: a border under a paragraph drawn in to them, in a column of so many
    twips."""
    beside = max(0, (column - CELL_MARGINS - PARTY_WIDTH) // 2)
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Twips(beside)
    border = OxmlElement("w:pBdr")
    line = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        line.set(qn(f"w:{name}"), value)
    border.append(line)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(border, "w:shd", "w:spacing", "w:ind", "w:jc", "w:rPr")


def _inset(table: Table, above: int, beside: int) -> None:
    """How far what stands in a cell keeps from its lines."""
    margins = OxmlElement("w:tblCellMar")
    for side, twips in (("top", above), ("left", beside), ("bottom", above), ("right", beside)):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(twips))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook", "w:tblCaption")


def _flag(properties: BaseOxmlElement, name: str) -> None:
    properties.append(OxmlElement(name))


Setter = Callable[[Paper], bytes]
