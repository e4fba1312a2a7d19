"""Entry points → what this instance can judge by.

Each plugin is loaded alone. Whatever it does wrong is recorded with its reason and left out; the rest serve
on.
"""

from __future__ import annotations

import sysconfig
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from inspect import signature
from pathlib import Path
from types import ModuleType
from typing import TypeVar

import pluggy

from bontot import plugin
from bontot.api_version import declared_api
from bontot.errors import BontotError, DeclarationError, PluginUnavailable
from bontot.policy.calendar import DayOff
from bontot.policy.compose import compose
from bontot.policy.counts import Metric
from bontot.policy.digest import digest
from bontot.policy.layouts import layout_problems
from bontot.policy.model import Measure, Policy, ReportFormat, Threshold
from bontot.policy.shape import misshapen
from bontot.policy.terms import Subject
from bontot.policy.validate import problems
from bontot.policy.words import STRETCHES

T = TypeVar("T")
K = TypeVar("K")
HERE = Path(__file__).parent
OWN = "bontot"
"""The platform's own distribution: its declarations come first and cannot be replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Something a plugin declared, or the plugin itself, that cannot be used as it is, with a sentence for everything that
    is wrong. What is `left_out` is absent; otherwise it serves on and only what the reason names is missing."""

    plugin: str
    reasons: tuple[str, ...]
    policy: str | None = None
    left_out: bool = True

    @property
    def reason(self) -> str:
        """Everything that is wrong, in one line."""
        return "; ".join(self.reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A policy ready to judge by: composed, with the uncomposed layers it came from (plan first), the plugin
    that brought it and the digest that names exactly this content."""

    policy: Policy
    stack: tuple[Policy, ...]
    plugin: str
    plugin_version: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """One plugin as it answered: `module` its entry point's, `api` the interface it says it was written for, `notes` what
    of that interface will be retired."""

    name: str
    module: str
    version: str
    own: bool
    hooks: pluggy.HookRelay
    policies: tuple[Policy, ...]
    metrics: tuple[Metric, ...]
    formats: tuple[ReportFormat, ...]
    api: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Registry:
    """All that plugins declare, by code or key; metrics by subject and key. Equal only to itself: what follows from it can
    be kept by it."""

    policies: Mapping[str, Offer]
    metrics: Mapping[tuple[Subject, str], Metric]
    formats: Mapping[str, ReportFormat]
    failures: tuple[Failure, ...] = ()
    plugins: tuple[Loaded, ...] = field(default=(), repr=False)

    @classmethod
    def load(cls, off: frozenset[str] = frozenset()) -> Registry:
        """Load every installed plugin except those named in `off`, which are not even imported."""
        gathering = _Gathering()
        for entry_point in plugin_entry_points():
            gathering.take(entry_point, off)
        return gathering.registry()

    def offer(self, code: str) -> Offer:
        """The policy of that code with its provenance. Raises `PluginUnavailable` with the reason."""
        if code in self.policies:
            return self.policies[code]
        raise PluginUnavailable(f"Kế hoạch “{code}” chưa dùng được: {self._reason(code)}.")

    def policy(self, code: str) -> Policy:
        """The composed policy of that code. Raises `PluginUnavailable` with the reason."""
        return self.offer(code).policy

    def stack(self, code: str) -> tuple[Policy, ...]:
        """The plan and its refinements, uncomposed: what values are resolved in. Raises
        `PluginUnavailable`."""
        return self.offer(code).stack

    def frames(self, code: str) -> tuple[Policy, ...]:
        """The frames evaluated beside a policy, as far as they are available. Raises `PluginUnavailable`."""
        return tuple(
            self.policies[frame].policy for frame in self.policy(code).frames if frame in self.policies
        )

    def days_off(self, year: int) -> tuple[DayOff, ...]:
        """Every plugin's seed of days off for a year, by day; the platform's own wins over others for the
        same day and kind. Raises `DeclarationError` naming the plugin that answered wrongly."""
        found: dict[tuple[object, ...], DayOff] = {}
        for loaded in reversed(self.plugins):
            try:
                records = answers(loaded.hooks.bontot_holidays(year=year), DayOff)
            except Exception as error:
                raise DeclarationError(
                    (f"{loaded.name}: ngày nghỉ năm {year}: {_sentence(error)}",)
                ) from error
            found |= {(record.day, record.kind): record for record in records}
        return tuple(sorted(found.values(), key=lambda record: (record.day, record.kind)))

    def _reason(self, code: str) -> str:
        for failure in self.failures:
            if failure.policy == code:
                return failure.reason
        for failure in self.failures:
            if failure.policy is None and failure.left_out and owns(failure.plugin, code):
                return failure.reason
        return "chưa cài thành phần nào khai kế hoạch này"


def plugin_entry_points() -> list[EntryPoint]:
    """Every installed plugin: ours first, then by name; one distribution found twice on the path counts
    once."""
    found = {(entry.name, entry.value): entry for entry in entry_points(group=plugin.PROJECT)}
    return sorted(found.values(), key=lambda entry: (not _is_own(entry), entry.name, entry.value))


class _Gathering:
    """Plugins being taken in one after another; turns into a `Registry`."""

    def __init__(self) -> None:
        self.loaded: list[Loaded] = []
        self.failures: list[Failure] = []

    def take(self, entry_point: EntryPoint, off: frozenset[str]) -> None:
        name = entry_point.name
        if name in off:
            self.fail(name, "đang tắt bằng BONTOT_PLUGINS_OFF")
        elif any(loaded.name == name for loaded in self.loaded):
            self.fail(name, "có hai thành phần trùng tên, chỉ dùng thành phần đầu")
        else:
            try:
                self.loaded.append(load(entry_point))
            except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin may raise anything; none may stop the rest
                self.fail(name, *_sentences(error))

    def fail(self, name: str, *reasons: str, policy: str | None = None, left_out: bool = True) -> None:
        self.failures.append(Failure(plugin=name, reasons=reasons, policy=policy, left_out=left_out))

    def registry(self) -> Registry:
        metrics = self._unique(
            lambda loaded: loaded.metrics, lambda metric: (metric.subject, metric.key), "{0[1]}” ({0[0]})"
        )
        formats = self._unique(lambda loaded: loaded.formats, lambda form: form.key, "{}”")
        policies = self._policies()
        for offer in policies.values():
            for reason in _missing(offer.policy, policies, metrics):
                self.fail(offer.plugin, reason, policy=offer.policy.code, left_out=False)
        return Registry(
            policies=policies,
            metrics=metrics,
            formats=formats,
            failures=tuple(self.failures),
            plugins=tuple(self.loaded),
        )

    def _unique(
        self, items: Callable[[Loaded], Iterable[T]], key: Callable[[T], K], words: str
    ) -> dict[K, T]:
        found: dict[K, T] = {}
        for loaded in self.loaded:
            for item in items(loaded):
                if key(item) in found:
                    self.fail(
                        loaded.name, f"“{words.format(key(item))} đã có thành phần khác khai", left_out=False
                    )
                else:
                    found[key(item)] = item
        return found

    def _policies(self) -> dict[str, Offer]:
        """Every policy that stands, with those it refines composed beneath it."""
        declared: dict[str, tuple[Loaded, Policy]] = {}
        for loaded in self.loaded:
            for policy in loaded.policies:
                if not owns(loaded.name, policy.code):
                    said = f"mã “{policy.code}” không mở đầu bằng tên thành phần"
                    self.fail(loaded.name, said, policy=policy.code)
                elif policy.code in declared:
                    said = f"mã “{policy.code}” đã có thành phần khác khai"
                    self.fail(loaded.name, said, policy=policy.code)
                else:
                    declared[policy.code] = loaded, policy
        offers: dict[str, Offer] = {}
        for code, (loaded, _) in declared.items():
            try:
                offers[code] = _offer(loaded, _stack(code, declared))
            except Exception as error:  # noqa: BLE001 - garbage may fail anywhere in composing or checking it
                self.fail(loaded.name, *_sentences(error), policy=code)
        return offers


def load(entry_point: EntryPoint) -> Loaded:
    """Import one plugin and ask it everything once. Raises whatever the plugin raises, or `DeclarationError`: before
    importing it, when it was written for an interface this platform does not have."""
    distribution = entry_point.dist
    api = declared_api(entry_point)
    _refuse_foreign(api)
    manager = pluggy.PluginManager(plugin.PROJECT)
    manager.add_hookspecs(plugin)
    module: ModuleType = entry_point.load()
    _refuse_misdeclared(manager, module)
    with warnings.catch_warnings(record=True) as retired:
        warnings.simplefilter("always")
        manager.register(module, entry_point.name)
        manager.check_pending()
    formats = answers(manager.hook.bontot_report_formats(), ReportFormat)
    if problems := tuple(problem for form in formats for problem in layout_problems(form)):
        raise DeclarationError(problems)
    return Loaded(
        name=entry_point.name,
        module=entry_point.module,
        api=api,
        notes=tuple(str(warning.message) for warning in retired),
        version=distribution.version if distribution else "",
        own=_is_own(entry_point),
        hooks=manager.hook,
        policies=answers(manager.hook.bontot_policies(), Policy),
        metrics=answers(manager.hook.bontot_metrics(), Metric),
        formats=formats,
    )


def _refuse_foreign(api: int | None) -> None:
    """A plugin that does not say was written before plugins did."""
    if api is not None and not plugin.OLDEST_API <= api <= plugin.NEWEST_API:
        supported = ", ".join(str(number) for number in range(plugin.OLDEST_API, plugin.NEWEST_API + 1))
        raise DeclarationError((f"viết cho API {api}, hệ thống này chỉ có API {supported}",))


def _refuse_misdeclared(manager: pluggy.PluginManager, module: ModuleType) -> None:
    """A hook without its marker would be passed over in silence; of one that does not exist, or asks for what it is not
    given, say which."""
    wrong = [
        sentence
        for name in dir(module)
        if name.startswith(f"{plugin.PROJECT}_")
        for sentence in _hook_problems(manager, module, name)
    ]
    if wrong:
        raise DeclarationError(tuple(wrong))


def _hook_problems(manager: pluggy.PluginManager, module: ModuleType, name: str) -> Iterator[str]:
    hook, given = getattr(module, name), getattr(plugin, name, None)
    if given is None:
        yield f"không có hook nào tên là {name}"
    elif manager.parse_hookimpl_opts(module, name) is None:
        yield f"{name} thiếu @hookimpl"
    elif beyond := sorted(signature(hook).parameters.keys() - signature(given).parameters.keys()):
        yield f"{name} không có tham số {', '.join(beyond)}"


def measures(policy: Policy) -> Iterator[tuple[Subject, str, Measure]]:
    """Every measure a policy names: for which subject, in which criterion."""
    criteria = {criterion.key: criterion for criterion in policy.criteria}
    for scheme in policy.schemes:
        for key in scheme.criterion_keys:
            named = (criteria[key].measure, *(evidence.measure for evidence in criteria[key].evidence))
            yield from ((scheme.subject, key, measure) for measure in named if measure)


def answers(results: Iterable[Iterable[T]], kind: type[T]) -> tuple[T, ...]:
    """The items of a hook's answers, each made of what its type says."""
    items = tuple(item for result in results for item in result)
    wrong = [sentence for item in items for sentence in misshapen(item, kind, kind.__name__)]
    if wrong:
        raise DeclarationError(tuple(wrong))
    return items


def _stack(code: str, declared: Mapping[str, tuple[Loaded, Policy]]) -> tuple[Policy, ...]:
    layers: list[Policy] = []
    below: str | None = code
    while below is not None:
        if below not in declared:
            raise DeclarationError((f"thiếu kế hoạch “{below}” mà nó bổ sung",))
        policy = declared[below][1]
        if policy in layers:
            raise DeclarationError((f"“{below}” bổ sung cho chính nó",))
        layers.append(policy)
        below = policy.refines
    return tuple(reversed(layers))


def _offer(loaded: Loaded, stack: tuple[Policy, ...]) -> Offer:
    whole = stack[0]
    for refinement in stack[1:]:
        whole = compose(whole, refinement)
    if wrong := problems(whole):
        raise DeclarationError(wrong)
    return Offer(
        policy=whole, stack=stack, plugin=loaded.name, plugin_version=loaded.version, digest=digest(whole)
    )


def _missing(
    policy: Policy, policies: Mapping[str, Offer], metrics: Mapping[tuple[Subject, str], Metric]
) -> Iterator[str]:
    """What a sound policy names and this instance does not have. It is judged all the same, without those."""
    yield from (f"thiếu khung “{frame}”" for frame in policy.frames if frame not in policies)
    if all(frame in policies for frame in policy.frames):
        known = {item.key for frame in policy.frames for item in policies[frame].policy.thresholds}
        yield from (
            f"khung không có mức “{key}”" for key in _frame_keys(policy.thresholds) if key not in known
        )
    for subject, criterion, measure in measures(policy):
        metric = metrics.get((subject, measure.metric))
        if metric is None:
            yield f"{criterion}: chưa có phép đo “{measure.metric}” cho {subject}"
        else:
            yield from _unbound(criterion, measure, metric)
            yield from _misread(policy, criterion, measure, metric)
    yield from _too_short(policy, metrics)


def _unbound(criterion: str, measure: Measure, metric: Metric) -> Iterator[str]:
    """Parameters of a metric that a measure does not bind, or binds though there are none of the name."""
    optional = dict(metric.defaults)
    missing = [name for name in metric.parameters if name not in {**optional, **measure.parameters}]
    strange = [name for name in measure.parameters if name not in metric.parameters]
    if missing:
        yield f"{criterion}: phép đo “{metric.key}” thiếu tham số {', '.join(missing)}; nối trong Measure.parameters"
    if strange:
        yield f"{criterion}: phép đo “{metric.key}” không có tham số {', '.join(strange)}"


def _misread(policy: Policy, criterion: str, measure: Measure, metric: Metric) -> Iterator[str]:
    """Parameters bound to what may take a value the metric does not understand."""
    offered = {item.key: {choice for choice, _ in item.choices} for item in policy.options}
    for name, understood in metric.choices:
        key = measure.parameters.get(name)
        if key and not offered.get(key, {""}) <= set(understood):
            yield f"{criterion}: “{key}” phải là lựa chọn chỉ gồm {', '.join(understood)} để làm tham số {name}"


def _too_short(policy: Policy, metrics: Mapping[tuple[Subject, str], Metric]) -> Iterator[str]:
    """Criteria held against stretches in which what they count cannot be seen."""
    criteria = {criterion.key: criterion for criterion in policy.criteria}
    for scheme in policy.schemes:
        for criterion in (criteria[key] for key in scheme.criterion_keys):
            metric = metrics.get((scheme.subject, criterion.measure.metric)) if criterion.measure else None
            if metric and criterion.at.months < metric.shortest.months:
                asked, least = STRETCHES[criterion.at], STRETCHES[metric.shortest]
                yield f"{criterion.key}: phép đo “{metric.key}” không xét riêng {asked} được, ngắn nhất là {least}"


def _frame_keys(thresholds: Iterable[Threshold]) -> list[str]:
    return [threshold.frame for threshold in thresholds if threshold.frame]


def owns(name: str, code: str) -> bool:
    """Whether a policy code is one the plugin of that name may declare."""
    return code == name or code.startswith(f"{name}_")


def _is_own(entry_point: EntryPoint) -> bool:
    return entry_point.dist is not None and entry_point.dist.name == OWN


def _sentences(error: BaseException) -> tuple[str, ...]:
    """What is wrong, a sentence for each thing; of what a plugin's own code raised, where."""
    if isinstance(error, DeclarationError):
        return error.problems
    said = _sentence(error)
    return (said if isinstance(error, SyntaxError) else f"{said}{_place(error)}",)


def _place(error: BaseException) -> str:
    """` (plan.py, dòng 41)`: the last line that is neither ours nor the language's."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith("<") and not Path(frame.filename).is_relative_to(HERE)
    ]
    of_plugin = [frame for frame in frames if not _is_library(Path(frame.filename))]
    return f" ({Path(of_plugin[-1].filename).name}, dòng {of_plugin[-1].lineno})" if of_plugin else ""


def _is_library(path: Path) -> bool:
    """Whether a file belongs to the language, or to what collects plugins."""
    standard = path.is_relative_to(sysconfig.get_path("stdlib")) and "site-packages" not in path.parts
    return standard or path.parent.name == pluggy.__name__


def _sentence(error: BaseException) -> str:
    return str(error) if isinstance(error, BontotError) else f"{type(error).__name__}: {error}"
