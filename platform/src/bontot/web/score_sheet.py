"""A meeting's score sheet as its pages show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bontot.policy.scoring import most
from bontot.policy.sheets import SheetItem
from bontot.services import scores
from bontot.services.meetings import MeetingView
from bontot.services.score_sheets import SheetInForce
from bontot.web.database import session
from bontot.web.request import registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """The sheet in force for a meeting with what was recorded on it; `reached` follows from the latest stage, None while
    there is none or its points no longer fit the meeting (`stale`)."""

    found: SheetInForce
    items: tuple[SheetItem, ...]
    stages: Sequence[scores.Recorded]
    reached: scores.Reached | None

    @property
    def latest(self) -> scores.Recorded | None:
        """The stage recorded last."""
        return self.stages[-1] if self.stages else None

    @property
    def stale(self) -> bool:
        """Whether the meeting is to be scored again."""
        return self.latest is not None and self.reached is None

    @property
    def full(self) -> Decimal:
        """The most points of the whole sheet."""
        return most(self.found.sheet.items)


def scored_of(meeting: MeetingView) -> Scored | None:
    """The sheet a meeting is scored by, with what was recorded; None where there is none."""
    found = scores.sheet_of(session(), registry(), meeting)
    if found is None:
        return None
    stages = scores.recorded(session(), meeting.id)
    items = scores.applying(found, meeting)
    fit = bool(stages) and scores.fits(found, meeting, stages[-1])
    made = scores.reached(found, meeting, stages[-1].points) if fit else None
    return Scored(found=found, items=items, stages=stages, reached=made)
