"""Tổ chức: the tree of organisations, and what a superior orders for its calendar."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bontot.db.models import (
    HolidayOverride,
    MeetingPreference,
    MonthException,
    Organisation,
    OrganisationPeriod,
)
from bontot.evaluation.schedule import NOT_OFF
from bontot.imports.columns import Column, choice, day, mark, month, whole, words
from bontot.imports.intake import Intake, SheetKind, fact
from bontot.imports.kinds.common import CELL, ORGANISATION_IF_NOT_ALL
from bontot.imports.on_record import Said, Seen
from bontot.imports.register import Org, Unknown
from bontot.imports.table import Row
from bontot.policy.calendar import DayKind
from bontot.text import natural_key, search_key

TYPES = {
    "Thành ủy, tỉnh ủy": "provincial_committee",
    "Đảng bộ cấp trên trực tiếp cơ sở": "upper_committee",
    "Đảng bộ cơ sở": "grassroots_committee",
    "Chi bộ cơ sở": "grassroots_cell",
    "Đảng bộ bộ phận": "sub_committee",
    "Đảng bộ trực thuộc cơ sở": "subordinate_committee",
    "Chi bộ trực thuộc": "subordinate_cell",
    "Tổ đảng": "party_group",
}
SECTORS = {
    "Khu dân cư": "residential",
    "Trường học": "school",
    "Y tế": "health",
    "Cơ quan nhà nước": "state_agency",
    "Doanh nghiệp nhà nước": "state_enterprise",
    "Doanh nghiệp ngoài nhà nước": "private_enterprise",
    "Công an": "police",
    "Quân đội": "army",
    "Khác": "other",
}
_MORE_TYPES = (
    ("Thành ủy", "provincial_committee"),
    ("Tỉnh ủy", "provincial_committee"),
    ("Quận ủy", "upper_committee"),
    ("Huyện ủy", "upper_committee"),
    ("Thị ủy", "upper_committee"),
    ("Đảng ủy cấp trên trực tiếp cơ sở", "upper_committee"),
    ("Đảng ủy cơ sở", "grassroots_committee"),
)
_MORE_SECTORS = (
    ("Tổ dân phố", "residential"),
    ("Thôn", "residential"),
    ("Doanh nghiệp tư nhân", "private_enterprise"),
)


def take_organisations(rows: list[Row], intake: Intake) -> None:
    """Enters each organisation under its superior, which may stand anywhere in the sheet; refuses a second top, a
    repeated code, a superior that is a cell, and circles."""
    brought = {_code(row): row for row in reversed(rows)}
    done: dict[str, Org | None] = {}
    for row in rows:
        if brought[_code(row)] is not row:
            row.error("code", f"Mã {row.values['code']} trùng với dòng {brought[_code(row)].number}.")
        else:
            _enter(row, intake, brought, done)


def _code(row: Row) -> str:
    code: str = row.values["code"]
    return code.upper()


def _enter(row: Row, intake: Intake, brought: dict[str, Row], done: dict[str, Org | None]) -> Org | None:
    """The organisation of a row, entered once; None when it, or its superior, cannot be."""
    code = _code(row)
    if code in done:
        return done[code]
    done[code] = None  # while it is open, a path back to it is a circle
    written = row.get("parent")
    there = intake.register.of_code(code)
    if there is not None:
        done[code] = there
        intake.on_record.hold(row, _said(row, there), _seen(row, there, intake))
        return there
    parent = _parent(row, written, intake, brought, done) if written else None
    if (written and parent is None) or not _sound(row, parent, intake):
        return None
    org = done[code] = Org(
        code=row.values["code"],
        name=row.values["name"],
        type=row.values["type"],
        parent=parent,
        founded_on=row.values["founded_on"],
    )
    intake.register.enter_organisation(org)
    _plan(row, org, intake)
    return org


def _parent(
    row: Row, written: str, intake: Intake, brought: dict[str, Row], done: dict[str, Org | None]
) -> Org | None:
    code = written.upper()
    if code in brought and brought[code] is not row:
        if code in done and done[code] is None:
            row.error("parent", f"Cấp trên {written} chưa nhập được, hoặc hai tổ chức là cấp trên của nhau.")
            return None
        parent = _enter(brought[code], intake, brought, done)
        if parent is None:
            row.error("parent", f"Cấp trên {written} ở dòng {brought[code].number} chưa nhập được.")
        return parent
    if code in brought:
        row.error("parent", "Tổ chức không thể là cấp trên của chính mình.")
        return None
    try:
        return intake.register.organisation(written)
    except Unknown as unknown:
        row.error("parent", str(unknown))
        return None


def _said(row: Row, org: Org) -> Iterator[Said]:
    for name in ("founded_on", "founding_document", "paper_place"):
        yield Said(name, row.get(name), Organisation, {"id": org.id}, (name,))


def _seen(row: Row, org: Org, intake: Intake) -> Iterator[Seen]:
    for name in ("name", "type", "sector"):
        yield Seen(name, row.get(name), getattr(org, name))
    if written := row.get("parent"):
        try:
            named: object = intake.register.organisation(written)
        except Unknown:
            named = written
        yield Seen("parent", named, org.parent)


def _sound(row: Row, parent: Org | None, intake: Intake) -> bool:
    founded_on, known = row.values["founded_on"], intake.register
    if parent is None and known.top is not None:
        row.error(
            "parent", f"Chỉ một tổ chức không có cấp trên ({known.top.name}); hãy ghi mã cấp trên trực tiếp."
        )
    elif parent is not None and parent.is_cell and row.values["type"] != "party_group":
        row.error("parent", f"{parent.name} là chi bộ nên không thể là cấp trên trực tiếp.")
    elif parent is not None and founded_on < parent.founded_on:
        founded = f"{parent.founded_on:%d/%m/%Y}"
        row.error("founded_on", f"Ngày thành lập trước ngày thành lập của cấp trên ({founded}).")
    elif known.has_child(parent, row.values["name"]):
        row.error("name", f"Cấp trên này đã có tổ chức tên “{row.values['name']}”.")
    else:
        return True
    return False


def _plan(row: Row, org: Org, intake: Intake) -> None:
    document = row.get("founding_document")
    founded = {"founded_on": org.founded_on, "founding_document": document}
    intake.plan.add(Organisation, founded | {"paper_place": row.get("paper_place")}, org)
    intake.plan.add(
        OrganisationPeriod,
        {
            "organisation_id": org,
            "parent_id": org.parent,
            "name": org.name,
            "code": org.code,
            "type": org.type,
            "sector": row.get("sector", "other"),
            "sort_key": natural_key(org.name),
            "valid_from": org.founded_on,
            "document": document,
        },
    )


ORGANISATIONS = SheetKind(
    "organisation",
    "Tổ chức",
    (
        Column("code", "Mã", words, required=True, also=("Mã tổ chức", "Mã số", "Mã tổ chức đảng")),
        Column("name", "Tên", words, required=True, also=("Tên tổ chức", "Tên tổ chức đảng", "Tổ chức đảng")),
        Column("type", "Loại hình", choice(TYPES, *_MORE_TYPES), required=True, also=("Loại hình tổ chức",)),
        Column("sector", "Lĩnh vực", choice(SECTORS, *_MORE_SECTORS), also=("Loại hình chi bộ",)),
        Column("parent", "Mã cấp trên", words, also=("Cấp trên", "Cấp trên trực tiếp", "Trực thuộc")),
        Column("founded_on", "Ngày thành lập", day, required=True, past=True),
        Column("founding_document", "Số quyết định", words, also=("Quyết định thành lập",)),
        Column("paper_place", "Địa danh", words, also=("Địa danh ghi trên văn bản",)),
    ),
    take_organisations,
    ("Danh sách tổ chức", "Tổ chức đảng", "Danh sách tổ chức đảng", "Chi bộ", "Danh sách chi bộ"),
    beside=("Tên cấp trên", "Số chi bộ", "Số đảng viên"),
)


def _ordered(row: Row, record: dict[str, Any], _: Intake) -> bool:
    """A waived month, or a new day with its deadline, both within the month."""
    days = [record[name] for name in ("day", "deadline") if name in record]
    if record.setdefault("waived", False) == bool(days):
        row.error("day", "Hãy ghi ngày họp và hạn mới, hoặc đánh dấu “Không phải họp”; không ghi cả hai.")
    elif any(day.replace(day=1) != record["month"] for day in days) or days != sorted(days):
        row.error("day", "Ngày họp và hạn mới phải nằm trong tháng này, ngày họp không sau hạn.")
    else:
        return True
    return False


MONTH_EXCEPTIONS = SheetKind(
    "month_exception",
    "Điều chỉnh lịch",
    (
        CELL,
        Column("month", "Tháng", month, required=True),
        Column("day", "Ngày họp mới", day),
        Column("deadline", "Hạn mới", day),
        Column("waived", "Không phải họp", mark),
        Column("document", "Số văn bản", words, required=True),
    ),
    fact(MonthException, key=("organisation_id", "month"), on="month", check=_ordered),
)


def _day_of_month(row: Row, record: dict[str, Any], _: Intake) -> bool:
    if 1 <= record["day"] <= 31:
        return True
    row.error("day", "Ngày trong tháng phải từ 1 đến 31.")
    return False


MEETING_PREFERENCES = SheetKind(
    "meeting_preference",
    "Ngày họp hằng tháng",
    (
        CELL,
        Column("day", "Ngày trong tháng", whole, required=True),
        Column("valid_from", "Từ ngày", day, required=True),
    ),
    fact(MeetingPreference, key=("organisation_id",), on="valid_from", check=_day_of_month),
)


DAYS = {
    "Ngày lễ": DayKind.STATUTORY,
    "Nghỉ bù": DayKind.COMPENSATORY,
    "Nghỉ hoán đổi": DayKind.SWAPPED_OFF,
    "Thứ bảy làm bù": DayKind.WORKED_SATURDAY,
    "Không nghỉ": NOT_OFF,
}


def _open_month(row: Row, record: dict[str, Any], intake: Intake) -> bool:
    """Schedules of months that are over stand (dossier, calendar §4)."""
    if record["day"] >= intake.register.today.replace(day=1):
        return True
    row.error("day", "Tháng này đã qua: lịch sinh hoạt của tháng ấy đã chốt.")
    return False


def _of_whom(row: Row, record: dict[str, Any], _: Intake) -> bool:
    """A day of one organisation names it where it is looked for."""
    said = row.get("applies_to")
    if record["organisation_id"] is None and said is not None and search_key(said) != "ca dang bo":
        row.error(
            "applies_to", f"Hãy ghi mã hoặc tên của “{said}” ở cột Tổ chức; để trống là ngày của cả đảng bộ."
        )
        return False
    return True


OWN_DAYS_OFF = SheetKind(
    "holiday_override",
    "Ngày nghỉ riêng",
    (
        ORGANISATION_IF_NOT_ALL,
        Column("applies_to", "Áp dụng cho", words),
        Column("day", "Ngày", day, required=True),
        Column("kind", "Loại ngày", choice(DAYS), required=True),
        Column("name", "Tên ngày", words, required=True),
        Column("source", "Số văn bản", words, required=True),
    ),
    fact(
        HolidayOverride,
        key=("organisation_id", "day"),
        on="day",
        derive=_of_whom,
        check=_open_month,
        of_all=True,
    ),
    hint="Tổ chức để trống: ngày của cả đảng bộ.",
    beside=("Người ghi", "Ghi lúc"),
)
