"""What is left is exactly what the comparison of the last day will bear out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bontot.evaluation.left import what_is_left
from bontot.evaluation.outlook import Ahead, Outlook
from bontot.evaluation.rules import Figure, Line, Stretch
from bontot.evaluation.slack import Coming, Counted, Slack
from bontot.policy.compare import decide
from bontot.policy.counts import Course
from bontot.policy.terms import At, Kind, Operator, Origin, Outcome, Role, Unit

TODAY = date(2023, 12, 21)
AHEAD = 10
END = date(2023, 12, 31)


def line(operator: Operator, value: Decimal | int | None, unit: Unit, **more: object) -> Line:
    figure = Figure(key="k", label="Mức", unit=unit, value=None if value is None else Decimal(value))
    return Line(
        key="k",
        label="Tiêu chí",
        kind=Kind.MEASURED,
        role=Role.DECIDES,
        origin=Origin.PLAN,
        part_words="việc",
        whole_words="việc phải làm",
        operator=operator,
        figure=figure,
        **more,  # type: ignore[arg-type]
    )


def left(asked: Line, course: Course | None, part: int | None, whole: int) -> Slack | None:
    figure = asked.figure
    assert figure is not None
    outcome = decide(asked.operator or Operator.EQUAL, part, whole, figure.value, figure.unit)
    return what_is_left([Counted(asked, outcome, part, whole)], lambda _: course, TODAY).get("k")


@pytest.mark.parametrize(
    ("course", "operator", "value", "unit", "part", "whole", "expected"),
    [
        (
            Course.GROWS,
            Operator.EQUAL,
            0,
            Unit.COUNT,
            0,
            1,
            Slack(criterion="k", sentence="Đang giữ được: không có việc.", left=0),
        ),
        (
            Course.GROWS,
            Operator.AT_MOST,
            2,
            Unit.COUNT,
            1,
            1,
            Slack(criterion="k", sentence="Đang giữ được: 1 việc, còn được 1.", left=1),
        ),
        (
            Course.GROWS,
            Operator.LESS_THAN,
            2,
            Unit.COUNT,
            2,
            1,
            Slack(criterion="k", sentence="Đã có 2 việc; năm nay không còn đạt được.", left=0, lost=True),
        ),
        (
            Course.GROWS,
            Operator.AT_LEAST,
            3,
            Unit.COUNT,
            1,
            1,
            Slack(criterion="k", sentence="Cần thêm 2 việc, chậm nhất ngày 31/12/2023.", needed=2, by=END),
        ),
        (
            Course.GROWS,
            Operator.AT_LEAST,
            3,
            Unit.COUNT,
            3,
            1,
            Slack(criterion="k", sentence="Đã đủ: 3 việc.", needed=0),
        ),
        (
            Course.MENDS,
            Operator.EQUAL,
            0,
            Unit.COUNT,
            2,
            5,
            Slack(
                criterion="k",
                sentence="Còn 2 việc cần giải quyết, chậm nhất ngày 31/12/2023.",
                needed=2,
                by=END,
            ),
        ),
        (
            Course.MENDS,
            Operator.EQUAL,
            0,
            Unit.COUNT,
            0,
            5,
            Slack(criterion="k", sentence="Đang giữ được: không có việc.", left=0),
        ),
        (
            Course.PEOPLE,
            Operator.AT_LEAST,
            80,
            Unit.PERCENT,
            7,
            10,
            Slack(
                criterion="k",
                sentence="Cần thêm 1 việc, chậm nhất ngày 31/12/2023; đang có 7 trong 10.",
                needed=1,
                by=END,
            ),
        ),
        (
            Course.PEOPLE,
            Operator.MORE_THAN,
            80,
            Unit.PERCENT,
            10,
            10,
            Slack(criterion="k", sentence="Đang đủ: 10 trong 10 việc, còn được thiếu 1.", left=1, needed=0),
        ),
        (
            Course.DAYS,
            Operator.AT_LEAST,
            100,
            Unit.PERCENT,
            354,
            355,
            Slack(
                criterion="k",
                sentence="Còn 10 ngày trong năm mà cần thêm 11 việc; năm nay không còn đạt được.",
                left=0,
                lost=True,
            ),
        ),
        (
            Course.DAYS,
            Operator.AT_LEAST,
            98,
            Unit.PERCENT,
            355,
            355,
            Slack(
                criterion="k",
                sentence="Còn 10 ngày trong năm, cần thêm 3 việc; còn được thiếu 7 ngày.",
                left=7,
                needed=3,
            ),
        ),
        (
            Course.YEARLY,
            Operator.AT_LEAST,
            3,
            Unit.RATING,
            None,
            0,
            Slack(criterion="k", sentence="Chờ kết quả cuối năm."),
        ),
        (
            Course.YEARLY,
            Operator.AT_LEAST,
            3,
            Unit.RATING,
            4,
            1,
            Slack(criterion="k", sentence="Đã có kết quả của năm.", needed=0),
        ),
        (
            Course.YEARLY,
            Operator.AT_LEAST,
            3,
            Unit.RATING,
            2,
            1,
            Slack(
                criterion="k",
                sentence="Đã có kết quả của năm; năm nay không còn đạt được.",
                left=0,
                lost=True,
            ),
        ),
        (
            Course.YEARLY,
            Operator.AT_MOST,
            20,
            Unit.PERCENT,
            2,
            18,
            Slack(criterion="k", sentence="Tính trên 18 việc phải làm hiện nay, còn được 1 việc.", left=1),
        ),
        (
            Course.YEARLY,
            Operator.AT_MOST,
            20,
            Unit.PERCENT,
            5,
            18,
            Slack(
                criterion="k",
                sentence="Đang vượt 2: 18 việc phải làm hiện nay chỉ cho phép 3 việc.",
                left=0,
                needed=2,
            ),
        ),
        (
            Course.SETTLED,
            Operator.AT_LEAST,
            6,
            Unit.MONTHS,
            5,
            12,
            Slack(
                criterion="k",
                sentence="Tính đến hết năm: 5 việc; năm nay không còn đạt được.",
                left=0,
                lost=True,
            ),
        ),
        (Course.PEOPLE, Operator.AT_LEAST, 80, Unit.PERCENT, 0, 0, None),
        (
            Course.GROWS,
            Operator.EQUAL,
            0,
            Unit.COUNT,
            None,
            0,
            Slack(criterion="k", sentence="Chưa có dữ liệu; cả năm không được có việc nào."),
        ),
        (
            Course.GROWS,
            Operator.AT_MOST,
            2,
            Unit.COUNT,
            None,
            0,
            Slack(criterion="k", sentence="Chưa có dữ liệu; cả năm được nhiều nhất 2 việc."),
        ),
        (Course.REGULAR, Operator.AT_LEAST, 80, Unit.PERCENT, 1, 1, None),
        (None, Operator.AT_LEAST, 80, Unit.PERCENT, 1, 1, None),
        (Course.GROWS, Operator.EQUAL, None, Unit.COUNT, 1, 1, None),
    ],
)
def test_what_is_left_by_the_course_of_a_count(
    course: Course | None,
    operator: Operator,
    value: int | None,
    unit: Unit,
    part: int | None,
    whole: int,
    expected: Slack | None,
) -> None:
    assert left(line(operator, value, unit), course, part, whole) == expected


@pytest.mark.parametrize(
    ("percent", "sure", "expected"),
    [
        (
            100,
            6,
            Slack(
                criterion="k",
                sentence="Đã lỡ hạn 1 trong 10 việc phải làm của năm; năm nay không còn đạt được.",
                left=0,
                lost=True,
            ),
        ),
        (
            80,
            4,
            Slack(
                criterion="k",
                sentence="Đã lỡ hạn 3 trong 10 việc phải làm của năm; với những việc đã giao, năm nay không còn "
                "đạt được.",
                left=0,
                lost=True,
            ),
        ),
        (
            80,
            5,
            Slack(
                criterion="k",
                sentence="Còn 3 việc phải làm trong năm, cần thêm 3 việc; không được lỡ hạn việc nào; việc tới đến hạn "
                "ngày 24/12/2023.",
                left=0,
                needed=3,
                by=date(2023, 12, 24),
            ),
        ),
        (
            70,
            5,
            Slack(
                criterion="k",
                sentence="Còn 3 việc phải làm trong năm, cần thêm 2 việc; còn được lỡ hạn 1 việc; việc tới đến hạn ngày "
                "24/12/2023.",
                left=1,
                needed=2,
                by=date(2023, 12, 24),
            ),
        ),
        (50, 5, Slack(criterion="k", sentence="Đã đủ: 5 trong 10 việc.", left=3, needed=0)),
    ],
)
def test_what_is_still_to_fall_due_may_be_done_in_time(percent: int, sure: int, expected: Slack) -> None:
    """Ten in the year, one of the last four done ahead of its day."""
    asked = line(Operator.AT_LEAST, percent, Unit.PERCENT)
    counted = [Counted(asked, Outcome.NOT_MET, 0, 6, (sure, 10), coming=Coming(1, 4, date(2023, 12, 24)))]
    assert what_is_left(counted, lambda _: Course.DUE, TODAY) == {"k": expected}


def test_where_nothing_more_falls_due_nothing_can_be_missed() -> None:
    asked = line(Operator.AT_LEAST, 80, Unit.PERCENT)
    counted = [Counted(asked, Outcome.MET, 8, 10, (8, 10), coming=Coming(0, 0))]
    enough = Slack(criterion="k", sentence="Đã đủ: 8 trong 10 việc.", needed=0)
    assert what_is_left(counted, lambda _: Course.DUE, TODAY) == {"k": enough}


def test_what_goes_month_by_month_is_lost_with_the_months_last_day() -> None:
    said = list[Slack]()
    for sure, coming in ((10, Coming(1, 2, END)), (11, Coming(1, 2, END)), (12, Coming(2, 2))):
        asked = line(Operator.AT_LEAST, 100, Unit.PERCENT)
        counted = [Counted(asked, Outcome.NOT_MET, sure, 10, (sure, 12), coming=coming)]
        said += what_is_left(counted, lambda _: Course.MONTH_BY_MONTH, TODAY).values()
    assert said == [
        Slack(criterion="k", sentence="Đã lỡ 1 tháng; năm nay không còn đạt được.", left=0, lost=True),
        Slack(
            criterion="k",
            sentence="Còn 1 tháng việc phải làm, không được lỡ tháng nào; buổi tới chậm nhất ngày 31/12/2023.",
            left=0,
            needed=1,
            by=END,
        ),
        Slack(criterion="k", sentence="Không còn tháng nào việc phải làm trong năm.", left=0),
    ]


@pytest.mark.parametrize(
    ("unscored", "ahead", "expected"),
    [
        (
            2,
            1,
            Slack(
                criterion="k",
                sentence="Còn 1 buổi trong năm và 2 buổi đã họp nhưng chưa chấm điểm, cần thêm 3 việc; không được thiếu "
                "buổi nào.",
                left=0,
                needed=3,
            ),
        ),
        (
            3,
            0,
            Slack(
                criterion="k",
                sentence="Còn 3 buổi đã họp nhưng chưa chấm điểm, cần thêm 2 việc; còn được thiếu 1 buổi.",
                left=1,
                needed=2,
            ),
        ),
        (
            1,
            1,
            Slack(
                criterion="k",
                sentence="Còn 1 buổi trong năm và 1 buổi đã họp nhưng chưa chấm điểm mà cần thêm 3 việc; năm nay không còn "
                "đạt được.",
                left=0,
                lost=True,
            ),
        ),
        (
            0,
            0,
            Slack(
                criterion="k",
                sentence="Không còn buổi nào trong năm mà cần thêm 2 việc; năm nay không còn đạt được.",
                left=0,
                lost=True,
            ),
        ),
    ],
)
def test_meetings_held_may_still_be_scored(unscored: int, ahead: int, expected: Slack) -> None:
    """Eight of eleven held are scored well enough; of all, 90 % are asked for."""
    months = tuple(date(2023, month, 1) for month in range(1, 13))
    seen = Outlook(
        today=TODAY,
        months=months,
        held=11,
        on_time=0,
        unrecorded=(),
        unscored=0,
        unscored_meetings=unscored,
        ahead=tuple(Ahead(month, TODAY, END, 10, 10) for month in months[:ahead]),
        quarters=(),
        sheets=lambda _: [],
    )
    asked = line(Operator.AT_LEAST, 90, Unit.PERCENT)
    counted = [Counted(asked, Outcome.NOT_MET, 8, 11)]
    assert what_is_left(counted, lambda _: Course.SCORES, TODAY, lambda _: seen) == {"k": expected}


def test_of_a_share_of_what_still_grows_nothing_is_said() -> None:
    """1 of 8 is over 5 % in January and under it by December."""
    assert left(line(Operator.AT_MOST, 5, Unit.PERCENT), Course.GROWS, 1, 8) is None


@pytest.mark.parametrize(
    ("held", "part", "expected"),
    [
        (
            8,
            0,
            Slack(
                criterion="k",
                sentence="Cần thêm 7 việc: còn 4 tháng chưa họp và 8 tháng đã họp mà chưa được tính.",
                needed=7,
            ),
        ),
        (8, 7, Slack(criterion="k", sentence="Đã đủ: 7 việc.", needed=0)),
        (
            1,
            1,
            Slack(
                criterion="k",
                sentence="Cần thêm 6 việc: còn 4 tháng chưa họp; năm nay không còn đạt được.",
                left=0,
                lost=True,
            ),
        ),
    ],
)
def test_months_held_and_not_yet_scored_may_still_count(held: int, part: int, expected: Slack) -> None:
    months = tuple(date(2023, month, 1) for month in range(1, 13))
    seen = Outlook(
        today=TODAY,
        months=months,
        held=held,
        on_time=0,
        unrecorded=(),
        unscored=held - part,
        unscored_meetings=held - part,
        ahead=tuple(Ahead(month, TODAY, END, 10, 10) for month in months[:4]),
        quarters=(),
        sheets=lambda _: [],
    )
    asked = line(Operator.AT_LEAST, 7, Unit.MONTHS)
    counted = [Counted(asked, Outcome.NOT_MET, part, 12)]
    assert what_is_left(counted, lambda _: Course.MONTHS, TODAY, lambda _: seen) == {"k": expected}


def test_months_judged_by_themselves_are_lost_one_by_one() -> None:
    months = tuple(
        Stretch(
            first=date(2023, month, 1),
            to=date(2023, month + 1, 1),
            figure=Figure(key="k", label="Mức", unit=Unit.PERCENT, value=Decimal(85)),
        )
        for month in range(1, 10)
    )
    asked = line(Operator.AT_LEAST, 85, Unit.PERCENT, at=At.EACH_MONTH, stretches=months)
    said = [
        what_is_left([Counted(asked, outcome, part, 9)], lambda _: Course.PRESENCE, TODAY)["k"]
        for outcome, part in ((Outcome.MET, 9), (Outcome.NOT_MET, 8))
    ]
    assert said == [
        Slack(
            criterion="k",
            sentence="Còn 3 tháng trong năm; tháng nào cũng phải đạt mức của tháng ấy.",
            left=0,
            needed=3,
        ),
        Slack(
            criterion="k",
            sentence="Đã có tháng không đạt; năm nay không còn đạt được.",
            left=0,
            lost=True,
        ),
    ]


operators = st.sampled_from([Operator.AT_LEAST, Operator.MORE_THAN, Operator.AT_MOST, Operator.LESS_THAN])
percents = st.decimals(0, 100, places=2)
counts = st.integers(0, 40).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))


def passes(asked: Line, part: int, whole: int) -> bool:
    assert asked.figure is not None
    assert asked.operator is not None
    return decide(asked.operator, part, whole, asked.figure.value, asked.figure.unit) is Outcome.MET


def first(numbers: range, holds: Callable[[int], bool]) -> int | None:
    return next((number for number in numbers if holds(number)), None)


@given(operator=operators, value=percents, count=counts)
def test_days_to_come_may_be_missed_exactly_as_often_as_said(
    operator: Operator, value: Decimal, count: tuple[int, int]
) -> None:
    """By brute force: the most of the ten days that may be missed for the year to pass."""
    (part, whole), asked = count, line(operator, value, Unit.PERCENT)
    found = left(asked, Course.DAYS, part, whole)
    if whole == 0:
        assert found is None
        return
    assert found is not None
    done = [more for more in range(AHEAD + 1) if passes(asked, part + more, whole + AHEAD)]
    assert found.lost == (done == [])
    if done and operator in (Operator.AT_LEAST, Operator.MORE_THAN):
        assert (found.left, found.needed) == (AHEAD - min(done), min(done))
    elif done:
        assert found.left is not None
        assert min(found.left, AHEAD) == max(done)


@given(operator=operators, value=percents, count=counts)
def test_people_still_needed_are_exactly_as_many_as_said(
    operator: Operator, value: Decimal, count: tuple[int, int]
) -> None:
    (part, whole), asked = count, line(operator, value, Unit.PERCENT)
    found = left(asked, Course.PEOPLE, part, whole)
    if whole == 0:
        assert found is None
        return
    assert found is not None
    if operator in (Operator.AT_LEAST, Operator.MORE_THAN):
        needed = first(range(whole - part + 1), lambda more: passes(asked, part + more, whole))
        assert found.needed == (needed if needed is not None else whole + 1 - part)
    else:
        surplus = first(range(part + 1), lambda fewer: passes(asked, part - fewer, whole))
        assert (found.needed or 0) == (surplus if surplus is not None else part + 1)


@given(value=st.integers(0, 20), part=st.integers(0, 20))
def test_what_only_grows_may_grow_exactly_as_much_as_said(value: int, part: int) -> None:
    asked = line(Operator.AT_MOST, value, Unit.COUNT)
    found = left(asked, Course.GROWS, part, 1)
    assert found is not None
    assert found.lost == (not passes(asked, part, 1))
    if not found.lost:
        assert found.left is not None
        assert passes(asked, part + found.left, 1)
        assert not passes(asked, part + found.left + 1, 1)
