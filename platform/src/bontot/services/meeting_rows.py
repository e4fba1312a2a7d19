"""The rows a recorded meeting is written into: its own, its roll, and the lines of its form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, insert, select, text

from bontot.db.models import AgendaItem, Attendance, Meeting, MeetingMaterial, MeetingStep, Resolution
from bontot.db.tenancy import TenantSession
from bontot.services.meeting_entry import MeetingEntry
from bontot.services.proceedings.numbering import completed
from bontot.text import clean


def describe(meeting: Meeting, entry: MeetingEntry) -> None:
    """Writes what an entry says into the meeting's own row."""
    meeting.starts_at = entry.starts_at
    meeting.place = clean(entry.place, field="place") or None
    meeting.topic = clean(entry.topic, field="topic") or None
    meeting.thematic_topic = clean(entry.thematic_topic, field="thematic_topic") or None
    meeting.sent_on = entry.sent_on
    meeting.self_criticism = entry.self_criticism
    meeting.self_score_band = entry.self_score_band


_WRITE_MARKS = text("""
INSERT INTO attendance (year, meeting_id, member_id, mark, reason)
SELECT :year, :meeting, * FROM unnest(CAST(:members AS bigint[]), CAST(:marks AS smallint[]), CAST(:reasons AS text[]))
""")


def write_parts(session: TenantSession, meeting: Meeting, entry: MeetingEntry) -> None:
    """Writes the rows of a new meeting that its entry holds: marks, steps, agenda, materials, resolution."""
    _write_lines(session, meeting, entry)
    _write_materials(session, meeting, entry, {})
    _write_resolution(session, meeting, entry, None)


def rewrite_parts(session: TenantSession, meeting: Meeting, entry: MeetingEntry) -> None:
    """Writes them in place of what was recorded. A material that stays keeps its number, and the resolution what is known of
    it, which the entry does not show; other resolutions of the meeting stay."""
    for part in (Attendance, MeetingStep, AgendaItem):
        session.execute(delete(part).where(part.meeting_id == meeting.id))
    _write_lines(session, meeting, entry)
    of_meeting = MeetingMaterial.meeting_id == meeting.id
    rows = session.execute(select(MeetingMaterial.title, MeetingMaterial.document_number).where(of_meeting))
    numbers = dict(rows.all())
    session.execute(delete(MeetingMaterial).where(of_meeting))
    _write_materials(session, meeting, entry, numbers)
    _write_resolution(session, meeting, entry, issued_of(session, [meeting.id]).get(meeting.id))


def _write_lines(session: TenantSession, meeting: Meeting, entry: MeetingEntry) -> None:
    marks = sorted(entry.marks.items())
    session.execute(
        _WRITE_MARKS,
        {
            "year": meeting.year,
            "meeting": meeting.id,
            "members": [member_id for member_id, _ in marks],
            "marks": [mark.value for _, mark in marks],
            "reasons": [clean(mark.reason or "", longest=100) or None for _, mark in marks],
        },
    )
    steps = [{"meeting_id": meeting.id, "step": step} for step in sorted(entry.steps)]
    if steps:
        session.execute(insert(MeetingStep), steps)
    items = list(filter(None, (clean(each, field="agenda") for each in entry.agenda)))
    session.add_all(
        AgendaItem(meeting_id=meeting.id, position=place, title=title) for place, title in enumerate(items, 1)
    )


def _write_materials(
    session: TenantSession, meeting: Meeting, entry: MeetingEntry, numbers: Mapping[str, str | None]
) -> None:
    """The materials in the entry's order, with the number known of a title."""
    titles = [title for title in (clean(each, field="materials") for each in entry.materials) if title]
    session.add_all(
        MeetingMaterial(meeting_id=meeting.id, title=title, document_number=numbers.get(title))
        for title in titles
    )


def _write_resolution(
    session: TenantSession, meeting: Meeting, entry: MeetingEntry, known: Resolution | None
) -> None:
    number = completed(clean(entry.resolution_number, field="resolution_number"))
    subject = clean(entry.resolution_subject, field="resolution_subject")
    if not number and not subject:
        if known is not None:
            session.delete(known)
        return
    if known is None:
        known = Resolution(meeting_id=meeting.id)
        session.add(known)
    known.number, known.subject, known.issued_on = number or None, subject, entry.held_on


def issued_of(session: TenantSession, meeting_ids: Sequence[int]) -> dict[int, Resolution]:
    """The resolution shown with each meeting that has one: the first recorded."""
    rows = select(Resolution).where(Resolution.meeting_id.in_(meeting_ids)).order_by(Resolution.id.desc())
    return {row.meeting_id: row for row in session.scalars(rows)}
