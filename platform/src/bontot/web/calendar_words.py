"""What a calendar address shows, in words: the days and invitations of cells as entries of a calendar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bontot.db.tenancy import TenantSession
from bontot.documents.ics import Entry
from bontot.evaluation.schedule import MonthView
from bontot.policy.calendar import How, MonthStatus
from bontot.services.feed_entries import Shown, follow
from bontot.services.feeds import CellCalendar, Feed
from bontot.services.planning import REGULAR, Invited, month_of
from bontot.web.months import plan_words
from bontot.web.words import MEETING_KINDS

NOT_SHOWN = frozenset({MonthStatus.NOT_REQUIRED})


def named(feed: Feed) -> str:
    """The calendar's name."""
    if feed.own or len(feed.cells) != 1:
        return "Sinh hoạt chi bộ của tôi"
    return f"Sinh hoạt {feed.cells[0].name}"


def entries(session: TenantSession, feed: Feed) -> Iterator[Entry]:
    """The entries of all its cells, each with how often it changed since the address was first read, and those called off
    since."""
    shown = list(_entries(feed))
    followed = follow(session, feed.id, [_shown(entry) for entry in shown], feed.today)
    for entry in shown:
        yield replace(entry, sequence=followed.sequences[entry.uid])
    for gone in followed.withdrawn:
        yield Entry(
            uid=gone.uid,
            day=gone.day,
            starts_at=gone.starts_at,
            place=gone.place,
            summary=gone.summary,
            passive=True,
            sequence=followed.sequences[gone.uid],
            cancelled=True,
        )


def _shown(entry: Entry) -> Shown:
    return Shown(
        uid=entry.uid,
        day=entry.day,
        summary=entry.summary,
        starts_at=entry.starts_at,
        place=entry.place,
        passive=entry.passive,
    )


def _entries(feed: Feed) -> Iterator[Entry]:
    """The entries of all its cells, as they are now."""
    for cell in feed.cells:
        regular = {month_of(one.held_on)[0]: one for one in cell.invited if one.kind == REGULAR}
        for month in cell.months:
            if month.standing.status not in NOT_SHOWN:
                yield from _of_month(cell, month, regular.get(month.month), deadlines=not feed.own)
        yield from (_of_invitation(cell, one) for one in cell.invited if one.kind != REGULAR)


def _of_month(
    cell: CellCalendar, month: MonthView, invited: Invited | None, *, deadlines: bool
) -> Iterator[Entry]:
    scheduled, number = month.planned.scheduled, f"{month.month:%m/%Y}"
    uid = f"{cell.public_id}-{month.month:%Y-%m}"
    said = f"{plan_words(scheduled)}."
    if scheduled.how is How.WAIVED:
        yield Entry(
            uid=f"{uid}@bontot",
            day=month.month,
            summary=f"{cell.name}: tháng {number} được nghỉ sinh hoạt",
            description=said,
            passive=True,
        )
        return
    day = month.held_on or (invited.held_on if invited else scheduled.day)
    if day is not None:
        yield Entry(
            uid=f"{uid}@bontot",
            day=day,
            starts_at=invited.starts_at if invited and not month.held_on else None,
            place=(invited.place or "") if invited and not month.held_on else "",
            summary=f"{cell.name}: {'đã họp' if month.held_on else 'sinh hoạt'} tháng {number}",
            description=said,
        )
    if (deadlines or day is None) and month.held_on is None and day != scheduled.deadline:
        yield Entry(
            uid=f"{uid}-han@bontot",
            day=scheduled.deadline,
            summary=f"{cell.name}: hạn cuối sinh hoạt tháng {number}",
            description=said,
            passive=True,
        )


def _of_invitation(cell: CellCalendar, one: Invited) -> Entry:
    return Entry(
        uid=f"{one.public_id}@bontot",
        day=one.held_on,
        starts_at=one.starts_at,
        place=one.place or "",
        summary=f"{cell.name}: {MEETING_KINDS[one.kind].lower()}",
    )
