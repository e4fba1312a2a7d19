"""What programs can ask for, one module a noun."""

from bontot.web.api import document
from bontot.web.api.blueprint import api
from bontot.web.api.resources import (
    evaluations,
    fees,
    jobs,
    meetings,
    members,
    organisations,
    tasks,
    thresholds,
    token,
)

__all__ = [
    "api",
    "document",
    "evaluations",
    "fees",
    "jobs",
    "meetings",
    "members",
    "organisations",
    "tasks",
    "thresholds",
    "token",
]
