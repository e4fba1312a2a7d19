"""How a sheet of records that go out is filled: its statement, and how one row of that is told in the sheet's columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import TextClause

from bontot.workbook import Value

T = TypeVar("T")

MOST = 150_000
"""Rows of one sheet, within what a workbook may hold that comes in."""
CODE = """(SELECT its.code FROM organisation_period its
        WHERE its.organisation_id = {of} ORDER BY its.valid_from DESC LIMIT 1)"""
"""The code of an organisation, named by an expression that knows nothing of `its`."""
HOME = """(SELECT s.organisation_id FROM membership s
        WHERE s.member_id = m.id AND s.kind = 'home' ORDER BY s.valid_from DESC LIMIT 1)"""
PERSON = "m.full_name, m.card_number, m.birth_date"


@dataclass(frozen=True, slots=True)
class Filling:
    """How a sheet is filled: its statement, and what a row of that says in the sheet's columns."""

    kind: str
    statement: TextClause
    row: Callable[..., dict[str, Value]]


def named(full_name: str, card: str | None, birth: date | None) -> dict[str, Value]:
    """Whom a row is about: by card where there is one, else by name and birth year."""
    return {"member": full_name if card else with_birth(full_name, birth), "card": card}


def with_birth(full_name: str | None, birth: date | None) -> str | None:
    return f"{full_name} ({birth.year})" if full_name and birth else full_name


def told(options: Mapping[str, T]) -> dict[T, str]:
    """The first phrase of each value."""
    return {value: phrase for phrase, value in reversed(tuple(options.items()))}
