"""The form of a yearly pledge: a line a criterion, filled in beforehand from the plan; what was typed is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from bontot.errors import FormNotUnderstood, InvalidInput
from bontot.services.pledges import PARTS, AskedPledge, Pledge, PledgeEntry, Promise
from bontot.web.fields import a_day, box_names
from bontot.web.routing import OF_EVERY_FORM

OURS = OF_EVERY_FORM.union(("version", "reason"), box_names("signed_on"))


@dataclass(slots=True)
class PledgeForm:
    """The form as shown: a promise by criterion, the day in its boxes, why a signed pledge is changed."""

    promises: Mapping[str, Promise]
    signed_on: Mapping[str, str]
    reason: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    def wrong(self, criterion: str) -> bool:
        """Whether something of a criterion is to be mended."""
        return any(f"{part}-{criterion}" in self.errors for part in PARTS)


def offered(asked: AskedPledge, pledge: Pledge | None, signed_on: Mapping[str, str]) -> PledgeForm:
    """The form as the plan, or the pledge on record, has it."""
    known = pledge.promises if pledge else {}
    return PledgeForm(
        {line.criterion: known.get(line.criterion, line.offered) for line in asked.lines}, signed_on
    )


def typed(asked: AskedPledge, form: MultiDict[str, str], signed_on: Mapping[str, str]) -> PledgeForm:
    """What was sent. Raises InvalidInput for fields no such form has."""
    names = {f"{part}-{line.criterion}" for part in PARTS for line in asked.lines}
    if form.keys() - names - OURS:
        raise FormNotUnderstood
    promises = {
        line.criterion: Promise(*(form.get(f"{part}-{line.criterion}", "") for part in PARTS))
        for line in asked.lines
    }
    return PledgeForm(promises, signed_on, form.get("reason", ""))


def entry_of(shown: PledgeForm) -> PledgeEntry:
    """What the form means. Raises InvalidInput."""
    try:
        signed_on = a_day(shown.signed_on)
    except InvalidInput as refusal:
        raise InvalidInput(str(refusal), "signed_on") from None
    return PledgeEntry(signed_on=signed_on, promises=shown.promises, reason=shown.reason)
