"""Who is due for official recognition and for badges, as a workbook: a tab for each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import Response

from bontot.services.people.due import Badge, Probationer
from bontot.web.filters import known
from bontot.web.sheets import Column, several, tab

PROBATIONERS = (
    Column[Probationer]("Họ và tên", lambda one: one.full_name),
    Column[Probationer]("Chi bộ", lambda one: one.cell),
    Column[Probationer]("Kết nạp", lambda one: one.begun),
    Column[Probationer]("Hết dự bị", lambda one: one.due),
    Column[Probationer]("Chi bộ xét chậm nhất", lambda one: one.limit),
)
BADGES = (
    Column[Badge]("Họ và tên", lambda one: one.full_name),
    Column[Badge]("Chi bộ", lambda one: one.cell),
    Column[Badge]("Huy hiệu (năm)", lambda one: one.years),
    Column[Badge](
        "Đủ tuổi đảng ngày",
        lambda one: one.reached if one.precision == "day" else known(one.reached, one.precision),
    ),
)


def due_sheet(
    day: date, occasion: date, probationers: Sequence[Probationer], badges: Sequence[Badge]
) -> Response:
    """Both lists of the page, of a day and of an occasion."""
    return several(
        "den-han",
        (
            tab("Hết dự bị", f"Hết 12 tháng dự bị, tính đến ngày {day:%d/%m/%Y}", PROBATIONERS, probationers),
            tab("Huy hiệu Đảng", f"Huy hiệu Đảng dịp {occasion:%d/%m/%Y}", BADGES, badges),
        ),
    )
