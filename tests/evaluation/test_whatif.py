"""A value or a plan on trial: everyone it concerns, whichever of the plan's schemes judges them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from bontot.db.tenancy import scope
from bontot.evaluation.period import Period
from bontot.evaluation.whatif import Compared, try_plan, try_value
from bontot.policy.model import Group, Roll, Scheme
from bontot.policy.resolve import Override
from bontot.policy.standard import derived, threshold
from bontot.policy.terms import At, Operator, Outcome, Subject, Unit
from bontot.policy.validate import problems
from bontot.testing import case_records as said
from tests.evaluation.conftest import YEAR, Make
from tests.evaluation.plans import AT, CODE, POLICY, SINCE, registry_of

PERIOD = Period(YEAR, date(YEAR, 12, 31))
ATTENDANCE = ("c.attendance",)


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


def test_a_trial_touches_only_the_plan_it_is_for(make: Make) -> None:
    """Another plan has a value of the same key."""
    registry = registry_of([TWO, replace(TWO, code="thu_hai")])
    committee = make(CASE, by=registry)
    with scope(committee.engine, committee.tenant_id) as session:
        assert try_value(session, registry, "thu_hai", STRICTER, PERIOD) is None


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
