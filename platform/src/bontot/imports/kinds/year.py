"""Cuối năm: pledges, selection, remarks, ratings and judgments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache, partial
from typing import Any

from bontot.db.models import (
    AnnualRating,
    Judgment,
    JudgmentEvidence,
    PilotSelection,
    Registration,
    ResidenceRemark,
)
from bontot.db.models.organisation import CELL_TYPES
from bontot.evaluation.values import Values, read_values
from bontot.imports.columns import Column, choice, day, paragraph, points, several, words, year
from bontot.imports.intake import Intake, SheetKind, fact
from bontot.imports.kinds.common import CARD, CELL, CELL_IF_NEEDED, MEMBER, MEMBER_IF_ANY
from bontot.imports.plan import Entity
from bontot.imports.register import Org, Person, Unknown
from bontot.imports.table import Row, heading
from bontot.policy.model import Criterion, Stage, Subject
from bontot.policy.words import figure
from bontot.registry import Registry

LEVELS = {
    "Hoàn thành xuất sắc nhiệm vụ": "excellent",
    "Hoàn thành tốt nhiệm vụ": "good",
    "Hoàn thành nhiệm vụ": "completed",
    "Không hoàn thành nhiệm vụ": "not_completed",
}
_MORE_LEVELS = (
    ("HTXSNV", "excellent"),
    ("HTTNV", "good"),
    ("HTNV", "completed"),
    ("KHTNV", "not_completed"),
)
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
    """Verdicts and points of people, on criteria of the plans in use."""
    criteria = criteria_of(intake.registry)
    most = cache(partial(_maximum, read_values(intake.session, intake.registry)))

    def judged(row: Row, record: dict[str, Any], _: Intake) -> bool:
        criterion = _criterion(row, record, criteria)
        if criterion is None or not (_verdict_or_points(row, criterion) and _possible(row, criterion, most)):
            return False
        record["criterion"] = criterion.key
        return True

    key = ("criterion", "year", "stage", "organisation_id", "member_id")
    fact(Judgment, key=key, check=judged, parts=_evidence)(rows, intake)


def _evidence(row: Row, judgment: Entity, intake: Intake) -> None:
    for title in row.get("evidence", ()):
        intake.plan.add(JudgmentEvidence, {"judgment_id": judgment, "title": title})


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


def _verdict_or_points(row: Row, criterion: Criterion) -> bool:
    if ("verdict" in row.values) == ("points" in row.values):
        row.error("verdict", "Hãy ghi kết luận hoặc điểm, chỉ một trong hai.")
    elif "points" in row.values and criterion.points is None:
        row.error("points", "Tiêu chí này không chấm điểm; hãy ghi kết luận.")
    elif "verdict" in row.values and criterion.points is not None:
        row.error("verdict", "Tiêu chí này chấm điểm; hãy ghi điểm.")
    elif row.get("verdict") == "not_applicable" and not criterion.may_be_not_applicable:
        row.error("verdict", "Tiêu chí này luôn áp dụng; hãy ghi Đạt hoặc Chưa đạt.")
    else:
        return True
    return False


def _possible(row: Row, criterion: Criterion, most: Callable[[str, int], Decimal | None]) -> bool:
    """Whether the points are at most what there is to give."""
    maximum = most(criterion.points, row.values["year"]) if criterion.points else None
    if maximum is None or row.values["points"] <= maximum:
        return True
    row.error("points", f"Tiêu chí này có tối đa {figure(maximum)} điểm.")
    return False


def _maximum(values: Values, key: str, year: int) -> Decimal | None:
    """The most points any plan in use gives under `key` at the end of a year."""
    last = date(year, 12, 31)
    stated = (
        values.on(code, max(last, offer.policy.in_force_from)).get(key)
        for code, offer in values.registry.policies.items()
    )
    return max((one.number for one in stated if one and one.number is not None), default=None)


def _signed(row: Row, record: dict[str, Any], intake: Intake) -> bool:
    """The signer belongs to the cell, or to the member's cell."""
    if "signed_by" not in row.values:
        return True
    subject = record.get("member_id")
    home = subject.home.organisation if isinstance(subject, Person) and subject.home else None
    try:
        record["signed_by_id"] = intake.register.person(
            row.values["signed_by"], record.get("organisation_id", home)
        )
    except Unknown as unknown:
        row.error("signed_by", str(unknown))
        return False
    return True


def _known_policy(row: Row, record: dict[str, Any], intake: Intake) -> bool:
    if record["policy_code"] in intake.registry.policies:
        return True
    known = ", ".join(sorted(intake.registry.policies)) or "chưa có kế hoạch nào"
    row.error(
        "policy_code", f"Không có kế hoạch mang mã “{record['policy_code']}”; các mã đang dùng: {known}."
    )
    return False


_YEAR = Column("year", "Năm", year, required=True)

REGISTRATIONS = SheetKind(
    "registration",
    "Đăng ký phấn đấu",
    (
        CELL_IF_NEEDED,
        MEMBER_IF_ANY,
        CARD,
        _YEAR,
        Column("signed_on", "Ngày ký", day, required=True, past=True),
        Column("signed_by", "Người ký", words),
        Column("confirmed_on", "Ngày xác nhận", day, past=True),
    ),
    fact(Registration, key=("organisation_id", "member_id", "year"), on="signed_on", check=_signed),
)
SELECTIONS = SheetKind(
    "pilot_selection",
    "Chọn thí điểm",
    (
        CELL,
        Column("policy_code", "Kế hoạch", words, required=True, also=("Mã kế hoạch",)),
        Column("selected_on", "Ngày chọn", day, required=True, past=True, also=("Ngày",)),
        Column("selected_by", "Cơ quan chọn", words, required=True, also=("Cấp ủy chọn",)),
        Column("ended_on", "Ngày kết thúc", day),
    ),
    fact(
        PilotSelection,
        key=("organisation_id", "policy_code", "selected_on"),
        on="selected_on",
        check=_known_policy,
    ),
)
REMARKS = SheetKind(
    "residence_remark",
    "Nhận xét nơi cư trú",
    (CELL_IF_NEEDED, MEMBER, CARD, _YEAR, Column("received_on", "Ngày nhận", day, required=True, past=True)),
    fact(ResidenceRemark, key=("member_id", "year")),
)
RATINGS = SheetKind(
    "annual_rating",
    "Xếp loại năm",
    (
        CELL_IF_NEEDED,
        MEMBER_IF_ANY,
        CARD,
        _YEAR,
        Column(
            "level", "Mức", choice(LEVELS, *_MORE_LEVELS), required=True, also=("Xếp loại", "Mức xếp loại")
        ),
        Column("decided_on", "Ngày quyết định", day, past=True),
    ),
    fact(AnnualRating, key=("member_id", "organisation_id", "year")),
    ("Xếp loại chất lượng",),
)
JUDGMENTS = SheetKind(
    "judgment",
    "Đánh giá",
    (
        Column("criterion", "Tiêu chí", words, required=True),
        CELL_IF_NEEDED,
        MEMBER_IF_ANY,
        CARD,
        _YEAR,
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
