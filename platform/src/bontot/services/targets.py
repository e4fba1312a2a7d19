"""What a superior sets its cells for the year: targets, which are tasks of the cell, and documents to be answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, text

from bontot.access import Actor, Permission
from bontot.clock import today
from bontot.db.models import Directive, Task
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, noting, refuse_noted
from bontot.evaluation.incremental import mark
from bontot.services.audit import note
from bontot.text import clean

TARGET, DIRECTIVE = "target", "directive"
MOST_CELLS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetEntry:
    """What is set: a target, or a document (with its number) to be answered; what it says, and by when."""

    kind: str
    title: str
    due_on: date
    number: str = ""


@dataclass(frozen=True, slots=True)
class SetLine:
    """A target or document of a year with how many of the cells it was set to have done it, or answered."""

    kind: str
    number: str
    title: str
    due_on: date
    cells: int
    done: int


_SET = text("""
SELECT kind, number, title, due_on, count(*), count(done_on) FROM (
    SELECT 'target' AS kind, '' AS number, title, due_on, done_on FROM task
    WHERE organisation_id = ANY(:cells) AND origin = 'programme' AND due_on >= :since AND due_on < :until
      AND handed_on IS NULL
    UNION ALL
    SELECT 'directive', number, subject, due_on, answered_on FROM directive
    WHERE organisation_id = ANY(:cells) AND due_on >= :since AND due_on < :until AND handed_on IS NULL
) AS one
GROUP BY 1, 2, 3, 4 ORDER BY due_on, kind, title LIMIT 300
""")


def set_in(session: TenantSession, cells: Sequence[int], year: int) -> list[SetLine]:
    """What is set for some cells with a day in a year, by day; what was set to several alike is one
    line, and what was handed on counts where it went."""
    binds = {"cells": list(cells), "since": date(year, 1, 1), "until": date(year + 1, 1, 1)}
    return [SetLine(*row) for row in session.execute(_SET, binds)]


def assign(session: TenantSession, actor: Actor, cells: Sequence[int], entry: TargetEntry) -> None:
    """Sets the same to each of some cells. Raises InvalidFields without cells or words, or for a day gone by."""
    actor.require(Permission.SET_TARGET)
    errors: dict[str, str] = {}
    if not cells:
        errors["cells"] = "Chọn ít nhất một chi bộ."
    if entry.kind not in (TARGET, DIRECTIVE):
        errors["kind"] = "Chọn giao chỉ tiêu hay văn bản chỉ đạo."
    title = number = ""
    with noting(errors, "title"):
        title = clean(entry.title, field="title")
        if not title:
            raise InvalidInput("Ghi nội dung chỉ tiêu hoặc trích yếu văn bản.", "title")
    with noting(errors, "number"):
        number = clean(entry.number, field="number")
        if entry.kind == DIRECTIVE and not number:
            raise InvalidInput("Ghi số, ký hiệu văn bản.", "number")
    if entry.due_on < today(session):
        errors["due_on"] = "Hạn phải từ hôm nay trở đi."
    refuse_noted(errors)
    table, row = (
        (Task, {"origin": "programme", "title": title})
        if entry.kind == TARGET
        else (Directive, {"number": number, "subject": title})
    )
    session.execute(
        insert(table), [{"organisation_id": cell, "due_on": entry.due_on, **row} for cell in cells]
    )
    for cell in cells:
        note(session, "set_target", "organisation", cell, actor.account_id, kind=entry.kind, title=title)
        if entry.due_on.year <= today(session).year:
            mark(session, cell, entry.due_on.year, table)
