"""Cuối năm: what people judged, by the same rules as on the pages."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import select

from bontot.db.models import Judgment, JudgmentEvidence, PolicyAssignment
from bontot.db.models.organisation import CELL_TYPES
from bontot.evaluation.asked import AskedCriterion, asked_criterion, values_of
from bontot.evaluation.judgments import STAGES as IN_ORDER
from bontot.evaluation.tree import Span, nearest
from bontot.evaluation.values import read_values
from bontot.imports.columns import Column, choice, day, paragraph, points, several, words
from bontot.imports.intake import Intake, Many, SheetKind, fact
from bontot.imports.kinds.common import CARD, CELL_IF_NEEDED, MEMBER_IF_ANY, YEAR
from bontot.imports.layout import heading
from bontot.imports.plan import Entity
from bontot.imports.register import Org, Person
from bontot.imports.table import Row
from bontot.policy.model import Criterion
from bontot.policy.terms import Stage, Subject
from bontot.registry import Registry
from bontot.services.judgment_rules import Hand, JudgmentEntry, Recorded, day_refused, refusals

STAGES = {"Tự đánh giá": Stage.SELF_ASSESSMENT, "Chi bộ": Stage.CELL, "Thẩm định": Stage.APPRAISAL}
VERDICTS = {"Đạt": "met", "Chưa đạt": "not_met", "Không áp dụng": "not_applicable"}
SUBJECT_WORDS = {
    Subject.MEMBER: "đảng viên",
    Subject.CELL: "chi bộ",
    Subject.BASE_ORGANISATION: "đảng bộ cơ sở",
}


def criteria_of(registry: Registry) -> dict[str, list[tuple[Subject, Criterion]]]:
    """Every criterion of every plan in use, by key and by label, with the subjects it judges."""
    found: dict[str, list[tuple[Subject, Criterion]]] = {}
    for offer in registry.policies.values():
        criteria = {criterion.key: criterion for criterion in offer.policy.criteria}
        for scheme in offer.policy.schemes:
            for key in [*(key for group in scheme.groups for key in group.criteria), *scheme.blockers]:
                for name in {key, heading(criteria[key].label)}:
                    found.setdefault(name, []).append((scheme.subject, criteria[key]))
    return found


def take_judgments(rows: list[Row], intake: Intake) -> None:
    """Verdicts and points of people, on criteria of the plans in use; the lower stages first, by which later ones are
    held."""
    criteria, demands, made = criteria_of(intake.registry), _Demands(intake), _made(intake)
    of_key = {criterion.key: criterion for named in criteria.values() for _, criterion in named}

    def named(row: Row, record: dict[str, Any], _: Intake) -> bool:
        criterion = _criterion(row, record, criteria)
        record["criterion"] = criterion.key if criterion else ""
        return criterion is not None

    def judged(row: Row, record: dict[str, Any], _: Intake) -> bool:
        criterion = of_key[record["criterion"]]
        if wrong_day := day_refused(row.values["judged_on"], row.values["year"], intake.register.today):
            row.error("judged_on", wrong_day)
            return False
        others, mine = made[_whose(record)], _recorded(row)
        asked = demands.of(criterion, record, row.values["year"])
        wrong = [
            list(refusals(one, Stage(row.values["stage"]), mine.entry, mine.hand, others)) for one in asked
        ]
        if all(wrong):
            for field, sentence in wrong[0]:
                row.error(field, sentence)
            return False
        others.setdefault(Stage(row.values["stage"]), mine)
        return True

    key = ("criterion", "year", "stage", "organisation_id", "member_id")
    ordered = sorted(rows, key=lambda row: IN_ORDER.index(row.values["stage"]))
    fact(Judgment, key=key, on="year", derive=named, check=judged, many=(_EVIDENCE,))(ordered, intake)


def _recorded(row: Row) -> Recorded:
    """What a row says was judged; its hand is known by name alone."""
    entry = JudgmentEntry(
        verdict=row.get("verdict"), points=row.get("points"), remark=row.get("remark") or ""
    )
    hand = Hand(None, None, row.values["judged_by"])
    return Recorded(entry=entry, hand=hand, judged_on=row.values["judged_on"])


Whose = tuple[object, object, str, int]


def _whose(record: dict[str, Any]) -> Whose:
    """What the stages of one judgment share: an organisation or member, the criterion and the year."""
    org, person = (record.get(name) for name in ("organisation_id", "member_id"))
    ids = [one.id if isinstance(one, Entity) and one.id is not None else one for one in (org, person)]
    return ids[0], ids[1], record["criterion"], record["year"]


def _made(intake: Intake) -> defaultdict[Whose, dict[Stage, Recorded]]:
    """The judgments on record; those a workbook brings are added as they are understood."""
    found: defaultdict[Whose, dict[Stage, Recorded]] = defaultdict(dict)
    columns = (
        Judgment.organisation_id,
        Judgment.member_id,
        Judgment.criterion,
        Judgment.year,
        Judgment.stage,
        Judgment.verdict,
        Judgment.points,
        Judgment.account_id,
        Judgment.judge_id,
        Judgment.judged_by,
        Judgment.judged_on,
    )
    for (
        org,
        member,
        criterion,
        of_year,
        stage,
        verdict,
        given,
        account,
        judge,
        name,
        on,
    ) in intake.session.execute(select(*columns)):
        entry = JudgmentEntry(verdict=verdict, points=given)
        recorded = Recorded(entry=entry, hand=Hand(account, judge, name), judged_on=on)
        found[org, member, criterion, of_year][Stage(stage)] = recorded
    return found


class _Demands:
    """What plans ask of a judgment: the plan that governs its subject, or where none is known every plan in use."""

    def __init__(self, intake: Intake) -> None:
        self._registry, self._today = intake.registry, intake.register.today
        self._values = read_values(intake.session, intake.registry)
        self._assigned: dict[int, list[Span[str]]] = defaultdict(list)
        columns = (PolicyAssignment.valid_from, PolicyAssignment.valid_to, PolicyAssignment.policy_code)
        for org, since, until, code in intake.session.execute(
            select(PolicyAssignment.organisation_id, *columns)
        ):
            self._assigned[org].append(Span(since, until, code))
        self._of_plans = cache(self._stated)

    def of(self, criterion: Criterion, record: dict[str, Any], of_year: int) -> tuple[AskedCriterion, ...]:
        """Those who ask it of a record's subject, the one that gives most points first."""
        last, subject = min(self._today, date(of_year, 12, 31)), _subject(record)
        place = _place(record, last)
        line = [org.id for org in (place.upwards if place else ()) if org.id is not None]
        code = nearest(self._assigned, line, last)
        own = self._of_plans((code,), criterion.key, subject, last) if code in self._registry.policies else ()
        return own or self._of_plans(tuple(self._registry.policies), criterion.key, subject, last)

    def _stated(
        self, codes: tuple[str, ...], key: str, subject: Subject, on: date
    ) -> tuple[AskedCriterion, ...]:
        found = [
            asked_criterion(
                offered, scheme, criterion, values_of(self._registry, self._values, offered.code, on)
            )
            for code in codes
            for offered in (self._registry.policy(code), *self._registry.frames(code))
            for scheme in offered.schemes
            if scheme.subject is subject and key in scheme.criterion_keys
            for criterion in offered.criteria
            if criterion.key == key
        ]
        return tuple(sorted(found, key=lambda one: one.maximum or 0, reverse=True))


def _place(record: dict[str, Any], day: date) -> Org | None:
    """The organisation judged, or the member's home cell on `day`."""
    person: Person | None = record.get("member_id")
    if person is not None:
        homes = (span for span in person.memberships if span.kind == "home" and span.holds(day))
        return next((span.organisation for span in homes), None)
    org: Org | None = record.get("organisation_id")
    return org


_EVIDENCE = Many("evidence", JudgmentEvidence, "judgment_id", "title")


def _criterion(
    row: Row, record: dict[str, Any], criteria: dict[str, list[tuple[Subject, Criterion]]]
) -> Criterion | None:
    """The criterion a row names by key or by its full words, if it judges this kind of subject."""
    written: str = row.values["criterion"]
    named = criteria.get(written) or criteria.get(heading(written)) or []
    subject = _subject(record)
    found = {criterion.key: criterion for judges, criterion in named if judges is subject}
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        row.error(
            "criterion", f"Có {len(found)} tiêu chí cùng tên; hãy ghi khóa: {', '.join(sorted(found))}."
        )
    elif named:
        row.error("criterion", f"Tiêu chí “{written}” không dùng để đánh giá {SUBJECT_WORDS[subject]}.")
    else:
        row.error("criterion", f"Không có tiêu chí “{written}” trong các kế hoạch đang dùng.")
    return None


def _subject(record: dict[str, Any]) -> Subject:
    org: Org | None = record.get("organisation_id")
    if org is None:
        return Subject.MEMBER
    return Subject.CELL if org.type in CELL_TYPES else Subject.BASE_ORGANISATION


JUDGMENTS = SheetKind(
    "judgment",
    "Đánh giá",
    (
        Column("criterion", "Tiêu chí", words, required=True),
        CELL_IF_NEEDED,
        MEMBER_IF_ANY,
        CARD,
        YEAR,
        Column(
            "stage", "Bước", choice(STAGES, ("Cấp trên", Stage.APPRAISAL)), required=True, also=("Giai đoạn",)
        ),
        Column("verdict", "Kết luận", choice(VERDICTS, ("Không đạt", "not_met"))),
        Column("points", "Điểm", points),
        Column("remark", "Nhận xét", paragraph),
        Column("evidence", "Minh chứng", several),
        Column("judged_by", "Người đánh giá", words, required=True),
        Column("judged_on", "Ngày", day, required=True, past=True, also=("Ngày đánh giá",)),
    ),
    take_judgments,
    ("Nhận xét, đánh giá",),
)
