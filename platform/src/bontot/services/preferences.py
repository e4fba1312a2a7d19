"""The day of the month on which a cell prefers to meet, within what its plan allows (dossier: calendar §3 E)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bontot.access import Actor, Permission, organisations_in_reach
from bontot.clock import today
from bontot.db.models import MeetingPreference, Organisation
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, NotFound, Stale
from bontot.evaluation.incremental import mark
from bontot.evaluation.period import next_month
from bontot.evaluation.schedule import MonthView, months_board
from bontot.policy.calendar import scheduled_month
from bontot.registry import Registry
from bontot.services.audit import last_change, note
from bontot.services.trying import tried

ACT = "prefer_day"
"""What the trail calls it."""
LOOKED_AHEAD = 6
"""Months shown, and held against the plan's window, before a preference is written."""


@dataclass(frozen=True, slots=True)
class Preference:
    """A day of the month preferred over `[since, until)`."""

    day: int
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Moved:
    """A month with the day it has and the day it would have."""

    before: MonthView
    after: MonthView


def preferences_of(session: Session, organisation_id: int) -> list[Preference]:
    """What the cell preferred and prefers, the latest first."""
    rows = session.execute(
        select(MeetingPreference.day, MeetingPreference.valid_from, MeetingPreference.valid_to)
        .where(MeetingPreference.organisation_id == organisation_id)
        .order_by(MeetingPreference.valid_from.desc())
    )
    return [Preference(*row) for row in rows]


def version_of(session: Session, organisation_id: int) -> int:
    """What a form about a cell's preference is about: the number of the last change in the trail, 0 before any."""
    return last_change(session, "organisation", organisation_id, ACT)


def consider(
    session: TenantSession,
    registry: Registry,
    actor: Actor,
    organisation_id: int,
    day: int | None,
    since: date,
) -> list[Moved]:
    """The coming months as they are and as they would be; nothing is written. Raises as `prefer`."""
    before = _check(session, registry, actor, organisation_id, day, since)
    with tried(session):
        _write(session, organisation_id, day, since)
        after = _ahead(session, registry, organisation_id, since)
    return [Moved(was, will) for was, will in zip(before, after, strict=True)]


def prefer(
    session: TenantSession,
    registry: Registry,
    actor: Actor,
    organisation_id: int,
    day: int | None,
    since: date,
    version: int,
) -> None:
    """The cell prefers a day of the month from the first day of a month on; None goes back to the plan's own. What was
    preferred from then on is replaced, what held before ends there.

    Raises NotFound out of reach, Stale when another preference was written meanwhile, InvalidInput for a month that is over
    or already waits for its meeting otherwise, DayRefused for a day the plan does not allow.
    """
    _check(session, registry, actor, organisation_id, day, since)
    session.execute(
        select(Organisation.id).where(Organisation.id == organisation_id).with_for_update(key_share=True)
    )
    if version_of(session, organisation_id) != version:
        raise Stale
    before = [[one.day, one.since.isoformat()] for one in preferences_of(session, organisation_id)]
    _write(session, organisation_id, day, since)
    year = today(session).year
    if since.year <= year:
        mark(session, organisation_id, year)
    note(
        session,
        ACT,
        "organisation",
        organisation_id,
        actor.account_id,
        day=day,
        since=since.isoformat(),
        before=before,
    )


def _check(
    session: TenantSession,
    registry: Registry,
    actor: Actor,
    organisation_id: int,
    day: int | None,
    since: date,
) -> list[MonthView]:
    """The coming months as they are. Raises as `prefer`."""
    actor.require(Permission.RECORD_MEETING)
    now = today(session)
    if organisation_id not in organisations_in_reach(session, actor, now):
        raise NotFound
    if since < now.replace(day=1):
        raise InvalidInput(
            f"Chỉ đổi được từ tháng {now:%m/%Y} trở đi; lịch các tháng đã qua giữ nguyên.", "month"
        )
    if since.year > now.year + 1:
        raise InvalidInput("Chỉ đổi được đến hết năm sau.", "month")
    ahead = _ahead(session, registry, organisation_id, since)
    if day is not None:
        for one in ahead:
            planned, month = one.planned, one.month
            scheduled_month(planned.rule, month.year, month.month, planned.days_off, preferred_day=day)
    return ahead


def _ahead(session: TenantSession, registry: Registry, organisation_id: int, since: date) -> list[MonthView]:
    """The months looked at before a preference is written, of those in which the cell is."""
    months = [since.replace(day=1)]
    while len(months) < LOOKED_AHEAD:
        months.append(next_month(months[-1]))
    board = months_board(session, registry, [organisation_id], months, today(session))
    return [board[organisation_id, month] for month in months if (organisation_id, month) in board]


def _write(session: TenantSession, organisation_id: int, day: int | None, since: date) -> None:
    overlapping = session.scalars(
        select(MeetingPreference).where(
            MeetingPreference.organisation_id == organisation_id,
            or_(MeetingPreference.valid_to.is_(None), MeetingPreference.valid_to > since),
        )
    )
    for row in overlapping:
        if row.valid_from >= since:
            session.delete(row)
        else:
            row.valid_to = since
    session.flush()
    if day is not None:
        session.add(MeetingPreference(organisation_id=organisation_id, day=day, valid_from=since))
    session.flush()
