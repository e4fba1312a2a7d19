"""What the worked cases of the plans shipped reach: nothing that is counted is left without a case on each side."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from bontot.policy.model import Criterion, Policy
from bontot.policy.terms import Kind
from bontot.registry import Registry
from bontot.testing.cases import read_case_file

PLUGINS = Path(__file__).parents[3] / "plugins"
BOTH = {"met", "not_met"}
TITLE = BOTH | {"no_data"}
CODES = (
    "hanoi_city",
    "hanoi_longbien",
    "hanoi_tayho",
    "hanoi_tayho_buoi",
    "national_meetings_2018",
    "national_meetings_2025",
    "national_rating_2025",
    "provincial_pilot",
)


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.load()


@pytest.fixture(scope="module")
def expected() -> dict[tuple[str, str], set[str]]:
    """The outcomes the cases expect of each criterion, figure and title, by plan."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for path in PLUGINS.glob("*/cases/*.toml"):
        file = read_case_file(path)
        for case in file.case:
            for item in case.expect:
                found[item.policy or file.policy, item.criterion or item.scheme or ""].add(item.outcome)
    return found


@pytest.mark.parametrize("code", CODES)
def test_every_count_and_title_comes_out_both_ways_in_the_cases(
    code: str, registry: Registry, expected: dict[tuple[str, str], set[str]]
) -> None:
    wanted = _wanted(registry.policy(code))
    assert {
        key: outcomes - expected[code, key]
        for key, outcomes in wanted.items()
        if outcomes - expected[code, key]
    } == {}


def _wanted(policy: Policy) -> dict[str, set[str]]:
    """Each thing the plan counts, with the outcomes a reader must find worked out."""
    criteria = {criterion.key: criterion for criterion in policy.criteria}
    wanted = {scheme.key: TITLE for scheme in policy.schemes if scheme.title}
    for key in dict.fromkeys(key for scheme in policy.schemes for key in scheme.criterion_keys):
        wanted |= _of_criterion(criteria[key])
    return wanted


def _of_criterion(criterion: Criterion) -> dict[str, set[str]]:
    own = {} if criterion.kind is Kind.JUDGED else {criterion.key: BOTH}
    beside = {
        f"{criterion.key}#{figure.measure.metric}": BOTH if figure.threshold else {"not_applicable"}
        for figure in criterion.evidence
        if figure.measure
    }
    return own | beside
