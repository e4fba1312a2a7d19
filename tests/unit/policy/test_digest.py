"""A digest names exactly a content."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from bontot.policy.digest import digest
from bontot.policy.model import Measure
from tests.unit.policy.samples import ATTENDANCE, PLAN, RATE, WARD


def test_the_digest_does_not_depend_on_the_hash_seed() -> None:
    """Sets iterate differently in each of these processes."""
    program = "from tests.unit.policy.samples import WARD; from bontot.policy.digest import digest; print(digest(WARD))"
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("0", "1", "2", "3")
    }
    assert digests == {digest(WARD)}


def test_a_number_and_a_mapping_are_their_content_not_their_writing() -> None:
    written = replace(RATE, lowest=Decimal("80.00"))
    assert digest(written) == digest(RATE)
    one = Measure(metric="m", parameters={"a": "x", "b": "y"})
    other = Measure(metric="m", parameters={"b": "y", "a": "x"})
    assert digest(one) == digest(other)


def test_any_change_of_content_changes_the_digest() -> None:
    changes = [
        replace(PLAN, version="2"),
        replace(PLAN, criteria=PLAN.criteria[::-1]),
        replace(PLAN, criteria=(replace(ATTENDANCE, label="Khác"), *PLAN.criteria[1:])),
        replace(PLAN, thresholds=(replace(RATE, lowest=Decimal(81)), *PLAN.thresholds[1:])),
        replace(PLAN, thresholds=(replace(RATE, lowest=None), *PLAN.thresholds[1:])),
        replace(PLAN, drop=frozenset({"x"})),
    ]
    assert len({digest(PLAN), *map(digest, changes)}) == len(changes) + 1


def test_what_is_not_declared_data_has_no_digest() -> None:
    @dataclass(frozen=True)
    class Odd:
        value: object

    with pytest.raises(TypeError, match="float is not part of a declaration"):
        digest(Odd(0.85))
