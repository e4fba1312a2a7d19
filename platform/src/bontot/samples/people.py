"""Invented members: who they are, in which cell they begin the judged year, and what changes for them in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from bontot.imports.book import Book
from bontot.imports.kinds.people import EMPLOYMENTS
from bontot.imports.register import Org, Person, Span
from bontot.samples.names import full_name
from bontot.samples.places import AGENCY, RESIDENTIAL, SCHOOL, CellPlan, Manner, TenantPlan, WardPlan
from bontot.text import name_key

LARGE, OLD = 40, 80
OFFICES = ("Bí thư", "Phó bí thư", "Chi ủy viên")
EMPLOYMENT_WORDS = {value: words for words, value in EMPLOYMENTS.items()}


@dataclass(slots=True, eq=False)
class Resident(Person):
    """An invented member, with the habits the year's records follow from."""

    female: bool = False
    official_date: date | None = None
    employment: str = "retired"
    phone: str = ""
    post: str = ""
    careless: bool = False
    debtor: bool = False
    weak: bool = False
    exempt_since: date | None = None
    alike: str = ""
    """Equal for namesakes."""

    def __post_init__(self) -> None:
        self.alike = name_key(self.full_name)

    @property
    def working(self) -> bool:
        return self.employment == "working"


@dataclass(slots=True, eq=False)
class Cell:
    """A cell with everyone who ever belonged to it, as far as the samples tell."""

    plan: CellPlan
    ward: WardPlan
    org: Org
    people: list[Resident] = field(default_factory=list)

    @property
    def manner(self) -> Manner:
        return self.plan.manner

    @property
    def code(self) -> str:
        return self.org.code

    def required(self, day: date) -> list[Resident]:
        """Who must attend on a day."""
        return [person for person in self.people if person.required(self.org, day)]

    def at_home(self, day: date) -> list[Resident]:
        """Who belongs to the cell on a day, guests left out."""
        return [
            person
            for person in self.people
            if (person.ended_on is None or day < person.ended_on)
            and any(
                s.kind == "home" and s.organisation is self.org and s.holds(day) for s in person.memberships
            )
        ]

    @property
    def officers(self) -> list[Resident]:
        """Who holds the cell's posts, the secretary first."""
        return [p for p in self.people if p.post and p.memberships[-1].organisation is self.org]

    @property
    def secretary(self) -> Resident:
        return self.officers[0]

    def written(self, person: Resident) -> str:
        """The person as the cell's papers name him or her: with the birth year among namesakes."""
        namesakes = [other for other in self.people if other.alike == person.alike]
        if len(namesakes) > 1 and person.birth_date is not None:
            return f"{person.full_name} ({person.birth_date.year})"
        return person.full_name


class Maker:
    """Makes the members of one committee, all different. In each of `years` every cell that is not still admits one."""

    def __init__(self, random: Random, tenant: TenantPlan, years: tuple[int, ...], today: date) -> None:
        self._random, self._tenant, self._years, self._today = random, tenant, years, today
        self._made = 0
        self._taken: set[tuple[str, int]] = set()

    def fill(self, cell: Cell) -> None:
        """Everyone of the cell's plan; the first three or four hold its posts."""
        plan, manner = cell.plan, cell.manner
        joining = () if manner.still else self._years
        for place in range(plan.size):
            last = plan.size - 1 - place
            person = self._person(cell, joining[last] if last < len(joining) else None)
            person.weak = place * 100 < manner.weak * plan.size
            person.careless = len(joining) <= last < len(joining) + manner.careless
            person.debtor = len(joining) <= last < len(joining) + manner.debtors
            cell.people.append(person)
        if not manner.still and plan.sector == RESIDENTIAL:
            self._exempt_some(cell)
        cell.people.sort(key=lambda person: person.weak)  # those who fall short hold no posts
        holders = [p for p in cell.people if p.card and not (p.exempt_since or p.careless or p.debtor)]
        for person, post in zip(holders, (*OFFICES, *OFFICES[2:] * (plan.size >= LARGE)), strict=False):
            person.post = post
        cell.people.sort(key=lambda person: OFFICES.index(person.post) if person.post else len(OFFICES))

    def _person(self, cell: Cell, joined: int | None) -> Resident:
        random = self._random
        female = random.random() < (0.8 if cell.plan.sector == SCHOOL else 0.45)
        employment, born = self._age(cell.plan.sector)
        admission = date(
            born + random.randint(20, 38), random.choice((1, 2, 5, 9, 11)), random.choice((3, 7, 19))
        )
        admission = min(admission, date(self._years[0] - 2, 11, 3))
        if joined is not None:
            employment, born = "working", joined - random.randint(22, 40)
            admission = min(date(joined, 3, random.choice((3, 10, 17, 26))), self._today)
        official = admission.replace(year=admission.year + 1)
        self._made += 1
        person = Resident(
            full_name=self._name(born, female=female),
            birth_date=date(born, random.randint(1, 12), random.randint(1, 28)),
            card=f"{self._tenant.digits[-2:]}{self._made:06}" if official <= self._today else None,
            admission_date=admission,
            female=female,
            official_date=official if official <= self._today else None,
            employment=employment,
            phone=f"0900{self._made:06}",
        )
        person.memberships.append(Span("home", max(admission, cell.org.founded_on), None, cell.org))
        return person

    def _age(self, sector: str) -> tuple[str, int]:
        random, year = self._random, self._years[0]
        if sector in (SCHOOL, AGENCY) or random.random() < 0.22:
            return "working", year - random.randint(28, 57)
        if random.random() < 0.06:
            return "other", year - random.randint(30, 58)
        return "retired", year - random.randint(59, 88)

    def _name(self, birth_year: int, *, female: bool) -> str:
        while True:
            name = full_name(self._random, female=female)
            if (name_key(name), birth_year) not in self._taken:
                self._taken.add((name_key(name), birth_year))
                return name

    def _exempt_some(self, cell: Cell) -> None:
        """Two in five of those past eighty were excused from meetings before the judged year."""
        for person in cell.people:
            if (
                person.birth_date
                and self._years[0] - person.birth_date.year >= OLD
                and self._random.random() < 0.4
            ):
                since = date(self._years[0] - self._random.randint(1, 5), self._random.randint(1, 12), 1)
                person.exempt_since = max(since, cell.org.founded_on + timedelta(days=1))
                person.states.append(Span("exempt", person.exempt_since, None))


def write_members(book: Book, cells: list[Cell]) -> None:
    """The list of members, in each cell as it stood when they came to it."""
    for cell in cells:
        for person in cell.people:
            if person.memberships[0].organisation is cell.org:
                book.add("member", **_line(person, cell))


def written_card(person: Person) -> str | None:
    """The number as it stands on the card."""
    return f"{person.card[:2]}.{person.card[2:]}" if person.card else None


def _line(person: Resident, cell: Cell) -> dict[str, object]:
    old = person.birth_date is not None and person.birth_date.year % 17 == 0
    return {
        "full_name": person.full_name,
        "birth": str(person.birth_date.year) if old and person.birth_date else person.birth_date,
        "female": "Nữ" if person.female else "Nam",
        "admission": person.admission_date,
        "official_date": person.official_date,
        "card": written_card(person),
        "organisation": cell.code,
        "post": person.post if person.post and cell.plan.founded is None else None,
        "state": "Miễn sinh hoạt" if person.exempt_since else None if person.official_date else "Dự bị",
        "state_since": person.exempt_since,
        "employment": EMPLOYMENT_WORDS[person.employment],
        "phone": person.phone,
    }


class Changes:
    """What happens to members in one year up to `today`, entered in their registers and written in the book."""

    def __init__(self, random: Random, book: Book, cells: list[Cell], year: int, today: date) -> None:
        self._random, self._book, self._cells, self._year, self._today = random, book, cells, year, today

    def split(self, cell: Cell, source: Cell) -> None:
        """The first people of a new cell come from the one it was split off from, and its posts begin that day."""
        day = cell.org.founded_on
        for person in [p for p in cell.people if p.admission_date and p.admission_date < day]:
            since = max(person.admission_date or day, source.org.founded_on)
            person.memberships.insert(0, Span("home", since, day, source.org))
            source.people.append(person)
            document = "Quyết định chia tách chi bộ"
            self._change(person, source, "Chuyển chính thức", day, target=cell.code, document=document)
        for person in cell.officers:
            row = {"organisation": cell.code, "member": person.full_name, "card": written_card(person)}
            self._book.add("post", **row, kind=person.post, valid_from=day)

    def usual(self) -> None:
        """A few people move, leave, fall ill or die, each cell in its own way."""
        acts = (self._move, self._send, self._die, self._excuse, self._leave)
        moving = [cell for cell in self._cells if not cell.manner.still and cell.plan.founded is None]
        for place, cell in enumerate(moving):
            free = [person for person in cell.at_home(date(self._year, 1, 1)) if _settled(person)]
            people = self._random.sample(free, min(2, len(free)))
            for person, act in zip(people, (acts[place % 5], acts[(place + 3) % 5]), strict=False):
                act(cell, person, moving[(place + 1) % len(moving)])

    def _move(self, cell: Cell, person: Resident, other: Cell) -> None:
        day = date(self._year, self._random.randint(4, 9), 20)
        if day <= self._today and other is not cell:
            person.memberships[-1].until = day
            person.memberships.append(Span("home", day, None, other.org))
            other.people.append(person)
            document = "Giấy giới thiệu sinh hoạt đảng"
            self._change(person, cell, "Chuyển chính thức", day, target=other.code, document=document)

    def _send(self, cell: Cell, person: Resident, other: Cell) -> None:
        first, last = date(self._year, 3, 12), date(self._year, 8, 31)
        if first <= self._today and other is not cell:
            until = last + timedelta(days=1)
            person.states.append(Span("temporarily_out", first, until))
            person.memberships.append(Span("temporary", first, until, other.org))
            other.people.append(person)
            self._change(person, cell, "Chuyển tạm thời", first, target=other.code, until=last)

    def _die(self, cell: Cell, person: Resident, _: Cell) -> None:
        self._end(cell, person, "Từ trần", date(self._year, self._random.randint(5, 10), 14))

    def _leave(self, cell: Cell, person: Resident, _: Cell) -> None:
        self._end(cell, person, "Chuyển đi", date(self._year, self._random.randint(3, 6), 25))

    def _end(self, cell: Cell, person: Resident, what: str, day: date) -> None:
        if day <= self._today:
            person.memberships[-1].until = person.ended_on = day
            self._change(person, cell, what, day)

    def _excuse(self, cell: Cell, person: Resident, _: Cell) -> None:
        since = date(self._year, self._random.randint(2, 8), 1)
        if since <= self._today:
            person.states.append(Span("exempt", since, None))
            row = {"organisation": cell.code, "member": person.full_name, "card": written_card(person)}
            self._book.add(
                "member_state",
                **row,
                kind="Miễn sinh hoạt",
                valid_from=since,
                document="Quyết định miễn sinh hoạt",
            )

    def _change(self, person: Resident, cell: Cell, kind: str, day: date, **more: object) -> None:
        row = {"organisation": cell.code, "member": person.full_name, "card": written_card(person)}
        self._book.add("member_change", **row, kind=kind, day=day, **more)


def _settled(person: Resident) -> bool:
    """Someone for whom nothing else changes, and who has a card to be named by."""
    busy = person.post or person.careless or person.debtor or person.states or person.ended_on
    return bool(person.card) and not busy and len(person.memberships) == 1
