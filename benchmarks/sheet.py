"""A roll call of thirty recorded through the service under its form's key, against a commit of one row.

Servers keep what they commit, as in use. Each call is another cell's, on another day when all have had their turn.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from uuid import uuid4

import psycopg
from flask import Flask, g
from sqlalchemy import Engine, create_engine, text

from benchmarks import committees
from benchmarks.committees import YEAR, Size
from benchmarks.measuring import Measured, Recipe, compare
from bontot import embedded
from bontot.access import Actor, Role
from bontot.db import migrate
from bontot.db.models.meeting import ABSENT_UNEXCUSED, PRESENT
from bontot.db.tenancy import scope
from bontot.registry import Registry
from bontot.services.accounts import create_account
from bontot.services.meetings import Mark, MeetingEntry, record_meeting
from bontot.web.database import engine_options
from bontot.web.forms import once_under

GOAL = 4
SHEET = 30
DISTRICT, WARD = Size(500, SHEET), Size(20, SHEET)
WARM = 50
"""Sheets before the first that is timed: a connection that has served a while keeps its plans."""
FIRST_DAY = date(YEAR, 1, 1)

ONE_ROW = text(
    "INSERT INTO audit_event (account_id, action, subject, detail) VALUES (:account, 'do', 'meeting', '{}')"
)
HOMES = text("SELECT organisation_id, member_id FROM membership ORDER BY member_id")
# The same rows by the shortest way: keys checked by the tables, nothing asked beforehand.
KEY = text("INSERT INTO submitted_form (key, account_id, location) VALUES (:key, :account, '')")
MEETING = text("""
WITH made AS (
    INSERT INTO meeting (organisation_id, year, kind, held_on, topic)
    VALUES (:cell, extract(year FROM CAST(:day AS date)), 'extraordinary', :day, 'Họp') RETURNING id, year),
noted AS (
    INSERT INTO audit_event (account_id, action, subject, subject_id, detail)
    SELECT :account, 'record_meeting', 'meeting', id, '{}' FROM made)
SELECT id, year FROM made
""")
MARKS = text("""
INSERT INTO attendance (year, meeting_id, member_id, mark)
SELECT :year, :meeting, * FROM unnest(CAST(:members AS bigint[]), CAST(:marks AS smallint[]))
""")


class Sheets:
    """The calls that are compared, over one committee."""

    def __init__(self, database: Engine, tenant: int, account: int, cells: Sequence[int]) -> None:
        self._database, self._tenant, self._account, self._cells = database, tenant, account, cells
        self._actor = Actor(account_id=account, name="đo", role=Role.TENANT_ADMIN)
        self._turns = count()
        self._site = Flask("bench")
        self._homes: dict[int, list[int]] = {}
        with scope(database, tenant) as session:
            for cell, member in session.execute(HOMES):
                self._homes.setdefault(cell, []).append(member)

    def record(self, size: int) -> None:
        """A meeting with so many marked, through the service, and only once for its key."""
        cell, day, members = self._next(size)
        marks = {who: Mark(ABSENT_UNEXCUSED if who % 11 == day.day % 11 else PRESENT) for who in members}
        entry = MeetingEntry(kind="extraordinary", held_on=day, marks=marks, topic="Họp")
        with self._site.app_context(), scope(self._database, self._tenant) as session:
            g.actor = self._actor
            once_under(
                session, uuid4(), lambda: str(record_meeting(session, self._actor, cell, entry).public_id)
            )

    def write(self) -> None:
        """The same rows in three statements."""
        cell, day, members = self._next(SHEET)
        with scope(self._database, self._tenant) as session:
            session.execute(KEY, {"key": uuid4(), "account": self._account})
            binds = {"cell": cell, "day": day, "account": self._account}
            meeting, year = session.execute(MEETING, binds).one()
            marks = [ABSENT_UNEXCUSED if who % 11 == day.day % 11 else PRESENT for who in members]
            session.execute(
                MARKS, {"year": year, "meeting": meeting, "members": list(members), "marks": marks}
            )

    def one_row(self) -> None:
        """One row, in the same scope."""
        with scope(self._database, self._tenant) as session:
            session.execute(ONE_ROW, {"account": self._account})

    def _next(self, size: int) -> tuple[int, date, Sequence[int]]:
        days, place = divmod(next(self._turns), len(self._cells))
        cell = self._cells[place]
        return cell, FIRST_DAY + timedelta(days=days % 365), self._homes[cell][:size]


def run(quick: bool) -> Iterator[Measured]:
    """Loads a district (quick: a ward) of cells of thirty and records one sheet after another."""
    size = WARD if quick else DISTRICT
    with tempfile.TemporaryDirectory() as folder, embedded.start(Path(folder)) as servers:
        migrate.upgrade(servers.owner_url)
        with psycopg.connect(servers.superuser_url, autocommit=True) as owner:
            tenant = committees.load(owner, Registry.load(), size)
            owner.execute("DELETE FROM member_state WHERE tenant_id = %s", (tenant,))  # thirty are required
        database = create_engine(servers.database_url, **engine_options())
        with scope(database, 0) as session:
            account = create_account(session, "do", "Người đo", "mật khẩu chỉ để đo cho biết").id
        cells = range(committees.first_cell(size), committees.first_cell(size) + size.cells)
        yield from compared(Sheets(database, tenant, account, cells))
        database.dispose()


def compared(sheets: Sheets) -> Iterator[Measured]:
    """The sheet against one row; and what lies between: the same sheet in bare SQL, and a sheet of one."""
    for _ in range(WARM):
        for way in (partial(sheets.record, SHEET), sheets.write, sheets.one_row):
            way()
    whole, one = partial(sheets.record, SHEET), partial(sheets.record, 1)
    yield compare("biên bản điểm danh 30 người qua dịch vụ, so với ghi một dòng", whole, sheets.one_row, GOAL)
    yield compare("như trên, bằng ba câu SQL thay cho dịch vụ", sheets.write, sheets.one_row, None)
    yield compare("qua dịch vụ, so với ba câu SQL ấy", whole, sheets.write, None)
    yield compare("qua dịch vụ, 30 người so với một người", whole, one, None)


RECIPE = Recipe("sheet", "Ghi một biên bản điểm danh qua dịch vụ so với chỉ ghi một dòng", run)
