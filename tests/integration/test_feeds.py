"""Calendars given out: whose secret opens what, until when, and how they are written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from sqlalchemy import Engine, func, select, text, update

from bontot.access import Role
from bontot.clock import today
from bontot.db.models import Account, AuditEvent, CalendarFeed, MonthException, RoleGrant
from bontot.db.tenancy import TenantSession, scope
from bontot.documents.ics import Entry, calendar
from bontot.errors import InvalidInput, NotFound
from bontot.registry import Registry
from bontot.services.feeds import MOST, close_feed, feeds_of, open_feed, read_feed, tenant_of
from bontot.services.meetings import MeetingEntry, record_meeting
from bontot.services.planning import Plan, change, month_of, prepare, withdraw
from bontot.web import calendar_words
from tests.factories import Committee, make_committee

REGISTRY = Registry.load()
MADE = datetime(2026, 11, 27, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    return make_committee(engine, unique, "nhà")


@pytest.fixture
def session(committee: Committee) -> Iterator[TenantSession]:
    with scope(committee.engine, committee.tenant_id) as made:
        yield made


def test_the_secret_is_kept_nowhere_and_opens_its_own_cell_only(
    committee: Committee, session: TenantSession, engine: Engine, unique: str
) -> None:
    secret = open_feed(session, committee.actor(Role.COMMITTEE), committee.cells[1].id)
    assert tenant_of(secret) == committee.tenant_id
    found = read_feed(session, REGISTRY, secret)
    assert (found.own, [cell.name for cell in found.cells]) == (False, [committee.cells[1].name])
    kept = str(session.execute(text("SELECT f::text FROM calendar_feed f")).all())
    kept += str(session.scalars(select(AuditEvent.detail)).all())
    assert secret.partition("-")[2] not in kept
    other = make_committee(engine, f"{unique}-khac", "MỒI")
    elsewhere = f"bt{other.tenant_id}-{secret.partition('-')[2]}"
    with scope(other.engine, other.tenant_id) as theirs, pytest.raises(NotFound):
        read_feed(theirs, REGISTRY, elsewhere)
    for wrong in (secret[:-1] + ("A" if secret[-1] != "A" else "B"), elsewhere):
        with pytest.raises(NotFound):
            read_feed(session, REGISTRY, wrong)


@pytest.mark.parametrize(
    "given",
    [
        "",
        "bt0-x",
        "bt2147483648-" + "a" * 32,
        "bt1-" + "a" * 31,
        "bt1-" + "a" * 33,
        "bt1-" + "é" * 32,
        "../x",
    ],
)
def test_what_is_no_secret_is_looked_for_nowhere(given: str) -> None:
    with pytest.raises(NotFound):
        tenant_of(given)


def test_a_calendar_ends_with_its_year_its_owners_will_or_right(
    committee: Committee, session: TenantSession
) -> None:
    ward, day = committee.actor(Role.COMMITTEE), today(session)
    secret = open_feed(session, ward, committee.cells[0].id)
    [line] = feeds_of(session, ward.account_id, day)
    assert (line.cell, line.expires_on, line.read_at) == (
        committee.cells[0].name,
        day + timedelta(days=365),
        None,
    )

    def opens() -> bool:
        try:
            read_feed(session, REGISTRY, secret)
        except NotFound:
            return False
        return True

    def undone(*statements: object) -> bool:
        """Whether it opens after some statements, which are then undone."""
        savepoint = session.begin_nested()
        for statement in statements:
            session.execute(statement)  # type: ignore[call-overload]
        found = opens()
        savepoint.rollback()
        return found

    whose = RoleGrant.account_id == ward.account_id
    assert opens()
    assert not undone(update(CalendarFeed).values(expires_on=day))
    assert not undone(update(RoleGrant).where(whose).values(valid_to=day))
    assert not undone(update(RoleGrant).where(whose).values(role="member", organisation_id=None))
    assert not undone(update(RoleGrant).where(whose).values(organisation_id=committee.cells[1].id))
    assert not undone(update(Account).where(Account.id == ward.account_id).values(disabled_at=func.now()))
    with pytest.raises(NotFound):
        close_feed(session, committee.actor(Role.TENANT_ADMIN), line.public_id)
    close_feed(session, ward, line.public_id)
    assert not opens()
    assert feeds_of(session, ward.account_id, day) == []


def test_nobody_gives_out_what_is_not_theirs_or_too_much(
    committee: Committee, session: TenantSession
) -> None:
    secretary, member = committee.actor(Role.CELL_SECRETARY), committee.actor(Role.MEMBER)
    with pytest.raises(NotFound):
        open_feed(session, secretary, committee.cells[1].id)
    with pytest.raises(NotFound):
        open_feed(session, member, committee.cells[0].id)
    with pytest.raises(InvalidInput, match="chưa gắn với đảng viên nào"):
        open_feed(session, committee.actor(Role.COMMITTEE), None)
    for _ in range(MOST):
        open_feed(session, member, None)
    with pytest.raises(InvalidInput, match=f"tối đa {MOST} địa chỉ lịch"):
        open_feed(session, member, None)


def test_one_calendar_says_days_deadlines_orders_and_invitations_and_nothing_of_a_person(
    committee: Committee, session: TenantSession
) -> None:
    day, cell = today(session), committee.cells[0]
    coming = month_of(day)[1] + timedelta(days=1)
    ordered = month_of(coming)[1] + timedelta(days=1)
    plan = Plan(
        kind="regular",
        held_on=coming + timedelta(days=4),
        starts_at=time(19, 30),
        place="Nhà văn hóa; tầng 2, phòng họp",
        guests=("Đồng chí Phạm Thị Mẫu",),
    )
    prepare(session, committee.actor(Role.CELL_SECRETARY), cell.id, plan)
    session.add(
        MonthException(organisation_id=committee.ward.id, month=ordered, waived=True, document="15-CV/ĐU")
    )
    session.flush()

    def shown(role: Role, organisation_id: int | None) -> dict[str, dict[str, str]]:
        found = read_feed(session, REGISTRY, open_feed(session, committee.actor(role), organisation_id))
        made = calendar(calendar_words.named(found), calendar_words.entries(session, found), MADE)
        assert "Mẫu" not in made.decode()
        events: Any = Calendar.from_ical(made).walk("VEVENT")
        return {
            str(event["uid"]): {
                "start": event["dtstart"].to_ical().decode(),
                "summary": str(event["summary"]),
                "place": str(event.get("location", "")),
                "transp": str(event["transp"]),
            }
            for event in events
        }

    whole, own = shown(Role.CELL_SECRETARY, cell.id), shown(Role.MEMBER, None)
    uid = f"{cell.public_id}-{coming:%Y-%m}"
    starts = datetime.combine(plan.held_on, time(12, 30))
    assert whole[f"{uid}@bontot"] == {
        "start": f"{starts:%Y%m%dT%H%M%SZ}",
        "summary": f"{cell.name}: sinh hoạt tháng {coming:%m/%Y}",
        "place": plan.place,
        "transp": "OPAQUE",
    }
    assert whole[f"{uid}-han@bontot"] == {
        "start": f"{coming.replace(day=7):%Y%m%d}",
        "summary": f"{cell.name}: hạn cuối sinh hoạt tháng {coming:%m/%Y}",
        "place": "",
        "transp": "TRANSPARENT",
    }
    assert whole[f"{cell.public_id}-{ordered:%Y-%m}@bontot"]["summary"] == (
        f"{cell.name}: tháng {ordered:%m/%Y} được nghỉ sinh hoạt"
    )
    assert own[f"{uid}@bontot"] == whole[f"{uid}@bontot"]
    assert own.keys() == {uid for uid in whole if not uid.endswith("-han@bontot")}


def read_back(session: TenantSession, secret: str) -> dict[str, tuple[str, int, str]]:
    """`{uid: (first moment, sequence, status)}` of what a calendar program finds at an address."""
    found = read_feed(session, REGISTRY, secret)
    made = calendar(calendar_words.named(found), calendar_words.entries(session, found), MADE)
    events: Any = Calendar.from_ical(made).walk("VEVENT")
    return {
        str(event["uid"]): (
            event["dtstart"].to_ical().decode(),
            int(event["sequence"]),
            str(event["status"]),
        )
        for event in events
    }


def test_a_meeting_moved_keeps_its_uid_and_counts_and_one_called_off_is_cancelled(
    committee: Committee, session: TenantSession
) -> None:
    secretary, cell = committee.actor(Role.CELL_SECRETARY), committee.cells[0]
    coming = month_of(today(session))[1] + timedelta(days=1)
    first = read_feed(session, REGISTRY, secret := open_feed(session, secretary, cell.id))
    assert first.cells
    uid = f"{cell.public_id}-{coming:%Y-%m}@bontot"
    before = read_back(session, secret)
    assert {sequence for _, sequence, _ in before.values()} == {0}
    assert read_back(session, secret) == before

    plan = Plan(
        kind="regular", held_on=coming + timedelta(days=5), starts_at=time(19, 30), place="Nhà văn hóa"
    )
    made = prepare(session, secretary, cell.id, plan)
    invited = read_back(session, secret)
    assert invited[uid] == (f"{plan.held_on:%Y%m%d}T123000Z", 1, "CONFIRMED")
    assert {name: event for name, event in invited.items() if name != uid} == {
        name: event for name, event in before.items() if name != uid
    }
    moved = replace(plan, held_on=coming + timedelta(days=4))
    change(session, secretary, made.id, made.version, moved)
    assert read_back(session, secret)[uid] == (f"{moved.held_on:%Y%m%d}T123000Z", 2, "CONFIRMED")
    withdraw(session, secretary, made.id, made.version + 1)
    assert read_back(session, secret)[uid] == (before[uid][0], 3, "CONFIRMED")

    extra = prepare(
        session, secretary, cell.id, replace(plan, kind="extraordinary", held_on=coming + timedelta(days=9))
    )
    name = f"{extra.public_id}@bontot"
    start = f"{extra.plan.held_on:%Y%m%d}T123000Z"
    assert read_back(session, secret)[name] == (start, 0, "CONFIRMED")
    withdraw(session, secretary, extra.id, extra.version)
    assert read_back(session, secret)[name] == (start, 1, "CANCELLED")
    assert read_back(session, secret)[name] == (start, 1, "CANCELLED")
    other = open_feed(session, secretary, cell.id)
    assert name not in read_back(session, other)


def test_a_meeting_recorded_on_its_day_is_not_called_off(
    committee: Committee, session: TenantSession
) -> None:
    secretary, cell = committee.actor(Role.CELL_SECRETARY), committee.cells[0]
    secret, day = open_feed(session, secretary, cell.id), today(session)
    made = prepare(session, secretary, cell.id, Plan(kind="thematic", held_on=day, place="Nhà văn hóa"))
    before = read_back(session, secret)
    record_meeting(session, secretary, cell.id, MeetingEntry(kind="thematic", held_on=day, marks={}))
    name = f"{made.public_id}@bontot"
    assert read_back(session, secret)[name] == before[name] == (f"{day:%Y%m%d}", 0, "CONFIRMED")


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"), max_size=120)


@given(summary=WORDS, place=WORDS, description=WORDS, day=st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_any_words_come_back_from_lines_no_longer_than_the_standard_allows(
    summary: str, place: str, description: str, day: date
) -> None:
    """RFC 5545, 3.1 and 3.3.11: lines of at most 75 octets, broken nowhere inside a letter; commas, semicolons and line
    breaks escaped."""
    entry = Entry(uid="1@bontot", day=day, summary=summary, place=place, description=description)
    made = calendar(summary, [entry], MADE)
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
    assert b"\n" not in made.replace(b"\r\n", b"")
    assert all(line.decode() is not None for line in made.split(b"\r\n"))
    events: Any = Calendar.from_ical(made).walk("VEVENT")
    [event] = events
    read = (str(event["summary"]), str(event.get("location", "")), str(event.get("description", "")))
    assert read == (summary, place, description)
    assert event["dtstart"].dt == day
    assert event["dtend"].dt == day + timedelta(days=1)
