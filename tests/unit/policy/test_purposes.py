"""What the values and lines of a plan are for, and which are for nothing."""

from __future__ import annotations

from dataclasses import replace

from bontot.plugin import (
    AllMet,
    AttendanceRule,
    Chosen,
    Kind,
    MeetingRule,
    Points,
    Policy,
    Role,
    Unit,
    attendance_options,
    judged,
    meeting_options,
    meeting_thresholds,
    none_allowed,
    option,
    same_hand_option,
    threshold,
)
from bontot.policy.purposes import by_purpose, idle, outvoted
from tests.unit.policy.samples import ATTENDANCE, CELL, CLAUSE, FIRST, MEMBER, MODE, PLAN, RATE, UNITY

SHARE_VALUE = PLAN.thresholds[1]
POINTS = Points(pass_mark="s.pass", group_floor="s.floor", bands=(("s.good", "Tốt"),))


def keys(policy: Policy) -> dict[str, list[str]]:
    stated = [*(item.key for item in policy.thresholds), *(item.key for item in policy.options)]
    return dict(by_purpose(policy, {key: key for key in stated}))


def test_every_value_stands_once_under_the_first_purpose_that_names_it() -> None:
    plan = replace(
        PLAN,
        thresholds=(
            *PLAN.thresholds,
            *meeting_thresholds(FIRST),
            threshold("s.odd", "Lẻ", Unit.COUNT, 1, FIRST),
        ),
        options=(MODE, *meeting_options(FIRST), *attendance_options(FIRST), same_hand_option(FIRST)),
        schemes=(MEMBER, replace(CELL, same_hand="judging.same_hand")),
        meeting_rule=MeetingRule(clauses=(CLAUSE,)),
        attendance_rule=AttendanceRule(criterion=ATTENDANCE.key),
    )
    assert keys(plan) == {
        "Lịch sinh hoạt thường kỳ": [
            "meeting.earliest_day",
            "meeting.holiday_scope",
            "meeting.makeup_saturday_is_working",
            "meeting.prefer_shift",
            "meeting.fallback",
            "meeting.shift_deadline",
        ],
        "Điểm danh": ["sample.attendance", "attendance.excused", "attendance.aggregation"],
        "Xét “Chi bộ tốt”": ["judging.same_hand", "sample.share"],
        "Khác": ["s.odd", "sample.mode"],
    }


def test_what_nothing_uses_is_idle_unless_the_plan_fixes_it_or_somebody_else_uses_it() -> None:
    free, fixed = (
        threshold("s.free", "Tự do", Unit.COUNT, 1, FIRST),
        none_allowed("s.fixed", "Cố định", FIRST),
    )
    single = option("s.single", "Một cách", (("a", "thế này"),), "a", FIRST)
    plan = replace(PLAN, thresholds=(RATE, SHARE_VALUE, free, fixed), options=(MODE, single))
    assert [value.key for value in idle(plan)] == ["s.free", "sample.mode"]
    assert [value.key for value in idle(plan, frozenset({"s.free"}))] == ["sample.mode"]


def test_where_only_points_decide_lines_without_points_are_outvoted() -> None:
    shown = replace(judged("s.shown", "Tham khảo", (CLAUSE,)), role=Role.INFORMS)
    scored = replace(judged("s.scored", "Điểm", (CLAUSE,)), points="s.points")
    group = replace(CELL.groups[0], criteria=(ATTENDANCE.key, UNITY.key, shown.key, scored.key))
    cell = replace(CELL, groups=(group,), blockers=(UNITY.key,), combination=POINTS)
    plan = replace(PLAN, criteria=(ATTENDANCE, UNITY, shown, scored), schemes=(cell,))
    assert scored.kind is Kind.JUDGED
    assert list(outvoted(plan)) == [ATTENDANCE.key]
    either = Chosen(option=MODE.key, of=(("a", AllMet()), ("b", POINTS)))
    assert list(outvoted(replace(plan, schemes=(replace(cell, combination=either),)))) == []
    assert list(outvoted(replace(plan, schemes=(replace(cell, combination=AllMet()),)))) == []
