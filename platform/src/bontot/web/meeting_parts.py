"""The parts of a meeting's record as its page lists them: what each holds, in a few words, and its one action."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for

from bontot.documents.kinds.minutes import VOTE_WORDS
from bontot.documents.phrases import cast
from bontot.services.proceedings.entries import COURSE
from bontot.services.proceedings.reading import Record
from bontot.web.part_form import BY_SLUG


@dataclass(frozen=True, slots=True)
class Line:
    """A part: its title, what it holds (empty for nothing yet), and where its action leads."""

    title: str
    summary: str
    action: str
    address: str


def lines(record: Record, organisation: UUID) -> list[Line]:
    """The parts of a meeting, in the order in which a meeting goes."""
    asks: dict[str, Any] = {"organisation": organisation, "meeting": record.meeting.public_id}
    found = []
    for slug, summary in _summaries(record):
        if slug == "viec-thang-truoc":
            action, address = "Ghi kết quả", url_for("review.show", **asks)
            title = "Kết quả việc tháng trước"
        else:
            form = BY_SLUG[slug]
            action = f"Thêm {form.one}" if form.one else "Sửa" if summary else "Ghi"
            title, address = form.title, url_for("part.show", **asks, name=slug)
        found.append(Line(title, summary, action, address))
    return found


def _summaries(record: Record) -> Iterator[tuple[str, str]]:
    names, head = record.names, record.head
    led = ((head.chair_id, "chủ trì"), (head.minute_taker_id, "thư ký"))
    yield "chu-tri", "; ".join(f"{names[member]} {does}" for member, does in led if member is not None)
    yield (
        "khach-moi",
        "; ".join(
            f"{guest.name}{' (cấp ủy viên phụ trách)' if guest.assigned else ''}"
            for guest in record.guests.values()
        ),
    )
    yield (
        "hop-them",
        "; ".join(
            f"{one.held_on:%d/%m/%Y}, {len(one.came)} người dự thêm" for one in record.sittings.values()
        ),
    )
    looked_at = [one for one in record.earlier if one.reviewed]
    done = sum(one.done_on is not None for one in looked_at)
    yield (
        "viec-thang-truoc",
        f"Đã xem {len(looked_at)}/{len(record.earlier)} việc, {done} việc xong"
        if looked_at
        else f"{len(record.earlier)} việc chờ xem"
        if record.earlier
        else "Không có việc nào để xem",
    )
    written = sum(bool(getattr(record.course, name)) for name in COURSE)
    yield "dien-bien", f"Đã ghi {written}/{len(COURSE)} mục" if written else ""
    yield "y-kien", f"{len(record.opinions)} ý kiến" if record.opinions else ""
    yield (
        "bieu-quyet",
        "; ".join(
            f"{VOTE_WORDS[vote.about] or vote.subject}: {cast(vote, record.meeting.entry.held_on)}"
            for vote in record.votes.values()
        ),
    )
    said = record.resolution
    yield "nghi-quyet", " · ".join(filter(None, (said.number, said.subject))) if said else ""
    yield "nhiem-vu", "; ".join(f"{one.title} (hạn {one.due_on:%d/%m/%Y})" for one in record.items)
