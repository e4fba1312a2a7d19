"""The place in a list to read on from, as an opaque word. It says nothing of what may be read: reach is asked anew."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zlib import crc32

from bontot.errors import InvalidInput
from bontot.services.listing import Key, Listing

LONGEST = 2_000
_HIGHEST = {"integer": 2**31 - 1, "bigint": 2**63 - 1}


def written(place: Sequence[Any], address: str) -> str:
    """A place as it is answered, in the list at an address."""
    plain = json.dumps([_mark(address), *(one if isinstance(one, int | str) else str(one) for one in place)])
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def read(listing: Listing, word: str, address: str) -> tuple[Any, ...]:
    """The place of a word given out for the list at this address. Raises InvalidInput for any other."""
    try:
        plain = json.loads(base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True))
        if not isinstance(plain, list) or plain[:1] != [_mark(address)]:
            raise ValueError
        return tuple(_of(key, one) for key, one in zip(listing.keys, plain[1:], strict=True))
    except (ValueError, TypeError, RecursionError):
        raise InvalidInput(
            "Con trỏ này không phải của danh sách này; hãy đọc lại từ đầu.", "cursor"
        ) from None


def _mark(address: str) -> int:
    """Tells lists apart whose keys are alike: a place among payments is none among remittances."""
    return crc32(address.encode())


def _of(key: Key, value: object) -> Any:  # noqa: ANN401 - each key its own type
    if key.type in _HIGHEST:
        if type(value) is not int or abs(value) > _HIGHEST[key.type]:
            raise ValueError
        return value
    if not isinstance(value, str) or "\0" in value:
        raise ValueError
    value.encode()  # a lone surrogate is nothing a database holds
    readers: dict[str, Callable[[str], Any]] = {
        "date": date.fromisoformat,
        "timestamptz": datetime.fromisoformat,
        "uuid": UUID,
        "text": str,
    }
    return readers[key.type](value)
