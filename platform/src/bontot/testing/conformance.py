"""Whether a plugin keeps what the platform builds on: what it declares holds together, is the same each time
it is asked, and gives a meeting calendar for years to come."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

from bontot.policy.calendar import DayOff, DaysOff, How, scheduled_month
from bontot.policy.digest import digest
from bontot.policy.meeting import calendar_rule
from bontot.policy.resolve import resolve_all
from bontot.registry import Failure, Loaded, Offer, Registry, answers, load, plugin_entry_points

CALENDAR = range(2023, 2033)
"""Ten years from the first of the plans shipped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conformance:
    """How much of a plugin was looked at, by kind, and every way it falls short."""

    plugin: str
    counts: Mapping[str, int]
    problems: tuple[str, ...]


def check(registry: Registry, name: str) -> Conformance:
    """Examine one plugin of a loaded registry."""
    counts: Counter[str] = Counter()
    problems = [_words(failure) for failure in registry.failures if failure.plugin == name]
    for loaded in registry.plugins:
        if loaded.name == name:
            counts["phép đo"] += len(loaded.metrics)
            counts["biểu mẫu"] += len(loaded.formats)
            problems += [*_foreign_imports(loaded), *_impurities(loaded), *_holiday_problems(loaded, counts)]
    for offer in registry.policies.values():
        if offer.plugin == name:
            _count(offer, counts)
            problems += _calendar_problems(registry, offer, counts)
    return Conformance(plugin=name, counts=counts, problems=tuple(problems))


def _words(failure: Failure) -> str:
    return f"{failure.policy}: {failure.reason}" if failure.policy else failure.reason


def _count(offer: Offer, counts: Counter[str]) -> None:
    policy = offer.policy
    counts["kế hoạch"] += 1
    counts["văn bản"] += len(policy.references)
    counts["bảng xét"] += len(policy.schemes)
    counts["tiêu chí"] += len(policy.criteria)
    counts["mức"] += len(policy.thresholds)
    counts["lựa chọn"] += len(policy.options)
    counts["biểu mẫu"] += len(policy.report_formats)


def _foreign_imports(loaded: Loaded) -> Iterator[str]:
    """Imports of anything but `bontot.plugin`, the standard library and the plugin itself."""
    package = _package(loaded)
    if loaded.own:
        return
    for source in _sources(sys.modules[package]):
        for name in _imported(ast.parse(source.read_bytes())):
            allowed = name == "bontot.plugin" or name.partition(".")[0] in (package, *sys.stdlib_module_names)
            if not allowed:
                yield f"{source.name}: dùng {name}, ngoài bontot.plugin và thư viện chuẩn"


def _sources(module: ModuleType) -> Iterator[Path]:
    """The files of a module or of a whole package."""
    if module.__file__ and not hasattr(module, "__path__"):
        yield Path(module.__file__)
    for folder in getattr(module, "__path__", ()):
        yield from sorted(Path(folder).rglob("*.py"))


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module == "bontot":
            yield from (f"bontot.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module


def _entry_point(loaded: Loaded) -> EntryPoint:
    return next(entry for entry in plugin_entry_points() if entry.name == loaded.name)


def _package(loaded: Loaded) -> str:
    return _entry_point(loaded).module.partition(".")[0]


def _impurities(loaded: Loaded) -> Iterator[str]:
    """Declarations that differ when the plugin is imported and asked once more."""
    with _forgotten(_package(loaded)):
        again = load(_entry_point(loaded))
    first = {policy.code: digest(policy) for policy in loaded.policies}
    second = {policy.code: digest(policy) for policy in again.policies}
    if first != second:
        differing = sorted(
            code for code in first.keys() | second.keys() if first.get(code) != second.get(code)
        )
        yield f"nạp hai lần cho hai nội dung khác nhau: {', '.join(differing)}"
    if [metric.key for metric in loaded.metrics] != [metric.key for metric in again.metrics]:
        yield "nạp hai lần cho các phép đo khác nhau"


@contextmanager
def _forgotten(package: str) -> Iterator[None]:
    """The package as if never imported; afterwards the modules known before are back."""
    known = {name: module for name, module in sys.modules.items() if _within(name, package)}
    _drop(known)
    try:
        yield
    finally:
        _drop({name: module for name, module in sys.modules.items() if _within(name, package)})
        sys.modules.update(known)


def _within(name: str, package: str) -> bool:
    return package != "bontot" and (name == package or name.startswith(f"{package}."))


def _drop(modules: Mapping[str, ModuleType]) -> None:
    for name in modules:
        del sys.modules[name]


def _holiday_problems(loaded: Loaded, counts: Counter[str]) -> Iterator[str]:
    for year in CALENDAR:
        try:
            counts["ngày nghỉ"] += len(answers(loaded.hooks.bontot_holidays(year=year), DayOff))
        except Exception as error:  # noqa: BLE001 - a plugin may raise anything
            yield f"ngày nghỉ năm {year}: {type(error).__name__}: {error}"


def _calendar_problems(registry: Registry, offer: Offer, counts: Counter[str]) -> Iterator[str]:
    """Ten years of the plan's meeting calendar: no month may lack a day the rule fixes, or a deadline in
    it."""
    rule = offer.policy.meeting_rule
    if rule is None:
        return
    for year in CALENDAR:
        values = resolve_all(offer.stack, (), date(year, 12, 31))
        plain = calendar_rule(rule, values.__getitem__)
        days_off = DaysOff(registry.days_off(year))
        for month in range(1, 13):
            counts["tháng"] += 1
            planned = scheduled_month(plain, year, month, days_off)
            if planned.how is How.MANUAL:
                yield f"{offer.policy.code}: tháng {month:02}/{year} không có ngày sinh hoạt nào trong hạn"
