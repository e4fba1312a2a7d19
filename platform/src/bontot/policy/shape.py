"""Whether a declaration is made of what its types say, and of text fit to be printed."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from types import UnionType
from typing import TypeVar, Union, get_args, get_origin, get_type_hints


def misshapen(value: object, hint: object, place: str) -> Iterator[str]:
    """One sentence for every part of `value` that is not what `hint` says, or is text that is not NFC, has
    control characters or blanks at its ends. `place` names the value in the sentences."""
    origin, arguments = get_origin(hint) or hint, get_args(hint)
    if origin in (Union, UnionType):
        yield from _one_of(value, arguments, place)
    elif origin is tuple:
        yield from _tuple(value, arguments, place)
    elif origin is frozenset:
        yield from _each(value, frozenset, arguments[0], place)
    elif origin is Mapping:
        yield from _mapping(value, arguments, place)
    elif isinstance(origin, type) and is_dataclass(origin):
        yield from _dataclass(value, origin, arguments, place)
    elif origin is Callable:
        yield from () if callable(value) else (f"{place}: cần một hàm",)
    else:
        yield from _plain(value, origin, place)


def _one_of(value: object, choices: tuple[object, ...], place: str) -> Iterator[str]:
    attempts = [list(misshapen(value, choice, place)) for choice in choices]
    if all(attempts):
        nearest = min(attempts, key=len) if value is not None else attempts[0]
        yield from nearest


def _tuple(value: object, arguments: tuple[object, ...], place: str) -> Iterator[str]:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        yield from _each(value, tuple, arguments[0], place)
    elif not isinstance(value, tuple) or len(value) != len(arguments):
        yield f"{place}: cần một bộ {len(arguments)} phần tử, nhận được {value!r}"
    else:
        for index, (item, hint) in enumerate(zip(value, arguments, strict=True)):
            yield from misshapen(item, hint, f"{place}[{index}]")


def _each(value: object, kind: type, hint: object, place: str) -> Iterator[str]:
    if not isinstance(value, tuple | frozenset) or not isinstance(value, kind):
        yield f"{place}: cần {kind.__name__}, nhận được {value!r}"
        return
    for index, item in enumerate(value):
        yield from misshapen(item, hint, f"{place}[{getattr(item, 'key', index)}]")


def _mapping(value: object, arguments: tuple[object, ...], place: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{place}: cần một bảng khóa và giá trị, nhận được {value!r}"
        return
    for key, item in value.items():
        yield from misshapen(key, arguments[0], place)
        yield from misshapen(item, arguments[1], f"{place}[{key}]")


def _dataclass(value: object, kind: type, arguments: tuple[object, ...], place: str) -> Iterator[str]:
    if not isinstance(value, kind):
        yield f"{place}: cần {kind.__name__}, nhận được {value!r}"
        return
    hints = _hints(kind)
    for field in fields(kind):
        hint = arguments[0] if isinstance(hints[field.name], TypeVar) else hints[field.name]
        yield from misshapen(getattr(value, field.name), hint, f"{place}.{field.name}")


def _plain(value: object, kind: object, place: str) -> Iterator[str]:
    if kind is date:
        right = isinstance(value, date) and not isinstance(value, datetime)
    elif kind is int:
        right = isinstance(value, int) and not isinstance(value, bool | Enum)
    else:
        right = isinstance(kind, type) and isinstance(value, kind)
    if not right:
        yield f"{place}: cần {getattr(kind, '__name__', kind)}, nhận được {value!r}"
    elif isinstance(value, str) and not isinstance(value, Enum):
        yield from _text(value, place)
    elif isinstance(value, Decimal) and not value.is_finite():
        yield f"{place}: {value} không phải là một số"


def _text(value: str, place: str) -> Iterator[str]:
    if not unicodedata.is_normalized("NFC", value):
        yield f"{place}: chữ không ở dạng NFC"
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co") for letter in value):
        yield f"{place}: có ký tự điều khiển"
    if value != value.strip():
        yield f"{place}: thừa khoảng trắng ở đầu hoặc cuối"


@cache
def _hints(kind: type) -> dict[str, object]:
    return get_type_hints(kind)
