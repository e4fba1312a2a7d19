"""How Party offices write days, names of bodies and counts in their papers (dossier documents §2, §6)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, time

from bontot.documents.paper import Header
from bontot.evaluation.words import percent
from bontot.policy.majorities import Majority, majority_on
from bontot.services.proceedings.entries import Vote

_PLACE = re.compile(r"\b(?:phường|xã|thị trấn|quận|huyện|thị xã|thành phố|tỉnh)\s+(.+)$", re.IGNORECASE)


QUARTERS = ("I", "II", "III", "IV")
UNNUMBERED = "Số ……-{symbol}/{sign}"
"""The number of a paper of a type by a body while it has none."""
UNWRITTEN = "………………………………………………"
"""In place of what was not recorded, to be filled in by hand."""
UNPLACED = "………………"
"""In place of where a paper is dated, where nothing says it."""


def numbered(number: int, symbol: str, sign: str) -> str:
    """`05-NQ/CB`: below ten with a leading zero, no spaces."""
    return f"{number:02}-{symbol}/{sign}"


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
    return found[1] if found else UNPLACED


def header(
    superior: str, issuer: str, *, number: str = "", day: date | None = None, place: str = UNPLACED
) -> Header:
    """The head of a paper; with a day it says where and when."""
    return Header(
        superior=superior.upper(),
        issuer=issuer.upper(),
        number=number,
        place_and_day=f"{place}, {written_day(day)}" if day else "",
    )


def people(count: int) -> str:
    """`28 đồng chí`."""
    return f"{count} đồng chí"


def cast(vote: Vote, day: date) -> str:
    """`28/30 đồng chí tán thành (93,3 %), 1 không tán thành, 1 ý kiến khác`, and what it fell short of on the day, if it
    did."""
    said = f"{vote.votes_for}/{vote.entitled} đồng chí tán thành ({percent(vote.votes_for, vote.entitled)})"
    rest = ((vote.votes_against, "không tán thành"), (vote.votes_other, "ý kiến khác"))
    needed = short_of(vote, day)
    short = [f"chưa đủ {needed.words}"] if needed else []
    return ", ".join([said, *(f"{count} {words}" for count, words in rest if count), *short])


def short_of(vote: Vote, day: date) -> Majority | None:
    """The majority a vote of a day did not reach; None where it did, or none is known."""
    needed = majority_on(vote.about, day)
    return None if needed is None or needed.reached(vote.votes_for, vote.entitled) else needed


def listed(items: Iterable[str]) -> str:
    """`A; B; C`, or `không` for nothing."""
    return "; ".join(items) or "không"
