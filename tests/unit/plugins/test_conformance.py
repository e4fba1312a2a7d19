"""`bontot plugin`: what an operator and a jurist see, and what a plugin is held to."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bontot.cli import main
from bontot.policy.digest import digest
from bontot.registry import Registry
from bontot.testing.conformance import check
from tests.unit.plugins.conftest import Install
from tests.unit.plugins.test_registry import GOOD, SHIPPED
from tests.unit.policy.samples import PLAN

RULED = """
    from dataclasses import replace
    from bontot.plugin import MeetingRule, Unit, hookimpl, meeting_options, meeting_thresholds, option, threshold
    from tests.unit.policy.samples import CLAUSE, FIRST, PLAN

    THRESHOLDS = (
        *PLAN.thresholds,
        threshold("meeting.day", "Ngày", Unit.DAY_OF_MONTH, 3, FIRST, CLAUSE),
        threshold("meeting.deadline", "Hạn", Unit.DAY_OF_MONTH, 4, FIRST, CLAUSE),
        *meeting_thresholds(FIRST),
    )

    @hookimpl
    def bontot_policies():
        rule = MeetingRule(clauses=(CLAUSE,), day="meeting.day", deadline="meeting.deadline")
        return [replace(PLAN, thresholds=THRESHOLDS, options=meeting_options(FIRST), meeting_rule=rule)]
"""


@pytest.fixture(autouse=True)
def only_samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BONTOT_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("BONTOT_PLUGINS_OFF", ",".join(SHIPPED))


def run(*arguments: str) -> tuple[int, list[str]]:
    """Exit status and lines printed, without the padding of columns."""
    result = CliRunner().invoke(main, ["plugin", *arguments])
    return result.exit_code, [line.rstrip() for line in result.output.splitlines()]


def registry() -> Registry:
    return Registry.load(off=SHIPPED)


def test_a_plugin_that_keeps_everything_has_its_parts_counted(install: Install) -> None:
    install(
        "sample",
        RULED.replace('deadline", "Hạn", Unit.DAY_OF_MONTH, 4', 'deadline", "Hạn", Unit.DAY_OF_MONTH, 7'),
    )
    report = check(registry(), "sample")
    assert {kind: count for kind, count in report.counts.items() if count} == {
        "kế hoạch": 1,
        "văn bản": 1,
        "bảng xét": 2,
        "tiêu chí": 4,
        "mức": 5,
        "lựa chọn": 5,
        "tháng": 120,
    }
    assert [problem for problem in report.problems if "phép đo" not in problem] == [
        "sample: thiếu khung “frame”",
        "sample_plugin_sample.py: dùng tests.unit.policy.samples, ngoài bontot.plugin và thư viện chuẩn",
    ]


def test_a_month_without_any_day_in_the_plans_window_is_a_problem(install: Install) -> None:
    install("sample", RULED)
    problems = [problem for problem in check(registry(), "sample").problems if "tháng" in problem]
    assert problems[:2] == [
        "sample: tháng 09/2023 không có ngày sinh hoạt nào trong hạn",
        "sample: tháng 05/2025 không có ngày sinh hoạt nào trong hạn",
    ]


def test_a_plugin_that_says_something_else_the_second_time_is_found(install: Install) -> None:
    install(
        "sample",
        """
        import uuid
        from dataclasses import replace
        from bontot.plugin import hookimpl
        from tests.unit.policy.samples import PLAN

        LABEL = str(uuid.uuid4())

        @hookimpl
        def bontot_policies():
            return [replace(PLAN, label=LABEL), replace(PLAN, code="sample_pure")]
        """,
    )
    problems = check(registry(), "sample").problems
    assert [problem for problem in problems if "nạp hai lần" in problem] == [
        "nạp hai lần cho hai nội dung khác nhau: sample"
    ]


def test_a_plugin_that_imports_more_than_it_may_is_found(install: Install) -> None:
    install(
        "sample",
        """
        import json
        import os.path
        import sqlalchemy.orm
        from dataclasses import replace
        from bontot import registry
        from bontot.plugin import hookimpl
        from bontot.policy.model import Policy

        @hookimpl
        def bontot_policies():
            import click
            return []
        """,
    )
    beyond = ("sqlalchemy.orm", "bontot.registry", "bontot.policy.model", "click")
    assert check(registry(), "sample").problems == tuple(
        f"sample_plugin_sample.py: dùng {name}, ngoài bontot.plugin và thư viện chuẩn" for name in beyond
    )


def test_days_off_that_cannot_be_given_are_a_problem_each_year(install: Install) -> None:
    install(
        "sample",
        """
        from bontot.plugin import hookimpl

        @hookimpl
        def bontot_holidays(year):
            return [] if year == 2024 else ["01/01"]
        """,
    )
    assert check(registry(), "sample").problems == tuple(
        f"ngày nghỉ năm {year}: DeclarationError: DayOff: cần DayOff, nhận được '01/01'"
        for year in (2023, *range(2025, 2033))
    )


def test_list_names_every_policy_and_every_failure(install: Install) -> None:
    install("sample", GOOD)
    install("broken", "raise RuntimeError('hỏng')")
    status, lines = run("list")
    named = Registry.load(off=SHIPPED).offer("sample").digest[:12]
    assert (status, lines[0].split()) == (
        0,
        ["Mã", "Kế", "hoạch", "Từ", "ngày", "Thành", "phần", "Nội", "dung"],
    )
    assert lines[1].split() == ["sample", "Kế", "hoạch", "27/01/2023", "sample", "1.0", named]
    assert "Không dùng được: broken: RuntimeError: hỏng" in lines
    assert "Còn thiếu: sample: sample.attendance: phép đo “attendance” cần: excused, aggregation" in lines


def test_show_prints_what_is_compared_with_the_paper(install: Install) -> None:
    install("sample", GOOD)
    status, lines = run("show", "sample", "--on", "01/08/2024")
    offer = Registry.load(off=SHIPPED).offer("sample")
    mode = "mục 1, Kế hoạch số 1-KH/QU ngày 27/01/2023"
    assert status == 0
    assert [" ".join(line.split()) for line in lines] == [
        f"Kế hoạch · sample · {offer.digest[:12]} · giá trị ngày 01/08/2024",
        "Kế hoạch số 1-KH/QU ngày 27/01/2023, Quận ủy: thử",
        "",
        "Đảng viên tốt · sample.member",
        "Nhóm Khóa Tiêu chí Loại Mức Nguồn Căn cứ",
        f"Nhóm 9 sample.line Chấp hành người xét kế hoạch {mode}",
        "",
        "Chi bộ tốt · sample.cell",
        "Nhóm Khóa Tiêu chí Loại Mức Nguồn Căn cứ",
        f"Nhóm 1 sample.attendance Dự sinh hoạt đo từ 88 % trở lên kế hoạch {mode}",
        f"sample.unity Đoàn kết người xét kế hoạch {mode}",
        f"Nhóm 2 sample.share Tỷ lệ đạt tổng hợp từ 50 % trở lên kế hoạch {mode}",
        "",
        "Giá trị",
        "Khóa Nội dung Giá trị Từ ngày Lớp Nguồn Căn cứ",
        f"sample.attendance Tỷ lệ dự 88 % 01/07/2024 kế hoạch kế hoạch {mode}",
        f"sample.share Tỷ lệ đạt 50 % 27/01/2023 kế hoạch kế hoạch {mode}",
        "sample.mode Cách tính gộp 27/01/2023 kế hoạch mặc định",
        "",
        "Nguồn “mặc định”: giá trị mặc định, kế hoạch không quy định.",
    ]


TWO = """
    from dataclasses import replace
    from decimal import Decimal
    from bontot.plugin import Group, Measure, Operator, Policy, Scheme, Subject, Unit, hookimpl, measured, threshold
    from tests.unit.policy.samples import CLAUSE, FIRST, PLAN, PLAN_PAPER, UNITY

    PLAN = replace(PLAN, frames=(), thresholds=tuple(replace(t, frame=None) for t in PLAN.thresholds))
    DRILL = measured(
        "other.attendance", "Chuyên cần", (CLAUSE,), Measure(metric="attendance"), Operator.MORE_THAN
    )
    OTHER = Policy(
        code="sample_other", label="Kế hoạch khác", issuer="Huyện ủy", version="1", references=(PLAN_PAPER,),
        in_force_from=FIRST, criteria=(DRILL, UNITY),
        thresholds=(threshold("other.attendance", "Chuyên cần", Unit.PERCENT, 90, FIRST),),
        schemes=(
            Scheme(
                key="other.cell", subject=Subject.CELL, title="Chi bộ tốt",
                groups=(Group(key="g", label="Nhóm", criteria=(DRILL.key, UNITY.key), clauses=()),),
            ),
        ),
    )

    @hookimpl
    def bontot_policies():
        return [PLAN, OTHER]
"""


def test_two_plans_are_set_side_by_side_where_they_differ(install: Install) -> None:
    install("sample", TWO)
    status, lines = run("show", "sample", "--diff", "sample_other", "--on", "2024-08-01")
    assert (status, [" ".join(line.split()) for line in lines]) == (
        0,
        [
            "Kế hoạch · sample",
            "Kế hoạch khác · sample_other",
            "So giá trị ngày 01/08/2024",
            "",
            "Tiêu chí: khác 3, giống 1",
            "Khóa Nội dung sample sample_other",
            "sample.line Chấp hành người xét · kế hoạch —",
            "sample.attendance Dự sinh hoạt đo · từ 88 % trở lên · kế hoạch đo · trên 90 % · mặc định",
            "sample.share Tỷ lệ đạt tổng hợp · từ 50 % trở lên · kế hoạch —",
            "",
            "Giá trị: khác 4, giống 0",
            "Khóa Nội dung sample sample_other",
            "sample.attendance Tỷ lệ dự 88 % · kế hoạch —",
            "sample.share Tỷ lệ đạt 50 % · kế hoạch —",
            "sample.mode Cách tính gộp · mặc định —",
            "other.attendance Chuyên cần — 90 % · mặc định",
        ],
    )


def test_a_plan_differs_from_itself_in_nothing(install: Install) -> None:
    install("sample", TWO)
    status, lines = run("show", "sample", "--diff", "sample", "--on", "2024-08-01")
    assert (status, lines[3:]) == (
        0,
        ["", "Tiêu chí: khác 0, giống 4", "", "Giá trị: khác 0, giống 3"],
    )


def test_show_of_a_plan_that_cannot_be_used_says_why() -> None:
    assert run("show", "nowhere") == (
        1,
        ["Lỗi: Kế hoạch “nowhere” chưa dùng được: chưa cài thành phần nào khai kế hoạch này."],
    )


def test_check_counts_names_every_problem_and_fails(install: Install) -> None:
    install("broken", "raise RuntimeError('hỏng')")
    assert run("check", "broken") == (
        1,
        [
            "broken: 1 chỗ chưa đạt (không đọc được gì)",
            "  • RuntimeError: hỏng",
            "Đã kiểm tra 1 thành phần.",
        ],
    )
    assert run("check", "days_off") == (0, ["days_off: đạt (151 ngày nghỉ)", "Đã kiểm tra 1 thành phần."])


def test_check_of_a_plugin_nobody_installed_is_refused() -> None:
    assert run("check", "nowhere") == (1, ["Lỗi: Không có thành phần nào tên là nowhere."])


def test_a_digest_names_the_composed_policy(install: Install) -> None:
    install("sample", GOOD)
    offer = registry().offer("sample")
    assert offer.digest == digest(offer.policy) != digest(PLAN)
