"""Taking back the workbook that was taken in last: everything it wrote, or nothing.

While it is written, its footprint is kept: the keys of new rows, changed rows as they were before, and digests of both as
they were written. It can be taken back as long as those rows are as it left them and nothing else refers to them; so nothing
that somebody did since is ever lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    Column,
    Date,
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
        return {
            "new": self.new,
            "before": self.before,
            "new_digests": {name: _digest(session, name, keys) for name, keys in self.new.items()},
            "changed_digests": {
                name: _digest(session, name, _keys(name, rows)) for name, rows in self.before.items()
            },
        }


def key_names(table: Table) -> list[str]:
    """The columns that tell the rows of one committee apart."""
    return [column.name for column in table.primary_key.columns if column.name != "tenant_id"]


def take_back(session: TenantSession, footprint: Mapping[str, Any]) -> dict[str, int]:
    """Deletes what was new and puts back what was changed; returns rows by table.

    Raises ImportRefused, having written nothing, when a row was changed or taken away since, or another refers to it.
    """
    new, before = footprint["new"], footprint["before"]
    _hold(session, [*new.items(), *((name, _keys(name, rows)) for name, rows in before.items())])
    for name, keys in new.items():
        _refuse_change(session, name, keys, footprint["new_digests"][name])
    for name, rows in before.items():
        _refuse_change(session, name, _keys(name, rows), footprint["changed_digests"][name])
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


def _refuse_change(session: TenantSession, name: str, keys: Keys, digest: str) -> None:
    if _digest(session, name, keys) != digest:
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


def _digest(session: TenantSession, name: str, keys: Keys) -> str:
    """The number of rows with these keys, and what is in them."""
    row = TABLES[name].alias("t")
    given = _staged_keys(TABLES[name], keys)
    same = and_(*(row.c[column] == given.c[column] for column in keys))
    content = func.md5(cast(literal_column("t"), Text))
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
    """Every column but the key as it was; a generated one follows by itself."""
    names = [column.name for column in table.c if not column.primary_key and column.computed is None]
    sets = ", ".join(f"{name} = was.{name}" for name in names)
    same = " AND ".join(f"t.{name} = was.{name}" for name in key_names(table))
    statement = text(
        f"UPDATE {table.name} AS t SET {sets}"
        f" FROM jsonb_populate_recordset(NULL::{table.name}, :rows) AS was WHERE {same}"
    )
    session.execute(statement.bindparams(bindparam("rows", rows, type_=JSONB)))
