"""The numbers of a cell's resolutions: one series through the whole term of the cell (`services.terms`; dossier
documents §2). A number is offered and completed, never demanded: it is given where the paper is issued."""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from bontot.services.terms import TERM

SYMBOL = "NQ/CB"
"""Of a cell's resolution: its type and who issues it."""
_BARE = re.compile(r"(?:số\s*)?(\d{1,4})(?:\s*[-–]\s*NQ\s*/\s*CB)?", re.IGNORECASE)
_AROUND = re.compile(r"\s*([-–/])\s*")


def written(number: int) -> str:
    """`05-NQ/CB`: numbers below ten take a leading zero."""
    return f"{number:02}-{SYMBOL}"


def completed(number: str) -> str:
    """A number in its form: `5`, `số 5` and `5 – NQ / CB` are `05-NQ/CB`; other papers keep theirs, without blanks around
    the signs."""
    found = _BARE.fullmatch(number.strip())
    if found:
        return written(int(found[1]))
    return _AROUND.sub(lambda sign: sign[1].replace("–", "-"), number)


_OF_TERM = f"""
FROM resolution AS r JOIN meeting AS m ON m.id = r.meeting_id
CROSS JOIN ({TERM}) AS term
WHERE m.organisation_id = :organisation AND (term.since IS NULL OR m.held_on > term.since)
  AND (term.until IS NULL OR m.held_on <= term.until)
  AND upper(translate(r.number, '– ', '-')) ~ '^[0-9]{{1,4}}-{SYMBOL}$'
"""
"""Numbers of the series, also those that were taken in with a dash or blanks."""
_NUMBER = "CAST(substring(translate(r.number, ' ', '') FROM '^[0-9]+') AS integer)"
_LAST = text(f"SELECT max({_NUMBER}) {_OF_TERM}")
_SAME = text(
    f"SELECT m.held_on {_OF_TERM} AND m.id <> :meeting AND {_NUMBER} = :number ORDER BY m.held_on LIMIT 1"
)


def next_number(session: Session, organisation_id: int, day: date) -> str:
    """The next number of the cell's series in the term of a day; empty where none was given in it yet, as the series may
    have begun on paper."""
    last = session.execute(_LAST, {"organisation": organisation_id, "day": day}).scalar()
    return written(last + 1) if last else ""


def also_of(session: Session, organisation_id: int, meeting_id: int, day: date, number: str) -> date | None:
    """The day of another meeting of the term whose resolution has the number; None where there is none."""
    found = _BARE.fullmatch(number)
    if found is None:
        return None
    binds = {"organisation": organisation_id, "meeting": meeting_id, "day": day, "number": int(found[1])}
    same: date | None = session.execute(_SAME, binds).scalar()
    return same
