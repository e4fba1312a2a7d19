"""The only module a plugin imports: the vocabulary of plans, and the hooks through which it is asked for
them.

A plugin is a distribution with an entry point in the group ``bontot`` naming a module with one or more of the
hooks below, each marked with `hookimpl`. Hooks are called when the platform starts and take nothing from a
request.

The module says by `API = 1` which edition of this vocabulary it was written for. An edition may gain names, fields with
a default, and arguments of hooks, which a plugin need not take; anything else makes a new edition, and the old one is
supported until it is retired with a warning that `bontot plugin check` shows.
"""

from __future__ import annotations

from collections.abc import Iterable

import pluggy

from bontot.policy.calendar import DayKind, DayOff
from bontot.policy.counts import (
    NO_DATA,
    NONE_OF_ONE,
    NOTHING_REQUIRED,
    Count,
    Course,
    Facts,
    Metric,
    Record,
    RequiredMonth,
)
from bontot.policy.model import (
    AllMet,
    AttendanceRule,
    Authority,
    Chosen,
    Criterion,
    Enrolment,
    Evidence,
    Group,
    Measure,
    MeetingRule,
    Option,
    Points,
    Policy,
    RatingRule,
    Recognition,
    ReportFormat,
    Roll,
    Scheme,
    Step,
    Threshold,
)
from bontot.policy.sheets import MeetingCount, Scale, ScoreSheet, SheetGroup, SheetItem, Tier
from bontot.policy.standard import (
    attendance_options,
    ballot_option,
    derived,
    judged,
    leave_options,
    measured,
    meeting_options,
    meeting_thresholds,
    none_allowed,
    open_meeting_thresholds,
    option,
    roll_options,
    same_hand_option,
    threshold,
    weekday_blocked_option,
    zero,
)
from bontot.policy.terms import (
    Act,
    At,
    Certainty,
    Clause,
    Dated,
    Direction,
    Holder,
    Kind,
    Leave,
    Operator,
    Origin,
    Reference,
    Role,
    SameHand,
    Stage,
    Subject,
    Unit,
)

__all__ = [
    "NONE_OF_ONE",
    "NOTHING_REQUIRED",
    "NO_DATA",
    "Act",
    "AllMet",
    "At",
    "AttendanceRule",
    "Authority",
    "Certainty",
    "Chosen",
    "Clause",
    "Count",
    "Course",
    "Criterion",
    "Dated",
    "DayKind",
    "DayOff",
    "Direction",
    "Enrolment",
    "Evidence",
    "Facts",
    "Group",
    "Holder",
    "Kind",
    "Leave",
    "Measure",
    "MeetingCount",
    "MeetingRule",
    "Metric",
    "Operator",
    "Option",
    "Origin",
    "Points",
    "Policy",
    "RatingRule",
    "Recognition",
    "Record",
    "Reference",
    "ReportFormat",
    "RequiredMonth",
    "Role",
    "Roll",
    "SameHand",
    "Scale",
    "Scheme",
    "ScoreSheet",
    "SheetGroup",
    "SheetItem",
    "Stage",
    "Step",
    "Subject",
    "Threshold",
    "Tier",
    "Unit",
    "attendance_options",
    "ballot_option",
    "derived",
    "hookimpl",
    "judged",
    "leave_options",
    "measured",
    "meeting_options",
    "meeting_thresholds",
    "none_allowed",
    "open_meeting_thresholds",
    "option",
    "roll_options",
    "same_hand_option",
    "threshold",
    "weekday_blocked_option",
    "zero",
]

PROJECT = "bontot"
"""The name of the entry point group and the prefix of every hook."""

NEWEST_API = 1
OLDEST_API = 1
"""The editions of this vocabulary a plugin may be written for."""

hookimpl = pluggy.HookimplMarker(PROJECT)
_hookspec = pluggy.HookspecMarker(PROJECT)


@_hookspec
def bontot_policies() -> Iterable[Policy]:
    """Plans, frames and refinements. A policy's code is the entry point's name, or begins with it and an
    underscore.

    A plan whose only criterion is that a working regulation was in force on every day of the year::

        from datetime import date
        from decimal import Decimal

        from bontot.plugin import (
            Clause, Criterion, Dated, Group, Kind, Measure, Operator, Origin, Policy, Reference, Scheme,
            Subject, Threshold, Unit, hookimpl,
        )

        API = 1
        SINCE = date(2024, 1, 2)
        PLAN = Reference(
            key="plan", kind="Kế hoạch", number="01-KH/ĐU", issuer="Đảng ủy phường Ví Dụ",
            issued_on=SINCE, subject="xây dựng “Chi bộ bốn tốt”", in_force_from=SINCE,
        )
        CLAUSE = Clause("plan", "mục 3")
        EVERY_DAY = Dated(value=Decimal(100), valid_from=SINCE, origin=Origin.PLAN, clause=CLAUSE)
        ALL_YEAR = Threshold(
            key="example.regulation", label="Số ngày có quy chế", unit=Unit.PERCENT, values=(EVERY_DAY,),
        )
        REGULATION = Criterion(
            key="example.regulation", label="Có quy chế làm việc", kind=Kind.MEASURED, clauses=(CLAUSE,),
            measure=Measure(metric="regulation_days"), operator=Operator.AT_LEAST, threshold=ALL_YEAR.key,
        )
        DISCIPLINE = Group(
            key="example.1", label="Kỷ luật tốt", criteria=(REGULATION.key,), clauses=(CLAUSE,),
        )
        CELL = Scheme(
            key="example.cell", subject=Subject.CELL, title="Chi bộ bốn tốt", groups=(DISCIPLINE,),
        )

        @hookimpl
        def bontot_policies():
            return [
                Policy(
                    code="example", label="Kế hoạch ví dụ", issuer=PLAN.issuer, version="1",
                    references=(PLAN,), in_force_from=SINCE, thresholds=(ALL_YEAR,),
                    criteria=(REGULATION,), schemes=(CELL,),
                )
            ]
    """
    return ()


@_hookspec
def bontot_metrics() -> Iterable[Metric]:
    """Counts the platform does not have. Each is one statement for all subjects of a committee at once.

    How many regular meetings lasted into the night, of those held::

        from bontot.plugin import Metric, Subject, hookimpl

        API = 1
        STATEMENT = '''
            SELECT organisation_id, count(*) FILTER (WHERE starts_at >= '21:00'), count(*)
            FROM meeting
            WHERE kind = 'regular' AND held_on >= :period_from AND held_on < :period_to
            GROUP BY organisation_id
        '''

        def count(facts):
            return facts.select(STATEMENT)

        @hookimpl
        def bontot_metrics():
            return [
                Metric(
                    key="example.late_meetings", subject=Subject.CELL, label="Sinh hoạt muộn",
                    part_words="buổi bắt đầu từ 21 giờ", whole_words="buổi đã họp", count=count,
                )
            ]
    """
    return ()


@_hookspec
def bontot_holidays(year: int) -> Iterable[DayOff]:  # noqa: ARG001 - what a hook takes is its specification
    """Days off and worked Saturdays of a year: a seed for the calendar that operators edit.

    ::

        from datetime import date

        from bontot.plugin import DayKind, DayOff, hookimpl

        API = 1
        SWAP = DayOff(
            day=date(2026, 1, 2), kind=DayKind.SWAPPED_OFF, name="Nghỉ hoán đổi",
            source="Thông báo của cơ quan",
        )

        @hookimpl
        def bontot_holidays(year):
            return [SWAP] if year == SWAP.day.year else []
    """
    return ()


@_hookspec
def bontot_report_formats() -> Iterable[ReportFormat]:
    """Forms any plan may use, beside those each plan states for itself.

    ::

        from bontot.plugin import ReportFormat, hookimpl

        API = 1

        @hookimpl
        def bontot_report_formats():
            return [
                ReportFormat(
                    key="example.summary", title="Biểu tổng hợp ví dụ", signers=("T/M ĐẢNG ỦY – PHÓ BÍ THƯ",),
                    about="period",
                    layout=("{organisation} có {members} đảng viên.", "[[figures]]", "[[write remark: Nhận xét]]"),
                )
            ]
    """
    return ()
