"""A committee's year judged whole and stored; what changed while it was judged is judged again on top of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import text

from bontot.db.models import EvaluationRun
from bontot.db.tenancy import TenantSession
from bontot.evaluation.incremental import EVALUATING, WRITING, mark_unseen, rejudge
from bontot.evaluation.judging import Evaluated
from bontot.evaluation.rules import same_but_for_the_day
from bontot.evaluation.runs import (
    HEADERS,
    Progress,
    RunHeader,
    counts,
    current_runs,
    headers,
    judge,
    standing_rows,
    store,
    supersede,
)
from bontot.evaluation.stored import pack
from bontot.registry import Registry

_PATIENTLY, _AS_BEFORE = (text(f"SET LOCAL lock_timeout TO {time}") for time in ("'10min'", "DEFAULT"))


def evaluate(
    session: TenantSession,
    registry: Registry,
    *,
    year: int,
    as_of: date,
    by: str,
    progress: Progress = lambda _done, _total, _doing: None,
    job_id: int | None = None,
    unless_same: bool = False,
) -> list[RunHeader]:
    """Judges a committee's year, every member, cell and base organisation, and stores one run a plan in force. With
    `unless_same` none is stored, and none answered, where everyone stands already as judged now, by the same rules.

    All or nothing, in the session's transaction. One of a year at a time: a second waits for the first. Raises as `judge`.
    """
    turn = {"tenant": session.tenant_id, "year": year}
    session.execute(_PATIENTLY)
    session.execute(EVALUATING, turn)
    judged = judge(session, registry, year=year, as_of=as_of, progress=progress)
    session.execute(WRITING, turn)
    session.execute(_AS_BEFORE)
    stored = []
    if not (unless_same and _stands(session, year, judged)):
        stored = [store(session, evaluated, by, job_id) for evaluated in judged]
        supersede(session, year, stored)
    if mark_unseen(session, year):
        rejudge(session, registry, as_of)
    return headers(session, HEADERS.where(EvaluationRun.id.in_([row.id for row in stored])))


def _stands(session: TenantSession, year: int, judged: Sequence[Evaluated]) -> bool:
    """Whether the runs in force, with what was judged since, say the same of the same."""
    current = {header.rules.policy: header.now for header in current_runs(session, year)}
    return current.keys() == {one.rules.policy for one in judged} and all(
        _says(session, current[one.rules.policy], one) for one in judged
    )


def _says(session: TenantSession, header: RunHeader, judged: Evaluated) -> bool:
    if not same_but_for_the_day(header.rules, judged.rules):
        return False
    now = [
        {subject: (title, content) for packed in pack(findings) for subject, title, content in packed.rows()}
        for findings in judged.findings
    ]
    rows = standing_rows(session, header, sorted({subject for one in now for subject in one}))
    stands = [{subject: row[:2] for subject, row in rows[number].items()} for number in range(len(now))]
    known = counts(session, header)
    return now == stands and all(sum(known[number].values()) == len(one) for number, one in enumerate(now))
