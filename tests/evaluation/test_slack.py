"""What is left of a running year: exact, from today's records, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bontot.db.tenancy import scope
from bontot.evaluation.runs import judge, verdict_rows
from bontot.evaluation.slack import Slack
from bontot.evaluation.standing import member_standing, standing
from bontot.plugin import (
    Group,
    Measure,
    Operator,
    Policy,
    Roll,
    Scheme,
    Subject,
    Unit,
    derived,
    measured,
    threshold,
)
from bontot.policy.terms import Dated, Origin, Outcome
from bontot.registry import Registry
from bontot.testing import case_records as said
from tests.evaluation.conftest import YEAR, Committee, Make
from tests.evaluation.plans import AT, POLICY, READ_ATTENDANCE, SINCE, registry_of
from tests.evaluation.test_against_naive import NEXT, moved

TEN = (
    said.Organisation(code="W", type="grassroots_committee"),
    said.Organisation(code="A", parent="W", members=10),
)
FIRST = tuple(date(YEAR, month, 3) for month in (1, 2, 3, 4))
REST = (
    *(date(YEAR, month, 3) for month in (7, 8, 10, 11)),
    *(date(YEAR, month, day) for month, day in ((5, 4), (6, 2), (9, 5), (12, 4))),
)
QUARTERLY = tuple(date(YEAR, month, 20) for month in (2, 5, 8, 11))


def case(*meetings: said.Meeting, **more: object) -> said.Case:
    return replace(said.Case(name="đang chạy", why="", organisation=TEN, meeting=meetings), **more)  # type: ignore[arg-type]


def left(committee: Committee, registry: Registry, today: date, code: str = "A") -> Mapping[str, Slack]:
    with scope(committee.engine, committee.tenant_id) as session:
        return standing(session, registry, committee.world.organisations[code], YEAR, today).slack


def test_what_a_cell_may_still_miss(make: Make, registry: Registry) -> None:
    """Four meetings with 3 absences of 40; eight to come with 10 each: 120 in all, 102 must be present, 15 may be away."""
    committee = make(
        case(
            said.Meeting(organisation="A", on=FIRST[:3], excused=("A1",)),
            said.Meeting(organisation="A", on=FIRST[3:]),
        )
    )
    found = left(committee, registry, date(YEAR, 4, 28))
    assert found == {
        "c.attendance": Slack(
            criterion="c.attendance",
            sentence="Còn 8 buổi trong năm, mỗi buổi 10 người phải dự: cả chi bộ còn được vắng 15 lượt.",
            left=15,
        ),
        "c.date": Slack(
            criterion="c.date",
            sentence="Còn 8 tháng phải sinh hoạt, không được lỡ tháng nào; buổi tới chậm nhất ngày 07/05/2023.",
            left=0,
            needed=8,
            by=date(YEAR, 5, 7),
        ),
        "c.thematic": Slack(
            criterion="c.thematic", sentence="Đã lỡ quý I; năm nay không còn đạt được.", left=0, lost=True
        ),
        "c.disciplined": Slack(
            criterion="c.disciplined",
            sentence="Đang giữ được: không có quyết định kỷ luật tổ chức đảng.",
            left=0,
        ),
        "c.existence": Slack(
            criterion="c.existence", sentence="Tính đến hết năm: 12 tháng hoạt động, đã đủ.", needed=0
        ),
        "c.members": Slack(
            criterion="c.members",
            sentence="Cần thêm 5 đảng viên đạt “Đảng viên bốn tốt”, chậm nhất ngày 31/12/2023; đang có 0 trong 10, "
            "còn 10 đảng viên có thể đạt.",
            needed=5,
            by=date(YEAR, 12, 31),
        ),
    }


@pytest.mark.parametrize(("away", "outcome"), [(15, Outcome.MET), (16, Outcome.NOT_MET)])
def test_the_last_absence_that_is_left_is_the_last_that_passes(
    away: int, outcome: Outcome, make: Make, registry: Registry
) -> None:
    """The year goes on as supposed, with as many absences as were left, and with one more."""
    absent = [*([10] * (away // 10)), away % 10]
    rest = [
        said.Meeting(
            organisation="A",
            on=(day,),
            excused=tuple(f"A{number}" for number in range(1, (absent.pop() if absent else 0) + 1)),
        )
        for day in REST
    ]
    begun = (
        said.Meeting(organisation="A", on=FIRST[:3], excused=("A1",)),
        said.Meeting(organisation="A", on=FIRST[3:]),
    )
    committee = make(case(*begun, *rest))
    with scope(committee.engine, committee.tenant_id) as session:
        (judged,) = judge(session, registry, year=YEAR, as_of=date(YEAR, 12, 31))
        (row,) = verdict_rows(judged.findings[1])
    number = judged.findings[1].line("c.attendance") or 0
    assert (row.outcomes[number], row.parts[number], row.wholes[number]) == (outcome, 120 - 3 - away, 120)


def test_what_no_rest_of_the_year_can_bring_back(make: Make, registry: Registry) -> None:
    nobody = tuple(f"A{number}" for number in range(1, 11))
    committee = make(
        case(
            said.Meeting(organisation="A", on=FIRST[:2], unexcused=nobody),
            discipline=(said.Discipline(on=date(YEAR, 2, 2), organisation="A"),),
        )
    )
    found = left(committee, registry, date(YEAR, 3, 8))
    assert [
        (one.sentence, one.lost) for one in (found["c.attendance"], found["c.date"], found["c.disciplined"])
    ] == [
        ("Còn 10 buổi trong năm, mỗi buổi 10 người phải dự: dù có mặt đủ cũng không còn đạt được.", True),
        (
            "Tháng 3 đã quá hạn mà chưa ghi nhận buổi nào. Nếu chi bộ đã họp đúng hạn, hãy ghi nhận ngay; nếu không, "
            "năm nay không còn đạt được.",
            False,
        ),
        ("Đã có 1 quyết định kỷ luật tổ chức đảng; năm nay không còn đạt được.", True),
    ]


def test_a_meeting_held_past_its_deadline_is_lost_whatever_is_still_recorded(
    make: Make, registry: Registry
) -> None:
    late = date(YEAR, 3, 20)
    committee = make(case(said.Meeting(organisation="A", on=(*FIRST[:2], late))))
    found = left(committee, registry, date(YEAR, 3, 21))["c.date"]
    assert (found.sentence, found.lost) == ("Đã lỡ 1 tháng; năm nay không còn đạt được.", True)


def test_a_member_who_has_lost_a_criterion_is_not_promised_to_his_cell(
    make: Make, registry: Registry
) -> None:
    """Half of ten are asked for. Who missed a meeting without reason, or was disciplined, cannot hold the title any more."""
    seen = []
    for lost in (0, 4, 5, 6):
        away = tuple(f"A{number}" for number in range(2, lost + 1))
        committee = make(
            case(
                said.Meeting(organisation="A", on=FIRST[:1], unexcused=away),
                said.Meeting(organisation="A", on=FIRST[1:2], excused=("A9", "A10"), unexcused=away[:2]),
                discipline=(said.Discipline(on=date(YEAR, 2, 2), member="A1"),) if lost else (),
            )
        )
        found = left(committee, registry, date(YEAR, 4, 28))["c.members"]
        seen.append((found.sentence, found.needed, found.lost))
    title = "đảng viên đạt “Đảng viên bốn tốt”"
    assert seen == [
        (
            f"Cần thêm 5 {title}, chậm nhất ngày 31/12/2023; đang có 0 trong 10, còn {open_} đảng viên có thể đạt.",
            5,
            False,
        )
        for open_ in (10, 6, 5)
    ] + [(f"Cần 5 {title} mà chỉ 4 trong 10 còn có thể đạt; năm nay không còn đạt được.", 5, True)]


def test_a_member_whose_task_is_late_is_not_promised_to_his_cell_one_with_a_task_to_do_is(make: Make) -> None:
    member = POLICY.schemes[0]
    in_time = measured("m.in_time", "Đúng hạn", (AT,), Measure(metric="own_tasks_on_time"), Operator.AT_LEAST)
    asked = replace(
        POLICY,
        thresholds=(*POLICY.thresholds, threshold("m.in_time", "Đúng hạn", Unit.PERCENT, 100, SINCE, AT)),
        criteria=(*POLICY.criteria, in_time),
        schemes=(
            replace(
                member,
                groups=(replace(member.groups[0], criteria=(*member.groups[0].criteria, in_time.key)),),
            ),
            *POLICY.schemes[1:],
        ),
    )
    registry = registry_of([asked])
    people = tuple(f"A{number}" for number in range(1, 11))
    committee = make(
        case(
            task=(
                said.Task(organisation="A", due=date(YEAR, 4, 1), assignees=people[:6]),
                said.Task(organisation="A", due=date(YEAR, 4, 28), assignees=people[6:8]),
                said.Task(organisation="A", due=date(YEAR, 12, 1), assignees=people[8:]),
            )
        ),
        by=registry,
    )
    found = [left(committee, registry, day)["c.members"] for day in (date(YEAR, 4, 1), date(YEAR, 4, 28))]
    assert [(one.needed, one.lost) for one in found] == [(5, False), (5, True)]
    assert "còn 10 đảng viên có thể đạt" in found[0].sentence
    assert "chỉ 4 trong 10 còn có thể đạt" in found[1].sentence


def test_whom_a_cell_will_have_on_the_last_day_is_counted(make: Make, registry: Registry) -> None:
    """Six of ten are lost; in September two of them leave, and two who have missed nothing come: six are still open."""
    away = tuple(f"A{number}" for number in range(1, 7))
    committee = make(
        case(
            said.Meeting(organisation="A", on=FIRST[:1], unexcused=away),
            organisation=(*TEN, said.Organisation(code="B", parent="W", members=3)),
            transfer=(
                *(said.Transfer(member=code, to="B", on=date(YEAR, 9, 1)) for code in away[:2]),
                *(said.Transfer(member=code, to="A", on=date(YEAR, 9, 1)) for code in ("B1", "B2")),
            ),
        )
    )
    found = {code: left(committee, registry, date(YEAR, 4, 28), code)["c.members"] for code in "AB"}
    assert [(one.needed, one.lost) for one in found.values()] == [(5, False), (2, True)]
    assert "đang có 0 trong 10, còn 6 đảng viên có thể đạt" in found["A"].sentence
    assert "chỉ 1 trong 3 còn có thể đạt" in found["B"].sentence


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (
            40,
            (
                "Cần thêm 2 chi bộ đạt “Chi bộ bốn tốt”, chậm nhất ngày 31/12/2023; đang có 0 trong 4, còn nhiều nhất "
                "2 chi bộ có thể đạt.",
                False,
            ),
        ),
        (
            60,
            (
                "Cần 3 chi bộ đạt “Chi bộ bốn tốt” mà chỉ 2 trong 4 còn có thể đạt; năm nay không còn đạt được.",
                True,
            ),
        ),
    ],
)
def test_a_cell_that_has_lost_its_title_is_not_promised_to_the_body_above(
    asked: int, expected: tuple[str, bool], make: Make
) -> None:
    """Of four cells one was disciplined, and in one too few members can still hold theirs."""
    registry = registry_of([above_cells(asked)])
    cells = (said.Organisation(code=code, parent="W", members=2) for code in "BCD")
    committee = make(
        case(
            said.Meeting(organisation="C", on=FIRST[:1], unexcused=("C1", "C2")),
            said.Meeting(organisation="D", on=FIRST[:1], unexcused=("D1",)),
            organisation=(*TEN, *cells),
            discipline=(said.Discipline(on=date(YEAR, 2, 2), organisation="B"),),
        ),
        by=registry,
    )
    found = left(committee, registry, date(YEAR, 4, 28), "W")["b.cells"]
    assert (found.sentence, found.lost) == expected


def above_cells(asked: int) -> Policy:
    """The small plan, which asks of a base organisation that a share of its cells hold the title."""
    return replace(
        POLICY,
        thresholds=(*POLICY.thresholds, threshold("b.cells", "Tỷ lệ", Unit.PERCENT, asked, SINCE, AT)),
        criteria=(
            *POLICY.criteria,
            derived("b.cells", "Chi bộ đạt", (AT,), Roll(scheme="c"), Operator.AT_LEAST),
        ),
        schemes=(
            *POLICY.schemes,
            Scheme(
                key="b",
                subject=Subject.BASE_ORGANISATION,
                title="Đảng bộ bốn tốt",
                groups=(Group(key="b.1", label="Đảng bộ", criteria=("b.cells",), clauses=(AT,)),),
            ),
        ),
    )


def test_the_next_thematic_meeting_and_its_last_day(make: Make, registry: Registry) -> None:
    committee = make(
        case(
            said.Meeting(organisation="A", on=QUARTERLY[:1], kind="thematic"),
            said.Meeting(organisation="A", on=QUARTERLY[1:2], thematic_part=True),
        )
    )
    seen = {
        day: left(committee, registry, day)["c.thematic"]
        for day in (date(YEAR, 3, 1), date(YEAR, 6, 30), date(YEAR, 7, 1))
    }
    assert [(one.sentence, one.needed, one.by) for one in seen.values()] == [
        (
            "Quý II còn cần 1 buổi sinh hoạt chuyên đề, chậm nhất ngày 30/06/2023.",
            1,
            date(YEAR, 6, 30),
        ),
        ("Quý III còn cần 1 buổi sinh hoạt chuyên đề, chậm nhất ngày 30/09/2023.", 1, date(YEAR, 9, 30)),
        ("Quý III còn cần 1 buổi sinh hoạt chuyên đề, chậm nhất ngày 30/09/2023.", 1, date(YEAR, 9, 30)),
    ]


def test_a_month_waived_or_held_is_not_ahead(make: Make, registry: Registry) -> None:
    committee = make(
        case(
            said.Meeting(organisation="A", on=(*FIRST, date(YEAR, 5, 4))),
            exception=(said.MonthException(organisation="W", month=6, document="01-CV/ĐU", waived=True),),
        )
    )
    found = left(committee, registry, date(YEAR, 5, 5))
    assert (found["c.date"].needed, found["c.date"].by) == (6, date(YEAR, 7, 7))
    assert found["c.attendance"].sentence.startswith("Còn 6 buổi trong năm")


def test_each_meeting_has_its_own_slack_where_the_plan_says_so(make: Make) -> None:
    registry = read("attendance.aggregation", "each_meeting")
    good = make(case(said.Meeting(organisation="A", on=FIRST, excused=("A1",))), by=registry)
    bad = make(case(said.Meeting(organisation="A", on=FIRST, excused=("A1", "A2"))), by=registry)
    assert left(good, registry, date(YEAR, 4, 28))["c.attendance"].sentence == (
        "Còn 8 buổi trong năm: mỗi buổi được vắng nhiều nhất 1 trong 10 người."
    )
    assert left(bad, registry, date(YEAR, 4, 28))["c.attendance"] == Slack(
        criterion="c.attendance",
        sentence="Đã có buổi không đạt; năm nay không còn đạt được.",
        left=0,
        lost=True,
    )


def test_a_mean_of_meetings_has_its_own_slack(make: Make) -> None:
    """Four meetings at 90 %, eight to come with ten each: 3.6 of the 10.2 wanted are there, 6.6 of the 8 are still
    needed, 14 of the 80 may be away."""
    registry = read("attendance.aggregation", "mean_of_meetings")
    committee = make(case(said.Meeting(organisation="A", on=FIRST, excused=("A1",))), by=registry)
    found = left(committee, registry, date(YEAR, 4, 28))["c.attendance"]
    assert (found.sentence, found.left) == (
        "Còn 8 buổi trong năm, mỗi buổi 10 người phải dự: cả chi bộ còn được vắng 14 lượt.",
        14,
    )


def read(key: str, choice: str) -> Registry:
    """The small plan with one of its open choices made."""
    options = tuple(
        replace(one, values=(Dated(value=choice, valid_from=SINCE, origin=Origin.DEFAULT),))
        if one.key == key
        else one
        for one in POLICY.options
    )
    return registry_of([replace(POLICY, options=options)])


def test_a_meeting_that_required_nobody_is_not_in_the_mean(make: Make) -> None:
    """In January everyone was on special duty: three meetings at 90 % and eight to come, not four and eight."""
    registry = read("attendance.aggregation", "mean_of_meetings")
    away = said.State(
        members=tuple(f"A{number}" for number in range(1, 11)),
        kind="special_duty",
        since=date(YEAR, 1, 1),
        until=date(YEAR, 2, 1),
    )
    committee = make(
        case(
            said.Meeting(organisation="A", on=FIRST[:1]),
            said.Meeting(organisation="A", on=FIRST[1:], excused=("A1",)),
            state=(away,),
        ),
        by=registry,
    )
    found = left(committee, registry, date(YEAR, 4, 28))["c.attendance"]
    assert (found.sentence, found.left) == (
        "Còn 8 buổi trong năm, mỗi buổi 10 người phải dự: cả chi bộ còn được vắng 13 lượt.",
        13,
    )


def test_who_is_known_to_come_and_go_is_counted_from_that_day(make: Make, registry: Registry) -> None:
    """Ten until September, two more from then on: 40 + 4 × 10 + 4 × 12 = 128 in all, 109 must be present."""
    committee = make(
        case(
            said.Meeting(organisation="A", on=FIRST),
            member=tuple(said.Member(code=code, cell="A", since=date(YEAR, 9, 1)) for code in ("M1", "M2")),
        )
    )
    found = left(committee, registry, date(YEAR, 4, 28))["c.attendance"]
    assert (found.sentence, found.left) == (
        "Còn 8 buổi trong năm, tổng cộng 88 lượt phải dự: cả chi bộ còn được vắng 19 lượt.",
        19,
    )


def test_what_is_left_is_reckoned_by_the_values_of_the_last_day(make: Make) -> None:
    """From July 95 % are asked: of 120 in all 114 must be present, and four were away."""
    later = Dated(value=Decimal(95), valid_from=date(YEAR, 7, 1), origin=Origin.DEFAULT)
    thresholds = tuple(
        replace(one, values=(*one.values, later)) if one.key == "c.attendance" else one
        for one in POLICY.thresholds
    )
    registry = registry_of([replace(POLICY, thresholds=thresholds)])
    committee = make(case(said.Meeting(organisation="A", on=FIRST, excused=("A1",))), by=registry)
    assert left(committee, registry, date(YEAR, 4, 28))["c.attendance"].left == 2


def test_nothing_is_said_where_another_plan_will_judge_the_year(make: Make) -> None:
    registry = registry_of([POLICY, replace(POLICY, code=NEXT)])
    committee = make(case(said.Meeting(organisation="A", on=FIRST)), by=registry)
    moved(committee, date(YEAR, 10, 1))
    assert left(committee, registry, date(YEAR, 4, 28)) == {}
    assert left(committee, registry, date(YEAR, 10, 28))["c.attendance"].sentence == (
        "Còn 3 buổi trong năm, mỗi buổi 10 người phải dự: cả chi bộ còn được vắng 10 lượt."
    )


def test_nothing_is_left_to_a_member_who_will_be_in_no_cell(make: Make, registry: Registry) -> None:
    committee = make(
        case(
            said.Meeting(organisation="A", on=FIRST),
            member=(said.Member(code="M1", cell="A", until=date(YEAR, 11, 1)),),
        )
    )
    with scope(committee.engine, committee.tenant_id) as session:
        member = committee.world.members["M1"]
        assert member_standing(session, registry, member, YEAR, date(YEAR, 4, 28)).slack == {}


def test_nothing_recorded_yet_still_leaves_the_year(make: Make, registry: Registry) -> None:
    found = left(make(case()), registry, date(YEAR, 1, 2))["c.attendance"]
    assert (found.sentence, found.left) == (
        "Còn 12 buổi trong năm, mỗi buổi 10 người phải dự: cả chi bộ còn được vắng 18 lượt.",
        18,
    )


def test_what_a_member_may_still_miss(make: Make, registry: Registry) -> None:
    committee = make(case(said.Meeting(organisation="A", on=FIRST, unexcused=("A2",))))
    with scope(committee.engine, committee.tenant_id) as session:
        seen = [
            member_standing(session, registry, committee.world.members[code], YEAR, date(YEAR, 4, 28)).slack[
                "m.attendance"
            ]
            for code in ("A1", "A2")
        ]
    assert [(one.sentence, one.lost) for one in seen] == [
        ("Đang giữ được: không có buổi vắng không lý do.", False),
        ("Đã có 4 buổi vắng không lý do; năm nay không còn đạt được.", True),
    ]


def asking(operator: Operator, percent: int, **metrics: str) -> Registry:
    """The small plan which asks of a cell so many percent of each of these metrics, by criterion."""
    cell = POLICY.schemes[1]
    group = replace(cell.groups[0], criteria=(*cell.groups[0].criteria, *metrics))
    more = [measured(key, key, (AT,), Measure(metric=metric), operator) for key, metric in metrics.items()]
    policy = replace(
        POLICY,
        thresholds=(
            *POLICY.thresholds,
            *(threshold(key, key, Unit.PERCENT, percent, SINCE, AT) for key in metrics),
        ),
        criteria=(*POLICY.criteria, *more),
        schemes=(POLICY.schemes[0], replace(cell, groups=(group,))),
    )
    return registry_of([policy])


def test_a_task_may_be_done_in_time_until_its_own_day(make: Make) -> None:
    """Of five tasks two are done in time, one ahead of its day; that of 5 April is lost on the 6th, though April runs."""
    registry = asking(Operator.AT_LEAST, 80, on_time="task_on_time")
    committee = make(
        case(
            task=(
                said.Task(organisation="A", due=date(YEAR, 2, 1), done=date(YEAR, 2, 1)),
                said.Task(organisation="A", due=date(YEAR, 12, 1), done=date(YEAR, 3, 1)),
                said.Task(organisation="A", due=date(YEAR, 4, 5)),
                said.Task(organisation="A", due=date(YEAR, 4, 28), count=2),
                said.Task(organisation="A", due=date(YEAR + 1, 1, 1)),
            )
        ),
        by=registry,
    )
    days = (date(YEAR, 4, 5), date(YEAR, 4, 6), date(YEAR, 4, 28), date(YEAR, 4, 29))
    found = [left(committee, registry, day)["on_time"] for day in days]
    assert [(one.left, one.needed, one.by, one.lost) for one in found] == [
        (1, 2, date(YEAR, 4, 5), False),
        (0, 2, date(YEAR, 4, 28), False),
        (0, 2, date(YEAR, 4, 28), False),
        (0, None, None, True),
    ]
    assert found[1].sentence == (
        "Còn 2 nhiệm vụ đến hạn trong năm, cần thêm 2 nhiệm vụ hoàn thành đúng hạn; không được lỡ hạn việc nào; việc tới "
        "đến hạn ngày 28/04/2023."
    )
    assert found[3].sentence == (
        "Đã lỡ hạn 3 trong 5 nhiệm vụ đến hạn của năm; với những việc đã giao, năm nay không còn đạt được."
    )


def test_a_committee_may_meet_until_the_months_last_day(make: Make) -> None:
    """It met in January and in March; June is waived by the superior: nine of eleven are asked for."""
    registry = asking(Operator.AT_LEAST, 80, committee="committee_meeting_monthly")
    met = (date(YEAR, 1, 31), date(YEAR, 3, 1))
    waived = said.MonthException(organisation="W", month=6, document="01-CV/ĐU", waived=True)
    committee = make(
        case(said.Meeting(organisation="A", on=met, kind="cell_committee_meeting"), exception=(waived,)),
        by=registry,
    )
    days = (date(YEAR, 2, 28), date(YEAR, 3, 31), date(YEAR, 4, 30), date(YEAR, 5, 1), date(YEAR, 6, 1))
    found = [left(committee, registry, day)["committee"] for day in days]
    assert [(one.left, one.needed, one.by, one.lost) for one in found] == [
        (2, 9, date(YEAR, 2, 28), False),
        (1, 8, date(YEAR, 4, 30), False),
        (1, 8, date(YEAR, 4, 30), False),
        (0, 7, date(YEAR, 5, 31), False),
        (0, None, None, True),
    ]
    assert [one.sentence for one in found[2:]] == [
        "Còn 8 tháng phải họp, còn được lỡ 1 tháng; buổi tới chậm nhất ngày 30/04/2023.",
        "Còn 7 tháng phải họp, không được lỡ tháng nào; buổi tới chậm nhất ngày 31/05/2023.",
        "Đã lỡ 3 tháng; năm nay không còn đạt được.",
    ]


def test_a_meeting_held_may_still_be_scored_and_one_scored_low_is_lost(make: Make) -> None:
    """Of four meetings one was scored well, one low, two not at all; one of these was the second of its month."""
    registry = asking(Operator.AT_LEAST, 90, scored="meeting_scored", fair="meeting_self_score_fair")
    committee = make(
        case(
            said.Meeting(organisation="A", on=FIRST[:1], self_score="fair"),
            said.Meeting(organisation="A", on=FIRST[1:2], self_score="average"),
            said.Meeting(organisation="A", on=(FIRST[2], date(YEAR, 3, 20))),
        ),
        by=registry,
    )
    found = left(committee, registry, date(YEAR, 4, 1))
    still = "Còn 9 buổi trong năm và 2 buổi đã họp nhưng chưa chấm điểm, cần thêm"
    assert [found[key].sentence for key in ("scored", "fair")] == [
        f"{still} 10 buổi đã chấm điểm; còn được thiếu 1 buổi.",
        f"{still} 11 buổi tự chấm loại khá trở lên; không được thiếu buổi nào.",
    ]


def beside(plan: Policy) -> Policy:
    """A frame to be switched on, which asks the same of a cell's meetings and scores under keys of its own."""
    asked = {
        "f.attendance": Measure(metric="attendance", parameters=READ_ATTENDANCE),
        "f.monthly": Measure(metric="regular_meeting_monthly"),
        "f.scored": Measure(metric="meeting_scored"),
    }
    return replace(
        plan,
        code="khung",
        adoptable=True,
        thresholds=tuple(threshold(key, key, Unit.PERCENT, 85, SINCE, AT) for key in asked),
        criteria=tuple(
            measured(key, key, (AT,), measure, Operator.AT_LEAST) for key, measure in asked.items()
        ),
        schemes=(
            Scheme(
                key="f",
                subject=Subject.CELL,
                title=None,
                groups=(Group(key="f.1", label="Khung", criteria=tuple(asked), clauses=(AT,)),),
            ),
        ),
        meeting_rule=None,
    )


BESIDE = registry_of([POLICY, beside(POLICY)])
ON = said.Adoption(policy="khung", since=date(YEAR, 3, 10))


def test_a_frame_switched_on_in_the_year_leaves_what_is_left_of_its_own_days(make: Make) -> None:
    """From 10 March: the meeting of March, not held yet on the 12th, is attended under the frame but its month is not the
    frame's; those of January and February are not counted."""
    committee = make(
        case(said.Meeting(organisation="A", on=FIRST[:2], excused=("A1", "A2")), adoption=(ON,)), by=BESIDE
    )
    found = left(committee, BESIDE, date(YEAR, 3, 12))
    assert {key: slack.sentence for key, slack in found.items() if key.startswith("f.")} == {
        "f.attendance": "Còn 10 buổi trong năm, mỗi buổi 10 người phải dự: cả chi bộ còn được vắng 15 lượt.",
        "f.monthly": "Còn 9 tháng phải sinh hoạt, còn được lỡ 1 tháng; buổi tới chậm nhất ngày 30/04/2023.",
        "f.scored": "Còn 10 buổi trong năm, cần thêm 9 buổi đã chấm điểm; còn được thiếu 1 buổi.",
    }


@pytest.mark.parametrize(("more", "outcome"), [(0, Outcome.MET), (1, Outcome.NOT_MET)])
def test_the_frames_days_end_as_was_said(more: int, outcome: Outcome, make: Make) -> None:
    """The year goes on with as much missed as was left, and with one more."""
    days = (date(YEAR, 3, 20), *FIRST[3:], *REST)
    away = [*([10] * ((15 + more) // 10)), (15 + more) % 10]
    rest = [
        said.Meeting(
            organisation="A",
            on=(day,),
            self_score=None if at < 1 + more else "good",
            excused=tuple(f"A{number}" for number in range(1, (away[at] if at < len(away) else 0) + 1)),
        )
        for at, day in enumerate(sorted(days))
    ]
    begun = said.Meeting(organisation="A", on=FIRST[:2], excused=("A1", "A2"))
    committee = make(case(begun, *rest, adoption=(ON,)), by=BESIDE)
    with scope(committee.engine, committee.tenant_id) as session:
        (judged,) = judge(session, BESIDE, year=YEAR, as_of=date(YEAR, 12, 31))
        found = next(one for one in judged.findings if one.rules.policy == "khung")
    numbers = [found.line(key) or 0 for key in ("f.attendance", "f.scored")]
    assert [Outcome(int(found.outcomes[number][0])) for number in numbers] == [outcome, outcome]


def test_a_year_that_is_over_leaves_nothing(make: Make, registry: Registry) -> None:
    committee = make(case(said.Meeting(organisation="A", on=FIRST)))
    assert left(committee, registry, date(YEAR + 1, 3, 1)) == {}
