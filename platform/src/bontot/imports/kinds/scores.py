"""Chấm điểm buổi sinh hoạt: the score sheets of meetings, an item a row, by the same rules as on the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from bontot.db.models import Meeting, MeetingScore
from bontot.db.models.meeting import SCORE_STAGES
from bontot.errors import PluginUnavailable
from bontot.imports.columns import Column, choice, day, points, words
from bontot.imports.intake import Intake, SheetKind
from bontot.imports.kinds.common import CELL, meeting_kind
from bontot.imports.layout import heading
from bontot.imports.on_record import Said
from bontot.imports.register import Gathering, Org
from bontot.imports.table import Row
from bontot.policy.scoring import band, items_of, score, shown
from bontot.policy.sheets import SheetItem
from bontot.policy.words import figure
from bontot.services.judgment_rules import Hand
from bontot.services.score_sheets import SheetInForce, Sheets
from bontot.services.scores import (
    CONFIRMED,
    PROPOSED,
    SCORED_KIND,
    STAGE_WORDS,
    by_another,
    out_of_turn,
    points_refused,
)
from bontot.text import name_key

STAGES = {written: stage for stage, written in STAGE_WORDS.items()}
BANDS = {"good": "tốt", "fair": "khá", "average": "trung bình", "poor": "kém"}


@dataclass(slots=True)
class _Scored:
    """A meeting with what a workbook says of its sheet: `rows` by stage and item. Of a meeting on record also its `version`
    and what was scored `before`, by stage whose hand did, and for which items of which sheet."""

    gathering: Gathering
    org: Org
    thematic: bool
    version: int = 0
    before: dict[str, Hand] = field(default_factory=dict)
    scored: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)

    @property
    def place(self) -> int | None:
        """The cell, or of one that the workbook brings the nearest superior on record."""
        return next((one.id for one in self.org.upwards if one.id is not None), None)

    @property
    def first(self) -> Row:
        """The first row about it."""
        return min((row for of in self.rows.values() for row in of.values()), key=lambda row: row.number)


def take_scores(rows: list[Row], intake: Intake) -> None:
    """Enters each stage of a meeting's sheet whole; the cell's vote and the superior's confirmation become its score and
    band."""
    meetings = _meetings(rows, intake)
    asked = [(one.place, one.gathering.held_on) for one in meetings if one.place is not None]
    sheets = Sheets(intake.session, intake.registry, asked)
    for scored in meetings:
        found = _sheet(scored, sheets)
        if found is None:
            on = f"{scored.gathering.held_on:%d/%m/%Y}"
            scored.first.error(
                "held_on", f"Ngày {on} {scored.org.name} không có phiếu chấm điểm nào đang áp dụng."
            )
        elif (given := _understood(scored, found, intake)) is not None:
            _enter(scored, found, given, intake)


def _meetings(rows: list[Row], intake: Intake) -> list[_Scored]:
    """The meetings rows speak of, each row under the item as it is written."""
    found: dict[Gathering, _Scored] = {}
    for row in rows:
        org = intake.organisation(row)
        gathering = intake.gathering(row, org) if org is not None else None
        if org is None or gathering is None:
            continue
        if gathering.kind != SCORED_KIND:
            row.error("held_on", "Chỉ buổi thường kỳ được chấm theo phiếu.")
            continue
        if gathering not in found:
            thematic = bool(gathering.row and gathering.row["thematic_topic"])
            found[gathering] = _Scored(gathering, org, thematic)
        of_stage = found[gathering].rows.setdefault(row.values["stage"], {})
        earlier = of_stage.setdefault(heading(row.values["item"]), row)
        if earlier is not row:
            row.error("", f"Dòng này trùng với dòng {earlier.number}.")
    _read_recorded(found.values(), intake)
    return list(found.values())


def _read_recorded(meetings: Iterable[_Scored], intake: Intake) -> None:
    """What is on record of meetings that are, in two statements."""
    known = {one.gathering.id: one for one in meetings if one.gathering.id is not None}
    if not known:
        return
    columns = (Meeting.id, Meeting.version, Meeting.thematic_topic)
    for id_, version, topic in intake.session.execute(select(*columns).where(Meeting.id.in_(known))):
        known[id_].version, known[id_].thematic = version, bool(topic)
    of_meetings = MeetingScore.meeting_id.in_(known)
    what = (MeetingScore.meeting_id, MeetingScore.stage, MeetingScore.sheet, MeetingScore.item)
    by = (MeetingScore.account_id, MeetingScore.recorder_id, MeetingScore.recorded_by)
    rows = intake.session.execute(select(*what, *by).where(of_meetings))
    for id_, stage, sheet, item, account, member, name in rows:
        known[id_].before[stage] = Hand(account, member, name)
        known[id_].scored.setdefault(stage, set()).add((sheet, item))


def _sheet(scored: _Scored, sheets: Sheets) -> SheetInForce | None:
    """The sheet a meeting is scored by; None without one, or while the plan cannot be used."""
    if scored.place is None:
        return None
    try:
        return sheets.on(scored.place, scored.gathering.held_on)
    except PluginUnavailable:
        return None


Given = dict[str, dict[str, Decimal]]
"""Points by stage and item."""


def _understood(scored: _Scored, found: SheetInForce, intake: Intake) -> Given | None:
    """What the rows say, by stage in their order; None after reporting everything that is wrong, and where all is known."""
    items = items_of(found.sheet, thematic=scored.thematic)
    whole = {(found.sheet.key, item.key) for item in items}
    for stage in scored.rows.keys() & scored.before.keys():
        _hold(scored, stage, items, intake)
    if scored.rows.keys() <= scored.before.keys():
        return None
    if any(made != whole for made in scored.scored.values()):
        scored.first.error("held_on", "Buổi này đã được sửa sau khi chấm; hãy chấm lại ở trang của buổi.")
        return None
    given: Given = {}
    sound = True
    for stage in (stage for stage in SCORE_STAGES if stage in scored.rows):
        if stage in scored.before:
            continue
        made = _points(scored.rows[stage], found, items)
        in_turn = _in_turn(scored, stage, list(given))
        if made is None or not in_turn:
            sound = False
        given[stage] = made or {}
    return given if sound and given else None


def _hold(scored: _Scored, stage: str, items: tuple[SheetItem, ...], intake: Intake) -> None:
    """Holds the rows of a stage against the points that are on record."""
    of_stage = {"meeting_id": scored.gathering.id, "stage": stage}
    for name, row in scored.rows[stage].items():
        key = next((item.key for item in items if name in (heading(item.key), heading(item.label))), "")
        where = of_stage | {"item": key}
        said = [
            Said(field, row.get(field), MeetingScore, where, (field,)) for field in ("points", "recorded_by")
        ]
        intake.on_record.hold(row, said)


def _points(
    rows: Mapping[str, Row], found: SheetInForce, items: tuple[SheetItem, ...]
) -> dict[str, Decimal] | None:
    named = {name: item for item in found.sheet.items for name in (heading(item.key), heading(item.label))}
    made: dict[str, Decimal] = {}
    sound = True
    for name, row in rows.items():
        item, value = named.get(name), row.values["points"]
        if item is None:
            wrong = ("item", f"{found.sheet.label} không có mục “{row.values['item']}”.")
        elif item not in items:
            wrong = ("item", f"Buổi này không có phần chuyên đề nên không chấm mục “{item.label}”.")
        elif item.key in made:
            wrong = ("item", f"Mục “{item.label}” đã có ở dòng khác của bước này.")
        else:
            made[item.key] = value
            wrong = ("points", points_refused(item, value))
        if wrong[1]:
            row.error(*wrong)
            sound = False
    missing = [f"“{item.label}”" for item in items if item.key not in made]
    if sound and missing:
        first = next(iter(rows.values()))
        stage = STAGE_WORDS[first.values["stage"]]
        first.error("item", f"Bước {stage} còn thiếu {len(missing)} mục: {'; '.join(missing)}.")
    return made if sound and not missing else None


def _in_turn(scored: _Scored, stage: str, earlier: list[str]) -> bool:
    first = next(iter(scored.rows[stage].values()))
    before = [*(one for one in SCORE_STAGES if one in scored.before), *earlier]
    if refused := out_of_turn(before, stage):
        first.error("stage", refused)
    elif stage == CONFIRMED and (refused := _by_another(scored, first)):
        first.error("recorded_by", refused)
    else:
        return True
    return False


def _by_another(scored: _Scored, confirming: Row) -> str:
    """Why who is named in a row may not confirm; of a workbook every hand is known by name alone."""
    hand = _hand(confirming)
    sent = ((stage, _hand(row)) for stage, rows in scored.rows.items() for row in rows.values())
    own = name_key(hand.name) == name_key(scored.org.name)
    return by_another(hand, [*scored.before.items(), *sent], of_cell=own)


def _hand(row: Row) -> Hand:
    return Hand(None, None, row.values["recorded_by"])


def _enter(scored: _Scored, found: SheetInForce, given: Given, intake: Intake) -> None:
    maxima = {item.key: item.maximum for item in found.sheet.items}
    latest = list(given)[-1]
    if latest != PROPOSED and not _settle(scored, found, given[latest], intake):
        return
    for stage, made in given.items():
        by = next(iter(scored.rows[stage].values())).values["recorded_by"]
        for key, value in made.items():
            row: dict[str, Any] = {
                "meeting_id": scored.gathering,
                "stage": stage,
                "item": key,
                "policy_code": found.policy.code,
                "sheet": found.sheet.key,
                "points": value,
                "maximum": maxima[key],
                "recorded_by": by,
            }
            intake.plan.add(MeetingScore, row)


def _settle(scored: _Scored, found: SheetInForce, made: Mapping[str, Decimal], intake: Intake) -> bool:
    """Gives the meeting what its sheet gives; reports where the workbook says otherwise of it."""
    exact = score(found.sheet, made, thematic=scored.thematic)
    total, reached = shown(exact), band(found.sheet, found.limits, exact)
    record = scored.gathering.row
    if record is None:
        intake.plan.change(
            Meeting,
            scored.gathering.id or 0,
            self_score=total,
            self_score_band=reached,
            version=scored.version + 1,
        )
        return True
    said = {"self_score": total, "self_score_band": reached}
    if any(record[name] not in (None, value) for name, value in said.items()):
        scored.first.error(
            "held_on",
            f"Phiếu cho buổi này {figure(total)} điểm, loại {BANDS[reached]}, khác trang Buổi sinh hoạt; hãy bỏ trống điểm "
            "và chất lượng ở trang ấy.",
        )
        return False
    record |= said
    return True


SCORES = SheetKind(
    "meeting_score",
    "Chấm điểm",
    (
        CELL,
        Column("held_on", "Ngày họp", day, required=True, past=True, also=("Ngày", "Ngày sinh hoạt")),
        Column("kind", "Loại", meeting_kind, also=("Loại buổi họp", "Loại sinh hoạt")),
        Column(
            "stage",
            "Bước",
            choice(STAGES, ("Đề xuất", "proposed"), ("Biểu quyết", "voted"), ("Xác nhận", "confirmed")),
            required=True,
        ),
        Column("item", "Mục", words, required=True, also=("Mục chấm", "Tiêu chí")),
        Column("points", "Điểm", points, required=True),
        Column("recorded_by", "Người ghi", words, required=True, also=("Người chấm",)),
    ),
    take_scores,
    ("Phiếu chấm điểm", "Chấm điểm buổi sinh hoạt"),
)
