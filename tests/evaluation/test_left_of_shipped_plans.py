"""Of every criterion that a shipped plan or frame measures, a running year says what is left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from itertools import product

import pytest

from bontot.db.tenancy import scope
from bontot.errors import NotFound
from bontot.evaluation.rules import Line
from bontot.evaluation.standing import Standing, member_standing, standing
from bontot.policy.terms import Kind
from bontot.registry import Registry
from bontot.testing import case_records as said
from tests.evaluation.conftest import Make

PLANS = ("hanoi_tayho", "hanoi_tayho_buoi", "hanoi_longbien", "provincial_pilot")
YEARS = (2024, 2026)
"""The framework of meetings changed in between: all of 2024 went by the old one, all of 2026 by the new."""
COUNTED = (Kind.MEASURED, Kind.ZERO)


@pytest.fixture(scope="module")
def shipped() -> Registry:
    return Registry.load()


def running(year: int, frames: list[str]) -> said.Case:
    """A cell in May: four meetings, two scored; its committee met; a task done, one overdue, one to come; fees paid."""
    people = tuple(f"A{number}" for number in range(1, 6))
    days = tuple(date(year, month, 3) for month in range(1, 5))
    return said.Case(
        name="đang chạy",
        why="",
        organisation=(
            said.Organisation(code="W", type="grassroots_committee"),
            said.Organisation(code="A", parent="W", members=5, employment="working"),
        ),
        post=tuple(said.Post(member="A1", organisation=code, kind="secretary") for code in ("A", "W")),
        meeting=(
            said.Meeting(organisation="A", on=days[:2], self_score="good", resolution=True),
            said.Meeting(organisation="A", on=days[2:], resolution=True),
            *(said.Meeting(organisation=code, on=days, kind="cell_committee_meeting") for code in ("A", "W")),
        ),
        task=(
            said.Task(organisation="A", due=days[0], done=days[0], assignees=people),
            said.Task(organisation="A", due=days[1], assignees=people),
            said.Task(organisation="A", due=date(year, 12, 1), assignees=people),
        ),
        regulation=tuple(said.Regulation(organisation=code, since=date(year, 1, 1)) for code in ("A", "W")),
        fee=(said.Fee(members=people, months=(1, 2, 3, 4), due=10, paid=10),),
        selection=(said.Selection(organisation="A", on=date(year, 1, 2), by="Đảng ủy cơ sở"),),
        adoption=tuple(said.Adoption(policy=code, since=date(2020, 1, 1)) for code in frames),
    )


def standings(make: Make, registry: Registry, plan: str, year: int) -> Iterator[Standing]:
    """How the cell, the body above it and a member stand in May, each where the plan judges it."""
    frames = [code for code, offer in registry.policies.items() if offer.policy.adoptable]
    committee, today = make(running(year, frames), plan=plan, year=year, by=registry), date(year, 5, 10)
    world = committee.world
    with scope(committee.engine, committee.tenant_id) as session:
        for how, subject in (
            (standing, world.organisations["A"]),
            (standing, world.organisations["W"]),
            (member_standing, world.members["A2"]),
        ):
            with suppress(NotFound):
                yield how(session, registry, subject, year, today)


def decided(one: Standing) -> Iterator[tuple[Line, bool]]:
    """Every criterion of a standing that is measured, and whether a value for it is in force."""
    for explained in one.explained:
        for found in explained.findings:
            line = explained.scheme.lines[found.line]
            if line.kind in COUNTED:
                yield line, line.figure is not None and line.figure.value is not None


def test_every_measured_criterion_of_every_plan_and_frame_says_what_is_left(
    make: Make, shipped: Registry
) -> None:
    """Where no value is in force nothing is decided, and nothing can be left."""
    told, silent, undecided = set[str](), set[str](), set[str]()
    for plan, year in product(PLANS, YEARS):
        for one in standings(make, shipped, plan, year):
            for line, in_force in decided(one):
                where = undecided if not in_force else told if line.key in one.slack else silent
                where.add(line.key)
    measured = {
        criterion.key
        for offer in shipped.policies.values()
        for criterion in offer.policy.criteria
        if criterion.kind in COUNTED
    }
    assert sorted(silent) == []
    assert told | undecided == measured
    assert (len(told), sorted(undecided - told)) == (59, ["prov.3.attendance", "tayho.member.annual_rating"])
