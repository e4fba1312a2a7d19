"""What an act would move, by number and name, and what is to be noticed before it is recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import text

from bontot.db.rolls import holds_on, on_roll
from bontot.db.tenancy import TenantSession
from bontot.evaluation.period import Period
from bontot.evaluation.tree import read_tree
from bontot.services.reorganising.pen import Written
from bontot.services.reorganising.rules import LEAST_OFFICIAL
from bontot.services.reorganising.tree import Unit, living

FEW = 5
"""Organisations a warning names one by one."""


@dataclass(slots=True)
class Flow:
    """What goes from one organisation to another: cells with their members, open tasks, fees owing in đồng by so many, and
    pledges of the year not yet confirmed. `to` is None where nothing takes over."""

    source: str
    to: str | None
    cells: int = 0
    members: int = 0
    tasks: int = 0
    owing: int = 0
    owed: int = 0
    pledges: int = 0


@dataclass(frozen=True, slots=True)
class Alteration:
    """What one organisation is called, of which type or sector it is, or where it stands, before and after: `what` is the
    field."""

    organisation: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Ending:
    """A post or a role that ends: `kind` as stored, who holds it and where."""

    kind: str
    who: str
    place: str


@dataclass(frozen=True, slots=True)
class Planned:
    """So many cells now under `place` are judged by `after` where `before` judged them; by code, None for no plan."""

    place: str
    cells: int
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Consequences:
    """All that an act would change."""

    alterations: tuple[Alteration, ...] = ()
    flows: tuple[Flow, ...] = ()
    posts: tuple[Ending, ...] = ()
    grants: tuple[Ending, ...] = ()
    plans: tuple[Planned, ...] = ()
    small: tuple[tuple[str, int], ...] = ()
    """Cells with fewer official members than a cell needs, and how many they have."""
    meetings: tuple[tuple[str, int], ...] = ()
    """Of those that end, meetings recorded on the day or later."""
    exceptions: int = 0
    """Superiors' orders for months in which who they were given to is no more."""
    invitations: int = 0
    """Of those that end, meetings prepared for the day or later and not held."""
    alike: tuple[str, ...] = ()
    """Names that several organisations of one superior have now."""


@dataclass(frozen=True)
class Before:
    """The records before an act: the tree, the plans, who is on which roll, who owes, and what is open, by organisation."""

    units: Mapping[int, Unit]
    plans: Mapping[int, str | None]
    roll: Mapping[int, int]
    owed: Mapping[int, int]
    tasks: Mapping[int, int]
    pledges: Mapping[int, int]


_OWED = text("""
SELECT member_id, sum(due - paid) FROM fee
WHERE month <= date_trunc('month', CAST(:day AS timestamp)) AND NOT exempt AND paid < due GROUP BY member_id
""")
_TASKS = text("""
SELECT organisation_id, count(*) FROM task
WHERE handed_on IS NULL AND (done_on IS NULL OR done_on >= :day) GROUP BY organisation_id
""")
_PLEDGES = text("""
SELECT organisation_id, count(*) FROM registration
WHERE organisation_id IS NOT NULL AND year = :year AND confirmed_on IS NULL GROUP BY organisation_id
""")


def read_before(session: TenantSession, day: date) -> Before:
    """The records an act of a day meets, in a fixed number of statements."""
    units, binds = living(session, day), {"day": day, "year": day.year}
    return Before(
        units,
        _plans(session, units, day),
        {one.member_id: one.organisation_id for one in on_roll(session, day)},
        _counts(session, _OWED, binds),
        _counts(session, _TASKS, binds),
        _counts(session, _PLEDGES, binds),
    )


def _counts(session: TenantSession, statement: object, binds: Mapping[str, object]) -> dict[int, int]:
    return {key: int(many) for key, many in session.execute(statement, binds)}  # type: ignore[call-overload]


def _plans(session: TenantSession, units: Mapping[int, Unit], day: date) -> dict[int, str | None]:
    tree = read_tree(session, Period(day.year, day))
    return {id_: tree.plan(id_, day) for id_, unit in units.items() if unit.is_cell}


_POSTS = text("""
SELECT t.kind, p.full_name, op.name FROM post AS t JOIN member AS p ON p.id = t.member_id
JOIN organisation_period AS op ON op.organisation_id = t.organisation_id AND op.valid_to = :day
WHERE t.id = ANY(:ids)
UNION ALL
SELECT t.kind, p.full_name, op.name FROM post AS t JOIN member AS p ON p.id = t.member_id
JOIN organisation_period AS op ON op.organisation_id = t.organisation_id AND op.valid_to IS NULL
WHERE t.id = ANY(:ids) AND NOT EXISTS (SELECT FROM organisation AS o WHERE o.id = t.organisation_id AND o.ended_on = :day)
ORDER BY 3, 1 DESC, 2
""")
_GRANTS = text("""
SELECT g.role, a.display_name, op.name FROM role_grant AS g JOIN account AS a ON a.id = g.account_id
JOIN organisation_period AS op ON op.organisation_id = g.organisation_id AND op.valid_to = :day
WHERE g.id = ANY(:ids) ORDER BY 3, 1, 2
""")
_MEETINGS = text("""
SELECT organisation_id, count(*) FROM meeting WHERE organisation_id = ANY(:ended) AND held_on >= :day GROUP BY 1
""")
_EXCEPTIONS = text("""
SELECT count(*) FROM month_exception WHERE organisation_id = ANY(:ended) AND month + interval '1 month' > :day
""")
_INVITED = text("""
SELECT count(*) FROM planned_meeting
WHERE organisation_id = ANY(:ended) AND meeting_id IS NULL AND held_on >= :day
""")
_ALIKE = text(f"""
SELECT p.name FROM organisation_period AS p
WHERE p.parent_id = ANY(:ids) AND {holds_on("p", ":day")} GROUP BY p.parent_id, p.name HAVING count(*) > 1 ORDER BY 1
""")


def consequences(session: TenantSession, before: Before, written: Written) -> Consequences:
    """What an act that was just written has changed."""
    day, after = written.reform.day, living(session, written.reform.day)
    ended = {"ended": list(written.heirs), "day": day}
    flows = _flows(before, after, written)
    tops = sorted({unit.parent_id for id_ in written.changed if (unit := after.get(id_)) and unit.parent_id})
    return Consequences(
        alterations=tuple(_alterations(before, after, written)),
        flows=tuple(flows),
        posts=tuple(Ending(*row) for row in session.execute(_POSTS, {"ids": written.posts, "day": day})),
        grants=tuple(Ending(*row) for row in session.execute(_GRANTS, {"ids": written.grants, "day": day})),
        plans=tuple(_replanned(before, after, _plans(session, after, day), written)),
        small=tuple(_small(session, after, written)),
        meetings=tuple((before.units[id_].name, many) for id_, many in session.execute(_MEETINGS, ended)),
        exceptions=session.execute(_EXCEPTIONS, ended).scalar_one(),
        invitations=session.execute(_INVITED, ended).scalar_one(),
        alike=tuple(session.scalars(_ALIKE, {"ids": tops, "day": day})),
    )


def _alterations(before: Before, after: Mapping[int, Unit], written: Written) -> Iterable[Alteration]:
    for one in written.reform.changed:
        was, now = before.units[one.organisation_id], after[one.organisation_id]
        for what in ("name", "code", "type", "sector"):
            if getattr(was, what) != getattr(now, what):
                yield Alteration(was.name, what, getattr(was, what), getattr(now, what))
        if was.parent_id != now.parent_id:
            yield Alteration(
                was.name, "parent", _name(before.units, was.parent_id), _name(after, now.parent_id)
            )


def _name(units: Mapping[int, Unit], organisation_id: int | None) -> str:
    return units[organisation_id].name if organisation_id is not None and organisation_id in units else ""


@dataclass(frozen=True)
class _Routes:
    """From which organisation of the act a cell comes, and to which it goes."""

    before: Before
    after: Mapping[int, Unit]
    written: Written
    _seen: dict[int, int | None] = field(default_factory=dict)

    def source(self, cell: int) -> int | None:
        """The nearest at or above a cell that ends, or else that moves or that members leave; None for none."""
        if cell not in self._seen:
            line = list(_line(self.before.units, cell))
            left = {source for source, _ in self.written.moves.values()}
            moving = {
                one.organisation_id for one in self.written.reform.changed if one.parent is not None
            } | left
            self._seen[cell] = next(
                (id_ for among in (self.written.heirs, moving) for id_ in line if id_ in among), None
            )
        return self._seen[cell]

    def destination(self, cell: int | None) -> str | None:
        """The name of what takes it over: the nearest at or above it, as the act leaves it, that the act founded or that
        receives; else what it stands below."""
        if cell is None or cell not in self.after:
            return None
        line = list(_line(self.after, cell))
        parents = (self.after[id_].parent_id for id_ in self.written.changed if id_ in self.after)
        heirs = (heir for heirs in self.written.heirs.values() for heir in heirs)
        told = (self.written.id(one.to) for one in self.written.reform.moved)
        receiving = {*self.written.founded, *heirs, *parents, *told}
        return next((self.after[id_].name for id_ in line if id_ in receiving), self.after[line[-1]].name)


def _line(units: Mapping[int, Unit], start: int) -> Iterable[int]:
    """An organisation and those above it, the nearest first."""
    at: int | None = start
    while at is not None and at in units:
        yield at
        at = units[at].parent_id


def _flows(before: Before, after: Mapping[int, Unit], written: Written) -> list[Flow]:
    routes = _Routes(before, after, written)
    found: dict[tuple[int, str | None], Flow] = {}

    def flow(cell: int, new_cell: int | None) -> Flow | None:
        source = routes.source(cell)
        if source is None:
            return None
        key = (source, routes.destination(new_cell))
        return found.setdefault(key, Flow(before.units[source].name, key[1]))

    for id_, unit in before.units.items():
        to = id_ if id_ in after else written.heir(id_)
        counted = flow(id_, to) if unit.is_cell or before.tasks.get(id_) or before.pledges.get(id_) else None
        if counted is not None:
            counted.cells += unit.is_cell
            counted.tasks += before.tasks.get(id_, 0)
            counted.pledges += before.pledges.get(id_, 0)
    for member, cell in before.roll.items():
        counted = flow(cell, written.moves.get(member, (cell, cell))[1])
        if counted is not None:
            counted.members += 1
            counted.owing += member in before.owed
            counted.owed += before.owed.get(member, 0)
    return list(found.values())


def _replanned(
    before: Before, after: Mapping[int, Unit], plans: Mapping[int, str | None], written: Written
) -> Iterable[Planned]:
    routes, found = _Routes(before, after, written), defaultdict[tuple[str, str | None, str | None], int](int)
    for id_, was in before.plans.items():
        to = id_ if id_ in after else written.heir(id_)
        code = plans.get(to) if to is not None else None
        if was != code or routes.source(id_) is not None:
            found[routes.destination(to) or "", was, code] += 1
    taking = {heir for heirs in written.heirs.values() for heir in heirs}
    for id_ in written.founded:
        if id_ in plans and id_ not in taking:
            found[after[id_].name, None, plans[id_]] += 1
    return [Planned(place, many, was, code) for (place, was, code), many in found.items()]


def _small(session: TenantSession, after: Mapping[int, Unit], written: Written) -> Iterable[tuple[str, int]]:
    left = {source for source, _ in written.moves.values()} | {to for _, to in written.moves.values()}
    cells = sorted(id_ for id_ in {*left, *written.founded} if id_ in after and after[id_].is_cell)
    official = dict.fromkeys(cells, 0)
    for one in on_roll(session, written.reform.day, cells):
        official[one.organisation_id] += one.official
    return [(after[id_].name, many) for id_, many in official.items() if many < LEAST_OFFICIAL]
