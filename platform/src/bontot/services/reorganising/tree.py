"""The organisations that an act names, as they stand on its day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from bontot.db.models.organisation import CELL_TYPES
from bontot.db.rolls import holds_on
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation on a day: its period then, and the day after which nothing of it was recorded yet, where something
    was."""

    id: int
    period_id: int | None
    since: date | None
    parent_id: int | None
    name: str
    code: str
    type: str
    sector: str
    founded_on: date
    ended_on: date | None
    later: date | None

    @property
    def is_cell(self) -> bool:
        """Whether it meets as a cell."""
        return self.type in CELL_TYPES


_UNITS = f"""
SELECT o.id, p.id, p.valid_from, p.parent_id, coalesce(p.name, last.name), coalesce(p.code, last.code),
       coalesce(p.type, last.type), coalesce(p.sector, last.sector), o.founded_on, o.ended_on,
       CASE WHEN last.valid_from > :day THEN last.valid_from END
FROM organisation AS o
JOIN LATERAL (SELECT q.name, q.code, q.type, q.sector, q.valid_from FROM organisation_period AS q
              WHERE q.organisation_id = o.id ORDER BY q.valid_from DESC LIMIT 1) AS last ON true
LEFT JOIN organisation_period AS p ON p.organisation_id = o.id AND {holds_on("p", ":day")}
"""
_NAMED = text(f"{_UNITS} WHERE o.id = ANY(:ids) OR p.parent_id = ANY(:tops)")
_LIVING = text(f"""
{_UNITS} WHERE p.id IS NOT NULL AND o.founded_on <= :day AND (o.ended_on IS NULL OR :day < o.ended_on)
""")


def units(session: TenantSession, ids: Iterable[int], tops: Iterable[int], day: date) -> dict[int, Unit]:
    """Those of some ids, and those directly below `tops`, by id."""
    rows = session.execute(_NAMED, {"ids": sorted(ids), "tops": sorted(tops), "day": day})
    return {row[0]: Unit(*row) for row in rows}


def living(session: TenantSession, day: date) -> dict[int, Unit]:
    """All that exist on a day, by id."""
    return {row[0]: Unit(*row) for row in session.execute(_LIVING, {"day": day})}


def check_open(unit: Unit, day: date, *, begun_before: bool) -> None:
    """It exists on the day, with `begun_before` the day before too, and nothing later was recorded of it. Raises
    InvalidInput."""
    if unit.ended_on is not None:
        raise InvalidInput(f"{unit.name} đã kết thúc từ ngày {unit.ended_on:%d/%m/%Y}.", "day")
    if unit.period_id is None or (begun_before and unit.founded_on >= day):
        raise InvalidInput(
            f"{unit.name} thành lập ngày {unit.founded_on:%d/%m/%Y}; việc này phải sau ngày đó.", "day"
        )
    if begun_before and unit.later is not None:
        raise InvalidInput(
            f"{unit.name} đã có thay đổi khác từ ngày {unit.later:%d/%m/%Y}; hãy lấy lại việc ấy trước, "
            "hoặc chọn ngày sau đó.",
            "day",
        )
