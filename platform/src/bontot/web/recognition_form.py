"""The form of one step of the recognition: what it asks, how it is read, and how it is shown again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict

from bontot.errors import FormNotUnderstood, InvalidInput, noting, refuse_noted
from bontot.policy.recognition import SECRET, Ballot, body_of
from bontot.policy.terms import Act
from bontot.services.recognition.decisions import Document
from bontot.services.recognition.lines import Line
from bontot.services.recognition.sheets import SelfSheet
from bontot.services.recognition.taking import Taking
from bontot.services.recognition.titles import StepTerm, Title
from bontot.web.fields import a_day, box_names, day_boxes, typed_boxes
from bontot.web.routing import OF_EVERY_FORM

PAPERS = ("issued", "returned", "valid", "invalid")
COUNTS = ("entitled", "present", *PAPERS)
LABELS = {
    "entitled": "Được biểu quyết",
    "present": "Có mặt",
    "issued": "Phiếu phát ra",
    "returned": "Phiếu thu về",
    "valid": "Phiếu hợp lệ",
    "invalid": "Phiếu không hợp lệ",
}
TEXTS = ("number", "issuer", "signer", "proposal", "remark", "exception", "granting")
FIELDS = frozenset({"subject", "action", *TEXTS, *COUNTS, *box_names("done_on")} | OF_EVERY_FORM)
PER_SUBJECT = ("votes", "against")
ORDER = ("subjects", "done_on", *COUNTS, "number", "issuer", "signer", "proposal", "remark", "exception")


@dataclass
class Shown:
    """What a form shows: the texts as typed, who is chosen, and what is wrong."""

    values: dict[str, Any]
    chosen: frozenset[str]
    errors: dict[str, str] = field(default_factory=dict)

    def ordered(self) -> dict[str, str]:
        """What is wrong in the order of the page; what belongs to a line of the table comes first."""
        lines = {name: said for name, said in self.errors.items() if name not in ORDER}
        return lines | {name: self.errors[name] for name in ORDER if name in self.errors}


def fresh(
    title: Title,
    term: StepTerm,
    lines: Sequence[Line],
    sheets: Mapping[int, SelfSheet],
    entitled: int,
    issuer: str,
    signer: str,
    today: date,
) -> Shown:
    """An empty form, with who signs for the body as it is led today: chosen is who meets the conditions and, where the step
    lays down `sheets`, has a whole one; the day is today's within the year's procedure."""
    values: dict[str, Any] = {"done_on": day_boxes(today), "granting": "co"} | dict.fromkeys(COUNTS, "")
    if term.does(Act.BALLOT) and entitled:
        values["entitled"] = str(entitled)
    values |= {"issuer": issuer, "signer": signer}
    alone = len(lines) == 1
    chosen = (
        line
        for line in lines
        if alone or (_offered(title, term, line) and (line.id not in sheets or sheets[line.id].whole))
    )
    return Shown(values, frozenset(str(line.public_id) for line in chosen))


def planned_body(term: StepTerm, lines: Sequence[Line], today: date) -> str:
    """Whose the step is for all of `lines`, in the plan's words; empty where it is not one body's."""
    bodies = {body_of(term.step, line.place_type, today) for line in lines}
    return bodies.pop() if len(bodies) == 1 else ""


def _offered(title: Title, term: StepTerm, line: Line) -> bool:
    return line.eligible or not term.puts_forward or (line.exceptional and title.exceptions)


def typed(sent: MultiDict[str, str]) -> Shown:
    """What was sent, as it is shown again."""
    values: dict[str, Any] = {
        name: value for name, value in sent.items() if name not in OF_EVERY_FORM and name != "subject"
    }
    values["done_on"] = typed_boxes(sent, "done_on")
    for name in (*TEXTS, *COUNTS):
        values.setdefault(name, "")
    return Shown(values, frozenset(sent.getlist("subject")))


def check_fields(sent: MultiDict[str, str]) -> None:
    """Every field is one of the form's, or of one of its lines. Raises InvalidInput (safety rule 12)."""
    for name in sent:
        kind, _, rest = name.partition("-")
        if name not in FIELDS and not (kind in PER_SUBJECT and _uuid(rest)):
            raise FormNotUnderstood


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def read(title: Title, term: StepTerm, lines: Sequence[Line], shown: Shown) -> Taking:
    """The step as it was entered. Raises InvalidFields for what cannot be read, InvalidInput for who is not in the list."""
    by_id = {str(line.public_id): line for line in lines}
    if not shown.chosen <= by_id.keys():
        raise InvalidInput("Danh sách đã thay đổi. Xin tải lại trang rồi chọn lại.", "subjects")
    chosen = [line for line in lines if str(line.public_id) in shown.chosen]
    values, errors = shown.values, dict[str, str]()
    done_on, ballot, votes = date.min, None, dict[int, int]()
    with noting(errors, "done_on"):
        done_on = a_day(values["done_on"])
    if term.does(Act.BALLOT):
        counts = {name: _count(values[name], name, errors) for name in _asked(title)}
        ballot = Ballot(method=title.method, **counts)
        votes = {line.id: _votes(line, values, errors) for line in chosen}
    refuse_noted(errors)
    decides = term.does(Act.DECISION)
    return Taking(
        step=term.key,
        done_on=done_on,
        subjects=[line.id for line in chosen],
        ballot=ballot,
        votes=votes,
        against=frozenset(line.id for line in chosen if values.get(f"against-{line.public_id}")),
        document=Document(**{name: values[name] for name in ("number", "issuer", "signer")})
        if decides
        else None,
        granting=not decides or values["granting"] != "khong",
        proposal=values["proposal"],
        remark=values["remark"],
        exception=values["exception"],
    )


def _asked(title: Title) -> tuple[str, ...]:
    return COUNTS if title.method == SECRET else ("entitled", "present")


def _count(value: str, name: str, errors: dict[str, str]) -> int:
    text = value.strip()
    if text.isascii() and text.isdigit() and len(text) < 6:
        return int(text)
    errors[name] = f"{LABELS[name]}: ghi một số, ví dụ 28."
    return 0


def _votes(line: Line, values: dict[str, Any], errors: dict[str, str]) -> int:
    text = str(values.get(f"votes-{line.public_id}", "")).strip()
    if text.isascii() and text.isdigit() and len(text) < 6:
        return int(text)
    errors[f"votes-{line.public_id}"] = f"{line.name}: ghi số phiếu tán thành."
    return 0
