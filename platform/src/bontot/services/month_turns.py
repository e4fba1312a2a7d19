"""What an act changes in a month of many cells, found by trying it: which turn alike, which invitations no longer fit, and
which new days are days off.

A superior's order and a committee's own days off are shown this way before they are written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from bontot.clock import today
from bontot.db.models import Organisation
from bontot.db.tenancy import TenantSession
from bontot.evaluation.incremental import mark, mark_whole
from bontot.evaluation.schedule import MonthView, month_board, months_board
from bontot.policy.calendar import How, Misfit
from bontot.registry import Registry
from bontot.services.agenda import cells_of
from bontot.services.organisations import Node, subtree, tree
from bontot.services.planning import Invited, invitations, month_of, open_invitations
from bontot.services.trying import tried

WEEKLY_REST = ("saturday", "sunday")
AT_ONCE = 60
"""Cells judged again with the act itself; of more the year is evaluated in the background."""
Cells = Sequence[tuple[Node, Node | None]]
"""Cells, each with the body above it."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Cells whose month turns from one state into another alike; the states are the first's."""

    cells: Cells
    before: MonthView
    after: MonthView


@dataclass(frozen=True, slots=True)
class Unfit:
    """An invitation that does not fit its month, and why."""

    invited: Invited
    month: MonthView
    why: Misfit


@dataclass(frozen=True, slots=True)
class Consequences:
    """What an act changes: alike cells together, in the order of the tree, and how many keep their month; the invitations of
    those changed that then do not fit, each with its cell; the days it orders that are days off, with the names of those
    that are not the weekly rest."""

    turns: Sequence[Turn]
    unchanged: int
    unfit: Sequence[tuple[Node, Unfit]] = ()
    off: Mapping[date, Sequence[str]] = field(default_factory=dict)

    @property
    def changed(self) -> int:
        """How many cells' month changes."""
        return sum(len(turn.cells) for turn in self.turns)


def turned_by(
    session: TenantSession, registry: Registry, cells: Cells, month: date, act: Callable[[], object]
) -> Consequences:
    """The month of every cell before and after `act`, which is then undone. Raises PluginUnavailable."""
    day = today(session)
    ids = [cell.id for cell, _ in cells]
    before = month_board(session, registry, ids, month, day)
    with tried(session):
        act()
        session.flush()
        after = month_board(session, registry, ids, month, day)
    turned: dict[object, list[tuple[Node, Node | None]]] = {}
    for cell, above in cells:
        if cell.id in before and _state(before[cell.id]) != _state(after[cell.id]):
            key = _state(before[cell.id]), _state(after[cell.id])
            turned.setdefault(key, []).append((cell, above))
    turns = [Turn(alike, before[alike[0][0].id], after[alike[0][0].id]) for alike in turned.values()]
    changed = {cell.id: cell for turn in turns for cell, _ in turn.cells}
    out = [one for one in invitations(session, list(changed), *month_of(month)) if not one.recorded]
    unfit = _unfit(out, {(id_, month): after[id_] for id_ in changed})
    return Consequences(
        turns,
        len(before) - len(changed),
        [(changed[one.invited.organisation_id], one) for one in unfit],
        _days_off(after[id_] for id_ in changed),
    )


def _state(month: MonthView) -> tuple[object, object]:
    return month.planned.scheduled, month.standing


def _days_off(months: Iterable[MonthView]) -> dict[date, Sequence[str]]:
    """The days a superior orders for these months that are days off for some cell."""
    found: dict[date, Sequence[str]] = {}
    for month in months:
        planned = month.planned
        if planned.scheduled.how is How.EXCEPTION:
            for day in filter(None, (planned.scheduled.day, planned.scheduled.deadline)):
                blocks = planned.days_off.blocks(planned.rule, day)
                if blocks:
                    found[day] = [block.name for block in blocks if block.kind not in WEEKLY_REST]
    return dict(sorted(found.items()))


def unfit_invitations(session: TenantSession, registry: Registry, cells: Sequence[int]) -> list[Unfit]:
    """The invitations of some cells to regular meetings still to be held that do not fit their month: the plan, an order or
    the cell's own day say otherwise since. Raises PluginUnavailable."""
    day = today(session)
    out = [one for one in open_invitations(session, cells, day) if one.regular]
    months = {one.month for one in out}
    return _unfit(out, months_board(session, registry, cells, months, day)) if out else []


def _unfit(out: Iterable[Invited], months: Mapping[tuple[int, date], MonthView]) -> list[Unfit]:
    found = ((one, months.get((one.organisation_id, one.month))) for one in out)
    return [
        Unfit(one, month, why)
        for one, month in found
        if month is not None and (why := month.planned.scheduled.misfit(one.held_on))
    ]


def follow(session: TenantSession, organisation_id: int | None, month: date) -> None:
    """Has the cells below an organisation (None: all) judged again; of a year to come nothing is judged yet."""
    if month.year > today(session).year:
        return
    within = frozenset(session.scalars(select(Organisation.id)))
    cells = cells_in(session, organisation_id, within, month)
    if len(cells) > AT_ONCE:
        mark_whole(session)
        return
    for cell, _ in cells:
        mark(session, cell.id, month.year)


def cells_in(
    session: TenantSession, organisation_id: int | None, within: frozenset[int], month: date
) -> list[tuple[Node, Node | None]]:
    """The cells below an organisation (None: all): of a month that is over those that were below when it ended."""
    at = min(today(session), month_of(month)[1])
    if organisation_id is None:
        return list(cells_of(tree(session, within, at)))
    return list(cells_of((subtree(session, organisation_id, within, at),)))
