"""Lists of records in the columns in which they come in: taken from their page and sent back, they say nothing new.

A list has the headers of the kind it would come in as, and beside them what is worked out from the records, which the kind
passes over (`SheetKind.beside`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Protocol, TypeVar

from bontot.imports.intake import SheetKind
from bontot.imports.kinds.organisations import DAYS, ORGANISATIONS, OWN_DAYS_OFF
from bontot.imports.kinds.people import MEMBERS
from bontot.imports.kinds.work import DIRECTIVES, FEES, TASKS
from bontot.imports.kinds.year import LEVELS, RATINGS, REGISTRATIONS, SELECTIONS
from bontot.imports.outgoing import (
    EMPLOYMENT_WORDS,
    KIND_WORDS,
    ORIGIN_WORDS,
    SECTOR_WORDS,
    TYPE_WORDS,
    known,
)
from bontot.services.directives import DirectiveLine
from bontot.services.fees.ledger import Line as FeeLine
from bontot.services.members import MemberLine
from bontot.services.organisations import Node
from bontot.services.own_days_off import OwnDayView
from bontot.services.pilots import Selected
from bontot.services.ratings.reading import PlaceLine, RatedLine
from bontot.services.roster import MEMBER_STATES
from bontot.services.tasks import TaskLine
from bontot.services.year_start import CellPledges, MemberPledge
from bontot.workbook import Column, Month, Value

Line = TypeVar("Line")
Below = tuple[Node, Node | None]
"""An organisation with what stands directly above it."""
PledgedCell = tuple[Node, Node | None, CellPledges]
"""A cell with what stands directly above it, and how far its pledges are."""
CODE_OF_CELL = "Mã chi bộ"
"""Names of cells may be alike; beside the code the name is for its reader."""


_LEVEL_WORDS = {level: words for words, level in LEVELS.items()}
_DAY_WORDS = {kind: words for words, kind in DAYS.items()}


class Named(Protocol):
    """A member as a list names one."""

    @property
    def full_name(self) -> str: ...

    @property
    def card_number(self) -> str | None: ...

    @property
    def birth_year(self) -> int | None: ...


def _column(kind: SheetKind, field: str, of: Callable[[Line], Value]) -> Column[Line]:
    """A column under the header it comes in as."""
    [header] = [column.header for column in kind.columns if column.field == field]
    return Column(header, of)


def _person(line: Named) -> str:
    """A member's name, with the birth year where no card tells namesakes apart."""
    return _told_apart(line.full_name, line.card_number, line.birth_year)


def _told_apart(name: str, card: str | None, birth_year: int | None) -> str:
    return name if card or birth_year is None else f"{name} ({birth_year})"


def _of_member(field: str, of: Callable[[MemberLine], Value]) -> Column[MemberLine]:
    return _column(MEMBERS, field, of)


def _of_body(field: str, of: Callable[[Below], Value]) -> Column[Below]:
    return _column(ORGANISATIONS, field, of)


def _of_directive(field: str, of: Callable[[DirectiveLine], Value]) -> Column[DirectiveLine]:
    return _column(DIRECTIVES, field, of)


def _of_own_day(field: str, of: Callable[[OwnDayView], Value]) -> Column[OwnDayView]:
    return _column(OWN_DAYS_OFF, field, of)


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


def fee_columns(code: str, month: date) -> tuple[Column[FeeLine], ...]:
    """The ledger of a month, kept by the cell of a code; who has no line yet has nothing under what was paid."""
    return (
        Column(CODE_OF_CELL, lambda _: code),
        _column(FEES, "member", _person),
        _column(FEES, "card", lambda line: line.card_number),
        Column("Năm sinh", lambda line: line.birth_year),
        _column(FEES, "month", lambda _: Month.of(month)),
        _column(FEES, "due", lambda line: line.due.amount),
        _column(FEES, "exempt", lambda line: line.due.exempt),
        _column(FEES, "paid", lambda line: line.paid if line.written else None),
        _column(FEES, "paid_on", lambda line: line.paid_on),
        Column("Còn thiếu", lambda line: line.left),
        Column("Nợ các tháng trước", lambda line: line.owed_before),
    )


def rating_columns(
    year: int, left_out: Mapping[str, str], *, of_members: bool
) -> tuple[Column[RatedLine], ...]:
    """The members of a cell, or organisations, with their ratings of a year; `left_out` are the words for why one is not
    rated."""
    who: tuple[Column[RatedLine], ...] = (
        Column("Mã tổ chức", lambda line: line.code),
        Column("Nơi sinh hoạt", lambda line: line.name),
    )
    if of_members:
        who = (
            Column(CODE_OF_CELL, lambda line: line.code),
            _column(
                RATINGS, "member", lambda line: _told_apart(line.name, line.card_number, line.birth_year)
            ),
            _column(RATINGS, "card", lambda line: line.card_number),
        )
    return (
        *who,
        _column(RATINGS, "year", lambda _: year),
        _column(RATINGS, "level", lambda line: _LEVEL_WORDS.get(line.level)),
        _column(RATINGS, "votes", lambda line: line.votes),
        _column(RATINGS, "entitled", lambda line: line.entitled),
        _column(RATINGS, "decided_on", lambda line: line.decided_on),
        _column(RATINGS, "document", lambda line: line.document),
        Column("Ghi chú", lambda line: left_out.get(line.left_out)),
    )


def cell_rating_columns(year: int) -> tuple[Column[PlaceLine], ...]:
    """Cells with their ratings of a year, and how many of their members are rated at each level."""

    def at(level: str) -> Column[PlaceLine]:
        return Column(f"Đảng viên {_LEVEL_WORDS[level].lower()}", lambda line: line.counts[level])

    return (
        Column(CODE_OF_CELL, lambda line: line.code),
        Column("Nơi sinh hoạt", lambda line: line.name),
        Column("Trực thuộc", lambda line: line.parent),
        _column(RATINGS, "year", lambda _: year),
        _column(RATINGS, "level", lambda line: _LEVEL_WORDS.get(line.level)),
        Column("Đảng viên phải xếp", lambda line: line.rateable),
        Column("Đảng viên đã xếp", lambda line: sum(line.counts.values())),
        *map(at, LEVELS.values()),
    )


def cell_pledge_columns(year: int, state: Callable[[CellPledges], str]) -> tuple[Column[PledgedCell], ...]:
    """The cells with their pledges of a year; `state` says how far one is."""
    return (
        Column(CODE_OF_CELL, lambda line: line[0].code),
        Column("Nơi sinh hoạt", lambda line: line[0].name),
        Column("Trực thuộc", lambda line: line[1].name if line[1] else None),
        _column(REGISTRATIONS, "year", lambda _: year),
        Column("Tình trạng", lambda line: state(line[2])),
        _column(REGISTRATIONS, "signed_on", lambda line: line[2].signed_on),
        _column(REGISTRATIONS, "signed_by", lambda line: line[2].signed_by),
        _column(REGISTRATIONS, "confirmed_on", lambda line: line[2].confirmed_on),
        Column("Đảng viên đã ký", lambda line: line[2].signed),
        Column("Đảng viên đã được xác nhận", lambda line: line[2].confirmed),
        Column("Số đảng viên", lambda line: line[2].members),
    )


def member_pledge_columns(
    code: str, year: int, state: Callable[[MemberPledge], str]
) -> tuple[Column[MemberPledge], ...]:
    """The members of the cell of a code with their pledges of a year; `state` says how far one is."""
    return (
        Column(CODE_OF_CELL, lambda _: code),
        _column(REGISTRATIONS, "member", _person),
        _column(REGISTRATIONS, "card", lambda line: line.card_number),
        _column(REGISTRATIONS, "year", lambda _: year),
        Column("Tình trạng", state),
        _column(REGISTRATIONS, "signed_on", lambda line: line.signed_on),
        _column(REGISTRATIONS, "confirmed_on", lambda line: line.confirmed_on),
    )


def pilot_columns(policy: str) -> tuple[Column[Selected], ...]:
    """The cells chosen for a plan."""
    return (
        Column(CODE_OF_CELL, lambda one: one.code),
        Column("Nơi thí điểm", lambda one: one.cell),
        _column(SELECTIONS, "policy_code", lambda _: policy),
        _column(SELECTIONS, "selected_on", lambda one: one.selected_on),
        _column(SELECTIONS, "selected_by", lambda one: one.selected_by),
        _column(SELECTIONS, "document", lambda one: one.document),
        _column(SELECTIONS, "ended_on", lambda one: one.ended_on),
        _column(SELECTIONS, "end_document", lambda one: one.end_document),
        Column("Xếp loại hai năm trước", lambda one: tuple(_LEVEL_WORDS[level] for level in one.ratings)),
    )


OWN_DAY_COLUMNS = (
    Column[OwnDayView]("Mã tổ chức", lambda line: line.code),
    _of_own_day("applies_to", lambda line: line.organisation or "Cả đảng bộ"),
    _of_own_day("day", lambda line: line.own.day),
    _of_own_day("kind", lambda line: _DAY_WORDS[line.own.kind]),
    _of_own_day("name", lambda line: line.own.name),
    _of_own_day("source", lambda line: line.own.source),
    Column[OwnDayView]("Người ghi", lambda line: line.entered_by or "Nhập từ tệp"),
    Column[OwnDayView]("Ghi lúc", lambda line: line.entered_at),
)
