"""The place in a list to read on from, as an opaque word. It says nothing of what may be read: reach is asked anew."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bontot.errors import InvalidInput
from bontot.services.listing import Key, Listing

LONGEST = 2_000
_HIGHEST = {"integer": 2**31 - 1, "bigint": 2**63 - 1}


def written(place: Sequence[Any]) -> str:
    """A place as it is answered."""
    plain = json.dumps([one if isinstance(one, int | str) else str(one) for one in place])
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def read(listing: Listing, word: str) -> tuple[Any, ...]:
    """The place of a word given out for this list. Raises InvalidInput for any other."""
    try:
        plain = json.loads(base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True))
        if not isinstance(plain, list) or len(plain) != len(listing.keys):
            raise ValueError
        return tuple(_of(key, one) for key, one in zip(listing.keys, plain, strict=True))
    except (ValueError, TypeError, RecursionError):
        raise InvalidInput(
            "Con trỏ này không phải của danh sách này; hãy đọc lại từ đầu.", "cursor"
        ) from None


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
