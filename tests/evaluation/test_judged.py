"""Who decides a judged criterion, and what points can be."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bontot.db.tenancy import scope
from bontot.evaluation import runs
from bontot.evaluation.standing import standing
from bontot.policy.terms import Outcome
from bontot.registry import Registry
from bontot.testing import case_records as said
from tests.evaluation.conftest import YEAR, Make
from tests.evaluation.test_runs import LAST

SCORES = {f"longbien.cell.{number}.score": points for number, points in enumerate((30, 20, 20, 30), 1)}


@pytest.fixture(scope="module")
def shipped() -> Registry:
    return Registry.load()


def cell(*judgments: said.Judgment) -> said.Case:
    return said.Case(
        name="chấm điểm",
        why="",
        organisation=(
            said.Organisation(code="W", type="grassroots_committee"),
            said.Organisation(code="A", parent="W", members=3),
        ),
        rating=(said.Rating(subjects=("A",), level="good"),),
        judgment=judgments,
    )


def points(given: dict[str, float], stage: str = "appraisal") -> tuple[said.Judgment, ...]:
    return tuple(
        said.Judgment(subjects=("A",), criteria=(key,), points=Decimal(str(value)), stage=stage)
        for key, value in given.items()
    )


def outcomes(make: Make, shipped: Registry, case: said.Case, code: str) -> dict[str, Outcome]:
    """The title's outcome and each criterion's, of cell A."""
    committee = make(case, plan=code, by=shipped)
    with scope(committee.engine, committee.tenant_id) as session:
        (judged,) = runs.judge(session, shipped, year=YEAR, as_of=LAST)
    (found,) = [one for one in judged.findings if one.rules.key.endswith(".cell") and one.rules.title]
    (row,) = runs.verdict_rows(found)
    lines = {line.key: outcome for line, outcome in zip(found.rules.lines, row.outcomes, strict=True)}
    return {"title": row.outcome, **lines}


@pytest.mark.parametrize(
    ("stage", "outcome"),
    [("self_assessment", Outcome.NO_DATA), ("cell", Outcome.MET), ("appraisal", Outcome.MET)],
)
def test_ones_own_assessment_decides_nothing(
    stage: str, outcome: Outcome, make: Make, shipped: Registry
) -> None:
    case = cell(said.Judgment(subjects=("A",), verdict="met", stage=stage))
    assert outcomes(make, shipped, case, "hanoi_tayho")["tayho.cell.3.solidarity"] is outcome


@pytest.mark.parametrize(
    ("stage", "outcome"),
    [("self_assessment", Outcome.NO_DATA), ("cell", Outcome.NO_DATA), ("appraisal", Outcome.MET)],
)
def test_what_the_superior_must_judge_is_not_decided_by_the_cell(
    stage: str, outcome: Outcome, make: Make, shipped: Registry
) -> None:
    """“Điển hình để học tập, làm theo” is the word of the committee that recognises."""
    case = cell(said.Judgment(subjects=("A",), criteria=("longbien.exemplar",), verdict="met", stage=stage))
    assert outcomes(make, shipped, case, "hanoi_longbien")["longbien.exemplar"] is outcome


@pytest.mark.parametrize(
    ("first", "title", "line"),
    [(30, Outcome.MET, Outcome.NOT_APPLICABLE), (30.01, Outcome.NO_DATA, Outcome.ERROR)],
)
def test_more_points_than_there_are_earn_nothing_and_are_called_an_error(
    first: float, title: Outcome, line: Outcome, make: Make, shipped: Registry
) -> None:
    exemplar = said.Judgment(subjects=("A",), criteria=("longbien.exemplar",), verdict="met")
    case = cell(exemplar, *points({**SCORES, "longbien.cell.1.score": first}))
    found = outcomes(make, shipped, case, "hanoi_longbien")
    assert (found["title"], found["longbien.cell.1.score"]) == (title, line)


def test_too_many_points_are_explained(make: Make, shipped: Registry) -> None:
    committee = make(cell(*points({"longbien.cell.1.score": 45})), plan="hanoi_longbien", by=shipped)
    with scope(committee.engine, committee.tenant_id) as session:
        told = standing(session, shipped, committee.world.organisations["A"], YEAR, LAST).explained[0]
    (finding,) = [one for one in told.findings if one.criterion == "longbien.cell.1.score"]
    assert finding.numbers == "đã ghi 45 điểm, quá mức tối đa 30 điểm nên chưa tính"
    assert told.groups[0].points == 0
    assert told.groups[0].outcome is Outcome.NO_DATA


@pytest.mark.parametrize(
    ("how", "part", "whole"),
    [("pooled", 117, 120), ("mean_of_meetings", 117, 120), ("each_meeting", 117, 120)],
)
def test_a_base_organisations_attendance_pools_people_whatever_the_cells_are_judged_by(
    how: str, part: int, whole: int, make: Make, shipped: Registry
) -> None:
    """Of 100 members in one cell all came, of 20 in the other 17: 117 of 120, by any reading."""
    case = said.Case(
        name="hai chi bộ không bằng nhau",
        why="",
        organisation=(
            said.Organisation(code="W", type="grassroots_committee"),
            said.Organisation(code="A", parent="W", members=100),
            said.Organisation(code="B", parent="W", members=20),
        ),
        meeting=(
            said.Meeting(organisation="A", on=(LAST,)),
            said.Meeting(organisation="B", on=(LAST,), excused=("B1", "B2", "B3")),
        ),
        override=(
            said.Override(
                key="attendance.aggregation",
                value=how,
                since=LAST.replace(month=1, day=1),
                decision="1-NQ/ĐU",
            ),
        ),
    )
    committee = make(case, plan="hanoi_longbien", by=shipped)
    with scope(committee.engine, committee.tenant_id) as session:
        (judged,) = runs.judge(session, shipped, year=YEAR, as_of=LAST)
    (base,) = [one for one in judged.findings if one.rules.key == "longbien.base_organisation"]
    number = base.line("longbien.base.2.attendance")
    assert number is not None
    (row,) = runs.verdict_rows(base)
    assert (row.parts[number], row.wholes[number], row.outcomes[number]) == (part, whole, Outcome.MET)
