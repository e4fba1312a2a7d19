"""Every kind of sheet a workbook may hold, in the order in which they are applied: what is referred to comes first."""

from __future__ import annotations

from bontot.imports.intake import SheetKind
from bontot.imports.kinds import (
    changes,
    judgments,
    meetings,
    organisations,
    people,
    roll_calls,
    scores,
    work,
    year,
)
from bontot.imports.layout import heading

SHEETS: tuple[SheetKind, ...] = (
    organisations.ORGANISATIONS,
    organisations.MONTH_EXCEPTIONS,
    organisations.MEETING_PREFERENCES,
    organisations.OWN_DAYS_OFF,
    people.MEMBERS,
    changes.CHANGES_OF_MEMBERS,
    people.POST_HOLDERS,
    people.STATE_HOLDERS,
    meetings.MEETINGS,
    roll_calls.ROLL_CALLS,
    meetings.ATTENDANCE,
    meetings.STATEMENTS,
    scores.SCORES,
    work.DIRECTIVES,
    work.TASKS,
    work.FEES,
    work.TRAININGS_TAKEN,
    work.REGULATIONS,
    work.DISCIPLINES,
    work.COMPLAINTS,
    work.COMMENDATIONS,
    work.INSPECTIONS_HELD,
    work.CONCERNS,
    year.REGISTRATIONS,
    year.SELECTIONS,
    year.REMARKS,
    year.RATINGS,
    judgments.JUDGMENTS,
)
BY_KEY = {kind.key: kind for kind in SHEETS}
NOTES = frozenset({"huong dan", "ghi chu", "danh muc"})
"""Tabs that are for people only."""


def kind_of(name: str) -> SheetKind | None:
    """The kind a tab's name says, whatever its accents and capitals."""
    title = heading(name)
    return next((kind for kind in SHEETS if title in {heading(t) for t in (kind.title, *kind.also)}), None)
