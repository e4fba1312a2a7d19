"""Frozen data to JSON and back, for what a run keeps of its policy, and a piece of work of what it was asked and found."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date, time
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints
from uuid import UUID

T = TypeVar("T")


def to_plain(value: object) -> Any:  # noqa: ANN401 - JSON has no narrower type
    """A dataclass of dates, times, decimals, public ids, enumerations, tuples and dataclasses as JSON values."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | frozenset):
        return [to_plain(item) for item in (sorted(value) if isinstance(value, frozenset) else value)]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if isinstance(value, date | time) else value


def from_plain(kind: type[T], plain: object) -> T:
    """The dataclass that `to_plain` made `plain` of. A field the stored text lacks takes its default."""
    read: T = _read(kind, plain)
    return read


def _read(hint: Any, plain: Any) -> Any:  # noqa: ANN401 - annotations are objects of many types
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is frozenset or (origin is tuple and arguments[-1] is Ellipsis):
        return origin(_read(arguments[0], item) for item in plain)
    if origin is tuple:
        return tuple(_read(each, item) for each, item in zip(arguments, plain, strict=True))
    if choices := [choice for choice in arguments if choice is not NoneType]:
        return None if plain is None else _read(choices[0], plain)
    if isinstance(hint, type) and is_dataclass(hint):
        hints = _hints(hint)
        return hint(**{name: _read(hints[name], item) for name, item in plain.items() if name in hints})
    if hint is date:
        return date.fromisoformat(plain)
    return hint(plain)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
