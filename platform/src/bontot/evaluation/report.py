"""An evaluation as plain data for machines: every subject, every criterion, with numbers, grounds and sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from bontot.evaluation.explain import Explained, Finding, explain
from bontot.evaluation.names import Named, names
from bontot.evaluation.period import Period
from bontot.evaluation.pledges import unpledged
from bontot.evaluation.rules import RuleSet
from bontot.evaluation.runs import VerdictRow


def explained_rows(
    session: Session, rules: RuleSet, rows: list[list[VerdictRow]]
) -> Iterator[tuple[Named, Explained]]:
    """Every subject's verdict explained, scheme by scheme, in the order of names. `rows` are the verdicts of each
    scheme."""
    period = Period(rules.year, rules.as_of)
    for number, scheme in enumerate(rules.schemes):
        by_subject = {row.subject_id: row for row in rows[number]}
        missing = unpledged(session, scheme, by_subject, period)
        for subject_id, named in names(session, scheme.subject, by_subject, period.last_day).items():
            row = by_subject[subject_id]
            yield named, explain(rules, number, row, pledged=subject_id not in missing)


def verdict_data(named: Named, explained: Explained, criterion: str | None = None) -> dict[str, Any]:
    """One subject's verdict, or what one criterion says in it."""
    scheme = explained.scheme
    wanted = [one for one in explained.findings if criterion in (None, one.criterion)]
    return {
        "policy": scheme.policy,
        "scheme": scheme.key,
        "subject": scheme.subject.value,
        "code": named.code,
        "name": named.name,
        "cell": named.cell,
        "title": scheme.title,
        "outcome": explained.outcome.name.lower(),
        "sentence": explained.sentence,
        "flag": explained.flag,
        "criteria": [finding_data(one) for one in wanted],
    }


def finding_data(finding: Finding) -> dict[str, Any]:
    """One finding: outcome, the two integers, what was asked, where that comes from, and the sentence."""
    return {
        "criterion": finding.criterion,
        "label": finding.label,
        "group": finding.group,
        "kind": finding.kind.value,
        "role": finding.role.value,
        "outcome": finding.outcome.name.lower(),
        "part": finding.part,
        "whole": finding.whole,
        "operator": finding.operator.value if finding.operator else None,
        "threshold": None if finding.threshold is None else f"{finding.threshold:f}",
        "unit": finding.unit.value if finding.unit else None,
        "layer": finding.layer.name.lower() if finding.layer else None,
        "origin": finding.origin.value,
        "clause": finding.clause,
        "decision": finding.decision,
        "in_force_from": finding.in_force_from.isoformat() if finding.in_force_from else None,
        "sentence": finding.sentence,
        "evidence": [finding_data(one) for one in finding.evidence],
    }
