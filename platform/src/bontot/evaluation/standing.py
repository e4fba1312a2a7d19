"""A verdict opened: one subject of a stored run, or how a cell or member stands today, with the records behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from bontot.db.rolls import on_roll
from bontot.errors import NotFound, PluginUnavailable
from bontot.evaluation.engine import OFFICIAL_ONLY, Findings
from bontot.evaluation.explain import Explained, explain
from bontot.evaluation.forecast import forecast
from bontot.evaluation.judging import Evaluated, Judging, prepare
from bontot.evaluation.judgments import STAGES
from bontot.evaluation.period import Period
from bontot.evaluation.pledges import unpledged
from bontot.evaluation.records import LISTED, RecordView, views
from bontot.evaluation.rules import Line, RuleSet, SchemeRules
from bontot.evaluation.runs import RunHeader, VerdictRow, day_of, verdict_rows, verdicts
from bontot.evaluation.slack import Slack
from bontot.evaluation.tree import read_tree
from bontot.evaluation.words import OUTCOMES
from bontot.policy.counts import Record
from bontot.policy.terms import Kind, Outcome, Subject
from bontot.registry import Registry

MOST_BELOW = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one subject stands under one plan and the frames beside it, on a day of the year that may still run.

    `explained` has the plan's own scheme first, then the frames'; `slack` is what is left, by criterion.
    """

    rules: RuleSet
    explained: tuple[Explained, ...]
    slack: Mapping[str, Slack]


def standing(
    session: Session,
    registry: Registry,
    organisation_id: int,
    year: int,
    today: date,
    *,
    past: bool = False,
) -> Standing:
    """How a cell or base organisation stands today: the engine, restricted to it and all below it. Of a `past` day nothing
    is said of what is left.

    Raises `PluginUnavailable` when its plan cannot be had, `NotFound` when no plan judges it.
    """
    judging = prepare(session, registry, Period(year, today), organisations=[organisation_id])
    judged, found = _own(judging, organisation_id, of_member=False)
    slack = {} if past else _slack(session, judging, judged, found, organisation_id)
    return _standing(session, judging, judged, found, organisation_id, slack)


def member_standing(
    session: Session, registry: Registry, member_id: int, year: int, today: date, *, past: bool = False
) -> Standing:
    """How a member stands today. `past` and what it raises as `standing`; `NotFound` too for one in no cell on that day."""
    judging = prepare(session, registry, Period(year, today), members=[member_id])
    judged, found = _own(judging, member_id, of_member=True)
    slack = {} if past else _slack(session, judging, judged, found, member_id)
    return _standing(session, judging, judged, found, member_id, slack)


def opened(
    session: Session, registry: Registry, header: RunHeader, scheme: int, subject_id: int
) -> Explained:
    """The verdict of one subject of a stored run, with the records as they are today. Raises NotFound.

    The verdict is explained by what the run keeps; without its plugin only the records are missing.
    """
    rows = verdicts(session, header, scheme, among=[subject_id], limit=1)
    if not rows:
        raise NotFound
    asked = header.rules.schemes[scheme]
    period = Period(header.rules.year, day_of(session, header, subject_id))

    def stored(number: int, among: list[int]) -> list[VerdictRow]:
        return verdicts(session, header, number, among=among, limit=MOST_BELOW)

    found = [
        _derived(session, header.rules, asked, subject_id, period, stored),
        _decided(session, asked, subject_id, period),
    ]
    narrowed, of_member = [subject_id], asked.subject is Subject.MEMBER
    try:
        judging = prepare(
            session,
            registry,
            period,
            organisations=None if of_member else narrowed,
            members=narrowed if of_member else None,
        )
        found.append(_counted(judging, asked, subject_id))
    except (PluginUnavailable, NotFound):
        pass
    named = _named(session, _joined(found), period.last_day)
    missing = unpledged(session, asked, [subject_id], period)
    return explain(header.rules, scheme, rows[0], named, pledged=not missing)


def explained_of(
    session: Session, header: RunHeader, scheme: int, subject_ids: Sequence[int]
) -> dict[int, Explained]:
    """The verdicts of several subjects of a stored run, without the records behind them, in as many statements as of one;
    without an entry for one that the scheme does not judge. For at most 1,000 at once."""
    rows = verdicts(session, header, scheme, among=subject_ids, limit=MOST_BELOW)
    asked = header.rules.schemes[scheme]
    period = Period(header.rules.year, header.rules.as_of)
    missing = unpledged(session, asked, [row.subject_id for row in rows], period)
    return {
        row.subject_id: explain(header.rules, scheme, row, pledged=row.subject_id not in missing)
        for row in rows
    }


def _standing(
    session: Session,
    judging: Judging,
    judged: Evaluated,
    found: list[Findings],
    subject_id: int,
    slack: Mapping[str, Slack],
) -> Standing:
    def live(number: int, among: list[int]) -> list[VerdictRow]:
        return [row for row in verdict_rows(judged.findings[number]) if row.subject_id in among]

    explained = []
    for findings in found:
        records = _joined(
            [
                _derived(session, judged.rules, findings.rules, subject_id, judging.period, live),
                _decided(session, findings.rules, subject_id, judging.period),
                _counted(judging, findings.rules, subject_id),
            ]
        )
        named = _named(session, records, judging.period.last_day)
        number = judged.rules.schemes.index(findings.rules)
        missing = unpledged(session, findings.rules, [subject_id], judging.period)
        row = _row(findings, subject_id)
        explained.append(explain(judged.rules, number, row, named, pledged=not missing))
    return Standing(rules=judged.rules, explained=tuple(explained), slack=slack)


def _slack(
    session: Session, judging: Judging, judged: Evaluated, found: Sequence[Findings], subject_id: int
) -> dict[str, Slack]:
    """What is left of the running year; a year that is over leaves nothing."""
    if judging.period.as_of.year != judging.period.year:
        return {}
    return forecast(session, judging, judged, found, subject_id)


def _own(judging: Judging, subject_id: int, *, of_member: bool) -> tuple[Evaluated, list[Findings]]:
    """The evaluation that judges the subject, and in it the findings of the schemes the subject is in."""
    for rules in judging.rules():
        judged = judging.judge(rules)
        found = [
            findings
            for findings in judged.findings
            if (findings.rules.subject is Subject.MEMBER) == of_member and subject_id in findings.subjects.ids
        ]
        if found:
            return judged, found
    raise NotFound


def _row(findings: Findings, subject_id: int) -> VerdictRow:
    return next(row for row in verdict_rows(findings) if row.subject_id == subject_id)


def _counted(judging: Judging, rules: SchemeRules, subject_id: int) -> dict[int, list[Record]]:
    """The records behind each counted line of one subject."""
    lines = [(number, line) for number, line in enumerate(rules.lines) if line.metric]
    return judging.engine.counting.records(lines, rules.subject, subject_id, LISTED)


def _joined(found: Iterable[Mapping[int, list[Record]]]) -> dict[int, list[Record]]:
    """The records of each line from all who found some."""
    records: dict[int, list[Record]] = {}
    for some in found:
        for number, listed in some.items():
            records.setdefault(number, []).extend(listed)
    return records


def _named(
    session: Session, records: Mapping[int, list[Record]], day: date
) -> dict[int, tuple[RecordView, ...]]:
    listed = views(session, records.values(), day)
    return dict(zip(records, listed, strict=True))


_JUDGMENTS = """
SELECT criterion, id, judged_on, verdict IS NOT DISTINCT FROM 'met' FROM judgment
WHERE year = :year AND judged_on <= :as_of AND {whose} = :subject AND criterion = ANY(:criteria)
ORDER BY array_position(CAST(:stages AS text[]), stage) DESC
"""
_OF_MEMBER, _OF_ORGANISATION = (
    text(_JUDGMENTS.format(whose=whose)) for whose in ("member_id", "organisation_id")
)


def _decided(
    session: Session, scheme: SchemeRules, subject_id: int, period: Period
) -> dict[int, list[Record]]:
    """What people judged on each judged line, the highest stage first."""
    lines = {
        line.key: number
        for number, line in enumerate(scheme.lines)
        if line.kind is Kind.JUDGED or line.also_judged
    }
    binds = {
        "year": period.year,
        "as_of": period.as_of,
        "subject": subject_id,
        "criteria": list(lines),
        "stages": list(STAGES),
    }
    found: dict[int, list[Record]] = {}
    statement = _OF_MEMBER if scheme.subject is Subject.MEMBER else _OF_ORGANISATION
    for criterion, id_, day, met in session.execute(statement, binds):
        found.setdefault(lines[criterion], []).append(Record("judgment", id_, day, int(met), 1))
    return found


def _derived(
    session: Session,
    rules: RuleSet,
    scheme: SchemeRules,
    subject_id: int,
    period: Period,
    verdicts_of: Callable[[int, list[int]], list[VerdictRow]],
) -> dict[int, list[Record]]:
    """Whom each derived line counted, those who fell short first. `verdicts_of` gives the verdicts of a scheme, by its
    number, of those named."""
    derived = [number for number, line in enumerate(scheme.lines) if line.roll_scheme or line.roll_criterion]
    if not derived:
        return {}
    kind, everyone, official = _below(session, scheme, subject_id, period)
    return {
        number: _fallen_short(
            kind,
            official if _official_only(scheme.lines[number]) else everyone,
            _rolled(rules, scheme, scheme.lines[number]),
            verdicts_of,
        )
        for number in derived
    }


def _below(
    session: Session, scheme: SchemeRules, subject_id: int, period: Period
) -> tuple[str, list[int], list[int]]:
    """Who is counted below a subject on the last day: members minus exempt, of them the official ones; or cells."""
    if scheme.subject is Subject.CELL:
        roll = [person for person in on_roll(session, period.last_day, [subject_id]) if not person.exempt]
        official = [person.member_id for person in roll if person.official]
        return "member", [person.member_id for person in roll], official
    tree = read_tree(session, period, [subject_id])
    cells = [cell for above, cell in tree.cells_below() if above == subject_id]
    return "cell", cells, cells


def _rolled(rules: RuleSet, scheme: SchemeRules, line: Line) -> tuple[int, int | None] | None:
    """The number of the scheme a derived line rolls up, and of the line in it; no line for the title."""
    for number, below in enumerate(rules.schemes):
        if below.policy != scheme.policy:
            continue
        if line.roll_scheme == below.key:
            return number, None
        keys = [one.key for one in below.lines]
        if line.roll_criterion in keys:
            return number, keys.index(line.roll_criterion)
    return None


def _fallen_short(
    kind: str,
    among: list[int],
    rolled: tuple[int, int | None] | None,
    verdicts_of: Callable[[int, list[int]], list[VerdictRow]],
) -> list[Record]:
    if rolled is None:
        return []
    number, at = rolled
    records = []
    for row in verdicts_of(number, among):
        outcome = row.outcome if at is None else row.outcomes[at]
        said = "" if outcome is Outcome.MET else OUTCOMES[outcome].lower()
        records.append(Record(kind, row.subject_id, None, int(outcome is Outcome.MET), 1, said))
    return sorted(records, key=lambda record: record.part - record.whole)[:LISTED]


def _official_only(line: Line) -> bool:
    return any(item.name == "members" and item.choice == OFFICIAL_ONLY for item in line.parameters)
