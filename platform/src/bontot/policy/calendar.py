"""When a month's regular meeting is due, and how the month stands.

Pure arithmetic on days in Viet Nam: the rule's values, the days off and a superior's exception come in as
plain data.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from bontot.errors import DayRefused

SATURDAY, SUNDAY = 5, 6
ONE_DAY = timedelta(days=1)


class DayKind(StrEnum):
    """Why a day is off, or that a Saturday is worked instead of one."""

    STATUTORY = "statutory"
    COMPENSATORY = "compensatory"
    SWAPPED_OFF = "swapped_off"
    WORKED_SATURDAY = "worked_saturday"


class HolidayScope(StrEnum):
    """Whether "ngày Lễ" means every official day off or only the statutory days."""

    OFFICIAL_DAYS_OFF = "official_days_off"
    STATUTORY_ONLY = "statutory_only"


class PreferShift(StrEnum):
    """The neighbour taken when both the day before and the day after are free."""

    AFTER = "after"
    BEFORE = "before"


class Fallback(StrEnum):
    """Where the meeting goes when neither neighbour is free."""

    NEXT_FREE = "next_free_within_deadline"
    PREVIOUS_FREE = "previous_free"
    MANUAL = "manual"


class ShiftDeadline(StrEnum):
    """Whether a blocked last day moves too."""

    NONE = "none"
    PLUS_ONE = "plus_one"


class WeekdayBlocked(StrEnum):
    """What a blocked weekday of a rule by weekdays gives way to: the next such weekday that is free, or a neighbouring
    day as with a fixed day of the month."""

    SAME_WEEKDAY = "same_weekday"
    NEIGHBOUR = "neighbour"


class How(StrEnum):
    """How a month's day was found."""

    ON_DAY = "on_day"
    DAY_BEFORE = "day_before"
    DAY_AFTER = "day_after"
    NEXT_FREE = "next_free"
    PREVIOUS_FREE = "previous_free"
    NEXT_WEEK = "next_week"
    MANUAL = "manual"
    NO_FIXED_DAY = "no_fixed_day"
    EXCEPTION = "exception"
    WAIVED = "waived"


class MonthStatus(StrEnum):
    """How a month stands. `TOO_EARLY` is a meeting before the earliest day the rule counts; `UPCOMING`, `DUE`
    and `OVERDUE` are months still running: before the planned day, from it to the deadline, and after it."""

    ON_SCHEDULE = "on_schedule"
    WITHIN_DEADLINE = "within_deadline"
    TOO_EARLY = "too_early"
    LATE = "late"
    MISSING = "missing"
    EXCUSED_BY_SUPERIOR = "excused_by_superior"
    NOT_REQUIRED = "not_required"
    UPCOMING = "upcoming"
    DUE = "due"
    OVERDUE = "overdue"


class Misfit(StrEnum):
    """Why a meeting cannot be on a day as its month is planned: nobody has to meet in it, the day is before the first or
    after the last that counts as on time, or a superior ordered another."""

    WAIVED = "waived"
    EARLY = "early"
    LATE = "late"
    OTHER_DAY = "other_day"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOff:
    """One record of the calendar of days off. `projected` marks a day computed by rule before its notice was
    published."""

    day: date
    kind: DayKind
    name: str
    source: str = ""
    projected: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A reason a day is not a meeting day: a weekday of the weekly rest, or a day off."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRule:
    """A plan's meeting rule with its values in force. `day=None` fixes no day; `deadline=None` is the month's
    end. `weekday` is ISO (1 Monday … 7 Sunday) and goes before `day`; `week` is 1 to 4, 5 the last of the month."""

    day: int | None = None
    weekday: int | None = None
    week: int = 1
    weekday_blocked: WeekdayBlocked = WeekdayBlocked.SAME_WEEKDAY
    deadline: int | None = None
    earliest_day: int = 1
    holiday_scope: HolidayScope = HolidayScope.OFFICIAL_DAYS_OFF
    makeup_saturday_is_working: bool = False
    prefer_shift: PreferShift = PreferShift.AFTER
    fallback: Fallback = Fallback.NEXT_FREE
    shift_deadline: ShiftDeadline = ShiftDeadline.NONE


_WORK = CalendarRule(makeup_saturday_is_working=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthException:
    """A superior's order for one month: another day and deadline, or no meeting (`waived`), with its
    document.

    Without a day the month keeps none; without a deadline it runs to the month's end.
    """

    document: str
    day: date | None = None
    deadline: date | None = None
    waived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledMonth:
    """What a month asks for. `day` is None when no day is fixed, the month is waived, or someone must choose.

    `blocked_by` says why the rule's own day could not be taken; `needs_confirmation` asks the secretary to
    confirm a day the rule's text does not give.
    """

    year: int
    month: int
    day: date | None
    earliest: date
    deadline: date
    how: How
    blocked_by: tuple[Block, ...] = ()
    needs_confirmation: bool = False
    document: str | None = None

    def on_time(self, held: date) -> bool:
        """Whether a meeting held that day passes: on the planned day, or from the earliest day to the
        deadline."""
        return held == self.day or self.earliest <= held <= self.deadline

    def misfit(self, day: date) -> Misfit | None:
        """What speaks against inviting to a day of this month; None for a day that fits."""
        if self.how is How.WAIVED:
            return Misfit.WAIVED
        if not self.on_time(day):
            return Misfit.LATE if day > self.deadline else Misfit.EARLY
        return Misfit.OTHER_DAY if self.how is How.EXCEPTION and self.day not in (None, day) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthStanding:
    """A month's status; `off_calendar` marks a meeting held on a blocked day ("ngoài lịch")."""

    status: MonthStatus
    off_calendar: bool = False


class DaysOff:
    """The days off of a period, asked by day. Build once, use for many months."""

    def __init__(self, days: Iterable[DayOff]) -> None:
        self._days: dict[date, tuple[DayOff, ...]] = {}
        for record in days:
            self._days[record.day] = (*self.on(record.day), record)

    def on(self, day: date) -> tuple[DayOff, ...]:
        """What the calendar says of a day."""
        return self._days.get(day, ())

    def blocks(self, rule: CalendarRule, day: date) -> tuple[Block, ...]:
        """Every reason the rule does not meet on a day; empty when the day is free. The weekly rest does not block the very
        weekday a rule fixes."""
        listed = self.on(day)
        worked = any(item.kind is DayKind.WORKED_SATURDAY for item in listed)
        found = []
        if day.weekday() == SATURDAY and not (worked and rule.makeup_saturday_is_working):
            found.append(Block("saturday", "Thứ Bảy"))
        if day.weekday() == SUNDAY:
            found.append(Block("sunday", "Chủ nhật"))
        if day.isoweekday() == rule.weekday:
            found.clear()
        return (*found, *(Block(item.kind, _called(item)) for item in listed if _counts(rule, item.kind)))

    def free(self, rule: CalendarRule, day: date) -> bool:
        """Whether the rule may meet on a day."""
        return not self.blocks(rule, day)

    def free_days(self, rule: CalendarRule, first: date, last: date) -> tuple[date, ...]:
        """The free days from `first` to `last`, both included."""
        return tuple(day for day in _days(first, last) if self.free(rule, day))

    def working_day(self, after: date, count: int) -> date:
        """The working day that is the `count`-th after a day: neither weekly rest nor off, a Saturday worked instead of
        another day included."""
        day = after
        while count:
            day += timedelta(days=1)
            count -= self.free(_WORK, day)
        return day


def scheduled_month(
    rule: CalendarRule,
    year: int,
    month: int,
    days_off: DaysOff,
    exception: MonthException | None = None,
    preferred_day: int | None = None,
) -> ScheduledMonth:
    """The planned day and the last day counted as on time.

    A superior's exception goes before everything; a cell's preferred day stands in for the rule's day or weekday and
    shifts by the same readings. Raises `DayRefused` for a preferred day outside the window the plan allows, or an
    exception whose days are not in this month and in order.
    """
    plain = _plain(rule, year, month, days_off)
    if exception is not None:
        return _excepted(plain, exception)
    if preferred_day is None and rule.weekday is not None:
        return _on_weekday(rule, plain, days_off)
    day = rule.day if preferred_day is None else _preferred(rule, preferred_day)
    if day is None:
        return plain
    return _placed(rule, plain, date(year, month, min(day, plain.deadline.day)), days_off)


def month_status(
    rule: CalendarRule,
    scheduled: ScheduledMonth,
    days_off: DaysOff,
    held: date | None,
    on: date,
    *,
    required: bool = True,
) -> MonthStanding:
    """How the month stands on the day `on`.

    `held` is the first held regular meeting of the month, `required` whether the cell existed through all of
    it. A waived or not required month stays so whatever was held. Raises `DayRefused` when `held` is in
    another month.
    """
    if held is not None and (held.year, held.month) != (scheduled.year, scheduled.month):
        month = f"{scheduled.month:02}/{scheduled.year}"
        raise DayRefused(f"Ngày {held:%d/%m/%Y} không thuộc tháng {month}.", field="held_on")
    if not required:
        return MonthStanding(status=MonthStatus.NOT_REQUIRED)
    if scheduled.how is How.WAIVED:
        return MonthStanding(status=MonthStatus.EXCUSED_BY_SUPERIOR)
    if held is None:
        return MonthStanding(status=_awaited(scheduled, on))
    blocked = held != scheduled.day and not days_off.free(rule, held)
    return MonthStanding(status=_held(scheduled, held), off_calendar=blocked)


def _plain(rule: CalendarRule, year: int, month: int, days_off: DaysOff) -> ScheduledMonth:
    """The month without a fixed day: its earliest day and its deadline."""
    last = _last_day(year, month)
    deadline = date(year, month, min(rule.deadline or last, last))
    if (
        rule.shift_deadline is ShiftDeadline.PLUS_ONE
        and deadline.day < last
        and not days_off.free(rule, deadline)
    ):
        moved = deadline + ONE_DAY
        deadline = moved if days_off.free(rule, moved) else deadline
    earliest = date(year, month, min(rule.earliest_day, last))
    return ScheduledMonth(
        year=year, month=month, day=None, earliest=earliest, deadline=deadline, how=How.NO_FIXED_DAY
    )


def _on_weekday(rule: CalendarRule, plain: ScheduledMonth, days_off: DaysOff) -> ScheduledMonth:
    """The rule's weekday in its week, not after the deadline; where that is blocked, the next free one, or a neighbour."""
    window = _days(plain.deadline.replace(day=1), plain.deadline)
    such = [day for day in window if day.isoweekday() == rule.weekday]
    if not such:
        return replace(plain, how=How.MANUAL, needs_confirmation=True)
    wanted = such[min(rule.week, len(such)) - 1]
    placed = _placed(rule, plain, wanted, days_off)
    if placed.how is How.ON_DAY or rule.weekday_blocked is WeekdayBlocked.NEIGHBOUR:
        return placed
    later = [day for day in such if day > wanted and days_off.free(rule, day)]
    return replace(placed, day=later[0], how=How.NEXT_WEEK, needs_confirmation=False) if later else placed


def _placed(rule: CalendarRule, plain: ScheduledMonth, wanted: date, days_off: DaysOff) -> ScheduledMonth:
    blocks = days_off.blocks(rule, wanted)
    day, how = _shifted(rule, plain, wanted, days_off) if blocks else (wanted, How.ON_DAY)
    return ScheduledMonth(
        year=plain.year,
        month=plain.month,
        day=day,
        earliest=plain.earliest,
        deadline=plain.deadline,
        how=how,
        blocked_by=blocks,
        needs_confirmation=how in (How.NEXT_FREE, How.PREVIOUS_FREE, How.MANUAL),
    )


def _shifted(
    rule: CalendarRule, plain: ScheduledMonth, wanted: date, days_off: DaysOff
) -> tuple[date | None, How]:
    first = wanted.replace(day=1)
    before = [day for day in reversed(list(_days(first, wanted - ONE_DAY))) if days_off.free(rule, day)]
    after = days_off.free_days(rule, wanted + ONE_DAY, plain.deadline)
    neighbours = {
        PreferShift.BEFORE: (wanted - ONE_DAY, How.DAY_BEFORE, before),
        PreferShift.AFTER: (wanted + ONE_DAY, How.DAY_AFTER, after),
    }
    for side in sorted(neighbours, key=lambda side: side is not rule.prefer_shift):
        day, how, free = neighbours[side]
        if day in free:
            return day, how
    if rule.fallback is Fallback.PREVIOUS_FREE and before:
        return before[0], How.PREVIOUS_FREE
    if rule.fallback is not Fallback.MANUAL and after:
        return after[0], How.NEXT_FREE
    return None, How.MANUAL


def _excepted(plain: ScheduledMonth, exception: MonthException) -> ScheduledMonth:
    deadline = exception.deadline or plain.deadline.replace(day=_last_day(plain.year, plain.month))
    day = exception.day
    for ordered in (day or deadline, deadline):
        if (ordered.year, ordered.month) != (plain.year, plain.month):
            month = f"{plain.month:02}/{plain.year}"
            raise DayRefused(f"Ngày {ordered:%d/%m/%Y} không thuộc tháng {month}.", field="day")
    if day is not None and day > deadline:
        raise DayRefused(f"Ngày {day:%d/%m/%Y} sau hạn cuối {deadline:%d/%m/%Y}.", field="day")
    return ScheduledMonth(
        year=plain.year,
        month=plain.month,
        day=None if exception.waived else day,
        earliest=plain.earliest,
        deadline=deadline,
        how=How.WAIVED if exception.waived else How.EXCEPTION,
        document=exception.document,
    )


def _preferred(rule: CalendarRule, day: int) -> int:
    last = rule.deadline or 31
    if not rule.earliest_day <= day <= last:
        allowed = f"từ ngày {rule.earliest_day} đến ngày {last}"
        raise DayRefused(
            f"Ngày {day} nằm ngoài khoảng kế hoạch cho phép ({allowed} hằng tháng).", field="day"
        )
    return day


def _held(scheduled: ScheduledMonth, held: date) -> MonthStatus:
    if held == scheduled.day:
        return MonthStatus.ON_SCHEDULE
    if held < scheduled.earliest:
        return MonthStatus.TOO_EARLY
    if held > scheduled.deadline:
        return MonthStatus.LATE
    return MonthStatus.WITHIN_DEADLINE


def _awaited(scheduled: ScheduledMonth, on: date) -> MonthStatus:
    if on > date(scheduled.year, scheduled.month, _last_day(scheduled.year, scheduled.month)):
        return MonthStatus.MISSING
    if on > scheduled.deadline:
        return MonthStatus.OVERDUE
    return MonthStatus.DUE if on >= (scheduled.day or scheduled.deadline) else MonthStatus.UPCOMING


def _called(item: DayOff) -> str:
    return f"{item.name} (dự kiến)" if item.projected else item.name


def _counts(rule: CalendarRule, kind: DayKind) -> bool:
    if rule.holiday_scope is HolidayScope.STATUTORY_ONLY:
        return kind is DayKind.STATUTORY
    return kind is not DayKind.WORKED_SATURDAY


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += ONE_DAY


def _last_day(year: int, month: int) -> int:
    return monthrange(year, month)[1]
