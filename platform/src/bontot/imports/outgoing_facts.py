"""Further records as they go out: what was said, scored and judged, and whatever is about one organisation or member, in
every column of its kind."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Table, text

from bontot.db.base import TenantTable
from bontot.db.models import (
    AnnualRating,
    Commendation,
    Complaint,
    Concern,
    Directive,
    Discipline,
    HolidayOverride,
    Inspection,
    MeetingPreference,
    MonthException,
    PilotSelection,
    Registration,
    Regulation,
    ResidenceRemark,
    Training,
)
from bontot.imports.columns import Choice, Column, last_day, month
from bontot.imports.filling import CODE, HOME, MOST, PERSON, Filling, named, told, with_birth
from bontot.imports.intake import SheetKind
from bontot.imports.kinds.common import MEETING_KINDS
from bontot.imports.kinds.judgments import STAGES as STAGES_OF_JUDGMENT
from bontot.imports.kinds.judgments import VERDICTS
from bontot.imports.kinds.organisations import MEETING_PREFERENCES, MONTH_EXCEPTIONS, OWN_DAYS_OFF
from bontot.imports.kinds.scores import SCORES, STAGES
from bontot.imports.kinds.work import (
    COMMENDATIONS,
    COMPLAINTS,
    CONCERNS,
    DIRECTIVES,
    DISCIPLINES,
    INSPECTIONS_HELD,
    REGULATIONS,
    TRAININGS_TAKEN,
)
from bontot.imports.kinds.year import RATINGS, REGISTRATIONS, REMARKS, SELECTIONS
from bontot.imports.undoing import key_names
from bontot.policy.terms import Stage
from bontot.workbook import Month, Value

_KINDS, _VERDICTS = told(MEETING_KINDS), told(VERDICTS)
_SCORED, _JUDGED = told(STAGES), told(STAGES_OF_JUDGMENT)
_STATEMENTS = text(f"""
SELECT {PERSON}, {CODE.format(of="g.organisation_id")}, g.kind, g.held_on, t.summary
FROM statement t JOIN meeting g ON g.id = t.meeting_id JOIN member m ON m.id = t.member_id
WHERE g.year = :year ORDER BY 4, g.held_on, m.sort_key COLLATE "C", t.id LIMIT {MOST}
""")
_SCORES = text(f"""
SELECT {CODE.format(of="g.organisation_id")}, g.kind, g.held_on, t.stage, t.item, t.points, t.recorded_by
FROM meeting_score t JOIN meeting g ON g.id = t.meeting_id
WHERE g.year = :year ORDER BY 1, g.held_on, t.meeting_id, t.stage, t.item LIMIT {MOST}
""")
_JUDGMENTS = text(f"""
SELECT t.year, {PERSON}, {CODE.format(of=f"coalesce(t.organisation_id, {HOME})")}, t.criterion, t.stage, t.verdict,
       t.points, t.remark, ARRAY(SELECT e.title FROM judgment_evidence e WHERE e.judgment_id = t.id ORDER BY e.id),
       t.judged_by, t.judged_on
FROM judgment t LEFT JOIN member m ON m.id = t.member_id
WHERE t.year = :year ORDER BY 5, m.sort_key COLLATE "C", t.criterion, t.stage, t.id LIMIT {MOST}
""")


def _of_subject(kind: SheetKind, table: type[TenantTable], within: str = "true") -> Filling:
    """A sheet of records that are each about an organisation or a member, in the columns of its kind; those `within` (a
    condition on the record `t`). Words that stand for a value, and days that are the last, are written as offices do."""
    columns: Table = table.__table__  # type: ignore[assignment]
    has = set(columns.columns.keys())
    person = "member_id" in has
    home = HOME if person else "NULL"
    own = "t.organisation_id" if "organisation_id" in has else "NULL"
    fields = [column for column in kind.columns if column.field in has]
    signed = "signed_by_id" in has
    statement = text(f"""
SELECT {PERSON if person else "NULL, NULL, NULL"}, {CODE.format(of=f"coalesce({own}, {home})")},
       {"signer.full_name, signer.birth_date" if signed else "NULL, CAST(NULL AS date)"},
       {", ".join(f"t.{column.field}" for column in fields)}
FROM {table.__tablename__} AS t
{"LEFT JOIN member AS m ON m.id = t.member_id" if person else ""}
{"LEFT JOIN member AS signer ON signer.id = t.signed_by_id" if signed else ""}
WHERE {within}
ORDER BY 4, {'m.sort_key COLLATE "C", ' if person else ""}{", ".join(f"t.{name}" for name in key_names(columns))}
LIMIT {MOST}
""")

    def row(
        name: str | None,
        card: str | None,
        birth: date | None,
        code: str | None,
        signer: str | None,
        signer_birth: date | None,
        *values: Any,
    ) -> dict[str, Value]:
        who = named(name, card, birth) if name else {}
        said = {column.field: _written(column, value) for column, value in zip(fields, values, strict=True)}
        return {"organisation": code, **who, "signed_by": with_birth(signer, signer_birth), **said}

    return Filling(kind.key, statement, row)


def _written(column: Column, value: Any) -> Value:  # noqa: ANN401 - whatever a column holds
    if isinstance(column.parse, Choice):
        return column.parse.phrase(value)
    if column.parse is month:
        return Month.of(value)
    return value - timedelta(days=1) if column.parse is last_day and value is not None else value  # type: ignore[no-any-return]


def _in_year(day: str) -> str:
    return f"t.{day} >= make_date(:year, 1, 1) AND t.{day} < make_date(:year + 1, 1, 1)"


def _over_year(since: str, until: str) -> str:
    return f"t.{since} < make_date(:year + 1, 1, 1) AND (t.{until} IS NULL OR t.{until} > make_date(:year, 1, 1))"


def _statement(
    full_name: str,
    card: str | None,
    birth: date | None,
    organisation: str,
    kind: str,
    held_on: date,
    summary: str | None,
) -> dict[str, Value]:
    where: dict[str, Value] = {"organisation": organisation, "held_on": held_on, "kind": _KINDS[kind]}
    return {**where, **named(full_name, card, birth), "summary": summary}


def _score(
    organisation: str, kind: str, held_on: date, stage: str, item: str, points: Decimal, by: str
) -> dict[str, Value]:
    where: dict[str, Value] = {"organisation": organisation, "held_on": held_on, "kind": _KINDS[kind]}
    return {**where, "stage": _SCORED[stage], "item": item, "points": points, "recorded_by": by}


def _judgment(
    year: int,
    full_name: str | None,
    card: str | None,
    birth: date | None,
    organisation: str | None,
    criterion: str,
    stage: str,
    verdict: str | None,
    points: Decimal | None,
    remark: str | None,
    evidence: list[str],
    by: str,
    on: date,
) -> dict[str, Value]:
    who = named(full_name, card, birth) if full_name else {}
    what: dict[str, Value] = {"criterion": criterion, "year": year, "stage": _JUDGED[Stage(stage)]}
    made: dict[str, Value] = {"verdict": _VERDICTS[verdict] if verdict else None, "points": points}
    said: dict[str, Value] = {"remark": remark, "evidence": tuple(evidence), "judged_by": by, "judged_on": on}
    return {"organisation": organisation, **who, **what, **made, **said}


_OF_YEAR = "t.year = :year"
FACTS = (
    _of_subject(MONTH_EXCEPTIONS, MonthException),
    _of_subject(MEETING_PREFERENCES, MeetingPreference),
    _of_subject(OWN_DAYS_OFF, HolidayOverride),
    _of_subject(DIRECTIVES, Directive, _in_year("due_on")),
    _of_subject(TRAININGS_TAKEN, Training, _in_year("completed_on")),
    _of_subject(REGULATIONS, Regulation, _over_year("valid_from", "valid_to")),
    _of_subject(DISCIPLINES, Discipline, _in_year("decided_on")),
    _of_subject(COMPLAINTS, Complaint, _in_year("received_on")),
    _of_subject(COMMENDATIONS, Commendation, _in_year("awarded_on")),
    _of_subject(INSPECTIONS_HELD, Inspection, _in_year("held_on")),
    _of_subject(CONCERNS, Concern, _in_year("raised_on")),
    _of_subject(REGISTRATIONS, Registration, _OF_YEAR),
    _of_subject(SELECTIONS, PilotSelection, _over_year("selected_on", "ended_on")),
    _of_subject(REMARKS, ResidenceRemark, _OF_YEAR),
    _of_subject(RATINGS, AnnualRating, _OF_YEAR),
    Filling("statement", _STATEMENTS, _statement),
    Filling(SCORES.key, _SCORES, _score),
    Filling("judgment", _JUDGMENTS, _judgment),
)
