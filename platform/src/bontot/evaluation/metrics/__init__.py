"""The platform's own metrics, one module a family, declared as a plugin declares its own."""

from __future__ import annotations

from dataclasses import replace

from bontot.evaluation.metrics import absences, attendance, conduct, meetings, people, person, ratings, work
from bontot.plugin import hookimpl
from bontot.policy.counts import Metric
from bontot.policy.terms import Subject

_FAMILIES = (
    meetings.METRICS,
    attendance.METRICS,
    absences.METRICS,
    work.METRICS,
    people.METRICS,
    conduct.METRICS,
    person.METRICS,
    ratings.METRICS,
)
_OF_BASE = (
    "annual_rating",
    "commendations",
    "committee_meeting_monthly",
    "complaints",
    "inspections",
    "officers_rated_good",
    "organisation_disciplined",
    "organisation_or_secretary_disciplined",
    "regulation_days",
)
"""Counts of a cell that count the same of a base organisation."""


@hookimpl
def bontot_metrics() -> tuple[Metric, ...]:
    """Every metric the platform provides."""
    own = tuple(metric for family in _FAMILIES for metric in family)
    base = (replace(metric, subject=Subject.BASE_ORGANISATION) for metric in own if metric.key in _OF_BASE)
    return (*own, *base)
