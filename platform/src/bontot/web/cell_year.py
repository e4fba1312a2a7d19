"""A cell's year as its own page and its secretary's home show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bontot.access import Permission
from bontot.errors import PluginUnavailable
from bontot.evaluation.schedule import MonthView, cell_year
from bontot.services import agenda
from bontot.web.database import session
from bontot.web.months import StripMonth, strip
from bontot.web.request import Place, actor, registry, this_day


@dataclass(frozen=True, slots=True)
class CellYear:
    """The twelve months, the one whose meeting is to be held or recorded first, the next whose last day is still `ahead`,
    and why there is no calendar when there is none."""

    year: int
    months: list[StripMonth]
    views: Sequence[MonthView] = ()
    current: MonthView | None = None
    coming: MonthView | None = None
    ahead: MonthView | None = None
    problem: str = ""

    def month(self, day: date) -> MonthView | None:
        """The month a day is in, where there is a calendar."""
        return self.views[day.month - 1] if self.views else None


def year_of(place: Place, year: int, past: date | None = None) -> CellYear:
    """The cell's year today, or as it stood on a `past` day; `current` and `coming` only of this year today."""
    day = past or this_day()
    try:
        months = cell_year(session(), registry(), place.id, year, day, past=past is not None)
        present = past is None and year == day.year and bool(months)
        coming, ahead = (
            _next(place, months, day, ahead=ahead) if present else None for ahead in (False, True)
        )
    except PluginUnavailable as refusal:
        return CellYear(year, [], problem=str(refusal))
    return CellYear(
        year=year,
        months=strip(
            months,
            place.public_id,
            day,
            may_record=past is None and actor().may(Permission.RECORD_MEETING),
        ),
        views=months,
        current=agenda.this_month(months, day) if present else None,
        coming=coming,
        ahead=ahead,
    )


def _next(place: Place, months: Sequence[MonthView], day: date, *, ahead: bool) -> MonthView | None:
    return agenda.next_meeting(session(), registry(), place.id, months, day, ahead=ahead)
