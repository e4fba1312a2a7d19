"""Buổi sinh hoạt: meetings, who was absent from them, and who spoke."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bontot.db.models import (
    AgendaItem,
    Attendance,
    Meeting,
    MeetingMaterial,
    MeetingStep,
    Resolution,
    Statement,
)
from bontot.db.models.meeting import ABSENT_EXCUSED, ABSENT_UNEXCUSED, LATE, PRESENT, STEPS
from bontot.imports.columns import (
    Column,
    Misread,
    choice,
    clock,
    day,
    mark,
    paragraph,
    points,
    several,
    words,
)
from bontot.imports.intake import Intake, Many, SheetKind, Taken
from bontot.imports.kinds.common import CARD, CELL, MEMBER, meeting_kind
from bontot.imports.on_record import Said
from bontot.imports.reading import Cell
from bontot.imports.register import Gathering, Org, Person
from bontot.imports.table import Row
from bontot.text import search_key

BANDS = {"Tốt": "good", "Khá": "fair", "Trung bình": "average", "Kém": "poor"}
MARKS = {
    "Có mặt": PRESENT,
    "Vắng có lý do": ABSENT_EXCUSED,
    "Vắng không lý do": ABSENT_UNEXCUSED,
    "Đến muộn": LATE,
}
_MORE_MARKS = (
    ("Có phép", ABSENT_EXCUSED),
    ("P", ABSENT_EXCUSED),
    ("Không phép", ABSENT_UNEXCUSED),
    ("K", ABSENT_UNEXCUSED),
    ("x", PRESENT),
)
STEP_WORDS = dict(zip(("Chuẩn bị", "Mở đầu", "Tiến hành", "Kết thúc", "Sau buổi họp"), STEPS, strict=True))
ALL_STEPS = frozenset({"du", "day du", "x"})
WITHOUT_CALL = frozenset({"cell_committee_meeting"})
"""Kinds in which only the committee meets, so that nobody else is marked present."""
_OFFICERS = ("chair", "minute_taker")
_KEPT = ("starts_at", "place", "topic", "thematic_topic", "sent_on", "self_score", "self_score_band")
_OF_RESOLUTION = {
    "resolution_number": "number",
    "resolution_subject": "subject",
    "cites_superior": "cites_superior",
}
_PARTS = (
    Many("steps", MeetingStep, "meeting_id", "step"),
    Many("agenda", AgendaItem, "meeting_id", "title", "position"),
    Many("materials", MeetingMaterial, "meeting_id", "title"),
)


def steps(cell: Cell) -> tuple[str, ...]:
    """The steps of the checklist carried out: "đủ", or their names or numbers."""
    if search_key(str(cell)) in ALL_STEPS:
        return STEPS
    named = {search_key(name): step for name, step in STEP_WORDS.items()}
    named |= {str(number): step for number, step in enumerate(STEPS, 1)}
    parts = [part for item in several(cell) for part in item.split(",")]
    found = [named.get(search_key(part)) for part in parts]
    if None in found:
        listed = "; ".join(STEP_WORDS)
        raise Misread(
            f"“{cell}” không rõ bước nào; hãy ghi “đủ”, số từ 1 đến {len(STEPS)}, hoặc tên bước: {listed}."
        )
    return tuple(step for step in STEPS if step in found)


def _steps_told(taken: tuple[str, ...]) -> str:
    return "; ".join(name for name, step in STEP_WORDS.items() if step in taken)


def take_meetings(rows: list[Row], intake: Intake) -> None:
    """Enters each meeting with its agenda, steps, materials and resolution."""
    for row in rows:
        org = intake.organisation(row)
        if org is None:
            continue
        if (there := _there(row, org, intake)) is not None:
            _hold(row, org, there, intake)
            continue
        if not intake.living(row, org, "held_on") or not _sound(row, org, intake):
            continue
        gathering = Gathering(
            organisation=org,
            kind=row.values["kind"],
            held_on=row.values["held_on"],
            called=row.values["kind"] not in WITHOUT_CALL and not row.get("uncalled"),
        )
        people = [_officer(row, org, name, intake) for name in _OFFICERS]
        if all(found for _, found in people):
            intake.register.enter_gathering(gathering)
            plan_meeting(row, gathering, [person for person, _ in people], intake)


def _there(row: Row, org: Org, intake: Intake) -> Gathering | None:
    """The meeting of this kind and day that is on record."""
    held = intake.register.gatherings.get((org, row.values["held_on"]), [])
    return next((one for one in held if one.id is not None and one.kind == row.values["kind"]), None)


def _hold(row: Row, org: Org, meeting: Gathering, intake: Intake) -> None:
    """Holds a row against the meeting that is on record. That it is not called says nothing of one that was called since."""
    people = {name: _officer(row, org, name, intake) for name in _OFFICERS}
    if not all(found for _, found in people.values()):
        return
    said = [
        Said(name, row.get(name), Meeting, {"id": meeting.id}, (name,)) for name in (*_KEPT, "self_criticism")
    ]
    said += [
        Said(name, who, Meeting, {"id": meeting.id}, (f"{name}_id",)) for name, (who, _) in people.items()
    ]
    of_meeting = {"meeting_id": meeting.id}
    for name, column in _OF_RESOLUTION.items():
        said.append(Said(name, row.get(name), Resolution, of_meeting, (column,)))
    said += [one.said(row.get(one.field), meeting.id or 0) for one in _PARTS]
    intake.on_record.hold(row, said)


def _sound(row: Row, org: Org, intake: Intake) -> bool:
    kind, held_on = row.values["kind"], row.values["held_on"]
    held = intake.register.gatherings.get((org, held_on), [])
    same = next((gathering for gathering in held if gathering.kind == kind), None)
    if same is not None:
        row.error("held_on", f"{org.name} đã có buổi họp loại này ngày {held_on:%d/%m/%Y}.")
    elif not org.is_cell and kind not in WITHOUT_CALL:
        row.error("kind", f"{org.name} không phải chi bộ; chỉ ghi được loại “Họp chi ủy”.")
    elif row.get("sent_on", held_on) > held_on:
        row.error("sent_on", "Ngày gửi tài liệu phải trước hoặc trong ngày họp.")
    else:
        return True
    return False


def _officer(row: Row, org: Org, name: str, intake: Intake) -> tuple[Person | None, bool]:
    """Who chaired or took the minutes, and whether the column is in order (blank is)."""
    person = intake.person(row, org, name)
    return person, person is not None or name not in row.values


def plan_meeting(row: Row, gathering: Gathering, officers: list[Person | None], intake: Intake) -> None:
    """A meeting to be written, with its chair and minute-taker and what its row says of it."""
    values, plan = row.values, intake.plan
    record = {
        "organisation_id": gathering.organisation,
        "year": gathering.held_on.year,
        "kind": gathering.kind,
        "held_on": gathering.held_on,
        "chair_id": officers[0],
        "minute_taker_id": officers[1],
        "state": "closed" if gathering.kind in WITHOUT_CALL else "open",
        "self_criticism": values.get("self_criticism", False),
        **{name: values.get(name) for name in _KEPT},
    }
    gathering.row = record
    plan.add(Meeting, record, gathering)
    for one in _PARTS:
        one.add(values.get(one.field), gathering, plan)
    if "resolution_number" in values or "resolution_subject" in values:
        plan.add(
            Resolution,
            {
                "meeting_id": gathering,
                "number": values.get("resolution_number"),
                "subject": values.get("resolution_subject", ""),
                "issued_on": gathering.held_on,
                "cites_superior": values.get("cites_superior", False),
            },
        )


def take_attendance(rows: list[Row], intake: Intake) -> None:
    """Marks everyone required at the meetings this workbook brings: as its row says, present without one."""
    named: dict[tuple[Gathering, Person], Row] = {}
    for row in rows:
        org = intake.organisation(row)
        gathering = intake.gathering(row, org) if org is not None else None
        if org is None or gathering is None or (person := intake.person(row, org)) is None:
            continue
        if gathering.id is not None:
            _hold_mark(row, gathering, person, intake)
        elif (gathering, person) in named:
            row.error(
                "member", f"Đồng chí này đã có ở dòng {named[gathering, person].number} cho cùng buổi họp."
            )
        elif _may_be_marked(row, gathering, person, org):
            named[gathering, person] = row
    called = (g for held in intake.register.gatherings.values() for g in held if g.called and g.id is None)
    _mark(called, named, intake)


def _hold_mark(row: Row, gathering: Gathering, person: Person, intake: Intake) -> None:
    """Holds a row against the mark that is on record; whoever has none is marked on the meeting's page, or by a table."""
    where = {"year": gathering.held_on.year, "meeting_id": gathering.id, "member_id": person.id}
    said = [Said(name, row.get(name), Attendance, where, (name,)) for name in ("mark", "reason")]
    intake.on_record.hold(row, said)


def _may_be_marked(row: Row, gathering: Gathering, person: Person, org: Org) -> bool:
    on = gathering.held_on
    if not gathering.called:
        row.error("held_on", "Buổi họp này không có điểm danh toàn chi bộ.")
    elif not person.belongs(org, on):
        row.error("member", f"Ngày {on:%d/%m/%Y} đồng chí {person.full_name} không sinh hoạt tại {org.name}.")
    elif not person.required(org, on):
        row.error(
            "member",
            f"Ngày {on:%d/%m/%Y} đồng chí {person.full_name} được miễn hoặc tạm vắng mặt theo quyết định, "
            "không phải điểm danh; hãy bỏ dòng này.",
        )
    else:
        return True
    return False


def _mark(
    gatherings: Iterable[Gathering], named: dict[tuple[Gathering, Person], Row], intake: Intake
) -> None:
    for gathering in gatherings:
        if gathering.organisation is None or gathering.row is None:
            continue
        gathering.row["state"] = "closed"
        for person in intake.register.required_at(gathering.organisation, gathering.held_on):
            row = named.get((gathering, person))
            record: dict[str, Any] = {
                "year": gathering.held_on.year,
                "meeting_id": gathering,
                "member_id": person,
                "mark": row.values["mark"] if row else PRESENT,
                "reason": row.get("reason") if row else None,
            }
            intake.plan.add(Attendance, record)


def take_statements(rows: list[Row], intake: Intake) -> None:
    """Who spoke at a meeting, and on what."""
    taken = Taken(intake, Statement, ("meeting_id", "member_id", "summary"), ("summary",))
    for row in rows:
        org = intake.organisation(row)
        gathering = intake.gathering(row, org) if org is not None else None
        if org is None or gathering is None or (person := intake.person(row, org)) is None:
            continue
        record = {"meeting_id": gathering, "member_id": person, "summary": row.get("summary")}
        if taken.held(row, record, intake):
            continue
        if not person.belongs(org, gathering.held_on):
            on = f"{gathering.held_on:%d/%m/%Y}"
            row.error("member", f"Ngày {on} đồng chí {person.full_name} không sinh hoạt tại {org.name}.")
        elif taken.free(row, record):
            intake.plan.add(Statement, record)


_HELD_ON = Column("held_on", "Ngày họp", day, required=True, past=True, also=("Ngày", "Ngày sinh hoạt"))
_KIND_IF_NEEDED = Column("kind", "Loại", meeting_kind, also=("Loại buổi họp", "Loại sinh hoạt"))

MEETINGS = SheetKind(
    "meeting",
    "Buổi sinh hoạt",
    (
        CELL,
        Column("kind", "Loại", meeting_kind, required=True, also=("Loại buổi họp", "Loại sinh hoạt")),
        _HELD_ON,
        Column("starts_at", "Giờ", clock, also=("Giờ bắt đầu", "Thời gian")),
        Column("place", "Địa điểm", words),
        Column("topic", "Nội dung", words, also=("Nội dung chính",)),
        Column("thematic_topic", "Chuyên đề", words, also=("Tên chuyên đề", "Phần chuyên đề")),
        Column("chair", "Chủ trì", words, also=("Người chủ trì",)),
        Column("minute_taker", "Thư ký", words, also=("Thư ký buổi họp", "Người ghi biên bản")),
        Column("agenda", "Chương trình", several),
        Column("steps", "Các bước", steps, also=("Các bước đã làm",), told=_steps_told),
        Column("materials", "Tài liệu", several, also=("Tài liệu sinh hoạt",)),
        Column("sent_on", "Ngày gửi tài liệu", day),
        Column("resolution_number", "Số nghị quyết", words, also=("Nghị quyết số",)),
        Column("resolution_subject", "Trích yếu nghị quyết", words),
        Column("cites_superior", "Căn cứ văn bản cấp trên", mark),
        Column("self_criticism", "Tự phê bình", mark, also=("Tự phê bình và phê bình",)),
        Column("self_score", "Điểm tự chấm", points, also=("Điểm",)),
        Column("self_score_band", "Chất lượng", choice(BANDS), also=("Xếp loại buổi sinh hoạt",)),
        Column("uncalled", "Chưa điểm danh", mark),
    ),
    take_meetings,
    ("Sinh hoạt chi bộ", "Các buổi sinh hoạt", "Buổi họp"),
)
ATTENDANCE = SheetKind(
    "attendance",
    "Điểm danh",
    (
        CELL,
        _HELD_ON,
        _KIND_IF_NEEDED,
        MEMBER,
        CARD,
        Column(
            "mark",
            "Điểm danh",
            choice(MARKS, *_MORE_MARKS),
            required=True,
            also=("Có mặt/vắng", "Tình trạng"),
        ),
        Column("reason", "Lý do", words, also=("Lý do vắng",)),
    ),
    take_attendance,
    ("Vắng mặt", "Danh sách vắng"),
)
STATEMENTS = SheetKind(
    "statement",
    "Phát biểu",
    (CELL, _HELD_ON, _KIND_IF_NEEDED, MEMBER, CARD, Column("summary", "Nội dung", paragraph)),
    take_statements,
    ("Ý kiến phát biểu",),
)
