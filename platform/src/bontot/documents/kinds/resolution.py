"""The resolution of a meeting (dossier documents §5.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from bontot.db.models.meeting import ABSENT_EXCUSED, ABSENT_UNEXCUSED, LATE, PRESENT
from bontot.documents.kinds.minutes import UNCALLED
from bontot.documents.office import Office
from bontot.documents.paper import Block, Grid, Heading, Paper, Text
from bontot.documents.phrases import (
    UNNUMBERED,
    UNWRITTEN,
    cast,
    header,
    listed,
    people,
    short_of,
    written_day,
    written_time,
)
from bontot.errors import NotFound
from bontot.policy.words import figure
from bontot.services.meetings import BAND_WORDS
from bontot.services.proceedings.entries import ResolutionText
from bontot.services.proceedings.reading import Record


def resolution(record: Record, office: Office, scored: Sequence[Block] = ()) -> Paper:
    """The resolution of a meeting by the cell as it was on the day, with the points it gave itself by groups; a draft until
    its record is closed and it has its number. Raises NotFound without one."""
    said = record.resolution
    if said is None:
        raise NotFound
    entry = record.meeting.entry
    return Paper(
        kind="cell_resolution",
        day=entry.held_on,
        header=header(
            record.superior,
            record.cell,
            number=f"Số {said.number}" if said.number else UNNUMBERED.format(symbol="NQ", sign="CB"),
            day=entry.held_on,
            place=office.place,
        ),
        title="NGHỊ QUYẾT",
        subject=_subject(said.subject),
        body=(
            _preamble(record),
            *_assessment(record, said, entry.held_on),
            *_tasks(record),
            *_execution(said),
            *_quality(record, scored),
            _adopted(record),
        ),
        recipients=office.recipients("Các đồng chí đảng viên"),
        signers=(office.signer(),),
        lacks=_lacks(record),
    )


def _subject(words: str) -> str:
    """What a resolution is about, as it stands under its title, which it does not say again."""
    said = words.split(maxsplit=2)
    if len(said) > 2 and " ".join(said[:2]).lower() == "nghị quyết":
        words = said[2]
    return words[:1].lower() + words[1:]


def _lacks(record: Record) -> str:
    if _fell(record):
        return "Nghị quyết chưa được đủ số phiếu tán thành nên chưa ban hành được."
    return "" if record.closed else "Khóa hồ sơ buổi họp rồi mới ban hành nghị quyết."


def _fell(record: Record) -> bool:
    """Whether the vote on the resolution did not reach its majority."""
    vote = record.passed
    return vote is not None and short_of(vote, record.meeting.entry.held_on) is not None


def _preamble(record: Record) -> Text:
    entry = record.meeting.entry
    present, excused, unexcused = (
        sum(record.mark(line) in marks for line in record.roll) if record.called else UNCALLED
        for marks in ((PRESENT, LATE), (ABSENT_EXCUSED,), (ABSENT_UNEXCUSED,))
    )
    place = f", tại {entry.place}" if entry.place else ""
    led = [
        f"{words} đồng chí {record.names[member]}"
        for words, member in (
            ("chủ trì:", record.head.chair_id),
            ("thư ký:", record.head.minute_taker_id),
        )
        if member is not None
    ]
    lasted = (
        f", từ {written_time(entry.starts_at)} đến {written_time(record.head.ends_at)}"
        if entry.starts_at and record.head.ends_at
        else ""
    )
    said = (
        f"{written_day(entry.held_on).capitalize()}{lasted}{place}, {record.cell} họp; "
        f"tổng số {people(record.composition.members)}, "
        f"có mặt {present}/{len(record.roll)} phải dự, vắng có lý do {excused}, vắng không lý do {unexcused}, "
        f"miễn sinh hoạt {record.composition.exempt}"
    )
    return Text("; ".join([said, *led]) + ". Sau khi thảo luận, chi bộ quyết nghị:")


def _assessment(record: Record, said: ResolutionText, held_on: date) -> Iterator[Block]:
    month = held_on.month - 1 or 12
    yield Heading(f"I- ĐÁNH GIÁ KẾT QUẢ THÁNG {month:02}")
    yield Heading("1. Công tác chính trị, tư tưởng", 2)
    yield Text(said.politics or UNWRITTEN)
    yield Heading("2. Kết quả thực hiện nhiệm vụ chính trị", 2)
    yield Text(said.results or UNWRITTEN)
    yield Heading("3. Kết quả thực hiện nghị quyết tháng trước", 2)
    looked_at = [one for one in record.earlier if one.reviewed]
    if looked_at:
        rows = tuple(
            (
                str(place),
                one.title,
                f"Hạn {one.due_on:%d/%m/%Y}",
                ". ".join(
                    filter(
                        None,
                        ("Xong" if one.done_on and one.done_on <= held_on else "Chưa xong", one.remark),
                    )
                ),
            )
            for place, one in enumerate(looked_at, 1)
        )
        yield Grid(("TT", "Nhiệm vụ", "Tình trạng đầu kỳ", "Kết quả"), rows)
    else:
        yield Text(UNWRITTEN)
    yield Heading("4. Biểu dương, nhắc nhở", 2)
    yield Text(said.praise or UNWRITTEN)
    yield Heading("5. Hạn chế, nguyên nhân", 2)
    yield Text(said.shortcomings or UNWRITTEN)


def _tasks(record: Record) -> Iterator[Block]:
    yield Heading(f"II- PHƯƠNG HƯỚNG, NHIỆM VỤ THÁNG {record.meeting.entry.held_on.month:02}")
    if not record.items:
        yield Text(UNWRITTEN)
        return
    rows = tuple(
        (
            str(place),
            one.title,
            listed(one.carriers),
            f"{one.due_on:%d/%m/%Y}",
            one.report_to or "Chi bộ",
        )
        for place, one in enumerate(record.items, 1)
    )
    yield Grid(("TT", "Nhiệm vụ", "Người thực hiện", "Thời hạn", "Báo cáo tại"), rows)


def _execution(said: ResolutionText) -> Iterator[Block]:
    yield Heading("III- TỔ CHỨC THỰC HIỆN")
    yield Text(
        said.execution
        or "Chi ủy, các đồng chí đảng viên được phân công thực hiện và báo cáo kết quả tại buổi sinh hoạt kế tiếp."
    )


def _quality(record: Record, scored: Sequence[Block]) -> Iterator[Block]:
    band = record.meeting.entry.self_score_band
    if band:
        yield Heading("IV- TỰ ĐÁNH GIÁ CHẤT LƯỢNG KỲ SINH HOẠT")
        yield from scored
        points = f"{figure(record.self_score)} điểm, " if record.self_score is not None else ""
        yield Text(f"{points}loại {BAND_WORDS[band]}.")


def _adopted(record: Record) -> Text:
    vote, day = record.passed, record.meeting.entry.held_on
    if vote is None:
        return Text(f"Nghị quyết được chi bộ thông qua {written_day(day)} với …… đồng chí tán thành.")
    passed = "được" if short_of(vote, day) is None else "chưa được"
    return Text(f"Nghị quyết {passed} chi bộ thông qua {written_day(day)} với {cast(vote, day)}.")
