"""What a committee decides for its fees: the shares kept, the minimum wage of its region; and what holds on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from bontot.access import Actor, Permission
from bontot.db.models import FeeSetting
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, noting, refuse_noted
from bontot.policy.fees import FeeRules, rules_on
from bontot.policy.national_fees import MINIMUM_WAGE, NATIONAL
from bontot.services.audit import note
from bontot.text import clean

RETAINED = "retained."
KEPT_BY_CELL, KEPT_BY_BASE_CELL, KEPT_BY_BASE = (
    f"{RETAINED}{kind}" for kind in ("subordinate_cell", "grassroots_cell", "grassroots_committee")
)
_BESIDE = {KEPT_BY_CELL: KEPT_BY_BASE, KEPT_BY_BASE: KEPT_BY_CELL}
LABELS = {
    KEPT_BY_CELL: "Chi bộ trực thuộc giữ lại",
    KEPT_BY_BASE_CELL: "Chi bộ cơ sở giữ lại",
    KEPT_BY_BASE: "Đảng bộ cơ sở giữ lại, trên tổng số thu",
    MINIMUM_WAGE: "Lương tối thiểu vùng",
}
"""Every figure a committee decides, in the words of its page."""
HIGHEST_WAGE = 100_000_000
"""A minimum wage above this is a slip of the hand, in đồng a month."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One decision: a percentage, or đồng for the minimum wage."""

    key: str
    value: int
    valid_from: date
    document: str
    entered_by: str
    entered_at: datetime


class Settings:
    """Every decision of the committee, asked for a day; below them what the regulation itself says."""

    def __init__(self, decisions: list[Setting]) -> None:
        self.decisions = decisions

    def decided(self, key: str, day: date) -> Setting | None:
        """The decision in force on a day; of equal days the one entered last."""
        begun = [one for one in self.decisions if one.key == key and one.valid_from <= day]
        return begun[-1] if begun else None

    def value(self, key: str, day: date) -> int | None:
        """The figure in force on a day; None where neither the committee nor the regulation gives one."""
        own = self.decided(key, day)
        if own is not None:
            return own.value
        rules = rules_on(day, NATIONAL)
        return dict(rules.retained).get(key.removeprefix(RETAINED)) if rules else None

    def retained(self, organisation_type: str, day: date) -> int | None:
        """Of each hundred đồng, what a type of organisation keeps."""
        return self.value(RETAINED + organisation_type, day)

    def wages(self, day: date) -> Mapping[str, int]:
        """The bases that are one figure for all, by the name a group calls them."""
        wage = self.value(MINIMUM_WAGE, day)
        return {} if wage is None else {MINIMUM_WAGE: wage}


def read(session: TenantSession) -> Settings:
    """Every decision, the earlier first."""
    rows = session.scalars(select(FeeSetting).order_by(FeeSetting.valid_from, FeeSetting.id))
    return Settings(
        [
            Setting(row.key, row.value, row.valid_from, row.document, row.entered_by, row.entered_at)
            for row in rows
        ]
    )


def decide(
    session: TenantSession, actor: Actor, key: str, value: int, valid_from: date, document: str
) -> None:
    """Adds a decision; of lines already written nothing changes. Raises InvalidFields."""
    actor.require(Permission.SET_FEES)
    errors: dict[str, str] = {}
    if key not in LABELS:
        raise InvalidInput("Chọn một con số trong danh sách.", "key")
    highest = HIGHEST_WAGE if key == MINIMUM_WAGE else 100
    if not 0 <= value <= highest:
        limit = "từ 0 đến 100 phần trăm" if highest == 100 else "từ 0 đến 100.000.000 đồng"
        errors["value"] = f"Nhập một số {limit}."
    elif key in _BESIDE and value + (beside := _kept_beside(session, key, valid_from)) > 100:
        errors["value"] = f"{LABELS[_BESIDE[key]]} đã là {beside} %; cộng lại không quá 100 %."
    with noting(errors, "document"):
        document = clean(document, field="document")
        if not document:
            raise InvalidInput("Cần ghi số, ngày của văn bản quyết định.", "document")
    refuse_noted(errors)
    session.add(
        FeeSetting(key=key, value=value, valid_from=valid_from, document=document, entered_by=actor.name)
    )
    note(
        session,
        "set_fees",
        "fee_setting",
        None,
        actor.account_id,
        key=key,
        value=value,
        valid_from=str(valid_from),
    )


def _kept_beside(session: TenantSession, key: str, valid_from: date) -> int:
    """The most that is kept at the other level of the same money while a share decided from a day on would hold."""
    found, other = read(session), _BESIDE.get(key, "")
    later = [one for one in found.decisions if one.valid_from > valid_from]
    until = min((one.valid_from for one in later if one.key == key), default=date.max)
    days = [valid_from, *(one.valid_from for one in later if one.key == other and one.valid_from < until)]
    return max(found.value(other, day) or 0 for day in days)


def current_rules(day: date) -> FeeRules | None:
    """The national regulation in force on a day."""
    return rules_on(day, NATIONAL)
