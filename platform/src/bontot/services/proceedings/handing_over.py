"""Closing a meeting's record, sending it to the superior, and what the superior does with it.

A closed record is never opened again: it is corrected, with a reason, and the text before is kept. What was corrected after
it was sent is to be sent again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bontot.access import Actor, Permission
from bontot.db.models import Attendance, Meeting, MeetingAct
from bontot.db.models.meeting import VOICES
from bontot.db.rolls import holds_on, required_at
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, NotAllowed, NotFound, Stale
from bontot.services.audit import note
from bontot.services.proceedings.amending import CLOSED, SENT
from bontot.text import PARAGRAPH, clean

OF_CELL = "Hồ sơ buổi họp do cấp trên tiếp nhận, không do chi bộ tự tiếp nhận."
OWN_HAND = "Đồng chí đã gửi hồ sơ này, nên người khác của cấp trên tiếp nhận."
NOT_SENT = "Chi bộ chưa gửi hồ sơ này, hoặc đã có người xử lý. Xin tải lại trang."
SUBMITTED, RETURNED, RECEIVED, REMARKED = "submitted", "returned", "received", "remarked"
LIMIT = 100


@dataclass(frozen=True, slots=True)
class Act:
    """What was done with the record, by whom and when; `voice` is whose remark it is."""

    act: str
    voice: str | None
    remark: str | None
    done_by: str
    done_at: datetime
    account_id: int


_ACTS = text("""
SELECT meeting.id, done.* FROM unnest(CAST(:meetings AS bigint[])) AS meeting (id), LATERAL (
    SELECT act, voice, remark, done_by, done_at, account_id FROM meeting_act WHERE meeting_id = meeting.id
    ORDER BY meeting_act.id DESC LIMIT :limit) AS done
""")


def acts_of(session: Session, meeting_id: int) -> list[Act]:
    """What was done with a meeting's record, the latest first; at most a hundred."""
    return acts_of_all(session, [meeting_id])[meeting_id]


def acts_of_all(session: Session, meeting_ids: Sequence[int]) -> dict[int, list[Act]]:
    """The same of several meetings, in one statement."""
    found: dict[int, list[Act]] = {id_: [] for id_ in meeting_ids}
    for meeting_id, *told in session.execute(_ACTS, {"meetings": list(meeting_ids), "limit": LIMIT}):
        found[meeting_id].append(Act(*told))
    return found


def missing(session: TenantSession, meeting: Meeting) -> list[str]:
    """What a meeting lacks to be closed."""
    lacks = []
    if meeting.chair_id is None:
        lacks.append("người chủ trì")
    if meeting.minute_taker_id is None:
        lacks.append("thư ký")
    called = select(Attendance.member_id).where(
        Attendance.year == meeting.year, Attendance.meeting_id == meeting.id
    )
    if required_at(session, [meeting.id])[meeting.id] and session.scalar(called.limit(1)) is None:
        lacks.append("điểm danh")
    return lacks


def close(session: TenantSession, actor: Actor, meeting_id: int, version: int) -> None:
    """Closes a meeting's record: from now on it is corrected with a reason. Raises Stale, InvalidInput for one that lacks
    what minutes must have or is closed already."""
    actor.require(Permission.RECORD_MEETING)
    meeting = _locked(session, meeting_id, version)
    if meeting.state == CLOSED:
        raise InvalidInput("Hồ sơ buổi này đã khóa.")
    if lacks := missing(session, meeting):
        raise InvalidInput(f"Chưa khóa được: còn thiếu {', '.join(lacks)}.")
    meeting.state, meeting.submission = CLOSED, "due"
    _act(session, actor, meeting, CLOSED)


def submit(session: TenantSession, actor: Actor, meeting_id: int, version: int) -> None:
    """Sends a closed record to the superior, anew where it was sent back or corrected. Raises Stale, InvalidInput for one
    that is open, or sent already."""
    actor.require(Permission.RECORD_MEETING)
    meeting = _locked(session, meeting_id, version)
    if meeting.state != CLOSED:
        raise InvalidInput("Hãy khóa hồ sơ trước khi gửi.")
    if meeting.submission in SENT:
        raise InvalidInput("Hồ sơ này đã gửi cấp trên.")
    meeting.submission = SUBMITTED
    _act(session, actor, meeting, SUBMITTED)


def answer(
    session: TenantSession,
    actor: Actor,
    meeting_id: int,
    version: int,
    act: str,
    *,
    remark: str = "",
    voice: str = VOICES[0],
) -> None:
    """The superior takes a record that was sent, sends it back with a reason, or remarks on it, also in the voice of the
    member assigned to the cell.

    Raises Stale when the record changed since `version` was read, InvalidInput by field, NotAllowed for the cell itself and
    for who sent it.
    """
    actor.require(Permission.RECEIVE_MEETING)
    meeting = _locked(session, meeting_id, version)
    if refused := answer_refused(session, actor, meeting.organisation_id, meeting_id):
        raise NotAllowed(refused)
    if act not in (RECEIVED, RETURNED, REMARKED) or voice not in VOICES:
        raise InvalidInput("Xin chọn việc cần làm.", "act")
    remark = clean(remark, longest=PARAGRAPH, lines=True, field="remark")
    if act == RETURNED and not remark:
        raise InvalidInput("Cần ghi rõ điều chi bộ phải sửa.", "remark")
    if act == REMARKED and not remark:
        raise InvalidInput("Cần ghi nội dung nhận xét.", "remark")
    if act != REMARKED:
        if meeting.submission != SUBMITTED:
            raise InvalidInput(NOT_SENT, "act")
        meeting.submission = act
    _act(session, actor, meeting, act, remark=remark or None, voice=voice if remark else None)


def answer_refused(session: Session, actor: Actor, organisation_id: int, meeting_id: int) -> str:
    """Why an actor whose role may answer for the superior may not do so here; empty where nothing is in the way."""
    if actor.organisation_id == organisation_id:
        return OF_CELL
    sent = next((one for one in acts_of(session, meeting_id) if one.act == SUBMITTED), None)
    return OWN_HAND if sent is not None and sent.account_id == actor.account_id else ""


def _locked(session: TenantSession, meeting_id: int, version: int) -> Meeting:
    meeting = session.get(Meeting, (session.tenant_id, meeting_id), with_for_update=True)
    if meeting is None:
        raise NotFound
    if meeting.version != version:
        raise Stale
    return meeting


def _act(
    session: TenantSession,
    actor: Actor,
    meeting: Meeting,
    act: str,
    *,
    remark: str | None = None,
    voice: str | None = None,
) -> None:
    meeting.version += 1
    session.add(
        MeetingAct(
            meeting_id=meeting.id,
            act=act,
            voice=voice,
            remark=remark,
            account_id=actor.account_id,
            done_by=actor.name,
        )
    )
    note(session, f"{act}_meeting", "meeting", meeting.id, actor.account_id)


_ASSIGNED = text(f"""
SELECT EXISTS (
    SELECT FROM post AS t
    WHERE t.member_id = :member AND t.organisation_id = :cell AND t.kind = 'assigned_superior' AND {holds_on("t", ":day")}
)
""")


def voice_of(session: Session, actor: Actor, organisation_id: int, day: date) -> str:
    """Whose remark an actor most likely writes on a meeting of a cell: of the member assigned to it that member's, else the
    superior's."""
    binds = {"member": actor.member_id, "cell": organisation_id, "day": day}
    return VOICES[1] if session.execute(_ASSIGNED, binds).scalar() else VOICES[0]
