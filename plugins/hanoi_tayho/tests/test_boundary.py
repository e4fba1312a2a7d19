"""85 % of attendance falls between two people in most cells; whole numbers decide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from bontot.testing.case_records import Case, Expected, Meeting, Organisation
from bontot.testing.distribution import WorkedCase

KEY = "tayho.cell.2.attendance"


@pytest.mark.parametrize(("members", "least"), [(3, 3), (7, 6), (13, 12), (20, 17), (33, 29)])
def test_the_least_attendance_that_passes(
    members: int, least: int, make_worked_case: Callable[[Case, str, int], WorkedCase]
) -> None:
    case = Case(
        name=f"{members} đảng viên",
        why="A vắng vừa đủ để còn đạt, B vắng thêm một người.",
        organisation=tuple(Organisation(code=code, members=members) for code in "AB"),
        meeting=tuple(
            Meeting(
                organisation=code,
                on=(date(2024, 1, 3),),
                unexcused=tuple(f"{code}{number}" for number in range(1, members - present + 1)),
            )
            for code, present in (("A", least), ("B", least - 1))
        ),
        expect=tuple(
            Expected(
                subject=code, criterion=KEY, part=present, whole=members, outcome=outcome, because="85 %"
            )
            for code, present, outcome in (("A", least, "met"), ("B", least - 1, "not_met"))
        ),
    )
    assert make_worked_case(case, "hanoi_tayho", 2024).problems() == []
