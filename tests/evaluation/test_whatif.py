"""A value or a plan on trial: everyone it concerns, whichever of the plan's schemes judges them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bontot.db.models import PolicyAssignment, ThresholdOverride
from bontot.db.tenancy import scope
from bontot.evaluation.period import Period
from bontot.evaluation.whatif import Compared, try_plan, try_value
from bontot.policy.model import Group, Roll, Scheme
from bontot.policy.resolve import Override
from bontot.policy.standard import derived, threshold
from bontot.policy.terms import At, Operator, Outcome, Subject, Unit
from bontot.policy.validate import problems
from bontot.registry import Registry
from bontot.testing import case_records as said
from tests.evaluation.conftest import YEAR, Make
from tests.evaluation.naive import Told
from tests.evaluation.plans import AT, CODE, POLICY, SINCE, registry_of
from tests.evaluation.test_against_naive import CHOICES, as_of, drawn, judged
from tests.evaluation.worlds_drawn import cases

PERIOD = Period(YEAR, date(YEAR, 12, 31))
ATTENDANCE = ("c.attendance",)
LABELS = {one.key: one.label for one in POLICY.criteria}
Verdict = tuple[Outcome, dict[str, Told]]


def by_type() -> Scheme:
    return Scheme(
        key="x",
        subject=Subject.CELL,
        title="Chi bộ bốn tốt",
        groups=(Group(key="x.1", label="Chi bộ", criteria=ATTENDANCE, clauses=(AT,)),),
    )


TWO = replace(
    POLICY,
    schemes=(
        POLICY.schemes[0],
        replace(by_type(), key="c", organisation_types=frozenset({"subordinate_cell"})),
        replace(by_type(), key="g", organisation_types=frozenset({"grassroots_cell"})),
    ),
)
CASE = said.Case(
    name="hai loại hình",
    why="",
    organisation=(
        said.Organisation(code="W", type="grassroots_committee"),
        said.Organisation(code="A", parent="W", members=8),
        said.Organisation(code="G", type="grassroots_cell", members=8),
    ),
    meeting=tuple(
        said.Meeting(organisation=code, on=(date(YEAR, 3, 3),), excused=(f"{code}1",)) for code in ("A", "G")
    ),
)
STRICTER = Override(
    key="c.attendance", value=Decimal(90), valid_from=date(YEAR, 2, 1), decision="", who="thử"
)


def cells(compared: tuple[Compared, ...]) -> Compared:
    (found,) = [one for one in compared if one.subject is Subject.CELL]
    return found


def test_every_scheme_of_a_kind_of_subject_is_on_trial(make: Make) -> None:
    """7 of 8 is enough for 85 % and too little for 90 %, in a subordinate cell as in a base cell."""
    registry = registry_of([TWO, replace(TWO, code="thu_hai")])
    committee = make(CASE, by=registry)
    with scope(committee.engine, committee.tenant_id) as session:
        tried = try_value(session, registry, CODE, STRICTER, PERIOD)
        assert tried is not None
        same = try_plan(session, registry, CODE, "thu_hai", PERIOD)
    found = cells(tried.compared)
    names = committee.names()
    assert {names[one.subject_id]: (one.before, one.after) for one in found.changes} == {
        "A": (Outcome.MET, Outcome.NOT_MET),
        "G": (Outcome.MET, Outcome.NOT_MET),
    }
    assert found.counts == {(Outcome.MET, Outcome.NOT_MET): 2}
    assert [one.changes for one in same.compared] == [()] * len(same.compared)


def test_two_plans_are_compared_where_the_first_governs(make: Make) -> None:
    """The base cell follows a third plan, a third cell none: neither is judged by the two."""
    stricter = tuple(
        replace(one, values=(replace(one.values[0], value=Decimal(90)),))
        if one.key == "c.attendance"
        else one
        for one in TWO.thresholds
    )
    registry = registry_of(
        [TWO, replace(TWO, code="thu_hai", thresholds=stricter), replace(TWO, code="thu_ba")]
    )
    away = said.Organisation(code="N", type="grassroots_cell", members=1)
    committee = make(replace(CASE, organisation=(*CASE.organisation, away)), by=registry)
    ids = committee.world.organisations
    with scope(committee.engine, committee.tenant_id) as session:
        assigned = {one.organisation_id: one for one in session.scalars(select(PolicyAssignment))}
        assigned[ids["G"]].policy_code = "thu_ba"
        session.delete(assigned[ids["N"]])
    with scope(committee.engine, committee.tenant_id) as session:
        held = try_plan(session, registry, CODE, "thu_hai", PERIOD)
        nowhere = try_plan(session, registry, "thu_hai", CODE, PERIOD)
    assert cells(held.compared).counts == {(Outcome.MET, Outcome.NOT_MET): 1}
    assert [one.subject_id for one in cells(held.compared).changes] == [ids["A"]]
    assert sum(sum(one.counts.values()) for one in held.compared if one.subject is Subject.MEMBER) == 8
    assert held.left_out == {None: 1, "thu_ba": 1}
    assert [one.counts for one in nowhere.compared] == [{}, {}]
    assert nowhere.left_out == {None: 1, CODE: 1, "thu_ba": 1}


def test_the_months_of_an_earlier_plan_stay_its_own_in_a_comparison(make: Make) -> None:
    """Until July another plan asks for a meeting by the 28th. By the two compared it is due by the 7th, or by the 10th:
    January's on the 20th is in time whichever of them follows, August's on the 9th by one of them only."""
    late, later = (
        tuple(
            replace(one, values=(replace(one.values[0], value=Decimal(day)),))
            if one.key == "meeting.deadline"
            else one
            for one in POLICY.thresholds
        )
        for day in (28, 10)
    )
    registry = registry_of(
        [
            POLICY,
            replace(POLICY, code="thu_truoc", thresholds=late),
            replace(POLICY, code="thu_sau", thresholds=later),
        ]
    )
    days = tuple(date(YEAR, month, 20 if month < 7 else 9) for month in range(1, 13))
    committee = make(
        replace(CASE, meeting=(said.Meeting(organisation="A", on=days),)), plan="thu_truoc", by=registry
    )
    with scope(committee.engine, committee.tenant_id) as session:
        for assigned in session.scalars(select(PolicyAssignment)).all():
            assigned.valid_to = date(YEAR, 7, 1)
            session.flush()
            session.add(
                PolicyAssignment(
                    organisation_id=assigned.organisation_id, policy_code=CODE, valid_from=date(YEAR, 7, 1)
                )
            )
    with scope(committee.engine, committee.tenant_id) as session:
        held = try_plan(session, registry, CODE, "thu_sau", PERIOD)
    (change,) = cells(held.compared).changes
    assert [(one.label, one.before, one.after) for one in change.criteria] == [
        ("Đúng ngày", Outcome.NOT_MET, Outcome.MET)
    ]


def test_a_trial_touches_only_the_plan_it_is_for(make: Make) -> None:
    """Another plan has a value of the same key."""
    registry = registry_of([TWO, replace(TWO, code="thu_hai")])
    committee = make(CASE, by=registry)
    with scope(committee.engine, committee.tenant_id) as session:
        assert try_value(session, registry, "thu_hai", STRICTER, PERIOD) is None


FRAME = replace(
    POLICY,
    code="khung",
    adoptable=True,
    criteria=tuple(one for one in POLICY.criteria if one.key in ATTENDANCE),
    schemes=(replace(by_type(), title=None),),
    meeting_rule=None,
)
FROM_MARCH = said.Adoption(policy="khung", since=date(YEAR, 3, 1))


def test_a_value_of_a_frame_is_on_trial_for_all_beside_whose_plans_it_stands(make: Make) -> None:
    """Two plans govern; of each somebody comes out otherwise by the frame, nobody by the plan. Before it was switched on the
    frame stands beside nobody, nor beside anybody of a committee that has not switched it on."""
    registry = registry_of([TWO, replace(TWO, code="thu_hai"), FRAME])
    committee = make(replace(CASE, adoption=(FROM_MARCH,)), by=registry)
    decoy = make(CASE, by=registry)
    with scope(committee.engine, committee.tenant_id) as session:
        here = PolicyAssignment.organisation_id == committee.world.organisations["G"]
        session.scalars(select(PolicyAssignment).where(here)).one().policy_code = "thu_hai"
        session.flush()
        tried = try_value(session, registry, "khung", STRICTER, PERIOD)
        before = try_value(session, registry, "khung", STRICTER, Period(YEAR, date(YEAR, 2, 28)))
    with scope(decoy.engine, decoy.tenant_id) as session:
        elsewhere = try_value(session, registry, "khung", STRICTER, PERIOD)
    assert (before, elsewhere) == (None, None)
    assert tried is not None
    (found,) = tried.compared
    names = committee.names()
    assert {names[one.subject_id]: [each.asked_after for each in one.criteria] for one in found.changes} == {
        "A": ["từ 90 % trở lên"],
        "G": ["từ 90 % trở lên"],
    }
    assert (found.subject, found.title, sum(found.counts.values())) == (Subject.CELL, None, 2)


def test_a_meeting_day_on_trial_counts_the_months_again(make: Make, registry: Registry) -> None:
    """Twelve meetings on the tenth: late by the seventh, in time by the tenth."""
    tenth = tuple(date(YEAR, month, 10) for month in range(1, 13))
    case = replace(CASE, meeting=(said.Meeting(organisation="A", on=tenth),))
    committee, trial = make(case), replace(STRICTER, key="meeting.deadline", value=Decimal(10))
    with scope(committee.engine, committee.tenant_id) as session:
        tried = try_value(session, registry, CODE, replace(trial, valid_from=date(YEAR, 1, 1)), PERIOD)
        none = try_value(session, registry, CODE, trial, PERIOD)
    assert tried is not None
    assert none is not None
    (change,) = cells(tried.compared).changes
    assert [(one.label, one.before, one.after) for one in change.criteria] == [
        ("Đúng ngày", Outcome.NOT_MET, Outcome.MET)
    ]
    assert cells(none.compared).changes == ()


def test_a_criterion_says_the_figures_it_was_held_against(make: Make) -> None:
    """7 of 8 in March; from February 90 % are asked for on trial. Judged month by month, January keeps its own figure."""
    monthly = tuple(
        replace(one, at=At.EACH_MONTH) if one.key == "c.attendance" else one for one in POLICY.criteria
    )
    found = []
    for plan in (POLICY, replace(POLICY, criteria=monthly)):
        registry = registry_of([plan])
        committee = make(CASE, by=registry)
        with scope(committee.engine, committee.tenant_id) as session:
            tried = try_value(session, registry, CODE, STRICTER, PERIOD)
        assert tried is not None
        (change,) = cells(tried.compared).changes[:1]
        found += [(one.label, one.asked_before, one.asked_after) for one in change.criteria]
    assert found == [
        ("Tỷ lệ tham gia", "từ 85 % trở lên", "từ 90 % trở lên"),
        ("Tỷ lệ tham gia", "từ 85 % trở lên", "từ 85 % trở lên, rồi từ 90 % trở lên"),
    ]


values = st.one_of(
    st.tuples(st.just("c.attendance"), st.integers(50, 100).map(Decimal)),
    st.tuples(st.just("c.thematic"), st.sampled_from([25, 50, 75]).map(Decimal)),
    st.tuples(st.just("c.per_quarter"), st.sampled_from([0, 2]).map(Decimal)),
    st.tuples(st.just("meeting.deadline"), st.integers(4, 28).map(Decimal)),
    st.tuples(st.just("c.members"), st.integers(1, 100).map(Decimal)),
    st.tuples(st.just("m.attendance"), st.integers(1, 2).map(Decimal)),
    st.sampled_from([(key, choice) for key, choices in CHOICES.items() for choice in choices]),
)


@settings(drawn, max_examples=drawn.max_examples // 2)
@given(case=cases(), tried=values, since=st.dates(date(YEAR, 1, 1), date(YEAR, 12, 31)), day=as_of)
def test_a_preview_is_what_the_next_evaluation_finds(
    case: said.Case, tried: tuple[str, Decimal | str], since: date, day: date, make: Make, registry: Registry
) -> None:
    committee, (key, value) = make(case), tried
    period = Period(YEAR, day)
    trial = Override(key=key, value=value, valid_from=since, decision="", who="thử")
    with scope(committee.engine, committee.tenant_id) as session:
        found = try_value(session, registry, CODE, trial, period)
    before = judged(committee, registry, day)
    with scope(committee.engine, committee.tenant_id) as session:
        session.add(
            ThresholdOverride(
                policy_code=CODE,
                key=key,
                value=str(value),
                valid_from=since,
                document="01-QĐ",
                entered_by="thử",
            )
        )
    after = judged(committee, registry, day)
    assert found is not None
    ids = {Subject.MEMBER: committee.world.members, Subject.CELL: committee.world.organisations}
    turned = {
        code: {label: (one, other) for label, one, other in _turned(before[code], after[code])}
        for side in found.compared
        for code in before
        if code in ids[side.subject] and before[code] != after[code]
    }
    said_so = {
        code: {"": (one.before, one.after)} | {each.label: (each.before, each.after) for each in one.criteria}
        for side in found.compared
        for one in side.changes
        for code, id_ in ids[side.subject].items()
        if id_ == one.subject_id
    }
    assert said_so == {
        code: changes
        for code, changes in turned.items()
        if len(changes) > 1 or changes[""][0] is not changes[""][1]
    }


def _turned(before: Verdict, after: Verdict) -> Iterator[tuple[str, Outcome, Outcome]]:
    """The title's outcomes, and those of each criterion that comes out otherwise."""
    yield "", before[0], after[0]
    for key, (outcome, _, _) in before[1].items():
        if outcome is not after[1][key][0]:
            yield LABELS[key], outcome, after[1][key][0]


def test_months_judged_by_themselves_cannot_be_pooled_above() -> None:
    rolled = derived(
        "b.attendance", "Cộng gộp", (AT,), Roll(criterion="c.attendance", how="pool"), Operator.AT_LEAST
    )
    criteria = tuple(
        replace(one, at=At.EACH_MONTH) if one.key == "c.attendance" else one for one in POLICY.criteria
    )
    above = Scheme(
        key="b",
        subject=Subject.BASE_ORGANISATION,
        groups=(Group(key="b.1", label="Trên", criteria=("b.attendance",), clauses=(AT,)),),
    )
    plan = replace(
        POLICY,
        criteria=(*criteria, rolled),
        schemes=(*POLICY.schemes, above),
        thresholds=(*POLICY.thresholds, threshold("b.attendance", "Tỷ lệ", Unit.PERCENT, 85, SINCE)),
    )
    assert problems(plan) == (
        "b.attendance: không cộng gộp được “c.attendance”, tiêu chí xét riêng từng tháng, từng quý",
    )
    assert problems(replace(plan, criteria=(*POLICY.criteria, rolled))) == ()
