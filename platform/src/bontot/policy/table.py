"""A plan as the table a jurist reads: a row a criterion, a row a value, and where two plans differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from bontot.policy.model import Authority, Criterion, Policy, Recognition, Scheme
from bontot.policy.resolve import Layer, Resolved, declared
from bontot.policy.scoring import most, scale_on
from bontot.policy.sheets import MeetingCount, ScoreSheet, SheetItem
from bontot.policy.terms import At, Kind, Operator, Origin, Role
from bontot.policy.words import BANDS, clause, figure, requirement, value_words
from bontot.policy.words import ORGANISATION_TYPES as TYPES

R = TypeVar("R", "CriterionRow", "ValueRow")

STRETCHES = {At.END: "", At.EACH_MONTH: ", xét từng tháng", At.EACH_QUARTER: ", xét từng quý"}
"""What a figure is held against, where that is not the year as a whole."""

KINDS = {Kind.MEASURED: "đo", Kind.ZERO: "không được có", Kind.DERIVED: "tổng hợp", Kind.JUDGED: "người xét"}
ROLES = {Role.DECIDES: "", Role.INFORMS: ", tham khảo", Role.OBJECTIVE: ", mục tiêu"}
LAYERS = {Layer.FRAME: "khung", Layer.PLAN: "kế hoạch", Layer.REFINEMENT: "kế hoạch bổ sung"}
COUNTS = {
    MeetingCount.ATTENDANCE: "theo tỷ lệ có mặt",
    MeetingCount.SPEAKERS: "theo tỷ lệ phát biểu",
    MeetingCount.TASKS: "theo tỷ lệ nhiệm vụ đúng hạn từ buổi trước",
}
ORIGINS = {Origin.PLAN: "kế hoạch", Origin.DEFAULT: "mặc định"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionRow:
    """A criterion in words. `counts` names what is counted for which subject, alike in every plan that counts it."""

    scheme: str
    group: str
    key: str
    label: str
    kind: str
    required: str
    origin: str
    clauses: tuple[str, ...]
    counts: str

    @property
    def asks(self) -> tuple[str, ...]:
        """What two plans are held against each other by."""
        return (self.kind, self.required, self.origin)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRow:
    """A threshold or option in words, as it stands on a day."""

    key: str
    label: str
    value: str
    since: date | None
    layer: str
    origin: str
    clause: str

    @property
    def asks(self) -> tuple[str, ...]:
        """What two plans are held against each other by."""
        return (self.value, self.origin)

    @property
    def counts(self) -> str:
        """Values are the same thing in two plans only by their key."""
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """A step of the recognition in words, with who holds it on the day asked about."""

    label: str
    bodies: str
    due: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """A line of a score sheet in words; `suggests` says when the item applies and which points its count suggests."""

    group: str
    label: str
    maximum: str
    suggests: str
    origin: str


def sheet_rows(policy: Policy, sheet: ScoreSheet, day: date) -> list[SheetRow]:
    """The items of a sheet in order as they stand on a day, the total last."""
    rows = [
        SheetRow(
            group=group.label,
            label=item.label,
            maximum=figure(item.maximum),
            suggests="; ".join(_suggests(item, day)),
            origin="; ".join(clause(place, policy.references) for place in item.clauses)
            or ORIGINS[Origin.DEFAULT],
        )
        for group in sheet.groups
        for item in group.items
    ]
    grounds = "; ".join(clause(place, policy.references) for place in sheet.clauses)
    total = figure(most(sheet.items))
    return [*rows, SheetRow(group="", label="Cộng", maximum=total, suggests="", origin=grounds)]


def band_words(policy: Policy, sheet: ScoreSheet, values: Mapping[str, Resolved]) -> str:
    """`tốt từ 90 điểm trở lên; khá từ 70 điểm trở lên; dưới nữa là kém`."""
    limits = [
        f"{BANDS[band]} {requirement(Operator.AT_LEAST, declared((policy,), key), values[key].value)}"
        for key, band in sheet.bands
        if values[key].value is not None
    ]
    return "; ".join([*limits, f"dưới nữa là {BANDS[sheet.lowest]}"])


def _suggests(item: SheetItem, day: date) -> Iterator[str]:
    if item.thematic_only:
        yield "chỉ ở buổi có phần chuyên đề"
    scale = scale_on(item, day)
    if item.count and scale:
        yield COUNTS[item.count]
        yield from (f"từ {figure(tier.least)} %: {figure(tier.points)}" for tier in scale.tiers if tier.least)
        unexcused = " hoặc có người vắng không lý do" if scale.lowest_if_unexcused else ""
        yield f"còn lại{unexcused}: {figure(scale.tiers[-1].points)}"


def criterion_rows(policy: Policy, values: Mapping[str, Resolved]) -> list[CriterionRow]:
    """The criteria of every scheme in order. `policy` is composed; `values` are those of `resolve_all`."""
    criteria = {criterion.key: criterion for criterion in policy.criteria}
    return [
        _criterion(policy, scheme, heading, criteria[key], values)
        for scheme in policy.schemes
        for key, heading in _headings(scheme).items()
    ]


def value_rows(stack: Sequence[Policy], values: Mapping[str, Resolved]) -> list[ValueRow]:
    """The thresholds and options of a plan with its refinements, in the order they are declared."""
    references = tuple(reference for policy in stack for reference in policy.references)
    rows = []
    for key, resolved in values.items():
        declaration, rung = declared(stack, key), resolved.rung
        rows.append(
            ValueRow(
                key=key,
                label=declaration.label,
                value=value_words(declaration, resolved.value),
                since=rung.valid_from if rung else None,
                layer=LAYERS[rung.layer] if rung else "",
                origin=ORIGINS[rung.origin] if rung and rung.origin else "",
                clause=clause(rung.clause, references) if rung and rung.clause else "",
            )
        )
    return rows


def step_rows(
    policy: Policy, recognition: Recognition, values: Mapping[str, Resolved], day: date
) -> list[StepRow]:
    """The steps of a recognition in order: who acts on `day`, and by which day of the year."""
    return [
        StepRow(
            label=step.label,
            bodies="; ".join(_in_force(step.authorities, day)),
            due=value_words(declared((policy,), step.due), values[step.due].value) if step.due else "",
            origin=ORIGINS[step.origin],
        )
        for step in recognition.steps
    ]


def _in_force(authorities: Iterable[Authority], day: date) -> Iterator[str]:
    """The bodies that hold a step on a day; before the first began, the first. One for each set of organisation types."""
    held: dict[frozenset[str], str] = {}
    for authority in sorted(authorities, key=lambda one: one.valid_from):
        if authority.valid_from <= day or authority.organisation_types not in held:
            held[authority.organisation_types] = authority.body
    for types, body in held.items():
        named = ", ".join(TYPES.get(one, one).lower() for one in sorted(types))
        yield f"{body} (với {named})" if named else body


def differences(one: Iterable[R], other: Iterable[R]) -> tuple[list[tuple[R | None, R | None]], int]:
    """The rows in which two plans differ, side by side, and how many ask the same.

    Rows belong together by key; what is left, by what they count where each plan counts it once. A row without a
    counterpart stands alone.
    """
    pairs = list(_paired(list(one), list(other)))
    differing = [(a, b) for a, b in pairs if a is None or b is None or a.asks != b.asks]
    return differing, len(pairs) - len(differing)


def _paired(one: list[R], other: list[R]) -> Iterator[tuple[R | None, R | None]]:
    by_key = {row.key: row for row in other}
    counted = [Counter(row.counts for row in rows if row.counts) for rows in (one, other)]
    shared = {row.key for row in one} & by_key.keys()
    by_count = {
        row.counts: row
        for row in other
        if row.key not in shared and all(times[row.counts] == 1 for times in counted)
    }
    found = set()
    for row in one:
        partner = by_key.get(row.key) or by_count.get(row.counts)
        found.add(partner.key if partner else None)
        yield row, partner
    yield from ((None, row) for row in other if row.key not in found)


def _headings(scheme: Scheme) -> dict[str, str]:
    """Every criterion of a scheme with the label of its group; the first of the blockers outside any group is headed by
    a word of ours."""
    grouped = {key: group.label for group in scheme.groups for key in group.criteria}
    return {key: grouped.get(key, "Điều kiện") for key in scheme.criterion_keys}


def _criterion(
    policy: Policy, scheme: Scheme, heading: str, criterion: Criterion, values: Mapping[str, Resolved]
) -> CriterionRow:
    judged = " và người xét" if criterion.also_judged else ""
    return CriterionRow(
        scheme=scheme.key,
        group=heading,
        key=criterion.key,
        label=criterion.label,
        kind=f"{KINDS[criterion.kind]}{judged}{ROLES[criterion.role]}",
        required=_required(policy, criterion, values),
        origin=_origin(criterion, values),
        clauses=tuple(clause(place, policy.references) for place in criterion.clauses),
        counts=f"{scheme.subject} {criterion.measure.metric}" if criterion.measure else "",
    )


def _required(policy: Policy, criterion: Criterion, values: Mapping[str, Resolved]) -> str:
    if criterion.points:
        return f"tối đa {value_words(declared((policy,), criterion.points), values[criterion.points].value)}"
    if criterion.threshold is None or criterion.operator is None:
        return ""
    key = criterion.threshold
    asked = requirement(criterion.operator, declared((policy,), key), values[key].value)
    return f"{asked}{STRETCHES[criterion.at]}"


def _origin(criterion: Criterion, values: Mapping[str, Resolved]) -> str:
    """The origin of the number where there is one, else of the line itself."""
    key = criterion.points or criterion.threshold
    rung = values[key].rung if key else None
    return ORIGINS[(rung.origin if rung else None) or criterion.origin]
