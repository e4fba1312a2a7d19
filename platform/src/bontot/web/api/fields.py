"""What a program sends, read strictly: text cleaned at the one boundary, days and times in one form, nothing converted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from bontot.errors import InvalidInput
from bontot.text import LINE, clean
from bontot.web.query import EARLIEST_YEAR, LATEST_YEAR
from bontot.web.words import Mark

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")
_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_POINTS = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,2})?")
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def messages(**own: str) -> dict[str, Any]:
    """What a field says of what is wrong with it: what all say, and its own."""
    return {"required": "Thiếu trường này.", "null": "Trường này không được để trống (null).", **own}


class Form(Schema):
    """The root of what is sent and answered: with nothing in it that is not declared (safety rule 12)."""

    class Meta:
        unknown = RAISE

    error_messages = messages(unknown="Không có trường nào tên như vậy.", type="Phải là một đối tượng JSON.")


class Words(fields.String):
    """Text, cleaned; of one line unless `lines`."""

    default_error_messages = messages(invalid="Phải là chuỗi ký tự.")

    def __init__(
        self, *, longest: int = LINE, lines: bool = False, shortest: int = 0, **options: Any
    ) -> None:
        super().__init__(
            validate=validate.Length(min=shortest or None, max=longest, error=_length(shortest, longest)),
            **options,
        )
        self._longest, self._lines = longest, lines

    def _deserialize(self, value: Any, *rest: Any, **named: Any) -> str:  # noqa: ANN401 - whatever was sent
        words = super()._deserialize(value, *rest, **named)
        try:
            return clean(words, longest=self._longest, lines=self._lines)
        except InvalidInput as refusal:
            raise ValidationError(str(refusal)) from None


class Told(fields.String):
    """Text that is answered, as it is kept."""


def _length(shortest: int, longest: int) -> str:
    least = f"ít nhất {shortest} và " if shortest else ""
    return f"Phải có {least}nhiều nhất {longest} ký tự."


MEANINGS = "x-enum-descriptions"
"""What each value of a choice means, in the document."""


class Choice(fields.String):
    """One of some values; what each means is said by `words`, a table that pages use too and that knows each of them."""

    default_error_messages = messages(invalid="Phải là chuỗi ký tự.")

    def __init__(self, *choices: str, words: Mapping[str, str | Mark] | None = None, **options: Any) -> None:
        if words is not None:
            found = {one: words[one] for one in choices}
            meanings = {one: told.words if isinstance(told, Mark) else told for one, told in found.items()}
            options["metadata"] = {**options.get("metadata", {}), MEANINGS: meanings}
        said = f"Phải là một trong: {', '.join(choices)}."
        super().__init__(validate=validate.OneOf(choices, error=said), **options)


class Shaped(fields.String):
    """Text of one shape, read by `_read`."""

    shape: ClassVar[re.Pattern[str]]
    default_error_messages = messages(invalid="Không đúng dạng.")

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:  # noqa: ANN401 - whatever was sent
        if not isinstance(value, str) or not self.shape.fullmatch(value):
            raise self.make_error("invalid")
        try:
            return self._read(value)
        except ValueError:
            raise self.make_error("invalid") from None

    def _read(self, value: str) -> Any:  # noqa: ANN401 - each its own
        raise NotImplementedError


class Day(Shaped):
    """A day, `2026-03-05`."""

    shape = _DAY
    default_error_messages = messages(
        invalid=f"Phải là một ngày có thật dạng 2026-03-05, từ năm {EARLIEST_YEAR} đến {LATEST_YEAR}."
    )

    def __init__(self, **options: Any) -> None:
        options["metadata"] = {"format": "date", **options.get("metadata", {})}
        super().__init__(**options)

    def _read(self, value: str) -> date:
        day = date.fromisoformat(value)
        if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
            raise ValueError
        return day


class Month(Shaped):
    """A month, `2026-03`, as its first day."""

    shape = _MONTH
    default_error_messages = messages(invalid="Phải là một tháng dạng 2026-03.")

    def __init__(self, **options: Any) -> None:
        options["metadata"] = {"pattern": f"^{_MONTH.pattern}$", **options.get("metadata", {})}
        super().__init__(**options)

    def _read(self, value: str) -> date:
        month = date.fromisoformat(f"{value}-01")
        if not EARLIEST_YEAR <= month.year <= LATEST_YEAR:
            raise ValueError
        return month


class Clock(Shaped):
    """A time of day, `19:30`."""

    shape = _CLOCK
    default_error_messages = messages(invalid="Phải là giờ dạng 19:30.")

    def __init__(self, **options: Any) -> None:
        options["metadata"] = {"pattern": f"^{_CLOCK.pattern}$", **options.get("metadata", {})}
        super().__init__(**options)

    def _read(self, value: str) -> time:
        return time.fromisoformat(value)


class Points(Shaped):
    """Points as text, `8.5`: JSON has no exact fractions."""

    shape = _POINTS
    default_error_messages = messages(
        invalid='Phải là chuỗi số từ 0, tối đa hai chữ số thập phân, ví dụ "8.5".'
    )

    def __init__(self, **options: Any) -> None:
        options["metadata"] = {"pattern": f"^{_POINTS.pattern}$", **options.get("metadata", {})}
        super().__init__(**options)

    def _read(self, value: str) -> Decimal:
        return Decimal(value)


class Id(Shaped):
    """The public id of a record, in small letters."""

    shape = _ID
    default_error_messages = messages(invalid="Phải là mã UUID viết thường, có dấu gạch.")

    def __init__(self, **options: Any) -> None:
        options["metadata"] = {"format": "uuid", "pattern": f"^{_ID.pattern}$", **options.get("metadata", {})}
        super().__init__(**options)

    def _read(self, value: str) -> UUID:
        return UUID(value)


class Flag(fields.Boolean):
    """`true` or `false`, and nothing that could pass for it."""

    default_error_messages = messages(invalid="Phải là true hoặc false.")

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:  # noqa: ANN401 - whatever was sent
        if value is True or value is False:
            return bool(value)
        raise self.make_error("invalid")


class AskedFlag(fields.Boolean):
    """`true` or `false` in an address."""

    default_error_messages = messages(invalid="Phải là true hoặc false.")

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:  # noqa: ANN401 - whatever was sent
        if value in ("true", "false"):
            return bool(value == "true")
        raise self.make_error("invalid")


class Number(fields.Integer):
    """A whole number within bounds."""

    default_error_messages = messages(
        invalid="Phải là số nguyên.",
        too_large="Số quá lớn.",
    )

    def __init__(self, least: int, most: int, **options: Any) -> None:
        said = f"Phải là số nguyên từ {least} đến {most}."
        super().__init__(strict=True, validate=validate.Range(least, most, error=said), **options)


class AskedNumber(Number):
    """A whole number in an address, in plain digits."""

    def _deserialize(self, value: Any, *rest: Any, **named: Any) -> int:  # noqa: ANN401 - whatever was sent
        if not (isinstance(value, str) and re.fullmatch(r"0|[1-9][0-9]{0,9}", value)):
            raise self.make_error("invalid")
        found: int = super()._deserialize(int(value), *rest, **named)
        return found


class Several(fields.List[Any]):
    """A list of at most so many."""

    default_error_messages = messages(invalid="Phải là một danh sách.")

    def __init__(self, inner: fields.Field[Any], most: int, **options: Any) -> None:
        said = f"Nhiều nhất {most} mục."
        super().__init__(inner, validate=validate.Length(max=most, error=said), **options)


class Part(fields.Nested):
    """An object within an object."""

    default_error_messages = messages(type="Phải là một đối tượng JSON.")


def said(words: str) -> dict[str, Any]:
    """The description of a field that is always there."""
    return {"required": True, "metadata": {"description": words}}


def maybe(words: str) -> dict[str, Any]:
    """The description of a field that is always there and may be null."""
    return {"required": True, "allow_none": True, "metadata": {"description": words}}


def optional(words: str, default: Any = None) -> dict[str, Any]:  # noqa: ANN401 - as the field is
    """The description of a field that may be left out; null where that is what stands for nothing."""
    metadata = {"description": words}
    return {"load_default": default, "metadata": metadata} | ({"allow_none": True} if default is None else {})


def asked(words: str) -> dict[str, Any]:
    """The description of a parameter of an address that may be left out."""
    return {"load_default": _nothing, "metadata": {"description": words}}


def _nothing() -> None:
    """What stands for a parameter that was left out, and cannot be sent."""


class AsOfQuery(Form):
    """What is looked at on a day."""

    as_of = Day(**asked("Xem như ngày này; bỏ trống là hôm nay"))


class NothingSchema(Form):
    """Nothing besides what the address says."""
