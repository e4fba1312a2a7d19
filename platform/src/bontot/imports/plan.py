"""What an import would write: rows by table, whose references may point at records that are themselves still to be
written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bontot.db.base import TenantTable


@dataclass(slots=True, eq=False)
class Entity:
    """A record others refer to; its id is known once it is in the database."""

    id: int | None = None


@dataclass(slots=True)
class Plan:
    """Rows to insert, by table, in the order they were understood, and changes to rows already there.

    A value may be an `Entity`; `entities[table][i]` is the record row `i` becomes, if others refer to it.
    """

    rows: dict[type[TenantTable], list[dict[str, Any]]] = field(default_factory=dict)
    entities: dict[type[TenantTable], list[Entity | None]] = field(default_factory=dict)
    changes: dict[type[TenantTable], list[dict[str, Any]]] = field(default_factory=dict)
    remarks: list[dict[str, Any]] = field(default_factory=list)
    """What the trail is to say of records that change, beside that the workbook was taken in."""

    def add(self, table: type[TenantTable], row: dict[str, Any], entity: Entity | None = None) -> None:
        """A row to insert."""
        self.rows.setdefault(table, []).append(row)
        self.entities.setdefault(table, []).append(entity)

    @property
    def empty(self) -> bool:
        """Whether nothing would be written."""
        return not self.rows and not self.changes

    def change(self, table: type[TenantTable], key: int | Mapping[str, Any], **values: Any) -> None:
        """New values for a row that exists; `key` is its id, or the columns that tell it apart."""
        named = {"id": key} if isinstance(key, int) else key
        self.changes.setdefault(table, []).append({**named, **values})

    def remark(self, action: str, subject: str, subject_id: int, **detail: Any) -> None:
        """A further row of the trail, about a record that changes."""
        self.remarks.append({"action": action, "subject": subject, "subject_id": subject_id, **detail})
