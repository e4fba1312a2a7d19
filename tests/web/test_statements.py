"""A page asks the database as often for five hundred rows as for ten."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from bontot.access import Permission, Role, Scope
from bontot.db.models import Meeting, Member, Reminder, Task, TaskAssignment
from bontot.db.tenancy import scope
from bontot.services.meetings import Mark, MeetingEntry, record_meeting
from bontot.settings import Settings
from bontot.web import create_app
from bontot.web.database import db, session
from bontot.web.routing import declare
from tests.factories import Committee, make_committee
from tests.web.counting import statements


def furnished(engine: Engine, code: str, *, cells: int, members: int, records: int) -> Committee:
    """A committee whose first cell has so many members, meetings and tasks; its admin was reminded of every cell, in two
    months."""
    committee = make_committee(engine, code, "nhà", cells=cells, members=members)
    cell = committee.cells[0]
    with scope(engine, committee.tenant_id) as records_of:
        for place in range(records):
            record_meeting(
                records_of,
                committee.actor(Role.CELL_SECRETARY),
                cell.id,
                MeetingEntry(
                    kind="regular" if place < 12 else "thematic",
                    held_on=date(2023, place % 12 + 1, 3 + place // 12),
                    marks={member_id: Mark(1) for member_id, _ in cell.members},
                ),
            )
            task = Task(organisation_id=cell.id, origin="initiative", title="Việc", due_on=date(2023, 6, 30))
            records_of.add(task)
            records_of.flush()
            records_of.add(TaskAssignment(task_id=task.id, member_id=cell.members[1][0]))
        records_of.add_all(
            Reminder(
                account_id=committee.accounts[Role.TENANT_ADMIN],
                organisation_id=each.id,
                month=date(2026, month, 1),
                kind="overdue",
                about=date(2026, month, 7),
                day=committee.today,
            )
            for each in committee.cells
            for month in (1, 2)
        )
    return committee


@pytest.fixture(scope="module")
def small(engine: Engine, worker_id: str) -> Committee:
    return furnished(engine, f"nho-{worker_id}", cells=2, members=10, records=2)


@pytest.fixture(scope="module")
def large(engine: Engine, worker_id: str) -> Committee:
    return furnished(engine, f"lon-{worker_id}", cells=20, members=25, records=30)


@pytest.fixture(scope="module")
def crowded(engine: Engine, worker_id: str) -> Committee:
    return furnished(engine, f"dong-{worker_id}", cells=1, members=500, records=3)


JUDGED = 300
"""Where the engine says how someone stands: one statement a metric, each in a guard of its own."""
PAGES = (
    (Role.TENANT_ADMIN, "/", 35),
    (Role.TENANT_ADMIN, "/lich?thang=2023-03", 30),
    (Role.TENANT_ADMIN, "/nhac-viec", 30),
    (Role.TENANT_ADMIN, "/nhac-viec/thiet-dat", 30),
    (Role.TENANT_ADMIN, "/nhac-viec?dang=xlsx", 30),
    (Role.TENANT_ADMIN, "/viec?dang=xlsx", 30),
    (Role.TENANT_ADMIN, "/nhap-du-lieu?dang=xlsx", 30),
    (Role.TENANT_ADMIN, "/ke-hoach/hanoi_tayho?dang=xlsx", 30),
    (Role.TENANT_ADMIN, "/ngay-nghi", 30),
    (Role.TENANT_ADMIN, "/to-chuc", 30),
    (Role.TENANT_ADMIN, "/dang-vien", 30),
    (Role.TENANT_ADMIN, "/dang-vien?tim=nguyen", 30),
    (Role.TENANT_ADMIN, "/to-chuc/{ward}", JUDGED),
    (Role.TENANT_ADMIN, "/to-chuc/{ward}/dang-vien", 30),
    (Role.CELL_SECRETARY, "/", JUDGED),
    (Role.CELL_SECRETARY, "/chi-bo/{cell}?nam=2023", JUDGED),
    (Role.CELL_SECRETARY, "/chi-bo/{cell}/ghi-nhan", 30),
    (Role.CELL_SECRETARY, "/chi-bo/{cell}/sinh-hoat/{meeting}", 50),
    (Role.CELL_SECRETARY, "/to-chuc/{cell}/van-ban/bien-ban/{meeting}", 40),
    (Role.CELL_SECRETARY, "/to-chuc/{cell}/van-ban", 24),
    (Role.TENANT_ADMIN, "/to-chuc/{ward}/van-ban/bao-cao/2023", 50),
    (Role.TENANT_ADMIN, "/to-chuc/{ward}/van-ban/bao-cao-dang-phi/2023-Q1", 30),
    (Role.CELL_SECRETARY, "/chi-bo/{cell}/sinh-hoat/{meeting}/phan/y-kien", 30),
    (Role.CELL_SECRETARY, "/chi-bo/{cell}/nhiem-vu", 30),
    (Role.TENANT_ADMIN, "/sinh-hoat/gui-len", 30),
    (Role.CELL_SECRETARY, "/dang-vien/{member}?nam=2023", JUDGED),
    (Role.CELL_SECRETARY, "/chi-bo/{cell}/chuan-bi", 30),
    (Role.MEMBER, "/lich-dien-tu", 30),
    (Role.MEMBER, "/", JUDGED),
)


def asked(app: Flask, committee: Committee, role: Role, pattern: str) -> int:
    with scope(committee.engine, committee.tenant_id) as records_of:
        meeting = records_of.scalars(select(Meeting.public_id).order_by(Meeting.id)).first()
    address = pattern.format(
        ward=committee.ward.public_id,
        cell=committee.cells[0].public_id,
        member=committee.cells[0].members[1][1],
        meeting=meeting,
    )
    client = committee.client(app, role)
    client.get(address)
    return statements(app, client, address)


@pytest.mark.parametrize(("role", "pattern", "most_allowed"), PAGES)
def test_statements_do_not_grow_with_rows(
    app: Flask,
    small: Committee,
    large: Committee,
    crowded: Committee,
    role: Role,
    pattern: str,
    most_allowed: int,
) -> None:
    few, many, most = (asked(app, committee, role, pattern) for committee in (small, large, crowded))
    assert few == many == most
    assert few <= most_allowed


def test_the_count_sees_a_page_that_asks_for_each_row(
    settings: Settings, small: Committee, crowded: Committee
) -> None:
    app = create_app(settings)

    def wasteful() -> str:
        ids = session().scalars(select(Member.id)).all()
        return str([session().execute(select(Member.full_name).where(Member.id == one)).one() for one in ids])

    declare(wasteful, Permission.VIEW_HOME, Scope.TENANT)
    app.add_url_rule("/tung-dong", "wasteful", wasteful)
    few, most = (asked(app, committee, Role.TENANT_ADMIN, "/tung-dong") for committee in (small, crowded))
    with app.app_context():
        db.engine.dispose()
    assert most - few == 480
