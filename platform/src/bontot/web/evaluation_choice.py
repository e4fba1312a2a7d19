"""What a reader chose to see of an evaluation, read from the address and written back into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import request, url_for

from bontot.errors import NotFound
from bontot.evaluation.rules import SchemeRules
from bontot.evaluation.runs import RunHeader
from bontot.policy.terms import Outcome
from bontot.policy.words import SUBJECTS
from bontot.web.words import OUTCOMES

NAMES = {
    "dat": Outcome.MET,
    "chua-dat": Outcome.NOT_MET,
    "chua-co-du-lieu": Outcome.NO_DATA,
    "khong-ap-dung": Outcome.NOT_APPLICABLE,
    "loi": Outcome.ERROR,
}
"""Outcomes as an address names them, in the order they are shown."""
NAME_OF = {outcome: name for name, outcome in NAMES.items()}

NOW = "den-nay"
"""In an address: the run as it stands since."""

Link = tuple[str, str, bool]
"""Words, address, and whether it is what is shown now."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A scheme of a run by its number, and an outcome: of the title, or of the criterion numbered `line`."""

    header: RunHeader
    scheme: int
    outcome: Outcome | None = None
    line: int | None = None

    @property
    def whole(self) -> str:
        """The scheme without any filter."""
        return replace(self, outcome=None, line=None).address()

    def address(self, number: int | None = None) -> str:
        """The page of this choice; `number` turns to a page of its list."""
        name = NAME_OF[self.outcome] if self.outcome else None
        now = 1 if self.header.standing else None
        asked = {"bang": self.scheme, "ket-qua": name, "tieu-chi": self.line, "trang": number, NOW: now}
        given = {key: value for key, value in asked.items() if value is not None}
        return f"{url_for('evaluation.show', run=self.header.public_id)}?{urlencode(given)}"

    def criterion(self, line: int, outcome: Outcome) -> str:
        """Those with that outcome on a criterion."""
        return replace(self, line=line, outcome=outcome).address()

    def moments(self, since: int) -> list[Link]:
        """The run as it was stored and as it stands, where anything was judged since."""
        if not since or self.header.superseded:
            return []
        stored = replace(self, header=replace(self.header, standing=False))
        return [
            (f"Khi đánh giá, {self.header.rules.as_of:%d/%m/%Y}", stored.address(), not self.header.standing),
            (
                "Đến nay, tính cả hồ sơ ghi sau đó",
                replace(self, header=self.header.now).address(),
                self.header.standing,
            ),
        ]

    def scheme_links(self, counts: Sequence[Mapping[Outcome, int]]) -> list[Link]:
        """The schemes that judge anyone counted, the frames' last."""
        return [
            (called(scheme), Choice(self.header, number).address(), number == self.scheme)
            for number, scheme in enumerate(self.header.rules.schemes)
            if counts[number]
        ]

    def outcome_links(self, counts: Mapping[Outcome, int]) -> list[Link]:
        """All, and those of each outcome there is, with their numbers."""
        everyone = Choice(self.header, self.scheme)
        return [(f"Tất cả {sum(counts.values())}", everyone.address(), self.outcome is None)] + [
            (
                f"{OUTCOMES[outcome].words} {counts[outcome]}",
                replace(everyone, outcome=outcome).address(),
                self.outcome is outcome,
            )
            for outcome in NAMES.values()
            if counts.get(outcome)
        ]


def read(header: RunHeader, counts: Sequence[Mapping[Outcome, int]]) -> Choice:
    """What the address asks for, else the first scheme that judges anyone counted. Raises NotFound."""
    first = next((number for number, found in enumerate(counts) if found), 0)
    scheme = _number("bang", len(header.rules.schemes), first)
    if scheme is None:
        raise NotFound
    name = request.args.get("ket-qua")
    if name is not None and name not in NAMES:
        raise NotFound
    line = _number("tieu-chi", len(header.rules.schemes[scheme].lines), None)
    if line is not None and name is None:
        raise NotFound
    return Choice(header, scheme, NAMES[name] if name else None, line)


def called(scheme: SchemeRules) -> str:
    """What a scheme is called: its title, or which frame's it is, by the first words of its name, and whom it looks at."""
    frame = scheme.policy_label.partition(", ")[0]
    return scheme.title or f"Đối chiếu {frame}: {SUBJECTS[scheme.subject]}"


def _number(name: str, below: int, default: int | None) -> int | None:
    given = request.args.get(name)
    if given is None:
        return default
    if not (given.isascii() and given.isdigit() and len(given) < 4 and int(given) < below):
        raise NotFound
    return int(given)
