"""Lists for programs: each one statement, read on from a place by its keys, never by counting over what was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import TextClause
from sqlalchemy.orm import Session

from bontot.db.rolls import holds_on
from bontot.db.statements import planned_anew, within

MOST = 200
"""Rows one piece may have."""


HOME = """
LEFT JOIN LATERAL (
    SELECT s.organisation_id FROM membership s
    WHERE s.tenant_id = m.tenant_id AND s.member_id = m.id AND s.kind = 'home' AND s.valid_from <= :today
    ORDER BY s.valid_from DESC LIMIT 1
) home ON true"""
"""Joins a member `m` with the cell that is the home today, or was the last."""


def of_member(alias: str, where: str = "") -> str:
    """FROM and WHERE after a table `alias` about members `m`, whose home `o` is within reach; of one `member`, or None."""
    return f"""
JOIN member m ON m.id = {alias}.member_id {HOME}
JOIN organisation o ON o.id = home.organisation_id
WHERE {within("o.id")} AND (CAST(:member AS bigint) IS NULL OR m.id = :member){where}"""


def of_anyone(alias: str, where: str = "") -> str:
    """The same of a table about members or organisations: `m` may be none, `o` is the organisation or the member's home."""
    return f"""
LEFT JOIN member m ON m.id = {alias}.member_id {HOME}
JOIN organisation o ON o.id = coalesce({alias}.organisation_id, home.organisation_id)
WHERE {within("o.id")} AND (CAST(:member AS bigint) IS NULL OR m.id = :member){where}"""


def of_place(alias: str, where: str = "") -> str:
    """The same of a table about organisations `o`."""
    return f"""
JOIN organisation o ON o.id = {alias}.organisation_id
WHERE {within("o.id")}{where}"""


def between(day: str) -> str:
    """That a day lies from `since` to `until`, each a day or None."""
    return f"""
  AND (CAST(:since AS date) IS NULL OR {day} >= :since) AND (CAST(:until AS date) IS NULL OR {day} <= :until)"""


def held(alias: str) -> str:
    """That an interval holds on `as_of`, a day or None."""
    return f"""
  AND (CAST(:as_of AS date) IS NULL OR {holds_on(alias, ":as_of")})"""


def same(expression: str, name: str, kind: str = "text") -> str:
    """That something is as asked, where it is asked."""
    return f"""
  AND (CAST(:{name} AS {kind}) IS NULL OR {expression} = :{name})"""


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
            object.__setattr__(self, name, planned_anew(statement))

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
