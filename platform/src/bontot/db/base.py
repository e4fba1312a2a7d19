"""What every table shares: its scope, its keys, and how a foreign key is written.

A table is `tenant` or `global`; there is no third kind. Every key of a tenant table begins with `tenant_id`, so that a
foreign key cannot lead out of its committee (safety rules 1 and 2).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    FetchedValue,
    ForeignKeyConstraint,
    Identity,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

CURRENT_TENANT = text("app_tenant()")
SECRET = {"class": "secret"}
"""The `info` of a column that opens something to whoever knows it, or says whether somebody does (safety rule 30). In a
tenant table it may be null: it never leaves its instance, so a committee that came from another one has none."""


class Base(DeclarativeBase):
    """Declarative base; `__scope__` is demanded of every table by the catalogue test."""

    __abstract__ = True
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        int: Integer,
        date: Date,
        datetime: DateTime(timezone=True),
        UUID: Uuid,
    }
    __scope__: ClassVar[str]


class GlobalTable(Base):
    """A table of the platform itself, read across committees."""

    __abstract__ = True
    __scope__ = "global"


class TenantTable(Base):
    """A table whose every row belongs to one committee."""

    __abstract__ = True
    __scope__ = "tenant"
    __travels__: ClassVar[bool] = True
    """Whether its rows go along when the committee moves to another instance."""

    tenant_id: Mapped[int] = mapped_column(server_default=CURRENT_TENANT, sort_order=-20)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if "__tablename__" in cls.__dict__:
            own = cls.__dict__.get("__table_args__", ())
            cls.__table_args__ = (ForeignKeyConstraint(["tenant_id"], ["tenant.id"]), *own)
        super().__init_subclass__(**kwargs)


class TenantRecord(TenantTable):
    """A tenant table with the usual key `(tenant_id, id)`."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(BigInteger, Identity(), sort_order=-10)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if "__tablename__" in cls.__dict__:
            own = cls.__dict__.get("__table_args__", ())
            cls.__table_args__ = (PrimaryKeyConstraint("tenant_id", "id"), *own)
        super().__init_subclass__(**kwargs)


def refers(column: str, table: str, *, cascade: bool = False) -> ForeignKeyConstraint:
    """A foreign key to `table` that carries the tenant: `(tenant_id, column) -> table(tenant_id, id)`."""
    return ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{table}.tenant_id", f"{table}.id"],
        ondelete="CASCADE" if cascade else None,
    )


def unique(*columns: str, **kwargs: Any) -> UniqueConstraint:
    """A unique key inside the committee."""
    return UniqueConstraint("tenant_id", *columns, **kwargs)


def no_overlap(name: str, *columns: str, where: str | None = None) -> ExcludeConstraint:
    """Two rows equal in `columns` may not hold on the same day; `[valid_from, valid_to)`, an open end is null."""
    equal = [(column, "=") for column in ("tenant_id", *columns)]
    period = (func.daterange(text("valid_from"), text("valid_to")), "&&")
    return ExcludeConstraint(
        *equal, period, name=f"ex_{name}", using="gist", where=text(where) if where else None
    )


def period_in_order() -> CheckConstraint:
    """An interval has at least one day."""
    return CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="period_in_order")


def one_of(column: str, *values: str) -> CheckConstraint:
    """An enumeration as text: the comparison stays usable under row-level security."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def exactly_one(*columns: str) -> CheckConstraint:
    """Exactly one of the columns is set: a record is about a member or about an organisation."""
    return CheckConstraint(f"num_nonnulls({', '.join(columns)}) = 1", name="_or_".join(columns))


def is_secret(column: Column[Any]) -> bool:
    """Whether a column's class is secret."""
    return column.info == SECRET


def public_id() -> Mapped[UUID]:
    """The random name a record has in an address."""
    return mapped_column(Uuid, server_default=text("gen_random_uuid()"), server_onupdate=FetchedValue())


def now() -> Mapped[datetime]:
    """The moment of writing, by the database's clock."""
    return mapped_column(DateTime(timezone=True), server_default=func.now())
