"""What an event writes into the tables, kept so that the very same can be taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Date, Table, delete, inspect, select, update

from bontot.db.base import Base, TenantTable
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput

CHANGED_SINCE = (
    "Hồ sơ đã được ghi tiếp sau việc này nên không lấy lại được nữa. Hãy ghi một việc mới cho đúng."
)
Row = dict[str, Any]


class Ledger:
    """Writes rows of one committee and remembers each change as `{table, key, before, after}`; `before` is None for a new
    row."""

    def __init__(self, session: TenantSession) -> None:
        self._session = session
        self.changes: list[Row] = []

    def add(self, row: TenantTable) -> None:
        """Writes a new row."""
        self._session.add(row)
        self._session.flush()
        self._session.refresh(row)  # what the database filled in belongs to how the row was left
        self._keep(row, None, [column.key for column in inspect(type(row)).column_attrs])

    def change(self, row: TenantTable, **values: Any) -> None:
        """Writes other values into a row."""
        before = {name: _plain(getattr(row, name)) for name in values}
        for name, value in values.items():
            setattr(row, name, value)
        self._session.flush()
        self._keep(row, before, list(values))

    def _keep(self, row: TenantTable, before: Row | None, names: list[str]) -> None:
        table: Table = row.__table__  # type: ignore[assignment]
        self.changes.append(
            {
                "table": table.name,
                "key": {column.name: _plain(getattr(row, column.name)) for column in table.primary_key},
                "before": before,
                "after": {name: _plain(getattr(row, name)) for name in names},
            }
        )


def take_back(session: TenantSession, changes: list[Row]) -> None:
    """Undoes changes, the last first. Raises InvalidInput when a row is no longer as it was left."""
    session.flush()
    for change in reversed(changes):
        table = Base.metadata.tables[change["table"]]
        aimed = [table.c[name] == _read(table, name, value) for name, value in change["key"].items()]
        names = list(change["after"])
        found = session.execute(
            select(*(table.c[name] for name in names)).where(*aimed).with_for_update()
        ).first()
        if (
            found is None
            or {name: _plain(value) for name, value in zip(names, found, strict=True)} != change["after"]
        ):
            raise InvalidInput(CHANGED_SINCE, "reason")
        if change["before"] is None:
            session.execute(delete(table).where(*aimed))
        else:
            before = {name: _read(table, name, value) for name, value in change["before"].items()}
            session.execute(update(table).where(*aimed).values(before))
    session.expire_all()


def _plain(value: object) -> object:
    """As JSON keeps it."""
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _read(table: Table, name: str, value: object) -> object:
    return (
        date.fromisoformat(value)
        if isinstance(table.c[name].type, Date) and isinstance(value, str)
        else value
    )
