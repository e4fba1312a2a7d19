"""A cell judged anew, with its members and superiors, in the transaction that changed its records.

A run is never edited. What its rules say of a few subjects on later records is kept beside it (`LaterVerdict`), and a
reader who wants the standing of today reads the run with those laid over it. The next whole evaluation begins afresh.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
from sqlalchemy import text

from bontot.db.base import TenantTable
from bontot.db.tenancy import TenantSession
from bontot.errors import PluginUnavailable
from bontot.evaluation.columns import Column
from bontot.evaluation.engine import Findings
from bontot.evaluation.judging import Judging, prepare
from bontot.evaluation.period import Period
from bontot.evaluation.population import Subjects
from bontot.evaluation.rules import RuleSet, SchemeRules
from bontot.evaluation.runs import RunHeader, VerdictRow, current_runs, verdicts
from bontot.evaluation.stored import ROWS, pack
from bontot.policy.model import Subject
from bontot.registry import Registry

ANY = "*"
"""In place of a table: any may have changed."""
_MARKED = "bontot.changed_records"


@dataclass
class _Marks:
    """What one transaction changed of a year."""

    cells: set[int] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)


def mark(session: TenantSession, organisation_id: int, year: int, *tables: type[TenantTable]) -> None:
    """Notes that records of a cell's year changed in this transaction; `rejudge` then looks at it before the commit.

    `tables` are all that rows changed in, none for any. Of records only: who belongs to which cell, and which cells
    there are, is a whole evaluation's matter.
    """
    marked: dict[int, _Marks] = session.info.setdefault(_MARKED, {})
    marks = marked.setdefault(year, _Marks())
    marks.cells.add(organisation_id)
    marks.tables |= {table.__tablename__ for table in tables} or {ANY}


def changed(session: TenantSession) -> bool:
    """Whether anything was marked in this transaction."""
    return bool(session.info.get(_MARKED))


def rejudge(session: TenantSession, registry: Registry, today: date) -> int:
    """Judges what was marked in this transaction by the runs in force; how many verdicts were written.

    A run whose rules are no longer those of `today` is left as it is: only a whole evaluation can take its place. So is
    everything while a plan cannot be had: recording goes on.
    """
    session.flush()
    marked: dict[int, _Marks] = session.info.pop(_MARKED, {})
    written = 0
    for year, marks in sorted(marked.items()):
        headers = current_runs(session, year)
        try:
            written += _rejudge(session, registry, headers, marks, Period(year, today)) if headers else 0
        except PluginUnavailable:
            continue
    return written


def _rejudge(
    session: TenantSession, registry: Registry, headers: Sequence[RunHeader], marks: _Marks, period: Period
) -> int:
    judging = prepare(session, registry, period, organisations=sorted(marks.cells), superiors=True)
    session.execute(_TAKE_TURNS, {"organisations": sorted(judging.tree.asked or ())})
    written, by_code = 0, {header.rules.policy: header for header in headers}
    for rules in judging.rules():
        header = by_code.get(rules.policy)
        if header is None or not _same_rules(header.rules, rules):
            continue
        engine = replace(judging.engine, beside=_beside(session, header, judging))
        if ANY not in marks.tables:
            kept = _kept(session, header, judging)
            engine = replace(engine, kept=kept, changed=frozenset(marks.tables))
        judged = replace(judging, engine=engine).judge(header.rules)
        for number, findings in enumerate(judged.findings):
            written += _write(session, header, number, findings, period.as_of)
    return written


# Cells of one superior take turns, so that the later sees what the earlier wrote.
_TAKE_TURNS = text(
    "SELECT id FROM organisation WHERE id = ANY(CAST(:organisations AS bigint[])) ORDER BY id FOR NO KEY UPDATE"
)


def _same_rules(kept: RuleSet, now: RuleSet) -> bool:
    """Whether a run's rules, apart from the day, are those in force."""
    return replace(kept, as_of=now.as_of, months=()) == replace(now, months=())


def _beside(session: TenantSession, header: RunHeader, judging: Judging) -> dict[tuple[str, str], Findings]:
    """What stands of the other cells of the superiors, for what is derived from them."""
    asked = judging.tree.asked or frozenset()
    others = sorted({cell for above, cell in judging.tree.cells_below() if above in asked} - asked)
    if not others:
        return {}
    return {
        (scheme.policy, scheme.key): _findings(
            scheme, verdicts(session, header, number, among=others, limit=len(others), standing=True)
        )
        for number, scheme in enumerate(header.rules.schemes)
        if scheme.subject is Subject.CELL
    }


def _kept(session: TenantSession, header: RunHeader, judging: Judging) -> dict[tuple[str, str], Findings]:
    """What was last found of those to be judged, where that was by the same day: another day has other deadlines."""
    asked, day = sorted(judging.tree.asked or ()), judging.period.as_of
    members = judging.population.roll.members.tolist()
    kept = {}
    for number, scheme in enumerate(header.rules.schemes):
        among = members if scheme.subject is Subject.MEMBER else asked
        rows = verdicts(session, header, number, among=among, limit=len(among), standing=True, judged_by=day)
        kept[scheme.policy, scheme.key] = _findings(scheme, rows)
    return kept


def _findings(rules: SchemeRules, rows: Sequence[VerdictRow]) -> Findings:
    """Stored verdicts as findings, to be derived from."""

    def column(number: int) -> Column:
        parts = [row.parts[number] for row in rows]
        return Column(
            np.array([part or 0 for part in parts], np.int64),
            np.array([row.wholes[number] for row in rows], np.int64),
            np.array([part is not None for part in parts], np.bool_),
        )

    size, lines = len(rows), range(len(rules.lines))
    ids = np.array([row.subject_id for row in rows], np.int64)
    return Findings(
        rules,
        Subjects(ids, [""] * size, [""] * size, np.ones(size, np.bool_)),
        [column(number) for number in lines],
        [np.array([row.outcomes[number] for row in rows], np.int8) for number in lines],
        np.array([row.outcome for row in rows], np.int8),
    )


_WRITE = text(f"""
INSERT INTO later_verdict (run_id, scheme, as_of, subject_id, outcome, findings)
SELECT :run, :scheme, :as_of, packed.* FROM ({ROWS}) AS packed
ON CONFLICT (tenant_id, run_id, scheme, subject_id) DO UPDATE
SET as_of = excluded.as_of, outcome = excluded.outcome, findings = excluded.findings
""")


def _write(session: TenantSession, header: RunHeader, scheme: int, findings: Findings, as_of: date) -> int:
    for packed in pack(findings):
        session.execute(_WRITE, {"run": header.id, "scheme": scheme, "as_of": as_of, **packed.binds()})
    return len(findings.subjects.ids)
