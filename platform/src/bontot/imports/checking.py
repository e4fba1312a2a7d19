"""A whole workbook against the records: what it would write, and everything that is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from bontot.db.tenancy import TenantSession
from bontot.errors import SecrecyRefused
from bontot.imports.intake import Intake, SheetKind
from bontot.imports.kinds.meetings import ATTENDANCE, MEETINGS
from bontot.imports.layout import heading
from bontot.imports.naming import OwnNames, own_names
from bontot.imports.plan import Plan
from bontot.imports.problems import ERROR, WARNING, Problem, Problems
from bontot.imports.reading import SheetRows, read
from bontot.imports.register import Register
from bontot.imports.sheets import BY_KEY, NOTES, SHEETS, kind_of
from bontot.imports.table import Understood, cells_of, understand
from bontot.policy.words import figure
from bontot.registry import Registry

SECRET = re.compile(r"MẬT|(?i:độ mật\s*:\s*\w.*|tuyệt mật|tối mật)")
SECRET_NAME = re.compile(r"(?:^|[\W_])(?:tuyệt mật|tối mật|mật)(?:$|[\W_])", re.IGNORECASE)
FIRST_PAGE = 30
"""Rows in which a secrecy mark is looked for."""
FEW = 20
"""Rows named one by one of a workbook whose rows are all in the system already."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a workbook holds: the plan of what to write, problems in order, and per sheet what was understood."""

    plan: Plan
    problems: list[Problem]
    sheets: list[dict[str, Any]]
    """`{sheet, kind, title, rows, unknown, errors, warnings}` in the workbook's order; kind is "" for a sheet not taken in,
    `unknown` has the headers that say nothing to us."""
    errors: int
    warnings: int


def check(session: TenantSession, content: bytes, filename: str, registry: Registry) -> Checked:
    """Reads and checks a workbook; writes nothing.

    Raises WorkbookRefused when it cannot be read, SecrecyRefused when it carries a secrecy mark.
    """
    if SECRET_NAME.search(filename):
        raise SecrecyRefused
    workbook = read(content)
    texts = (text for sheet in workbook for text in cells_of(sheet, FIRST_PAGE))
    if any(SECRET.fullmatch(unicodedata.normalize("NFC", text).strip()) for text in texts):
        raise SecrecyRefused
    problems = Problems()
    own = own_names(session)
    chosen = _choose(workbook, own, problems)
    intake = Intake(session, Register.load(session), registry)
    read_sheets = {
        kind.key: understand(sheet, kind.columns, problems.add, own.columns.get(kind.key))
        for kind, sheet in chosen.items()
    }
    rows = {key: understood.rows for key, understood in read_sheets.items()}
    for kind in SHEETS:
        if kind in chosen:
            in_time = [row for row in rows[kind.key] if intake.not_future(row, kind.columns)]
            kind.take(in_time, intake)
    _warn_of_missing_roll_call(chosen, problems)
    if chosen and not any(rows.values()) and not problems.kept:
        problems.add(Problem("", None, "", "Tệp chưa có dòng dữ liệu nào dưới tiêu đề."))
    listed = problems.in_order([sheet.name for sheet in workbook])
    if intake.plan.empty and 2 * problems.recorded > sum(map(len, rows.values())):
        listed = [_again(problems.recorded), *listed[:FEW]]
    return Checked(
        intake.plan,
        listed,
        _summary(workbook, chosen, read_sheets, problems),
        problems.of(ERROR),
        problems.of(WARNING),
    )


def _again(recorded: int) -> Problem:
    """What a workbook sent a second time comes to, before its rows one by one."""
    return Problem("", None, "", f"Có vẻ tệp này đã được nhập: {figure(recorded)} dòng đã có trong hệ thống.")


def _choose(workbook: list[SheetRows], own: OwnNames, problems: Problems) -> dict[SheetKind, SheetRows]:
    """The sheets to take in, by kind; reports those of no kind, hidden ones, and a second one of a kind."""
    chosen: dict[SheetKind, SheetRows] = {}
    for sheet in workbook:
        title = heading(sheet.name)
        if not any(cell is not None for row in sheet.rows for cell in row) or title in NOTES:
            continue
        if own.sheets.get(title) == "":
            continue
        kind = kind_of(sheet.name) or BY_KEY.get(own.sheets.get(title, ""))
        if sheet.hidden:
            problems.add(
                Problem(sheet.name, None, "", "Trang tính ẩn không được đọc; bỏ ẩn nếu muốn nhập.", WARNING)
            )
        elif kind is None:
            listed = ", ".join(kind.title for kind in SHEETS)
            sentence = f"Không nhận ra trang tính này; hãy đặt tên trang là một trong: {listed}."
            problems.add(Problem(sheet.name, None, "", sentence))
        elif kind in chosen:
            sentence = f"Trang này cùng loại với trang “{chosen[kind].name}”; hãy gộp làm một."
            problems.add(Problem(sheet.name, None, "", sentence))
        else:
            chosen[kind] = sheet
    if not chosen and not problems.kept:
        problems.add(Problem("", None, "", "Tệp không có trang nào để nhập."))
    return chosen


def _warn_of_missing_roll_call(chosen: dict[SheetKind, SheetRows], problems: Problems) -> None:
    if MEETINGS in chosen and ATTENDANCE not in chosen:
        sentence = f"Không có trang “{ATTENDANCE.title}” nên các buổi họp được ghi là chưa điểm danh."
        problems.add(Problem(chosen[MEETINGS].name, None, "", sentence, WARNING))


def _summary(
    workbook: list[SheetRows],
    chosen: dict[SheetKind, SheetRows],
    read_sheets: dict[str, Understood],
    problems: Problems,
) -> list[dict[str, Any]]:
    kinds = {sheet.name: kind for kind, sheet in chosen.items()}
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
                    "rows": len(read_sheets[kind.key].rows) if kind else 0,
                    "unknown": list(read_sheets[kind.key].unknown) if kind else [],
                    "errors": counted[ERROR],
                    "warnings": counted[WARNING],
                }
            )
    return summary
