"""Evaluations kept: judged, written in bulk, superseded by the next, and read back without the plan that made them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import numpy as np
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from bontot.db.models import EvaluationRun
from bontot.db.tenancy import TenantSession
from bontot.errors import NoPlanAssigned, NotFound
from bontot.evaluation.columns import LIMIT, Column
from bontot.evaluation.engine import Findings
from bontot.evaluation.judging import Evaluated, prepare
from bontot.evaluation.period import Period
from bontot.evaluation.plain import from_plain, to_plain
from bontot.evaluation.rules import Line, RuleSet
from bontot.policy.compare import decide
from bontot.policy.model import Outcome, Unit
from bontot.registry import Registry

CHUNK = 20_000
"""Verdicts written by one statement."""
PAGE = 1_000
"""The most verdicts read by one statement."""
NEAR = 10**12
"""The denominator of a ratio too fine to be stored as it is."""

Progress = Callable[[int, int, str], None]
"""Told `(criteria decided, criteria in all, what is being counted)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunHeader:
    """A stored run: which plan, which year, on the records of which day, by whom; with everything it judged by."""

    id: int
    public_id: UUID
    rules: RuleSet
    evaluated_at: datetime
    evaluated_by: str
    superseded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRow:
    """One subject's verdict: the title's outcome, and an outcome, part and whole for each line of the scheme."""

    subject_id: int
    outcome: Outcome
    outcomes: tuple[Outcome, ...]
    parts: tuple[int | None, ...]
    wholes: tuple[int, ...]


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

    All or nothing, in the session's transaction. Raises `PluginUnavailable` when a plan in force cannot be had,
    `NoPlanAssigned` when there is none, `PeriodRefused` for a year not begun.
    """
    judged = judge(session, registry, year=year, as_of=as_of, progress=progress)
    session.execute(_ONE_AT_A_TIME, {"tenant": session.tenant_id, "year": year})
    stored = [_store(session, evaluated, by, job_id) for evaluated in judged]
    _supersede(session, year, stored)
    return [_header(row) for row in stored]


def judge(
    session: Session,
    registry: Registry,
    *,
    year: int,
    as_of: date,
    policy_code: str | None = None,
    organisations: Sequence[int] | None = None,
    members: Sequence[int] | None = None,
    progress: Progress = lambda _done, _total, _doing: None,
) -> list[Evaluated]:
    """The same without storing anything: for a what-if under another plan, one cell, one member.

    Raises as `evaluate`.
    """
    told = _Telling(progress)
    judging = prepare(
        session,
        registry,
        Period(year, as_of),
        organisations=organisations,
        members=members,
        policy_code=policy_code,
        on_count=told.counting,
        on_line=told.decided,
    )
    rules = judging.rules()
    if not rules:
        raise NoPlanAssigned
    told.total = sum(len(scheme.lines) for one in rules for scheme in one.schemes)
    return [judging.judge(one) for one in rules]


def current_runs(session: Session, year: int) -> list[RunHeader]:
    """The runs of a year that no later one supersedes, by plan."""
    rows = session.scalars(
        select(EvaluationRun)
        .where(EvaluationRun.year == year, EvaluationRun.superseded_by_id.is_(None))
        .order_by(EvaluationRun.policy_code)
    )
    return [_header(row) for row in rows]


def every_run(session: Session) -> list[RunHeader]:
    """All runs of a committee, superseded ones too, the earliest first."""
    return [_header(row) for row in session.scalars(select(EvaluationRun).order_by(EvaluationRun.id))]


def evaluated_years(session: Session) -> list[int]:
    """Years with a run, the latest first."""
    years = select(EvaluationRun.year).distinct().order_by(EvaluationRun.year.desc())
    return list(session.scalars(years))


def run(session: Session, public_id: UUID) -> RunHeader:
    """A run by its public id. Raises NotFound."""
    row = session.scalar(select(EvaluationRun).where(EvaluationRun.public_id == public_id))
    if row is None:
        raise NotFound
    return _header(row)


_COUNTS = text("""
SELECT scheme, outcome, count(*) FROM verdict
WHERE run_id = :run AND (CAST(:among AS bigint[]) IS NULL OR subject_id = ANY(CAST(:among AS bigint[])))
GROUP BY scheme, outcome
""")
_PAGE = text("""
SELECT subject_id, outcome, outcomes, parts, wholes FROM verdict
WHERE run_id = :run AND scheme = :scheme
  AND (CAST(:among AS bigint[]) IS NULL OR subject_id = ANY(CAST(:among AS bigint[])))
  AND (CAST(:outcome AS smallint) IS NULL OR outcome = :outcome)
  AND (CAST(:line AS integer) IS NULL OR outcomes[:line + 1] = :line_outcome)
ORDER BY subject_id LIMIT :limit OFFSET :offset
""")


def counts(
    session: Session, header: RunHeader, among: Sequence[int] | None = None
) -> dict[int, dict[Outcome, int]]:
    """How many subjects have which outcome: `{number of the scheme: {outcome: subjects}}`."""
    found: dict[int, dict[Outcome, int]] = {number: {} for number in range(len(header.rules.schemes))}
    binds = {"run": header.id, "among": None if among is None else list(among)}
    for scheme, outcome, number in session.execute(_COUNTS, binds):
        found[scheme][Outcome(outcome)] = number
    return found


def verdicts(
    session: Session,
    header: RunHeader,
    scheme: int,
    *,
    among: Sequence[int] | None = None,
    outcome: Outcome | None = None,
    line: tuple[int, Outcome] | None = None,
    limit: int = 200,
    offset: int = 0,
) -> list[VerdictRow]:
    """A page of verdicts of one scheme, at most 1,000: of some subjects, of one title outcome, of one outcome on a line."""
    binds = {
        "run": header.id,
        "scheme": scheme,
        "among": None if among is None else list(among),
        "outcome": None if outcome is None else int(outcome),
        "line": None if line is None else line[0],
        "line_outcome": None if line is None else int(line[1]),
        "limit": min(limit, PAGE),
        "offset": offset,
    }
    return [_row(*row) for row in session.execute(_PAGE, binds)]


def every_verdict(session: Session, header: RunHeader, scheme: int) -> list[VerdictRow]:
    """All verdicts of one scheme, by subject."""
    rows: list[VerdictRow] = []
    while page := verdicts(session, header, scheme, limit=PAGE, offset=len(rows)):
        rows += page
    return rows


def verdict_rows(findings: Findings) -> list[VerdictRow]:
    """The verdicts of findings not stored, in the form stored ones are read in."""
    columns = [
        _stored(line, column) for line, column in zip(findings.rules.lines, findings.columns, strict=True)
    ]
    outcomes = [row.tolist() for row in findings.outcomes]
    return [
        _row(
            subject_id,
            title,
            [row[at] for row in outcomes],
            [parts[at] for parts, _ in columns],
            [wholes[at] for _, wholes in columns],
        )
        for at, (subject_id, title) in enumerate(
            zip(findings.subjects.ids.tolist(), findings.title.tolist(), strict=True)
        )
    ]


def _row(
    subject_id: int, outcome: int, outcomes: list[int], parts: list[int | None], wholes: list[int]
) -> VerdictRow:
    return VerdictRow(
        subject_id=subject_id,
        outcome=Outcome(outcome),
        outcomes=tuple(Outcome(item) for item in outcomes),
        parts=tuple(parts),
        wholes=tuple(wholes),
    )


def _header(row: EvaluationRun) -> RunHeader:
    return RunHeader(
        id=row.id,
        public_id=row.public_id,
        rules=from_plain(RuleSet, row.rules),
        evaluated_at=row.evaluated_at,
        evaluated_by=row.evaluated_by,
        superseded=row.superseded_by_id is not None,
    )


_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(:tenant, :year)")


class _Telling:
    """Progress in criteria, with the words of what is being counted."""

    def __init__(self, progress: Progress) -> None:
        self.progress, self.total, self.done, self.doing = progress, 0, 0, ""

    def counting(self, label: str) -> None:
        self.doing = label
        self.progress(self.done, self.total, label)

    def decided(self) -> None:
        self.done += 1
        self.progress(self.done, self.total, self.doing)


def _store(session: Session, evaluated: Evaluated, by: str, job_id: int | None) -> EvaluationRun:
    rules = evaluated.rules
    row = EvaluationRun(
        policy_code=rules.policy,
        policy_version=rules.version,
        digest=rules.digest,
        year=rules.year,
        as_of=rules.as_of,
        rules=to_plain(rules),
        evaluated_by=by,
        job_id=job_id,
    )
    session.add(row)
    session.flush()
    for number, findings in enumerate(evaluated.findings):
        _write(session, row.id, number, findings)
    return row


def _supersede(session: Session, year: int, stored: Sequence[EvaluationRun]) -> None:
    """Earlier runs of the year give way to the one of the same plan, or where that plan judges nobody now, to the first."""
    own = {row.policy_code: row.id for row in stored}
    earlier = session.execute(
        select(EvaluationRun.id, EvaluationRun.policy_code).where(
            EvaluationRun.year == year,
            EvaluationRun.superseded_by_id.is_(None),
            EvaluationRun.id.not_in(list(own.values())),
        )
    ).all()
    for run_id, code in earlier:
        successor = own.get(code, stored[0].id)
        session.execute(
            update(EvaluationRun).where(EvaluationRun.id == run_id).values(superseded_by_id=successor)
        )


def _write(session: Session, run_id: int, scheme: int, findings: Findings) -> None:
    """One statement a chunk: a row a subject with its three arrays."""
    size, lines = len(findings.subjects.ids), range(len(findings.rules.lines))
    columns = [
        _stored(line, column) for line, column in zip(findings.rules.lines, findings.columns, strict=True)
    ]
    whole: dict[str, list[int | None]] = {
        "subjects": findings.subjects.ids.tolist(),
        "titles": findings.title.tolist(),
    }
    for number, (parts, wholes) in enumerate(columns):
        whole |= {
            f"p{number}": parts,
            f"w{number}": list(wholes),
            f"o{number}": findings.outcomes[number].tolist(),
        }
    statement = text(_insert(lines))
    for start in range(0, size, CHUNK):
        chunk = {name: values[start : start + CHUNK] for name, values in whole.items()}
        session.execute(statement, {"run": run_id, "scheme": scheme, **chunk})


def _insert(lines: range) -> str:
    """The writing statement for so many lines; names are made of numbers only."""

    def array(letter: str, kind: str) -> str:
        return f"CAST(ARRAY[{', '.join(f'{letter}{number}' for number in lines)}] AS {kind}[])"

    arrays = ["CAST(:subjects AS bigint[])", "CAST(:titles AS smallint[])"]
    names = ["subject_id", "title"]
    for letter, kind in (("o", "smallint"), ("p", "bigint"), ("w", "bigint")):
        arrays += [f"CAST(:{letter}{number} AS {kind}[])" for number in lines]
        names += [f"{letter}{number}" for number in lines]
    return (
        "INSERT INTO verdict (run_id, scheme, subject_id, outcome, outcomes, parts, wholes)"
        f" SELECT :run, :scheme, subject_id, title,"
        f" {array('o', 'smallint')}, {array('p', 'bigint')}, {array('w', 'bigint')}"
        f" FROM unnest({', '.join(arrays)}) AS one ({', '.join(names)})"
    )


def _stored(line: Line, column: Column) -> tuple[list[int | None], list[int]]:
    """The two integers of every subject, null for a part without data; ratios too fine for 64 bits by their nearest."""
    parts = np.where(column.known, column.part, 0).tolist()
    wholes = column.whole.tolist()
    if column.part.dtype == object or column.whole.dtype == object:
        pairs = [_fitting(line, part, whole) for part, whole in zip(parts, wholes, strict=True)]
        parts, wholes = [part for part, _ in pairs], [whole for _, whole in pairs]
    known = column.known.tolist()
    return [part if has else None for part, has in zip(parts, known, strict=True)], wholes


def _fitting(line: Line, part: int, whole: int) -> tuple[int, int]:
    """The same in integers that can be stored: exact, or the nearest ratio that the threshold decides alike."""
    if max(abs(part), abs(whole)) < LIMIT:
        return part, whole
    if not whole or line.figure is None or line.figure.unit is not Unit.PERCENT:
        return max(-LIMIT + 1, min(part, LIMIT - 1)), min(whole, LIMIT - 1)
    below = part * NEAR // whole
    return next((near, NEAR) for near in (below, below + 1) if _same(line, (near, NEAR), (part, whole)))


def _same(line: Line, one: tuple[int, int], other: tuple[int, int]) -> bool:
    if line.operator is None or line.figure is None or line.figure.value is None:
        return True
    decided = {decide(line.operator, *pair, line.figure.value, line.figure.unit) for pair in (one, other)}
    return len(decided) == 1
