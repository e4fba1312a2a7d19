"""The score sheet of a regular meeting: what its records suggest, what was proposed, voted and confirmed, and what follows.

The cell committee proposes, the cell votes, the superior who attended confirms; a stage passed is not gone back behind.
What the cell voted, or the superior confirmed, is the meeting's score and band, as long as it fits the sheet the meeting
has: points that no longer do are kept and give nothing, and the meeting is to be scored again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, text

from bontot.access import Actor, Permission
from bontot.clock import today
from bontot.db.models import Meeting, MeetingScore
from bontot.db.models.meeting import ABSENT_UNEXCUSED, LATE, PRESENT, SCORE_STAGES
from bontot.db.rolls import ATTENDANCE_ROLL, carried
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidFields, InvalidInput, NotAllowed, NotFound, PluginUnavailable, Stale
from bontot.evaluation.incremental import mark
from bontot.policy.scoring import band, items_of, scale_on, score, shown, suggested
from bontot.policy.sheets import MeetingCount, SheetItem
from bontot.policy.terms import Stage
from bontot.policy.words import figure
from bontot.registry import Registry
from bontot.services.audit import note
from bontot.services.judgment_hands import hands_of, named
from bontot.services.judgment_rules import Hand, JudgedSubject
from bontot.services.proceedings.amending import corrected
from bontot.services.score_sheets import SheetInForce, Sheets
from bontot.text import clean

if TYPE_CHECKING:  # who corrects a meeting asks here what its sheet then gives
    from bontot.services.meetings import MeetingView

PROPOSED, VOTED, CONFIRMED = SCORE_STAGES
SCORED_KIND = "regular"
"""The kind of meeting that is scored."""
STAGE_WORDS = {PROPOSED: "Chi ủy đề xuất", VOTED: "Chi bộ biểu quyết", CONFIRMED: "Cấp trên dự xác nhận"}
BY_ANOTHER = "Điểm buổi sinh hoạt do cấp trên xác nhận, không do chi bộ tự chấm."
UNTOLD = (
    "Buổi này đã chấm điểm theo một kế hoạch đang không dùng được, nên chưa đổi được loại buổi, ngày họp và phần chuyên "
    "đề."
)
"""Why what decides about the sheet of a scored meeting cannot be corrected."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The points a meeting's own records suggest for an item, and the count they come from."""

    points: Decimal
    ground: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The points of one stage: by item, with the most each could be, on which sheet, and whose hand recorded them."""

    stage: str
    policy: str
    sheet: str
    points: Mapping[str, Decimal]
    maxima: Mapping[str, Decimal]
    hand: Hand


@dataclass(frozen=True, slots=True)
class Reached:
    """A total of the whole sheet's points, exact, and its band."""

    total: Fraction
    band: str

    @property
    def points(self) -> Decimal:
        """The total with two decimals, to be read."""
        return shown(self.total)


def sheet_of(session: TenantSession, registry: Registry, meeting: MeetingView) -> SheetInForce | None:
    """The sheet a regular meeting is scored by: the plan's own on that day, else that of the first frame beside it; None
    for other meetings, without a sheet, or while the plan cannot be used."""
    return sheets_of(session, registry, [meeting]).get(meeting.id)


def sheets_of(
    session: TenantSession, registry: Registry, meetings: Sequence[MeetingView]
) -> dict[int, SheetInForce]:
    """The same of several meetings, read at once; without an entry for one that has none."""
    scored = [one for one in meetings if one.entry.kind == SCORED_KIND]
    if not scored:
        return {}
    sheets = Sheets(session, registry, [(one.organisation_id, one.entry.held_on) for one in scored])
    found = {}
    for one in scored:
        with suppress(PluginUnavailable):
            if sheet := sheets.on(one.organisation_id, one.entry.held_on):
                found[one.id] = sheet
    return found


def _sheet_of(session: TenantSession, registry: Registry, meeting: MeetingView) -> SheetInForce | None:
    """The same. Raises `PluginUnavailable`."""
    if meeting.entry.kind != SCORED_KIND:
        return None
    cell, day = meeting.organisation_id, meeting.entry.held_on
    return Sheets(session, registry, [(cell, day)]).on(cell, day)


_COUNTS = text(f"""
WITH this AS (SELECT * FROM meeting WHERE id = :meeting),
marks AS (
    SELECT roll.member_id, a.mark FROM ({ATTENDANCE_ROLL}) AS roll
    LEFT JOIN attendance AS a
         ON a.year = roll.year AND a.meeting_id = roll.meeting_id AND a.member_id = roll.member_id
    WHERE roll.meeting_id = :meeting),
came AS (SELECT member_id FROM marks WHERE mark IN ({PRESENT}, {LATE})),
due AS (
    SELECT t.done_on, t.due_on FROM task AS t, this
    WHERE t.organisation_id = this.organisation_id AND {carried("t", "this.held_on")}
      AND t.due_on <= this.held_on AND t.due_on > (
        SELECT max(m.held_on) FROM meeting AS m
        WHERE m.organisation_id = this.organisation_id AND m.kind = 'regular' AND m.held_on < this.held_on))
SELECT (SELECT count(*) FROM came), (SELECT count(*) FROM marks),
       (SELECT count(*) FROM marks WHERE mark = {ABSENT_UNEXCUSED}),
       (SELECT count(DISTINCT s.member_id) FROM statement AS s JOIN came USING (member_id)
        WHERE s.meeting_id = :meeting),
       (SELECT count(*) FROM due WHERE done_on <= due_on), (SELECT count(*) FROM due)
""")


def suggestions(session: TenantSession, meeting: MeetingView, found: SheetInForce) -> dict[str, Suggestion]:
    """What the meeting's records suggest, by item; in one statement."""
    present, required, unexcused, spoke, done, due = session.execute(_COUNTS, {"meeting": meeting.id}).one()
    counts = {
        MeetingCount.ATTENDANCE: (present, required, f"{present}/{required} có mặt"),
        MeetingCount.SPEAKERS: (spoke, present, f"{spoke}/{present} phát biểu"),
        MeetingCount.TASKS: (done, due, f"{done}/{due} nhiệm vụ từ buổi trước đúng hạn"),
    }
    offered = {}
    for item in found.sheet.items:
        scale = scale_on(item, meeting.entry.held_on)
        if item.count and scale:
            part, whole, ground = counts[item.count]
            lowered = scale.lowest_if_unexcused and unexcused
            points = suggested(scale, part, whole, unexcused)
            if points is not None:
                said = f"{ground}, {unexcused} vắng không lý do" if lowered else ground
                offered[item.key] = Suggestion(points, said)
    return offered


def recorded(session: TenantSession, meeting_id: int) -> list[Recorded]:
    """What was recorded of a meeting's sheet, the first stage first."""
    return recorded_of(session, [meeting_id])[meeting_id]


def recorded_of(session: TenantSession, meeting_ids: Sequence[int]) -> dict[int, list[Recorded]]:
    """The same of several meetings, in one statement."""
    found: dict[int, dict[str, list[MeetingScore]]] = {id_: {} for id_ in meeting_ids}
    for row in session.scalars(select(MeetingScore).where(MeetingScore.meeting_id.in_(meeting_ids))):
        found[row.meeting_id].setdefault(row.stage, []).append(row)
    return {id_: _by_stage(stages) for id_, stages in found.items()}


def _by_stage(stages: Mapping[str, list[MeetingScore]]) -> list[Recorded]:
    return [
        Recorded(
            stage=stage,
            policy=stages[stage][0].policy_code,
            sheet=stages[stage][0].sheet,
            points={row.item: row.points for row in stages[stage]},
            maxima={row.item: row.maximum for row in stages[stage]},
            hand=Hand(
                stages[stage][0].account_id, stages[stage][0].recorder_id, stages[stage][0].recorded_by
            ),
        )
        for stage in SCORE_STAGES
        if stage in stages
    ]


def applying(found: SheetInForce, meeting: MeetingView) -> tuple[SheetItem, ...]:
    """The items that apply to the meeting."""
    return items_of(found.sheet, thematic=bool(meeting.entry.thematic_topic))


def reached(found: SheetInForce, meeting: MeetingView, points: Mapping[str, Decimal]) -> Reached:
    """The total and band of points for every item that applies. Raises KeyError for one that is missing."""
    total = score(found.sheet, points, thematic=bool(meeting.entry.thematic_topic))
    return Reached(total, band(found.sheet, found.limits, total))


def fits(found: SheetInForce, meeting: MeetingView, given: Recorded) -> bool:
    """Whether the points of a stage are those that the meeting's sheet asks for, no more and no fewer."""
    most = {item.key: item.maximum for item in applying(found, meeting)}
    return (
        (given.policy, given.sheet) == (found.policy.code, found.sheet.key)
        and given.points.keys() == most.keys()
        and all(points <= most[key] for key, points in given.points.items())
    )


def is_voted(session: TenantSession, registry: Registry, meeting: MeetingView) -> bool:
    """Whether a meeting's band is its sheet's to give: it has one, and the cell voted on it."""
    voted = any(one.stage != PROPOSED for one in recorded(session, meeting.id))
    return voted and sheet_of(session, registry, meeting) is not None


def settle(
    session: TenantSession, registry: Registry, row: Meeting, before: MeetingView, after: MeetingView
) -> None:
    """Gives a corrected meeting the score and band that its sheet gives now; none while the points voted or confirmed do not
    fit it, or where it has no sheet any more. The points stay, and count again once they fit.

    Raises InvalidInput where that cannot be told because the plan cannot be used.
    """
    voted = [one for one in recorded(session, row.id) if one.stage != PROPOSED]
    if not voted:
        return
    alike, kept = _decides(before) == _decides(after), (row.self_score, before.entry.self_score_band)
    try:
        was = _sheet_of(session, registry, before)
        found = was if alike else _sheet_of(session, registry, after)
    except PluginUnavailable:
        if not alike:
            raise InvalidInput(UNTOLD, "kind") from None
        row.self_score, row.self_score_band = kept
        return
    if found is None and was is None:
        return
    if alike:
        row.self_score, row.self_score_band = kept
        return
    given = _given(found, after, voted[-1]) if found else None
    row.self_score, row.self_score_band = (given.points, given.band) if given else (None, None)


def _decides(meeting: MeetingView) -> tuple[object, ...]:
    """What says by which items and limits a meeting is scored."""
    return meeting.entry.kind, meeting.entry.held_on, bool(meeting.entry.thematic_topic)


def _given(found: SheetInForce, meeting: MeetingView, latest: Recorded) -> Reached | None:
    return reached(found, meeting, latest.points) if fits(found, meeting, latest) else None


def record_score(
    session: TenantSession,
    actor: Actor,
    registry: Registry,
    meeting: MeetingView,
    *,
    version: int,
    stage: str,
    points: Mapping[str, Decimal],
    reason: str = "",
) -> Reached:
    """Records the points of one stage; the cell's vote and the superior's confirmation become the meeting's score and band.
    Points that no longer fit the sheet make way, and are kept in the trail.

    Raises NotFound without a sheet in force, Stale when the meeting changed since `version` was read, InvalidFields for
    items missing, unknown or beyond their maximum, InvalidInput for a stage out of its turn, or without a reason for one
    recorded before where the meeting's record is closed, NotAllowed for a confirmation
    by the cell itself, or by who recorded an earlier stage.
    """
    actor.require(Permission.CONFIRM_SCORE if stage == CONFIRMED else Permission.RECORD_MEETING)
    row = session.get(Meeting, (session.tenant_id, meeting.id), with_for_update=True)
    found = sheet_of(session, registry, meeting)
    if row is None or found is None:
        raise NotFound
    if row.version != version:
        raise Stale
    before = recorded(session, meeting.id)
    stale = [one for one in before if not fits(found, meeting, one)]
    fitting = [one for one in before if one not in stale]
    _in_turn(fitting, stage)
    if stage == CONFIRMED and (refused := confirmation_refused(session, actor, meeting, fitting)):
        raise NotAllowed(refused)
    reason = clean(reason, field="reason")
    if needs_reason(row, before, stage):
        if not reason:
            raise InvalidInput("Hồ sơ buổi này đã khóa, nên cần ghi lý do chấm lại.", "reason")
        corrected(row)
    hand = Hand.of(actor)
    items = applying(found, meeting)
    _within(items, points)
    gone = {stage, *(one.stage for one in stale)}
    session.execute(
        delete(MeetingScore).where(MeetingScore.meeting_id == meeting.id, MeetingScore.stage.in_(gone))
    )
    session.add_all(
        MeetingScore(
            meeting_id=meeting.id,
            stage=stage,
            item=item.key,
            policy_code=found.policy.code,
            sheet=found.sheet.key,
            points=points[item.key],
            maximum=item.maximum,
            recorded_by=hand.name,
            account_id=hand.account_id,
            recorder_id=hand.member_id,
        )
        for item in items
    )
    result = reached(found, meeting, points)
    row.version = version + 1
    if stage != PROPOSED:
        row.self_score, row.self_score_band = result.points, result.band
    session.flush()
    trail: dict[str, object] = {
        "stage": stage,
        "points": _plain(points),
        "before": {one.stage: _plain(one.points) for one in before if one.stage in gone},
    }
    if reason:
        trail["reason"] = reason
    note(session, "score_meeting", "meeting", meeting.id, actor.account_id, **trail)
    mark(session, row.organisation_id, row.year, Meeting, MeetingScore)
    return result


def needs_reason(row: Meeting, before: Sequence[Recorded], stage: str) -> bool:
    """Whether recording a stage corrects a closed record."""
    return row.submission is not None and stage in {one.stage for one in before}


def _plain(points: Mapping[str, Decimal]) -> dict[str, str]:
    """Points as the trail keeps them."""
    return {key: f"{one:f}" for key, one in points.items()}


def by_another(hand: Hand, earlier: Iterable[tuple[str, Hand]], *, of_cell: bool) -> str:
    """Why `hand` may not confirm: the superior does, never the cell itself (`of_cell`), nor who recorded a stage before,
    of those recorded `earlier`; empty where it may."""
    if of_cell:
        return BY_ANOTHER
    for stage, other in earlier:
        if stage != CONFIRMED and other.same(hand):
            return (
                f"{hand.name} đã ghi điểm buổi này ở bước “{STAGE_WORDS[stage]}”, nên không xác nhận điểm ấy. "
                "Cần cấp ủy cấp trên hoặc quản trị đảng bộ khác xác nhận."
            )
    return ""


def confirmation_refused(
    session: TenantSession, actor: Actor, meeting: MeetingView, earlier: Sequence[Recorded]
) -> str:
    """Why the actor may not confirm a meeting's score after the `earlier` stages, and who may; empty where the actor may."""
    cell, hands = meeting.organisation_id, [(one.stage, one.hand) for one in earlier]
    said = by_another(Hand.of(actor), hands, of_cell=actor.organisation_id == cell)
    if not said:
        return ""
    # Who appraises a cell confirms its meetings' scores: those above it.
    above = JudgedSubject(id=cell, of_member=False, place_id=cell, is_cell=True)
    holders = hands_of(session, above, Stage.APPRAISAL, today(session))
    others = holders.besides([hand for stage, hand in hands if stage != CONFIRMED])
    if others:
        return f"{said} Xác nhận được: {named(others, {})}."
    return f"{said} Chưa có ai khác được giao việc này; quản trị đảng bộ giao ở trang Tài khoản."


def _in_turn(before: Sequence[Recorded], stage: str) -> None:
    if stage not in SCORE_STAGES:
        raise InvalidInput("Xin chọn bước chấm điểm.", "stage")
    if refused := out_of_turn([one.stage for one in before], stage):
        raise InvalidInput(refused, "stage")


def out_of_turn(before: Sequence[str], stage: str) -> str:
    """Why a stage cannot follow those recorded, given in their order; empty where it can."""
    latest = before[-1] if before else PROPOSED
    if SCORE_STAGES.index(stage) < SCORE_STAGES.index(latest):
        return "Đã có bước sau: không ghi lại bước trước."
    if stage == CONFIRMED and latest == PROPOSED:
        return "Chi bộ chưa biểu quyết điểm, nên chưa xác nhận được."
    return ""


def points_refused(item: SheetItem, given: Decimal | None) -> str:
    """Why an item cannot have these points, or none; empty where it can."""
    if given is None:
        return f"“{item.label}”: cần ghi điểm, từ 0 đến {figure(item.maximum)}."
    if not 0 <= given <= item.maximum or given != round(given, 2):
        return f"“{item.label}”: điểm từ 0 đến {figure(item.maximum)}, nhiều nhất hai chữ số thập phân."
    return ""


def _within(items: tuple[SheetItem, ...], points: Mapping[str, Decimal]) -> None:
    errors = {item.key: said for item in items if (said := points_refused(item, points.get(item.key)))}
    for key in points.keys() - {item.key for item in items}:
        errors[key] = "Phiếu chấm của buổi này không có mục ấy. Xin tải lại trang."
    if errors:
        raise InvalidFields(errors)
