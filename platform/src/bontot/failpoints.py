"""Named places before and after each commit and waking of the work in the background (safety rule 22).

A test names one in the environment of a process; it then ends there as if it had been killed, and the test looks whether
anything was lost or done twice. Without a name nothing happens.
"""

from __future__ import annotations

import os
import signal

VARIABLE = "FAILPOINT"
POINTS = (
    "claim.before_commit",
    "claim.after_commit",
    "begin.before_commit",
    "begin.after_commit",
    "end.before_commit",
    "end.after_commit",
    "rest.before_commit",
    "rest.after_commit",
    "fail.before_commit",
    "fail.after_commit",
    "round.before_commit",
    "round.after_commit",
    "wake.before_push",
    "wake.after_push",
)


def reach(point: str) -> None:
    """Ends the process where it was told to end here."""
    if os.environ.get(VARIABLE) == point:
        os.kill(os.getpid(), signal.SIGKILL)
