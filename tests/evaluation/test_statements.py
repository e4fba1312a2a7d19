"""The number of statements does not depend on how many are judged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest

from bontot.db.models import Attendance
from bontot.db.tenancy import TenantSession, scope
from bontot.evaluation import runs
from bontot.evaluation.incremental import mark, rejudge
from bontot.evaluation.schedule import board
from bontot.evaluation.standing import member_standing, opened, standing
from bontot.evaluation.whole import evaluate
from bontot.registry import Registry
from bontot.testing import case_records as said
from bontot.testing.heard import Statement, heard
from bontot.testing.query_plans import EXPLAIN, nodes
from tests.evaluation.conftest import YEAR, Committee, Make

LAST = date(YEAR, 12, 31)


def ward(cells: int, members: int) -> said.Case:
    """A ward of so many cells, each with so many members and two meetings."""
    codes = [f"C{number}" for number in range(1, cells + 1)]
    return said.Case(
        name="đảng bộ",
        why="",
        organisation=(
            said.Organisation(code="W", type="grassroots_committee"),
            *(said.Organisation(code=code, parent="W", members=members) for code in codes),
        ),
        meeting=tuple(
            said.Meeting(organisation=code, on=(date(YEAR, 1, 3), date(YEAR, 2, 3)), unexcused=(f"{code}1",))
            for code in codes
        ),
        judgment=(said.Judgment(subjects=tuple(codes), verdict="met"),),
    )


def evaluated(session: TenantSession, registry: Registry, committee: Committee) -> None:
    evaluate(session, registry, year=YEAR, as_of=LAST, by="thử")


def explained(session: TenantSession, registry: Registry, committee: Committee) -> None:
    header = runs.current_runs(session, YEAR)[0]
    opened(session, registry, header, 1, committee.world.organisations["C1"])


def cell_stands(session: TenantSession, registry: Registry, committee: Committee) -> None:
    standing(session, registry, committee.world.organisations["C1"], YEAR, LAST)


def member_stands(session: TenantSession, registry: Registry, committee: Committee) -> None:
    member_standing(session, registry, committee.world.members["C11"], YEAR, LAST)


def rejudged(session: TenantSession, registry: Registry, committee: Committee) -> None:
    mark(session, committee.world.organisations["C1"], YEAR, Attendance)
    rejudge(session, registry, LAST)


def ward_board(session: TenantSession, registry: Registry, committee: Committee) -> None:
    board(session, registry, list(committee.world.organisations.values()), YEAR, LAST)


def page(session: TenantSession, registry: Registry, committee: Committee) -> None:
    runs.verdicts(session, runs.current_runs(session, YEAR)[0], 0)


@pytest.mark.parametrize(
    "act", [evaluated, explained, cell_stands, member_stands, rejudged, ward_board, page]
)
def test_statements_are_as_many_for_a_few_as_for_many(
    act: Callable[..., None], make: Make, registry: Registry
) -> None:
    counted = []
    for size in ((1, 2), (4, 6)):
        committee = make(ward(*size))
        with scope(committee.engine, committee.tenant_id) as session:
            evaluated(session, registry, committee)
        counted.append(statements(committee, partial(act, registry=registry, committee=committee)))
    assert counted[0] == counted[1]
    assert counted[0] > 0


def statements(committee: Committee, act: Callable[[TenantSession], None]) -> int:
    """How many statements an act sends."""
    with heard(committee.engine) as sent, scope(committee.engine, committee.tenant_id) as session:
        act(session)
    return len(sent)


def loops(session: TenantSession, sent: list[Statement]) -> tuple[int, int]:
    """How many nodes of these statements' plans look something up for every row of something else, and how many read a
    table from end to end, whosever the rows."""
    connection = session.connection()
    plans = [
        connection.exec_driver_sql(EXPLAIN + one.text, one.binds).scalar_one()
        for one in sent
        if one.text.lstrip().startswith(("SELECT", "WITH")) and "attendance" in one.text
    ]
    kinds = [node.kind for plan in plans for node in nodes(plan)]
    return kinds.count("Nested Loop"), kinds.count("Seq Scan")


def test_a_whole_evaluation_reads_each_table_once_by_the_committee_s_index(
    make: Make, registry: Registry
) -> None:
    committee = make(ward(2, 3))
    with heard(committee.engine) as sent, scope(committee.engine, committee.tenant_id) as session:
        evaluated(session, registry, committee)
        asked = list(sent)
        told = loops(session, asked)
    with scope(committee.engine, committee.tenant_id) as session:
        untold = loops(session, asked)
    assert told == (0, 0)
    assert untold > (0, 0)
