"""How the judged year of the demonstration ended: titles voted, decided and published by each plan's own steps, with one put
forward for a reason, one that lost its vote and one taken back."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from bontot.access import Actor, Role
from bontot.db.models import RecognitionCase, RoleGrant
from bontot.db.tenancy import TenantSession
from bontot.documents.office import committee_of
from bontot.evaluation.whole import evaluate
from bontot.policy.recognition import SECRET, Ballot, votes_needed
from bontot.policy.terms import Act, Holder
from bontot.registry import Registry
from bontot.services.recognition.acts import take
from bontot.services.recognition.decisions import Document
from bontot.services.recognition.lines import Line, lines_of
from bontot.services.recognition.taking import Taking, entitled_at
from bontot.services.recognition.titles import StepTerm, Title, titles_of
from bontot.services.recognition.undoing import Revoking, revoke

FIRST = date(2023, 11, 20)
SIGNER = "Người ký minh hoạ"
REASON = "Mới thành lập trong năm; cấp ủy xét trên kết quả các tháng đã có"
REVOKED_ON, REVOKED_FOR = date(2024, 3, 15), "Xét lại cả năm, tiêu chí dự sinh hoạt không còn đạt"
MEMBERS_OF = 3
"""So many cells vote on their members; the others are left to be voted."""
VOTERS = 15
"""Members of a body above a cell who vote; of few of them the posts are on record."""


def close_year(session: TenantSession, registry: Registry, year: int, by: str) -> None:
    """Evaluates the year as of its last day and takes its titles through every step, unless that was done already."""
    if session.scalar(select(RecognitionCase.id).limit(1)) is not None:
        return
    account = session.scalars(select(RoleGrant.account_id).where(RoleGrant.role == Role.TENANT_ADMIN)).first()
    actor = Actor(account_id=account or 0, name=by, role=Role.TENANT_ADMIN, tenant_id=session.tenant_id)
    last = date(year, 12, 31)
    evaluate(session, registry, year=year, as_of=last, by=by)
    for title in titles_of(session, registry, year, last):
        for term in title.steps:
            _take(session, actor, title, term)
    _revoke_one(session, actor, registry, year)


def _take(session: TenantSession, actor: Actor, title: Title, term: StepTerm) -> None:
    """A step for everyone who waits for it and may go on; of what is voted place by place."""
    waiting = [line for line in _waiting(session, title, term) if line.eligible or _exception(title, line)]
    if not term.does(Act.BALLOT):
        for start in range(0, len(waiting), 200):
            take(session, actor, title, _entry(title, term, waiting[start : start + 200]))
        return
    places = dict.fromkeys(_place(term, line) for line in waiting)
    for number, place in enumerate(places):
        if title.of_members and number == MEMBERS_OF:
            return
        voted = [line for line in waiting if _place(term, line) == place]
        entry = _entry(title, term, voted)
        take(session, actor, title, _with_votes(session, title, term, entry, place or 0))


def _waiting(session: TenantSession, title: Title, term: StepTerm) -> list[Line]:
    found: list[Line] = []
    number = 1
    while len(found) < (page := lines_of(session, title, None, number, awaited=term.key)).total:
        found += page.lines
        number += 1
    return found


def _exception(title: Title, line: Line) -> bool:
    """One place that has no data for the whole year is put forward for a reason."""
    return (not title.of_members and line.exceptional) or line.name.endswith("số 10")


def _place(term: StepTerm, line: Line) -> int | None:
    return line.place_id if term.step.holder is Holder.SUBJECT else line.superior_id


def _document(number: int, line: Line) -> Document:
    """A decision of the committee of the body directly above, by its own name and sign."""
    issuer, sign = committee_of(line.superior, "upper_committee")
    return Document(number=f"{number:02}-QĐ/{sign}", issuer=issuer, signer=SIGNER)


def _entry(title: Title, term: StepTerm, lines: list[Line]) -> Taking:
    day = min(term.due or FIRST, FIRST + timedelta(days=5 * term.number))
    if term.does(Act.REVIEW):
        day = date(title.year, 12, 31)
    return Taking(
        step=term.key,
        done_on=day,
        subjects=[line.id for line in lines],
        document=_document(10 + title.header.id, lines[0]) if lines and term.does(Act.DECISION) else None,
        proposal="05-TTr/CB" if term.does(Act.PROPOSAL) else "",
        exception=REASON if any(not line.eligible for line in lines) else "",
    )


def _with_votes(session: TenantSession, title: Title, term: StepTerm, entry: Taking, place: int) -> Taking:
    """Everybody present votes for everybody, but for the last of a cell's members, who falls one vote short."""
    own = term.step.holder is Holder.SUBJECT
    entitled = entitled_at(session, place, entry.done_on, term)[0] if own else VOTERS
    votes = dict.fromkeys(entry.subjects, entitled)
    if title.of_members:
        votes[entry.subjects[-1]] = votes_needed(entitled, title.majority) - 1
    ballot = Ballot(
        method=title.method,
        entitled=entitled,
        present=entitled,
        **(
            {"issued": entitled, "returned": entitled, "valid": entitled, "invalid": 0}
            if title.method == SECRET
            else {}
        ),
    )
    return Taking(
        step=entry.step,
        done_on=entry.done_on,
        subjects=entry.subjects,
        ballot=ballot,
        votes=votes,
        proposal=entry.proposal,
        exception=entry.exception,
    )


def _revoke_one(session: TenantSession, actor: Actor, registry: Registry, year: int) -> None:
    """The last of several cells that hold a title loses it."""
    for title in titles_of(session, registry, year, date(year, 12, 31)):
        holding = (
            []
            if title.of_members
            else [line for line in lines_of(session, title, None).lines if line.recognised_on]
        )
        if len(holding) > MEMBERS_OF and (case := holding[-1].case):
            revoke(
                session,
                actor,
                title,
                case,
                holding[-1].version,
                Revoking(
                    day=REVOKED_ON,
                    document=_document(7, holding[-1]),
                    reason=REVOKED_FOR,
                ),
            )
            return
