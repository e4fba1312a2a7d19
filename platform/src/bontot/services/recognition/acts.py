"""Writing the steps of the recognition: taking one for many subjects at once, taking the last one back, and revoking."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert

from bontot.access import Actor, Permission
from bontot.clock import today
from bontot.db.models import (
    Organisation,
    RecognitionBallot,
    RecognitionCase,
    RecognitionDecision,
    RecognitionStep,
)
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, NotAllowed, NotFound, Stale, noting, refuse_noted
from bontot.policy.recognition import months_later
from bontot.policy.terms import Act
from bontot.services.audit import note
from bontot.services.recognition.lines import Line, lines_named
from bontot.services.recognition.taking import Consequences, Document, Taking, consider, missing
from bontot.services.recognition.titles import Title, may_take
from bontot.text import clean

REMARK = 2_000
TAKE, TAKE_BACK, REVOKE = "take_recognition_step", "take_back_recognition_step", "revoke_recognition"
"""What the trail calls them."""


def cleaned(taking: Taking) -> Taking:
    """The same with texts as they are kept. Raises InvalidFields."""
    errors: dict[str, str] = {}
    with noting(errors):
        taking = replace(taking, document=taking.document and cleaned_document(taking.document))
    with noting(errors, "proposal"):
        taking = replace(taking, proposal=clean(taking.proposal))
    with noting(errors, "remark"):
        taking = replace(taking, remark=clean(taking.remark, longest=REMARK, lines=True))
    with noting(errors, "exception"):
        taking = replace(taking, exception=clean(taking.exception, longest=REMARK, lines=True))
    refuse_noted(errors)
    return taking


def cleaned_document(document: Document) -> Document:
    """The same with texts as they are kept. Raises InvalidFields."""
    errors: dict[str, str] = {}
    texts = {}
    for name in ("number", "issuer", "signer"):
        with noting(errors, name):
            texts[name] = clean(getattr(document, name))
    refuse_noted(errors)
    return Document(**texts)


def take(
    session: TenantSession, actor: Actor, title: Title, reach: frozenset[int] | None, taking: Taking
) -> Consequences:
    """Takes a step for all subjects named, or for none; see `consider` for what it raises."""
    taking = cleaned(taking)
    cases = _cases(session, title, taking)
    found = consider(session, actor, title, reach, taking)
    ballot_id, decision_id = _ballot(session, found), _decision(session, title, found)
    session.add_all(
        RecognitionStep(
            case_id=cases[one.line.id].id,
            step=found.term.key,
            label=found.term.step.label,
            outcome=one.outcome,
            done_on=taking.done_on,
            body=one.body,
            document=taking.proposal or None,
            remark=taking.remark or None,
            ballot_id=ballot_id,
            votes=one.votes,
            decision_id=decision_id,
            standing=int(one.line.outcome),
            run_id=title.header.id,
            exception=taking.exception or REPEATED if one.exception else None,
            entered_by=actor.name,
            account_id=actor.account_id,
        )
        for one in found.outcomes
    )
    for one in found.outcomes:
        case = cases[one.line.id]
        case.version += 1
        if one.outcome == "recognised":
            case.decision_id = decision_id
            case.recognised_on = taking.done_on
            case.holds_until = months_later(taking.done_on, title.months)
        note(
            session,
            TAKE,
            "recognition_case",
            case.id,
            actor.account_id,
            step=taking.step,
            outcome=one.outcome,
        )
    session.flush()
    return found


REPEATED = "Như lý do đã nêu ở bước trước"
"""The reason of a step that goes on with whom an earlier one already put forward for a reason."""


def _cases(session: TenantSession, title: Title, taking: Taking) -> dict[int, RecognitionCase]:
    """The dossiers of the subjects, opened where there are none, by subject; whoever else takes a step for one waits.
    Raises NotFound for a subject that the title does not judge."""
    whose = "member_id" if title.of_members else "organisation_id"
    named = lines_named(session, title, None, taking.subjects)
    if {line.id for line in named} != set(taking.subjects):
        raise NotFound
    if title.quota and title.step(taking.step).does(Act.DECISION):
        above = {line.superior_id for line in named}  # two decisions at once must not pass the quota together
        waiting = select(Organisation.id).where(Organisation.id.in_(above)).order_by(Organisation.id)
        session.execute(waiting.with_for_update(key_share=True))
    rows = [
        {
            whose: subject,
            "year": title.year,
            "policy_code": title.policy,
            "scheme": title.scheme.key,
            "title": title.name,
        }
        for subject in taking.subjects
    ]
    if rows:
        session.execute(insert(RecognitionCase).values(rows).on_conflict_do_nothing())
    column = getattr(RecognitionCase, whose)
    chosen = select(RecognitionCase).where(
        RecognitionCase.year == title.year,
        RecognitionCase.scheme == title.scheme.key,
        column.in_(taking.subjects),
    )
    locked = chosen.order_by(RecognitionCase.id).with_for_update()
    return {getattr(case, whose): case for case in session.scalars(locked)}


def _ballot(session: TenantSession, found: Consequences) -> int | None:
    ballot = found.taking.ballot
    if ballot is None or found.place_id is None:
        return None
    row = RecognitionBallot(
        organisation_id=found.place_id,
        held_on=found.taking.done_on,
        method=ballot.method,
        entitled=ballot.entitled,
        present=ballot.present,
        issued=ballot.issued,
        returned=ballot.returned,
        valid=ballot.valid,
        invalid=ballot.invalid,
    )
    session.add(row)
    session.flush()
    return row.id


def _decision(session: TenantSession, title: Title, found: Consequences) -> int | None:
    if found.taking.document is None:
        return None
    kind = "grant" if found.taking.granting else "refusal"
    return _write_decision(session, title, kind, found.taking.document, found.taking.done_on)


def _write_decision(session: TenantSession, title: Title, kind: str, document: Document, day: date) -> int:
    row = RecognitionDecision(
        kind=kind,
        year=title.year,
        policy_code=title.policy,
        scheme=title.scheme.key,
        number=document.number,
        decided_on=day,
        issuer=document.issuer,
        signer=document.signer,
    )
    session.add(row)
    session.flush()
    return row.id


@dataclass(frozen=True, slots=True)
class Opened:
    """A dossier about to be changed, with where its subject stands."""

    case: RecognitionCase
    line: Line


def opened(
    session: TenantSession, title: Title, reach: frozenset[int] | None, public_id: UUID, *, lock: bool = False
) -> Opened:
    """The dossier of a public id. Raises NotFound for one of another title or out of reach."""
    chosen = select(RecognitionCase).where(
        RecognitionCase.public_id == public_id,
        RecognitionCase.year == title.year,
        RecognitionCase.scheme == title.scheme.key,
    )
    case = session.scalar(chosen.with_for_update() if lock else chosen)
    if case is None:
        raise NotFound
    subject = case.member_id if title.of_members else case.organisation_id
    lines = lines_named(session, title, reach, [subject or 0])
    if not lines:
        raise NotFound
    return Opened(case, lines[0])


def last_step(session: TenantSession, title: Title, case_id: int) -> RecognitionStep | None:
    """The last step a dossier took, by the plan's order."""
    taken = {
        row.step: row
        for row in session.scalars(select(RecognitionStep).where(RecognitionStep.case_id == case_id))
    }
    return next((taken[term.key] for term in reversed(title.steps) if term.key in taken), None)


def take_back(
    session: TenantSession,
    actor: Actor,
    title: Title,
    reach: frozenset[int] | None,
    public_id: UUID,
    version: int,
    reason: str,
) -> str:
    """Takes back the last thing written in a dossier, its revocation or its last step, which was written by mistake; what it
    was, in words. The trail keeps it with the reason.

    Raises NotFound, NotAllowed for what is not the actor's, Stale when more was written meanwhile, InvalidFields without a
    reason.
    """
    actor.require(Permission.RECOGNISE)
    reason = _reason(reason, "Ghi lý do bỏ bước này.")
    found = opened(session, title, reach, public_id, lock=True)
    case, line = found.case, found.line
    if case.version != version:
        raise Stale
    step = None if case.revocation_id else last_step(session, title, case.id)
    if step is None and case.revocation_id is None:
        raise NotFound
    _require(actor, title, line, reach, step.step if step else None)
    before = _undo_step(session, case, step) if step else _undo_revocation(session, case)
    case.version += 1
    note(session, TAKE_BACK, "recognition_case", case.id, actor.account_id, reason=reason, before=before)
    session.flush()
    return str(before["label"])


def _require(actor: Actor, title: Title, line: Line, reach: frozenset[int] | None, step: str | None) -> None:
    """The actor takes that step, or where none is named the one that decides. Raises NotAllowed."""
    term = title.step(step) if step else title.deciding
    within = frozenset() if reach is None else reach
    if term is None or not may_take(actor, term.step.holder, line.place_id, line.superior_id, within):
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
        "label": "Thu hồi danh hiệu",
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


def revoke(
    session: TenantSession,
    actor: Actor,
    title: Title,
    reach: frozenset[int] | None,
    public_id: UUID,
    version: int,
    *,
    day: date,
    document: Document,
    reason: str,
) -> None:
    """Takes a title back by a decision that states why; the dossier keeps both.

    Raises NotFound for a dossier that holds no title, NotAllowed unless the actor decides on it, Stale, and InvalidFields by
    "day", "number", "issuer", "signer", "reason".
    """
    actor.require(Permission.RECOGNISE)
    found = opened(session, title, reach, public_id, lock=True)
    case = found.case
    _require(actor, title, found.line, reach, None)
    if case.version != version:
        raise Stale
    if case.recognised_on is None or case.revocation_id is not None:
        raise NotFound
    errors: dict[str, str] = {}
    with noting(errors):
        document = cleaned_document(document)
    for name, sentence in missing(document).items():
        errors.setdefault(name, sentence)
    with noting(errors):
        reason = _reason(reason, "Ghi lý do thu hồi.")
    if day > today(session):
        errors["day"] = "Ngày thu hồi chưa đến."
    elif day < case.recognised_on:
        errors["day"] = (
            f"Danh hiệu được công nhận ngày {case.recognised_on:%d/%m/%Y}; không thể thu hồi trước ngày ấy."
        )
    refuse_noted(errors)
    case.revocation_id = _write_decision(session, title, "revocation", document, day)
    case.revoked_on, case.revoked_for = day, reason
    case.version += 1
    note(session, REVOKE, "recognition_case", case.id, actor.account_id, day=str(day), number=document.number)
    session.flush()
