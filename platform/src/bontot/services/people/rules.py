"""What must hold of a member's dates, cells and intervals, however they come in: by workbook or one by one.

Each refuses with the sentence for its writer and the field it stands beside.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from bontot.errors import InvalidInput

YOUNGEST = 18
"""Whole calendar years between birth and admission, by Article 1 of the Party Charter; days may be known by year only."""

Interval = tuple[date, date | None]
"""`[since, until)`, an open end is None."""


class Cell(Protocol):
    """An organisation somebody may belong to."""

    @property
    def name(self) -> str: ...

    @property
    def is_cell(self) -> bool: ...

    def exists(self, day: date) -> bool:
        """Whether it was founded and not ended on a day."""


def years_later(day: date, years: int) -> date:
    """The same day of the year so many years later; 29 February becomes 28 where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def check_dates(birth: date | None, admission: date | None, official: date | None) -> None:
    """The order of the days of a Party life; any may be unknown."""
    if birth and admission and admission <= birth:
        raise InvalidInput("Ngày vào Đảng phải sau ngày sinh.", "admission")
    if birth and admission and admission.year - birth.year < YOUNGEST:
        raise InvalidInput(
            f"Vào Đảng khi chưa đủ {YOUNGEST} tuổi; hãy kiểm tra ngày sinh và ngày vào Đảng.", "admission"
        )
    if admission and official and official < admission:
        raise InvalidInput("Ngày chính thức phải sau ngày vào Đảng.", "official_date")


def meets(one: Interval, since: date, until: date | None) -> bool:
    """Whether `one` and `[since, until)` share a day."""
    return (until is None or one[0] < until) and (one[1] is None or since < one[1])


def check_free(
    taken: Iterable[Interval], since: date, until: date | None, what: str, field: str, last: str = ""
) -> None:
    """`[since, until)` has a day, and none of those `taken`. `last` is the field of the end, where it has one."""
    if until is not None and until <= since:
        raise InvalidInput("Ngày kết thúc trước ngày bắt đầu.", last or field)
    for one in taken:
        if meets(one, since, until):
            raise InvalidInput(f"{what} chồng lên khoảng đã có, bắt đầu ngày {one[0]:%d/%m/%Y}.", field)


def check_exists(cell: Cell, day: date, field: str) -> None:
    """The organisation is there on a day."""
    if not cell.exists(day):
        raise InvalidInput(f"{cell.name} chưa thành lập hoặc đã kết thúc vào ngày {day:%d/%m/%Y}.", field)


def check_is_cell(cell: Cell, field: str) -> None:
    """Members belong to cells."""
    if not cell.is_cell:
        raise InvalidInput(f"{cell.name} không phải chi bộ; đảng viên sinh hoạt tại chi bộ.", field)


def check_leaving(who: str, home: Interval | None, day: date, field: str) -> None:
    """Whoever leaves a cell on a day was at home there before, and has not left since."""
    if home is None or home[0] >= day:
        raise InvalidInput(f"Trước ngày {day:%d/%m/%Y} đồng chí {who} chưa thuộc chi bộ nào.", field)
    if home[1] is not None:
        raise InvalidInput(f"Đồng chí {who} đã chuyển khỏi chi bộ này ngày {home[1]:%d/%m/%Y}.", field)


def check_new_cell(
    who: str,
    cell: Cell,
    home: Cell,
    days_there: Iterable[Interval],
    since: date,
    until: date | None,
    field: str,
) -> None:
    """The cell somebody goes to is another one, is there, and does not have the member already; `days_there` are the
    memberships held in it."""
    if cell is home or not cell.is_cell:
        raise InvalidInput("Chi bộ mới phải là một chi bộ khác.", field)
    check_exists(cell, since, field)
    if any(meets(one, since, until) for one in days_there):
        raise InvalidInput(f"Đồng chí {who} đã sinh hoạt tại {cell.name} trong thời gian này.", field)
