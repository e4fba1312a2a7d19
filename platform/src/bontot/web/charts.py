"""Figures as drawings, for whoever looks rather than reads: who came month by month, and how many stand how."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from bontot.policy.terms import Outcome
from bontot.services.meeting_lists import MeetingLine
from bontot.services.roll_calls import AskedShare
from bontot.web.words import OUTCOMES, Mark

HEIGHT = 140
"""Of a column of 100 %, in pixels."""


@dataclass(frozen=True, slots=True)
class Column:
    """A month: its first regular meeting's share in whole percent, not rounded up, and its height; None without one."""

    month: int
    percent: int | None = None
    height: int = 0
    tone: str = "none"


@dataclass(frozen=True, slots=True)
class Chart:
    """Twelve columns, the height of the threshold, and the whole in words."""

    columns: tuple[Column, ...]
    threshold: int | None
    threshold_words: str
    spoken: str


def attendance_chart(meetings: Iterable[MeetingLine], asked: AskedShare | None) -> Chart | None:
    """The drawing of a year's meetings, latest first; None for a year in which nobody was called."""
    first = {
        line.held_on.month: line
        for line in meetings
        if line.kind == "regular" and line.called and line.required
    }
    if not first:
        return None
    columns = tuple(
        _column(month, first[month], asked) if month in first else Column(month) for month in range(1, 13)
    )
    return Chart(
        columns,
        threshold=_height(asked.percent, 100) if asked else None,
        threshold_words=asked.figure if asked else "",
        spoken="; ".join(
            f"tháng {month}: {line.present}/{line.required}" for month, line in sorted(first.items())
        ),
    )


def _column(month: int, line: MeetingLine, asked: AskedShare | None) -> Column:
    reached = asked is None or asked.reached(line.present, line.required)
    return Column(
        month,
        percent=line.present * 100 // line.required,
        height=_height(Decimal(line.present), line.required),
        tone="good" if reached else "warn",
    )


def _height(part: Decimal, whole: int) -> int:
    return int(part * HEIGHT / whole)


@dataclass(frozen=True, slots=True)
class Share:
    """Those of one outcome among all: how many, and where their part of the bar begins and how wide it is, in percent."""

    mark: Mark
    count: int
    start: Decimal
    width: Decimal


def outcome_shares(counts: Mapping[Outcome, int], order: Iterable[Outcome]) -> list[Share]:
    """The parts of a bar, in that order; nothing of nobody."""
    shares, passed, everyone = [], 0, sum(counts.values())
    for outcome in order:
        count = counts.get(outcome, 0)
        if count:
            start, width = (Decimal(100 * part) / everyone for part in (passed, count))
            shares.append(Share(OUTCOMES[outcome], count, round(start, 3), round(width, 3)))
            passed += count
    return shares
