"""How Party offices write days, names of bodies and counts in their papers (dossier documents §2, §6)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, time

from bontot.documents.model import Header
from bontot.evaluation.words import percent

_PLACE = re.compile(r"\b(?:phường|xã|thị trấn|quận|huyện|thị xã|thành phố|tỉnh)\s+(.+)$", re.IGNORECASE)


def written_day(day: date) -> str:
    """`ngày 03 tháng 4 năm 2023`: days to 9 and months to 2 take a leading zero."""
    month = f"{day.month:02}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


def written_time(value: time) -> str:
    """`19 giờ 30`."""
    return f"{value.hour} giờ {value.minute:02}"


def place_of(name: str) -> str:
    """The place in the name of a body: `Bưởi` of `Đảng bộ phường Bưởi`; dots to be filled in where it names none."""
    found = _PLACE.search(name)
    return found[1] if found else "………………"


def header(superior: str, issuer: str, *, number: str = "", day: date | None = None) -> Header:
    """The head of a cell's paper; with a day it says where and when."""
    return Header(
        superior=superior.upper(),
        issuer=issuer.upper(),
        number=number,
        place_and_day=f"{place_of(superior)}, {written_day(day)}" if day else "",
    )


def people(count: int) -> str:
    """`28 đồng chí`."""
    return f"{count} đồng chí"


def cast(votes_for: int, votes_against: int, votes_other: int, entitled: int) -> str:
    """`28/30 đồng chí tán thành (93,3 %), 1 không tán thành, 1 ý kiến khác`."""
    said = f"{votes_for}/{entitled} đồng chí tán thành ({percent(votes_for, entitled)})"
    rest = ((votes_against, "không tán thành"), (votes_other, "ý kiến khác"))
    return ", ".join([said, *(f"{count} {words}" for count, words in rest if count)])


def listed(items: Iterable[str]) -> str:
    """`A; B; C`, or `không` for nothing."""
    return "; ".join(items) or "không"
