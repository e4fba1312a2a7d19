"""A score sheet as the table a jurist reads: a row an item, and the bands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from bontot.policy.model import Policy
from bontot.policy.resolve import Resolved, declared
from bontot.policy.scoring import most, scale_on
from bontot.policy.sheets import MeetingCount, Scale, ScoreSheet, SheetItem
from bontot.policy.terms import Clause, Operator
from bontot.policy.words import BANDS, figure, requirement

COUNTS = {
    MeetingCount.ATTENDANCE: "theo tỷ lệ có mặt",
    MeetingCount.SPEAKERS: "theo tỷ lệ phát biểu",
    MeetingCount.TASKS: "theo tỷ lệ nhiệm vụ đúng hạn từ buổi trước",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """A line of a score sheet in words; `suggests` says when the item applies and which points its count suggests, or what
    the sheet says of it. Without clauses it is a default."""

    group: str
    label: str
    maximum: str
    suggests: str
    clauses: tuple[Clause, ...]


def sheet_rows(sheet: ScoreSheet, day: date) -> list[SheetRow]:
    """The items of a sheet in order as they stand on a day, the total last."""
    rows = [
        SheetRow(
            group=group.label,
            label=item.label,
            maximum=figure(item.maximum),
            suggests="; ".join(_suggests(item, day)) or item.hint,
            clauses=item.clauses,
        )
        for group in sheet.groups
        for item in group.items
    ]
    total = figure(most(sheet.items))
    return [*rows, SheetRow(group="", label="Cộng", maximum=total, suggests="", clauses=sheet.clauses)]


def band_words(policy: Policy, sheet: ScoreSheet, values: Mapping[str, Resolved]) -> str:
    """`tốt từ 90 điểm trở lên; khá từ 70 điểm trở lên; dưới nữa là kém`."""
    limits = [
        f"{BANDS[band]} {requirement(Operator.AT_LEAST, declared((policy,), key), values[key].value)}"
        for key, band in sheet.bands
        if values[key].value is not None
    ]
    return "; ".join([*limits, f"dưới nữa là {BANDS[sheet.lowest]}"])


def _suggests(item: SheetItem, day: date) -> Iterator[str]:
    if item.thematic_only:
        yield "chỉ ở buổi có phần chuyên đề"
    scale = scale_on(item, day)
    if item.count and scale:
        yield COUNTS[item.count]
        yield from _points(scale)
    for dated in item.scales:
        if dated.value is not scale:
            yield f"thang từ {dated.valid_from:%d/%m/%Y}: {'; '.join(_points(dated.value))}"


def _points(scale: Scale) -> Iterator[str]:
    yield from (f"từ {figure(tier.least)} %: {figure(tier.points)}" for tier in scale.tiers if tier.least)
    unexcused = " hoặc có người vắng không lý do" if scale.lowest_if_unexcused else ""
    yield f"còn lại{unexcused}: {figure(scale.tiers[-1].points)}"
