"""A superior moves a month, or excuses from it: shown before it is ordered, held for all below, taken back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select

from bontot.access import Role
from bontot.clock import today
from bontot.db.models import AuditEvent, EvaluationRun, LaterVerdict, MonthException, OrganisationPeriod
from bontot.db.tenancy import scope
from bontot.errors import InvalidFields, InvalidInput, NotAllowed, NotFound, Stale
from bontot.evaluation.incremental import rejudge
from bontot.evaluation.schedule import month_board
from bontot.evaluation.whole import evaluate
from bontot.policy.calendar import How, MonthStatus
from bontot.registry import Registry
from bontot.services.meetings import MeetingEntry, record_meeting
from bontot.services.month_orders import (
    Order,
    changeable,
    consider,
    consider_taking_back,
    give,
    order_of,
    orders_for,
    take_back,
)
from tests.factories import Committee, make_committee

REGISTRY = Registry.load()
MARCH = date(2024, 3, 1)
MOVED = Order(
    month=MARCH, day=date(2024, 3, 12), deadline=date(2024, 3, 15), document="15-CV/ĐU ngày 20/02/2024"
)
AFTER = date(2024, 4, 30)


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    return make_committee(engine, unique, "nhà")


def scheduled(committee: Committee, place: int) -> tuple[How, date | None, date, str | None]:
    """How the month of a cell stands in its calendar."""
    cell = committee.cells[place].id
    with scope(committee.engine, committee.tenant_id) as session:
        found = month_board(session, REGISTRY, [cell], MARCH, AFTER)[cell].planned.scheduled
    return found.how, found.day, found.deadline, found.document


def order(committee: Committee, organisation_id: int, wanted: Order = MOVED, version: int = 0) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        give(session, committee.actor(Role.TENANT_ADMIN), organisation_id, wanted, version, "Quản trị")


BY_PLAN = (How.DAY_AFTER, date(2024, 3, 4), date(2024, 3, 7), None)
BY_ORDER = (How.EXCEPTION, MOVED.day, MOVED.deadline, MOVED.document)


def test_what_is_shown_before_is_what_becomes_of_every_cell_below(committee: Committee) -> None:
    actor = committee.actor(Role.COMMITTEE)
    with scope(committee.engine, committee.tenant_id) as session:
        record_meeting(
            session,
            actor,
            committee.cells[0].id,
            MeetingEntry(kind="regular", held_on=date(2024, 3, 12), marks={}),
        )
    with scope(committee.engine, committee.tenant_id) as session:
        seen = consider(session, REGISTRY, actor, committee.ward.id, MOVED)
        assert session.scalars(select(MonthException)).all() == []
    shown = {
        cell.name: (turn.before.standing.status, turn.after.standing.status, turn.after.planned.scheduled.day)
        for turn in seen.turns
        for cell, _ in turn.cells
    }
    assert shown == {
        committee.cells[0].name: (MonthStatus.LATE, MonthStatus.ON_SCHEDULE, MOVED.day),
        committee.cells[1].name: (MonthStatus.MISSING, MonthStatus.MISSING, MOVED.day),
    }
    assert (seen.changed, seen.unchanged) == (2, 0)
    assert [scheduled(committee, place) for place in (0, 1)] == [BY_PLAN, BY_PLAN]
    order(committee, committee.ward.id)
    assert [scheduled(committee, place) for place in (0, 1)] == [BY_ORDER, BY_ORDER]


def test_cells_that_turn_alike_are_told_together(committee: Committee) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        seen = consider(session, REGISTRY, committee.actor(Role.COMMITTEE), committee.ward.id, MOVED)
    assert [
        [(cell.name, above.name if above else None) for cell, above in turn.cells] for turn in seen.turns
    ] == [[(cell.name, committee.ward.name) for cell in committee.cells]]


def test_the_nearest_order_holds_and_the_rest_is_told_as_unchanged(committee: Committee) -> None:
    order(committee, committee.cells[0].id, Order(month=MARCH, waived=True, document="01-CV/ĐU"))
    with scope(committee.engine, committee.tenant_id) as session:
        seen = consider(session, REGISTRY, committee.actor(Role.TENANT_ADMIN), committee.root.id, MOVED)
        assert (seen.changed, seen.unchanged) == (1, 1)
    order(committee, committee.root.id)
    assert [scheduled(committee, place)[0] for place in (0, 1)] == [How.WAIVED, How.EXCEPTION]


def test_an_order_taken_back_leaves_the_month_to_the_plan_and_its_words_to_the_trail(
    committee: Committee,
) -> None:
    order(committee, committee.ward.id)
    admin = committee.actor(Role.TENANT_ADMIN)
    with scope(committee.engine, committee.tenant_id) as session:
        seen = consider_taking_back(session, REGISTRY, admin, committee.ward.id, MARCH)
        assert [turn.after.planned.scheduled.day for turn in seen.turns] == [date(2024, 3, 4)]
        assert order_of(session, committee.ward.id, MARCH, AFTER) is not None
        with pytest.raises(InvalidInput, match="Cần ghi lý do"):
            take_back(session, admin, committee.ward.id, MARCH, 1, "  ")
        take_back(session, admin, committee.ward.id, MARCH, 1, "văn bản thu hồi")
    assert scheduled(committee, 0) == BY_PLAN
    with scope(committee.engine, committee.tenant_id) as session:
        told = session.execute(
            select(AuditEvent.action, AuditEvent.subject_id, AuditEvent.detail).order_by(AuditEvent.id)
        ).all()
        with pytest.raises(NotFound):
            take_back(session, admin, committee.ward.id, MARCH, 1, "lần nữa")
    kept = {
        "month": "2024-03",
        "day": "2024-03-12",
        "deadline": "2024-03-15",
        "waived": False,
        "document": MOVED.document,
    }
    assert [tuple(row) for row in told] == [
        ("order_month", committee.ward.id, {"now": kept, "before": None}),
        ("take_back_order", committee.ward.id, {"reason": "văn bản thu hồi", "before": kept}),
    ]


def test_an_order_read_before_another_was_given_is_stale(committee: Committee) -> None:
    order(committee, committee.ward.id)
    with pytest.raises(Stale):
        order(committee, committee.ward.id, Order(month=MARCH, waived=True, document="2"), version=0)
    order(committee, committee.ward.id, Order(month=MARCH, waived=True, document="2"), version=1)
    with pytest.raises(Stale), scope(committee.engine, committee.tenant_id) as session:
        take_back(session, committee.actor(Role.TENANT_ADMIN), committee.ward.id, MARCH, 1, "nhầm")
    with scope(committee.engine, committee.tenant_id) as session:
        [found] = orders_for(session, frozenset({committee.ward.id}), MARCH, AFTER)
        assert (found.version, found.order, found.entered_by) == (
            2,
            Order(month=MARCH, waived=True, document="2"),
            "Quản trị",
        )


def test_of_two_who_order_at_once_one_is_told(committee: Committee) -> None:
    def attempt(document: str) -> str:
        try:
            order(committee, committee.ward.id, Order(month=MARCH, waived=True, document=document))
        except Exception as refusal:  # noqa: BLE001 - whichever way it is told, it is not written
            return type(refusal).__name__
        return "given"

    with ThreadPoolExecutor(2) as both:
        told = sorted(both.map(attempt, ("một", "hai")))
    assert told[1] == "given"
    assert told[0] in ("IntegrityError", "Stale")
    with scope(committee.engine, committee.tenant_id) as session:
        assert len(session.scalars(select(MonthException)).all()) == 1


@pytest.mark.parametrize(
    ("wanted", "errors"),
    [
        (
            Order(month=MARCH, document=" "),
            {"document": "Cần ghi số, ký hiệu và ngày của văn bản.", "deadline": "Cần ghi hạn cuối mới."},
        ),
        (
            Order(month=MARCH, document="1", day=date(2024, 3, 9), deadline=date(2024, 3, 8)),
            {"day": "Ngày họp 09/03/2024 sau hạn cuối 08/03/2024."},
        ),
        (
            Order(month=MARCH, document="1", day=date(2024, 2, 29), deadline=date(2024, 4, 1)),
            {
                "day": "Ngày 29/02/2024 không thuộc tháng 03/2024.",
                "deadline": "Ngày 01/04/2024 không thuộc tháng 03/2024.",
            },
        ),
        (
            Order(month=date(2014, 12, 1), document="1", waived=True),
            {"month": "Tháng 12/2014 nằm ngoài thời gian tổ chức này hoạt động."},
        ),
    ],
)
def test_an_order_that_cannot_be_names_each_fault(
    committee: Committee, wanted: Order, errors: dict[str, str]
) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        for act in (
            lambda: consider(session, REGISTRY, committee.actor(Role.COMMITTEE), committee.ward.id, wanted),
            lambda: give(session, committee.actor(Role.COMMITTEE), committee.ward.id, wanted, 0, "ai"),
        ):
            with pytest.raises(InvalidFields) as refused:
                act()
            assert refused.value.errors == errors
        assert session.scalars(select(MonthException)).all() == []


def test_orders_reach_to_the_end_of_next_year(committee: Committee) -> None:
    actor = committee.actor(Role.COMMITTEE)
    with scope(committee.engine, committee.tenant_id) as session:
        year = today(session).year
        give(
            session,
            actor,
            committee.ward.id,
            Order(month=date(year + 1, 12, 1), waived=True, document="1"),
            0,
            "",
        )
        late = Order(month=date(year + 2, 1, 1), waived=True, document="1")
        with pytest.raises(InvalidFields, match="Chỉ điều chỉnh được đến hết năm sau"):
            give(session, actor, committee.ward.id, late, 0, "")


def test_only_a_superior_orders_and_only_below_itself(
    committee: Committee, engine: Engine, unique: str
) -> None:
    other = make_committee(engine, f"{unique}-khac", "MỒI")
    with scope(committee.engine, committee.tenant_id) as session:
        for role in (Role.CELL_SECRETARY, Role.MEMBER):
            with pytest.raises(NotAllowed):
                give(session, committee.actor(role), committee.cells[0].id, MOVED, 0, "")
        for out_of_reach in (committee.root.id, other.ward.id, 2_000_000_000):
            with pytest.raises(NotFound):
                give(session, committee.actor(Role.COMMITTEE), out_of_reach, MOVED, 0, "")
        assert session.scalars(select(MonthException)).all() == []


BY_THE_DISTRICT = "do quản trị đảng bộ ghi theo 15-CV/ĐU ngày 20/02/2024. Chỉ nơi đã ghi hoặc cấp trên"


def test_an_order_of_a_body_above_is_not_the_wards_to_change(committee: Committee) -> None:
    """The whole committee orders the ward's March: the ward neither changes nor takes it back, nor looks at doing so; its
    own order of April it does, and the committee may change that too, which then is the committee's."""
    ward, april = committee.actor(Role.COMMITTEE), date(2024, 4, 1)
    order(committee, committee.ward.id)
    other = Order(month=MARCH, deadline=date(2024, 3, 9), document="ward")
    with scope(committee.engine, committee.tenant_id) as session:
        for act in (
            lambda: consider(session, REGISTRY, ward, committee.ward.id, other),
            lambda: give(session, ward, committee.ward.id, other, 1, ""),
            lambda: consider_taking_back(session, REGISTRY, ward, committee.ward.id, MARCH),
            lambda: take_back(session, ward, committee.ward.id, MARCH, 1, "nhầm"),
        ):
            with pytest.raises(NotAllowed, match=BY_THE_DISTRICT):
                act()
        for version, document in ((0, "một"), (1, "hai")):
            own = Order(month=april, waived=True, document=document)
            give(session, ward, committee.ward.id, own, version, "")
        both = [
            one
            for month in (MARCH, april)
            for one in orders_for(session, frozenset({committee.ward.id}), month, AFTER)
        ]
        assert [(one.order.document, one.ordered_by) for one in both] == [
            (MOVED.document, None),
            ("hai", committee.ward.name),
        ]
        assert changeable(session, ward, both[:1]) == frozenset()
        assert changeable(session, ward, both[1:]) == frozenset({committee.ward.id})
        assert changeable(session, committee.actor(Role.TENANT_ADMIN), both) == frozenset({committee.ward.id})
    order(committee, committee.ward.id, Order(month=april, waived=True, document="ba"), version=2)
    with scope(committee.engine, committee.tenant_id) as session, pytest.raises(NotAllowed):
        take_back(session, ward, committee.ward.id, april, 3, "nhầm")


@pytest.mark.parametrize(
    ("theirs", "wanted", "errors"),
    [
        (MOVED, {"waived": True}, {"waived": "chuyển ngày họp, không cho nghỉ."}),
        (
            MOVED,
            {"deadline": date(2024, 3, 16)},
            {"deadline": "hạn cuối không được sau 15/03/2024."},
        ),
        (
            Order(month=MARCH, waived=True, document=MOVED.document),
            {"deadline": date(2024, 3, 9)},
            {"waived": "cho nghỉ."},
        ),
    ],
    ids=["waived", "later", "not waived"],
)
def test_what_a_body_above_ordered_is_only_narrowed_below(
    committee: Committee, theirs: Order, wanted: dict[str, Any], errors: dict[str, str]
) -> None:
    """An order for one cell, nearer than that for the ward, would otherwise be the way around it."""
    order(committee, committee.ward.id, theirs)
    cell, ward = committee.cells[0].id, committee.actor(Role.COMMITTEE)
    said = f"quản trị đảng bộ đã điều chỉnh tháng này theo {MOVED.document}: "
    with scope(committee.engine, committee.tenant_id) as session:
        with pytest.raises(InvalidFields) as refused:
            give(session, ward, cell, Order(month=MARCH, document="1", **wanted), 0, "")
        assert refused.value.errors == {name: said + why for name, why in errors.items()}
    order(committee, cell, Order(month=MARCH, document="1", **wanted))


def test_an_order_within_that_of_a_body_above_is_given(committee: Committee) -> None:
    order(committee, committee.ward.id)
    within = Order(month=MARCH, day=date(2024, 3, 8), deadline=MOVED.deadline, document="1")
    with scope(committee.engine, committee.tenant_id) as session:
        give(session, committee.actor(Role.COMMITTEE), committee.cells[0].id, within, 0, "")
    assert [scheduled(committee, place)[1] for place in (0, 1)] == [within.day, MOVED.day]


def test_an_order_over_many_cells_is_followed_in_the_background(
    committee: Committee, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bontot.services.month_turns.AT_ONCE", 1)
    with scope(committee.engine, committee.tenant_id) as session:
        give(session, committee.actor(Role.COMMITTEE), committee.ward.id, MOVED, 0, "")
        assert rejudge(session, REGISTRY, today(session)).whole


def test_a_month_that_is_over_is_ordered_for_who_was_below_then(committee: Committee) -> None:
    """The second cell went to another body in May: an order for March still moves its March."""
    with scope(committee.engine, committee.tenant_id) as session:
        period = session.scalars(
            select(OrganisationPeriod).where(OrganisationPeriod.organisation_id == committee.cells[1].id)
        ).one()
        later = OrganisationPeriod(
            organisation_id=period.organisation_id,
            parent_id=committee.root.id,
            name=period.name,
            code=period.code,
            type=period.type,
            sector=period.sector,
            sort_key=period.sort_key,
            valid_from=date(2024, 5, 1),
        )
        period.valid_to = later.valid_from
        session.flush()
        session.add(later)
        session.flush()
        admin = committee.actor(Role.TENANT_ADMIN)
        assert consider(session, REGISTRY, admin, committee.ward.id, MOVED).changed == 2
        may = Order(month=date(2024, 5, 1), waived=True, document="1")
        assert consider(session, REGISTRY, admin, committee.ward.id, may).changed == 1


def test_what_was_judged_follows_an_order(committee: Committee) -> None:
    """The calendar criterion of the year judged counts a month fewer, in the transaction that excuses from it."""
    with scope(committee.engine, committee.tenant_id) as session:
        evaluate(session, REGISTRY, year=2024, as_of=date(2024, 12, 31), by="thử")
        assert session.scalars(select(EvaluationRun)).all()
    with scope(committee.engine, committee.tenant_id) as session:
        wanted = Order(month=MARCH, waived=True, document="1")
        give(session, committee.actor(Role.COMMITTEE), committee.ward.id, wanted, 0, "")
        done = rejudge(session, REGISTRY, today(session))
        assert done.written >= 2
        judged = set(session.scalars(select(LaterVerdict.subject_id)))
    assert {cell.id for cell in committee.cells} <= judged
