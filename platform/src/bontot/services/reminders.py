"""Who is reminded of a meeting, when, and of what: before its day, on the day, and after the deadline.

A reminder is written once for each account, cell, month, kind and day it is about, however often the day's work is done: a
meeting that is moved is reminded of again. What is written on a day goes into one letter to each account that has an
address; the letter says when and where a cell meets and nothing of a person (dossier: data-formats §3).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from bontot.access import Actor, Permission
from bontot.db.models import Letter, Reminder, ReminderSetting, Tenant
from bontot.db.models.organisation import CELL_TYPES
from bontot.db.rolls import attendance_roll, holds_on
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, Stale
from bontot.evaluation.period import next_month
from bontot.evaluation.schedule import MonthView, months_board
from bontot.policy.calendar import MonthStatus
from bontot.registry import Registry
from bontot.services.audit import note
from bontot.services.planning import Invited, invitations, month_of

BEFORE, ON_DAY, OVERDUE = "before", "on_day", "overdue"
STILL = timedelta(days=7)
"""How long after a deadline its reminder is still worth sending, should a day's work have been missed."""
MOST_DAYS = 14
MOST_NAMED = 40
"""Cells a letter names of those it says the same of."""
OPEN = frozenset({MonthStatus.UPCOMING, MonthStatus.DUE})
LATE = frozenset({MonthStatus.OVERDUE, MonthStatus.MISSING})


@dataclass(frozen=True, slots=True)
class Setting:
    """When a committee reminds: so many days before (None: not), on the day, after the deadline; and whether by letter
    too. `version` is 0 for the defaults."""

    days_before: int | None = 3
    on_day: bool = True
    overdue: bool = True
    by_mail: bool = True
    version: int = 0


@dataclass(frozen=True, slots=True)
class Occasion:
    """A cell to remind of: a kind, of which month, and the day it is about; `before` is the day told of it before, where
    that was another."""

    cell: int
    name: str
    month: date
    kind: str
    about: date
    invited: Invited | None = None
    before: date | None = None

    @property
    def said(self) -> str:
        """What to tell of it, without the cell's name."""
        number, day = f"tháng {self.month:%m/%Y}", f"{self.about:%d/%m/%Y}"
        if self.kind == OVERDUE:
            return f"chưa ghi nhận buổi sinh hoạt {number}, hạn cuối là {day}"
        when = f"{day}"
        if self.invited and self.invited.starts_at:
            when = f"{self.invited.starts_at:%H:%M} ngày {day}"
        where = f", {self.invited.place}" if self.invited and self.invited.place else ""
        today = "hôm nay " if self.kind == ON_DAY else ""
        moved = f" (thay cho ngày {self.before:%d/%m/%Y})" if self.before else ""
        return f"{today}sinh hoạt {number}: {when}{where}{moved}"


@dataclass(frozen=True, slots=True)
class Made:
    """How many reminders and letters were written."""

    reminders: int
    letters: int


def setting(session: TenantSession) -> Setting:
    """The committee's setting, or the defaults."""
    row = session.get(ReminderSetting, session.tenant_id)
    return Setting(row.days_before, row.on_day, row.overdue, row.by_mail, row.version) if row else Setting()


def change_setting(session: TenantSession, actor: Actor, wanted: Setting) -> None:
    """Decides when the committee reminds, in place of the setting of `wanted.version`. Raises Stale, and InvalidInput for
    days that are none."""
    actor.require(Permission.MANAGE_REMINDERS)
    if wanted.days_before is not None and not 1 <= wanted.days_before <= MOST_DAYS:
        raise InvalidInput(f"Nhắc trước từ 1 đến {MOST_DAYS} ngày.", "days_before")
    before = setting(session)
    row = session.get(ReminderSetting, session.tenant_id, with_for_update=True)
    if (row.version if row else 0) != wanted.version:
        raise Stale
    if row is None:
        row = ReminderSetting()
        session.add(row)
    row.days_before, row.on_day, row.overdue = wanted.days_before, wanted.on_day, wanted.overdue
    row.by_mail, row.version = wanted.by_mail, wanted.version + 1
    session.flush()
    note(
        session,
        "change_reminders",
        "tenant",
        session.tenant_id,
        actor.account_id,
        before=[before.days_before, before.on_day, before.overdue, before.by_mail],
        now=[wanted.days_before, wanted.on_day, wanted.overdue, wanted.by_mail],
    )


_CELLS = text(f"""
SELECT o.id, p.name FROM organisation o
JOIN organisation_period p ON p.organisation_id = o.id AND {holds_on("p", ":day")}
WHERE p.type = ANY(:types) AND o.founded_on <= :day AND (o.ended_on IS NULL OR :day < o.ended_on)
ORDER BY p.sort_key COLLATE "C", o.id
""")


def occasions(session: TenantSession, registry: Registry, wanted: Setting, day: date) -> list[Occasion]:
    """What there is to remind of on a day, cell by cell. Raises PluginUnavailable."""
    rows = session.execute(_CELLS, {"day": day, "types": list(CELL_TYPES)})
    cells: dict[int, str] = {cell: name for cell, name in rows}  # noqa: C416
    months = _months(day)
    board = months_board(session, registry, list(cells), months, day)
    invited = invited_in(session, list(cells), months)
    return [
        occasion
        for month in months
        for cell, name in cells.items()
        if (cell, month) in board
        for occasion in _of(cell, name, board[cell, month], invited.get((cell, month)), wanted, day)
    ]


def _months(day: date) -> list[date]:
    """The month before, whose deadline may just have passed, the one that runs and the next."""
    first = day.replace(day=1)
    return [(first - timedelta(days=1)).replace(day=1), first, next_month(first)]


def invited_in(
    session: Session, cells: Sequence[int], months: Collection[date]
) -> dict[tuple[int, date], Invited]:
    """`{(cell, month): invitation}` of some cells to the regular meetings from the first of some months to the last."""
    if not months:
        return {}
    found = invitations(session, cells, min(months), month_of(max(months))[1])
    return {(one.organisation_id, one.month): one for one in found}


def day_about(kind: str, month: MonthView, invited: Invited | None) -> date:
    """The day a reminder of a kind is about: the last one, or that of the meeting, by invitation before plan."""
    scheduled = month.planned.scheduled
    if kind == OVERDUE:
        return scheduled.deadline
    return invited.held_on if invited else scheduled.day or scheduled.deadline


def _of(
    cell: int, name: str, month: MonthView, invited: Invited | None, wanted: Setting, day: date
) -> Iterator[Occasion]:
    status = month.standing.status
    if status in LATE:
        about = day_about(OVERDUE, month, invited)
        if wanted.overdue and about < day <= about + STILL:
            yield Occasion(cell, name, month.month, OVERDUE, about)
        return
    if status not in OPEN:
        return
    about = day_about(BEFORE, month, invited)
    if wanted.on_day and day == about:
        yield Occasion(cell, name, month.month, ON_DAY, about, invited)
    days = wanted.days_before
    if days is not None and about - timedelta(days=days) <= day < about:
        yield Occasion(cell, name, month.month, BEFORE, about, invited)


_MEETINGS = """(
    SELECT place AS id, cell AS organisation_id, CAST(0 AS smallint) AS year, about AS held_on, 'regular' AS kind
    FROM asked WHERE kind <> 'overdue')"""
_RECIPIENTS = text(f"""
WITH asked AS (
    SELECT * FROM unnest(CAST(:places AS bigint[]), CAST(:cells AS bigint[]), CAST(:kinds AS text[]),
                         CAST(:abouts AS date[])) AS one (place, cell, kind, about)
), told AS (
    SELECT asked.place, g.account_id FROM asked
    JOIN role_grant g ON g.role = 'cell_secretary' AND g.organisation_id = asked.cell AND {holds_on("g", ":day")}
    UNION
    SELECT asked.place, g.account_id FROM asked
    JOIN organisation_period p ON p.organisation_id = asked.cell AND {holds_on("p", ":day")}
    JOIN role_grant g ON g.role = 'committee' AND g.organisation_id = p.parent_id AND {holds_on("g", ":day")}
    WHERE asked.kind = 'overdue'
    UNION
    SELECT asked.place, g.account_id FROM asked
    JOIN role_grant g ON g.role = 'tenant_admin' AND {holds_on("g", ":day")}
    WHERE asked.kind = 'overdue'
    UNION
    SELECT roll.meeting_id, g.account_id FROM ({attendance_roll(_MEETINGS)}) AS roll
    JOIN role_grant g ON g.role = 'member' AND g.member_id = roll.member_id AND {holds_on("g", ":day")}
)
SELECT told.place, told.account_id, a.email FROM told
JOIN account a ON a.id = told.account_id AND a.disabled_at IS NULL
ORDER BY told.account_id, told.place
""")


def remind(session: TenantSession, registry: Registry, day: date, *, by_mail: bool) -> Made:
    """Writes what a day reminds of, and with `by_mail` a letter to each account with an address that was told something
    new. Doing it again on the same day writes nothing. Raises PluginUnavailable."""
    wanted = setting(session)
    due = occasions(session, registry, wanted, day)
    if not due:
        return Made(0, 0)
    rows = session.execute(
        _RECIPIENTS,
        {
            "places": list(range(len(due))),
            "cells": [one.cell for one in due],
            "kinds": [one.kind for one in due],
            "abouts": [one.about for one in due],
            "day": day,
        },
    ).all()
    new = _write(session, due, [(place, account_id) for place, account_id, _ in rows], day)
    if not (by_mail and wanted.by_mail):
        return Made(len(new), 0)
    addresses = {account_id: email for _, account_id, email in rows if email}
    return Made(len(new), _write_letters(session, due, new, addresses, day))


def _write(
    session: TenantSession, due: Sequence[Occasion], told: Iterable[tuple[int, int]], day: date
) -> list[tuple[int, int]]:
    """`(place in due, account)` of those that were not reminded of it before."""
    places = {(one.cell, one.month, one.kind): place for place, one in enumerate(due)}
    values = [
        {
            "account_id": account_id,
            "organisation_id": due[place].cell,
            "month": due[place].month,
            "kind": due[place].kind,
            "about": due[place].about,
            "day": day,
        }
        for place, account_id in told
    ]
    if not values:
        return []
    written = session.execute(
        insert(Reminder)
        .on_conflict_do_nothing()
        .returning(Reminder.organisation_id, Reminder.month, Reminder.kind, Reminder.account_id),
        values,
    )
    return [(places[cell, month, kind], account_id) for cell, month, kind, account_id in written]


def _write_letters(
    session: TenantSession,
    due: Sequence[Occasion],
    new: Iterable[tuple[int, int]],
    addresses: dict[int, str],
    day: date,
) -> int:
    """One letter a day to each account with an address; how many."""
    committee = session.scalar(select(Tenant.name).where(Tenant.id == session.tenant_id)) or ""
    told: dict[int, list[Occasion]] = {}
    before = _told_before(session, due, list(addresses), day)
    for place, account_id in sorted(new):
        if account_id in addresses:
            one = due[place]
            was = before.get((account_id, one.cell, one.month))
            moved = was is not None and was != one.about and one.kind != OVERDUE
            told.setdefault(account_id, []).append(replace(one, before=was) if moved else one)
    values = [
        {
            "account_id": account_id,
            "day": day,
            "address": addresses[account_id],
            "subject": f"Nhắc lịch sinh hoạt ngày {day:%d/%m/%Y}",
            "body": _body(lines, committee),
        }
        for account_id, lines in told.items()
    ]
    if not values:
        return 0
    written = session.scalars(insert(Letter).on_conflict_do_nothing().returning(Letter.id), values).all()
    session.execute(_JOIN_LETTERS, {"letters": list(written)})
    return len(written)


_TOLD_BEFORE = text("""
SELECT DISTINCT ON (account_id, organisation_id, month) account_id, organisation_id, month, about FROM reminder
WHERE account_id = ANY(:accounts) AND organisation_id = ANY(:cells) AND month = ANY(:months)
  AND kind <> 'overdue' AND day < :day
ORDER BY account_id, organisation_id, month, day DESC, id DESC
""")


def _told_before(
    session: TenantSession, due: Sequence[Occasion], accounts: Sequence[int], day: date
) -> dict[tuple[int, int, date], date]:
    """`{(account, cell, month): day}`: the day of a meeting that each account was last told before a day."""
    binds = {
        "accounts": accounts,
        "cells": [one.cell for one in due],
        "months": [one.month for one in due],
        "day": day,
    }
    return {(row[0], row[1], row[2]): row[3] for row in session.execute(_TOLD_BEFORE, binds)}


_JOIN_LETTERS = text("""
UPDATE reminder AS r SET letter_id = l.id FROM letter AS l
WHERE l.id = ANY(:letters) AND r.account_id = l.account_id AND r.day = l.day AND r.letter_id IS NULL
""")


def _body(lines: Sequence[Occasion], committee: str) -> str:
    told = "\n".join(_told(lines))
    return (
        f"Kính gửi đồng chí,\n\n{told}\n\n"
        f"Xem chi tiết: đăng nhập Bốn Tốt.\n\n"
        f"Thư gửi tự động theo thiết đặt của {committee}. "
        "Không muốn nhận nữa: vào trang Nhắc việc, bỏ địa chỉ thư.\n"
    )


def _told(lines: Sequence[Occasion]) -> Iterator[str]:
    """A line a cell; cells of which the same is said on one."""
    alike: dict[str, list[str]] = {}
    for one in lines:
        alike.setdefault(one.said, []).append(one.name)
    for said, names in alike.items():
        if len(names) == 1:
            yield f"- {names[0]}: {said}."
            continue
        more = f"; và {len(names) - MOST_NAMED} chi bộ khác" if len(names) > MOST_NAMED else ""
        yield f"- {len(names)} chi bộ {said}: {'; '.join(names[:MOST_NAMED])}{more}."
