"""A criterion held against each month by itself: every month by the figure in force when it began."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bontot.db.tenancy import scope
from bontot.evaluation import runs
from bontot.evaluation.explain import explain
from bontot.evaluation.replay import Replayed, replay
from bontot.evaluation.standing import opened
from bontot.evaluation.whole import evaluate
from bontot.policy.model import Measure
from bontot.policy.standard import measured, threshold
from bontot.policy.terms import At, Dated, Operator, Origin, Outcome
from bontot.registry import Registry
from bontot.testing import case_records as said
from tests.evaluation.conftest import YEAR, Make
from tests.evaluation.plans import AT, POLICY, READ_ATTENDANCE, SINCE, registry_of
from tests.evaluation.test_runs import LAST

NINETY = Dated(value=Decimal(90), valid_from=date(YEAR, 7, 1), origin=Origin.PLAN, clause=AT)
MONTHS = tuple(date(YEAR, month, 3) for month in range(1, 13))


def changing(at: At) -> Registry:
    """The small plan, whose attendance rises from 85 % to 90 % on 1 July, held against months as `at` says."""
    measure = Measure(metric="attendance", parameters=READ_ATTENDANCE)
    rising = measured("c.attendance", "Tỷ lệ tham gia", (AT,), measure, Operator.AT_LEAST, at=at)
    thresholds = tuple(
        replace(one, values=(*one.values, NINETY)) if one.key == "c.attendance" else one
        for one in POLICY.thresholds
    )
    criteria = tuple(rising if one.key == "c.attendance" else one for one in POLICY.criteria)
    return registry_of([replace(POLICY, thresholds=thresholds, criteria=criteria)])


def case(*absent: int, waived: tuple[int, ...] = (), founded: date = said.ALWAYS) -> said.Case:
    """A cell of eight that meets on the 3rd of each month; in the months named one is absent: 7 of 8, 87.5 %."""
    missed = tuple(day for day in MONTHS if day.month in absent)
    held = tuple(day for day in MONTHS if day.month not in (*absent, *waived) and day >= founded)
    meetings = ((held, ()), (missed, ("A1",)))
    return said.Case(
        name="từng tháng",
        why="",
        organisation=(
            said.Organisation(code="W", type="grassroots_committee"),
            said.Organisation(code="A", parent="W", members=8, founded=founded),
        ),
        meeting=tuple(
            said.Meeting(organisation="A", on=days, excused=excused) for days, excused in meetings if days
        ),
        exception=tuple(
            said.MonthException(organisation="A", month=month, document="CV 5", waived=True)
            for month in waived
        ),
    )


Told = tuple[Outcome, int | None, int, str]


def told(make: Make, registry: Registry, given: said.Case, as_of: date = LAST) -> Told:
    """What is found of the cell's attendance, with the sentence that explains it."""
    committee = make(given, by=registry)
    with scope(committee.engine, committee.tenant_id) as session:
        (judged,) = runs.judge(session, registry, year=YEAR, as_of=as_of)
    (at,) = [at for at, one in enumerate(judged.findings) if one.rules.key == "c"]
    row = next(
        row for row in runs.verdict_rows(judged.findings[at]) if committee.names()[row.subject_id] == "A"
    )
    (finding,) = [one for one in explain(judged.rules, at, row).findings if one.criterion == "c.attendance"]
    return finding.outcome, finding.part, finding.whole, finding.sentence


PLAN = "theo kế hoạch: mục 2, Kế hoạch số 01-KH/QU ngày 27/01/2023, áp dụng từ"
RISING = "tháng nào cũng phải đạt: từ 85 % trở lên, từ 90 % trở lên kể từ 07/2023"


@pytest.mark.parametrize(
    ("absent", "outcome", "months"),
    [((), Outcome.MET, 12), ((6,), Outcome.MET, 12), ((7,), Outcome.NOT_MET, 11)],
)
def test_each_month_is_held_against_the_figure_in_force_when_it_began(
    absent: tuple[int, ...], outcome: Outcome, months: int, make: Make
) -> None:
    """87.5 % is enough until June and too little from July."""
    said_of_it = "Đạt" if outcome is Outcome.MET else "Chưa đạt"
    sentence = f"{said_of_it}: {months} tháng đạt trong 12 tháng được xét; {RISING}; {PLAN} 01/07/2023."
    assert told(make, changing(At.EACH_MONTH), case(*absent)) == (outcome, months, 12, sentence)


def test_the_year_is_held_against_the_figure_of_its_last_day(make: Make) -> None:
    """Every month at 87.5 %: enough until June, and not for the year."""
    whole = case(*range(1, 13))
    assert told(make, changing(At.END), whole)[:3] == (Outcome.NOT_MET, 84, 96)
    assert told(make, changing(At.END), whole, date(YEAR, 6, 30))[:3] == (Outcome.MET, 42, 48)


def test_only_months_that_are_over_are_judged(make: Make) -> None:
    registry = changing(At.EACH_MONTH)
    assert told(make, registry, case(7), date(YEAR, 7, 30))[:3] == (Outcome.MET, 6, 6)
    assert told(make, registry, case(7), date(YEAR, 7, 31))[:3] == (Outcome.NOT_MET, 6, 7)
    sentence = f"Chưa có dữ liệu: chưa hết một tháng trọn vẹn nào để xét; {PLAN} 27/01/2023."
    assert told(make, registry, case(7), date(YEAR, 1, 30)) == (Outcome.NO_DATA, None, 0, sentence)


def test_a_month_waived_or_not_lived_through_does_not_count(make: Make) -> None:
    registry = changing(At.EACH_MONTH)
    assert told(make, registry, case(waived=(2, 8)))[:3] == (Outcome.MET, 10, 10)
    assert told(make, registry, case(founded=date(YEAR, 3, 2)))[:3] == (Outcome.MET, 9, 9)


def test_a_young_cell_waits_for_its_first_whole_month(make: Make) -> None:
    """Founded on 2 March: nothing can be said before the end of April; founded in December, nothing all year."""
    registry, young = changing(At.EACH_MONTH), case(founded=date(YEAR, 3, 2))
    waiting = f"Chưa có dữ liệu: chưa hết một tháng trọn vẹn nào để xét; {PLAN} 27/01/2023."
    assert told(make, registry, young, date(YEAR, 4, 29)) == (Outcome.NO_DATA, None, 0, waiting)
    assert told(make, registry, young, date(YEAR, 4, 30))[:3] == (Outcome.MET, 1, 1)
    late = told(make, registry, case(founded=date(YEAR, 12, 2)))
    assert late[:3] == (Outcome.NOT_APPLICABLE, 0, 0)
    assert late[3].startswith("Không áp dụng: không có tháng trọn vẹn nào được xét; ")


def test_a_month_without_a_meeting_leaves_it_open(make: Make) -> None:
    given = case()
    (whole,) = given.meeting
    short = replace(given, meeting=(replace(whole, on=whole.on[:-1]),))
    assert told(make, changing(At.EACH_MONTH), short)[:3] == (Outcome.NO_DATA, 11, 12)


def test_a_quarter_may_be_what_is_judged_by_itself(make: Make) -> None:
    """One absent of eight: twice in a quarter is 22 of 24, three times 21 of 24."""
    assert told(make, changing(At.EACH_QUARTER), case(7, 8))[:3] == (Outcome.MET, 4, 4)
    assert told(make, changing(At.EACH_QUARTER), case(4, 5, 6))[:3] == (Outcome.MET, 4, 4)
    assert told(make, changing(At.EACH_QUARTER), case(7, 8, 9))[:3] == (Outcome.NOT_MET, 3, 4)


def test_the_months_that_failed_are_listed_first(make: Make) -> None:
    registry = changing(At.EACH_MONTH)
    committee = make(case(4, 9), by=registry)
    with scope(committee.engine, committee.tenant_id) as session:
        (header,) = evaluate(session, registry, year=YEAR, as_of=date(YEAR, 10, 31), by="thử")
        seen = opened(session, registry, header, 1, committee.world.subject("A"))
    (finding,) = [one for one in seen.findings if one.criterion == "c.attendance"]
    assert [(one.words, one.part, one.whole, one.said) for one in finding.records][:3] == [
        ("Tháng 9/2023", 7, 8, "chưa đạt, yêu cầu từ 90 % trở lên"),
        ("Tháng 1/2023", 8, 8, "đạt, yêu cầu từ 85 % trở lên"),
        ("Tháng 2/2023", 8, 8, "đạt, yêu cầu từ 85 % trở lên"),
    ]
    assert len(finding.records) == 10


def test_a_member_counts_from_the_first_whole_month_on_the_roll(make: Make) -> None:
    """One was absent in May without reason; another came in the middle of May, and June is the first month he counts."""
    measure, key = Measure(metric="own_unexcused_absence"), "m.attendance"
    rule = measured(key, "Sinh hoạt đầy đủ", (AT,), measure, Operator.EQUAL, at=At.EACH_MONTH)
    registry = registry_of(
        [replace(POLICY, criteria=tuple(rule if one.key == key else one for one in POLICY.criteria))]
    )
    given = replace(
        case(),
        member=(said.Member(code="M", cell="A", since=date(YEAR, 5, 15)),),
        meeting=(
            said.Meeting(organisation="A", on=tuple(day for day in MONTHS if day.month != 5)),
            said.Meeting(organisation="A", on=(date(YEAR, 5, 3),), unexcused=("A2",)),
        ),
    )
    committee = make(given, by=registry)
    with scope(committee.engine, committee.tenant_id) as session:
        (judged,) = runs.judge(session, registry, year=YEAR, as_of=LAST)
    (members,) = [one for one in judged.findings if one.rules.key == "m"]
    found = {
        committee.names()[row.subject_id]: (row.outcomes[0], row.parts[0], row.wholes[0])
        for row in runs.verdict_rows(members)
    }
    assert (found["A1"], found["A2"], found["M"]) == (
        (Outcome.MET, 12, 12),
        (Outcome.NOT_MET, 11, 12),
        (Outcome.MET, 7, 7),
    )


def test_a_stored_run_keeps_the_figure_of_each_month(make: Make) -> None:
    """Replayed under a plan whose figures have all changed, it is the same."""
    registry = changing(At.EACH_MONTH)
    committee = make(case(7), by=registry)
    one = threshold("c.attendance", "Tỷ lệ", POLICY.thresholds[0].unit, 1, SINCE, AT)
    other = registry_of(
        [
            replace(
                POLICY,
                thresholds=tuple(one if each.key == one.key else each for each in POLICY.thresholds),
            )
        ]
    )
    with scope(committee.engine, committee.tenant_id) as session:
        (header,) = evaluate(session, registry, year=YEAR, as_of=LAST, by="thử")
        assert replay(session, other, header) == Replayed(verdicts=9, differing=())
