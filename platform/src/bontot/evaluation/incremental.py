"""A cell judged anew, with its members and superiors, in the transaction that changed its records.

A run is never edited. What its rules say of a few subjects on later records is kept beside it (`LaterVerdict`), and a
reader who wants the standing of today reads the run with those laid over it. The next whole evaluation begins afresh.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
from sqlalchemy import select, text

from bontot.db.base import TenantTable
from bontot.db.models import Membership
from bontot.db.tenancy import TenantSession
from bontot.errors import PluginUnavailable
from bontot.evaluation.columns import Column
from bontot.evaluation.engine import Findings
from bontot.evaluation.judging import Judging, prepare
from bontot.evaluation.period import Period
from bontot.evaluation.population import Subjects
from bontot.evaluation.rules import RuleSet, SchemeRules
from bontot.evaluation.runs import (
    ONE_AT_A_TIME,
    RunHeader,
    VerdictRow,
    current_runs,
    read,
    standing_rows,
)
from bontot.evaluation.stored import pack
from bontot.policy.terms import Subject
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
        session.execute(ONE_AT_A_TIME, {"tenant": session.tenant_id, "year": year})
        headers = current_runs(session, year)
        try:
            written += _rejudge(session, registry, headers, marks, Period(year, today)) if headers else 0
        except PluginUnavailable:
            continue
    return written


def _rejudge(
    session: TenantSession, registry: Registry, headers: Sequence[RunHeader], marks: _Marks, period: Period
) -> int:
    judging = prepare(
        session, registry, period, organisations=_touched(session, marks.cells, period), superiors=True
    )
    written, by_code = 0, {header.rules.policy: header for header in headers}
    for rules in judging.rules():
        header = by_code.get(rules.policy)
        if header is None or not _same_rules(header.rules, rules):
            continue
        stands = _Stands(judging, header, standing_rows(session, header, _looked_at(judging)))
        engine = replace(judging.engine, beside=stands.beside())
        if ANY not in marks.tables:
            engine = replace(engine, kept=stands.kept(), changed=frozenset(marks.tables))
        judged = replace(judging, engine=engine).judge(header.rules)
        written += _write(session, header, judged.findings, stands)
    return written


_HOMES = text("""
SELECT DISTINCT home.organisation_id FROM membership AS ms
JOIN membership AS home ON home.member_id = ms.member_id AND home.kind = 'home'
     AND home.valid_from <= :last AND (home.valid_to IS NULL OR home.valid_to > :last)
WHERE ms.organisation_id = ANY(CAST(:cells AS bigint[]))
  AND ms.valid_from <= :last AND (ms.valid_to IS NULL OR ms.valid_to > :first)
""")


def _touched(session: TenantSession, cells: set[int], period: Period) -> list[int]:
    """The marked cells, and those where people who belonged or came to them in the period are at home on its last day: a
    record of a cell counts for its guests, and for members who have since moved."""
    binds = {"cells": sorted(cells), "first": period.start, "last": period.last_day}
    return sorted(cells | {row[0] for row in session.execute(_HOMES, binds)})


def mark_member(
    session: TenantSession, member_id: int, year: int, today: date, *tables: type[TenantTable]
) -> None:
    """As `mark`, of the cell in which a member is judged for a year: the home on its last day looked at."""
    last = Period(year, today).last_day
    home = session.scalar(
        select(Membership.organisation_id).where(
            Membership.member_id == member_id,
            Membership.kind == "home",
            Membership.valid_from <= last,
            (Membership.valid_to.is_(None)) | (Membership.valid_to > last),
        )
    )
    if home is not None:
        mark(session, home, year, *tables)


def _same_rules(kept: RuleSet, now: RuleSet) -> bool:
    """Whether a run's rules, apart from the day, are those in force."""
    return replace(kept, as_of=now.as_of, months=()) == replace(now, months=())


def _looked_at(judging: Judging) -> list[int]:
    """Ids of the judged, and of the other cells of their superiors; organisations and members together."""
    below = (cell for _, cell in judging.tree.cells_below())
    return sorted({*(judging.tree.asked or ()), *below, *judging.population.roll.members.tolist()})


@dataclass(frozen=True, eq=False)
class _Stands:
    """How those looked at stand before they are judged: `rows[scheme][subject]`, with the day each was judged by."""

    judging: Judging
    header: RunHeader
    rows: dict[int, dict[int, tuple[VerdictRow, date]]]

    def beside(self) -> dict[tuple[str, str], Findings]:
        """Of the other cells of the superiors, for what is derived from them."""
        asked = self.judging.tree.asked or frozenset()
        others = {cell for above, cell in self.judging.tree.cells_below() if above in asked} - asked
        return {
            (scheme.policy, scheme.key): _findings(scheme, [self.rows[number][id_][0] for id_ in among])
            for number, scheme in enumerate(self.header.rules.schemes)
            if scheme.subject is Subject.CELL and (among := sorted(others & self.rows[number].keys()))
        }

    def kept(self) -> dict[tuple[str, str], Findings]:
        """Of those to be judged, where it was found on the same day: another day has other deadlines."""
        asked = self.judging.tree.asked or frozenset()
        members = frozenset(self.judging.population.roll.members.tolist())
        found = {}
        for number, scheme in enumerate(self.header.rules.schemes):
            among = sorted(
                (members if scheme.subject is Subject.MEMBER else asked) & self.rows[number].keys()
            )
            rows = [self.rows[number][id_] for id_ in among]
            today = [row for row, day in rows if day == self.judging.period.as_of]
            found[scheme.policy, scheme.key] = _findings(scheme, today)
        return found


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


_WRITE = text("""
INSERT INTO later_verdict (run_id, as_of, scheme, subject_id, outcome, findings)
SELECT :run, :as_of, judged.* FROM unnest(
    CAST(:schemes AS smallint[]), CAST(:subjects AS bigint[]), CAST(:titles AS smallint[]), CAST(:findings AS bytea[])
) AS judged
ON CONFLICT (tenant_id, run_id, scheme, subject_id) DO UPDATE
SET as_of = excluded.as_of, outcome = excluded.outcome, findings = excluded.findings
""")


def _write(session: TenantSession, header: RunHeader, judged: Sequence[Findings], stands: _Stands) -> int:
    """What is not as it stands already, in one statement."""
    day = stands.judging.period.as_of
    rows = [
        (number, subject, title, content)
        for number, findings in enumerate(judged)
        for packed in pack(findings)
        for subject, title, content in packed.rows()
        if stands.rows[number].get(subject) != (read(findings.rules, subject, title, content), day)
    ]
    if rows:
        binds = dict(
            zip(
                ("schemes", "subjects", "titles", "findings"), map(list, zip(*rows, strict=True)), strict=True
            )
        )
        session.execute(_WRITE, {"run": header.id, "as_of": day, **binds})
    return len(rows)
