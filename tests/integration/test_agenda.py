"""Which meeting is next: the one to be recorded first, and the next one there is still time for."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine

from bontot.db.tenancy import scope
from bontot.evaluation.schedule import cell_year
from bontot.registry import Registry
from bontot.services.agenda import next_meeting
from tests.factories import make_committee

REGISTRY = Registry.load()


@pytest.mark.parametrize(
    ("day", "first", "ahead"),
    [
        (date(2024, 3, 1), date(2024, 3, 1), date(2024, 3, 1)),
        (date(2024, 3, 7), date(2024, 3, 1), date(2024, 3, 1)),
        (date(2024, 3, 20), date(2024, 3, 1), date(2024, 4, 1)),
        (date(2024, 12, 20), date(2024, 12, 1), date(2025, 1, 1)),
    ],
    ids=["before", "last day", "overdue", "overdue in December"],
)
def test_a_month_that_is_overdue_is_to_be_recorded_and_not_ahead(
    engine: Engine, unique: str, day: date, first: date, ahead: date
) -> None:
    committee = make_committee(engine, unique, "nhà", cells=1)
    cell = committee.cells[0].id
    with scope(committee.engine, committee.tenant_id) as session:
        months = cell_year(session, REGISTRY, cell, day.year, day)
        found = [
            next_meeting(session, REGISTRY, cell, months, day, ahead=only_ahead)
            for only_ahead in (False, True)
        ]
    assert [one and one.month for one in found] == [first, ahead]
