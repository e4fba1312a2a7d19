"""The parts that are written whole: who led the meeting, its course, and the text of its resolution."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import delete, select

from bontot.db.models import Meeting, MeetingSection, Resolution
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, noting, refuse_noted
from bontot.evaluation.incremental import mark
from bontot.services.meeting_rows import issued_of
from bontot.services.proceedings.entries import COURSE, RESOLUTION_TEXTS, Course, Head, ResolutionText
from bontot.services.proceedings.numbering import completed
from bontot.services.proceedings.parts import line, paragraph, present_at

NOT_PRESENT = "Xin chọn trong những người có mặt ở buổi này."
WHOLE = "Phần này chỉ sửa được, không bỏ được."


class HeadPart:
    """Who chaired, who took the minutes, and when the meeting ended. No count looks at it."""

    key = "head"

    def read(self, _: TenantSession, meeting: Meeting) -> dict[int, Head]:
        head = Head(
            chair_id=meeting.chair_id, minute_taker_id=meeting.minute_taker_id, ends_at=meeting.ends_at
        )
        return {0: head}

    def checked(self, session: TenantSession, meeting: Meeting, entry: Head, _: int | None) -> Head:
        present = present_at(session, meeting)
        chosen = {"chair_id": entry.chair_id, "minute_taker_id": entry.minute_taker_id}
        errors = {name: NOT_PRESENT for name, one in chosen.items() if one not in {None, *present}}
        if entry.chair_id is not None and entry.chair_id == entry.minute_taker_id:
            errors.setdefault("minute_taker_id", "Thư ký là người khác chủ trì.")
        if entry.ends_at and meeting.starts_at and entry.ends_at <= meeting.starts_at:
            errors["ends_at"] = f"Buổi họp bắt đầu lúc {meeting.starts_at:%H:%M}; giờ kết thúc phải sau đó."
        refuse_noted(errors)
        return entry

    def write(self, _: TenantSession, meeting: Meeting, entry: Head, __: int | None) -> int:
        meeting.chair_id, meeting.minute_taker_id = entry.chair_id, entry.minute_taker_id
        meeting.ends_at = entry.ends_at
        return 0

    def remove(self, *_: object) -> None:
        raise InvalidInput(WHOLE)

    def stale(self, *_: object) -> None:
        """Nobody."""


class CoursePart:
    """The course of the meeting as its minutes tell it. No count looks at it."""

    key = "course"

    def read(self, session: TenantSession, meeting: Meeting) -> dict[int, Course]:
        return {0: course_in(sections_of(session, [meeting.id])[meeting.id])}

    def checked(self, _: TenantSession, __: Meeting, entry: Course, ___: int | None) -> Course:
        errors: dict[str, str] = {}
        texts = _paragraphs(entry, COURSE, errors)
        refuse_noted(errors)
        return Course(**texts)

    def write(self, session: TenantSession, meeting: Meeting, entry: Course, _: int | None) -> int:
        _write_sections(session, meeting, {name: getattr(entry, name) for name in COURSE})
        return 0

    def remove(self, *_: object) -> None:
        raise InvalidInput(WHOLE)

    def stale(self, *_: object) -> None:
        """Nobody."""


class ResolutionPart:
    """The resolution besides its items: a meeting has one or none."""

    key = "resolution"

    def read(self, session: TenantSession, meeting: Meeting) -> dict[int, ResolutionText]:
        issued = _issued(session, meeting)
        if issued is None:
            return {}
        return {issued.id: resolution_in(issued, sections_of(session, [meeting.id])[meeting.id])}

    def checked(
        self, session: TenantSession, meeting: Meeting, entry: ResolutionText, number: int | None
    ) -> ResolutionText:
        if number is None and _issued(session, meeting) is not None:
            raise InvalidInput("Buổi này đã có nghị quyết. Xin mở lại rồi sửa.", "subject")
        errors: dict[str, str] = {}
        texts = _paragraphs(entry, RESOLUTION_TEXTS, errors)
        with noting(errors):
            texts["number"] = completed(line(entry.number, "number"))
        with noting(errors):
            texts["subject"] = line(entry.subject, "subject", "Cần ghi trích yếu: nghị quyết về việc gì.")
        refuse_noted(errors)
        return ResolutionText(cites_superior=entry.cites_superior, **texts)

    def write(self, session: TenantSession, meeting: Meeting, entry: ResolutionText, _: int | None) -> int:
        issued = _issued(session, meeting)
        if issued is None:
            issued = Resolution(meeting_id=meeting.id, issued_on=meeting.held_on)
            session.add(issued)
        issued.number, issued.subject = entry.number or None, entry.subject
        issued.cites_superior = entry.cites_superior
        _write_sections(session, meeting, {name: getattr(entry, name) for name in RESOLUTION_TEXTS})
        return issued.id

    def remove(self, session: TenantSession, meeting: Meeting, number: int) -> None:
        session.execute(delete(Resolution).where(Resolution.id == number))
        _write_sections(session, meeting, dict.fromkeys(RESOLUTION_TEXTS, ""))

    def stale(self, session: TenantSession, meeting: Meeting, *_: ResolutionText) -> None:
        mark(session, meeting.organisation_id, meeting.year, Resolution)


def _issued(session: TenantSession, meeting: Meeting) -> Resolution | None:
    return issued_of(session, [meeting.id]).get(meeting.id)


def course_in(sections: Mapping[str, str]) -> Course:
    """The course of a meeting among its sections."""
    return Course(**{name: sections.get(name, "") for name in COURSE})


def resolution_in(issued: Resolution, sections: Mapping[str, str]) -> ResolutionText:
    """A resolution with its texts among the sections of its meeting."""
    return ResolutionText(
        number=issued.number or "",
        subject=issued.subject,
        cites_superior=issued.cites_superior,
        **{name: sections.get(name, "") for name in RESOLUTION_TEXTS},
    )


def _paragraphs(entry: object, names: Iterable[str], errors: dict[str, str]) -> dict[str, str]:
    texts = {}
    for name in names:
        with noting(errors):
            texts[name] = paragraph(getattr(entry, name), name)
    return texts


def sections_of(session: TenantSession, meeting_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """The sections written of each meeting, by name."""
    found: dict[int, dict[str, str]] = {id_: {} for id_ in meeting_ids}
    rows = select(MeetingSection.meeting_id, MeetingSection.section, MeetingSection.words).where(
        MeetingSection.meeting_id.in_(meeting_ids)
    )
    for meeting_id, section, words in session.execute(rows):
        found[meeting_id][section] = words
    return found


def _write_sections(session: TenantSession, meeting: Meeting, texts: Mapping[str, str]) -> None:
    within = MeetingSection.section.in_(list(texts))
    session.execute(delete(MeetingSection).where(MeetingSection.meeting_id == meeting.id, within))
    session.add_all(
        MeetingSection(meeting_id=meeting.id, section=section, words=words)
        for section, words in texts.items()
        if words
    )
    session.flush()
