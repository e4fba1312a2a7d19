"""Ten years of a plan's meeting calendar: every month has a day, and stands as it should whatever is held."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from bontot.evaluation.values import Values
from bontot.policy.calendar import (
    CalendarRule,
    DaysOff,
    Fallback,
    How,
    MonthStatus,
    ScheduledMonth,
    month_status,
    scheduled_month,
)
from bontot.registry import Offer, Registry

DAY = timedelta(days=1)
YEARS = range(2023, 2033)
"""Ten years from the first of the plans shipped."""


def calendar_problems(
    registry: Registry, offer: Offer, days_off_of: Callable[[int], DaysOff], counts: Counter[str]
) -> Iterator[str]:
    """Months without a day inside the plan's window, or whose status contradicts their own days."""
    if offer.policy.meeting_rule is None:
        return
    values = Values(registry, {})
    for year in YEARS:
        days_off = days_off_of(year)
        for month in range(1, 13):
            if date(year, month, 1) < offer.policy.in_force_from.replace(day=1):
                continue
            counts["tháng"] += 1
            rule = values.meeting_rule(offer.policy.code, date(year, month, 1))
            planned = scheduled_month(rule, year, month, days_off)
            for sentence in _problems(rule, planned, days_off, counts):
                yield f"{offer.policy.code}: tháng {month:02}/{year} {sentence}"


def _problems(
    rule: CalendarRule, planned: ScheduledMonth, days_off: DaysOff, counts: Counter[str]
) -> Iterator[str]:
    if not days_off.free_days(rule, planned.earliest, planned.deadline):
        yield "không có ngày sinh hoạt nào trong hạn"
        return
    if planned.how is How.MANUAL and rule.fallback is not Fallback.MANUAL:
        yield (
            f"không có ngày sinh hoạt nào trong hạn theo cách chuyển {rule.fallback}; khai "
            f'meeting_options(…, fallback="{Fallback.PREVIOUS_FREE}") thì có'
        )
        return
    if planned.day and not days_off.free(rule, planned.day):
        yield f"xếp vào ngày nghỉ {planned.day:%d/%m/%Y}"
    last = date(planned.year, planned.month, monthrange(planned.year, planned.month)[1])
    for held in (planned.earliest + DAY * offset for offset in range(-1, 32)):
        if (held.year, held.month) == (planned.year, planned.month):
            counts["ngày họp"] += 1
            status = month_status(rule, planned, days_off, held, last).status
            if status is not _held(planned, held):
                yield f"họp ngày {held:%d/%m/%Y} phải là {_held(planned, held)}, hệ thống cho {status}"
    for on, expected in _awaited(planned, last):
        status = month_status(rule, planned, days_off, None, on).status
        if status is not expected:
            yield f"ngày {on:%d/%m/%Y} chưa họp phải là {expected}, hệ thống cho {status}"


def _held(planned: ScheduledMonth, held: date) -> MonthStatus:
    if held == planned.day:
        return MonthStatus.ON_SCHEDULE
    if planned.earliest <= held <= planned.deadline:
        return MonthStatus.WITHIN_DEADLINE
    return MonthStatus.TOO_EARLY if held < planned.earliest else MonthStatus.LATE


def _awaited(planned: ScheduledMonth, last: date) -> Iterator[tuple[date, MonthStatus]]:
    """How a month without a meeting stands on the days that matter."""
    yield last + DAY, MonthStatus.MISSING
    wanted = planned.day or planned.deadline
    yield wanted - DAY, MonthStatus.UPCOMING
    if wanted <= planned.deadline:
        yield wanted, MonthStatus.DUE
    if planned.deadline < last:
        yield planned.deadline + DAY, MonthStatus.OVERDUE
