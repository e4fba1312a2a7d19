"""Thành ủy Hà Nội: the frame every district's plan is judged beside."""

from __future__ import annotations

from bontot.plugin import Policy, hookimpl
from bontot_hanoi_city.frame import FRAME

API = 1


@hookimpl
def bontot_policies() -> tuple[Policy, ...]:
    """The frame."""
    return (FRAME,)
