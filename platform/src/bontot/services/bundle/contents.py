"""What a bundle holds, and in which order: the log-ins, then every tenant table of the models, referred-to tables first.

Nothing is listed here by name, so that a new tenant table travels without anyone thinking of it; what can be made again says
so itself (`__travels__`). Of the platform's own
tables only `account` and `account_tenant` travel, as the log-ins that the committee's records name; sessions, the outbox and
days off stay with their instance.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Table

from bontot.db import models  # noqa: F401 - declares the tables
from bontot.db.base import Base, is_secret
from bontot.db.tenancy import tenant_tables, travels

FORMAT, EDITION = "bontot-bundle", 1
MANIFEST, ACCOUNTS = "manifest.json", "accounts.jsonl"
ACCOUNT = "account_id"
"""Tenant tables refer to a log-in under this name, or one that ends in it; it travels as the log-in's public id."""
ACCOUNT_FIELDS = ("public_id", "login", "display_name", "email", "admitted")
PATIENCE = (
    "SELECT set_config('idle_in_transaction_session_timeout', '10min', true),"
    " set_config('statement_timeout', '10min', true), set_config('TimeZone', 'UTC', true)"
)
"""The longest one table may take, and the zone in which moments are written."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the archive: its lines, bytes before compression, and what they hash to."""

    name: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan or frame the committee is under; `plugin` and `version` None where the writer had it not."""

    code: str
    plugin: str | None
    version: str | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself. It carries no moment of writing: the same records make the same archive."""

    code: str
    name: str
    created_at: str
    revision: str
    plans: tuple[Plan, ...]
    members: tuple[Member, ...]

    def as_dict(self) -> dict[str, Any]:
        """As `manifest.json` has it."""
        return {"format": FORMAT, "edition": EDITION, **asdict(self)}

    @classmethod
    def of(cls, given: dict[str, Any]) -> Manifest:
        """Back from `as_dict`. Raises KeyError, TypeError or ValueError for what is no manifest."""
        fields = {name: given[name] for name in ("code", "name", "created_at", "revision")}
        if not all(isinstance(value, str) for value in fields.values()):
            raise TypeError
        "".join(fields.values()).encode()  # a lone surrogate is nothing a database holds
        return cls(
            **fields,
            plans=tuple(Plan(**plan) for plan in given["plans"]),
            members=tuple(Member(**member) for member in given["members"]),
        )

    @property
    def rows(self) -> int:
        """Lines in all."""
        return sum(member.rows for member in self.members)


def tables() -> list[Table]:
    """Every table whose rows travel with their committee, referred-to tables first."""
    return [Base.metadata.tables[name] for name in tenant_tables() if travels(name)]


def member_of(table: Table) -> str:
    """The file that holds a table's rows."""
    return f"tables/{table.name}.jsonl"


def accounts_of(table: Table) -> list[str]:
    """The columns of a table that name a log-in."""
    return [name for name in columns_of(table) if name == ACCOUNT or name.endswith(f"_{ACCOUNT}")]


def columns_of(table: Table) -> list[str]:
    """The columns that travel: all but whose the row is, which the archive is as a whole, and secrets."""
    return [column.name for column in table.columns if column.name not in left_behind(table)]


def left_behind(table: Table) -> list[str]:
    """The columns that stay: whose the row is, and secrets, which must not open two instances at once."""
    return [column.name for column in table.columns if column.name == "tenant_id" or is_secret(column)]


def names() -> list[str]:
    """Every file of an archive, in order; the manifest is the last."""
    return [ACCOUNTS, *map(member_of, tables()), MANIFEST]
