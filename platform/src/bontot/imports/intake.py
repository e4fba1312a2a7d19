"""What every kind of sheet shares while its rows are understood: the register, the plan, and the plans' vocabulary."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import select

from bontot.db.base import TenantTable
from bontot.db.tenancy import TenantSession
from bontot.imports.columns import Column, Known
from bontot.imports.layout import Report
from bontot.imports.marks import RollCalls
from bontot.imports.on_record import OnRecord, Said, Values, each, in_order
from bontot.imports.plan import Entity, Plan
from bontot.imports.register import Gathering, Org, Person, Register, Unknown
from bontot.imports.table import Row
from bontot.imports.undoing import key_names
from bontot.registry import Registry


@dataclass(slots=True)
class Intake:
    """One workbook being understood in one committee."""

    session: TenantSession
    register: Register
    registry: Registry
    report: Report
    plan: Plan = field(default_factory=Plan)
    roll_calls: RollCalls = field(default_factory=RollCalls)
    writing: bool = False
    """Whether what is understood is going to be written in this transaction."""
    on_record: OnRecord = field(init=False)

    def __post_init__(self) -> None:
        """Rows are held against what the same transaction sees."""
        self.on_record = OnRecord(self.session)

    def organisation(self, row: Row, name: str = "organisation") -> Org | None:
        """The organisation a row names; None when it names none, or after reporting that there is no such one."""
        written = row.get(name)
        try:
            return self.register.organisation(written) if written is not None else None
        except Unknown as unknown:
            row.error(name, str(unknown))
            return None

    def person(
        self, row: Row, org: Org | None, name: str = "member", *, anywhere: bool = False
    ) -> Person | None:
        """The member a row names by name or card; None when it names none, or after reporting. Who is named by card belongs
        to the cell as well, unless the row may be about somebody from `anywhere`."""
        written, card = row.get(name), row.get("card") if name == "member" else None
        if written is None and card is None:
            return None
        try:
            person = self.register.person(card or written, org)
        except Unknown as unknown:
            row.error("card" if card else name, str(unknown))
            return None
        if card and written and person not in self.register.namesakes(written):
            row.error("card", f"Số thẻ {card} là của đồng chí {person.full_name}, không phải “{written}”.")
            return None
        if card and org is not None and org.is_cell and not anywhere and not person.ever_in(org):
            row.error("card", f"Số thẻ {card} là của đồng chí {person.full_name}, không thuộc {org.name}.")
            return None
        return person

    def gathering(self, row: Row, org: Org, name: str = "held_on") -> Gathering | None:
        """The meeting a row names by cell, day and kind; None after reporting that there is no such one."""
        try:
            return self.register.gathering(org, row.values[name], row.get("kind"))
        except Unknown as unknown:
            row.error(name, str(unknown))
            return None

    def living(self, row: Row, org: Org | None, name: str) -> bool:
        """Whether the organisation, if any, exists on the day or in the year in column `name`; reports it when not."""
        said: date | int | None = row.get(name)
        if said is None or org is None:
            return True
        of_year = isinstance(said, int)
        first, last = (date(said, 1, 1), date(said, 12, 31)) if isinstance(said, int) else (said, said)
        if org.founded_on <= last and (org.ended_on is None or first < org.ended_on):
            return True
        when = f"Năm {said}" if of_year else f"Ngày {said:%d/%m/%Y}"
        founded = f"thành lập ngày {org.founded_on:%d/%m/%Y}"
        ended = f", kết thúc ngày {org.ended_on:%d/%m/%Y}" if org.ended_on else ""
        row.error(name, f"{when} nằm ngoài thời gian hoạt động của {org.name} ({founded}{ended}).")
        return False

    def not_future(self, row: Row, columns: Iterable[Column]) -> bool:
        """Whether no day that must be past is still to come; reports those that are."""
        early = [column.field for column in columns if column.past and self._is_future(row.get(column.field))]
        for name in early:
            row.error(name, f"Ngày này chưa đến (hôm nay là {self.register.today:%d/%m/%Y}).")
        return not early

    def _is_future(self, value: object) -> bool:
        days = [value.day] if isinstance(value, Known) else value if isinstance(value, tuple) else [value]
        return any(isinstance(day, date) and day > self.register.today for day in days)


class Taken:
    """Keys already used, in the database and by earlier rows of the sheet; `loose` are columns of the key that a row may
    leave blank, and then speaks of any record that agrees in the others, as it does of one that leaves them blank itself."""

    def __init__(
        self, intake: Intake, table: type[TenantTable], key: tuple[str, ...], loose: tuple[str, ...] = ()
    ) -> None:
        self._key, self._table, self._loose = key, table, loose
        self._firm = tuple(name for name in key if name not in loose)
        self._names = key_names(table.__table__)  # type: ignore[arg-type]
        columns = (getattr(table, name) for name in (*self._firm, *loose, *self._names))
        firm, end = len(self._firm), len(key)
        self._recorded: defaultdict[Values, list[tuple[Values, Values]]] = defaultdict(list)
        for row in intake.session.execute(select(*columns)):
            self._recorded[tuple(row[:firm])].append((tuple(row[firm:end]), tuple(row[end:])))
        self._brought: dict[Values, int] = {}

    def held(
        self,
        row: Row,
        record: Mapping[str, Any],
        intake: Intake,
        parts: Callable[[int], Iterable[Said]] = lambda _: (),
    ) -> bool:
        """Whether the record is there already, and then the row is held against it; `parts` is what the row says of the
        records that belong to one of an id."""
        there = self._there(record)
        if there:
            intake.on_record.hold_any(
                row, ([*self._said(row, record, key), *parts(key.get("id", 0))] for key in there)
            )
        return bool(there)

    def _there(self, record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """The primary keys of the records that the row may be about."""
        said = self._of(record, self._loose)
        there = self._recorded.get(self._of(record, self._firm), [])
        exact = [key for loose, key in there if loose == said]
        near = [key for loose, key in there if all(map(_may_agree, loose, said))]
        return [dict(zip(self._names, key, strict=True)) for key in exact or near]

    def free(self, row: Row, record: Mapping[str, Any]) -> bool:
        """Whether a record that is not there yet is the first of its key in the sheet, which then is taken; reports it when
        it is not."""
        first = self._brought.setdefault(self._of(record, self._key), row.number)
        if first == row.number:
            return True
        row.error("", f"Dòng này trùng với dòng {first}.")
        return False

    def _said(self, row: Row, record: Mapping[str, Any], there: Mapping[str, Any]) -> Iterator[Said]:
        """What a row says of a record that is there, beside what tells it from others."""
        for name, value in record.items():
            said_as = name if name in row.values else name.removesuffix("_id")
            if name not in self._firm and said_as in row.values:
                yield Said(said_as, value, self._table, there, (name,))

    def _of(self, record: Mapping[str, Any], names: tuple[str, ...]) -> Values:
        return tuple(_known(record.get(name)) for name in names)


def _may_agree(one: object, other: object) -> bool:
    return one is None or other is None or one == other


def _known(value: object) -> object:
    """Entities already recorded compare by id, new ones by themselves."""
    return value.id if isinstance(value, Entity) and value.id is not None else value


Take = Callable[[list[Row], Intake], None]


@dataclass(frozen=True, slots=True)
class SheetKind:
    """A kind of sheet: how its tab and columns are called, and what becomes of its rows."""

    key: str
    title: str
    columns: tuple[Column, ...]
    take: Take
    also: tuple[str, ...] = ()
    hint: str = ""
    """How the sheet is laid out, where its columns do not say it."""
    several: bool = False
    """Whether a workbook may hold several sheets of the kind."""
    beside: tuple[str, ...] = ()
    """Further columns of our own lists of it, worked out from the records: passed over without a question."""


Check = Callable[[Row, dict[str, Any], Intake], bool]
"""A further step with one record, which reports what it finds and says whether the record may stand."""


@dataclass(frozen=True, slots=True)
class Many:
    """A column of several values, each a record of its own that belongs to the row's: where it says whose (`owner`) and what
    (`column`), and its number among them where they are in order (`position`)."""

    field: str
    table: type[TenantTable]
    owner: str
    column: str
    position: str = ""

    def add(self, values: Iterable[Any] | None, owner: Entity, plan: Plan) -> None:
        """The records a row brings."""
        for number, value in enumerate(values or (), 1):
            record = {self.owner: owner, self.column: value}
            plan.add(self.table, record | ({self.position: number} if self.position else {}))

    def said(self, values: Iterable[Any] | None, owner_id: int) -> Said:
        """What the row says of the records that are there; nothing where it is blank."""
        of_owner = {self.owner: owner_id}
        if self.position:
            said = tuple(values) if values else None
            return Said(self.field, said, self.table, of_owner, (self.column, self.position), in_order)
        return Said(
            self.field, frozenset(values) if values else None, self.table, of_owner, (self.column,), each
        )


def fact(
    table: type[TenantTable],
    *,
    key: tuple[str, ...],
    on: str = "",
    derive: Check | None = None,
    check: Check | None = None,
    many: tuple[Many, ...] = (),
    loose: tuple[str, ...] = (),
    of_all: bool = False,
) -> Take:
    """How rows become records of one table, each about the organisation or the member it names.

    A record is about the member where one is named. `key` is what no two records share, but for what a row may leave blank
    of it (`loose`); `on` the day on which, or the year in which, the organisation must exist; `derive` fills in fields that
    follow from others; `check` is asked of new records; `many` are columns whose values are records that belong to it; with
    `of_all` a row that names nobody is of the whole committee.
    """
    columns = set(table.__table__.columns.keys())

    def take(rows: list[Row], intake: Intake) -> None:
        taken = Taken(intake, table, key, loose)
        for row, record in _subjects(rows, intake, columns, of_all=of_all):
            record |= {name: value for name, value in row.values.items() if name in columns}
            if derive is not None and not derive(row, record, intake):
                continue
            if (
                not taken.held(row, record, intake, partial(_parts_said, many, row))
                and (not on or intake.living(row, record.get("organisation_id"), on))
                and (check is None or check(row, record, intake))
                and taken.free(row, record)
            ):
                whole = Entity() if many else None
                intake.plan.add(table, record, whole)
                if whole is not None:
                    for one in many:
                        one.add(row.get(one.field), whole, intake.plan)

    return take


def _parts_said(many: Iterable[Many], row: Row, owner_id: int) -> list[Said]:
    return [one.said(row.get(one.field), owner_id) for one in many]


def _subjects(
    rows: list[Row], intake: Intake, columns: set[str], *, of_all: bool
) -> Iterator[tuple[Row, dict[str, Any]]]:
    """Each row whose subject is known, with the reference to it."""
    for row in rows:
        org = intake.organisation(row)
        if org is None and "organisation" in row.values:
            continue
        person = intake.person(row, org) if "member_id" in columns else None
        named = "member" in row.values or "card" in row.values
        if "member_id" in columns and named:
            if person is not None:
                yield row, {"member_id": person}
        elif "organisation_id" not in columns:
            row.error("member", "Hãy ghi họ tên hoặc số thẻ của đảng viên.")
        elif org is None and of_all:
            yield row, {"organisation_id": None}
        elif org is None:
            row.error("organisation", "Hãy ghi chi bộ, hoặc họ tên hay số thẻ của đảng viên.")
        else:
            yield row, {"organisation_id": org}
