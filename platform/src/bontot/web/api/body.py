"""Reading a JSON body within its limits (safety rule 26): 2 MiB, 32 levels, numbers of 64 bits, nothing named twice."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from bontot.web.api.errors import BodyNotUnderstood, MediaTypeRefused

LARGEST = 2 * 1024 * 1024
DEEPEST = 32
_LARGEST_NUMBER = 2**63 - 1


def sent() -> dict[str, Any]:
    """The object that was sent. Raises BodyNotUnderstood, MediaTypeRefused, and 413 for more than 2 MiB."""
    if request.mimetype != "application/json":
        raise MediaTypeRefused
    if (request.content_length or 0) > LARGEST:
        raise RequestEntityTooLarge
    content = request.get_data(cache=True)
    if len(content) > LARGEST:
        raise RequestEntityTooLarge
    try:
        found = json.loads(
            content.decode("utf-8"),
            parse_int=_whole,
            parse_float=_fraction,
            parse_constant=_refuse,
            object_pairs_hook=_object,
        )
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise BodyNotUnderstood from None
    if not isinstance(found, dict):
        raise BodyNotUnderstood
    _check_depth(found)
    return found


def _whole(digits: str) -> int:
    if len(digits) > 20 or abs(int(digits)) > _LARGEST_NUMBER:
        raise BodyNotUnderstood("Có số nguyên lớn hơn 64 bit.")
    return int(digits)


def _fraction(digits: str) -> NoReturn:
    raise BodyNotUnderstood(f"Không nhận số lẻ ({digits[:20]}); số lượng và số tiền là số nguyên.")


def _refuse(word: str) -> NoReturn:
    raise BodyNotUnderstood(f"{word} không phải là số.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BodyNotUnderstood("Có trường được ghi hai lần trong một đối tượng.")
    try:
        "".join(found).encode()
    except UnicodeEncodeError:
        raise BodyNotUnderstood("Có tên trường không phải là chữ.") from None
    return found


def _check_depth(found: object) -> None:
    level = [found]
    for _ in range(DEEPEST):
        level = [
            below
            for one in level
            for below in (one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())
        ]
        if not level:
            return
    raise BodyNotUnderstood(f"Nội dung lồng nhau quá {DEEPEST} tầng.")
