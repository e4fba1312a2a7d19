"""Who must attend, who votes, who is on the roll: three counts that leave out different people (dossier, rules §4)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bontot.db.models import Attendance, Meeting
from bontot.db.rolls import on_roll, required_at, voting_at
from bontot.db.tenancy import scope
from bontot.testing import case_records as said
from tests.evaluation.conftest import YEAR, Committee, Make

HELD = date(YEAR, 6, 5)
STATES = ("exempt", "suspended", "special_duty", "temporarily_out", "seconded_abroad")
CASE = said.Case(
    name="mọi tình trạng",
    why="",
    organisation=(said.Organisation(code="A", members=1), said.Organisation(code="B", members=1)),
    member=(
        *(said.Member(code=kind, cell="A") for kind in STATES),
        said.Member(code="exempt_present", cell="A"),
        said.Member(code="probationary", cell="A", probationary=True),
        said.Member(code="late", cell="A", since=HELD + timedelta(days=1)),
        said.Member(code="new", cell="A", since=HELD),
        said.Member(code="gone", cell="A", until=HELD),
        said.Member(code="last_day", cell="A", until=HELD + timedelta(days=1)),
        said.Member(code="dead", cell="A", until=HELD, end="deceased"),
        said.Member(code="moved_in", cell="B"),
        said.Member(code="moved_out", cell="A"),
        said.Member(code="guest", cell="B"),
        said.Member(code="old_guest", cell="B"),
    ),
    state=(
        *(
            said.State(members=(kind,), kind=kind, since=HELD, until=HELD + timedelta(days=1))
            for kind in STATES
        ),
        said.State(members=("exempt_present",), kind="exempt", since=said.ALWAYS),
        said.State(members=("A1",), kind="exempt", since=said.ALWAYS, until=HELD),
        said.State(members=("guest",), kind="temporarily_out", since=said.ALWAYS),
    ),
    transfer=(
        said.Transfer(member="moved_in", to="A", on=HELD),
        said.Transfer(member="moved_out", to="B", on=HELD),
    ),
    guest=(
        said.Guest(member="guest", cell="A", since=HELD),
        said.Guest(member="old_guest", cell="A", since=said.ALWAYS, until=HELD),
    ),
    meeting=(
        said.Meeting(organisation="A", on=(HELD,), excused=("exempt",)),
        said.Meeting(organisation="B", on=(HELD,)),
    ),
)
BOTH = {"A1", "seconded_abroad", "new", "last_day", "moved_in"}


@pytest.fixture(scope="module")
def committee(make: Make) -> Committee:
    return make(CASE)


def meetings(committee: Committee) -> dict[str, int]:
    """The meeting of each cell."""
    cells = {id_: code for code, id_ in committee.world.organisations.items()}
    with scope(committee.engine, committee.tenant_id) as session:
        return {
            cells[cell]: id_ for id_, cell in session.execute(select(Meeting.id, Meeting.organisation_id))
        }


def codes(committee: Committee, ids: frozenset[int]) -> set[str]:
    names = {id_: code for code, id_ in committee.world.members.items()}
    return {names[id_] for id_ in ids}


def test_who_must_attend(committee: Committee) -> None:
    held = meetings(committee)
    with scope(committee.engine, committee.tenant_id) as session:
        found = required_at(session, list(held.values()))
    assert codes(committee, found[held["A"]]) == BOTH | {"probationary", "guest"}
    assert codes(committee, found[held["B"]]) == {"B1", "moved_out", "old_guest"}


def test_who_may_vote(committee: Committee) -> None:
    held = meetings(committee)
    with scope(committee.engine, committee.tenant_id) as session:
        found = voting_at(session, list(held.values()))
    assert codes(committee, found[held["A"]]) == BOTH | {"special_duty"}
    assert codes(committee, found[held["B"]]) == {"B1", "moved_out", "old_guest"}


def test_an_exempt_member_votes_when_present(make: Make) -> None:
    present = said.Case(
        name="miễn sinh hoạt nhưng có mặt",
        why="",
        organisation=(said.Organisation(code="A", members=3),),
        state=(said.State(members=("A1", "A2"), kind="exempt", since=HELD - timedelta(days=9)),),
        meeting=(said.Meeting(organisation="A", on=(HELD,), excused=("A2",)),),
    )
    committee = make(present)
    with scope(committee.engine, committee.tenant_id) as session:
        meeting = session.scalars(select(Meeting.id)).one()
        session.add(
            Attendance(year=YEAR, meeting_id=meeting, member_id=committee.world.members["A1"], mark=1)
        )
        session.flush()
        voting, required = voting_at(session, [meeting]), required_at(session, [meeting])
    assert codes(committee, voting[meeting]) == {"A1", "A3"}
    assert codes(committee, required[meeting]) == {"A3"}


def test_who_is_on_the_roll(committee: Committee) -> None:
    cell = committee.world.organisations["A"]
    with scope(committee.engine, committee.tenant_id) as session:
        roll = on_roll(session, HELD, [cell])
    assert codes(committee, frozenset(one.member_id for one in roll)) == {
        *BOTH,
        "exempt",
        "suspended",
        "special_duty",
        "temporarily_out",
        "exempt_present",
        "probationary",
    }
    flagged = {
        flag: codes(committee, frozenset(one.member_id for one in roll if getattr(one, flag)))
        for flag in ("exempt", "suspended")
    }
    assert flagged == {"exempt": {"exempt", "exempt_present"}, "suspended": {"suspended"}}
    unofficial = frozenset(one.member_id for one in roll if not one.official)
    assert codes(committee, unofficial) == {"probationary"}


def test_the_whole_committee_is_counted_without_naming_cells(committee: Committee) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        everyone = on_roll(session, HELD)
        cells = on_roll(session, HELD, list(committee.world.organisations.values()))
        nobody = on_roll(session, HELD, [])
    assert (everyone, nobody) == (cells, ())
