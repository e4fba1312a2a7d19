"""The organisations, people and meetings a workbook may speak of: those recorded, and those it brings itself."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from bontot.clock import today
from bontot.db.models import (
    Meeting,
    Member,
    Membership,
    MemberState,
    Organisation,
    OrganisationPeriod,
    Post,
)
from bontot.db.models.organisation import CELL_TYPES
from bontot.db.rolls import ABSENT_FROM_MEETINGS
from bontot.db.tenancy import TenantSession
from bontot.imports.columns import CARD
from bontot.imports.plan import Entity
from bontot.text import name_key

ADDRESSED = re.compile(r"^\s*(?:đ/c|đc|đồng chí)[.:]?\s+", re.IGNORECASE)
"""How a list addresses a person before the name: "Đ/c Trần Văn An"."""
NAME_AND_BIRTH = re.compile(r"(.+?)\s*\(\s*(?:sn\s*)?(?:\d{1,2}/\d{1,2}/)?(\d{4})\s*\)")
"""A name with the birth year that tells it from its namesakes: "Trần Văn An (1956)"."""


class Unknown(Exception):
    """A name or code leads to no record, or to several; the text is the sentence for its writer."""


@dataclass(slots=True, eq=False)
class Span:
    """Something that holds over `[since, until)`; `row` is the row to be written, None when already recorded."""

    kind: str
    since: date
    until: date | None
    organisation: Org | None = None
    id: int | None = None
    row: dict[str, Any] | None = None

    def holds(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)

    def meets(self, since: date, until: date | None) -> bool:
        """Whether the two share a day."""
        return (until is None or self.since < until) and (self.until is None or since < self.until)


@dataclass(slots=True, eq=False)
class Org(Entity):
    """An organisation as it stands today."""

    code: str = ""
    name: str = ""
    type: str = ""
    sector: str = ""
    parent: Org | None = None
    founded_on: date = date.min
    ended_on: date | None = None

    @property
    def is_cell(self) -> bool:
        return self.type in CELL_TYPES

    @property
    def upwards(self) -> Iterator[Org]:
        """The organisation and its superiors."""
        seen: set[int] = set()
        org: Org | None = self
        while org is not None and id(org) not in seen:
            seen.add(id(org))
            yield org
            org = org.parent

    def exists(self, day: date) -> bool:
        return self.founded_on <= day and (self.ended_on is None or day < self.ended_on)


@dataclass(slots=True, eq=False)
class Person(Entity):
    """A member with where he or she belongs, and the states in which nobody asks for attendance."""

    full_name: str = ""
    birth_date: date | None = None
    birth_precision: str = "day"
    card: str | None = None
    admission_date: date | None = None
    ended_on: date | None = None
    memberships: list[Span] = field(default_factory=list)
    states: list[Span] = field(default_factory=list)
    posts: list[Span] = field(default_factory=list)
    row: dict[str, Any] | None = None

    @property
    def home(self) -> Span | None:
        """The latest membership at home."""
        return max((s for s in self.memberships if s.kind == "home"), key=lambda s: s.since, default=None)

    def ever_in(self, org: Org) -> bool:
        return any(span.organisation is org for span in self.memberships)

    def belongs(self, org: Org, day: date) -> bool:
        """On the roll of the cell, at home or as a guest."""
        present = any(span.organisation is org and span.holds(day) for span in self.memberships)
        return present and (self.ended_on is None or day < self.ended_on)

    def required(self, org: Org, day: date) -> bool:
        """Must attend the cell's meeting on `day`: the denominator of `bontot.db.rolls.attendance_roll`."""
        kinds = {s.kind for s in self.memberships if s.organisation is org and s.holds(day)}
        away = {state.kind for state in self.states if state.holds(day)}
        if (
            not kinds
            or away & set(ABSENT_FROM_MEETINGS)
            or (self.ended_on is not None and day >= self.ended_on)
        ):
            return False
        return "temporary" in kinds or "temporarily_out" not in away


@dataclass(slots=True, eq=False)
class Gathering(Entity):
    """A meeting."""

    organisation: Org | None = None
    kind: str = ""
    held_on: date = date.min
    called: bool = False
    """Brought by this workbook with a roll call, in which whoever is not named was present."""
    row: dict[str, Any] | None = None


class Register:
    """Finds what rows refer to; what a workbook brings is entered as it is understood."""

    def __init__(self, day: date) -> None:
        self.today = day
        self.organisations: list[Org] = []
        self.people: list[Person] = []
        self.gatherings: dict[tuple[Org, date], list[Gathering]] = defaultdict(list)
        self.top: Org | None = None
        self._orgs: dict[str, list[Org]] = defaultdict(list)
        self._children: set[tuple[Org | None, str]] = set()
        self._by_card: dict[str, Person] = {}
        self._by_name: dict[str, list[Person]] = defaultdict(list)
        self._residents: dict[Org, list[Person]] = defaultdict(list)

    @classmethod
    def load(cls, session: TenantSession) -> Register:
        """The committee in scope as it is recorded now."""
        register = cls(today(session))
        orgs = _load_organisations(session)
        for org in orgs.values():
            register.enter_organisation(org)
        people = _load_people(session, orgs)
        for person in people.values():
            register.enter_person(person)
        for row in session.execute(
            select(Meeting.id, Meeting.organisation_id, Meeting.kind, Meeting.held_on)
        ):
            register.enter_gathering(Gathering(row[0], orgs[row[1]], row[2], row[3]))
        return register

    def enter_organisation(self, org: Org) -> None:
        self.organisations.append(org)
        name = name_key(org.name)
        for key in {_code(org.code), name}:
            self._orgs[key].append(org)
        self._children.add((org.parent, name))
        if org.parent is None and org.ended_on is None:
            self.top = org

    def of_code(self, code: str) -> Org | None:
        """The organisation that has, or last had, this code; of several the one that goes on."""
        found = self._orgs.get(_code(code), [])
        return next((org for org in found if org.ended_on is None), found[0] if found else None)

    def has_child(self, parent: Org | None, name: str) -> bool:
        """Whether an organisation of this name stands under `parent`."""
        return (parent, name_key(name)) in self._children

    def enter_person(self, person: Person) -> None:
        self.people.append(person)
        if person.card:
            self._by_card[person.card] = person
        self._by_name[name_key(person.full_name)].append(person)
        for org in {span.organisation for span in person.memberships if span.organisation}:
            self._residents[org].append(person)

    def enter_membership(self, person: Person, span: Span) -> None:
        """A further membership of a person already entered."""
        org = span.organisation
        if org is not None and not person.ever_in(org):
            self._residents[org].append(person)
        person.memberships.append(span)

    def enter_gathering(self, gathering: Gathering) -> None:
        if gathering.organisation is not None:
            self.gatherings[gathering.organisation, gathering.held_on].append(gathering)

    def card_holder(self, card: str) -> Person | None:
        return self._by_card.get(card)

    def namesakes(self, full_name: str) -> list[Person]:
        return self._by_name.get(name_key(ADDRESSED.sub("", full_name)), [])

    def required_at(self, org: Org, day: date) -> list[Person]:
        """Who must attend a meeting of the cell on `day`."""
        return [person for person in self._residents[org] if person.required(org, day)]

    def organisation(self, written: str) -> Org:
        """The organisation of a code or a full name. Raises Unknown."""
        found = self._orgs.get(_code(written)) or self._orgs.get(name_key(written)) or []
        live = [org for org in found if org.ended_on is None] or found
        if len(live) == 1:
            return live[0]
        if live:
            raise Unknown(f"Có {len(live)} tổ chức cùng tên hoặc mã “{written}”; hãy ghi mã tổ chức.")
        raise Unknown(
            f"Không có tổ chức nào mang mã hoặc tên “{written}”; hãy kiểm tra lại hoặc thêm vào trang Tổ chức."
        )

    def name_of(self, written: str) -> str:
        """The name of the organisation of a code or a full name; or that what is written is not known."""
        try:
            return self.organisation(written).name
        except Unknown:
            return f"chưa rõ “{written}”"

    def person(self, written: str, org: Org | None) -> Person:
        """The member of a card number, or of a name (with birth year among namesakes) in `org`. Raises Unknown."""
        if CARD.fullmatch(written):
            person = self._by_card.get(written.replace(".", ""))
            if person is None:
                raise Unknown(f"Không có đảng viên nào mang số thẻ {written}.")
            return person
        name, birth_year = _name_and_birth(written)
        found = [
            person
            for person in self.namesakes(name)
            if birth_year is None or (person.birth_date and person.birth_date.year == birth_year)
        ]
        if org is not None and org.is_cell:
            found = [person for person in found if person.ever_in(org)]
        if len(found) == 1:
            return found[0]
        place = f" trong {org.name}" if org is not None and org.is_cell else ""
        if found:
            raise Unknown(
                f"Có {len(found)} đồng chí tên {name}{place}; hãy ghi số thẻ, hoặc thêm năm sinh, "
                f"ví dụ {name} ({_a_birth_year(found)})."
            )
        raise Unknown(f"Không có đồng chí nào tên “{written}”{place}.")

    def gathering(self, org: Org, day: date, kind: str | None) -> Gathering:
        """The meeting of a cell on a day, of a kind where several were held. Raises Unknown."""
        held = self.gatherings.get((org, day), [])
        found = [gathering for gathering in held if kind is None or gathering.kind == kind]
        if len(found) == 1:
            return found[0]
        if found:
            raise Unknown(
                f"Ngày {day:%d/%m/%Y} {org.name} có {len(found)} buổi họp; hãy ghi thêm loại buổi họp."
            )
        raise Unknown(f"Không có buổi họp nào của {org.name} ngày {day:%d/%m/%Y}.")


def _code(written: str) -> str:
    return f"#{written.strip().upper()}"


def _name_and_birth(written: str) -> tuple[str, int | None]:
    found = NAME_AND_BIRTH.fullmatch(written)
    return (found[1], int(found[2])) if found else (written, None)


def _a_birth_year(people: list[Person]) -> int:
    return next((person.birth_date.year for person in people if person.birth_date), 1956)


def _load_organisations(session: TenantSession) -> dict[int, Org]:
    orgs = {
        row[0]: Org(row[0], founded_on=row[1], ended_on=row[2])
        for row in session.execute(select(Organisation.id, Organisation.founded_on, Organisation.ended_on))
    }
    period = OrganisationPeriod
    stands = (period.code, period.name, period.type, period.sector)
    latest = select(period.organisation_id, period.parent_id, *stands).order_by(period.valid_from)
    for organisation_id, parent_id, *stood in session.execute(latest):
        org = orgs[organisation_id]
        org.code, org.name, org.type, org.sector = stood
        org.parent = orgs[parent_id] if parent_id is not None else None
    return orgs


def _load_people(session: TenantSession, orgs: dict[int, Org]) -> dict[int, Person]:
    named = (Member.id, Member.full_name, Member.birth_date, Member.birth_precision, Member.card_number)
    people = {
        row[0]: Person(*row)
        for row in session.execute(select(*named, Member.admission_date, Member.ended_on))
    }
    for member_id, span in _load_spans(session, Membership, orgs):
        people[member_id].memberships.append(span)
    for member_id, span in _load_spans(session, MemberState, orgs):
        people[member_id].states.append(span)
    for member_id, span in _load_spans(session, Post, orgs):
        people[member_id].posts.append(span)
    return people


def _load_spans(
    session: TenantSession, table: type[Membership | MemberState | Post], orgs: dict[int, Org]
) -> Iterator[tuple[int, Span]]:
    place = () if table is MemberState else (table.organisation_id,)  # type: ignore[union-attr]
    rows = session.execute(
        select(table.member_id, table.id, table.kind, table.valid_from, table.valid_to, *place)
    )
    for member_id, row_id, kind, since, until, *org in rows:
        yield member_id, Span(kind, since, until, orgs[org[0]] if org else None, row_id)
