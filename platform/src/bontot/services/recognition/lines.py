"""Where the dossiers of a title stand, subject by subject: of those its evaluation considers, and of those it considered
once and whose dossier stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from bontot.clock import DAY
from bontot.db.tenancy import TenantSession
from bontot.evaluation.runs import STANDING
from bontot.policy.terms import Outcome
from bontot.services.evaluations import last_day
from bontot.services.paging import Page, window
from bontot.services.recognition.titles import StepTerm, Title

GOOD = ("done", "agreed", "carried", "recognised")
"""Outcomes of a step that passed it; after any other the title is not granted, or only against an opinion."""
STOPPING = ("lost", "not_recognised")
"""Outcomes after which no further step follows."""
MOST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A subject with how it stands by the evaluation and how far its dossier is. `place` is where it belongs, or belonged
    last: a member's cell, an organisation itself; `superior` the body directly above that. `ended_on` is the first day on
    which the organisation was no more, or the member on no roll."""

    id: int
    public_id: UUID
    name: str
    outcome: Outcome
    place_id: int
    place: UUID
    place_name: str
    place_type: str
    place_sector: str
    superior_id: int | None
    superior: str
    ended_on: date | None
    rating: str
    """The level of the yearly rating, empty where none is recorded."""
    case_id: int | None
    case: UUID | None
    version: int
    taken: frozenset[str]
    stopped: bool
    exceptional: bool
    last_on: date | None
    recognised_on: date | None
    holds_until: date | None
    expired: bool
    revoked_on: date | None

    def awaits(self, title: Title) -> StepTerm | None:
        """The step it waits for; None where it was stopped, taken back, is not considered any more, or all are taken."""
        off = self.stopped or self.revoked_on or not self.considered
        return None if off else title.next_step(self.taken)

    @property
    def considered(self) -> bool:
        """Whether the evaluation in force considers it for the title."""
        return self.outcome is not Outcome.NOT_APPLICABLE

    @property
    def eligible(self) -> bool:
        """Whether it meets the conditions as it stands."""
        return self.outcome is Outcome.MET

    @property
    def holds(self) -> bool:
        """Whether the title was granted and not taken back."""
        return self.recognised_on is not None and self.revoked_on is None

    @property
    def to_revoke(self) -> bool:
        """Whether it holds the title to this day though it no longer meets the conditions, or is not considered any more."""
        return self.holds and not self.expired and self.outcome in AGAINST


AGAINST = (Outcome.NOT_MET, Outcome.NOT_APPLICABLE)
"""Outcomes with which nobody ought to hold a title."""

_PLACE = """
JOIN organisation AS o ON o.id = {place_id}
JOIN LATERAL (
    SELECT p.name, p.type, p.sector, p.parent_id, p.sort_key FROM organisation_period AS p
    WHERE p.organisation_id = o.id AND p.valid_from <= :day ORDER BY p.valid_from DESC LIMIT 1
) AS place ON true
LEFT JOIN LATERAL (
    SELECT p.name, p.parent_id FROM organisation_period AS p
    WHERE p.organisation_id = place.parent_id AND p.valid_from <= :day ORDER BY p.valid_from DESC LIMIT 1
) AS above ON true
"""
_WHO = {
    True: f"""
JOIN member AS m ON m.id = v.subject_id
JOIN LATERAL (
    SELECT s.organisation_id FROM membership AS s
    WHERE s.member_id = m.id AND s.kind = 'home' AND s.valid_from <= :day ORDER BY s.valid_from DESC LIMIT 1
) AS home ON true
{_PLACE.format(place_id="home.organisation_id")}""",
    False: _PLACE.format(place_id="v.subject_id"),
}
_BELONGS = {True: "home.organisation_id", False: "v.subject_id"}
"""The place, known before it is read: a reach held against `o.id` would have everyone looked up once a place."""
_NAMED = {
    True: "m.public_id AS public_id, m.full_name AS name, m.sort_key AS sort_key, m.ended_on",
    False: "o.public_id AS public_id, place.name AS name, place.sort_key AS sort_key, o.ended_on",
}
_CONSIDERED = f"""
SELECT v.subject_id, v.outcome FROM {STANDING} AS v
WHERE v.run_id = :run AND v.scheme = :scheme AND v.outcome <> {Outcome.NOT_APPLICABLE:d}"""


def of_both(select: str) -> dict[bool, str]:
    """A statement over the lines of a title held by members, and by organisations (`standing`, each with the step it awaits
    and whether it is `considered`). Frames' and other plans' verdicts are not among them; who is not considered any more is,
    once a step was taken, unless another plan's title of the same scheme considers them."""
    return {
        of_members: f"""
WITH considered AS NOT MATERIALIZED ({_CONSIDERED}
), subject AS (
    SELECT subject_id, outcome, true AS considered FROM considered
    UNION ALL
    SELECT c.{whose}, {Outcome.NOT_APPLICABLE:d}, false FROM recognition_case AS c
    WHERE c.year = :year AND c.scheme = :key AND c.policy_code = :policy AND c.{whose} IS NOT NULL
      AND EXISTS (SELECT FROM recognition_step AS s WHERE s.case_id = c.id)
      AND NOT EXISTS (SELECT FROM considered AS v WHERE v.subject_id = c.{whose})
      AND NOT EXISTS (
          SELECT FROM unnest(CAST(:runs AS bigint[]), CAST(:numbers AS integer[])) AS beside (run, scheme)
          JOIN {STANDING} AS v ON v.run_id = beside.run AND v.scheme = beside.scheme
          WHERE v.subject_id = c.{whose} AND v.outcome <> {Outcome.NOT_APPLICABLE:d})
), line AS (
    SELECT v.subject_id, v.outcome, v.considered, {_NAMED[of_members]}, o.id AS place_id, o.public_id AS place,
           place.name AS place_name, place.type AS place_type, place.sector AS place_sector, place.sort_key AS place_key,
           place.parent_id AS superior_id, coalesce(above.name, '') AS superior, above.parent_id AS top_id,
           coalesce(ar.level, '') AS rating, c.id AS case_id, c.public_id AS "case", coalesce(c.version, 0) AS version,
           coalesce(s.taken, '{{}}') AS taken, coalesce(s.good, '{{}}') AS good, coalesce(s.stopped, false) AS stopped,
           coalesce(s.exceptional, false) AS exceptional, s.last_on, c.recognised_on, c.holds_until, c.revoked_on,
           coalesce(c.holds_until <= {DAY}, false) AS expired, c.recognised_on IS NOT NULL AND c.revoked_on IS NULL AS holds,
           EXISTS (SELECT FROM registration AS r WHERE r.year = :year AND r.{whose} = v.subject_id) AS registered
    FROM subject AS v
    {_WHO[of_members]}
    LEFT JOIN annual_rating AS ar ON ar.year = :year AND ar.{whose} = v.subject_id
    LEFT JOIN recognition_case AS c ON c.year = :year AND c.scheme = :key AND c.{whose} = v.subject_id
    LEFT JOIN LATERAL (
        SELECT array_agg(step) AS taken,
               array_agg(step ORDER BY step) FILTER (WHERE outcome = ANY(CAST(:passing AS text[]))) AS good,
               bool_or(outcome = ANY(CAST(:stopping AS text[]))) AS stopped, bool_or(exception IS NOT NULL) AS exceptional,
               max(done_on) AS last_on
        FROM recognition_step WHERE case_id = c.id
    ) AS s ON true
    WHERE CAST(:reach AS bigint[]) IS NULL OR {_BELONGS[of_members]} = ANY(CAST(:reach AS bigint[]))
), standing AS (
    SELECT line.*, CASE WHEN stopped OR revoked_on IS NOT NULL OR NOT considered THEN NULL ELSE (
        SELECT asked.step FROM unnest(CAST(:steps AS text[])) WITH ORDINALITY AS asked (step, place)
        WHERE asked.step <> ALL(taken) ORDER BY asked.place LIMIT 1) END AS awaited
    FROM line
) {select}"""
        for of_members, whose in ((True, "member_id"), (False, "organisation_id"))
    }


_COLUMNS = """subject_id AS id, public_id, name, outcome, place_id, place, place_name, place_type, place_sector, superior_id,
superior, ended_on, rating, case_id, "case", version, taken, stopped, exceptional, last_on, recognised_on, holds_until,
expired, revoked_on"""
_CHOSEN = """
WHERE (CAST(:awaited AS text) IS NULL OR awaited = :awaited)
  AND (CAST(:place AS bigint) IS NULL OR place_id = :place OR superior_id = :place)
  AND (CAST(:subjects AS bigint[]) IS NULL OR subject_id = ANY(CAST(:subjects AS bigint[])))
"""
TO_REVOKE = f"holds AND NOT expired AND outcome IN ({', '.join(f'{outcome:d}' for outcome in AGAINST)})"
"""`Line.to_revoke`, of a row of `standing`."""
_PAGE = of_both(f"""
SELECT {_COLUMNS}, count(*) OVER () AS everyone FROM standing {_CHOSEN}
ORDER BY NOT ({TO_REVOKE}), NOT considered, outcome <> {Outcome.MET:d},
         place_key COLLATE "C", sort_key COLLATE "C", subject_id LIMIT :size OFFSET :skip
""")


def binds_of(title: Title, reach: frozenset[int] | None) -> dict[str, Any]:
    """What the statements of `of_both` are bound to. An evaluation that another superseded considers nobody."""
    return {
        "run": None if title.header.superseded else title.header.id,
        "scheme": title.number,
        "year": title.year,
        "key": title.scheme.key,
        "policy": title.policy,
        "runs": [run for run, _ in title.beside],
        "numbers": [number for _, number in title.beside],
        "day": last_day(title.header),
        "reach": None if reach is None else sorted(reach),
        "steps": [term.key for term in title.steps],
        "passing": list(GOOD),
        "stopping": list(STOPPING),
    }


def lines_of(
    session: TenantSession,
    title: Title,
    reach: frozenset[int] | None,
    number: int = 1,
    *,
    awaited: str | None = None,
    place: int | None = None,
) -> Page[Line]:
    """A page of a title's subjects that belong within `reach` (None: all): first those who hold it and should not, then
    those who meet the conditions, at last those not considered any more, each by place and name; who waits for one step,
    belongs to one place or to a place directly below it."""
    binds = binds_of(title, reach) | window(number)
    rows = _read(session, title, binds | {"awaited": awaited, "place": place, "subjects": None})
    return Page([_line(row) for row in rows], number, rows[0].everyone if rows else 0)


def lines_named(
    session: TenantSession, title: Title, reach: frozenset[int] | None, subjects: Sequence[int]
) -> list[Line]:
    """Those subjects of a title that belong within `reach`, at most a thousand."""
    binds = binds_of(title, reach) | {"awaited": None, "place": None, "subjects": list(subjects)}
    return [_line(row) for row in _read(session, title, binds | {"size": MOST, "skip": 0})]


def _read(session: TenantSession, title: Title, binds: dict[str, Any]) -> Sequence[Row[Any]]:
    return session.execute(text(_PAGE[title.of_members]), binds).all()


def _line(row: Row[Any]) -> Line:
    given = {name: value for name, value in row._mapping.items() if name != "everyone"}
    return Line(**given | {"outcome": Outcome(row.outcome), "taken": frozenset(row.taken)})


@dataclass(frozen=True, slots=True)
class VotingPlace:
    """A place with subjects that wait for a step to be voted there: its id, name, and how many of them."""

    id: int
    public_id: UUID
    name: str
    waiting: int


_PLACES = {
    own: of_both(f"""
SELECT {columns}, count(*) FROM standing {joined} WHERE awaited = :awaited
GROUP BY 1, 2, 3, {order} ORDER BY {order} COLLATE "C" LIMIT 500
""")
    for own, columns, joined, order in (
        (True, "place_id, place, place_name", "", "place_key"),
        (
            False,
            "superior_id, top.public_id, superior",
            "JOIN organisation AS top ON top.id = superior_id",
            "superior",
        ),
    )
}


def places_awaiting(
    session: TenantSession, title: Title, reach: frozenset[int] | None, step: str, *, own: bool
) -> list[VotingPlace]:
    """Where a step waits to be voted: in the subjects' own places, or in the bodies above them; at most five hundred."""
    statement = text(_PLACES[own][title.of_members])
    return [
        VotingPlace(*row) for row in session.execute(statement, binds_of(title, reach) | {"awaited": step})
    ]
