"""What the marks of an attendance table stand for: said by the table's own legend, by its committee once, or by plain words.

A single letter, a tick or a blank says nothing by itself: `x` is present in one office and absent in the next.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from bontot.db.models.meeting import ABSENT_EXCUSED, ABSENT_UNEXCUSED, LATE, PRESENT
from bontot.errors import InvalidInput
from bontot.imports.columns import Misread, refuse_formula, written_as
from bontot.imports.reading import Cell
from bontot.text import clean, search_key

EXEMPT, NOTHING = "exempt", "none"
MEANINGS = {
    "present": "Có mặt",
    "late": "Đến muộn",
    "excused": "Vắng có lý do",
    "unexcused": "Vắng không lý do",
    EXEMPT: "Không phải dự (được miễn, chưa về, đã chuyển)",
    NOTHING: "Không ghi gì",
}
"""What a mark may stand for, with the words people choose it by."""
VALUES = {"present": PRESENT, "late": LATE, "excused": ABSENT_EXCUSED, "unexcused": ABSENT_UNEXCUSED}
"""The mark kept in the records."""

LONGEST = 12
"""Characters of a mark; what is longer is a remark."""
MOST = 20
"""Different marks a table may leave to be asked about."""

_PHRASES = {
    "present": "co mat; co du; du hop; co du hop; tham gia; co tham gia; du sinh hoat; co sinh hoat",
    "late": "den muon; di muon; den tre; di tre; den cham; muon; tre",
    "excused": "vang co ly do; vang co phep; co ly do; co phep; vang phep; nghi co phep; nghi phep; cp; vcp; vang cp",
    "unexcused": "vang khong ly do; vang khong phep; khong ly do; khong phep; nghi khong phep; kp; vkp; vang kp"
    "; vang khong co ly do; vang ko phep; ko phep",
    EXEMPT: "mien; mien sinh hoat; duoc mien; mien sh; mien du; khong phai du; khong thuoc dien; chua ve; da chuyen"
    "; khong thuoc dien phai du",
    NOTHING: "chua diem danh; khong hop; khong ghi",
}
PHRASES = {phrase: means for means, said in _PHRASES.items() for phrase in said.split("; ")}
"""Words that leave no doubt, without accents."""

_BLANK = frozenset({"trong", "o trong", "de trong", "bo trong", "khong danh dau", "khong ghi gi"})
_BEFORE = re.compile(
    r"^(?:(?:ghi chú|chú thích|ký hiệu|kí hiệu|quy ước|trong đó|chú giải|dấu|chữ)\b\s*[:.]?\s*)+",
    re.IGNORECASE,
)
_STANDS_FOR = re.compile(r"[\"“'(\[]?(.{1,16}?)[\"”')\]]?\s*(?::|=|\s[-–]\s|\s+là\s)\s*(.+?)[.)\s]*")


@dataclass(slots=True)
class RollCalls:
    """What is said of the attendance tables of a workbook: how often each mark stands in each sheet, and each meeting."""

    cells: Counter[tuple[str, str]] = field(default_factory=Counter)
    known: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    """By sheet and mark its meaning, and whence it is known: `legend`, `own` or `words`."""
    meetings: list[dict[str, Any]] = field(default_factory=list)

    def of(self, sheet: str) -> list[dict[str, Any]]:
        """`{mark, cells, means, whence}` of a sheet's marks, the most frequent first; `means` is "" for one to be asked."""
        found = []
        for (name, written), count in self.cells.most_common():
            if name == sheet:
                means, whence = self.known.get((name, written), ("", ""))
                found.append({"mark": written, "cells": count, "means": means, "whence": whence})
        return found

    def asked(self, sheet: str) -> list[str]:
        """The marks of a sheet that nobody has said the meaning of."""
        return [mark["mark"] for mark in self.of(sheet) if not mark["means"]]


def mark_of(cell: Cell) -> str:
    """A cell as a mark: its characters as they are, for capitals may differ in meaning; "" for a blank. Raises Misread."""
    if cell is None:
        return ""
    try:
        text = " ".join(clean(written_as(cell)).split())
    except InvalidInput as error:
        raise Misread(str(error)) from None
    refuse_formula(text)
    if len(text) > LONGEST and search_key(text) not in PHRASES:
        raise Misread(f"“{text[:60]}” dài quá, không phải ký hiệu điểm danh; hãy chỉ để ký hiệu trong ô này.")
    return text


def meaning(written: str, legend: Mapping[str, str], own: Mapping[str, str]) -> tuple[str, str]:
    """What a mark stands for and whence that is known, `("", "")` when nobody has said it: the table's legend first, then
    what the committee said, then plain words."""
    if written in legend:
        return legend[written], "legend"
    if written in own:
        return own[written], "own"
    found = PHRASES.get(search_key(written), "")
    return found, "words" if found else ""


def legend_of(rows: Iterable[list[Cell]]) -> dict[str, str]:
    """The marks explained in rows around a table: `x: có mặt; P = vắng có phép`, or the mark in one cell and its words in
    the next. A mark explained in two ways is not explained."""
    said: dict[str, set[str]] = {}
    for cells in rows:
        texts = [unicodedata.normalize("NFC", cell).strip() for cell in cells if isinstance(cell, str)]
        for written, words in (pair for text in texts for pair in _explained(text)):
            said.setdefault(written, set()).add(words)
        for written, words in pairwise(texts):
            if len(written) <= 3 and search_key(words) in PHRASES:
                said.setdefault(written, set()).add(PHRASES[search_key(words)])
    return {written: means for written, (means, *more) in said.items() if not more}


def _explained(text: str) -> Iterable[tuple[str, str]]:
    for piece in re.split(r"[;,\n]|\s{3,}|(?<=[^\s:=])\.\s", text):
        found = _STANDS_FOR.fullmatch(_BEFORE.sub("", piece.strip()))
        if found is None:
            continue
        written, means = " ".join(found[1].split()), PHRASES.get(search_key(found[2]))
        if search_key(written) in _BLANK:
            written = ""
        if means and len(written) <= 3:
            yield written, means
