"""A whole workbook against the records: what it would write, and everything that is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from bontot.db.models import Meeting
from bontot.db.tenancy import TenantSession
from bontot.errors import SecrecyRefused
from bontot.evaluation.runs import Progress
from bontot.imports.intake import Intake, SheetKind
from bontot.imports.kinds.meetings import ATTENDANCE, MEETINGS
from bontot.imports.kinds.roll_calls import ROLL_CALLS
from bontot.imports.layout import heading
from bontot.imports.matrix import Known, is_table, understand_matrix
from bontot.imports.naming import OwnNames, own_names
from bontot.imports.pausing import uncollected
from bontot.imports.plan import Plan
from bontot.imports.problems import ERROR, WARNING, Problem, Problems
from bontot.imports.progress import Told, quiet
from bontot.imports.reading import SheetRows, read
from bontot.imports.register import Register
from bontot.imports.sheets import BY_KEY, NOTES, SHEETS, kind_of
from bontot.imports.table import OLD_FONT_SHEET, Understood, cells_of, typed_in_old_font, understand
from bontot.imports.telling import FIRST_ROWS, first_rows
from bontot.registry import Registry

SECRET = re.compile(r"MẬT|(?i:độ mật\s*:\s*\w.*|tuyệt mật|tối mật)")
SECRET_NAME = re.compile(r"(?:^|[\W_])(?:tuyệt mật|tối mật|mật)(?:$|[\W_])", re.IGNORECASE)
FIRST_PAGE = 30
"""Rows in which a secrecy mark is looked for."""

Chosen = tuple[SheetKind, SheetRows]
"""A sheet to be taken in, and what kind it is."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a workbook holds: the plan of what to write, problems in order, and per sheet what was understood."""

    plan: Plan
    problems: list[Problem]
    sheets: list[dict[str, Any]]
    """`{sheet, kind, title, rows, unknown, errors, warnings, first, marks}` in the workbook's order; kind is "" for a sheet
    not taken in, `unknown` has the headers that say nothing to us, `first` the first rows told back (see `telling`) unless
    they are being written; an attendance table has its `marks` instead."""
    errors: int
    warnings: int
    recorded: int
    """How many rows the system has already."""
    meetings: list[dict[str, Any]]
    """What attendance tables say of each meeting: see `kinds.roll_calls`."""


def refuse_name(filename: str) -> None:
    """Raises SecrecyRefused for a file whose name carries a secrecy mark."""
    if SECRET_NAME.search(filename):
        raise SecrecyRefused


@uncollected()
def check(
    session: TenantSession,
    content: bytes,
    filename: str,
    registry: Registry,
    progress: Progress = quiet,
    *,
    writing: bool = False,
) -> Checked:
    """Reads and checks a workbook; writes nothing. With `writing`, what it is going to change is held for its writer.

    Raises WorkbookRefused when it cannot be read, SecrecyRefused when it carries a secrecy mark.
    """
    refuse_name(filename)
    progress(0, 0, "")
    workbook = read(content)
    texts = (
        text for sheet in workbook for text in (sheet.name, *sheet.margins, *cells_of(sheet, FIRST_PAGE))
    )
    if any(SECRET.fullmatch(unicodedata.normalize("NFC", text).strip()) for text in texts):
        raise SecrecyRefused
    problems = Problems()
    own = own_names(session)
    chosen = _choose(workbook, own, problems)
    intake = Intake(session, Register.load(session), registry, problems.add, writing=writing)
    read_sheets = {sheet.name: _understand(kind, sheet, own, intake) for kind, sheet in chosen}
    rows = sum(len(understood.rows) for understood in read_sheets.values())
    passed, total = rows, rows * (3 if writing else 2)
    for kind in SHEETS:
        of_kind = [row for of, sheet in chosen if of is kind for row in read_sheets[sheet.name].rows]
        if of_kind or any(of is kind for of, _ in chosen):
            in_time = [row for row in of_kind if intake.not_future(row, kind.columns)]
            kind.take(Told(in_time, progress, passed, total, f"kiểm tra {kind.title}"), intake)
            intake.on_record.settle(kind.columns)
            passed += len(of_kind)
    if Meeting in intake.plan.rows:
        _warn_of_missing_roll_call(chosen, problems)
    if chosen and not rows and not problems.kept:
        problems.add(Problem("", None, "", "Tệp chưa có dòng dữ liệu nào dưới tiêu đề."))
    listed = problems.in_order([sheet.name for sheet in workbook])
    return Checked(
        intake.plan,
        listed,
        _summary(workbook, chosen, read_sheets, problems, intake),
        problems.of(ERROR),
        problems.of(WARNING),
        problems.recorded,
        intake.roll_calls.meetings,
    )


def _understand(kind: SheetKind, sheet: SheetRows, own: OwnNames, intake: Intake) -> Understood:
    if kind is not ROLL_CALLS:
        return understand(sheet, kind.columns, intake.report, own.columns.get(kind.key), kind.beside)
    said: Known = {}
    understood = understand_matrix(sheet, intake.report, own.marks, said, own.columns.get(kind.key))
    intake.roll_calls.known |= {(sheet.name, written): known for written, known in said.items()}
    return understood


def _choose(workbook: list[SheetRows], own: OwnNames, problems: Problems) -> list[Chosen]:
    """The sheets to take in, with their kinds; reports those of no kind, hidden ones, and a second one of a kind."""
    chosen: list[Chosen] = []
    for sheet in workbook:
        title = heading(sheet.name)
        if not any(cell is not None for row in sheet.rows for cell in row) or title in NOTES:
            continue
        if own.sheets.get(title) == "":
            continue
        kind = _kind(sheet, own)
        first = next((other for of, other in chosen if of is kind and not of.several), None)
        if sheet.hidden:
            problems.add(
                Problem(sheet.name, None, "", "Trang tính ẩn không được đọc; bỏ ẩn nếu muốn nhập.", WARNING)
            )
        elif kind is None:
            listed = ", ".join(kind.title for kind in SHEETS)
            sentence = f"Không nhận ra trang tính này; hãy đặt tên trang là một trong: {listed}."
            problems.add(
                Problem(sheet.name, None, "", OLD_FONT_SHEET if typed_in_old_font(sheet) else sentence)
            )
        elif first is not None:
            sentence = f"Trang này cùng loại với trang “{first.name}”; hãy gộp làm một."
            problems.add(Problem(sheet.name, None, "", sentence))
        else:
            chosen.append((kind, sheet))
    if not chosen and not problems.kept:
        problems.add(Problem("", None, "", "Tệp không có trang nào để nhập."))
    return chosen


def _kind(sheet: SheetRows, own: OwnNames) -> SheetKind | None:
    """The kind of a sheet by its name, as we or its committee call it; an attendance table is known by what stands in it."""
    kind = kind_of(sheet.name) or BY_KEY.get(own.sheets.get(heading(sheet.name), ""))
    if kind is ATTENDANCE and is_table(sheet, named=True):
        return ROLL_CALLS
    return ROLL_CALLS if kind is None and is_table(sheet) else kind


def _warn_of_missing_roll_call(chosen: list[Chosen], problems: Problems) -> None:
    sheets = dict(chosen)
    if MEETINGS in sheets and not {ATTENDANCE, ROLL_CALLS} & sheets.keys():
        sentence = f"Không có trang “{ATTENDANCE.title}” nên các buổi họp được ghi là chưa điểm danh."
        problems.add(Problem(sheets[MEETINGS].name, None, "", sentence, WARNING))


def _summary(
    workbook: list[SheetRows],
    chosen: list[Chosen],
    read_sheets: dict[str, Understood],
    problems: Problems,
    intake: Intake,
) -> list[dict[str, Any]]:
    kinds = {sheet.name: kind for kind, sheet in chosen}
    summary = []
    for sheet in workbook:
        kind = kinds.get(sheet.name)
        counted = problems.counts.get(sheet.name, {ERROR: 0, WARNING: 0})
        if kind is not None or counted[ERROR] or counted[WARNING]:
            summary.append(
                {
                    "sheet": sheet.name,
                    "kind": kind.key if kind else "",
                    "title": kind.title if kind else sheet.name,
                    "rows": len(read_sheets[sheet.name].rows) if kind else 0,
                    "unknown": list(read_sheets[sheet.name].unknown) if kind else [],
                    "errors": counted[ERROR],
                    "warnings": counted[WARNING],
                    **_told(kind, sheet.name, read_sheets, intake),
                }
            )
    return summary


def _told(
    kind: SheetKind | None, name: str, read_sheets: dict[str, Understood], intake: Intake
) -> dict[str, Any]:
    """What a sheet says, told back: its first rows, or the marks of an attendance table, whose meetings are told apart."""
    if kind is None:
        return {}
    if kind is ROLL_CALLS:
        return {"marks": intake.roll_calls.of(name)}
    if intake.writing:
        return {}
    return {FIRST_ROWS: first_rows(read_sheets[name].rows, kind.columns, intake.register.name_of)}
