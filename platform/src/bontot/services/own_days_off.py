"""Days that a committee, or one of its organisations with all below, treats otherwise than the platform's calendar.

A day is entered with its document and taken back with a reason, never changed; what either does to the schedule is shown
before. A month that is over keeps its schedule (dossier: calendar §4).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text

from bontot.access import Actor, Permission, organisations_in_reach
from bontot.clock import today
from bontot.db.models import Holiday, HolidayOverride
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, NotFound, noting, refuse_noted
from bontot.evaluation.schedule import NOT_OFF
from bontot.policy.calendar import DayKind
from bontot.registry import Registry
from bontot.services.audit import note
from bontot.services.month_turns import Cells, Consequences, cells_in, follow, turned_by
from bontot.text import clean

KINDS = (*(kind.value for kind in DayKind), NOT_OFF)
LIMIT = 200
AHEAD = 2
"""Calendar years from this one for which a day may be entered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDay:
    """A day and what it is: a `DayKind`, or "not_off" for a day of the platform's calendar on which work goes on. Of one
    organisation and all below it, or with None of the whole committee."""

    day: date
    kind: str
    name: str
    source: str
    organisation_id: int | None = None


@dataclass(frozen=True, slots=True)
class OwnDayView:
    """A day as its page lists it; `organisation` is None for the whole committee."""

    public_id: UUID
    own: OwnDay
    code: str | None
    organisation: str | None
    entered_by: str | None
    entered_at: datetime


_LINES = text("""
SELECT h.public_id, h.day, h.kind, h.name, h.source, h.organisation_id, p.code, p.name AS organisation,
       h.entered_by, h.entered_at
FROM holiday_override h
LEFT JOIN LATERAL (SELECT * FROM organisation_period p WHERE p.organisation_id = h.organisation_id
                   AND p.valid_from <= :today ORDER BY p.valid_from DESC LIMIT 1) p ON true
WHERE h.day >= :since AND h.day < :to AND (CAST(:which AS uuid) IS NULL OR h.public_id = :which)
ORDER BY h.day, p.sort_key COLLATE "C" NULLS FIRST, h.id LIMIT :limit
""")


def days_of(session: TenantSession, year: int) -> list[OwnDayView]:
    """The own days of a year, by day; at most two hundred."""
    return _read(session, date(year, 1, 1), date(year + 1, 1, 1))


def day_of(session: TenantSession, public_id: UUID) -> OwnDayView:
    """One of them. Raises NotFound."""
    for found in _read(session, date.min, date.max, public_id):
        return found
    raise NotFound


def _read(session: TenantSession, since: date, to: date, which: UUID | None = None) -> list[OwnDayView]:
    binds = {"since": since, "to": to, "which": which, "today": today(session), "limit": LIMIT}
    return [
        OwnDayView(
            row.public_id,
            OwnDay(
                day=row.day,
                kind=row.kind,
                name=row.name,
                source=row.source,
                organisation_id=row.organisation_id,
            ),
            row.code,
            row.organisation,
            row.entered_by,
            row.entered_at,
        )
        for row in session.execute(_LINES, binds)
    ]


def consider(session: TenantSession, registry: Registry, actor: Actor, wanted: OwnDay) -> Consequences:
    """What a day would change in the schedule of its month; nothing is written. Raises as `enter`."""
    wanted = _checked(session, actor, wanted)
    cells, month = _cells(session, actor, wanted.organisation_id, wanted.day)
    return turned_by(session, registry, cells, month, lambda: _write(session, actor, wanted))


def check(session: TenantSession, actor: Actor, wanted: OwnDay) -> None:
    """Raises as `enter`, and writes nothing."""
    _checked(session, actor, wanted)


def enter(session: TenantSession, actor: Actor, wanted: OwnDay) -> None:
    """Enters a day. Raises NotFound for an organisation out of reach, InvalidFields for a month that is over, a day already
    entered or one that changes nothing, and for a missing name or document."""
    wanted = _checked(session, actor, wanted)
    row = _write(session, actor, wanted)
    follow(session, wanted.organisation_id, wanted.day.replace(day=1))
    note(session, "enter_own_day_off", "holiday_override", row.id, actor.account_id, now=_as_json(wanted))


def consider_taking_back(
    session: TenantSession, registry: Registry, actor: Actor, public_id: UUID
) -> Consequences:
    """What taking a day back would change. Raises NotFound, InvalidInput for a month that is over."""
    row = _held(session, actor, public_id)
    cells, month = _cells(session, actor, row.organisation_id, row.day)
    return turned_by(session, registry, cells, month, lambda: session.delete(row))


def take_back(session: TenantSession, actor: Actor, public_id: UUID, reason: str) -> None:
    """Takes a day back; what was entered is kept in the trail with the reason. Raises as `consider_taking_back`, and
    InvalidInput without a reason."""
    row = _held(session, actor, public_id)
    reason = clean(reason, field="reason")
    if not reason:
        raise InvalidInput("Cần ghi lý do bỏ ngày này.", "reason")
    before = OwnDay(
        day=row.day,
        kind=row.kind,
        name=row.name,
        source=row.source,
        organisation_id=row.organisation_id,
    )
    row_id = row.id
    session.delete(row)
    session.flush()
    follow(session, before.organisation_id, before.day.replace(day=1))
    note(
        session,
        "take_back_own_day_off",
        "holiday_override",
        row_id,
        actor.account_id,
        reason=reason,
        before=_as_json(before),
    )


def _held(session: TenantSession, actor: Actor, public_id: UUID) -> HolidayOverride:
    """The record, held until the transaction ends."""
    actor.require(Permission.SET_DAYS_OFF)
    found = select(HolidayOverride).where(HolidayOverride.public_id == public_id)
    row = session.scalars(found.with_for_update()).one_or_none()
    if row is None:
        raise NotFound
    _refuse_past(row.day, today(session))
    return row


def _checked(session: TenantSession, actor: Actor, wanted: OwnDay) -> OwnDay:
    actor.require(Permission.SET_DAYS_OFF)
    now = today(session)
    if wanted.organisation_id is not None and wanted.organisation_id not in organisations_in_reach(
        session, actor, now
    ):
        raise NotFound
    errors: dict[str, str] = {}
    texts = {"name": "", "source": ""}
    with noting(errors):
        _check_day(session, wanted, now)
    if wanted.kind not in KINDS:
        errors["kind"] = "Xin chọn loại ngày."
    for field, needed in (("name", "Cần ghi tên ngày."), ("source", "Cần ghi văn bản quyết định ngày này.")):
        with noting(errors):
            texts[field] = clean(getattr(wanted, field), field=field)
            if not texts[field]:
                raise InvalidInput(needed, field)
    refuse_noted(errors)
    return OwnDay(day=wanted.day, kind=wanted.kind, organisation_id=wanted.organisation_id, **texts)


def _check_day(session: TenantSession, wanted: OwnDay, now: date) -> None:
    _refuse_past(wanted.day, now)
    said = f"{wanted.day:%d/%m/%Y}"
    if wanted.day.year >= now.year + AHEAD:
        raise InvalidInput("Chỉ ghi được đến hết năm sau.", "day")
    same = select(HolidayOverride.id).where(
        HolidayOverride.day == wanted.day,
        HolidayOverride.organisation_id.is_not_distinct_from(wanted.organisation_id),
    )
    if session.scalar(same) is not None:
        raise InvalidInput(
            f"Ngày {said} đã có trong danh sách của nơi này; muốn ghi khác thì bỏ ngày ấy trước.", "day"
        )
    if wanted.kind == NOT_OFF and wanted.organisation_id is None and not _off(session, wanted.day):
        raise InvalidInput(f"Ngày {said} không phải ngày nghỉ trong lịch chung nên không cần ghi.", "day")


def _off(session: TenantSession, day: date) -> bool:
    listed = select(func.count()).where(Holiday.day == day, Holiday.retired_at.is_(None))
    return bool(session.scalar(listed))


def _refuse_past(day: date, now: date) -> None:
    if day < now.replace(day=1):
        raise InvalidInput("Tháng này đã qua: lịch sinh hoạt của tháng ấy đã chốt.", "day")


def _cells(
    session: TenantSession, actor: Actor, organisation_id: int | None, day: date
) -> tuple[Cells, date]:
    within = organisations_in_reach(session, actor, today(session))
    month = day.replace(day=1)
    return cells_in(session, organisation_id, within, month), month


def _write(session: TenantSession, actor: Actor, wanted: OwnDay) -> HolidayOverride:
    row = HolidayOverride(
        organisation_id=wanted.organisation_id,
        day=wanted.day,
        kind=wanted.kind,
        name=wanted.name,
        source=wanted.source,
        entered_by=actor.name,
    )
    session.add(row)
    session.flush()
    return row


def _as_json(own: OwnDay) -> dict[str, Any]:
    return {
        "day": own.day.isoformat(),
        "kind": own.kind,
        "name": own.name,
        "source": own.source,
        "organisation": own.organisation_id,
    }
