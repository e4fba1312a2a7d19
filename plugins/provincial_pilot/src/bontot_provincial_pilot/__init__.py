"""Đảng ủy Các cơ quan tỉnh: a pilot for the cells chosen for it."""

from __future__ import annotations

from bontot.plugin import Policy, hookimpl
from bontot_provincial_pilot.plan import PILOT

API = 1


@hookimpl
def bontot_policies() -> tuple[Policy, ...]:
    """The pilot's plan."""
    return (PILOT,)
