"""A committee's own values for what its plan leaves open: read with their sources, set within bounds, withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from bontot.access import Actor, Permission
from bontot.db.models import ThresholdOverride
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput
from bontot.evaluation.incremental import mark_whole
from bontot.evaluation.values import read_values
from bontot.policy.model import Option, Policy, Threshold
from bontot.policy.resolve import (
    Layer,
    Resolved,
    Rung,
    Value,
    check_override,
    declared,
    ladder,
    read_value,
    resolve_all,
    weaker_than_frame,
)
from bontot.policy.words import value_words
from bontot.registry import Registry
from bontot.services.audit import note
from bontot.text import clean


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueLine:
    """One value of a plan as it stands on a day, with every layer's word on it.

    `weaker_than` is the frame's figure when the value in force asks for less: accepted, and said on every report.
    """

    declaration: Threshold | Option
    resolved: Resolved
    rungs: tuple[Rung, ...]
    weaker_than: Rung | None


@dataclass(frozen=True, slots=True)
class OwnValue:
    """One decision of the committee on a value: what it set (None: back to the plan), from when, by which document."""

    value: Value | None
    valid_from: date
    document: str
    warning: str | None
    entered_by: str
    entered_at: datetime


HISTORY_SHOWN = 100
FIRST_DAY = "valid_from"
DOCUMENT_NEEDED = "Cần ghi số, ngày của văn bản quyết định."


def value_lines(
    session: TenantSession, registry: Registry, policy_code: str, on: date, *, base: Layer = Layer.PLAN
) -> list[ValueLine]:
    """Every value of a plan on a day, in the plan's order; with `base` `Layer.FRAME`, of a frame read for itself. Raises
    PluginUnavailable."""
    stack, frames = registry.stack(policy_code), registry.frames(policy_code)
    own = read_values(session, registry).overrides(policy_code)
    resolved = resolve_all(stack, own, on, base=base)
    return [
        ValueLine(
            declaration=declared(stack, key),
            resolved=found,
            rungs=ladder(stack, frames, own, key, on, base=base),
            weaker_than=weaker_than_frame(stack, frames, key, found.value, on),
        )
        for key, found in resolved.items()
    ]


def own_history(session: TenantSession, registry: Registry, policy_code: str, key: str) -> list[OwnValue]:
    """What the committee decided on a value, latest entry first, the last hundred. Raises PluginUnavailable,
    ValueUnknown."""
    declaration = declared(registry.stack(policy_code), key)
    return [own for _, own in _decided(session, policy_code, {key: declaration}, HISTORY_SHOWN)]


def own_values(
    session: TenantSession, policy_code: str, declarations: Iterable[Threshold | Option], most: int
) -> list[tuple[Threshold | Option, OwnValue]]:
    """What the committee decided on some values of a plan, latest entry first, the last `most`."""
    return _decided(session, policy_code, {one.key: one for one in declarations}, most)


def _decided(
    session: TenantSession, policy_code: str, declarations: Mapping[str, Threshold | Option], most: int
) -> list[tuple[Threshold | Option, OwnValue]]:
    rows = session.execute(
        select(
            ThresholdOverride.key,
            ThresholdOverride.value,
            ThresholdOverride.valid_from,
            ThresholdOverride.document,
            ThresholdOverride.warning,
            ThresholdOverride.entered_by,
            ThresholdOverride.entered_at,
        )
        .where(ThresholdOverride.policy_code == policy_code, ThresholdOverride.key.in_(declarations))
        .order_by(ThresholdOverride.id.desc())
        .limit(most)
    )
    return [
        (of, OwnValue(read_value(of, row[1]) if row[1] is not None else None, *row[2:]))
        for row in rows
        for of in [declarations[row[0]]]
    ]


def set_value(
    session: TenantSession,
    actor: Actor,
    registry: Registry,
    *,
    policy_code: str,
    key: str,
    value: str,
    valid_from: date,
    document: str,
) -> Rung | None:
    """Sets a committee's own value from a day on, by a decision; returns the frame's figure when the value is weaker.

    Raises ValueRefused outside the plan's bounds or choices, ValueUnknown for a key the plan does not have, InvalidInput
    without a document or for a day before the plan.
    """
    actor.require(Permission.SET_THRESHOLD)
    stack = registry.stack(policy_code)
    read, weaker = check_value(registry, policy_code, key, value, valid_from)
    warning = _warning(declared(stack, key), weaker) if weaker else None
    _append(session, actor, stack, policy_code, key, str(read), valid_from, document, warning)
    return weaker


def check_value(
    registry: Registry, policy_code: str, key: str, value: str, valid_from: date
) -> tuple[Value, Rung | None]:
    """A value as typed, understood, and the frame's figure when it asks for less; nothing is written. Raises as
    `set_value`."""
    stack, frames = registry.stack(policy_code), registry.frames(policy_code)
    read = read_value(declared(stack, key), clean(value, field="value"))
    return read, check_override(stack, frames, key, read, valid_from)


def check_first_day(registry: Registry, policy_code: str, valid_from: date) -> None:
    """Whether a decision may begin on a day; nothing is written. Raises InvalidInput for a day before the plan."""
    _check_begun(registry.stack(policy_code)[0], valid_from)


def withdraw_value(
    session: TenantSession,
    actor: Actor,
    registry: Registry,
    *,
    policy_code: str,
    key: str,
    valid_from: date,
    document: str,
) -> None:
    """Returns to the plan's own value from a day on, by a decision. Raises as `set_value`."""
    actor.require(Permission.SET_THRESHOLD)
    stack = registry.stack(policy_code)
    declared(stack, key)
    _append(session, actor, stack, policy_code, key, None, valid_from, document, None)


def _append(
    session: TenantSession,
    actor: Actor,
    stack: tuple[Policy, ...],
    policy_code: str,
    key: str,
    value: str | None,
    valid_from: date,
    document: str,
    warning: str | None,
) -> None:
    if not clean(document, field="document"):
        raise InvalidInput(DOCUMENT_NEEDED, "document")
    _check_begun(stack[0], valid_from)
    row = ThresholdOverride(
        policy_code=policy_code,
        key=key,
        value=value,
        valid_from=valid_from,
        document=clean(document),
        warning=warning,
        entered_by=actor.name,
    )
    session.add(row)
    mark_whole(session)
    session.flush()
    note(session, "set_threshold", "threshold_override", row.id, actor.account_id, key=key, value=value)


def _check_begun(plan: Policy, valid_from: date) -> None:
    if valid_from < plan.in_force_from:
        begins = plan.in_force_from.strftime("%d/%m/%Y")
        raise InvalidInput(f"Kế hoạch có hiệu lực từ {begins}; chọn ngày từ đó trở đi.", FIRST_DAY)


def _warning(declaration: Threshold | Option, figure: Rung) -> str:
    return f"Yêu cầu thấp hơn mức của khung ({value_words(declaration, figure.value)})"
