"""Each of the broken samples fails its check for the reason its docstring states, and for no other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bontot.registry import Registry
from bontot.testing.conformance import Conformance, check
from tests.broken_samples import SAMPLES, installed, stated


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Conformance]]:
    """What is found of every sample, all of them on one instance with the plans shipped."""
    with installed(tmp_path_factory.mktemp("broken")):
        yield {report.plugin: report for report in check(Registry.load(), *SAMPLES)}


def test_there_are_more_than_twelve() -> None:
    assert len(SAMPLES) >= 12
    assert len({stated(name) for name in SAMPLES}) == len(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_broken_plugin_fails_for_its_stated_reason(name: str, reports: dict[str, Conformance]) -> None:
    assert "; ".join(reports[name].problems) == stated(name)
