"""The score sheet of a regular meeting: what its records suggest, what was proposed, voted and confirmed, and what follows.

The cell committee proposes, the cell votes, the superior who attended confirms; a stage passed is not gone back behind.
What the cell voted, or the superior confirmed, is the meeting's score and band.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import delete, select, text

from bontot.access import Actor, Permission
from bontot.db.models import Meeting, MeetingScore
from bontot.db.models.meeting import ABSENT_UNEXCUSED, LATE, PRESENT, SCORE_STAGES
from bontot.db.rolls import ATTENDANCE_ROLL
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidFields, InvalidInput, NotAllowed, NotFound, PluginUnavailable, Stale
from bontot.evaluation.frames import beside_on, read_adoptions
from bontot.evaluation.incremental import mark
from bontot.evaluation.period import Period
from bontot.evaluation.tree import read_tree
from bontot.evaluation.values import read_values
from bontot.policy.model import Policy
from bontot.policy.resolve import Resolved
from bontot.policy.scoring import band, items_of, scale_on, score, shown, suggested
from bontot.policy.sheets import MeetingCount, ScoreSheet, SheetItem
from bontot.policy.words import figure
from bontot.registry import Registry
from bontot.services.audit import note
from bontot.services.meetings import MeetingView

PROPOSED, VOTED, CONFIRMED = SCORE_STAGES


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetInForce:
    """A sheet with the plan or frame it belongs to and the limits of its bands on the day of the meeting."""

    policy: Policy
    sheet: ScoreSheet
    limits: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The points a meeting's own records suggest for an item, and the count they come from."""

    points: Decimal
    ground: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The points of one stage: by item, with the most each could be, and who recorded them."""

    stage: str
    points: Mapping[str, Decimal]
    maxima: Mapping[str, Decimal]
    recorded_by: str


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
    entry = meeting.entry
    if entry.kind != "regular":
        return None
    day = entry.held_on
    tree = read_tree(session, Period(day.year, day), [meeting.organisation_id])
    code = tree.plan(meeting.organisation_id, day)
    if code is None:
        return None
    values = read_values(session, registry, adoptions=read_adoptions(session))
    try:
        own, beside = registry.policy(code), beside_on(registry, values.adoptions, code, day)
    except PluginUnavailable:
        return None
    policy = next((policy for policy in (own, *beside) if policy.sheets), None)
    if policy is None:
        return None
    found = values.on(code, day) if policy is own else values.of_frame(policy.code, day)
    return SheetInForce(policy=policy, sheet=policy.sheets[0], limits=_limits(policy.sheets[0], found))


def _limits(sheet: ScoreSheet, values: Mapping[str, Resolved]) -> dict[str, Decimal]:
    numbers = {key: values[key].number for key, _ in sheet.bands}
    return {key: number for key, number in numbers.items() if number is not None}


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
    WHERE t.organisation_id = this.organisation_id AND t.due_on <= this.held_on AND t.due_on > (
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
    stages: dict[str, list[MeetingScore]] = {}
    for row in session.scalars(select(MeetingScore).where(MeetingScore.meeting_id == meeting_id)):
        stages.setdefault(row.stage, []).append(row)
    return [
        Recorded(
            stage=stage,
            points={row.item: row.points for row in stages[stage]},
            maxima={row.item: row.maximum for row in stages[stage]},
            recorded_by=stages[stage][0].recorded_by,
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


def is_voted(session: TenantSession, meeting_id: int) -> bool:
    """Whether a meeting's band follows from its sheet."""
    return any(one.stage != PROPOSED for one in recorded(session, meeting_id))


def record_score(
    session: TenantSession,
    actor: Actor,
    registry: Registry,
    meeting: MeetingView,
    *,
    version: int,
    stage: str,
    points: Mapping[str, Decimal],
) -> Reached:
    """Records the points of one stage; the cell's vote and the superior's confirmation become the meeting's score and band.

    Raises NotFound without a sheet in force, Stale when the meeting changed since `version` was read, InvalidFields for
    items missing, unknown or beyond their maximum, InvalidInput for a stage out of its turn, NotAllowed for a confirmation
    by the cell itself.
    """
    actor.require(Permission.CONFIRM_SCORE if stage == CONFIRMED else Permission.RECORD_MEETING)
    row = session.get(Meeting, (session.tenant_id, meeting.id), with_for_update=True)
    found = sheet_of(session, registry, meeting)
    if row is None or found is None:
        raise NotFound
    if row.version != version:
        raise Stale
    _in_turn(recorded(session, meeting.id), stage)
    if stage == CONFIRMED:
        _by_another(actor, row)
    items = applying(found, meeting)
    _within(items, points)
    of_stage = (MeetingScore.meeting_id == meeting.id, MeetingScore.stage == stage)
    session.execute(delete(MeetingScore).where(*of_stage))
    session.add_all(
        MeetingScore(
            meeting_id=meeting.id,
            stage=stage,
            item=item.key,
            policy_code=found.policy.code,
            sheet=found.sheet.key,
            points=points[item.key],
            maximum=item.maximum,
            recorded_by=actor.name,
        )
        for item in items
    )
    result = reached(found, meeting, points)
    row.version = version + 1
    if stage != PROPOSED:
        row.self_score, row.self_score_band = result.points, result.band
    session.flush()
    detail = {item.key: str(points[item.key]) for item in items}
    note(session, "score_meeting", "meeting", meeting.id, actor.account_id, stage=stage, points=detail)
    mark(session, row.organisation_id, row.year, Meeting, MeetingScore)
    return result


def _by_another(actor: Actor, meeting: Meeting) -> None:
    """The superior confirms, never the cell itself."""
    if actor.organisation_id == meeting.organisation_id:
        raise NotAllowed("Điểm buổi sinh hoạt do cấp trên xác nhận, không do chi bộ tự chấm.")


def _in_turn(before: list[Recorded], stage: str) -> None:
    if stage not in SCORE_STAGES:
        raise InvalidInput("Xin chọn bước chấm điểm.", "stage")
    latest = before[-1].stage if before else PROPOSED
    if SCORE_STAGES.index(stage) < SCORE_STAGES.index(latest):
        raise InvalidInput("Đã có bước sau: không ghi lại bước trước.", "stage")
    if stage == CONFIRMED and latest == PROPOSED:
        raise InvalidInput("Chi bộ chưa biểu quyết điểm, nên chưa xác nhận được.", "stage")


def _within(items: tuple[SheetItem, ...], points: Mapping[str, Decimal]) -> None:
    errors = {}
    for item in items:
        given = points.get(item.key)
        if given is None:
            errors[item.key] = f"“{item.label}”: cần ghi điểm, từ 0 đến {figure(item.maximum)}."
        elif not 0 <= given <= item.maximum or given != round(given, 2):
            errors[item.key] = (
                f"“{item.label}”: điểm từ 0 đến {figure(item.maximum)}, nhiều nhất hai chữ số thập phân."
            )
    for key in points.keys() - {item.key for item in items}:
        errors[key] = "Phiếu chấm của buổi này không có mục ấy. Xin tải lại trang."
    if errors:
        raise InvalidFields(errors)
