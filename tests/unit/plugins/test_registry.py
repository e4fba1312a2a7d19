"""Each plugin stands or falls alone."""

from __future__ import annotations

import sys
from datetime import date

import pytest

from bontot.errors import DeclarationError, PluginUnavailable
from bontot.plugin import DayKind, DayOff, Subject
from bontot.policy.digest import digest
from bontot.registry import Failure, Registry
from tests.unit.plugins.conftest import Install

SHIPPED = frozenset({"hanoi_city", "hanoi_longbien", "hanoi_tayho", "national", "provincial_pilot"})
GOOD = """
    from dataclasses import replace
    from bontot.plugin import hookimpl
    from tests.unit.policy.samples import FRAME, PLAN, WARD

    @hookimpl
    def bontot_policies():
        return [replace(PLAN, frames=(), thresholds=tuple(replace(t, frame=None) for t in PLAN.thresholds))]
"""


def load() -> Registry:
    """What the samples give, without the plans shipped."""
    return Registry.load(off=SHIPPED)


def own_failures(registry: Registry) -> tuple[Failure, ...]:
    """Failures of the samples; counts the platform does not have are another test's matter."""
    return tuple(
        failure
        for failure in registry.failures
        if failure.plugin not in SHIPPED and "phép đo" not in failure.reason
    )


def test_a_good_plugin_is_offered_with_its_provenance(install: Install) -> None:
    install("sample", GOOD, version="3.1")
    registry = load()
    offer = registry.offer("sample")
    assert own_failures(registry) == ()
    assert (offer.plugin, offer.plugin_version, offer.digest) == ("sample", "3.1", digest(offer.policy))
    assert offer.stack == (offer.policy,)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("raise RuntimeError('hỏng khi nạp')", "RuntimeError: hỏng khi nạp"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("def broken(:", "SyntaxError: invalid syntax (sample_plugin_broken.py, line 1)"),
        (
            """
            from bontot.plugin import hookimpl
            @hookimpl
            def bontot_policies():
                raise LookupError('hỏng trong hook')
            """,
            "LookupError: hỏng trong hook",
        ),
        (
            """
            from bontot.plugin import hookimpl
            @hookimpl
            def bontot_policies():
                yield 7
            """,
            "Policy: cần Policy, nhận được 7",
        ),
        (
            """
            from bontot.plugin import hookimpl
            @hookimpl
            def bontot_policies():
                return 7
            """,
            "TypeError: 'int' object is not iterable",
        ),
        (
            """
            from bontot.plugin import hookimpl
            @hookimpl
            def bontot_plans():
                return []
            """,
            "không có hook nào tên là bontot_plans",
        ),
        (
            """
            def bontot_policies():
                return []
            """,
            "bontot_policies thiếu @hookimpl",
        ),
    ],
)
def test_a_broken_plugin_is_left_out_with_its_reason_and_the_rest_serve_on(
    install: Install, source: str, reason: str
) -> None:
    install("sample", GOOD)
    install("broken", source)
    registry = load()
    assert list(registry.policies) == ["sample"]
    (failure,) = own_failures(registry)
    assert (failure.plugin, failure.policy, failure.left_out) == ("broken", None, True)
    assert failure.reason.startswith(reason)
    with pytest.raises(PluginUnavailable) as refused:
        registry.policy("broken_ward")
    assert refused.value.status == 503
    assert str(refused.value) == f"Kế hoạch “broken_ward” chưa dùng được: {failure.reason}."


def policies(*expressions: str) -> str:
    """A plugin that declares what these expressions say."""
    listed = ", ".join(expressions)
    return f"""
    from dataclasses import replace
    from bontot.plugin import Roll, hookimpl
    from tests.unit.policy.samples import *

    @hookimpl
    def bontot_policies():
        return [{listed}]
    """


@pytest.mark.parametrize(
    ("declared", "code", "reason"),
    [
        (
            "replace(PLAN, code='odd', criteria=(LINE, ATTENDANCE, UNITY, replace(SHARE, roll=Roll(scheme='sample.cell'))))",
            "odd",
            "sample.share: “sample.cell” không ở cấp dưới trực tiếp; "
            "sample.share: tiêu chí dẫn xuất quay vòng về chính nó",
        ),
        (
            "replace(WARD, code='odd', adds=frozenset(), refines='odd_plan'), replace(PLAN, code='odd_plan')",
            "odd",
            "“sample.preparation” không có trong kế hoạch bên dưới và không được khai là thêm mới (adds)",
        ),
        ("replace(WARD, code='odd', refines='nowhere')", "odd", "thiếu kế hoạch “nowhere” mà nó bổ sung"),
        ("replace(WARD, code='odd', refines='odd')", "odd", "“odd” bổ sung cho chính nó"),
        ("replace(PLAN, code='other')", "other", "mã “other” không mở đầu bằng tên thành phần"),
    ],
)
def test_a_policy_that_does_not_hold_together_is_left_out_alone(
    install: Install, declared: str, code: str, reason: str
) -> None:
    install("sample", GOOD)
    install("odd", policies("replace(PLAN, code='odd_fine')", declared))
    registry = load()
    assert code not in registry.policies
    assert {"sample", "odd_fine"} <= registry.policies.keys()
    named = [failure for failure in own_failures(registry) if failure.policy == code]
    assert [(failure.plugin, failure.reason, failure.left_out) for failure in named] == [
        ("odd", reason, True)
    ]
    with pytest.raises(PluginUnavailable) as refused:
        registry.policy(code)
    assert str(refused.value) == f"Kế hoạch “{code}” chưa dùng được: {reason}."


def test_a_refinement_of_another_plugins_plan_is_composed_and_falls_with_it(install: Install) -> None:
    install("sample", policies("PLAN"))
    install("ward", policies("replace(WARD, code='ward')"))
    registry = load()
    assert [layer.code for layer in registry.stack("ward")] == ["sample", "ward"]
    assert registry.policy("ward").version == "1+7"
    without = Registry.load(off=SHIPPED | {"sample"})
    assert list(without.policies) == []
    with pytest.raises(PluginUnavailable) as refused:
        without.policy("ward")
    assert str(refused.value) == "Kế hoạch “ward” chưa dùng được: thiếu kế hoạch “sample” mà nó bổ sung."


def test_a_missing_frame_or_count_is_reported_and_the_plan_serves_on(install: Install) -> None:
    install(
        "sample",
        policies("replace(PLAN, criteria=(LINE, replace(ATTENDANCE, measure=M), UNITY, SHARE))").replace(
            "@hookimpl", "M = ATTENDANCE.measure.__class__(metric='sample.unheard')\n\n    @hookimpl"
        ),
    )
    registry = load()
    assert registry.frames("sample") == ()
    reported = [failure for failure in registry.failures if failure.policy == "sample"]
    assert reported == [
        Failure(plugin="sample", reasons=("thiếu khung “frame”",), policy="sample", left_out=False),
        Failure(
            plugin="sample",
            reasons=("sample.attendance: chưa có phép đo “sample.unheard” cho cell",),
            policy="sample",
            left_out=False,
        ),
    ]


def test_the_frame_stands_beside_the_plan_and_must_have_the_figure_named(install: Install) -> None:
    install("frame", policies("FRAME"))
    install("sample", policies("PLAN"))
    registry = load()
    assert [frame.code for frame in registry.frames("sample")] == ["frame"]
    install("frame_odd", policies("replace(FRAME, code='frame_odd', thresholds=())"))
    install("sample_odd", policies("replace(PLAN, code='sample_odd', frames=('frame_odd',))"))
    (failure,) = [failure for failure in own_failures(load()) if failure.policy == "sample_odd"]
    assert failure == Failure(
        plugin="sample_odd",
        reasons=("khung không có mức “frame.attendance”",),
        policy="sample_odd",
        left_out=False,
    )


METRIC = """
    from bontot.plugin import Metric, Subject, hookimpl

    @hookimpl
    def bontot_metrics():
        return [
            Metric(
                key="{key}", subject=Subject.CELL, label="Thử", part_words="buổi", whole_words="buổi",
                count=lambda facts: [], parameters={parameters},
            )
        ]
"""


def test_a_count_is_known_by_subject_and_key_and_asks_for_its_parameters(install: Install) -> None:
    install("counts", METRIC.format(key="counts.one", parameters="('how',)"))
    install("counts_again", METRIC.format(key="counts.one", parameters="()"))
    measuring = "replace(PLAN, frames=(), criteria=(LINE, replace(ATTENDANCE, measure=M), UNITY, SHARE))"
    install(
        "sample",
        policies(measuring).replace(
            "@hookimpl", "M = ATTENDANCE.measure.__class__(metric='counts.one')\n\n    @hookimpl"
        ),
    )
    registry = load()
    assert registry.metrics[Subject.CELL, "counts.one"].parameters == ("how",)
    reasons = {failure.plugin: (failure.reason, failure.left_out) for failure in registry.failures}
    assert reasons["counts_again"] == ("“counts.one” (cell) đã có thành phần khác khai", False)
    assert reasons["sample"] == (
        "sample.attendance: phép đo “counts.one” thiếu tham số how; nối trong Measure.parameters",
        False,
    )


def test_two_plugins_of_one_name_or_code_do_not_replace_each_other(install: Install) -> None:
    install("sample", GOOD)
    install("sample_ward", policies("replace(PLAN, code='sample_ward', label='đầu')"))
    install("sample_ward_2", policies("replace(PLAN, code='sample_ward_2', label='sau')"))
    install("samplex", policies("replace(PLAN, code='sample_ward')"))
    registry = load()
    assert registry.policy("sample_ward").label == "đầu"
    (failure,) = [failure for failure in own_failures(registry) if failure.plugin == "samplex"]
    assert failure.reason == "mã “sample_ward” không mở đầu bằng tên thành phần"


def test_a_plugin_switched_off_is_not_imported(install: Install) -> None:
    install("sample", GOOD)
    install("quiet", "raise AssertionError('được nạp')")
    registry = Registry.load(off=SHIPPED | {"quiet"})
    assert list(registry.policies) == ["sample"]
    assert "sample_plugin_quiet" not in sys.modules
    with pytest.raises(PluginUnavailable) as refused:
        registry.policy("quiet")
    assert str(refused.value) == "Kế hoạch “quiet” chưa dùng được: đang tắt bằng BONTOT_PLUGINS_OFF."


def test_a_plan_nobody_declares_is_unavailable_with_that_reason() -> None:
    with pytest.raises(PluginUnavailable) as refused:
        load().policy("nowhere")
    sentence = "Kế hoạch “nowhere” chưa dùng được: chưa cài thành phần nào khai kế hoạch này."
    assert str(refused.value) == sentence


def test_days_off_come_from_every_plugin_and_the_platforms_own_win(install: Install) -> None:
    install(
        "swaps",
        """
        from datetime import date
        from bontot.plugin import DayKind, DayOff, hookimpl

        @hookimpl
        def bontot_holidays(year):
            return [
                DayOff(day=date(year, 1, 1), kind=DayKind.STATUTORY, name="Khác"),
                DayOff(day=date(year, 3, 12), kind=DayKind.SWAPPED_OFF, name="Nghỉ riêng"),
            ]
        """,
    )
    days = {(record.day, record.kind): record.name for record in load().days_off(2026)}
    assert days[date(2026, 1, 1), DayKind.STATUTORY] == "Tết Dương lịch"
    assert days[date(2026, 3, 12), DayKind.SWAPPED_OFF] == "Nghỉ riêng"
    assert list(days) == sorted(days)


def test_days_off_a_plugin_cannot_give_are_refused_by_its_name(install: Install) -> None:
    install(
        "swaps",
        """
        from bontot.plugin import hookimpl

        @hookimpl
        def bontot_holidays(year):
            return ["01/01"]
        """,
    )
    with pytest.raises(DeclarationError) as refused:
        load().days_off(2026)
    assert str(refused.value) == "swaps: ngày nghỉ năm 2026: DayOff: cần DayOff, nhận được '01/01'"


def test_the_platforms_days_off_are_a_plugin_like_any_other() -> None:
    assert DayOff(
        day=date(2026, 1, 2),
        kind=DayKind.SWAPPED_OFF,
        name="Ngày nghỉ (thay cho ngày 10/01/2026)",
        source="Thông báo 12729/VPCP-KGVX ngày 25/12/2025",
    ) in load().days_off(2026)
    assert Registry.load(off=SHIPPED | {"days_off"}).days_off(2026) == ()
