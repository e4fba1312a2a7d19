"""Whether points can be reached: a pass mark and every band by the maxima together, a group's floor by those of the group,
and bands that go down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise

from bontot.evaluation.rules import Figure, GroupRules, SchemeRules
from bontot.policy.terms import Kind
from bontot.policy.words import figure
from bontot.registry import Offer


def score_problems(
    offer: Offer, standing: Iterable[tuple[date, SchemeRules]], counts: Counter[str]
) -> Iterator[str]:
    """One sentence for each mark that is wrong, with the first day on which it is."""
    told = set[str]()
    for day, scheme in standing:
        if scheme.by_points:
            counts["bậc điểm"] += len(scheme.bands)
            for sentence in _problems(scheme):
                if sentence not in told:
                    told.add(sentence)
                    on = max(day, offer.policy.in_force_from)
                    yield f"{offer.policy.code}: {sentence.format(day=f'ngày {on:%d/%m/%Y}')}"


def _problems(scheme: SchemeRules) -> Iterator[str]:
    limits = [value for value in (_value(limit) for limit, _ in scheme.bands) if value is not None]
    if any(higher <= lower for higher, lower in pairwise(limits)):
        yield f"{scheme.key}: {{day}} các bậc điểm không giảm dần"
    maxima = {group.key: _most(scheme, group) for group in scheme.groups}
    known = [most for most in maxima.values() if most is not None]
    if len(known) == len(maxima):
        yield from _beyond(scheme, sum(known, Decimal()))
    for group in scheme.groups:
        most, share, whole = maxima[group.key], _value(scheme.group_floor), _value(group.points)
        if most is not None and share is not None and whole is not None and share * whole > most * 100:
            yield (
                f"{group.key}: {{day}} cần {figure(share)} % của {figure(whole)} điểm, mà các tiêu chí được chấm "
                f"cộng lại nhiều nhất {figure(most)} điểm"
            )


def _beyond(scheme: SchemeRules, most: Decimal) -> Iterator[str]:
    """Marks above the maxima together. A band at the pass mark is the same mark."""
    marks = {value: name for limit, name in scheme.bands if (value := _value(limit)) is not None}
    passed = _value(scheme.pass_mark)
    if passed is not None:
        marks[passed] = "đạt"
    for mark, name in marks.items():
        if mark > most:
            yield (
                f"{scheme.key}: {{day}} mức “{name}” từ {figure(mark)} điểm, mà các tiêu chí được chấm cộng lại "
                f"nhiều nhất {figure(most)} điểm"
            )


def _most(scheme: SchemeRules, group: GroupRules) -> Decimal | None:
    """The most points the criteria of a group can bring together; None where a maximum is not set."""
    lines = (scheme.lines[number] for number in group.lines)
    maxima = [_value(line.points) for line in lines if line.points and line.kind is Kind.JUDGED]
    known = [maximum for maximum in maxima if maximum is not None]
    return sum(known, Decimal()) if len(known) == len(maxima) else None


def _value(stated: Figure | None) -> Decimal | None:
    return stated.value if stated else None
