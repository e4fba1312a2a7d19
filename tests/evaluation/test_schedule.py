"""The year of a cell: the plan of each month, what superiors order for all below them, and what the cell prefers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import update

from bontot.db.models import HolidayOverride, MeetingPreference, OrganisationPeriod, PolicyAssignment
from bontot.db.tenancy import scope
from bontot.evaluation.period import Period
from bontot.evaluation.runs import judge, verdict_rows
from bontot.evaluation.schedule import MonthView, board, cell_year
from bontot.evaluation.tree import read_tree
from bontot.plugin import Dated, Origin
from bontot.policy.calendar import How, MonthStatus
from bontot.registry import Registry
from bontot.testing import case_records as said
from tests.evaluation.conftest import YEAR, Committee, Make
from tests.evaluation.plans import CODE, POLICY, SINCE, registry_of

LAST, AFTER = date(YEAR, 12, 31), date(YEAR + 1, 1, 1)
FREE = "thu_tu_do"
WARD = said.Case(
    name="một phường",
    why="",
    organisation=(
        said.Organisation(code="W", type="grassroots_committee"),
        said.Organisation(code="A", parent="W", members=1),
        said.Organisation(code="B", parent="W", members=1, founded=date(YEAR, 4, 2)),
    ),
    meeting=(
        said.Meeting(organisation="A", on=(date(YEAR, 1, 3), date(YEAR, 2, 7), date(YEAR, 3, 8))),
        said.Meeting(organisation="A", on=(date(YEAR, 4, 20), date(YEAR, 4, 2))),
    ),
)


def year_of(committee: Committee, registry: Registry, code: str, today: date = AFTER) -> list[MonthView]:
    with scope(committee.engine, committee.tenant_id) as session:
        return cell_year(session, registry, committee.world.organisations[code], YEAR, today)


def statuses(views: list[MonthView]) -> list[MonthStatus]:
    return [view.standing.status for view in views]


def on_time(
    committee: Committee, registry: Registry, code: str, as_of: date = LAST
) -> tuple[int | None, int]:
    """The two integers of the calendar criterion."""
    with scope(committee.engine, committee.tenant_id) as session:
        (judged,) = judge(
            session,
            registry,
            year=YEAR,
            as_of=as_of,
            organisations=[committee.world.organisations[code]],
            policy_code=None,
        )
        findings = judged.findings[1]
        number = findings.line("c.date") or 0
        (row,) = verdict_rows(findings)
        return row.parts[number], row.wholes[number]


def test_each_month_stands_by_itself(make: Make, registry: Registry) -> None:
    committee = make(WARD)
    assert statuses(year_of(committee, registry, "A")) == [
        MonthStatus.ON_SCHEDULE,
        MonthStatus.WITHIN_DEADLINE,
        MonthStatus.LATE,
        MonthStatus.WITHIN_DEADLINE,
        *[MonthStatus.MISSING] * 8,
    ]
    assert statuses(year_of(committee, registry, "B")) == [
        *[MonthStatus.NOT_REQUIRED] * 4,
        *[MonthStatus.MISSING] * 8,
    ]
    assert on_time(committee, registry, "A") == (3, 12)
    assert on_time(committee, registry, "B") == (0, 8)
    assert on_time(committee, registry, "A", date(YEAR, 5, 7)) == (3, 4)  # the 7th may still be kept
    assert on_time(committee, registry, "A", date(YEAR, 5, 8)) == (3, 5)


def test_a_running_year_waits_for_what_may_still_come(make: Make, registry: Registry) -> None:
    committee = make(WARD)
    seen = {
        day: year_of(committee, registry, "A", date(YEAR, 5, day))[4].standing.status for day in (3, 4, 7, 8)
    }
    assert seen == {
        3: MonthStatus.UPCOMING,  # planned for the 4th: the 3rd is a day off instead of 30 April
        4: MonthStatus.DUE,
        7: MonthStatus.DUE,
        8: MonthStatus.OVERDUE,
    }


def test_the_first_meeting_of_a_month_is_linked(make: Make, registry: Registry) -> None:
    april = year_of(make(WARD), registry, "A")[3]
    assert (april.held_on, april.meeting is not None) == (date(YEAR, 4, 2), True)


def test_a_superiors_order_holds_for_all_below_and_the_nearest_wins(make: Make, registry: Registry) -> None:
    ordered = replace(
        WARD,
        exception=(
            said.MonthException(organisation="W", month=3, document="01-CV/ĐU", waived=True),
            said.MonthException(organisation="W", month=5, document="02-CV/ĐU", waived=True),
            said.MonthException(
                organisation="A",
                month=5,
                document="03-CV/ĐU",
                day=date(YEAR, 5, 20),
                deadline=date(YEAR, 5, 25),
            ),
        ),
    )
    committee = make(ordered)
    views = year_of(committee, registry, "A")
    assert views[2].standing.status is MonthStatus.EXCUSED_BY_SUPERIOR
    may = views[4].planned.scheduled
    assert (may.how, may.day, may.deadline, may.document) == (
        How.EXCEPTION,
        date(YEAR, 5, 20),
        date(YEAR, 5, 25),
        "03-CV/ĐU",
    )
    assert year_of(committee, registry, "B")[4].standing.status is MonthStatus.EXCUSED_BY_SUPERIOR
    assert (on_time(committee, registry, "A"), on_time(committee, registry, "B")) == ((3, 11), (0, 7))


def test_a_preferred_day_is_kept_while_the_plan_allows_it(make: Make, registry: Registry) -> None:
    wished = replace(
        WARD,
        preferred_day=(
            said.PreferredDay(organisation="W", day=5),
            said.PreferredDay(organisation="A", day=6),
            said.PreferredDay(organisation="B", day=20),  # outside the plan's window: passed over
        ),
    )
    committee = make(wished)
    with scope(committee.engine, committee.tenant_id) as session:
        wish = update(MeetingPreference).where(MeetingPreference.day == 6)
        session.execute(wish.values(valid_to=date(YEAR, 7, 1)))
    days = [view.planned.scheduled.day for view in year_of(committee, registry, "A")]
    assert days[5:8] == [date(YEAR, 6, 6), date(YEAR, 7, 5), date(YEAR, 8, 4)]  # 5 August is a Saturday
    assert year_of(committee, registry, "B")[6].planned.scheduled.day == date(YEAR, 7, 3)


def test_a_committees_own_days_off_change_the_calendar_below_them(make: Make, registry: Registry) -> None:
    committee = make(WARD)
    world = committee.world
    with scope(committee.engine, committee.tenant_id) as session:
        for organisation, day, kind in (
            (None, date(YEAR, 5, 3), "not_off"),
            (world.organisations["W"], date(YEAR, 7, 3), "swapped_off"),
            (world.organisations["B"], date(YEAR, 7, 3), "not_off"),
        ):
            session.add(
                HolidayOverride(organisation_id=organisation, day=day, kind=kind, name="riêng", source="thử")
            )
    a, b = year_of(committee, registry, "A"), year_of(committee, registry, "B")
    assert [view.planned.scheduled.day for view in (a[4], b[4])] == [date(YEAR, 5, 3)] * 2
    assert [view.planned.scheduled.day for view in (a[6], b[6])] == [date(YEAR, 7, 4), date(YEAR, 7, 3)]


def test_a_cell_that_moves_is_judged_month_by_month_by_the_plan_of_the_month(make: Make) -> None:
    """From 1 July the cell is under a ward whose plan fixes no day: its own months before stay judged by day 7."""
    free = replace(POLICY, code=FREE, meeting_rule=None)
    both = registry_of([POLICY, free])
    moved = said.Case(
        name="chuyển về phường khác",
        why="",
        organisation=(
            said.Organisation(code="W", type="grassroots_committee"),
            said.Organisation(code="V", type="grassroots_committee"),
            said.Organisation(code="A", parent="W", members=1),
        ),
        meeting=(said.Meeting(organisation="A", on=tuple(date(YEAR, month, 28) for month in range(1, 13))),),
    )
    committee = make(moved, by=both)
    world = committee.world
    july = date(YEAR, 7, 1)
    with scope(committee.engine, committee.tenant_id) as session:
        session.execute(
            update(PolicyAssignment)
            .where(PolicyAssignment.organisation_id == world.organisations["V"])
            .values(policy_code=FREE)
        )
        held = session.query(OrganisationPeriod).filter_by(organisation_id=world.organisations["A"]).one()
        held.valid_to = july
        session.flush()
        session.add(
            OrganisationPeriod(
                organisation_id=held.organisation_id,
                parent_id=world.organisations["V"],
                name=held.name,
                code=held.code,
                type=held.type,
                sector=held.sector,
                sort_key=held.sort_key,
                valid_from=july,
            )
        )
    months = statuses(year_of(committee, both, "A"))
    assert months == [*[MonthStatus.LATE] * 6, *[MonthStatus.WITHIN_DEADLINE] * 6]
    assert on_time(committee, both, "A") == (6, 12)
    with scope(committee.engine, committee.tenant_id) as session:
        (judged,) = judge(session, both, year=YEAR, as_of=LAST, organisations=[world.organisations["A"]])
        assert judged.rules.policy == FREE


def test_a_changed_deadline_holds_from_the_next_month_on(make: Make, registry: Registry) -> None:
    stricter = replace(
        WARD,
        meeting=(said.Meeting(organisation="A", on=tuple(date(YEAR, month, 6) for month in range(1, 13))),),
        override=(
            said.Override(key="meeting.deadline", value="5", since=date(YEAR, 6, 2), decision="09-QĐ/QU"),
        ),
    )
    committee = make(stricter)
    assert statuses(year_of(committee, registry, "A"))[4:8] == [
        MonthStatus.WITHIN_DEADLINE,
        MonthStatus.WITHIN_DEADLINE,
        MonthStatus.LATE,
        MonthStatus.LATE,
    ]
    assert on_time(committee, registry, "A") == (6, 12)


def test_months_before_the_plan_began_are_judged_by_its_first_values(make: Make) -> None:
    from_august = date(YEAR, 8, 8)
    late = replace(
        POLICY,
        in_force_from=from_august,
        thresholds=tuple(
            replace(one, values=tuple(replace(value, valid_from=from_august) for value in one.values))
            for one in POLICY.thresholds
        ),
        options=tuple(
            replace(
                one, values=(Dated(value=one.values[0].value, valid_from=from_august, origin=Origin.DEFAULT),)
            )
            for one in POLICY.options
        ),
    )
    by = registry_of([late])
    assert from_august > SINCE
    committee = make(WARD, by=by)
    assert statuses(year_of(committee, by, "A"))[:3] == [
        MonthStatus.ON_SCHEDULE,
        MonthStatus.WITHIN_DEADLINE,
        MonthStatus.LATE,
    ]


def test_a_board_is_the_years_of_its_cells(make: Make, registry: Registry) -> None:
    committee = make(WARD)
    ids = list(committee.world.organisations.values())
    with scope(committee.engine, committee.tenant_id) as session:
        found = board(session, registry, ids, YEAR, AFTER)
    assert {id_: plain(views) for id_, views in found.items()} == {
        id_: plain(year_of(committee, registry, code)) for code, id_ in committee.world.organisations.items()
    }


def plain(views: list[MonthView]) -> list[tuple[object, ...]]:
    return [(view.planned.scheduled, view.standing, view.held_on, view.meeting) for view in views]


def test_the_nearest_assignment_upwards_governs_from_its_day_on(make: Make) -> None:
    committee = make(WARD)
    world = committee.world
    with scope(committee.engine, committee.tenant_id) as session:
        session.add(
            PolicyAssignment(
                organisation_id=world.organisations["B"], policy_code=FREE, valid_from=date(YEAR, 9, 1)
            )
        )
        session.flush()
        tree = read_tree(session, Period(YEAR, LAST))
    seen = {
        day: {code: tree.plan(id_, day) for code, id_ in world.organisations.items()}
        for day in (date(YEAR, 8, 31), date(YEAR, 9, 1))
    }
    assert seen == {
        date(YEAR, 8, 31): {"W": CODE, "A": CODE, "B": CODE},
        date(YEAR, 9, 1): {"W": CODE, "A": CODE, "B": FREE},
    }
