"""The Party's national rules on cell meetings and the yearly rating: frames that any committee may switch on."""

from __future__ import annotations

from bontot.plugin import Policy, hookimpl
from bontot_national import meetings_2018, meetings_2025, rating_2025

API = 1


@hookimpl
def bontot_policies() -> tuple[Policy, ...]:
    """The three frames."""
    return (meetings_2018.FRAME, meetings_2025.FRAME, rating_2025.FRAME)
