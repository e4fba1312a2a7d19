"""The papers of a meeting, ready to be printed and signed."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template, url_for

from bontot.access import Permission, Scope
from bontot.documents.minutes import minutes
from bontot.documents.model import Document
from bontot.documents.resolution import resolution, signer_of
from bontot.services import organisations
from bontot.services.meetings import meeting_of
from bontot.services.proceedings.reading import Record, record_of
from bontot.web import trail
from bontot.web.database import session
from bontot.web.request import Place, this_day
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
    record = _record(organisation, meeting)
    return _page(organisation, record, minutes(record))


@page(
    paper,
    "/chi-bo/<uuid:organisation>/sinh-hoat/<uuid:meeting>/nghi-quyet",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.ORGANISATION,
)
def of_resolution(organisation: Place, meeting: UUID) -> str:
    """The resolution."""
    record = _record(organisation, meeting)
    officers = organisations.officers(session(), organisation.id, record.meeting.entry.held_on)
    return _page(organisation, record, resolution(record, signer_of(officers)))


def _record(organisation: Place, public_id: UUID) -> Record:
    return record_of(session(), meeting_of(session(), public_id, frozenset({organisation.id})))


def _page(organisation: Place, record: Record, document: Document) -> str:
    back = url_for("meeting.show", organisation=organisation.public_id, meeting=record.meeting.public_id)
    above = trail.above(organisation, this_day(), itself=True)
    return render_template(
        "paper/show.html",
        paper=document,
        back=back,
        trail=[*above, (f"Buổi ngày {record.meeting.entry.held_on:%d/%m/%Y}", back)],
    )
