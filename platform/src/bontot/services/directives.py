"""Superiors' documents to be answered: a cell says what was done, on which day and in which document; the superior takes the
answer or sends it back. What stood before is kept in the trail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bontot.access import Actor, Permission
from bontot.clock import today
from bontot.db.models import Directive
from bontot.db.rolls import holds_on
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, NotAllowed, NotFound, Stale, noting, refuse_noted
from bontot.evaluation.incremental import mark
from bontot.services.audit import Trace, note, traces
from bontot.services.paging import Page, window
from bontot.text import PARAGRAPH, clean

SUBMITTED, RETURNED, RECEIVED = "submitted", "returned", "received"
SUBJECT, ANSWERED = "directive", "answer_directive"
ACTS = (ANSWERED, "received_directive", "returned_directive")
OF_CELL = "Văn bản trả lời do cấp trên xem, không do chi bộ tự xem."
OWN_HAND = "Đồng chí đã ghi trả lời này thay chi bộ, nên người khác của cấp trên xem."
NOTHING_SAID = "Ghi kết quả thực hiện: đã làm gì, đến đâu."
GOES_ON = "Văn bản này đã chuyển cho chi bộ kế tục trả lời."


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectiveView:
    """A superior's document as it stands with a cell. `submission` is None where no answer was written on a page."""

    id: int
    public_id: UUID
    organisation_id: int
    number: str
    subject: str
    due_on: date
    answered_on: date | None
    result: str
    document: str
    submission: str | None
    handed_on: date | None
    version: int

    def overdue(self, day: date) -> bool:
        """Whether it was answered late, or is still unanswered after its day."""
        return (self.answered_on or day) > self.due_on

    @property
    def answerable(self) -> bool:
        """Whether the cell can answer it, or mend what it answered: until the superior has taken it."""
        return self.handed_on is None and self.submission != RECEIVED


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a cell answers: what was done, the day it answered, and the number of its paper, where there is one."""

    answered_on: date
    result: str
    document: str = ""


def directive_of(session: Session, organisation_id: int, public_id: UUID) -> DirectiveView:
    """A superior's document to the cell. Raises NotFound for any other."""
    wanted = select(Directive).where(
        Directive.public_id == public_id, Directive.organisation_id == organisation_id
    )
    row = session.scalar(wanted)
    if row is None:
        raise NotFound
    return DirectiveView(
        id=row.id,
        public_id=row.public_id,
        organisation_id=row.organisation_id,
        number=row.number,
        subject=row.subject,
        due_on=row.due_on,
        answered_on=row.answered_on,
        result=row.result or "",
        document=row.document or "",
        submission=row.submission,
        handed_on=row.handed_on,
        version=row.version,
    )


def history_of(session: Session, directive_id: int) -> list[Trace]:
    """What was answered and what the superior did with it, the latest first; at most a hundred."""
    return traces(session, SUBJECT, directive_id, ACTS)


def answer(session: TenantSession, actor: Actor, directive_id: int, version: int, entry: Answer) -> None:
    """Records what a cell answers, and sends it to the superior; over an earlier answer, which the trail keeps.

    Raises Stale when the record changed since `version` was read, InvalidFields for a day to come or without what was done,
    InvalidInput for an answer the superior has taken.
    """
    actor.require(Permission.RECORD_MEETING)
    row = _locked(session, directive_id, version)
    if row.handed_on is not None:
        raise InvalidInput(GOES_ON)
    if row.submission == RECEIVED:
        raise InvalidInput("Cấp trên đã nhận trả lời này. Cần sửa thì đề nghị cấp trên trả lại.")
    errors: dict[str, str] = {}
    result = document = ""
    with noting(errors, "result"):
        result = clean(entry.result, longest=PARAGRAPH, lines=True, field="result")
        if not result:
            raise InvalidInput(NOTHING_SAID, "result")
    if entry.answered_on > today(session):
        errors["answered_on"] = "Ngày trả lời chưa đến."
    with noting(errors, "document"):
        document = clean(entry.document, field="document")
    refuse_noted(errors)
    before = _kept(row)
    row.answered_on, row.result, row.document = entry.answered_on, result, document or None
    _to(session, actor, row, SUBMITTED, ANSWERED, before=before, said=_kept(row))


def judge(
    session: TenantSession, actor: Actor, directive_id: int, version: int, act: str, remark: str = ""
) -> None:
    """The superior takes an answer, or sends it back with what is wanting; then the document is unanswered again.

    Raises Stale, InvalidFields by field, NotAllowed for the cell itself and for who answered in its stead.
    """
    actor.require(Permission.SET_TARGET)
    row = _locked(session, directive_id, version)
    if refused := judging_refused(session, actor, row.organisation_id, row.id):
        raise NotAllowed(refused)
    errors: dict[str, str] = {}
    with noting(errors, "remark"):
        remark = clean(remark, longest=PARAGRAPH, lines=True, field="remark")
        if act == RETURNED and not remark:
            raise InvalidInput("Cần ghi rõ điều chi bộ phải làm thêm hay sửa.", "remark")
    if act not in (RECEIVED, RETURNED):
        errors["act"] = "Xin chọn nhận hay trả lại."
    elif row.answered_on is None or (act == RECEIVED and row.submission == RECEIVED):
        errors["act"] = "Trả lời này đã có người xử lý. Xin tải lại trang."
    refuse_noted(errors)
    before = _kept(row)
    if act == RETURNED:
        row.answered_on = None
    _to(session, actor, row, act, f"{act}_directive", before=before, remark=remark)


def judging_refused(session: Session, actor: Actor, organisation_id: int, directive_id: int) -> str:
    """Why an actor whose role may judge answers may not judge this one; empty where nothing is in the way."""
    if actor.organisation_id == organisation_id:
        return OF_CELL
    last = next((one for one in history_of(session, directive_id) if one.action == ANSWERED), None)
    return OWN_HAND if last is not None and last.account_id == actor.account_id else ""


def _locked(session: TenantSession, directive_id: int, version: int) -> Directive:
    row = session.get(Directive, (session.tenant_id, directive_id), with_for_update=True)
    if row is None:
        raise NotFound
    if row.version != version:
        raise Stale
    return row


def _kept(row: Directive) -> dict[str, str | None]:
    day = row.answered_on.isoformat() if row.answered_on else None
    return {"answered_on": day, "result": row.result, "document": row.document}


def _to(
    session: TenantSession, actor: Actor, row: Directive, submission: str, action: str, **detail: object
) -> None:
    row.submission = submission
    row.version += 1
    note(session, action, SUBJECT, row.id, actor.account_id, **detail)
    if row.due_on.year <= today(session).year:
        mark(session, row.organisation_id, row.due_on.year, Directive)


@dataclass(frozen=True, slots=True)
class DirectiveLine:
    """A superior's document in a list, with the cell it was set to."""

    public_id: UUID
    cell: UUID
    cell_name: str
    number: str
    subject: str
    due_on: date
    answered_on: date | None
    submission: str | None
    cell_code: str

    def overdue(self, day: date) -> bool:
        """Whether it was answered late, or is still unanswered after its day."""
        return (self.answered_on or day) > self.due_on


TO_BE_SEEN = "cho-xem"
WHICH = {
    TO_BE_SEEN: "d.submission = 'submitted'",
    "chua-tra-loi": "d.answered_on IS NULL",
    "da-xong": "d.answered_on IS NOT NULL AND d.submission IS DISTINCT FROM 'submitted'",
}
"""The lists: answered and not seen yet, unanswered or sent back, done."""
_SCOPE = "d.organisation_id = ANY(:within) AND d.handed_on IS NULL AND (CAST(:number AS text) IS NULL OR d.number = :number)"
_LISTS = {
    which: text(f"""
SELECT d.public_id, o.public_id, coalesce(p.name, ''), d.number, d.subject, d.due_on, d.answered_on, d.submission,
       coalesce(p.code, ''), count(*) OVER ()
FROM directive AS d
JOIN organisation AS o ON o.id = d.organisation_id
LEFT JOIN organisation_period AS p ON p.organisation_id = o.id AND {holds_on("p", ":day")}
WHERE {_SCOPE} AND {condition}
ORDER BY d.due_on{" DESC" if which == "da-xong" else ""}, p.sort_key, d.id LIMIT :size OFFSET :skip
""")
    for which, condition in WHICH.items()
}
_COUNTS = text(
    "SELECT "
    + ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in WHICH.values())
    + f" FROM directive AS d WHERE {_SCOPE}"
)


def listed(
    session: Session, within: Iterable[int], which: str, day: date, number: str | None, page: int
) -> Page[DirectiveLine]:
    """The documents set to some cells on one of the lists, by day; with `number` those of that number alone."""
    binds = {"within": list(within), "number": number, "day": day, **window(page)}
    rows = session.execute(_LISTS[which], binds).all()
    return Page([DirectiveLine(*row[:-1]) for row in rows], page, rows[0][-1] if rows else 0)


def counts(session: Session, within: Iterable[int], number: str | None = None) -> dict[str, int]:
    """How many documents set to some cells are on each list."""
    row = session.execute(_COUNTS, {"within": list(within), "number": number}).one()
    return dict(zip(WHICH, row, strict=True))
