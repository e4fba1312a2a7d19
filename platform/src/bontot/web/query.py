"""Reading what an address asks for besides the record: a day, a year, a page, words to look for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from flask import request

from bontot.errors import InvalidInput, NotFound
from bontot.services.organisations import ended_on
from bontot.services.paging import WHOLE
from bontot.text import clean
from bontot.web.database import session
from bontot.web.request import this_day

EARLIEST_YEAR, LATEST_YEAR = 1930, 2100
UNREADABLE = "Không đọc được ngày muốn xem. Hãy chọn lại ngày trên trang."
_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")


def asked_day() -> date:
    """`?ngay=2023-05-01`, or today. Raises InvalidInput for what is no day, or a day to come."""
    given = request.args.get("ngay", "")
    if not given:
        return this_day()
    try:
        day = date.fromisoformat(given)
    except ValueError:
        parts = _DAY.fullmatch(given)
        said = f"Ngày {parts[3]}/{parts[2]}/{parts[1]} không có trong lịch." if parts else UNREADABLE
        raise InvalidInput(said) from None
    if day.year < EARLIEST_YEAR or day > this_day():
        raise InvalidInput(f"Chỉ xem được các ngày đã qua, từ năm {EARLIEST_YEAR}.")
    return day


@dataclass(frozen=True, slots=True)
class Looked:
    """The day a page is looked at: in the `past`, or on the last day of an organisation that `ended`."""

    day: date
    past: bool
    ended: date | None = None

    @property
    def query(self) -> str:
        """What keeps the day in the address of another page."""
        return f"?ngay={self.day.isoformat()}" if self.past else ""


def asked_look(organisation_id: int | None = None) -> Looked:
    """The day asked for, today for none; of an organisation that is no more its last day. Raises as `asked_day`."""
    day = asked_day()
    ended = ended_on(session(), organisation_id) if organisation_id is not None else None
    if ended is not None and ended <= day:
        return Looked(ended - timedelta(days=1), past=True, ended=ended)
    return Looked(day, past=day != this_day())


def day_within(organisation_id: int, day: date) -> date:
    """A day, or of an organisation that was no more then its last day."""
    ended = ended_on(session(), organisation_id)
    return day if ended is None or day < ended else ended - timedelta(days=1)


def a_public_id(given: str) -> UUID | None:
    """A public id of an address; None where none is given. Raises NotFound for what is none."""
    if not given:
        return None
    try:
        return UUID(given)
    except ValueError:
        raise NotFound from None


def asked_year() -> int:
    """`?nam=2023`, or a form's, or this year. Raises NotFound for what is no year."""
    given = request.values.get("nam", str(this_day().year))
    if not (given.isascii() and given.isdigit()) or not EARLIEST_YEAR <= int(given) <= LATEST_YEAR:
        raise NotFound
    return int(given)


def asked_month(given: str | None = None, *, ahead: bool = False) -> date:
    """`?thang=2026-11` (or `given`, from an address) as its first day, or the month that runs. Raises NotFound for what is
    no month, or unless `ahead` one to come."""
    given = request.args.get("thang", "") if given is None else given
    if not given:
        return this_day().replace(day=1)
    try:
        month = date.fromisoformat(f"{given}-01")
    except ValueError:
        raise NotFound from None
    if len(given) != 7 or not EARLIEST_YEAR <= month.year < LATEST_YEAR or (month > this_day() and not ahead):
        raise NotFound
    return month


def asked_page() -> int:
    """`?trang=2`, or the first. Raises NotFound for what is no page."""
    given = request.args.get("trang", "1")
    if not (given.isascii() and given.isdigit() and len(given) < 7) or int(given) < 1:
        raise NotFound
    return int(given)


def asked_sheet() -> bool:
    """`?dang=xlsx`: whether the list is wanted as a workbook. Raises NotFound for any other form."""
    given = request.args.get("dang", "")
    if given not in ("", "xlsx"):
        raise NotFound
    return bool(given)


def asked_lines() -> int:
    """The page asked for, or of a workbook the whole list."""
    return WHOLE if asked_sheet() else asked_page()


def asked_words() -> str:
    """`?tim=nguyen van`: words to look for, cleaned. Raises InvalidInput for what cannot be looked for."""
    return clean(request.args.get("tim", ""), longest=100, field="tim")
