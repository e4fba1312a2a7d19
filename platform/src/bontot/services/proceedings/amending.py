"""Writing one part of a meeting's record: against which version, with what reason once the meeting is closed, and what of
the text before is kept.

The version of a row is a digest of what it says, so that two people who write different parts never stand in each other's
way, and nobody overwrites what he or she has not seen.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Protocol, TypeVar

from bontot.access import Actor, Permission
from bontot.db.models import Meeting
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, NotFound, Stale
from bontot.evaluation.plain import to_plain
from bontot.services.audit import note
from bontot.text import clean

E = TypeVar("E")
CLOSED = "closed"
SENT = frozenset({"submitted", "received"})


class Part(Protocol[E]):
    """One part of a meeting's record: rows of one kind of entry, by number. A part that is written whole has one row, 0."""

    @property
    def key(self) -> str:
        """Its name in the trail."""

    def read(self, session: TenantSession, meeting: Meeting) -> dict[int, E]:
        """Its rows in their order."""

    def checked(self, session: TenantSession, meeting: Meeting, entry: E, number: int | None) -> E:
        """The entry as it is written, of row `number` or a new one. Raises InvalidInput, by field."""

    def write(self, session: TenantSession, meeting: Meeting, entry: E, number: int | None) -> int:
        """Writes a row; its number."""

    def remove(self, session: TenantSession, meeting: Meeting, number: int) -> None:
        """Takes a row away. Raises InvalidInput where others rest on it."""

    def stale(self, session: TenantSession, meeting: Meeting, *changed: E) -> None:
        """Marks who is to be judged again since the entries came or went."""


def version_of(entry: object) -> str:
    """The version of what an entry says."""
    said = json.dumps(to_plain(entry), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def row_of(rows: dict[int, E], number: int) -> E:
    """The row of a number. Raises NotFound."""
    if number not in rows:
        raise NotFound
    return rows[number]


def put(
    session: TenantSession,
    actor: Actor,
    meeting_id: int,
    part: Part[E],
    entry: E,
    *,
    number: int | None = None,
    version: str = "",
    reason: str = "",
) -> int:
    """Writes a new row of a part, or row `number` over the `version` that was seen; its number.

    Raises Stale when the row has been changed since, InvalidInput for what cannot be written, or without a reason once the
    meeting is closed.
    """
    meeting, reason = opened(session, actor, meeting_id, reason)
    rows = part.read(session, meeting)
    before = None if number is None else seen(rows, number, version)
    checked = part.checked(session, meeting, entry, number)
    if checked == before and number is not None:
        return number
    written = part.write(session, meeting, checked, number)
    part.stale(session, meeting, *((checked,) if before is None else (before, checked)))
    keep(session, actor, meeting, part.key, reason, written, before)
    return written


def remove(
    session: TenantSession,
    actor: Actor,
    meeting_id: int,
    part: Part[E],
    number: int,
    *,
    version: str,
    reason: str = "",
) -> None:
    """Takes a row away. Raises as `put`, and where something rests on the row."""
    meeting, reason = opened(session, actor, meeting_id, reason)
    before = seen(part.read(session, meeting), number, version)
    part.remove(session, meeting, number)
    part.stale(session, meeting, before)
    keep(session, actor, meeting, part.key, reason, number, before, removed=True)


def opened(session: TenantSession, actor: Actor, meeting_id: int, reason: str) -> tuple[Meeting, str]:
    """The meeting, locked, and the reason cleaned. Raises InvalidInput without one where the meeting is closed."""
    actor.require(Permission.RECORD_MEETING)
    meeting = session.get(Meeting, (session.tenant_id, meeting_id), with_for_update=True)
    if meeting is None:
        raise NotFound
    reason = clean(reason, field="reason")
    if meeting.state == CLOSED and not reason:
        raise InvalidInput("Buổi này đã khóa hồ sơ, nên cần ghi lý do sửa.", "reason")
    return meeting, reason


def seen(rows: dict[int, E], number: int, version: str) -> E:
    """The row of a number as its writer saw it. Raises NotFound, Stale."""
    before = row_of(rows, number)
    if version_of(before) != version:
        raise Stale
    return before


def keep(
    session: TenantSession,
    actor: Actor,
    meeting: Meeting,
    part: str,
    reason: str,
    number: int,
    before: object | None,
    **more: Any,
) -> None:
    """Notes a change of a part with what stood before; a record that was sent is to be sent again."""
    meeting.version += 1
    corrected(meeting)
    detail = {"part": part, "number": number, "before": to_plain(before), **more}
    note(
        session,
        "amend_meeting",
        "meeting",
        meeting.id,
        actor.account_id,
        **(detail | {"reason": reason} if reason else detail),
    )


def corrected(meeting: Meeting) -> None:
    """What was sent to the superior is no longer what stands here."""
    if meeting.submission in SENT:
        meeting.submission = "changed"
