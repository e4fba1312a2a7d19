"""What the end of the year asks: the steps of the recognition that are waited for, by whom and by when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from bontot.access import Permission
from bontot.errors import PluginUnavailable
from bontot.services.recognition.figures import Figures, Side, figures_of
from bontot.services.recognition.titles import Title, titles_of
from bontot.web import recognition_words
from bontot.web.database import session
from bontot.web.recognition_links import step_address, within
from bontot.web.request import actor, registry, this_day
from bontot.web.words import Mark

AHEAD = timedelta(days=30)
LOOKING_BACK = 3
"""The last month in which the year before is still asked about."""


@dataclass(frozen=True, slots=True)
class DueStep:
    """A step that is waited for, of so many subjects, on one side of the reader; and where it is taken, by who may."""

    due: date | None
    label: str
    title: str
    waiting: int
    subjects: str
    address: str
    side: Side
    mark: Mark


def steps_waiting(found: Iterable[tuple[Title, Figures]]) -> list[DueStep]:
    """The steps of some titles that somebody waits for, by day, on each side of the reader; those without a day last."""
    counted = list(found)
    titles = [one for one, figures in counted if any(figures.awaiting(term.key) for term in one.steps)]
    lines = [
        DueStep(
            due=term.due,
            label=term.step.label,
            title=recognition_words.called(title, titles, f"“{title.name}” năm {title.year}"),
            waiting=waiting,
            subjects=recognition_words.SUBJECTS[title.scheme.subject],
            address="" if side is Side.ABOVE else step_address(title, term),
            side=side,
            mark=recognition_words.due_mark(term, waiting, this_day()),
        )
        for title, figures in counted
        for term in title.steps
        for side, waiting in figures.waiting[term.key].items()
        if waiting
    ]
    return sorted(lines, key=lambda line: (line.due is None, line.due or date.max, line.title))


def due_steps() -> list[DueStep]:
    """The steps of this year's titles, and until March of last year's, that wait for the reader and are due within thirty
    days or overdue, by day; none while a plan cannot be had."""
    if not actor().may(Permission.RECOGNISE):
        return []
    today = this_day()
    years = [today.year, today.year - 1] if today.month <= LOOKING_BACK else [today.year]
    try:
        titles = [one for year in years for one in titles_of(session(), registry(), year, today)]
    except PluginUnavailable:
        return []
    soon = [one for one in titles if any(term.due and term.due <= today + AHEAD for term in one.steps)]
    waiting = steps_waiting((one, figures_of(session(), actor(), one, within())) for one in soon)
    return [line for line in waiting if line.side is Side.MINE and line.due and line.due <= today + AHEAD]
