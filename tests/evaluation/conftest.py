"""Committees made of worked cases, beside a decoy committee full of look-alike records that must never be counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import count

import pytest
from hypothesis import settings
from sqlalchemy import Engine

from bontot.db.models import Tenant
from bontot.db.tenancy import PLATFORM, scope
from bontot.registry import Registry
from bontot.testing import case_records as said
from bontot.testing.worlds import World, load_case
from tests.evaluation.plans import CODE, POLICY, registry_of

YEAR = 2023
_NUMBERS = count(1)


@dataclass
class Committee:
    """A tenant made of one case."""

    engine: Engine
    tenant_id: int
    code: str
    world: World = field(repr=False)

    def names(self) -> dict[int, str]:
        """Codes by id; organisations and members do not share ids here."""
        return {id_: code for code, id_ in {**self.world.organisations, **self.world.members}.items()}


Make = Callable[..., Committee]


def examples(usual: int) -> int:
    """How many cases a property draws: as is usual for it, or thousands with `--hypothesis-profile thorough`."""
    return settings().max_examples if settings.get_current_profile_name() == "thorough" else usual


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The small plan and the platform's metrics."""
    return registry_of([POLICY])


@pytest.fixture(scope="session")
def make(engine: Engine, registry: Registry) -> Make:
    """Gives a committee made of a case, in the worker's database with its days off and the decoy."""

    def made(case: said.Case, *, plan: str = CODE, year: int = YEAR, by: Registry = registry) -> Committee:
        code = f"danh-gia-{next(_NUMBERS)}"
        with scope(engine, PLATFORM) as session:
            tenant = Tenant(code=code, name=code)
            session.add(tenant)
            session.flush()
            tenant_id = tenant.id
        with scope(engine, tenant_id) as session:
            world = load_case(session, by, case, plan, year)
        return Committee(engine, tenant_id, code, world)

    made(DECOY)
    return made


ALL_DAYS = tuple(date(YEAR, month, day) for month in range(1, 13) for day in (2, 3, 4, 6, 20))
DECOY = said.Case(
    name="mồi",
    why="Cùng mã, cùng ngày, cùng tên; không được lọt vào kết quả nào.",
    organisation=(
        said.Organisation(code="W", type="grassroots_committee"),
        said.Organisation(code="A", parent="W", members=6),
        said.Organisation(code="B", parent="W", members=3),
    ),
    state=(said.State(members=("A6",), kind="exempt", since=date(YEAR, 1, 1)),),
    meeting=(
        said.Meeting(organisation="A", on=ALL_DAYS, unexcused=("A1", "A2"), resolution=True, steps=True),
        said.Meeting(organisation="A", on=ALL_DAYS, kind="thematic", excused=("A3",), speakers=("A4",)),
        said.Meeting(organisation="B", on=ALL_DAYS, unmarked=("B1",)),
    ),
    task=(said.Task(organisation="A", due=date(YEAR, 6, 30), assignees=("A1", "A4"), count=3),),
    discipline=(
        said.Discipline(on=date(YEAR, 5, 5), organisation="A"),
        said.Discipline(on=date(YEAR, 5, 5), member="A1"),
    ),
    fee=(said.Fee(members=("A1", "A2"), months=tuple(range(1, 13)), due=10, paid=0),),
    judgment=(
        said.Judgment(subjects=("A", "B"), verdict="not_met"),
        said.Judgment(subjects=("A1", "A2", "A3", "B1"), verdict="not_met"),
    ),
    rating=(said.Rating(subjects=("A", "A1"), level="not_completed"),),
)
