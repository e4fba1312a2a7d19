"""Every metric of the platform, counted on one committee whose every number can be checked by reading the case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest

from bontot.db.tenancy import TenantSession, scope
from bontot.evaluation.facts import RecordedFacts
from bontot.evaluation.period import Period
from bontot.evaluation.schedule import read_calendar
from bontot.evaluation.tree import read_tree
from bontot.evaluation.values import read_values
from bontot.policy.counts import Metric
from bontot.policy.terms import Subject
from bontot.registry import Registry
from bontot.testing import case_records as said
from tests.evaluation.conftest import YEAR, Committee, Make

LAST = date(YEAR, 12, 31)
JANUARY, JUNE = date(YEAR, 1, 3), date(YEAR, 6, 2)
BEFORE, AFTER = date(YEAR - 1, 12, 31), date(YEAR + 1, 1, 1)
PEOPLE = ("A1", "A2", "A3", "A4")
CASE = said.Case(
    name="mọi phép đo",
    why="""
Chi bộ A: bốn đảng viên đang công tác A1 … A4 (A4 được miễn từ 01/12) và X dự bị kết nạp 15/08, chuyển từ B sang 10/09.
Chi bộ B: B1, B2. Chi bộ N thành lập 15/03, chưa có ai. Đảng bộ W ở trên.""",
    organisation=(
        said.Organisation(code="W", type="grassroots_committee"),
        said.Organisation(code="A", parent="W", members=4, employment="working"),
        said.Organisation(code="B", parent="W", members=2, employment="retired"),
        said.Organisation(code="N", parent="W", founded=date(YEAR, 3, 15)),
    ),
    member=(
        said.Member(
            code="X",
            cell="B",
            since=date(YEAR, 8, 15),
            admitted=date(YEAR, 8, 15),
            probationary=True,
            employment="working",
        ),
    ),
    transfer=(said.Transfer(member="X", to="A", on=date(YEAR, 9, 10)),),
    state=(said.State(members=("A4",), kind="exempt", since=date(YEAR, 12, 1)),),
    post=(
        said.Post(member="A1", organisation="A", kind="secretary"),
        said.Post(member="A2", organisation="A", kind="deputy_secretary"),
        said.Post(member="A3", organisation="A", kind="committee_member", until=date(YEAR, 12, 31)),
        said.Post(member="A1", organisation="W", kind="committee_member"),
    ),
    meeting=(
        said.Meeting(
            organisation="A",
            on=(JANUARY,),
            resolution=True,
            materials=2,
            sent_before=1,
            steps=True,
            self_criticism=True,
            self_score="good",
            excused=("A2",),
            speakers=("A1", "A3", "A3"),
        ),
        said.Meeting(
            organisation="A", on=(date(YEAR, 1, 20),), self_score="poor", excused=("A2",), sent_before=0
        ),
        said.Meeting(
            organisation="A", on=(JUNE,), thematic_part=True, self_score="poor", unexcused=("A2", "A3")
        ),
        said.Meeting(
            organisation="A", on=(date(YEAR, 2, 10),), kind="thematic", materials=1, unmarked=("A4",)
        ),
        said.Meeting(
            organisation="A", on=(date(YEAR, 2, 1), date(YEAR, 2, 25)), kind="cell_committee_meeting"
        ),
        said.Meeting(organisation="A", on=(BEFORE, AFTER), resolution=True, unexcused=PEOPLE),
        said.Meeting(organisation="W", on=(date(YEAR, 3, 9),), kind="cell_committee_meeting"),
    ),
    task=(
        said.Task(organisation="A", due=JUNE, done=JUNE, assignees=("A1", "A2"), checks=2, hard=True),
        said.Task(organisation="A", due=JUNE, done=date(YEAR, 6, 3), assignees=("A1",), origin="programme"),
        said.Task(organisation="A", due=JUNE, origin="programme", hard=True, assignees=("A3",)),
        said.Task(organisation="A", due=BEFORE, origin="directive"),
        said.Task(organisation="A", due=BEFORE, done=BEFORE, origin="directive"),
        said.Task(organisation="A", due=AFTER, assignees=("A4",)),
        said.Task(organisation="A", due=LAST, done=AFTER, origin="initiative"),
    ),
    directive=(
        said.Directive(organisation="A", due=JUNE, answered=JUNE),
        said.Directive(organisation="A", due=JUNE, answered=date(YEAR, 6, 3)),
        said.Directive(organisation="A", due=LAST),
        said.Directive(organisation="A", due=AFTER),
    ),
    fee=(
        said.Fee(members=("A1",), months=(1, 2), due=10, paid=10),
        said.Fee(members=("A1",), months=(3,), due=10, paid=9),
        said.Fee(members=("A1",), months=(4,), due=10, paid=0, exempt=True),
    ),
    regulation=(
        said.Regulation(organisation="A", since=date(YEAR - 3, 1, 1), until=date(YEAR, 2, 1)),
        said.Regulation(organisation="A", since=date(YEAR, 1, 15), until=date(YEAR, 3, 1)),
        said.Regulation(organisation="A", since=date(YEAR, 12, 1)),
    ),
    discipline=(
        said.Discipline(on=LAST, organisation="A"),
        said.Discipline(on=date(YEAR, 9, 9), member="X"),
        said.Discipline(on=date(YEAR, 9, 10), member="X", found=date(YEAR, 9, 9)),
        said.Discipline(on=JANUARY, member="A1"),
        said.Discipline(on=BEFORE, member="A1"),
        said.Discipline(on=AFTER, organisation="A", found=LAST),
    ),
    complaint=(
        said.Complaint(on=JUNE, organisation="A", founded=True),
        said.Complaint(on=JUNE, member="A2", founded=False),
        said.Complaint(on=date(YEAR, 9, 9), member="X"),
        said.Complaint(on=AFTER, organisation="A"),
    ),
    training=(
        said.Training(members=("A1",), kind="skills", on=JUNE),
        said.Training(members=("A1",), kind="skills", on=date(YEAR, 7, 1)),
        said.Training(members=("A2",), kind="update", on=JUNE),
        said.Training(members=("A2",), kind="skills", on=BEFORE),
    ),
    commendation=(
        said.Commendation(on=JUNE, organisation="A"),
        said.Commendation(on=JUNE, member="A2"),
        said.Commendation(on=AFTER, member="A2"),
    ),
    inspection=(said.Inspection(organisation="A", on=JUNE), said.Inspection(organisation="W", on=BEFORE)),
    concern=(
        said.Concern(organisation="A", raised=JUNE, answered=LAST),
        said.Concern(organisation="A", raised=JUNE, answered=AFTER),
        said.Concern(organisation="A", raised=BEFORE),
    ),
    residence_remark=(said.ResidenceRemark(members=("A1", "A4")),),
    rating=(
        said.Rating(subjects=("A", "A1"), level="excellent"),
        said.Rating(subjects=("B", "A2"), level="not_completed"),
        said.Rating(subjects=("W", "A3"), level="good"),
    ),
    registration=(said.Registration(subjects=("A2",), on=JANUARY),),
)

PARAMETERS: Mapping[str, Decimal | str] = {
    "excused": "excused_counted",
    "aggregation": "pooled",
    "per_quarter": Decimal(1),
    "per_meeting": Decimal(1),
    "complaints_mode": "any",
    "required": "all",
    "late": "late_is_present",
    "in_a_row": Decimal(1),
    "cap_base": "good_or_better",
    "months": Decimal(6),
}
CELL, BASE, MEMBER = Subject.CELL, Subject.BASE_ORGANISATION, Subject.MEMBER
Counted = dict[str, tuple[int | None, int]]
EXPECTED: dict[tuple[Subject, str], Counted] = {
    (CELL, "regular_meeting_on_time"): {"A": (2, 12), "B": (0, 12), "N": (0, 9), "W": (0, 12)},
    (CELL, "regular_meeting_monthly"): {"A": (2, 12), "B": (0, 12), "N": (0, 9), "W": (0, 12)},
    (CELL, "thematic_quarters"): {"A": (2, 4), "B": (0, 4), "N": (0, 3), "W": (0, 4)},
    (CELL, "committee_meeting_monthly"): {"A": (1, 12), "B": (0, 12), "N": (0, 9), "W": (1, 12)},
    (CELL, "meeting_resolution"): {"A": (1, 3)},
    (CELL, "resolution_cites_superior"): {"A": (0, 1)},
    (CELL, "meeting_materials"): {"A": (2, 4)},
    (CELL, "meeting_materials_sent_before"): {"A": (1, 4)},
    (CELL, "meeting_steps"): {"A": (1, 4)},
    (CELL, "meeting_self_criticism"): {"A": (1, 4)},
    (CELL, "meeting_self_score_good"): {"A": (1, 12), "B": (0, 12), "N": (0, 9), "W": (0, 12)},
    (CELL, "meeting_self_score_fair"): {"A": (1, 3)},
    (CELL, "meeting_self_score_poor"): {"A": (1, 2)},
    (CELL, "meeting_scored"): {"A": (3, 3)},
    (CELL, "unexcused_absences"): {"A": (2, 12)},
    (CELL, "members_excused_in_a_row"): {"A": (1, 4)},
    (CELL, "attendance"): {"A": (8, 12)},
    (CELL, "meeting_speakers"): {"A": (2, 11)},
    (CELL, "task_on_time"): {"A": (1, 4)},
    (CELL, "task_overdue"): {"A": (3, 5)},
    (CELL, "task_assigned"): {"A": (3, 4)},
    (CELL, "task_followed_up"): {"A": (1, 4)},
    (CELL, "resolution_items_on_schedule"): {"A": (1, 1)},
    (CELL, "programme_items_done"): {"A": (1, 2)},
    (CELL, "task_assignment"): {"A": (2, 4)},
    (CELL, "exemplary_members"): {"A": (2, 3)},
    (CELL, "directive_overdue"): {"A": (2, 3)},
    (CELL, "initiatives"): {"A": (1, 1)},
    (CELL, "officer_training"): {"A": (1, 2), "W": (1, 1)},
    (CELL, "officer_update"): {"A": (1, 2), "W": (0, 1)},
    (CELL, "residence_remarks"): {"A": (1, 4)},
    (CELL, "members_rated_good"): {"A": (2, 3), "B": (0, 2)},
    (CELL, "officers_rated_good"): {"A": (1, 2), "W": (1, 1)},
    (CELL, "admissions"): {"B": (1, 1)},
    (CELL, "annual_rating"): {"A": (4, 1), "B": (1, 1), "W": (3, 1)},
    (CELL, "months_of_existence"): {"A": (12, 12), "B": (12, 12), "N": (9, 12), "W": (12, 12)},
    (CELL, "regulation_days"): {"A": (31 + 28 + 31, 365), "B": (0, 365), "N": (0, 292), "W": (0, 365)},
    (CELL, "organisation_disciplined"): {"A": (1, 1)},
    (CELL, "organisation_or_secretary_disciplined"): {"A": (2, 1)},
    (CELL, "organisation_or_members_disciplined"): {"A": (3, 1), "B": (1, 1)},
    (CELL, "members_disciplined"): {"A": (2, 5), "B": (1, 2)},
    (CELL, "complaints"): {"A": (2, 1), "B": (1, 1)},
    (CELL, "commendations"): {"A": (2, 1)},
    (CELL, "inspections"): {"A": (1, 1)},
    (CELL, "concerns_answered"): {"A": (1, 2)},
    (CELL, "violations_handled"): {"A": (2, 3), "B": (2, 2)},
    (BASE, "cells_rated_not_completed"): {"W": (1, 2)},
    (BASE, "excellent_cells"): {"W": (1, 1)},
    (BASE, "excellent_members"): {"W": (1, 2)},
    (BASE, "rated_though_left_out"): {"W": (0, 3)},
    (MEMBER, "own_unexcused_absence"): {"A1": (0, 4), "A2": (1, 4), "A3": (1, 4), "A4": (0, 4)},
    (MEMBER, "own_excused_run"): {"A1": (0, 4), "A2": (2, 4), "A3": (0, 4), "A4": (0, 4)},
    (MEMBER, "own_statements"): {"A1": (1, 4), "A2": (0, 1), "A3": (2, 3), "A4": (0, 3)},
    (MEMBER, "fee_arrears_months"): {"A1": (1, 4)},
    (MEMBER, "own_discipline"): {"A1": (1, 1), "X": (2, 1)},
    (MEMBER, "own_tasks_on_time"): {"A1": (1, 2), "A2": (1, 1), "A3": (0, 1)},
    (MEMBER, "own_tasks_overdue"): {"A1": (0, 2), "A2": (0, 1), "A3": (1, 1)},
    (MEMBER, "own_hard_tasks"): {"A1": (1, 1), "A2": (1, 1), "A3": (0, 1)},
    (MEMBER, "own_emulation"): {"A2": (2, 1)},
    (MEMBER, "own_residence_remark"): {"A1": (1, 1), "A2": (0, 1), "A3": (0, 1), "X": (0, 1)},
    (MEMBER, "own_annual_rating"): {"A1": (4, 1), "A2": (1, 1), "A3": (3, 1)},
}
"""By code; subjects not named have what the metric gives to those it leaves out."""
OF_BASE = (
    *("committee_meeting_monthly", "annual_rating", "commendations", "inspections"),
    *("complaints", "regulation_days", "officers_rated_good"),
)
ALIKE = {(BASE, key): EXPECTED[CELL, key] for key in (*OF_BASE, "organisation_disciplined")}
SAME = {
    (BASE, "organisation_or_secretary_disciplined"): EXPECTED[CELL, "organisation_or_secretary_disciplined"]
}
EVERY = EXPECTED | ALIKE | SAME


@pytest.fixture(scope="module")
def committee(make: Make) -> Committee:
    return make(CASE)


def counted(
    committee: Committee, registry: Registry, metric: Metric, as_of: date = LAST, **values: Decimal | str
) -> Counted:
    """What the metric says of everyone it mentions, by code."""
    names = {id_: code for code, id_ in committee.world.organisations.items()}
    if metric.subject is MEMBER:
        names = {id_: code for code, id_ in committee.world.members.items()}
    with scope(committee.engine, committee.tenant_id) as session:
        facts = facts_of(committee, registry, session, as_of, values)
        return {names[who]: (part, whole) for who, part, whole in metric.count(facts)}


def facts_of(
    committee: Committee,
    registry: Registry,
    session: TenantSession,
    as_of: date,
    values: Mapping[str, Decimal | str],
    subjects: list[int] | None = None,
    since: date | None = None,
    until: date | None = None,
) -> RecordedFacts:
    tree = read_tree(session, Period(YEAR, as_of))
    calendar = read_calendar(session, tree, read_values(session, registry))
    period = tree.period.within(since, until)
    assert period is not None
    return RecordedFacts(
        session.connection(), period, {**PARAMETERS, **values}, calendar.required_months, subjects
    )


@pytest.mark.parametrize("key", ["members_rated_good", "officers_rated_good"])
@pytest.mark.parametrize(("as_of", "counted"), [(JUNE, (None, 3)), (LAST, (0, 3))])
def test_those_nobody_has_rated_are_without_data_until_the_year_is_over(
    key: str, as_of: date, counted: tuple[int | None, int], make: Make, registry: Registry
) -> None:
    committee = make(
        said.Case(
            name="chưa xếp loại",
            why="",
            organisation=(said.Organisation(code="A", members=3),),
            post=tuple(
                said.Post(member=member, organisation="A", kind="committee_member")
                for member in ("A1", "A2", "A3")
            ),
        )
    )
    metric = registry.metrics[CELL, key]
    with scope(committee.engine, committee.tenant_id) as session:
        facts = facts_of(committee, registry, session, as_of, {})
        assert [(part, whole) for _, part, whole in metric.count(facts)] == [counted]


def test_every_metric_is_counted_here(registry: Registry) -> None:
    assert set(registry.metrics) == set(EVERY)


@pytest.mark.parametrize("key", EVERY, ids=lambda key: f"{key[0]}-{key[1]}")
def test_a_metric_counts_what_is_in_the_records(
    key: tuple[Subject, str], committee: Committee, registry: Registry
) -> None:
    assert counted(committee, registry, registry.metrics[key]) == EVERY[key]


@pytest.mark.parametrize("key", EVERY, ids=lambda key: f"{key[0]}-{key[1]}")
def test_what_is_listed_for_one_is_what_was_counted(
    key: tuple[Subject, str], committee: Committee, registry: Registry
) -> None:
    metric, world = registry.metrics[key], committee.world
    assert metric.records is not None
    unlisted = ("months_of_existence", "own_residence_remark")
    for code, (part, _) in EVERY[key].items():
        with scope(committee.engine, committee.tenant_id) as session:
            subjects = [world.subject(code)]
            facts = facts_of(committee, registry, session, LAST, {}, subjects)
            assert [one for one in metric.count(facts) if one[0] not in subjects] == []
            listed = [record.part for record in metric.records(facts)]
        total = max(listed, default=0) if metric.key == "own_excused_run" else sum(listed)
        assert metric.key in unlisted or total == part


def test_readings_of_attendance(committee: Committee, registry: Registry) -> None:
    """Sheets of A: 3 of 4, 3 of 4 (A2 excused each time), 2 of 4."""
    metric = registry.metrics[CELL, "attendance"]
    found = {
        (excused, how): counted(committee, registry, metric, excused=excused, aggregation=how)["A"]
        for excused in ("excused_counted", "excused_removed")
        for how in ("pooled", "each_meeting", "mean_of_meetings")
    }
    assert found == {
        ("excused_counted", "pooled"): (8, 12),
        ("excused_counted", "each_meeting"): (2, 4),
        ("excused_counted", "mean_of_meetings"): (2, 3),
        ("excused_removed", "pooled"): (8, 10),
        ("excused_removed", "each_meeting"): (2, 4),
        ("excused_removed", "mean_of_meetings"): (5, 6),
    }


def test_who_is_required_and_whether_who_came_late_was_present_is_the_plans_to_say(
    make: Make, registry: Registry
) -> None:
    """Ten required, two of them on probation; of the eight official one came late, of the two one stayed away."""
    case = said.Case(
        name="số phải dự",
        why="",
        organisation=(said.Organisation(code="A", members=8),),
        member=tuple(said.Member(code=code, cell="A", probationary=True) for code in ("P1", "P2")),
        meeting=(said.Meeting(organisation="A", on=(JANUARY,), late=("A1",), excused=("P1",)),),
    )
    metric, committee = registry.metrics[CELL, "attendance"], make(case)
    assert {
        (required, late): counted(committee, registry, metric, required=required, late=late)["A"]
        for required in ("all", "official_only")
        for late in ("late_is_present", "late_is_absent")
    } == {
        ("all", "late_is_present"): (9, 10),
        ("all", "late_is_absent"): (8, 10),
        ("official_only", "late_is_present"): (8, 8),
        ("official_only", "late_is_absent"): (7, 8),
    }


def test_only_founded_complaints_may_count(committee: Committee, registry: Registry) -> None:
    metric = registry.metrics[CELL, "complaints"]
    assert counted(committee, registry, metric, complaints_mode="founded_only") == {"A": (1, 1)}


@pytest.mark.parametrize(
    ("key", "as_of", "expected"),
    [
        ("regular_meeting_on_time", date(YEAR, 1, 7), {}),
        ("regular_meeting_on_time", date(YEAR, 1, 8), {"A": (1, 1), "B": (0, 1), "W": (0, 1)}),
        ("thematic_quarters", date(YEAR, 3, 31), {}),
        ("thematic_quarters", date(YEAR, 4, 1), {"A": (1, 1), "B": (0, 1), "W": (0, 1)}),
        ("attendance", JANUARY, {"A": (3, 4)}),
        ("task_on_time", JUNE, {}),
        ("task_on_time", date(YEAR, 6, 3), {"A": (1, 3)}),
        ("task_overdue", JUNE, {"A": (1, 1)}),
        ("task_overdue", date(YEAR, 6, 3), {"A": (2, 4)}),
        ("members_disciplined", date(YEAR, 9, 9), {"A": (1, 4), "B": (1, 3)}),
        (
            "months_of_existence",
            date(YEAR, 4, 14),
            {"A": (12, 12), "B": (12, 12), "N": (9, 12), "W": (12, 12)},
        ),
        ("regulation_days", date(YEAR, 3, 31), {"A": (59, 90), "B": (0, 90), "N": (0, 17), "W": (0, 90)}),
    ],
)
def test_a_running_year_counts_as_far_as_it_went(
    key: str, as_of: date, expected: Counted, committee: Committee, registry: Registry
) -> None:
    assert counted(committee, registry, registry.metrics[CELL, key], as_of) == expected


def test_readings_of_a_cap_and_of_a_run(committee: Committee, registry: Registry) -> None:
    """A1 excellent, A3 good, A2 not completed; of the cells A excellent, B not completed."""
    found = {
        (key, base): counted(committee, registry, registry.metrics[BASE, key], cap_base=base)
        for key in ("excellent_cells", "excellent_members")
        for base in ("good", "good_or_better", "all")
    }
    assert found == {
        ("excellent_cells", "good"): {"W": (1, 1)},
        ("excellent_cells", "good_or_better"): {"W": (1, 1)},
        ("excellent_cells", "all"): {"W": (1, 2)},
        ("excellent_members", "good"): {"W": (1, 1)},
        ("excellent_members", "good_or_better"): {"W": (1, 2)},
        ("excellent_members", "all"): {"W": (1, 3)},
    }
    runs = registry.metrics[CELL, "members_excused_in_a_row"]
    assert [counted(committee, registry, runs, in_a_row=Decimal(most)) for most in (1, 2)] == [
        {"A": (1, 4)},
        {"A": (0, 4)},
    ]


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        (
            None,
            None,
            {"months": (2, 12), "quarters": (2, 4), "fair": (1, 3), "tasks": (3, 4), "alive": (12, 12)},
        ),
        (
            date(YEAR, 2, 15),
            None,
            {"months": (1, 10), "quarters": (1, 3), "fair": (0, 1), "tasks": (3, 4), "alive": (10, 10)},
        ),
        (
            None,
            date(YEAR, 6, 2),
            {"months": (1, 5), "quarters": (1, 1), "fair": (1, 2), "tasks": None, "alive": (5, 5)},
        ),
        (
            date(YEAR, 1, 3),
            date(YEAR, 1, 20),
            {"months": None, "quarters": None, "fair": (1, 1), "tasks": None, "alive": (0, 0)},
        ),
    ],
)
def test_a_rule_of_a_part_of_the_year_counts_that_part_months_and_quarters_whole(
    since: date | None,
    until: date | None,
    found: dict[str, tuple[int, int] | None],
    committee: Committee,
    registry: Registry,
) -> None:
    keys = {
        "months": "regular_meeting_monthly",
        "quarters": "thematic_quarters",
        "fair": "meeting_self_score_fair",
        "tasks": "task_assigned",
        "alive": "months_of_existence",
    }
    cell, counts = committee.world.organisations["A"], {}
    with scope(committee.engine, committee.tenant_id) as session:
        facts = facts_of(committee, registry, session, LAST, {}, since=since, until=until)
        for name, key in keys.items():
            listed = {who: (part, whole) for who, part, whole in registry.metrics[CELL, key].count(facts)}
            counts[name] = listed.get(cell)
    assert counts == found
