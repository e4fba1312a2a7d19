"""The values of a plan as the table a jurist reads: a row a threshold or option, with every value it takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from bontot.policy.model import Option, Policy, Threshold
from bontot.policy.resolve import Layer, declared, frame_figure, history
from bontot.policy.terms import Clause, Origin
from bontot.policy.words import ORIGINS, bounds, is_fixed, span, value_words

LAYERS = {Layer.FRAME: "khung", Layer.PLAN: "kế hoạch", Layer.REFINEMENT: "kế hoạch bổ sung"}
NOT_SET = "chưa đặt"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedRow:
    """A value with the days on which it holds, half-open, and whether the day asked about is one of them."""

    value: str
    since: date
    until: date | None
    now: bool
    layer: str
    origin: str
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRow:
    """A threshold or option in words: every value it takes, one after another; what a committee may set instead; what a
    frame beside the plan asks."""

    key: str
    label: str
    dated: tuple[DatedRow, ...]
    unset: str
    settable: str
    beside: str

    @property
    def asks(self) -> tuple[str, ...]:
        """What two plans are held against each other by: what holds on the day, then the other values with their days."""
        held = [word for row in self.dated if row.now for word in (row.value, row.origin)]
        others = [f"{row.value} {span(row.since, row.until)}" for row in self.dated if not row.now]
        return (*(held or [self.unset]), *others)

    @property
    def said(self) -> tuple[str, ...]:
        """The same in words."""
        return self.asks

    @property
    def counts(self) -> str:
        """Values are the same thing in two plans only by their key."""
        return ""


def value_rows(
    stack: Sequence[Policy], frames: Sequence[Policy], keys: Iterable[str], day: date, *, base: Layer
) -> list[ValueRow]:
    """The thresholds and options of a plan with its refinements, in the order of `keys`; `base` as in `resolve`."""
    return [_value(stack, frames, key, day, base) for key in keys]


def _value(stack: Sequence[Policy], frames: Sequence[Policy], key: str, day: date, base: Layer) -> ValueRow:
    declaration = declared(stack, key)
    rungs = history(stack, key, base=base)
    figure = frame_figure(stack, frames, key, day)
    offered = getattr(declaration, "suggestion", None)
    return ValueRow(
        key=key,
        label=declaration.label,
        dated=tuple(
            DatedRow(
                value=value_words(declaration, rung.value),
                since=rung.valid_from,
                until=after.valid_from if after else None,
                now=rung.valid_from <= day and (after is None or day < after.valid_from),
                layer=LAYERS[rung.layer],
                origin=ORIGINS[rung.origin or Origin.DEFAULT],
                clauses=(rung.clause,) if rung.clause else (),
            )
            for rung, after in pairwise([*rungs, None])
            if rung
        ),
        unset=NOT_SET if offered is None else f"{NOT_SET}, gợi ý {value_words(declaration, offered)}",
        settable=_settable(declaration),
        beside=f"khung yêu cầu {value_words(declaration, figure.value)}" if figure else "",
    )


def _settable(declaration: Threshold | Option) -> str:
    """What a committee may set instead."""
    if is_fixed(declaration):
        return "không"
    if isinstance(declaration, Option):
        held = {dated.value for dated in declaration.values}
        return " | ".join(words for choice, words in declaration.choices if choice not in held)
    return bounds(declaration)
