"""A refinement laid over a plan: the same key replaces, `drop` removes, and nothing new comes in unnamed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Protocol, TypeVar

from bontot.errors import RefinementError
from bontot.policy.model import Policy, Scheme

T = TypeVar("T")


class Keyed(Protocol):
    """Whatever a plan states under a key."""

    @property
    def key(self) -> str: ...


def compose(plan: Policy, refinement: Policy) -> Policy:
    """The policy that holds where `refinement` does, whole and standing on its own.

    Items keep the plan's order; added ones follow. A scheme is laid over by group. A dropped criterion also
    leaves the groups and blockers that name it. Rules, frames and identity are the refinement's where it
    states them.

    Raises `RefinementError` naming every key that is neither in the plan nor in `adds`, every drop or
    addition that finds nothing to do, every key both dropped and stated, and days before the plan.
    """
    laying = _Laying(plan, refinement)
    composed = replace(
        refinement,
        version=f"{plan.version}+{refinement.version}",
        references=laying.over(plan.references, refinement.references, _key, free=True),
        thresholds=laying.over(plan.thresholds, refinement.thresholds, _key),
        options=laying.over(plan.options, refinement.options, _key),
        criteria=laying.over(plan.criteria, refinement.criteria, _key),
        schemes=laying.schemes(plan.schemes, refinement.schemes),
        recognitions=laying.over(plan.recognitions, refinement.recognitions, lambda item: item.scheme),
        report_formats=laying.over(plan.report_formats, refinement.report_formats, _key),
        sheets=laying.over(plan.sheets, refinement.sheets, _key),
        meeting_rule=refinement.meeting_rule or plan.meeting_rule,
        attendance_rule=refinement.attendance_rule or plan.attendance_rule,
        rating=refinement.rating or plan.rating,
        frames=refinement.frames or plan.frames,
        refines=None,
        adds=frozenset(),
        drop=frozenset(),
    )
    laying.finish()
    return composed


def stated_keys(policy: Policy) -> frozenset[str]:
    """Every key a policy itself states, of whatever kind."""
    groups = [group for scheme in policy.schemes for group in scheme.groups]
    kinds: tuple[Iterable[Keyed], ...] = (
        policy.thresholds,
        policy.options,
        policy.criteria,
        policy.schemes,
        policy.report_formats,
        policy.sheets,
        groups,
    )
    return frozenset(item.key for kind in kinds for item in kind)


class _Laying:
    """One refinement being laid; remembers what it did so that idle or unknown keys are found."""

    def __init__(self, plan: Policy, refinement: Policy) -> None:
        self.adds, self.drop = refinement.adds, refinement.drop
        self.added: set[str] = set()
        self.dropped: set[str] = set()
        self.problems = [
            f"“{key}” vừa bị bỏ vừa được nêu" for key in sorted(self.drop & stated_keys(refinement))
        ]
        if refinement.in_force_from < plan.in_force_from:
            self.problems.append(
                f"có hiệu lực từ {refinement.in_force_from:%d/%m/%Y}, khi kế hoạch bên dưới chưa có hiệu lực "
                f"({plan.in_force_from:%d/%m/%Y})"
            )

    def over(
        self, below: Iterable[T], above: Iterable[T], key: Callable[[T], str], *, free: bool = False
    ) -> tuple[T, ...]:
        items = {key(item): item for item in below}
        self.dropped |= items.keys() & self.drop
        for name, item in ((key(item), item) for item in above):
            if name not in items and not free:
                self._admit(name)
            items[name] = item
        return tuple(item for name, item in items.items() if name not in self.drop)

    def schemes(self, below: Iterable[Scheme], above: Iterable[Scheme]) -> tuple[Scheme, ...]:
        plan = {scheme.key: scheme for scheme in below}
        stated = [
            self._scheme(plan[scheme.key], scheme) if scheme.key in plan else scheme for scheme in above
        ]
        restated = {scheme.key for scheme in stated}
        for scheme in plan.values():
            if scheme.key not in restated:
                self.dropped |= {group.key for group in scheme.groups} & self.drop
        return tuple(self._without_dropped(scheme) for scheme in self.over(plan.values(), stated, _key))

    def _scheme(self, below: Scheme, above: Scheme) -> Scheme:
        return replace(above, groups=self.over(below.groups, above.groups, _key))

    def _without_dropped(self, scheme: Scheme) -> Scheme:
        def kept(keys: Iterable[str]) -> tuple[str, ...]:
            return tuple(key for key in keys if key not in self.drop)

        groups = (group for group in scheme.groups if group.key not in self.drop)
        return replace(
            scheme,
            groups=tuple(replace(group, criteria=kept(group.criteria)) for group in groups),
            blockers=kept(scheme.blockers),
        )

    def _admit(self, key: str) -> None:
        if key in self.adds:
            self.added.add(key)
        else:
            self.problems.append(
                f"“{key}” không có trong kế hoạch bên dưới và không được khai là thêm mới (adds)"
            )

    def finish(self) -> None:
        self.problems += [
            f"“{key}” bị bỏ (drop) nhưng kế hoạch bên dưới không có"
            for key in sorted(self.drop - self.dropped)
        ]
        self.problems += [
            f"“{key}” khai là thêm mới nhưng không thêm gì" for key in sorted(self.adds - self.added)
        ]
        if self.problems:
            raise RefinementError(tuple(self.problems))


def _key(item: Keyed) -> str:
    return item.key
