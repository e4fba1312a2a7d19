"""A plan as the table a jurist reads: how each title is earned, under which headings, a row a criterion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bontot.policy.counts import Metric
from bontot.policy.model import (
    AllMet,
    Chosen,
    Criterion,
    Evidence,
    Group,
    Measure,
    Option,
    Points,
    Policy,
    Roll,
    Scheme,
    Threshold,
)
from bontot.policy.resolve import Resolved, declared
from bontot.policy.terms import At, Clause, Kind, Operator, Role, Subject
from bontot.policy.words import (
    ORGANISATION_TYPES,
    ORIGINS,
    SECTORS,
    STAGE_WORDS,
    STRETCHES,
    SUBJECTS,
    by_default,
    requirement,
    value_words,
)

Values = Mapping[str, Resolved]
Metrics = Mapping[tuple[Subject, str], Metric]

KINDS = {
    Kind.MEASURED: "tính từ hồ sơ",
    Kind.ZERO: "không được có",
    Kind.DERIVED: "tổng hợp cấp dưới",
    Kind.JUDGED: "người xét",
}
ROLES = {Role.DECIDES: "", Role.INFORMS: "tham khảo", Role.OBJECTIVE: "mục tiêu"}
ENROLMENTS = {
    "all": "Xét mọi {}",
    "registration": "Chỉ xét {} đã đăng ký",
    "selection": "Chỉ xét {} được chọn làm điểm",
}
UNGROUPED = "Điều kiện: chưa đạt thì loại"


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionRow:
    """A criterion in words. `counts` names what is counted for which subject, alike in every plan that counts it; `counted`
    says it, with the values it depends on; `limits` when and to whom it applies."""

    key: str
    label: str
    kind: tuple[str, ...]
    required: str
    origin: str
    clauses: tuple[Clause, ...]
    counts: str
    counted: str
    parameters: tuple[tuple[str, str], ...]
    limits: tuple[str, ...]
    evidence: tuple[str, ...]
    note: str

    @property
    def asks(self) -> tuple[object, ...]:
        """What two plans are held against each other by."""
        asked = (self.kind, self.required, self.origin, self.counts, self.parameters)
        return (*asked, self.limits, self.evidence)

    @property
    def said(self) -> tuple[str, ...]:
        """The same in words."""
        asked = (", ".join(self.kind), self.required, self.origin, self.counted)
        return (*asked, *self.limits, *(f"minh chứng: {shown}" for shown in self.evidence))


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """A heading of a plan with its criteria. `maximum`: the most points under it."""

    key: str
    label: str
    maximum: str
    clauses: tuple[Clause, ...]
    criteria: tuple[CriterionRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeRow:
    """How one kind of subject is judged: who is considered, how the title is earned, under which headings."""

    key: str
    label: str
    counts: str
    considered: str
    method: tuple[str, ...]
    clauses: tuple[Clause, ...]
    groups: tuple[GroupRow, ...]

    @property
    def criteria(self) -> tuple[CriterionRow, ...]:
        """All of them in order."""
        return tuple(row for group in self.groups for row in group.criteria)

    @property
    def asks(self) -> tuple[str, ...]:
        """What two plans are held against each other by."""
        return (self.considered, *self.method)

    @property
    def said(self) -> tuple[str, ...]:
        """The same in words."""
        return self.asks


def scheme_rows(policy: Policy, values: Values, metrics: Metrics) -> list[SchemeRow]:
    """Every scheme in order with its criteria. `policy` is composed; `values` are those of `resolve_all`."""
    writing = _Writing(policy, values, metrics)
    return [writing.scheme(scheme) for scheme in policy.schemes]


def condition(policy: Policy, combination: AllMet | Points, values: Values) -> str:
    """When a title is earned, and which bands there are: `Đạt khi mọi tiêu chí quyết định đều đạt.`"""
    if isinstance(combination, AllMet):
        return "Đạt khi mọi tiêu chí quyết định đều đạt."

    def asked(key: str) -> str:
        return requirement(Operator.AT_LEAST, declared((policy,), key), values[key].value)

    total, floor = asked(combination.pass_mark), asked(combination.group_floor)
    bands = "; ".join(f"“{name}” {asked(key)}" for key, name in combination.bands)
    reached = f"Đạt khi tổng điểm {total} và mỗi nhóm được {floor} số điểm tối đa của nhóm."
    return f"{reached} Các bậc: {bands}." if bands else reached


@dataclass(frozen=True, slots=True)
class _Writing:
    """One composed policy being put into words."""

    policy: Policy
    values: Values
    metrics: Metrics

    def scheme(self, scheme: Scheme) -> SchemeRow:
        criteria = {criterion.key: criterion for criterion in self.policy.criteria}
        grouped = {key for group in scheme.groups for key in group.criteria}
        apart = tuple(key for key in scheme.blockers if key not in grouped)
        headings = [*scheme.groups]
        if apart:
            headings.append(Group(key="", label=UNGROUPED, criteria=apart, clauses=()))
        return SchemeRow(
            key=scheme.key,
            label=scheme.title or "Mục tiêu (không trao danh hiệu)",
            counts=scheme.subject,
            considered=_considered(scheme),
            method=tuple(self.method(scheme)),
            clauses=scheme.clauses,
            groups=tuple(
                GroupRow(
                    key=heading.key,
                    label=heading.label,
                    maximum=self.maximum(heading.points),
                    clauses=heading.clauses,
                    criteria=tuple(self.criterion(scheme, criteria[key]) for key in heading.criteria),
                )
                for heading in headings
            ),
        )

    def method(self, scheme: Scheme) -> Iterator[str]:
        """How the title is earned: as chosen, then what else may be chosen."""
        combination = scheme.combination
        if scheme.title is None:
            yield "Các mục tiêu được tính để theo dõi và báo cáo."
        elif isinstance(combination, Chosen):
            option, now = declared((self.policy,), combination.option), self.values[combination.option]
            chosen = now.rung.origin if now.rung else None
            for choice, means in sorted(combination.of, key=lambda one: one[0] != now.value):
                words = f"{value_words(option, choice)}{by_default(chosen) if choice == now.value else ''}"
                begun = words if choice == now.value else f"Hoặc, nếu chọn “{words}”"
                means_so = condition(self.policy, means, self.values)
                yield f"{_capital(begun)}: {means_so[0].lower()}{means_so[1:]}"
        else:
            yield condition(self.policy, combination, self.values)

    def criterion(self, scheme: Scheme, criterion: Criterion) -> CriterionRow:
        counted = criterion.measure or criterion.roll
        return CriterionRow(
            key=criterion.key,
            label=criterion.label,
            kind=tuple(filter(None, _kind(scheme, criterion))),
            required=self.required(criterion),
            origin=ORIGINS[criterion.origin],
            clauses=criterion.clauses,
            counts=f"{scheme.subject} {criterion.measure.metric}" if criterion.measure else "",
            counted=self.counted(scheme.subject, criterion.measure, criterion.roll),
            parameters=tuple(
                (name, self.value(key)) for name, key in sorted(counted.parameters.items() if counted else ())
            ),
            limits=tuple(self.limits(criterion)),
            evidence=tuple(self.evidence(shown) for shown in criterion.evidence),
            note=criterion.note,
        )

    def required(self, criterion: Criterion) -> str:
        if criterion.points:
            return self.maximum(criterion.points)
        if criterion.threshold is None or criterion.operator is None:
            return ""
        return self.asked(criterion.operator, criterion.threshold)

    def asked(self, operator: Operator, key: str) -> str:
        """`từ 85 % trở lên`, and whether the figure is a default."""
        return f"{requirement(operator, self.declared(key), self.values[key].value)}{self.whose(key)}"

    def maximum(self, key: str | None) -> str:
        return f"tối đa {self.value(key)}{self.whose(key)}" if key else ""

    def value(self, key: str) -> str:
        return value_words(self.declared(key), self.values[key].value)

    def declared(self, key: str) -> Threshold | Option:
        return declared((self.policy,), key)

    def whose(self, key: str) -> str:
        rung = self.values[key].rung
        return by_default(rung.origin if rung else None)

    def counted(self, subject: Subject, measure: Measure | None, roll: Roll | None) -> str:
        """`lượt có mặt / lượt phải dự; Vắng có lý do: …`: what decides, with the values it depends on."""
        if measure:
            return "; ".join((self.of_metric(subject, measure.metric), *self.depends(measure)))
        return "; ".join((self.of_roll(roll), *self.depends(roll))) if roll else ""

    def depends(self, on: Measure | Roll) -> Iterator[str]:
        for key in on.parameters.values():
            yield f"{self.declared(key).label}: {self.value(key)}{self.whose(key)}"

    def of_metric(self, subject: Subject, key: str) -> str:
        metric = self.metrics.get((subject, key))
        return " / ".join(filter(None, (metric.part_words, metric.whole_words))) if metric else key

    def of_roll(self, roll: Roll) -> str:
        titles = {scheme.key: scheme for scheme in self.policy.schemes}
        if roll.scheme:
            below = titles[roll.scheme]
            who = SUBJECTS[below.subject]
            return (
                f"{who} đạt “{below.title}” / {who} được tính"
                if below.title
                else f"{who} đạt / {who} được tính"
            )
        counted = next(
            (one.label for one in self.policy.criteria if one.key == roll.criterion), roll.criterion
        )
        if roll.how == "pool":
            return f"cộng số liệu “{counted}” của các chi bộ"
        return f"chi bộ đạt “{counted}” / chi bộ được tính"

    def limits(self, criterion: Criterion) -> Iterator[str]:
        if criterion.when:
            option, choice = criterion.when
            yield f"chỉ khi “{self.declared(option).label}” là “{value_words(self.declared(option), choice)}”"
        if criterion.organisation_types:
            yield f"chỉ với {_listed(criterion.organisation_types, ORGANISATION_TYPES)}"
        if criterion.sectors:
            yield f"chỉ với {_listed(criterion.sectors, SECTORS)}"
        if criterion.may_be_not_applicable:
            yield "được xét là không áp dụng"
        if criterion.met_unless_judged:
            yield "coi là đạt nếu không ai kết luận khác"

    def evidence(self, shown: Evidence) -> str:
        words = [shown.label]
        if shown.operator and shown.threshold:
            words.append(f"gợi ý {self.asked(shown.operator, shown.threshold)}")
        return "; ".join((*words, *(self.depends(shown.measure) if shown.measure else ())))


def _capital(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"


def _considered(scheme: Scheme) -> str:
    who = ENROLMENTS[scheme.enrolment.mode].format(SUBJECTS[scheme.subject])
    types = (
        f" ({_listed(scheme.organisation_types, ORGANISATION_TYPES)})" if scheme.organisation_types else ""
    )
    pledge = "; chưa đăng ký phấn đấu vẫn xét, có ghi rõ" if scheme.enrolment.registration_expected else ""
    return f"{who}{types}{pledge}"


def _listed(keys: Iterable[str], words: Mapping[str, str]) -> str:
    return " hoặc ".join(words.get(key, key).lower() for key in sorted(keys))


def _kind(scheme: Scheme, criterion: Criterion) -> Iterator[str]:
    """How it is decided, who at least judges, what a figure is held against, and what the outcome does."""
    judged = criterion.kind is Kind.JUDGED or criterion.also_judged
    yield f"{KINDS[criterion.kind]}{' và người xét' if criterion.also_judged else ''}"
    yield f"từ bước {STAGE_WORDS[criterion.least_stage].lower()}" if judged else ""
    yield "" if criterion.at is At.END else f"xét {STRETCHES[criterion.at]}"
    yield ROLES[criterion.role]
    grouped = any(criterion.key in group.criteria for group in scheme.groups)
    yield "chưa đạt thì loại" if grouped and criterion.key in scheme.blockers else ""
