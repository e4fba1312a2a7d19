"""The layout a plan ships for a paper of its own: plain lines that the product fills from the records.

A line by itself, in order: `# words` a heading, `## words` one below it, `> words` in the middle, `- words` a point,
`=== words` begins an annex, `[[name]]` a block made from the records, `[[write key: Label]]` a part that people write, and
anything else a paragraph, of which what stands before `::` is its label. `{name}` stands for a field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bontot.policy.model import ReportFormat

OWN = frozenset(
    {
        "commitment_registration",
        "score_sheet",
        "score_sheet_base",
        "vote_minutes",
        "recognition_proposal",
        "recognition_proposal_base",
        "recognition_decision",
        "recognition_decision_base",
        "report",
        "scheme_report",
        "consolidated_table",
        "residence_remark",
    }
)
"""Forms the product itself reads."""
LAID_OUT = "report"
"""The one of them whose body a layout may take the place of."""
PERIOD, YEAR = "period", "year"
FIELDS = frozenset(
    {"organisation", "author", "superior", "period", "year", "day", "members", "cells", "secretary"}
)
BLOCKS = {PERIOD: frozenset({"figures"}), YEAR: frozenset({"results", "cells"})}
"""What can be made from the records, by what the paper is about: the numbers of a period; how the body itself stands by
headings, and (`cells SCHEME`) the cells below by the criteria of a scheme."""
MARKS = {"# ": "heading", "## ": "subheading", "> ": "centred", "- ": "point", "=== ": "annex"}
_BLOCK = re.compile(r"\[\[(\w+)(?: ([^\[\]:]+))?(?:: ([^\[\]]+))?\]\]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a layout: its kind, its words (of a block the name) and what a block is asked with; `label` stands before a
    paragraph, or names a part that people write."""

    kind: str
    words: str
    argument: str = ""
    label: str = ""


def lines_of(layout: Sequence[str]) -> tuple[Line, ...]:
    """What the lines of a layout are; empty ones are nothing."""
    return tuple(_line(line) for line in map(str.strip, layout) if line)


def _line(line: str) -> Line:
    for mark, kind in MARKS.items():
        if line.startswith(mark):
            return Line(kind, line.removeprefix(mark).strip())
    if found := _BLOCK.fullmatch(line):
        kind = "write" if found[1] == "write" else "block"
        return Line(kind, found[1], found[2] or "", found[3] or "")
    label, parted, words = line.partition("::")
    return Line("text", words.strip(), label=f"{label.strip()}:") if parted else Line("text", line)


def layout_problems(form: ReportFormat) -> Iterator[str]:
    """What of a form's layout the product cannot make, in sentences."""
    place = f"report_formats, “{form.key}”"
    if not form.layout:
        return
    if form.key in OWN and form.key != LAID_OUT:
        yield f"{place}: mẫu của loại này do hệ thống trình bày, không khai layout"
    about = PERIOD if form.key == LAID_OUT else form.about
    if about not in BLOCKS:
        yield f"{place}: cần about là “period” hoặc “year” để biết văn bản lập cho kỳ nào"
        return
    lines, seen = lines_of(form.layout), set[str]()
    for line in lines:
        yield from (f"{place}: {problem}" for problem in _line_problems(line, about))
        if line.kind == "write":
            if line.argument in seen:
                yield f"{place}: phần viết “{line.argument}” lặp lại"
            seen.add(line.argument)
    if not lines or lines[-1].kind in ("heading", "subheading"):
        yield f"{place}: mẫu trống hoặc kết thúc bằng đề mục"


def _line_problems(line: Line, about: str) -> Iterator[str]:
    if line.kind == "write":
        if not re.fullmatch(r"[a-z][a-z0-9_]*", line.argument) or not line.label:
            yield "phần viết ghi [[write khóa: Tên phần]]"
    elif line.kind == "block":
        if line.words not in BLOCKS[about]:
            yield f"không có khối [[{line.words}]] cho văn bản theo {'kỳ' if about == PERIOD else 'năm'}"
        elif (line.words == "cells") != bool(line.argument):
            yield "bảng các chi bộ ghi [[cells khóa_bảng_xét]]"
    else:
        try:
            named = [
                (name, how or spec)
                for _, name, spec, how in Formatter().parse(line.words)
                if name is not None
            ]
        except ValueError:
            yield f"dấu ngoặc nhọn không khớp ở “{line.words}”"
            return
        for name, otherwise in named:
            if name not in FIELDS:
                yield f"không có trường {{{name}}}"
            elif otherwise:
                yield f"trường {{{name}}} không đổi cách viết được"
