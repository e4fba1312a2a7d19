"""`bontot plugin`: what an operator and a jurist see, and what a plugin is held to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from bontot.cli import main
from bontot.evaluation import columns
from bontot.evaluation.period import Period
from bontot.policy.calendar import MonthStanding, MonthStatus
from bontot.policy.digest import digest
from bontot.policy.terms import Operator
from bontot.registry import Registry
from bontot.testing import conformance
from bontot.testing.conformance import Conformance, boundaries, months
from tests.unit.plugins.conftest import Install
from tests.unit.plugins.test_registry import GOOD, SHIPPED
from tests.unit.policy.samples import PLAN

RULED = """
    from dataclasses import replace
    from bontot.plugin import MeetingRule, Unit, hookimpl, meeting_options, meeting_thresholds, option, threshold
    from tests.unit.policy.samples import CLAUSE, FIRST, PLAN

    API = 1
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


def check(name: str) -> Conformance:
    """What is found of one sample."""
    (report,) = conformance.check(registry(), name)
    return report


def check_all(install: Install, sources: Mapping[str, str]) -> list[tuple[str, ...]]:
    """What is found of each of many samples, examined at once; “sample” in a source becomes the sample's own name."""
    names = [f"sample{number}" for number, _ in enumerate(sources)]
    for name, source in zip(names, sources.values(), strict=True):
        install(name, re.sub(r"\bsample\b", name, source))
    return [report.problems for report in conformance.check(registry(), *names)]


def test_a_plugin_that_keeps_everything_has_its_parts_counted(install: Install) -> None:
    install(
        "sample",
        RULED.replace('deadline", "Hạn", Unit.DAY_OF_MONTH, 4', 'deadline", "Hạn", Unit.DAY_OF_MONTH, 7'),
    )
    report = check("sample")
    assert {kind: count for kind, count in report.counts.items() if count} == {
        "kế hoạch": 1,
        "văn bản": 1,
        "bảng xét": 2,
        "tiêu chí": 4,
        "mức": 5,
        "lựa chọn": 5,
        "giá trị có ngày": 11,
        "căn cứ": 13,
        "chữ": 126,
        "mức theo ngày": 8,
        "ranh giới": 235,
        "so thứ tự": 7007,
        "tháng": 120,
        "ngày họp": 3653,
        "tệp nguồn": 1,
        "lần nạp": 6,
    }
    assert [problem for problem in report.problems if "phép đo" not in problem] == [
        "sample: thiếu khung “frame”",
        "sample_plugin_sample.py: dùng tests.unit.policy.samples, ngoài bontot.plugin và thư viện chuẩn",
    ]


def test_a_month_without_any_day_in_the_plans_window_is_a_problem(install: Install) -> None:
    install("sample", RULED)
    problems = [problem for problem in check("sample").problems if "tháng" in problem]
    assert problems[:2] == [
        "sample: tháng 09/2023 không có ngày sinh hoạt nào trong hạn",
        "sample: tháng 05/2025 không có ngày sinh hoạt nào trong hạn",
    ]


@pytest.mark.parametrize(
    ("fallback", "problem"),
    [
        (
            "next_free_within_deadline",
            [
                "sample: tháng 04/2023 không có ngày sinh hoạt nào trong hạn theo cách chuyển next_free_within_deadline;"
                ' khai meeting_options(…, fallback="previous_free") thì có'
            ],
        ),
        ("previous_free", []),
        ("manual", []),
    ],
)
def test_a_month_whose_day_cannot_move_is_a_problem_unless_the_plan_lets_it(
    install: Install, fallback: str, problem: list[str]
) -> None:
    """The last day of every month; 30 April 2023 is a Sunday after a Saturday."""
    last = RULED.replace("DAY_OF_MONTH, 3, FIRST", "DAY_OF_MONTH, 31, FIRST")
    last = last.replace("DAY_OF_MONTH, 4, FIRST", "DAY_OF_MONTH, 31, FIRST")
    stated = f'meeting_options(FIRST, CLAUSE, fallback="{fallback}")'
    install("sample", last.replace("meeting_options(FIRST)", stated))
    found = [problem for problem in check("sample").problems if "tháng" in problem]
    assert found[:1] == problem


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
    assert impure() == ["nạp hai lần cho hai nội dung khác nhau: kế hoạch “sample”"]


def impure() -> list[str]:
    """What depends on something it may not."""
    return [problem for problem in check("sample").problems if "khác" in problem]


DEPENDS = """
    import os
    import time
    from datetime import date, datetime
    from bontot.plugin import Policy, Reference, hookimpl

    API = 1
    DAY = date(2024, 1, 2)
    TEXT = Reference(
        key="plan", kind="Kế hoạch", number="1", issuer="Xã", issued_on=DAY, subject="thử", in_force_from=DAY
    )

    @hookimpl
    def bontot_policies():
        return [
            Policy(
                code="sample", label=LABEL, issuer="Xã", version="1", references=(TEXT,), in_force_from=DAY
            )
        ]
"""


OFTEN = "nạp hai lần cho hai nội dung khác nhau"
SEED = "đổi hạt băm thì khai khác đi"
LATER = "sang ngày khác thì khai khác đi"
ZONE = "đổi múi giờ thì khai khác đi"
MAY_NOT_MATTER = {
    "str(os.getpid())": OFTEN,
    "str(list({'một', 'hai', 'ba', 'bốn', 'năm'}))": SEED,
    "str(hash('một'))": SEED,
    "str(date.today().year)": LATER,
    "str(datetime.now().year)": LATER,
    "str(time.time() // 10_000_000)": LATER,
    "str(datetime.fromtimestamp(0).hour)": ZONE,
    "time.tzname[0]": ZONE,
}


def test_what_a_plan_may_not_depend_on_is_named(install: Install) -> None:
    found = check_all(install, {label: DEPENDS.replace("LABEL", label) for label in MAY_NOT_MATTER})
    assert found == [
        (f"{sentence}: kế hoạch “sample{number}”",) for number, sentence in enumerate(MAY_NOT_MATTER.values())
    ]


def test_a_plugin_that_answers_only_at_times_is_found(install: Install) -> None:
    install("sample", DEPENDS.replace("LABEL", "str(1 / (int(os.environ['PYTHONHASHSEED']) != 2))"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONHASHSEED", "0")
        assert impure() == ["đổi hạt băm thì khai khác đi: không trả lời được (ZeroDivisionError)"]


def test_a_metric_that_asks_differently_each_time_is_found(install: Install) -> None:
    install("sample", METRIC.replace("BODY", """return facts.select(f"SELECT {hash('a')}, 1, 1")"""))
    assert impure() == ["đổi hạt băm thì khai khác đi: phép đo “sample.odd”"]


METRIC = """
    from bontot.plugin import Metric, Subject, hookimpl

    API = 1

    def count(facts):
        BODY

    @hookimpl
    def bontot_metrics():
        return [
            Metric(
                key="sample.odd", subject=Subject.CELL, label="Lạ", part_words="a", whole_words="b", count=count
            )
        ]
"""


ANSWERS = {
    "raise LookupError": "không trả lời được khi hồ sơ trống: LookupError",
    "return [(7, 1, 1)]": "đếm đối tượng không có trong hồ sơ: 7",
    "return [(7, 0.5, 1)]": "trả lời sai: Phép đo phải cho số nguyên, không phải 0.5.",
    "return [(7, 1, 1), (7, 1, 1)]": "trả lời sai: Phép đo đếm một đối tượng hai lần.",
    "return [7]": "không trả lời bằng bộ ba (đối tượng, phần, tổng): TypeError",
    "return [*facts.select('SELECT 1'), *facts.select('SELECT 1')]": "gửi 2 câu SELECT, chỉ được một",
    "return facts.select('DELETE FROM member')": (
        "không trả lời được khi hồ sơ trống: Phép đo chỉ được đọc, bằng một câu SELECT."
    ),
    "return [(facts.value('none'), 1, 1)]": (
        "không trả lời được khi hồ sơ trống: Phép đo hỏi tham số “none” mà kế hoạch không cho."
    ),
}


def test_a_metric_that_answers_wrongly_is_found_without_a_record(install: Install) -> None:
    assert check_all(install, {body: METRIC.replace("BODY", body) for body in ANSWERS}) == [
        (f"phép đo “sample{number}.odd” (cell) {sentence}",)
        for number, sentence in enumerate(ANSWERS.values())
    ]


def test_a_metric_that_asks_for_less_than_it_declares_is_found(install: Install) -> None:
    install(
        "sample",
        TWO.replace('metric="attendance"', 'metric="sample.odd", parameters={"least": "other.attendance"}')
        .replace("Group,", "Group, Metric,")
        .replace("from dataclasses", "API = 1\n    from dataclasses")
        + """
    @hookimpl
    def bontot_metrics():
        return [
            Metric(
                key="sample.odd", subject=Subject.CELL, label="Lạ", part_words="a", whole_words="b",
                count=lambda facts: [], parameters=("least",),
            )
        ]
""",
    )
    assert [problem for problem in check("sample").problems if "khai tham số" in problem] == [
        "phép đo “sample.odd” (cell) khai tham số “least” mà không hỏi"
    ]


MEANT: dict[tuple[str, int, str], list[str]] = {
    ("MORE_THAN", 100, ""): ["“trên 100 %” thì không số đếm nào đạt được"],
    ("AT_LEAST", 0, ""): ["“từ 0 % trở lên” thì số đếm nào cũng đạt"],
    ("AT_MOST", 10, ""): [
        "“không quá mức” mà khai cao hơn là chặt hơn, nên mức chặt hơn lại cho nhiều hơn đạt"
    ],
    ("AT_MOST", 10, ", stricter=Direction.LOWER"): [],
    ("AT_LEAST", 10, ", stricter=Direction.LOWER"): [
        "“từ mức trở lên” mà khai thấp hơn là chặt hơn, nên mức chặt hơn lại cho nhiều hơn đạt"
    ],
}


def test_a_figure_that_cannot_be_meant_is_found(install: Install) -> None:
    sources = {
        operator + more + str(value): TWO.replace("Operator.MORE_THAN", f"Operator.{operator}")
        .replace("90, FIRST)", f"{value}, FIRST{more})")
        .replace("import Group", "import Direction, Group")
        .replace("[PLAN, OTHER]", "[OTHER]")
        .replace("sample_other", "sample")
        for operator, value, more in MEANT
    }
    found = check_all(install, sources)
    assert [[problem for problem in one if "other.attendance: “" in problem] for one in found] == [
        [f"sample{number}: other.attendance: {sentence}" for sentence in sentences]
        for number, sentences in enumerate(MEANT.values())
    ]


SCORED = """
    from bontot.plugin import (
        AllMet, Chosen, Criterion, Group, Kind, Points, Policy, Scheme, Subject, Unit, hookimpl, option, threshold
    )
    from tests.unit.policy.samples import CLAUSE, FIRST, PLAN_PAPER

    API = 1
    NUMBERS = {"all": 60, "one": 30, "two": 30, "pass": 50, "good": 60}
    SCORES = tuple(
        Criterion(key=f"s.{key}.score", label="Điểm", kind=Kind.JUDGED, clauses=(CLAUSE,), points=f"s.{key}")
        for key in ("one", "two")
    )
    GROUP = Group(
        key="s.group", label="Nhóm", criteria=tuple(one.key for one in SCORES), clauses=(), points="s.all"
    )
    POINTS = Points(
        pass_mark="s.pass", group_floor="s.floor", bands=(("s.good", "tốt"), ("s.pass", "đạt"))
    )
    METHOD = option("s.method", "Cách xét", (("all", "mọi tiêu chí"), ("points", "điểm")), "all", FIRST)

    @hookimpl
    def bontot_policies():
        return [
            Policy(
                code="sample", label="Kế hoạch", issuer="Xã", version="1", references=(PLAN_PAPER,),
                in_force_from=FIRST, criteria=SCORES, options=(METHOD,),
                thresholds=(
                    *(threshold(f"s.{key}", key, Unit.POINTS, value, FIRST) for key, value in NUMBERS.items()),
                    threshold("s.floor", "Mỗi nhóm", Unit.PERCENT, 50, FIRST),
                ),
                schemes=(
                    Scheme(
                        key="s.cell", subject=Subject.CELL, title="Chi bộ tốt", groups=(GROUP,),
                        combination=Chosen(option="s.method", of=(("all", AllMet()), ("points", POINTS))),
                    ),
                ),
            )
        ]
"""
TOGETHER = "mà các tiêu chí được chấm cộng lại nhiều nhất"
REACHED: dict[tuple[str, str], list[str]] = {
    ("", ""): [],
    ('"good": 60', '"good": 61'): [f"s.cell: ngày 27/01/2023 mức “tốt” từ 61 điểm, {TOGETHER} 60 điểm"],
    ('"pass": 50, "good": 60', '"pass": 61, "good": 61'): [
        "s.cell: ngày 27/01/2023 các bậc điểm không giảm dần",
        f"s.cell: ngày 27/01/2023 mức “đạt” từ 61 điểm, {TOGETHER} 60 điểm",
    ],
    ('"all": 60', '"all": 120'): [],
    ('"all": 60', '"all": 121'): [
        f"s.group: ngày 27/01/2023 cần 50 % của 121 điểm, {TOGETHER} 60 điểm",
    ],
    ('"one": 30, "two": 30', '"one": 10, "two": None'): [],
}


def test_points_that_no_sum_of_the_maxima_reaches_are_found_whoever_chooses_points(install: Install) -> None:
    found = check_all(install, {"".join(pair): SCORED.replace(*pair) for pair in REACHED})
    assert [[one for one in problems if "tests.unit" not in one] for problems in found] == [
        [f"sample{number}: {sentence}" for sentence in sentences]
        for number, sentences in enumerate(REACHED.values())
    ]


SEEN = """
    from bontot.plugin import At, Measure, Metric, Operator, Subject, Unit, hookimpl, measured, threshold
    from dataclasses import replace
    from tests.unit.policy.samples import CELL, CLAUSE, FIRST, PLAN

    API = 1
    ONCE = measured(
        "sample.once", "Mỗi năm một lần", (CLAUSE,), Measure(metric="sample.yearly"), Operator.AT_LEAST, at=At.ASKED
    )
    GROUP = replace(CELL.groups[0], criteria=(ONCE.key,))

    @hookimpl
    def bontot_policies():
        once = threshold("sample.once", "Lần", Unit.COUNT, 1, FIRST)
        cell = replace(CELL, groups=(GROUP,), blockers=())
        plan = replace(PLAN, code="sample", frames=(), options=(), criteria=(ONCE,), schemes=(cell,))
        return [replace(plan, thresholds=(once,))]

    @hookimpl
    def bontot_metrics():
        return [
            Metric(
                key="sample.yearly", subject=Subject.CELL, label="Lạ", part_words="a", whole_words="b",
                count=lambda facts: (), shortest=At.SHORTEST,
            )
        ]
"""
STRETCHED: dict[tuple[str, str], list[str]] = {
    ("END", "END"): [],
    ("EACH_QUARTER", "END"): ["từng quý được, ngắn nhất là cả năm"],
    ("EACH_MONTH", "EACH_QUARTER"): ["từng tháng được, ngắn nhất là từng quý"],
    ("EACH_QUARTER", "EACH_QUARTER"): [],
    ("EACH_MONTH", "EACH_MONTH"): [],
}


def test_a_count_asked_in_stretches_too_short_to_see_it_is_found(install: Install) -> None:
    sources = {
        asked + shortest: SEEN.replace("ASKED", asked).replace("SHORTEST", shortest)
        for asked, shortest in STRETCHED
    }
    found = check_all(install, sources)
    assert [[one for one in problems if "xét riêng" in one] for problems in found] == [
        [
            f"sample{number}: sample{number}.once: phép đo “sample{number}.yearly” không xét riêng {sentence}"
            for sentence in sentences
        ]
        for number, sentences in enumerate(STRETCHED.values())
    ]


def test_a_line_that_only_points_leave_out_is_a_note(install: Install) -> None:
    """The second line of the group is judged without points, and no other way of judging can be chosen."""
    unscored = SCORED.replace('points=f"s.{key}")', 'points="s.one" if key == "one" else None)')
    only = unscored.replace('Chosen(option="s.method", of=(("all", AllMet()), ("points", POINTS)))', "POINTS")
    install("sample", only.replace('"one": 30, "two": 30', '"one": 60').replace("options=(METHOD,),", ""))
    assert check("sample").notes == (
        "sample: “s.two.score” không quyết định gì vì danh hiệu xét bằng điểm; đưa vào blockers, "
        "hoặc khai role=Role.INFORMS",
    )


IDLE = """
    from dataclasses import replace
    from bontot.plugin import Unit, hookimpl, none_allowed, option, threshold
    from tests.unit.policy.samples import FRAME, FIRST, MODE, PLAN, WARD, WARD_PAPER

    API = 1
    NOBODY = threshold("sample.nobody", "Không ai dùng", Unit.COUNT, 3, FIRST)
    STATED = none_allowed("sample.stated", "Kế hoạch cố định", FIRST)
    FIXED = option("sample.fixed", "Chỉ một cách", (("a", "thế này"),), "a", FIRST)
    BELOW = replace(
        WARD, criteria=(), schemes=(), adds=frozenset({"sample.more"}), drop=frozenset({"sample.unity"}),
        thresholds=(*WARD.thresholds, threshold("sample.more", "Thêm", Unit.COUNT, 3, FIRST)),
    )

    @hookimpl
    def bontot_policies():
        stated = replace(
            PLAN, frames=("sample_frame",), thresholds=(*PLAN.thresholds, NOBODY, STATED), options=(MODE, FIXED)
        )
        return [replace(FRAME, code="sample_frame"), stated, BELOW]
"""


def test_a_value_that_nothing_uses_is_a_note_once_unless_the_plan_fixes_it(install: Install) -> None:
    """The frame's figure is what the plan's is compared with; the ward has only its own to answer for."""
    install("sample", IDLE)
    idle = "đặt giá trị nào cũng không đổi kết quả"
    assert check("sample").notes == (
        f"sample: không có gì dùng “sample.nobody”; {idle}",
        f"sample: không có gì dùng “sample.mode”; {idle}",
        f"sample_ward: không có gì dùng “sample.more”; {idle}",
    )
    lines = run("check", "sample")[1]
    assert f"  ○ sample: không có gì dùng “sample.nobody”; {idle}" in lines


def test_a_comparison_that_goes_wrong_at_the_boundary_is_found(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("sample", TWO)
    right = columns.compared
    monkeypatch.setattr(
        boundaries,
        "compared",
        lambda column, operator, *rest: right(
            column, Operator.MORE_THAN if operator is Operator.AT_LEAST else operator, *rest
        ),
    )
    assert [problem for problem in check("sample").problems if "phải là" in problem][:2] == [
        "sample: sample.attendance: 17/20 phải là met, hệ thống cho not_met",
        "sample: sample.attendance: 1700/2000 phải là met, hệ thống cho not_met",
    ]


def test_a_value_taken_on_the_wrong_day_is_found(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    install("sample", TWO)
    monkeypatch.setattr(boundaries, "Period", lambda year, day: Period(year, day + timedelta(days=1)))
    assert [problem for problem in check("sample").problems if "phải là" in problem] == [
        "sample: sample.attendance: ngày 30/06/2024 phải là 85, hệ thống lấy 88"
    ]


def test_a_month_that_stands_otherwise_than_its_days_say_is_found(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("sample", RULED.replace("Unit.DAY_OF_MONTH, 4", "Unit.DAY_OF_MONTH, 7"))
    monkeypatch.setattr(months, "month_status", lambda *_: MonthStanding(status=MonthStatus.WITHIN_DEADLINE))
    assert [problem for problem in check("sample").problems if "tháng 01/2023" in problem][:3] == [
        "sample: tháng 01/2023 họp ngày 03/01/2023 phải là on_schedule, hệ thống cho within_deadline",
        "sample: tháng 01/2023 họp ngày 08/01/2023 phải là late, hệ thống cho within_deadline",
        "sample: tháng 01/2023 họp ngày 09/01/2023 phải là late, hệ thống cho within_deadline",
    ]


def test_what_a_plugin_prints_is_none_of_its_answer(install: Install) -> None:
    install("sample", "API = 1\nprint('xin chào', end='')")
    assert check("sample").problems == ()


def test_a_plugin_that_loads_only_here_is_found(install: Install) -> None:
    install("sample", "import sys\nAPI = 1\nif 'pytest' not in sys.modules: raise LookupError")
    assert check("sample").problems == ("không nạp được trong một tiến trình riêng: LookupError",)


def test_a_plugin_too_slow_to_load_is_found(install: Install) -> None:
    install("sample", "import time\nAPI = 1\ntime.sleep(1.1)")
    assert check("sample").problems == ("nạp lâu hơn 1 giây",)


def test_a_plugin_that_imports_more_than_it_may_is_found(install: Install) -> None:
    install(
        "sample",
        """
        import json
        import os.path
        import itsdangerous.encoding
        from dataclasses import replace
        from bontot import registry
        from bontot.plugin import hookimpl
        from bontot.policy.model import Policy

        @hookimpl
        def bontot_policies():
            import click
            return []

        API = 1
        """,
    )
    beyond = ("itsdangerous.encoding", "bontot.registry", "bontot.policy.model", "click")
    assert check("sample").problems == tuple(
        f"sample_plugin_sample.py: dùng {name}, ngoài bontot.plugin và thư viện chuẩn" for name in beyond
    )


def test_days_off_that_cannot_be_given_are_a_problem_each_year(install: Install) -> None:
    install(
        "sample",
        """
        from bontot.plugin import hookimpl

        API = 1

        @hookimpl
        def bontot_holidays(year):
            return [] if year == 2024 else ["01/01"]
        """,
    )
    assert check("sample").problems == tuple(
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
    assert "Không dùng được: broken: RuntimeError: hỏng (sample_plugin_broken.py, dòng 1)" in lines
    unbound = "phép đo “attendance” thiếu tham số excused, aggregation; nối trong Measure.parameters"
    assert f"Còn thiếu: sample: sample.attendance: {unbound}" in lines


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


def test_check_counts_names_every_problem_and_fails(install: Install) -> None:
    install("broken", "raise RuntimeError('hỏng')")
    assert run("check", "broken") == (
        1,
        [
            "broken: 1 chỗ chưa đạt (không đọc được gì)",
            "  • RuntimeError: hỏng (sample_plugin_broken.py, dòng 1)",
            "Đã kiểm tra 1 thành phần.",
        ],
    )
    assert run("check", "days_off") == (
        0,
        ["days_off: đạt (151 ngày nghỉ, 6 lần nạp)", "Đã kiểm tra 1 thành phần."],
    )


def test_check_of_a_plugin_nobody_installed_is_refused() -> None:
    assert run("check", "nowhere") == (1, ["Lỗi: Không có thành phần nào tên là nowhere."])


def test_a_digest_names_the_composed_policy(install: Install) -> None:
    install("sample", GOOD)
    offer = registry().offer("sample")
    assert offer.digest == digest(offer.policy) != digest(PLAN)
