"""Cuối năm: pledges, selection, remarks and ratings."""

from __future__ import annotations

from typing import Any

from bontot.db.models import (
    AnnualRating,
    PilotSelection,
    Registration,
    ResidenceRemark,
)
from bontot.imports.columns import Column, choice, day, words
from bontot.imports.intake import Intake, SheetKind, fact
from bontot.imports.kinds.common import CARD, CELL, CELL_IF_NEEDED, MEMBER, MEMBER_IF_ANY, YEAR
from bontot.imports.register import Person, Unknown
from bontot.imports.table import Row

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


REGISTRATIONS = SheetKind(
    "registration",
    "Đăng ký phấn đấu",
    (
        CELL_IF_NEEDED,
        MEMBER_IF_ANY,
        CARD,
        YEAR,
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
    (CELL_IF_NEEDED, MEMBER, CARD, YEAR, Column("received_on", "Ngày nhận", day, required=True, past=True)),
    fact(ResidenceRemark, key=("member_id", "year")),
)
RATINGS = SheetKind(
    "annual_rating",
    "Xếp loại năm",
    (
        CELL_IF_NEEDED,
        MEMBER_IF_ANY,
        CARD,
        YEAR,
        Column(
            "level", "Mức", choice(LEVELS, *_MORE_LEVELS), required=True, also=("Xếp loại", "Mức xếp loại")
        ),
        Column("decided_on", "Ngày quyết định", day, past=True),
    ),
    fact(AnnualRating, key=("member_id", "organisation_id", "year")),
    ("Xếp loại chất lượng",),
)
