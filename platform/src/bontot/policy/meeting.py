"""A plan's meeting rule with its values put in."""

from __future__ import annotations

from collections.abc import Callable

from bontot.policy.calendar import (
    CalendarRule,
    Fallback,
    HolidayScope,
    PreferShift,
    ShiftDeadline,
    WeekdayBlocked,
)
from bontot.policy.model import MeetingRule
from bontot.policy.resolve import Resolved


def calendar_rule(rule: MeetingRule, value: Callable[[str], Resolved]) -> CalendarRule:
    """The rule as plain values; `value` resolves a key on the day the rule is wanted for, e.g.
    `resolve_all(stack, overrides, on).__getitem__`. A day or deadline without a value in force is none; a
    weekday is turned from the Vietnamese count (2 thứ Hai) into the ISO one (1 Monday)."""

    def number(key: str | None) -> int | None:
        found = value(key).number if key else None
        return None if found is None else int(found)

    weekday = number(rule.weekday)
    blocked = rule.weekday_blocked
    return CalendarRule(
        day=number(rule.day),
        weekday=None if weekday is None else weekday - 1,
        week=number(rule.week) or 1,
        weekday_blocked=WeekdayBlocked(value(blocked).choice) if blocked else WeekdayBlocked.SAME_WEEKDAY,
        deadline=number(rule.deadline),
        earliest_day=number(rule.earliest_day) or 1,
        holiday_scope=HolidayScope(value(rule.holiday_scope).choice),
        makeup_saturday_is_working=value(rule.makeup_saturday_is_working).choice == "true",
        prefer_shift=PreferShift(value(rule.prefer_shift).choice),
        fallback=Fallback(value(rule.fallback).choice),
        shift_deadline=ShiftDeadline(value(rule.shift_deadline).choice),
    )
