"""Quận ủy Long Biên: cells and base organisations judged in points."""

from __future__ import annotations

from bontot.plugin import Policy, hookimpl
from bontot_hanoi_longbien.plan import LONGBIEN

API = 1


@hookimpl
def bontot_policies() -> tuple[Policy, ...]:
    """The plan."""
    return (LONGBIEN,)
