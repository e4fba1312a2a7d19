"""The papers of a meeting that was held: its minutes, its resolution, who came, and how it scored itself (dossier documents
§5.1, §5.2, §5.9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import text

from bontot.db.models.meeting import ABSENT_EXCUSED, ABSENT_UNEXCUSED, LATE, PRESENT
from bontot.db.rolls import headcount
from bontot.documents.asking import Asked
from bontot.documents.kinds.minutes import minutes, subject_of
from bontot.documents.kinds.resolution import resolution, signer_of
from bontot.documents.office import office_of
from bontot.documents.paper import Block, Grid, Paper, Signer, Text
from bontot.documents.phrases import header, written_day
from bontot.errors import NotFound
from bontot.policy.scoring import most
from bontot.policy.words import figure
from bontot.services import organisations, scores
from bontot.services.meetings import BAND_WORDS, meeting_of
from bontot.services.proceedings.reading import Record, record_of
from bontot.services.score_sheets import SheetInForce

TICK = "x"


def _record(asked: Asked) -> Record:
    found = meeting_of(asked.session, asked.record, frozenset({asked.organisation_id}))
    return record_of(asked.session, found)


def minutes_of(asked: Asked) -> Paper:
    """The minutes."""
    return minutes(_record(asked))


def resolution_of(asked: Asked) -> Paper:
    """The resolution. Raises NotFound without one."""
    record = _record(asked)
    officers = organisations.officers(asked.session, asked.organisation_id, record.meeting.entry.held_on)
    return resolution(record, signer_of(officers), tuple(_by_group(asked, record)))


def _by_group(asked: Asked, record: Record) -> Iterator[Block]:
    """The points the cell gave the meeting, group by group: those it voted, or as long as it did not those proposed."""
    found = scores.sheet_of(asked.session, asked.registry, record.meeting)
    told = {one.stage: one.points for one in scores.recorded(asked.session, record.meeting.id)}
    given = told.get(scores.VOTED) or told.get(scores.PROPOSED)
    if found is None or not given:
        return
    applying = {item.key for item in scores.applying(found, record.meeting)}
    groups = [
        (group.label, items)
        for group in found.sheet.groups
        if (items := [item for item in group.items if item.key in applying])
    ]
    yield Grid(
        ("TT", "Nội dung", "Điểm tối đa", "Điểm"),
        tuple(
            (
                str(place),
                label,
                figure(most(items)),
                figure(sum(given[item.key] for item in items if item.key in given)),
            )
            for place, (label, items) in enumerate(groups, 1)
        ),
        figures=frozenset({2, 3}),
        shares=(6, 58, 14, 12),
    )


def attendance_of(asked: Asked) -> Paper:
    """Who was called and who came, each to sign; a list to be filled in by hand before anybody was marked."""
    record = _record(asked)
    entry = record.meeting.entry
    binds = {"cell": asked.organisation_id, "day": entry.held_on}
    exempt = asked.session.scalars(_EXEMPT, binds).all()
    return Paper(
        kind="attendance_list",
        day=entry.held_on,
        header=header(record.superior, record.cell),
        title="DANH SÁCH ĐIỂM DANH",
        subject=subject_of(entry.kind, entry.held_on),
        body=tuple(_called(record, exempt)),
        signers=(
            Signer(lines=("THƯ KÝ",), name=record.names.get(record.head.minute_taker_id or 0, "")),
            Signer(lines=("CHỦ TRÌ",), name=record.names.get(record.head.chair_id or 0, "")),
        ),
        lacks="" if record.closed else "Khóa hồ sơ buổi họp thì danh sách thôi là dự thảo.",
    )


_EXEMPT = text(f"""
SELECT m.full_name FROM ({headcount()}) AS roll JOIN member AS m ON m.id = roll.member_id
WHERE roll.organisation_id = :cell AND roll.exempt ORDER BY m.sort_key, m.id
""")


def _called(record: Record, exempt: Sequence[str]) -> Iterator[Block]:
    entry = record.meeting.entry
    yield Text(f"{written_day(entry.held_on)}{f', tại {entry.place}' if entry.place else ''}.", "Thời gian:")
    rows = tuple(
        (
            str(place),
            line.full_name,
            *(
                TICK if record.mark(line) in marks else ""
                for marks in ((PRESENT, LATE), (ABSENT_EXCUSED,), (ABSENT_UNEXCUSED,))
            ),
            "",
            "",
        )
        for place, line in enumerate(record.roll, 1)
    )
    freed = tuple(
        (str(place), name, "", "", "", TICK, "") for place, name in enumerate(exempt, len(rows) + 1)
    )
    columns = (
        "TT",
        "Họ và tên",
        "Có mặt",
        "Vắng có lý do",
        "Vắng không lý do",
        "Miễn",
        "Ký nhận",
    )
    yield Grid(columns, rows + freed, shares=(5, 26, 9, 11, 11, 8, 14), ticks=frozenset({2, 3, 4, 5}))
    absent = sum(record.mark(line) in (ABSENT_EXCUSED, ABSENT_UNEXCUSED) for line in record.roll)
    yield Text(
        f"Tổng hợp: {len(record.roll)} đồng chí phải dự, {len(record.present)} có mặt, {absent} vắng; "
        f"{len(exempt)} đồng chí được miễn sinh hoạt."
    )


def self_score_of(asked: Asked) -> Paper:
    """The sheet by which the meeting was scored, group by group, with the points of each stage. Raises NotFound where no
    sheet is in force."""
    record = _record(asked)
    found = scores.sheet_of(asked.session, asked.registry, record.meeting)
    if found is None:
        raise NotFound("Buổi họp này không chấm theo bảng điểm nào.")
    office = office_of(asked.session, asked.organisation_id, record.meeting.entry.held_on)
    stages = scores.recorded(asked.session, record.meeting.id)
    entry = record.meeting.entry
    return Paper(
        kind="meeting_self_score",
        day=entry.held_on,
        header=header(record.superior, record.cell),
        title="BẢNG TỰ CHẤM ĐIỂM",
        subject=f"chất lượng {subject_of(entry.kind, entry.held_on)}",
        body=tuple(_scored(record, found, stages)),
        signers=(office.signer(), Signer(lines=("CẤP ỦY VIÊN DỰ SINH HOẠT",))),
        lacks="" if record.closed else "Khóa hồ sơ buổi họp thì bảng điểm thôi là dự thảo.",
    )


def _scored(record: Record, found: SheetInForce, stages: Sequence[scores.Recorded]) -> Iterator[Block]:
    told = {one.stage: one for one in stages}
    applying = {item.key for item in scores.applying(found, record.meeting)}
    rows: list[tuple[str, ...]] = []
    strong = set[int]()

    def points(stage: str, keys: list[str]) -> str:
        given = told.get(stage)
        return figure(sum(given.points[key] for key in keys if key in given.points)) if given else ""

    def line(number: str, label: str, maximum: str, keys: list[str]) -> tuple[str, ...]:
        return (number, label, maximum, *(points(stage, keys) for stage in scores.STAGE_WORDS))

    for number, group in enumerate(found.sheet.groups, 1):
        items = [item for item in group.items if item.key in applying]
        if not items:
            continue
        strong.add(len(rows))
        rows.append(line(str(number), group.label, figure(most(items)), [item.key for item in items]))
        rows += [line("", item.label, figure(item.maximum), [item.key]) for item in items]
    strong.add(len(rows))
    everything = [item for item in found.sheet.items if item.key in applying]
    rows.append(line("", "Tổng cộng", figure(most(everything)), [item.key for item in everything]))
    columns = ("TT", "Nội dung", "Điểm tối đa", *scores.STAGE_WORDS.values())
    yield Text(f"{found.sheet.label}.", "Bảng chấm:")
    yield Grid(
        columns,
        tuple(rows),
        figures=frozenset({2, 3, 4, 5}),
        strong=frozenset(strong),
        shares=(5, 42, 11, 12, 12, 13),
    )
    band = record.meeting.entry.self_score_band
    if band and record.self_score is not None:
        yield Text(f"{figure(record.self_score)} điểm, loại {BAND_WORDS[band]}.", "Kết quả:")
    else:
        yield Text("chưa chấm.", "Kết quả:")
