"""The papers of a meeting that was held: its minutes, its resolution, who came, and how it scored itself (dossier documents
§5.1, §5.2, §5.9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import text

from bontot.db.models.meeting import ABSENT_EXCUSED, ABSENT_UNEXCUSED, LATE, PRESENT
from bontot.db.rolls import headcount
from bontot.documents.asking import Asked, Papers, Together
from bontot.documents.kinds.minutes import UNCALLED, minutes, subject_of
from bontot.documents.kinds.resolution import resolution
from bontot.documents.office import Office, offices_of
from bontot.documents.paper import Block, Grid, Paper, Signer, Text
from bontot.documents.phrases import header, written_day
from bontot.policy.scoring import most
from bontot.policy.words import figure
from bontot.services import scores
from bontot.services.meetings import BAND_WORDS, meeting_of
from bontot.services.organisations import OnDay
from bontot.services.proceedings.reading import Record, records_of
from bontot.services.score_sheets import SheetInForce

TICK = "x"


def _meeting(asked: Asked) -> int:
    return meeting_of(asked.session, asked.record, frozenset({asked.organisation_id}))


def _records(asked: Together) -> list[Record]:
    """What is recorded of the meetings, in their order."""
    found = records_of(asked.session, asked.subjects)
    return [found[id_] for id_ in asked.subjects if id_ in found]


def _held(record: Record) -> OnDay:
    return record.meeting.organisation_id, record.meeting.entry.held_on


def minutes_of(asked: Asked) -> Paper:
    """The minutes."""
    return asked.alone(all_minutes, _meeting(asked))


def all_minutes(asked: Together) -> Papers:
    """The minutes of meetings."""
    records = _records(asked)
    offices = offices_of(asked.session, map(_held, records))
    for record in records:
        if office := offices.get(_held(record)):
            yield record.meeting.id, minutes(record, office)


def resolution_of(asked: Asked) -> Paper:
    """The resolution. Raises NotFound without one."""
    return asked.alone(resolutions, _meeting(asked))


def resolutions(asked: Together) -> Papers:
    """The resolutions of those meetings that have one."""
    records = [record for record in _records(asked) if record.resolution]
    offices = offices_of(asked.session, map(_held, records))
    sheets = scores.sheets_of(asked.session, asked.registry, [record.meeting for record in records])
    stages = scores.recorded_of(asked.session, asked.subjects)
    for record in records:
        id_ = record.meeting.id
        scored = tuple(_by_group(record, sheets.get(id_), stages[id_]))
        if office := offices.get(_held(record)):
            yield id_, resolution(record, office, scored)


def _by_group(
    record: Record, found: SheetInForce | None, stages: Sequence[scores.Recorded]
) -> Iterator[Block]:
    """The points the cell gave the meeting, group by group: those it voted, or as long as it did not those proposed."""
    told = {one.stage: one.points for one in stages}
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
    return asked.alone(attendance_lists, _meeting(asked))


def attendance_lists(asked: Together) -> Papers:
    """The attendance lists of meetings."""
    records = _records(asked)
    offices = offices_of(asked.session, map(_held, records))
    exempt: dict[int, list[str]] = defaultdict(list)
    for meeting_id, name in asked.session.execute(_EXEMPT, {"meetings": list(asked.subjects)}):
        exempt[meeting_id].append(name)
    for record in records:
        if office := offices.get(_held(record)):
            yield record.meeting.id, _attendance(record, office, exempt[record.meeting.id])


def _attendance(record: Record, office: Office, exempt: Sequence[str]) -> Paper:
    entry = record.meeting.entry
    return Paper(
        kind="attendance_list",
        day=entry.held_on,
        header=header(office.superior, office.author),
        title="DANH SÁCH ĐIỂM DANH",
        subject=subject_of(entry.kind, entry.held_on, office.called),
        body=tuple(_called(record, exempt)),
        signers=(
            Signer(lines=("THƯ KÝ",), name=record.names.get(record.head.minute_taker_id or 0, "")),
            Signer(lines=("CHỦ TRÌ",), name=record.names.get(record.head.chair_id or 0, "")),
        ),
        lacks="" if record.closed else "Khóa hồ sơ buổi họp thì danh sách thôi là dự thảo.",
    )


_EXEMPT = text(f"""
SELECT held.id, m.full_name FROM meeting AS held
JOIN LATERAL ({headcount("held.held_on")}) AS roll ON roll.organisation_id = held.organisation_id AND roll.exempt
JOIN member AS m ON m.id = roll.member_id
WHERE held.id = ANY(:meetings) ORDER BY m.sort_key, m.id
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
    away = sum(record.mark(line) in (ABSENT_EXCUSED, ABSENT_UNEXCUSED) for line in record.roll)
    came, absent = (len(record.present), away) if record.called else (UNCALLED, UNCALLED)
    yield Text(
        f"Tổng hợp: {len(record.roll)} đồng chí phải dự, {came} có mặt, {absent} vắng; "
        f"{len(exempt)} đồng chí được miễn sinh hoạt."
    )


def self_score_of(asked: Asked) -> Paper:
    """The sheet by which the meeting was scored, group by group, with the points of each stage. Raises NotFound where no
    sheet is in force."""
    return asked.alone(self_scores, _meeting(asked), "Buổi họp này không chấm theo bảng điểm nào.")


def self_scores(asked: Together) -> Papers:
    """The score sheets of those meetings for which one is in force."""
    records = _records(asked)
    sheets = scores.sheets_of(asked.session, asked.registry, [record.meeting for record in records])
    offices = offices_of(asked.session, map(_held, records))
    stages = scores.recorded_of(asked.session, asked.subjects)
    for record in records:
        id_ = record.meeting.id
        if id_ in sheets and (office := offices.get(_held(record))):
            yield id_, _self_score(record, sheets[id_], stages[id_], office)


def _self_score(
    record: Record, found: SheetInForce, stages: Sequence[scores.Recorded], office: Office
) -> Paper:
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
