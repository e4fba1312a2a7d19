"""Where a subject's judging sheet is, and for whom."""

from __future__ import annotations

from uuid import UUID

from flask import url_for

from bontot.access import Permission
from bontot.db.rolls import home_on
from bontot.evaluation.period import Period
from bontot.policy.terms import Stage
from bontot.services.judgment_rules import JudgedSubject, stages_open_to
from bontot.web.database import session
from bontot.web.request import Person, Place, actor, this_day

STAGES = {
    "tu-danh-gia": Stage.SELF_ASSESSMENT,
    "chi-bo": Stage.CELL,
    "tham-dinh": Stage.APPRAISAL,
}
"""Stages as an address names them."""
STAGE_NAMES = {stage: name for name, stage in STAGES.items()}


def of_place(place: Place) -> JudgedSubject:
    """An organisation as one who is judged."""
    return JudgedSubject(id=place.id, of_member=False, place_id=place.id, is_cell=place.is_cell)


def of_person(person: Person, year: int) -> JudgedSubject:
    """A member as one who is judged in a year: where he or she was at home on its last day. Raises `PeriodRefused` for a
    year to come."""
    last = Period(year, this_day()).last_day
    return JudgedSubject(id=person.id, of_member=True, place_id=home_on(session(), person.id, last))


def sheet_address(public_id: UUID, year: int, *, of_member: bool) -> str:
    """The sheet of a member or organisation."""
    if of_member:
        return url_for("judgment.of_member", member=public_id, nam=year)
    return url_for("judgment.of_organisation", organisation=public_id, nam=year)


def criterion_address(
    public_id: UUID, criterion: str, year: int, stage: Stage | None, *, of_member: bool
) -> str:
    """The page of one criterion of a sheet, at a stage."""
    at = STAGE_NAMES[stage] if stage else None
    if of_member:
        return url_for("judgment.criterion_of_member", member=public_id, key=criterion, nam=year, buoc=at)
    endpoint = "judgment.criterion_of_organisation"
    return url_for(endpoint, organisation=public_id, key=criterion, nam=year, buoc=at)


def judging_address(whom: Place | Person, year: int) -> str:
    """The sheet of whom the reader judges at some stage; empty where at none."""
    of_member = isinstance(whom, Person)
    subject = of_person(whom, year) if isinstance(whom, Person) else of_place(whom)
    if not actor().may(Permission.JUDGE) or not stages_open_to(actor(), subject):
        return ""
    return sheet_address(whom.public_id, year, of_member=of_member)
