"""Short ways to state what most plans state, and the readings the platform itself offers.

Everything made here without a clause is a default: "giá trị mặc định, kế hoạch không quy định".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from bontot.policy.calendar import Fallback, HolidayScope, PreferShift, ShiftDeadline, WeekdayBlocked
from bontot.policy.model import Criterion, Evidence, Measure, Option, Roll, Threshold
from bontot.policy.terms import (
    At,
    Clause,
    Dated,
    Direction,
    Kind,
    Leave,
    Operator,
    Origin,
    Role,
    SameHand,
    Stage,
    Unit,
)

HUNDRED = Decimal(100)
HIGHEST = {
    Unit.PERCENT: HUNDRED,
    Unit.DAY_OF_MONTH: Decimal(31),
    Unit.RATING: Decimal(4),
    Unit.MONTH_DAY: Decimal(1231),
    Unit.WEEKDAY: Decimal(8),
    Unit.WEEK_OF_MONTH: Decimal(5),
}
LOWEST = {
    Unit.DAY_OF_MONTH: Decimal(1),
    Unit.RATING: Decimal(1),
    Unit.MONTH_DAY: Decimal(101),
    Unit.WEEKDAY: Decimal(2),
    Unit.WEEK_OF_MONTH: Decimal(1),
}


def threshold(
    key: str,
    label: str,
    unit: Unit,
    value: int | None,
    on: date,
    clause: Clause | None = None,
    *,
    lowest: int | None = None,
    highest: int | None = None,
    stricter: Direction = Direction.HIGHER,
    frame: str | None = None,
    suggestion: int | None = None,
    later: Iterable[tuple[date, int, Clause | None]] = (),
) -> Threshold:
    """A number in force since `on`: the plan's where a clause states it, else a default. `later` are the days on which it
    changes, each with the new number and where that stands. `value=None` leaves it unset until a committee adopts one, or
    a later day comes. Bounds not given are those of the unit."""
    stated = ((on, value, clause), *later)
    return Threshold(
        key=key,
        label=label,
        unit=unit,
        values=tuple(
            Dated(
                value=Decimal(number),
                valid_from=since,
                origin=Origin.PLAN if place else Origin.DEFAULT,
                clause=place,
            )
            for since, number, place in stated
            if number is not None
        ),
        lowest=LOWEST.get(unit, Decimal(0)) if lowest is None else Decimal(lowest),
        highest=HIGHEST.get(unit) if highest is None else Decimal(highest),
        stricter=stricter,
        frame=frame,
        suggestion=None if suggestion is None else Decimal(suggestion),
    )


def none_allowed(key: str, label: str, on: date, clause: Clause | None = None) -> Threshold:
    """The threshold of a count that must be zero; nothing else may be set."""
    return threshold(key, label, Unit.COUNT, 0, on, clause, highest=0, stricter=Direction.LOWER)


def option(
    key: str,
    label: str,
    choices: Iterable[tuple[str, str]],
    value: str,
    on: date,
    clause: Clause | None = None,
) -> Option:
    """A reading in force since `on`: the plan's where a clause states it, else a default."""
    origin = Origin.PLAN if clause else Origin.DEFAULT
    dated = Dated(value=value, valid_from=on, origin=origin, clause=clause)
    return Option(key=key, label=label, choices=tuple(choices), values=(dated,))


def judged(
    key: str,
    label: str,
    clauses: tuple[Clause, ...],
    *evidence: Evidence,
    may_be_not_applicable: bool = False,
    least_stage: Stage = Stage.CELL,
) -> Criterion:
    """A line of the plan decided by people, with what they are shown."""
    return Criterion(
        key=key,
        label=label,
        kind=Kind.JUDGED,
        clauses=clauses,
        evidence=evidence,
        may_be_not_applicable=may_be_not_applicable,
        least_stage=least_stage,
        origin=_origin(clauses),
    )


def measured(
    key: str,
    label: str,
    clauses: tuple[Clause, ...],
    measure: Measure,
    operator: Operator,
    *evidence: Evidence,
    role: Role = Role.DECIDES,
    at: At = At.END,
) -> Criterion:
    """A line of the plan decided by a count against the threshold of the same key; `at` each month or quarter against the
    value in force when that began."""
    return Criterion(
        key=key,
        label=label,
        kind=Kind.MEASURED,
        clauses=clauses,
        measure=measure,
        operator=operator,
        threshold=key,
        at=at,
        evidence=evidence,
        role=role,
        origin=_origin(clauses),
    )


def zero(
    key: str,
    label: str,
    clauses: tuple[Clause, ...],
    measure: Measure,
    *evidence: Evidence,
    role: Role = Role.DECIDES,
    also_judged: bool = False,
) -> Criterion:
    """A line of the plan that one case fails; its threshold has the same key."""
    return Criterion(
        key=key,
        label=label,
        kind=Kind.ZERO,
        clauses=clauses,
        measure=measure,
        operator=Operator.EQUAL,
        threshold=key,
        evidence=evidence,
        role=role,
        also_judged=also_judged,
        origin=_origin(clauses),
    )


def derived(
    key: str,
    label: str,
    clauses: tuple[Clause, ...],
    roll: Roll,
    operator: Operator,
    *,
    role: Role = Role.DECIDES,
    against: str | None = None,
) -> Criterion:
    """A line of the plan decided by what was found of the subjects below, against the threshold of the same
    key or the one named by `against`."""
    return Criterion(
        key=key,
        label=label,
        kind=Kind.DERIVED,
        clauses=clauses,
        roll=roll,
        operator=operator,
        threshold=against or key,
        role=role,
        origin=_origin(clauses),
    )


def meeting_thresholds(on: date) -> tuple[Threshold, ...]:
    """What every meeting rule needs beside its day and deadline."""
    label = "Ngày sớm nhất được tính là đúng hạn"
    return (threshold("meeting.earliest_day", label, Unit.DAY_OF_MONTH, 1, on, highest=7),)


def open_meeting_thresholds(on: date) -> tuple[Threshold, ...]:
    """A meeting rule that fixes no day: within the month, unless a committee sets a day or a deadline."""
    stricter = Direction.LOWER
    return (
        threshold("meeting.day", "Ngày sinh hoạt thường kỳ", Unit.DAY_OF_MONTH, None, on, stricter=stricter),
        threshold(
            "meeting.deadline", "Hạn cuối sinh hoạt thường kỳ", Unit.DAY_OF_MONTH, None, on, stricter=stricter
        ),
        *meeting_thresholds(on),
    )


def weekday_blocked_option(on: date) -> Option:
    """Where the meeting goes when the weekday a rule fixes is a day off; `MeetingRule.weekday_blocked` names its key."""
    return option(
        "meeting.weekday_blocked",
        "Ngày trong tuần đã định trùng ngày nghỉ thì",
        (
            (WeekdayBlocked.SAME_WEEKDAY, "lấy cùng ngày của tuần sau"),
            (WeekdayBlocked.NEIGHBOUR, "chuyển sang ngày liền kề"),
        ),
        WeekdayBlocked.SAME_WEEKDAY,
        on,
    )


def meeting_options(on: date, clause: Clause | None = None, **stated: str) -> tuple[Option, ...]:
    """The readings of a meeting rule, under the keys `MeetingRule` names. `stated` are those the plan makes itself, on
    `clause`, by the name of the field: `holiday_scope` (official_days_off, statutory_only), `makeup_saturday_is_working`
    (false, true), `prefer_shift` (after, before), `fallback` (next_free_within_deadline, previous_free, manual),
    `shift_deadline` (none, plus_one)."""
    return _stating("meeting", _meeting_readings(on), on, clause, stated)


def _stating(
    prefix: str, readings: tuple[Option, ...], on: date, clause: Clause | None, stated: Mapping[str, str]
) -> tuple[Option, ...]:
    """The same with what a plan states itself. Raises `TypeError` for a reading there is not."""
    keys = {f"{prefix}.{name}": value for name, value in stated.items()}
    if strange := keys.keys() - {one.key for one in readings}:
        raise TypeError(f"there is no {', '.join(sorted(strange))}")
    return tuple(
        option(one.key, one.label, one.choices, keys[one.key], on, clause) if one.key in keys else one
        for one in readings
    )


def _meeting_readings(on: date) -> tuple[Option, ...]:
    return (
        option(
            "meeting.holiday_scope",
            "“Ngày Lễ” gồm những ngày nào",
            (
                (HolidayScope.OFFICIAL_DAYS_OFF, "mọi ngày nghỉ chính thức, kể cả nghỉ bù và hoán đổi"),
                (HolidayScope.STATUTORY_ONLY, "chỉ các ngày lễ, tết theo luật"),
            ),
            HolidayScope.OFFICIAL_DAYS_OFF,
            on,
        ),
        option(
            "meeting.makeup_saturday_is_working",
            "Thứ 7 làm bù là ngày làm việc",
            (("false", "không, vẫn là thứ 7"), ("true", "có")),
            "false",
            on,
        ),
        option(
            "meeting.prefer_shift",
            "Cả hai ngày liền kề đều trống thì chọn",
            ((PreferShift.AFTER, "ngày sau"), (PreferShift.BEFORE, "ngày trước")),
            PreferShift.AFTER,
            on,
        ),
        option(
            "meeting.fallback",
            "Không ngày liền kề nào trống thì",
            (
                (Fallback.NEXT_FREE, "lấy ngày trống kế tiếp trong hạn"),
                (Fallback.PREVIOUS_FREE, "lùi về ngày trống gần nhất trong tháng"),
                (Fallback.MANUAL, "chi bộ tự chọn ngày"),
            ),
            Fallback.NEXT_FREE,
            on,
        ),
        option(
            "meeting.shift_deadline",
            "Hạn cuối trùng ngày nghỉ thì",
            (
                (ShiftDeadline.NONE, "giữ nguyên hạn"),
                (ShiftDeadline.PLUS_ONE, "lùi một ngày nếu ngày ấy trống"),
            ),
            ShiftDeadline.NONE,
            on,
        ),
    )


def attendance_options(on: date, clause: Clause | None = None, **stated: str) -> tuple[Option, ...]:
    """The readings of an attendance rate, under the keys `AttendanceRule` names. `stated` are those the plan makes itself,
    on `clause`: `excused` (excused_counted, excused_removed), `aggregation` (pooled, each_meeting, mean_of_meetings)."""
    return _stating("attendance", _attendance_readings(on), on, clause, stated)


def _attendance_readings(on: date) -> tuple[Option, ...]:
    return (
        option(
            "attendance.excused",
            "Vắng có lý do",
            (
                ("excused_counted", "vẫn tính trong số phải dự, không tính có mặt"),
                ("excused_removed", "không tính vào số phải dự"),
            ),
            "excused_counted",
            on,
        ),
        option(
            "attendance.aggregation",
            "Tỷ lệ tham gia tính",
            (
                ("pooled", "gộp cả năm: tổng lượt có mặt trên tổng lượt phải dự"),
                ("each_meeting", "từng buổi: buổi nào cũng phải đạt"),
                ("mean_of_meetings", "trung bình tỷ lệ của các buổi"),
            ),
            "pooled",
            on,
        ),
    )


def roll_options(on: date) -> tuple[Option, ...]:
    """Two more readings of an attendance rate, for a plan that leaves them open: `AttendanceRule.required` and `late`
    name them, and a measure binds the parameters `required` and `late` to them."""
    return (
        option(
            "attendance.required",
            "Số phải dự gồm",
            (
                ("all", "đảng viên chính thức và dự bị"),
                ("official_only", "chỉ đảng viên chính thức"),
            ),
            "all",
            on,
        ),
        option(
            "attendance.late",
            "Đến muộn",
            (("late_is_present", "tính là có mặt"), ("late_is_absent", "không tính là có mặt")),
            "late_is_present",
            on,
        ),
    )


def ballot_option(key: str, label: str, on: date) -> Option:
    """How a body votes."""
    choices = (("secret_ballot", "bỏ phiếu kín"), ("show_of_hands", "giơ tay"))
    return option(key, label, choices, "secret_ballot", on)


def same_hand_option(on: date, clause: Clause | None = None) -> Option:
    """Whether one person may judge at two stages, under the key "judging.same_hand" for `Scheme.same_hand`. By default
    not: who assesses oneself does not also decide."""
    choices = (
        (SameHand.FORBIDDEN, "không được, mỗi bước do một người khác xét"),
        (SameHand.ALLOWED, "được"),
    )
    label = "Một người xét cùng một tiêu chí ở hai bước"
    return option("judging.same_hand", label, choices, SameHand.FORBIDDEN, on, clause)


def leave_options(prefix: str, on: date) -> tuple[Option, Option]:
    """Whether the recognition may go beyond what the plan asks, under `<prefix>.exception` and `<prefix>.over_quota` for the
    fields of those names. By default both may, with a warning."""
    return (
        option(
            f"{prefix}.exception",
            "Đề nghị công nhận khi chưa đủ điều kiện",
            ((Leave.ALLOWED, "được, có nêu lý do"), (Leave.FORBIDDEN, "không được")),
            Leave.ALLOWED,
            on,
        ),
        option(
            f"{prefix}.over_quota",
            "Công nhận nhiều hơn số tối đa của kế hoạch",
            ((Leave.ALLOWED, "được, có cảnh báo"), (Leave.FORBIDDEN, "không được")),
            Leave.ALLOWED,
            on,
        ),
    )


def _origin(clauses: tuple[Clause, ...]) -> Origin:
    return Origin.PLAN if clauses else Origin.DEFAULT
