"""Invitations that an order leaves beside the month: told before it is given, and to be mended after."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from bontot.access import Role
from bontot.clock import today
from bontot.db.tenancy import scope
from bontot.policy.calendar import Misfit
from bontot.registry import Registry
from bontot.services.month_orders import Order, consider, give
from bontot.services.month_turns import unfit_invitations
from bontot.services.planning import Plan, month_of, prepare
from tests.factories import Committee, make_committee

REGISTRY = Registry.load()


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    return make_committee(engine, unique, "nhà")


def test_invitations_that_do_not_fit_and_days_off_are_told_before_and_found_after(
    committee: Committee,
) -> None:
    """Of next month: one cell invited to the fourth, the other to three days after the Saturday then ordered; then both
    excused."""
    ward = committee.actor(Role.COMMITTEE)
    one, two = (cell.id for cell in committee.cells)
    with scope(committee.engine, committee.tenant_id) as session:
        month = month_of(today(session))[1] + timedelta(days=1)
        saturday = next(day for by in range(7) if (day := month + timedelta(days=4 + by)).isoweekday() == 6)
        sunday = saturday + timedelta(days=1)
        for cell, day in ((one, month + timedelta(days=3)), (two, saturday + timedelta(days=3))):
            prepare(session, ward, cell, Plan(kind="regular", held_on=day, place="Nhà văn hóa"))

        def found() -> list[tuple[int, Misfit]]:
            unfit = unfit_invitations(session, REGISTRY, [one, two])
            return [(each.invited.organisation_id, each.why) for each in unfit]

        def told(wanted: Order) -> tuple[list[tuple[int, Misfit]], list[date]]:
            seen = consider(session, REGISTRY, ward, committee.ward.id, wanted)
            return [(cell.id, unfit.why) for cell, unfit in seen.unfit], list(seen.off)

        assert found() == [(two, Misfit.LATE)]
        wanted = Order(month=month, day=saturday, deadline=sunday, document="1")
        assert told(wanted) == ([(one, Misfit.OTHER_DAY), (two, Misfit.LATE)], [saturday, sunday])
        give(session, ward, committee.ward.id, wanted, 0, "")
        assert found() == [(one, Misfit.OTHER_DAY), (two, Misfit.LATE)]
        excused = Order(month=month, waived=True, document="2")
        assert told(excused) == ([(one, Misfit.WAIVED), (two, Misfit.WAIVED)], [])
