"""One mark of a roll call corrected, with the cell, its members and superiors judged anew, against the bare correction.

Servers keep what they commit, as in use. After the rounds the standing must equal a whole evaluation.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import create_engine, text

from benchmarks import committees
from benchmarks.committees import AS_OF, DISTRICT, WARD, YEAR
from benchmarks.measuring import Measured, Recipe, compare
from bontot import embedded
from bontot.access import Actor, Role
from bontot.db import migrate
from bontot.db.models import Attendance
from bontot.db.models.meeting import ABSENT_UNEXCUSED, PRESENT
from bontot.db.tenancy import TenantSession, scope
from bontot.evaluation.incremental import mark, rejudge
from bontot.evaluation.runs import RunHeader, every_verdict, judge, verdict_rows
from bontot.evaluation.whole import evaluate
from bontot.policy.terms import Subject
from bontot.registry import Registry
from bontot.services.meetings import Mark, change_meeting, view

GOAL = 6
ACTOR = Actor(account_id=1, name="đo", role=Role.TENANT_ADMIN)
WARM = 12
"""Edits before the first that is timed: a connection that has served a while keeps its plans."""
REPEATS = 10

EDIT = text("""
UPDATE attendance SET mark = CASE mark WHEN 1 THEN 3 ELSE 1 END WHERE year = :year AND (meeting_id, member_id) IN (
    SELECT m.id, s.member_id FROM meeting AS m JOIN membership AS s ON s.organisation_id = m.organisation_id
    WHERE m.organisation_id = :cell ORDER BY m.held_on, s.member_id LIMIT 1)
RETURNING member_id
""")


FIRST = text(
    "SELECT id FROM meeting WHERE organisation_id = :cell AND year = :year ORDER BY held_on, id LIMIT 1"
)


def run(quick: bool) -> Iterator[Measured]:
    """Loads a district (quick: a ward), evaluates it, and edits one cell after another."""
    size = WARD if quick else DISTRICT
    first = committees.first_cell(size)
    with tempfile.TemporaryDirectory() as folder, embedded.start(Path(folder)) as servers:
        migrate.upgrade(servers.owner_url)
        registry, engine = Registry.load(), create_engine(servers.database_url)
        with psycopg.connect(servers.superuser_url, autocommit=True) as owner:
            tenant = committees.load(owner, registry, size)
            with scope(engine, tenant) as session:
                (header,) = evaluate(session, registry, year=YEAR, as_of=AS_OF, by="đo")
            owner.execute("VACUUM ANALYZE")
        turns = count()

        def edit(session: TenantSession) -> tuple[int, int]:
            """Another cell each time; its id and that of the member."""
            cell = first + next(turns) % size.cells
            return cell, session.execute(EDIT, {"cell": cell, "year": YEAR}).scalar_one()

        def bare() -> None:
            with scope(engine, tenant) as session:
                judged_by_hand.add(edit(session)[0])

        def product() -> None:
            with scope(engine, tenant) as session:
                cell, member = edit(session)
                mark(session, cell, YEAR, Attendance, members=[member])
                rejudge(session, registry, AS_OF)

        def correct(rejudging: bool) -> None:
            """One mark through the service, as the page of a meeting sends it."""
            with scope(engine, tenant) as session:
                cell = first + next(turns) % size.cells
                meeting_id = session.execute(FIRST, {"cell": cell, "year": YEAR}).scalar_one()
                shown = view(session, meeting_id)
                who = min(shown.entry.marks)
                mark = Mark(ABSENT_UNEXCUSED if shown.entry.marks[who].value == PRESENT else PRESENT)
                entry = replace(shown.entry, marks={**shown.entry.marks, who: mark})
                change_meeting(session, ACTOR, registry, meeting_id, shown.version, entry, "đo")
                if rejudging:
                    rejudge(session, registry, AS_OF)
                else:
                    judged_by_hand.add(cell)

        judged_by_hand: set[int] = set()
        for _ in range(WARM):
            product()
        what = "sửa một lượt điểm danh qua dịch vụ và xét lại chi bộ, đảng viên, cấp trên, so với cùng lần sửa, không xét"
        yield compare(what, partial(correct, True), partial(correct, False), GOAL, repeats=REPEATS)
        what = "như trên, bằng một câu UPDATE thay cho dịch vụ"
        yield compare(what, product, bare, None, repeats=REPEATS)
        with scope(engine, tenant) as session:
            for cell in judged_by_hand:
                mark(session, cell, YEAR)
            rejudge(session, registry, AS_OF)
            _refuse_difference(session, registry, header)
        engine.dispose()


def _refuse_difference(session: TenantSession, registry: Registry, header: RunHeader) -> None:
    """Everyone below the root must stand as a whole evaluation says; the root itself waits for one."""
    (whole,) = judge(session, registry, year=YEAR, as_of=AS_OF)
    for number, findings in enumerate(whole.findings):
        of_members = findings.rules.subject is Subject.MEMBER
        stands, judged = (
            [row for row in rows if of_members or row.subject_id != committees.ROOT]
            for rows in (every_verdict(session, header.now, number), verdict_rows(findings))
        )
        if stands != judged:
            raise AssertionError("the standing differs from a whole evaluation")


RECIPE = Recipe("incremental", "Xét lại một chi bộ ngay trong lần ghi làm thay đổi hồ sơ của nó", run)
