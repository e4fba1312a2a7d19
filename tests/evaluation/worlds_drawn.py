"""Small committees drawn at random: cells that come and go, members who move, fall ill, visit and miss meetings."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from bontot.testing import case_records as said
from tests.evaluation.conftest import YEAR

START, END = date(YEAR, 1, 1), date(YEAR, 12, 31)
EDGES = (START, date(YEAR, 1, 2), date(YEAR, 3, 31), date(YEAR, 4, 1), date(YEAR, 7, 1), END)
days = st.dates(START, END) | st.sampled_from(EDGES)
HOMES = ("A", "B")
CELLS = (*HOMES, "C")


@st.composite
def cases(draw: st.DrawFn) -> said.Case:
    """Three cells, one of which may be founded or ended in the year, or merged into the first, and up to five members with
    all that befalls them; only guests come to the third."""
    founded = draw(st.none() | days)
    ended = draw(st.none() | st.dates((founded or START) + timedelta(days=1), END + timedelta(days=30)))
    merged = ended is not None and ended <= END and draw(st.booleans())
    organisations = (
        said.Organisation(code="W", type="grassroots_committee"),
        said.Organisation(code="A", parent="W"),
        said.Organisation(code="B", parent="W", founded=founded or said.ALWAYS, ended=ended),
        said.Organisation(code="C", parent="W"),
    )
    members = tuple(draw(_members(f"M{number}", founded)) for number in range(draw(st.integers(0, 5))))
    codes = [member.code for member in members]
    moves = [move for member in members for move in draw(_moves(member, founded))]
    if merged and ended:
        moves = _merged(members, moves, ended)
    some = st.lists(st.sampled_from(codes), unique=True, max_size=3).map(tuple) if codes else st.just(())
    return said.Case(
        name="ngẫu nhiên",
        why="",
        organisation=organisations,
        member=members,
        transfer=tuple(moves),
        guest=tuple(draw(_guests(codes))),
        state=tuple(state for code in codes for state in draw(_states(code))),
        meeting=tuple(draw(st.lists(_meetings(some), max_size=8, unique_by=_one_a_day))),
        discipline=tuple(draw(st.lists(_cases(codes), max_size=2))),
        judgment=tuple(draw(_judgments([*CELLS, *codes]))),
    )


@st.composite
def _members(draw: st.DrawFn, code: str, founded: date | None) -> said.Member:
    """Nobody belongs to a cell before it is founded."""
    cell = draw(st.sampled_from(HOMES))
    since = draw(st.just(said.ALWAYS) | days)
    since = max(since, founded) if cell == "B" and founded else since
    until = draw(st.none() | st.dates(since + timedelta(days=1), END + timedelta(days=10)))
    return said.Member(
        code=code,
        cell=cell,
        since=since,
        until=until,
        end=draw(st.none() | st.just("deceased")) if until else None,
        probationary=draw(st.booleans()),
    )


@st.composite
def _moves(draw: st.DrawFn, member: said.Member, founded: date | None) -> list[said.Transfer]:
    """At most one transfer, inside the membership and to a cell that is there."""
    on = draw(st.none() | days)
    if on is None or on <= member.since or (member.until and on >= member.until):
        return []
    if member.cell == "A" and founded and on < founded:
        return []
    return [said.Transfer(member=member.code, to="B" if member.cell == "A" else "A", on=on)]


def _merged(members: tuple[said.Member, ...], moves: list[said.Transfer], on: date) -> list[said.Transfer]:
    """On the day of the merger everyone still in the second cell goes to the first, and nobody comes to it any more."""
    kept = [move for move in moves if move.on < on]
    last = {member.code: member.cell for member in members} | {move.member: move.to for move in kept}
    there = (
        one
        for one in members
        if last[one.code] == "B" and one.since < on and not (one.until and one.until <= on)
    )
    return [*kept, *(said.Transfer(member=one.code, to="A", on=on) for one in there)]


@st.composite
def _guests(draw: st.DrawFn, codes: list[str]) -> list[said.Guest]:
    """A stay in a third cell, so that it overlaps with no home."""
    found = []
    for code in codes:
        since = draw(st.none() | days)
        if since is not None:
            until = draw(st.none() | st.dates(since + timedelta(days=1), END + timedelta(days=2)))
            found.append(said.Guest(member=code, cell="C", since=since, until=until))
    return found


@st.composite
def _states(draw: st.DrawFn, code: str) -> list[said.State]:
    kind = draw(st.none() | st.sampled_from(["exempt", "suspended", "special_duty", "temporarily_out"]))
    if kind is None:
        return []
    since = draw(days)
    until = draw(st.none() | st.dates(since + timedelta(days=1), END + timedelta(days=5)))
    return [said.State(members=(code,), kind=kind, since=since, until=until)]


def _one_a_day(meeting: said.Meeting) -> tuple[str, str, date]:
    return meeting.organisation, meeting.kind, meeting.on[0]


@st.composite
def _meetings(draw: st.DrawFn, some: st.SearchStrategy[tuple[str, ...]]) -> said.Meeting:
    excused = draw(some)
    unexcused = tuple(code for code in draw(some) if code not in excused)
    near = st.integers(1, 12).flatmap(lambda month: st.integers(1, 8).map(lambda day: date(YEAR, month, day)))
    late = tuple(code for code in draw(some) if code not in (*excused, *unexcused))
    return said.Meeting(
        organisation=draw(st.sampled_from(CELLS)),
        on=(draw(near | days),),
        kind=draw(st.sampled_from(["regular", "regular", "thematic", "extraordinary"])),
        thematic_part=draw(st.booleans()),
        excused=excused,
        unexcused=unexcused,
        late=late,
        unmarked=tuple(code for code in draw(some) if code not in (*excused, *unexcused, *late)),
    )


@st.composite
def _cases(draw: st.DrawFn, codes: list[str]) -> said.Discipline:
    on = draw(st.dates(START - timedelta(days=1), END + timedelta(days=1)))
    if len(codes) > 0 and draw(st.booleans()):
        return said.Discipline(on=on, member=draw(st.sampled_from(codes)))
    return said.Discipline(on=on, organisation=draw(st.sampled_from(CELLS)))


@st.composite
def _judgments(draw: st.DrawFn, subjects: list[str]) -> list[said.Judgment]:
    found = []
    for subject in subjects:
        criteria = ("c.unity",) if subject in CELLS else ("m.line", "m.discipline")
        for criterion in criteria:
            verdict = draw(st.sampled_from(["met", "met", "met", "not_met", "not_applicable", None]))
            if verdict == "not_applicable" and criterion != "c.unity":
                verdict = None
            if verdict:
                found.append(said.Judgment(subjects=(subject,), criteria=(criterion,), verdict=verdict))
    return found
