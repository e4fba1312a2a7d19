"""The calendar of days off: seeded from what plugins declare, then records an operator adds to and retires from.

A change never rewrites the schedule of a month that is over (dossier, calendar §4).
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from bontot.clock import today
from bontot.db.models import Holiday
from bontot.errors import InvalidInput, NotFound, noting, refuse_noted
from bontot.policy.calendar import DayKind
from bontot.registry import Registry
from bontot.text import clean

FIRST_YEAR = 2023
"""The first year whose days off are known to the dossier."""

_SEED = text("""
INSERT INTO holiday (day, kind, name, source, projected, entered_by)
SELECT n.day, n.kind, n.name, n.source, n.projected, 'nạp sẵn'
FROM unnest(CAST(:days AS date[]), CAST(:kinds AS text[]), CAST(:names AS text[]), CAST(:sources AS text[]),
            CAST(:projected AS boolean[])) AS n (day, kind, name, source, projected)
WHERE NOT EXISTS (SELECT FROM holiday h WHERE h.day = n.day AND h.kind = n.kind)
  AND (n.day >= :open_from OR NOT EXISTS (SELECT FROM holiday))
ON CONFLICT DO NOTHING
""")


def seed(session: Session, registry: Registry) -> None:
    """Fills in what plugins declare from 2023 to next year; a day ever entered or retired is left as it is, and so is every
    month that is over once there is a calendar at all."""
    this_month = today(session).replace(day=1)
    years = range(FIRST_YEAR, this_month.year + 2)
    days = [day for year in years for day in registry.days_off(year)]
    session.execute(
        _SEED,
        {
            "days": [day.day for day in days],
            "kinds": [day.kind.value for day in days],
            "names": [day.name for day in days],
            "sources": [day.source for day in days],
            "projected": [day.projected for day in days],
            "open_from": this_month,
        },
    )


def add_day(session: Session, *, day: date, kind: str, name: str, source: str, by: str) -> Holiday:
    """Enters a day off, or a Saturday worked instead of one, with the notice that says so.

    Raises InvalidFields for a month that is over, a day already there, or a missing name or notice.
    """
    errors: dict[str, str] = {}
    with noting(errors):
        _refuse_past(session, day)
        if session.scalar(
            select(Holiday.id).where(Holiday.day == day, Holiday.kind == kind, Holiday.retired_at.is_(None))
        ):
            raise InvalidInput(f"Ngày {day.strftime('%d/%m/%Y')} đã có trong danh sách với loại này.", "day")
    with noting(errors):
        name, source = check_notice(kind, name, source)
    refuse_noted(errors)
    holiday = Holiday(day=day, kind=kind, name=name, source=source, entered_by=by)
    session.add(holiday)
    session.flush()
    return holiday


def check_notice(kind: str, name: str, source: str) -> tuple[str, str]:
    """The name and the notice of a day off, cleaned. Raises InvalidFields for an unknown kind, a missing name or notice."""
    errors: dict[str, str] = {}
    with noting(errors):
        if kind not in set(DayKind):
            raise InvalidInput("Xin chọn loại ngày.", "kind")
    with noting(errors):
        name = clean(name, field="name")
        if not name:
            raise InvalidInput("Cần ghi tên ngày nghỉ.", "name")
    with noting(errors):
        source = clean(source, field="source")
        if not source:
            raise InvalidInput("Cần ghi văn bản thông báo ngày nghỉ.", "source")
    refuse_noted(errors)
    return name, source


def retire_day(session: Session, holiday_id: int) -> date:
    """Takes a day out of the calendar and keeps the record; returns the day. Raises NotFound, or InvalidInput for a month
    that is over."""
    day: date | None = session.scalar(
        select(Holiday.day).where(Holiday.id == holiday_id, Holiday.retired_at.is_(None))
    )
    if day is None:
        raise NotFound
    _refuse_past(session, day)
    session.execute(update(Holiday).where(Holiday.id == holiday_id).values(retired_at=func.now()))
    return day


def _refuse_past(session: Session, day: date) -> None:
    if day < today(session).replace(day=1):
        raise InvalidInput(
            "Tháng đã qua: lịch sinh hoạt của tháng ấy đã chốt, không sửa ngày nghỉ nữa.", "day"
        )
