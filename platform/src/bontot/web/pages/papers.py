"""The papers of a meeting, ready to be printed and signed."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template

from bontot.access import Permission, Scope
from bontot.db.models import Meeting
from bontot.documents.minutes import minutes
from bontot.documents.model import Document
from bontot.documents.resolution import resolution, signer_of
from bontot.services import organisations
from bontot.services.proceedings.reading import record_of
from bontot.web.database import session
from bontot.web.meeting_places import meeting_address, meeting_row, meeting_trail
from bontot.web.request import Place
from bontot.web.routing import page

paper = Blueprint("paper", __name__)


@page(
    paper,
    "/chi-bo/<uuid:organisation>/sinh-hoat/<uuid:meeting>/bien-ban",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.ORGANISATION,
)
def of_minutes(organisation: Place, meeting: UUID) -> str:
    """The minutes."""
    row = meeting_row(organisation, meeting)
    return _page(organisation, row, minutes(record_of(session(), row.id)))


@page(
    paper,
    "/chi-bo/<uuid:organisation>/sinh-hoat/<uuid:meeting>/nghi-quyet",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.ORGANISATION,
)
def of_resolution(organisation: Place, meeting: UUID) -> str:
    """The resolution."""
    row = meeting_row(organisation, meeting)
    officers = organisations.officers(session(), organisation.id, row.held_on)
    return _page(organisation, row, resolution(record_of(session(), row.id), signer_of(officers)))


def _page(organisation: Place, row: Meeting, document: Document) -> str:
    return render_template(
        "paper/show.html",
        paper=document,
        back=meeting_address(organisation, row),
        trail=meeting_trail(organisation, row),
    )
