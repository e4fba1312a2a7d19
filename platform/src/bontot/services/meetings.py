"""Recording a meeting with its roll call, correcting it, and reading it back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import TextClause, delete, select, text
from sqlalchemy.orm import InstrumentedAttribute

from bontot.access import Actor, Permission
from bontot.clock import DAY
from bontot.db.models import (
    AgendaItem,
    Attendance,
    FollowUp,
    Meeting,
    MeetingMaterial,
    MeetingStep,
    Member,
    Resolution,
    Task,
)
from bontot.db.models.meeting import (
    ABSENT_EXCUSED,
    ABSENT_UNEXCUSED,
    KINDS,
    LATE,
    PRESENT,
    STEPS,
)
from bontot.db.rolls import ATTENDANCE_ROLL, ROLL_OF_DAYS, attendance_roll, holds_on
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, NotFound, Stale
from bontot.evaluation.incremental import mark
from bontot.registry import Registry
from bontot.services import planning, scores
from bontot.services.audit import note
from bontot.services.meeting_entry import Mark as Mark
from bontot.services.meeting_entry import MeetingEntry as MeetingEntry
from bontot.services.meeting_entry import MeetingView as MeetingView
from bontot.services.meeting_entry import RollLine as RollLine
from bontot.services.meeting_entry import as_json
from bontot.services.meeting_rows import describe, issued_of, rewrite_parts, write_parts
from bontot.services.proceedings import sittings
from bontot.services.proceedings.amending import corrected
from bontot.text import clean

MARKS = frozenset({PRESENT, ABSENT_EXCUSED, ABSENT_UNEXCUSED, LATE})
RECORDED = (Meeting, Attendance, MeetingStep, AgendaItem, MeetingMaterial, Resolution)
"""Where recording or correcting a meeting changes rows."""
BAND_WORDS = {"good": "Tốt", "fair": "Khá", "average": "Trung bình", "poor": "Kém"}
BANDS = tuple(BAND_WORDS)


_ROLLS = f"""
SELECT r.meeting_id, m.id, m.public_id, m.full_name, CAST(extract(year FROM m.birth_date) AS integer),
       coalesce(m.official_date <= r.held_on, false), coalesce(bool_and(s.kind = 'temporary'), false)
FROM ({{roll}}) r
JOIN member m ON m.id = r.member_id
JOIN membership s ON s.member_id = m.id AND s.organisation_id = r.organisation_id
     AND {holds_on("s", "r.held_on")}
WHERE {{which}}
GROUP BY r.meeting_id, r.held_on, m.tenant_id, m.id
ORDER BY m.sort_key, m.birth_date
"""
_ROLL = text(_ROLLS.format(roll=ROLL_OF_DAYS, which="true"))
_PLANNED = """(
    SELECT id, organisation_id, CAST(extract(year FROM held_on) AS smallint) AS year, held_on, kind FROM planned_meeting)"""
_OF_PLANNED = text(_ROLLS.format(roll=attendance_roll(_PLANNED), which="r.meeting_id = ANY(:meetings)"))
_OF_MEETINGS = text(_ROLLS.format(roll=ATTENDANCE_ROLL, which="r.meeting_id = ANY(:meetings)"))


def roll(session: TenantSession, organisation_id: int, day: date, kind: str = "regular") -> list[RollLine]:
    """Who must attend a meeting of the cell on `day`, by given name (denominator of dossier rules §4)."""
    rows = session.execute(_ROLL, {"cell": organisation_id, "days": [day], "kind": kind})
    return [RollLine(*told) for _, *told in rows]


def rolls(session: TenantSession, meeting_ids: Sequence[int]) -> dict[int, list[RollLine]]:
    """The same of recorded meetings, in one statement."""
    return _rolls(session, _OF_MEETINGS, meeting_ids)


def planned_rolls(session: TenantSession, planned_ids: Sequence[int]) -> dict[int, list[RollLine]]:
    """The same of planned meetings, in one statement."""
    return _rolls(session, _OF_PLANNED, planned_ids)


def _rolls(session: TenantSession, statement: TextClause, ids: Sequence[int]) -> dict[int, list[RollLine]]:
    found: dict[int, list[RollLine]] = {id_: [] for id_ in ids}
    for id_, *told in session.execute(statement, {"meetings": list(ids)}):
        found[id_].append(RollLine(*told))
    return found


def record_meeting(
    session: TenantSession, actor: Actor, organisation_id: int, entry: MeetingEntry
) -> Meeting:
    """Records a meeting with its roll call, and joins it to what was prepared for it. Raises InvalidInput, and writes
    nothing, for a day to come or before the cell was founded, a meeting of that kind already recorded for the day, an
    unknown kind or step, or a mark for someone not on the roll."""
    actor.require(Permission.RECORD_MEETING)
    entry = _checked(session, organisation_id, entry)
    _refuse_second(session, organisation_id, entry)
    meeting = Meeting(
        organisation_id=organisation_id, year=entry.held_on.year, kind=entry.kind, held_on=entry.held_on
    )
    describe(meeting, entry)
    session.add(meeting)
    session.flush()
    write_parts(session, meeting, entry)
    planning.settle(session, meeting)
    note(session, "record_meeting", "meeting", meeting.id, actor.account_id, held_on=str(entry.held_on))
    mark(session, organisation_id, meeting.year, *RECORDED)
    return meeting


def change_meeting(
    session: TenantSession,
    actor: Actor,
    registry: Registry,
    meeting_id: int,
    version: int,
    entry: MeetingEntry,
    reason: str,
) -> Meeting:
    """Corrects a recorded meeting; what stood before is kept in the trail with the reason. The score and band of a meeting
    scored on a sheet are what its sheet then gives (`scores.settle`).

    Raises Stale when the meeting changed since `version` was read, InvalidInput without a reason or for a day in another
    year (the year leads the keys of its attendance: record it anew).
    """
    actor.require(Permission.RECORD_MEETING)
    meeting = session.get(Meeting, (session.tenant_id, meeting_id), with_for_update=True)
    if meeting is None:
        raise NotFound
    if meeting.version != version:
        raise Stale
    reason = clean(reason, field="reason")
    if not reason:
        raise InvalidInput("Cần ghi lý do sửa.", "reason")
    if entry.held_on.year != meeting.year:
        raise InvalidInput("Không đổi ngày họp sang năm khác. Xin ghi nhận một buổi mới.", "held_on")
    entry = _checked(session, meeting.organisation_id, entry)
    _refuse_second(session, meeting.organisation_id, entry, apart_from=meeting_id)
    sittings.refuse_before(session, meeting_id, entry.held_on)
    before, score = view(session, meeting_id), meeting.self_score
    meeting.kind, meeting.held_on, meeting.version = entry.kind, entry.held_on, version + 1
    describe(meeting, entry)
    session.flush()
    rewrite_parts(session, meeting, entry)
    sittings.follow_roll(session, meeting)
    corrected(meeting)
    entry = replace(entry, thematic_topic=meeting.thematic_topic or "")
    scores.settle(session, registry, meeting, before, replace(before, entry=entry))
    kept = as_json(before.entry) | {"self_score": None if score is None else f"{score:f}"}
    note(session, "change_meeting", "meeting", meeting.id, actor.account_id, reason=reason, before=kept)
    _mark_changed(session, meeting, before.entry, replace(entry, self_score_band=meeting.self_score_band))
    return meeting


def withdraw_meeting(
    session: TenantSession, actor: Actor, meeting_id: int, version: int, reason: str
) -> None:
    """Takes back a meeting recorded by mistake; what was recorded is kept in the trail with the reason.

    Raises Stale when it changed since `version` was read, InvalidInput without a reason or while tasks came out of it.
    """
    actor.require(Permission.RECORD_MEETING)
    meeting = session.get(Meeting, (session.tenant_id, meeting_id), with_for_update=True)
    if meeting is None:
        raise NotFound
    if meeting.version != version:
        raise Stale
    reason = clean(reason, field="reason")
    if not reason:
        raise InvalidInput("Cần ghi lý do bỏ buổi này.", "reason")
    if session.scalar(select(Task.id).where(Task.meeting_id == meeting_id).limit(1)) is not None:
        raise InvalidInput("Đã có nhiệm vụ giao từ buổi này, nên chỉ sửa được, không bỏ được.", "reason")
    if meeting.submission is not None:
        raise InvalidInput("Hồ sơ buổi này đã khóa, nên chỉ sửa được, không bỏ được.", "reason")
    if session.scalar(select(FollowUp.id).where(FollowUp.meeting_id == meeting_id).limit(1)) is not None:
        raise InvalidInput(
            "Buổi này đã ghi kết quả việc tháng trước, nên chỉ sửa được, không bỏ được.", "reason"
        )
    before = as_json(view(session, meeting_id).entry)
    gone = {"public_id": str(meeting.public_id), "place": meeting.organisation_id}
    mark(session, meeting.organisation_id, meeting.year)
    planning.part(session, meeting_id)
    session.execute(delete(Meeting).where(Meeting.id == meeting_id))
    note(
        session,
        "withdraw_meeting",
        "meeting",
        meeting_id,
        actor.account_id,
        reason=reason,
        before=before,
        gone=gone,
    )


def view(session: TenantSession, meeting_id: int) -> MeetingView:
    """One meeting with everything recorded of it. Raises NotFound."""
    meeting = session.get(Meeting, (session.tenant_id, meeting_id))
    if meeting is None:
        raise NotFound
    return views(session, [meeting])[meeting_id]


def views(session: TenantSession, meetings: Sequence[Meeting]) -> dict[int, MeetingView]:
    """Several meetings, each with everything recorded of it, in a fixed number of statements."""
    ids = [meeting.id for meeting in meetings]
    marks: dict[int, dict[int, Mark]] = defaultdict(dict)
    years = {meeting.year for meeting in meetings}
    for meeting_id, member_id, value, reason in session.execute(
        select(Attendance.meeting_id, Attendance.member_id, Attendance.mark, Attendance.reason).where(
            Attendance.year.in_(years), Attendance.meeting_id.in_(ids)
        )
    ):
        marks[meeting_id][member_id] = Mark(value, reason)
    steps = _listed(session, ids, MeetingStep, MeetingStep.step)
    materials = _listed(session, ids, MeetingMaterial, MeetingMaterial.title, MeetingMaterial.id)
    agenda = _listed(session, ids, AgendaItem, AgendaItem.title, AgendaItem.position)
    resolutions = issued_of(session, ids)
    return {
        meeting.id: _viewed(
            meeting,
            marks[meeting.id],
            steps[meeting.id],
            agenda[meeting.id],
            materials[meeting.id],
            resolutions.get(meeting.id),
        )
        for meeting in meetings
    }


def _listed(
    session: TenantSession,
    ids: Sequence[int],
    table: type[MeetingStep | MeetingMaterial | AgendaItem],
    what: InstrumentedAttribute[str],
    *order: InstrumentedAttribute[int],
) -> dict[int, list[str]]:
    """The lines of a form, by meeting."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = select(table.meeting_id, what).where(table.meeting_id.in_(ids)).order_by(*order)
    for meeting_id, words in session.execute(rows):
        found[meeting_id].append(words)
    return found


def _viewed(
    meeting: Meeting,
    marks: Mapping[int, Mark],
    steps: Iterable[str],
    agenda: Iterable[str],
    materials: Iterable[str],
    resolution: Resolution | None,
) -> MeetingView:
    return MeetingView(
        id=meeting.id,
        public_id=meeting.public_id,
        organisation_id=meeting.organisation_id,
        version=meeting.version,
        entry=MeetingEntry(
            kind=meeting.kind,
            held_on=meeting.held_on,
            starts_at=meeting.starts_at,
            place=meeting.place or "",
            topic=meeting.topic or "",
            thematic_topic=meeting.thematic_topic or "",
            marks=marks,
            steps=frozenset(steps),
            agenda=tuple(agenda),
            materials=tuple(materials),
            sent_on=meeting.sent_on,
            self_criticism=meeting.self_criticism,
            self_score_band=meeting.self_score_band,
            resolution_number=(resolution.number or "") if resolution else "",
            resolution_subject=resolution.subject if resolution else "",
        ),
    )


def meeting_of(session: TenantSession, public_id: UUID, organisations: frozenset[int]) -> int:
    """The id of a meeting of one of the organisations; raises NotFound for any other."""
    row = session.execute(
        select(Meeting.id, Meeting.organisation_id).where(Meeting.public_id == public_id)
    ).first()
    if row is None or row[1] not in organisations:
        raise NotFound
    meeting_id: int = row[0]
    return meeting_id


_HELD_CELL = text(f"""
SELECT founded_on, ended_on, {DAY} AS today FROM organisation WHERE id = :cell FOR NO KEY UPDATE
""")


def _checked(session: TenantSession, organisation_id: int, entry: MeetingEntry) -> MeetingEntry:
    """An entry that may be recorded of the cell, which is held from here on: two senders of the same form take turns."""
    if entry.kind not in KINDS:
        raise InvalidInput("Xin chọn loại buổi họp.", "kind")
    founded_on, ended_on, today = session.execute(_HELD_CELL, {"cell": organisation_id}).one()
    if entry.held_on > today:
        raise InvalidInput("Ngày họp chưa đến. Chỉ ghi nhận buổi đã họp.", "held_on")
    if entry.held_on < founded_on or (ended_on and entry.held_on >= ended_on):
        raise InvalidInput("Ngày họp nằm ngoài thời gian chi bộ hoạt động.", "held_on")
    if entry.sent_on and entry.sent_on > entry.held_on:
        raise InvalidInput("Ngày gửi tài liệu phải trước hoặc trong ngày họp.", "sent_on")
    if not entry.steps <= set(STEPS) or not {mark.value for mark in entry.marks.values()} <= MARKS:
        raise InvalidInput("Biểu mẫu có lựa chọn không hợp lệ. Xin tải lại trang.")
    if entry.self_score_band not in (None, *BANDS):
        raise InvalidInput("Xin chọn mức tự đánh giá trong danh sách.", "self_score_band")
    required = {line.member_id for line in roll(session, organisation_id, entry.held_on, entry.kind)}
    strangers = set(entry.marks) - required
    if strangers:
        names = _names(session, strangers)
        day = entry.held_on.strftime("%d/%m/%Y")
        raise InvalidInput(f"Không thuộc diện phải dự họp ngày {day}: {names}.", "marks")
    return entry


_SECOND = text("""
SELECT FROM meeting WHERE organisation_id = :cell AND kind = :kind AND held_on = :day
  AND id IS DISTINCT FROM CAST(:apart_from AS bigint)
""")


def _refuse_second(
    session: TenantSession, organisation_id: int, entry: MeetingEntry, apart_from: int | None = None
) -> None:
    """One meeting of a kind a day; asked once the cell is held, so that what the sender before wrote is seen."""
    binds = {"cell": organisation_id, "kind": entry.kind, "day": entry.held_on, "apart_from": apart_from}
    if session.execute(_SECOND, binds).first() is not None:
        day = entry.held_on.strftime("%d/%m/%Y")
        raise InvalidInput(
            f"Chi bộ đã ghi nhận một buổi cùng loại ngày {day}. Nếu cần, hãy sửa buổi ấy.", "held_on"
        )


def _names(session: TenantSession, member_ids: Iterable[int]) -> str:
    known = session.execute(select(Member.id, Member.full_name).where(Member.id.in_(list(member_ids))))
    return ", ".join(sorted(name for _, name in known)) or "người không có trong đảng bộ"


def _mark_changed(
    session: TenantSession, meeting: Meeting, before: MeetingEntry, after: MeetingEntry
) -> None:
    """To be judged again: where nothing but marks is corrected, those whose marks are."""
    if replace(before, marks=after.marks) != after:
        mark(session, meeting.organisation_id, meeting.year, *RECORDED)
        return
    both = before.marks.keys() | after.marks.keys()
    members = {who for who in both if before.marks.get(who) != after.marks.get(who)}
    mark(session, meeting.organisation_id, meeting.year, Attendance, members=members)
