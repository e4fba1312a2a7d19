"""The three ways of counting a cell's people (dossier, rules §4): who must attend, who votes, who is on the roll.

They differ in whom they leave out and must not share one function. Each follows from the intervals that hold on the
day asked about, never from stored marks. Each is one text over the committee in scope, to be restricted from outside
(`WHERE meeting_id = …`, `WHERE organisation_id = …`): conditions on its columns reach the indexes beneath.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from bontot.db.models.meeting import LATE, PRESENT

OFFICERS = ("secretary", "deputy_secretary", "committee_member")
"""Whose posts make a cell's committee."""
ABSENT_FROM_MEETINGS = ("exempt", "suspended", "special_duty")
"""States in which nobody is required; `temporarily_out` adds the home cell's own absent."""


def holds_on(interval: str, day: str) -> str:
    """The condition that `interval` (a table or alias with `valid_from`, `valid_to`) holds on `day`."""
    return (
        f"({interval}.valid_from <= {day} AND ({interval}.valid_to IS NULL OR {day} < {interval}.valid_to))"
    )


def carried(work: str, day: str) -> str:
    """The condition that a task or directive is its cell's own at the end of `day`: not handed to another by then, and not
    received only later."""
    return (
        f"({work}.handed_on IS NULL OR {day} < {work}.handed_on)"
        f" AND ({work}.received_on IS NULL OR {work}.received_on <= {day})"
    )


def in_state(person: str, day: str, *states: str) -> str:
    """The condition that a member is in one of `states` on `day`."""
    return (
        f"EXISTS (SELECT FROM member_state AS st WHERE st.member_id = {person}"
        f" AND st.kind IN ({_listed(*states)}) AND {holds_on('st', day)})"
    )


def _listed(*values: str) -> str:
    return ", ".join(f"'{value}'" for value in values)


def attendance_roll(meetings: str = "meeting") -> str:
    """A row for each member required at each meeting: official, probationary and temporary guests on the day it
    opened, minus exempt, suspended, on special duty, temporarily away (from the home cell), and those whose membership
    ended; of a meeting of the cell's committee only who holds a post in it.

    `meetings` is the table or a query with its columns, for a meeting not recorded yet.
    """
    return f"""
SELECT m.id AS meeting_id, m.organisation_id, m.year, m.held_on, m.kind, ms.member_id
FROM {meetings} AS m
JOIN membership AS ms ON ms.organisation_id = m.organisation_id AND {holds_on("ms", "m.held_on")}
JOIN member AS p ON p.id = ms.member_id AND (p.ended_on IS NULL OR m.held_on < p.ended_on)
WHERE NOT EXISTS (
    SELECT FROM member_state AS st
    WHERE st.member_id = ms.member_id AND {holds_on("st", "m.held_on")}
      AND (st.kind IN ({_listed(*ABSENT_FROM_MEETINGS)}) OR (st.kind = 'temporarily_out' AND ms.kind = 'home'))
)
AND (m.kind <> 'cell_committee_meeting' OR EXISTS (
    SELECT FROM post AS ps
    WHERE ps.member_id = ms.member_id AND ps.organisation_id = m.organisation_id
      AND ps.kind IN ({_listed(*OFFICERS)}) AND {holds_on("ps", "m.held_on")}))
"""


ATTENDANCE_ROLL = attendance_roll()
ROLL_OF_DAYS = attendance_roll("""(
    SELECT CAST(0 AS bigint) AS id, CAST(:cell AS bigint) AS organisation_id, CAST(0 AS smallint) AS year,
           day AS held_on, CAST(:kind AS text) AS kind FROM unnest(CAST(:days AS date[])) AS day)""")
"""A row for each member whom a meeting of `:cell` on each of `:days`, of kind `:kind`, would require, be it recorded or
not."""


def voting_roll(meetings: str = "meeting") -> str:
    """A row for each member entitled to vote at each meeting: official members summoned at their home cell, minus those
    suspended or temporarily away; an exempt member counts only when present. `meetings` as in `attendance_roll`."""
    return f"""
SELECT m.id AS meeting_id, m.organisation_id, m.year, m.held_on, ms.member_id
FROM {meetings} AS m
JOIN membership AS ms ON ms.organisation_id = m.organisation_id AND ms.kind = 'home'
     AND {holds_on("ms", "m.held_on")}
JOIN member AS p ON p.id = ms.member_id AND p.official_date <= m.held_on
     AND (p.ended_on IS NULL OR m.held_on < p.ended_on)
WHERE NOT {in_state("ms.member_id", "m.held_on", "suspended", "temporarily_out")}
  AND (NOT {in_state("ms.member_id", "m.held_on", "exempt")}
       OR EXISTS (SELECT FROM attendance AS a WHERE a.year = m.year AND a.meeting_id = m.id
                  AND a.member_id = ms.member_id AND a.mark IN ({PRESENT}, {LATE})))
"""


VOTING_ROLL = voting_roll()


def headcount(day: str = ":day") -> str:
    """A row for each member on the roll of a home cell on `day`, an SQL expression.

    Whom a plan leaves out of its share it says by the flags: `official` on the day, `exempt`, `suspended`.
    """
    return f"""
SELECT ms.organisation_id, ms.member_id, p.employment, p.admission_date,
       coalesce(p.official_date <= {day}, false) AS official,
       {in_state("ms.member_id", day, "exempt")} AS exempt,
       {in_state("ms.member_id", day, "suspended")} AS suspended
FROM membership AS ms
JOIN member AS p ON p.id = ms.member_id AND (p.ended_on IS NULL OR {day} < p.ended_on)
WHERE ms.kind = 'home' AND {holds_on("ms", day)}
"""


_HOME = text(f"""
SELECT organisation_id FROM membership AS ms WHERE member_id = :member AND kind = 'home' AND {holds_on("ms", ":day")}
""")


def home_on(session: Session, member_id: int, day: date) -> int | None:
    """The cell where a member is at home on `day`; None where nowhere."""
    found: int | None = session.execute(_HOME, {"member": member_id, "day": day}).scalar()
    return found


@dataclass(frozen=True, slots=True)
class Counted:
    """A member on the roll of a day, with what a plan may leave out."""

    organisation_id: int
    member_id: int
    official: bool
    exempt: bool
    suspended: bool


def required_at(session: Session, meeting_ids: Sequence[int]) -> dict[int, frozenset[int]]:
    """Who must attend: `{meeting_id: member_ids}`, with an entry for every meeting asked about that exists."""
    return _by_meeting(session, ATTENDANCE_ROLL, meeting_ids)


def voting_at(session: Session, meeting_ids: Sequence[int]) -> dict[int, frozenset[int]]:
    """Who may vote: `{meeting_id: member_ids}`, with an entry for every meeting asked about that exists."""
    return _by_meeting(session, VOTING_ROLL, meeting_ids)


def on_roll(
    session: Session, day: date, organisation_ids: Sequence[int] | None = None
) -> tuple[Counted, ...]:
    """Who is on the roll at the end of `day`, at home, in the given cells or in all of the committee."""
    statement = f"""
SELECT organisation_id, member_id, official, exempt, suspended FROM ({headcount()}) AS roll
WHERE CAST(:organisations AS bigint[]) IS NULL OR organisation_id = ANY(:organisations)
ORDER BY organisation_id, member_id"""
    wanted = None if organisation_ids is None else list(organisation_ids)
    rows = session.execute(text(statement), {"day": day, "organisations": wanted})
    return tuple(Counted(*row) for row in rows)


_REGULAR = """(
    SELECT CAST(0 AS bigint) AS id, cell AS organisation_id, CAST(0 AS smallint) AS year, CAST(:day AS date) AS held_on,
           'regular' AS kind FROM unnest(CAST(:cells AS bigint[])) AS cell)"""
ATTENDANCE, VOTING, HEADCOUNT = "attendance", "voting", "headcount"
_COUNTED_ON = text(f"""
SELECT '{ATTENDANCE}' AS use, organisation_id, member_id FROM ({attendance_roll(_REGULAR)}) AS required
UNION ALL
SELECT '{VOTING}', organisation_id, member_id FROM ({voting_roll(_REGULAR)}) AS voting
UNION ALL
SELECT '{HEADCOUNT}', organisation_id, member_id FROM ({headcount()}) AS roll WHERE organisation_id = ANY(:cells)
""")


def counted_on(
    session: Session, organisation_ids: Sequence[int], day: date
) -> dict[tuple[str, int], frozenset[int]]:
    """Who is counted in each cell on a day, each of the three ways: `{(use, organisation_id): member_ids}`; of a regular
    meeting held that day nobody is marked yet."""
    found: dict[tuple[str, int], set[int]] = {
        (use, cell): set() for use in (ATTENDANCE, VOTING, HEADCOUNT) for cell in organisation_ids
    }
    for use, cell, member in session.execute(_COUNTED_ON, {"cells": list(organisation_ids), "day": day}):
        found[use, cell].add(member)
    return {key: frozenset(members) for key, members in found.items()}


def _by_meeting(session: Session, roll: str, meeting_ids: Sequence[int]) -> dict[int, frozenset[int]]:
    statement = f"""
SELECT m.id, array_remove(array_agg(roll.member_id), NULL)
FROM meeting AS m LEFT JOIN ({roll}) AS roll ON roll.meeting_id = m.id
WHERE m.id = ANY(:meetings) GROUP BY m.id"""
    rows = session.execute(text(statement), {"meetings": list(meeting_ids)})
    return {meeting_id: frozenset(members) for meeting_id, members in rows}
