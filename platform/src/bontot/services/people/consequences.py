"""What an event of a member would change, found by trying it: the counts of every cell concerned, before and after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, text

from bontot.db.models import Meeting, Membership
from bontot.db.models.organisation import CELL_TYPES
from bontot.db.rolls import counted_on
from bontot.db.tenancy import TenantSession
from bontot.services.people.events import Place
from bontot.services.trying import tried

_ORDER = ("headcount", "attendance", "voting")


@dataclass(frozen=True, slots=True)
class Shift:
    """One count of one cell that an event changes, on the event's day: `use` is a count of `bontot.db.rolls`."""

    cell: str
    use: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Consequences:
    """What an event would change from its day on: the counts, and how many meetings recorded since are counted anew;
    and where somebody of the same name and day of birth is at home, when somebody is admitted."""

    shifts: tuple[Shift, ...]
    meetings: int = 0
    namesakes: tuple[str, ...] = ()

    @property
    def by_cell(self) -> dict[str, list[Shift]]:
        """The shifts of each cell, those left first."""
        found: dict[str, list[Shift]] = {}
        for shift in self.shifts:
            found.setdefault(shift.cell, []).append(shift)
        return found


def consequences(
    session: TenantSession,
    member_id: int | None,
    day: date,
    act: Callable[[], object],
    cells: list[int] | None = None,
) -> Consequences:
    """The counts of every cell concerned before and after `act`, which is then undone."""
    before_cells = cells if cells is not None else _cells(session, member_id)
    with tried(session):
        act()
        session.flush()
        concerned = sorted({*before_cells, *(_cells(session, member_id) if cells is None else cells)})
        after = counted_on(session, concerned, day)
    before = counted_on(session, concerned, day)
    names = {cell: place.name for cell in concerned if (place := place_on(session, cell, day))}
    turned = [key for key in after if before[key] != after[key]]
    since = select(func.count()).where(
        Meeting.organisation_id.in_({cell for _, cell in turned}), Meeting.held_on >= day
    )
    return Consequences(
        tuple(
            Shift(names[cell], use, len(before[use, cell]), len(after[use, cell]))
            for use, cell in sorted(
                turned, key=lambda key: (len(after[key]) > len(before[key]), key[1], _ORDER.index(key[0]))
            )
        ),
        session.scalar(since) or 0,
    )


def _cells(session: TenantSession, member_id: int | None) -> list[int]:
    return list(
        session.scalars(
            select(Membership.organisation_id).where(Membership.member_id == member_id).distinct()
        )
    )


_PLACE = text("""
SELECT o.id, p.name, p.type, o.founded_on, o.ended_on
FROM organisation o JOIN organisation_period p ON p.organisation_id = o.id
WHERE o.id = :organisation ORDER BY (p.valid_from <= :day) DESC, abs(p.valid_from - CAST(:day AS date)) LIMIT 1
""")


def place_on(session: TenantSession, organisation_id: int, day: date) -> Place | None:
    """An organisation as it was described on a day, or nearest to it; None for an unknown one."""
    row = session.execute(_PLACE, {"organisation": organisation_id, "day": day}).first()
    return Place(row[0], row[1], row[2] in CELL_TYPES, row[3], row[4]) if row else None
