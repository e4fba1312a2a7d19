"""Where the dossiers of a title stand: subject by subject, step by step, and in figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from bontot.access import Actor, Role
from bontot.db.rolls import holds_on
from bontot.db.tenancy import TenantSession
from bontot.evaluation.runs import STANDING
from bontot.policy.terms import Act, Holder, Outcome
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
    """A subject with how it stands by the evaluation and how far its dossier is. `place` is where it belongs: a member's
    cell, an organisation itself; `superior` the body directly above that."""

    id: int
    public_id: UUID
    name: str
    outcome: Outcome
    place_id: int
    place: UUID
    place_name: str
    place_type: str
    superior_id: int | None
    superior: str
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
    revoked_on: date | None

    def awaits(self, title: Title) -> StepTerm | None:
        """The step it waits for; None where it was stopped, taken back, or all are taken."""
        return None if self.stopped or self.revoked_on else title.next_step(self.taken)

    @property
    def eligible(self) -> bool:
        """Whether it meets the conditions as it stands."""
        return self.outcome is Outcome.MET

    @property
    def to_revoke(self) -> bool:
        """Whether it holds the title though it no longer meets the conditions."""
        return bool(self.recognised_on and not self.revoked_on and self.outcome is Outcome.NOT_MET)


_PLACE = f"""
JOIN organisation AS o ON o.id = {{place_id}}
JOIN LATERAL (
    SELECT p.name, p.type, p.parent_id, p.sort_key FROM organisation_period AS p
    WHERE p.organisation_id = o.id AND p.valid_from <= :day ORDER BY p.valid_from DESC LIMIT 1
) AS place ON true
LEFT JOIN organisation_period AS above ON above.organisation_id = place.parent_id AND {holds_on("above", ":day")}
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
_NAMED = {
    True: "m.public_id AS public_id, m.full_name AS name, m.sort_key AS sort_key",
    False: "o.public_id AS public_id, place.name AS name, place.sort_key AS sort_key",
}


def _of_both(select: str) -> dict[bool, str]:
    """A statement over the lines of a title held by members, and by organisations. Frames' and other plans' verdicts are not
    among them, nor who is not considered."""
    return {
        of_members: f"""
WITH line AS (
    SELECT v.subject_id, v.outcome, {_NAMED[of_members]}, o.id AS place_id, o.public_id AS place, place.name AS place_name,
           place.type AS place_type, place.sort_key AS place_key, place.parent_id AS superior_id,
           coalesce(above.name, '') AS superior, coalesce(ar.level, '') AS rating,
           c.id AS case_id, c.public_id AS "case", coalesce(c.version, 0) AS version,
           coalesce(s.taken, '{{}}') AS taken, coalesce(s.good, '{{}}') AS good, coalesce(s.stopped, false) AS stopped,
           coalesce(s.exceptional, false) AS exceptional, s.last_on, c.recognised_on, c.holds_until, c.revoked_on,
           EXISTS (SELECT FROM registration AS r WHERE r.year = :year AND r.{whose} = v.subject_id) AS registered
    FROM {STANDING} AS v
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
    WHERE v.run_id = :run AND v.scheme = :scheme AND v.outcome <> {Outcome.NOT_APPLICABLE:d}
      AND (CAST(:reach AS bigint[]) IS NULL OR o.id = ANY(CAST(:reach AS bigint[])))
), standing AS (
    SELECT line.*, CASE WHEN stopped OR revoked_on IS NOT NULL THEN NULL ELSE (
        SELECT asked.step FROM unnest(CAST(:steps AS text[])) WITH ORDINALITY AS asked (step, place)
        WHERE asked.step <> ALL(taken) ORDER BY asked.place LIMIT 1) END AS awaited
    FROM line
) {select}"""
        for of_members, whose in ((True, "member_id"), (False, "organisation_id"))
    }


_COLUMNS = """subject_id AS id, public_id, name, outcome, place_id, place, place_name, place_type, superior_id, superior,
rating, case_id, "case", version, taken, stopped, exceptional, last_on, recognised_on, holds_until, revoked_on"""
_CHOSEN = """
WHERE (CAST(:awaited AS text) IS NULL OR awaited = :awaited)
  AND (CAST(:place AS bigint) IS NULL OR place_id = :place OR superior_id = :place)
  AND (CAST(:subjects AS bigint[]) IS NULL OR subject_id = ANY(CAST(:subjects AS bigint[])))
"""
_PAGE = _of_both(f"""
SELECT {_COLUMNS}, count(*) OVER () AS everyone FROM standing {_CHOSEN}
ORDER BY NOT (recognised_on IS NOT NULL AND revoked_on IS NULL AND outcome = {Outcome.NOT_MET:d}),
         outcome <> {Outcome.MET:d}, place_key COLLATE "C", sort_key COLLATE "C", subject_id LIMIT :size OFFSET :skip
""")


def _binds(title: Title, reach: frozenset[int] | None) -> dict[str, Any]:
    return {
        "run": title.header.id,
        "scheme": title.number,
        "year": title.year,
        "key": title.scheme.key,
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
    """A page of a title's subjects that belong within `reach` (None: all): those who meet the conditions first, then by
    place and name; who waits for one step, belongs to one place or to a place directly below it."""
    binds = _binds(title, reach) | window(number)
    rows = _read(session, title, binds | {"awaited": awaited, "place": place, "subjects": None})
    return Page([_line(row) for row in rows], number, rows[0].everyone if rows else 0)


def lines_named(
    session: TenantSession, title: Title, reach: frozenset[int] | None, subjects: Sequence[int]
) -> list[Line]:
    """Those subjects of a title that belong within `reach`, at most a thousand."""
    binds = _binds(title, reach) | {"awaited": None, "place": None, "subjects": list(subjects)}
    return [_line(row) for row in _read(session, title, binds | {"size": MOST, "skip": 0})]


_ANYONE = _of_both("SELECT EXISTS (SELECT FROM standing)")


def judges_anyone(session: TenantSession, title: Title, reach: frozenset[int] | None) -> bool:
    """Whether the title considers anybody who belongs within `reach`."""
    return bool(session.execute(text(_ANYONE[title.of_members]), _binds(title, reach)).scalar_one())


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
    own: _of_both(f"""
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
    return [VotingPlace(*row) for row in session.execute(statement, _binds(title, reach) | {"awaited": step})]


_UNDER = _of_both("""
SELECT superior_id, count(*), count(*) FILTER (WHERE recognised_on IS NOT NULL AND revoked_on IS NULL)
FROM standing WHERE superior_id = ANY(CAST(:superiors AS bigint[])) GROUP BY superior_id
""")


def counted_under(
    session: TenantSession, title: Title, superiors: Sequence[int]
) -> dict[int, tuple[int, int]]:
    """Of each superior how many subjects are considered directly below it, and how many hold the title by a decision."""
    binds = _binds(title, None) | {"superiors": list(superiors)}
    rows = session.execute(text(_UNDER[title.of_members]), binds)
    return {superior: (judged, held) for superior, judged, held in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A title in figures: how many are considered, pledged, meet the conditions as they stand, were granted the title and
    kept it, of those no longer meet the conditions, were stopped; by step how many wait for it, how many of those for the
    reader, and how many passed it."""

    considered: int
    registered: int
    eligible: int
    kept: int
    to_revoke: int
    stopped: int
    waiting: dict[str, int]
    mine: dict[str, int]
    passed: dict[str, int]


_FIGURES = _of_both(f"""
SELECT awaited, good, count(*), count(*) FILTER (WHERE registered), count(*) FILTER (WHERE outcome = {Outcome.MET:d}),
       count(*) FILTER (WHERE recognised_on IS NOT NULL AND revoked_on IS NULL),
       count(*) FILTER (WHERE recognised_on IS NOT NULL AND revoked_on IS NULL AND outcome = {Outcome.NOT_MET:d}),
       count(*) FILTER (WHERE stopped), count(*) FILTER (WHERE place_id IS DISTINCT FROM :here),
       count(*) FILTER (WHERE superior_id IS DISTINCT FROM :here AND superior_id = ANY(CAST(:reach AS bigint[])))
FROM standing GROUP BY awaited, good
""")


def figures_of(session: TenantSession, actor: Actor, title: Title, reach: frozenset[int] | None) -> Figures:
    """The figures of the subjects that belong within `reach`, in one statement."""
    totals, waiting, mine, passed = [0] * 6, _zeros(title), _zeros(title), _zeros(title)
    binds = _binds(title, reach) | {"here": actor.organisation_id}
    for awaited, good, *counts, below, further in session.execute(text(_FIGURES[title.of_members]), binds):
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
        if awaited is not None:
            waiting[awaited] += counts[0]
            mine[awaited] += _for_reader(actor, title.step(awaited), counts[0], below, further)
        for step in set(good) & passed.keys():
            passed[step] += counts[0]
    considered, registered, eligible, kept, to_revoke, stopped = totals
    return Figures(
        considered=considered,
        registered=registered,
        eligible=eligible,
        kept=kept,
        to_revoke=to_revoke,
        stopped=stopped,
        waiting=waiting,
        mine=mine,
        passed=passed,
    )


def _zeros(title: Title) -> dict[str, int]:
    return dict.fromkeys([term.key for term in title.steps], 0)


def _for_reader(actor: Actor, term: StepTerm, everyone: int, below: int, further: int) -> int:
    """How many of those who wait for a step wait for the reader (`may_take`): `below` are not the reader's own body, and of
    `further` neither is the body above."""
    if actor.role is Role.TENANT_ADMIN or term.step.holder is Holder.SUBJECT:
        return everyone
    if actor.role is not Role.COMMITTEE:
        return 0
    return below if term.step.holder is Holder.SUPERIOR else further


def funnel(title: Title, figures: Figures) -> list[tuple[str, int]]:
    """From those considered to those who hold the title, with every step between that says yes or no, as `(words, how
    many)`."""
    asked = title.scheme.registration_expected or title.scheme.enrolment == "registration"
    pledged = [("Đã đăng ký phấn đấu", figures.registered)] if asked or figures.registered else []
    between = [
        (_SHORT[act], figures.passed[term.key])
        for term in title.steps
        for act in (Act.BALLOT, Act.OPINION, Act.DECISION)
        if term.does(act)
    ]
    return [
        ("Được xét", figures.considered),
        *pledged,
        ("Đủ điều kiện theo đánh giá đến nay", figures.eligible),
        *between,
        ("Giữ được danh hiệu, không bị thu hồi", figures.kept),
    ]


_SHORT = {
    Act.BALLOT: "Được biểu quyết tán thành",
    Act.OPINION: "Được thẩm định đồng ý",
    Act.DECISION: "Được quyết định công nhận",
}
