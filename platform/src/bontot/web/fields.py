"""What is typed into a form, read as Vietnamese offices write it: days in three boxes, times, cleaned lines of text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Any

from marshmallow import ValidationError, fields

from bontot.errors import InvalidInput, VersionMissing
from bontot.text import LINE, clean, search_key

_CLOCK = re.compile(r"(\d{1,2}) ?(?:(?:[:.hg]|gio)? ?(\d{2})(?: ?phut)?|h|g|gio)?")
BOXES = ("day", "month", "year")
"""The boxes of a day, as they are read."""
FIRST_YEAR, LAST_YEAR = 1900, 2100
"""Years a day may be in; whatever is counted from a day stays within what a calendar holds."""
LINES = 20
"""Lines a list of one a line may have."""


class Read(fields.Field[Any]):
    """A field of a schema read by one of the functions below; their refusals become its errors."""

    def __init__(self, reader: Callable[[Any], Any], **options: Any) -> None:
        super().__init__(**options)
        self._reader = reader

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:  # noqa: ANN401 - whatever the reader reads
        try:
            return self._reader(value)
        except InvalidInput as refusal:
            raise ValidationError(str(refusal)) from None


def named(label: str, sentence: str) -> str:
    """A refusal that does not say what it is about, after the field's label: `Địa điểm: nội dung dài 501 ký tự…`."""
    return f"{label}: {sentence[:1].lower()}{sentence[1:]}"


def day_boxes(day: date | None) -> dict[str, str]:
    """A day as the three boxes show it."""
    if day is None:
        return {"day": "", "month": "", "year": ""}
    return {"day": str(day.day), "month": str(day.month), "year": str(day.year)}


def month_boxes(month: date | None) -> dict[str, str]:
    """A month as the two boxes show it."""
    return {**day_boxes(month), "day": ""}


def a_day(boxes: Mapping[str, str]) -> date:
    """The day of three boxes. Raises InvalidInput."""
    given = [boxes.get(part, "").strip() for part in BOXES]
    if not all(part.isascii() and part.isdigit() for part in given):
        raise InvalidInput("Nhập đủ ngày, tháng, năm bằng số, ví dụ 3 11 2026.")
    try:
        day = date(*(int(part) for part in reversed(given)))
    except (ValueError, OverflowError):
        raise InvalidInput(f"Không có ngày {'/'.join(part[:9] for part in given)}.") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InvalidInput(f"Năm phải từ {FIRST_YEAR} đến {LAST_YEAR}, viết đủ bốn chữ số.")
    return day


def a_day_or_none(boxes: Mapping[str, str]) -> date | None:
    """The day of three boxes, None when all are empty. Raises InvalidInput."""
    return a_day(boxes) if any(value.strip() for value in boxes.values()) else None


def a_time(value: str) -> time | None:
    """`19:30`, `19h30`, `19 giờ 30`, `1930`, `19h`, `19 giờ`; None when empty. Raises InvalidInput."""
    if not value.strip():
        return None
    found = _CLOCK.fullmatch(search_key(value))
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (24, 0)
    if hour > 23 or minute > 59:
        raise InvalidInput("Giờ viết như 19:30 hoặc 19 giờ 30.")
    return time(hour, minute)


def version_number(value: str) -> int:
    """The version a form corrects. Raises VersionMissing for what is no number."""
    if not (value.isascii() and value.isdigit() and len(value) < 19):
        raise VersionMissing
    return int(value)


_SUM = re.compile(r"(-?)(\d{1,3}(?:([. ])\d{3})(?:\3\d{3})*|\d{1,12}) ?(?:d|dong|vnd)?")


def a_sum(value: str) -> int | None:
    """Đồng as they are written: `32000`, `32.000`, `32 000 đồng`; None when empty. Raises InvalidInput."""
    if not value.strip():
        return None
    found = _SUM.fullmatch(search_key(value.replace("−", "-")).strip())
    if found is None:
        raise InvalidInput("Nhập số tiền bằng đồng, ví dụ 32.000.")
    return int(found[1] + re.sub(r"\D", "", found[2]))


def a_month(boxes: Mapping[str, str]) -> date:
    """The first day of the month of two boxes. Raises InvalidInput."""
    if not any(boxes.get(part, "").strip() for part in ("month", "year")):
        raise InvalidInput("Nhập tháng và năm bằng số, ví dụ 3 2026.")
    try:
        return a_day({**boxes, "day": "1"})
    except InvalidInput:
        raise InvalidInput("Nhập tháng và năm bằng số, ví dụ 3 2026.") from None


def a_month_or_none(boxes: Mapping[str, str]) -> date | None:
    """The first day of the month of two boxes, None when both are empty. Raises InvalidInput."""
    return a_month(boxes) if any(boxes.get(part, "").strip() for part in ("month", "year")) else None


def typed_boxes(form: Mapping[str, str], name: str) -> dict[str, str]:
    """The boxes of a day or a month as they were typed."""
    return {part: form.get(f"{name}-{part}", "").strip() for part in BOXES}


def spoken_boxes(boxes: Mapping[str, str]) -> str:
    """A day or a month as it was typed, in one: 05/11/2026."""
    return "/".join(boxes[part].zfill(2) for part in BOXES if boxes.get(part))


def box_names(*names: str) -> tuple[str, ...]:
    """The names under which the boxes of days are sent: `held_on-day`, `held_on-month`, `held_on-year`."""
    return tuple(f"{name}-{part}" for name in names for part in BOXES)


def month_box_names(*names: str) -> tuple[str, ...]:
    """The names under which the boxes of months are sent: `since-month`, `since-year`."""
    return tuple(f"{name}-{part}" for name in names for part in BOXES[1:])


def version_seen(value: str) -> str:
    """The version a form corrects, as it was shown. Raises VersionMissing for none."""
    if not value:
        raise VersionMissing
    return value


def lines(value: str) -> tuple[str, ...]:
    """What stands on each line that is not empty, at most twenty. Raises InvalidInput."""
    found = [clean(line) for line in clean(value, longest=LINE * LINES, lines=True).split("\n")]
    kept = tuple(line for line in found if line)
    if len(kept) > LINES:
        raise InvalidInput(f"Ghi tối đa {LINES} dòng.")
    return kept
