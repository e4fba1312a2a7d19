"""What every form of a committee's decision has: the day it holds from, and its document."""

from __future__ import annotations

from typing import Any

from flask import request
from marshmallow import RAISE, Schema, validate

from bontot.services.thresholds import DOCUMENT_NEEDED, FIRST_DAY
from bontot.text import clean
from bontot.web.fields import Read, a_day

DAY_FIELDS = tuple(f"{FIRST_DAY}-{part}" for part in ("day", "month", "year"))
"""The boxes of the first day, as a form names them."""


class DecisionFields(Schema):
    """A decision's first day and document."""

    class Meta:
        unknown = RAISE

    valid_from = Read(a_day, required=True)
    document = Read(clean, required=True, validate=validate.Length(min=1, error=DOCUMENT_NEEDED))


def typed() -> dict[str, Any]:
    """What was sent of them, as it was typed."""
    boxes = {name.rpartition("-")[2]: request.form.get(name, "") for name in DAY_FIELDS}
    return {FIRST_DAY: boxes, "document": request.form.get("document", "")}
