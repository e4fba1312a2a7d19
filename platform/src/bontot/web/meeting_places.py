"""A meeting of a cell as its pages name it: the row, its address, the lines above the headings of its pages, and what is
told of the number of its resolution."""

from __future__ import annotations

from uuid import UUID

from flask import flash, url_for

from bontot.db.models import Meeting
from bontot.services.meetings import meeting_of
from bontot.services.proceedings.numbering import also_of
from bontot.services.proceedings.reading import RESOLUTION
from bontot.web import trail
from bontot.web.database import session
from bontot.web.request import Place, this_day


def meeting_row(organisation: Place, public_id: UUID) -> Meeting:
    """The meeting of the cell. Raises NotFound for any other."""
    meeting_id = meeting_of(session(), public_id, frozenset({organisation.id}))
    return session().get_one(Meeting, (session().tenant_id, meeting_id))


def meeting_address(organisation: Place, meeting: Meeting) -> str:
    """The page of the meeting."""
    return url_for("meeting.show", organisation=organisation.public_id, meeting=meeting.public_id)


def meeting_trail(organisation: Place, meeting: Meeting) -> list[trail.Step]:
    """From the tree down to the meeting."""
    above = trail.above(organisation, this_day(), itself=True)
    return [*above, (f"Buổi ngày {meeting.held_on:%d/%m/%Y}", meeting_address(organisation, meeting))]


def tell_same_number(meeting: Meeting) -> None:
    """Tells of another resolution of the term with the number of this meeting's; it is not refused, as a paper issued so is
    a fact."""
    for said in RESOLUTION.read(session(), meeting).values():
        other = also_of(session(), meeting.organisation_id, meeting.id, meeting.held_on, said.number)
        if other is not None:
            flash(f"Số {said.number} đã dùng cho nghị quyết ngày {other:%d/%m/%Y}; xin xem lại.", "warn")
