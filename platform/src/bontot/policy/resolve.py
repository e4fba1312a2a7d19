"""Which value holds on a day, from which layer, and what has moved underneath it since."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import IntEnum
from itertools import groupby

from bontot.errors import ValueRefused, ValueUnknown
from bontot.policy.model import AllMet, Chosen, Option, Points, Policy, Scheme, Threshold
from bontot.policy.terms import Clause, Direction, Origin, Reference, Unit
from bontot.policy.words import value_words

Value = Decimal | str
_NUMBER = re.compile(r"-?[0-9]{1,9}(?:[.,][0-9]{1,2})?")
_DAY_OF_YEAR = re.compile(r"([0-9]{1,2})\s*[/-]\s*([0-9]{1,2})|([0-9]{1,2})([0-9]{2})")
_LEAP_YEAR = 2000
_DAYS = frozenset({Unit.DAY_OF_MONTH, Unit.MONTH_DAY})


class Layer(IntEnum):
    """Where a value comes from, least specific first."""

    FRAME = 1
    PLAN = 2
    REFINEMENT = 3
    TENANT = 4
    WHAT_IF = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A committee's own value from a day on, by a decision document, entered by `who`. `value=None` returns
    to the plan. Rows are append-only: of two with the same day the later in the sequence holds."""

    key: str
    value: Value | None
    valid_from: date
    decision: str
    who: str
    layer: Layer = Layer.TENANT


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One value of one layer. `policy` is the code of the plan that states it; `decision` and `who` belong to
    an override. `value` is None where an override was withdrawn."""

    layer: Layer
    value: Value | None
    valid_from: date
    origin: Origin | None = None
    clause: Clause | None = None
    reference: Reference | None = None
    policy: str | None = None
    decision: str | None = None
    who: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What holds for `key` on a day: the winning rung, or none; and the rungs of less specific layers that
    began after the winner did, which whoever set it may not have known."""

    key: str
    rung: Rung | None
    lower_changed: tuple[Rung, ...] = ()

    @property
    def value(self) -> Value | None:
        """The value in force, None when no layer has one."""
        return self.rung.value if self.rung else None

    @property
    def layer(self) -> Layer | None:
        """The layer that decided."""
        return self.rung.layer if self.rung else None

    @property
    def number(self) -> Decimal | None:
        """The value of a threshold. Raises `TypeError` for an option."""
        if isinstance(self.value, str):
            raise TypeError(f"{self.key} is an option")
        return self.value

    @property
    def choice(self) -> str:
        """The value of an option. Raises `TypeError` for a threshold or an option without a value."""
        if not isinstance(self.value, str):
            raise TypeError(f"{self.key} has no choice in force")
        return self.value


def declared(stack: Sequence[Policy], key: str) -> Threshold | Option:
    """The most specific declaration of a threshold or option. Raises `ValueUnknown` when the stack has none,
    or a refinement dropped it."""
    found: Threshold | Option | None = None
    for policy in stack:
        if key in policy.drop:
            found = None
        found = _stated(policy, key) or found
    if found is None:
        raise ValueUnknown(f"Kế hoạch không có giá trị mang khóa “{key}”.")
    return found


def resolve(
    stack: Sequence[Policy], overrides: Iterable[Override], key: str, on: date, *, base: Layer = Layer.PLAN
) -> Resolved:
    """The value of `key` on the day `on`.

    `stack` is the plan followed by its refinements, uncomposed; `base` is `Layer.FRAME` when a frame is
    resolved for itself. The most specific layer with a value in force wins. Raises `ValueUnknown`.
    """
    declared(stack, key)
    levels = _levels(stack, overrides, key, base)
    in_force = [(index, rung) for index, level in enumerate(levels) if (rung := _in_force(level, on))]
    standing = [(index, rung) for index, rung in in_force if rung.value is not None]
    if not standing:
        return Resolved(key=key, rung=None)
    top, winner = standing[-1]
    changed = [rung for level in levels[:top] for rung in level if winner.valid_from < rung.valid_from <= on]
    return Resolved(key=key, rung=winner, lower_changed=tuple(changed))


def resolve_all(
    stack: Sequence[Policy], overrides: Iterable[Override], on: date, *, base: Layer = Layer.PLAN
) -> dict[str, Resolved]:
    """Every threshold and option of a stack on a day, by key, in the order they are declared."""
    rows = tuple(overrides)
    dropped: set[str] = set()
    keys: dict[str, None] = {}
    for policy in stack:
        dropped |= policy.drop
        keys |= dict.fromkeys(item.key for item in policy.thresholds)
        keys |= dict.fromkeys(item.key for item in policy.options)
    return {key: resolve(stack, rows, key, on, base=base) for key in keys if key not in dropped}


def history(stack: Sequence[Policy], key: str, *, base: Layer = Layer.PLAN) -> tuple[Rung, ...]:
    """What holds one after another, as the plan with its refinements says: every value with the day from which it wins."""
    levels = _levels(stack, (), key, base)
    days = sorted({rung.valid_from for level in levels for rung in level})
    winners = (resolve(stack, (), key, day, base=base).rung for day in days)
    return tuple(rung for rung, _ in groupby(winners) if rung)


def ladder(
    stack: Sequence[Policy],
    frames: Sequence[Policy],
    overrides: Iterable[Override],
    key: str,
    on: date,
    *,
    base: Layer = Layer.PLAN,
) -> tuple[Rung, ...]:
    """What each layer says of `key` on a day, least specific first: the frame's figure, the plan, its
    refinements, the committee, a trial. The frame's figure stands beside and never wins. `base` as in `resolve`."""
    figure = frame_figure(stack, frames, key, on)
    levels = _levels(stack, overrides, key, base)
    return tuple(rung for rung in (figure, *(_in_force(level, on) for level in levels)) if rung)


def frame_figure(stack: Sequence[Policy], frames: Sequence[Policy], key: str, on: date) -> Rung | None:
    """The value of the frame's threshold that `key` is compared with, or None where there is none in
    force."""
    declaration = declared(stack, key)
    if not isinstance(declaration, Threshold) or declaration.frame is None:
        return None
    for frame in frames:
        if _stated(frame, declaration.frame):
            return resolve((frame,), (), declaration.frame, on, base=Layer.FRAME).rung
    return None


def weaker_than_frame(
    stack: Sequence[Policy], frames: Sequence[Policy], key: str, value: Value | None, on: date
) -> Rung | None:
    """The frame's figure when `value` asks for less than it, else None. Every report repeats this warning."""
    declaration, figure = declared(stack, key), frame_figure(stack, frames, key, on)
    if not isinstance(declaration, Threshold) or figure is None:
        return None
    if not isinstance(value, Decimal) or not isinstance(figure.value, Decimal):
        return None
    higher = declaration.stricter is Direction.HIGHER
    return figure if (value < figure.value if higher else value > figure.value) else None


def check_override(
    stack: Sequence[Policy], frames: Sequence[Policy], key: str, value: Value, on: date
) -> Rung | None:
    """Accept or refuse a committee's own value. Returns the frame's figure when the value is weaker than it:
    accepted, with a warning. Raises `ValueUnknown`, or `ValueRefused` with the bounds or choices in words."""
    declaration = declared(stack, key)
    if isinstance(declaration, Option):
        _check_choice(declaration, value)
        return None
    _check_number(declaration, value)
    return weaker_than_frame(stack, frames, key, value, on)


def read_value(declaration: Threshold | Option, text: str) -> Value:
    """A value as a person types it ("85,5", "85 %", "30/11") or as it is kept ("1130"), in the type its key
    holds. Raises `ValueRefused`."""
    if isinstance(declaration, Option):
        return text.strip()
    if declaration.unit is Unit.MONTH_DAY:
        return _read_day_of_year(text.strip())
    bare = text.strip().removesuffix("%").strip()
    if not _NUMBER.fullmatch(bare):
        raise ValueRefused(
            f"“{text}” không phải là một số; hãy ghi bằng chữ số, ví dụ 85 hoặc 85,5.", field="value"
        )
    return Decimal(bare.replace(",", "."))


def _read_day_of_year(text: str) -> Decimal:
    found = _DAY_OF_YEAR.fullmatch(text)
    month, day = (found[2] or found[3], found[1] or found[4]) if found else ("0", "0")
    try:
        date(_LEAP_YEAR, int(month), int(day))
    except ValueError:
        raise ValueRefused(
            f"“{text}” không phải là ngày trong năm; hãy ghi ngày/tháng, ví dụ 30/11.", field="value"
        ) from None
    return Decimal(int(month) * 100 + int(day))


def settled(policy: Policy, scheme: Scheme, values: dict[str, Resolved]) -> Scheme:
    """The scheme as its options stand: the chosen combination, and only criteria whose `when` holds. `policy`
    is composed; `values` are those of `resolve_all`."""
    criteria = {criterion.key: criterion for criterion in policy.criteria}

    def holds(key: str) -> bool:
        when = criteria[key].when
        return when is None or values[when[0]].value == when[1]

    return replace(
        scheme,
        combination=_combination(scheme, values),
        groups=tuple(
            replace(group, criteria=tuple(filter(holds, group.criteria))) for group in scheme.groups
        ),
        blockers=tuple(filter(holds, scheme.blockers)),
    )


def _combination(scheme: Scheme, values: dict[str, Resolved]) -> AllMet | Points:
    if isinstance(scheme.combination, Chosen):
        return dict(scheme.combination.of)[values[scheme.combination.option].choice]
    return scheme.combination


def _stated(policy: Policy, key: str) -> Threshold | Option | None:
    stated: tuple[Threshold | Option, ...] = (*policy.thresholds, *policy.options)
    return next((item for item in stated if item.key == key), None)


def _levels(
    stack: Sequence[Policy], overrides: Iterable[Override], key: str, base: Layer
) -> list[list[Rung]]:
    """All dated values of a key, a list a level in force order: each policy of the stack, then tenant, then
    trial."""
    levels: list[list[Rung]] = []
    for position, policy in enumerate(stack):
        if key in policy.drop:
            levels.clear()
        layer = base if position == 0 else Layer.REFINEMENT
        levels.append(_policy_rungs(policy, _stated(policy, key), layer))
    rows = [row for row in overrides if row.key == key]
    return [*levels, *(_override_rungs(rows, layer) for layer in (Layer.TENANT, Layer.WHAT_IF))]


def _policy_rungs(policy: Policy, item: Threshold | Option | None, layer: Layer) -> list[Rung]:
    references = {reference.key: reference for reference in policy.references}
    return [
        Rung(
            layer=layer,
            value=dated.value,
            valid_from=dated.valid_from,
            origin=dated.origin,
            clause=dated.clause,
            reference=references.get(dated.clause.reference) if dated.clause else None,
            policy=policy.code,
        )
        for dated in (item.values if item else ())
    ]


def _override_rungs(rows: Iterable[Override], layer: Layer) -> list[Rung]:
    rungs = [
        Rung(layer=layer, value=row.value, valid_from=row.valid_from, decision=row.decision, who=row.who)
        for row in rows
        if row.layer is layer
    ]
    return sorted(rungs, key=lambda rung: rung.valid_from)


def _in_force(level: Iterable[Rung], on: date) -> Rung | None:
    begun = [rung for rung in level if rung.valid_from <= on]
    return begun[-1] if begun else None


def _check_choice(option: Option, value: Value) -> None:
    if value not in [choice for choice, _ in option.choices]:
        listed = "; ".join(words for _, words in option.choices)
        raise ValueRefused(f"Hãy chọn một cách cho “{option.label}”: {listed}.", field="value")


def _check_number(threshold: Threshold, value: Value) -> None:
    if not isinstance(value, Decimal) or not value.is_finite():
        raise ValueRefused(f"“{value}” không phải là một số.", field="value")
    places = 2 if threshold.unit in (Unit.PERCENT, Unit.POINTS) else 0
    if value != round(value, places):
        limit = "có nhiều nhất hai chữ số thập phân" if places else "là số nguyên"
        raise ValueRefused(f"“{threshold.label}” phải {limit}.", field="value")
    under, over = ("sớm hơn", "muộn hơn") if threshold.unit in _DAYS else ("dưới", "trên")
    for beyond, word, bound in (
        (threshold.lowest is not None and value < threshold.lowest, under, threshold.lowest),
        (threshold.highest is not None and value > threshold.highest, over, threshold.highest),
    ):
        if beyond:
            limit = value_words(threshold, bound)
            raise ValueRefused(f"“{threshold.label}” không được {word} {limit}.", field="value")
