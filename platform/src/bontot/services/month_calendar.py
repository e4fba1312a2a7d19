"""The meetings of one month for everyone above: who is due today and this week, who has met, late or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bontot.db.tenancy import TenantSession
from bontot.errors import NotFound
from bontot.policy.calendar import MonthStatus, ScheduledMonth
from bontot.registry import Registry
from bontot.services.agenda import HELD, CellMonth, board_of
from bontot.services.month_turns import Unfit
from bontot.services.organisations import Node
from bontot.services.paging import SIZE, Page, cut
from bontot.services.planning import Invited, invitations, month_of

_LATE = frozenset({MonthStatus.LATE, MonthStatus.TOO_EARLY})
_OVERDUE = frozenset({MonthStatus.OVERDUE, MonthStatus.MISSING})
_OUTSIDE = frozenset({MonthStatus.EXCUSED_BY_SUPERIOR, MonthStatus.NOT_REQUIRED})


class Part(StrEnum):
    """Some of a month's cells. `TODAY` and `WEEK` are those still to meet whose day or last day is then; the others divide
    all cells among them."""

    ALL = "all"
    TODAY = "today"
    WEEK = "week"
    WAITING = "waiting"
    OVERDUE = "overdue"
    HELD = "held"
    LATE = "late"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """A cell in a month, with what it was invited to."""

    cell_month: CellMonth
    invited: Invited | None

    @property
    def days(self) -> tuple[date, ...]:
        """Its day, by invitation before plan, and its last day."""
        scheduled = self._scheduled
        day = self.invited.held_on if self.invited else scheduled.day
        return (day, scheduled.deadline) if day else (scheduled.deadline,)

    @property
    def unfit(self) -> Unfit | None:
        """The invitation, where it does not fit the month and is still to come about."""
        if self.invited is None or self.invited.recorded:
            return None
        why = self._scheduled.misfit(self.invited.held_on)
        return Unfit(self.invited, self.cell_month.month, why) if why else None

    @property
    def _scheduled(self) -> ScheduledMonth:
        return self.cell_month.month.planned.scheduled

    def parts(self, today: date) -> frozenset[Part]:
        """Where it belongs."""
        return frozenset({Part.ALL, self._state, *self._soon(today)})

    @property
    def _state(self) -> Part:
        status = self.cell_month.month.standing.status
        if status in _OUTSIDE:
            return Part.OUTSIDE
        if status in HELD:
            return Part.LATE if status in _LATE else Part.HELD
        return Part.OVERDUE if status in _OVERDUE else Part.WAITING

    def _soon(self, today: date) -> Iterable[Part]:
        if self._state is not Part.WAITING:
            return
        if today in self.days:
            yield Part.TODAY
        monday = today - timedelta(days=today.weekday())
        if any(monday <= day < monday + timedelta(days=7) for day in self.days):
            yield Part.WEEK


@dataclass(frozen=True, slots=True)
class MonthCalendar:
    """A page of one part of a month's cells, and how many cells each part has."""

    page: Page[CalendarLine]
    counts: Mapping[Part, int]


def calendar(
    session: TenantSession,
    registry: Registry,
    roots: Sequence[Node],
    month: date,
    today: date,
    part: Part,
    number: int,
) -> MonthCalendar:
    """The cells of some trees in a month (its first day), those that failed first. Raises NotFound for a page beyond the
    last, PluginUnavailable."""
    cells = board_of(session, registry, roots, today, month)
    first, last = month_of(month)
    invited = {
        one.organisation_id: one
        for one in invitations(session, [line.cell.id for line in cells], first, last)
    }
    lines = [CalendarLine(line, invited.get(line.cell.id)) for line in cells]
    where = [(line, line.parts(today)) for line in lines]
    shown = [line for line, parts in where if part in parts]
    if number > 1 and (number - 1) * SIZE >= len(shown):
        raise NotFound
    page = Page(cut(shown, number), number, len(shown))
    return MonthCalendar(page, {one: sum(one in parts for _, parts in where) for one in Part})
