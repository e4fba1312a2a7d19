"""What changes is judged anew in the transaction that changed it, and equals a whole evaluation of that moment."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from bontot.access import Actor, Role
from bontot.db.base import TenantTable
from bontot.db.models import Attendance, Discipline, Judgment, LaterVerdict, Meeting
from bontot.db.models.meeting import ABSENT_UNEXCUSED
from bontot.db.tenancy import TenantSession, scope
from bontot.errors import InvalidInput
from bontot.evaluation import incremental, runs
from bontot.evaluation.incremental import Rejudged, mark, mark_member, rejudge
from bontot.evaluation.period import Period
from bontot.evaluation.replay import replay
from bontot.evaluation.whole import evaluate
from bontot.policy.terms import Outcome
from bontot.registry import Registry
from bontot.services.meetings import (
    Mark,
    MeetingEntry,
    change_meeting,
    record_meeting,
    roll,
    view,
    withdraw_meeting,
)
from bontot.testing import case_records as said
from tests.evaluation.conftest import YEAR, Committee, Make, examples
from tests.evaluation.plans import POLICY, registry_of
from tests.evaluation.test_replay import NEWER

LAST = date(YEAR, 12, 31)
ADMIN = Actor(account_id=1, name="Quản trị thử", role=Role.TENANT_ADMIN)
WARD = said.Case(
    name="phường",
    why="",
    organisation=(
        said.Organisation(code="W", type="grassroots_committee"),
        said.Organisation(code="A", parent="W", members=4),
        said.Organisation(code="B", parent="W", members=3),
        said.Organisation(code="V", type="grassroots_committee"),
        said.Organisation(code="C", parent="V", members=2),
    ),
    transfer=(said.Transfer(member="A4", to="C", on=date(YEAR, 7, 1)),),
    guest=(said.Guest(member="B2", cell="A", since=date(YEAR, 2, 1)),),
    meeting=tuple(
        said.Meeting(organisation=code, on=(date(YEAR, 3, 3), date(YEAR, 4, 3)), unexcused=(f"{code}1",))
        for code in "ABC"
    ),
    judgment=(said.Judgment(subjects=("A1", "A2", "B1", "B2", "C1"), verdict="met"),),
)
CELLS = ("A", "B", "C")

MARKED = text("""
UPDATE attendance SET mark = :mark WHERE (meeting_id, member_id) IN (
    SELECT a.meeting_id, a.member_id FROM attendance AS a JOIN meeting AS m ON m.id = a.meeting_id
    WHERE m.organisation_id = :cell ORDER BY 1, 2 OFFSET :place LIMIT 1)
RETURNING member_id
""")
HELD = text(
    "INSERT INTO meeting (organisation_id, year, kind, held_on) VALUES (:cell, :year, :kind, :day)"
    " ON CONFLICT DO NOTHING"
)
JUDGED = text(
    "UPDATE judgment SET verdict = CASE verdict WHEN 'met' THEN 'not_met' ELSE 'met' END WHERE member_id = :member"
)
SEIZED = text(
    "INSERT INTO discipline (organisation_id, form, number, decided_on) VALUES (:cell, 'warning', '1', :day)"
)


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, dict[str, object]]:
    """A cell and what befalls its records."""
    kind = draw(st.sampled_from(["mark", "meeting", "judgment", "discipline"]))
    return draw(st.sampled_from(CELLS)), {
        "edit": kind,
        "mark": draw(st.integers(1, 4)),
        "place": draw(st.integers(0, 5)),
        "day": draw(st.dates(date(YEAR, 1, 2), LAST)),
        "said": draw(st.booleans()),
        "named": draw(st.booleans()),
        "kind": draw(st.sampled_from(["regular", "thematic"])),
    }


CHANGED: dict[str, type[TenantTable]] = {
    "mark": Attendance,
    "meeting": Meeting,
    "judgment": Judgment,
    "discipline": Discipline,
}


def make_edit(session: TenantSession, committee: Committee, code: str, given: dict[str, object]) -> None:
    """The edit, with the cell marked as a service does, which may name the tables, and the members of a mark."""
    cell, member = committee.world.organisations[code], committee.world.members[f"{code}1"]
    statement = {"mark": MARKED, "meeting": HELD, "judgment": JUDGED, "discipline": SEIZED}[
        str(given["edit"])
    ]
    changed = session.execute(statement, {**given, "cell": cell, "member": member, "year": YEAR})
    named = [who for (who,) in changed] if statement is MARKED and given.get("named") else None
    tables = [CHANGED[str(given["edit"])]] if given.get("said", True) else []
    mark(session, cell, YEAR, *tables, members=named)


def whole(session: TenantSession, registry: Registry) -> list[list[runs.VerdictRow]]:
    """Everyone judged at once, scheme by scheme, and nothing stored."""
    judged = runs.judge(session, registry, year=YEAR, as_of=LAST)
    return [runs.verdict_rows(findings) for one in judged for findings in one.findings]


def standing(session: TenantSession, header: runs.RunHeader) -> list[list[runs.VerdictRow]]:
    """The run as it stands."""
    return [runs.verdicts(session, header.now, at) for at in range(len(header.rules.schemes))]


def stored(session: TenantSession, header: runs.RunHeader) -> list[list[runs.VerdictRow]]:
    return [runs.every_verdict(session, header, at) for at in range(len(header.rules.schemes))]


@settings(
    max_examples=examples(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    changes=st.lists(edits(), min_size=1, max_size=6),
    plan=st.sampled_from(["hanoi_tayho", "hanoi_longbien"]),
    since=st.sampled_from([LAST, date(YEAR, 9, 4)]),
)
def test_after_any_edits_the_standing_is_a_whole_evaluation(
    make: Make, changes: list[tuple[str, dict[str, object]]], plan: str, since: date
) -> None:
    """A run of an earlier day stands for those untouched since; all are touched before they are compared."""
    registry = Registry.load()
    committee = make(WARD, plan=plan, by=registry)
    with scope(committee.engine, committee.tenant_id) as session:
        (header,) = evaluate(session, registry, year=YEAR, as_of=since, by="thử")
        before = stored(session, header)
    for code, change in changes:
        with scope(committee.engine, committee.tenant_id) as session:
            make_edit(session, committee, code, change)
            rejudge(session, registry, LAST)
    if since != LAST:
        with scope(committee.engine, committee.tenant_id) as session:
            for code in CELLS:
                mark(session, committee.world.organisations[code], YEAR, Attendance)
            rejudge(session, registry, LAST)
    with scope(committee.engine, committee.tenant_id) as session:
        found = standing(session, header)
        assert found == whole(session, registry)
        assert stored(session, header) == before
        counted = runs.counts(session, header.now)
        assert counted == {
            at: {one: titles.count(one) for one in Outcome if one in titles}
            for at, titles in enumerate([row.outcome for row in rows] for rows in found)
        }


ACTS = st.one_of(
    st.tuples(
        st.just("record"),
        st.sampled_from(CELLS),
        st.dates(date(YEAR, 1, 2), LAST),
        st.sampled_from(["regular", "thematic"]),
    ),
    st.tuples(st.just("mark"), st.integers(0, 9), st.integers(0, 5), st.integers(1, 4)),
    st.tuples(st.just("move"), st.integers(0, 9), st.dates(date(YEAR, 1, 2), LAST), st.just("")),
    st.tuples(st.just("withdraw"), st.integers(0, 9), st.just(0), st.just("")),
)
"""What secretaries do of meetings: record one, correct a mark, give it another day, take it back."""


def act(session: TenantSession, registry: Registry, committee: Committee, given: tuple[Any, ...]) -> None:
    """One act through the services; which of the meetings it is about is a number."""
    kind, first, second, third = given
    if kind == "record":
        cell = committee.world.organisations[first]
        marks = {
            line.member_id: Mark(1 + place % 3)
            for place, line in enumerate(roll(session, cell, second, third))
        }
        record_meeting(session, ADMIN, cell, MeetingEntry(kind=third, held_on=second, marks=marks))
        return
    ids = session.scalars(select(Meeting.id).order_by(Meeting.id)).all()
    if not ids:
        return
    shown = view(session, ids[first % len(ids)])
    if kind == "withdraw":
        withdraw_meeting(session, ADMIN, shown.id, shown.version, "thử")
        return
    required = [
        line.member_id for line in roll(session, shown.organisation_id, shown.entry.held_on, shown.entry.kind)
    ]
    entry = replace(
        shown.entry, marks={who: mark for who, mark in shown.entry.marks.items() if who in required}
    )
    if kind == "mark" and required:
        entry = replace(entry, marks={**entry.marks, required[second % len(required)]: Mark(third)})
    elif kind == "move":
        entry = replace(entry, held_on=second, marks={})
    change_meeting(session, ADMIN, registry, shown.id, shown.version, entry, "thử")


@settings(
    max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=st.lists(ACTS, min_size=1, max_size=6), plan=st.sampled_from(["hanoi_tayho", "hanoi_longbien"]))
def test_whatever_secretaries_do_the_services_mark_all_of_it(
    make: Make, acts: list[tuple[Any, ...]], plan: str
) -> None:
    """Nothing is touched but by the services; what they do not mark would stay as it was."""
    registry = Registry.load()
    committee = make(WARD, plan=plan, by=registry)
    with scope(committee.engine, committee.tenant_id) as session:
        (header,) = evaluate(session, registry, year=YEAR, as_of=LAST, by="thử")
    for one in acts:
        with suppress(InvalidInput), scope(committee.engine, committee.tenant_id) as session:
            act(session, registry, committee, one)
            rejudge(session, registry, LAST)
    with scope(committee.engine, committee.tenant_id) as session:
        assert standing(session, header) == whole(session, registry)


def absent(session: TenantSession, committee: Committee) -> None:
    """The first member of A misses the first meeting, excused."""
    make_edit(session, committee, "A", {"edit": "mark", "mark": 2, "place": 0})


def test_history_and_replay_know_nothing_of_it(make: Make, registry: Registry) -> None:
    committee = make(WARD)
    with scope(committee.engine, committee.tenant_id) as session:
        (header,) = evaluate(session, registry, year=YEAR, as_of=LAST, by="thử")
        before = stored(session, header)
        make_edit(session, committee, "A", {"edit": "discipline", "day": date(YEAR, 5, 5)})
        assert rejudge(session, registry, LAST) == Rejudged(1)  # the cell; its members stand as they did
        assert rejudge(session, registry, LAST) == Rejudged()  # nothing is marked any more
    with scope(committee.engine, committee.tenant_id) as session:
        assert stored(session, header) == before
        differing = {
            (one.scheme, one.subject_id): one.now for one in replay(session, registry, header).differing
        }
        cell = committee.world.organisations["A"]
        assert list(differing) == [(1, cell)]
        (now,) = runs.verdicts(session, header.now, 1, among=[cell])
        assert now == differing[1, cell]
        (newer,) = evaluate(session, registry, year=YEAR, as_of=LAST, by="thử lại")
        assert session.scalars(select(LaterVerdict)).all() == []
        assert standing(session, newer) == stored(session, newer) == whole(session, registry)


def test_other_rules_than_the_runs_are_left_to_a_whole_evaluation(make: Make, registry: Registry) -> None:
    committee = make(WARD)
    with scope(committee.engine, committee.tenant_id) as session:
        (header,) = evaluate(session, registry, year=YEAR, as_of=LAST, by="thử")
        absent(session, committee)
        assert rejudge(session, registry_of([NEWER]), LAST) == Rejudged(left=frozenset({YEAR}))
        absent(session, committee)
        assert rejudge(session, registry_of([]), LAST) == Rejudged()  # its plan is not there at all
        assert standing(session, header) == stored(session, header)
        absent(session, committee)
        assert rejudge(session, registry_of([POLICY]), LAST) == Rejudged(
            1
        )  # the cell alone: the member was absent, excused


def test_without_a_run_nothing_is_judged(make: Make, registry: Registry) -> None:
    committee = make(WARD)
    with scope(committee.engine, committee.tenant_id) as session:
        absent(session, committee)
        assert rejudge(session, registry, LAST) == Rejudged()


def test_the_tables_named_and_the_other_cells_beside_decide_what_is_looked_at(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two faults planted: a service that names another table than it changed, and superiors judged by one cell alone."""
    registry = Registry.load()
    committee = make(replace(WARD, guest=(), transfer=()), plan="hanoi_longbien", by=registry)
    with scope(committee.engine, committee.tenant_id) as session:
        (header,) = evaluate(session, registry, year=YEAR, as_of=LAST, by="thử")
    with scope(committee.engine, committee.tenant_id) as session:
        change = {"edit": "mark", "mark": 3, "place": 1}
        monkeypatch.setitem(CHANGED, "mark", Discipline)
        make_edit(session, committee, "A", change)
        assert rejudge(session, registry, LAST) == Rejudged()
        assert standing(session, header) != whole(session, registry)
        monkeypatch.undo()
        monkeypatch.setattr(incremental._Stands, "others", frozenset())
        make_edit(session, committee, "A", change)
        rejudge(session, registry, LAST)
        assert standing(session, header) != whole(session, registry)
        monkeypatch.undo()
        make_edit(session, committee, "A", change)
        rejudge(session, registry, LAST)
        assert standing(session, header) == whole(session, registry)


_homes = incremental._homes


def homes_in_the_cells_marked(
    session: TenantSession, marks: incremental._Marks, period: Period
) -> dict[int, int]:
    return {who: home for who, home in _homes(session, marks, period).items() if home in marks.cells}


def test_only_the_members_named_are_judged_again(make: Make, registry: Registry) -> None:
    """The fault planted: a service that names another than whose mark it changed."""
    committee = make(replace(WARD, guest=(), transfer=()))
    cell, members = committee.world.organisations["A"], committee.world.members
    with scope(committee.engine, committee.tenant_id) as session:
        (header,) = evaluate(session, registry, year=YEAR, as_of=LAST, by="thử")
    for named in ("A3", "A2"):
        with scope(committee.engine, committee.tenant_id) as session:
            late = update(Attendance).where(Attendance.member_id == members["A2"])
            session.execute(late.values(mark=ABSENT_UNEXCUSED))
            mark(session, cell, YEAR, Attendance, members=[members[named]])
            rejudge(session, registry, LAST)
            assert (standing(session, header) == whole(session, registry)) is (named == "A2")


@pytest.mark.parametrize("who", ["guest", "transfer"])
def test_who_came_as_a_guest_or_has_moved_is_judged_again_where_he_is_at_home(
    who: str, make: Make, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault planted: only the cell whose meeting it was is looked at."""
    only = {"guest": (), "transfer": ()} | {who: getattr(WARD, who)}
    committee = make(replace(WARD, **only))
    member = committee.world.members[getattr(WARD, who)[0].member]
    with scope(committee.engine, committee.tenant_id) as session:
        (header,) = evaluate(session, registry, year=YEAR, as_of=LAST, by="thử")
    for planted in (True, False):
        with monkeypatch.context() as patch, scope(committee.engine, committee.tenant_id) as session:
            if planted:
                patch.setattr(incremental, "_homes", homes_in_the_cells_marked)
            session.execute(
                update(Attendance).where(Attendance.member_id == member).values(mark=ABSENT_UNEXCUSED)
            )
            mark(session, committee.world.organisations["A"], YEAR, Attendance)
            rejudge(session, registry, LAST)
            assert (standing(session, header) == whole(session, registry)) is not planted


def test_a_judgment_of_a_past_year_counts_where_the_member_was_then(make: Make, registry: Registry) -> None:
    """He moved in January; it is the cell of December whose share he is in."""
    moved = said.Transfer(member="A1", to="B", on=date(YEAR + 1, 1, 15))
    committee, later = make(replace(WARD, guest=(), transfer=(moved,))), date(YEAR + 1, 2, 1)
    member = committee.world.members["A1"]
    with scope(committee.engine, committee.tenant_id) as session:
        (header,) = evaluate(session, registry, year=YEAR, as_of=later, by="thử")
        session.execute(update(Judgment).where(Judgment.member_id == member).values(verdict="not_met"))
        mark_member(session, member, YEAR, later, Judgment)
        assert rejudge(session, registry, later).written > 0
        (judged,) = runs.judge(session, registry, year=YEAR, as_of=later)
        assert standing(session, header) == [runs.verdict_rows(findings) for findings in judged.findings]
