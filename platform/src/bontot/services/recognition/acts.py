"""Writing a step of the recognition, for many subjects at once."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from bontot.access import Actor
from bontot.db.models import (
    Organisation,
    RecognitionBallot,
    RecognitionCase,
    RecognitionStep,
)
from bontot.db.tenancy import TenantSession
from bontot.errors import NotFound, noting, refuse_noted
from bontot.policy.recognition import months_later
from bontot.policy.terms import Act
from bontot.services.audit import note
from bontot.services.recognition.decisions import cleaned_document, write_decision
from bontot.services.recognition.lines import lines_named
from bontot.services.recognition.taking import REMARK, Consequences, Taking, consider
from bontot.services.recognition.titles import Title
from bontot.text import clean

TAKE = "take_recognition_step"
"""What the trail calls it."""


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


def take(session: TenantSession, actor: Actor, title: Title, taking: Taking) -> Consequences:
    """Takes a step for all subjects named, or for none; see `consider` for what it raises."""
    taking = cleaned(taking)
    cases = _cases(session, title, taking)
    found = consider(session, actor, title, taking)
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
    return write_decision(session, title, kind, found.taking.document, found.taking.done_on)
