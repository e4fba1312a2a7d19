"""What every form of a committee's decision has: the day it holds from, and its document; and how it is read and sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request
from marshmallow import RAISE, Schema, ValidationError, validate
from werkzeug.wrappers import Response

from bontot.errors import FormNotUnderstood
from bontot.services.thresholds import DOCUMENT_NEEDED, FIRST_DAY
from bontot.text import clean
from bontot.web.fields import Read, a_day, box_names, typed_boxes
from bontot.web.forms import answered

DAY_FIELDS = box_names(FIRST_DAY)
"""The boxes of the first day, as a form names them."""


class DecisionFields(Schema):
    """A decision's first day and document."""

    class Meta:
        unknown = RAISE

    valid_from = Read(a_day, required=True)
    document = Read(clean, required=True, validate=validate.Length(min=1, error=DOCUMENT_NEEDED))


def typed() -> dict[str, Any]:
    """What was sent of them, as it was typed."""
    return {FIRST_DAY: typed_boxes(request.form, FIRST_DAY), "document": request.form.get("document", "")}


@dataclass(slots=True)
class DecisionForm:
    """The form as shown: values as typed, errors by field."""

    values: Mapping[str, Any]
    errors: dict[str, str] = field(default_factory=dict)

    def read(self, fields: DecisionFields) -> dict[str, Any]:
        """The fields that can be read; the others leave their sentences in `errors`."""
        try:
            return dict(fields.load(self.values))
        except ValidationError as refusal:
            for name, sentences in refusal.messages_dict.items():
                known = name in fields.fields
                self.errors[name if known else ""] = sentences[0] if known else FormNotUnderstood.sentence
            return refusal.valid_data if isinstance(refusal.valid_data, dict) else {}

    def send(
        self, act: Callable[[], str], again: Callable[[int], tuple[str, int]]
    ) -> tuple[str, int] | Response:
        """Does `act`, which returns where to go next, once; what it refuses is shown `again`, with a status."""

        def refused(errors: dict[str, str], status: int) -> tuple[str, int]:
            self.errors |= errors
            return again(status)

        return answered(act, refused)
