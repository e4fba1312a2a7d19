"""Lists for programs: each one statement, read on from a place by its keys, never by counting over what was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

MOST = 200
"""Rows one piece may have."""


@dataclass(frozen=True, slots=True)
class Key:
    """What a list is ordered by, as an expression of its rows and the SQL type of a place in it."""

    expression: str
    type: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a list: its rows by the names they are answered under, and the place to read on from, None at the end."""

    rows: list[dict[str, Any]]
    after: tuple[Any, ...] | None


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: `columns` as they are answered (`expression AS name`), `source` from FROM to the end of WHERE, and the keys it
    is ordered by, the last of which no two rows share. The statements are made once."""

    columns: str
    source: str
    keys: tuple[Key, ...]
    descending: bool = False
    _first: TextClause = field(init=False, repr=False)
    _next: TextClause = field(init=False, repr=False)

    def __post_init__(self) -> None:
        expressions = ", ".join(key.expression for key in self.keys)
        places = ", ".join(f"CAST(:after_{n} AS {key.type})" for n, key in enumerate(self.keys))
        shown = ", ".join(f"{key.expression} AS place_{n}" for n, key in enumerate(self.keys))
        order = ", ".join(f"{key.expression}{' DESC' * self.descending}" for key in self.keys)
        beyond = f" AND ({expressions}) {'<' if self.descending else '>'} ({places})"
        for name, condition in (("_first", ""), ("_next", beyond)):
            statement = (
                f"SELECT {self.columns}, {shown} {self.source}{condition} ORDER BY {order} LIMIT :most"
            )
            object.__setattr__(self, name, text(statement))

    def read(
        self, session: Session, binds: Mapping[str, Any], *, after: Sequence[Any] | None, size: int
    ) -> Piece:
        """At most `size` rows from the beginning, or after a place."""
        places = {f"after_{n}": value for n, value in enumerate(after or ())}
        statement = self._next if after else self._first
        found = session.execute(statement, {**binds, **places, "most": size + 1}).all()
        own = len(self.keys)
        names = found[0]._fields[:-own] if found else ()
        rows = [dict(zip(names, row, strict=False)) for row in found[:size]]
        place = tuple(found[size - 1][-own:]) if len(found) > size else None
        return Piece(rows, place)
