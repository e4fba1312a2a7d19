"""The meeting calendar: sixty months as worked out by hand, every ambiguous case, every setting."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bontot.errors import DayRefused
from bontot.holidays_seed import bontot_holidays
from bontot.policy.calendar import (
    Block,
    CalendarRule,
    DayKind,
    DayOff,
    DaysOff,
    Fallback,
    HolidayScope,
    How,
    Misfit,
    MonthException,
    MonthStanding,
    MonthStatus,
    PreferShift,
    ScheduledMonth,
    ShiftDeadline,
    WeekdayBlocked,
    month_status,
    scheduled_month,
)

YEARS = range(2023, 2028)
MONTHS = [(year, month) for year in YEARS for month in range(1, 13)]
SEED = [record for year in YEARS for record in bontot_holidays(year)]
DAYS_OFF = DaysOff(SEED)
RULE = CalendarRule(day=3, deadline=7)
"""Ngày mồng 3, chậm nhất mồng 7, with every reading at its default."""

TABLE = Path(__file__).with_name("months_2023_2027.txt")
WEEKDAYS = ("Thứ 2", "Thứ 3", "Thứ 4", "Thứ 5", "Thứ 6", "Thứ 7", "CN")
WORDS = {
    "Chủ nhật": "CN",
    "Ngày Chiến thắng (nghỉ bù)": "nghỉ bù 30/4",
    "Ngày Quốc tế Lao động (nghỉ bù)": "nghỉ bù 1/5",
    "Ngày Giỗ Tổ Hùng Vương": "Giỗ Tổ",
    "Mùng hai Tết Nguyên Đán": "mùng 2 Tết",
}
HOW = {
    How.ON_DAY: "day 3",
    How.DAY_AFTER: "+1 day",
    How.DAY_BEFORE: "−1 day",
    How.NEXT_FREE: "no day at ±1 → next free",
}


def plan(year: int, month: int, **settings: object) -> ScheduledMonth:
    return scheduled_month(replace(RULE, **settings), year, month, DAYS_OFF)  # type: ignore[arg-type]


def flags(year: int, month: int) -> str:
    """A no literal solution, B the strict reading differs, C day 7 blocked, D at most two free days, P
    projected."""
    default = plan(year, month)
    window = [date(year, month, day) for day in range(3, 8)]
    listed = [record for day in window for record in DAYS_OFF.on(day)]
    found = {
        "A": default.how is How.NEXT_FREE,
        "B": plan(year, month, holiday_scope=HolidayScope.STATUTORY_ONLY).day != default.day,
        "C": not DAYS_OFF.free(RULE, window[-1]),
        "D": len(DAYS_OFF.free_days(RULE, window[0], window[-1])) <= 2,
        "P": any(record.projected for record in listed),
    }
    return " ".join(flag for flag, holds in found.items() if holds)


def certain(block: Block) -> str:
    """A day's name without the word that its notice is still to come."""
    return block.name.removesuffix(" (dự kiến)")


def row(year: int, month: int) -> str:
    """One month as the table prints it."""
    result, third, seventh = plan(year, month), date(year, month, 3), date(year, month, 7)
    on_seventh = [WORDS[record.name] for record in DAYS_OFF.on(seventh)]
    assert result.day
    cells = (
        f"{month:02}/{year}",
        WEEKDAYS[third.weekday()],
        " – ".join(WORDS.get(name, name) for name in map(certain, result.blocked_by)),
        f"{WEEKDAYS[result.day.weekday()]} {result.day:%d/%m}",
        HOW[result.how],
        " – ".join([WEEKDAYS[seventh.weekday()], *on_seventh]),
        str(len(DAYS_OFF.free_days(RULE, third, seventh))),
        flags(year, month),
    )
    return f"| {' | '.join(cells)} |"


def test_a_projected_day_says_so() -> None:
    assert [block.name for block in plan(2027, 9).blocked_by] == ["Quốc khánh (dự kiến)"]
    assert [block.name for block in plan(2026, 9, day=2).blocked_by] == ["Quốc khánh"]


def test_sixty_months_are_planned_as_worked_out_by_hand() -> None:
    assert [row(*month) for month in MONTHS] == TABLE.read_text(encoding="utf-8").splitlines()[1:]


def test_totals_over_sixty_months() -> None:
    assert Counter(plan(*month).how for month in MONTHS) == {
        How.ON_DAY: 40,
        How.DAY_AFTER: 10,
        How.DAY_BEFORE: 6,
        How.NEXT_FREE: 4,
    }
    assert Counter("".join(flags(*month) for month in MONTHS).replace(" ", "")) == {
        "A": 4,
        "B": 5,
        "C": 20,
        "D": 4,
        "P": 3,
    }


def test_only_a_month_without_a_literal_answer_asks_the_secretary() -> None:
    asked = [month for month in MONTHS if plan(*month).needs_confirmation]
    assert asked == [(2023, 9), (2025, 5), (2026, 1), (2027, 9)]


@pytest.mark.parametrize(
    ("month", "previous_free", "statutory_only"),
    [
        ((2023, 9), date(2023, 9, 5), date(2023, 9, 4)),
        ((2025, 5), date(2025, 5, 5), date(2025, 5, 2)),
        ((2026, 1), date(2026, 1, 5), date(2026, 1, 2)),
        ((2027, 9), date(2027, 9, 1), date(2027, 9, 6)),
    ],
)
def test_neither_neighbour_free(month: tuple[int, int], previous_free: date, statutory_only: date) -> None:
    """Looking back stops at day 1 of the month; finding nothing there, it takes the next free day."""
    assert plan(*month, fallback=Fallback.PREVIOUS_FREE).day == previous_free
    assert plan(*month, holiday_scope=HolidayScope.STATUTORY_ONLY).day == statutory_only
    by_hand = plan(*month, fallback=Fallback.MANUAL)
    assert (by_hand.day, by_hand.how, by_hand.needs_confirmation) == (None, How.MANUAL, True)


def test_if_the_second_national_day_of_2027_is_the_first_of_september() -> None:
    announced = [record for record in SEED if record.day != date(2027, 9, 3)]
    announced.append(DayOff(day=date(2027, 9, 1), kind=DayKind.STATUTORY, name="Quốc khánh"))
    assert scheduled_month(RULE, 2027, 9, DaysOff(announced)).day == date(2027, 9, 3)


def test_the_strict_reading_differs_in_five_months() -> None:
    strict = {month: plan(*month, holiday_scope=HolidayScope.STATUTORY_ONLY).day for month in MONTHS}
    differing = {month: (day, plan(*month).day) for month, day in strict.items() if day != plan(*month).day}
    assert differing == {
        (2023, 5): (date(2023, 5, 3), date(2023, 5, 4)),
        (2023, 9): (date(2023, 9, 4), date(2023, 9, 5)),
        (2025, 5): (date(2025, 5, 2), date(2025, 5, 5)),
        (2026, 1): (date(2026, 1, 2), date(2026, 1, 5)),
        (2027, 5): (date(2027, 5, 3), date(2027, 5, 4)),
    }


def test_the_last_day_stays_the_seventh_unless_told_to_move() -> None:
    assert {plan(*month).deadline.day for month in MONTHS} == {7}
    moved = [
        month for month in MONTHS if plan(*month, shift_deadline=ShiftDeadline.PLUS_ONE).deadline.day == 8
    ]
    sundays = [
        (2023, 5),
        (2024, 1),
        (2024, 4),
        (2024, 7),
        (2025, 9),
        (2025, 12),
        (2026, 6),
        (2027, 3),
        (2027, 11),
    ]
    assert moved == sorted([*sundays, (2025, 4)])
    still = [month for month in MONTHS if "C" in flags(*month) and month not in moved]
    saturdays = [
        (2023, 1),
        (2023, 10),
        (2024, 9),
        (2024, 12),
        (2025, 6),
        (2026, 2),
        (2026, 3),
        (2026, 11),
        (2027, 8),
    ]
    assert still == sorted([*saturdays, (2027, 2)])


@pytest.mark.parametrize(
    ("year", "blocked", "day"),
    [
        (2023, [4, 5], date(2023, 2, 3)),
        (2024, [3, 4, 8], date(2024, 2, 2)),
        (2025, [2, 8], date(2025, 2, 3)),
        (2026, [7, 8], date(2026, 2, 3)),
        (2027, [4, 5, 6, 7, 8], date(2027, 2, 3)),
    ],
)
def test_february_around_tet(year: int, blocked: list[int], day: date) -> None:
    window = [date(year, 2, number) for number in range(2, 9)]
    assert [item.day for item in window if not DAYS_OFF.free(RULE, item)] == blocked
    assert plan(year, 2).day == day


def test_a_saturday_worked_as_make_up_blocks_unless_told_otherwise() -> None:
    rest = plan(2024, 5, day=4)
    assert (rest.day, rest.how, rest.blocked_by) == (
        date(2024, 5, 3),
        How.DAY_BEFORE,
        (Block("saturday", "Thứ Bảy"),),
    )
    worked = plan(2024, 5, day=4, makeup_saturday_is_working=True)
    assert (worked.day, worked.how, worked.blocked_by) == (date(2024, 5, 4), How.ON_DAY, ())
    assert plan(2024, 6, day=1, makeup_saturday_is_working=True).day != date(2024, 6, 1)


def test_with_both_neighbours_free_the_preferred_side_wins() -> None:
    midweek = {"day": 24, "deadline": 28}
    assert plan(2027, 11, **midweek).day == date(2027, 11, 25)
    assert plan(2027, 11, **midweek, prefer_shift=PreferShift.BEFORE).day == date(2027, 11, 23)


def test_a_deadline_without_a_day_fixes_no_day() -> None:
    assert plan(2023, 9, day=None) == ScheduledMonth(
        year=2023,
        month=9,
        day=None,
        earliest=date(2023, 9, 1),
        deadline=date(2023, 9, 7),
        how=How.NO_FIXED_DAY,
    )


def test_a_plan_that_fixes_nothing_means_within_the_month() -> None:
    free = scheduled_month(CalendarRule(), 2024, 2, DAYS_OFF)
    assert (free.day, free.deadline, free.how) == (None, date(2024, 2, 29), How.NO_FIXED_DAY)


FIRST_MONDAY = CalendarRule(weekday=1, week=1)


@pytest.mark.parametrize(
    ("month", "day", "how"),
    [
        ((2023, 1), date(2023, 1, 9), How.NEXT_WEEK),
        ((2023, 2), date(2023, 2, 6), How.ON_DAY),
        ((2023, 5), date(2023, 5, 8), How.NEXT_WEEK),
        ((2024, 4), date(2024, 4, 1), How.ON_DAY),
        ((2025, 9), date(2025, 9, 8), How.NEXT_WEEK),
    ],
)
def test_the_first_working_monday_is_the_first_that_is_no_day_off(
    month: tuple[int, int], day: date, how: How
) -> None:
    found = scheduled_month(FIRST_MONDAY, *month, DAYS_OFF)
    assert (found.day, found.how, found.needs_confirmation) == (day, how, False)


def test_a_blocked_weekday_may_give_way_to_its_neighbour_instead() -> None:
    neighbour = replace(FIRST_MONDAY, weekday_blocked=WeekdayBlocked.NEIGHBOUR)
    found = scheduled_month(neighbour, 2023, 1, DAYS_OFF)
    assert (found.day, found.how, found.blocked_by) == (
        date(2023, 1, 3),
        How.DAY_AFTER,
        (Block("compensatory", "Tết Dương lịch (nghỉ bù)"),),
    )


def test_the_fifth_of_a_weekday_is_the_last() -> None:
    last_friday = CalendarRule(weekday=5, week=5)
    days = [scheduled_month(last_friday, 2024, month, DAYS_OFF).day for month in (2, 3, 5)]
    assert days == [date(2024, 2, 23), date(2024, 3, 29), date(2024, 5, 31)]


def test_a_rule_for_sundays_meets_on_sundays() -> None:
    first_sunday = CalendarRule(weekday=7, week=1)
    found = scheduled_month(first_sunday, 2024, 11, DAYS_OFF)
    assert (found.day, found.how) == (date(2024, 11, 3), How.ON_DAY)
    held = month_status(first_sunday, found, DAYS_OFF, date(2024, 11, 10), date(2024, 11, 30))
    assert held == MonthStanding(status=MonthStatus.WITHIN_DEADLINE, off_calendar=False)


def test_a_weekday_beyond_the_deadline_is_taken_before_it_and_none_at_all_is_chosen_by_the_cell() -> None:
    third_monday = CalendarRule(weekday=1, week=3, deadline=7)
    assert scheduled_month(third_monday, 2024, 6, DAYS_OFF).day == date(2024, 6, 3)
    none = scheduled_month(replace(third_monday, deadline=2), 2024, 6, DAYS_OFF)
    assert (none.day, none.how, none.needs_confirmation) == (None, How.MANUAL, True)


def test_a_cells_preferred_day_goes_before_the_plans_weekday() -> None:
    found = scheduled_month(FIRST_MONDAY, 2024, 2, DAYS_OFF, preferred_day=14)
    assert (found.day, found.how) == (date(2024, 2, 15), How.DAY_AFTER)


def test_a_cells_preferred_day_moves_like_the_plans_own() -> None:
    """Day 7 on a Sunday after a Saturday has nowhere to go within day 7: someone must choose."""
    assert scheduled_month(RULE, 2024, 2, DAYS_OFF, preferred_day=5).day == date(2024, 2, 5)
    sunday = scheduled_month(RULE, 2024, 1, DAYS_OFF, preferred_day=7)
    assert (sunday.day, sunday.how) == (None, How.MANUAL)
    assert scheduled_month(CalendarRule(deadline=7), 2024, 2, DAYS_OFF, preferred_day=5).day == date(
        2024, 2, 5
    )


def test_a_preferred_day_outside_the_plans_window_is_refused() -> None:
    with pytest.raises(DayRefused) as refused:
        scheduled_month(RULE, 2024, 2, DAYS_OFF, preferred_day=8)
    assert (
        str(refused.value) == "Ngày 8 nằm ngoài khoảng kế hoạch cho phép (từ ngày 1 đến ngày 7 hằng tháng)."
    )


def test_a_superior_moves_a_month() -> None:
    order = MonthException(document="Công văn 15-CV/ĐU", day=date(2025, 2, 6), deadline=date(2025, 2, 12))
    assert scheduled_month(RULE, 2025, 2, DAYS_OFF, order) == ScheduledMonth(
        year=2025,
        month=2,
        day=date(2025, 2, 6),
        earliest=date(2025, 2, 1),
        deadline=date(2025, 2, 12),
        how=How.EXCEPTION,
        document="Công văn 15-CV/ĐU",
    )


def test_a_superior_waives_a_month() -> None:
    order = MonthException(document="Công văn 16-CV/ĐU", waived=True)
    waived = scheduled_month(RULE, 2025, 2, DAYS_OFF, order)
    assert (waived.day, waived.how) == (None, How.WAIVED)
    for held in (None, date(2025, 2, 20)):
        standing = month_status(RULE, waived, DAYS_OFF, held, date(2025, 12, 31))
        assert standing == MonthStanding(status=MonthStatus.EXCUSED_BY_SUPERIOR)


def test_a_day_fits_a_month_where_it_counts_and_a_superior_ordered_no_other() -> None:
    by_plan = plan(2025, 2, earliest_day=2)
    ordered = MonthException(document="15-CV/ĐU", day=date(2025, 2, 6), deadline=date(2025, 2, 12))
    left_open = MonthException(document="15-CV/ĐU", deadline=date(2025, 2, 12))
    waived = MonthException(document="15-CV/ĐU", waived=True)
    by_order, by_last_day, none = (
        scheduled_month(RULE, 2025, 2, DAYS_OFF, order) for order in (ordered, left_open, waived)
    )
    found = {
        (name, day): month.misfit(date(2025, 2, day))
        for name, month, days in (
            ("plan", by_plan, (1, 2, 3, 7, 8)),
            ("order", by_order, (5, 6, 7, 13)),
            ("last day", by_last_day, (5, 12, 13)),
            ("waived", none, (3,)),
        )
        for day in days
    }
    assert {where: why for where, why in found.items() if why} == {
        ("plan", 1): Misfit.EARLY,
        ("plan", 8): Misfit.LATE,
        ("order", 5): Misfit.OTHER_DAY,
        ("order", 7): Misfit.OTHER_DAY,
        ("order", 13): Misfit.LATE,
        ("last day", 13): Misfit.LATE,
        ("waived", 3): Misfit.WAIVED,
    }


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        (
            MonthException(document="x", day=date(2025, 3, 3), deadline=date(2025, 3, 7)),
            "Ngày 03/03/2025 không thuộc tháng 02/2025.",
        ),
        (
            MonthException(document="x", day=date(2025, 2, 9), deadline=date(2025, 2, 8)),
            "Ngày 09/02/2025 sau hạn cuối 08/02/2025.",
        ),
    ],
)
def test_an_order_must_stay_in_its_month_and_in_order(order: MonthException, sentence: str) -> None:
    with pytest.raises(DayRefused) as refused:
        scheduled_month(RULE, 2025, 2, DAYS_OFF, order)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("held", "status", "off_calendar"),
    [
        (date(2024, 9, 4), MonthStatus.ON_SCHEDULE, False),
        (date(2024, 9, 1), MonthStatus.WITHIN_DEADLINE, True),
        (date(2024, 9, 3), MonthStatus.WITHIN_DEADLINE, True),
        (date(2024, 9, 5), MonthStatus.WITHIN_DEADLINE, False),
        (date(2024, 9, 7), MonthStatus.WITHIN_DEADLINE, True),
        (date(2024, 9, 8), MonthStatus.LATE, True),
        (date(2024, 9, 30), MonthStatus.LATE, False),
    ],
)
def test_a_held_meeting_is_judged_by_its_day(held: date, status: MonthStatus, off_calendar: bool) -> None:
    """September 2024: day 3 is a holiday, so the day is Wednesday 4; Saturday 7 is still on time, though off
    the calendar."""
    standing = month_status(RULE, plan(2024, 9), DAYS_OFF, held, date(2024, 12, 31))
    assert standing == MonthStanding(status=status, off_calendar=off_calendar)


def test_the_planned_day_before_the_earliest_day_is_still_on_schedule() -> None:
    rule = replace(RULE, earliest_day=3)
    month = scheduled_month(rule, 2024, 2, DAYS_OFF)
    assert month.day == date(2024, 2, 2)
    on_schedule = month_status(rule, month, DAYS_OFF, date(2024, 2, 2), date(2024, 3, 1))
    too_early = month_status(rule, month, DAYS_OFF, date(2024, 2, 1), date(2024, 3, 1))
    assert (on_schedule.status, too_early.status) == (MonthStatus.ON_SCHEDULE, MonthStatus.TOO_EARLY)
    assert (month.on_time(date(2024, 2, 2)), month.on_time(date(2024, 2, 1))) == (True, False)


@pytest.mark.parametrize(
    ("today", "status"),
    [
        (date(2024, 8, 31), MonthStatus.UPCOMING),
        (date(2024, 9, 3), MonthStatus.UPCOMING),
        (date(2024, 9, 4), MonthStatus.DUE),
        (date(2024, 9, 7), MonthStatus.DUE),
        (date(2024, 9, 8), MonthStatus.OVERDUE),
        (date(2024, 9, 30), MonthStatus.OVERDUE),
        (date(2024, 10, 1), MonthStatus.MISSING),
    ],
)
def test_a_month_without_a_meeting_yet(today: date, status: MonthStatus) -> None:
    assert month_status(RULE, plan(2024, 9), DAYS_OFF, None, today) == MonthStanding(status=status)


def test_a_month_the_cell_did_not_live_through_is_not_required() -> None:
    standing = month_status(RULE, plan(2024, 9), DAYS_OFF, None, date(2024, 12, 31), required=False)
    assert standing == MonthStanding(status=MonthStatus.NOT_REQUIRED)


def test_a_meeting_of_another_month_is_refused() -> None:
    with pytest.raises(DayRefused) as refused:
        month_status(RULE, plan(2024, 9), DAYS_OFF, date(2024, 10, 1), date(2024, 12, 31))
    assert str(refused.value) == "Ngày 01/10/2024 không thuộc tháng 09/2024."


def test_the_swap_missing_from_the_package_is_in_the_seed_with_its_notice() -> None:
    notice = "Thông báo 12729/VPCP-KGVX ngày 25/12/2025"
    swap = [record for record in bontot_holidays(2026) if record.source == notice]
    assert swap == [
        DayOff(
            day=date(2026, 1, 2),
            kind=DayKind.SWAPPED_OFF,
            name="Ngày nghỉ (thay cho ngày 10/01/2026)",
            source=notice,
        ),
        DayOff(
            day=date(2026, 1, 10),
            kind=DayKind.WORKED_SATURDAY,
            name="Làm bù cho ngày 02/01/2026",
            source=notice,
        ),
    ]


def test_every_swap_of_the_period_has_its_worked_saturday() -> None:
    kinds = (DayKind.SWAPPED_OFF, DayKind.WORKED_SATURDAY)
    swaps = {kind: [record.day for record in SEED if record.kind is kind] for kind in kinds}
    assert swaps == {
        DayKind.SWAPPED_OFF: [date(2024, 4, 29), date(2025, 5, 2), date(2026, 1, 2), date(2026, 8, 31)],
        DayKind.WORKED_SATURDAY: [date(2024, 5, 4), date(2025, 4, 26), date(2026, 1, 10), date(2026, 8, 22)],
    }


RULES = st.builds(
    CalendarRule,
    day=st.none() | st.integers(1, 28),
    weekday=st.none() | st.integers(1, 7),
    week=st.integers(1, 5),
    weekday_blocked=st.sampled_from(WeekdayBlocked),
    deadline=st.none() | st.integers(1, 31),
    earliest_day=st.integers(1, 7),
    holiday_scope=st.sampled_from(HolidayScope),
    makeup_saturday_is_working=st.booleans(),
    prefer_shift=st.sampled_from(PreferShift),
    fallback=st.sampled_from(Fallback),
    shift_deadline=st.sampled_from(ShiftDeadline),
)


@given(rule=RULES, month=st.sampled_from(MONTHS))
def test_a_planned_day_is_free_in_its_month_and_not_after_the_deadline(
    rule: CalendarRule, month: tuple[int, int]
) -> None:
    result = scheduled_month(rule, *month, DAYS_OFF)
    if result.day is None:
        assert result.how in (How.NO_FIXED_DAY, How.MANUAL)
        return
    assert DAYS_OFF.free(rule, result.day)
    assert (result.day.year, result.day.month) == month
    assert result.day <= result.deadline
    assert (result.how is How.ON_DAY) == (result.blocked_by == ())


@given(rule=RULES, month=st.sampled_from(MONTHS), offset=st.integers(0, 30))
def test_a_meeting_passes_exactly_when_its_status_does(
    rule: CalendarRule, month: tuple[int, int], offset: int
) -> None:
    held = date(*month, 1) + timedelta(days=min(offset, 27))
    result = scheduled_month(rule, *month, DAYS_OFF)
    standing = month_status(rule, result, DAYS_OFF, held, date(2028, 1, 1))
    passing = (MonthStatus.ON_SCHEDULE, MonthStatus.WITHIN_DEADLINE)
    assert result.on_time(held) == (standing.status in passing)


@given(st.dates(date(2023, 1, 1), date(2027, 9, 1)), st.integers(1, 60))
def test_working_days_are_counted_one_by_one(after: date, count: int) -> None:
    found = DAYS_OFF.working_day(after, count)
    worked = {record.day for record in SEED if record.kind is DayKind.WORKED_SATURDAY}
    off = {record.day for record in SEED} - worked
    between = [after + timedelta(days=step) for step in range(1, (found - after).days + 1)]
    working = [day for day in between if (day.weekday() < 5 or day in worked) and day not in off]
    assert (len(working), working[-1]) == (count, found)


def test_a_saturday_worked_instead_of_another_day_is_a_working_day() -> None:
    assert DAYS_OFF.working_day(date(2026, 1, 9), 1) == date(2026, 1, 10)
    assert DAYS_OFF.working_day(date(2025, 12, 31), 1) == date(2026, 1, 5)
