"""A policy's criteria as rows a test can compare whole with the table its author worked from."""

from __future__ import annotations

from bontot.policy.model import Criterion, Policy, Threshold
from bontot.policy.terms import Operator, Origin, Role

Row = tuple[str, str, str, str]
"""Key; kind, with the role where it does not decide; what is required, "(mặc định)" where the plan gives no
number; seed lines of its clauses."""


def rows(policy: Policy, origin: Origin) -> list[Row]:
    """One row a criterion of that origin, in the order of the schemes."""
    criteria = {criterion.key: criterion for criterion in policy.criteria}
    ordered = dict.fromkeys(key for scheme in policy.schemes for key in scheme.criterion_keys)
    return [_row(policy, criteria[key]) for key in ordered if criteria[key].origin is origin]


def _row(policy: Policy, criterion: Criterion) -> Row:
    role = "" if criterion.role is Role.DECIDES else f" {criterion.role}"
    judged = "+judged" if criterion.also_judged else ""
    seeds = "; ".join(clause.seed for clause in criterion.clauses)
    return criterion.key, f"{criterion.kind}{judged}{role}", _required(policy, criterion), seeds


def _required(policy: Policy, criterion: Criterion) -> str:
    thresholds = {item.key: item for item in policy.thresholds}
    if criterion.threshold and criterion.operator:
        return _words(criterion.operator, thresholds[criterion.threshold])
    figures = [
        _words(evidence.operator, thresholds[evidence.threshold])
        for evidence in criterion.evidence
        if evidence.operator and evidence.threshold
    ]
    return f"gợi ý {', '.join(figures)}" if figures else ""


def _words(operator: Operator, threshold: Threshold) -> str:
    if not threshold.values:
        return f"{operator} chưa đặt"
    last = threshold.values[-1]
    default = " (mặc định)" if last.origin is Origin.DEFAULT else ""
    return f"{operator} {last.value} {threshold.unit}{default}"
