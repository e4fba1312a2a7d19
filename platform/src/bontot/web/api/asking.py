"""What a query names, held against the reader's reach and against what can have been."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from bontot.errors import InvalidInput
from bontot.services import organisations
from bontot.web.database import session
from bontot.web.request import person_by_public_id, place_by_public_id, reach, this_day


def day_of(query: Mapping[str, Any]) -> date:
    """The day looked at. Raises InvalidInput for one to come."""
    day: date = query["as_of"] or this_day()
    if day > this_day():
        raise InvalidInput("Chỉ xem được hôm nay và các ngày đã qua.", "as_of")
    return day


def within(query: Mapping[str, Any], day: date | None = None) -> list[int]:
    """Ids of the organisations a list is about: all within reach, or the one named with those below it. Raises NotFound for
    one out of reach."""
    if query["organisation"] is None:
        return sorted(reach())
    place = place_by_public_id(session(), query["organisation"])
    if place.is_cell:
        return [place.id]
    return sorted(organisations.subtree(session(), place.id, reach(), day or this_day()).ids)


def member_id(query: Mapping[str, Any]) -> int | None:
    """The id of the member a list is about; None for everyone. Raises NotFound for one out of reach."""
    if query["member"] is None:
        return None
    return person_by_public_id(session(), query["member"]).id
