"""The plan keeps what every plugin is held to, and judges as its cases were worked out by hand."""

from __future__ import annotations

from bontot.testing.conformance import Conformance
from bontot.testing.distribution import WorkedCase


def test_the_plan_keeps_what_every_plugin_is_held_to(conformance: Conformance) -> None:
    assert (conformance.problems, conformance.notes) == ((), ())


def test_every_case_comes_out_as_worked_by_hand(worked_case: WorkedCase) -> None:
    assert worked_case.problems() == []
