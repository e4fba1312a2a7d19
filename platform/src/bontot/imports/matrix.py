"""An attendance table: names down, meetings across, a mark where they meet, as a cell keeps it through a year."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bontot.imports.columns import Column, Misread, Part, known_day
from bontot.imports.kinds.common import CARD, CELL, MEMBER
from bontot.imports.layout import (
    BELOW,
    HEADER_SEARCH,
    Report,
    Table,
    heading,
    no_data,
    numbers_columns,
    read_body,
    section_of,
    title_of,
)
from bontot.imports.marks import MEANINGS, MOST, legend_of, mark_of, meaning
from bontot.imports.occasions import NoYear, Occasion, occasion, said_for_all
from bontot.imports.problems import WARNING, Problem
from bontot.imports.reading import Cell, SheetRows
from bontot.imports.table import NUMBERING, Row, Understood, match, names_of, read_row

BIRTH = Column(
    "birth",
    "Năm sinh",
    known_day,
    also=("Ngày sinh", "Ngày, tháng, năm sinh", "Ngày tháng năm sinh"),
    parts=(Part("Nam"), Part("Nữ")),
)
COLUMNS = (CELL, MEMBER, CARD, BIRTH)
DEEPEST = 3
"""Rows a header may take: years, months, days."""
TOTALS = re.compile(
    r"(?:tong(?: so| cong)?|cong|so buoi|ty le|ti le|ghi chu|chuc vu.*|gioi tinh|ket qua|xep loai)(?: .*)?"
    r"|(?:so buoi )?(?:co mat|vang.*|co phep|khong phep|den muon|mien|p|k|cp|kp)"
)
"""Titles of columns that sum up or remark, and are reckoned anew or not kept."""
TOTAL_ROWS = re.compile(
    r"(?:(?:tong|cong)(?: so)? |so )?(?:dang vien |dong chi |nguoi )?(?:co mat|du hop|vang(?: mat)?)(?: co .*| khong .*)?"
    r"|(?:ty|ti) le.*|si so|quan so|ky hieu.*|quy uoc.*|chu thich.*"
)
ATTENDANCE_WORDS = re.compile(r"diem danh|sinh hoat|chuyen can|co mat|hop chi bo|du hop")
MONEY_WORDS = re.compile(r"dang phi|thu nop|nop phi")

NO_TABLE = (
    "Không tìm thấy bảng điểm danh: cần một dòng tiêu đề có cột “Họ và tên” và các ngày họp, mỗi buổi một cột, "
    f"trong {HEADER_SEARCH} dòng đầu."
)
NO_YEAR = (
    "Tiêu đề ghi ngày mà không rõ năm; hãy ghi năm ở tên bảng, ví dụ “Năm 2023”, hoặc ghi đủ ngày/tháng/năm."
)
TOTAL = "Cột cộng hoặc ghi chú; được bỏ qua."
TWICE = "Cột này trùng buổi với cột “{}”; chỉ giữ một cột."
OTHERWISE = "Ký hiệu “{}” được hiểu theo chú thích của bảng là “{}”, khác với nghĩa đã ghi nhớ là “{}”."
NOT_MARKS = "Trang này có {} ký hiệu khác nhau nên không giống bảng điểm danh; hãy kiểm tra lại trang."
Mark = tuple[Occasion, str, str]
"""A meeting, the mark as it is written, and what it stands for ("" when nobody has said)."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Where an attendance table is: its header is `depth` rows from `row` (from 0), `places` has the meeting above each
    column, `titles` what stands above the others."""

    row: int
    depth: int
    places: Mapping[int, Occasion]
    titles: tuple[str, ...]
    says_attendance: bool
    people: int
    """The column of names."""

    @property
    def says(self) -> tuple[int, ...]:
        """How much the header says: of equals the higher and shorter one is taken."""
        held = self.places.values()
        days, kinds = sum(not one.whole_month for one in held), sum(one.kind is not None for one in held)
        return len(held), days, kinds, sum(map(bool, self.titles))


Known = dict[str, tuple[str, str]]
"""What each mark of a sheet was taken for, and whence that is known, by what is written."""


def find(sheet: SheetRows) -> Matrix | None:
    """The attendance table of a sheet; None when it has none. Raises NoYear when its days have no year."""
    names = names_of(COLUMNS, {})
    best: Matrix | None = None
    undated = False
    for depth in range(1, DEEPEST + 1):
        for row in range(min(HEADER_SEARCH, len(sheet.rows) - depth + 1)):
            try:
                found = _at(sheet, row, depth, names)
            except NoYear:
                undated = True
                continue
            if found and (best is None or found.says > best.says):
                best = found
    if best is None and undated:
        raise NoYear
    return best


def _at(sheet: SheetRows, row: int, depth: int, names: Mapping[str, object]) -> Matrix | None:
    """The table whose header is `depth` rows from `row`, when there is one there."""
    columns = list(_stacked(sheet.rows[row : row + depth]))
    titles = [" ".join(title_of(cell) for cell in cells if isinstance(cell, str)) for cells in columns]
    people = {heading(name) for name in (MEMBER.header, *MEMBER.also)}
    named = next((place for place, title in enumerate(titles) if heading(title) in people), None)
    if named is None:
        return None
    above = [text for line in sheet.rows[:row] for text in line if isinstance(text, str)]
    when = said_for_all([sheet.name, *above])
    places = {}
    for place, cells in enumerate(columns):
        title = heading(titles[place])
        if title in names or title in NUMBERING or TOTALS.fullmatch(title):
            continue
        if found := occasion(cells, when, row + depth):
            places[place] = found
    if not places:
        return None
    said = heading(" ".join([sheet.name, *above]))
    attendance = bool(ATTENDANCE_WORDS.search(said)) and not MONEY_WORDS.search(said)
    rest = tuple("" if place in places else title for place, title in enumerate(titles))
    return Matrix(row, depth, places, rest, attendance, named)


def _stacked(rows: Sequence[Sequence[Cell]]) -> Iterator[list[Cell]]:
    """What stands above each column, from the top; what spans several columns is written over the first."""
    width = max(map(len, rows))
    groups: list[Cell] = [None] * len(rows)
    for place in range(width):
        cells = [line[place] if place < len(line) else None for line in rows]
        stacked: list[Cell] = []
        for level, cell in enumerate(cells):
            below = any(under is not None for under in cells[level + 1 :])
            if cell is not None:
                groups[level : len(groups)] = [cell] + [None] * (len(groups) - level - 1)
            elif not below:
                groups[level] = None
            stacked.append(groups[level] if below or cell is not None else None)
        yield stacked


def understand_matrix(
    sheet: SheetRows,
    report: Report,
    own: Mapping[str, str],
    said: Known,
    headings: Mapping[str, str] | None = None,
) -> Understood:
    """The rows of an attendance table: who, of which cell, and under `marks` every mark with its meeting.

    `own` has the committee's own marks, `headings` its own headers; `said` is filled with what each mark was taken for.
    """
    found = _found(sheet, report)
    if found is None:
        return Understood([])
    last = found.row + found.depth
    body = [(number + 1, cells) for number, cells in enumerate(sheet.rows) if number >= last]
    if body and numbers_columns(body[0][1]):
        body = body[1:]
    people, around = _apart(body, found)
    for number, cells in around:
        if not legend_of([cells]):
            report(Problem(sheet.name, number, "", BELOW, WARNING))
    table = Table(last, _titles(sheet, found, report), people)
    names = names_of(COLUMNS, headings or {})
    columns = match(sheet.name, table, names, report)
    table = read_body(table, sheet, columns.place, COLUMNS, report)
    places = _once(sheet, found, report)
    inside = {number for number, _ in people}
    legend = legend_of(
        cells
        for number, cells in enumerate(sheet.rows, 1)
        if number not in inside and not found.row < number <= last
    )
    _compare(sheet.name, legend, own, report)
    rows = []
    for number, cells in table.body:
        row = Row(sheet.name, number, {}, {c.field: c.header for c in COLUMNS} | columns.written, report)
        whole = read_row(row, cells, columns, COLUMNS, table.stated.get(number, ""))
        marks = list(_marks(row, cells, places, legend, own, said))
        if whole and len(marks) == len(places):
            row.values["marks"] = tuple(marks)
            rows.append(row)
    asked = sum(not means for written, (means, _) in said.items() if written)
    if asked > MOST:
        report(Problem(sheet.name, None, "", NOT_MARKS.format(asked)))
        return Understood([], tuple(columns.unknown))
    return Understood(rows, tuple(columns.unknown))


def _found(sheet: SheetRows, report: Report) -> Matrix | None:
    """The table of a sheet that is said to hold one; None after reporting that it does not."""
    try:
        found = find(sheet)
    except NoYear:
        report(Problem(sheet.name, None, "", NO_YEAR))
        return None
    if found is None:
        report(Problem(sheet.name, None, "", NO_TABLE))
    return found


def _compare(sheet: str, legend: Mapping[str, str], own: Mapping[str, str], report: Report) -> None:
    """Says where a table explains a mark otherwise than its committee did."""
    for written in sorted(legend.keys() & own.keys()):
        if legend[written] != own[written]:
            sentence = OTHERWISE.format(written, MEANINGS[legend[written]], MEANINGS[own[written]])
            report(Problem(sheet, None, "", sentence, WARNING))


def _titles(sheet: SheetRows, found: Matrix, report: Report) -> tuple[str, ...]:
    """What stands above the columns that are no meetings, without those that sum up."""
    kept = []
    for title in found.titles:
        sums = bool(title) and bool(TOTALS.fullmatch(heading(title)))
        if sums:
            report(Problem(sheet.name, found.row + found.depth, title, TOTAL, WARNING))
        kept.append("" if sums else title)
    return tuple(kept)


def _once(sheet: SheetRows, found: Matrix, report: Report) -> dict[int, Occasion]:
    """The meetings by place; one that stands above two columns is reported."""
    seen: dict[tuple[object, ...], Occasion] = {}
    places = {}
    for place, one in found.places.items():
        key = (one.day, one.whole_month, one.kind)
        if key in seen:
            report(Problem(sheet.name, one.row, one.title, TWICE.format(seen[key].title)))
        else:
            seen[key] = places[place] = one
    return places


def _apart(
    body: list[tuple[int, list[Cell]]], found: Matrix
) -> tuple[list[tuple[int, list[Cell]]], list[tuple[int, list[Cell]]]]:
    """The rows that may be people's, and those that are sums, notes and signatures, with their numbers."""
    people, around, gap, before = [], [], False, None
    last = max(
        (number for number, cells in body if _marked(cells, found) and not _sums(cells, found)), default=None
    )
    for number, cells in body:
        if all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells):
            continue
        gap = gap or (last is not None and number > last and before is not None and number > before + 1)
        if _sums(cells, found) or gap:
            around.append((number, cells))
            gap = gap or (last is not None and number > last)
        else:
            people.append((number, cells))
        before = number
    return people, around


def _marked(cells: Sequence[Cell], found: Matrix) -> bool:
    return any(place < len(cells) and cells[place] is not None for place in found.places)


def _sums(cells: Sequence[Cell], found: Matrix) -> bool:
    """Whether a row sums up, explains or signs: by its words, or because it has nobody's name and nothing but figures."""
    texts = [cell for cell in cells if isinstance(cell, str) and cell.strip()]
    first = next(
        (cell for place, cell in enumerate(cells) if isinstance(cell, str) and place not in found.places), ""
    )
    if no_data(cells) or TOTAL_ROWS.fullmatch(heading(first)):
        return True
    marks = [cells[place] for place in found.places if place < len(cells) and cells[place] is not None]
    if len(texts) <= 2 and len(marks) < 2 and legend_of([list(texts)]):
        return True
    named = found.people < len(cells) and cells[found.people] is not None
    return not named and not section_of(cells) and all(isinstance(cell, float) for cell in marks)


def _marks(
    row: Row,
    cells: Sequence[Cell],
    places: Mapping[int, Occasion],
    legend: Mapping[str, str],
    own: Mapping[str, str],
    said: Known,
) -> Iterator[Mark]:
    for place, one in places.items():
        try:
            written = mark_of(cells[place] if place < len(cells) else None)
        except Misread as misread:
            row.report(Problem(row.sheet, row.number, one.title, str(misread)))
            continue
        if written not in said:
            said[written] = meaning(written, legend, own)
        yield one, written, said[written][0]


def is_table(sheet: SheetRows, *, named: bool = False) -> bool:
    """Whether a sheet is an attendance table, and what is written above it (or its own name, `named`) calls it one."""
    try:
        found = find(sheet)
    except NoYear:
        return named
    return found is not None and (named or found.says_attendance)
