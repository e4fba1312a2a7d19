"""A name for exactly this content: what a stored evaluation cites to prove under which text it judged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum


def digest(declaration: object) -> str:
    """SHA-256, in hexadecimal, of a declaration's canonical form: independent of hash seed, of the order of
    sets and mappings, and of how a number was written (85 and 85.0 are one). The order of tuples counts."""
    text = json.dumps(_canonical(declaration), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: object) -> object:
    match value:
        case Enum():
            return value.value
        case None | bool() | int() | str():
            return value
        case Decimal():
            return f"{value.normalize():f}"
        case date():
            return value.isoformat()
        case Mapping():
            return {str(key): _canonical(item) for key, item in value.items()}
        case set() | frozenset():
            return sorted((_canonical(item) for item in value), key=repr)
        case tuple() | list():
            return [_canonical(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        named = {field.name: _canonical(getattr(value, field.name)) for field in fields(value)}
        return {"is": type(value).__name__, **named}
    raise TypeError(f"{type(value).__name__} is not part of a declaration")
