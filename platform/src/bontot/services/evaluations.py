"""Reading stored evaluations: which there are, who stands how in one, and whom a reader may see there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, TextClause, select, text

from bontot.access import Actor, Role
from bontot.db.models import EvaluationRun, Meeting
from bontot.db.rolls import holds_on
from bontot.db.tenancy import TenantSession
from bontot.evaluation.names import above
from bontot.evaluation.period import Period
from bontot.evaluation.rules import SchemeRules
from bontot.evaluation.runs import STANDING, RunHeader
from bontot.evaluation.standing import MOST_BELOW, explained_of
from bontot.evaluation.stored import outcome_of_line, outcomes
from bontot.policy.terms import Outcome, Subject
from bontot.policy.terms import Role as CriterionRole
from bontot.services.paging import IS_WHOLE, Page, window

MOST_RUNS = 200
EARLIER = 20


@dataclass(frozen=True, slots=True)
class RunLine:
    """A stored run in a list; `as_of` is the day whose records it judged."""

    public_id: UUID
    year: int
    policy_code: str
    label: str
    as_of: date
    evaluated_at: datetime
    evaluated_by: str


@dataclass(frozen=True, slots=True)
class SubjectLine:
    """One subject in a run: a member with the home cell, or an organisation; `above` is the body above the cell or
    organisation where the list holds several such bodies, below which names may be alike. Of the criteria that decide
    (`deciding`): how each came out, how many are met, how many apply, the labels of what is not met and of what has no
    data. One judged in points is neither met nor not met: `points` has what it was given, in its place among `came`."""

    public_id: UUID
    name: str
    cell: str
    above: str
    outcome: Outcome
    came: tuple[Outcome, ...]
    points: tuple[Decimal | None, ...]
    met: int
    applying: int
    not_met: tuple[str, ...]
    no_data: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LineTally:
    """How a criterion, by its number in the scheme, came out among the subjects; for one judged in points, which has no
    outcome, the `most` that can be had."""

    number: int
    label: str
    counts: dict[Outcome, int]
    most: Decimal | None = None


def _lines(
    *conditions: ColumnElement[bool] | TextClause, limit: int, session: TenantSession
) -> list[RunLine]:
    statement = (
        select(
            EvaluationRun.public_id,
            EvaluationRun.year,
            EvaluationRun.policy_code,
            EvaluationRun.rules["label"].as_string(),
            EvaluationRun.as_of,
            EvaluationRun.evaluated_at,
            EvaluationRun.evaluated_by,
        )
        .where(*conditions)
        .order_by(EvaluationRun.year.desc(), EvaluationRun.policy_code, EvaluationRun.id.desc())
        .limit(limit)
    )
    return [RunLine(*row) for row in session.execute(statement)]


def _seen(day: str) -> str:
    """Ids of the members whom a reader of `:reach` sees in an evaluation on the records of `day`: at home there then, or
    last at home there by `:today`; and oneself."""
    return f"""
SELECT ms.member_id FROM membership AS ms
WHERE ms.kind = 'home' AND ms.organisation_id = ANY(CAST(:reach AS bigint[])) AND {holds_on("ms", day)}
UNION
SELECT member_id FROM (
    SELECT DISTINCT ON (member_id) member_id, organisation_id FROM membership
    WHERE kind = 'home' AND valid_from <= :today ORDER BY member_id, valid_from DESC
) AS home WHERE organisation_id = ANY(CAST(:reach AS bigint[]))
UNION
SELECT CAST(:own AS bigint) WHERE CAST(:own AS bigint) IS NOT NULL"""


_OF_MEMBERS = "evaluation_run.rules #>> ARRAY['schemes', CAST(v.scheme AS text), 'subject'] = 'member'"
JUDGED = f"""
(EXISTS (SELECT FROM verdict AS v WHERE v.run_id = evaluation_run.id
         AND v.subject_id = ANY(CAST(:reach AS bigint[])) AND NOT {_OF_MEMBERS})
 OR EXISTS (SELECT FROM ({_seen("least(evaluation_run.as_of, make_date(evaluation_run.year, 12, 31))")}) AS seen
            JOIN verdict AS v ON v.run_id = evaluation_run.id AND v.subject_id = seen.member_id AND {_OF_MEMBERS}))
"""
"""The condition that a row of `evaluation_run` judged somebody whom a reader of `:reach` sees there, or is `:own`."""


def current(
    session: TenantSession, actor: Actor, reach: frozenset[int], today: date
) -> dict[int, list[RunLine]]:
    """`{year: runs no later one supersedes, by plan}`, the latest year first: those that judged somebody whom the actor sees
    there (`seen`)."""
    wanted: list[ColumnElement[bool] | TextClause] = [EvaluationRun.superseded_by_id.is_(None)]
    if actor.role is not Role.TENANT_ADMIN:
        wanted.append(text(JUDGED).bindparams(**reader(actor, reach, today)))
    years: dict[int, list[RunLine]] = {}
    for line in _lines(*wanted, limit=MOST_RUNS, session=session):
        years.setdefault(line.year, []).append(line)
    return years


def reader(actor: Actor, reach: frozenset[int], today: date) -> dict[str, object]:
    """The binds of `JUDGED`."""
    return {"reach": sorted(reach), "own": actor.member_id, "today": today}


def recorded_years(session: TenantSession) -> list[int]:
    """The years in which the committee has meetings on record, at most twenty, the latest first."""
    years = select(Meeting.year).distinct().order_by(Meeting.year.desc()).limit(EARLIER)
    return list(session.scalars(years))


def of_same_plan(session: TenantSession, header: RunHeader) -> list[RunLine]:
    """The runs of a run's year and plan, the latest first, at most twenty; the first is the one in force."""
    rules = header.rules
    same = (EvaluationRun.year == rules.year, EvaluationRun.policy_code == rules.policy)
    return _lines(*same, limit=EARLIER, session=session)


_SEEN = text(f"{_seen(':day')} ORDER BY 1")


def last_day(header: RunHeader) -> date:
    """The last day a run looked at, on which a member is where the run judged him or her."""
    return Period(header.rules.year, header.rules.as_of).last_day


def seen(
    session: TenantSession,
    actor: Actor,
    reach: frozenset[int],
    header: RunHeader,
    subject: Subject,
    today: date,
) -> list[int] | None:
    """Ids of those the actor may see in an evaluation; None for an administrator, who sees everyone.

    Members are those at home in a cell within `reach` on the last day it looked at, those last at home there by `today`, and
    oneself.
    """
    if actor.role is Role.TENANT_ADMIN:
        return None
    if subject is not Subject.MEMBER:
        return sorted(reach)
    binds = {**reader(actor, reach, today), "day": last_day(header)}
    return list(session.scalars(_SEEN, binds))


VERDICTS = "{verdicts}"


def _of_both(statement: str) -> dict[bool, TextClause]:
    """A statement about a run as it was stored, and about how it stands since."""
    return {
        standing: text(statement.replace(VERDICTS, STANDING if standing else "verdict"))
        for standing in (False, True)
    }


_CHOSEN = """
v.run_id = :run AND v.scheme = :scheme
  AND (CAST(:among AS bigint[]) IS NULL OR v.subject_id = ANY(CAST(:among AS bigint[])))
"""
_FILTERED = f"""{_CHOSEN}
  AND (CAST(:outcome AS smallint) IS NULL
       OR coalesce({outcome_of_line("v", ":line")}, v.outcome) = :outcome)
"""


_TOTAL = _of_both(f"SELECT count(*) FROM {VERDICTS} AS v WHERE {_FILTERED}")
_ORGANISATIONS = _of_both(f"""
SELECT v.subject_id, o.public_id, named.name, '', {above("named", IS_WHOLE)}, v.outcome, v.findings, v.outcomes
FROM {VERDICTS} AS v
JOIN organisation AS o ON o.id = v.subject_id
JOIN LATERAL (
    SELECT p.name, p.sort_key, p.parent_id FROM organisation_period AS p
    WHERE p.tenant_id = o.tenant_id AND p.organisation_id = o.id AND p.valid_from <= :day
    ORDER BY p.valid_from DESC LIMIT 1
) AS named ON true
WHERE {_FILTERED}
ORDER BY named.sort_key COLLATE "C", v.subject_id LIMIT :size OFFSET :skip
""")
_MEMBERS = _of_both(f"""
SELECT v.subject_id, m.public_id, m.full_name, coalesce(home.name, ''), {above("home", IS_WHOLE)},
       v.outcome, v.findings, v.outcomes
FROM {VERDICTS} AS v
JOIN member AS m ON m.id = v.subject_id
LEFT JOIN LATERAL (
    SELECT p.name, p.parent_id FROM membership AS s
    JOIN organisation_period AS p ON p.tenant_id = s.tenant_id AND p.organisation_id = s.organisation_id
         AND p.valid_from <= :day
    WHERE s.tenant_id = m.tenant_id AND s.member_id = m.id AND s.kind = 'home' AND s.valid_from <= :day
    ORDER BY s.valid_from DESC, p.valid_from DESC LIMIT 1
) AS home ON true
WHERE {_FILTERED}
ORDER BY m.sort_key, v.subject_id LIMIT :size OFFSET :skip
""")


def subjects(
    session: TenantSession,
    header: RunHeader,
    scheme: int,
    number: int,
    *,
    among: Sequence[int] | None,
    outcome: Outcome | None = None,
    line: int | None = None,
) -> Page[SubjectLine]:
    """A page of a scheme's subjects by name: of some, of one outcome of the title, or of the criterion numbered `line`."""
    asked = header.rules.schemes[scheme]
    binds = {
        "run": header.id,
        "scheme": scheme,
        "among": among,
        "outcome": None if outcome is None else int(outcome),
        "line": line,
    }
    day = last_day(header)
    statement = (_MEMBERS if asked.subject is Subject.MEMBER else _ORGANISATIONS)[header.standing]
    rows = session.execute(statement, binds | window(number) | {"day": day}).all()
    total = session.execute(_TOTAL[header.standing], binds).scalar_one()
    points = _points(session, header, scheme, [id_ for id_, *_ in rows])
    return Page([_subject(asked, points.get(id_, {}), *row) for id_, *row in rows], number, total)


def _points(
    session: TenantSession, header: RunHeader, scheme: int, among: Sequence[int]
) -> dict[int, dict[int, Decimal]]:
    """What subjects were given by the number of the criterion, where any is judged in points."""
    lines = header.rules.schemes[scheme].lines
    if not any(line.points for line in lines):
        return {}
    found = dict[int, dict[int, Decimal]]()
    for first in range(0, len(among), MOST_BELOW):
        some = among[first : first + MOST_BELOW]
        for id_, explained in explained_of(session, header, scheme, some).items():
            found[id_] = {
                finding.line: Decimal(finding.part) / 100
                for finding in explained.findings
                if lines[finding.line].points and finding.part is not None
            }
    return found


def _subject(
    scheme: SchemeRules,
    points: Mapping[int, Decimal],
    public_id: UUID,
    name: str,
    cell: str,
    above: str,
    outcome: int,
    findings: bytes | None,
    array: list[int] | None,
) -> SubjectLine:
    found = outcomes(findings, array, len(scheme.lines))
    told = deciding(scheme)
    came = [(scheme.lines[at].label, found[at]) for at in told]
    return SubjectLine(
        public_id=public_id,
        name=name,
        cell=cell,
        above=above,
        outcome=Outcome(outcome),
        came=tuple(one for _, one in came),
        points=tuple(points.get(at) for at in told),
        met=sum(one is Outcome.MET for _, one in came),
        applying=sum(one is not Outcome.NOT_APPLICABLE for _, one in came),
        not_met=tuple(label for label, one in came if one is Outcome.NOT_MET),
        no_data=tuple(label for label, one in came if one in (Outcome.NO_DATA, Outcome.ERROR)),
    )


def deciding(scheme: SchemeRules) -> list[int]:
    """Numbers of the lines a reader is told of: those that decide the title, or all criteria of a frame without one."""
    numbers = [number for group in scheme.groups for number in group.lines]
    numbers += [number for number in scheme.blockers if number not in numbers]
    decide = [
        number
        for number in numbers
        if scheme.lines[number].role is CriterionRole.DECIDES or number in scheme.blockers
    ]
    return decide or numbers


_TALLIES = _of_both(f"""
SELECT line, {outcome_of_line("v", "line")} AS outcome, count(*)
FROM {VERDICTS} AS v, generate_series(0, :last) AS one (line)
WHERE {_CHOSEN}
GROUP BY 1, 2
""")


def tallies(
    session: TenantSession, header: RunHeader, scheme: int, among: Sequence[int] | None
) -> list[LineTally]:
    """How each criterion of a scheme came out among some subjects, in the plan's order."""
    asked = header.rules.schemes[scheme]
    counts: dict[int, dict[Outcome, int]] = {}
    binds = {
        "run": header.id,
        "scheme": scheme,
        "among": among,
        "last": len(asked.lines) - 1,
    }
    for line, outcome, number in session.execute(_TALLIES[header.standing], binds):
        counts.setdefault(line, {})[Outcome(outcome)] = number
    found = []
    for at in deciding(asked):
        line = asked.lines[at]
        most = line.points.value if line.points else None
        found.append(LineTally(at, line.label, counts.get(at, {}) if most is None else {}, most))
    return found
