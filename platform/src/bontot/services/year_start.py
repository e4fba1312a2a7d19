"""The start of a year: opened for pledges by the committee, and how far the pledges of its cells and members are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from bontot.access import Actor, Permission
from bontot.clock import today
from bontot.db.models import Registration, YearOpening
from bontot.db.rolls import headcount
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, noting, refuse_noted
from bontot.services.audit import note
from bontot.services.organisations import OnDay, on_days
from bontot.text import clean


@dataclass(frozen=True, slots=True)
class Opening:
    """A year opened for pledges, to be signed by a day."""

    year: int
    due_on: date
    document: str
    entered_by: str
    entered_at: datetime


def opening(session: TenantSession, year: int) -> Opening | None:
    """How a year was opened, if it was."""
    row = session.get(YearOpening, (session.tenant_id, year))
    return Opening(row.year, row.due_on, row.document, row.entered_by, row.entered_at) if row else None


def openings(session: TenantSession, years: Sequence[int]) -> list[Opening]:
    """The same of several years, those that were opened, in order."""
    rows = session.scalars(select(YearOpening).where(YearOpening.year.in_(years)).order_by(YearOpening.year))
    return [Opening(row.year, row.due_on, row.document, row.entered_by, row.entered_at) for row in rows]


def open_year(session: TenantSession, actor: Actor, year: int, due_on: date, document: str) -> None:
    """Opens this year or the next for pledges, once. Raises InvalidFields."""
    actor.require(Permission.OPEN_YEAR)
    errors: dict[str, str] = {}
    day = today(session)
    if year not in (day.year, day.year + 1):
        errors["year"] = f"Chỉ mở được năm {day.year} hoặc {day.year + 1}."
    elif opening(session, year) is not None:
        errors["year"] = f"Năm {year} đã được mở."
    if not date(year - 1, 10, 1) <= due_on <= date(year, 12, 31):
        errors["due_on"] = f"Hạn đăng ký phải từ 01/10/{year - 1} đến 31/12/{year}."
    with noting(errors, "document"):
        document = clean(document, field="document")
        if not document:
            raise InvalidInput("Cần ghi số, ngày của văn bản triển khai.", "document")
    refuse_noted(errors)
    session.add(YearOpening(year=year, due_on=due_on, document=document, entered_by=actor.name))
    try:
        session.flush()
    except IntegrityError:
        raise InvalidInput(f"Năm {year} đã được mở.", "year") from None
    note(session, "open_year", "tenant", None, actor.account_id, year=year, due_on=str(due_on))


def is_open(session: TenantSession, year: int) -> bool:
    """Whether pledges of a year can be signed: of the one that runs always, of the next once it is opened."""
    running = today(session).year
    return year == running or (year == running + 1 and opening(session, year) is not None)


@dataclass(frozen=True, slots=True)
class CellPledges:
    """A cell's pledges of a year: its own with who signed it, and of how many members how many are signed and confirmed."""

    cell_id: int
    signed_by: str | None
    signed_on: date | None
    confirmed_on: date | None
    members: int
    signed: int
    confirmed: int


_BOARD = text(f"""
SELECT cell.id, signer.full_name, own.signed_on, own.confirmed_on, count(roll.member_id), count(r.id), count(r.confirmed_on)
FROM unnest(CAST(:cells AS bigint[])) AS cell (id)
LEFT JOIN registration AS own ON own.organisation_id = cell.id AND own.year = :year
LEFT JOIN member AS signer ON signer.id = own.signed_by_id
LEFT JOIN ({headcount()}) AS roll ON roll.organisation_id = cell.id
LEFT JOIN registration AS r ON r.member_id = roll.member_id AND r.year = :year
GROUP BY cell.id, signer.full_name, own.signed_on, own.confirmed_on
""")


def of_cells(session: TenantSession, cells: Sequence[int], year: int, day: date) -> dict[int, CellPledges]:
    """How far the pledges of some cells are, with those of the members on their rolls on `day`, by cell."""
    rows = session.execute(_BOARD, {"cells": list(cells), "year": year, "day": day})
    return {row[0]: CellPledges(*row) for row in rows}


def has_signed(session: TenantSession, member_id: int, year: int) -> bool:
    """Whether a member's own pledge for a year is on record."""
    statement = select(Registration.id).where(Registration.member_id == member_id, Registration.year == year)
    return session.scalar(statement) is not None


@dataclass(frozen=True, slots=True)
class MemberPledge:
    """A member on a cell's roll, with the pledge of a year if there is one."""

    member_id: int
    public_id: UUID
    full_name: str
    card_number: str | None
    birth_year: int | None
    signed_on: date | None
    confirmed_on: date | None
    signed_account_id: int | None


_MEMBERS = text(f"""
SELECT asked.id, asked.day, m.id, m.public_id, m.full_name, m.card_number,
       CAST(extract(year FROM m.birth_date) AS integer), r.signed_on, r.confirmed_on, r.signed_account_id
FROM unnest(CAST(:ids AS bigint[]), CAST(:days AS date[])) AS asked (id, day)
JOIN LATERAL ({headcount("asked.day")}) AS roll ON roll.organisation_id = asked.id
JOIN member AS m ON m.id = roll.member_id
LEFT JOIN registration AS r ON r.member_id = m.id AND r.year = :year
ORDER BY m.sort_key, m.birth_date, m.id
""")


def of_members(session: TenantSession, cell_id: int, year: int, day: date) -> list[MemberPledge]:
    """The pledges of a cell's members on `day`, by given name."""
    return of_members_of(session, [(cell_id, day)], year)[cell_id, day]


def of_members_of(
    session: TenantSession, asked: Iterable[OnDay], year: int
) -> dict[OnDay, list[MemberPledge]]:
    """The same of several cells, each on a day, in one statement."""
    found: dict[OnDay, list[MemberPledge]] = {one: [] for one in asked}
    for id_, day, *told in session.execute(_MEMBERS, {"year": year, **on_days(found)}):
        found[id_, day].append(MemberPledge(*told))
    return found


_LAST_RATINGS = text("""
SELECT DISTINCT ON (organisation_id) organisation_id, level, year FROM annual_rating
WHERE organisation_id = ANY(:cells) AND year < :year ORDER BY organisation_id, year DESC
""")


def last_rating(session: TenantSession, cell_id: int, year: int) -> tuple[str, int] | None:
    """A cell's latest rating before a year: its level and the year."""
    return last_ratings(session, [cell_id], year).get(cell_id)


def last_ratings(session: TenantSession, cells: Iterable[int], year: int) -> dict[int, tuple[str, int]]:
    """The same of several cells, by cell."""
    rows = session.execute(_LAST_RATINGS, {"cells": sorted(cells), "year": year})
    return {cell: (level, of) for cell, level, of in rows}
