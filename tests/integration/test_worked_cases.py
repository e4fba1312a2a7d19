"""Every plan shipped has cases worked out by hand, which its own tests judge; one that does not come out is said in
words."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from bontot.registry import Registry
from bontot.testing.cases import read_case_file
from bontot.testing.distribution import WorkedCase

PLUGINS = Path(__file__).parents[2] / "plugins"


def test_every_plan_has_cases() -> None:
    files = [read_case_file(path) for path in sorted(PLUGINS.glob("*/cases/*.toml"))]
    cases = [case for file in files for case in file.case]
    assert {file.policy for file in files} == Registry.load().policies.keys()
    assert len(cases) >= 30
    assert sum(len(case.expect) + len(case.expect_month) for case in cases) >= 200


def test_what_does_not_come_out_is_said_in_words(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(WRONG, encoding="utf-8")
    file = read_case_file(path)
    case = WorkedCase(engine, Registry.load(), "hanoi_tayho", file.policy, file.year, file.case[0])
    assert case.problems() == [
        "A, tayho.cell.2.attendance: được met 17/20, cần not_met 17/20 (nói sai kết quả)",
        "A, tayho.cell.2.attendance: được met 17/20, cần met 18/20 (nói sai số đếm)",
        "A, prov.1.tax: kế hoạch và khung không có khóa này (kế hoạch khác)",
        "A, tayho.cell.1.targets#task_on_time: được not_met 1/2, cần met 2/2 (nói sai số liệu bên cạnh)",
        "A, tháng 1: được within_deadline 2024-01-03, cần late 2024-01-03 (nói sai lịch)",
    ]


WRONG = """
policy = "hanoi_tayho"
year = 2024
about = "Ví dụ cố ý sai."
[[case]]
name = "sai"
why = "Để biết bộ kiểm thử có thấy không."
[[case.organisation]]
code = "A"
members = 20
[[case.meeting]]
organisation = "A"
on = [2024-01-05]
excused = ["A1", "A2", "A3"]
[[case.expect]]
subject = "A"
criterion = "tayho.cell.2.attendance"
part = 17
whole = 20
outcome = "not_met"
because = "nói sai kết quả"
[[case.expect]]
subject = "A"
criterion = "tayho.cell.2.attendance"
part = 18
whole = 20
outcome = "met"
because = "nói sai số đếm"
[[case.expect]]
subject = "A"
criterion = "prov.1.tax"
outcome = "met"
because = "kế hoạch khác"
[[case.task]]
organisation = "A"
due = 2024-05-05
done = 2024-05-05
[[case.task]]
organisation = "A"
due = 2024-05-05
done = 2024-05-06
[[case.expect]]
subject = "A"
criterion = "tayho.cell.1.targets#task_on_time"
part = 2
whole = 2
outcome = "met"
because = "nói sai số liệu bên cạnh"
[[case.expect_month]]
organisation = "A"
month = 1
status = "late"
day = 2024-01-03
because = "nói sai lịch"
"""
