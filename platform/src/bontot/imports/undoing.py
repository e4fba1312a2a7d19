"""Taking back the workbook that was taken in last: everything it wrote, or nothing.

While it is written, its footprint is kept: the keys of new rows, changed rows as they were before, and digests of both as
they were written, over the columns there were. It can be taken back as long as those rows are as it left them, a column that
came with a later version is as it came, and nothing else refers to them; so nothing that somebody did since is ever lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    Column,
    Date,
    DefaultClause,
    ForeignKeyConstraint,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    delete,
    exists,
    func,
    literal,
    literal_column,
    null,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from bontot.db.base import Base
from bontot.db.tenancy import TenantSession
from bontot.errors import ImportRefused
from bontot.imports.staging import staged

TABLES = {table.name: table for table in Base.metadata.sorted_tables}
Keys = dict[str, list[Any]]
"""The columns of a key, each with its values; one place over all of them is one row."""

WORDS = {
    "attendance": "điểm danh",
    "fee": "đảng phí",
    "judgment": "đánh giá",
    "meeting": "buổi sinh hoạt",
    "member": "đảng viên",
    "member_event": "việc của đảng viên",
    "member_state": "tình trạng đảng viên",
    "membership": "nơi sinh hoạt của đảng viên",
    "organisation": "tổ chức",
    "organisation_event_part": "việc của tổ chức",
    "organisation_period": "tổ chức",
    "post": "chức vụ",
    "role_grant": "vai trò của tài khoản",
    "task": "nhiệm vụ",
}
"""Tables as people call what is in them."""


@dataclass(slots=True)
class Footprint:
    """What a workbook wrote: keys of new rows by table, and rows it changed, as they were, by table."""

    new: dict[str, Keys] = field(default_factory=dict)
    before: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def keep(self, session: TenantSession, table: Table, rows: list[dict[str, Any]]) -> None:
        """Rows that are about to be changed, as they are; each once. `rows` name them by their keys."""
        names = key_names(table)
        kept, named = (
            {tuple(row[name] for name in names) for row in given}
            for given in (self.before.get(table.name, []), rows)
        )
        fresh = sorted(named - kept)
        row, columns = table.alias("t"), [table.c[name] for name in names]
        keys = staged(columns, [list(values) for values in zip(*fresh, strict=True)] or [[] for _ in names])
        same = and_(*(row.c[name] == keys.c[name] for name in names))
        statement = select(func.to_jsonb(literal_column("t"))).join_from(row, keys, same)
        self.before.setdefault(table.name, []).extend(session.scalars(statement))

    def as_json(self, session: TenantSession) -> dict[str, Any]:
        """As it is kept, with the digests of what was written. Everything must have been written."""
        columns = {name: _columns(TABLES[name]) for name in (*self.new, *self.before)}
        return {
            "new": self.new,
            "before": self.before,
            "columns": columns,
            "new_digests": {
                name: _digest(session, name, keys, columns[name]) for name, keys in self.new.items()
            },
            "changed_digests": {
                name: _digest(session, name, _keys(name, rows), columns[name])
                for name, rows in self.before.items()
            },
        }


def key_names(table: Table) -> list[str]:
    """The columns that tell the rows of one committee apart."""
    return [column.name for column in table.primary_key.columns if column.name != "tenant_id"]


def take_back(session: TenantSession, footprint: Mapping[str, Any]) -> dict[str, int]:
    """Deletes what was new and puts back what was changed; returns rows by table.

    Raises ImportRefused, having written nothing, when a row was changed or taken away since, or another refers to it.
    """
    new, before, columns = footprint["new"], footprint["before"], footprint.get("columns", {})
    _hold(session, [*new.items(), *((name, _keys(name, rows)) for name, rows in before.items())])
    for name, keys in new.items():
        _refuse_change(session, name, keys, columns.get(name), footprint["new_digests"][name])
    for name, rows in before.items():
        _refuse_change(
            session, name, _keys(name, rows), columns.get(name), footprint["changed_digests"][name]
        )
    for name, keys in new.items():
        for child, count in _others_referring(session, name, keys, new):
            what = WORDS.get(child, "hồ sơ khác")
            raise ImportRefused(
                f"Từ khi nhập đã có thêm {count} bản ghi ({what}) gắn với nội dung của tệp, nên không hoàn tác được cả tệp."
                " Hãy sửa từng chỗ ở trang hồ sơ."
            )
    for name in reversed(TABLES):
        if name in new:
            _delete(session, TABLES[name], new[name])
    for name, rows in before.items():
        if rows:
            _put_back(session, TABLES[name], rows)
    counts = {name: len(next(iter(keys.values()))) for name, keys in new.items()}
    return counts | {name: counts.get(name, 0) + len(rows) for name, rows in before.items()}


def _keys(name: str, rows: list[dict[str, Any]]) -> Keys:
    return {column: [row[column] for row in rows] for column in key_names(TABLES[name])}


def _hold(session: TenantSession, rows: list[tuple[str, Keys]]) -> None:
    """Whoever is writing these rows, or one that refers to them, is waited for; whoever comes later waits."""
    for name, keys in rows:
        table, given = TABLES[name], _staged_keys(TABLES[name], keys)
        same = and_(*(table.c[column] == given.c[column] for column in keys))
        held = select(literal(1)).select_from(table).join(given, same).with_for_update(of=table)
        session.execute(held.order_by(*(table.c[column] for column in keys)))


def _refuse_change(
    session: TenantSession, name: str, keys: Keys, columns: list[str] | None, digest: str
) -> None:
    if not any(_digest(session, name, keys, one) == digest for one in _as_they_were(session, name, columns)):
        raise ImportRefused(
            f"Từ khi nhập đã có người sửa nội dung lấy từ tệp ({WORDS.get(name, 'hồ sơ')}), nên không hoàn tác được cả tệp."
            " Hãy sửa từng chỗ ở trang hồ sơ."
        )


def _staged_keys(table: Table, keys: Keys) -> Any:  # noqa: ANN401 - an alias with dynamic columns
    columns = [table.c[name] for name in keys]
    return staged(
        columns, [_typed(column, values) for column, values in zip(columns, keys.values(), strict=True)]
    )


def _typed(column: Column[Any], values: list[Any]) -> list[Any]:
    return [date.fromisoformat(value) for value in values] if isinstance(column.type, Date) else values


def _columns(table: Table) -> list[str]:
    """What of a row is compared: all but whose it is, which is another number where the committee moved."""
    return [column.name for column in table.c if column.name != "tenant_id"]


_IN_ORDER = text("""
SELECT attname FROM pg_attribute WHERE attrelid = CAST(:name AS regclass) AND attnum > 0 AND NOT attisdropped ORDER BY attnum
""")


def _as_they_were(session: TenantSession, name: str, columns: list[str] | None) -> Iterator[list[str]]:
    """The columns a digest was made over. Earlier footprints do not say: it was the whole row in the order of the table, and
    those that came since stand at its end."""
    known = {column.name for column in TABLES[name].c}
    if columns is not None:
        if known.issuperset(columns):
            yield columns
        return
    there = list(session.scalars(_IN_ORDER, {"name": name}))
    for count in range(len(there), len(key_names(TABLES[name])), -1):
        if known.issuperset(there[:count]):
            yield there[:count]


def _digest(session: TenantSession, name: str, keys: Keys, columns: list[str]) -> str:
    """The number of rows with these keys, and what is in these columns; of rows only that have nothing in any other."""
    row = TABLES[name].alias("t")
    given = _staged_keys(TABLES[name], keys)
    same = and_(*(row.c[column] == given.c[column] for column in keys))
    for column in TABLES[name].c:
        if column.name not in {*columns, "tenant_id"} and column.computed is None:
            came = column.server_default.arg if isinstance(column.server_default, DefaultClause) else null()
            same = and_(same, row.c[column.name].is_not_distinct_from(came))
    content = func.md5(cast(func.row(*(row.c[column] for column in columns)), Text))
    whole = func.md5(
        func.string_agg(content, aggregate_order_by(literal(""), *(row.c[column] for column in keys)))
    )
    count, digest = session.execute(select(func.count(), whole).join_from(row, given, same)).one()
    return f"{count}:{digest or ''}"


def _others_referring(
    session: TenantSession, name: str, keys: Keys, new: Mapping[str, Keys]
) -> Iterator[tuple[str, int]]:
    """Tables with rows that refer to the given ones and are not themselves of the workbook, and how many."""
    for child in TABLES.values():
        for constraint in child.foreign_key_constraints:
            if constraint.referred_table.name == name:
                count = session.scalar(_referring(child, constraint, keys, new.get(child.name)))
                if count:
                    yield child.name, count


def _referring(child: Table, constraint: ForeignKeyConstraint, keys: Keys, new: Keys | None) -> Any:  # noqa: ANN401
    to = constraint.referred_table
    given = _staged_keys(to, keys)
    pairs = [(e.parent, e.column) for e in constraint.elements if e.column.name in keys]
    statement = select(func.count()).join_from(
        child, given, and_(*(child.c[own.name] == given.c[other.name] for own, other in pairs))
    )
    if new is not None:
        mine = _staged_keys(child, new)
        own = and_(*(child.c[column] == mine.c[column] for column in new))
        statement = statement.where(~exists(select(1).select_from(mine).where(own)))
    return statement


def _delete(session: TenantSession, table: Table, keys: Keys) -> None:
    given = _staged_keys(table, keys)
    session.execute(delete(table).where(and_(*(table.c[column] == given.c[column] for column in keys))))


def _put_back(session: TenantSession, table: Table, rows: list[dict[str, Any]]) -> None:
    """Every column there was but the key as it was; a generated one follows by itself."""
    names = [
        column.name
        for column in table.c
        if not column.primary_key and column.computed is None and column.name in rows[0]
    ]
    sets = ", ".join(f"{name} = was.{name}" for name in names)
    same = " AND ".join(f"t.{name} = was.{name}" for name in key_names(table))
    statement = text(
        f"UPDATE {table.name} AS t SET {sets}"
        f" FROM jsonb_populate_recordset(NULL::{table.name}, :rows) AS was WHERE {same}"
    )
    session.execute(statement.bindparams(bindparam("rows", rows, type_=JSONB)))
