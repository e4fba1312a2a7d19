"""What a superior sees of a year: the cells below, month by month and criterion by criterion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from bontot.db.tenancy import TenantSession
from bontot.evaluation.runs import RunHeader, counts, current_runs
from bontot.evaluation.schedule import MonthView, board
from bontot.policy.calendar import MonthStatus
from bontot.policy.terms import Subject
from bontot.registry import Registry
from bontot.services.organisations import Node
from bontot.services.paging import Page, cut

IN_TIME = frozenset({MonthStatus.ON_SCHEDULE, MonthStatus.WITHIN_DEADLINE})
OPEN = frozenset({MonthStatus.UPCOMING, MonthStatus.DUE})


@dataclass(frozen=True, slots=True)
class CellYear:
    """A cell with its twelve months, and the body directly above it."""

    cell: Node
    above: Node | None
    months: list[MonthView]

    @property
    def decided(self) -> int:
        """Months that count and are no longer open."""
        return sum(month.planned.counts and month.standing.status not in OPEN for month in self.months)

    @property
    def in_time(self) -> int:
        """Months that count in which it met in time."""
        return sum(month.planned.counts and month.standing.status in IN_TIME for month in self.months)


def year_by_month(
    session: Session,
    registry: Registry,
    cells: Sequence[tuple[Node, Node | None]],
    year: int,
    today: date,
    number: int,
) -> Page[CellYear]:
    """A page of some cells, each with the body above it, with their months of a year; a cell that did not exist in it has
    none. Raises PluginUnavailable."""
    shown = cut(cells, number)
    months = board(session, registry, [cell.id for cell, _ in shown], year, today)
    return Page([CellYear(cell, above, months.get(cell.id, [])) for cell, above in shown], number, len(cells))


@dataclass(frozen=True, slots=True)
class Table:
    """One way cells are judged in a year: a run as it stands, and the number of its scheme."""

    header: RunHeader
    scheme: int


def year_by_criterion(session: TenantSession, year: int, among: Sequence[int]) -> list[Table]:
    """The ways some cells are judged in a year by the runs in force, as they stand since; those with a title first."""
    tables = []
    for header in current_runs(session, year):
        judged = counts(session, header.now, among)
        tables += [
            Table(header.now, number)
            for number, scheme in enumerate(header.rules.schemes)
            if scheme.subject is Subject.CELL and judged[number]
        ]
    return sorted(tables, key=lambda table: table.header.rules.schemes[table.scheme].title is None)
