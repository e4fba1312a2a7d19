"""A cell prefers a day of the month, within what its plan allows; months that are over keep theirs."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete

from bontot.access import Role
from bontot.clock import today
from bontot.db.models import MeetingPreference
from bontot.db.tenancy import scope
from bontot.errors import DayRefused, InvalidInput, NotAllowed, NotFound, Stale
from bontot.policy.calendar import How
from bontot.registry import Registry
from bontot.services.preferences import Preference, consider, prefer, preferences_of, version_of
from tests.factories import Committee, make_committee

REGISTRY = Registry.load()


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    return make_committee(engine, unique, "nhà")


def shifted(month: date, by: int) -> date:
    years, place = divmod(month.month - 1 + by, 12)
    return date(month.year + years, place + 1, 1)


def test_the_months_ahead_are_shown_as_they_will_be(committee: Committee) -> None:
    actor, cell = committee.actor(Role.CELL_SECRETARY), committee.cells[0].id
    with scope(committee.engine, committee.tenant_id) as session:
        since = shifted(today(session).replace(day=1), 1)
        shown = consider(session, REGISTRY, actor, cell, 6, since)
        assert preferences_of(session, cell) == []
        prefer(session, REGISTRY, actor, cell, 6, since, 0)
        again = consider(session, REGISTRY, actor, cell, None, since)
        assert preferences_of(session, cell) == [Preference(6, since, None)]
    assert [one.after.month for one in shown] == [shifted(since, by) for by in range(6)]
    assert [one.after.planned.scheduled for one in shown] == [one.before.planned.scheduled for one in again]
    assert [one.before.planned.scheduled for one in shown] == [one.after.planned.scheduled for one in again]
    on_the_day = [one.after for one in shown if one.after.planned.scheduled.how is How.ON_DAY]
    assert on_the_day
    assert {one.planned.scheduled.day for one in on_the_day} == {
        one.month.replace(day=6) for one in on_the_day
    }


def test_a_day_the_plan_does_not_allow_and_a_month_that_is_over_are_refused(committee: Committee) -> None:
    actor, cell = committee.actor(Role.CELL_SECRETARY), committee.cells[0].id
    with scope(committee.engine, committee.tenant_id) as session:
        now = today(session).replace(day=1)
        for day, since, refusal, said in (
            (8, now, DayRefused, "Ngày 8 nằm ngoài khoảng kế hoạch cho phép"),
            (5, shifted(now, -1), InvalidInput, "lịch các tháng đã qua giữ nguyên"),
            (5, date(now.year + 2, 1, 1), InvalidInput, "Chỉ đổi được đến hết năm sau"),
        ):
            with pytest.raises(refusal, match=said):
                consider(session, REGISTRY, actor, cell, day, since)
            with pytest.raises(refusal, match=said):
                prefer(session, REGISTRY, actor, cell, day, since, 0)
        assert preferences_of(session, cell) == []


def test_a_preference_read_before_another_was_written_is_stale(committee: Committee) -> None:
    actor, cell = committee.actor(Role.CELL_SECRETARY), committee.cells[0].id
    with scope(committee.engine, committee.tenant_id) as session:
        now = today(session).replace(day=1)
        prefer(session, REGISTRY, actor, cell, 5, now, 0)
        read = version_of(session, cell)
        prefer(session, REGISTRY, actor, cell, None, shifted(now, 2), read)
        with pytest.raises(Stale):
            prefer(session, REGISTRY, actor, cell, 6, now, read)
        assert preferences_of(session, cell) == [Preference(5, now, shifted(now, 2))]


def test_who_does_not_keep_the_cells_records_prefers_nothing(
    committee: Committee, engine: Engine, unique: str
) -> None:
    other = make_committee(engine, f"{unique}-khac", "MỒI")
    with scope(committee.engine, committee.tenant_id) as session:
        now = today(session).replace(day=1)
        with pytest.raises(NotAllowed):
            prefer(session, REGISTRY, committee.actor(Role.MEMBER), committee.cells[0].id, 5, now, 0)
        for cell in (committee.cells[1].id, other.cells[0].id):
            with pytest.raises(NotFound):
                prefer(session, REGISTRY, committee.actor(Role.CELL_SECRETARY), cell, 5, now, 0)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.integers(0, 8), st.none() | st.integers(1, 7)), min_size=1, max_size=4))
def test_of_any_changes_the_last_one_that_reaches_a_month_holds(
    committee: Committee, changes: list[tuple[int, int | None]]
) -> None:
    actor, cell = committee.actor(Role.CELL_SECRETARY), committee.cells[0].id
    with scope(committee.engine, committee.tenant_id) as session:
        session.execute(delete(MeetingPreference))
        now = today(session).replace(day=1)
        expected: dict[int, int | None] = dict.fromkeys(range(10))
        for first, day in changes:
            since = shifted(now, first)
            if since.year > now.year + 1:
                continue
            prefer(session, REGISTRY, actor, cell, day, since, version_of(session, cell))
            expected |= dict.fromkeys(range(first, 10), day)
        held = preferences_of(session, cell)
        found = {
            by: next(
                (
                    one.day
                    for one in held
                    if one.since <= shifted(now, by) and (one.until is None or shifted(now, by) < one.until)
                ),
                None,
            )
            for by in expected
        }
    assert found == expected
