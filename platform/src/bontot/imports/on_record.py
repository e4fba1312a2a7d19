"""Rows that name what the system has already: passed over where they say the same, refused where they say otherwise.

So a workbook that was taken in, or a list taken away from the product, may be sent again with further rows. A blank cell
says nothing, and contradicts nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from sqlalchemy import Table, and_, select

from bontot.db.base import TenantTable
from bontot.db.tenancy import TenantSession
from bontot.imports.columns import Column
from bontot.imports.plan import Entity
from bontot.imports.register import Org
from bontot.imports.staging import staged
from bontot.imports.table import Row
from bontot.imports.telling import in_words
from bontot.imports.undoing import key_names
from bontot.text import quoted

OTHERWISE = "Hồ sơ này đã có trong hệ thống và đang ghi “{}”; muốn sửa thì sửa ở trang của hồ sơ đó."
DIFFERENT = "Hồ sơ này đã có trong hệ thống và đang ghi khác; muốn sửa thì sửa ở trang của hồ sơ đó."
UNSAID = "Hồ sơ này đã có trong hệ thống nhưng chưa ghi mục này; muốn ghi thêm thì ghi ở trang của hồ sơ đó."
LONGEST = 120
"""Characters of a recorded value that are told."""

Values = tuple[Any, ...]
"""What a record has in some columns."""


def only(found: Sequence[Values]) -> Any:  # noqa: ANN401 - whatever a column holds
    """The value of the one record there is; None without one."""
    return found[0][0] if found else None


def each(found: Sequence[Values]) -> frozenset[Any]:
    """The values of all records, in no order."""
    return frozenset(values[0] for values in found)


def in_order(found: Sequence[Values]) -> Values:
    """The values of all records in the order of the numbers beside them."""
    return tuple(value for value, _ in sorted(found, key=lambda values: values[1]))


@dataclass(frozen=True, slots=True)
class Said:
    """What a cell says of the records of a key (columns and values that are none of them null): `value` is what `read` makes
    of their `columns` where they say the same."""

    field: str
    value: Any
    table: type[TenantTable]
    key: Mapping[str, Any]
    columns: tuple[str, ...]
    read: Callable[[Sequence[Values]], Any] = only


@dataclass(frozen=True, slots=True)
class Seen:
    """What a cell says beside what is known of the record at once."""

    field: str
    value: Any
    recorded: Any


@dataclass(slots=True)
class OnRecord:
    """The rows of a kind whose records are there, until all of them are understood."""

    session: TenantSession
    _rows: list[tuple[Row, list[list[Said]], list[Seen]]] = field(default_factory=list)

    def hold(self, row: Row, said: Iterable[Said], seen: Iterable[Seen] = ()) -> None:
        """A row whose record is there already; what it leaves blank (None) is not compared."""
        self.hold_any(row, [said], seen)

    def hold_any(self, row: Row, said: Iterable[Iterable[Said]], seen: Iterable[Seen] = ()) -> None:
        """A row that may be about any of several records, of each of which it says something."""
        of_each = [[one for one in of_one if one.value is not None] for of_one in said]
        self._rows.append((row, of_each, [one for one in seen if one.value is not None]))

    def settle(self, columns: Iterable[Column]) -> None:
        """Reports of each row held that it is known, or where it says otherwise; in one statement for each table and key."""
        by_field = {column.field: column for column in columns}
        found = self._read()
        for row, said, seen in self._rows:
            others = min((list(_otherwise(seen, one, found)) for one in said), key=len)
            for other in others:
                row.error(other.field, _sentence(by_field.get(other.field), other))
            if not others:
                row.known()
        self._rows.clear()

    def _read(self) -> Callable[[Said], list[Values]]:
        """What is recorded of everything that is said."""
        columns: defaultdict[tuple[type[TenantTable], tuple[str, ...]], dict[str, None]] = defaultdict(dict)
        keys: defaultdict[tuple[type[TenantTable], tuple[str, ...]], dict[Values, None]] = defaultdict(dict)
        for _, said, _ in self._rows:
            for one in chain.from_iterable(said):
                of = one.table, tuple(one.key)
                columns[of].update(dict.fromkeys(one.columns))
                keys[of][tuple(one.key.values())] = None
        records = {of: self._records(*of, list(keys[of]), list(names)) for of, names in columns.items()}

        place = {of: {name: at for at, name in enumerate(names)} for of, names in columns.items()}

        def found(one: Said) -> list[Values]:
            of = one.table, tuple(one.key)
            places = [place[of][name] for name in one.columns]
            there = records[of].get(tuple(one.key.values()), [])
            return [tuple(values[place] for place in places) for values in there]

        return found

    def _records(
        self, model: type[TenantTable], names: tuple[str, ...], keys: list[Values], columns: list[str]
    ) -> dict[Values, list[Values]]:
        table: Table = model.__table__  # type: ignore[assignment]
        given = staged(
            [table.c[name] for name in names], [list(values) for values in zip(*keys, strict=True)]
        )
        same = and_(*(table.c[name] == given.c[name] for name in names))
        wanted = [table.c[name] for name in (*names, *columns)]
        ordered = (
            select(*wanted)
            .join_from(table, given, same)
            .order_by(*(table.c[name] for name in key_names(table)))
        )
        records: defaultdict[Values, list[Values]] = defaultdict(list)
        for values in self.session.execute(ordered):
            records[tuple(values[: len(names)])].append(tuple(values[len(names) :]))
        return records


def _otherwise(
    seen: Iterable[Seen], said: Iterable[Said], found: Callable[[Said], list[Values]]
) -> Iterator[Seen]:
    """What is said of a record and does not agree with it."""
    compared = [*seen, *(Seen(one.field, one.value, one.read(found(one))) for one in said)]
    return (one for one in compared if not _agrees(_plain(one.value), _plain(one.recorded)))


def _agrees(value: Any, recorded: Any) -> bool:  # noqa: ANN401 - whatever a column holds
    """Whether a cell says what is recorded, or of several in no order some of them."""
    if isinstance(value, frozenset) and isinstance(recorded, frozenset):
        return value <= recorded
    return bool(value == recorded)


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    """Records are told apart by id."""
    if isinstance(value, Entity):
        return value if value.id is None else value.id
    return frozenset(map(_plain, value)) if isinstance(value, frozenset) else value


def _sentence(column: Column | None, other: Seen) -> str:
    """That the record says otherwise, and what, as far as it can be told."""
    if other.recorded is None or other.recorded in ("", (), frozenset()):
        return UNSAID
    if isinstance(other.recorded, Org):
        return OTHERWISE.format(quoted(f"{other.recorded.name} ({other.recorded.code})", longest=LONGEST))
    if column is None or isinstance(other.value, (Entity, frozenset)):
        return DIFFERENT
    return OTHERWISE.format(quoted(in_words(column, other.recorded), longest=LONGEST))
