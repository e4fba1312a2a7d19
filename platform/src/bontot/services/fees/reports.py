"""What was collected, kept and passed on: the report on fees of a period, and the year of the cells below a body."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import text

from bontot.access import Actor, Permission
from bontot.clock import today
from bontot.db.models import FeeRemittance, Organisation
from bontot.db.models.organisation import CELL_TYPES
from bontot.db.rolls import headcount, holds_on
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, noting, refuse_noted
from bontot.evaluation.period import next_month
from bontot.policy.fees import retained_of
from bontot.policy.words import figure as number
from bontot.services.audit import note
from bontot.services.fees.ledger import months_of
from bontot.services.fees.recording import HIGHEST
from bontot.services.fees.settings import RETAINED, Settings, read
from bontot.services.organisations import Node
from bontot.text import clean

COLUMNS = ("residential", "enterprise", "other")
"""The columns of the report: communes and wards, enterprises, others."""
_COLUMN_OF = {
    "residential": "residential",
    "state_enterprise": "enterprise",
    "private_enterprise": "enterprise",
}
BASE, BASE_CELL = "grassroots_committee", "grassroots_cell"


@dataclass(frozen=True, slots=True)
class Period:
    """The months of a report, `[first, end)`."""

    first: date
    end: date

    @property
    def year(self) -> int:
        """The year it is in."""
        return self.first.year

    @property
    def last(self) -> date:
        """Its last day."""
        return self.end - timedelta(days=1)


@dataclass(slots=True)
class Share:
    """Đồng collected and what of them is kept at each level; `unknown` where no share is in force for money there is."""

    collected: int = 0
    cell: int = 0
    base: int = 0
    unknown: bool = False

    def add(self, other: Share) -> None:
        """Adds another sum to this one."""
        self.collected += other.collected
        self.cell += other.cell
        self.base += other.base
        self.unknown = self.unknown or other.unknown

    @property
    def kept(self) -> int:
        """What is kept at both levels."""
        return self.cell + self.base

    @property
    def upward(self) -> int:
        """What is to be passed on."""
        return self.collected - self.kept


@dataclass(slots=True)
class Column:
    """One column of the report: members at its end, the period's and the year's sums; of the whole, what was passed on."""

    members: int = 0
    period: Share = field(default_factory=Share)
    year: Share = field(default_factory=Share)
    remitted: int = 0

    @property
    def owed(self) -> int:
        """What is still to be passed on of the year."""
        return self.year.upward - self.remitted


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the report by its code: a figure for each column and the whole, None where no share is decided."""

    code: str
    label: str
    figures: tuple[int | None, ...]


_COLLECTED = text("""
SELECT organisation_id, CAST(date_trunc('month', paid_on) AS date), CAST(sum(amount) AS bigint) FROM fee_payment
WHERE organisation_id = ANY(:cells) AND paid_on >= :since AND paid_on < :until GROUP BY 1, 2
""")
_GONE = text("""
WITH RECURSIVE gone AS (
    SELECT unnest(CAST(:living AS bigint[])) AS id, CAST(NULL AS text) AS type, CAST(NULL AS text) AS sector
    UNION
    SELECT p.organisation_id, p.type, p.sector FROM gone
    JOIN organisation_period AS p ON p.parent_id = gone.id
    JOIN organisation AS o ON o.id = p.organisation_id AND o.ended_on = p.valid_to AND o.ended_on <= :last
)
SELECT id, type, sector FROM gone WHERE type = ANY(:cells)
""")
_REMITTED = text("""
SELECT organisation_id, CAST(sum(amount) AS bigint) FROM fee_remittance
WHERE organisation_id = ANY(:among) AND remitted_on >= :since AND remitted_on < :until GROUP BY 1
""")
_MEMBERS = text(f"""
SELECT organisation_id, count(*) FROM ({headcount()}) AS roll WHERE organisation_id = ANY(:cells) GROUP BY 1
""")


def report(session: TenantSession, top: Node, cells: Sequence[Node], period: Period) -> list[Row]:
    """The report of a body or a cell on a period: its fourteen lines, by columns and in all (dossier, rules §5).

    What a month's collection keeps is reckoned month by month with the shares of its first day, so that the months of a year
    add up to the year. What a cell collected that has ended since counts with the body it ended below.
    """
    settings = read(session)
    columns = {name: Column() for name in COLUMNS}
    known = [(cell.id, cell.type, cell.sector) for cell in cells]
    known += session.execute(
        _GONE, {"living": sorted(top.ids), "last": period.last, "cells": list(CELL_TYPES)}
    )
    of_cell = {id_: columns[_COLUMN_OF.get(sector, "other")] for id_, _, sector in known}
    types = {id_: kind for id_, kind, _ in known}
    since = date(period.year, 1, 1)
    binds = {"cells": sorted(of_cell), "since": since, "until": period.end}
    for cell, month, amount in session.execute(_COLLECTED, binds):
        share = _share(settings, types[cell], top, month, amount)
        of_cell[cell].year.add(share)
        if month >= period.first:
            of_cell[cell].period.add(share)
    for cell, members in session.execute(_MEMBERS, {"cells": sorted(of_cell), "day": period.last}):
        of_cell[cell].members += members
    whole = Column()
    for column in columns.values():
        whole.members += column.members
        whole.period.add(column.period)
        whole.year.add(column.year)
    remitted = session.execute(_REMITTED, {**binds, "among": [top.id]}).first()
    whole.remitted = remitted[1] if remitted else 0
    return _rows([*columns.values(), whole])


def _share(settings: Settings, kind: str, top: Node, month: date, amount: int) -> Share:
    """What is kept of a month's collection: by the cell, and where the report is a body's, by the body. A base cell is the
    base organisation itself."""
    cell = settings.retained(kind, month)
    if kind == BASE_CELL and cell is not None:
        return Share(amount, base=retained_of(amount, cell))
    base = 0 if top.is_cell else settings.value(RETAINED + BASE, month)
    if cell is None or base is None:
        return Share(amount, unknown=amount != 0)
    return Share(amount, retained_of(amount, cell), retained_of(amount, base))


def _rows(columns: Sequence[Column]) -> list[Row]:
    def row(code: str, label: str, figures: Iterable[int | None]) -> Row:
        return Row(code, label, tuple(figures))

    def kept(of: str, what: str) -> list[int | None]:
        shares = [getattr(column, of) for column in columns]
        return [None if share.unknown else getattr(share, what) for share in shares]

    nothing = [0 for _ in columns]
    return [
        row("01", "Số đảng viên đến cuối kỳ", (column.members for column in columns)),
        row("02", "Đảng phí thu được trong kỳ", (column.period.collected for column in columns)),
        row("03", "Đảng phí thu được từ đầu năm", (column.year.collected for column in columns)),
        row("04", "Trích giữ lại trong kỳ (05 + 06 + 07)", kept("period", "kept")),
        row("05", "Chi bộ, đảng bộ bộ phận", kept("period", "cell")),
        row("06", "Tổ chức cơ sở đảng", kept("period", "base")),
        row("07", "Cấp trên cơ sở", nothing),
        row("08", "Trích giữ lại từ đầu năm (09 + 10 + 11)", kept("year", "kept")),
        row("09", "Chi bộ, đảng bộ bộ phận", kept("year", "cell")),
        row("10", "Tổ chức cơ sở đảng", kept("year", "base")),
        row("11", "Cấp trên cơ sở", nothing),
        row("12", "Phải nộp cấp trên trong kỳ (02 − 04)", kept("period", "upward")),
        row("13", "Phải nộp cấp trên từ đầu năm (03 − 08)", kept("year", "upward")),
        row("14", "Còn phải nộp cấp trên", _owed(columns)),
    ]


def _owed(columns: Sequence[Column]) -> list[int | None]:
    """What is still to be passed on in all; money passed on is of no one column, unless there is but one."""
    *parts, whole = columns
    owed = None if whole.year.unknown else whole.owed
    filled = [column for column in parts if column.members or column.year.collected]
    alone = filled[0] if len(filled) == 1 else None
    return [*(owed if column is alone else None if column in filled else 0 for column in parts), owed]


@dataclass(frozen=True, slots=True)
class MonthState:
    """A cell's month: lines written, members who have not paid in full, đồng due and paid."""

    month: date
    lines: int = 0
    unpaid: int = 0
    due: int = 0
    paid: int = 0

    @property
    def percent(self) -> int:
        """Of a hundred đồng due, how many were paid, rounded down."""
        return self.paid * 100 // self.due if self.due else 100


@dataclass(frozen=True, slots=True)
class CellFees:
    """A cell's year: its months; collected, to be passed on (None where no share is decided) and passed on."""

    cell: Node
    above: Node | None
    months: list[MonthState]
    collected: int
    upward: int | None
    remitted: int

    @property
    def owed(self) -> int | None:
        """What it still has to pass on."""
        return None if self.upward is None else self.upward - self.remitted


_MONTHS = text(f"""
SELECT s.organisation_id, f.month, count(*), count(*) FILTER (WHERE f.paid < f.due AND NOT f.exempt),
       CAST(sum(CASE WHEN f.exempt THEN 0 ELSE f.due END) AS bigint), CAST(sum(f.paid) AS bigint)
FROM fee AS f
JOIN membership AS s ON s.member_id = f.member_id AND s.kind = 'home' AND {holds_on("s", "f.month")}
WHERE f.month >= :since AND f.month < :until AND s.organisation_id = ANY(:cells)
GROUP BY 1, 2
""")


def year_of_cells(
    session: TenantSession, cells: Sequence[tuple[Node, Node | None]], year: int
) -> list[CellFees]:
    """The fees of some cells in a year, each with the body above it, in the order given."""
    settings, ids = read(session), [cell.id for cell, _ in cells]
    binds = {"cells": ids, "among": ids, "since": date(year, 1, 1), "until": date(year + 1, 1, 1)}
    states: dict[int, dict[date, MonthState]] = defaultdict(dict)
    for cell_id, *state in session.execute(_MONTHS, binds):
        states[cell_id][state[0]] = MonthState(*state)
    types, sums = {cell.id: cell for cell, _ in cells}, {cell_id: Share() for cell_id in ids}
    for cell_id, month, amount in session.execute(_COLLECTED, binds):
        cell = types[cell_id]
        sums[cell_id].add(_share(settings, cell.type, cell, month, amount))
    remitted: dict[int, int] = {row[0]: row[1] for row in session.execute(_REMITTED, binds)}
    return [
        CellFees(
            cell,
            above,
            [states[cell.id].get(month, MonthState(month)) for month in months_of(year)],
            sums[cell.id].collected,
            None if sums[cell.id].unknown else sums[cell.id].upward,
            remitted.get(cell.id, 0),
        )
        for cell, above in cells
    ]


def remit(
    session: TenantSession,
    actor: Actor,
    organisation_id: int,
    amount: int,
    remitted_on: date,
    document: str = "",
) -> None:
    """Enters money an organisation passed on to the body above; a negative amount takes back part of an earlier entry and
    needs a document or a reason. Raises InvalidFields."""
    actor.require(Permission.RECEIVE_FEE)
    errors: dict[str, str] = {}
    if not amount or abs(amount) > HIGHEST * 10:
        errors["amount"] = f"Nhập số tiền đã nộp, không quá {number(HIGHEST * 10)} đồng."
    if remitted_on > today(session):
        errors["remitted_on"] = "Ngày nộp chưa đến."
    founded = session.get_one(Organisation, (session.tenant_id, organisation_id)).founded_on
    if remitted_on < founded:
        errors["remitted_on"] = f"Tổ chức thành lập ngày {founded:%d/%m/%Y}."
    with noting(errors, "document"):
        document = clean(document, field="document")
        if amount < 0 and not document:
            raise InvalidInput("Ghi giảm thì cần ghi lý do.", "document")
    refuse_noted(errors)
    session.add(
        FeeRemittance(
            organisation_id=organisation_id,
            amount=amount,
            remitted_on=remitted_on,
            document=document or None,
            entered_by=actor.name,
        )
    )
    note(
        session,
        "receive_fees",
        "organisation",
        organisation_id,
        actor.account_id,
        amount=amount,
        remitted_on=str(remitted_on),
    )


@dataclass(frozen=True, slots=True)
class Remittance:
    """One entry of money passed on."""

    remitted_on: date
    amount: int
    document: str | None
    entered_by: str


_ENTRIES = text("""
SELECT remitted_on, amount, document, entered_by FROM fee_remittance
WHERE organisation_id = :organisation AND remitted_on >= make_date(:year, 1, 1) AND remitted_on < make_date(:year + 1, 1, 1)
ORDER BY remitted_on, id LIMIT 200
""")


def remittances(session: TenantSession, organisation_id: int, year: int) -> list[Remittance]:
    """What an organisation passed on in a year, by day."""
    rows = session.execute(_ENTRIES, {"organisation": organisation_id, "year": year})
    return [Remittance(*row) for row in rows]


def quarter(year: int, number: int) -> Period:
    """A quarter, 1 to 4."""
    first = date(year, number * 3 - 2, 1)
    return Period(first, next_month(next_month(next_month(first))))


def one_month(month: date) -> Period:
    """A month by its first day."""
    return Period(month, next_month(month))
