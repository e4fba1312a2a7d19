"""What a query names, held against the reader's reach and against what can have been."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bontot.db.models import Member, Organisation
from bontot.errors import InvalidFields, InvalidInput, NotFound
from bontot.services import organisations
from bontot.services.audit import note_view
from bontot.services.listing import Listing
from bontot.web.api.fields import AskedNumber, Day, Id, asked
from bontot.web.api.resource import PageQuery
from bontot.web.database import session
from bontot.web.query import EARLIEST_YEAR, LATEST_YEAR
from bontot.web.request import actor, narrowed, person_by_public_id, place_by_public_id, reach, this_day


class PlacesQuery(PageQuery):
    """What is of organisations."""

    organisation = Id(**asked("Chỉ tổ chức này và cấp dưới"))


class PeopleQuery(PlacesQuery):
    """What is of members, or of organisations."""

    member = Id(**asked("Chỉ đảng viên này"))


class SinceQuery(PageQuery):
    """What is of a day."""

    since = Day(**asked("Từ ngày"))
    until = Day(**asked("Đến hết ngày"))


class HeldQuery(PageQuery):
    """What holds for a while."""

    as_of = Day(**asked("Chỉ những gì có hiệu lực trong ngày này; bỏ trống là mọi thời gian"))


class YearQuery(PageQuery):
    """What is of a year."""

    year = AskedNumber(EARLIEST_YEAR, LATEST_YEAR, **asked("Năm"))


def binds_of(query: Mapping[str, Any]) -> dict[str, Any]:
    """The binds of a list about organisations and people: what is asked as it is named, `within`, the `member`, and
    `today`. Raises NotFound for what is out of reach, InvalidInput for a day to come."""
    plain = {name: value for name, value in query.items() if name not in ("limit", "cursor", "organisation")}
    if query.get("as_of") is not None:
        plain["as_of"] = day_of(query)
    if "member" in query:
        plain["member"] = member_id(query)
    return {**plain, "within": within({"organisation": None, **query}), "today": this_day()}


def row_of(listing: Listing, public_id: UUID, *narrowed_by: str) -> dict[str, Any]:
    """The row of a list that is called so (its bind `one`), within reach; `narrowed_by` are the binds that could narrow the
    list further. Raises NotFound."""
    binds = {"within": narrowed(), "today": this_day(), "one": public_id}
    rows = listing.read(session(), dict.fromkeys(narrowed_by) | binds, after=None, size=1).rows
    if not rows:
        raise NotFound
    return rows[0]


def year_of(word: str) -> int:
    """The year an address names. Raises NotFound for what is none."""
    if not (
        len(word) == 4 and word.isascii() and word.isdigit() and EARLIEST_YEAR <= int(word) <= LATEST_YEAR
    ):
        raise NotFound
    return int(word)


def public_ids(table: type[Member] | type[Organisation], ids: Iterable[int | None]) -> dict[int, UUID]:
    """How some members or organisations are called, by their ids."""
    known = select(table.id, table.public_id).where(table.id.in_({one for one in ids if one is not None}))
    return {row[0]: row[1] for row in session().execute(known)}


def seen(what: str) -> None:
    """Notes in the trail that a list was read."""
    note_view(session(), "view_list", "list", None, actor().account_id, list=what)


def day_of(query: Mapping[str, Any]) -> date:
    """The day looked at. Raises InvalidInput for one to come."""
    day: date = query["as_of"] or this_day()
    if day > this_day():
        raise InvalidInput("Chỉ xem được hôm nay và các ngày đã qua.", "as_of")
    return day


def within(query: Mapping[str, Any], day: date | None = None) -> list[int] | None:
    """Ids of the organisations a list is about: all within reach, None where that is the whole committee, or the one named
    with those below it. Raises NotFound for one out of reach."""
    if query["organisation"] is None:
        return narrowed()
    place = place_by_public_id(session(), query["organisation"])
    if place.is_cell:
        return [place.id]
    return sorted(organisations.subtree(session(), place.id, reach(), day or this_day()).ids)


def member_id(query: Mapping[str, Any]) -> int | None:
    """The id of the member a list is about; None for everyone. Raises NotFound for one out of reach."""
    if query["member"] is None:
        return None
    return person_by_public_id(session(), query["member"]).id


def check_criteria(
    body: Mapping[str, Any], part: str, known: Collection[str], *, unknown: str, twice: str
) -> dict[str, int]:
    """At which place of a part of the body each criterion is sent. Raises InvalidFields, with the sentences, for one that is
    not among the `known` and for one sent twice."""
    places = {one["criterion"]: place for place, one in enumerate(body[part])}
    wrong = {f"{part}.{place}.criterion": unknown for key, place in places.items() if key not in known}
    if len(places) != len(body[part]):
        wrong[part] = twice
    if wrong:
        raise InvalidFields(wrong)
    return places
