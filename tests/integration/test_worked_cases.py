"""Every case worked out by hand is loaded into a committee of its own, evaluated for real, and comes out as
its author says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from bontot.db.models import Tenant
from bontot.db.tenancy import PLATFORM, scope
from bontot.registry import Registry
from bontot.settings import Settings
from bontot.testing.case_records import Case, CaseFile
from bontot.testing.cases import read_case_file
from bontot.testing.worked import work_out

PLUGINS = Path(__file__).parents[2] / "plugins"
FILES = {path: read_case_file(path) for path in sorted(PLUGINS.glob("*/cases/*.toml"))}
CASES = [
    pytest.param(file, case, id=f"{path.stem}-{number}")
    for path, file in FILES.items()
    for number, case in enumerate(file.case, 1)
]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.load()


@pytest.fixture(scope="module")
def engine(settings: Settings) -> Iterator[Engine]:
    engine = create_engine(settings.database_url)
    yield engine
    engine.dispose()


def test_every_plan_has_cases(registry: Registry) -> None:
    assert {file.policy for file in FILES.values()} == registry.policies.keys()
    assert len(CASES) >= 30
    assert (
        sum(len(case.expect) + len(case.expect_month) for file in FILES.values() for case in file.case) >= 200
    )


@pytest.mark.parametrize(("file", "case"), CASES)
def test_a_case_comes_out_as_worked_by_hand(
    engine: Engine, registry: Registry, request: pytest.FixtureRequest, file: CaseFile, case: Case
) -> None:
    assert worked(engine, registry, request.node.callspec.id, file, case) == []


def test_what_does_not_come_out_is_said_in_words(engine: Engine, registry: Registry, tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(WRONG, encoding="utf-8")
    file = read_case_file(path)
    assert worked(engine, registry, "wrong", file, file.case[0]) == [
        "A, tayho.cell.2.attendance: được met 17/20, cần not_met 17/20 (nói sai kết quả)",
        "A, tayho.cell.2.attendance: được met 17/20, cần met 18/20 (nói sai số đếm)",
        "A, prov.1.tax: không được đánh giá (kế hoạch khác)",
        "A, tayho.cell.1.targets#task_on_time: được not_met 1/2, cần met 2/2 (nói sai số liệu bên cạnh)",
        "A, tháng 1: được within_deadline 2024-01-03, cần late 2024-01-03 (nói sai lịch)",
    ]


def worked(engine: Engine, registry: Registry, code: str, file: CaseFile, case: Case) -> list[str]:
    """What a case gets wrong in a committee of its own."""
    with scope(engine, PLATFORM) as session:
        tenant = Tenant(code=f"worked-{code}", name=case.name)
        session.add(tenant)
        session.flush()
        tenant_id = tenant.id
    with scope(engine, tenant_id) as session:
        return work_out(session, registry, case, file.policy, file.year)


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
