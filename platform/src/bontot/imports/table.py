"""A sheet as rows of a known kind: its header is found, its columns are matched, every cell is understood or named."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from bontot.imports.columns import Column, Misread, Part, refuse_formula
from bontot.imports.layout import HEADER_SEARCH, SECTION_OF, Report, Table, find_table, heading, read_body
from bontot.imports.problems import ERROR, KNOWN, WARNING, Problem
from bontot.imports.reading import Cell, SheetRows
from bontot.text import OLD_FONT, in_old_font, quoted, search_key

OLD_FONT_SHEET = f"{OLD_FONT} nên không đọc được dòng tiêu đề; hãy chuyển cả tệp sang Unicode rồi gửi lại."

NUMBERING = frozenset({"tt", "stt", "so tt", "so thu tu"})
NOT_KEPT = {
    "dân tộc": "dan toc",
    "tôn giáo": "ton giao",
    "quê quán": "que quan",
    "trình độ": "trinh do",
    "căn cước": "cccd",
    "thành phần gia đình": "thanh phan gia dinh",
}
"""Columns of usual lists that the product has no use for and does not hold (dossier: data-formats §2 and §4)."""

DASHES = frozenset({"-", "–", "—", "---"})
"""A dash alone in a cell that may be blank says that there is nothing."""
DITTO = frozenset({'"', "''", "”", "“", "〃", "nt", "-nt-", "- nt -", "nhu tren", "//", '-"-'})

DITTO_MARK = "“{}” là dấu “như trên”; hãy ghi đủ nội dung vào ô này."
LONGEST_DITTO = 20
"""Characters of a cell that may be a mark for "as above", blanks included."""
WORKED_OUT = "hệ thống tự tính từ hồ sơ"
_WORD = re.compile(r"\w+")
UNTITLED = "Cột này có nội dung mà không có tiêu đề nên bị bỏ qua; nếu cần dùng thì ghi tiêu đề."


@dataclass(slots=True)
class Row:
    """One understood row: values by field, absent where blank; problems are reported under the row's own headers."""

    sheet: str
    number: int
    values: dict[str, Any]
    headers: Mapping[str, str]
    report: Report

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - as a mapping of any values
        return self.values.get(name, default)

    def error(self, name: str, message: str) -> None:
        """The row cannot be taken in because of this column."""
        self.report(Problem(self.sheet, self.number, self.headers.get(name, name), message, ERROR))

    def known(self) -> None:
        """The row is passed over because the system has it already."""
        self.report(Problem(self.sheet, self.number, "", KNOWN, WARNING, together=True))

    def unsaid(self, name: str) -> None:
        """The row is passed over because it does not say what it is there to say."""
        header = self.headers.get(name, name)
        self.report(Problem(self.sheet, self.number, header, NOTHING_SAID, WARNING, together=True))

    def warn(self, name: str, message: str) -> None:
        """The row is taken in as the sentence says."""
        self.report(Problem(self.sheet, self.number, self.headers.get(name, name), message, WARNING))


LONGEST_NAME = 120
"""Characters of a header that a committee may be asked about."""


class Standing(NamedTuple):
    """What a header stands for: a column, or with `part` one of those that hold its field between them."""

    column: Column
    part: Part | None = None
    own: bool = False
    """Its committee has said so."""


Names = Mapping[str, Standing | None]
"""What each heading stands for; None for one that its committee has set aside."""
EMPTY = "Ô này không được để trống."
NOTHING_SAID = "{} dòng để trống ô này nên chưa nhập: dòng {}."
ONE_OF = "Cột này và cột “{other}” đều có nội dung; mỗi dòng chỉ ghi ở một trong hai cột."
OTHERWISE = "Ô này nói khác với cột “{other}”; hãy sửa một trong hai."


@dataclass(slots=True)
class _Columns:
    """The columns of one sheet by place; `written` has their headers by field as the file has them. Those that hold a field
    between them come last, with `parts` and `titles` by place."""

    place: dict[int, Column] = field(default_factory=dict)
    parts: dict[int, Part] = field(default_factory=dict)
    titles: dict[int, str] = field(default_factory=dict)
    needed: set[str] = field(default_factory=set)
    """Fields that several columns hold between them and no row may lack."""
    written: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    seen: dict[tuple[int, str], Any] = field(default_factory=dict)

    def understood(self, place: int, column: Column, cell: Cell) -> Any:  # noqa: ANN401 - whatever the column holds
        """The value of a cell that is not blank; the same few texts fill most of a sheet."""
        if not isinstance(cell, str):
            return column.parse(cell)
        key = place, cell
        if key not in self.seen:
            if len(cell) <= LONGEST_DITTO and search_key(cell) in DITTO:
                raise Misread(DITTO_MARK.format(cell.strip()))
            refuse_formula(cell)
            self.seen[key] = column.parse(cell)
        return self.seen[key]

    def takes(self, column: Column, part: Part | None) -> bool:
        """Whether a column, or a part of one, does not stand there already."""
        return part not in [
            self.parts.get(place) for place, of in self.place.items() if of.field == column.field
        ]


@dataclass(frozen=True, slots=True)
class Understood:
    """What was read of a sheet: its rows, and the headers that say nothing to us."""

    rows: list[Row]
    unknown: tuple[str, ...] = ()


def understand(
    sheet: SheetRows,
    columns: tuple[Column, ...],
    report: Report,
    own: Mapping[str, str] | None = None,
    beside: Iterable[str] = (),
) -> Understood:
    """The rows of the sheet's table whose cells could all be understood, in order; blank rows are passed over.

    `own` has the committee's own headers (headings) with the field each stands for, "" for none; `beside` are headers that
    our own lists have and no sheet needs. Reports every cell that could not be understood, every missing and every unused
    column, and whatever was passed over.
    """
    names = names_of(columns, own or {})
    table = find_table(sheet, columns, names)
    if table is None:
        expected = ", ".join(column.header for column in columns if column.required)
        sentence = f"Không tìm thấy dòng tiêu đề trong {HEADER_SEARCH} dòng đầu; cần có các cột: {expected}."
        if typed_in_old_font(sheet):
            sentence = OLD_FONT_SHEET
        report(Problem(sheet.name, None, "", sentence))
        return Understood([])
    matched = match(sheet.name, table, names, report, frozenset(map(heading, beside)))
    table = read_body(table, sheet, matched.place, columns, report)
    unknown = tuple(matched.unknown)
    _say_untitled(sheet.name, table, report)
    if not _complete(sheet.name, table, matched, columns, report):
        return Understood([], unknown)
    titles = {column.field: column.header for column in columns} | matched.written
    rows = []
    for number, cells in table.body:
        row = Row(sheet.name, number, {}, titles, report)
        if _has_gist(row, cells, matched) and read_row(
            row, cells, matched, columns, table.stated.get(number, "")
        ):
            rows.append(row)
    return Understood(rows, unknown)


def typed_in_old_font(sheet: SheetRows) -> bool:
    """Whether something above or in a header was typed in a font that nobody can read any more."""
    texts = cells_of(sheet, HEADER_SEARCH)
    return any(in_old_font(unicodedata.normalize("NFC", text)) for text in texts)


def names_of(columns: Iterable[Column], own: Mapping[str, str]) -> Names:
    """The columns by every heading that stands for them, the committee's own (`own`) included."""
    columns = tuple(columns)
    names: dict[str, Standing | None] = {
        heading(name): Standing(column) for column in columns for name in column.headers
    }
    meant = {
        key: Standing(column, part, own=True)
        for column in columns
        for key, (_, part) in column.meanings.items()
    }
    for name, stands_for in own.items():
        if not stands_for or stands_for in meant:
            names.setdefault(name, meant.get(stands_for))
    for column in columns:
        for part in column.parts:
            for above in (*column.headers, *([""] if part.bare else [])):
                names.setdefault(heading(f"{above} {part.label}"), Standing(column, part))
    return names


def read_row(
    row: Row, cells: list[Cell], matched: _Columns, columns: tuple[Column, ...], stated: str
) -> bool:
    """Fills in the row's values; whether all of it could be understood."""
    whole = True
    filled: dict[str, str] = {}
    for place, column in _with_stated(matched, columns, stated):
        cell = _said(cells, place, column)
        if cell is None and column.field == SECTION_OF and stated:
            cell = stated
        try:
            if cell is not None:
                value = matched.understood(place, column, cell)
                if place not in matched.parts:
                    row.values[column.field] = value
                elif value is not None:
                    _say_part(row, value, matched, place, filled)
            elif column.required:
                raise Misread(EMPTY)
        except Misread as misread:
            row.error(matched.titles.get(place, column.field), str(misread))
            whole = False
    for needed in matched.needed - row.values.keys() if whole else ():
        row.error(needed, EMPTY)
        whole = False
    return whole and bool(row.values)


def _has_gist(row: Row, cells: list[Cell], matched: _Columns) -> bool:
    """Whether a row says what it is there to say; told when it does not."""
    missing = [
        column.field
        for place, column in matched.place.items()
        if column.gist and _said(cells, place, column) is None
    ]
    for field_ in missing:
        row.unsaid(field_)
    return not missing


def _said(cells: Sequence[Cell], place: int, column: Column) -> Cell:
    """The cell of a column; None where it is blank, or says by a dash that there is nothing."""
    cell = cells[place] if 0 <= place < len(cells) else None
    blank = isinstance(cell, str) and (not cell.strip() or (cell.strip() in DASHES and not column.required))
    return None if blank else cell


def _say_part(row: Row, value: Any, matched: _Columns, place: int, filled: dict[str, str]) -> None:  # noqa: ANN401 - as the column
    """Enters what a cell says of a field that others of the row might say too; `filled` has the headers of those that did,
    by field. Raises Misread where one does."""
    of_field, title = matched.place[place].field, matched.titles[place]
    if of_field in filled:
        raise Misread(ONE_OF.format(other=filled[of_field]))
    filled[of_field] = title
    for name, said in ((of_field, value), *matched.parts[place].says):
        if name not in row.values:
            row.values[name], row.headers = said, {**row.headers, name: title}
        elif row.values[name] != said:
            raise Misread(OTHERWISE.format(other=row.headers[name]))


def _with_stated(matched: _Columns, columns: tuple[Column, ...], stated: str) -> Iterator[tuple[int, Column]]:
    """The columns with their places; the one that is stated above the rows and has no place at -1."""
    yield from matched.place.items()
    if stated and SECTION_OF not in matched.written:
        yield from ((-1, column) for column in columns if column.field == SECTION_OF)


def match(
    sheet: str, table: Table, names: Names, report: Report, beside: frozenset[str] = frozenset()
) -> _Columns:
    """The columns of a table by place; reports those that are passed over, `beside` (headings) among them, and one that
    stands there twice."""
    matched = _Columns()
    standing = _standing(table, names)
    for place, written in enumerate(table.titles):
        title = heading(written)
        if not written or title in NUMBERING or (title in names and names[title] is None):
            continue
        column, part, _ = standing.get(place, (None, None, False))
        if column is None:
            kept_out = next((name for name, start in NOT_KEPT.items() if title.startswith(start)), "")
            reason = f"hệ thống không lưu {kept_out}" if kept_out else "không nhận ra tiêu đề này"
            if title in beside:
                reason = WORKED_OUT
            report(Problem(sheet, table.row, written, f"Cột này bị bỏ qua: {reason}.", WARNING))
            if not kept_out and title not in beside and written == quoted(written, longest=LONGEST_NAME):
                matched.unknown.append(written)
        elif not matched.takes(column, part):
            first = matched.written[column.field]
            report(Problem(sheet, table.row, written, f"Cột này trùng với cột “{first}”; chỉ giữ một cột."))
        else:
            matched.place[place] = column
            matched.written.setdefault(column.field, written)
            if part is not None:
                matched.place[place] = replace(column, parse=part.parse or column.parse, required=False)
                matched.needed |= {column.field} if column.required else set()
                matched.parts[place], matched.titles[place] = part, written
    matched.place = dict(sorted(matched.place.items(), key=lambda item: item[0] in matched.parts))
    return matched


def _standing(table: Table, names: Names) -> dict[int, Standing]:
    """What each place of a header stands for. A header's accents may be missing; those it has must be a part's: "Năm" is
    not "Nam"."""
    found = {}
    for place, written in enumerate(table.titles):
        standing = names.get(heading(written)) if written else None
        if standing is not None and (
            standing.part is None or standing.own or _ends_in(written, standing.part.label)
        ):
            found[place] = standing
    labels = {(of.column.field, of.part.label) for of in found.values() if of.part}
    return {
        place: of
        for place, of in found.items()
        if of.part is None
        or of.part.alone
        or of.own
        or any(name == of.column.field and label != of.part.label for name, label in labels)
    }


def _ends_in(written: str, label: str) -> bool:
    said = " ".join(_WORD.findall(written.casefold()))
    return said.endswith((label.casefold(), search_key(label)))


def _say_untitled(sheet: str, table: Table, report: Report) -> None:
    """Reports columns that hold something under no title, but for one that numbers the rows."""
    width = max((len(cells) for _, cells in table.body), default=0)
    for place in range(width):
        if place < len(table.titles) and table.titles[place]:
            continue
        held = [cells[place] for _, cells in table.body if place < len(cells) and cells[place] is not None]
        said = [cell for cell in held if not isinstance(cell, str) or cell.strip()]
        if said and not all(_may_number(cell, len(table.body)) for cell in said):
            report(Problem(sheet, table.row, f"Cột {_letters(place)}", UNTITLED, WARNING))


def _may_number(cell: Cell, rows: int) -> bool:
    """Whether a cell may be a row's number."""
    return isinstance(cell, float) and cell.is_integer() and 0 < cell <= rows


def _letters(place: int) -> str:
    """A column's name in a spreadsheet."""
    before, last = divmod(place, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)


def _complete(
    sheet: str, table: Table, matched: _Columns, columns: tuple[Column, ...], report: Report
) -> bool:
    missing = [
        column
        for column in columns
        if column.required
        and column.field not in matched.written
        and not (
            column.field == SECTION_OF and table.body and all(row in table.stated for row, _ in table.body)
        )
    ]
    for column in missing:
        sentence = f"Thiếu cột “{column.header}” (dòng {table.row}); hãy thêm cột này vào dòng tiêu đề."
        report(Problem(sheet, table.row, column.header, sentence))
    return not missing


def cells_of(sheet: SheetRows, rows: int) -> Iterator[str]:
    """The texts in the first `rows` rows."""
    for row in sheet.rows[:rows]:
        yield from (cell for cell in row if isinstance(cell, str))
