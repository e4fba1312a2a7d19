"""The forms of the parts of a meeting's record: what each asks, and whom it can name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bontot.db.models import Meeting
from bontot.db.models.meeting import VOTES as VOTED_ON
from bontot.db.tenancy import TenantSession
from bontot.documents.kinds.minutes import VOTE_WORDS
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
from bontot.web.entry_form import (
    CHOICE,
    DAY,
    FLAG,
    LINE,
    NUMBER,
    PEOPLE,
    PERSON,
    TEXT,
    TIME,
    EntryForm,
    Field,
)

Candidates = Callable[[TenantSession, Meeting, int | None], frozenset[int]]


def _nobody(*_: object) -> frozenset[int]:
    return frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartForm(EntryForm):
    """A part as its page shows it: its address, words and fields, and whom they can name. `one` is what a row is called;
    a part without it is written whole."""

    slug: str
    part: Part[Any]
    title: str
    lead: str
    one: str = ""
    removable: bool = False
    candidates: Candidates = _nobody


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
            Field("chair_id", "Chủ trì", PERSON),
            Field("minute_taker_id", "Thư ký", PERSON),
            Field("ends_at", "Giờ kết thúc", TIME, size="short"),
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
            Field("name", "Họ và tên", LINE),
            Field("post", "Chức vụ, đơn vị", LINE),
            Field("assigned", "Là cấp ủy viên cấp trên được phân công theo dõi chi bộ", FLAG),
            Field("remark", "Ý kiến phát biểu", TEXT, "Để trống nếu không phát biểu"),
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
            Field("held_on", "Ngày", DAY),
            Field("place", "Địa điểm", LINE),
            Field("came", "Ai dự phần này", PEOPLE, "Chỉ gồm người chưa dự các phần trước"),
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
            Field("platform", "Nền tảng họp trực tuyến", LINE, "Để trống nếu họp trực tiếp"),
            Field("fees", "Tình hình đóng đảng phí", TEXT),
            Field(
                "news",
                "Thông tin thời sự, văn bản đã phổ biến",
                TEXT,
                "Mỗi văn bản một dòng, có số và ngày",
            ),
            Field("ideology", "Tình hình tư tưởng, tự phê bình và phê bình", TEXT),
            Field("thematic", "Phần chuyên đề", TEXT, "Người trình bày và tóm tắt"),
            Field("other", "Nội dung khác", TEXT),
            Field("conclusion", "Kết luận của chủ trì", TEXT),
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
            Field("member_id", "Người phát biểu", PERSON),
            Field("summary", "Nội dung", TEXT),
            Field("answer", "Chủ trì trả lời", TEXT, "Để trống nếu không có"),
            Field("position", "Thứ tự", NUMBER, "Để trống để xếp cuối", size="short", listed=False),
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
                CHOICE,
                choices=tuple((key, VOTE_WORDS[key] or "Việc khác") for key in VOTED_ON),
            ),
            Field("subject", "Nói rõ thêm", LINE, "Ví dụ: đồng chí nào, việc gì"),
            Field("votes_for", "Tán thành", NUMBER, size="short"),
            Field("votes_against", "Không tán thành", NUMBER, "Để trống là 0", size="short"),
            Field("votes_other", "Ý kiến khác", NUMBER, "Để trống là 0", size="short"),
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
                "number",
                "Số, ký hiệu",
                LINE,
                "Chỉ ghi số, ví dụ 5, thì thành 05-NQ/CB; để trống khi chưa cấp số",
                size="middle",
            ),
            Field("subject", "Trích yếu", LINE, "Ví dụ: Lãnh đạo thực hiện nhiệm vụ tháng 4 năm 2026"),
            Field("cites_superior", "Có dẫn văn bản của cấp trên", FLAG),
            Field("politics", "Công tác chính trị, tư tưởng", TEXT),
            Field("results", "Kết quả thực hiện nhiệm vụ chính trị", TEXT),
            Field("praise", "Biểu dương, nhắc nhở", TEXT),
            Field("shortcomings", "Hạn chế, nguyên nhân", TEXT),
            Field("execution", "Tổ chức thực hiện", TEXT, "Để trống để dùng câu thông thường"),
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
            Field("title", "Việc phải làm", LINE),
            Field("due_on", "Hạn hoàn thành", DAY),
            Field("carriers", "Người làm", PEOPLE),
            Field("report_to", "Báo cáo ở đâu", LINE, "Để trống là báo cáo chi bộ"),
            Field("hard", "Là việc khó đã đăng ký", FLAG),
        ),
        candidates=_carriers,
    ),
)
BY_SLUG = {form.slug: form for form in FORMS}
BY_KEY = {form.part.key: form for form in FORMS}


def before_in_words(key: str, before: Mapping[str, Any], names: Mapping[int, str]) -> list[tuple[str, str]]:
    """What a row of a part said, as the trail kept it: its fields in words, those that said something."""
    form = BY_KEY.get(key)
    return form.kept(before, names) if form else []
