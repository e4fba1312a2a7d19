"""What cells took, and what of it is kept at each level and what passed on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import text

from bontot.db.tenancy import TenantSession
from bontot.policy.fees import retained_of
from bontot.services.fees.below import BELOW
from bontot.services.fees.settings import RETAINED, Settings

BASE, BASE_CELL = "grassroots_committee", "grassroots_cell"


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


class Collected(NamedTuple):
    """What a cell took in a month while it stood below a body, of a type and sector."""

    top_id: int
    cell_id: int
    type: str
    sector: str
    month: date
    amount: int


_COLLECTED = f"""
{BELOW}
SELECT c.top_id, c.id, c.type, c.sector, CAST(date_trunc('month', t.paid_on) AS date), CAST(sum(t.amount) AS bigint)
FROM cells AS c JOIN fee_payment AS t ON t.organisation_id = c.id AND t.paid_on >= c.since AND t.paid_on < c.until
WHERE t.paid_on >= :since AND t.paid_on < :until
"""
_BY_MONTH = "GROUP BY c.top_id, c.id, c.type, c.sector, date_trunc('month', t.paid_on)"
_BY_ALL = text(f"{_COLLECTED} {_BY_MONTH}")
_BY_SOME = text(f"{_COLLECTED} AND c.id = ANY(:ids) {_BY_MONTH}")


def collected(session: TenantSession, binds: Mapping[str, object]) -> Iterator[Collected]:
    """What the cells below each of `tops` took from `since` until `until`, by cell and month; with `ids` those alone."""
    statement = _BY_SOME if "ids" in binds else _BY_ALL
    return (Collected(*row) for row in session.execute(statement, binds))


def share_of(settings: Settings, kind: str, month: date, amount: int, *, of_cell: bool) -> Share:
    """What is kept of a month's collection: by the cell, and where the report is a body's, by the body. A base cell is the
    base organisation itself."""
    cell = settings.retained(kind, month)
    if kind == BASE_CELL and cell is not None:
        return Share(amount, base=retained_of(amount, cell))
    base = 0 if of_cell else settings.value(RETAINED + BASE, month)
    if cell is None or base is None:
        return Share(amount, unknown=amount != 0)
    return Share(amount, retained_of(amount, cell), retained_of(amount, base))
