"""The form in which a meeting to come is prepared: what was typed, what it means, and where two texts of it differ."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from bontot.db.models.meeting import KINDS
from bontot.errors import InvalidFields, InvalidInput
from bontot.services.planning import Document, Plan
from bontot.web import words
from bontot.web.differences import Difference, differing
from bontot.web.fields import (
    Read,
    a_day,
    a_day_or_none,
    a_time,
    box_names,
    day_boxes,
    lines,
    named,
    spoken_boxes,
    typed_boxes,
)

LABELS = {
    "kind": "Loại buổi",
    "held_on": "Ngày họp",
    "starts_at": "Giờ bắt đầu",
    "place": "Địa điểm",
    "thematic_topic": "Chuyên đề",
    "agenda": "Chương trình",
    "documents": "Tài liệu",
    "guests": "Mời thêm",
    "notified_on": "Ngày gửi giấy mời và tài liệu",
}
DAYS = ("held_on", "notified_on")
SENT = (*(name for name in LABELS if name not in DAYS), *box_names(*DAYS))
"""The fields as a form sends them."""
_FREE = frozenset({"place", "thematic_topic", "agenda", "documents", "guests"})
_NUMBERED = re.compile(r"(.+?),?\s+số\s+(\d\S*)")


class PlanFields(Schema):
    """What an invitation says."""

    class Meta:
        unknown = RAISE

    kind = fields.String(
        required=True,
        validate=validate.OneOf(KINDS, error="Chọn loại buổi họp trong danh sách."),
        error_messages={"required": "Chọn loại buổi họp."},
    )
    held_on = Read(a_day, required=True)
    starts_at = Read(a_time, load_default=None)
    place = Read(str, load_default="")
    thematic_topic = Read(str, load_default="")
    agenda = Read(lines, load_default=())
    documents = Read(lines, load_default=())
    guests = Read(lines, load_default=())
    notified_on = Read(a_day_or_none, load_default=None)


def typed(form: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, by field."""
    shown: dict[str, Any] = {name: form.get(name, "") for name in LABELS if name not in DAYS}
    for name in DAYS:
        shown[name] = typed_boxes(form, name)
    return shown


def of_plan(plan: Plan) -> dict[str, Any]:
    """The form of a plan."""
    return {
        "kind": plan.kind,
        "held_on": day_boxes(plan.held_on),
        "starts_at": plan.starts_at.strftime("%H:%M") if plan.starts_at else "",
        "place": plan.place,
        "thematic_topic": plan.thematic_topic,
        "agenda": "\n".join(plan.agenda),
        "documents": "\n".join(map(written, plan.documents)),
        "guests": "\n".join(plan.guests),
        "notified_on": day_boxes(plan.notified_on),
    }


def read(values: Mapping[str, Any]) -> Plan:
    """What the form means. Raises InvalidFields."""
    try:
        found = PlanFields().load({name: value for name, value in values.items() if value})
    except ValidationError as refusal:
        raise InvalidFields(_by_field(refusal)) from None
    documents = tuple(map(_document, found.pop("documents")))
    return Plan(documents=documents, **found)


def day_typed(values: Mapping[str, Any]) -> date | None:
    """The day of the meeting, where what was typed is one."""
    try:
        return a_day(values["held_on"])
    except InvalidInput:
        return None


def written(document: Document) -> str:
    """A document on one line: `Hướng dẫn sinh hoạt tháng 12, số 15-HD/BTG`."""
    return f"{document.title}, số {document.number}" if document.number else document.title


def _document(line: str) -> Document:
    found = _NUMBERED.fullmatch(line)
    return Document(found[1], found[2]) if found else Document(line)


def _by_field(refusal: ValidationError) -> dict[str, str]:
    said = refusal.messages_dict
    return {
        name: named(LABELS[name], said[name][0]) if name in _FREE else said[name][0]
        for name in LABELS
        if name in said
    }


def in_order(errors: Mapping[str, str]) -> dict[str, str]:
    """The errors as the form has its fields."""
    return {name: errors[name] for name in ("", *LABELS) if name in errors}


def differences(theirs: Plan, mine: Mapping[str, Any]) -> list[Difference]:
    """Where what is stored and what was typed differ, field by field."""
    stored = of_plan(theirs)
    return differing((LABELS[name], _spoken(name, stored), _spoken(name, mine)) for name in LABELS)


def _spoken(name: str, values: Mapping[str, Any]) -> str:
    value = values[name]
    if name in DAYS:
        return spoken_boxes(value)
    if name == "kind":
        return words.MEETING_KINDS.get(str(value), "")
    return "; ".join(line for line in value.splitlines() if line.strip())
