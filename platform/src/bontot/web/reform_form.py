"""The form in which many organisations become others in one act: first what begins, then where each that there is goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from bontot.errors import FormNotUnderstood, InvalidInput, noting, refuse_noted
from bontot.services.organisations import Node
from bontot.services.reorganising.acts import Changed, Ended, Founded, Reform
from bontot.services.reorganising.rules import MOST_FOUNDED
from bontot.web.reorganising_form import BOXES, PAPER, in_order, paper, typed

KIND = "reorganise"
END = "end"
"""In place of a new organisation: it ends and nothing takes over; what stood below it stands at the top."""
FEWEST = 2
"""New organisations first asked for."""
FIXED = frozenset({*BOXES, *PAPER, "version", "action", "rows", "type", "parent", "csrf_token", "form_key"})
_OF_EACH = ("name", "code", "plan")


@dataclass(slots=True)
class Shown:
    """The form as shown: values as typed, errors by field, how many new organisations it asks for."""

    values: Mapping[str, Any]
    rows: int
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def numbers(self) -> range:
        """The numbers of the new organisations."""
        return range(1, self.rows + 1)

    def ordered(self) -> dict[str, str]:
        """The errors as the page has their fields; what has no field of its own stands first."""
        own = [
            "parent",
            "type",
            *(f"{name}-{number}" for number in self.numbers for name in _OF_EACH),
            "day",
            "document",
            "document_day",
            "issued_by",
        ]
        return in_order(self.errors, own)


def shown(sent: MultiDict[str, str]) -> Shown:
    """What was sent, as it was typed. Raises InvalidInput for a field that no such form has."""
    given = sent.get("rows", str(FEWEST))
    rows = int(given) if given.isascii() and given.isdigit() and len(given) < 3 else FEWEST
    rows = max(1, min(rows, MOST_FOUNDED))
    each = {f"{name}-{number}": "" for number in range(1, rows + 1) for name in _OF_EACH}
    to = {name: value for name, value in sent.items() if name.startswith("to-")}
    if not FIXED.union(each, to).issuperset(sent):
        raise FormNotUnderstood
    kept = {name: sent.get(name, "") for name in each} | {
        name: sent.get(name, "") for name in ("type", "parent")
    }
    return Shown(typed(sent) | kept | to, rows)


def founded(values: Mapping[str, Any], numbers: range, places: Mapping[str, Node]) -> tuple[Founded, ...]:
    """The organisations that begin. Raises InvalidFields."""
    errors: dict[str, str] = {}
    parent = places.get(values["parent"])
    if values["parent"] and parent is None:
        errors["parent"] = "Xin chọn tổ chức trong danh sách."
    if not values["type"]:
        errors["type"] = "Xin chọn loại hình."
    for number in numbers:
        for name, missing in (("name", "Cần ghi tên tổ chức."), ("code", "Cần ghi mã tổ chức.")):
            if not values[f"{name}-{number}"].strip():
                errors[f"{name}-{number}"] = missing
    with noting(errors):
        paper(values)
    refuse_noted(errors)
    return tuple(
        Founded(
            name=values[f"name-{number}"].strip(),
            code=values[f"code-{number}"].strip(),
            type=values["type"],
            sector="other",
            parent=parent.id if parent else None,
            policy_code=values[f"plan-{number}"],
        )
        for number in numbers
    )


def read(form: Shown, places: Mapping[str, Node]) -> Reform:
    """The act of the form. Raises InvalidFields for all that cannot be read."""
    new = founded(form.values, form.numbers, places)
    ended: list[Ended] = []
    changed: list[Changed] = []
    for node, to in _told(form, places):
        if to == END and not node.is_cell:
            ended.append(Ended(organisation_id=node.id))
        elif to not in map(str, form.numbers):
            raise InvalidInput("Xin chọn nơi đến trong danh sách.")
        elif node.is_cell:
            changed.append(Changed(organisation_id=node.id, parent=-int(to)))
        else:
            ended.append(Ended(organisation_id=node.id, heirs=(-int(to),)))
    if not ended and not changed:
        raise InvalidInput("Chưa có nơi nào được sắp xếp. Xin chọn ít nhất một nơi.")
    return Reform(kind=KIND, **paper(form.values), founded=new, ended=tuple(ended), changed=tuple(changed))


def _told(form: Shown, places: Mapping[str, Node]) -> Iterator[tuple[Node, str]]:
    """The organisations that go somewhere, with where, as typed."""
    for name, to in form.values.items():
        if not name.startswith("to-") or not to:
            continue
        node = places.get(name.removeprefix("to-"))
        if node is None:
            raise InvalidInput("Xin chọn tổ chức trong danh sách.")
        yield node, to
