"""Two plans held against the same records, as a workbook: how many came out how, and who otherwise."""

from __future__ import annotations

from flask import Response

from bontot.policy.terms import Outcome, Subject
from bontot.policy.words import SUBJECTS
from bontot.services.paging import MOST
from bontot.services.trials import NamedChange, Side, Trial
from bontot.web.sheets import Column, several, tab
from bontot.web.words import OUTCOMES
from bontot.workbook import Sheet

NOT_JUDGED = "không xét"
NO_LEVEL = "không đặt mức"
WIDE = 50
Turn = tuple[Side, Outcome | None, Outcome | None, int]


def trial_sheet(trial: Trial, before: str, after: str) -> Response:
    """A trial whose sides are called `before` and `after`."""
    title = f"{before} so với {after}: năm {trial.year}, hồ sơ đến ngày {trial.as_of:%d/%m/%Y}"
    turns = [(side, *turn) for side in trial.sides for turn in side.turns]
    columns = (
        Column[Turn]("Xét", lambda turn: called(turn[0])),
        Column[Turn](before, lambda turn: _said(turn[1])),
        Column[Turn](after, lambda turn: _said(turn[2])),
        Column[Turn]("Số lượng", lambda turn: turn[3]),
    )
    changed = [
        _changed(number, side, title, before, after)
        for number, side in enumerate(trial.sides, 1)
        if side.changes
    ]
    return several("so-sanh-ke-hoach", [tab("Số lượng", title, columns, turns), *changed])


def called(side: Side) -> str:
    """The title that a side is about, or whom it judges."""
    return side.title or SUBJECTS[side.subject].capitalize()


def _changed(number: int, side: Side, title: str, before: str, after: str) -> Sheet:
    """Who comes out otherwise; a trial kept from the background has only the first of them."""
    of_member = side.subject is Subject.MEMBER
    columns = [Column[NamedChange]("Họ và tên" if of_member else "Tổ chức", lambda one: one.name)]
    if of_member:
        columns.append(Column("Chi bộ", lambda one: one.cell))
    columns.append(Column("Trực thuộc", lambda one: one.above))
    if side.title:
        columns += [
            Column(before, lambda one: _said(one.before)),
            Column(after, lambda one: _said(one.after)),
            Column("Danh hiệu đổi kết quả", lambda one: one.flips),
        ]
    columns.append(Column("Tiêu chí đổi kết quả", _criteria))
    kept = len(side.changes)
    most = kept if kept < side.flips + side.touched else MOST
    name = f"{number}. {SUBJECTS[side.subject].capitalize()}"
    return tab(name, f"{called(side)} khác kết quả: {title}", columns, side.changes, most=most, widest=WIDE)


def _criteria(one: NamedChange) -> tuple[str, ...]:
    def said(label: str, before: Outcome | None, after: Outcome | None, levels: tuple[str, str]) -> str:
        turned = f"{label}: {_said(before)} → {_said(after)}"
        if not any(levels):
            return turned
        was, is_now = (level or NO_LEVEL for level in levels)
        return f"{turned} (yêu cầu {was})" if was == is_now else f"{turned} (yêu cầu {was} → {is_now})"

    return tuple(
        said(each.label, each.before, each.after, (each.asked_before, each.asked_after))
        for each in one.criteria
    )


def _said(outcome: Outcome | None) -> str:
    return NOT_JUDGED if outcome is None else OUTCOMES[outcome].words
