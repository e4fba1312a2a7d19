"""The engine judges everyone at once exactly as one would by hand, one after another; and a part of the committee exactly as
the whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bontot.db.models import PolicyAssignment
from bontot.db.tenancy import scope
from bontot.evaluation.runs import judge, verdict_rows
from bontot.policy.calendar import DaysOff
from bontot.policy.model import Policy, Threshold
from bontot.policy.terms import At, Dated, Origin, Outcome, Subject
from bontot.registry import Registry
from bontot.testing import case_records as said
from tests.evaluation.conftest import YEAR, Committee, Make, examples
from tests.evaluation.naive import Plain, Readings, Told
from tests.evaluation.plans import CODE, POLICY, SINCE, registry_of
from tests.evaluation.worlds_drawn import cases

NEXT = "thu_sau"
Verdicts = dict[str, tuple[Outcome, dict[str, Told]]]
CHOICES = {
    "attendance.excused": ("excused_counted", "excused_removed"),
    "attendance.aggregation": ("pooled", "each_meeting", "mean_of_meetings"),
    "c.counted": ("all", "official_only"),
    "attendance.required": ("all", "official_only"),
    "attendance.late": ("late_is_present", "late_is_absent"),
}
mid_year = st.dates(date(YEAR, 1, 28), date(YEAR, 12, 31)) | st.sampled_from(
    [date(YEAR, 7, 1), date(YEAR, 7, 2), date(YEAR, 12, 1), date(YEAR, 12, 31)]
)
readings = st.builds(
    Readings,
    excused=st.sampled_from(CHOICES["attendance.excused"]),
    aggregation=st.sampled_from(CHOICES["attendance.aggregation"]),
    counted=st.sampled_from(CHOICES["c.counted"]),
    required=st.sampled_from(CHOICES["attendance.required"]),
    late=st.sampled_from(CHOICES["attendance.late"]),
    each_month=st.booleans(),
    attendance=st.none() | st.tuples(mid_year, st.sampled_from([50, 75, 100])),
    deadline=st.none() | st.tuples(mid_year, st.sampled_from([5, 10, 28])),
    moved=st.none() | st.tuples(mid_year, st.sampled_from([50, 75, 100]), st.sampled_from([5, 10, 28])),
)
as_of = (
    st.just(date(YEAR + 1, 2, 1))
    | st.just(date(YEAR, 12, 31))
    | st.dates(date(YEAR, 1, 1), date(YEAR, 12, 30))
)
drawn = settings(
    max_examples=examples(50),
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@cache
def read_as(chosen: Readings) -> Registry:
    """The small plan with its open choices made."""
    values = {
        "attendance.excused": chosen.excused,
        "attendance.aggregation": chosen.aggregation,
        "c.counted": chosen.counted,
        "attendance.required": chosen.required,
        "attendance.late": chosen.late,
    }
    options = tuple(
        replace(one, values=(Dated(value=values[one.key], valid_from=SINCE, origin=Origin.DEFAULT),))
        if one.key in values
        else one
        for one in POLICY.options
    )
    later = {"c.attendance": chosen.attendance, "meeting.deadline": chosen.deadline}
    thresholds = tuple(_changed(one, later.get(one.key)) for one in POLICY.thresholds)
    criteria = tuple(
        replace(one, at=At.EACH_MONTH) if one.key == "c.attendance" and chosen.each_month else one
        for one in POLICY.criteria
    )
    plan = replace(POLICY, options=options, thresholds=thresholds, criteria=criteria)
    return registry_of([plan, *([_next(plan, *chosen.moved[1:])] if chosen.moved else [])])


def _next(plan: Policy, attendance: int, deadline: int) -> Policy:
    """The plan the committee moves to: the same criteria, another attendance, another last day for the meeting."""
    figures = {"c.attendance": attendance, "meeting.deadline": deadline}
    thresholds = tuple(
        replace(one, values=(replace(one.values[0], value=Decimal(figures[one.key])),))
        if one.key in figures
        else one
        for one in plan.thresholds
    )
    return replace(plan, code=NEXT, thresholds=thresholds)


def moved(committee: Committee, on: date) -> None:
    """From that day the committee follows the other plan."""
    with scope(committee.engine, committee.tenant_id) as session:
        for assigned in session.scalars(select(PolicyAssignment)):
            assigned.valid_to = on
            session.flush()
            session.add(
                PolicyAssignment(organisation_id=assigned.organisation_id, policy_code=NEXT, valid_from=on)
            )


def _changed(threshold: Threshold, change: tuple[date, int] | None) -> Threshold:
    """The same with another value from a day on."""
    if change is None:
        return threshold
    later = Dated(value=Decimal(change[1]), valid_from=change[0], origin=Origin.DEFAULT)
    return replace(threshold, values=(*threshold.values, later))


def judged(committee: Committee, registry: Registry, day: date, **narrowed: list[int]) -> Verdicts:
    """What the engine says, by code; ratios of one meeting or a mean in lowest terms, as by hand."""
    world, found = committee.world, {}
    with scope(committee.engine, committee.tenant_id) as session:
        for evaluated in judge(session, registry, year=YEAR, as_of=day, **narrowed):  # type: ignore[arg-type]
            for findings in evaluated.findings:
                of_members = findings.rules.subject is Subject.MEMBER
                ids = world.members if of_members else world.organisations
                names = {id_: code for code, id_ in ids.items()}
                for row in verdict_rows(findings):
                    told = {
                        line.key: (outcome, part, whole)
                        for line, outcome, part, whole in zip(
                            findings.rules.lines, row.outcomes, row.parts, row.wholes, strict=True
                        )
                    }
                    found[names[row.subject_id]] = (row.outcome, told)
    return found


def differences(found: Verdicts, by_hand: Verdicts) -> list[str]:
    """Where the two part, a line each; empty only when they are equal."""
    told = [
        f"{code} {key}: engine {found[code][1][key]}, by hand {by_hand[code][1][key]}"
        for code in found.keys() & by_hand.keys()
        for key in by_hand[code][1]
        if found[code][1].get(key) != by_hand[code][1][key]
    ]
    titles = [
        f"{code}: {found[code][0].name}"
        for code in found
        if found[code][0] is not by_hand.get(code, (None,))[0]
    ]
    return [*told, *titles, *(f"{code} missing" for code in by_hand.keys() - found.keys())]


def lowest_terms(
    verdicts: Verdicts,
) -> Verdicts:
    """The worst meeting may be any of equal ones: only its ratio is compared."""
    for _, told in verdicts.values():
        outcome, part, whole = told.get("c.attendance", (Outcome.NO_DATA, None, 0))
        if part is not None and whole:
            ratio = Fraction(part, whole)
            told["c.attendance"] = (outcome, ratio.numerator, ratio.denominator)
    return verdicts


@drawn
@given(case=cases(), chosen=readings, day=as_of)
def test_everyone_at_once_is_as_one_after_another(
    case: said.Case, chosen: Readings, day: date, make: Make
) -> None:
    registry = read_as(chosen)
    committee = make(case, plan=CODE, by=registry)
    if chosen.moved:
        moved(committee, chosen.moved[0])
    by_hand = Plain(case, YEAR, day, DaysOff(registry.days_off(YEAR)), chosen).verdicts()
    found = judged(committee, registry, day)
    if chosen.aggregation == "each_meeting" and not chosen.each_month:
        by_hand, found = lowest_terms(by_hand), lowest_terms(found)
    assert differences(found, by_hand) == []


@settings(drawn, max_examples=15)
@given(case=cases(), day=as_of)
def test_a_part_is_judged_as_within_the_whole(
    case: said.Case, day: date, make: Make, registry: Registry
) -> None:
    committee = make(case)
    whole = judged(committee, registry, day)
    parts: Verdicts = {}
    world = committee.world
    for code in {"A", "B", "C"} & whole.keys():
        parts |= judged(committee, registry, day, organisations=[world.organisations[code]])
    for code in whole.keys() & world.members.keys():
        assert judged(committee, registry, day, members=[world.members[code]]) == {code: whole[code]}
    assert parts == whole
    assert judged(committee, registry, day, organisations=[world.organisations["W"]]) == whole
