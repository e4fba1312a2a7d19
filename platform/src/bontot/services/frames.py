"""Frames a committee switches on beside its plans: what there is, since when, by which document; and ending them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, text

from bontot.access import Actor, Permission
from bontot.db.models import FrameAdoption
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, NotFound
from bontot.evaluation.incremental import mark_whole
from bontot.policy.model import Policy
from bontot.policy.terms import Certainty
from bontot.registry import Registry
from bontot.services.audit import note
from bontot.services.thresholds import DOCUMENT_NEEDED
from bontot.text import clean

BY_COMMAND = "Người vận hành"
_TAKE_TURNS = text("SELECT pg_advisory_xact_lock(:tenant, hashtext('frame_adoption'))")


@dataclass(frozen=True, slots=True)
class Adopted:
    """One time a frame was switched on: from when, by which document and whom; and how it ended, if it did."""

    valid_from: date
    document: str
    entered_by: str
    valid_to: date | None
    end_document: str | None
    ended_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedFrame:
    """A frame any committee may switch on, with every time this one did, latest first; `certainties` are those of its
    clauses, the surest first."""

    policy: Policy
    adoptions: tuple[Adopted, ...]
    certainties: tuple[Certainty, ...]

    def on(self, day: date) -> Adopted | None:
        """The adoption that holds on a day."""
        return next(
            (
                one
                for one in self.adoptions
                if one.valid_from <= day and (one.valid_to is None or day < one.valid_to)
            ),
            None,
        )

    @property
    def open(self) -> Adopted | None:
        """The adoption not ended yet, in force or to come."""
        return next((one for one in self.adoptions if one.valid_to is None), None)

    def in_force(self, day: date) -> bool:
        """Whether the frame's own documents are in force on a day."""
        until = self.policy.in_force_until
        return self.policy.in_force_from <= day and (until is None or day < until)


def offered_frames(session: TenantSession, registry: Registry) -> list[OfferedFrame]:
    """Every frame there is to switch on, in the order they are declared; in one statement."""
    rows = session.scalars(select(FrameAdoption).order_by(FrameAdoption.valid_from.desc()))
    adopted: dict[str, list[Adopted]] = {}
    for row in rows:
        adopted.setdefault(row.policy_code, []).append(
            Adopted(
                row.valid_from, row.document, row.entered_by, row.valid_to, row.end_document, row.ended_by
            )
        )
    policies = (offer.policy for offer in registry.policies.values())
    return [
        OfferedFrame(
            policy=policy, adoptions=tuple(adopted.get(policy.code, ())), certainties=_certainties(policy)
        )
        for policy in policies
        if policy.adoptable
    ]


def offered_frame(session: TenantSession, registry: Registry, code: str) -> OfferedFrame:
    """One of them. Raises NotFound for a code that is no such frame."""
    found = next((one for one in offered_frames(session, registry) if one.policy.code == code), None)
    if found is None:
        raise NotFound
    return found


def adopt_frame(
    session: TenantSession,
    registry: Registry,
    *,
    code: str,
    valid_from: date,
    document: str,
    by: Actor | None,
) -> None:
    """Switches a frame on from a day, by a document. `by` is None from the command line.

    Raises NotFound for what is no frame to switch on, InvalidInput without a document, for a day on or after which it is
    already on, or on which its documents have ceased to be in force.
    """
    _permitted(by)
    session.execute(_TAKE_TURNS, {"tenant": session.tenant_id})
    frame = offered_frame(session, registry, code)
    document = _document(document)
    until = frame.policy.in_force_until
    if until and valid_from >= until:
        raise InvalidInput(f"Khung này hết hiệu lực từ {until:%d/%m/%Y}; chọn ngày trước đó.", "valid_from")
    for one in frame.adoptions:
        if one.valid_to is None or valid_from < one.valid_to:
            ended = f" đến hết trước ngày {one.valid_to:%d/%m/%Y}" if one.valid_to else ""
            raise InvalidInput(f"Khung này đã bật từ {one.valid_from:%d/%m/%Y}{ended}.", "valid_from")
    row = FrameAdoption(
        policy_code=code, valid_from=valid_from, document=document, entered_by=by.name if by else BY_COMMAND
    )
    session.add(row)
    session.flush()
    mark_whole(session)
    note(session, "adopt_frame", "frame_adoption", row.id, by.account_id if by else None, policy=code)


def end_adoption(
    session: TenantSession,
    registry: Registry,
    *,
    code: str,
    valid_to: date,
    document: str,
    by: Actor | None,
) -> None:
    """Ends a frame from a day on, by another document; what it judged before stays. `by` is None from the command line.

    Raises NotFound as `adopt_frame`, InvalidInput without a document, for a frame not switched on, or a day not after that.
    """
    _permitted(by)
    session.execute(_TAKE_TURNS, {"tenant": session.tenant_id})
    offered_frame(session, registry, code)
    document = _document(document)
    row = session.scalar(
        select(FrameAdoption).where(FrameAdoption.policy_code == code, FrameAdoption.valid_to.is_(None))
    )
    if row is None:
        raise InvalidInput("Khung này đang không bật.", "valid_from")
    if valid_to <= row.valid_from:
        raise InvalidInput(f"Ngày thôi phải sau ngày bật {row.valid_from:%d/%m/%Y}.", "valid_from")
    row.valid_to, row.end_document, row.ended_by = valid_to, document, by.name if by else BY_COMMAND
    session.flush()
    mark_whole(session)
    note(session, "end_frame", "frame_adoption", row.id, by.account_id if by else None, policy=code)


def _permitted(by: Actor | None) -> None:
    if by is not None:
        by.require(Permission.ADOPT_FRAME)


def _document(document: str) -> str:
    document = clean(document, field="document")
    if not document:
        raise InvalidInput(DOCUMENT_NEEDED, "document")
    return document


def _certainties(policy: Policy) -> tuple[Certainty, ...]:
    """How certain the clauses of a frame's schemes, criteria and values are, each once."""
    stated = {clause.certainty for scheme in policy.schemes for clause in scheme.clauses}
    stated |= {clause.certainty for criterion in policy.criteria for clause in criterion.clauses}
    stated |= {dated.clause.certainty for item in policy.thresholds for dated in item.values if dated.clause}
    return tuple(each for each in Certainty if each in stated)
