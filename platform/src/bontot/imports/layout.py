"""Where a sheet's table is, as offices lay it out.

Titles stand above it, its header takes one row or two, a row of numbers may follow, cells are merged over a group, a cell's
name stands on a row of its own above its people, and sums, notes and signatures come below. What is passed over, and what is
taken from elsewhere than the row itself, is said.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bontot.imports.columns import Column
from bontot.imports.problems import WARNING, Problem
from bontot.imports.reading import Cell, SheetRows
from bontot.text import search_key

HEADER_SEARCH = 20
"""Rows in which the header is looked for: offices put the committee's name and a title above it."""
FEW = 2
"""Cells that a row below the table may hold without being data."""
SECTION_OF = "organisation"
"""The field that a row of its own may state for the rows below it."""

REPEATED = "Dòng này lặp lại tiêu đề; được bỏ qua."
BELOW = "Dòng này là tổng, ghi chú hoặc chữ ký, không phải dữ liệu; được bỏ qua."
IN_TITLE = "Danh sách không có cột “{header}”; được hiểu là của “{name}”, ghi ở dòng {row}."
IN_SECTION = "Dòng này được hiểu là tên nhóm: các dòng dưới thuộc “{name}”."
MERGED = "Các ô gộp trong cột này được hiểu là cùng giá trị cho mọi dòng được gộp."

_PUNCTUATION = re.compile(r"[^\w]+")
_NUMBER = re.compile(r"\(?(\d{1,3})\)?")
_ORDINAL = re.compile(r"^(?:[ivxlc]+|\d{1,3}|[a-h])[ .)\-/]+(?=chi bo|dang bo|dang uy)")
_CELL_NAME = re.compile(r"(?:chi bo|dang bo|dang uy) (?!bon tot|va )\w.*")
_NOT_DATA = re.compile(
    r"tong(?: cong| so| hop)?(?: \d.*| dang vien.*| chi bo.*)?|cong(?: \d+.*| chi bo.*| dang vien.*)?|ghi chu.*|luu y.*"
    r"|nguoi lap.*|noi nhan.*|t m .*|tm .*|k t .*|xac nhan.*|danh sach (?:nay )?(?:co|gom) .*|an dinh .*|bi thu|pho bi thu"
    r"|chu tri|thu ky|.*ky ten.*|.*ky ghi ro ho ten.*|(?:.* )?ngay(?: \d+)? thang(?: \d+)? nam(?: \d+)?"
)


_YEAR_AFTER = re.compile(r"(?:\s*[-–—,(]\s*|\s+)năm\s+(?:19|20)\d\d\)?\s*$", re.IGNORECASE)
"""The year that a title says after a cell's name."""


def heading(text: object) -> str:
    """A title or header without accents, case and punctuation, for comparison."""
    return " ".join(_PUNCTUATION.sub(" ", search_key(str(text))).split())


@dataclass(frozen=True, slots=True)
class Table:
    """A table found in a sheet: `row` counts its header from 1, `titles` are what stands above each place ("" for
    nothing), `body` the rows below with their numbers; `stated` what titles and rows of their own state for a row."""

    row: int
    titles: tuple[str, ...]
    body: list[tuple[int, list[Cell]]]
    stated: dict[int, str] = field(default_factory=dict)


Report = Callable[[Problem], None]
Places = dict[str, list[int]]
"""The columns of each field, from 0."""


def find_table(sheet: SheetRows, columns: Sequence[Column], names: Mapping[str, object]) -> Table | None:
    """The table whose header knows the most of `names` (headings); of equals one in a single row, and the highest. None when
    none knows any."""
    best, best_known = None, 0
    for depth in (1, 2):
        for row in range(min(HEADER_SEARCH, len(sheet.rows))):
            titles = _titles(sheet, row, depth, names)
            if titles is None or sum(map(bool, titles)) < min(2, len(columns)):
                continue  # a lone cell is a title above the list
            known = sum(heading(title) in names for title in titles if title)
            if known > best_known:
                best, best_known = (row, depth, titles), known
    if best is None:
        return None
    row, depth, titles = best
    body = [(number + 1, cells) for number, cells in enumerate(sheet.rows) if number >= row + depth]
    if body and numbers_columns(body[0][1]):
        body = body[1:]
    return Table(row + depth, tuple(titles), [line for line in body if any(c is not None for c in line[1])])


def _titles(sheet: SheetRows, row: int, depth: int, names: Mapping[str, object]) -> list[str] | None:
    """What stands above each place when the header is `depth` rows from `row`."""
    upper = [title_of(cell) for cell in sheet.rows[row]]
    if depth == 1:
        return upper
    if row + 1 >= len(sheet.rows):
        return None
    lower = [title_of(cell) for cell in sheet.rows[row + 1]]
    width = max(len(upper), len(lower))
    upper, lower = upper + [""] * (width - len(upper)), lower + [""] * (width - len(lower))
    titles, group = [], ""
    for above, below in zip(upper, lower, strict=True):
        group = above or (group if below else "")  # what spans several columns is written over the first
        options = [f"{group} {below}", below] if group and below else [group or below]
        titles.append(next((title for title in options if heading(title) in names), options[0]))
    return titles


def title_of(cell: Cell) -> str:
    """A cell as a title on one line; "" for what is no text."""
    return unicodedata.normalize("NFC", " ".join(cell.split())) if isinstance(cell, str) else ""


def numbers_columns(cells: list[Cell]) -> bool:
    """Whether a row numbers the columns: 1, 2, 3 … under their titles."""
    said = [cell for cell in cells if cell is not None]
    numbers = []
    for cell in said:
        found = _NUMBER.fullmatch(f"{cell:g}" if isinstance(cell, float) else str(cell).strip())
        if found:
            numbers.append(int(found[1]))
    return len(said) >= 3 and numbers == list(range(1, len(said) + 1))


def read_body(
    table: Table, sheet: SheetRows, place_of: Mapping[int, Column], columns: Sequence[Column], report: Report
) -> Table:
    """The table with merged cells written out, what is no data left out, and what stands above rows stated for them."""
    needed = [column.field for column in columns if column.required]
    places: Places = {}
    for place, column in place_of.items():
        places.setdefault(column.field, []).append(place)
    stated: dict[int, str] = {}
    states = any(column.field == SECTION_OF for column in columns)
    section = _title_of_list(table, sheet, columns, report) if states and SECTION_OF not in places else ""
    body: list[tuple[int, list[Cell]]] = []
    header = [heading(title) for title in table.titles if title]
    for number, cells in _written_out(table, sheet, place_of, report):
        named = section_of(cells) if states else ""
        if _repeats(cells, header):
            report(Problem(sheet.name, number, "", REPEATED, WARNING))
        elif named and not _whole(cells, needed, places, stated=False):
            section = named
            report(Problem(sheet.name, number, "", IN_SECTION.format(name=named), WARNING))
        elif no_data(cells) and (
            not _whole(cells, needed, places, stated=bool(section))
            or (not _whole(cells, needed, places, stated=False) and _says_no_more(cells))
        ):
            report(Problem(sheet.name, number, "", BELOW, WARNING))
        else:
            body.append((number, cells))
            if section and _blank(cells, places.get(SECTION_OF, ())):
                stated[number] = section
    return replace(
        table, body=list(_without_tail(body, sheet, needed, places, stated, report)), stated=stated
    )


def _repeats(cells: Sequence[Cell], header: Sequence[str]) -> bool:
    """Whether a row says the header again; a header is words only, and hardly any row is."""
    said = [cell for cell in cells if cell is not None]
    if len(said) != len(header) or not all(isinstance(cell, str) for cell in said):
        return False
    return all(heading(cell) == title for cell, title in zip(said, header, strict=True))


def _title_of_list(table: Table, sheet: SheetRows, columns: Sequence[Column], report: Report) -> str:
    """The cell whose list this is, when one stands above the table and the table has no column for it."""
    above = [
        (number, title_of(cell))
        for number, cells in enumerate(sheet.rows[: table.row - 1], 1)
        for cell in cells
        if isinstance(cell, str)
        and _CELL_NAME.fullmatch(heading(cell))
        and heading(cell).startswith("chi bo")
    ]
    if len({heading(name) for _, name in above}) != 1:
        return ""
    row, name = above[0][0], _YEAR_AFTER.sub("", above[0][1])
    header = next(column.header for column in columns if column.field == SECTION_OF)
    report(Problem(sheet.name, row, "", IN_TITLE.format(header=header, name=name, row=row), WARNING))
    return name


def _written_out(
    table: Table, sheet: SheetRows, place_of: Mapping[int, Column], report: Report
) -> Iterator[tuple[int, list[Cell]]]:
    """The body with the value of cells merged over several rows in each of them."""
    merged: dict[tuple[int, int], Cell] = {}
    for top, left, bottom, _ in sheet.merged:
        if left in place_of and table.row <= top < bottom and top < len(sheet.rows):
            value = sheet.rows[top][left] if left < len(sheet.rows[top]) else None
            merged |= {(row + 1, left): value for row in range(top + 1, bottom + 1)}
            if value is not None:
                report(Problem(sheet.name, top + 1, table.titles[left], MERGED, WARNING))
    for number, cells in table.body:
        filled = list(cells)
        for place in place_of:
            if (number, place) in merged:
                filled.extend([None] * (place + 1 - len(filled)))
                filled[place] = merged[number, place]
        yield number, filled


def section_of(cells: Sequence[Cell]) -> str:
    """The name on a row of its own ("II. Chi bộ Trường Mầm non"); "" when the row is none."""
    said = [cell for cell in cells if cell is not None]
    texts = [cell for cell in said if isinstance(cell, str)]
    if not 1 <= len(said) <= 2 or not texts:
        return ""
    written = title_of(texts[-1])
    plain = search_key(written)
    bare = _ORDINAL.sub("", plain)
    if not _CELL_NAME.fullmatch(heading(bare)) or (len(said) == 2 and not _is_ordinal(said[0])):
        return ""
    return written[len(plain) - len(bare) :].strip()


def _is_ordinal(cell: Cell) -> bool:
    return isinstance(cell, float | int) or bool(
        re.fullmatch(r"[IVXLC]+|\d{1,3}|[A-Ha-h]", str(cell).strip(" .)"))
    )


def no_data(cells: Sequence[Cell]) -> bool:
    """Whether the first text of a row says that the row is a sum, a note or a signature."""
    first = next((cell for cell in cells if isinstance(cell, str)), "")
    return bool(_NOT_DATA.fullmatch(heading(first)))


def _says_no_more(cells: Sequence[Cell]) -> bool:
    """Whether a row that says it is no data has nothing else but figures; a person's row has more than a name."""
    said = [cell for cell in cells if cell is not None]
    return all(isinstance(cell, float) or (isinstance(cell, str) and no_data([cell])) for cell in said)


def _bare(cells: Sequence[Cell]) -> bool:
    """Whether a row is a word or two, without a number, as below a signature."""
    said = [cell for cell in cells if cell is not None]
    return len(said) <= FEW and all(isinstance(cell, str) for cell in said)


def _blank(cells: Sequence[Cell], places: Sequence[int]) -> bool:
    return all(place >= len(cells) or cells[place] is None for place in places)


def _whole(cells: Sequence[Cell], needed: Sequence[str], places: Places, *, stated: bool) -> bool:
    """Whether the row says everything that a row must, or has it stated above it."""
    return all(not _blank(cells, places.get(name, ())) or (stated and name == SECTION_OF) for name in needed)


def _without_tail(
    body: list[tuple[int, list[Cell]]],
    sheet: SheetRows,
    needed: Sequence[str],
    places: Places,
    stated: Mapping[int, str],
    report: Report,
) -> Iterator[tuple[int, list[Cell]]]:
    """The rows down to the last that is data; a line or two of text after a blank row is none."""
    end = len(body)
    last = next(
        (
            place
            for place in reversed(range(end))
            if _whole(body[place][1], needed, places, stated=body[place][0] in stated)
            and not (body[place][0] in stated and _bare(body[place][1]))
        ),
        -1,
    )
    gap = next(
        (place for place in range(last + 1, end) if place and body[place][0] > body[place - 1][0] + 1), end
    )
    for place, (number, cells) in enumerate(body):
        few = sum(cell is not None for cell in cells) <= FEW
        if last >= 0 and place >= gap and few:
            report(Problem(sheet.name, number, "", BELOW, WARNING))
        else:
            yield number, cells
