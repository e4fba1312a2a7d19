"""The form in which a secretary records a meeting: what was typed, what it means, and what must be mended.

A line of the roll is named by `row`, and marked by `mark-<public id>` (present or absent), `reason-<public id>` once
absent, and `why-<public id>`, a word or two. What was typed is kept as it was typed, so that a page shown again loses
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate
from werkzeug.datastructures import MultiDict

from bontot.db.models.meeting import ABSENT_EXCUSED, ABSENT_UNEXCUSED, KINDS, LATE, PRESENT, STEPS
from bontot.errors import FormNotUnderstood, InvalidInput
from bontot.services.meetings import BANDS, Mark, MeetingEntry, RollLine
from bontot.services.planning import Plan
from bontot.text import clean
from bontot.web import words
from bontot.web.differences import Difference, differing
from bontot.web.fields import Read, a_day, a_day_or_none, a_time, day_boxes, lines, named, spoken_boxes

REASONS = {"excused": ABSENT_EXCUSED, "unexcused": ABSENT_UNEXCUSED, "late": LATE}
REASON_OF = {mark: reason for reason, mark in REASONS.items()}
OURS = frozenset({"csrf_token", "form_key", "action", "roll_day", "version", "reason", "row"})
ROW_PARTS = ("mark-", "reason-", "why-")
COMING = frozenset({PRESENT, LATE})
LABELS = {
    "kind": "Loại buổi",
    "held_on": "Ngày họp",
    "starts_at": "Giờ bắt đầu",
    "place": "Địa điểm",
    "topic": "Nội dung chính",
    "thematic_topic": "Chuyên đề",
    "agenda": "Chương trình",
    "steps": "Các bước đã làm",
    "materials": "Tài liệu",
    "sent_on": "Ngày gửi tài liệu",
    "self_criticism": "Có tự phê bình và phê bình",
    "self_score_band": "Chi bộ tự đánh giá",
    "resolution_number": "Số nghị quyết",
    "resolution_subject": "Trích yếu nghị quyết",
}


FREE_TEXT = frozenset(
    {"place", "topic", "thematic_topic", "agenda", "materials", "resolution_number", "resolution_subject"}
)
"""Fields whose refusals speak of the text alone, so that the label has to say which."""


class MeetingFields(Schema):
    """The fields of a meeting besides its roll."""

    class Meta:
        unknown = RAISE

    kind = fields.String(
        required=True,
        validate=validate.OneOf(KINDS, error="Chọn loại buổi họp trong danh sách."),
        error_messages={"required": "Chọn loại buổi họp."},
    )
    held_on = Read(a_day, required=True)
    starts_at = Read(a_time, load_default=None)
    place = Read(clean, load_default="")
    topic = Read(clean, load_default="")
    thematic_topic = Read(clean, load_default="")
    steps = fields.List(
        fields.String(validate=validate.OneOf(STEPS, error="Chọn bước trong danh sách.")), load_default=list
    )
    agenda = Read(lines, load_default=())
    materials = Read(lines, load_default=())
    sent_on = Read(a_day_or_none, load_default=None)
    self_criticism = fields.Boolean(load_default=False)
    self_score_band = fields.String(
        load_default=None, validate=validate.OneOf(BANDS, error="Chọn mức tự đánh giá trong danh sách.")
    )
    resolution_number = Read(clean, load_default="")
    resolution_subject = Read(clean, load_default="")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the roll with what was marked: `mark` is "present", "absent" or nothing yet, `reason` why, once absent."""

    line: RollLine
    mark: str = "present"
    reason: str = ""
    why: str = ""

    @property
    def key(self) -> str:
        """The row's place on the page."""
        return f"roll-{self.line.public_id}"

    @property
    def coming(self) -> bool:
        """Whether it counts as present."""
        return self.mark == "present" or (self.mark == "absent" and self.reason == "late")

    @property
    def shown(self) -> words.Mark:
        """The mark in words."""
        if not self.mark:
            return words.UNMARKED
        return words.ATTENDANCE[
            PRESENT if self.mark == "present" else REASONS.get(self.reason, ABSENT_UNEXCUSED)
        ]

    @property
    def spoken(self) -> str:
        """The mark in words, with the reason."""
        return f"{self.shown.words}: {self.why}" if self.why and self.mark == "absent" else self.shown.words


@dataclass(slots=True)
class MeetingForm:
    """The form as shown: `values` as typed, `rows` of the roll of `roll_day`, `errors` by field."""

    values: Mapping[str, Any]
    roll_day: date
    rows: list[Row]
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def opened(self) -> bool:
        """Whether something beyond day and roll must be mended."""
        return not self.errors.keys().isdisjoint(LABELS.keys() - {"kind", "held_on", "starts_at"})

    @property
    def filled(self) -> bool:
        """Whether an invitation or what was typed says more than day and roll."""
        return bool(self.values.get("agenda") or self.values.get("materials"))

    @property
    def present(self) -> int:
        """How many count as present."""
        return sum(row.coming for row in self.rows)


def offered(roll: Iterable[RollLine], day: date, **values: Any) -> MeetingForm:
    """An empty form for a meeting on `day`, everyone present."""
    shown = {"kind": "regular", "held_on": day_boxes(day), "sent_on": day_boxes(None), **values}
    return MeetingForm(shown, day, [Row(line) for line in roll])


def prepared(plan: Plan, roll: Iterable[RollLine], day: date) -> MeetingForm:
    """The form of a meeting whose invitation says what there was to be; everyone present."""
    return offered(
        roll,
        day,
        kind=plan.kind,
        starts_at=plan.starts_at.strftime("%H:%M") if plan.starts_at else "",
        place=plan.place,
        thematic_topic=plan.thematic_topic,
        agenda="\n".join(plan.agenda),
        materials="\n".join(one.cited for one in plan.documents),
        sent_on=day_boxes(plan.notified_on),
        steps=frozenset({"preparation"} if plan.notified_on else ()),
    )


def recorded(entry: MeetingEntry, roll: Iterable[RollLine]) -> MeetingForm:
    """The form of a meeting already recorded."""
    values = {
        "kind": entry.kind,
        "held_on": day_boxes(entry.held_on),
        "starts_at": entry.starts_at.strftime("%H:%M") if entry.starts_at else "",
        "place": entry.place,
        "topic": entry.topic,
        "thematic_topic": entry.thematic_topic,
        "steps": entry.steps,
        "agenda": "\n".join(entry.agenda),
        "materials": "\n".join(entry.materials),
        "sent_on": day_boxes(entry.sent_on),
        "self_criticism": "true" if entry.self_criticism else "",
        "self_score_band": entry.self_score_band or "",
        "resolution_number": entry.resolution_number,
        "resolution_subject": entry.resolution_subject,
    }
    return MeetingForm(values, entry.held_on, [_row(line, entry.marks.get(line.member_id)) for line in roll])


def _row(line: RollLine, mark: Mark | None) -> Row:
    if mark is None:
        return Row(line, "")
    if mark.value == PRESENT:
        return Row(line)
    return Row(line, "absent", REASON_OF[mark.value], mark.reason or "")


def typed(form: MultiDict[str, str]) -> dict[str, Any]:
    """What was typed besides the roll, by field; unknown fields included, to be refused."""
    shown: dict[str, Any] = {
        name: value for name, value in form.items() if name not in OURS and not name.startswith(ROW_PARTS)
    }
    for name in ("held_on", "sent_on"):
        shown[name] = {part: shown.pop(f"{name}-{part}", "").strip() for part in ("day", "month", "year")}
    shown["steps"] = form.getlist("steps")
    return shown


def rows(form: MultiDict[str, str], roll: Iterable[RollLine]) -> list[Row]:
    """The roll with what was marked; who was not on the page that was sent is present until touched."""
    listed = set(form.getlist("row"))
    return [_sent_row(form, line) if str(line.public_id) in listed else Row(line) for line in roll]


def _sent_row(form: MultiDict[str, str], line: RollLine) -> Row:
    return Row(
        line,
        form.get(f"mark-{line.public_id}", ""),
        form.get(f"reason-{line.public_id}", ""),
        form.get(f"why-{line.public_id}", ""),
    )


def strangers(form: MultiDict[str, str], roll: Iterable[RollLine]) -> bool:
    """Whether the page that was sent held another roll than `roll`, or marks someone who was not on it."""
    listed = set(form.getlist("row"))
    marked = {name.removeprefix("mark-") for name in form if name.startswith("mark-")}
    return listed != {str(line.public_id) for line in roll} or not marked <= listed


def entry_of(shown: MeetingForm, today: date, *, everyone: bool) -> MeetingEntry | None:
    """What the form means, or None with `shown.errors` saying everything there is to mend, in the order of the page.

    `everyone`: nobody may be left without a mark, as somebody may be in a meeting recorded before.
    """
    errors, found = shown.errors, {}
    try:
        read = MeetingFields().load({name: value for name, value in shown.values.items() if value})
    except ValidationError as refusal:
        found, read = _by_field(refusal.messages_dict), refusal.valid_data
    found |= _days_out_of_order(read, today)
    errors.update({name: found[name] for name in ("", *LABELS) if name in found})
    marks = {
        row.line.member_id: mark for row in shown.rows if (mark := _mark(row, errors, everyone)) is not None
    }
    if errors:
        return None
    return MeetingEntry(
        **{
            **read,
            "steps": frozenset(read["steps"]),
            "agenda": tuple(read["agenda"]),
            "materials": tuple(read["materials"]),
        },
        marks=marks,
    )


def _days_out_of_order(read: Mapping[str, Any], today: date) -> dict[str, str]:
    """What recording would refuse of the days: said here already, so that it stands beside the rest to mend."""
    held_on, sent_on = read.get("held_on"), read.get("sent_on")
    if held_on is None:
        return {}
    found = {}
    if held_on > today:
        found["held_on"] = "Ngày họp chưa đến. Chỉ ghi nhận buổi đã họp."
    if sent_on and sent_on > held_on:
        found["sent_on"] = "Ngày gửi tài liệu phải trước hoặc trong ngày họp."
    return found


def _mark(row: Row, errors: dict[str, str], everyone: bool) -> Mark | None:
    if not row.mark and not everyone:
        return None
    if row.mark == "present":
        return Mark(PRESENT)
    if row.mark != "absent":
        errors[row.key] = f"{row.line.full_name}: chọn có mặt hay vắng."
        return None
    if row.reason not in REASONS:
        errors[row.key] = f"{row.line.full_name} vắng: chọn có lý do, không lý do hay đến muộn."
        return None
    try:
        why = clean(row.why, longest=100) if row.reason == "excused" else ""
    except InvalidInput as refusal:
        errors[row.key] = f"{row.line.full_name}, lý do vắng: {refusal}"
        return None
    return Mark(REASONS[row.reason], why or None)


def differences(theirs: MeetingForm, mine: MeetingForm) -> list[Difference]:
    """Where two forms of one meeting differ in more than blanks and line breaks: its fields in order, then the roll by
    given name."""
    before, after = _spoken(theirs), _spoken(mine)
    return differing((label, before.get(label, ""), after.get(label, "")) for label in {**before, **after})


def _spoken(form: MeetingForm) -> dict[str, str]:
    said = {label: _in_words(name, form.values.get(name)) for name, label in LABELS.items()}
    return said | {f"{row.line.full_name} ({row.line.birth_year or '?'})": row.spoken for row in form.rows}


def _in_words(name: str, value: Any) -> str:  # noqa: ANN401 - a field is a line, three boxes or a list
    if isinstance(value, Mapping):
        return spoken_boxes(value)
    if name == "steps":
        return "; ".join(words.MEETING_STEPS[step] for step in STEPS if step in (value or ()))
    named = {
        "kind": words.MEETING_KINDS,
        "self_score_band": words.MEETING_BANDS,
        "self_criticism": {"true": "Có"},
    }
    return named.get(name, {}).get(value or "", value or "")


def _by_field(messages: Mapping[str, Any]) -> dict[str, str]:
    """The first sentence for each field of the form; what is none of its fields is refused as a whole."""
    found = {
        name: named(LABELS[name], _first(said)) if name in FREE_TEXT else _first(said)
        for name, said in messages.items()
        if name in LABELS
    }
    return found if len(found) == len(messages) else found | {"": FormNotUnderstood.sentence}


def _first(messages: Any) -> str:  # noqa: ANN401 - marshmallow nests lists and dicts
    while not isinstance(messages, str):
        messages = next(iter(messages.values() if isinstance(messages, dict) else messages))
    return messages
