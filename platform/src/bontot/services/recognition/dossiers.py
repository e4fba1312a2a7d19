"""One dossier read as it went and as it goes on: every step of the plan with who, when, by which document, and what it rests
on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from bontot.access import Actor
from bontot.db.tenancy import TenantSession
from bontot.policy.recognition import Ballot, body_of, votes_needed
from bontot.policy.terms import Act, Outcome
from bontot.services.recognition.decisions import Document
from bontot.services.recognition.lines import Line, lines_named
from bontot.services.recognition.reach import may_take, within
from bontot.services.recognition.sheets import SelfSheet, sheets_of
from bontot.services.recognition.titles import StepTerm, Title


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A step as it was taken. `run` is the evaluation by which the title stood as `standing`; `needed` the fewest votes that
    would have carried."""

    outcome: str
    done_on: date
    body: str
    proposal: str
    remark: str
    exception: str
    votes: int | None
    ballot: Ballot | None
    needed: int | None
    decision: Document | None
    standing: Outcome | None
    run: UUID | None
    entered_by: str
    entered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """A step of a dossier: `taken`, or still to come. `state` is "taken", "next", "overdue", "later", or "off" after the
    dossier was stopped."""

    label: str
    term: StepTerm | None
    state: str
    body: str
    taken: Taken | None = None
    lacking: tuple[str, ...] = ()
    """What the step was to lay down and is not on record, in words."""
    mine: bool = False
    """Whether the reader takes it now."""


REVOCATION = "Thu hồi danh hiệu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """That the title was taken back."""

    day: date
    reason: str
    document: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A subject's dossier for one title. `state` is "open", "stopped", "gone" (not considered any more before it was
    decided), "holding", "expired" or "revoked"."""

    title: Title
    line: Line
    steps: tuple[StepLine, ...]
    state: str
    revocation: Revocation | None
    last: str
    """What was written last, in words; empty where nothing is."""
    may_take_back: bool
    may_revoke: bool

    @property
    def exceptions(self) -> list[str]:
        """The reasons for which it went on though the conditions were not met."""
        return [step.taken.exception for step in self.steps if step.taken and step.taken.exception]


_STEPS = text("""
SELECT s.step, s.label, s.outcome, s.done_on, s.body, coalesce(s.document, '') AS proposal,
       coalesce(s.remark, '') AS remark, coalesce(s.exception, '') AS exception, s.votes, s.standing,
       r.public_id AS run, s.entered_by, s.entered_at,
       b.method, b.entitled, b.present, b.issued, b.returned, b.valid, b.invalid, d.number, d.issuer, d.signer
FROM recognition_step AS s
LEFT JOIN recognition_ballot AS b ON b.id = s.ballot_id
LEFT JOIN recognition_decision AS d ON d.id = s.decision_id
LEFT JOIN evaluation_run AS r ON r.id = s.run_id
WHERE s.case_id = :case ORDER BY s.done_on, s.id
""")
_REVOCATION = text("""
SELECT c.revoked_on, coalesce(c.revoked_for, ''), d.number, d.issuer, d.signer
FROM recognition_case AS c JOIN recognition_decision AS d ON d.id = c.revocation_id WHERE c.id = :case
""")


def dossier_of(
    session: TenantSession, actor: Actor, title: Title, subject: int, today: date
) -> Dossier | None:
    """The dossier of a subject that the reader may see; None where the title neither considers it nor has one of it."""
    lines = lines_named(session, title, None, [subject])
    if not lines:
        return None
    line, reach = lines[0], within(session, actor)
    taken = {} if line.case_id is None else _taken(session, title, line.case_id)
    sheet = sheets_of(session, title, [line])[line.id] if title.asks_for_sheets else None
    steps = tuple(_steps(actor, title, line, reach, taken, sheet, today))
    revocation = _revocation(session, line)
    last = next((step for step in reversed(steps) if step.taken), None)
    decides = _takes(actor, title.deciding, line, reach)
    return Dossier(
        title=title,
        line=line,
        steps=steps,
        state=state_of(line, today),
        revocation=revocation,
        last=REVOCATION if revocation else last.label if last else "",
        may_take_back=decides if revocation else last is not None and _takes(actor, last.term, line, reach),
        may_revoke=decides and line.recognised_on is not None and revocation is None,
    )


def state_of(line: Line, today: date) -> str:
    """Where a dossier stands today."""
    if line.revoked_on:
        return "revoked"
    if line.holds_until:
        return "holding" if today < line.holds_until else "expired"
    if line.stopped:
        return "stopped"
    return "open" if line.considered else "gone"


def _takes(actor: Actor, term: StepTerm | None, line: Line, reach: frozenset[int] | None) -> bool:
    return term is not None and may_take(actor, term.step.holder, line.place_id, line.superior_id, reach)


def _steps(
    actor: Actor,
    title: Title,
    line: Line,
    reach: frozenset[int] | None,
    taken: dict[str, tuple[str, Taken]],
    sheet: SelfSheet | None,
    today: date,
) -> list[StepLine]:
    """Those of the plan in order, then those taken that it no longer has."""
    awaited, found = line.awaits(title), []
    for term in title.steps:
        label, done = taken.pop(term.key, (term.step.label, None))
        found.append(
            StepLine(
                label=label,
                term=term,
                state=_state(term, awaited, done, line, today),
                body=done.body if done else body_of(term.step, line.place_type, today),
                taken=done,
                lacking=tuple(_lacking(term, done, sheet)) if done else (),
                mine=term == awaited and _takes(actor, term, line, reach),
            )
        )
    gone = [
        StepLine(label=label, term=None, state="taken", body=done.body, taken=done)
        for label, done in taken.values()
    ]
    return found + gone


def _lacking(term: StepTerm, done: Taken, sheet: SelfSheet | None) -> Iterator[str]:
    if term.does(Act.SHEET) and sheet and not sheet.whole:
        yield f"bảng tự chấm điểm (mới có {sheet.judged}/{sheet.asked} tiêu chí)"
    if term.does(Act.PROPOSAL) and not done.proposal:
        yield "số tờ trình"


def _state(term: StepTerm, awaited: StepTerm | None, done: Taken | None, line: Line, today: date) -> str:
    if done:
        return "taken"
    if line.stopped or line.revoked_on or not line.considered:
        return "off"
    if term.due and term.due < today:
        return "overdue"
    return "next" if term == awaited else "later"


def _taken(session: TenantSession, title: Title, case_id: int) -> dict[str, tuple[str, Taken]]:
    return {row.step: (row.label, _read(title, row)) for row in session.execute(_STEPS, {"case": case_id})}


def _read(title: Title, row: Row[Any]) -> Taken:
    ballot = row.method and Ballot(
        method=row.method,
        entitled=row.entitled,
        present=row.present,
        issued=row.issued,
        returned=row.returned,
        valid=row.valid,
        invalid=row.invalid,
    )
    return Taken(
        outcome=row.outcome,
        done_on=row.done_on,
        body=row.body,
        proposal=row.proposal,
        remark=row.remark,
        exception=row.exception,
        votes=row.votes,
        ballot=ballot or None,
        needed=votes_needed(row.entitled, title.majority) if ballot else None,
        decision=Document(number=row.number, issuer=row.issuer, signer=row.signer) if row.number else None,
        standing=Outcome(row.standing) if row.standing else None,
        run=row.run,
        entered_by=row.entered_by,
        entered_at=row.entered_at,
    )


def _revocation(session: TenantSession, line: Line) -> Revocation | None:
    if line.revoked_on is None:
        return None
    day, reason, number, issuer, signer = session.execute(_REVOCATION, {"case": line.case_id}).one()
    return Revocation(day=day, reason=reason, document=Document(number=number, issuer=issuer, signer=signer))
