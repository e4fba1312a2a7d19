"""The parts of a meeting's record as its page lists them: what each holds, in a few words, and its one action."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for

from bontot.documents.kinds.minutes import VOTE_WORDS
from bontot.documents.phrases import cast
from bontot.services.proceedings.entries import EVERY_TIME
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
    written = sum(bool(getattr(record.course, name)) for name in EVERY_TIME)
    yield "dien-bien", f"Đã ghi {written}/{len(EVERY_TIME)} mục" if written else ""
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


@dataclass(frozen=True, slots=True)
class Gap:
    """A part of a meeting's record that is empty, or empty in places: what it lacks, and where it is written. `usual`:
    minutes of such a meeting usually hold it; of others it is a question only whether there was any."""

    title: str
    lacks: str
    address: str
    usual: bool = True


def gaps(record: Record, organisation: UUID, *, unscored: bool) -> list[Gap]:
    """What nobody wrote into a meeting's record yet, in the order in which a meeting goes; `unscored`: it has a score sheet
    and no score."""
    asks: dict[str, Any] = {"organisation": organisation, "meeting": record.meeting.public_id}
    found = []
    for slug, lacks in _lacks(record):
        if lacks and slug == "viec-thang-truoc":
            found.append(Gap("Kết quả việc tháng trước", lacks, url_for("review.show", **asks)))
        elif lacks:
            address = url_for("part.show", **asks, name=slug)
            found.append(Gap(BY_SLUG[slug].title, lacks, address, slug not in _WHEN_THERE_WAS_ANY))
    if blank := _blank_of_meeting(record):
        found.append(Gap("Nội dung, tài liệu", ", ".join(blank), url_for("meeting.correct", **asks)))
    if unscored:
        found.append(Gap("Chấm điểm buổi sinh hoạt", NOTHING, url_for("score.show", **asks)))
    return found


NOTHING = "chưa ghi"
_WHEN_THERE_WAS_ANY = frozenset({"khach-moi", "hop-them"})


def _blank_of_meeting(record: Record) -> list[str]:
    entry = record.meeting.entry
    parts = {
        "giờ bắt đầu": entry.starts_at,
        "địa điểm": entry.place,
        "nội dung chính": entry.topic,
        "chương trình": record.agenda,
        "tài liệu": entry.materials,
        "các bước đã làm": entry.steps,
    }
    return [name for name, there in parts.items() if not there]


def _lacks(record: Record) -> Iterator[tuple[str, str]]:
    entry, said = record.meeting.entry, record.resolution
    monthly = entry.kind == "regular"
    head = {
        "người chủ trì": record.head.chair_id,
        "thư ký": record.head.minute_taker_id,
        "giờ kết thúc": record.head.ends_at,
    }
    yield "chu-tri", ", ".join(name for name, there in head.items() if not there)
    yield "khach-moi", "" if record.guests else NOTHING
    yield "hop-them", "" if record.sittings else NOTHING
    waiting = sum(not one.reviewed for one in record.earlier)
    yield "viec-thang-truoc", f"còn {waiting} việc chưa xem" if waiting else ""
    blank = [
        one.label[:1].lower() + one.label[1:]
        for one in BY_SLUG["dien-bien"].fields
        if one.name in EVERY_TIME
        and not getattr(record.course, one.name)
        and (one.name != "thematic" or entry.thematic_topic)
    ]
    yield "dien-bien", ", ".join(blank)
    yield "y-kien", "" if record.opinions else NOTHING
    passed = record.passed or not said
    yield "bieu-quyet", NOTHING if not record.votes else "" if passed else "biểu quyết thông qua nghị quyết"
    yield "nghi-quyet", (NOTHING if monthly else "") if said is None else "" if said.number else "chưa có số"
    yield "nhiem-vu", NOTHING if monthly and not record.items else ""
