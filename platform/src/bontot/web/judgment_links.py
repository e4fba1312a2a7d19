"""Where a subject's judging sheet is, and for whom."""

from __future__ import annotations

from uuid import UUID

from flask import url_for

from bontot.access import Permission
from bontot.policy.terms import Stage
from bontot.services.judgment_rules import JudgedSubject, stages_open_to
from bontot.web.request import Person, Place, actor

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


def of_person(person: Person) -> JudgedSubject:
    """A member as one who is judged."""
    return JudgedSubject(id=person.id, of_member=True, place_id=person.cell_id)


def sheet_address(public_id: UUID, year: int, *, of_member: bool) -> str:
    """The sheet of a member or organisation."""
    if of_member:
        return url_for("judgment.of_member", member=public_id, nam=year)
    return url_for("judgment.of_organisation", organisation=public_id, nam=year)


def judging_address(whom: Place | Person, year: int) -> str:
    """The sheet of whom the reader judges at some stage; empty where at none."""
    of_member = isinstance(whom, Person)
    subject = of_person(whom) if isinstance(whom, Person) else of_place(whom)
    if not actor().may(Permission.JUDGE) or not stages_open_to(actor(), subject):
        return ""
    return sheet_address(whom.public_id, year, of_member=of_member)
