"""What every DOCX of a profile has in common, made once: its page, styles and page numbers, as a file without words."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from functools import cache
from io import BytesIO

from docx import Document
from docx.document import Document as File
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt

from bontot.documents.profiles import Profile

FONT = "Times New Roman"
BODY, TITLE, AUTHOR = "Đoạn văn", "|title|", "|author|"
"""The style of a paragraph; and what stands in the frame where the paper's own title and author belong."""
DOCUMENT, CORE = "word/document.xml", "docProps/core.xml"
MADE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Frame:
    """A file without words: `base` is the archive of all parts that never change; of the two that do, the text before and
    after the words, and the text with the places of title and author. `width` is that of the lines, in twips."""

    base: bytes
    before: str
    after: str
    core: str
    width: int
    body_style: str

    def filled(self, words: str, title: str, author: str) -> bytes:
        """The file of a paper: `words` is its body as WordprocessingML; title and author are text."""
        out = io.BytesIO()
        out.write(self.base)
        parts = {
            DOCUMENT: f"{self.before}{words}{self.after}",
            CORE: self.core.replace(TITLE, escape(title[:255])).replace(AUTHOR, escape(author[:255])),
        }
        with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
            for name, text in parts.items():
                archive.writestr(_entry(name), text)
        return out.getvalue()


@cache
def frame_of(profile: Profile, *, landscape: bool) -> Frame:
    """The frame of a profile, upright or broad."""
    file: File = Document()
    width = _page(file, profile, landscape=landscape)
    _styles(file, profile)
    _numbered_pages(file, profile)
    of = file.core_properties
    of.title, of.author, of.language, of.comments = TITLE, AUTHOR, "vi-VN", ""
    saved = BytesIO()
    file.save(saved)
    with zipfile.ZipFile(saved) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    before, mark, after = parts.pop(DOCUMENT).decode().partition("<w:sectPr")
    core = parts.pop(CORE).decode()
    base = io.BytesIO()
    with zipfile.ZipFile(base, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(_entry(name), content)
    style = file.styles[BODY].style_id
    return Frame(base.getvalue(), before, mark + after, core, round(width.twips), style)


def escape(words: str) -> str:
    """Text as it stands between tags."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _entry(name: str) -> zipfile.ZipInfo:
    """The same moment on every part, so that the same paper is the same file."""
    entry = zipfile.ZipInfo(name, MADE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


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
    body = file.styles.add_style(BODY, WD_STYLE_TYPE.PARAGRAPH)
    body.base_style = normal
    body.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    body.paragraph_format.first_line_indent = Mm(profile.indent)
    body.paragraph_format.space_before = Pt(profile.gap)
    body.paragraph_format.line_spacing = Pt(float(profile.line))
    body.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY


def _numbered_pages(file: File, profile: Profile) -> None:
    """The number of the page in the middle of the top margin, from the second page."""
    section = file.sections[0]
    section.different_first_page_header_footer = True
    line = section.header.paragraphs[0]
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = line.add_run()
    run.font.size = Pt(profile.body)
    for kind, words in (("begin", ""), ("", "PAGE"), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        element.text = words or None
        run._r.append(element)
