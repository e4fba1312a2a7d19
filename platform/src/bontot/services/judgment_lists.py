"""Reading what is judged: the work of a year, subject by subject; the trail of one; and the records it may rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text

from bontot.db.rolls import carried
from bontot.db.tenancy import TenantSession
from bontot.errors import NotFound
from bontot.evaluation.asked import Asked, asked_of_everyone
from bontot.evaluation.judging import prepare
from bontot.evaluation.period import Period
from bontot.policy.terms import Stage
from bontot.registry import Registry
from bontot.services.judgment_rules import Hand, JudgedSubject
from bontot.services.judgments import ACTION
from bontot.services.paging import Page, window

SHOWN = 50
MOST_RECORDS = 80


@dataclass(frozen=True, slots=True)
class WorkLine:
    """A subject with how far it is judged: by stage how many criteria are, of how many; on how many criteria the stages
    differ; how many are judged at no stage at all; how many wait at the reader's stage for another hand, the reader having
    judged them at a different one. `place` is a member's cell, or what stands above an organisation."""

    public_id: UUID
    name: str
    place: str
    is_cell: bool
    judged: tuple[int, int, int]
    asked: tuple[int, int, int]
    differing: int
    untouched: int
    barred: int

    def waiting(self, stage: Stage) -> int:
        """How many criteria wait at a stage."""
        at = tuple(Stage).index(stage)
        return self.asked[at] - self.judged[at]


@dataclass(frozen=True, slots=True)
class Work:
    """What is asked of everyone read, organisations and members."""

    organisations: Mapping[int, Asked]
    members: Mapping[int, Asked]


def work_of(
    session: TenantSession, registry: Registry, year: int, day: date, within: list[int] | None
) -> Work:
    """What is asked in a year of the organisations `within` and all below them (None: all), and of their members.

    Raises `PluginUnavailable`, and `PeriodRefused` for a year to come.
    """
    return Work(*asked_of_everyone(prepare(session, registry, Period(year, day), organisations=within)))


_TALLY = """
WITH who AS (
    SELECT * FROM unnest(CAST(:subjects AS bigint[]), CAST(:profiles AS integer[])) AS w (subject, profile)
), asked AS (
    SELECT * FROM unnest(CAST(:of_profiles AS integer[]), CAST(:criteria AS text[]), CAST(:cells AS boolean[]),
                         CAST(:once AS boolean[])) AS a (profile, criterion, cell, one_hand_only_once)
), due AS (
    SELECT profile, count(*) AS asked, count(*) FILTER (WHERE cell) AS cell FROM asked GROUP BY profile
), judged AS (
    SELECT w.subject, j.criterion, bool_or(j.stage = 'self_assessment') AS self_assessment,
           bool_or(j.stage = 'cell') AS cell, bool_or(j.stage = 'appraisal') AS appraisal,
           count(DISTINCT coalesce(j.verdict, CAST(trim_scale(j.points) AS text))) > 1 AS differs,
           bool_or(a.one_hand_only_once AND (:stage <> 'cell' OR a.cell) AND j.stage <> :stage
                   AND (j.account_id = :account OR j.judge_id = :judge)) AND NOT bool_or(j.stage = :stage) AS barred
    FROM who AS w JOIN asked AS a ON a.profile = w.profile
    JOIN judgment AS j ON j.{whose} = w.subject AND j.year = :year AND j.criterion = a.criterion
         AND (j.stage <> 'cell' OR a.cell)
    GROUP BY w.subject, j.criterion
), done AS (
    SELECT subject, count(*) FILTER (WHERE self_assessment) AS self_assessment, count(*) FILTER (WHERE cell) AS cell,
           count(*) FILTER (WHERE appraisal) AS appraisal, count(*) FILTER (WHERE differs) AS differing,
           count(*) AS touched, count(*) FILTER (WHERE barred) AS barred
    FROM judged GROUP BY subject
), line AS (
    SELECT w.subject, coalesce(d.self_assessment, 0) AS self_assessment, coalesce(d.cell, 0) AS cell,
           coalesce(d.appraisal, 0) AS appraisal, u.asked, u.cell AS cell_asked, coalesce(d.differing, 0) AS differing,
           u.asked - coalesce(d.touched, 0) AS untouched, coalesce(d.barred, 0) AS barred
    FROM who AS w JOIN due AS u ON u.profile = w.profile LEFT JOIN done AS d ON d.subject = w.subject
)
"""
_NAMED = """
SELECT {public_id}, {name}, coalesce({place}, ''), {is_cell}, l.self_assessment, l.cell, l.appraisal,
       l.asked, l.cell_asked, l.differing, l.untouched, l.barred, count(*) OVER ()
FROM line AS l {named}
ORDER BY l.differing = 0, l.differing DESC,
         (CASE :stage WHEN 'appraisal' THEN l.asked - l.appraisal WHEN 'cell' THEN l.cell_asked - l.cell
                      ELSE l.asked - l.self_assessment END) DESC, l.untouched, {order}, l.subject
LIMIT :size OFFSET :skip
"""
_AT_LAST = """
LEFT JOIN LATERAL (
    SELECT p.name, p.type, p.sort_key, p.parent_id FROM organisation_period AS p
    WHERE p.organisation_id = {of} AND p.valid_from <= :day ORDER BY p.valid_from DESC LIMIT 1
) AS {called} ON true
"""
_ORGANISATIONS = text(
    _TALLY.format(whose="organisation_id")
    + _NAMED.format(
        public_id="o.public_id",
        name="named.name",
        place="above.name",
        is_cell="named.type LIKE '%cell'",
        named="JOIN organisation AS o ON o.id = l.subject"
        + _AT_LAST.format(of="l.subject", called="named")
        + _AT_LAST.format(of="named.parent_id", called="above")
        + " WHERE l.subject = ANY(CAST(:reach AS bigint[]))",
        order='named.sort_key COLLATE "C"',
    )
)
_MEMBERS = text(
    _TALLY.format(whose="member_id")
    + _NAMED.format(
        public_id="m.public_id",
        name="m.full_name",
        place="named.name",
        is_cell="false",
        named="""
JOIN member AS m ON m.id = l.subject
JOIN LATERAL (
    SELECT s.organisation_id FROM membership AS s
    WHERE s.member_id = m.id AND s.kind = 'home' AND s.valid_from <= :day ORDER BY s.valid_from DESC LIMIT 1
) AS home ON home.organisation_id = ANY(CAST(:reach AS bigint[]))"""
        + _AT_LAST.format(of="home.organisation_id", called="named"),
        order="m.sort_key",
    )
)


def work_page(
    session: TenantSession,
    asked: Mapping[int, Asked],
    *,
    of_members: bool,
    year: int,
    day: date,
    reach: frozenset[int],
    stage: Stage,
    hand: Hand,
    number: int = 1,
) -> Page[WorkLine]:
    """A page of the subjects of `asked` within `reach` on the last day looked at, a member by the home of that day: those
    whose stages differ first, then those of whom most waits at `stage`, of them first who is judged somewhere already,
    then by name. `hand` is the reader's. Raises NotFound for a page beyond the last."""
    statement = _MEMBERS if of_members else _ORGANISATIONS
    binds: dict[str, object] = {
        **_binds(asked),
        "year": year,
        "day": Period(year, day).last_day,
        "reach": list(reach),
        "stage": stage.value,
        "account": hand.account_id,
        "judge": hand.member_id,
    }
    rows = session.execute(statement, binds | window(number)).all()
    if not rows and number > 1:
        raise NotFound
    return Page([_line(*row[:-1]) for row in rows], number, rows[0][-1] if rows else 0)


def _binds(asked: Mapping[int, Asked]) -> dict[str, list[object]]:
    """Subjects with the number of what is asked of them; many are asked the same."""
    numbers: dict[Asked, int] = {}
    binds: dict[str, list[object]] = {
        name: [] for name in ("subjects", "profiles", "of_profiles", "criteria", "cells", "once")
    }
    kept: dict[int, Asked] = {}
    for subject, criteria in asked.items():
        awaited = kept.get(id(criteria)) or tuple(one for one in criteria if one.awaited)
        kept[id(criteria)] = awaited
        if not awaited:
            continue
        if awaited not in numbers:
            number = numbers[awaited] = len(numbers)
            binds["of_profiles"] += [number] * len(awaited)
            binds["criteria"] += [one.criterion for one in awaited]
            binds["cells"] += [Stage.CELL in one.stages for one in awaited]
            binds["once"] += [one.one_hand_only_once for one in awaited]
        binds["subjects"].append(subject)
        binds["profiles"].append(numbers[awaited])
    return binds


def _line(
    public_id: UUID,
    name: str,
    place: str,
    is_cell: bool,
    self_assessment: int,
    cell: int,
    appraisal: int,
    asked: int,
    cell_asked: int,
    differing: int,
    untouched: int,
    barred: int,
) -> WorkLine:
    judged, of = (self_assessment, cell, appraisal), (asked, cell_asked, asked)
    return WorkLine(public_id, name, place, is_cell, judged, of, differing, untouched, barred)


@dataclass(frozen=True, slots=True)
class Change:
    """That somebody judged, changed or took back: when, who, at which stage, of how many criteria, why."""

    at: datetime
    who: str
    stage: Stage
    criteria: int
    reason: str


CHANGES = text("""
SELECT e.at, coalesce(a.display_name, ''), e.detail ->> 'stage',
       (SELECT count(*) FROM jsonb_object_keys(e.detail -> 'before')), coalesce(e.detail ->> 'reason', '')
FROM audit_event AS e LEFT JOIN account AS a ON a.id = e.account_id
WHERE e.subject = :table AND e.subject_id = :subject AND e.action = :action
  AND CAST(e.detail ->> 'year' AS integer) = :year
ORDER BY e.id DESC LIMIT :limit
""")


def changes(session: TenantSession, subject: JudgedSubject, year: int) -> list[Change]:
    """What was done on pages to the judgments of a subject and year, the latest first; at most fifty."""
    binds = {
        "table": subject.table,
        "subject": subject.id,
        "action": ACTION,
        "year": year,
        "limit": SHOWN,
    }
    return [
        Change(at, who, Stage(stage), criteria, reason)
        for at, who, stage, criteria, reason in session.execute(CHANGES, binds)
    ]


_SINCE = """
SELECT EXISTS (
    SELECT FROM judgment WHERE {whose} = :subject AND year = :year AND recorded_at > :moment
) OR EXISTS (
    SELECT FROM audit_event WHERE subject = :table AND subject_id = :subject AND action = :action AND at > :moment
      AND CAST(detail ->> 'year' AS integer) = :year
)
"""
SINCE_OF_MEMBER, SINCE_OF_ORGANISATION = (
    text(_SINCE.format(whose=whose)) for whose in ("member_id", "organisation_id")
)


def judged_since(session: TenantSession, subject: JudgedSubject, year: int, moment: datetime) -> bool:
    """Whether anything was judged, changed or taken back after `moment`."""
    binds = {
        "table": subject.table,
        "subject": subject.id,
        "action": ACTION,
        "year": year,
        "moment": moment,
    }
    statement = SINCE_OF_MEMBER if subject.of_member else SINCE_OF_ORGANISATION
    return bool(session.execute(statement, binds).scalar_one())


@dataclass(frozen=True, slots=True)
class RecordChoice:
    """A meeting or task that may be evidence."""

    public_id: UUID
    kind: str
    id: int
    day: date
    title: str


_RECORDS = text(f"""
SELECT public_id, 'meeting', id, held_on, kind FROM meeting
WHERE organisation_id = :place AND held_on >= make_date(:year, 1, 1) AND held_on < make_date(:year + 1, 1, 1)
UNION ALL
SELECT public_id, 'task', id, due_on, title FROM task AS t
WHERE {carried("t", ":day")} AND organisation_id = :place
  AND due_on >= make_date(:year, 1, 1) AND due_on < make_date(:year + 1, 1, 1)
ORDER BY 2, 4, 3 LIMIT :limit
""")


def records_of(session: TenantSession, place_id: int | None, year: int, day: date) -> list[RecordChoice]:
    """The meetings of a place in a year and its tasks due in it, those it carried on the last day looked at, by day; at most
    eighty. A meeting's title is its kind."""
    last = Period(year, day).last_day
    binds = {"place": place_id, "year": year, "day": last, "limit": MOST_RECORDS}
    return [RecordChoice(*row) for row in session.execute(_RECORDS, binds)]
