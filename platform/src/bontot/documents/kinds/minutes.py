"""The minutes of a meeting (dossier documents §5.1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from bontot.db.models.meeting import ABSENT_EXCUSED, ABSENT_UNEXCUSED, LATE
from bontot.documents.office import Office
from bontot.documents.paper import Block, Grid, Heading, Paper, Points, Signer, Text
from bontot.documents.phrases import (
    QUARTERS,
    UNWRITTEN,
    cast,
    header,
    listed,
    people,
    written_day,
    written_time,
)
from bontot.policy.words import figure
from bontot.services.meetings import BAND_WORDS, RollLine
from bontot.services.proceedings.items import Earlier
from bontot.services.proceedings.reading import Record
from bontot.text import search_key

KINDS = {
    "regular": "sinh hoạt chi bộ thường kỳ tháng {month} năm {year}",
    "thematic": "sinh hoạt chuyên đề quý {quarter} năm {year}",
    "extraordinary": "sinh hoạt chi bộ bất thường ngày {day}",
    "congress": "đại hội chi bộ ngày {day}",
    "cell_committee_meeting": "họp {committee} ngày {day}",
}
VOTE_WORDS = {
    "agenda": "Thông qua chương trình",
    "resolution": "Thông qua nghị quyết",
    "minutes": "Thông qua biên bản",
    "admission": "Kết nạp đảng viên",
    "recognition": "Công nhận đảng viên chính thức",
    "discipline": "Kỷ luật",
    "rating": "Xếp loại chất lượng",
    "other": "",
}
CLOSING_VOTES = ("resolution", "minutes")


UNCALLED = "……"
"""How many came and were away where the roll was not called."""
UNRECORDED = "Nội dung không ghi trên hệ thống"
"""An item of the agenda that is written elsewhere (secrecy: dossier data-formats §6)."""


def is_unrecorded(item: str) -> bool:
    """Whether an item of an agenda says no more than that it is not written here."""
    return search_key(item).startswith(search_key(UNRECORDED))


def subject_of(kind: str, held_on: date, committee: str = "chi ủy") -> str:
    """What minutes of a kind of meeting are about; where a committee meets by itself, how it is called."""
    return KINDS[kind].format(
        committee=committee,
        month=f"{held_on.month:02}",
        year=held_on.year,
        quarter=QUARTERS[(held_on.month - 1) // 3],
        day=written_day(held_on).removeprefix("ngày "),
    )


def minutes(record: Record, office: Office) -> Paper:
    """The minutes of a meeting of a cell, or of a committee by itself; a draft until its record is closed."""
    entry = record.meeting.entry
    return Paper(
        kind="meeting_minutes",
        day=entry.held_on,
        header=header(office.superior, office.author),
        title="BIÊN BẢN",
        subject=subject_of(entry.kind, entry.held_on, office.called),
        body=(
            *_when_and_who(record, is_cell=office.is_cell),
            *_opening(record),
            *_matters(record),
            *_opinions(record),
            *_closing(record, "chi bộ" if office.is_cell else office.called),
        ),
        signers=(
            Signer(lines=("THƯ KÝ",), name=_name(record, record.head.minute_taker_id)),
            Signer(lines=("CHỦ TRÌ",), name=_name(record, record.head.chair_id)),
        ),
        lacks="" if record.closed else "Khóa hồ sơ buổi họp thì biên bản thôi là dự thảo.",
    )


def _name(record: Record, member_id: int | None) -> str:
    return record.names.get(member_id or 0, "")


def _when_and_who(record: Record, *, is_cell: bool) -> Iterator[Block]:
    entry, of = record.meeting.entry, record.composition
    begun = f"{written_time(entry.starts_at)}, " if entry.starts_at else ""
    yield Text(f"{begun}{written_day(entry.held_on)}.", "Thời gian:")
    for sitting in record.sittings.values():
        place = f", tại {sitting.place}" if sitting.place else ""
        yield Text(
            f"{written_day(sitting.held_on)}{place}; dự thêm {people(len(sitting.came))}.", "Họp thêm:"
        )
    yield Text(f"{entry.place or '………………'}.", "Địa điểm:")
    if record.course.platform:
        yield Text(f"{record.course.platform}.", "Họp trực tuyến qua:")
    if is_cell:
        yield Text(
            f"{people(of.members)}; chính thức {of.official}, dự bị {of.probationary}, "
            f"sinh hoạt tạm thời đến {of.temporarily_in}.",
            "Tổng số đảng viên của chi bộ:",
        )
        yield Text(
            f"miễn sinh hoạt {of.exempt}; chuyển sinh hoạt tạm thời đi {of.temporarily_out}.", "Trong đó:"
        )
    yield Text(_present(record), "Có mặt:")
    for label, mark in (("Vắng có lý do:", ABSENT_EXCUSED), ("Vắng không lý do:", ABSENT_UNEXCUSED)):
        away = [_absent(record, line) for line in record.roll if record.mark(line) == mark]
        count = len(away) if record.called else UNCALLED
        yield Text(f"{count}{': ' if away else ''}{'; '.join(away)}.", label)
    for guest in record.guests.values():
        post = f", {guest.post}" if guest.post else ""
        yield Text(
            f"đồng chí {guest.name}{post}.",
            "Cấp ủy viên được phân công dự:" if guest.assigned else "Khách mời:",
        )
    yield Text(f"{_name(record, record.head.chair_id) or '………………'}.", "Chủ trì:")
    yield Text(f"{_name(record, record.head.minute_taker_id) or '………………'}.", "Thư ký:")


def _present(record: Record) -> str:
    if not record.called:
        called = people(len(record.roll)) if record.roll else f"{UNCALLED} đồng chí"
        return f"{UNCALLED}/{called} phải dự."
    came = record.present
    guests = sum(line.guest for line in came)
    official = sum(line.official and not line.guest for line in came)
    late = sum(record.mark(line) == LATE for line in came)
    said = (
        f"{len(came)}/{people(len(record.roll))} phải dự; chính thức {official}, "
        f"dự bị {len(came) - official - guests}, sinh hoạt tạm thời đến {guests}"
    )
    return f"{said}; đến muộn {late}." if late else f"{said}."


def _absent(record: Record, line: RollLine) -> str:
    reason = record.meeting.entry.marks[line.member_id].reason
    return f"{line.full_name} ({reason})" if reason else line.full_name


def _opening(record: Record) -> Iterator[Block]:
    yield Heading("I- PHẦN MỞ ĐẦU")
    yield Text("Chủ trì nêu lý do, giới thiệu thành phần; thư ký điểm danh như trên.")
    yield Text(record.course.fees or UNWRITTEN, "Tình hình đóng đảng phí:")
    if record.agenda:
        yield Text("", "Chương trình:")
        yield Points(tuple(record.agenda))
    yield from _votes(record, "agenda")


def _votes(record: Record, *about: str) -> Iterator[Block]:
    for vote in record.votes.values():
        if vote.about in about:
            named = ": ".join(filter(None, (VOTE_WORDS[vote.about], vote.subject)))
            totals = cast(vote, record.meeting.entry.held_on)
            yield Text(f"{totals}.", f"Biểu quyết – {named}:")


def _told(news: str, materials: Sequence[str]) -> Iterator[Block]:
    """What was told, a document a line with its number and day; then what was handed out."""
    lines = [line.removeprefix("- ") for line in news.split("\n") if line.strip()]
    if len(lines) == 1:
        yield Text(lines[0])
    elif lines:
        yield Points(tuple(lines))
    if materials:
        yield Points(tuple(materials))
    elif not lines:
        yield Text(UNWRITTEN)


def _matters(record: Record) -> Iterator[Block]:
    entry, course = record.meeting.entry, record.course
    number = 0

    def heading(words: str) -> Heading:
        nonlocal number
        number += 1
        return Heading(f"{number}. {words}", 2)

    yield Heading("II- NỘI DUNG")
    yield heading("Thông tin, phổ biến văn bản")
    yield from _told(course.news, entry.materials)
    yield heading("Kết quả thực hiện nhiệm vụ tháng trước")
    looked_at = [one for one in record.earlier if one.reviewed]
    if looked_at:
        rows = tuple(
            (one.title, listed(one.carriers), f"{one.due_on:%d/%m/%Y}", _result(one, entry.held_on))
            for one in looked_at
        )
        yield Grid(("Nhiệm vụ", "Người thực hiện", "Hạn", "Kết quả"), rows)
    else:
        yield Text(UNWRITTEN if record.earlier else "Không có nhiệm vụ đến kỳ kiểm điểm.")
    yield heading("Tình hình tư tưởng, tự phê bình và phê bình")
    yield Text(course.ideology or ("Có tự phê bình và phê bình." if entry.self_criticism else UNWRITTEN))
    yield heading("Nhiệm vụ thời gian tới")
    if record.items:
        given = tuple((one.title, listed(one.carriers), f"{one.due_on:%d/%m/%Y}") for one in record.items)
        yield Grid(("Nhiệm vụ", "Người thực hiện", "Hạn"), given)
    else:
        yield Text(UNWRITTEN)
    if entry.thematic_topic or entry.kind == "thematic" or course.thematic:
        yield heading("Sinh hoạt chuyên đề")
        yield Text(f"{entry.thematic_topic or entry.topic or ''}.", "Chuyên đề:")
        if course.thematic:
            yield Text(course.thematic)
    for item in filter(is_unrecorded, record.agenda):
        yield heading(item)
        yield Text("Ghi ở sổ riêng theo quy định về bảo vệ bí mật, không ghi trong biên bản này.")
    others = [about for about in VOTE_WORDS if about not in ("agenda", *CLOSING_VOTES)]
    voted = tuple(_votes(record, *others))
    if course.other or voted:
        yield heading("Nội dung khác")
        if course.other:
            yield Text(course.other)
        yield from voted


def _result(one: Earlier, held_on: date) -> str:
    if one.done_on and one.done_on <= held_on:
        late = ", trễ hạn" if one.done_on > one.due_on else ""
        state = f"Xong ngày {one.done_on:%d/%m/%Y}{late}"
    else:
        state = "Chưa xong"
    return f"{state}. {one.remark}" if one.remark else state


def _opinions(record: Record) -> Iterator[Block]:
    yield Text("" if record.opinions else UNWRITTEN, "Ý kiến thảo luận:")
    for one in record.opinions.values():
        yield Text(one.summary, f"- Đồng chí {record.names[one.member_id]}:")
        if one.answer:
            yield Text(one.answer, "Chủ trì trả lời:")
    for guest in record.guests.values():
        if guest.remark:
            yield Text(guest.remark, f"- Đồng chí {guest.name}{f', {guest.post}' if guest.post else ''}:")


def _closing(record: Record, gathered: str) -> Iterator[Block]:
    entry, head = record.meeting.entry, record.head
    yield Heading("III- PHẦN KẾT THÚC")
    yield Text(record.course.conclusion or UNWRITTEN, "Kết luận của chủ trì:")
    yield from _votes(record, "resolution")
    if entry.self_score_band:
        points = f"{figure(record.self_score)} điểm, loại " if record.self_score is not None else ""
        yield Text(
            f"{points}{BAND_WORDS[entry.self_score_band]}.", "Chi bộ tự chấm chất lượng buổi sinh hoạt:"
        )
    yield Text(f"Biên bản đã được đọc lại trước {gathered}.")
    yield from _votes(record, "minutes")
    ended = written_time(head.ends_at) if head.ends_at else "…… giờ ……"
    yield Text(f"Cuộc họp kết thúc lúc {ended} cùng ngày.")
