"""The meeting to come: its invitation with agenda, documents and guests, and how it passes into the meeting once held.

A planned meeting is a row of its own and counts for nothing: whatever is judged counts meetings, and one that has not been
held is none.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, text, update
from sqlalchemy.orm import Session

from bontot.access import Actor, Permission, organisations_in_reach
from bontot.clock import today
from bontot.db.models import Meeting, Organisation, PlannedLine, PlannedMeeting
from bontot.db.models.meeting import KINDS
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, NotFound, Stale, noting, refuse_noted
from bontot.services.audit import note
from bontot.text import clean

REGULAR = "regular"
MOST_LINES = 20
MOST_INVITED = 50
LOOKED_BACK = timedelta(days=31)
"""How long an invitation without its meeting is still shown."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document of a meeting by its title, and its number where it has one."""

    title: str
    number: str = ""

    @property
    def cited(self) -> str:
        """`Kế hoạch tháng 4, số 12-KH/ĐU`."""
        return f"{self.title}, số {self.number}" if self.number else self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an invitation says. `notified_on` is the day it was sent with its documents."""

    kind: str
    held_on: date
    starts_at: time | None = None
    place: str = ""
    thematic_topic: str = ""
    agenda: tuple[str, ...] = ()
    documents: tuple[Document, ...] = ()
    guests: tuple[str, ...] = ()
    notified_on: date | None = None


@dataclass(frozen=True, slots=True)
class PlanView:
    """A planned meeting as a page shows it; `meeting` is the one recorded for it."""

    id: int
    public_id: UUID
    organisation_id: int
    version: int
    prepared_by: str
    prepared_at: datetime
    meeting: UUID | None
    plan: Plan


@dataclass(frozen=True, slots=True)
class Invited:
    """When and where a cell is invited, for a list."""

    organisation_id: int
    public_id: UUID
    kind: str
    held_on: date
    starts_at: time | None
    place: str | None
    recorded: bool
    """Whether the meeting it invited to is recorded."""

    @property
    def regular(self) -> bool:
        """Whether it is to the month's regular meeting."""
        return self.kind == REGULAR

    @property
    def month(self) -> date:
        """The first day of its month."""
        return self.held_on.replace(day=1)


def prepare(session: TenantSession, actor: Actor, organisation_id: int, plan: Plan) -> PlanView:
    """Prepares a meeting of a cell. Raises NotFound out of reach, InvalidFields for a day that is over or outside the
    cell's life, or a meeting of that kind already prepared for the day (a regular one: for the month)."""
    plan = _checked(session, actor, organisation_id, plan)
    row = PlannedMeeting(organisation_id=organisation_id, prepared_by=actor.name)
    _describe(row, plan)
    session.add(row)
    session.flush()
    _write_lines(session, row.id, plan)
    note(session, "prepare_meeting", "planned_meeting", row.id, actor.account_id, now=_as_json(plan))
    return view(session, row.id)


def change(session: TenantSession, actor: Actor, planned_id: int, version: int, plan: Plan) -> PlanView:
    """Writes an invitation otherwise; what it said is kept in the trail. Raises as `prepare`, Stale when it changed since
    `version` was read, and InvalidInput once the meeting is recorded."""
    row = _held(session, actor, planned_id, version)
    before = view(session, planned_id).plan
    plan = _checked(session, actor, row.organisation_id, plan, row)
    _describe(row, plan)
    row.version, row.prepared_by = version + 1, actor.name
    row.prepared_at = session.scalar(text("SELECT now()"))
    session.execute(delete(PlannedLine).where(PlannedLine.planned_id == planned_id))
    session.flush()
    _write_lines(session, planned_id, plan)
    note(
        session,
        "change_planned_meeting",
        "planned_meeting",
        planned_id,
        actor.account_id,
        before=_as_json(before),
    )
    return view(session, planned_id)


def withdraw(session: TenantSession, actor: Actor, planned_id: int, version: int) -> None:
    """Takes an invitation back; what it said is kept in the trail. Raises as `change`."""
    row = _held(session, actor, planned_id, version)
    before = _as_json(view(session, planned_id).plan)
    session.delete(row)
    note(session, "withdraw_planned_meeting", "planned_meeting", planned_id, actor.account_id, before=before)


def view(session: Session, planned_id: int) -> PlanView:
    """One planned meeting with everything it says. Raises NotFound."""
    found = views(session, [planned_id])
    if not found:
        raise NotFound
    return found[planned_id]


def views(session: Session, planned_ids: Sequence[int]) -> dict[int, PlanView]:
    """Several planned meetings, each with everything it says, in two statements."""
    rows = session.execute(
        select(PlannedMeeting, Meeting.public_id)
        .outerjoin(Meeting, (Meeting.id == PlannedMeeting.meeting_id))
        .where(PlannedMeeting.id.in_(planned_ids))
        .execution_options(populate_existing=True)
    ).all()
    lines: dict[int, list[tuple[str, str, str | None]]] = defaultdict(list)
    for planned_id, part, title, number in session.execute(
        select(PlannedLine.planned_id, PlannedLine.part, PlannedLine.title, PlannedLine.document_number)
        .where(PlannedLine.planned_id.in_(planned_ids))
        .order_by(PlannedLine.position)
    ):
        lines[planned_id].append((part, title, number))
    return {row.id: _viewed(row, meeting, lines[row.id]) for row, meeting in rows}


def _viewed(
    row: PlannedMeeting, meeting: UUID | None, lines: Sequence[tuple[str, str, str | None]]
) -> PlanView:
    plan = Plan(
        kind=row.kind,
        held_on=row.held_on,
        starts_at=row.starts_at,
        place=row.place or "",
        thematic_topic=row.thematic_topic or "",
        agenda=tuple(title for part, title, _ in lines if part == "item"),
        documents=tuple(Document(title, number or "") for part, title, number in lines if part == "document"),
        guests=tuple(title for part, title, _ in lines if part == "guest"),
        notified_on=row.notified_on,
    )
    return PlanView(
        row.id,
        row.public_id,
        row.organisation_id,
        row.version,
        row.prepared_by,
        row.prepared_at,
        meeting,
        plan,
    )


def planned_of(session: Session, public_id: UUID, organisation_id: int) -> PlanView:
    """A planned meeting of one organisation; raises NotFound for any other."""
    found = session.scalar(
        select(PlannedMeeting.id).where(
            PlannedMeeting.public_id == public_id, PlannedMeeting.organisation_id == organisation_id
        )
    )
    if found is None:
        raise NotFound
    return view(session, found)


def invitations(session: Session, organisations: Sequence[int], first: date, last: date) -> list[Invited]:
    """The invitations of some cells to regular meetings from a day to a day, both included, by day."""
    asked = _INVITED.where(
        PlannedMeeting.organisation_id == func.any(list(organisations)),
        PlannedMeeting.held_on.between(first, last),
        PlannedMeeting.kind == REGULAR,
    )
    return [Invited(*row) for row in session.execute(asked)]


def open_invitations(session: Session, organisations: Sequence[int], since: date) -> list[Invited]:
    """The invitations of some cells from a day on to whatever is not recorded yet, by day; at most fifty."""
    return _invited(session, organisations, since, PlannedMeeting.meeting_id.is_(None))


def invitations_since(session: Session, organisations: Sequence[int], since: date) -> list[Invited]:
    """All invitations of some cells from a day on, by day; at most fifty."""
    return _invited(session, organisations, since)


def _invited(
    session: Session, organisations: Sequence[int], since: date, *also: ColumnElement[bool]
) -> list[Invited]:
    asked = _INVITED.where(
        PlannedMeeting.organisation_id == func.any(list(organisations)),
        PlannedMeeting.held_on >= since,
        *also,
    )
    return [Invited(*row) for row in session.execute(asked.limit(MOST_INVITED))]


_INVITED = select(
    PlannedMeeting.organisation_id,
    PlannedMeeting.public_id,
    PlannedMeeting.kind,
    PlannedMeeting.held_on,
    PlannedMeeting.starts_at,
    PlannedMeeting.place,
    PlannedMeeting.meeting_id.is_not(None).label("recorded"),
).order_by(PlannedMeeting.held_on, PlannedMeeting.id)


def next_planned(session: Session, organisation_id: int, since: date, kind: str = REGULAR) -> PlanView | None:
    """The next meeting of a kind that a cell prepared from a day on and has not recorded."""
    found = session.scalar(
        select(PlannedMeeting.id)
        .where(
            PlannedMeeting.organisation_id == organisation_id,
            PlannedMeeting.kind == kind,
            PlannedMeeting.meeting_id.is_(None),
            PlannedMeeting.held_on >= since,
        )
        .order_by(PlannedMeeting.held_on, PlannedMeeting.id)
        .limit(1)
    )
    return None if found is None else view(session, found)


_AWAITED = text("""
SELECT id FROM planned_meeting
WHERE organisation_id = :organisation AND kind = :kind AND meeting_id IS NULL
  AND held_on BETWEEN :first AND :last
ORDER BY abs(held_on - CAST(:day AS date)), id LIMIT 1
""")


def awaited(session: Session, organisation_id: int, kind: str, held_on: date) -> PlanView | None:
    """What was prepared for a meeting of that kind held that day: of the same month, the nearest not recorded yet."""
    first, last = month_of(held_on)
    binds = {"organisation": organisation_id, "kind": kind, "day": held_on, "first": first, "last": last}
    found = session.scalar(_AWAITED, binds)
    return None if found is None else view(session, found)


_NUMBERS = text("""
UPDATE meeting_material AS m SET title = l.title, document_number = l.document_number
FROM planned_line AS l
WHERE m.meeting_id = :meeting AND l.planned_id = :planned AND l.part = 'document'
  AND m.title IN (l.title, l.title || ', số ' || l.document_number) AND m.document_number IS NULL
""")


def settle(session: TenantSession, meeting: Meeting) -> None:
    """Joins a meeting just recorded to what was prepared for it, and gives its documents the numbers written there."""
    planned = awaited(session, meeting.organisation_id, meeting.kind, meeting.held_on)
    if planned is None:
        return
    session.execute(
        update(PlannedMeeting).where(PlannedMeeting.id == planned.id).values(meeting_id=meeting.id)
    )
    session.flush()
    session.execute(_NUMBERS, {"meeting": meeting.id, "planned": planned.id})
    session.expire_all()


def part(session: TenantSession, meeting_id: int) -> None:
    """Frees what was prepared for a meeting that is taken back."""
    session.execute(
        update(PlannedMeeting).where(PlannedMeeting.meeting_id == meeting_id).values(meeting_id=None)
    )


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of a day's month."""
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def _held(session: TenantSession, actor: Actor, planned_id: int, version: int) -> PlannedMeeting:
    actor.require(Permission.RECORD_MEETING)
    row = session.get(PlannedMeeting, (session.tenant_id, planned_id), with_for_update=True)
    if row is None or row.organisation_id not in organisations_in_reach(session, actor, today(session)):
        raise NotFound
    if row.version != version:
        raise Stale
    if row.meeting_id is not None:
        raise InvalidInput("Buổi này đã được ghi nhận; hãy sửa ở trang của buổi ấy.")
    return row


def _checked(
    session: TenantSession, actor: Actor, organisation_id: int, plan: Plan, row: PlannedMeeting | None = None
) -> Plan:
    actor.require(Permission.RECORD_MEETING)
    day = today(session)
    if organisation_id not in organisations_in_reach(session, actor, day):
        raise NotFound
    errors: dict[str, str] = {}
    if plan.kind not in KINDS:
        errors["kind"] = "Xin chọn loại buổi họp."
    with noting(errors):
        _check_day(session, organisation_id, plan, row, day)
    if plan.notified_on and plan.notified_on > plan.held_on:
        errors["notified_on"] = "Ngày gửi giấy mời phải trước hoặc trong ngày họp."
    cleaned = _cleaned(plan, errors)
    if not cleaned.place:
        errors.setdefault("place", "Cần ghi địa điểm họp.")
    refuse_noted(errors)
    return cleaned


def _check_day(
    session: TenantSession, organisation_id: int, plan: Plan, row: PlannedMeeting | None, day: date
) -> None:
    if plan.held_on < day and (row is None or row.held_on != plan.held_on):
        raise InvalidInput("Ngày họp đã qua. Buổi đã họp thì ghi nhận, không mời nữa.", "held_on")
    founded_on, ended_on = session.execute(
        select(Organisation.founded_on, Organisation.ended_on)
        .where(Organisation.id == organisation_id)
        .with_for_update(key_share=True)
    ).one()
    if plan.held_on < founded_on or (ended_on and plan.held_on >= ended_on):
        raise InvalidInput("Ngày họp nằm ngoài thời gian chi bộ hoạt động.", "held_on")
    others = select(PlannedMeeting.held_on).where(
        PlannedMeeting.organisation_id == organisation_id,
        PlannedMeeting.kind == plan.kind,
        PlannedMeeting.id.is_distinct_from(row.id if row else None),
    )
    first, last = month_of(plan.held_on) if plan.kind == REGULAR else (plan.held_on, plan.held_on)
    known = session.scalar(others.where(PlannedMeeting.held_on.between(first, last)).limit(1))
    if known is not None:
        raise InvalidInput(
            f"Đã có giấy mời cùng loại cho ngày {known:%d/%m/%Y}. Nếu cần, hãy sửa giấy mời ấy.", "held_on"
        )


def _cleaned(plan: Plan, errors: dict[str, str]) -> Plan:
    texts: dict[str, str] = {}
    for name in ("place", "thematic_topic"):
        with noting(errors, name):
            texts[name] = clean(getattr(plan, name))
    lists: dict[str, Any] = {"agenda": (), "documents": (), "guests": ()}
    for name in ("agenda", "guests"):
        with noting(errors, name):
            lists[name] = tuple(filter(None, map(clean, _few(getattr(plan, name)))))
    with noting(errors, "documents"):
        named = [Document(clean(one.title), clean(one.number, longest=60)) for one in _few(plan.documents)]
        lists["documents"] = tuple(one for one in named if one.title)
    return Plan(
        kind=plan.kind,
        held_on=plan.held_on,
        starts_at=plan.starts_at,
        notified_on=plan.notified_on,
        place=texts.get("place", ""),
        thematic_topic=texts.get("thematic_topic", ""),
        **lists,
    )


def _few(lines: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(lines) > MOST_LINES:
        raise InvalidInput(f"Ghi tối đa {MOST_LINES} dòng.")
    return lines


def _describe(row: PlannedMeeting, plan: Plan) -> None:
    row.kind, row.held_on, row.starts_at = plan.kind, plan.held_on, plan.starts_at
    row.place, row.thematic_topic = plan.place or None, plan.thematic_topic or None
    row.notified_on = plan.notified_on


def _write_lines(session: TenantSession, planned_id: int, plan: Plan) -> None:
    lines = [
        *(("item", place, title, None) for place, title in enumerate(plan.agenda, 1)),
        *(("document", place, one.title, one.number or None) for place, one in enumerate(plan.documents, 1)),
        *(("guest", place, title, None) for place, title in enumerate(plan.guests, 1)),
    ]
    session.add_all(
        PlannedLine(planned_id=planned_id, part=part, position=place, title=title, document_number=number)
        for part, place, title, number in lines
    )
    session.flush()


def _as_json(plan: Plan) -> dict[str, Any]:
    return {
        "kind": plan.kind,
        "held_on": plan.held_on.isoformat(),
        "starts_at": f"{plan.starts_at:%H:%M}" if plan.starts_at else None,
        "place": plan.place,
        "thematic_topic": plan.thematic_topic,
        "agenda": list(plan.agenda),
        "documents": [[one.title, one.number] for one in plan.documents],
        "guests": list(plan.guests),
        "notified_on": plan.notified_on.isoformat() if plan.notified_on else None,
    }
