"""`bontot evaluate`: every subject and criterion, the same data under another plan, and a clear no."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from bontot.cli import main
from bontot.db.models import EvaluationRun
from bontot.db.tenancy import scope
from bontot.registry import Registry
from bontot.settings import Settings
from bontot.testing import case_records as said
from tests.evaluation.conftest import YEAR, Committee, Make
from tests.evaluation.test_runs import MONTHS

CASE = said.Case(
    name="hai chi bộ",
    why="",
    organisation=(
        said.Organisation(code="W", type="grassroots_committee", name="Đảng bộ phường"),
        said.Organisation(code="A", parent="W", members=20, name="Chi bộ số 1"),
        said.Organisation(code="B", parent="W", members=2, name="Chi bộ số 2"),
    ),
    meeting=(said.Meeting(organisation="A", on=MONTHS, excused=("A1", "A2", "A3")),),
)


Run = Callable[..., Result]


@pytest.fixture(scope="module")
def committee(make: Make) -> Committee:
    return make(CASE, plan="hanoi_tayho", by=Registry.load())


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("REDIS_URL", settings.redis_url)
    monkeypatch.setenv("BONTOT_SECRET_KEY", settings.secret_key)

    def called(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["evaluate", *arguments])

    return called


def finding(output: str, scheme: str, code: str, criterion: str) -> dict[str, Any]:
    """One criterion of one subject in the JSON."""
    (run,) = json.loads(output)["runs"]
    (subject,) = [one for one in run["subjects"] if (one["scheme"], one["code"]) == (scheme, code)]
    (found,) = [one for one in subject["criteria"] if one["criterion"] == criterion]
    return dict(found)


def stored(committee: Committee) -> int:
    with scope(committee.engine, committee.tenant_id) as session:
        return session.scalar(select(func.count()).select_from(EvaluationRun)) or 0


def test_every_subject_and_criterion_is_printed_with_its_ground(committee: Committee, run: Run) -> None:
    before = stored(committee)
    result = run("--tenant", committee.code, "--year", str(YEAR), "--json")
    assert (result.exit_code, stored(committee)) == (0, before + 1)
    (printed,) = json.loads(result.output)["runs"]
    assert (printed["policy"], printed["year"]) == ("hanoi_tayho", YEAR)
    kinds = [one["scheme"] for one in printed["subjects"]]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "tayho.member": 22,
        "tayho.cell": 2,
        "city.cell": 2,
        "city.base_organisation": 1,
    }
    assert finding(result.output, "tayho.cell", "A", "tayho.cell.2.attendance") == {
        "criterion": "tayho.cell.2.attendance",
        "label": "Tỷ lệ đảng viên tham gia sinh hoạt chi bộ đạt từ 85% trở lên",
        "group": "Chất lượng sinh hoạt chi bộ tốt",
        "kind": "measured",
        "role": "decides",
        "outcome": "met",
        "part": 204,
        "whole": 240,
        "operator": ">=",
        "threshold": "85",
        "unit": "percent",
        "layer": "plan",
        "origin": "plan",
        "clause": "Chi bộ bốn tốt, tiêu chí Chất lượng sinh hoạt, điểm (2), Kế hoạch số 118-KH/QU ngày 27/01/2023",
        "decision": "",
        "in_force_from": "2023-01-27",
        "sentence": "Đạt: 204 lượt có mặt trong 240 lượt phải dự, bằng 85,0 %; yêu cầu từ 85 % trở lên; theo kế hoạch: "
        "Chi bộ bốn tốt, tiêu chí Chất lượng sinh hoạt, điểm (2), Kế hoạch số 118-KH/QU ngày 27/01/2023, áp dụng từ "
        "27/01/2023; Đề án 11-ĐA/TU, Thành ủy Hà Nội yêu cầu từ 90 % trở lên, chặt hơn mức đang dùng: chưa đạt.",
        "evidence": [],
    }


def test_the_same_records_are_judged_differently_by_another_plan(committee: Committee, run: Run) -> None:
    before = stored(committee)
    theirs = run("--tenant", committee.code, "--year", str(YEAR), "--policy", "hanoi_longbien", "--json")
    found = finding(theirs.output, "longbien.cell", "A", "longbien.cell.2.attendance")
    assert (found["outcome"], found["part"], found["whole"], found["threshold"]) == (
        "not_met",
        204,
        240,
        "90",
    )
    assert found["sentence"] == (
        "Chưa đạt: 204 lượt có mặt trong 240 lượt phải dự, bằng 85,0 %; yêu cầu từ 90 % trở lên; mức mặc định "
        "(kế hoạch không quy định), áp dụng từ 08/08/2023; tiêu chí mặc định (kế hoạch không quy định); Đề án 11-ĐA/TU, "
        "Thành ủy Hà Nội yêu cầu từ 90 % trở lên: chưa đạt."
    )
    assert stored(committee) == before


def test_one_organisation_and_one_criterion_can_be_asked_for(committee: Committee, run: Run) -> None:
    before = stored(committee)
    result = run(
        *("--tenant", committee.code, "--year", str(YEAR), "--cell", "B"),
        *("--criterion", "tayho.cell.2.regular_date"),
    )
    assert (result.exit_code, stored(committee)) == (0, before)
    assert result.output.splitlines()[1:] == [
        "  Đảng viên bốn tốt: chưa có dữ liệu 2",
        "  Chi bộ bốn tốt: chưa đạt 1",
        "Chi bộ số 2",
        "  Duy trì nề nếp sinh hoạt định kỳ vào ngày mồng 3 hàng tháng, chậm nhất vào ngày mồng 7 hàng tháng; nếu trùng "
        "vào ngày Lễ, thứ 7, Chủ nhật thì bố trí lịch sinh hoạt trước hoặc sau 01 ngày: Chưa đạt: 0 tháng sinh hoạt đúng "
        "hạn trong 12 tháng phải sinh hoạt, bằng 0,0 %; yêu cầu đủ 100 %; mức mặc định (kế hoạch không "
        "quy định), áp dụng từ 27/01/2023; tiêu chí theo Chi bộ bốn tốt, tiêu chí Chất lượng sinh hoạt, điểm (1), Kế hoạch "
        "số 118-KH/QU ngày 27/01/2023.",
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--tenant", "khong-co", "--year", "2023"), "Lỗi: Không có đảng bộ nào mang mã “khong-co”."),
        (("--year", "2023", "--policy", "khong_co"), "Lỗi: Không có kế hoạch nào mang mã “khong_co”."),
        (
            ("--year", "2023", "--criterion", "khong.co"),
            "Lỗi: Không có tiêu chí nào mang khóa “khong.co” trong các kế hoạch đang áp dụng.",
        ),
        (
            ("--year", "2023", "--cell", "Z"),
            "Lỗi: Không có tổ chức đảng nào mang mã “Z” vào ngày 31/12/2023.",
        ),
    ],
)
def test_what_does_not_exist_is_said_and_nothing_is_stored(
    arguments: tuple[str, ...], words: str, committee: Committee, run: Run
) -> None:
    before = stored(committee)
    tenant = () if "--tenant" in arguments else ("--tenant", committee.code)
    result = run(*tenant, *arguments)
    assert (result.exit_code, stored(committee)) == (2, before)
    assert result.output.startswith(words)


def test_a_year_not_begun_is_refused(committee: Committee, run: Run) -> None:
    assert date.today().year < 2100  # noqa: DTZ011 - only to say why 2100
    result = run("--tenant", committee.code, "--year", "2100")
    assert result.exit_code == 1
    assert result.output.startswith("Lỗi: Năm 2100 chưa bắt đầu vào ngày ")
