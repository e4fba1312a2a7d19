"""Who is reminded of what on which day: once, in the records and in one letter a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy import Engine, select, update

from bontot.access import Role
from bontot.clock import today
from bontot.db.models import Account, Letter, MonthException, PlannedMeeting, Reminder
from bontot.db.tenancy import TenantSession, scope
from bontot.errors import InvalidInput, NotAllowed, NotFound, Stale
from bontot.registry import Registry
from bontot.services.letters import change_address, letters, masked, send_again
from bontot.services.meetings import MeetingEntry, record_meeting
from bontot.services.reminded import Outcome, reminders_of, standing
from bontot.services.reminders import Made, Setting, change_setting, occasions, remind, setting
from tests.factories import Committee, make_committee

REGISTRY = Registry.load()
MARCH = date(2024, 3, 1)
PLANNED, LAST = date(2024, 3, 4), date(2024, 3, 7)
"""The third is a Sunday, so that the cell meets on the fourth; the seventh is the last day."""


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    made = make_committee(engine, unique, "nhà")
    with scope(engine, made.tenant_id) as session:
        for months in range(1, 3):  # February is held, so that only March is spoken of
            for cell in made.cells:
                record_meeting(
                    session,
                    made.actor(Role.TENANT_ADMIN),
                    cell.id,
                    MeetingEntry(kind="regular", held_on=date(2024, months, 2), marks={}),
                )
    return made


def told(session: TenantSession, committee: Committee) -> set[tuple[str, int, str, date]]:
    """`(role, place of the cell, kind, day it is about)` of every reminder."""
    roles = {account: role.value for role, account in committee.accounts.items()}
    places = {cell.id: place for place, cell in enumerate(committee.cells)}
    rows = session.execute(
        select(Reminder.account_id, Reminder.organisation_id, Reminder.kind, Reminder.about)
    )
    return {(roles[account], places[cell], kind, about) for account, cell, kind, about in rows}


def test_the_days_before_on_and_after_remind_who_has_to_know(committee: Committee) -> None:
    """Three days before and on the day the secretary and a member of the first cell; after the deadline the secretary and
    the ward and the admin, of both cells. Nobody twice."""
    with scope(committee.engine, committee.tenant_id) as session:
        assert remind(session, REGISTRY, PLANNED - timedelta(days=4), by_mail=True) == Made(0, 0)
        before = remind(session, REGISTRY, PLANNED - timedelta(days=3), by_mail=True)
        assert remind(session, REGISTRY, PLANNED - timedelta(days=2), by_mail=True) == Made(0, 0)
        on_day = remind(session, REGISTRY, PLANNED, by_mail=True)
        waiting = remind(session, REGISTRY, LAST, by_mail=True)
        after = remind(session, REGISTRY, LAST + timedelta(days=1), by_mail=True)
        again = remind(session, REGISTRY, LAST + timedelta(days=1), by_mail=True)
        assert (before, on_day, waiting, after, again) == (
            Made(2, 0),
            Made(2, 0),
            Made(0, 0),
            Made(5, 0),
            Made(0, 0),
        )
        assert told(session, committee) == {
            ("cell_secretary", 0, "before", PLANNED),
            ("member", 0, "before", PLANNED),
            ("cell_secretary", 0, "on_day", PLANNED),
            ("member", 0, "on_day", PLANNED),
            ("cell_secretary", 0, "overdue", LAST),
            ("committee", 0, "overdue", LAST),
            ("committee", 1, "overdue", LAST),
            ("tenant_admin", 0, "overdue", LAST),
            ("tenant_admin", 1, "overdue", LAST),
        }


def test_a_meeting_that_is_moved_is_reminded_of_again_by_its_new_day(committee: Committee) -> None:
    """Invited to the sixth after the fourth was reminded of, and the last day moved by order after it had passed: each day
    and each last day once, and what was told before says where the day went."""
    cell, secretary = committee.cells[0], committee.accounts[Role.CELL_SECRETARY]
    moved, later = date(2024, 3, 6), date(2024, 3, 15)

    def outcomes(session: TenantSession, day: date) -> list[tuple[str, date, Outcome, date | None]]:
        found = reminders_of(session, REGISTRY, secretary, day, 1).lines
        return [(line.kind, line.about, line.outcome, line.now) for line in found]

    with scope(committee.engine, committee.tenant_id) as session:
        assert remind(session, REGISTRY, PLANNED - timedelta(days=3), by_mail=False) == Made(2, 0)
        invitation = PlannedMeeting(
            organisation_id=cell.id, kind="regular", held_on=moved, place="Nhà văn hóa", prepared_by="thử"
        )
        session.add(invitation)
        session.flush()
        assert standing(session, REGISTRY, secretary, PLANNED) == []
        assert remind(session, REGISTRY, moved - timedelta(days=3), by_mail=False) == Made(2, 0)
        assert remind(session, REGISTRY, moved - timedelta(days=2), by_mail=False) == Made(0, 0)
        assert outcomes(session, PLANNED) == [
            ("before", moved, Outcome.WAITING, None),
            ("before", PLANNED, Outcome.MOVED, moved),
        ]
        assert remind(session, REGISTRY, LAST + timedelta(days=1), by_mail=False) == Made(5, 0)
        order = MonthException(
            organisation_id=committee.ward.id, month=MARCH, deadline=later, waived=False, document="1"
        )
        session.add(order)
        session.flush()
        assert remind(session, REGISTRY, LAST + timedelta(days=2), by_mail=False) == Made(0, 0)
        assert outcomes(session, LAST + timedelta(days=2))[0] == ("overdue", LAST, Outcome.MOVED, later)
        assert standing(session, REGISTRY, secretary, LAST + timedelta(days=2)) == []
        assert remind(session, REGISTRY, later + timedelta(days=1), by_mail=False) == Made(5, 0)
        assert [line.about for line in standing(session, REGISTRY, secretary, later + timedelta(days=1))] == [
            later
        ]
        order.waived, order.deadline = True, None
        session.flush()
        assert {outcome for _, _, outcome, _ in outcomes(session, later)} == {Outcome.NOT_ASKED}
        assert standing(session, REGISTRY, secretary, later + timedelta(days=1)) == []


def test_an_invitation_moves_the_day_and_says_hour_and_place(committee: Committee) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        session.add(
            PlannedMeeting(
                organisation_id=committee.cells[0].id,
                kind="regular",
                held_on=date(2024, 3, 6),
                starts_at=time(19, 30),
                place="Nhà văn hóa",
                prepared_by="thử",
            )
        )
        session.flush()
        found = {
            (one.cell, one.kind): one.said
            for day in (PLANNED, date(2024, 3, 6))
            for one in occasions(session, REGISTRY, Setting(days_before=2), day)
        }
    one, two = (cell.id for cell in committee.cells)
    assert found == {
        (one, "before"): "sinh hoạt tháng 03/2024: 19:30 ngày 06/03/2024, Nhà văn hóa",
        (one, "on_day"): "hôm nay sinh hoạt tháng 03/2024: 19:30 ngày 06/03/2024, Nhà văn hóa",
        (two, "on_day"): "hôm nay sinh hoạt tháng 03/2024: 04/03/2024",
    }


def test_who_met_or_is_excused_is_not_spoken_of(committee: Committee) -> None:
    one, two = committee.cells
    with scope(committee.engine, committee.tenant_id) as session:
        session.add(MonthException(organisation_id=two.id, month=MARCH, waived=True, document="15-CV/ĐU"))
        entry = MeetingEntry(kind="regular", held_on=PLANNED, marks={})
        record_meeting(session, committee.actor(Role.CELL_SECRETARY), one.id, entry)
        for days in range(-3, 10):
            assert occasions(session, REGISTRY, Setting(), PLANNED + timedelta(days=days)) == []


@pytest.mark.parametrize("wanted", [Setting(None, on_day=False), Setting(14, overdue=False)], ids=str)
def test_every_setting_reminds_on_its_own_days_and_no_others(committee: Committee, wanted: Setting) -> None:
    days = [PLANNED + timedelta(days=by) for by in range(-16, 12)]
    with scope(committee.engine, committee.tenant_id) as session:
        found = {(one.kind, day) for day in days for one in occasions(session, REGISTRY, wanted, day)}
    expected = {("on_day", PLANNED)} if wanted.on_day else set()
    if wanted.overdue:
        expected |= {("overdue", LAST + timedelta(days=after)) for after in range(1, 8)}
    for before in range(1, (wanted.days_before or 0) + 1):
        expected.add(("before", PLANNED - timedelta(days=before)))
    assert found == {(kind, day) for kind, day in expected if day in days}


def with_address(session: TenantSession, committee: Committee, *roles: Role) -> None:
    for role in roles:
        change_address(session, committee.actor(role), f"{role.value}@vi-du.vn")


def test_an_account_with_an_address_gets_one_letter_a_day_that_names_nobody(committee: Committee) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        with_address(session, committee, Role.COMMITTEE)
        session.execute(
            update(Account)
            .where(Account.id == committee.accounts[Role.MEMBER])
            .values(email="khoa@vi-du.vn", disabled_at=MARCH)
        )
        assert remind(session, REGISTRY, PLANNED, by_mail=True) == Made(
            1, 0
        )  # the secretary: who is disabled is not told
        day = LAST + timedelta(days=1)
        assert remind(session, REGISTRY, day, by_mail=False) == Made(5, 0)
        session.execute(update(Reminder).where(Reminder.day == day).values(month=date(2020, 1, 1)))
        assert remind(session, REGISTRY, day, by_mail=True) == Made(5, 1)
        [letter] = session.scalars(select(Letter)).all()
        one, two = (cell.name for cell in committee.cells)
        assert (letter.address, letter.subject, letter.state) == (
            "committee@vi-du.vn",
            "Nhắc lịch sinh hoạt ngày 08/03/2024",
            "waiting",
        )
        assert letter.body == (
            "Kính gửi đồng chí,\n\n"
            "- 2 chi bộ chưa ghi nhận buổi sinh hoạt tháng 03/2024, hạn cuối là 07/03/2024: "
            f"{one}; {two}.\n\n"
            "Xem chi tiết: đăng nhập Bốn Tốt.\n\n"
            "Thư gửi tự động theo thiết đặt của Đảng bộ nhà. "
            "Không muốn nhận nữa: vào trang Nhắc việc, bỏ địa chỉ thư.\n"
        )


def test_a_letter_says_which_day_a_new_one_takes_the_place_of(committee: Committee) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        with_address(session, committee, Role.MEMBER)
        remind(session, REGISTRY, PLANNED - timedelta(days=3), by_mail=True)
        invitation = PlannedMeeting(
            organisation_id=committee.cells[0].id,
            kind="regular",
            held_on=date(2024, 3, 6),
            place="Nhà văn hóa",
            prepared_by="thử",
        )
        session.add(invitation)
        session.flush()
        for day in (date(2024, 3, 3), date(2024, 3, 6)):
            remind(session, REGISTRY, day, by_mail=True)
        bodies = session.scalars(select(Letter.body).order_by(Letter.day)).all()
    name = committee.cells[0].name
    assert [body.splitlines()[2] for body in bodies] == [
        f"- {name}: sinh hoạt tháng 03/2024: 04/03/2024.",
        f"- {name}: sinh hoạt tháng 03/2024: 06/03/2024, Nhà văn hóa (thay cho ngày 04/03/2024).",
        f"- {name}: hôm nay sinh hoạt tháng 03/2024: 06/03/2024, Nhà văn hóa.",
    ]


def test_a_committee_without_letters_sends_none(committee: Committee) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        with_address(session, committee, Role.CELL_SECRETARY)
        change_setting(session, committee.actor(Role.TENANT_ADMIN), Setting(by_mail=False))
        assert remind(session, REGISTRY, PLANNED, by_mail=True) == Made(2, 0)
        assert session.scalars(select(Letter)).all() == []


def test_the_setting_is_the_admins_and_of_a_version(committee: Committee) -> None:
    admin = committee.actor(Role.TENANT_ADMIN)
    with scope(committee.engine, committee.tenant_id) as session:
        assert setting(session) == Setting(3, True, True, True, 0)
        with pytest.raises(NotAllowed):
            change_setting(session, committee.actor(Role.COMMITTEE), Setting())
        for days in (0, 15):
            with pytest.raises(InvalidInput, match="Nhắc trước từ 1 đến 14 ngày"):
                change_setting(session, admin, Setting(days_before=days))
        change_setting(session, admin, Setting(7, on_day=False))
        assert setting(session) == Setting(7, False, True, True, 1)
        with pytest.raises(Stale):
            change_setting(session, admin, Setting(5))


@pytest.mark.parametrize(
    "address",
    ["khong-co-a-cong", "hai@@vi-du.vn", "có dấu@vi-du.vn", "a@b\nBcc: c@d", "a@vi-du.vn, b@vi-du.vn"],
)
def test_what_is_no_address_is_refused(committee: Committee, address: str) -> None:
    with scope(committee.engine, committee.tenant_id) as session, pytest.raises(InvalidInput):
        change_address(session, committee.actor(Role.MEMBER), address)


def test_home_shows_what_still_waits_and_the_page_shows_all(committee: Committee) -> None:
    account, cell = committee.accounts[Role.CELL_SECRETARY], committee.cells[0]
    with scope(committee.engine, committee.tenant_id) as session:
        for day in (PLANNED - timedelta(days=3), PLANNED):
            remind(session, REGISTRY, day, by_mail=True)
        assert [line.kind for line in standing(session, REGISTRY, account, PLANNED)] == ["on_day"]
        assert standing(session, REGISTRY, account, LAST) == []
        remind(session, REGISTRY, LAST + timedelta(days=1), by_mail=True)
        late = standing(session, REGISTRY, account, LAST + timedelta(days=2))
        assert [(line.cell, line.kind, line.about, line.letter) for line in late] == [
            (cell.name, "overdue", LAST, None)
        ]
        entry = MeetingEntry(kind="regular", held_on=LAST + timedelta(days=2), marks={})
        record_meeting(session, committee.actor(Role.CELL_SECRETARY), cell.id, entry)
        assert standing(session, REGISTRY, account, LAST + timedelta(days=2)) == []
        mine = reminders_of(session, REGISTRY, account, today(session), 1)
        assert [(line.kind, line.outcome, line.now) for line in mine.lines] == [
            (kind, Outcome.HELD, LAST + timedelta(days=2)) for kind in ("overdue", "on_day", "before")
        ]
        with pytest.raises(NotFound):
            reminders_of(session, REGISTRY, account, today(session), 2)


def test_letters_are_the_admins_to_see_and_to_send_again(committee: Committee) -> None:
    admin = committee.actor(Role.TENANT_ADMIN)
    with scope(committee.engine, committee.tenant_id) as session:
        with_address(session, committee, Role.CELL_SECRETARY)
        assert remind(session, REGISTRY, PLANNED, by_mail=True) == Made(2, 1)
        [line] = letters(session, admin, 1).lines
        assert (line.address, masked(line.address), line.state) == (
            "cell_secretary@vi-du.vn",
            "ce…@vi-du.vn",
            "waiting",
        )
        with pytest.raises(NotAllowed):
            letters(session, committee.actor(Role.COMMITTEE), 1)
        with pytest.raises(NotFound):
            send_again(session, admin, line.public_id)
        session.execute(update(Letter).values(state="unknown", attempts=2, problem="mất liên lạc"))
        send_again(session, admin, line.public_id)
        [again] = letters(session, admin, 1).lines
        assert again == replace(line, state="waiting", attempts=0, problem=None)
