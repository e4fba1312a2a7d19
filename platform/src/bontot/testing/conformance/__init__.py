"""Whether a plugin keeps what the platform builds on.

What it declares holds together, is the same whenever and wherever it is asked, decides every boundary as plain reasoning
does, and gives a meeting calendar for years to come. What only records can show is in `bontot.testing.answers`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import cache

from bontot.policy.calendar import DayOff, DaysOff
from bontot.policy.layouts import OWN
from bontot.policy.purposes import idle, outvoted
from bontot.policy.terms import Clause, Dated
from bontot.registry import Failure, Loaded, Offer, Registry, answers
from bontot.testing.conformance.boundaries import boundary_problems, order_problems, standings
from bontot.testing.conformance.months import YEARS, calendar_problems
from bontot.testing.conformance.purity import Probes, probe
from bontot.testing.conformance.questions import question_problems
from bontot.testing.conformance.scores import score_problems
from bontot.testing.conformance.sources import foreign_imports


@dataclass(frozen=True, slots=True, kw_only=True)
class Conformance:
    """How much of a plugin was looked at, by kind, every way it falls short, and what it should know of: parts of the
    interface that will be retired, values that nothing uses."""

    plugin: str
    counts: Mapping[str, int]
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()


def check(registry: Registry, *names: str) -> tuple[Conformance, ...]:
    """Examine plugins of a loaded registry, in the order named."""
    probes = probe([one.name for one in registry.plugins if one.name in names])
    days_off = cache(lambda year: DaysOff(registry.days_off(year)))
    return tuple(_Examination(registry, name, counts=Counter()).report(probes, days_off) for name in names)


@dataclass(frozen=True, slots=True)
class _Examination:
    """One plugin being looked at."""

    registry: Registry
    name: str
    counts: Counter[str]

    def report(self, probes: Probes, days_off: Callable[[int], DaysOff]) -> Conformance:
        failures = (failure for failure in self.registry.failures if failure.plugin == self.name)
        problems = [sentence for failure in failures for sentence in _sentences(failure)]
        for offer in self.registry.policies.values():
            if offer.plugin == self.name:
                problems += self.offer(offer, days_off)
        loaded = next((one for one in self.registry.plugins if one.name == self.name), None)
        problems += self.plugin(loaded, probes) if loaded else ()
        notes = [
            *(loaded.notes if loaded else ()),
            *self.idle_values(),
            *self.idle_criteria(),
            *self.idle_forms(loaded),
        ]
        return Conformance(plugin=self.name, counts=self.counts, problems=tuple(problems), notes=tuple(notes))

    def idle_forms(self, loaded: Loaded | None) -> Iterator[str]:
        """Forms of which no paper comes: none of the product's own, and without a layout."""
        own = [offer.policy for offer in self.registry.policies.values() if offer.plugin == self.name]
        stated = [form for policy in own for form in policy.report_formats]
        for form in (*(loaded.formats if loaded else ()), *stated):
            if not form.layout and form.key not in OWN:
                yield f"không có văn bản nào lập theo biểu mẫu “{form.key}”; thêm layout cho nó"

    def idle_criteria(self) -> Iterator[str]:
        """Criteria said to decide where only points do."""
        for code, offer in self.registry.policies.items():
            if offer.plugin == self.name:
                for key in outvoted(offer.policy):
                    yield (
                        f"{code}: “{key}” không quyết định gì vì danh hiệu xét bằng điểm; đưa vào blockers, "
                        "hoặc khai role=Role.INFORMS"
                    )

    def idle_values(self) -> Iterator[str]:
        """Values of the plugin's policies that nothing uses; of a refinement those it leaves so."""
        offers = self.registry.policies
        beside = frozenset(
            item.frame for offer in offers.values() for item in offer.policy.thresholds if item.frame
        )
        for code, offer in offers.items():
            if offer.plugin == self.name:
                below = offers.get(offer.stack[-1].refines or "")
                known = set(idle(below.policy, beside)) if below else set()
                for value in idle(offer.policy, beside):
                    if value not in known:
                        yield f"{code}: không có gì dùng “{value.key}”; đặt giá trị nào cũng không đổi kết quả"

    def offer(self, offer: Offer, days_off: Callable[[int], DaysOff]) -> Iterator[str]:
        _count(offer, self.counts)
        standing = list(standings(self.registry, offer))
        yield from boundary_problems(offer, standing, self.counts)
        yield from order_problems(offer, self.counts)
        yield from score_problems(offer, standing, self.counts)
        yield from calendar_problems(self.registry, offer, days_off, self.counts)

    def plugin(self, loaded: Loaded, probes: Probes) -> Iterator[str]:
        self.counts["biểu mẫu"] += len(loaded.formats)
        if loaded.api is None and not loaded.own:
            yield "chưa khai viết cho API nào; thêm API = 1 vào mô-đun của điểm vào"
        yield from foreign_imports(loaded, self.counts)
        yield from _holiday_problems(loaded, self.counts)
        yield from question_problems(self.registry, loaded, self.counts)
        yield from probes.problems(loaded.name, self.counts)
        yield from () if loaded.own else probes.slowness(loaded.name)


def _sentences(failure: Failure) -> Iterator[str]:
    yield from (f"{failure.policy}: {reason}" if failure.policy else reason for reason in failure.reasons)


def _count(offer: Offer, counts: Counter[str]) -> None:
    """What schema, references, names, dates, bounds and text were checked on when the policy was admitted."""
    policy = offer.policy
    counts["kế hoạch"] += 1
    counts["văn bản"] += len(policy.references)
    counts["bảng xét"] += len(policy.schemes)
    counts["tiêu chí"] += len(policy.criteria)
    counts["mức"] += len(policy.thresholds)
    counts["lựa chọn"] += len(policy.options)
    counts["biểu mẫu"] += len(policy.report_formats)
    for part in _parts(policy):
        counts["giá trị có ngày"] += isinstance(part, Dated)
        counts["căn cứ"] += isinstance(part, Clause)
        counts["chữ"] += isinstance(part, str) and not isinstance(part, Enum)


def _parts(value: object) -> Iterator[object]:
    """A declaration and everything in it."""
    yield value
    if is_dataclass(value) and not isinstance(value, type):
        yield from (part for field in fields(value) for part in _parts(getattr(value, field.name)))
    elif isinstance(value, Sequence | frozenset) and not isinstance(value, str):
        yield from (part for item in value for part in _parts(item))
    elif isinstance(value, Mapping):
        yield from (part for pair in value.items() for part in _parts(pair))


def _holiday_problems(loaded: Loaded, counts: Counter[str]) -> Iterator[str]:
    for year in YEARS:
        try:
            counts["ngày nghỉ"] += len(answers(loaded.hooks.bontot_holidays(year=year), DayOff))
        except Exception as error:  # noqa: BLE001 - a plugin may raise anything
            yield f"ngày nghỉ năm {year}: {type(error).__name__}: {error}"
