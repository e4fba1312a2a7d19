"""How a title is granted, as the table a jurist reads: what the vote needs, and a row a step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from bontot.policy.model import Authority, Policy, Recognition
from bontot.policy.resolve import Resolved, declared
from bontot.policy.terms import Clause, Operator
from bontot.policy.words import COMPARISONS, ORIGINS, by_default, span, value_words
from bontot.policy.words import ORGANISATION_TYPES as TYPES


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """A step of the recognition in words: who holds it on the day asked about, by which day of the year, and who held it
    before or will after."""

    label: str
    bodies: tuple[str, ...]
    due: str
    origin: str
    clauses: tuple[Clause, ...]
    others: tuple[str, ...]


def recognition_terms(
    policy: Policy, recognition: Recognition, values: Mapping[str, Resolved]
) -> list[tuple[str, str]]:
    """`(what, in words)`: the vote, what it needs, how many may be recognised, how long it holds."""
    asked = (
        ("Cách biểu quyết", recognition.ballot, "{}"),
        ("Tán thành", recognition.majority, COMPARISONS[Operator.MORE_THAN]),
        ("Công nhận nhiều nhất", recognition.quota, "{}"),
        ("Có giá trị", recognition.validity, "{}"),
        ("Đề nghị khi chưa đủ điều kiện", recognition.exception, "{}"),
        ("Công nhận quá số tối đa", recognition.over_quota, "{}"),
    )
    stated = (
        (
            what,
            form.format(value_words(declared((policy,), key), found.value)) + by_default(found.rung.origin),
        )
        for what, key, form in asked
        if key and (found := values[key]).rung
    )
    words = (("Biểu quyết", recognition.vote_rule), *stated, ("Thu hồi", recognition.revocation))
    return [(what, said) for what, said in words if said]


def step_rows(
    policy: Policy, recognition: Recognition, values: Mapping[str, Resolved], day: date
) -> list[StepRow]:
    """The steps of a recognition in order: who acts on `day`, and by which day of the year."""
    rows = []
    for step in recognition.steps:
        terms = list(_terms(step.authorities))
        acting = [term for term in terms if term.holds_on(day)]
        rows.append(
            StepRow(
                label=step.label,
                bodies=tuple(term.body for term in acting),
                due=value_words(declared((policy,), step.due), values[step.due].value) if step.due else "",
                origin=ORIGINS[step.origin],
                clauses=(step.clause,) if step.clause else (),
                others=tuple(f"{term.days}: {term.body}" for term in terms if term not in acting),
            )
        )
    return rows


@dataclass(frozen=True, slots=True)
class _Term:
    """A body that holds a step, half-open; the first of its organisation types also before it began."""

    body: str
    since: date
    until: date | None
    first: bool

    def holds_on(self, day: date) -> bool:
        return (self.first or self.since <= day) and (self.until is None or day < self.until)

    @property
    def days(self) -> str:
        return span(None if self.first else self.since, self.until)


def _terms(authorities: Iterable[Authority]) -> Iterator[_Term]:
    """One after another for each set of organisation types."""
    held: dict[frozenset[str], list[Authority]] = {}
    for authority in sorted(authorities, key=lambda one: one.valid_from):
        held.setdefault(authority.organisation_types, []).append(authority)
    for types, bodies in held.items():
        named = ", ".join(TYPES.get(one, one).lower() for one in sorted(types))
        for one, after in pairwise([*bodies, None]):
            if one:
                body = f"{one.body}, với {named}" if named else one.body
                yield _Term(body, one.valid_from, after.valid_from if after else None, one is bodies[0])
