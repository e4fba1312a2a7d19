"""The sheet by which a plan has each regular meeting scored."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bontot.policy.terms import Clause, Dated


class MeetingCount(StrEnum):
    """A share that the records of one meeting give: those present of those required, speakers of those present, tasks done
    on time of those due since the meeting before."""

    ATTENDANCE = "attendance"
    SPEAKERS = "speakers"
    TASKS = "tasks"


@dataclass(frozen=True, slots=True)
class Tier:
    """From a share of `least` percent on, `points`."""

    least: Decimal
    points: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The points a share suggests: `tiers` highest first, the last for any share. `lowest_if_unexcused`: one absence without
    reason leaves only the last."""

    tiers: tuple[Tier, ...]
    lowest_if_unexcused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetItem:
    """A line of a score sheet with its most points; without a clause these are a default. With `count` and `scales` points
    are suggested from the meeting's own records, and whoever scores decides. `thematic_only`: only in a meeting with a
    thematic part."""

    key: str
    label: str
    maximum: Decimal
    clauses: tuple[Clause, ...]
    count: MeetingCount | None = None
    scales: tuple[Dated[Scale], ...] = ()
    thematic_only: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetGroup:
    """A heading of a score sheet with its items in order; its maximum is their sum."""

    key: str
    label: str
    items: tuple[SheetItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSheet:
    """The sheet by which regular meetings are scored. The total of the items that apply is brought, exactly, to the total of
    all items; `bands` are thresholds with the band reached from each on, highest first, `lowest` the band below them all."""

    key: str
    label: str
    groups: tuple[SheetGroup, ...]
    bands: tuple[tuple[str, str], ...]
    lowest: str
    clauses: tuple[Clause, ...] = ()

    @property
    def items(self) -> tuple[SheetItem, ...]:
        """Every item in order."""
        return tuple(item for group in self.groups for item in group.items)
