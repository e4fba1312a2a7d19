"""Forms that are data: fields of a few kinds, and what is made of them.

An entry is a dataclass with a value for each field. A kind says how its value is sent, read, shown, and told in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from types import MappingProxyType
from typing import Any, ClassVar
from uuid import UUID

from werkzeug.datastructures import MultiDict

from bontot.errors import FormNotUnderstood, InvalidFields, InvalidInput, noting
from bontot.web.fields import BOXES, a_day, a_time, box_names, day_boxes, spoken_boxes, typed_boxes

OURS = ("csrf_token", "form_key", "version", "reason", "action")
NOT_LISTED = "Xin chọn trong danh sách."


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody a field can name."""

    id: int
    public_id: UUID
    name: str


class Kind:
    """A kind of field, here a line of text; the others differ from it in what they say."""

    name: ClassVar[str] = "line"
    blank: ClassVar[Any] = ""

    def sent(self, name: str) -> tuple[str, ...]:
        """The names under which it is sent."""
        return (name,)

    def typed(self, sent: MultiDict[str, str], name: str) -> Any:  # noqa: ANN401 - boxes, a list or a line
        """What was sent, as it was typed."""
        return sent.get(name, "")

    def read(self, typed: Any, ids: Mapping[str, int]) -> Any:  # noqa: ANN401, ARG002
        """The value that was typed; `ids` are of the people it can name, by public id. Raises InvalidInput."""
        return typed

    def shown(self, value: Any, names: Mapping[int, str]) -> Any:  # noqa: ANN401, ARG002
        """A value as it would be typed; `names` are public ids by id."""
        return value

    def spoken(self, typed: Any, one: Field, names: Mapping[Any, str]) -> str:  # noqa: ANN401, ARG002
        """What was typed, in words; `names` are of people by what names them."""
        return str(typed)

    def kept(self, value: Any, one: Field, names: Mapping[int, str]) -> str:  # noqa: ANN401
        """A value as the trail keeps it, in words; `names` are of people by id."""
        return "" if value is None else self.spoken(value, one, names)


class Text(Kind):
    """Several lines."""

    name = "text"


class Day(Kind):
    """A day in three boxes."""

    name = "day"
    blank: ClassVar[Any] = MappingProxyType(dict.fromkeys(BOXES, ""))

    def sent(self, name: str) -> tuple[str, ...]:
        return box_names(name)

    def typed(self, sent: MultiDict[str, str], name: str) -> dict[str, str]:
        return typed_boxes(sent, name)

    def read(self, typed: Mapping[str, str], _: Mapping[str, int]) -> date:
        return a_day(typed)

    def shown(self, value: date | None, _: Mapping[int, str]) -> dict[str, str]:
        return day_boxes(value)

    def spoken(self, typed: Mapping[str, str], *_: object) -> str:
        return spoken_boxes(typed)

    def kept(self, value: str | None, *_: object) -> str:
        return date.fromisoformat(value).strftime("%d/%m/%Y") if value else ""


class Time(Kind):
    """A time of the day."""

    name = "time"

    def read(self, typed: str, _: Mapping[str, int]) -> time | None:
        return a_time(typed)

    def shown(self, value: time | None, _: Mapping[int, str]) -> str:
        return value.strftime("%H:%M") if value else ""


class Number(Kind):
    """A count."""

    name = "number"

    def read(self, typed: str, _: Mapping[str, int]) -> int:
        text = typed.strip() or "0"
        if not (text.isascii() and text.isdigit() and len(text) < 5):
            raise InvalidInput("Ghi bằng số, ví dụ 28.")
        return int(text)

    def shown(self, value: int, _: Mapping[int, str]) -> str:
        return str(value)


class Flag(Kind):
    """Yes or no."""

    name = "flag"

    def read(self, typed: str, _: Mapping[str, int]) -> bool:
        return bool(typed)

    def shown(self, value: bool, _: Mapping[int, str]) -> str:
        return "yes" if value else ""

    def spoken(self, typed: Any, *_: object) -> str:  # noqa: ANN401 - typed or kept
        return "Có" if typed else ""


class Choice(Kind):
    """One of the field's choices."""

    name = "choice"

    def spoken(self, typed: str, one: Field, _: object) -> str:
        return dict(one.choices).get(typed, "")


class Person(Kind):
    """One of the people the form can name, or nobody."""

    name = "person"

    def read(self, typed: str, ids: Mapping[str, int]) -> int | None:
        if typed and typed not in ids:
            raise InvalidInput(NOT_LISTED)
        return ids.get(typed)

    def shown(self, value: int | None, names: Mapping[int, str]) -> str:
        return names.get(value or 0, "")

    def spoken(self, typed: Any, _: Field, names: Mapping[Any, str]) -> str:  # noqa: ANN401 - an id of either kind
        return names.get(typed, "")


class People(Kind):
    """Any of the people the form can name."""

    name = "people"
    blank: ClassVar[Any] = ()

    def typed(self, sent: MultiDict[str, str], name: str) -> list[str]:
        return sent.getlist(name)

    def read(self, typed: Sequence[str], ids: Mapping[str, int]) -> frozenset[int]:
        if not ids.keys() >= set(typed):
            raise InvalidInput(NOT_LISTED)
        return frozenset(ids[each] for each in typed)

    def shown(self, value: Iterable[int], names: Mapping[int, str]) -> list[str]:
        return [names[member] for member in value if member in names]

    def spoken(self, typed: Iterable[Any] | None, _: Field, names: Mapping[Any, str]) -> str:
        return ", ".join(filter(None, (names.get(each) for each in typed or ())))


LINE, TEXT, DAY, TIME, NUMBER = Kind(), Text(), Day(), Time(), Number()
FLAG, CHOICE, PERSON, PEOPLE = Flag(), Choice(), Person(), People()


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form."""

    name: str
    label: str
    kind: Kind
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    size: str = ""
    listed: bool = True
    """Whether a list of rows says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryForm:
    """The fields of an entry."""

    entry: type[Any]
    fields: tuple[Field, ...]

    @property
    def sent(self) -> frozenset[str]:
        """Every name the form may hold."""
        return frozenset({*OURS, *(name for one in self.fields for name in one.kind.sent(one.name))})

    @property
    def blank(self) -> dict[str, Any]:
        """The fields of an entry to come."""
        return {one.name: one.kind.blank for one in self.fields}

    def typed(self, sent: MultiDict[str, str]) -> dict[str, Any]:
        """What was sent, as it was typed. Raises InvalidInput for a field the form does not have."""
        if sent.keys() - self.sent:
            raise FormNotUnderstood
        return {one.name: one.kind.typed(sent, one.name) for one in self.fields}

    def read(self, values: Mapping[str, Any], people: Iterable[Candidate]) -> Any:  # noqa: ANN401 - the form's entry
        """The entry that was typed. Raises InvalidFields with everything that cannot be read."""
        errors: dict[str, str] = {}
        read: dict[str, Any] = {}
        ids = {str(one.public_id): one.id for one in people}
        for one in self.fields:
            with noting(errors, one.name):
                read[one.name] = one.kind.read(values[one.name], ids)
        if errors:
            raise InvalidFields(errors)
        return self.entry(**read)

    def shown(self, entry: object, people: Iterable[Candidate]) -> dict[str, Any]:
        """What the fields show of an entry."""
        names = {one.id: str(one.public_id) for one in people}
        return {one.name: one.kind.shown(getattr(entry, one.name), names) for one in self.fields}

    def spoken(self, values: Mapping[str, Any], people: Iterable[Candidate]) -> dict[str, str]:
        """What was typed, in words, by the labels of the fields."""
        names = {str(one.public_id): one.name for one in people}
        return {one.label: one.kind.spoken(values[one.name], one, names) for one in self.fields}

    def kept(self, before: Mapping[str, Any], names: Mapping[int, str]) -> list[tuple[str, str]]:
        """What an entry said, as the trail kept it: its fields in words, those that said something."""
        said = [(one.label, one.kind.kept(before.get(one.name), one, names)) for one in self.fields]
        return [(label, words) for label, words in said if words]

    def named(self, entry: object) -> set[int]:
        """Whom an entry names."""
        found: set[int] = set()
        for one in self.fields:
            value = getattr(entry, one.name)
            if one.kind is PEOPLE:
                found |= value
            elif one.kind is PERSON and value is not None:
                found.add(value)
        return found

    def in_order(self, errors: dict[str, str]) -> dict[str, str]:
        """What is to be mended, in the order of the fields."""
        names = ("", *(one.name for one in self.fields), "reason")
        return {name: errors[name] for name in names if name in errors} | errors


@dataclass(slots=True)
class Shown:
    """A form as shown: what was typed by field, and what is to be mended."""

    values: Mapping[str, Any]
    errors: dict[str, str] = field(default_factory=dict)
