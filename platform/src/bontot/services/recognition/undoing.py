"""Taking back what a dossier says: its last step, written by mistake, and a title, by a decision."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text

from bontot.access import Actor, Permission
from bontot.clock import today
from bontot.db.models import RecognitionCase, RecognitionDecision, RecognitionStep
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, NotAllowed, NotFound, Stale, noting, refuse_noted
from bontot.services.audit import note
from bontot.services.recognition.decisions import Document, cleaned_document, missing, write_decision
from bontot.services.recognition.dossiers import REVOCATION
from bontot.services.recognition.lines import Line, lines_named
from bontot.services.recognition.reach import may_take, within
from bontot.services.recognition.taking import REMARK
from bontot.services.recognition.titles import StepTerm, Title
from bontot.text import clean

TAKE_BACK, REVOKE = "take_back_recognition_step", "revoke_recognition"
"""What the trail calls them."""


@dataclass(frozen=True, slots=True)
class Held:
    """A dossier within the actor's reach, with where its subject stands and the last step it took, by the plan's order
    (None: the steps taken are none of the plan's)."""

    case: RecognitionCase
    line: Line
    last: RecognitionStep | None

    @property
    def last_said(self) -> tuple[str, date] | None:
        """What was written last, in words, and of which day; None where there is nothing to take back."""
        if self.case.revoked_on is not None:
            return REVOCATION, self.case.revoked_on
        return (self.last.label, self.last.done_on) if self.last else None


def held(
    session: TenantSession, actor: Actor, title: Title, public_id: UUID, version: int | None = None
) -> Held:
    """The dossier of a public id; with the `version` the actor saw it is held from others until it is changed.

    Raises NotFound for one of another title or out of the actor's reach, Stale where more was written since.
    """
    chosen = select(RecognitionCase).where(
        RecognitionCase.public_id == public_id,
        RecognitionCase.year == title.year,
        RecognitionCase.scheme == title.scheme.key,
    )
    case = session.scalar(chosen if version is None else chosen.with_for_update())
    if case is None:
        raise NotFound
    subject = case.member_id if title.of_members else case.organisation_id
    lines = lines_named(session, title, within(session, actor), [subject or 0])
    if not lines:
        raise NotFound
    if version is not None and case.version != version:
        raise Stale
    return Held(case, lines[0], _last_step(session, title, case.id))


def _last_step(session: TenantSession, title: Title, case_id: int) -> RecognitionStep | None:
    taken = {
        row.step: row
        for row in session.scalars(select(RecognitionStep).where(RecognitionStep.case_id == case_id))
    }
    return next((taken[term.key] for term in reversed(title.steps) if term.key in taken), None)


def take_back(
    session: TenantSession, actor: Actor, title: Title, public_id: UUID, version: int, reason: str
) -> str:
    """Takes back the last thing written in a dossier, its revocation or its last step, which was written by mistake; what it
    was, in words. The trail keeps it with the reason.

    Raises as `held`, NotAllowed for what is not the actor's, InvalidFields without a reason.
    """
    actor.require(Permission.RECOGNISE)
    reason = _reason(reason, "Ghi lý do bỏ bước này.")
    found = held(session, actor, title, public_id, version)
    case = found.case
    step = None if case.revocation_id else found.last
    if step is None and case.revocation_id is None:
        raise NotFound
    _require(session, actor, title.step(step.step) if step else title.deciding, found.line)
    before = _undo_step(session, case, step) if step else _undo_revocation(session, case)
    case.version += 1
    note(session, TAKE_BACK, "recognition_case", case.id, actor.account_id, reason=reason, before=before)
    session.flush()
    return str(before["label"])


def _require(session: TenantSession, actor: Actor, term: StepTerm | None, line: Line) -> None:
    """The actor takes that step. Raises NotAllowed."""
    reach = within(session, actor)
    if term is None or not may_take(actor, term.step.holder, line.place_id, line.superior_id, reach):
        raise NotAllowed


def _reason(reason: str, wanted: str) -> str:
    cleaned_reason = clean(reason, longest=REMARK, lines=True, field="reason")
    if not cleaned_reason:
        raise InvalidInput(wanted, "reason")
    return cleaned_reason


_STRAY = (
    text("""
DELETE FROM recognition_ballot AS b WHERE b.id = :ballot
  AND NOT EXISTS (SELECT FROM recognition_step AS s WHERE s.ballot_id = b.id)
"""),
    text("""
DELETE FROM recognition_decision AS d WHERE d.id = :decision
  AND NOT EXISTS (SELECT FROM recognition_step AS s WHERE s.decision_id = d.id)
  AND NOT EXISTS (SELECT FROM recognition_case AS c WHERE d.id IN (c.decision_id, c.revocation_id))
"""),
)


def _undo_step(session: TenantSession, case: RecognitionCase, step: RecognitionStep) -> dict[str, Any]:
    before = {
        "step": step.step,
        "label": step.label,
        "outcome": step.outcome,
        "done_on": str(step.done_on),
        "votes": step.votes,
        "exception": step.exception,
        "decision": _plain_decision(session, step.decision_id),
    }
    if step.decision_id is not None and case.decision_id == step.decision_id:
        case.decision_id = case.recognised_on = case.holds_until = None
    binds = {"ballot": step.ballot_id, "decision": step.decision_id}
    session.execute(delete(RecognitionStep).where(RecognitionStep.id == step.id))
    _drop_strays(session, binds)
    return before


def _undo_revocation(session: TenantSession, case: RecognitionCase) -> dict[str, Any]:
    decision = case.revocation_id
    before = {
        "label": REVOCATION,
        "revoked_on": str(case.revoked_on),
        "revoked_for": case.revoked_for,
        "decision": _plain_decision(session, decision),
    }
    case.revocation_id = case.revoked_on = case.revoked_for = None
    _drop_strays(session, {"ballot": None, "decision": decision})
    return before


def _drop_strays(session: TenantSession, binds: dict[str, int | None]) -> None:
    """Removes the count of votes and the document that nothing refers to any more."""
    session.flush()
    for statement in _STRAY:
        session.execute(statement, binds)


def _plain_decision(session: TenantSession, decision_id: int | None) -> dict[str, str] | None:
    """A document as the trail keeps it."""
    row = decision_id and session.get(RecognitionDecision, (session.tenant_id, decision_id))
    if not row:
        return None
    return {
        "number": row.number,
        "decided_on": str(row.decided_on),
        "issuer": row.issuer,
        "signer": row.signer,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoking:
    """That a title is taken back: from which day, by which document, why."""

    day: date
    document: Document
    reason: str


def consider_revocation(
    session: TenantSession, actor: Actor, title: Title, public_id: UUID, version: int, entry: Revoking
) -> tuple[Held, Revoking]:
    """The dossier and the entry with texts as they are kept; nothing is written.

    Raises as `held`, NotFound for a dossier that holds no title, NotAllowed unless the actor decides on it, and
    InvalidFields by "day", "number", "issuer", "signer", "reason".
    """
    actor.require(Permission.RECOGNISE)
    found = held(session, actor, title, public_id, version)
    case = found.case
    _require(session, actor, title.deciding, found.line)
    if case.recognised_on is None or case.revocation_id is not None:
        raise NotFound
    errors: dict[str, str] = {}
    with noting(errors):
        entry = replace(entry, document=cleaned_document(entry.document))
    for name, sentence in missing(entry.document).items():
        errors.setdefault(name, sentence)
    with noting(errors):
        entry = replace(entry, reason=_reason(entry.reason, "Ghi lý do thu hồi."))
    if entry.day > today(session):
        errors["day"] = "Ngày thu hồi chưa đến."
    elif entry.day < case.recognised_on:
        errors["day"] = (
            f"Danh hiệu được công nhận ngày {case.recognised_on:%d/%m/%Y}; không thể thu hồi trước ngày ấy."
        )
    refuse_noted(errors)
    return found, entry


def revoke(
    session: TenantSession, actor: Actor, title: Title, public_id: UUID, version: int, entry: Revoking
) -> None:
    """Takes a title back by a decision that states why; the dossier keeps both. Raises as `consider_revocation`."""
    found, entry = consider_revocation(session, actor, title, public_id, version, entry)
    case = found.case
    case.revocation_id = write_decision(session, title, "revocation", entry.document, entry.day)
    case.revoked_on, case.revoked_for = entry.day, entry.reason
    case.version += 1
    number, day = entry.document.number, str(entry.day)
    note(session, REVOKE, "recognition_case", case.id, actor.account_id, day=day, number=number)
    session.flush()
