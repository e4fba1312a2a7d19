"""What is left of the year: how much may still be missed, what is still needed and by when, what is already lost.

Exact integers from today's records, on the supposition that the rest of the year goes by the present roll and calendar.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor

from sqlalchemy import text
from sqlalchemy.orm import Session

from bontot.db.rolls import ROLL_OF_DAY
from bontot.evaluation.metrics.attendance import EACH_MEETING, POOLED
from bontot.evaluation.period import next_month
from bontot.evaluation.rules import Line
from bontot.evaluation.schedule import Calendar, Planned
from bontot.evaluation.words import QUARTERS
from bontot.policy.model import Operator, Outcome, Unit
from bontot.policy.words import figure as number

IRREVERSIBLE = frozenset(
    {
        "complaints",
        "members_disciplined",
        "members_excused_in_a_row",
        "organisation_disciplined",
        "organisation_or_members_disciplined",
        "organisation_or_secretary_disciplined",
        "own_discipline",
        "own_unexcused_absence",
        "unexcused_absences",
    }
)
"""Counts that a year does not undo."""

_HELD = text("""
SELECT held_on, kind, thematic_topic IS NOT NULL FROM meeting
WHERE organisation_id = :cell AND held_on >= :since AND held_on <= :day AND kind IN ('regular', 'thematic')
ORDER BY held_on
""")
_REQUIRED = text(f"SELECT count(DISTINCT member_id) FROM ({ROLL_OF_DAY}) AS roll")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slack:
    """What is left on one criterion: `left` more may be missed, `needed` more must be done by the day `by`; `lost` when no
    rest of the year can bring it back."""

    criterion: str
    sentence: str
    left: int | None = None
    needed: int | None = None
    by: date | None = None
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Outlook:
    """The rest of a cell's year as it is planned: all months that count, those not yet held, how many were missed and
    which of them for want of any record, the quarters with their thematic meetings, and how many a meeting held today would
    require."""

    today: date
    months: tuple[Planned, ...]
    to_hold: tuple[Planned, ...]
    late: int
    unrecorded: tuple[Planned, ...]
    thematic: dict[date, int]
    roll: int


def outlook(session: Session, calendar: Calendar, organisation_id: int, today: date) -> Outlook:
    """The rest of the year of one cell, in two statements."""
    binds = {"cell": organisation_id, "kind": "regular", "since": date(today.year, 1, 1), "day": today}
    held = session.execute(_HELD, binds).all()
    first = {day.replace(day=1): day for day, kind, _ in reversed(held) if kind == "regular"}
    planned = [calendar.planned(organisation_id, date(today.year, month, 1)) for month in range(1, 13)]
    months = tuple(month for month in planned if month.counts)
    to_hold = tuple(month for month in months if month.month not in first and next_month(month.month) > today)
    node = calendar.tree.nodes[organisation_id]
    quarters = [date(today.year, month, 1) for month in (1, 4, 7, 10)]
    thematic = {opens: 0 for opens in quarters if node.existed_through(opens, _closes(opens))}
    for day, kind, topic in held:
        opens = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        if opens in thematic and (kind == "thematic" or topic):
            thematic[opens] += 1
    return Outlook(
        today=today,
        months=months,
        to_hold=to_hold,
        late=sum(_missed(month, first.get(month.month), today) for month in months),
        unrecorded=tuple(
            month for month in months if month.month not in first and month.scheduled.deadline < today
        ),
        thematic=thematic,
        roll=session.execute(_REQUIRED, binds).scalar_one(),
    )


def cell_slack(lines: Iterable[tuple[Line, Outcome, int | None, int]], seen: Outlook) -> dict[str, Slack]:
    """What is left on each criterion of a cell that a calendar or a roll can tell about. Of a rule that looks at a part of
    the year only what cannot be undone is said, and once it has ended nothing."""
    found = {}
    for line, outcome, part, whole in lines:
        if line.until and line.until <= seen.today:
            continue
        partly = line.since is not None or line.until is not None
        work_out = None if partly else _BY_METRIC.get(line.metric or "")
        if work_out and part is not None and _share(line) is not None and line.evidence_of is None:
            slack = work_out(line, part, whole, seen)
        else:
            slack = zero_slack(line, outcome, part)
        if slack:
            found[line.key] = slack
    return found


def zero_slack(line: Line, outcome: Outcome, part: int | None) -> Slack | None:
    """What is left of a count that must stay 0 and cannot be taken back."""
    figure = line.figure
    if line.metric not in IRREVERSIBLE or figure is None or figure.value != 0 or part is None:
        return None
    if outcome is Outcome.NOT_MET and part:
        said = f"Đã có {number(part)} {line.part_words}; năm nay không còn đạt được."
        return Slack(criterion=line.key, sentence=said, left=0, lost=True)
    return Slack(criterion=line.key, sentence=f"Đang giữ được: 0 {line.part_words}.", left=0)


def _share(line: Line) -> Fraction | None:
    """The share a criterion asks for, where it asks for one at least."""
    figure = line.figure
    if figure is None or figure.value is None or figure.unit is not Unit.PERCENT:
        return None
    if line.operator not in (Operator.AT_LEAST, Operator.MORE_THAN, Operator.EQUAL):
        return None
    return Fraction(figure.value) / 100


def _may_miss(line: Line, total: int) -> int:
    """How many of `total` may be missing for the share to pass; negative when none could pass."""
    wanted = (_share(line) or Fraction()) * total
    if line.operator is Operator.MORE_THAN:
        return total - floor(wanted) - 1
    return total - ceil(wanted)


def _attendance(line: Line, part: int, whole: int, seen: Outlook) -> Slack | None:
    aggregation = next((item.choice for item in line.parameters if item.name == "aggregation"), POOLED)
    if aggregation == EACH_MEETING:
        return _each_meeting(line, part, whole, seen)
    if aggregation != POOLED:
        return None
    meetings, roll = len(seen.to_hold), seen.roll
    left = _may_miss(line, whole + meetings * roll) - (whole - part)
    ahead = f"Còn {meetings} buổi trong năm, mỗi buổi {roll} người phải dự"
    if left < 0:
        said = f"{ahead}: dù có mặt đủ cũng không còn đạt được."
        return Slack(criterion=line.key, sentence=said, left=0, lost=True)
    if not meetings:
        return Slack(criterion=line.key, sentence="Không còn buổi nào trong năm.", left=0)
    said = f"{ahead}: cả chi bộ còn được vắng {number(min(left, meetings * roll))} lượt."
    return Slack(criterion=line.key, sentence=said, left=min(left, meetings * roll))


def _each_meeting(line: Line, part: int, whole: int, seen: Outlook) -> Slack:
    if whole and _may_miss(line, whole) < whole - part:
        said = "Đã có buổi không đạt; năm nay không còn đạt được."
        return Slack(criterion=line.key, sentence=said, left=0, lost=True)
    left = max(_may_miss(line, seen.roll), 0)
    said = f"Còn {len(seen.to_hold)} buổi trong năm: mỗi buổi được vắng nhiều nhất {left} trong {seen.roll} người."
    return Slack(criterion=line.key, sentence=said, left=left)


def _on_time(line: Line, _part: int, _whole: int, seen: Outlook) -> Slack:
    ahead = [month for month in seen.to_hold if month.scheduled.deadline >= seen.today]
    found = _months(line, seen, seen.late, ahead, lambda month: month.scheduled.deadline)
    without = _months(
        line, seen, seen.late - len(seen.unrecorded), ahead, lambda month: month.scheduled.deadline
    )
    if not found.lost or without.lost:
        return found
    months = ", ".join(f"{month.month.month}" for month in seen.unrecorded)
    said = (
        f"Tháng {months} đã quá hạn mà chưa ghi nhận buổi nào. Nếu chi bộ đã họp đúng hạn, hãy ghi nhận ngay; nếu không, "
        "năm nay không còn đạt được."
    )
    return Slack(criterion=line.key, sentence=said, left=0)


def _monthly(line: Line, part: int, whole: int, seen: Outlook) -> Slack:
    last = [(month, next_month(month.month) - timedelta(days=1)) for month in seen.to_hold]
    ends = {month.month: day for month, day in last}
    return _months(line, seen, whole - part, [month for month, _ in last], lambda month: ends[month.month])


def _months(
    line: Line, seen: Outlook, missed: int, ahead: list[Planned], until: Callable[[Planned], date]
) -> Slack:
    left = _may_miss(line, len(seen.months)) - missed
    if left < 0:
        said = f"Đã lỡ {missed} tháng; năm nay không còn đạt được."
        return Slack(criterion=line.key, sentence=said, left=0, lost=True)
    if not ahead:
        return Slack(criterion=line.key, sentence="Không còn tháng nào phải sinh hoạt trong năm.", left=left)
    by = until(ahead[0])
    spare = f"còn được lỡ {left} tháng" if left else "không được lỡ tháng nào"
    said = f"Còn {len(ahead)} tháng phải sinh hoạt, {spare}; buổi tới chậm nhất ngày {by:%d/%m/%Y}."
    return Slack(criterion=line.key, sentence=said, left=left, needed=len(ahead), by=by)


def _quarters(line: Line, _part: int, _whole: int, seen: Outlook) -> Slack:
    per_quarter = next((int(item.number) for item in line.parameters if item.number is not None), 1)
    missed = [
        opens for opens, held in seen.thematic.items() if held < per_quarter and _closes(opens) <= seen.today
    ]
    left = _may_miss(line, len(seen.thematic)) - len(missed)
    if left < 0:
        names = ", ".join(f"quý {_name(opens)}" for opens in missed)
        said = f"Đã lỡ {names}; năm nay không còn đạt được."
        return Slack(criterion=line.key, sentence=said, left=0, lost=True)
    ahead = [
        (opens, per_quarter - held)
        for opens, held in seen.thematic.items()
        if held < per_quarter and _closes(opens) > seen.today
    ]
    if not ahead:
        return Slack(criterion=line.key, sentence="Đã đủ sinh hoạt chuyên đề của năm.", left=left, needed=0)
    opens, needed = ahead[0]
    by = _closes(opens) - timedelta(days=1)
    said = f"Quý {_name(opens)} còn cần {needed} buổi sinh hoạt chuyên đề, chậm nhất ngày {by:%d/%m/%Y}."
    return Slack(criterion=line.key, sentence=said, left=left, needed=needed, by=by)


def _resolutions(line: Line, part: int, whole: int, seen: Outlook) -> Slack:
    meetings = len(seen.to_hold)
    left = _may_miss(line, whole + meetings) - (whole - part)
    if left < 0:
        said = f"Đã có {whole - part} buổi không ra nghị quyết; năm nay không còn đạt được."
        return Slack(criterion=line.key, sentence=said, left=0, lost=True)
    spare = f"còn được thiếu {left} buổi" if left else "buổi nào cũng cần ra nghị quyết"
    return Slack(criterion=line.key, sentence=f"Còn {meetings} buổi trong năm: {spare}.", left=left)


_BY_METRIC: dict[str, Callable[[Line, int, int, Outlook], Slack | None]] = {
    "attendance": _attendance,
    "meeting_resolution": _resolutions,
    "regular_meeting_monthly": _monthly,
    "regular_meeting_on_time": _on_time,
    "thematic_quarters": _quarters,
}


def _missed(planned: Planned, held: date | None, today: date) -> bool:
    """Whether the month is lost to the calendar: held off time, or not held and its deadline past."""
    if held is not None:
        return not planned.scheduled.on_time(held)
    return planned.scheduled.deadline < today


def _closes(opens: date) -> date:
    """The first day after the quarter."""
    return next_month(next_month(next_month(opens)))


def _name(opens: date) -> str:
    return QUARTERS[opens.month // 3]
