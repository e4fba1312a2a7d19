"""What an operator sees of the platform: committees and days off, nothing of what committees hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bontot.db.models import Holiday, PlatformEvent, Tenant

LIMIT = 500


@dataclass(frozen=True, slots=True)
class CommitteeLine:
    """A committee of this instance."""

    code: str
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DayOffLine:
    """A record of the calendar of days off in force."""

    id: int
    day: date
    kind: str
    name: str
    source: str
    projected: bool
    entered_by: str


def note_act(session: Session, action: str, tenant_code: str, by: str, **detail: Any) -> None:
    """Writes into the platform's own trail that an operator did `action` to a whole committee."""
    session.add(PlatformEvent(action=action, tenant_code=tenant_code, by=by, detail=detail))


def committees(session: Session, most: int = LIMIT) -> list[CommitteeLine]:
    """The committees by name, at most five hundred or so many."""
    rows = session.execute(
        select(Tenant.code, Tenant.name, Tenant.created_at).order_by(Tenant.name).limit(most)
    )
    return [CommitteeLine(*row) for row in rows]


def days_off(session: Session, year: int) -> list[DayOffLine]:
    """The days off and worked Saturdays of a year, by day."""
    rows = session.execute(
        select(
            Holiday.id,
            Holiday.day,
            Holiday.kind,
            Holiday.name,
            Holiday.source,
            Holiday.projected,
            Holiday.entered_by,
        )
        .where(Holiday.retired_at.is_(None), Holiday.day.between(date(year, 1, 1), date(year, 12, 31)))
        .order_by(Holiday.day, Holiday.kind)
        .limit(LIMIT)
    )
    return [DayOffLine(*row) for row in rows]
