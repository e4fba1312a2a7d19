"""Cuối năm: pledges, selection, remarks and ratings."""

from __future__ import annotations

from typing import Any

from bontot.db.models import (
    AnnualRating,
    PilotSelection,
    Registration,
    ResidenceRemark,
)
from bontot.imports.columns import Column, choice, day, whole, words
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


MOST_VOTERS = 99_999
"""As on the page of ratings."""


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


def _votes_of_entitled(row: Row, record: dict[str, Any], _: Intake) -> bool:
    """Votes are some of those entitled to vote, and are told with how many these were."""
    votes, entitled = record.get("votes"), record.get("entitled")
    if votes is None and entitled is None:
        return True
    if votes is not None and entitled is not None and 0 <= votes <= entitled <= MOST_VOTERS:
        return True
    row.error("votes", "Số phiếu và số người được biểu quyết ghi cùng nhau; số phiếu không quá số người.")
    return False


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
        Column("signed_on", "Ngày ký", day, required=True, gist=True, past=True),
        Column("signed_by", "Người ký", words),
        Column("confirmed_on", "Ngày xác nhận", day, past=True),
    ),
    fact(Registration, key=("organisation_id", "member_id", "year"), on="signed_on", derive=_signed),
    beside=(
        "Nơi sinh hoạt",
        "Trực thuộc",
        "Tình trạng",
        "Đảng viên đã ký",
        "Đảng viên đã được xác nhận",
        "Số đảng viên",
    ),
)
SELECTIONS = SheetKind(
    "pilot_selection",
    "Chọn thí điểm",
    (
        CELL,
        Column("policy_code", "Kế hoạch", words, required=True, also=("Mã kế hoạch",)),
        Column("selected_on", "Ngày chọn", day, required=True, past=True, also=("Ngày",)),
        Column("selected_by", "Cơ quan chọn", words, required=True, also=("Cấp ủy chọn",)),
        Column("document", "Văn bản chọn", words),
        Column("ended_on", "Ngày kết thúc", day),
        Column("end_document", "Văn bản kết thúc", words),
    ),
    fact(
        PilotSelection,
        key=("organisation_id", "policy_code", "selected_on"),
        on="selected_on",
        check=_known_policy,
    ),
    beside=("Nơi thí điểm", "Xếp loại hai năm trước"),
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
            "level",
            "Mức",
            choice(LEVELS, *_MORE_LEVELS),
            required=True,
            gist=True,
            also=("Xếp loại", "Mức xếp loại"),
        ),
        Column("votes", "Số phiếu", whole),
        Column("entitled", "Số người được biểu quyết", whole),
        Column("decided_on", "Ngày quyết định", day, past=True),
        Column("document", "Số văn bản", words),
    ),
    fact(AnnualRating, key=("member_id", "organisation_id", "year"), on="year", check=_votes_of_entitled),
    ("Xếp loại chất lượng",),
    beside=(
        "Nơi sinh hoạt",
        "Trực thuộc",
        "Đảng viên phải xếp",
        "Đảng viên đã xếp",
        *(f"Đảng viên {level.lower()}" for level in LEVELS),
        "Ghi chú",
    ),
)
