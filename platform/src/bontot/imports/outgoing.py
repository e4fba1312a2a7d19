"""The records as workbooks in the form in which they come in: what is taken out can be sent back, and says nothing new.

Each sheet is filled by one statement; its headers are those of the kind it would come in as. What a sheet leaves out — times
past, what has no column — stays in the records: this is a list to work with, a bundle is the whole (`services.bundle`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from bontot.clock import today
from bontot.db.models.meeting import ABSENT_EXCUSED, ABSENT_UNEXCUSED, LATE, STEPS
from bontot.db.rolls import holds_on
from bontot.db.tenancy import TenantSession
from bontot.errors import NotFound
from bontot.imports.book import Book
from bontot.imports.filling import CODE, HOME, MOST, PERSON, Filling, named, told, with_birth
from bontot.imports.kinds.common import MEETING_KINDS
from bontot.imports.kinds.meetings import BANDS, MARKS, STEP_WORDS, WITHOUT_CALL
from bontot.imports.kinds.organisations import (
    SECTORS,
    TYPES,
)
from bontot.imports.kinds.people import EMPLOYMENTS, POSTS, STATES
from bontot.imports.kinds.work import (
    ORIGINS,
)
from bontot.imports.outgoing_facts import FACTS
from bontot.imports.template import BUNDLES
from bontot.workbook import Month, Value

_PAST = {"day": "{:%d/%m/%Y}", "month": "{:%m/%Y}", "year": "{:%Y}"}
TYPE_WORDS, SECTOR_WORDS, EMPLOYMENT_WORDS = told(TYPES), told(SECTORS), told(EMPLOYMENTS)
KIND_WORDS, ORIGIN_WORDS = told(MEETING_KINDS), told(ORIGINS)
_POSTS, _STATES = told(POSTS), told(STATES)
_MARKS, _BANDS, _STEPS = told(MARKS), told(BANDS), told(STEP_WORDS)

_ORGANISATIONS = text(f"""
SELECT p.code, p.name, p.type, p.sector, {CODE.format(of="p.parent_id")}, o.founded_on, o.founding_document,
       o.paper_place
FROM organisation o JOIN organisation_period p ON p.organisation_id = o.id AND {holds_on("p", ":day")}
WHERE o.founded_on <= :day AND (o.ended_on IS NULL OR :day < o.ended_on)
ORDER BY p.code, o.id LIMIT {MOST}
""")
_MEMBERS = text(f"""
SELECT {PERSON}, m.birth_precision, m.female, m.admission_date, m.admission_precision, m.official_date, m.employment,
       m.phone, {CODE.format(of="s.organisation_id")}, s.valid_from
FROM member m JOIN membership s ON s.member_id = m.id AND s.kind = 'home' AND {holds_on("s", ":day")}
WHERE m.ended_on IS NULL ORDER BY 11, m.sort_key COLLATE "C", m.id LIMIT {MOST}
""")
_POSTS_HELD = text(f"""
SELECT {PERSON}, {CODE.format(of="t.organisation_id")}, {CODE.format(of=HOME)}, t.kind, t.valid_from, t.valid_to, t.term
FROM post t JOIN member m ON m.id = t.member_id
WHERE m.ended_on IS NULL AND {holds_on("t", ":day")} ORDER BY 4, t.kind, m.sort_key COLLATE "C", t.id LIMIT {MOST}
""")
_STATES_HELD = text(f"""
SELECT {PERSON}, {CODE.format(of=HOME)}, t.kind, t.valid_from, t.valid_to, t.document
FROM member_state t JOIN member m ON m.id = t.member_id
WHERE m.ended_on IS NULL AND (t.valid_to IS NULL OR :day < t.valid_to)
ORDER BY 4, m.sort_key COLLATE "C", t.id LIMIT {MOST}
""")
_MEETINGS = text(f"""
SELECT {CODE.format(of="g.organisation_id")}, g.kind, g.held_on, g.starts_at, g.place, g.topic, g.thematic_topic,
       c.full_name, c.birth_date, w.full_name, w.birth_date,
       ARRAY(SELECT title FROM agenda_item i WHERE i.meeting_id = g.id ORDER BY position),
       ARRAY(SELECT step FROM meeting_step i WHERE i.meeting_id = g.id),
       ARRAY(SELECT title FROM meeting_material i WHERE i.meeting_id = g.id ORDER BY id),
       g.sent_on, r.number, r.subject, r.cites_superior, g.self_criticism, g.self_score, g.self_score_band,
       NOT EXISTS (SELECT FROM attendance a WHERE a.year = g.year AND a.meeting_id = g.id)
FROM meeting g LEFT JOIN member c ON c.id = g.chair_id LEFT JOIN member w ON w.id = g.minute_taker_id
LEFT JOIN LATERAL (SELECT * FROM resolution r WHERE r.meeting_id = g.id ORDER BY r.id LIMIT 1) r ON true
WHERE g.year = :year ORDER BY 1, g.held_on, g.id LIMIT {MOST}
""")
_ABSENCES = text(f"""
SELECT {PERSON}, {CODE.format(of="g.organisation_id")}, g.kind, g.held_on, a.mark, a.reason
FROM attendance a JOIN meeting g ON g.year = a.year AND g.id = a.meeting_id JOIN member m ON m.id = a.member_id
WHERE a.year = :year AND a.mark = ANY(:marks) ORDER BY 4, g.held_on, m.sort_key COLLATE "C", m.id LIMIT {MOST}
""")
_TASKS = text(f"""
SELECT {CODE.format(of="t.organisation_id")}, t.title, t.origin, g.held_on, g.kind, t.due_on, t.done_on, t.hard,
       ARRAY(SELECT m.full_name || coalesce(' (' || extract(year FROM m.birth_date) || ')', '')
             FROM task_assignment b JOIN member m ON m.id = b.member_id WHERE b.task_id = t.id
             ORDER BY m.sort_key COLLATE "C", m.id),
       ARRAY(SELECT to_char(f.checked_on, 'DD/MM/YYYY') FROM follow_up f WHERE f.task_id = t.id ORDER BY f.checked_on, f.id)
FROM task t LEFT JOIN meeting g ON g.id = t.meeting_id AND g.organisation_id = t.organisation_id
WHERE t.due_on >= make_date(:year, 1, 1) AND t.due_on < make_date(:year + 1, 1, 1)
ORDER BY 1, t.due_on, t.id LIMIT {MOST}
""")
_FEES = text(f"""
SELECT {PERSON}, {CODE.format(of=HOME)}, f.month, f.due, f.paid, f.paid_on, f.exempt
FROM fee f JOIN member m ON m.id = f.member_id
WHERE f.month >= make_date(:year, 1, 1) AND f.month < make_date(:year + 1, 1, 1)
ORDER BY 4, f.month, m.sort_key COLLATE "C", m.id LIMIT {MOST}
""")


def outgoing(session: TenantSession, name: str, year: int, issuer: str) -> Book:
    """The workbook of a name in `template.BUNDLES`: the tree and its people as they are today, or what a year brought.
    Raises NotFound for any other name."""
    book = Book(issuer)
    for filling, binds in _asked(session, name, year):
        for row in session.execute(filling.statement, binds):
            book.add(filling.kind, **filling.row(*row))
    return book


def weigh(session: TenantSession, name: str, year: int) -> int:
    """How many rows that workbook has. Raises NotFound."""
    rows = 0
    for filling, binds in _asked(session, name, year):
        counted = text(f"SELECT count(*) FROM ({filling.statement.text}) AS sheet")
        rows += session.execute(counted, binds).scalar_one()
    return rows


def _asked(session: TenantSession, name: str, year: int) -> Iterator[tuple[Filling, dict[str, object]]]:
    """The sheets of a workbook, each with what its statement binds."""
    if name not in BUNDLES:
        raise NotFound
    keys = {kind.key for kind in BUNDLES[name]}
    binds: dict[str, object] = {
        "day": today(session),
        "year": year,
        "marks": [ABSENT_EXCUSED, ABSENT_UNEXCUSED, LATE],
    }
    for filling in FILLINGS:
        if filling.kind in keys:
            told = filling.statement.text
            yield filling, {name: value for name, value in binds.items() if f":{name}" in told}


def _organisation(
    code: str,
    name: str,
    type_: str,
    sector: str,
    parent: str | None,
    founded_on: date,
    document: str | None,
    paper_place: str | None,
) -> dict[str, Value]:
    return {
        "code": code,
        "name": name,
        "type": TYPE_WORDS[type_],
        "sector": SECTOR_WORDS[sector],
        "parent": parent,
        "founded_on": founded_on,
        "founding_document": document,
        "paper_place": paper_place,
    }


def _member(
    full_name: str,
    card: str | None,
    birth: date | None,
    birth_precision: str,
    female: bool | None,
    admission: date | None,
    admission_precision: str,
    official_date: date | None,
    employment: str,
    phone: str | None,
    organisation: str,
    since: date,
) -> dict[str, Value]:
    return {
        "full_name": full_name,
        "birth": known(birth, birth_precision),
        "female": {True: "Nữ", False: "Nam", None: None}[female],
        "admission": known(admission, admission_precision),
        "official_date": official_date,
        "card": card,
        "organisation": organisation,
        "since": since,
        "state": None if official_date else "Dự bị",
        "employment": EMPLOYMENT_WORDS[employment],
        "phone": f"0{phone.removeprefix('+84')}" if phone else None,
    }


def _post(
    full_name: str,
    card: str | None,
    birth: date | None,
    organisation: str,
    home: str | None,
    kind: str,
    since: date,
    until: date | None,
    term: str | None,
) -> dict[str, Value]:
    who = named(full_name, card, birth)
    return {
        **who,
        "organisation": organisation,
        "home": home,
        "kind": _POSTS[kind],
        **_span(since, until),
        "term": term,
    }


def _state(
    full_name: str,
    card: str | None,
    birth: date | None,
    organisation: str | None,
    kind: str,
    since: date,
    until: date | None,
    document: str | None,
) -> dict[str, Value]:
    who = named(full_name, card, birth)
    return {
        **who,
        "organisation": organisation,
        "kind": _STATES[kind],
        **_span(since, until),
        "document": document,
    }


def _meeting(
    organisation: str,
    kind: str,
    held_on: date,
    starts_at: Any,  # noqa: ANN401 - a time of day
    place: str | None,
    topic: str | None,
    thematic_topic: str | None,
    chair: str | None,
    chair_birth: date | None,
    minute_taker: str | None,
    minute_taker_birth: date | None,
    agenda: list[str],
    steps: list[str],
    materials: list[str],
    sent_on: date | None,
    number: str | None,
    subject: str | None,
    cites_superior: bool | None,
    *rest: Any,
) -> dict[str, Value]:
    self_criticism, score, band, uncalled = rest
    return {
        "organisation": organisation,
        "kind": KIND_WORDS[kind],
        "held_on": held_on,
        "starts_at": starts_at,
        "place": place,
        "topic": topic,
        "thematic_topic": thematic_topic,
        "chair": with_birth(chair, chair_birth),
        "minute_taker": with_birth(minute_taker, minute_taker_birth),
        "agenda": tuple(agenda),
        "steps": tuple(_STEPS[step] for step in STEPS if step in steps),
        "materials": tuple(materials),
        "sent_on": sent_on,
        "resolution_number": number,
        "resolution_subject": subject,
        "cites_superior": cites_superior,
        "self_criticism": self_criticism,
        "self_score": score,
        "self_score_band": _BANDS[band] if band else None,
        "uncalled": uncalled and kind not in WITHOUT_CALL,
    }


def _absence(
    full_name: str,
    card: str | None,
    birth: date | None,
    organisation: str,
    kind: str,
    held_on: date,
    mark: int,
    reason: str | None,
) -> dict[str, Value]:
    who = named(full_name, card, birth)
    where: dict[str, Value] = {"organisation": organisation, "held_on": held_on, "kind": KIND_WORDS[kind]}
    return {**where, **who, "mark": _MARKS[mark], "reason": reason}


def _task(
    organisation: str,
    title: str,
    origin: str,
    held_on: date | None,
    kind: str | None,
    due_on: date,
    done_on: date | None,
    hard: bool,
    assignees: list[str],
    checked_on: list[str],
) -> dict[str, Value]:
    return {
        "organisation": organisation,
        "title": title,
        "origin": ORIGIN_WORDS[origin],
        "held_on": held_on,
        "kind": KIND_WORDS[kind] if kind else None,
        "assignees": tuple(assignees),
        "due_on": due_on,
        "done_on": done_on,
        "hard": hard,
        "checked_on": tuple(checked_on),
    }


def _fee(
    full_name: str,
    card: str | None,
    birth: date | None,
    organisation: str | None,
    month: date,
    due: int,
    paid: int,
    paid_on: date | None,
    exempt: bool,
) -> dict[str, Value]:
    line: dict[str, Value] = {
        "month": Month.of(month),
        "due": due,
        "paid": paid,
        "paid_on": paid_on,
        "exempt": exempt,
    }
    return {**named(full_name, card, birth), "organisation": organisation, **line}


FILLINGS = (
    Filling("organisation", _ORGANISATIONS, _organisation),
    Filling("member", _MEMBERS, _member),
    Filling("post", _POSTS_HELD, _post),
    Filling("member_state", _STATES_HELD, _state),
    Filling("meeting", _MEETINGS, _meeting),
    Filling("attendance", _ABSENCES, _absence),
    Filling("task", _TASKS, _task),
    Filling("fee", _FEES, _fee),
    *FACTS,
)


def known(day: date | None, precision: str) -> Value:
    """A day as far as it is known: as a day, or as the words for its month or year."""
    return day if day is None or precision == "day" else _PAST[precision].format(day)


def _span(since: date, until: date | None) -> dict[str, Value]:
    """As offices write it: the last day is part of it."""
    return {"valid_from": since, "valid_to": until - timedelta(days=1) if until else None}
