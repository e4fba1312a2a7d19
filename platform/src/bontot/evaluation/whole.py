"""A committee's year judged whole and stored; what changed while it was judged is judged again on top of it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text

from bontot.db.models import EvaluationRun
from bontot.db.tenancy import TenantSession
from bontot.evaluation.incremental import EVALUATING, WRITING, mark_unseen, rejudge
from bontot.evaluation.runs import (
    HEADERS,
    Progress,
    RunHeader,
    headers,
    judge,
    store,
    supersede,
)
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
) -> list[RunHeader]:
    """Judges a committee's year, every member, cell and base organisation, and stores one run a plan in force.

    All or nothing, in the session's transaction. One of a year at a time: a second waits for the first. Raises as `judge`.
    """
    turn = {"tenant": session.tenant_id, "year": year}
    session.execute(_PATIENTLY)
    session.execute(EVALUATING, turn)
    judged = judge(session, registry, year=year, as_of=as_of, progress=progress)
    session.execute(WRITING, turn)
    session.execute(_AS_BEFORE)
    stored = [store(session, evaluated, by, job_id) for evaluated in judged]
    supersede(session, year, stored)
    if mark_unseen(session, year):
        rejudge(session, registry, as_of)
    return headers(session, HEADERS.where(EvaluationRun.id.in_([row.id for row in stored])))
