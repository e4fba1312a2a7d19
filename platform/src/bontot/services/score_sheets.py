"""The sheets by which meetings are scored: which one a plan, or a frame beside it, has for a cell on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bontot.db.tenancy import TenantSession
from bontot.evaluation.frames import beside_on, read_adoptions
from bontot.evaluation.period import Period
from bontot.evaluation.tree import read_tree
from bontot.evaluation.values import read_values
from bontot.policy.model import Policy
from bontot.policy.resolve import Resolved
from bontot.policy.sheets import ScoreSheet
from bontot.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetInForce:
    """A sheet with the plan or frame it belongs to and the limits of its bands on the day of the meeting."""

    policy: Policy
    sheet: ScoreSheet
    limits: Mapping[str, Decimal]


class Sheets:
    """The sheets of some cells on some days, read at once, for the pages and for workbooks. What counts is where a cell
    stood on the day: one that has moved since was scored by the plan it had then."""

    def __init__(self, session: TenantSession, registry: Registry, asked: Iterable[tuple[int, date]]) -> None:
        self._registry = registry
        self._values = read_values(session, registry, adoptions=read_adoptions(session))
        years: dict[int, set[int]] = defaultdict(set)
        for cell, day in asked:
            years[day.year].add(cell)
        self._trees = {
            year: read_tree(session, Period(year, date(year, 12, 31)), sorted(cells))
            for year, cells in years.items()
        }

    def on(self, cell: int, day: date) -> SheetInForce | None:
        """The sheet by which a cell's regular meetings of a day are scored: the plan's own, else that of the first frame
        beside it; None without one. The cell and the day are among those asked for. Raises `PluginUnavailable`."""
        code = self._trees[day.year].plan(cell, day)
        return self._of_plan(code, day) if code is not None else None

    def _of_plan(self, code: str, day: date) -> SheetInForce | None:
        own = self._registry.policy(code)
        among = (own, *beside_on(self._registry, self._values.adoptions, code, day))
        policy = next((policy for policy in among if policy.sheets), None)
        if policy is None:
            return None
        found = self._values.on(code, day) if policy is own else self._values.of_frame(policy.code, day)
        return SheetInForce(policy=policy, sheet=policy.sheets[0], limits=_limits(policy.sheets[0], found))


def _limits(sheet: ScoreSheet, values: Mapping[str, Resolved]) -> dict[str, Decimal]:
    numbers = {key: values[key].number for key, _ in sheet.bands}
    return {key: number for key, number in numbers.items() if number is not None}
