"""A paper as DOCX, for the office's own word processor: the same parts, measures and keeping together as in the PDF.

The words are written as WordprocessingML into a frame made once for each profile. Whatever people wrote is escaped; nothing
of it is read as markup.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from bontot.documents.docx_frame import escape, frame_of
from bontot.documents.paper import Annex, Block, Centred, Grid, Heading, Paper, Points, Text
from bontot.documents.profiles import profile_of
from bontot.documents.setting import ended, staying

HEAD = (4000, 5355)
"""The two columns of the head beside each other."""
PARTY_WIDTH = 4250
"""Of the name of the Party in bold of 15 points in the widest of the faces it is set in, in twips."""
UNRULED = (0, 0, 20)
"""Above, below and beside what stands in a column of the head or of the signatures, in twips: names break where they do in
the PDF."""
PITCH = 25
"""How far lines outside of the body are apart, in twips for each point of their type: as in the PDF."""
INSETS = {False: (25, 45, 80), True: (15, 25, 40)}
"""Above, below and beside what stands in a ruled cell, of a table of usual and of many columns, in twips: with the line and
the room that an exact pitch leaves above the first words, a row is as high as in the PDF."""
POINT, SIGNATURE = 20, 1221
"""In twips: a point, and what is left above a name for a signature (24 mm between the words, an exact pitch among it)."""
OPEN, CLOSE = '<w:t xml:space="preserve">', "</w:t>"
NUL = "\0"
KEEP = "<w:keepNext/>"
BROKEN = "<w:pageBreakBefore/>"
LAST = '<w:p><w:pPr><w:spacing w:line="20" w:lineRule="exact"/><w:rPr><w:sz w:val="2"/></w:rPr></w:pPr></w:p>'
"""Word processors put a line after a table that ends a text, as high as any, and so a page more; this one has no height."""
MIDDLE = '<w:vAlign w:val="center"/>'


def docx(paper: Paper) -> bytes:
    """The file."""
    frame = frame_of(profile_of(paper.day), landscape=paper.landscape)
    return frame.filled(body_of(paper), paper.name, paper.header.issuer)


def body_of(paper: Paper) -> str:
    """What the paper says, as WordprocessingML."""
    return "".join(_Setting(paper).parts())


class _Setting:
    """One paper being set."""

    def __init__(self, paper: Paper) -> None:
        self.paper, self.profile = paper, profile_of(paper.day)
        self.frame = frame_of(self.profile, landscape=paper.landscape)
        self.body_style = f'<w:pStyle w:val="{escape(self.frame.body_style)}"/>'

    def parts(self) -> Iterator[str]:
        """The parts of the text in their order."""
        paper = self.paper
        yield self._head()
        yield from self._title()
        body = ended(paper, self.profile)
        free = len(body) - staying(body)
        for place, block in enumerate(body):
            yield from self._block(block, keep=place >= free)
        yield self._signing()
        for block in paper.annexes:
            yield from self._block(block)
        yield LAST

    def _head(self) -> str:
        header, profile = self.paper.header, self.profile
        widths = self._widths(HEAD)
        own = [_run(header.superior, profile.body)] if header.superior else []
        own += [_run(header.issuer, profile.body, bold=True), _run("*", profile.body)]
        if header.number:
            own.append(_run(header.number, profile.body))
        if self.paper.draft:
            own.append(_run("DỰ THẢO", profile.body, bold=True))
        party = _underlined(self.frame.width * HEAD[1] // sum(HEAD))
        right = _paragraph(
            _run("ĐẢNG CỘNG SẢN VIỆT NAM", profile.party, bold=True),
            party[0],
            _pitch(profile.party),
            party[1],
            "center",
        )
        if header.place_and_day:
            spacing = f' w:before="{12 * POINT}"{_pitch(profile.body)}'
            day = _run(header.place_and_day, profile.body, italic=True)
            right += _paragraph(day, spacing=spacing, align="center")
        left = "".join(_in_cell(run, "center", profile.body) for run in own)
        return _table(widths, [_row(widths, [left, right])], inset=_inset(*UNRULED))

    def _title(self) -> Iterator[str]:
        paper, profile = self.paper, self.profile
        title = _run(paper.title, profile.title, bold=True)
        yield _paragraph(title, spacing=f' w:before="{18 * POINT}"{_pitch(profile.title)}', align="center")
        pitch = _pitch(profile.body)
        if paper.subject:
            yield _paragraph(_run(paper.subject, bold=True), spacing=pitch, align="center")
        yield _paragraph(_run("-----"), KEEP, pitch, align="center")

    def _block(self, block: Block, *, keep: bool = False) -> Iterator[str]:
        kept = KEEP if keep else ""
        match block:
            case Heading(words):
                yield self._body(_run(words, bold=True), KEEP)
            case Text(words, label):
                yield self._body((_run(f"{label} ", bold=True) if label else "") + _run(words), kept)
            case Centred(words, strong):
                spacing = f' w:before="{self.profile.gap * POINT}"{_pitch(self.profile.body)}'
                yield _paragraph(_run(words, bold=strong), kept, spacing, align="center")
            case Points(items):
                for place, item in enumerate(items, 1):
                    yield self._body(_run(f"- {item}"), kept if place == len(items) else "")
            case Grid():
                gap = f' w:line="{self.profile.gap * POINT}" w:lineRule="exact"'
                yield _paragraph(_run(""), KEEP, gap, align="left")
                yield self._grid(block)
                yield _paragraph(_run(""), "", gap, align="left")
            case Annex(title):
                pitch = _pitch(self.profile.body)
                yield _paragraph(_run(title, bold=True), kept + BROKEN, pitch, align="center")

    def _body(self, runs: str, properties: str = "") -> str:
        return _paragraph(runs, self.body_style + properties)

    def _grid(self, grid: Grid) -> str:
        size = grid.size(self.profile.table)
        widths = self._widths(grid.widths())
        aligns = [grid.align(place) for place in range(len(grid.columns))]
        heads = [_in_cell(_run(column, size, bold=True), "center", size, KEEP) for column in grid.columns]
        rows = [_row(widths, heads, "<w:cantSplit/><w:tblHeader/>", MIDDLE)]
        plain, strong = (_compiled_row(widths, tuple(aligns), size, bold=bold) for bold in (False, True))
        for place, row in enumerate(grid.rows):
            rows.append((strong if place in grid.strong else plain) % _texts(row))
        return _table(widths, rows, '<w:tblStyle w:val="TableGrid"/>', _inset(*INSETS[grid.broad]))

    def _signing(self) -> str:
        paper, profile = self.paper, self.profile
        columns = max(2, len(paper.signers) + bool(paper.recipients))
        cells = [_in_cell("", "", profile.body)] * columns
        for place, signer in enumerate(paper.signers, columns - len(paper.signers)):
            lines = [
                _in_cell(_run(words, profile.body, bold=at == 0), "center", profile.body, KEEP)
                for at, words in enumerate(signer.lines)
            ]
            name = _run(signer.name, profile.body, bold=True)
            spacing = f' w:before="{SIGNATURE}"{_pitch(profile.body)}'
            lines.append(_paragraph(name, spacing=spacing, align="center"))
            cells[place] = "".join(lines)
        if paper.recipients:
            told = [_in_cell(_run("Nơi nhận:", profile.body, underline=True), "left", profile.body)]
            small = profile.recipients
            told += [_in_cell(_run(f"- {one}", small), "left", small) for one in paper.recipients]
            cells[0] = "".join(told)
        widths = self._widths((1,) * columns)
        gap = f' w:line="{profile.body * POINT}" w:lineRule="exact"'
        before = _paragraph(_run(""), KEEP, gap, align="left")
        return before + _table(widths, [_row(widths, cells, "<w:cantSplit/>")], inset=_inset(*UNRULED))

    def _widths(self, shares: Sequence[int]) -> tuple[int, ...]:
        """The widths of columns, in twips."""
        whole = sum(shares)
        return tuple(self.frame.width * share // whole for share in shares)


def _run(
    words: str, size: int = 0, *, bold: bool = False, italic: bool = False, underline: bool = False
) -> str:
    """A run of text."""
    how = "<w:b/>" * bold + "<w:i/>" * italic
    if size:
        how += f'<w:sz w:val="{2 * size}"/>'
    how += '<w:u w:val="single"/>' * underline
    return f"<w:r>{f'<w:rPr>{how}</w:rPr>' if how else ''}{OPEN}{_text(words)}{CLOSE}</w:r>"


def _text(words: str) -> str:
    """Words as they stand in a run; what stands on lines of its own stays there."""
    return escape(words).replace("\n", f"{CLOSE}<w:br/>{OPEN}")


def _texts(row: Sequence[str]) -> tuple[str, ...]:
    """The same of a whole row, in one go; NUL stands in nobody's words."""
    return tuple(_text(NUL.join(row)).split(NUL))


def _paragraph(runs: str, first: str = "", spacing: str = "", indent: str = "", align: str = "") -> str:
    """A paragraph; its properties in the order the standard wants them, `first` those that come first."""
    how = first
    if spacing:
        how += f"<w:spacing{spacing}/>"
    how += indent
    if align:
        how += f'<w:jc w:val="{align}"/>'
    return f"<w:p>{f'<w:pPr>{how}</w:pPr>' if how else ''}{runs}</w:p>"


def _in_cell(runs: str, align: str, size: int, first: str = "") -> str:
    return _paragraph(runs, first, _pitch(size) if runs else "", align=align)


def _pitch(size: int) -> str:
    """Lines as far apart as in the PDF, whatever face they are set in."""
    return f' w:line="{size * PITCH}" w:lineRule="exact"'


def _underlined(column: int) -> tuple[str, str]:
    """A solid line below, as long as the words: a border under a paragraph drawn in to them, in a column of so many twips;
    the border and the indent."""
    beside = max(0, (column - 2 * UNRULED[2] - PARTY_WIDTH) // 2)
    line = '<w:bottom w:val="single" w:sz="6" w:space="1" w:color="000000"/>'
    return f"<w:pBdr>{line}</w:pBdr>", f'<w:ind w:left="{beside}" w:right="{beside}"/>'


def _inset(above: int, below: int, beside: int) -> str:
    """How far what stands in the cells of a table keeps from its lines."""
    sides = (("top", above), ("left", beside), ("bottom", below), ("right", beside))
    margins = "".join(f'<w:{side} w:w="{twips}" w:type="dxa"/>' for side, twips in sides)
    return f"<w:tblCellMar>{margins}</w:tblCellMar>"


def _table(widths: Sequence[int], rows: Sequence[str], style: str = "", inset: str = "") -> str:
    """A table with its columns set to the twip, as word processors that read only `w:tblGrid` want it."""
    look = '<w:tblW w:type="auto" w:w="0"/><w:jc w:val="center"/><w:tblLayout w:type="fixed"/>'
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f"<w:tbl><w:tblPr>{style}{look}{inset}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


@cache
def _compiled_row(widths: tuple[int, ...], aligns: tuple[str, ...], size: int, *, bold: bool) -> str:
    """A row of a table to be filled by `%`, written once for all rows that differ in their words alone; a `bold` one, which
    names a group, stays with the next."""
    first = KEEP if bold else ""
    cells = [_in_cell(_run("%s", size, bold=bold), align, size, first) for align in aligns]
    return _row(widths, cells, "<w:cantSplit/>")


def _row(widths: Sequence[int], cells: Sequence[str], how: str = "", stand: str = "") -> str:
    """A row of cells, each its paragraphs."""
    written = "".join(
        f'<w:tc><w:tcPr><w:tcW w:type="dxa" w:w="{width}"/>{stand}</w:tcPr>{cell}</w:tc>'
        for width, cell in zip(widths, cells, strict=True)
    )
    return f"<w:tr>{f'<w:trPr>{how}</w:trPr>' if how else ''}{written}</w:tr>"
