"""The fee ledger through its services: taken by the month, owed, set right, relieved, reported and passed on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select, text

from bontot.access import Role
from bontot.clock import today
from bontot.db.models import (
    AuditEvent,
    Fee,
    FeePayment,
    FeeRemittance,
    Member,
    Membership,
    OrganisationPeriod,
)
from bontot.db.tenancy import TenantSession, scope
from bontot.errors import InvalidInput, NotAllowed, NotFound, Stale
from bontot.evaluation import runs
from bontot.evaluation.incremental import rejudge
from bontot.evaluation.whole import evaluate
from bontot.registry import Registry
from bontot.services.fees import reports, taking_back
from bontot.services.fees.bases import Relief, reliefs_of
from bontot.services.fees.board import MonthState, year_of_cells
from bontot.services.fees.ledger import Due, ledger, months_of
from bontot.services.fees.recording import (
    ALL,
    NOTHING,
    OTHER,
    Correction,
    Taken,
    correct_line,
    record_month,
)
from bontot.services.fees.remitting import remit
from bontot.services.fees.settings import KEPT_BY_BASE, KEPT_BY_BASE_CELL, KEPT_BY_CELL, decide
from tests.factories import Committee, make_committee
from tests.fee_keeping import end_relief, grant_relief, set_basis

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    """A cell of four, pensioners all, each with a pension of his or her own; and another cell of four."""
    made = make_committee(engine, unique, "nhà", members=4)
    with scope(engine, made.tenant_id) as session:
        for place, (member, _) in enumerate(made.cells[0].members):
            set_basis(
                session,
                made.actor(Role.CELL_SECRETARY),
                member,
                "pension",
                6_000_000 + place * 200_000,
                MARCH,
            )
    return made


def everyone(committee: Committee, **others: Taken) -> dict[int, Taken]:
    """All pay, but those named by their place."""
    named = {int(place.removeprefix("p")): taken for place, taken in others.items()}
    return {member: named.get(place, Taken()) for place, (member, _) in enumerate(committee.cells[0].members)}


def take(
    session: TenantSession,
    committee: Committee,
    month: date,
    taken: Mapping[int, Taken],
    paid_on: date | None = None,
) -> int:
    cell = committee.cells[0].id
    version = ledger(session, cell, month).version
    day = paid_on or month + timedelta(days=2)
    return record_month(session, committee.actor(Role.CELL_SECRETARY), cell, month, version, taken, day)


def state(session: TenantSession, committee: Committee, month: date) -> list[tuple[int | None, int, int]]:
    """Due, paid and owed before, of everybody in the month."""
    found = ledger(session, committee.cells[0].id, month)
    return [(line.due.amount, line.paid, line.owed_before) for line in found.lines]


def test_a_month_is_taken_at_once_with_its_exceptions_and_debts_stay_and_are_paid_oldest_first(
    committee: Committee,
) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        assert (
            take(session, committee, MARCH, everyone(committee, p1=Taken(NOTHING), p2=Taken(OTHER, 10_000)))
            == 73_000
        )
        assert state(session, committee, MARCH) == [
            (30_000, 30_000, 0),
            (31_000, 0, 0),
            (32_000, 10_000, 0),
            (33_000, 33_000, 0),
        ]
        assert state(session, committee, APRIL) == [
            (30_000, 0, 0),
            (31_000, 0, 31_000),
            (32_000, 0, 22_000),
            (33_000, 0, 0),
        ]
        take(session, committee, APRIL, everyone(committee, p1=Taken(ALL), p2=Taken(OTHER, 25_000)))
        assert state(session, committee, APRIL) == [
            (30_000, 30_000, 0),
            (31_000, 31_000, 0),
            (32_000, 3_000, 0),
            (33_000, 33_000, 0),
        ]
        debts = [line.owed for line in ledger(session, committee.cells[0].id, MAY).lines]
        assert debts == [(), (), ((APRIL, 29_000),), ()]
        lines = session.execute(
            select(Fee.month, Fee.paid, Fee.paid_on)
            .where(Fee.member_id == committee.cells[0].members[1][0])
            .order_by(Fee.month)
        )
        assert lines.all() == [(MARCH, 31_000, date(2026, 4, 3)), (APRIL, 31_000, date(2026, 4, 3))]


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from((NOTHING, ALL, OTHER)), st.integers(0, 70_000)),
        max_size=8,
    )
)
def test_whatever_is_taken_every_line_is_the_sum_of_its_payments_and_never_overpaid(
    committee: Committee, plays: list[tuple[int, str, int]]
) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        for month in (MARCH, APRIL, MAY):
            for place, how, amount in plays:
                member = committee.cells[0].members[place][0]
                before = {
                    line.member_id: line for line in ledger(session, committee.cells[0].id, month).lines
                }
                whole = before[member].left + before[member].owed_before
                wanted = {NOTHING: 0, ALL: whole, OTHER: min(amount, whole)}[how]
                of_one = {member: Taken(how, min(amount, whole))}
                if not wanted and all(line.written for line in before.values()):
                    with pytest.raises(InvalidInput, match="Chưa có gì để ghi"):
                        take(session, committee, month, of_one)
                else:
                    assert take(session, committee, month, of_one) == wanted
        sums = session.execute(
            text("""
            SELECT count(*) FROM fee AS f WHERE f.paid > f.due OR f.paid <> (
                SELECT coalesce(sum(p.amount), 0) FROM fee_payment AS p
                WHERE p.member_id = f.member_id AND p.month = f.month)
        """)
        )
        assert sums.scalar_one() == 0
        session.rollback()


def test_what_cannot_be_taken_is_refused_at_its_line_and_nothing_is_written(committee: Committee) -> None:
    first, stranger = committee.cells[0].members[0], committee.cells[1].members[0][0]
    with scope(committee.engine, committee.tenant_id) as session:
        day = today(session)
        cases: list[tuple[dict[int, Taken], date, dict[str, str]]] = [
            (
                everyone(committee, p0=Taken(OTHER, 30_001)),
                MARCH,
                {
                    f"fee-{first[1]}": "Nguyễn nhà An còn phải đóng 30.000 đồng. Đóng cao hơn mức thì ghi ở trang sửa"
                    " của đồng chí ấy, kèm ý kiến của cấp trên."
                },
            ),
            (everyone(committee), day + timedelta(days=1), {"paid_on": "Ngày nộp chưa đến."}),
            (
                everyone(committee),
                MARCH - timedelta(days=1),
                {"paid_on": "Ngày nộp phải từ 01/03/2026 trở đi."},
            ),
            ({stranger: Taken()}, MARCH, {"": "Danh sách chi bộ vừa thay đổi. Xin tải lại trang."}),
        ]
        for taken, paid_on, expected in cases:
            with pytest.raises(InvalidInput) as refused:
                take(session, committee, MARCH, taken, paid_on)
            assert refused.value.errors == expected
        with pytest.raises(InvalidInput, match="chưa đến"):
            take(session, committee, date(day.year + 1, 1, 1), {}, day)
        assert session.scalar(select(func.count()).select_from(Fee)) == 0
    with scope(committee.engine, committee.tenant_id) as session, pytest.raises(NotAllowed):
        record_month(session, committee.actor(Role.MEMBER), committee.cells[0].id, MARCH, "", {}, MARCH)


def everything(session: TenantSession) -> list[tuple[int, date, int, int, date | None, int]]:
    """Every line of the ledger with how many payments it has, but for its version."""
    payments = select(func.count()).select_from(FeePayment)
    of_line = payments.where(FeePayment.member_id == Fee.member_id, FeePayment.month == Fee.month)
    lines = select(Fee.member_id, Fee.month, Fee.due, Fee.paid, Fee.paid_on, of_line.scalar_subquery())
    return [tuple(row) for row in session.execute(lines.order_by(Fee.member_id, Fee.month))]


def test_the_last_booking_of_the_day_is_taken_back_as_if_it_had_not_been_made(committee: Committee) -> None:
    cell, keeper = committee.cells[0].id, committee.actor(Role.CELL_SECRETARY)
    with scope(committee.engine, committee.tenant_id) as session:
        take(session, committee, MARCH, everyone(committee, p1=Taken(NOTHING), p2=Taken(OTHER, 10_000)))
    with scope(committee.engine, committee.tenant_id) as session:
        before = everything(session)
        session.expire_all()
        took = take(session, committee, APRIL, everyone(committee, p1=Taken(ALL), p2=Taken(OTHER, 25_000)))
    with scope(committee.engine, committee.tenant_id) as session:
        booked = taking_back.last_booking(session, cell, APRIL)
        assert booked is not None
        assert (booked.members, booked.amount, took) == (4, took, 150_000)
        assert taking_back.take_back(session, keeper, cell, APRIL, booked.id) == booked
        assert everything(session) == before
        assert taking_back.last_booking(session, cell, APRIL) is None
        with pytest.raises(Stale):
            taking_back.take_back(session, keeper, cell, APRIL, booked.id)
        assert taking_back.last_booking(session, cell, MARCH) is not None


def test_a_booking_on_which_something_rests_is_not_taken_back(committee: Committee) -> None:
    cell, keeper = committee.cells[0].id, committee.actor(Role.CELL_SECRETARY)
    second = committee.cells[0].members[1][0]

    def refused(rest: Callable[[TenantSession], object]) -> bool:
        """Whether the booking of March cannot be taken back after something else; nothing is kept."""
        with scope(committee.engine, committee.tenant_id) as session:
            booked = taking_back.last_booking(session, cell, MARCH)
            assert booked is not None
            rest(session)
            session.flush()
            gone = taking_back.last_booking(session, cell, MARCH) is None
            with pytest.raises(InvalidInput, match=taking_back.RESTS):
                taking_back.take_back(session, keeper, cell, MARCH, booked.id)
            session.rollback()
            return gone

    with scope(committee.engine, committee.tenant_id) as session:
        take(session, committee, MARCH, everyone(committee, p1=Taken(NOTHING)))
    correction = Correction(due=31_000, paid=0, exempt=True, paid_on=MARCH, reason="được miễn")
    assert refused(lambda session: correct_line(session, keeper, second, MARCH, 1, correction))
    assert refused(lambda session: take(session, committee, APRIL, everyone(committee, p1=Taken(ALL))))
    passed_on = {"organisation_id": cell, "amount": 9, "remitted_on": MARCH, "entered_by": "x"}
    assert refused(lambda session: session.add(FeeRemittance(**passed_on)))


def test_a_booking_is_not_taken_back_while_its_money_is_passed_on(committee: Committee) -> None:
    cell, keeper = committee.cells[0].id, committee.actor(Role.CELL_SECRETARY)
    with scope(committee.engine, committee.tenant_id) as session:
        take(session, committee, MARCH, everyone(committee))
    with scope(committee.engine, committee.tenant_id) as session:
        booked = taking_back.last_booking(session, cell, MARCH)
        assert booked is not None

    def second() -> None:
        with scope(committee.engine, committee.tenant_id) as session:
            taking_back.take_back(session, keeper, cell, MARCH, booked.id)

    with ThreadPoolExecutor(1) as other:
        with scope(committee.engine, committee.tenant_id) as session:
            remit(session, committee.actor(Role.COMMITTEE), cell, 80_000, MARCH, "PT 01")
            session.flush()
            waiting = other.submit(second)
            assert not wait([waiting], 0.5).done
        with pytest.raises(InvalidInput, match=taking_back.RESTS):
            waiting.result()


def test_a_booking_of_another_day_is_not_taken_back(committee: Committee) -> None:
    cell, keeper = committee.cells[0].id, committee.actor(Role.CELL_SECRETARY)
    with scope(committee.engine, committee.tenant_id) as session:
        take(session, committee, MARCH, everyone(committee))
        session.flush()
        booked = taking_back.last_booking(session, cell, MARCH)
        assert booked is not None
        detail = {
            "month": str(MARCH),
            "members": 1,
            "amount": 1,
            "paid_on": str(MARCH),
            "fresh": [],
            "lines": [],
        }
        yesterday = AuditEvent(
            action="record_fees",
            subject="organisation",
            subject_id=cell,
            detail=detail,
            at=booked.at - timedelta(days=1),
        )
        session.add(yesterday)
        session.flush()
        assert taking_back.last_booking(session, cell, MARCH) is None
        with pytest.raises(InvalidInput, match=taking_back.ANOTHER_DAY):
            taking_back.take_back(session, keeper, cell, MARCH, yesterday.id)
        session.rollback()


def test_a_second_keeper_is_told_instead_of_taking_twice(committee: Committee) -> None:
    cell, actor = committee.cells[0].id, committee.actor(Role.CELL_SECRETARY)
    with scope(committee.engine, committee.tenant_id) as session:
        seen = ledger(session, cell, MARCH).version
        take(session, committee, MARCH, everyone(committee))
        with pytest.raises(Stale):
            record_month(session, actor, cell, MARCH, seen, everyone(committee), MARCH)
        assert session.scalar(select(func.count()).select_from(FeePayment)) == 4


def test_a_due_that_changed_since_the_list_was_shown_is_not_taken_unseen(committee: Committee) -> None:
    cell, actor = committee.cells[0].id, committee.actor(Role.CELL_SECRETARY)
    with scope(committee.engine, committee.tenant_id) as session:
        seen = ledger(session, cell, MARCH).version
        set_basis(session, actor, committee.cells[0].members[0][0], "pension", 8_000_000, MARCH)
        with pytest.raises(Stale):
            record_month(session, actor, cell, MARCH, seen, everyone(committee), MARCH)
        assert session.scalar(select(func.count()).select_from(FeePayment)) == 0


def test_what_is_set_right_while_a_month_is_taken_is_not_paid_twice(committee: Committee) -> None:
    cell, actor = committee.cells[0].id, committee.actor(Role.CELL_SECRETARY)
    member = committee.cells[0].members[0][0]
    with scope(committee.engine, committee.tenant_id) as session:
        take(session, committee, MARCH, everyone(committee, p0=Taken(NOTHING)))
        seen = ledger(session, cell, MARCH).version

    def second() -> None:
        with scope(committee.engine, committee.tenant_id) as session:
            record_month(session, actor, cell, MARCH, seen, {member: Taken()}, APRIL)

    right = Correction(due=30_000, paid=30_000, exempt=False, paid_on=APRIL, reason="thu sót")
    with ThreadPoolExecutor(1) as other:
        with scope(committee.engine, committee.tenant_id) as session:
            correct_line(session, actor, member, MARCH, 1, right)
            waiting = other.submit(second)
            assert not wait([waiting], 0.5).done
        with pytest.raises(Stale):
            waiting.result()
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.get_one(Fee, (committee.tenant_id, member, MARCH)).paid == 30_000


def test_who_comes_or_leaves_during_a_month_pays_it_where_the_month_began(committee: Committee) -> None:
    mover, leaver = (member for member, _ in committee.cells[0].members[:2])
    with scope(committee.engine, committee.tenant_id) as session:
        take(session, committee, MARCH, everyone(committee, p0=Taken(NOTHING)))
        home = session.scalars(select(Membership).where(Membership.member_id == mover)).one()
        home.valid_to = date(2026, 4, 15)
        session.add(
            Membership(member_id=mover, organisation_id=committee.cells[1].id, valid_from=date(2026, 4, 15))
        )
        gone = session.get_one(Member, (committee.tenant_id, leaver))
        gone.ended_on, gone.end_kind = date(2026, 4, 1), "resigned"
        session.flush()
        rolls = {
            (place, month.month): {
                line.member_id for line in ledger(session, committee.cells[place].id, month).lines
            }
            for place in (0, 1)
            for month in (APRIL, MAY)
        }
        assert {key: mover in roll for key, roll in rolls.items()} == {
            (0, 4): True,
            (0, 5): False,
            (1, 4): False,
            (1, 5): True,
        }
        assert not any(leaver in roll for roll in rolls.values())
        [line] = [
            line for line in ledger(session, committee.cells[1].id, MAY).lines if line.member_id == mover
        ]
        assert line.owed == ((MARCH, 30_000),)


def test_exemptions_reductions_and_party_age_change_the_months_they_hold_in(committee: Committee) -> None:
    actor = committee.actor(Role.COMMITTEE)
    poor, reduced, old = (member for member, _ in committee.cells[0].members[:3])
    with scope(committee.engine, committee.tenant_id) as session:
        grant_relief(
            session,
            actor,
            poor,
            Relief(ground="poor", percent=100, since=APRIL, until=None, document="05-QĐ/ĐU"),
        )
        grant_relief(
            session,
            actor,
            reduced,
            Relief(ground=None, percent=70, since=APRIL, until=MAY, document="06-QĐ/ĐU"),
        )
        elder = session.get_one(Member, (committee.tenant_id, old))
        elder.admission_date, elder.admission_precision = date(1976, 4, 1), "month"
        session.flush()
        dues = [
            [line.due for line in ledger(session, committee.cells[0].id, month).lines[:3]]
            for month in (MARCH, APRIL, MAY)
        ]
        pays = [Due(amount=amount, why="group", key="pension") for amount in (30_000, 31_000, 32_000)]
        poor_due, old_due = (Due(amount=0, why="exempt", key=key) for key in ("poor", "party_age"))
        assert dues == [
            pays,
            [poor_due, Due(amount=9_300, why="group", key="pension", reduction=70), pays[2]],
            [poor_due, pays[1], old_due],
        ]
        [relief] = reliefs_of(session, poor)
        end_relief(session, actor, poor, relief.id, MAY, "thoát nghèo")
        assert ledger(session, committee.cells[0].id, MAY).lines[0].due == pays[0]
        with pytest.raises(NotFound):
            end_relief(session, actor, old, relief.id, MAY, "của người khác")


def test_a_relief_needs_its_document_its_regulation_and_at_most_twelve_months(committee: Committee) -> None:
    actor, member = committee.actor(Role.COMMITTEE), committee.cells[0].members[0][0]
    good = Relief(ground=None, percent=50, since=APRIL, until=date(2027, 4, 1), document="05-QĐ/ĐU")
    unknown = "Chọn trường hợp miễn hoặc mức giảm trong danh sách."
    wrong = [
        (
            replace(good, until=date(2027, 5, 1)),
            {"until": "Mỗi lần giảm không quá 12 tháng: chọn tháng cuối trước tháng 04/2027."},
        ),
        (
            replace(good, until=None),
            {"until": "Mỗi lần giảm không quá 12 tháng: chọn tháng cuối trước tháng 04/2027."},
        ),
        (replace(good, until=APRIL), {"until": "Tháng cuối phải từ tháng đầu trở đi."}),
        (replace(good, percent=40), {"kind": unknown}),
        (replace(good, ground="party_age", percent=100), {"kind": unknown}),
        (replace(good, ground="hardship", percent=100), {"kind": unknown}),
        (replace(good, document=" "), {"document": "Cần ghi số, ngày của văn bản cho miễn hoặc giảm."}),
    ]
    with scope(committee.engine, committee.tenant_id) as session:
        for relief, expected in wrong:
            with pytest.raises(InvalidInput) as refused:
                grant_relief(session, actor, member, relief)
            assert refused.value.errors == expected
        grant_relief(session, actor, member, good)
        with pytest.raises(InvalidInput) as refused:
            grant_relief(
                session, actor, member, replace(good, since=date(2027, 3, 1), until=date(2027, 6, 1))
            )
        assert refused.value.errors == {"since": "Đã có miễn hoặc giảm từ tháng 04/2026."}


def test_a_basis_holds_until_the_next_and_one_of_a_later_month_is_not_undercut(committee: Committee) -> None:
    actor, member = committee.actor(Role.CELL_SECRETARY), committee.cells[0].members[0][0]
    with scope(committee.engine, committee.tenant_id) as session:
        set_basis(session, actor, member, "student", None, MAY)
        set_basis(session, actor, member, "abroad", 40_000, MAY)
        dues = [ledger(session, committee.cells[0].id, month).lines[0].due.amount for month in (APRIL, MAY)]
        assert dues == [30_000, 40_000]
        for group, figure, since, expected in (
            (
                "pension",
                6_000_000,
                APRIL,
                {"since": "Đã có mức đóng từ tháng 05/2026. Mức mới phải từ tháng ấy trở đi."},
            ),
            ("pension", None, MAY, {"figure": "Nhập lương hưu một tháng, tính bằng đồng."}),
            ("fixed", 5_000, MAY, {"group": "Chọn nhóm đối tượng trong danh sách."}),
            ("pension", 2_000_000_000, MAY, {"figure": "Nhập số tiền từ 1 đến 1.000.000.000 đồng."}),
        ):
            with pytest.raises(InvalidInput) as refused:
                set_basis(session, actor, member, group, figure, since)
            assert refused.value.errors == expected


def test_without_a_basis_the_month_before_is_followed_but_not_across_a_new_regulation(
    committee: Committee,
) -> None:
    member = committee.cells[1].members[0][0]
    with scope(committee.engine, committee.tenant_id) as session:
        session.add(Fee(member_id=member, month=date(2026, 1, 1), due=25_000, paid=25_000))
        session.flush()
        february = ledger(session, committee.cells[1].id, date(2026, 2, 1)).lines[0]
        assert february.due == Due(amount=None, why="group")
        session.add(Fee(member_id=member, month=date(2026, 2, 1), due=28_000, paid=0))
        session.flush()
        march = ledger(session, committee.cells[1].id, MARCH).lines[0]
        assert (march.due, march.owed_before) == (Due(amount=28_000, why="before"), 28_000)


def test_a_line_is_set_right_by_an_entry_of_its_own_with_reason_and_trail(committee: Committee) -> None:
    actor, member = committee.actor(Role.CELL_SECRETARY), committee.cells[0].members[0][0]
    right = Correction(due=30_000, paid=0, exempt=False, paid_on=APRIL, reason="thu nhầm người")
    with scope(committee.engine, committee.tenant_id) as session:
        take(session, committee, MARCH, everyone(committee))
        version = session.get_one(Fee, (committee.tenant_id, member, MARCH)).version
        with pytest.raises(InvalidInput) as refused:
            correct_line(session, actor, member, MARCH, version, replace(right, reason="", paid=-1))
        assert refused.value.errors == {
            "reason": "Cần ghi lý do sửa.",
            "paid": "Nhập số tiền từ 0 đến 100.000.000 đồng.",
        }
        correct_line(session, actor, member, MARCH, version, right)
        with pytest.raises(Stale):
            correct_line(session, actor, member, MARCH, version, right)
        entries = session.execute(
            select(FeePayment.amount, FeePayment.paid_on)
            .where(FeePayment.member_id == member)
            .order_by(FeePayment.id)
        )
        assert entries.all() == [(30_000, date(2026, 3, 3)), (-30_000, APRIL)]
        assert state(session, committee, MARCH)[0] == (30_000, 0, 0)
        assert state(session, committee, APRIL)[0] == (30_000, 0, 30_000)
        correct_line(
            session, actor, member, MARCH, version + 1, replace(right, exempt=True, reason="được miễn")
        )
        assert state(session, committee, APRIL)[0] == (30_000, 0, 0)
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "correct_fee").order_by(AuditEvent.id)
        ).first()
        assert event
        assert event.detail == {
            "month": "2026-03-01",
            "reason": "thu nhầm người",
            "before": {"due": 30_000, "paid": 30_000, "exempt": False},
        }


def test_a_payment_changes_the_standing_of_its_member_at_once(committee: Committee) -> None:
    registry, debtor = Registry.load(), committee.cells[0].members[1][0]
    with scope(committee.engine, committee.tenant_id) as session:
        day = today(session)
        take(session, committee, MARCH, everyone(committee, p1=Taken(NOTHING)))
        [header] = evaluate(session, registry, year=2026, as_of=day, by="thử")
    with scope(committee.engine, committee.tenant_id) as session:
        before = {row.subject_id: row for row in runs.verdicts(session, header.now, 0)}
        take(session, committee, APRIL, everyone(committee, p1=Taken(ALL)))
        rejudge(session, registry, day)
        after = {row.subject_id: row for row in runs.verdicts(session, header.now, 0)}
        [whole] = runs.judge(session, registry, year=2026, as_of=day)
        fresh = {row.subject_id: row for row in runs.verdict_rows(whole.findings[0])}
    assert after == fresh
    assert before[debtor] != after[debtor]


def of_the_cell(session: TenantSession, committee: Committee, month: date) -> dict[str, int | None]:
    """The whole of each line of the first cell's report on a month."""
    rows = reports.report(session, committee.cells[0].id, is_cell=True, period=reports.one_month(month))
    return {row.code: row.figures[-1] for row in rows}


def test_a_report_adds_up_by_months_columns_and_levels(committee: Committee) -> None:
    admin = committee.actor(Role.TENANT_ADMIN)
    with scope(committee.engine, committee.tenant_id) as session:
        decide(session, admin, KEPT_BY_CELL, 30, date(2026, 1, 1), "01-QĐ/QU")
        decide(session, admin, KEPT_BY_BASE, 25, date(2026, 1, 1), "01-QĐ/QU")
        decide(session, admin, KEPT_BY_CELL, 50, MAY, "09-QĐ/QU")
        for month in (MARCH, APRIL, MAY):
            take(session, committee, month, everyone(committee))
        remit(session, admin, committee.ward.id, 100_000, date(2026, 6, 1))
        rows = reports.report(session, committee.ward.id, is_cell=False, period=reports.quarter(2026, 2))
        of_ward = {row.code: row.figures for row in rows}
        of_cell = of_the_cell(session, committee, MAY)
    assert of_ward == {
        "01": (8, 0, 0, 8),
        "02": (252_000, 0, 0, 252_000),
        "03": (378_000, 0, 0, 378_000),
        "04": (163_800, 0, 0, 163_800),
        "05": (100_800, 0, 0, 100_800),
        "06": (63_000, 0, 0, 63_000),
        "07": (0, 0, 0, 0),
        "08": (233_100, 0, 0, 233_100),
        "09": (138_600, 0, 0, 138_600),
        "10": (94_500, 0, 0, 94_500),
        "11": (0, 0, 0, 0),
        "12": (88_200, 0, 0, 88_200),
        "13": (144_900, 0, 0, 144_900),
        "14": (44_900, 0, 0, 44_900),
    }
    assert {code: of_cell[code] for code in ("02", "05", "06", "12", "13", "14")} == {
        "02": 126_000,
        "05": 63_000,
        "06": 0,
        "12": 63_000,
        "13": 239_400,
        "14": 239_400,
    }


def test_no_more_is_kept_than_was_collected(committee: Committee) -> None:
    admin = committee.actor(Role.TENANT_ADMIN)
    with scope(committee.engine, committee.tenant_id) as session:
        decide(session, admin, KEPT_BY_CELL, 30, date(2026, 1, 1), "01-QĐ/QU")
        decide(session, admin, KEPT_BY_CELL, 60, date(2026, 7, 1), "02-QĐ/QU")
        with pytest.raises(InvalidInput, match="Chi bộ trực thuộc giữ lại đã là 60 %"):
            decide(session, admin, KEPT_BY_BASE, 45, date(2026, 1, 1), "03-QĐ/QU")
        decide(session, admin, KEPT_BY_BASE, 40, date(2026, 1, 1), "03-QĐ/QU")
        decide(session, admin, KEPT_BY_BASE_CELL, 100, date(2026, 1, 1), "04-QĐ/QU")
        with pytest.raises(InvalidInput, match="cộng lại không quá 100 %"):
            decide(session, admin, KEPT_BY_CELL, 61, date(2026, 8, 1), "05-QĐ/QU")


def test_a_base_cell_keeps_as_a_base_organisation_and_nobody_keeps_of_it_again(committee: Committee) -> None:
    admin = committee.actor(Role.TENANT_ADMIN)
    with scope(committee.engine, committee.tenant_id) as session:
        for key, percent in ((KEPT_BY_CELL, 30), (KEPT_BY_BASE, 25), (KEPT_BY_BASE_CELL, 40)):
            decide(session, admin, key, percent, date(2026, 1, 1), "01-QĐ/QU")
        period = session.scalars(
            select(OrganisationPeriod).where(OrganisationPeriod.organisation_id == committee.cells[0].id)
        ).one()
        period.type = "grassroots_cell"
        take(session, committee, MARCH, everyone(committee))
        rows = of_the_cell(session, committee, MARCH)
    assert [rows[code] for code in ("02", "05", "06", "12")] == [126_000, 0, 50_400, 75_600]


def test_no_share_is_made_up_where_none_is_decided(committee: Committee) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        take(session, committee, MARCH, everyone(committee))
        rows = of_the_cell(session, committee, MARCH)
        board = year_of_cells(session, committee.ward.id, 2026).lines
    assert (rows["02"], rows["04"], rows["12"], rows["14"]) == (126_000, None, None, None)
    assert [(line.collected, line.upward, line.owed) for line in board] == [(126_000, None, None), (0, 0, 0)]
    assert board[0].months == [
        MonthState(month, 4, 0, 126_000, 126_000) if month == MARCH else MonthState(month)
        for month in months_of(2026)
    ]


def test_money_passed_on_is_entered_by_who_receives_it_and_taken_back_with_a_reason(
    committee: Committee,
) -> None:
    cell = committee.cells[0].id
    with scope(committee.engine, committee.tenant_id) as session:
        with pytest.raises(NotAllowed):
            remit(session, committee.actor(Role.CELL_SECRETARY), cell, 10_000, MARCH)
        ward = committee.actor(Role.COMMITTEE)
        remit(session, ward, cell, 80_000, MARCH, "PT 01")
        for amount, day, expected in (
            (0, MARCH, {"amount": "Nhập số tiền đã nộp, không quá 1.000.000.000 đồng."}),
            (-5, MARCH, {"document": "Ghi giảm thì cần ghi lý do."}),
            (5, date(2014, 1, 1), {"remitted_on": "Tổ chức thành lập ngày 01/01/2015."}),
            (5, today(session) + timedelta(days=1), {"remitted_on": "Ngày nộp chưa đến."}),
        ):
            with pytest.raises(InvalidInput) as refused:
                remit(session, ward, cell, amount, day)
            assert refused.value.errors == expected
        remit(session, ward, cell, -30_000, APRIL, "ghi thừa")
        assert session.scalar(select(func.sum(FeeRemittance.amount))) == 50_000


def test_a_share_is_decided_by_the_administrator_with_a_document_and_from_a_day(committee: Committee) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        with pytest.raises(NotAllowed):
            decide(session, committee.actor(Role.COMMITTEE), KEPT_BY_CELL, 30, MARCH, "01-QĐ/QU")
        with pytest.raises(InvalidInput) as refused:
            decide(session, committee.actor(Role.TENANT_ADMIN), KEPT_BY_CELL, 101, MARCH, "")
        assert refused.value.errors == {
            "value": "Nhập một số từ 0 đến 100 phần trăm.",
            "document": "Cần ghi số, ngày của văn bản quyết định.",
        }
