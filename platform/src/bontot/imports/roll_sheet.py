"""A cell's year of attendance as the table it comes in as: names down, meetings across; sent back, it says nothing new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import text

from bontot.db.models.meeting import ABSENT_EXCUSED, ABSENT_UNEXCUSED, LATE, PRESENT
from bontot.db.rolls import ATTENDANCE_ROLL
from bontot.db.tenancy import TenantSession
from bontot.imports.kinds.common import MEETING_KINDS
from bontot.imports.kinds.roll_calls import ROLL_CALLS
from bontot.workbook import Sheet, Value

MARKS = {PRESENT: "x", LATE: "M", ABSENT_EXCUSED: "P", ABSENT_UNEXCUSED: "K"}
NOT_REQUIRED = "–"
LEGEND = "Ghi chú: x: có mặt; M: đến muộn; P: vắng có lý do; K: vắng không lý do; –: không phải dự; để trống: chưa điểm danh"
_KINDS = {kind: words for words, kind in MEETING_KINDS.items()}
_MEETINGS = text("""
SELECT id, kind, held_on FROM meeting
WHERE organisation_id = :cell AND year = :year AND held_on <= :day AND kind <> 'cell_committee_meeting'
ORDER BY held_on, id LIMIT 150
""")
_ROLL = text(f"""
SELECT p.id, p.full_name, p.card_number, p.birth_date, r.meeting_id, a.mark
FROM ({ATTENDANCE_ROLL}) r
JOIN member p ON p.id = r.member_id
LEFT JOIN attendance a ON a.year = r.year AND a.meeting_id = r.meeting_id AND a.member_id = r.member_id
WHERE r.organisation_id = :cell AND r.year = :year AND r.held_on <= :day AND r.kind <> 'cell_committee_meeting'
ORDER BY p.sort_key COLLATE "C", p.id
""")


@dataclass(slots=True)
class _Line:
    name: str
    card: str | None
    birth: date | None
    marks: dict[int, str] = field(default_factory=dict)


def roll_sheet(
    session: TenantSession, cell: int, year: int, day: date, *, above: tuple[str, ...], code: str
) -> Sheet:
    """The attendance of a cell's meetings of a year until `day`; `code` names the cell where the table comes back."""
    asked = {"cell": cell, "year": year, "day": day}
    meetings = session.execute(_MEETINGS, asked).all()
    lines: dict[int, _Line] = {}
    for member, name, card, birth, meeting, mark in session.execute(_ROLL, asked):
        line = lines.setdefault(member, _Line(name, card, birth))
        line.marks[meeting] = MARKS[mark] if mark is not None else ""
    often = Counter(held_on for _, _, held_on in meetings)
    headers = [
        f"{held_on:%d/%m/%Y}" + ("" if kind == "regular" and often[held_on] == 1 else f" {_KINDS[kind]}")
        for _, kind, held_on in meetings
    ]
    sums = ("Có mặt", "Vắng có lý do", "Vắng không lý do")
    return Sheet(
        ROLL_CALLS.title,
        (*above, f"BẢNG ĐIỂM DANH NĂM {year}", ""),
        ("Chi bộ", "Đảng viên", "Số thẻ", *headers, *sums),
        [(code, *_row(line, [meeting.id for meeting in meetings])) for line in lines.values()],
        numbered=True,
        below=(LEGEND,),
    )


def _row(line: _Line, meetings: list[int]) -> tuple[Value, ...]:
    named = line.name if line.card or line.birth is None else f"{line.name} ({line.birth.year})"
    marks = [line.marks.get(meeting, NOT_REQUIRED) for meeting in meetings]
    return (named, line.card, *marks, *_sums(line.marks))


def _sums(marks: Mapping[int, str]) -> tuple[int, int, int]:
    said = list(marks.values())
    return said.count("x") + said.count("M"), said.count("P"), said.count("K")
