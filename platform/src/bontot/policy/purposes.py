"""What the values of a plan are for: each is named by what uses it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from itertools import chain
from typing import TypeVar

from bontot.policy.model import (
    AllMet,
    Chosen,
    Criterion,
    MeetingRule,
    Option,
    Points,
    Policy,
    RatingRule,
    Recognition,
    Scheme,
    Threshold,
)
from bontot.policy.terms import Role
from bontot.policy.words import is_fixed

T = TypeVar("T")
MEETINGS = "Lịch sinh hoạt thường kỳ"
"""The purpose of what a meeting rule names."""
OTHER = "Khác"
"""The purpose of what nothing names."""


def purposes(policy: Policy) -> Iterator[tuple[str, Iterable[str]]]:
    """`(purpose, keys of the values that serve it)` in the order of a plan: a value may serve several, or none."""
    criteria = {item.key: item for item in policy.criteria}
    if policy.meeting_rule:
        yield MEETINGS, _named(policy.meeting_rule)
    if policy.attendance_rule:
        rule = policy.attendance_rule
        named = criteria[rule.criterion].threshold if rule.criterion else None
        yield (
            "Điểm danh",
            [key for key in (named, rule.excused, rule.aggregation, rule.required, rule.late) if key],
        )
    for scheme in policy.schemes:
        title = f"Xét “{scheme.title}”" if scheme.title else "Chỉ tiêu của khung"
        yield title, _of_scheme(scheme, criteria)
    for sheet in policy.sheets:
        yield "Phiếu chấm điểm", [key for key, _ in sheet.bands]
    if policy.rating:
        yield "Xếp loại hằng năm", _named(policy.rating)
    yield "Xét công nhận", chain.from_iterable(map(_of_recognition, policy.recognitions))


def by_purpose(policy: Policy, items: Mapping[str, T]) -> list[tuple[str, list[T]]]:
    """Things kept by a value's key, each under the first purpose that names the value; what serves none comes last."""
    left = dict(items)
    found = []
    for title, keys in purposes(policy):
        taken = [left.pop(key) for key in dict.fromkeys(keys) if key in left]
        if taken:
            found.append((title, taken))
    return found + ([(OTHER, list(left.values()))] if left else [])


def of_combination(combination: AllMet | Points | Chosen) -> Iterator[str]:
    """Keys of the values a combination depends on: the option, then marks, floors and bands."""
    if isinstance(combination, Chosen):
        yield combination.option
        for _, chosen in combination.of:
            yield from of_combination(chosen)
    elif isinstance(combination, Points):
        yield from (combination.pass_mark, combination.group_floor, *(key for key, _ in combination.bands))


def of_criterion(criterion: Criterion) -> Iterator[str]:
    """Keys of the values a criterion depends on: its threshold first."""
    yield from filter(None, (criterion.threshold, criterion.points))
    if criterion.when:
        yield criterion.when[0]
    if criterion.measure:
        yield from criterion.measure.parameters.values()
    if criterion.roll:
        yield from criterion.roll.parameters.values()
    for evidence in criterion.evidence:
        yield from filter(None, [evidence.threshold])
        yield from evidence.measure.parameters.values() if evidence.measure else ()


def idle(policy: Policy, elsewhere: frozenset[str] = frozenset()) -> tuple[Threshold | Option, ...]:
    """Values that nothing uses, here or `elsewhere`, and that a committee may set all the same. One the plan fixes is a
    statement, and stands."""
    used = elsewhere.union(*(keys for _, keys in purposes(policy)))
    stated: tuple[Threshold | Option, ...] = (*policy.thresholds, *policy.options)
    return tuple(value for value in stated if value.key not in used and not is_fixed(value))


def outvoted(policy: Policy) -> Iterator[str]:
    """Criteria that are said to decide and do not: where only points are added up, those that are neither judged in points
    nor needed whatever the points."""
    criteria = {criterion.key: criterion for criterion in policy.criteria}
    for scheme in policy.schemes:
        if isinstance(scheme.combination, Points):
            for key in scheme.criterion_keys:
                decides = criteria[key].role is Role.DECIDES and criteria[key].points is None
                if decides and key not in scheme.blockers:
                    yield key


def _named(rule: MeetingRule | RatingRule) -> list[str]:
    values = (getattr(rule, each.name) for each in fields(rule))
    return [value for value in values if isinstance(value, str)]


def _of_scheme(scheme: Scheme, criteria: dict[str, Criterion]) -> Iterator[str]:
    yield from of_combination(scheme.combination)
    if scheme.same_hand:
        yield scheme.same_hand
    for group in scheme.groups:
        if group.points:
            yield group.points
        for key in group.criteria:
            yield from of_criterion(criteria[key])
    for key in scheme.blockers:
        yield from of_criterion(criteria[key])


def _of_recognition(recognition: Recognition) -> Iterator[str]:
    named = (recognition.ballot, recognition.majority, recognition.quota, recognition.validity)
    leave = (recognition.exception, recognition.over_quota)
    yield from filter(None, (*named, *leave, *(step.due for step in recognition.steps)))
