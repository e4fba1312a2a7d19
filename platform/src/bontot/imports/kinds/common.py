"""Columns that several kinds of sheets share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bontot.errors import InvalidInput
from bontot.imports.columns import Column, card, choice, words, year
from bontot.imports.table import Row

_ORGANISATION_HEADERS = (
    "Chi bộ",
    "Mã chi bộ",
    "Tên chi bộ",
    "Chi bộ (mã)",
    "Tổ chức",
    "Mã tổ chức",
    "Tổ chức đảng",
    "Tên tổ chức",
    "Đơn vị",
)
_MEMBER_HEADERS = ("Họ và tên", "Họ tên", "Đồng chí", "Tên đảng viên", "Họ và tên đảng viên")
_CARD_HEADERS = ("Số thẻ đảng viên", "Số thẻ ĐV", "Số thẻ đảng")

CELL = Column("organisation", "Chi bộ", words, required=True, also=_ORGANISATION_HEADERS)
CELL_IF_NEEDED = Column("organisation", "Chi bộ", words, also=_ORGANISATION_HEADERS)
ORGANISATION = Column("organisation", "Tổ chức", words, required=True, also=_ORGANISATION_HEADERS)
ORGANISATION_IF_NOT_ALL = Column("organisation", "Tổ chức", words, also=_ORGANISATION_HEADERS)
MEMBER = Column("member", "Đảng viên", words, required=True, also=_MEMBER_HEADERS)
MEMBER_IF_ANY = Column("member", "Đảng viên", words, also=_MEMBER_HEADERS)
YEAR = Column("year", "Năm", year, required=True)
CARD = Column("card", "Số thẻ", card, also=_CARD_HEADERS)

MEETING_KINDS = {
    "Thường kỳ": "regular",
    "Chuyên đề": "thematic",
    "Bất thường": "extraordinary",
    "Đại hội": "congress",
    "Họp chi ủy": "cell_committee_meeting",
}
meeting_kind = choice(
    MEETING_KINDS,
    ("Định kỳ", "regular"),
    ("Sinh hoạt thường kỳ", "regular"),
    ("Sinh hoạt chuyên đề", "thematic"),
    ("Chi ủy", "cell_committee_meeting"),
    ("Họp cấp ủy", "cell_committee_meeting"),
    ("Họp đảng ủy", "cell_committee_meeting"),
)


@dataclass(slots=True)
class Rules:
    """Whether what was checked of a row held."""

    kept: bool = True


@contextmanager
def reporting(row: Row) -> Iterator[Rules]:
    """Reports of `row`, in the column of its field, what the block refuses."""
    rules = Rules()
    try:
        yield rules
    except InvalidInput as refusal:
        row.error(refusal.field, str(refusal))
        rules.kept = False
