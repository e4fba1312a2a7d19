"""What follows a change that judging a few again does not reach: the years still looked at are evaluated anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select, text

from bontot.access import Actor, Role
from bontot.db.models import Attendance, Job, Outbox
from bontot.db.tenancy import PLATFORM, TenantSession, scope
from bontot.evaluation import runs
from bontot.evaluation.incremental import mark, mark_whole
from bontot.evaluation.whole import evaluate
from bontot.imports import batch
from bontot.jobs.evaluation import BY, follow, request_everywhere
from bontot.jobs.tasks import Desk
from bontot.policy.terms import At
from bontot.registry import Registry
from bontot.services.frames import adopt_frame, end_adoption
from bontot.services.grants import assign_plan
from bontot.services.thresholds import set_value, withdraw_value
from tests.evaluation.conftest import YEAR, Committee, Make
from tests.evaluation.test_each_month import case, changing
from tests.workbooks import workbook

ADMIN = Actor(account_id=1, name="Quản trị thử", role=Role.TENANT_ADMIN)
JUNE, JULY, NEXT = date(YEAR, 6, 15), date(YEAR, 7, 5), date(YEAR + 1, 2, 1)
PLAN, FRAME, KEY = "hanoi_tayho", "national_meetings_2018", "tayho.cell.2.attendance"
BY_DECISION = "Quyết định số 9-QĐ/QU"


def evaluated(committee: Committee, registry: Registry, *years: int) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        for year in years:
            evaluate(session, registry, year=year, as_of=min(JUNE, date(year, 12, 31)), by="thử")


def asked(committee: Committee) -> list[tuple[str, dict[str, object], str]]:
    """State, arguments and who asked, of each evaluation written down."""
    with scope(committee.engine, committee.tenant_id) as session:
        rows = session.execute(select(Job.state, Job.arguments, Job.requested_by).order_by(Job.id)).all()
    return [(state, arguments, by) for state, arguments, by in rows]


def waits(day: date, *years: int) -> list[tuple[str, dict[str, object], str]]:
    return [("waiting", {"year": year, "as_of": f"{day}"}, BY) for year in years]


def done(committee: Committee, registry: Registry) -> None:
    """A worker does all that waits in the committee."""
    with scope(committee.engine, PLATFORM) as session:
        rows = session.scalars(
            select(Outbox.id).where(Outbox.tenant_id == committee.tenant_id, Outbox.done_at.is_(None))
        ).all()
    for outbox in rows:
        assert Desk(committee.engine, registry).do(outbox)


def test_a_month_that_ended_since_has_the_year_evaluated_once(make: Make) -> None:
    """Held against each month by itself, the rules of July are not those of June."""
    registry = changing(At.EACH_MONTH)
    committee = make(case(), by=registry)
    evaluated(committee, registry, YEAR)

    def corrected(day: date) -> int:
        with scope(committee.engine, committee.tenant_id) as session:
            mark(session, committee.world.organisations["A"], YEAR, Attendance)
            return len(follow(session, registry, day))

    assert (corrected(JUNE), asked(committee)) == (0, [])
    assert (corrected(JULY), corrected(JULY), asked(committee)) == (1, 0, waits(JULY, YEAR))
    done(committee, registry)
    assert corrected(JULY) == 0
    assert [state for state, _, _ in asked(committee)] == ["done"]


def a_value(session: TenantSession, registry: Registry, _: Committee) -> None:
    set_value(
        session,
        ADMIN,
        registry,
        policy_code=PLAN,
        key=KEY,
        value="90",
        valid_from=JUNE,
        document=BY_DECISION,
    )


def a_value_withdrawn(session: TenantSession, registry: Registry, _: Committee) -> None:
    withdraw_value(session, ADMIN, registry, policy_code=PLAN, key=KEY, valid_from=JUNE, document=BY_DECISION)


def a_frame(session: TenantSession, registry: Registry, _: Committee) -> None:
    adopt_frame(
        session, registry, code=FRAME, valid_from=date(YEAR, 1, 1), document="Kết luận số 1", by=ADMIN
    )


def a_frame_ended(session: TenantSession, registry: Registry, committee: Committee) -> None:
    a_frame(session, registry, committee)
    end_adoption(session, registry, code=FRAME, valid_to=date(YEAR, 5, 1), document="Kết luận số 2", by=ADMIN)


def a_plan(session: TenantSession, registry: Registry, committee: Committee) -> None:
    cell = committee.world.organisations["A"]
    assign_plan(
        session,
        registry,
        policy_code="hanoi_longbien",
        organisation_id=cell,
        valid_from=date(YEAR, 6, 1),
    )


def a_workbook(session: TenantSession, registry: Registry, _: Committee) -> None:
    rows: list[list[object]] = [
        ["Mã", "Tên", "Loại hình", "Mã cấp trên", "Ngày thành lập"],
        ["M", "Chi bộ Mới", "Chi bộ trực thuộc", "W", JUNE],
    ]
    made = batch.preview(session, workbook({"Tổ chức": rows}), "thử.xlsx", by="thử", registry=registry)
    assert follow(session, registry, NEXT) == []
    batch.apply(session, made.id, by="thử", registry=registry)


@pytest.mark.parametrize("change", [a_value, a_value_withdrawn, a_frame, a_frame_ended, a_plan, a_workbook])
def test_what_touches_everyone_has_this_year_and_the_last_evaluated_where_they_were(
    make: Make, change: Callable[[TenantSession, Registry, Committee], None]
) -> None:
    """Neither a year never evaluated nor one long past is."""
    registry = Registry.load()
    committee = make(case(), plan=PLAN, by=registry)
    evaluated(committee, registry, YEAR - 1, YEAR)
    with scope(committee.engine, committee.tenant_id) as session:
        change(session, registry, committee)
        follow(session, registry, NEXT)
    assert asked(committee) == waits(NEXT, YEAR)
    done(committee, registry)
    with scope(committee.engine, committee.tenant_id) as session:
        assert {header.rules.as_of for header in runs.current_runs(session, YEAR)} == {NEXT}
        assert {header.rules.as_of for header in runs.current_runs(session, YEAR - 1)} == {
            date(YEAR - 1, 12, 31)
        }


def test_a_correction_of_a_year_long_past_has_that_year_evaluated_where_its_rules_changed_since(
    make: Make,
) -> None:
    """A value decided back to that year is not followed by itself, a correction of the year's records is."""
    registry, later = Registry.load(), date(YEAR + 3, 3, 1)
    committee = make(case(), plan=PLAN, by=registry)
    evaluated(committee, registry, YEAR)
    with scope(committee.engine, committee.tenant_id) as session:
        a_value(session, registry, committee)
        assert follow(session, registry, later) == []
    with scope(committee.engine, committee.tenant_id) as session:
        mark(session, committee.world.organisations["A"], YEAR, Attendance)
        follow(session, registry, later)
    assert asked(committee) == waits(later, YEAR)


def test_a_day_off_has_every_committee_evaluated_that_was_this_year(make: Make, registry: Registry) -> None:
    one, other, never = (make(case()) for _ in range(3))
    evaluated(one, registry, YEAR)
    evaluated(other, registry, YEAR - 1, YEAR)
    request_everywhere(one.engine, JULY)
    assert [asked(each) for each in (one, other, never)] == [waits(JULY, YEAR), waits(JULY, YEAR), []]


def test_a_correction_that_needs_no_evaluation_waits_for_none(make: Make, registry: Registry) -> None:
    """While a worker takes up an evaluation, its row is held; who corrects a mark has nothing to do with it."""
    committee = make(case())
    evaluated(committee, registry, YEAR)
    with scope(committee.engine, committee.tenant_id) as session:
        mark_whole(session)
        follow(session, registry, JUNE)
    with (
        scope(committee.engine, committee.tenant_id) as working,
        scope(committee.engine, committee.tenant_id) as correcting,
    ):
        working.execute(select(Job).with_for_update())
        correcting.execute(text("SET LOCAL lock_timeout TO '200ms'"))
        mark(correcting, committee.world.organisations["A"], YEAR, Attendance)
        assert follow(correcting, registry, JUNE) == []


def test_what_is_not_committed_is_not_followed(make: Make, registry: Registry) -> None:
    committee = make(case())
    evaluated(committee, registry, YEAR)
    with TenantSession(committee.engine) as session:
        session.enter(committee.tenant_id)
        mark_whole(session)
        assert len(follow(session, registry, JULY)) == 1
        session.rollback()
    assert asked(committee) == []
