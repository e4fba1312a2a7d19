"""What follows from a plan's recognition: whose a step is on a day, by when it is due, and what a count of votes says."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bontot.policy.model import Authority, Step

HUNDRED = 100
SECRET, BY_HANDS = "secret_ballot", "show_of_hands"
"""How a body votes: the choices of `ballot_option`."""


def body_of(step: Step, organisation_type: str, day: date) -> str:
    """Whose a step is on `day` for an organisation of that type, in the plan's words. Before the first body began it is
    already that one's; where the plan names none for the type, nobody's."""
    fit = [
        one
        for one in step.authorities
        if not one.organisation_types or organisation_type in one.organisation_types
    ]
    begun = [one for one in fit if one.valid_from <= day] or sorted(fit, key=_since)[:1]
    return max(begun, key=_since).body if begun else ""


def _since(authority: Authority) -> date:
    return authority.valid_from


def due_day(value: Decimal, year: int) -> date:
    """The day of `year` that a value of unit `MONTH_DAY` names; where the month is shorter, its last."""
    month, day = divmod(int(value), HUNDRED)
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def months_later(day: date, months: int) -> date:
    """The same day of the month so many months later; where that month is shorter, its last."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def carried(votes: int, entitled: int, majority: Decimal) -> bool:
    """Whether `votes` are more than `majority` percent of those entitled; exact."""
    return votes * HUNDRED > majority * entitled


def votes_needed(entitled: int, majority: Decimal) -> int:
    """The fewest votes that are more than `majority` percent of those entitled."""
    return int(majority * entitled / HUNDRED) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """A count of votes, of numbers only: how many are entitled and were present; of a secret ballot how many papers were
    handed out, came back, and were valid or not. By a show of hands there are no papers."""

    method: str
    entitled: int
    present: int
    issued: int | None = None
    returned: int | None = None
    valid: int | None = None
    invalid: int | None = None

    @property
    def most(self) -> int:
        """The most votes anybody can have: the valid papers, or those present."""
        return self.present if self.valid is None else self.valid

    def problems(self) -> Iterator[tuple[str, str]]:
        """What does not add up, as `(field, sentence)`."""
        if self.entitled < 1:
            yield "entitled", "Số người được biểu quyết phải từ 1."
        if self.present > self.entitled:
            yield "present", f"Có mặt {self.present} nhưng chỉ {self.entitled} người được biểu quyết."
        if self.method == SECRET:
            yield from self._papers()

    def _papers(self) -> Iterator[tuple[str, str]]:
        issued, returned, valid, invalid = (
            number or 0 for number in (self.issued, self.returned, self.valid, self.invalid)
        )
        if issued > self.present:
            yield "issued", f"Phát {issued} phiếu nhưng chỉ {self.present} người có mặt."
        if returned > issued:
            yield "returned", f"Thu {returned} phiếu nhưng chỉ phát {issued}."
        if valid + invalid != returned:
            yield (
                "valid",
                f"Phiếu hợp lệ và không hợp lệ cộng lại là {valid + invalid}, nhưng thu {returned} phiếu.",
            )
