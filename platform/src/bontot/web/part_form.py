"""The forms of the parts of a meeting's record: what each asks, how it is shown, and how it is read.

A form is data: its fields say how they are typed, and a row of the part is made of what they read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict

from bontot.db.models import Meeting
from bontot.db.models.meeting import VOTES as VOTED_ON
from bontot.db.tenancy import TenantSession
from bontot.documents.kinds.minutes import VOTE_WORDS
from bontot.errors import FormNotUnderstood, InvalidFields, InvalidInput, noting
from bontot.services.proceedings import entries
from bontot.services.proceedings.amending import Part
from bontot.services.proceedings.parts import present_at
from bontot.services.proceedings.reading import (
    COURSE,
    GUESTS,
    HEAD,
    ITEMS,
    OPINIONS,
    RESOLUTION,
    SITTINGS,
    VOTES,
)
from bontot.services.proceedings.sittings import awaited
from bontot.services.tasks import can_carry
from bontot.web.fields import BOXES, a_day, a_time, box_names, day_boxes, typed_boxes

OURS = ("csrf_token", "form_key", "version", "reason", "action")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody a field can name."""

    id: int
    public_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form. `kind`: line, text, day, time, number, flag, choice, person (one) or people (any)."""

    name: str
    label: str
    kind: str
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    size: str = ""
    listed: bool = True
    """Whether a list of rows says it."""

    @property
    def sent(self) -> tuple[str, ...]:
        """The names under which it is sent."""
        return box_names(self.name) if self.kind == "day" else (self.name,)


Candidates = Callable[[TenantSession, Meeting, int | None], frozenset[int]]


def _nobody(*_: object) -> frozenset[int]:
    return frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartForm:
    """A part as its page shows it: its address, words and fields, and whom they can name. `one` is what a row is called;
    a part without it is written whole."""

    slug: str
    part: Part[Any]
    entry: type[Any]
    title: str
    lead: str
    fields: tuple[Field, ...]
    one: str = ""
    removable: bool = False
    candidates: Candidates = _nobody

    @property
    def sent(self) -> frozenset[str]:
        """Every name its form may hold."""
        return frozenset({*OURS, *(name for field in self.fields for name in field.sent)})


def _present(session: TenantSession, meeting: Meeting, _: int | None) -> frozenset[int]:
    return present_at(session, meeting)


def _carriers(session: TenantSession, meeting: Meeting, _: int | None) -> frozenset[int]:
    return can_carry(session, meeting.organisation_id, meeting.held_on)


FORMS = (
    PartForm(
        slug="chu-tri",
        part=HEAD,
        entry=entries.Head,
        title="Chủ trì, thư ký",
        lead="Hai người ký biên bản.",
        fields=(
            Field("chair_id", "Chủ trì", "person"),
            Field("minute_taker_id", "Thư ký", "person"),
            Field("ends_at", "Giờ kết thúc", "time", size="short"),
        ),
        candidates=_present,
    ),
    PartForm(
        slug="khach-moi",
        part=GUESTS,
        entry=entries.Guest,
        title="Khách mời, cấp ủy viên phụ trách",
        lead="Người dự mà không thuộc chi bộ; không tính vào số phải dự.",
        one="khách mời",
        removable=True,
        fields=(
            Field("name", "Họ và tên", "line"),
            Field("post", "Chức vụ, đơn vị", "line"),
            Field("assigned", "Là cấp ủy viên cấp trên được phân công theo dõi chi bộ", "flag"),
            Field("remark", "Ý kiến phát biểu", "text", "Để trống nếu không phát biểu"),
        ),
    ),
    PartForm(
        slug="hop-them",
        part=SITTINGS,
        entry=entries.FurtherSitting,
        title="Họp thêm, họp theo tổ",
        lead="Khi một buổi họp thành nhiều phần. Người dự phần nào cũng tính có mặt; buổi họp tính vào ngày mở đầu.",
        one="phần họp thêm",
        removable=True,
        fields=(
            Field("held_on", "Ngày", "day"),
            Field("place", "Địa điểm", "line"),
            Field("came", "Ai dự phần này", "people", "Chỉ gồm người chưa dự các phần trước"),
        ),
        candidates=awaited,
    ),
    PartForm(
        slug="dien-bien",
        part=COURSE,
        entry=entries.Course,
        title="Diễn biến",
        lead="Ghi ý chính; phần nào không có thì để trống.",
        fields=(
            Field("fees", "Tình hình đóng đảng phí", "text"),
            Field(
                "news",
                "Thông tin thời sự, văn bản đã phổ biến",
                "text",
                "Mỗi văn bản một dòng, có số và ngày",
            ),
            Field("ideology", "Tình hình tư tưởng, tự phê bình và phê bình", "text"),
            Field("thematic", "Phần chuyên đề", "text", "Người trình bày và tóm tắt"),
            Field("other", "Nội dung khác", "text"),
            Field("conclusion", "Kết luận của chủ trì", "text"),
        ),
    ),
    PartForm(
        slug="y-kien",
        part=OPINIONS,
        entry=entries.Opinion,
        title="Ý kiến thảo luận",
        lead="Ai nói gì, theo thứ tự phát biểu, và chủ trì trả lời thế nào.",
        one="ý kiến",
        removable=True,
        fields=(
            Field("member_id", "Người phát biểu", "person"),
            Field("summary", "Nội dung", "text"),
            Field("answer", "Chủ trì trả lời", "text", "Để trống nếu không có"),
            Field("position", "Thứ tự", "number", "Để trống để xếp cuối", size="short", listed=False),
        ),
        candidates=_present,
    ),
    PartForm(
        slug="bieu-quyet",
        part=VOTES,
        entry=entries.Vote,
        title="Biểu quyết",
        lead="Chỉ ghi số người, không ghi ai bỏ phiếu thế nào.",
        one="lần biểu quyết",
        removable=True,
        fields=(
            Field(
                "about",
                "Về việc",
                "choice",
                choices=tuple((key, VOTE_WORDS[key] or "Việc khác") for key in VOTED_ON),
            ),
            Field("subject", "Nói rõ thêm", "line", "Ví dụ: đồng chí nào, việc gì"),
            Field("votes_for", "Tán thành", "number", size="short"),
            Field("votes_against", "Không tán thành", "number", "Để trống là 0", size="short"),
            Field("votes_other", "Ý kiến khác", "number", "Để trống là 0", size="short"),
        ),
    ),
    PartForm(
        slug="nghi-quyet",
        part=RESOLUTION,
        entry=entries.ResolutionText,
        title="Nghị quyết, kết luận",
        removable=True,
        lead="Nhiệm vụ giao cho từng người ghi ở phần “Nhiệm vụ”; phần nào không có thì để trống.",
        fields=(
            Field(
                "number", "Số, ký hiệu", "line", "Ví dụ: 05-NQ/CB; để trống khi chưa cấp số", size="middle"
            ),
            Field("subject", "Trích yếu", "line", "Ví dụ: Lãnh đạo thực hiện nhiệm vụ tháng 4 năm 2026"),
            Field("cites_superior", "Có dẫn văn bản của cấp trên", "flag"),
            Field("politics", "Công tác chính trị, tư tưởng", "text"),
            Field("results", "Kết quả thực hiện nhiệm vụ chính trị", "text"),
            Field("praise", "Biểu dương, nhắc nhở", "text"),
            Field("shortcomings", "Hạn chế, nguyên nhân", "text"),
            Field("execution", "Tổ chức thực hiện", "text", "Để trống để dùng câu thông thường"),
        ),
    ),
    PartForm(
        slug="nhiem-vu",
        part=ITEMS,
        entry=entries.Item,
        title="Nhiệm vụ giao từ buổi này",
        lead="Mỗi việc có người làm và hạn; việc hiện ở trang nhiệm vụ của chi bộ và trang của người làm.",
        one="nhiệm vụ",
        removable=True,
        fields=(
            Field("title", "Việc phải làm", "line"),
            Field("due_on", "Hạn hoàn thành", "day"),
            Field("carriers", "Người làm", "people"),
            Field("report_to", "Báo cáo ở đâu", "line", "Để trống là báo cáo chi bộ"),
            Field("hard", "Là việc khó đã đăng ký", "flag"),
        ),
        candidates=_carriers,
    ),
)
BY_SLUG = {form.slug: form for form in FORMS}
BY_KEY = {form.part.key: form for form in FORMS}


@dataclass(slots=True)
class Shown:
    """A form as shown: what was typed by field, and what is to be mended."""

    values: Mapping[str, Any]
    errors: dict[str, str] = field(default_factory=dict)


def typed(form: PartForm, sent: MultiDict[str, str]) -> dict[str, Any]:
    """What was sent, as it was typed. Raises InvalidInput for a field no such form has."""
    if sent.keys() - form.sent:
        raise FormNotUnderstood
    return {one.name: _typed(one, sent) for one in form.fields}


def _typed(one: Field, sent: MultiDict[str, str]) -> Any:  # noqa: ANN401 - boxes, a list or a line
    if one.kind == "day":
        return typed_boxes(sent, one.name)
    return sent.getlist(one.name) if one.kind == "people" else sent.get(one.name, "")


def shown_of(form: PartForm, entry: object, people: Iterable[Candidate]) -> dict[str, Any]:
    """What the fields show of a row."""
    names = {one.id: str(one.public_id) for one in people}
    return {one.name: _shown(one, getattr(entry, one.name), names) for one in form.fields}


def _shown(one: Field, value: Any, names: Mapping[int, str]) -> Any:  # noqa: ANN401 - whatever the row holds
    match one.kind:
        case "day":
            return day_boxes(value)
        case "time":
            return value.strftime("%H:%M") if isinstance(value, time) else ""
        case "people":
            return [names[member] for member in value if member in names]
        case "person":
            return names.get(value, "")
        case "flag":
            return "yes" if value else ""
        case "number":
            return str(value)
        case _:
            return value


def blank(form: PartForm) -> dict[str, Any]:
    """The fields of a row to come."""
    return {one.name: {"people": [], "day": {}}.get(one.kind, "") for one in form.fields}


def entry_of(form: PartForm, values: Mapping[str, Any], people: Sequence[Candidate]) -> Any:  # noqa: ANN401 - the part's
    """The row the fields mean. Raises InvalidFields with everything that cannot be read."""
    errors: dict[str, str] = {}
    read: dict[str, Any] = {}
    ids = {str(one.public_id): one.id for one in people}
    for one in form.fields:
        with noting(errors, one.name):
            read[one.name] = _read(one, values[one.name], ids)
    if errors:
        raise InvalidFields(errors)
    return form.entry(**read)


NOT_LISTED = "Xin chọn trong danh sách."


def _read(one: Field, value: Any, ids: Mapping[str, int]) -> Any:  # noqa: ANN401 - as `_typed`
    match one.kind:
        case "day":
            return a_day(value)
        case "time":
            return a_time(value)
        case "number":
            return _number(value)
        case "flag":
            return bool(value)
        case "people":
            if not ids.keys() >= set(value):
                raise InvalidInput(NOT_LISTED)
            return frozenset(ids[each] for each in value)
        case "person":
            if value and value not in ids:
                raise InvalidInput(NOT_LISTED)
            return ids.get(value)
        case _:
            return value


def _number(value: str) -> int:
    text = value.strip() or "0"
    if not (text.isascii() and text.isdigit() and len(text) < 5):
        raise InvalidInput("Ghi bằng số, ví dụ 28.")
    return int(text)


def spoken(form: PartForm, values: Mapping[str, Any], people: Iterable[Candidate]) -> dict[str, str]:
    """What the fields say, in words, by their labels."""
    names = {str(one.public_id): one.name for one in people}
    return {one.label: _spoken(one, values[one.name], names) for one in form.fields}


def _spoken(one: Field, value: Any, names: Mapping[str, str]) -> str:  # noqa: ANN401 - as `_typed`
    match one.kind:
        case "day":
            return "/".join(filter(None, (value[box] for box in BOXES)))
        case "people":
            return ", ".join(names.get(each, "") for each in value)
        case "person":
            return names.get(value, "")
        case "flag":
            return "Có" if value else ""
        case "choice":
            return dict(one.choices).get(value, "")
        case _:
            return str(value)


def before_in_words(key: str, before: Mapping[str, Any], names: Mapping[int, str]) -> list[tuple[str, str]]:
    """What a row of a part said, as the trail kept it: its fields in words, those that said something."""
    form = BY_KEY.get(key)
    if form is None:
        return []
    said = [(one.label, _kept(one, before.get(one.name), names)) for one in form.fields]
    return [(label, words) for label, words in said if words]


def _kept(one: Field, value: Any, names: Mapping[int, str]) -> str:  # noqa: ANN401 - JSON
    match one.kind:
        case "day":
            return date.fromisoformat(value).strftime("%d/%m/%Y") if value else ""
        case "people":
            return ", ".join(filter(None, (names.get(each) for each in value or ())))
        case "person":
            return names.get(value, "")
        case "flag":
            return "Có" if value else ""
        case "choice":
            return dict(one.choices).get(value, "")
        case _:
            return "" if value is None else str(value)
