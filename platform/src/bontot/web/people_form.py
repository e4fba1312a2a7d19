"""The forms in which events of members are recorded: what each asks, how it is read, and what it says will happen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from bontot.errors import InvalidInput, noting, refuse_noted
from bontot.services.members import Profile, Span
from bontot.services.people.events import BADGES, STATES, Entry
from bontot.web import words
from bontot.web.fields import a_day, a_day_or_none, box_names, day_boxes, typed_boxes
from bontot.web.places import chosen

DAYS = ("day", "until", "document_day")
TEXTS = ("organisation", "chosen", "term", "place", "year", "document")
BOXES = box_names(*DAYS, "birth")
IN_ORDER = (
    "",
    "organisation",
    "chosen",
    "term",
    "place",
    "year",
    "day",
    "until",
    "document",
    "document_day",
    "reason",
)
"""The fields as forms have them, and so their errors."""
FIELDS = (*(name for name in BOXES if not name.startswith("birth")), *TEXTS, "version", "action", "reason")


@dataclass(frozen=True, slots=True)
class Form:
    """An event's form: what it asks besides its day, in the words of its page. `says` is what happens, with `{name}`,
    `{day}`, `{until}` (with its own words, empty for none), `{place}` and `{chosen}`."""

    kind: str
    slug: str
    group: str
    hint: str
    says: str
    asks: frozenset[str] = frozenset()
    day: str = "Từ ngày"
    document: str = "Ví dụ: 12-QĐ/ĐU"

    @property
    def title(self) -> str:
        """The event's name."""
        return words.EVENTS[self.kind]


_PAPER = frozenset({"document"})
_SPAN = _PAPER | {"until"}
LIFE, AWAY, POST, HOME, AGE, END = (
    "Tư cách và nơi sinh hoạt",
    "Miễn, đình chỉ, vắng mặt",
    "Chức vụ",
    "Nơi cư trú",
    "Tuổi đảng",
    "Ra khỏi danh sách",
)
_LEFT = "Từ {day} đồng chí {name} không còn trong danh sách đảng viên của đảng bộ"
FORMS = (
    Form(
        "recognition",
        "cong-nhan-chinh-thuc",
        LIFE,
        "Ngày chính thức tính từ khi hết 12 tháng dự bị, dù quyết định sau",
        "Từ {day} đồng chí {name} là đảng viên chính thức.",
        _PAPER,
        "Ngày chính thức",
    ),
    Form(
        "official_transfer",
        "chuyen-chinh-thuc",
        LIFE,
        "Sang hẳn một chi bộ khác trong đảng bộ",
        "Từ {day} đồng chí {name} sinh hoạt tại {place}.",
        _PAPER | {"cell"},
        "Sinh hoạt tại chi bộ mới từ ngày",
        "Số giấy giới thiệu hoặc quyết định, ví dụ: 12-GT/ĐU",
    ),
    Form(
        "temporary_transfer",
        "chuyen-tam-thoi",
        LIFE,
        "Ít tháng ở chi bộ khác, vẫn có tên ở chi bộ nhà",
        "Từ {day}{until} đồng chí {name} dự sinh hoạt tạm thời tại {place}; vẫn có tên và giữ chức vụ ở chi bộ nhà.",
        _SPAN | {"cell"},
        document="Số giấy giới thiệu hoặc quyết định, ví dụ: 12-GT/ĐU",
    ),
    Form(
        "return",
        "tro-ve",
        LIFE,
        "Hết thời gian chuyển tạm thời, sinh hoạt lại ở chi bộ nhà",
        "Từ {day} đồng chí {name} sinh hoạt trở lại ở chi bộ nhà.",
        day="Sinh hoạt ở chi bộ nhà từ ngày",
    ),
    Form(
        "exempt",
        "mien-sinh-hoat",
        AWAY,
        "Tuổi cao, sức yếu, điều trị dài ngày, nghỉ thai sản",
        "Từ {day}{until} đồng chí {name} được miễn công tác và sinh hoạt đảng.",
        _SPAN,
        document="Số nghị quyết của chi bộ, ví dụ: 05-NQ/CB",
    ),
    Form(
        "suspended",
        "dinh-chi",
        AWAY,
        "Theo quyết định của cấp có thẩm quyền",
        "Từ {day}{until} đồng chí {name} bị đình chỉ sinh hoạt.",
        _SPAN,
    ),
    Form(
        "special_duty",
        "nhiem-vu-dac-biet",
        AWAY,
        "Lực lượng vũ trang đi làm nhiệm vụ",
        "Từ {day}{until} đồng chí {name} làm nhiệm vụ đặc biệt.",
        _SPAN,
    ),
    Form(
        "seconded_abroad",
        "cong-tac-nuoc-ngoai",
        AWAY,
        "Được cử đi công tác ở nước ngoài",
        "Từ {day}{until} đồng chí {name} công tác nước ngoài.",
        _SPAN,
    ),
    Form(
        "resumption",
        "tro-lai-sinh-hoat",
        AWAY,
        "Thôi miễn, hết đình chỉ, làm xong nhiệm vụ",
        "Từ {day} đồng chí {name} trở lại sinh hoạt; hết: {chosen}.",
        frozenset({"chosen"}),
        "Trở lại từ ngày",
    ),
    Form(
        "post",
        "nhan-chuc-vu",
        POST,
        "Bí thư, phó bí thư, ủy viên, cấp ủy viên theo dõi chi bộ",
        "Từ {day}{until} đồng chí {name} giữ chức vụ {chosen} tại {place}.",
        _SPAN | {"organisation", "chosen", "term"},
    ),
    Form(
        "end_of_post",
        "thoi-chuc-vu",
        POST,
        "Thôi giữ một chức vụ đang giữ",
        "Từ {day} đồng chí {name} thôi chức vụ {chosen}.",
        frozenset({"chosen"}),
        "Thôi từ ngày",
    ),
    Form(
        "residence_link",
        "gioi-thieu-noi-cu-tru",
        HOME,
        "Giữ mối liên hệ với chi bộ nơi ở",
        "Từ {day} đồng chí {name} giữ mối liên hệ với {place}.",
        frozenset({"place"}),
    ),
    Form(
        "residence_remark",
        "nhan-xet-noi-cu-tru",
        HOME,
        "Đã nhận phiếu nhận xét hằng năm; nội dung lưu trên giấy",
        "Ngày {day} đã nhận nhận xét của nơi cư trú đối với đồng chí {name}.",
        frozenset({"year"}),
        "Ngày nhận phiếu",
    ),
    Form(
        "party_badge",
        "huy-hieu-dang",
        AGE,
        "Huy hiệu 30, 40, 45, 50 năm tuổi Đảng và cao hơn",
        "Ngày {day} đồng chí {name} được tặng Huy hiệu {chosen} năm tuổi Đảng.",
        _PAPER | {"chosen"},
        "Ngày tặng",
    ),
    Form(
        "transferred_out",
        "chuyen-di",
        END,
        "Sang một đảng bộ khác không dùng chung hệ thống này",
        _LEFT + " (chuyển sinh hoạt đi).",
        _PAPER,
        document="Số giấy giới thiệu hoặc quyết định, ví dụ: 12-GT/ĐU",
    ),
    Form("removed", "xoa-ten", END, "Theo quyết định xóa tên", _LEFT + " (xóa tên).", _PAPER),
    Form("expelled", "khai-tru", END, "Theo quyết định kỷ luật", _LEFT + " (khai trừ).", _PAPER),
    Form(
        "resigned", "xin-ra", END, "Được chấp nhận cho ra khỏi Đảng", _LEFT + " (xin ra khỏi Đảng).", _PAPER
    ),
    Form("deceased", "tu-tran", END, "", _LEFT + " (từ trần).", day="Ngày từ trần"),
)
BY_SLUG = {form.slug: form for form in FORMS}
BY_KIND = {form.kind: form for form in FORMS}


@dataclass(slots=True)
class Shown:
    """A form as shown: values as typed, errors by field."""

    values: Mapping[str, Any]
    errors: dict[str, str] = field(default_factory=dict)

    def ordered(self) -> dict[str, str]:
        """The errors as the page has their fields."""
        return {name: self.errors[name] for name in IN_ORDER if name in self.errors}


def typed(sent: Mapping[str, str]) -> dict[str, Any]:
    """What was sent, as it was typed."""
    boxes = {name: typed_boxes(sent, name) for name in DAYS}
    return boxes | {name: sent.get(name, "") for name in (*TEXTS, "reason")}


def of_entry(entry: Entry, organisation: UUID | None) -> dict[str, Any]:
    """An event recorded earlier, as its form shows it."""
    return {
        **{name: day_boxes(getattr(entry, name)) for name in DAYS},
        "organisation": str(organisation or ""),
        "chosen": entry.chosen,
        "term": entry.term,
        "place": entry.place,
        "year": str(entry.year or ""),
        "document": entry.document,
        "reason": "",
    }


def read(form: Form, values: Mapping[str, Any]) -> Entry:
    """The event of a form. Raises InvalidFields for all that cannot be read."""
    errors: dict[str, str] = {}
    found: dict[str, Any] = {"kind": form.kind, "day": date.min}
    with noting(errors, "day"):
        found["day"] = a_day(values["day"])
    for name, asked in (("until", "until"), ("document_day", "document")):
        if asked in form.asks:
            with noting(errors, name):
                found[name] = a_day_or_none(values[name])
    if form.asks & {"cell", "organisation"}:
        with noting(errors, "organisation"):
            found["organisation_id"] = chosen(values["organisation"])
    if "year" in form.asks:
        with noting(errors, "year"):
            found["year"] = _year(values["year"])
    found |= {name: values[name] for name in ("chosen", "term", "place", "document") if name in form.asks}
    refuse_noted(errors)
    return Entry(**found)


def _year(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) == 4):
        raise InvalidInput("Ghi năm bằng bốn chữ số, ví dụ 2026.")
    return int(value)


def choices(form: Form, states: list[Span], posts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What an event may be about: `posts` are those held, `(id, words)`."""
    if form.kind == "resumption":
        held = {span.kind for span in states if span.kind in STATES}
        return [(kind, words.MEMBER_STATES[kind]) for kind in STATES if kind in held]
    if form.kind == "post":
        return list(words.POSTS.items())
    if form.kind == "end_of_post":
        return posts
    if form.kind == "party_badge":
        return [(str(years), f"{years} năm") for years in BADGES]
    return []


def open_forms(profile: Profile, states: list[Span], posts: Sequence[object]) -> list[Form]:
    """The events that can happen to a member as recorded now; `states` are those not ended."""
    held = {span.kind for span in states}
    closed = {
        "recognition": profile.official_date is not None,
        "return": "temporarily_out" not in held,
        "resumption": not held & set(STATES),
        "end_of_post": not posts,
        "residence_link": profile.employment != "working",
        "residence_remark": profile.employment != "working",
        **{kind: kind in held for kind in STATES},
    }
    if profile.end_kind:
        return []
    return [form for form in FORMS if not closed.get(form.kind, False)]


def said(form: Form, entry: Entry, name: str, place: str, about: str) -> str:
    """What happens, in words."""
    return form.says.format(
        name=name,
        day=f"{entry.day:%d/%m/%Y}",
        until=f" đến hết {entry.until:%d/%m/%Y}" if entry.until else "",
        place=entry.place or place,
        chosen=about[:1].lower() + about[1:],
    )
