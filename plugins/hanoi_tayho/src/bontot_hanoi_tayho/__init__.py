"""Quận ủy Tây Hồ: the district's plan and ward Bưởi's refinement of it."""

from __future__ import annotations

from bontot.plugin import Policy, hookimpl
from bontot_hanoi_tayho.buoi import BUOI
from bontot_hanoi_tayho.plan import TAYHO

API = 1


@hookimpl
def bontot_policies() -> tuple[Policy, ...]:
    """The plan and its refinement."""
    return TAYHO, BUOI
