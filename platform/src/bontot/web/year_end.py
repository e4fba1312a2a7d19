"""What the end of the year asks of the reader soon: steps of the recognition with their days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bontot.access import Permission
from bontot.errors import PluginUnavailable
from bontot.services.recognition.lines import figures_of
from bontot.services.recognition.titles import titles_of
from bontot.web.database import session
from bontot.web.pages.recognitions import step_address, within
from bontot.web.recognition_words import SUBJECTS
from bontot.web.request import actor, registry, this_day

AHEAD = timedelta(days=30)
LOOKING_BACK = 3
"""The last month in which the year before is still asked about."""


@dataclass(frozen=True, slots=True)
class DueStep:
    """A step that waits for the reader, of so many subjects, and where it is taken."""

    due: date
    label: str
    title: str
    waiting: int
    subjects: str
    address: str


def due_steps() -> list[DueStep]:
    """The steps of this year's titles, and until March of last year's, that wait for the reader and are due within thirty
    days or overdue, by day; none while a plan cannot be had."""
    if not actor().may(Permission.RECOGNISE):
        return []
    today, found = this_day(), list[DueStep]()
    years = [today.year, today.year - 1] if today.month <= LOOKING_BACK else [today.year]
    try:
        titles = [one for year in years for one in titles_of(session(), registry(), year, today)]
    except PluginUnavailable:
        return []
    for title in titles:
        soon = [term for term in title.steps if term.due and term.due <= today + AHEAD]
        waiting = figures_of(session(), actor(), title, within()).mine if soon else {}
        found += [
            DueStep(
                due=term.due,
                label=term.step.label,
                title=f"“{title.name}” năm {title.year}",
                waiting=waiting[term.key],
                subjects=SUBJECTS[title.scheme.subject],
                address=step_address(title, term),
            )
            for term in soon
            if term.due and waiting[term.key]
        ]
    return sorted(found, key=lambda line: (line.due, line.title))
