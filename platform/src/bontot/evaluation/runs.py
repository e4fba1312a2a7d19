"""Evaluations kept: written in bulk, superseded by the next, and read back without the plan that made them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, Text, cast, delete, func, select, text, update
from sqlalchemy.orm import Session

from bontot.db.models import EvaluationRun, LaterVerdict
from bontot.errors import NoPlanAssigned, NotFound
from bontot.evaluation.engine import Findings
from bontot.evaluation.judging import Evaluated, prepare
from bontot.evaluation.narrowing import narrowed, wanted
from bontot.evaluation.period import Period
from bontot.evaluation.plain import from_plain, to_plain
from bontot.evaluation.rules import RuleSet, SchemeRules
from bontot.evaluation.stored import ROWS, outcome_of_line, pack, packed_arrays, unpack
from bontot.policy.terms import Outcome
from bontot.registry import Registry

PAGE = 1_000
"""The most verdicts read by one statement."""

HEADERS = select(
    EvaluationRun.id,
    EvaluationRun.public_id,
    EvaluationRun.evaluated_at,
    EvaluationRun.evaluated_by,
    EvaluationRun.superseded_by_id,
)

Progress = Callable[[int, int, str], None]
"""Told `(criteria decided, criteria in all, what is being counted)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunHeader:
    """A stored run: which plan, which year, on the records of which day, by whom; with everything it judged by. `standing`
    says that it is read with what was judged since laid over it."""

    id: int
    public_id: UUID
    rules: RuleSet
    evaluated_at: datetime
    evaluated_by: str
    superseded: bool
    standing: bool = False

    @property
    def now(self) -> RunHeader:
        """The same run as it stands since."""
        return replace(self, standing=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRow:
    """One subject's verdict: the title's outcome, and an outcome, part and whole for each line of the scheme."""

    subject_id: int
    outcome: Outcome
    outcomes: tuple[Outcome, ...]
    parts: tuple[int | None, ...]
    wholes: tuple[int, ...]


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
    """A committee's year judged and nothing stored; for a what-if under another plan, one cell, one member.

    Raises `PluginUnavailable` when a plan in force cannot be had, `NoPlanAssigned` when there is none, `PeriodRefused` for a
    year not begun.
    """
    told = Telling(progress)
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
    told.total = sum(one.size for one in rules)
    return [judging.judge(one) for one in rules]


def current_runs(session: Session, year: int) -> list[RunHeader]:
    """The runs of a year that no later one supersedes, by plan."""
    of_year = HEADERS.where(EvaluationRun.year == year, EvaluationRun.superseded_by_id.is_(None))
    return headers(session, of_year.order_by(EvaluationRun.policy_code))


def every_run(session: Session) -> list[RunHeader]:
    """All runs of a committee, superseded ones too, the earliest first."""
    return headers(session, HEADERS.order_by(EvaluationRun.id))


def run(session: Session, public_id: UUID) -> RunHeader:
    """A run by its public id. Raises NotFound."""
    for header in headers(session, HEADERS.where(EvaluationRun.public_id == public_id)):
        return header
    raise NotFound


STANDING = """(
SELECT v.run_id, v.scheme, v.subject_id, v.outcome, v.findings, v.outcomes, v.parts, v.wholes
FROM verdict AS v
WHERE NOT EXISTS (SELECT FROM later_verdict AS l
                  WHERE l.run_id = v.run_id AND l.scheme = v.scheme AND l.subject_id = v.subject_id)
UNION ALL
SELECT l.run_id, l.scheme, l.subject_id, l.outcome, l.findings, NULL, NULL, NULL FROM later_verdict AS l)"""
"""A run's verdicts with those judged since, by its rules, in place of their own."""

_COUNTS = """
SELECT scheme, outcome, count(*) FROM {verdicts} AS verdict
WHERE run_id = :run AND {among}
GROUP BY scheme, outcome
"""
_PAGE = """
SELECT subject_id, outcome, findings, outcomes, parts, wholes FROM {verdicts} AS verdict
WHERE run_id = :run AND scheme = :scheme
  AND {among}
  AND (CAST(:outcome AS smallint) IS NULL OR outcome = :outcome)
  AND (CAST(:line AS integer) IS NULL OR {outcome_of_line} = :line_outcome)
ORDER BY subject_id LIMIT :limit OFFSET :offset
"""


def _of_both(statement: str) -> dict[bool, str]:
    """A statement about a run as it was stored, and about how it stands since."""
    shared = {"among": wanted("subject_id", "among"), "outcome_of_line": outcome_of_line("verdict", ":line")}
    return {
        standing: statement.format(verdicts=STANDING if standing else "verdict", **shared)
        for standing in (False, True)
    }


_COUNTS_OF, _PAGE_OF = _of_both(_COUNTS), _of_both(_PAGE)


def counts(
    session: Session, header: RunHeader, among: Sequence[int] | None = None
) -> dict[int, dict[Outcome, int]]:
    """How many subjects have which outcome: `{number of the scheme: {outcome: subjects}}`."""
    found: dict[int, dict[Outcome, int]] = {number: {} for number in range(len(header.rules.schemes))}
    binds = {
        "run": header.id,
        "among": None if among is None else list(among),
    }
    for scheme, outcome, number in session.execute(narrowed(_COUNTS_OF[header.standing], binds), binds):
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
    rules = header.rules.schemes[scheme]
    return [read(rules, *row) for row in session.execute(narrowed(_PAGE_OF[header.standing], binds), binds)]


def every_verdict(session: Session, header: RunHeader, scheme: int) -> list[VerdictRow]:
    """All verdicts of one scheme, by subject; see `verdicts`."""
    rows: list[VerdictRow] = []
    while page := verdicts(session, header, scheme, limit=PAGE, offset=len(rows)):
        rows += page
    return rows


_STANDS = text("""
SELECT v.scheme, v.subject_id, coalesce(l.outcome, v.outcome), coalesce(l.findings, v.findings), l.as_of,
       v.outcomes, v.parts, v.wholes
FROM unnest(CAST(:among AS bigint[])) AS asked (id)
JOIN verdict AS v ON v.run_id = :run AND v.scheme = ANY(:schemes) AND v.subject_id = asked.id
LEFT JOIN later_verdict AS l ON l.run_id = v.run_id AND l.scheme = v.scheme AND l.subject_id = v.subject_id
UNION ALL
SELECT l.scheme, l.subject_id, l.outcome, l.findings, l.as_of, NULL, NULL, NULL
FROM unnest(CAST(:among AS bigint[])) AS asked (id)
JOIN later_verdict AS l ON l.run_id = :run AND l.scheme = ANY(:schemes) AND l.subject_id = asked.id
WHERE NOT EXISTS (SELECT FROM verdict AS v
                  WHERE v.run_id = l.run_id AND v.scheme = l.scheme AND v.subject_id = l.subject_id)
""")


class Stand(NamedTuple):
    """How a subject stands in a scheme: the title's outcome, its findings packed as `bontot.evaluation.stored` says, and the
    day on whose records it was judged."""

    title: int
    findings: bytes
    day: date


def standing_rows(session: Session, header: RunHeader, among: Sequence[int]) -> dict[int, dict[int, Stand]]:
    """How some stand in every scheme of a run, in one statement: `{number of the scheme: {subject: how}}`."""
    found: dict[int, dict[int, Stand]] = {number: {} for number in range(len(header.rules.schemes))}
    binds = {"run": header.id, "among": list(among), "schemes": list(found)}
    for number, subject_id, title, findings, day, *arrays in session.execute(_STANDS, binds):
        content = packed_arrays(*arrays) if findings is None else findings
        found[number][subject_id] = Stand(title, content, day or header.rules.as_of)
    return found


def day_of(session: Session, header: RunHeader, subject_id: int) -> date:
    """The day on whose records a subject stands as it does: the run's, or where it is read as it stands since, that of the
    last change of its records."""
    if not header.standing:
        return header.rules.as_of
    last = select(func.max(LaterVerdict.as_of)).where(
        LaterVerdict.run_id == header.id, LaterVerdict.subject_id == subject_id
    )
    return session.scalar(last) or header.rules.as_of


def judged_since(session: Session, header: RunHeader, subject_id: int | None = None) -> int:
    """How many verdicts of a run, or of one subject in it, were written anew since records changed."""
    binds = {"run": header.id, "subject": subject_id}
    return int(session.execute(_SINCE, binds).scalar_one())


_SINCE = text("""
SELECT count(*) FROM later_verdict
WHERE run_id = :run AND (CAST(:subject AS bigint) IS NULL OR subject_id = :subject)
""")


def verdict_rows(findings: Findings) -> list[VerdictRow]:
    """The verdicts of findings not stored, in the form stored ones are read in."""
    found = [read(findings.rules, *row) for packed in pack(findings) for row in packed.rows()]
    return sorted(found, key=lambda row: row.subject_id)


def read(
    rules: SchemeRules,
    subject_id: int,
    outcome: int,
    findings: bytes | None,
    outcomes: Sequence[int] = (),
    parts: Sequence[int | None] = (),
    wholes: Sequence[int] = (),
) -> VerdictRow:
    """A row of either form: packed, or with three arrays as rows had before."""
    came: list[Outcome]
    if findings is None:
        came = [Outcome(item) for item in outcomes]
    else:
        came, parts, wholes = unpack(findings, len(rules.lines))
    return VerdictRow(
        subject_id=subject_id,
        outcome=Outcome(outcome),
        outcomes=tuple(came),
        parts=tuple(parts),
        wholes=tuple(wholes),
    )


_RULES: dict[UUID, RuleSet] = {}
"""What the runs met last keep of their policies, by public id: it never changes, and is long."""
KEPT = 64


def headers(session: Session, runs: Select[*tuple[Any, ...]]) -> list[RunHeader]:
    """The headers of some runs, a selection from `HEADERS`; of those not seen before the rules are read too."""
    rows = session.execute(runs).all()
    rules = {row.public_id: _RULES[row.public_id] for row in rows if row.public_id in _RULES}
    if unseen := [row.public_id for row in rows if row.public_id not in rules]:
        kept = select(EvaluationRun.public_id, cast(EvaluationRun.rules, Text))
        for public_id, plain in session.execute(kept.where(EvaluationRun.public_id.in_(unseen))):
            rules[public_id] = from_plain(RuleSet, json.loads(plain))
        for public_id in unseen:
            while len(_RULES) >= KEPT:
                _RULES.pop(next(iter(_RULES)), None)
            _RULES[public_id] = rules[public_id]
    return [
        RunHeader(
            id=row.id,
            public_id=row.public_id,
            rules=rules[row.public_id],
            evaluated_at=row.evaluated_at,
            evaluated_by=row.evaluated_by,
            superseded=row.superseded_by_id is not None,
        )
        for row in rows
    ]


class Telling:
    """Progress in criteria, with the words of what is being counted: counting is nearly all of the work, so that a criterion
    is done when it is counted, and deciding it afterwards moves nothing."""

    def __init__(self, progress: Progress) -> None:
        self.progress, self.total, self.doing = progress, 0, ""
        self._decided = self._counted_ahead = 0

    def counting(self, label: str) -> None:
        self.doing = label
        self._tell()
        self._counted_ahead += 1

    def decided(self) -> None:
        self._decided += 1
        self._counted_ahead = max(self._counted_ahead - 1, 0)
        self._tell()

    def _tell(self) -> None:
        self.progress(min(self._decided + self._counted_ahead, self.total), self.total, self.doing)


def store(session: Session, evaluated: Evaluated, by: str, job_id: int | None) -> EvaluationRun:
    """Writes one plan's verdicts with the rules that gave them; superseding earlier runs is the caller's."""
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


def supersede(session: Session, year: int, stored: Sequence[EvaluationRun]) -> None:
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
        session.execute(delete(LaterVerdict).where(LaterVerdict.run_id == run_id))


_WRITE = text(f"""
INSERT INTO verdict (run_id, scheme, subject_id, outcome, findings)
SELECT :run, :scheme, packed.* FROM ({ROWS}) AS packed
""")


def _write(session: Session, run_id: int, scheme: int, findings: Findings) -> None:
    """One statement a piece: a row a subject."""
    for packed in pack(findings):
        session.execute(_WRITE, {"run": run_id, "scheme": scheme, **packed.binds()})
