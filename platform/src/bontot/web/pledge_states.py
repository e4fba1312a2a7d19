"""How far a pledge is, as it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bontot.access import Actor
from bontot.services.year_start import MemberPledge
from bontot.web.words import Mark

SIGNED, CONFIRMED = "signed", "confirmed"
STATES = {
    "": Mark("none", "Chưa đăng ký"),
    SIGNED: Mark("now", "Đã ký, chờ xác nhận"),
    CONFIRMED: Mark("good", "Đã xác nhận"),
}


def state_of(line: Any) -> str:  # noqa: ANN401 - anything with a day of signing and of confirmation
    """How far a pledge is: nothing, signed, confirmed."""
    if line is None or line.signed_on is None:
        return ""
    return CONFIRMED if line.confirmed_on else SIGNED


def to_confirm(people: Iterable[MemberPledge], actor: Actor) -> int:
    """How many members' pledges wait for whoever confirms them; nobody confirms the own, nor what he or she signed."""
    return sum(
        state_of(one) == SIGNED
        and one.member_id != actor.member_id
        and one.signed_account_id != actor.account_id
        for one in people
    )
