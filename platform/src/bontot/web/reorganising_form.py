"""The forms in which acts on one organisation are recorded: what each asks, how it is read, and what it says will happen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from bontot.errors import InvalidInput, noting, refuse_noted
from bontot.services.organisations import Node
from bontot.services.reorganising.acts import Changed, Ended, Founded, Moved, Reform
from bontot.web import words
from bontot.web.fields import a_day, a_day_or_none, box_names, day_boxes, typed_boxes

DAYS = ("day", "document_day")
PAPER = ("document", "issued_by")
TEXTS = (
    "name-1",
    "code-1",
    "name-2",
    "code-2",
    "type-1",
    "sector-1",
    "plan-1",
    "parent-1",
    "heir",
    "way",
)
SEVERAL = ("others", "moving")
BOXES = box_names(*DAYS)
IN_ORDER = ("others", "way", *TEXTS[:9], "moving", "day", "document", "document_day", "issued_by", "reason")
"""The fields as forms have them, and so their errors."""
FIELDS = (*BOXES, *PAPER, *TEXTS, *SEVERAL, "version", "action", "reason")


@dataclass(frozen=True, slots=True)
class Asked:
    """The organisation a form is about, as it stands today, what it may be joined with and divided into: `members` of a cell
    by public id, with their ids."""

    node: Node
    parent_id: int | None
    code: str
    places: Mapping[str, Node]
    """All within reach, by public id."""
    members: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Form:
    """An act's form: its kind, the words for its page, and how what was typed makes the act."""

    kind: str
    slug: str
    hint: str
    read: Callable[[Asked, Mapping[str, Any]], Mapping[str, Any]]
    asks: frozenset[str]
    day: str = "Từ ngày"

    @property
    def title(self) -> str:
        """The act's name."""
        return words.ORGANISATION_EVENTS[self.kind]


@dataclass(slots=True)
class Shown:
    """A form as shown: values as typed, errors by field."""

    values: Mapping[str, Any]
    errors: dict[str, str] = field(default_factory=dict)

    def ordered(self) -> dict[str, str]:
        """The errors as the page has their fields; what has no field of its own stands first."""
        return in_order(self.errors, IN_ORDER)


def in_order(errors: Mapping[str, str], fields: Sequence[str]) -> dict[str, str]:
    """Errors as a page has their fields; what has no field of its own stands first."""
    whole = " ".join(said for name, said in errors.items() if name not in fields)
    return ({"": whole} if whole else {}) | {name: errors[name] for name in fields if name and name in errors}


def typed(sent: MultiDict[str, str]) -> dict[str, Any]:
    """What was sent, as it was typed."""
    return (
        {name: typed_boxes(sent, name) for name in DAYS}
        | {name: sent.get(name, "") for name in (*PAPER, *TEXTS, "reason")}
        | {name: sent.getlist(name) for name in SEVERAL}
    )


def of_entry(reform: Reform) -> dict[str, Any]:
    """The day and document of an act recorded earlier, as its form shows them."""
    return {
        "day": day_boxes(reform.day),
        "document_day": day_boxes(reform.document_day),
        "document": reform.document,
        "issued_by": reform.issued_by,
        "reason": "",
    }


def paper(values: Mapping[str, Any]) -> dict[str, Any]:
    """The day and the document of an act. Raises InvalidFields."""
    errors: dict[str, str] = {}
    found: dict[str, Any] = {"day": date.min, "document_day": None}
    with noting(errors, "day"):
        found["day"] = a_day(values["day"])
    with noting(errors, "document_day"):
        found["document_day"] = a_day_or_none(values["document_day"])
    refuse_noted(errors)
    return found | {name: values[name] for name in PAPER}


def read(form: Form, asked: Asked, values: Mapping[str, Any]) -> Reform:
    """The act of a form. Raises InvalidFields for all that cannot be read."""
    errors: dict[str, str] = {}
    dated: dict[str, Any] = {}
    said: Mapping[str, Any] = {}
    with noting(errors):
        dated = paper(values)
    with noting(errors):
        said = form.read(asked, values)
    refuse_noted(errors)
    return Reform(kind=form.kind, **dated, **said)


def _establish(asked: Asked, values: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "founded": (
            Founded(
                name=values["name-1"],
                code=values["code-1"],
                type=values["type-1"],
                sector=values["sector-1"],
                parent=asked.node.id,
                policy_code=values["plan-1"],
            ),
        )
    }


def _changed(asked: Asked, **what: Any) -> Mapping[str, Any]:
    return {"changed": (Changed(organisation_id=asked.node.id, **what),)}


def _rename(asked: Asked, values: Mapping[str, Any]) -> Mapping[str, Any]:
    name, code = values["name-1"].strip(), values["code-1"].strip()
    if (name or asked.node.name, code or asked.code) == (asked.node.name, asked.code):
        raise InvalidInput("Tên và mã vẫn như cũ; hãy ghi tên mới hoặc mã mới.", "name-1")
    return _changed(asked, name=name, code=code)


def _retype(asked: Asked, values: Mapping[str, Any]) -> Mapping[str, Any]:
    chosen = values["type-1"], values["sector-1"]
    if chosen == (asked.node.type, asked.node.sector):
        raise InvalidInput(
            "Loại hình và lĩnh vực vẫn như cũ; hãy chọn loại hình hoặc lĩnh vực mới.", "type-1"
        )
    return _changed(asked, type=chosen[0], sector=chosen[1])


def _reparent(asked: Asked, values: Mapping[str, Any]) -> Mapping[str, Any]:
    parent = _place(asked, values["parent-1"], "parent-1", "Xin chọn cấp trên mới.")
    if parent.id == asked.parent_id:
        raise InvalidInput(f"{asked.node.name} đang trực thuộc {parent.name}; hãy chọn nơi khác.", "parent-1")
    return _changed(asked, parent=parent.id)


def _new(asked: Asked, values: Mapping[str, Any], number: int) -> Founded:
    """One that begins beside the organisation, and like it."""
    return Founded(
        name=values[f"name-{number}"],
        code=values[f"code-{number}"],
        type=asked.node.type,
        sector=asked.node.sector,
        parent=asked.parent_id,
    )


def _merge(asked: Asked, values: Mapping[str, Any]) -> Mapping[str, Any]:
    others = [_place(asked, one, "others", "Xin chọn tổ chức trong danh sách.") for one in values["others"]]
    if not others or any(one.id == asked.node.id for one in others):
        raise InvalidInput("Xin chọn ít nhất một tổ chức cùng sáp nhập.", "others")
    if values["way"] == "new":
        ended = tuple(Ended(organisation_id=one.id, heirs=(-1,)) for one in (asked.node, *others))
        return {"founded": (_new(asked, values, 1),), "ended": ended}
    if values["way"] != "here":
        raise InvalidInput("Xin chọn cách sáp nhập.", "way")
    return {"ended": tuple(Ended(organisation_id=one.id, heirs=(asked.node.id,)) for one in others)}


def _split(asked: Asked, values: Mapping[str, Any]) -> Mapping[str, Any]:
    if values["way"] not in ("two", "off"):
        raise InvalidInput("Xin chọn cách chia, tách.", "way")
    if not values["moving"]:
        raise InvalidInput("Xin chọn ai, nơi nào sang tổ chức mới.", "moving")
    two = values["way"] == "two"
    to = -2 if two else -1
    said: dict[str, Any] = {"founded": tuple(_new(asked, values, number) for number in range(1, 2 + two))}
    if two:
        said["ended"] = (Ended(organisation_id=asked.node.id, heirs=(-1, -2)),)
    if asked.node.is_cell:
        unknown = [one for one in values["moving"] if one not in asked.members]
        if unknown:
            raise InvalidInput("Xin chọn đảng viên trong danh sách.", "moving")
        return said | {
            "moved": (Moved(members=tuple(asked.members[one] for one in values["moving"]), to=to),)
        }
    below = {str(one.public_id): one for one in asked.node.below}
    if any(one not in below for one in values["moving"]):
        raise InvalidInput("Xin chọn tổ chức trực thuộc trong danh sách.", "moving")
    going = tuple(Changed(organisation_id=below[one].id, parent=to) for one in values["moving"])
    return said | {"changed": going}


def _dissolve(asked: Asked, values: Mapping[str, Any]) -> Mapping[str, Any]:
    heirs: tuple[int, ...] = ()
    if values["heir"]:
        heirs = (_place(asked, values["heir"], "heir", "").id,)
    return {"ended": (Ended(organisation_id=asked.node.id, heirs=heirs),)}


def _place(asked: Asked, public_id: str, name: str, missing: str) -> Node:
    if not public_id:
        raise InvalidInput(missing, name)
    if public_id not in asked.places:
        raise InvalidInput("Xin chọn tổ chức trong danh sách.", name)
    return asked.places[public_id]


FORMS = (
    Form(
        "establish",
        "thanh-lap",
        "Lập một chi bộ hoặc đảng bộ trực thuộc nơi này",
        _establish,
        frozenset({"one", "type", "plan"}),
        "Thành lập ngày",
    ),
    Form("rename", "doi-ten", "Tên mới, mã mới; mọi thứ khác giữ nguyên", _rename, frozenset({"one"})),
    Form(
        "retype",
        "doi-loai-hinh",
        "Ví dụ: chi bộ trực thuộc thành chi bộ cơ sở",
        _retype,
        frozenset({"type"}),
    ),
    Form(
        "reparent",
        "chuyen-cap-tren",
        "Sang trực thuộc nơi khác, cùng mọi nơi ở dưới",
        _reparent,
        frozenset({"parent"}),
    ),
    Form(
        "merge",
        "sap-nhap",
        "Với một hay nhiều nơi khác, thành một",
        _merge,
        frozenset({"others", "way"}),
    ),
    Form(
        "split", "chia-tach", "Thành hai, hoặc tách một phần thành nơi mới", _split, frozenset({"way", "two"})
    ),
    Form(
        "dissolve",
        "giai-the",
        "Kết thúc; chọn nơi tiếp nhận những gì còn dở",
        _dissolve,
        frozenset({"heir"}),
        "Kết thúc từ ngày",
    ),
)
BY_SLUG = {form.slug: form for form in FORMS}


def open_forms(node: Node, siblings: Sequence[Node]) -> list[Form]:
    """The acts that can be recorded of an organisation as it stands now."""
    closed = {"establish": node.is_cell, "merge": not siblings}
    return [form for form in FORMS if not closed.get(form.kind, False)]


def said(reform: Reform, names: Mapping[int, str]) -> str:
    """What an act does, in words; `names` are those of the organisations it names, by id."""
    day, called = (
        f"Từ {reform.day:%d/%m/%Y}",
        {
            **names,
            **{-place: one.name for place, one in enumerate(reform.founded, 1)},
        },
    )
    founded = _listed([one.name for one in reform.founded])
    ended = _listed([called[one.organisation_id] for one in reform.ended])
    heirs = _listed(dict.fromkeys(called[ref] for one in reform.ended for ref in one.heirs))
    if reform.kind == "establish":
        return f"{day} lập {founded}, trực thuộc {called[reform.founded[0].parent or 0]}."
    if reform.kind in ("rename", "retype", "reparent"):
        return f"{day} {_change(reform.changed[0], called)}."
    if reform.kind == "merge":
        return f"{day} {ended} {'hợp nhất thành' if reform.founded else 'sáp nhập vào'} {heirs}."
    if reform.kind == "split" and reform.ended:
        return f"{day} {ended} chia thành {founded}."
    if reform.kind == "split":
        return f"{day} tách {founded} ra thành tổ chức mới."
    if reform.kind == "dissolve":
        return f"{day} {ended} giải thể{f'; {heirs} tiếp nhận' if heirs else ''}."
    return f"{day} sắp xếp {len(reform.ended)} tổ chức thành {len(reform.founded)}: {founded}."


def _change(one: Changed, called: Mapping[int, str]) -> str:
    name = called[one.organisation_id]
    if one.parent is not None:
        return f"{name} trực thuộc {called[one.parent]}"
    if one.type:
        return f"{name} là {words.ORGANISATION_TYPES[one.type].lower()}, {words.SECTORS[one.sector].lower()}"
    return f"{name} đổi tên thành {one.name}" if one.name else f"{name} mang mã {one.code}"


def _listed(names: Sequence[str] | dict[str, None]) -> str:
    *others, last = names or [""]
    return f"{', '.join(others)} và {last}" if others else last
