"""Lists of records in the columns in which they come in: taken from their page and sent back, they say nothing new.

A list has the headers of the kind it would come in as, and beside them what is worked out from the records, which the kind
passes over (`SheetKind.beside`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from bontot.imports.intake import SheetKind
from bontot.imports.kinds.organisations import ORGANISATIONS
from bontot.imports.kinds.people import MEMBERS
from bontot.imports.kinds.work import DIRECTIVES, TASKS
from bontot.imports.outgoing import (
    EMPLOYMENT_WORDS,
    KIND_WORDS,
    ORIGIN_WORDS,
    SECTOR_WORDS,
    TYPE_WORDS,
    known,
)
from bontot.services.directives import DirectiveLine
from bontot.services.members import MemberLine
from bontot.services.organisations import Node
from bontot.services.roster import MEMBER_STATES
from bontot.services.tasks import TaskLine
from bontot.workbook import Column, Value

Line = TypeVar("Line")
Below = tuple[Node, Node | None]
"""An organisation with what stands directly above it."""
CODE_OF_CELL = "Mã chi bộ"
"""Names of cells may be alike; beside the code the name is for its reader."""


def _column(kind: SheetKind, field: str, of: Callable[[Line], Value]) -> Column[Line]:
    """A column under the header it comes in as."""
    [header] = [column.header for column in kind.columns if column.field == field]
    return Column(header, of)


def _of_member(field: str, of: Callable[[MemberLine], Value]) -> Column[MemberLine]:
    return _column(MEMBERS, field, of)


def _of_body(field: str, of: Callable[[Below], Value]) -> Column[Below]:
    return _column(ORGANISATIONS, field, of)


def _of_directive(field: str, of: Callable[[DirectiveLine], Value]) -> Column[DirectiveLine]:
    return _column(DIRECTIVES, field, of)


def _of_task(field: str, of: Callable[[TaskLine], Value]) -> Column[TaskLine]:
    return _column(TASKS, field, of)


MEMBER_COLUMNS = (
    _of_member("full_name", lambda line: line.full_name),
    _of_member("birth", lambda line: known(*line.birth)),
    Column[MemberLine](CODE_OF_CELL, lambda line: line.cell_code),
    Column[MemberLine]("Nơi sinh hoạt", lambda line: line.cell_name),
    Column[MemberLine]("Trực thuộc", lambda line: line.above),
    _of_member("admission", lambda line: known(*line.admission)),
    _of_member("official_date", lambda line: line.official_date),
    _of_member("card", lambda line: line.card_number),
    _of_member("employment", lambda line: EMPLOYMENT_WORDS[line.employment]),
    _of_member("state", lambda line: "Chính thức" if line.official else "Dự bị"),
    Column[MemberLine](
        "Đang miễn, đình chỉ, tạm vắng", lambda line: tuple(MEMBER_STATES[state] for state in line.states)
    ),
)
ORGANISATION_COLUMNS = (
    _of_body("code", lambda line: line[0].code),
    _of_body("name", lambda line: line[0].name),
    _of_body("type", lambda line: TYPE_WORDS[line[0].type]),
    _of_body("sector", lambda line: SECTOR_WORDS[line[0].sector]),
    _of_body("parent", lambda line: line[1].code if line[1] else None),
    Column[Below]("Tên cấp trên", lambda line: line[1].name if line[1] else None),
    _of_body("founded_on", lambda line: line[0].founded_on),
    Column[Below]("Số chi bộ", lambda line: None if line[0].is_cell else line[0].cells),
    Column[Below]("Số đảng viên", lambda line: line[0].members),
)
DIRECTIVE_COLUMNS = (
    Column[DirectiveLine](CODE_OF_CELL, lambda line: line.cell_code),
    Column[DirectiveLine]("Nơi nhận", lambda line: line.cell_name),
    _of_directive("number", lambda line: line.number),
    _of_directive("subject", lambda line: line.subject),
    _of_directive("due_on", lambda line: line.due_on),
    _of_directive("answered_on", lambda line: line.answered_on),
)


def task_columns(code: str) -> tuple[Column[TaskLine], ...]:
    """The tasks of the cell of a code."""
    return (
        Column(CODE_OF_CELL, lambda _: code),
        _of_task("title", lambda line: line.title),
        _of_task("origin", lambda line: ORIGIN_WORDS[line.origin]),
        _of_task("held_on", lambda line: line.held_on),
        _of_task("kind", lambda line: KIND_WORDS[line.meeting_kind] if line.meeting_kind else None),
        _of_task("assignees", lambda line: tuple(line.told_apart)),
        _of_task("due_on", lambda line: line.due_on),
        _of_task("done_on", lambda line: line.done_on),
        _of_task("hard", lambda line: line.hard),
        Column("Báo cáo cho", lambda line: line.report_to),
    )
