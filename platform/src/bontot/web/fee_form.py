"""The form in which a cell's fees of a month are taken: what was typed of each member, and what it means.

A line is named by `row` and says `fee-<public id>` (month, all or other), `how-<public id>` once other (nothing, all or
some), `amount-<public id>`, and `due-<public id>` where nobody knew the due. What was typed is kept as it was typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from bontot.db.models.fee import CHANNELS
from bontot.errors import FormNotUnderstood, InvalidInput, noting
from bontot.policy.fees import FeeRules
from bontot.policy.national_fees import NATIONAL
from bontot.policy.words import figure
from bontot.services.fees.bases import Span
from bontot.services.fees.ledger import Due, Ledger, Line, month_before
from bontot.services.fees.recording import ALL, MONTH, NOTHING, OTHER, Taken, key_of
from bontot.web.differences import Difference, differing
from bontot.web.fields import a_sum, box_names, spoken_boxes
from bontot.web.routing import OF_EVERY_FORM

OURS = OF_EVERY_FORM.union(("version", "row", "channel"), box_names("paid_on"))
PARTS = ("fee-", "how-", "amount-", "due-")
SOME = "some"
HOWS = (NOTHING, ALL, SOME)


@dataclass(frozen=True, slots=True)
class Row:
    """A line with what was chosen: `fee` what stands on the switch, `how` once it is other."""

    line: Line
    fee: str
    how: str = NOTHING
    amount: str = ""
    due: str = ""

    @property
    def key(self) -> str:
        """The row's place on the page."""
        return key_of(self.line)

    @property
    def first(self) -> str:
        """What the first side of the switch means: the month, or where that is settled the debts."""
        return MONTH if self.line.left or not self.line.written else ALL

    @property
    def spoken(self) -> str:
        """What was chosen, in words."""
        if self.fee != OTHER:
            return "Nộp đủ tháng này" if self.fee == MONTH else "Nộp cả nợ cũ"
        return {NOTHING: "Chưa nộp", ALL: "Nộp cả nợ cũ", SOME: f"Nộp {self.amount or '0'} đồng"}[self.how]


@dataclass(slots=True)
class FeeForm:
    """The form as shown."""

    rows: list[Row]
    paid_on: Mapping[str, str]
    channel: str = CHANNELS[0]
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """What would be taken, as far as it can be read."""
        return sum(_amount(row) for row in self.rows)

    @property
    def payers(self) -> int:
        """How many pay something."""
        return sum(_amount(row) > 0 for row in self.rows)

    @property
    def unpaid(self) -> int:
        """How many owe something and pay nothing."""
        return sum(_owing(row) > 0 and _amount(row) == 0 for row in self.rows)

    @property
    def exempt(self) -> int:
        """How many are written into the ledger as exempt, with nothing to pay."""
        return sum(row.line.due.exempt and not row.line.written and not row.line.owed for row in self.rows)

    @property
    def unknown(self) -> int:
        """How many nobody has said a due of."""
        return sum(row.line.due.amount is None and not _readable(row.due) for row in self.rows)

    @property
    def settled(self) -> bool:
        """Whether everybody is in the ledger already, so that only who pays is written down."""
        return all(row.line.written for row in self.rows)

    @property
    def arrears(self) -> int:
        """What of the total is for earlier months."""
        return sum(_for_earlier(row) for row in self.rows)


def offered(found: Ledger, paid_on: Mapping[str, str]) -> FeeForm:
    """Everybody who has no line yet pays the month; who has one and still owes, nothing until touched."""
    return FeeForm([_offered(line) for line in found.lines if line.open], paid_on)


def _offered(line: Line) -> Row:
    return Row(line, OTHER if line.written else MONTH)


def sent(form: MultiDict[str, str], found: Ledger, paid_on: Mapping[str, str]) -> FeeForm:
    """What was sent, over the lines of now; of those it did not list, the open ones as they are offered. Raises
    InvalidInput for fields no such form has."""
    known = {str(line.public_id) for line in found.lines}
    for name in form:
        prefix = next((part for part in PARTS if name.startswith(part)), "")
        if name not in OURS and (not prefix or name.removeprefix(prefix) not in known):
            raise FormNotUnderstood
    if form.get("channel", CHANNELS[0]) not in CHANNELS:
        raise FormNotUnderstood
    listed = set(form.getlist("row"))
    rows = [
        _sent(form, line) if str(line.public_id) in listed else _offered(line)
        for line in found.lines
        if line.open or str(line.public_id) in listed
    ]
    return FeeForm(rows, paid_on, form.get("channel", CHANNELS[0]))


def _sent(form: MultiDict[str, str], line: Line) -> Row:
    def of(part: str, default: str = "") -> str:
        return form.get(f"{part}-{line.public_id}", default)

    how = of("how", NOTHING)
    fee = of("fee", OTHER)
    if how not in HOWS or fee not in (MONTH, ALL, OTHER):
        raise FormNotUnderstood
    return Row(line, fee, how, of("amount"), of("due"))


def taken(shown: FeeForm) -> dict[int, Taken]:
    """What was paid, by member id; the sentences of what cannot be read are left in `shown.errors`."""
    read: dict[int, Taken] = {}
    for row in shown.rows:
        with noting(shown.errors, row.key):
            read[row.line.member_id] = _taken(row)
    return read


def _taken(row: Row) -> Taken:
    due = _named(row, row.due) if row.line.due.amount is None else None
    if row.fee != OTHER:
        return Taken(row.fee, due=due)
    if row.how == SOME:
        amount = _named(row, row.amount)
        if amount is None:
            raise InvalidInput(f"{row.line.full_name}: nhập số tiền đã nộp.")
        return Taken(OTHER, amount, due)
    return Taken(ALL if row.how == ALL else NOTHING, due=due)


def _named(row: Row, value: str) -> int | None:
    try:
        return a_sum(value)
    except InvalidInput:
        raise InvalidInput(f"{row.line.full_name}: nhập số tiền bằng đồng, ví dụ 32.000.") from None


def _amount(row: Row) -> int:
    """What a row takes, nothing while it cannot be read."""
    if row.fee != OTHER:
        due = _readable(row.due) if row.line.due.amount is None else 0
        return due + row.line.left + (row.line.owed_before if row.fee == ALL else 0)
    if row.how == ALL:
        return row.line.left + row.line.owed_before
    return _readable(row.amount) if row.how == SOME else 0


def _owing(row: Row) -> int:
    """What a row has still to pay, as far as it is known."""
    due = _readable(row.due) if row.line.due.amount is None else 0
    return due + row.line.left + row.line.owed_before


def _for_earlier(row: Row) -> int:
    """What of a row's amount is for earlier months: the oldest first, unless the month alone is paid."""
    return 0 if row.fee == MONTH else min(_amount(row), row.line.owed_before)


def _readable(value: str) -> int:
    try:
        return a_sum(value) or 0
    except InvalidInput:
        return 0


def due_words(due: Due, rules: FeeRules | None) -> str:
    """What somebody owes for a month and why: `32.000 đồng · Hưởng lương hưu, 0,5 %, giảm 50 %`."""
    if due.exempt:
        ground = rules.exemption(due.key) if rules else None
        return f"được miễn: {ground.label[:1].lower()}{ground.label[1:]}" if ground else "được miễn"
    if due.amount is None:
        return "chưa có mức đóng"
    group = rules.group(due.key) if rules else None
    said = group.label if group else {"before": "như tháng trước"}.get(due.why, "")
    less = f"giảm {due.reduction}\u00a0%" if due.reduction else ""
    return " · ".join(filter(None, (f"{figure(due.amount)} đồng", ", ".join(filter(None, (said, less))))))


def debt_words(line: Line) -> str:
    """`nợ 60.000 đồng các tháng 09/2026, 10/2026`."""
    months = [month.strftime("%m/%Y") for month, _ in line.owed]
    several = "các tháng" if len(months) > 1 else "tháng"
    named = f"{months[0]} đến {months[-1]}" if len(months) > 3 else ", ".join(months)
    return f"nợ {figure(line.owed_before)} đồng {several} {named}"


def differences(before: Iterable[Row], now: Ledger) -> list[Difference]:
    """Where the ledger now has a line that the form was still to write, or settles one it still had open."""
    chosen = {row.line.member_id: row for row in before}
    return [
        Difference(line.full_name, _state(line), chosen[line.member_id].spoken)
        for line in now.lines
        if line.member_id in chosen and line.written
    ]


def _state(line: Line) -> str:
    if line.due.exempt:
        return "Được miễn"
    day = f" ngày {line.paid_on:%d/%m/%Y}" if line.paid_on else ""
    return f"Đã nộp {figure(line.paid)} đồng{day}" if line.paid else "Chưa nộp"


def label(kind: str, key: str | None, day: date) -> str:
    """The words of a "group" or an "exemption" under the regulation of a day, else of any that knows it."""
    ordered = sorted(NATIONAL, key=lambda rules: not rules.holds_on(day))
    found = (getattr(rules, kind)(key) for rules in ordered)
    return next((one.label for one in found if one), key or "")


def basis_differences(
    bases: Sequence[Span], typed: Mapping[str, Any], shows_figure: bool
) -> list[Difference]:
    """The basis set last beside the one that was about to be; the figure for who may see it."""
    last = bases[0] if bases else None
    theirs = ["", "", ""]
    if last is not None:
        said = figure(last.figure) if last.figure is not None and shows_figure else ""
        theirs = [label("group", last.key, last.valid_from), said, f"{last.valid_from:%m/%Y}"]
    mine = [
        label("group", typed.get("group"), date.max),
        typed.get("figure", ""),
        spoken_boxes(typed["since"]),
    ]
    labels = ("Nhóm đối tượng", "Số tiền (đồng)", "Áp dụng từ tháng")
    return differing(zip(labels, theirs, mine, strict=True))


def relief_differences(
    reliefs: Sequence[Span], typed: Mapping[str, Any], choices: Mapping[str, str]
) -> list[Difference]:
    """The relief granted last beside the one that was about to be."""
    theirs = ["", "", "", ""]
    if reliefs:
        last = reliefs[0]
        said = (
            f"Miễn: {label('exemption', last.key, last.valid_from)}" if last.key else f"Giảm {last.figure} %"
        )
        until = month_before(last.valid_to) if last.valid_to else None
        theirs = [said, f"{last.valid_from:%m/%Y}", f"{until:%m/%Y}" if until else "", last.document]
    mine = [
        choices.get(typed.get("kind", ""), ""),
        spoken_boxes(typed["since"]),
        spoken_boxes(typed["until"]),
        typed.get("document", ""),
    ]
    labels = ("Miễn hoặc giảm", "Từ tháng", "Đến hết tháng", "Văn bản")
    return differing(zip(labels, theirs, mine, strict=True))


def basis_words(bases: Iterable[Span], day: date) -> str:
    """`Hưởng lương hưu: 6.400.000 đồng, từ tháng 02/2026.`; empty where nothing is known of the day."""
    for basis in bases:
        if basis.holds_on(day):
            of = f": {figure(basis.figure)} đồng" if basis.figure is not None else ""
            return f"{label('group', basis.key, day)}{of}, từ tháng {basis.valid_from:%m/%Y}."
    return ""
