"""Who is judged: organisations by type and plan, members by the home cell they are in on the period's last day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from bontot.db.models.organisation import CELL_TYPES
from bontot.db.rolls import headcount
from bontot.evaluation.columns import Ids, Mask
from bontot.evaluation.narrowing import narrowed, wanted
from bontot.evaluation.period import Period
from bontot.evaluation.rules import SchemeRules
from bontot.evaluation.tree import Tree
from bontot.policy.terms import Subject

TYPES: dict[Subject, tuple[str, ...]] = {
    Subject.CELL: CELL_TYPES,
    Subject.BASE_ORGANISATION: ("grassroots_committee",),
}
"""The organisation types of a subject, where the scheme names none."""

_ROLL = f"""
SELECT member_id, organisation_id, official, exempt FROM ({headcount()}) AS roll
WHERE {wanted("organisation_id", "cells")} AND {wanted("member_id")}
ORDER BY member_id
"""
_SELECTED = f"""
SELECT policy_code, array_agg(DISTINCT organisation_id) FROM pilot_selection
WHERE selected_on < :to AND (ended_on IS NULL OR ended_on >= :to) AND {wanted("organisation_id")} GROUP BY policy_code
"""
_REGISTERED = f"""
SELECT coalesce(array_agg(organisation_id) FILTER (WHERE organisation_id IS NOT NULL), '{{}}'),
       coalesce(array_agg(member_id) FILTER (WHERE member_id IS NOT NULL), '{{}}')
FROM registration WHERE year = :year AND {wanted("coalesce(organisation_id, member_id)")}
"""


_FIRST_DAYS = text("""
SELECT member_id, min(valid_from) AS since FROM membership
WHERE kind = 'home' AND member_id = ANY(:members) GROUP BY member_id
""")


@dataclass(frozen=True, slots=True, eq=False)
class Subjects:
    """Those judged by one scheme, ids ascending, with what criteria may be restricted by."""

    ids: Ids
    types: list[str]
    sectors: list[str]
    alive: Mask
    """Whether the subject still exists on the period's last day."""

    def those(self, which: Mask) -> Subjects:
        """Some of them."""
        at = np.flatnonzero(which).tolist()
        types, sectors = ([of[place] for place in at] for of in (self.types, self.sectors))
        return Subjects(self.ids[which], types, sectors, self.alive[which])


@dataclass(frozen=True, slots=True, eq=False)
class Roll:
    """Members on the roll of the period's last day, ids ascending, with their home cells."""

    members: Ids
    homes: Ids
    official: Mask
    exempt: Mask


@dataclass(frozen=True, eq=False)
class Population:
    """Everyone who could be judged. With `policy_code` all are judged by that plan, as a what-if, or only those whom the
    plan `instead_of` governs."""

    tree: Tree
    roll: Roll
    selected: Callable[[], Mapping[str, frozenset[int]]]
    registered: Callable[[], Mapping[Subject, frozenset[int]]]
    since: Callable[[], Mapping[int, date]]
    """The first day of each member on the roll of any cell of the committee."""
    policy_code: str | None = None
    instead_of: str | None = None
    only_members: frozenset[int] | None = None
    _plans: dict[int, str | None] = field(default_factory=dict, repr=False)

    def plan(self, organisation_id: int) -> str | None:
        """The code of the plan an organisation is judged by."""
        if self.policy_code is not None and self.instead_of is None:
            return self.policy_code
        if organisation_id not in self._plans:
            self._plans[organisation_id] = self.tree.governing(organisation_id)
        governing = self._plans[organisation_id]
        if self.instead_of is None:
            return governing
        return self.policy_code if governing == self.instead_of else None

    def plans(self) -> list[str]:
        """Codes of the plans somebody is judged by, in order."""
        types = {kind for kinds in TYPES.values() for kind in kinds}
        return sorted({code for id_ in self.tree.of_types(types) if (code := self.plan(id_))})

    def cells_by_plan(self) -> dict[str | None, int]:
        """How many cells each plan judges, by code; None: those no plan does."""
        codes = Counter(self.plan(id_) for id_ in self.tree.of_types(CELL_TYPES))
        return dict(sorted(codes.items(), key=lambda item: item[0] or ""))

    def subjects(self, rules: SchemeRules, code: str) -> Subjects:
        """Those whom `rules`, of the plan `code` or of a frame beside it, judge."""
        if rules.subject is Subject.MEMBER:
            return self._members(rules, code)
        if self.only_members is not None:
            return _subjects([], [], [], [])
        types = rules.organisation_types or TYPES[rules.subject]
        ids = [
            id_
            for id_ in self.tree.of_types(types)
            if self.plan(id_) == code and self._enrolled(rules, code, id_)
        ]
        day = self.tree.period.last_day
        return self._described(ids, ids, [self.tree.nodes[id_].existed_on(day) for id_ in ids])

    def _members(self, rules: SchemeRules, code: str) -> Subjects:
        types = rules.organisation_types or CELL_TYPES
        cells = [id_ for id_ in self.tree.of_types(types) if self.plan(id_) == code]
        here = np.isin(self.roll.homes, np.array(cells, np.int64))
        pairs = zip(self.roll.members[here].tolist(), self.roll.homes[here].tolist(), strict=True)
        kept = [(member, home) for member, home in pairs if self._enrolled(rules, code, home, member)]
        return self._described([member for member, _ in kept], [home for _, home in kept], [True] * len(kept))

    def _described(self, ids: list[int], organisations: list[int], alive: list[bool]) -> Subjects:
        """Subjects with the type and sector, on its last day, of the organisation each is or belongs to."""
        period, nodes = self.tree.period, self.tree.nodes
        standings = {id_: nodes[id_].on(nodes[id_].last_day(period)) for id_ in set(organisations)}
        return _subjects(
            ids,
            [standings[id_].type for id_ in organisations],
            [standings[id_].sector for id_ in organisations],
            alive,
        )

    def _enrolled(
        self, rules: SchemeRules, code: str, organisation_id: int, member_id: int | None = None
    ) -> bool:
        """Whether a plan considers an organisation, or a member of it: selected are cells, with their members."""
        if rules.enrolment == "registration":
            if member_id is not None:
                return member_id in self.registered()[Subject.MEMBER]
            return organisation_id in self.registered()[Subject.CELL]
        if rules.enrolment == "selection":
            return organisation_id in self.selected().get(code, frozenset())
        return True


def read_population(
    session: Session, tree: Tree, *, members: Sequence[int] | None = None, policy_code: str | None = None
) -> Population:
    """Everyone of the tree, in one statement, and one more for each way of enrolling that is asked about; with `members`
    only these and no organisation."""
    period = tree.period
    asked = None if tree.asked is None else sorted(tree.asked)
    binds = {"day": period.last_day, "cells": asked, "subjects": None if members is None else list(members)}
    rows = session.execute(narrowed(_ROLL, binds), binds).all()
    return Population(
        tree=tree,
        roll=Roll(
            members=np.array([row[0] for row in rows], np.int64),
            homes=np.array([row[1] for row in rows], np.int64),
            official=np.array([row[2] for row in rows], np.bool_),
            exempt=np.array([row[3] for row in rows], np.bool_),
        ),
        selected=cache(lambda: _selected(session, period, asked)),
        registered=cache(lambda: _registered(session, period, asked, [row[0] for row in rows])),
        since=cache(lambda: _since(session, [row[0] for row in rows])),
        policy_code=policy_code,
        only_members=None if members is None else frozenset(members),
    )


def _selected(session: Session, period: Period, asked: list[int] | None) -> dict[str, frozenset[int]]:
    binds = {"to": period.to, "subjects": asked}
    return {code: frozenset(ids) for code, ids in session.execute(narrowed(_SELECTED, binds), binds)}


def _registered(
    session: Session, period: Period, asked: list[int] | None, members: list[int]
) -> dict[Subject, frozenset[int]]:
    subjects = None if asked is None else sorted({*asked, *members})
    binds = {"year": period.year, "subjects": subjects}
    organisations, persons = session.execute(narrowed(_REGISTERED, binds), binds).one()
    return {Subject.CELL: frozenset(organisations), Subject.MEMBER: frozenset(persons)}


def _since(session: Session, members: list[int]) -> dict[int, date]:
    rows = session.execute(_FIRST_DAYS, {"members": members})
    return {row.member_id: row.since for row in rows}


def _subjects(ids: list[int], types: list[str], sectors: list[str], alive: list[bool]) -> Subjects:
    return Subjects(np.array(ids, np.int64), types, sectors, np.array(alive, np.bool_))
