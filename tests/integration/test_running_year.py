"""A year that still runs is judged on what is known by the day looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, update

from bontot.db.models import AnnualRating, PilotSelection, Tenant
from bontot.db.tenancy import PLATFORM, TenantSession, scope
from bontot.evaluation.judging import Evaluated
from bontot.evaluation.runs import judge, verdict_rows
from bontot.plugin import Enrolment
from bontot.policy.terms import Outcome
from bontot.registry import Registry
from bontot.testing.case_records import Case, Organisation, Rating
from bontot.testing.worlds import World, load_case
from tests.sample_plans import PLAN, plan, sample_registry

YEAR = 2024
IN_MAY = date(YEAR, 5, 21)
REGISTRY = Registry.load()


@pytest.fixture
def session(engine: Engine, unique: str) -> Iterator[TenantSession]:
    with scope(engine, PLATFORM) as platform:
        tenant = Tenant(code=unique, name="Đảng bộ thử")
        platform.add(tenant)
        platform.flush()
        tenant_id = tenant.id
    with scope(engine, tenant_id) as session:
        yield session


def found(evaluated: Evaluated, criterion: str, subject_id: int) -> tuple[Outcome, int | None, int]:
    """What came out of one criterion of one subject."""
    for findings in evaluated.findings:
        number = findings.line(criterion)
        for row in verdict_rows(findings) if number is not None else ():
            if row.subject_id == subject_id:
                return row.outcomes[number or 0], row.parts[number or 0], row.wholes[number or 0]
    raise LookupError(criterion)


def load(
    session: TenantSession, policy: str, *organisations: Organisation, **records: tuple[Rating, ...]
) -> World:
    case = Case(name="thử", why="", organisation=organisations, **records)  # type: ignore[arg-type]
    registry = REGISTRY if policy in REGISTRY.policies else sample_registry()
    return load_case(session, registry, case, policy, YEAR)


def test_a_cell_that_exists_is_supposed_to_go_on_to_the_end_of_the_year(session: TenantSession) -> None:
    """Of an end still to come nothing is known: what was judged before it does not change when it is recorded."""
    world = load(
        session,
        "hanoi_tayho",
        Organisation(code="OLD"),
        Organisation(code="MAY", founded=date(YEAR, 5, 2)),
        Organisation(code="LEAVING", ended=date(YEAR, 6, 30)),
        Organisation(code="STAYING", ended=date(YEAR, 7, 1)),
    )
    on = {
        as_of: {code: found(judged, "tayho.cell.existence", id_) for code, id_ in world.organisations.items()}
        for as_of in (IN_MAY, date(YEAR, 7, 1))
        for judged in judge(session, REGISTRY, year=YEAR, as_of=as_of)
    }
    go_on = {"OLD": (Outcome.MET, 12, 12), "MAY": (Outcome.MET, 7, 12)}
    assert on == {
        IN_MAY: go_on | dict.fromkeys(("LEAVING", "STAYING"), (Outcome.MET, 12, 12)),
        date(YEAR, 7, 1): go_on | {"LEAVING": (Outcome.NOT_MET, 5, 12), "STAYING": (Outcome.MET, 6, 12)},
    }


def test_a_rating_counts_from_the_day_it_is_decided(session: TenantSession) -> None:
    world = load(
        session, "hanoi_tayho", Organisation(code="A"), rating=(Rating(subjects=("A",), level="good"),)
    )
    session.execute(update(AnnualRating).values(decided_on=date(YEAR + 1, 1, 5)))
    at = {
        as_of: found(
            judge(session, REGISTRY, year=YEAR, as_of=as_of)[0],
            "tayho.cell.annual_rating",
            world.subject("A"),
        )
        for as_of in (date(YEAR, 12, 31), date(YEAR + 1, 1, 4), date(YEAR + 1, 1, 5))
    }
    assert at == {
        date(YEAR, 12, 31): (Outcome.NO_DATA, None, 0),
        date(YEAR + 1, 1, 4): (Outcome.NO_DATA, None, 0),
        date(YEAR + 1, 1, 5): (Outcome.MET, 3, 1),
    }


def test_where_cells_are_selected_their_members_are_considered_with_them(session: TenantSession) -> None:
    world = load(session, PLAN, Organisation(code="A", members=3), Organisation(code="B", members=3))
    session.add(
        PilotSelection(
            organisation_id=world.subject("B"),
            policy_code=PLAN,
            selected_on=date(YEAR, 1, 1),
            selected_by="Đảng ủy",
        )
    )
    session.flush()
    chosen = replace(
        plan, schemes=tuple(replace(scheme, enrolment=Enrolment(mode="selection")) for scheme in plan.schemes)
    )
    [judged] = judge(session, sample_registry(**{PLAN: chosen}), year=YEAR, as_of=IN_MAY)
    members, cells = (set(findings.subjects.ids.tolist()) for findings in judged.findings[:2])
    assert members == {world.subject(code) for code in ("B1", "B2", "B3")}
    assert cells == {world.subject("B")}
