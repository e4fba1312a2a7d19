"""The hooks are documented by examples that run, and the vocabulary is a closed list."""

from __future__ import annotations

import re
import textwrap
from datetime import date

import pytest

from bontot import plugin
from bontot.plugin import DayKind, DayOff, Subject
from bontot.policy.layouts import lines_of
from bontot.registry import Loaded, Registry
from tests.unit.plugins.conftest import Install

HOOKS = sorted(name for name in vars(plugin) if name.startswith("bontot_"))


def example(hook: str) -> str:
    """The code a hook's docstring shows."""
    text = textwrap.dedent(getattr(plugin, hook).__doc__.split("::\n", 1)[1])
    return text.strip() + "\n"


def answered(install: Install, hook: str) -> Loaded:
    install("example", example(hook))
    registry = Registry.load()
    assert [
        failure for failure in registry.failures if failure.plugin == "example" and failure.left_out
    ] == []
    return next(loaded for loaded in registry.plugins if loaded.name == "example")


def test_every_hook_has_a_test_of_its_example() -> None:
    tested = {name.removeprefix("test_the_example_of_") for name in globals() if "_example_of_" in name}
    assert (
        tested
        == set(HOOKS)
        == {"bontot_holidays", "bontot_metrics", "bontot_policies", "bontot_report_formats"}
    )


def test_the_example_of_bontot_policies(install: Install) -> None:
    (policy,) = answered(install, "bontot_policies").policies
    assert (policy.code, policy.references[0].number) == ("example", "01-KH/ĐU")
    assert [criterion.key for criterion in policy.criteria] == ["example.regulation"]
    assert "example" in Registry.load().policies


def test_the_example_of_bontot_metrics(install: Install) -> None:
    (metric,) = answered(install, "bontot_metrics").metrics
    assert (metric.key, metric.subject) == ("example.late_meetings", Subject.CELL)


def test_the_example_of_bontot_holidays(install: Install) -> None:
    hooks = answered(install, "bontot_holidays").hooks
    assert hooks.bontot_holidays(year=2026) == [
        [
            DayOff(
                day=date(2026, 1, 2),
                kind=DayKind.SWAPPED_OFF,
                name="Nghỉ hoán đổi",
                source="Thông báo của cơ quan",
            )
        ]
    ]
    assert hooks.bontot_holidays(year=2025) == [[]]


def test_the_example_of_bontot_report_formats(install: Install) -> None:
    (form,) = answered(install, "bontot_report_formats").formats
    assert (form.key, form.title, form.about) == ("example.summary", "Biểu tổng hợp ví dụ", "period")
    assert [line.kind for line in lines_of(form.layout)] == ["text", "block", "write"]


def test_the_vocabulary_is_exactly_what_is_listed() -> None:
    public = {name for name in vars(plugin) if re.match(r"[A-Za-z]", name)}
    machinery = {"annotations", "pluggy", "Iterable", "PROJECT", "NEWEST_API", "OLDEST_API"}
    assert public - machinery - set(HOOKS) == set(plugin.__all__)


@pytest.mark.parametrize("name", plugin.__all__)
def test_every_word_is_documented(name: str) -> None:
    word = getattr(plugin, name)
    assert name in ("Count", "hookimpl") or (word.__doc__ or "").strip()
