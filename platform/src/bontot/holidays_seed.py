"""The first content of the calendar of days off: the `holidays` package and what it lacks.

Only a seed: the records in the database are what counts, and an operator edits those.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from importlib.metadata import version

import holidays

from bontot.plugin import DayKind, DayOff, hookimpl

SWAPPED = re.compile(r"thay cho ngày (\d{2}/\d{2}/\d{4})")
COMPENSATORY = "nghỉ bù"
LAST_ANNOUNCED = 2026
"""The last year whose days off were published; later years are computed by rule and marked as projected."""

NOTICE_2026 = "Thông báo 12729/VPCP-KGVX ngày 25/12/2025"
OVERLAY = (
    DayOff(
        day=date(2026, 1, 2),
        kind=DayKind.SWAPPED_OFF,
        name="Ngày nghỉ (thay cho ngày 10/01/2026)",
        source=NOTICE_2026,
    ),
    DayOff(
        day=date(2026, 1, 10),
        kind=DayKind.WORKED_SATURDAY,
        name="Làm bù cho ngày 02/01/2026",
        source=NOTICE_2026,
    ),
)
"""Records the package does not have."""


@hookimpl
def bontot_holidays(year: int) -> tuple[DayOff, ...]:
    """The days off and worked Saturdays that fall in `year`, by date: statutory, compensatory and swapped
    days of the package, classified by its Vietnamese names, with the overlay laid over them."""
    packaged = holidays.country_holidays("VN", years=(year - 1, year, year + 1), language="vi")
    records = {
        (record.day, record.kind): record
        for day, names in sorted(packaged.items())
        for name in names.split("; ")
        for record in _records(day, name)
    }
    records |= {(record.day, record.kind): record for record in OVERLAY}
    in_year = [record for record in records.values() if record.day.year == year]
    return tuple(sorted(in_year, key=lambda record: (record.day, record.kind)))


def _records(day: date, name: str) -> Iterator[DayOff]:
    source, projected = f"gói holidays {version('holidays')}", day.year > LAST_ANNOUNCED
    if swap := SWAPPED.search(name):
        worked = datetime.strptime(swap[1], "%d/%m/%Y").date()  # noqa: DTZ007 - a day, not an instant
        yield DayOff(day=day, kind=DayKind.SWAPPED_OFF, name=name, source=source)
        yield DayOff(
            day=worked, kind=DayKind.WORKED_SATURDAY, name=f"Làm bù cho ngày {day:%d/%m/%Y}", source=source
        )
        return
    kind = DayKind.COMPENSATORY if COMPENSATORY in name else DayKind.STATUTORY
    yield DayOff(day=day, kind=kind, name=name, source=source, projected=projected)
