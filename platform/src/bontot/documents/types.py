"""Which types of paper a body may issue, and since when (dossier documents §3; secondary sources on both regulations)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

QD_66, QD_399 = date(2017, 2, 6), date(2026, 1, 9)
"""The days of Quy định 66-QĐ/TW and 399-QĐ/TW on types, authority and form of the Party's papers."""
CELL, COMMITTEE = "cell", "committee"


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """That cells, or committees, may issue a type since a day."""

    symbol: str
    words: str
    by: str
    since: date


_OF_BOTH = {
    "NQ": "nghị quyết",
    "QĐ": "quyết định",
    "BC": "báo cáo",
    "KH": "kế hoạch",
    "CTr": "chương trình",
    "TTr": "tờ trình",
    "CV": "công văn",
    "BB": "biên bản",
}
_OF_CELLS_LATER = {"KL": "kết luận", "TB": "thông báo", "QC": "quy chế"}
WORDS = {**_OF_BOTH, **_OF_CELLS_LATER, "HD": "hướng dẫn"}
RIGHTS = (
    *(
        Right(symbol=symbol, words=words, by=by, since=QD_66)
        for symbol, words in _OF_BOTH.items()
        for by in (CELL, COMMITTEE)
    ),
    *(Right(symbol=symbol, words=words, by=CELL, since=QD_399) for symbol, words in _OF_CELLS_LATER.items()),
    *(
        Right(symbol=symbol, words=words, by=COMMITTEE, since=QD_66)
        for symbol, words in {**_OF_CELLS_LATER, "HD": "hướng dẫn"}.items()
    ),
)


def may_be_issued(symbol: str, by: str, day: date) -> bool:
    """Whether a cell, or a committee, may issue a type on a day. Before the first regulation known here it is not asked."""
    return day < QD_66 or any(
        right.symbol == symbol and right.by == by and right.since <= day for right in RIGHTS
    )
