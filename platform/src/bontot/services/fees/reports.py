"""The report on fees of a period: what was collected, kept and passed on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import text

from bontot.db.rolls import headcount
from bontot.db.tenancy import TenantSession
from bontot.evaluation.period import next_month
from bontot.services.fees.below import BELOW
from bontot.services.fees.settings import read
from bontot.services.fees.shares import Share, collected, share_of
from bontot.services.organisations import ends_of

DAY = timedelta(days=1)
COLUMNS = ("residential", "enterprise", "other")
"""The columns of the report: communes and wards, enterprises, others."""
_COLUMN_OF = {
    "residential": "residential",
    "state_enterprise": "enterprise",
    "private_enterprise": "enterprise",
}


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
        return self.end - DAY


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


_REMITTED = text("""
SELECT organisation_id, CAST(sum(amount) AS bigint) FROM fee_remittance
WHERE organisation_id = ANY(:tops) AND remitted_on >= :since AND remitted_on < :until GROUP BY 1
""")
_MEMBERS = text(f"""
{BELOW}
SELECT c.top_id, c.sector, count(*)
FROM unnest(CAST(:tops AS bigint[]), CAST(:days AS date[])) AS asked (id, day)
JOIN cells AS c ON c.top_id = asked.id AND c.since <= asked.day AND asked.day < c.until
JOIN LATERAL ({headcount("asked.day")}) AS roll ON roll.organisation_id = c.id
WHERE roll.organisation_id = ANY(ARRAY(SELECT id FROM cells)) GROUP BY 1, 2
""")


def report(session: TenantSession, top_id: int, *, is_cell: bool, period: Period) -> list[Row]:
    """The report of a body or a cell on a period: its fourteen lines, by columns and in all (dossier, rules §5).

    What a cell took counts for the body it stood below on that day. What a month's collection keeps is reckoned month by
    month with the shares of its first day, so that the months of a year add up to the year. Members are those of the
    period's last day, or of the body's own.
    """
    return reports_of(session, {top_id: is_cell}, period)[top_id]


def reports_of(session: TenantSession, tops: Mapping[int, bool], period: Period) -> dict[int, list[Row]]:
    """The same of several, each with whether it is a cell, in as many statements as of one; with an entry for each."""
    settings = read(session)
    sheets = {top: {name: Column() for name in COLUMNS} for top in tops}
    binds = {"tops": list(tops), "since": date(period.year, 1, 1), "until": period.end}
    for one in collected(session, binds):
        share = share_of(settings, one.type, one.month, one.amount, of_cell=tops[one.top_id])
        column = sheets[one.top_id][_COLUMN_OF.get(one.sector, "other")]
        column.year.add(share)
        if one.month >= period.first:
            column.period.add(share)
    ends = ends_of(session, tops)
    days = [period.last if (end := ends[top]) is None else min(period.last, end - DAY) for top in tops]
    for top, sector, members in session.execute(_MEMBERS, binds | {"days": days}):
        sheets[top][_COLUMN_OF.get(sector, "other")].members += members
    remitted: dict[int, int] = {row[0]: row[1] for row in session.execute(_REMITTED, binds)}
    return {top: _sheet(sheets[top].values(), remitted.get(top, 0)) for top in tops}


def _sheet(columns: Collection[Column], remitted: int) -> list[Row]:
    """The lines of some columns and of the whole."""
    whole = Column(remitted=remitted)
    for column in columns:
        whole.members += column.members
        whole.period.add(column.period)
        whole.year.add(column.year)
    return _rows([*columns, whole])


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


def quarter(year: int, number: int) -> Period:
    """A quarter, 1 to 4."""
    first = date(year, number * 3 - 2, 1)
    return Period(first, next_month(next_month(next_month(first))))


def one_month(month: date) -> Period:
    """A month by its first day."""
    return Period(month, next_month(month))
